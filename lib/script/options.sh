# Options, on the command line and in config files.

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
		-h | --help)
			help && exit 0
			exit 3
			;;
		-V | --version)
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

# read_configs FILE... -- those that are there: lines of `name = value`; blank ones and those that begin with # say
# nothing.  Each is opened once, as descriptor 5: whose it is, is asked of what is read.
read_configs() {
	carriage_return=$(printf '\r')
	for config; do
		[ -f "$config" ] || continue
		[ -r "$config" ] || die 2 "$config cannot be read"
		exec 5<"$config"
		while IFS= read -r line <&5 || [ -n "$line" ]; do
			config_line "$line"
		done
		exec 5<&-
	done
}

config_line() { # LINE, which may end as Windows's do
	trim "${1%"$carriage_return"}"
	case $trimmed in
	'' | '#'*) return ;;
	*=*) line=$trimmed && trim "${line%%=*}" && key=$trimmed && trim "${line#*=}" ;;
	*) die 2 "$config: not a line of name = value: $1" ;;
	esac
	if option "--$key" "$flags"; then
		case $trimmed in
		yes) ;;
		no) trimmed='' ;;
		*) die 2 "$config: $key wants yes or no, not '$trimmed'" ;;
		esac
	fi
	set_option "$key" "$trimmed" config || die 2 "$config: unknown name '$key'"
}

# own_config -- print the name of the user's own config file, which may not be there.
own_config() {
	case ${XDG_CONFIG_HOME-} in
	/*) printf '%s/dcim-utils/config' "$XDG_CONFIG_HOME" ;;
	*) [ -z "${HOME-}" ] || printf '%s/.config/dcim-utils/config' "$HOME" ;;
	esac
}

# trust WHAT -- end unless the config file that is being read is this user's or root's, and so are the folders that it
# lies in, and nobody else can write to any of them (in a folder with the sticky bit others cannot touch it).  The same
# holds for the folder in which it seems to lie, and the one above: who can put a link there chooses the file.  Where a
# file system has no owners, everything seems to be the user's who mounted it.
trust() {
	real=$(readlink /proc/self/fd/5)
	# shellcheck disable=SC3013 # every sh has -ef, and POSIX since 2024
	[ "$real" -ef /proc/self/fd/5 ] || distrust "$1" "where it lies cannot be told"
	case $(stat -Lfc %T /proc/self/fd/5) in
	msdos | exfat | fuse* | ntfs* | smb* | cifs | hfs* | isofs | udf | v9fs | vboxsf | vmhgfs | UNKNOWN*)
		distrust "$1" "its file system does not tell whose it is" ;;
	esac
	only_ours "$1" /proc/self/fd/5
	folder=${config%/*}
	for way in "$folder" "${folder%/*}/"; do
		real=$(readlink -f -- "$way" && echo .) && real=${real%??} && only_ours "$1" "$real"
	done
}

# only_ours WHAT FILE -- go through the file, whose name is `real`, and the folders above it.
only_ours() {
	at=$2
	while :; do
		[ -n "$(find -L "$at" -prune \( -uid 0 -o -uid "$(id -u)" \) \( ! -perm /022 -o -type d -perm -1000 \) -print)" ] ||
			distrust "$1" "another user owns or can write $real"
		[ "$real" != / ] || return 0
		real=${real%/*} && real=${real:-/} at=$real
	done
}

distrust() { # WHAT WHY
	own=$(own_config)
	die 2 "$config: '$1' is not obeyed, because $2; give it on the command line or in ${own:-a config file of your own}"
}
