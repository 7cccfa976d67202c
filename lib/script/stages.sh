# Pipelines and signals.
#
# A pipeline here is a list of stages.  POSIX sh knows only the last one's status, so each notes its own on
# descriptor 3, and its process too: a signal sent to the script alone has to reach the stages.

# make_tmp -- set `tmp` to a folder for the notes of a run, and `status` and `signal`, with which the script is to end;
# `short` is to be the number of a --through command that has stopped before it had read all records.
make_tmp() {
	signal='' signalled=0 status=0 short=''
	note_signals
	tmp=$(mktemp -d "${TMPDIR:-/tmp}/$name.XXXXXX") || exit 3
	trap 'rm -rf "$tmp"' EXIT
}

# note_signals -- outside await, a signal only sets `signal`: what there is to tidy up is done first.
note_signals() {
	trap 'signal=${signal:-INT}' INT
	trap 'signal=${signal:-TERM}' TERM
	trap 'signal=${signal:-HUP}' HUP
	trap : USR1
}

# calmly COMMAND... -- run one that tidies up: a signal to the whole group does not end it.
calmly() {
	(deaf && "$@")
}

deaf() {
	trap '' INT TERM HUP USR1
}

# patient -- a shell that waits for stages: a signal to the whole group ends them, and then it.
patient() {
	trap : INT TERM HUP
}

# stage NAME COMMAND... -- run one stage of the pipeline; no other has its NAME.  It notes itself on descriptor 3:
# either the signal's handler finds the note, or the stage finds the handler's.  What a shell says of a command that
# was ended by a signal is not for the user.  USR1 comes to nothing until the program is ready for it.
stage() {
	stage=$1
	shift
	patient
	exec 4>&2 2>/dev/null
	sh -c 'trap "" USR1 && echo "start $$ $0" >&3 && [ ! -e "$1" ] && shift && exec 2>&4 3>&- 4>&- && exec "$@"' \
		"$stage" "$tmp/stop" "$@"
	echo "end $? $stage" >&3
}

# reader NAME ARGUMENT... -- the stage of the program that NAME begins with, which reads files: it does so again, and
# gives them up, as $patience says, and ends quietly when a source's folder goes.
reader() {
	reader=$1
	shift
	eval "stage \"\$reader\" \${reader%% *} \$common \${patience-} $watch \"\$@\""
}

# forward SIGNAL -- pass it on, the first one only to the stages that read: those that write end when their input
# does.  It may have come to a whole group of processes, stages included; to them it is not to look like a second
# one, which means "at once".
forward() {
	signalled=$((signalled + 1))
	signal=$1
	true >"$tmp/stop"
	[ "$signal" = INT ] || sleep 1 # a script's background processes ignore SIGINT
	running | while read -r pid stage; do
		case $signalled,$stage in
		1,place-file | 1,hashdb-merge | 1,source-remove) ;;
		*) kill -s TERM "$pid" 2>/dev/null ;;
		esac
	done
}

# running -- print a line, PROCESS NAME, for each stage that has not ended: the number of one that has may be another's.
running() {
	ended='|'
	while read -r what _ stage; do
		[ "$what" = start ] || ended="$ended$stage|"
	done <"$tmp/stages"
	while read -r what pid stage; do
		case $what,$ended in
		end,* | *"|$stage|"*) ;;
		*) echo "$pid $stage" ;;
		esac
	done <"$tmp/stages"
}

# counting BYTES FUNCTION ARGUMENT... -- await it, and have its programs count what they do in a folder that they share,
# for $drawing, whose progress is that of all: $shown are its options for that.  BYTES is what there is to be read, or
# nothing where that is not known.
counting() {
	shown="$progress ${1:+--total=$1}"
	shift
	counted=$((${counted-0} + 1))
	DCIM_COUNTS=$tmp/counts$counted/$name && export DCIM_COUNTS
	mkdir -p "$DCIM_COUNTS" 2>/dev/null
	await "$@"
	unset DCIM_COUNTS
}

# tell -- have the stage that counts what is done, $drawing, print a line of progress; as long as there is only find, say
# how many files it has found.
tell() {
	running | while read -r pid stage; do
		case $stage in
		"$drawing") kill -s USR1 "$pid" 2>/dev/null ;;
		find) [ ! -e "$tmp/sizes" ] || say "files found so far: $(wc -l <"$tmp/sizes")" ;;
		esac
	done
}

# await FUNCTION ARGUMENT... -- run the pipeline that it is, unless a signal has come, and raise `status` to 1, 2 or 3
# as every filter's.
await() {
	[ -z "$signal" ] || return 0
	true >"$tmp/stages"
	trap 'forward INT' INT
	trap 'forward TERM' TERM
	trap 'forward HUP' HUP
	trap tell USR1
	(patient && "$@"; echo 'end 0 .' >&3) 3>>"$tmp/stages" &
	pipeline=$!
	while wait "$pipeline"; [ $? -gt 128 ] && kill -s 0 "$pipeline" 2>/dev/null; do :; done
	note_signals
	take_statuses <"$tmp/stages" || lost_notes
	[ "$status" -ne 3 ] || { (echo >"$tmp/probe") 2>/dev/null && [ "$(free_bytes "$tmp")" -ge 65536 ]; } ||
		say "$tmp cannot be written: is ${TMPDIR:-/tmp} full? (TMPDIR may name another folder)"
}

take_statuses() {
	open=0 whole='' early=''
	while read -r what code stage; do
		[ "$what" = start ] || ended_early "$code" "$stage"
		case $what,$code,$stage in
		start,*) open=$((open + 1)) ;;
		end,0,.) whole=yes ;;
		*) open=$((open - 1)) ;;
		esac
		case $what,$code,$stage in
		start,* | end,0,* | end,1,--through*grep) ;; # grep's 1 is that no line was chosen
		end,1,*) [ "$status" -ne 0 ] || status=1 ;;
		end,2,sort* | end,2,--through*) stopped "$code" "$stage" ;;
		end,2,*) status=2 ;;
		*) stopped "$code" "$stage" ;;
		esac
	done
	[ -z "$short" ] || [ -n "$signal" ] || eval "too_short $throughs"
	[ "$open,$whole" = 0,yes ]
}

# ended_early STATUS STAGE -- set `short` where a --through command has ended, without a failure, before its input did.
# A stage is noted before its pipes are closed: who ends for want of a reader is noted after it.
ended_early() {
	case $early,$1,$2 in
	,[01],--through*) early=${2#--through } && early=${early%% *} ;;
	,[01],*) ;;
	,*) early=0 ;; # what ends from now on may do so for that
	1,3,exif-read) short=1 ;;
	*,[!0]*,"--through $((early - 1))" | *,[!0]*,"--through $((early - 1)) grep") short=$early ;;
	esac
}

too_short() { # COMMAND...
	shift $((short - 1))
	say "--through $short stopped before it had read all records: $1"
	say "only what it had passed on was imported; let it read to the end, for example with '; cat >/dev/null' at its end"
}

lost_notes() {
	status=3
	[ -z "${log-}" ] || outlive
	say "this run's temporary files in $tmp are incomplete"
}

# stopped STATUS STAGE -- a stage could not go on.  It has said why itself, unless a signal ended it; 141 is a closed
# pipe, which is another stage's story.
stopped() {
	[ "$status" -eq 2 ] || status=3
	case $1,$2,$signal in
	*,*,?* | 141,*) ;;
	129,* | 1[3-9]?,* | 2??,*) say "$2 was ended by signal $(($1 - 128))" ;;
	*,--through*) say "$2 ended with status $1" ;;
	esac
}

# finish -- end as the stages did, or by the signal that came.
finish() {
	calmly rm -rf "$tmp"
	trap - EXIT INT TERM HUP
	[ -z "$signal" ] || kill -s "$signal" $$
	exit "$status"
}
