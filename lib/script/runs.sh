# The runs of a library: .dcim/runs/RUN.ndjson is a run's log, RUN.info says in lines of `name = value`, for people,
# what it was of, whether it was stopped, and what became of the files.  While the run lasts, or where it was killed,
# the latter is RUN.open and locked by the run's processes.  RUN.moved is what source-remove says, RUN.reserve keeps
# room for the end of a full disk.

# require_also -- add to `algorithm` what the database requires.  One that cannot be read says so when it is needed.
require_also() {
	required=$(hashdb-list --required "$db" 2>/dev/null)
	algorithm=$required${required:+${algorithm:+,}}$algorithm
}

# begin_run LIBRARY SOURCES -- set `log` to the new file of a run, and `left` to its name without the extension.  In the
# order of their names, runs follow each other, whatever the clock does: what comes later counts when the database is
# rebuilt.  The log stays open as descriptor 8: what came into one that has gone can still be counted.
begin_run() {
	run=$(date -u +%Y%m%dT%H%M%SZ)
	last_run "$1"
	digits "$run" && now=$digits
	digits "${last:-0T0Z}"
	[ "$digits" -lt "$now" ] || after "$last"
	[ -d "$1/.dcim/runs" ] || mkdir "$1/.dcim/runs" 2>/dev/null
	while left=$1/.dcim/runs/$run log=$1/.dcim/runs/$run.ndjson && { taken || ! (set -C && : >"$log") 2>"$tmp/why"; }; do
		taken || no_run "$1"
		after "$run"
	done
	(set -C && : >"$left.open") 2>"$tmp/why" || { rm -f "$log" && no_run "$1"; }
	{ command exec 6>>"$left.open" 8<"$log"; } 2>"$tmp/why" || no_run "$1" # after `command` the shell outlives a failure
	flock -n 6 2>/dev/null # a file system without locks: then nobody takes the run for a killed one
	[ -z "$2" ] || info source "$2"
	[ -z "$required" ] || info requires "$required"
}

# taken -- whether something of another run has the name, were it a link to nothing.
taken() {
	for file in "$left.ndjson" "$left.open" "$left.info" "$left.moved" "$left.new" "$left.reserve"; do
		[ ! -e "$file" ] && [ ! -h "$file" ] || return 0
	done
	return 1
}

# being_undone LIBRARY -- set `undo_file` to the RUN.open of a run that takes one back just now.
being_undone() {
	for undo_file in "$1"/.dcim/runs/*.open; do
		grep -qs '^undo = ' "$undo_file" || continue
		flock -n -E 9 "$undo_file" true 2>/dev/null
		[ $? -ne 9 ] || return 0
	done
	return 1
}

no_run() { # LIBRARY
	why=$(cat "$tmp/why")
	[ -d "$1/.dcim" ] || die 3 "$1 is no longer there (is the disk mounted?); nothing was imported"
	die 3 "cannot begin a run in $1/.dcim/runs: ${why##*: }"
}

# free_bytes PATH -- print the room on its file system; where that cannot be told, more than anyone has.
free_bytes() {
	read -r blocks size <<-END
		$(stat -fLc '%a %S' -- "$1" 2>/dev/null)
	END
	case $blocks in
	'' | ?????????????*) echo 1000000000000000000 ;; # the product of more no shell can tell
	*) echo "$((blocks * size))" ;;
	esac
}

# reserve SPARE -- keep room for the records of what is placed last, unless SPARE bytes are too few for that and for
# what is to be placed.
reserve() {
	for size in 8388608 524288; do
		[ "$1" -lt 0 ] || [ "$1" -ge $((2 * size)) ] || continue
		fallocate -l $size "$left.reserve" 2>/dev/null && return
		rm -f "$left.reserve"
	done
}

# complete_log -- set `recorded` unless the log has records that the database cannot take now: where a program was
# ended from outside, what it had in hand is recorded as after a kill.
complete_log() {
	recorded=yes
	[ -z "$lost" ] || recorded=''
	[ "$status$lost" != 3 ] || calmly hashdb-merge -q "--log=$log" "$db" </dev/null >/dev/null 2>&1 || recorded=''
}

# last_run LIBRARY -- set `last` to the name of the last one, as far as it is a time; empty where there is none.
last_run() {
	last=''
	for file in "$1"/.dcim/runs/*.ndjson; do
		file=${file##*/}
		case $file in
		[0-9][0-9][0-9][0-9][01][0-9][0-3][0-9]T[0-2][0-9][0-5][0-9][0-5][0-9]Z*) last=${file%%Z*}Z ;;
		esac
	done
}

# digits RUN -- set `digits` to its name as a number.
digits() {
	digits=${1%Z}
	digits=${digits%T*}${digits#*T}
}

# after RUN -- set `run` to the second that follows it.
after() {
	time=$(printf '%s\n' "$1" | sed 's/\(..\)\(..\)T\(..\)\(..\)\(..\)Z$/-\1-\2 \3:\4:\5/')
	seconds=$(date -u -d "$time" +%s) || die 3 "cannot begin a run: the name of the last one, $1, is not a time"
	run=$(date -u -d "@$((seconds + 1))" +%Y%m%dT%H%M%SZ)
}

info() { # NAME VALUE
	case $2 in
	*[!\ -~]*) printf '%s = %s' "$1" "$2" | plain ;;
	*) printf '%s = %s\n' "$1" "$2" ;;
	esac >&6 2>/dev/null
}

# outlive -- wait for what a run has left running: its shell may have been killed, and its programs write on.
outlive() {
	[ -e "$left.open" ] || return 0
	exec 6>&-
	flock "$left.open" true 2>/dev/null
	exec 6>>"$left.open"
	flock -n 6 2>/dev/null
}

# add_known -- what was known already comes behind the rest of the log, all of it or nothing.  Sets `all` to what has
# both.
add_known() {
	all=$log
	[ -n "$recorded" ] && [ -s "$tmp/known" ] || return 0
	size=$(stat -c %s -- "$log")
	why=$(calmly cat "$tmp/known" 2>&1 >>"$log") && return
	status=3
	say "what was imported before is not in this run's log: ${why##*: }"
	calmly truncate -s "$size" -- "$log" || recorded='' # the next run does that
	all=$tmp/all
	calmly cat "$log" "$tmp/known" >"$all"
}

# end_run -- the log is as it will be; one without records goes, one that is not complete is left to the next run.
end_run() {
	[ -z "$lost" ] || return 0
	[ ! -e "$left.reserve" ] || rm -f "$left.reserve"
	if [ -s "$log" ]; then
		[ -z "$stop" ] || info stopped "$stop${missed:+, $missed of $found files not reached}"
		[ -n "$recorded" ] || return
		mv -fT "$left.open" "$left.info"
		tell_removed
		sync "$log" 2>/dev/null # one that tells only of known files may be lost
	else
		rm -f "$left.moved" "$log" "$left.open" # what is left of a run is found by the last
	fi
}

# tell_removed -- what source-remove has said takes the place of the log's first lines: which sources are gone.  Where
# there is no room for that, the next run does it.
tell_removed() {
	is_file "$left.moved" || return 0
	is_file "$left.ndjson" || { rm -f "$left.moved" && return; }
	rm -f "$left.new" 2>/dev/null
	if (set -C && with_removed "$left.ndjson" >"$left.new") 2>/dev/null && sync "$left.new" &&
		mv -fT "$left.new" "$left.ndjson"; then
		rm -f "$left.moved"
	else
		rm -f "$left.new"
	fi
}

# with_removed FILE -- print the run's records, those of removed sources as source-remove has said them.
with_removed() {
	said=$(wc -l <"$left.moved")
	head -n "$said" "$left.moved" && tail -n "+$((said + 1))" "$1"
}

# recover LIBRARY -- complete what runs that were killed have left.
recover() {
	for file in "$1"/.dcim/runs/*.open "$1"/.dcim/runs/*.moved; do
		left=${file%.*}
		! is_file "$left.open" || end_killed "$1" || continue
		tell_removed
	done
}

# hidden_back LIBRARY -- what an undo had set aside in it when it was killed gets its names back, what it had not
# finished goes.
hidden_back() {
	eval "LC_ALL=C find \"\$1\" -path \"\${1%/}/.dcim\" -prune -o ! -type d \\( $hidden -o -name '.dcim-tmp-undo-*' \\) -print0" 2>/dev/null |
		source-remove -q -0 --give-back >/dev/null 2>&1
}

# end_killed LIBRARY -- the run's log is completed and its end noted; returns 1 where it lives, and where neither can be
# done.  What was killed just now may still be dying.
end_killed() {
	flock -w 0.3 "$left.open" true 2>/dev/null || return
	is_file "$left.ndjson" || [ ! -e "$left.ndjson" ] || return
	hashdb-merge -q "--log=$left.ndjson" "$db" </dev/null >/dev/null 2>&1 || return # it says why when it is needed
	! grep -q '^undo = ' "$left.open" || hidden_back "$1"
	rm -f "$left.reserve"
	[ -s "$left.ndjson" ] || { rm -f "$left.moved" "$left.ndjson" "$left.open" && return 1; }
	grep -q '^stopped = ' "$left.open" || echo 'stopped = it was killed' >>"$left.open"
	mv -fT "$left.open" "$left.info"
}

# list_runs LIBRARY -- a line for each.  What has noted no summary, as a run that was killed, is counted now.
list_runs() {
	for file in "$1"/.dcim/runs/*.ndjson; do
		is_file "$file" || continue
		about=${file%.ndjson} from='' stop='' first=''
		for info in "$about.info" "$about.open"; do
			! is_file "$info" || read_info <"$info"
		done
		[ -n "$first" ] || first=$(photo-report -q <"$file")
		printf '%s  %s%s%s\0' "${about##*/}" "$stop" "${first%%"$newline"*}" "$from"
	done | plain_lines
}

# read_info -- set `from`, `stop` and `first`, and of an undo `undone` and `all_back`.  A summary that was cut off is none.
read_info() {
	entire=yes
	while IFS= read -r line || { entire='' && [ -n "$line" ]; }; do
		case $entire,$line in
		*,'source = '*) from="; from ${line#source = }" ;;
		*,'undo = '*) undone=${line#undo = } from="; undoes $undone" ;;
		yes,'whole = yes') all_back=yes ;;
		*,'stopped = '*) stop="stopped (${line#stopped = }): " ;;
		yes,'summary = '*) first=${line#summary = } ;;
		esac
	done
}

# judge FILE -- of the records of the run, set `stop` to why a run did not come to its end, and `missed` to how many
# files it did not reach, where that can be told.
judge() {
	stop='' missed=''
	[ -n "$signal" ] || [ "$status" -eq 3 ] || return 0
	stop='it could not go on'
	cause
	[ -z "$short" ] || stop="--through $short stopped before it had read all records"
	[ -z "$signal" ] || stop=interrupted
	[ -z "$gone" ] || stop="$gone has gone"
	reached=$(calmly count "$1")
	[ -n "$throughs" ] || [ "$reached" -ge "$found" ] || missed=$((found - reached))
}

# cause -- set `stop` to what the library's side of a run that could not go on has met, where the log tells; a log that
# is empty may have found no room itself.
cause() {
	[ -n "$log" ] || return 0
	code=$(sed -n 's/.*"error":{"tool":"place-file",.*"code":"\([A-Z]*\)".*/\1/p' "$log" | tail -n 1)
	[ -s "$log" ] || [ "$(free_bytes "$log")" -ge 65536 ] || code=ENOSPC
	case $code in
	ENOSPC | EDQUOT) stop="$library is full" ;;
	ENOTSUP) stop="the file system of $library needs --weak-publish" ;;
	EROFS) stop="$library is write-protected" ;;
	esac
}

# count_names -- print how many files were found.
count_names() {
	[ -e "$tmp/list" ] && tr -dc '\0' <"$tmp/list" | wc -c || echo 0
}

# to_read -- print how many bytes $tmp/list names, where that is known, and anybody asks.
to_read() {
	[ -z "$progress${metrics-}" ] || [ ! -e "$tmp/sizes" ] || sum <"$tmp/sizes"
}

sum() {
	awk '{ s += $1 } END { printf "%.0f\n", s }'
}

count() { # FILE -- print how many lines it has
	if [ -e "$1" ]; then wc -l <"$1"; else echo 0; fi
}

# left_out -- tell how many files a --through command has not passed on, where nothing else can have stopped them.
left_out() {
	[ -n "$throughs" ] && [ -z "$signal" ] && { [ "$status" -le 1 ] || [ -n "$short" ]; } || return 0
	n=$((found - $(calmly count "$records")))
	[ "$n" -le 0 ] || printf '\nNot passed on by --through: %d\n' "$n"
}

# report OPTION... -- the programs' part of a summary.
report() {
	calmly photo-report -q "$@" ${stop:+"--stopped=$stop"} ${missed:+"--not-reached=$missed"} <"$records" ||
		[ $? -eq 1 ]
}

# note_summary -- keep for list_runs how many files there were and what became of them, once the log is as it will be.
note_summary() {
	[ -z "$stop$missed" ] || text=${text#*"$newline"}
	[ ! -e "$left.info" ] || printf 'summary = %s\n' "${text%%"$newline"*}" >&6 2>/dev/null || :
}

# summary FILE OPTION... -- what its records tell, and what they do not; nothing after a wrong command.
summary() {
	[ "$status" -ne 2 ] || return 0
	records=$1
	shift
	[ -e "$records" ] || records=/dev/null
	[ -z "$log" ] || ! is_file "$left.moved" || { with_removed "$records" >"$tmp/told" && records=$tmp/told; }
	if [ "$found,$status,$signal" = 0,0, ]; then
		printf '0 files, 0 bytes%s' "${nothing:+: $nothing}" | plain
		return
	fi
	if [ -n "$log" ]; then
		text=$(deaf && report) && calmly printf '%s\n' "$text" && note_summary
	else
		report "$@"
	fi || status=3
	[ ! -s "$tmp/unread" ] || {
		printf '\nFolders that could not be looked into: %d\n' "$(calmly count "$tmp/unread")" && sed 's/^find: /  /' "$tmp/unread"
		[ -n "$quiet" ] || sed "s/^find: /$name: /" "$tmp/unread" >&2
	}
	left_out
	[ -z "$signal" ] || say "interrupted; the same command goes on from here"
	[ -z "$gone" ] || say "$gone has gone, after $(calmly count "$records") of $found files; the same command goes on from here"
}
