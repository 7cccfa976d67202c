#!/usr/bin/env bats
# kills -- a whole import killed at any instant: the same command completes it, nothing is lost, and the logs rebuild the
# database row for row.  KILLS sets how often (20).
load helper
bats_require_minimum_version 1.5.0

# contents FOLDER... -- the different contents of the files below.
contents() { find "$@" -type f -not -path '*/.dcim/*' -exec sha256sum {} + | cut -c1-64 | sort -u; }

# rows DB -- what a database knows, but for its own numbers and times of reading.
rows() {
	sqlite3 "$1" "SELECT hex(path), size, mtime, hash, ifnull(mismatch, ''), deleted IS NOT NULL, record FROM file ORDER BY 1, 4;
		SELECT v.name, v.label, hex(s.path), s.size, s.mtime, s.first, ifnull(hex(f.path), '') FROM source AS s
			JOIN volume AS v ON v.id = s.volume LEFT JOIN file AS f ON f.id = s.file ORDER BY 1, 3, 4, 5"
}

# rebuilt LIBRARY DB -- a database from its logs alone.
rebuilt() { cat "$1"/.dcim/runs/*.ndjson | hashdb-merge -q --root="$1" "$2" >/dev/null; }

make_card() {
	local i
	mkdir -p card/a card/b
	for ((i = 0; i < 24; i++)); do
		printf '\377\330\377\376\000\022%-16d\377\331' $((i % 20)) >"card/$([ $((i % 2)) -eq 0 ] && echo a || echo b)/$i.jpg"
	done
	printf 'sidecar' >card/a/0.xmp
	printf 'no media' >card/b/notes.txt
}

@test "photo-import --move, killed: given again it completes; nothing lost, every row in the logs" {
	need setsid sqlite3
	make_card
	want=$(contents card)
	photo-init -q lib >/dev/null
	cp -a card again && cp -a lib timed
	began=$(date +%s%N)
	photo-import -q --move again timed >/dev/null
	took=$(($(date +%s%N) - began))
	for ((n = 0; n < ${KILLS:-20}; n++)); do
		rm -rf lib card new.db
		photo-init -q lib >/dev/null
		make_card
		setsid photo-import -q --move card lib >/dev/null 2>&1 &
		pid=$!
		wait_ns=$((took * (RANDOM % 1000) / 1000))
		sleep "$((wait_ns / 1000000000)).$(printf %09d $((wait_ns % 1000000000)))" # any instant is right
		kill -KILL -- "-$pid" 2>/dev/null || :
		wait "$pid" || :
		[ "$(contents card lib)" = "$want" ] || { echo "kill $n after $wait_ns ns: lost"; false; }
		photo-import -q --move card lib >out 2>&1 || { echo "kill $n after $wait_ns ns: not completed"; cat out; find card; false; }
		[ "$(contents card lib)" = "$want" ] || { echo "kill $n after $wait_ns ns: lost by the second run"; false; }
		[ "$(find card -type f)" = card/b/notes.txt ] || { find card; false; }
		rebuilt "$PWD/lib" new.db
		diff <(rows lib/.dcim/hash.db) <(rows new.db) || { echo "kill $n after $wait_ns ns: the logs do not rebuild"; false; }
		[ -z "$(find lib -name '*.open' -o -name '*.moved' -o -name '*.new' -o -name '*.reserve')" ]
	done
}
