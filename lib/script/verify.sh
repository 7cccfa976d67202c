# Reading a library again: what lies in it and is not recorded, what has moved, what every recorded file holds now.

# begin_verify -- set `verified` to the new file of this verification's log.
begin_verify() {
	[ -d .dcim/verify ] || mkdir .dcim/verify 2>"$tmp/why" || no_log
	while verified=.dcim/verify/$run.ndjson && ! (set -C && : >"$verified") 2>"$tmp/why"; do
		[ -e "$verified" ] || [ -h "$verified" ] || no_log
		after "$run"
	done
}

no_log() {
	calmly end_run
	why=$(cat "$tmp/why")
	die 3 "cannot write the log $library/.dcim/verify/$run.ndjson: ${why##*: }; nothing was read"
}

# list_library -- what there is, NUL-terminated, to $tmp/list, and its sizes to $tmp/sizes; what repairs have set aside to
# $tmp/aside; what could not be looked into to $tmp/unread.
list_library() {
	date='[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
	eval "LC_ALL=C stage find find . -mindepth 1 -type f \\( -name '?*.corrupt-$date' -o -name '?*.corrupt-$date-*' \\) \
		-fprint0 \"\$tmp/aside\" -o -type f $hidden \
		-o \\( $nowhere \\) -prune -o -type f -printf '%P\\0' -fprintf \"\$tmp/sizes\" '%s\\n'" 2>"$tmp/unread" |
		LC_ALL=C stage sort sort -z -o "$tmp/list"
}

# strangers -- what lies there and is not recorded, to $tmp/new.
strangers() {
	stage hashdb-lookup hashdb-lookup $common --by=path --known-to=/dev/null "$db" <"$tmp/list" | only_new >"$tmp/new"
}

only_new() {
	stage 'sed new' sed '/"db":{"status":"@STATUS_NEW@","by":"@BY_PATH@"}}$/!d'
}

# any_gone -- whether a recorded file has gone.
any_gone() {
	[ "$(hashdb-list -q -0 --gone "$db" 2>/dev/null | head -c 1 | wc -c)" -ne 0 ]
}

# follow -- of the strangers, those that have the content of a file that has gone are that file: its row follows.
follow() {
	reader file-hash --readback $budgeted ${required:+"--algorithm=$required"} <"$tmp/new" |
		stage 'sed read' sed '/"hash":{/!d' |
		stage 'hashdb-lookup --by=hash' hashdb-lookup $common --known-to=/dev/null "$db" |
		stage 'sed gone' sed '/"db":{"status":"@STATUS_MISSING@","by":"@BY_HASH@",/!d' |
		stage hashdb-merge hashdb-merge $common "--log=$log" "$db" >"$tmp/moved"
}

# read_again -- every recorded file, that which was read longest ago first.  What a reading has found that the database
# does not know goes into the log of a run, so that the logs of all runs still give the database back; that the rest was
# read is recorded without one.  What is only told and not recorded goes to $tmp/told.
read_again() {
	patient
	{
		stage hashdb-list hashdb-list $common --relative --stale-first $budgeted "$db" |
			reader 'file-hash --verify' --verify --readback $budgeted |
			stage 'hashdb-lookup news' hashdb-lookup $common --by=path --known-to=/proc/self/fd/9 "$db" |
			stage 'sed told' sed -e "/\"verify\":\"$untold\"/{w $tmp/told" -e 'd;}' |
			stage 'hashdb-merge news' hashdb-merge $common "--while=$library" "--log=$log" "$db" >>"$verified"
	} 9>&1 | stage hashdb-merge hashdb-merge $common $shown "--while=$library" "$db" >>"$verified"
}

# verify -- all of that, as a run of its own.
verify() {
	in_turn begin_run . "$name"
	begin_verify
	await list_library
	await strangers
	[ ! -s "$tmp/new" ] || ! any_gone || await follow
	counting "$([ -n "$budget" ] || to_read)" read_again
	[ ! -s "$tmp/told" ] || calmly cat "$tmp/told" >>"$verified"
	[ ! -s "$tmp/moved" ] || calmly cat "$tmp/moved" >>"$verified"
	check_roots
	[ -n "$repairs" ] && [ -z "$gone$signal" ] && [ "$status" -ne 3 ] && repair
	complete_log
	found=0
	judge "$verified"
	in_turn calmly end_run
}

# ---- what it has found ----

# read_as WORD -- print of how many files that were read the log says that.
read_as() {
	calmly grep -a "\"verify\":\"$1\"" "$verified" | calmly grep -avc '"repair":{'
}

# findings -- all that is told of, to $tmp/findings: the log, in which what was bad is not told again where it was repaired.
findings() {
	cat "$verified" >"$tmp/findings"
	[ -e "$tmp/bad" ] || return 0
	sed '/"verify":"\(@VERIFY_CORRUPT@\|@VERIFY_MISSING@\)"/d' "$verified" >"$tmp/findings"
	cat "$tmp/bad" >>"$tmp/findings"
}

# told WORD -- print how many files that is told of.  names WORD -- print their names, NUL-terminated.
told() {
	calmly grep -ac "\"verify\":\"$1\"" "$tmp/findings"
}

names() {
	calmly grep -a "\"verify\":\"$1\"" "$tmp/findings" >"$tmp/named"
	record-paths -q <"$tmp/named"
	record-paths -q --errors <"$tmp/named"
}

# obstacles -- print why what is bad could not be repaired, each reason once, NUL-terminated.
obstacles() {
	[ -e "$tmp/bad" ] || return 0
	LC_ALL=C sed -n 's/.*"error":{"tool":"file-repair".*"message":"\([^"]*\)".*/\1/p' "$tmp/bad" | LC_ALL=C sort -u | tr '\n' '\0'
}

# unfound -- print of how many --repair has found no good copy.
unfound() {
	if [ -e "$tmp/bad" ]; then grep -ac '"repair":{"result":"@REPAIR_UNFOUND@"' "$tmp/bad"; else echo 0; fi
}

# still_new -- the strangers that nobody has recorded meanwhile.
still_new() {
	[ -s "$tmp/new" ] || return 0
	record-paths -q <"$tmp/new" | hashdb-lookup -q --by=path --known-to=/dev/null "$db" 2>/dev/null | only_new 3>/dev/null |
		record-paths -q
}

# block NUMBER TITLE -- a part of the summary: its title, and of the names on standard input, each ended by NUL, the
# first fifty.
block() {
	[ "$1" -gt 0 ] || { cat >/dev/null && return; }
	printf '\n%s: %d\n' "$2" "$1"
	plain_lines | sed 's/^/  /' | {
		head -n 50
		cat >/dev/null
	}
	[ "$1" -le 50 ] || printf '  … and %d more, which %s names\n' $(($1 - 50)) "$library/$verified"
}

# pairs -- the old and the new names of what has moved.
pairs() {
	[ "$moved" -gt 0 ] || return 0
	record-paths -q --member=db.path <"$tmp/moved" | plain_lines >"$tmp/old"
	record-paths -q <"$tmp/moved" | plain_lines | paste -d '\n' "$tmp/old" - | sed 'N; s/\n/ -> /' | tr '\n' '\0'
}

# take_stock -- set the numbers of the summary.
take_stock() {
	ok=$(read_as @VERIFY_OK@)
	read=$((ok + $(read_as @VERIFY_CORRUPT@) + $(read_as @VERIFY_MODIFIED@)))
	unread=$(($(read_as @VERIFY_MISSING@) + $(read_as @VERIFY_UNREADABLE@)))
	findings
	corrupt=$(told @VERIFY_CORRUPT@) modified=$(told @VERIFY_MODIFIED@) missing=$(told @VERIFY_MISSING@)
	unreadable=$(told @VERIFY_UNREADABLE@) moved=$(calmly count "$tmp/moved") healed=$(calmly count "$tmp/healed")
	still_new >"$tmp/strange"
	new=$(names_in "$tmp/strange") aside=$(names_in "$tmp/aside") cached=$(calmly grep -ac '"code":"EREADBACK"' "$verified")
	files=$(hashdb-list -q -0 "$db" | tr -dc '\0' | wc -c)
	left_over=$((files - read - unread))
	[ "$left_over" -gt 0 ] || left_over=0
	stalest=$(hashdb-list -q --stale-first "$db" |
		sed -n "$((unread + 1)){s/.*\"verified\":\"\\([^\"]*\\)\".*/\\1/p;q;}")
	bad=$((corrupt + missing + unreadable))
	[ -z "$immutable" ] || bad=$((bad + modified))
}

names_in() { # FILE -- print how many names it has
	if [ -e "$1" ]; then tr -dc '\0' <"$1" | wc -c; else echo 0; fi
}

# gauges -- what $metrics is to say.
gauges() {
	echo '# HELP dcim_verify_files Files of the last photo-verify, by what was found.'
	echo '# TYPE dcim_verify_files gauge'
	for found in "@VERIFY_OK@ $ok" "@VERIFY_CORRUPT@ $corrupt" "@VERIFY_MODIFIED@ $modified" "@VERIFY_MOVED@ $moved" \
		"@VERIFY_MISSING@ $missing" "@VERIFY_UNREADABLE@ $unreadable" "@STATUS_NEW@ $new" "@REPAIR_DONE@ $healed" \
		"left $left_over" "aside $aside"; do
		echo "dcim_verify_files{found=\"${found% *}\"} ${found#* }"
	done
	gauge status "$status" 'The exit status of the last photo-verify.'
	gauge end_timestamp_seconds "$(date +%s)" 'When it ended.'
	[ -z "$stalest" ] ||
		gauge stalest_timestamp_seconds "$(date -d "$stalest" +%s)" 'When the file was read that was read longest ago.'
}

stock() {
	ending=s
	[ "$read" -ne 1 ] || ending=''
	printf '%d file%s read: %d as recorded' "$read" "$ending" "$ok"
	[ "$left_over" -eq 0 ] || printf '; %d are left, the first of them read on %s' "$left_over" "${stalest%%T*}"
	echo
	names @VERIFY_CORRUPT@ | block "$corrupt" 'Corrupt, other content under the same size and time, or none'
	names @VERIFY_MISSING@ | block "$missing" Missing
	names @VERIFY_UNREADABLE@ | block "$unreadable" Unreadable
	names @VERIFY_MODIFIED@ | block "$modified" "Modified${immutable:+, and not recorded}"
	pairs | block "$moved" Moved
	[ "$healed" -eq 0 ] || record-paths -q <"$tmp/healed" | block "$healed" 'Repaired, or good again'
	obstacles | block "$(obstacles | tr -dc '\0' | wc -c)" 'Why some could not be repaired'
	[ "$(unfound)" -eq 0 ] || printf '\nNo good copy was found for: %d\n' "$(unfound)"
	block "$new" 'New, and not recorded (photo-init records them)' <"$tmp/strange"
	[ -n "$repairs" ] || [ $((corrupt + missing)) -eq 0 ] || {
		echo
		printf 'Good copies, from a backup or another library: photo-verify --repair=OTHER %s' "$library" | plain
	}
	[ "$aside" -eq 0 ] || printf '\nSet aside by repairs: %d\n' "$aside"
	[ "$cached" -eq 0 ] || printf '\nNot read past the page cache, so that only what was in memory is known to be good: %d\n' "$cached"
	[ ! -s "$tmp/unread" ] || printf '\nFolders that could not be looked into: %d\n%s\n' "$(calmly count "$tmp/unread")" "$(sed 's/^find: /  /' "$tmp/unread")"
}
