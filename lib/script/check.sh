# Is every file of a source in the library?  What lies there, what comparing it has shown, and the words for that.
#
# Each kind of file, proved to be in the library or why not, is a list of paths in $tmp, each ended by NUL; those that
# come from records are made of KIND.records.

# survey FILE -- all that lies in the sources but folders, and what photo-import passes over too, to FILE: an entry for
# each, ended by NUL, of type, device, size, time and path.  A library among them is not looked into, and its path noted.
survey() {
	eval "LC_ALL=C stage find find -H $starts -samefile \"\$library/.\" -prune -fprint0 \"\$tmp/inside\" \
		-o ! -type d -printf '%y %D %s %T@ %p\\0'" 2>>"$tmp/unread" |
		LC_ALL=C stage sort sort -zu -t ' ' -k 5 -o "$1"
}

# paths -- those of the entries of surveys.
paths() {
	LC_ALL=C sed -z 's/^	*[^ ]* [^ ]* [^ ]* [^ ]* //'
}

# begin_survey SOURCE... -- what lies there: $tmp/list are the files, $tmp/links what is none.
begin_survey() {
	starts=''
	for source; do
		for_find "$source"
		quote "$path" && starts="$starts $quoted"
	done
	await survey "$tmp/before"
	LC_ALL=C sed -z '/^f/!d' "$tmp/before" | paths >"$tmp/list"
	LC_ALL=C sed -z '/^f/d' "$tmp/before" | paths >"$tmp/links"
}

# end_survey -- $tmp/moving are those that have come, gone or changed since.
end_survey() {
	await survey "$tmp/after"
	[ -z "$signal" ] || return 0
	for survey in before after; do LC_ALL=C sort -z "$tmp/$survey" -o "$tmp/$survey"; done
	LC_ALL=C comm -z -3 "$tmp/before" "$tmp/after" | paths | LC_ALL=C sort -zu >"$tmp/moving"
}

# compare -- each file with its copy: where the library remembers to have put it, which saves reading it for a digest, or
# else where its content is.
compare() {
	reader "hashdb-lookup --by=source" --by=source "$db" <"$tmp/list" |
		reader file-hash ${algorithm:+"--algorithm=$algorithm"} |
		stage hashdb-lookup hashdb-lookup $common "$db" |
		reader copy-compare -q $progress | stage doubt sed -n "
			/\"compare\":{\"result\":\"@COMPARE_EQUAL@\"/ b proved
			/\"by\":\"@BY_SOURCE@\".*\"compare\":{/ { w $tmp/doubted
				d }
			: proved
			w $tmp/compared"
}

# compare_again -- by its content, what is not where it had been put.
compare_again() {
	stage record-paths record-paths <"$tmp/doubted" |
		reader "file-hash again" ${algorithm:+"--algorithm=$algorithm"} |
		stage "hashdb-lookup again" hashdb-lookup $common "$db" |
		reader "copy-compare again" -q >>"$tmp/compared"
}

# sort_out -- the records of each kind.
sort_out() {
	for result in equal differs missing unreadable itself only memory unread changed; do : >"$tmp/$result.records"; done
	LC_ALL=C sed -n "
		/\"error\":{\"tool\":\"hashdb-lookup\"/ { w $tmp/unreadable.records
			d }
		/\"error\":{/ {
			/\"code\":\"\\(ECHANGED\\|ENOENT\\)\"/ { w $tmp/changed.records
				d }
			w $tmp/unread.records
			d }
		/\"read\":\"@READ_MEMORY@\"}/ { w $tmp/memory.records
			d }
		/\"compare\":{\"result\":\"@COMPARE_EQUAL@\"/ { w $tmp/equal.records
			d }
		/\"compare\":{\"result\":\"@COMPARE_DIFFERS@\"/ { w $tmp/differs.records
			d }
		/\"compare\":{\"result\":\"@COMPARE_MISSING@\"/ { w $tmp/missing.records
			d }
		/\"compare\":{\"result\":\"@COMPARE_UNREADABLE@\"/ { w $tmp/unreadable.records
			d }
		/\"compare\":{\"result\":\"@COMPARE_ITSELF@\"/ { w $tmp/itself.records
			d }
		w $tmp/only.records" "$tmp/compared"
}

# identify -- what those are that the library does not have: place-file says what is a picture, a film or a companion.
identify() {
	reader exif-read -q <"$tmp/only.records" | eval "reader place-file -q --dry-run --media-only \"--to=\$library\" $from" |
		stage kinds sed -n "
			/\"error\":{/ { w $tmp/unread.more
				d }
			/\"action\":\"@ACTION_EXISTS@\"/ { w $tmp/unrecorded.records
				d }
			/\"db\":{\"status\":\"@STATUS_DELETED@\"/ { w $tmp/deleted.records
				d }
			/\"reason\":\"@REASON_NEVER_SOURCE@\"/ { w $tmp/trash.records
				d }
			/\"reason\":\"@REASON_NOT_MEDIA@\"/ { w $tmp/strange.records
				d }
			w $tmp/new.records"
}

# list_kinds -- the paths of each kind, from its records.
list_kinds() {
	[ ! -e "$tmp/unread.more" ] || cat "$tmp/unread.more" >>"$tmp/unread.records"
	for kind in "$tmp"/*.records; do
		{ record-paths -q <"$kind"; record-paths -q --errors <"$kind"; } >"${kind%.records}.paths"
	done
	for list in list links moving; do
		[ ! -e "$tmp/$list" ] || mv "$tmp/$list" "$tmp/$list.paths"
	done
}

# number KIND... -- print how many there are of all these.
number() {
	for kind; do
		[ ! -e "$tmp/$kind.paths" ] || cat "$tmp/$kind.paths"
	done | tr -dc '\0' | wc -c
}

# grouped NUMBER -- print it as a person writes it.
grouped() {
	echo "$1" | sed ':a; s/\B[0-9]\{3\}\>/,&/; ta'
}

# tell_kind KIND TITLE -- its number, and the first of its names.
tell_kind() {
	n=$(number "$1")
	[ "$n" -gt 0 ] || return 0
	printf '\n'
	printf '%s: %s' "$2" "$(grouped "$n")" | plain
	head -zn 10 "$tmp/$1.paths" | plain_lines | sed 's/^/  /'
	[ "$n" -le 10 ] || printf '  and %s more\n' "$(grouped $((n - 10)))"
}

tell_kinds() {
	tell_kind new "Not in $library"
	tell_kind unrecorded "In $library, but not in its database ('photo-init $library' records them)"
	tell_kind deleted "Deleted from $library before, and only here"
	tell_kind differs "Whose copy in $library has other content"
	tell_kind missing "Whose copy in $library is missing"
	tell_kind unreadable "Whose copy in $library cannot be read"
	tell_kind itself "Which are the library's own files, no copies of them"
	tell_kind memory "Equal, but one side could not be read from its disk"
	tell_kind unread "That cannot be read"
	tell_kind changed "That have changed or gone meanwhile, or are still being written"
	tell_kind moving "New, changed or gone since this began"
	tell_kind strange "Neither pictures nor films, and only here"
	tell_kind trash "In trash, thumbnail or programs' own folders, and only here"
	tell_kind links "Links and other things that are no files"
	[ ! -s "$tmp/unread" ] || {
		printf '\nFolders that could not be looked into: %d\n' "$(sort -u "$tmp/unread" | wc -l)"
		sort -u "$tmp/unread" | sed 's/^find: /  /' | tr '\n' '\0' | plain_lines
	}
}

# device FOLDER -- print the one that holds its file system; disks DEVICE -- print those that it lies on.
device() { findmnt -nvo SOURCE -T "$1" 2>/dev/null | sed '/^\/dev\//!d'; }
disks() { lsblk -snro NAME,TYPE "$1" 2>/dev/null | sed -n 's/ disk$//p'; }

# share SOURCE... -- set `shared` to what a source has in common with the library, if to format it would take both.
share() {
	shared='' mine=$(stat -Lc %d -- "$library/.") device=$(device "$library/.")
	for source; do
		root_of "$source"
		theirs=$(device "$root")
		if [ "$(stat -Lc %d -- "$root")" = "$mine" ] || { [ -n "$device" ] && [ "$theirs" = "$device" ]; }; then
			shared='one file system'
		elif [ -z "$shared" ] && [ -n "$theirs" ] && [ -n "$device" ] &&
			disks "$theirs" | grep -qxF "$(disks "$device")"; then
			shared='one disk'
		fi
	done
	! LC_ALL=C sed -z 's/^[^ ]* \([^ ]*\) .*/\1/' "$tmp/before" | sort -zu | grep -qzxF -e "$mine" || shared='one file system'
}

# conclude SOURCE... -- say what it all means, and set `status` to 1 where that is not what the user hopes for.
conclude() {
	doubts='new unrecorded deleted differs missing unreadable itself memory unread changed moving'
	spared='strange trash links'
	[ -n "$media_only" ] || { doubts="$doubts $spared" && spared=''; }
	equal=$(number equal) bad=$(number $doubts) besides=$(number $spared)
	missed=$(($(number list links moving) - equal - bad - besides))
	share "$@"
	verdict="$(grouped "$equal") of $(grouped $((equal + bad))) files are in $library, both sides read and equal"
	purpose='safe to format'
	[ -z "$shared" ] || purpose='safe to delete'
	but=", but for $besides files that are no pictures or films and are only here:"
	[ "$besides" -gt 0 ] || but=''
	[ "$(number $spared)" -eq "$(number ${spared:+strange})" ] ||
		but=", but for $besides files that are no pictures or films, or lie in trash or programs' own folders, and are only here:"
	[ "$missed" -eq 0 ] || [ "$status" -gt 1 ] || status=3
	if [ "$status" -gt 1 ] || [ -n "$signal" ]; then
		verdict="$verdict, and $(grouped "$missed") were not looked at: do not format yet"
	elif [ $((equal + bad + besides)) -eq 0 ] && [ ! -s "$tmp/unread" ]; then
		verdict="0 files in $sources: nothing was compared" status=1
	elif [ "$bad" -gt 0 ] || [ "$equal" -eq 0 ] || [ -s "$tmp/unread" ]; then
		verdict="$verdict: do not format yet" status=1
	elif [ -s "$tmp/inside" ]; then
		verdict="$verdict: but $library lies in $sources itself, and would go with it" status=1
	else
		verdict="$verdict: $purpose$but" status=0
	fi
	printf '%s' "$verdict" | plain
	[ "$status" -ne 0 ] || [ -z "$shared" ] ||
		printf '%s and %s lie on %s: to format that would take both.' "$sources" "$library" "$shared" | plain
	tell_kinds
}
