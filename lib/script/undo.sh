# Taking a run back.  That is a run of its own, whose RUN.info says `undo = ` the other's name, and `whole = yes` where
# nothing is left of it: its log, behind the other's, gives the database back as it is.

# undo_run RUN -- take back what it has placed; `last`: the last run that has placed or removed something
# and is not taken back as a whole.
undo_run() {
	at_home
	in_turn recover "$library"
	if [ "$1" = last ]; then find_last; else find_run "$1"; fi
	undone_by "$target"
	if [ -n "$whole" ]; then
		printf '%s has been undone already, by %s\n' "$target" "$undoer"
		return
	fi
	found=$(count "$library/.dcim/runs/$target.ndjson")
	note_roots
	if [ -n "$dry_run" ]; then
		later_logs
		await preview_undo
		summary_of_preview
	else
		take_back
		summary "$log"
	fi
}

# at_home -- the library by its whole path: a run's records may name their files from where it started.
at_home() {
	library=$(readlink -f -- "$library" && echo .) && library=${library%??}
	db=$library/.dcim/hash.db
}

# find_run RUN -- set `target`.
find_run() {
	target=${1##*/} target=${target%.ndjson}
	is_file "$library/.dcim/runs/$target.ndjson" || die 2 "no run $target in $library; photo-import --runs lists them"
	! took_back "$library/.dcim/runs/$target.info" || die 2 "$target is itself an undo, of $undone; to have its files again, import them again"
}

# find_last -- the same of the last one.
find_last() {
	over=' '
	for about in "$library"/.dcim/runs/*.info; do
		! took_back "$about" || over="$over$run ${all_back:+$undone }"
	done
	set -- "$library"/.dcim/runs/*.ndjson
	i=$#
	while [ "$i" -gt 0 ]; do
		eval "left=\${$i}" i=$((i - 1))
		target=${left##*/} target=${target%.ndjson}
		case $over in *" $target "*) continue ;; esac
		! is_file "$left" || ! has_placed "$left" || return 0
	done
	die 2 "no run of $library is left to be undone"
}

# has_placed LOG -- something, or removed the source of what the library had already.
has_placed() {
	grep -aqE '"source":"@PLACE_SOURCE_REMOVED@"|"place":\{"action":"(@ACTION_COPIED@|@ACTION_MOVED@|@ACTION_REFLINKED@|@ACTION_HARDLINKED@|@ACTION_SYMLINKED@)"' "$1"
}

# took_back RUN.info -- whether that run took one back, `undone`; sets `run` to its own name, `stop` where it did not come
# to its end, and `all_back` where it left nothing.
took_back() {
	undone='' stop='' all_back='' run=${1##*/}
	run=${run%.info}
	! is_file "$1" || read_info <"$1"
	[ -n "$undone" ]
}

# undone_by RUN -- set `undoer` to the last run that came to its end in taking it back, and `whole` where one left nothing.
undone_by() {
	undoer='' left_nothing=''
	for about in "$library"/.dcim/runs/*.info; do
		if took_back "$about" && [ "$undone,$stop" = "$1," ]; then
			undoer=$run left_nothing=$left_nothing$all_back
		fi
	done
	whole=$left_nothing stop=''
}

# alone_at_it -- what another run says just now of the library's files is in no log yet: one of its own, or one of a
# library whose mirror it is.
alone_at_it() {
	for file in "$library"/.dcim/runs/*.open; do
		[ ! -e "$file" ] || die 3 "another run is under way in $library, or cannot be completed: ${file##*/}"
	done
	flock -n -E 9 "$library/.dcim" true 2>/dev/null
	[ $? -ne 9 ] || die 3 "an import is under way that has $library for a mirror"
}

# later_logs -- set `later` to the options that name the logs of the runs that came after, and `started` to the folder
# in which the run was started, where it is known: one that is not there holds nothing, whatever the current one does.
later_logs() {
	later='' after='' started=''
	for file in "$library"/.dcim/runs/*.ndjson; do
		[ -z "$after" ] || { quote "--later=$file" && later="$later $quoted"; }
		[ "${file##*/}" != "$target.ndjson" ] || after=yes
	done
	folder=$(sed -n 's/^folder = //p' "$library/.dcim/runs/$target.info" 2>/dev/null)
	[ -z "$folder" ] || { [ -d "$folder" ] && started=$folder; } || { started=$tmp/gone && mkdir "$started"; }
}

undo_all() { # OPTION...
	eval "set -- \"\$@\" $later"
	stage 'place-file --undo' place-file $common ${weak:+--weak-publish} ${started:+-C "$started"} --undo \
		"--to=$library" "$@" <"$library/.dcim/runs/$target.ndjson"
}

preview_undo() {
	undo_all --dry-run >"$tmp/planned"
}

undo_and_record() {
	undo_all | stage hashdb-merge hashdb-merge $common $shown ${started:+-C "$started"} "--while=$library" \
		"--log=$log" "$db" >/dev/null
}

# begin_undo -- what came after is in the logs: from now on no import begins.
begin_undo() {
	alone_at_it
	later_logs
	begin_run "$library" ''
	info undo "$target"
}

take_back() {
	in_turn begin_undo
	counting '' undo_and_record
	check_roots
	complete_log
	judge "$log"
	[ "$status$signal" != 0 ] || info whole yes
	in_turn calmly end_run
}

# summary_of_preview -- how much would be undone, and what would not.
summary_of_preview() {
	printf 'Would be undone: %s\n' "$(grep -ac '"action":"@ACTION_PLANNED@"' "$tmp/planned")"
	given_back=$(grep -ac '"reason":"@REASON_GIVEN_BACK@"' "$tmp/planned") && printf 'Would be given back: %s\n' "$given_back"
	grep -avE '"action":"@ACTION_PLANNED@"|"reason":"@REASON_GIVEN_BACK@"' "$tmp/planned" >"$tmp/left" || return 0
	printf '\nWould stay as they are: ' && records=$tmp/left && report
}
