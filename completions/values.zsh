#autoload
# What zsh offers for the values of dcim-utils' options; completions/generate makes zsh/_dcim_utils of this.
#
# usage: _dcim_utils KIND [WORD...]
local word file run field folder
local -a members zones runs names
members=(@MEMBERS@)
case $1 in
list) _values -s , value $@[2,-1] ;;
file) _files ;;
dir) _files -/ ;;
library)
	[[ -n $PREFIX || -z $DCIM_LIBRARY ]] || compadd -f -- $DCIM_LIBRARY
	_files -/
	;;
db) # of a library its database
	compadd -f -- ${(Q)PREFIX}*/.dcim/hash.db(N) ${(Q)PREFIX}.dcim/hash.db(N) ${DCIM_LIBRARY:+$DCIM_LIBRARY/.dcim/hash.db}(N)
	_files
	;;
zone)
	folder=${TZDIR:-/usr/share/zoneinfo}
	zones=($folder/[[:upper:]]*(N-.) $folder/[[:upper:]]*/**/*(N-.))
	zones=(${zones#$folder/})
	zones=(${zones:#*.*})
	_multi_parts / zones
	;;
run) # those of the library on the line, or of $DCIM_LIBRARY; an undo cannot be undone
	runs=('last:the last one that has placed something')
	for word in ${(Q)words[2,-1]} $DCIM_LIBRARY; do
		folder=${word/#\~\//$HOME/}
		[[ -n $folder && -d $folder/.dcim/runs ]] || continue
		for file in $folder/.dcim/runs/*.ndjson(N); do
			run=${${file:t}%.ndjson}
			[[ -z ${run//[[:alnum:]-]/} ]] && ! grep -qs '^undo = ' ${file%.ndjson}.info || continue
			runs+=("$run:$(sed -n 's/^summary = //p' ${file%.ndjson}.info 2>/dev/null | LC_ALL=C tr -cd ' -~')")
		done
		break
	done
	_describe -V run runs
	;;
command) _command_names -e ;;
member) compadd -- ${members:#*.} ;;
template) # where a brace is open, or opened with it; what lies in another member, once that is named
	if [[ $LBUFFER == *\{[^}]# && $PREFIX != *\{[^}]# ]]; then
		_message -r 'a template, in quotes' # zsh takes an open brace for its own
		return
	fi
	field=${PREFIX##*[\{|]}
	if [[ $PREFIX != *\{* || ${PREFIX##*\{} == *\}* ]]; then
		field=''
		compset -P '*'
		[[ -n $compstate[quote] ]] && names=(-P '{') || names=(-P '\{')
	elif [[ $field == *:* ]]; then
		compset -P '*:'
		compadd -S '}' -- lower %Y %Y-%m %Y-%m-%d %m %d
		return
	else
		compset -P '*[{|]'
	fi
	if [[ $field == *.* ]]; then
		compadd $names -S '}' -- ${(M)members:#*.?*}
	else
		compadd $names -S '}' -- @OWN@ ${members:#*.*}
		compadd $names -S '' -- taken: ${(M)members:#*.}
	fi
	;;
esac
