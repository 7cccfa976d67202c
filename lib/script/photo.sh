# What the photo-* scripts share; make puts a copy into each.
#
# A pipeline here is a list of stages.  POSIX sh knows only the last one's status, so each notes its own on
# descriptor 3, and its process too: a signal sent to the script alone has to reach the stages.

say() { # MESSAGE -- on stderr; the names in it cannot drive a terminal
	printf '%s: %s' "$name" "$1" | tr '\001-\037\177' '[?*]' >&2
	echo >&2
}

die() { # STATUS MESSAGE
	say "$2"
	exit "$1"
}

usage_error() { # MESSAGE
	say "$1"
	say "try '$name --help'"
	exit 2
}

# quote WORD -- set `quoted` to what eval reads back as that word.
quote() {
	quoted='' rest=$1
	while :; do
		case $rest in
		*\'*) quoted="$quoted${rest%%\'*}'\\''" rest=${rest#*\'} ;;
		*) break ;;
		esac
	done
	quoted="'$quoted$rest'"
}

# trim WORD -- set `trimmed` to it without the blanks around it.
trim() {
	trimmed=${1#"${1%%[! 	]*}"}
	trimmed=${trimmed%"${trimmed##*[! 	]}"}
}

# option WORD TABLE -- set `option` to the long name of -x or --name; returns 1 where the table has neither.  A table
# is names between blanks, each behind its letter and a colon if it has one: " j:jobs tz ".
option() {
	case $1 in
	--*) option=${1#--} ;;
	*) option=${2#* "${1#-}":} && option=${option%% *} ;;
	esac
	case $1,$option,$2 in
	*,,* | *,*[!a-z-]*,*) return 1 ;;
	--*,*" $option "* | --*,*:"$option "* | -?,*" ${1#-}:"*) ;;
	*) return 1 ;;
	esac
}

# parse ARGUMENT... -- options in any place, those of the tables $flags and $valued.  Sets `given`, a command that
# hands each to set_option, and `operands`, quoted.
parse() {
	given='' operands=''
	while [ $# -gt 0 ]; do
		word=$1
		shift
		case $word in
		--)
			for word; do quote "$word" && operands="$operands $quoted"; done
			return
			;;
		--help)
			help && exit 0
			exit 3
			;;
		--version)
			echo "$name (dcim-utils) @VERSION@" && exit 0
			exit 3
			;;
		--*=*)
			option "${word%%=*}" "$valued" || usage_error "unknown option '$word'"
			give "${word#*=}"
			;;
		--* | -?)
			if option "$word" "$flags"; then
				give yes
			elif option "$word" "$valued"; then
				[ $# -gt 0 ] || usage_error "option '$word' wants an argument"
				give "$1"
				shift
			else
				usage_error "unknown option '$word'"
			fi
			;;
		-?*)
			rest=${word#-?}
			if option "${word%"$rest"}" "$valued"; then
				give "$rest"
			else
				set -- "${word%"$rest"}" "-$rest" "$@"
			fi
			;;
		*) quote "$word" && operands="$operands $quoted" ;;
		esac
	done
}

give() { # VALUE
	quote "$1" && given="$given set_option $option $quoted;"
}

# read_config FILE -- lines of `name = value`; blank ones and those that begin with # say nothing.
read_config() {
	while IFS= read -r line || [ -n "$line" ]; do
		trim "$line" && line=$trimmed
		case $line in
		'' | '#'*) continue ;;
		*=*) trim "${line%%=*}" && key=$trimmed && trim "${line#*=}" ;;
		*) die 2 "$1: not a line of name = value: $line" ;;
		esac
		if option "--$key" "$flags"; then
			case $trimmed in
			yes) ;;
			no) trimmed='' ;;
			*) die 2 "$1: $key wants yes or no, not '$trimmed'" ;;
			esac
		fi
		set_option "$key" "$trimmed" config || die 2 "$1: unknown name '$key'"
	done <"$1"
}

is_library() { # FOLDER
	[ -f "$1/.dcim/hash.db" ]
}

# take_library OPERAND... -- set `library`: the last operand, which is taken out of `operands`, or $DCIM_LIBRARY where
# that is set and the last operand is no library.
take_library() {
	library=${DCIM_LIBRARY-}
	for last; do :; done
	if [ $# -gt 0 ] && { [ -z "$library" ] || is_library "$last"; }; then
		library=$last
		quote "$last"
		operands=${operands%" $quoted"}
	fi
	[ -n "$library" ] || usage_error "which library?"
	for_find "$library"
	library=$path
	is_library "$library" || die 2 "no library at $library (is the disk mounted?)"
}

# for_find PATH -- set `path` to a form of it that find takes for a starting point, whatever it begins with.
for_find() {
	case $1 in
	[-\(\)\!,]*) path=./$1 ;;
	*) path=$1 ;;
	esac
}

# patient -- a shell that waits for stages: a signal to the whole group ends them, and then it.
patient() {
	trap : INT TERM HUP
}

# stage NAME COMMAND... -- run one stage of the pipeline; no other has its NAME.  It notes itself on descriptor 3:
# either the signal's handler finds the note, or the stage finds the handler's.  What a shell says of a command that
# was ended by a signal is not for the user.
stage() {
	stage=$1
	shift
	patient
	exec 4>&2 2>/dev/null
	sh -c 'echo "start $$ $0" >&3 && [ ! -e "$1" ] && shift && exec 2>&4 3>&- 4>&- && exec "$@"' \
		"$stage" "$tmp/stop" "$@"
	echo "end $? $stage" >&3
}

# forward SIGNAL -- pass it on, the first one only to the stages that read: those that write end when their input
# does.  It may have come to a whole group of processes, stages included; to them it is not to look like a second
# one, which means "at once".
forward() {
	signalled=$((signalled + 1))
	signal=$1
	: >"$tmp/stop"
	[ "$signal" = INT ] || sleep 1 # a script's background processes ignore SIGINT
	ended='|'
	while read -r what _ stage; do
		[ "$what" = start ] || ended="$ended$stage|"
	done <"$tmp/stages"
	while read -r what pid stage; do
		case $what,$signalled,$stage in
		end,* | start,1,place-file | start,1,hashdb-merge | start,1,source-remove) continue ;;
		esac
		case $ended in
		*"|$stage|"*) ;; # its number may be another's by now
		*) kill -s TERM "$pid" 2>/dev/null ;;
		esac
	done <"$tmp/stages"
}

# await FUNCTION ARGUMENT... -- run the pipeline that it is, and set `status` to 0, 1, 2 or 3 as every filter's.
await() {
	signal='' signalled=0
	: >"$tmp/stages"
	trap 'forward INT' INT
	trap 'forward TERM' TERM
	trap 'forward HUP' HUP
	(patient && "$@") 3>>"$tmp/stages" &
	pipeline=$!
	while wait "$pipeline"; [ $? -gt 128 ] && kill -s 0 "$pipeline" 2>/dev/null; do :; done
	status=0
	while read -r what code stage; do
		case $what,$code in
		start,* | end,0) ;;
		end,1) [ "$status" -ne 0 ] || status=1 ;;
		end,2) status=2 ;;
		*) stopped "$code" "$stage" ;;
		esac
	done <"$tmp/stages"
}

# stopped STATUS STAGE -- a stage could not go on.  It has said why itself, unless a signal ended it; 141 is a closed
# pipe, which is another stage's story.
stopped() {
	[ "$status" -eq 2 ] || status=3
	[ "$1" -le 128 ] || [ "$1" -eq 141 ] || [ -n "$signal" ] ||
		printf '%s: %s was ended by signal %d\n' "$name" "$2" "$(($1 - 128))" >&2
}

# finish -- end as the stages did, or by the signal that came.
finish() {
	rm -rf "$tmp"
	trap - EXIT INT TERM HUP
	[ -z "$signal" ] || kill -s "$signal" $$
	exit "$status"
}

# begin_log LIBRARY -- set `log` to the new file of a run.
begin_log() {
	run=$(date -u +%Y%m%dT%H%M%SZ)
	log=$1/.dcim/runs/$run.ndjson
	n=1
	while ! (set -C && : >"$log") 2>"$tmp/why"; do
		why=$(cat "$tmp/why")
		[ -e "$log" ] || die 3 "cannot begin a run in $1/.dcim/runs: ${why##*: }"
		n=$((n + 1))
		log=$1/.dcim/runs/${run}_$n.ndjson
	done
}

# system_zone -- print the name of the zone that this machine is in.
system_zone() {
	if [ -n "${TZ-}" ]; then
		zone=${TZ#:}
	elif zone=$(readlink /etc/localtime); then
		zone=${zone##*/zoneinfo/}
	else
		zone=UTC
	fi
	printf '%s\n' "$zone"
}

# Folders that are no pictures' place: the databases, thumbnails and trash of programs, systems and network disks.
nowhere="-name .dcim -o -name @eaDir -o -name '#recycle' -o -name @Recycle -o -name .@__thumb -o -name @tmp \
-o -name '.Trash-*' -o -name .Trashes -o -name '\$RECYCLE.BIN' -o -name 'System Volume Information' \
-o -name .Spotlight-V100 -o -name .fseventsd -o -name .thumbnails -o -name lost+found"
