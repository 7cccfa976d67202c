# Is every file of a source in the library?  What lies there, what comparing it has shown, and the words for that.
#
# Each kind of file, proved to be in the library or why not, is a list of paths in $tmp, each ended by NUL; those that
# come from records are made of KIND.records.

# survey FILE -- all that lies in the sources but folders, and what photo-import passes over too, to FILE: an entry for
# each, ended by NUL, of type, device, size, times and path.  A library among them is not looked into, and its path noted.
survey() {
	eval "LC_ALL=C stage find find -H $starts -samefile \"\$library/.\" -prune -fprint0 \"\$tmp/inside\" \
		-o ! -type d -printf '%y %D %s %T@ %C@ %p\\0'" 2>>"$tmp/unread" |
		LC_ALL=C stage sort sort -zu -t ' ' -k 6 -o "$1"
}

# surveyed -- print how many bytes the files of $tmp/before have.
surveyed() {
	LC_ALL=C tr '\n\000' '?\n' <"$tmp/before" | awk '/^f/ { s += $3 } END { printf "%.0f\n", s }'
}

# paths -- those of the entries of surveys.
paths() {
	LC_ALL=C sed -z 's/^	*[^ ]* [^ ]* [^ ]* [^ ]* [^ ]* //'
}

# begin_survey SOURCE... -- what lies there: $tmp/list are the files, $tmp/links what is none.
begin_survey() {
	begin_at "$@"
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
		reader copy-compare -q $shown | stage doubt sed -n "
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
		reader "copy-compare again" -q >"$tmp/again"
}

# set_unlike_apart -- $tmp/unlike are those whose digest led to a copy that is not equal: there may be others.
set_unlike_apart() {
	[ ! -e "$tmp/again" ] || cat "$tmp/again" >>"$tmp/compared"
	mv "$tmp/compared" "$tmp/all"
	: >"$tmp/unlike"
	LC_ALL=C sed -n "
		/\"hash\":{.*\"compare\":{\"result\":\"\\(@COMPARE_DIFFERS@\|@COMPARE_MISSING@\|@COMPARE_UNREADABLE@\|@COMPARE_ITSELF@\\)\"/ {
			w $tmp/unlike
			d }
		w $tmp/compared" "$tmp/all"
	[ -e "$tmp/again" ] || : >"$tmp/again"
	cat "$tmp/again" "$tmp/unlike" | LC_ALL=C sed -n 's/.*"hash":{\([^}]*\)}.*/\1/p' | tr ',' '\n' | sort -u >"$tmp/digests"
}

# find_others -- of all that the library has of these contents, what has them now, to a database of its own; what has not
# is $tmp/rotten.records.
find_others() {
	stage hashdb-list hashdb-list $common "$db" | LC_ALL=C stage 'grep digests' grep -aFf "$tmp/digests" |
		reader "file-hash --verify" --verify --readback |
		stage 'sed rotten' sed "/\"verify\":\"@VERIFY_OK@\"/!{w $tmp/rotten.records
			d}" |
		stage hashdb-merge hashdb-merge -q "--root=$library" "$tmp/others.db" >/dev/null
}

# compare_others -- what is in none stays as it was found.
compare_others() {
	reader "hashdb-lookup others" "--known-to=$tmp/elsewhere" "$tmp/others.db" <"$tmp/unlike" >>"$tmp/compared"
	reader "copy-compare others" -q <"$tmp/elsewhere" >>"$tmp/compared"
}

# look_elsewhere -- a copy that is not equal says nothing of others with the same content.
look_elsewhere() {
	set_unlike_apart
	[ ! -s "$tmp/digests" ] || await find_others
	if [ -s "$tmp/unlike" ] && [ -e "$tmp/others.db" ]; then
		await compare_others
	else
		cat "$tmp/unlike" >>"$tmp/compared"
	fi
}

# look_again -- $tmp/shifted.paths are the copies that are no longer what was compared.
look_again() {
	sed -n 's/.*"changed":"\([^"]*\)"}}$/\1/p' "$tmp/equal.records" | tr '\n' '\0' >"$tmp/changed"
	record-paths -q --member=compare.to <"$tmp/equal.records" >"$tmp/copies"
	paste -z -d ' ' "$tmp/changed" "$tmp/copies" | LC_ALL=C sort -zu >"$tmp/then"
	(cd -- "$library" && TZ=UTC xargs -0r stat --printf='%z %n\0' -- <"$tmp/copies") 2>/dev/null |
		LC_ALL=C sed -z 's/ /T/; s/ +0000/Z/' | LC_ALL=C sort -zu >"$tmp/now"
	LC_ALL=C comm -z -23 "$tmp/then" "$tmp/now" | LC_ALL=C sed -z 's/^[^ ]* //' >"$tmp/shifted.paths"
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
		/\"read\":\"@READ_MEMORY@\",/ { w $tmp/memory.records
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
			/\"reason\":\"@REASON_TRASHED@\"/ { w $tmp/thrown.records
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
	[ ! -s "$tmp/moving.paths" ] || leave_moving
}

# leave_moving -- what has changed since is of no other kind.
leave_moving() {
	for list in "$tmp"/*.paths; do
		[ "${list##*/}" != moving.paths ] || continue
		LC_ALL=C sort -z "$list" | LC_ALL=C comm -z -23 - "$tmp/moving.paths" >"$tmp/still" && mv "$tmp/still" "$list"
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
	all_files='photo-import --all-files brings them, --media-only lets them go' media='--media-only lets them go'
	[ -z "$media_only" ] || all_files='' media=''
	tell_kind new "Not in $library (photo-import brings them)"
	tell_kind unrecorded "In $library, but not in its database ('photo-init $library' records them)"
	tell_kind deleted "Deleted from $library before, and only here"
	tell_kind thrown "Thrown away in Google Photos or iCloud, and only here (photo-import --all-files brings them)"
	tell_kind differs "Whose copy in $library has other content"
	tell_kind missing "Whose copy in $library is missing"
	tell_kind unreadable "Whose copy in $library cannot be read"
	tell_kind itself "Which are the library's own files, no copies of them"
	tell_kind memory "Equal, but one side could not be read from its disk"
	tell_kind unread "That cannot be read"
	tell_kind changed "That have changed or gone meanwhile, or are still being written"
	tell_kind moving "New, changed or gone since this began"
	tell_kind shifted "Copies in $library that have changed or gone since they were compared"
	tell_kind rotten "Copies in $library that are not as they were recorded ('photo-verify $library' tells more)"
	tell_kind strange "Neither pictures nor films, and only here${all_files:+ ($all_files)}"
	tell_kind trash "In trash, thumbnail or programs' own folders, and only here${media:+ ($media)}"
	tell_kind links "Links and other things that are no files"
	[ ! -s "$tmp/unread" ] || {
		printf '\nFolders that could not be looked into: %d\n' "$(sort -u "$tmp/unread" | wc -l)"
		sort -u "$tmp/unread" | sed 's/^find: /  /' | tr '\n' '\0' | plain_lines
	}
}

# device FOLDER -- print the one that holds its file system; disks DEVICE -- print those that it lies on.
device() { findmnt -nvo SOURCE -T "$1" 2>/dev/null | sed '/^\/dev\//!d'; }
disks() { lsblk -snro NAME,TYPE "$1" 2>/dev/null | sed -n 's/ disk$//p'; }

# whole SOURCE -- whether it is all of a file system, as far as can be told, and no other one is mounted below it, under
# which there may be more.
whole() {
	real=$(readlink -f -- "$1/.")
	[ -d "$1" ] && [ "$(findmnt -nvo FSROOT -M "$real" 2>/dev/null | tail -n 1)" = / ] &&
		[ "$(findmnt -nro TARGET -RM "$real" 2>/dev/null | sort -u | wc -l)" -eq 1 ]
}

# exceptions -- set `but` to what may go though it is only there, for a person.
exceptions() {
	files=$(number strange trash) odd=$(number links) but=''
	case $files,$(number trash) in
	0,*) ;;
	1,0) but="1 file that is no picture or film and only here" ;;
	*,0) but="$(grouped "$files") files that are no pictures or films and are only here" ;;
	1,*) but="1 file that lies in trash or a program's own folder and only here" ;;
	*) but="$(grouped "$files") files that are no pictures or films, or lie in trash or programs' own folders, and are only here" ;;
	esac
	case $odd in
	0) ;;
	1) but="$but${but:+ and }1 link or other thing that is no file" ;;
	*) but="$but${but:+ and }$(grouped "$odd") links or other things that are no files" ;;
	esac
	but=", but for $but:"
}

# share SOURCE... -- set `shared` to what a source has in common with the library, if to format it would take both, and
# `part` to a source that is less than its file system.
share() {
	shared='' part='' mine=$(stat -Lc %d -- "$library/.") device=$(device "$library/.")
	for source; do
		whole "$source" || part=${part:-$source}
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
	doubts='new unrecorded deleted thrown differs missing unreadable itself memory unread changed moving shifted'
	spared='strange trash links'
	[ -n "$media_only" ] || { doubts="$doubts $spared" && spared=''; }
	equal=$(($(number equal) - $(number shifted))) bad=$(number $doubts) besides=$(number $spared)
	missed=$(($(number list links moving) - equal - bad - besides))
	share "$@"
	verdict="$(grouped "$equal") of $(grouped $((equal + bad))) files are in $library, both sides read and equal"
	purpose='safe to format'
	[ -z "$shared$part" ] || purpose='safe to delete'
	but=''
	[ "$besides" -eq 0 ] || exceptions
	[ "$missed" -eq 0 ] || [ "$status" -gt 1 ] || status=3
	if [ "$status" -gt 1 ] || [ -n "$signal" ]; then
		[ "$missed" -le 0 ] || verdict="$verdict, and $(grouped "$missed") were not looked at"
		verdict="$verdict: do not format yet"
	elif [ $((equal + bad + besides)) -eq 0 ] && [ ! -s "$tmp/unread" ]; then
		verdict="0 files in $sources: nothing was compared" status=1
	elif [ "$bad" -gt 0 ] || [ "$equal" -eq 0 ] || [ -s "$tmp/unread" ]; then
		verdict="$verdict: do not format yet" status=1
	elif [ -s "$tmp/inside" ]; then
		verdict="$verdict: but $library lies in $sources itself, and would go with it" status=1
	else
		verdict="$verdict: $purpose$but" status=0
	fi
	printf '%s' "$verdict" | plain || status=3
	[ "$status" -ne 0 ] || warn_of_format
	tell_kinds
}

# warn_of_format -- what it would take besides what may be deleted.
warn_of_format() {
	if [ -n "$shared" ]; then
		printf '%s and %s lie on %s: to format that would take both.' "$sources" "$library" "$shared" | plain
	elif [ -n "$part" ]; then
		printf '%s is not all of its file system: to format that would take what was not compared.' "$part" | plain
	fi
}
