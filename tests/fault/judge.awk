# judge -- see judge.bash.  What a run without a fault leaves is the measure: what it keeps is kept, where it removes a
# name that may have gone, and what the same command has after a fault is that.

function file() { return FILENAME ~ "/" ? substr(FILENAME, match(FILENAME, /[^\/]*$/)) : FILENAME }

function bad(column, what) {
	count[column]++
	printf "%s, %s: %s: %s\n", workload, phase, column, what > "/dev/fd/4"
}

# get ARRAY KEY -- asking does not make it.
function get(array, key) { return key in array ? array[key] : "" }

# add ARRAY PATH SHA -- the card's and the library's contents, whatever their names; what rotted may be kept twice.
function add(array, path, sha) { if (path !~ /\.corrupt-/) array[substr(path, 1, index(path, "/")) sha]++ }

{ f = file() }
f == "names" { xxh[$1] = $2; next }
f == "before" { before[$2] = $1; had[$1]; next }
f == "wanted" { wanted[$2] = $1; had[$1]; add(goal, $2, $1); next }
f == "rows.before" { if (get(xxh, get(before, $2)) != $1) was_bad[$2]; next }
f == "rows.wanted" { recorded[$1]; next }
f == "after" { now[$2] = $1; has[$1]; add(got, $2, $1); next }
f == "rows.now" { row[$2] = $1; if ($1 == "unreadable") bad("rows", $2); next }
f == "acks" { if (get(xxh, get(now, $3)) != $2 || ($1 == "row" && get(row, $3) != $2)) bad("acknowledged", $1 " " $3); next }
f == "rebuilt" { bad("files", "the logs do not rebuild: " $0); next }

function look_at_files(path) {
	for (path in before) {
		if (!(before[path] in has)) bad("lost", path)
		if (!(path in now)) {
			if (path in wanted) bad("overwritten", path " has gone")
		} else if (now[path] != before[path] && now[path] != get(wanted, path)) bad("overwritten", path)
	}
	for (path in now)
		if (!(now[path] in had)) bad("torn", path)
}

function look_at_rows(path) {
	for (path in row)
		if (get(xxh, get(now, path)) != row[path] && (phase == "rerun" || (workload != "undo" && !(path in was_bad))))
			bad("rows", path)
	if (phase == "rerun")
		for (path in now)
			if (path ~ /^lib\// && !(path in row) && get(xxh, now[path]) in recorded && path !~ /\.corrupt-/)
				bad("files", path)
}

# A run that says that all is done is an acknowledgement too.  One copy too many, where a fault hid the first, does not hurt.
function look_at_whole(column, where) {
	for (where in goal)
		if (get(got, where) < goal[where]) bad(column, where ": " get(got, where) + 0 " in place of " goal[where])
	for (where in got)
		if (where ~ /^card/ && !(where in goal)) bad(column, where ": is still there")
}

END {
	look_at_files()
	look_at_rows()
	if (phase == "rerun") look_at_whole("files")
	else if (status == 0) look_at_whole("acknowledged")
	if (phase == "rerun" && status != 0 && status != wanted_status) bad("files", "the same command again: status " status)
	printf "%d %d %d %d %d %d\n", count["lost"], count["overwritten"], count["torn"], count["rows"], count["files"], count["acknowledged"]
}
