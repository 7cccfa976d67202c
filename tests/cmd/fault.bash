# fault -- what nomem.bats and failing-io.bats share: a command again and again, each time with a later call failing
# (tests/fault/fault.c), until a run meets no fault; then one look at all those runs together.
#
# FAULT_EVERY=1 tries every call; without it a test may leap over some of the many of a library.
FAULT_RUNS_MAX=9000

need_faults() {
	plain # a sanitizer has a malloc of its own
	need jq
	TOOLS=${TOOLS:-$ROOT/build/tools}
	[ -e "$TOOLS/fault.so" ] || skip "no tools beside the programs"
}

# fresh -- what a run changes, as it was before; left -- what lies on disk after it, a line for each thing.
fresh() { :; }
left() { :; }

# library -- lib, with $files in it and in its database; their records in placed.
library() {
	mkdir -p lib/.dcim
	exif-read "${files[@]}" | file-hash | place-file -t lib | hashdb-merge lib/.dcim/hash.db >placed 2>/dev/null
	db=lib/.dcim/hash.db
}

# merging -- what `fresh` and `left` are where hashdb-merge adds to merged.db, which begins as one record of the library.
merging() {
	library
	head -n 1 placed | hashdb-merge --root=lib one.db >first
	fresh() {
		rm -f merged.db*
		cp one.db merged.db
	}
	left() { hashdb-list -0 --relative merged.db | tr '\0' '\n'; }
}

# three -- src, with files a, b and c, and an empty lib; three_left -- a line for each of them: in which, and the content.
three() {
	local name
	rm -rf lib src
	mkdir lib src
	for name in a b c; do echo $name >src/$name; done
	touch -d 2020-01-02T03:04:05Z src/*
}

three_left() {
	local file
	for file in src/[abc]; do [ ! -f "$file" ] || sed 's/^/src /' "$file"; done
	find lib -name .dcim -prune -o -type f -exec sed 's/^/lib /' {} +
}

# rotten -- lib, whose file a has rotted and whose b has gone; backup; their records in bad.  What `fresh` and `left` are
# then: JUDGE_REPAIRED goes by it.
rotten() {
	rm -rf lib
	mkdir -p lib/.dcim backup
	printf '%s\n' aaa >backup/a && printf '%s\n' bbb >backup/b
	touch -d 2020-01-01 backup/*
	cp -a backup/. lib
	[ -e bad ] || file-hash lib/a lib/b >good
	echo aba >lib/a && touch -d 2020-01-01 lib/a
	rm lib/b
	[ -e bad ] || file-hash --verify <good >bad
	fresh() { rotten; }
	left() { for file in lib/*; do printf '%s %s\n' "${file%%.corrupt*}" "$(cat "$file")"; done; }
}

# with_faults PROGRAM CALL HOW EVERY COMMAND... -- every EVERYth call fails, a run for each; to the file runs: its number,
# its status, how many lines it said on stderr, the lines of its output, and what it left.
with_faults() {
	local program=$1 call=$2 how=$3 every=${FAULT_EVERY:-$4} n status
	shift 4
	fresh
	"$@" >want 2>/dev/null || true
	: >runs
	for ((n = 1; n <= FAULT_RUNS_MAX; n += every)); do
		fresh
		rm -f met
		status=0
		FAULT=$program:$call:$n:$how FAULT_MET=met LD_PRELOAD=$TOOLS/fault.so "$@" >got 2>err || status=$?
		[ -e met ] || break
		{
			printf 'run\t%d\t%d\t%d\n' "$n" "$status" "$(wc -l <err)"
			sed 's/^/out\t/' got
			[ -z "$(tail -c 1 got)" ] || echo
			left | sed 's/^/left\t/'
		} >>runs
	done
	[ "$n" -gt 1 ] && [ "$n" -le "$FAULT_RUNS_MAX" ]
}

# judge FILTER -- show the runs of which the filter of jq says what is wrong.  Its input is one run, {n, status, said,
# lines, left}; $want is the lines of the run without a fault.
judge() {
	jq -nRr --rawfile want want '
		($want | split("\n")[:-1]) as $want |
		reduce (inputs | split("\t")) as $l ([];
			if $l[0] == "run" then
				. + [{n: $l[1], status: $l[2] | tonumber, said: $l[3] | tonumber, lines: [], left: []}]
			elif $l[0] == "left" then .[-1].left += [$l[1:] | join("\t")]
			else .[-1].lines += [$l[1:] | join("\t")] end) | .[] |
		. as $run | ('"$1"') | "\(.): \($run)"' runs >wrong
	[ ! -s wrong ] || {
		echo "$(wc -l <wrong) faults in $(grep -c '^run' runs) runs"
		head -n 4 wrong | cut -c1-900
		false
	}
}

# Of any program: an exit status of its own, and words about what ended it.
JUDGE_STATUS='
	(if (.status | IN(0, 1, 3)) or (.status == 2 and .lines == []) then empty else "status \(.status)" end),
	(if .status > 1 and .said == 0 then "silent" else empty end)'

# Of one that has no doubts: 0 only where all is as without a fault.
JUDGE_ANY=$JUDGE_STATUS',
	(if .status == 0 and .lines != $want then "nothing wrong, it says" else empty end)'

# Of one that writes records: each input has its record, whole or with an error.
JUDGE_RECORDS=$JUDGE_ANY',
	(if .status < 2 and (.lines | length) != ($want | length) then "lines lost" else empty end),
	(.lines[] as $line | $line | (try fromjson catch "no JSON") |
		if . == "no JSON" then . elif .path == null then "no path"
		elif .error or any($want[]; . == $line) then empty else "poorer" end)'

# Of one that acknowledges what is then in merged.db, which `left` lists.
JUDGE_RECORDED=', ([.lines[] | fromjson? | select(.error | not) | .place.to] - .left |
	select(. != []) | "acknowledged and not recorded: \(.)")'

# Of place-file, over files a, b and c of src whose content is their name: what lies in lib is said to, once, unless the
# run could not go on; and each content is somewhere.
JUDGE_PLACED=',
	([.lines[] | fromjson? | select(.place and .place.action != "skipped") | .path[4:]] | sort) as $said |
	([.left[] | select(startswith("lib ")) | .[4:]] | sort) as $there |
	(if $there != ($there | unique) then "twice" else empty end),
	(if $said - $there != [] then "said and not there" else empty end),
	(if .status != 3 and $there - $said != [] then "there and not said" else empty end),
	(["a", "b", "c"] - [.left[] | split(" ")[1]] | select(. != []) | "lost: \(.)")'

# … and of its mirror, whose files `left` tells behind "mirror ".
JUDGE_MIRRORED=',
	([.lines[] | fromjson? | select(.place.mirrors[0].action) | .path[4:]] -
		[.left[] | select(startswith("mirror ")) | .[7:]] |
		select(. != []) | "said of the mirror and not there: \(.)")'

# Of one that writes lines of its own.
JUDGE_LINES=$JUDGE_ANY', (if .lines - $want != [] then "other lines" else empty end)'

# Of file-repair: the rotten content is kept, its name is never without a file, and what is said to be repaired is.
JUDGE_REPAIRED=',
	(if any(.left[]; . == "lib/a aba") then empty else "lost" end),
	(if any(.left[]; startswith("lib/a ")) then empty else "no name" end),
	(.lines[] | fromjson? | select(.repair.result == "repaired") |
		(.path + " " + (if .path == "lib/a" then "aaa" else "bbb" end)) |
		select(. as $l | $run.left | index($l) | not) | "said and not there: \(.)")'

# Of place-file --undo, over the same files: no content is lost, and what is said to be undone is back.
JUDGE_UNDONE=',
	(["a", "b", "c"] - [.left[] | .[4:]] | select(. != []) | "lost"),
	(.lines[] | fromjson? | select(.place.action == "undone") | .path[4:] |
		("lib " + . | select(IN($run.left[])) | "said to be undone, and still there"),
		("src " + . | select(IN($run.left[]) | not) | "said to be undone, and not back"))'

# placed HOW -- src placed in lib, the records in `log`; `fresh` for those.
placed() {
	three
	place-file -q "$1" -t lib src/a src/b src/c >log
}
