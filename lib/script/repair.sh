# Good copies in the place of what has rotted or gone: photo-verify --repair.

# repair_from OTHER -- one more place with copies; paths are absolute from then on.
repair_from() {
	other=$(CDPATH='' cd -P -- "$1" 2>/dev/null && printf '%s.' "$PWD") || die 2 "no such folder: $1"
	quote "${other%.}" && repairs="$repairs $quoted"
}

# copies OTHER... -- set `froms` to file-repair's options, `databases` to those of other libraries that find files by a
# digest which this one has, and `folders` to all places, since files may lie there that no database knows; all quoted.
copies() {
	froms='' databases='' folders=''
	for other; do
		# shellcheck disable=SC3013 # every sh has -ef, and POSIX since 2024
		[ ! "$other" -ef . ] || die 2 "$other is the library itself"
		quote "--from=$other" && froms="$froms $quoted"
		theirs=$(hashdb-list -q --required "$other/.dcim/hash.db" 2>/dev/null)
		case ",$required," in
		*",${theirs:-none},"* | *",${theirs%%,*},"*) quote "$other/.dcim/hash.db" && databases="$databases $quoted" ;;
		esac
		quote "$other" && folders="$folders $quoted"
	done
}

# all_bad -- what is bad, whenever that was found, to $tmp/bad.
all_bad() {
	patient
	{
		stage 'hashdb-list noted' hashdb-list $common --relative "$db" |
			stage 'sed noted' sed '/,"verify":"@VERIFY_CORRUPT@","verified":/!d'
		stage 'hashdb-list gone' hashdb-list $common --relative --gone "$db"
	} | stage 'file-hash bad' file-hash $common --verify --readback |
		stage 'sed bad' sed '/"verify":"\(@VERIFY_CORRUPT@\|@VERIFY_MISSING@\)"}$/!d' |
		LC_ALL=C stage 'sort bad' sort -u -o "$tmp/bad"
}

# heal DATABASE... -- with what these know, and what lies under the same paths.  What is good by now is recorded, and goes
# to $tmp/healed; what is not is $tmp/bad then.
heal() {
	patient
	if [ $# -gt 0 ]; then
		stage 'hashdb-lookup copies' hashdb-lookup $common "$@"
	else
		stage cat cat
	fi <"$tmp/bad" | eval "stage file-repair file-repair -q \${jobs:+-j\$jobs} \${weak:+--weak-publish} --to=. $froms" |
		stage 'sed unhealed' sed -e "/\"repair\":{\"result\":\"\\(@REPAIR_DONE@\\|@REPAIR_INTACT@\\)\"/!{w $tmp/unhealed" -e 'd;}' |
		stage 'hashdb-merge healed' hashdb-merge $common "--log=$log" "$db" >>"$tmp/healed"
}

# healing DATABASE... -- that it leaves some as they are is told by the summary.
healing() {
	before=$status
	await heal "$@"
	[ "$status" -ne 1 ] || status=$before
	[ ! -e "$tmp/unhealed" ] || mv -f "$tmp/unhealed" "$tmp/bad"
}

# look_through FOLDER -- of the files that have the size of a bad one, what they are, to a database of its own.
look_through() {
	grep -ao '"size":[0-9]*' "$tmp/bad" | sed 's/.*:\(.*\)/^\1 /' | sort -u >"$tmp/wanted"
	rm -f "$tmp/copies.db"
	for_find "$1"
	# shellcheck disable=SC2016 # the inner shell's
	LC_ALL=C stage 'find copies' find "$path" -name .dcim -prune -o -type f -printf '%s %p\0' 2>/dev/null |
		LC_ALL=C stage 'grep copies' sh -c 'grep -zaf "$1" || [ $? -eq 1 ]' grep "$tmp/wanted" |
		LC_ALL=C stage 'sed copies' sed -z 's/^[0-9]* //' |
		stage 'file-hash copies' file-hash -q ${jobs:+-j$jobs} "--algorithm=$required" |
		stage 'hashdb-merge copies' hashdb-merge -q "--root=$1" "$tmp/copies.db" >/dev/null
}

in_folders() { # FOLDER...
	for folder; do
		[ -s "$tmp/bad" ] && [ -z "$signal" ] && [ "$status" -ne 3 ] || return 0
		before=$status
		await look_through "$folder"
		[ "$status" -ne 1 ] || status=$before # what cannot be read there is no good copy
		[ ! -e "$tmp/copies.db" ] || healing "$tmp/copies.db"
	done
}

# repair -- all that is bad; what stays so is in $tmp/bad.
repair() {
	eval "copies $repairs"
	await all_bad
	[ -s "$tmp/bad" ] || return 0
	eval "healing $databases"
	eval "in_folders $folders"
	[ ! -s "$tmp/healed" ] || calmly cat "$tmp/healed" >>"$verified"
}
