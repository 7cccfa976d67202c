# judge -- what the rig compares after each fault, and after the same command again: sources, library, database, logs.
# It asks find, sha256sum, sqlite3 and jq, no program of ours; names on its cards have neither tabs nor newlines.

# contents -- a line for each file of the card, the library and the other disk: sha256, tab, path.
contents() {
	find . -mindepth 2 -path ./lib/.dcim -prune -o -path ./other/.dcim -prune -o -path ./tmp -prune -o \
		-type f ! -name '.dcim-tmp-*' -exec sha256sum {} + | sed 's/^\(.\{64\}\)  \.\//\1\t/'
}

# rows DB -- a line for each file that the database has: xxh128, tab, path.  A copy is asked: a hot journal stays as it is.
rows() {
	rm -f asked asked-journal
	[ -e "$1" ] || return 0
	cp "$1" asked
	[ ! -e "$1-journal" ] || cp "$1-journal" asked-journal
	sqlite3 -separator $'\t' asked "SELECT json_extract(hash, '\$.xxh128'), 'lib/' || CAST(path AS TEXT) FROM file
		WHERE deleted IS NULL"
}

. "$RIG/everything.sh"

# acknowledged FILE... -- a line for each whole record that says where a content is now: "file" or "row", xxh128, path.
# What hashdb-merge says of a duplicate is where its source was; its twin has a record of its own.
acknowledged() {
	local file
	for file; do
		[ ! -s "$file" ] || { sed "s/\$/\t${file##*/}/" "$file"; echo; }
	done | jq -Rr 'split("\t") as [$line, $file] | $line | fromjson? | select(type == "object" and (.error | not)) |
		(if $file == "merged" and .place.action != "duplicate" then "row" else "file" end) as $what |
		if .repair.result == "repaired" then [$what, .hash.xxh128, "lib/" + (.path | sub("^\\./"; ""))]
		elif .place.action | IN("copied", "moved", "exists", "duplicate") then [$what, .hash.xxh128, "lib/" + .place.to]
		elif .place.action == "undone" then ["file", .hash.xxh128, .path] else empty end | @tsv'
}

# logs -- those of runs that began since: what earlier ones say may have been taken back.
logs() {
	find lib/.dcim/runs lib/.dcim/verify -name '*.ndjson' 2>/dev/null | grep -vxFf logs.before || :
}

# note_before, note_wanted -- what there is before any fault, and after a run without one.
note_before() {
	local files
	contents >../before
	rows lib/.dcim/hash.db >../rows.before
	{ echo none && find lib/.dcim/runs -name '*.ndjson' 2>/dev/null; } >logs.before
	mapfile -t files < <(cut -f 2 ../before)
	paste <(sha256sum "${files[@]}" | cut -c1-64) <(xxh128sum -q "${files[@]}" 2>/dev/null | cut -c1-32) >../names
}

note_wanted() {
	contents >../wanted
	rows lib/.dcim/hash.db >../rows.wanted
}

# judge PHASE STATUS -- print how many files were lost, overwritten, torn, rows without file, files without row,
# acknowledged and gone; each is told on descriptor 4.  PHASE is fault or rerun.
judge() {
	contents >../after
	rows lib/.dcim/hash.db >../rows.now 2>../rows.why || echo "unreadable	$(head -n 1 ../rows.why)" >../rows.now
	mapfile -t logs < <(logs)
	acknowledged placed merged "${logs[@]}" >../acks
	: >../rebuilt
	[ "$1" = fault ] || rebuilt >../rebuilt
	awk -F '\t' -v phase="$1" -v status="$2" -v wanted_status="$wanted_status" -v workload="$workload" \
		-f "$RIG/judge.awk" ../names ../before ../wanted ../rows.before ../rows.wanted ../after ../rows.now ../acks ../rebuilt
}

# rebuilt -- how the database differs from what its logs alone give.
rebuilt() {
	local from=.
	rm -f new.db*
	[ "$workload" != init ] || from=lib # it names files from there
	(cd $from && cat "$OLDPWD"/lib/.dcim/runs/*.ndjson | hashdb-merge -q --root="$OLDPWD/lib" "$OLDPWD/new.db") >/dev/null 2>&1
	everything lib/.dcim/hash.db >../all.db 2>&1
	everything new.db >../all.logs 2>&1
	diff ../all.db ../all.logs | grep '^[<>]' || :
}
