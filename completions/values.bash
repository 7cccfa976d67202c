# What bash offers for the values of dcim-utils' options; completions/generate makes bash/dcim-utils of this.

# _dcim_begin TEXT OPTIONS -- what is being completed: a value of `option`, or an option where that is "-", or an operand
# where it is empty.  `value` is what is there of it, `text` the end of that which readline will replace; `typed` are the
# words before, as they were typed: readline parts them at each = and :, too.  OPTIONS are those that want a value.
_dcim_begin() {
	local i rest word line=${COMP_LINE:0:COMP_POINT}
	COMPREPLY=() typed=() text=$1 option=''
	for ((i = 0; i <= COMP_CWORD; i++)); do
		rest=${line#"${line%%[![:blank:]]*}"} word=${COMP_WORDS[i]}
		((i < COMP_CWORD)) || word=$rest
		if ((i > 0)) && [[ $rest == "$line" ]]; then
			typed[-1]+=$word
		else
			typed+=("$word")
		fi
		line=${rest#"$word"}
	done
	value=${typed[-1]}
	unset 'typed[-1]'
	if [[ " ${typed[*]} " == *' -- '* ]]; then
		:
	elif [[ " $2 " == *" ${typed[-1]} "* ]]; then
		option=${typed[-1]}
	elif [[ $value == --*=* ]]; then
		option=${value%%=*} value=${value#*=}
	elif [[ $value == -[!-]?* && " $2 " == *" ${value:0:2} "* ]]; then
		option=${value:0:2} value=${value:2}
	elif [[ $value == -* ]]; then
		option=-
	fi
	value=${value#[\'\"]} value=${value//\\/}
}

_dcim_one() { # WORD...
	local word
	for word; do
		[[ $word != "$value"* ]] || COMPREPLY+=("$text${word#"$value"}")
	done
}

_dcim_options() { # OPTION...
	_dcim_one "$@"
	[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace
}

_dcim_list() { # WORD... -- those that are not in the list yet
	local word before=${value%"${value##*,}"}
	compopt -o nospace
	for word; do
		[[ ,$before == *,"$word",* ]] || _dcim_one "$before$word"
	done
}

_dcim_file() {
	compopt -o default
}

_dcim_dir() {
	compopt -o dirnames
}

_dcim_library() {
	[[ -n $value || -z ${DCIM_LIBRARY-} ]] || _dcim_one "$DCIM_LIBRARY"
	compopt -o filenames -o plusdirs
}

# Of a library its database; whatever is below any other folder.
_dcim_db() {
	local name
	text=${text//\\/}
	compopt -o filenames
	while IFS= read -r name; do
		[[ ! -f $name/.dcim/hash.db ]] || name=$name/.dcim/hash.db
		[[ -z $name ]] || _dcim_one "$name"
	done < <(compgen -f -- "$value"; printf '%s\n' "${DCIM_LIBRARY-}")
}

_dcim_zone() {
	local name folder=${TZDIR:-/usr/share/zoneinfo}
	while IFS= read -r name; do
		[[ ${name#"$folder/"} == [[:upper:]]* && ${name#"$folder/"} != *.* ]] || continue
		[[ ! -d $name ]] || { name=$name/ && compopt -o nospace; }
		_dcim_one "${name#"$folder/"}"
	done < <(compgen -f -- "$folder/$value")
}

# _dcim_unquoted WORD -- set `word` to it without its quotes and backslashes; an apostrophe in other quotes stays.
_dcim_unquoted() {
	word=${1//\\\'/$'\1'}
	[[ $word != \"* ]] || word=${word//\'/$'\1'}
	word=${word//[\'\"\\]/}
	word=${word//$'\1'/\'}
}

# Those of the library on the line, which may stand behind, or of $DCIM_LIBRARY; an undo cannot be undone.
_dcim_run() {
	local word file run words=()
	_dcim_one last
	for word in "${COMP_WORDS[@]:1}"; do
		_dcim_unquoted "$word" && words+=("$word")
	done
	for word in "${words[@]}" "${DCIM_LIBRARY-}"; do
		word=${word/#'~/'/$HOME/}
		[[ -n $word && -d $word/.dcim/runs ]] || continue
		for file in "$word"/.dcim/runs/*.ndjson; do
			run=${file##*/} run=${run%.ndjson}
			[[ -z ${run//[[:alnum:]-]/} ]] && ! grep -qs '^undo = ' "${file%.ndjson}.info" && _dcim_one "$run"
		done
		break
	done
}

_dcim_command() {
	local name
	while IFS= read -r name; do
		_dcim_one "$name"
	done < <(compgen -c -- "$value" | sort -u)
}

_dcim_members=(@MEMBERS@)

_dcim_member() {
	local name
	for name in "${_dcim_members[@]}"; do
		[[ $name == *. ]] || _dcim_one "$name"
	done
}

# The fields of a template, where a brace is open, or opened with it; what lies in another member, once that is named.
_dcim_template() {
	local name field='' before="$value{"
	compopt -o nospace
	if [[ $value == *'{'* && ${value##*'{'} != *'}'* ]]; then
		field=${value##*[\{|]} before=${value%"$field"}
	fi
	if [[ $field == *:* ]]; then
		_dcim_one "$before${field%%:*}:"{lower,%Y,%Y-%m,%Y-%m-%d,%m,%d}'}'
		return
	fi
	for name in @OWN@ "${_dcim_members[@]}"; do
		case $name in
		*.) [[ $field == *.* ]] || _dcim_one "$before$name" ;;
		*.*) [[ $field != *.* ]] || _dcim_one "$before$name}" ;;
		taken) _dcim_one "$before"taken{\},:} ;;
		*) _dcim_one "$before$name}" ;;
		esac
	done
}
