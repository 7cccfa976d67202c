# What the photo-* scripts share; make puts a copy of each file that they include into them.
#
# Names and the contents of a library are data, whoever wrote them.  Where they come near something that obeys:
#   eval          only what quote() has quoted, and names that a table of options holds
#   find          starting points through for_find(), globs behind -name and -path, quoted
#   sh -c         --through only: from the command line, or from a config file that trust() lets pass
#   a terminal    through plain(): messages, and what runs/RUN.info says
#   redirections  below .dcim, which guard() has looked through for links
#   programs      paths behind --option= or --, records on standard input
#   SQL, JSON     none here: the programs' affair

# The programs are those beside the script, whatever PATH is: cron's has them not, another's may have others.
here=$0
case $0 in
/*) [ ! -h "$0" ] || here=$(readlink -f -- "$0") ;;
*) here=$(readlink -f -- "$0") ;;
esac
PATH=${here%/*}:${PATH:-/usr/local/bin:/usr/bin:/bin} && export PATH

# Who closes a descriptor wants nothing from it; a shell cannot copy one that is closed.
[ -e /proc/self/fd/0 ] || exec </dev/null
[ -e /proc/self/fd/2 ] || exec 2>/dev/null

newline='
'

# plain -- a line for a person, without the bytes that drive a terminal: those below the blank, and C1 in UTF-8.
plain() {
	LC_ALL=C tr '\000-\037\177' '[?*]' | without_c1 && echo
}

# plain_lines -- the same for any number, each ended by NUL.
plain_lines() {
	LC_ALL=C tr '\000-\037\177' '\n[?*]' | without_c1
}

without_c1() {
	LC_ALL=C sed "s/$(printf '\302')[$(printf '\200')-$(printf '\237')]/?/g"
}

say() { # MESSAGE
	printf '%s: %s' "$name" "$1" | plain >&2
}

die() { # STATUS MESSAGE
	say "$2"
	exit "$1"
}

usage_error() { # MESSAGE
	say "$1"
	die 2 "try '$name --help'"
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
	[ -n "$library" ] || usage_error "which library? Name one, or set DCIM_LIBRARY"
	for_find "$library"
	library=$path
	is_library "$library" || no_library "$@"
}

# no_library OPERAND... -- end, with what helps: a card is not to become a library by a hint.
no_library() {
	for last; do
		! is_library "$last" || die 2 "no library at $library, but there is one at $last: name the library last"
	done
	case $#,${DCIM_LIBRARY-},$given in
	1,,*'set_option runs '* | 1,,*'set_option undo '*) ;;
	1,,*) die 2 "no library at $library (is the disk mounted?); or was it meant as the source? $name SOURCE LIBRARY" ;;
	esac
	die 2 "no library at $library (is the disk mounted?); photo-init $library makes one"
}

# for_find PATH -- set `path` to a form of it that find takes for a starting point, whatever it begins with.
for_find() {
	case $1 in
	[-\(\)\!,]*) path=./$1 ;;
	*) path=$1 ;;
	esac
}

# system_zone -- print the zone that this machine is in, as tzset(3) has it: what TZ says, the file /etc/localtime, which
# need not be a link into the zones, else UTC.
system_zone() {
	if [ -n "${TZ+set}" ]; then
		zone=${TZ:-UTC}
	elif [ -e /etc/localtime ]; then
		zone=/etc/localtime
	else
		zone=UTC
	fi
	printf '%s\n' "$zone"
}

# find's tests of the names that are never sources.
IFS= read -r nowhere <<'END'
@NEVER@
END

# find's test of the names that files have while they are about to be removed, and keep where that was killed.
hidden="-name '.?*.dcim-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'"
