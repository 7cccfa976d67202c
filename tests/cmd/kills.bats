#!/usr/bin/env bats
# kills -- a whole import killed at any instant: the same command completes it, nothing is lost, and the logs rebuild the
# database row for row.  KILLS sets how often (20).
load helper
bats_require_minimum_version 1.5.0

# contents FOLDER... -- the different contents of the files below.
contents() { find "$@" -type f -not -path '*/.dcim/*' -exec sha256sum {} + | cut -c1-64 | sort -u; }

# rows DB -- what a database knows, but for its own numbers and times of reading.
rows() {
	sqlite3 "$1" "SELECT hex(path), size, mtime, hash, ifnull(mismatch, ''), ifnull(deleted, ''), record FROM file ORDER BY 1, 4;
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
	timed photo-import -q --move again timed
	for ((n = 0; n < ${KILLS:-20}; n++)); do
		rm -rf lib card new.db
		photo-init -q lib >/dev/null
		make_card
		cut_short photo-import -q --move card lib
		[ "$(contents card lib)" = "$want" ] || { echo "kill $n after $instant ns: lost"; false; }
		photo-import -q --move card lib >out 2>&1 || { echo "kill $n after $instant ns: not completed"; cat out; find card; false; }
		[ "$(contents card lib)" = "$want" ] || { echo "kill $n after $instant ns: lost by the second run"; false; }
		[ "$(find card -type f)" = card/b/notes.txt ] || { find card; false; }
		rebuilt "$PWD/lib" new.db
		diff <(rows lib/.dcim/hash.db) <(rows new.db) || { echo "kill $n after $instant ns: the logs do not rebuild"; false; }
		[ -z "$(find lib -name '*.open' -o -name '*.moved' -o -name '*.new' -o -name '*.reserve')" ] ||
			{ echo "kill $n after $instant ns: left behind"; ls -l lib/.dcim lib/.dcim/runs; false; }
	done
}

@test "what --leave-deleted notes is in a log too, also where it was killed before it was recorded" {
	need sqlite3
	make_card
	photo-init -q lib >/dev/null
	photo-import -q card lib >/dev/null
	find lib -name '1*.jpg' -delete
	photo-import -n --leave-deleted card lib >/dev/null
	[ "$(ls lib/.dcim/runs/*.ndjson | wc -l)" -eq 1 ]
	cp lib/.dcim/hash.db unmarked
	run -0 --separate-stderr photo-import --leave-deleted card lib
	[ "$stderr" = 'photo-import: files deleted from lib, and not brought back from now on: 11' ]
	rm -f new.db && rebuilt "$PWD/lib" new.db
	diff <(rows lib/.dcim/hash.db) <(rows new.db)
	[ "$(rows new.db | grep -c '|1|')" -ge 11 ]
	run -0 photo-import --runs lib
	[[ ${lines[1]} == *'  11 files, '*': 11 noted as deleted' ]] || { echo "$output"; false; }
	marks=$(ls lib/.dcim/runs/*.ndjson | sed -n 2p) && marks=${marks%.ndjson}
	mv "$marks.info" "$marks.open" && cp unmarked lib/.dcim/hash.db
	photo-import -q card lib >/dev/null
	[ -e "$marks.info" ]
	[ -z "$(find lib -name '1*.jpg')" ]
	run -0 photo-import -q --leave-deleted card lib # nothing is left to be marked
	[ "$(ls lib/.dcim/runs/*.ndjson | wc -l)" -eq 5 ] || { ls lib/.dcim/runs; false; }
}

@test "several imports complete at once what one that was killed has left: its log is whole" {
	need sqlite3
	mkdir card none1 none2 none3
	for ((i = 0; i < 400; i++)); do echo "picture $i" >card/$i.jpg; done
	photo-init -q lib >/dev/null
	photo-import -q card lib >/dev/null
	log=$(echo lib/.dcim/runs/*.ndjson) && left=${log%.ndjson}
	cp "$log" whole && sed 's/"action":"copied"/&,"source":"removed"/' whole >moved
	for ((n = 0; n < ${KILLS:-20}; n++)); do
		cp whole "$log" && head -n 200 moved >"$left.moved" && mv "$left.info" "$left.open"
		for i in 1 2 3; do photo-import -q none$i lib >said$i 2>&1 & done
		wait
		cmp <(head -n 200 moved && tail -n +201 whole) "$log" || { cat said?; false; }
		for i in 1 2 3; do [ "$(cat said$i)" = "0 files, 0 bytes: nothing to import in none$i" ] || { cat said$i; false; }; done
		[ "$(ls lib/.dcim/runs)" = "$(basename "$left").info"$'\n'"$(basename "$log")" ]
	done
	rm -f new.db && rebuilt "$PWD/lib" new.db
	diff <(rows lib/.dcim/hash.db) <(rows new.db)
}

@test "no room for what was imported before behind the log: it ends in a whole line, and so the logs rebuild the database" {
	need sqlite3
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	mkdir card more
	for ((i = 0; i < 300; i++)); do echo "picture $i" >card/$i.jpg; done
	echo more >more/1.jpg
	cat >inside <<-'END'
		mkdir small && mount -t tmpfs -o size=6m tmpfs small || exit 9
		photo-init -q small >/dev/null && photo-import -q card small >/dev/null || exit 8
		cat /dev/zero >small/fill 2>/dev/null
		truncate -s -24576 small/fill
		photo-import -q card small >out 2>err
		echo $? >status
		rm small/fill
		photo-import -q more small >/dev/null 2>&1
		for log in small/.dcim/runs/*.ndjson; do tail -c 1 "$log"; done >ends
		cat small/.dcim/runs/*.ndjson | hashdb-merge -q --root=small new.db >/dev/null
		cp small/.dcim/hash.db* .
	END
	unshare -m sh inside || skip "cannot mount here"
	[ "$(cat status)" = 3 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q 'No space left' err || { cat out err; false; }
	grep -q '300 imported before' out || { cat out; false; }
	[ "$(tr -d '\n' <ends | wc -c)" -eq 0 ]
	diff <(rows hash.db) <(rows new.db)
}
