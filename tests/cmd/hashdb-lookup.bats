#!/usr/bin/env bats
# hashdb-lookup -- by content, by source, by path; what it sees and when it stops.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq sqlite3
	mkdir -p lib/.dcim card
	DB=lib/.dcim/hash.db
}

# answer FILE [OPTION...] -- status and path for one file, by its content.
answer() {
	file-hash "$1" | hashdb-lookup -q "${@:2}" "$DB" | jqr '[.db.status, .db.path // empty] | join(" ")'
}

# import -- what is in card, into lib, as the pipeline does it.
import() {
	find card -type f -print0 | sort -z | file-hash | hashdb-lookup -q "$DB" |
		place-file -q --to=lib --from=card --undated='{dir}/{name}' "$@" | hashdb-merge "$DB"
}

@test "known, new, missing" {
	echo a >lib/a
	file-hash lib/a | hashdb-merge "$DB" >out
	cp lib/a x; echo b >y
	[ "$(answer x)" = "known a" ]
	[ "$(answer y)" = new ]
	[ "$(file-hash x | hashdb-lookup "$DB" | jq -c .db)" = '{"status":"known","by":"hash","path":"a","root":"lib"}' ]
	[ "$(file-hash y | hashdb-lookup "$DB" | jq -c .db)" = '{"status":"new","by":"hash"}' ]
	mv lib/a lib/b
	[ "$(answer x)" = "missing a" ]
	[ "$(answer x --offline)" = "known a" ]
	printf longer >lib/a
	[ "$(answer x)" = "damaged a" ]
}

@test "damaged: noted so, or no longer what was recorded; a good one wins" {
	for f in a b; do echo good >lib/$f; touch -d 2020-05-01 lib/$f; done
	file-hash lib/a | hashdb-merge "$DB" >out
	cp -p lib/a x
	echo evil >lib/a; touch -d 2020-05-01 lib/a
	hashdb-list "$DB" | file-hash --verify | hashdb-merge "$DB" >out
	[ "$(answer x)" = "damaged a" ]
	[ "$(answer x --offline)" = "damaged a" ]
	hashdb-lookup --known-to=known "$DB" <<<"$(file-hash x)" >out
	[ ! -s known ]
	[ "$(jqr .db.status out)" = damaged ]
	file-hash lib/b | hashdb-merge "$DB" >out
	[ "$(answer x)" = "known b" ]
	touch lib/b
	[[ "$(answer x)" = damaged* ]]
	touch -d 2020-05-01 lib/b
	[ "$(answer x)" = "known b" ]
	rm lib/b; ln -s ../x lib/b # leads to the card's own file
	[[ "$(answer x)" = damaged* ]]
	rm lib/b lib/a
	[[ "$(answer x)" = missing* ]]
}

@test "times are compared as coarsely as the coarser file system counts" {
	echo a >lib/a; touch -d 2020-05-01T12:00:01.987654321Z lib/a
	file-hash lib/a | hashdb-merge "$DB" >out
	cp lib/a x
	for t in 01.987654300 01.987654000 01 02; do
		touch -d "2020-05-01T12:00:${t}Z" lib/a
		[ "$(answer x)" = "known a" ]
	done
	touch -d 2020-05-01T12:00:01.987654322Z lib/a
	[ "$(answer x)" = "damaged a" ]
}

@test "by source: what is damaged or gone says so, and is read again" {
	echo 1 >card/1; echo 2 >card/2; echo 3 >card/3
	import >log
	again() { printf 'card/%s\0' 1 2 3 | hashdb-lookup --by=source "$DB" | jqr .db.status | xargs; }
	[ "$(again)" = "known known known" ]
	touch -d 2001-01-01 lib/1; rm lib/2
	[ "$(again)" = "damaged missing known" ]
}

@test "of several files with that content, one that is there is enough" {
	for f in a b c; do echo same >lib/$f; done
	file-hash lib/a lib/b lib/c | hashdb-merge "$DB" >out
	mv lib/a x; rm lib/b
	[ "$(answer x)" = "known c" ]
}

@test "a digest that only begins alike is another" {
	echo a >lib/a
	file-hash lib/a | hashdb-merge "$DB" >out
	file-hash lib/a | sed 's/\("xxh128":"................\).*"}/\10000000000000000"}/' >in
	[ "$(hashdb-lookup "$DB" <in | jqr .db.status)" = new ]
}

@test "equal in one algorithm and different in another is new" {
	echo a >lib/a
	file-hash -a xxh64 lib/a | hashdb-merge "$DB" >out
	file-hash -a xxh64,md5 lib/a | hashdb-merge "$DB" >out
	file-hash -a xxh64,md5 lib/a | sed 's/"md5":"..../"md5":"0000/' >in
	[ "$(hashdb-lookup "$DB" <in | jqr .db.status)" = new ]
	[ "$(file-hash -a xxh64 lib/a | hashdb-lookup "$DB" | jqr .db.status)" = known ]
}

@test "several databases: known anywhere wins, the first one first" {
	mkdir -p two/.dcim
	echo a >lib/a; echo a >two/a2; echo b >two/b
	file-hash lib/a | hashdb-merge "$DB" >out
	file-hash two/a2 two/b | hashdb-merge two/.dcim/hash.db >out
	cp lib/a x; cp two/b y
	for order in "$DB two/.dcim/hash.db" "two/.dcim/hash.db $DB"; do
		file-hash x y | hashdb-lookup $order | jqr '[.db.status, .db.root, .db.path] | join(" ")' >out
		[ "$(sed -n 2p out)" = "known two b" ]
	done
	[ "$(file-hash x | hashdb-lookup "$DB" two/.dcim/hash.db | jqr .db.root)" = lib ]
	[ "$(file-hash x | hashdb-lookup two/.dcim/hash.db "$DB" | jqr .db.root)" = two ]
	rm lib/a
	[ "$(file-hash x | hashdb-lookup "$DB" two/.dcim/hash.db | jqr '.db.status + .db.root')" = knowntwo ]
	rm two/a2
	[ "$(file-hash x | hashdb-lookup "$DB" two/.dcim/hash.db | jqr '.db.status + .db.root')" = missinglib ]
}

@test "records without the database's digests stop it: 3, and none of them is called new" {
	echo a >lib/a
	file-hash lib/a | hashdb-merge "$DB" >out
	run -3 --separate-stderr hashdb-lookup "$DB" <<<"$(file-hash -a md5 lib/a)"
	[ -z "$output" ]
	[[ "$stderr" == *"file-hash -a xxh128"* ]]
	run -3 --separate-stderr hashdb-lookup "$DB" lib/a
	[ -z "$output" ]
}

@test "a library's folder that is not there stops it: 3; --offline goes on" {
	echo a >lib/a
	file-hash lib/a >rec
	hashdb-merge --root=lib x.db <rec >out
	mv lib gone
	run -3 hashdb-lookup x.db <rec
	[[ "$output" == *mounted* ]]
	mkdir lib # nothing has gone from it: the disk is not mounted
	run -3 hashdb-lookup x.db <rec
	[[ "$output" == *"lib is empty (is the disk mounted?)" ]]
	[ "$(hashdb-lookup --offline x.db <rec | jqr .db.status)" = known ]
}

@test "a database that is not there yet: everything is new, and one warning" {
	echo a >a; echo b >b
	run -0 --separate-stderr hashdb-lookup "$DB" <<<"$(file-hash a b)"
	[ "$(jqr .db.status <<<"$output" | xargs)" = "new new" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[ ! -e "$DB" ]
	run -0 --separate-stderr hashdb-lookup -q "$DB" <<<"$(file-hash a b)"
	[ -z "$stderr" ]
}

@test "an old answer is replaced" {
	echo a >a
	file-hash a | jq -c '.db = {status: "known", by: "hash", path: "x", root: "y"}' | hashdb-lookup -q "$DB" >out
	[ "$(jq -c .db out)" = '{"status":"new","by":"hash"}' ]
}

@test "settled by their source, records pass" {
	echo a >lib/a
	file-hash lib/a | hashdb-merge "$DB" >out
	line='{"path":"nowhere","db":{"status":"known","by":"source","path":"a","root":"lib"}}'
	run -0 hashdb-lookup "$DB" <<<"$line"
	[ "$output" = "$line" ]
	run -0 hashdb-lookup --known-to=known "$DB" <<<"$line"
	[ -z "$output" ]
	[ "$(cat known)" = "$line" ]
}

@test "by source: an imported card is known without reading it" {
	for d in 1 2; do mkdir -p card/$d; for i in {1..20}; do echo $d $i >card/$d/$i; done; done
	import >out
	find card -type f -print0 | sort -z >list
	hashdb-lookup --by=source "$DB" <list >out
	[ "$(jqr '.db | .status + " " + .by + " " + .root' out | sort | uniq -c | xargs)" = "40 known source lib" ]
	[ "$(jqr 'select(.path == "card/2/7") | .db.path' out)" = 2/7 ]
	need strace
	strace -f -o trace hashdb-lookup --by=source "$DB" <list >out || skip "strace is not permitted"
	[ "$(grep -c 'open.*"card/./' trace)" -eq 0 ]
}

@test "by source: another time, size or name is new; so is another volume's path" {
	echo a >card/a; echo b >card/b; echo c >card/c
	import >out
	touch -d 2001-01-01 card/a; printf longer >card/b; touch -r card/c card/d.ref; mv card/c card/d
	[ "$(printf 'card/a\0card/b\0card/d\0' | hashdb-lookup --by=source "$DB" | jqr .db.status | xargs)" = "new new new" ]
}

@test "by source: two states of one name are two sources" {
	echo first >card/a; import >out
	echo second >card/a; import >out
	[ "$(printf 'card/a\0' | hashdb-lookup --by=source "$DB" | jqr .db.path)" = a-1 ]
	cp -p lib/a card/a
	[ "$(printf 'card/a\0' | hashdb-lookup --by=source "$DB" | jqr .db.path)" = a ]
}

@test "by source: gone from the library is missing, marked is deleted, taken back is new" {
	for f in a b c; do echo $f >card/$f; done
	import >log
	rm lib/a
	hashdb-list "$DB" | file-hash --verify | hashdb-merge --mark-deleted "$DB" >out
	rm lib/b
	jq -c 'select(.path == "card/c") | .place.action = "undone"' log | hashdb-merge "$DB" >out
	printf 'card/a\0card/b\0card/c\0' | hashdb-lookup --by=source "$DB" | jqr .db.status | xargs >out
	[ "$(cat out)" = "deleted missing new" ]
}

@test "--missing-is-deleted: what has gone is deleted already; nothing else changes" {
	mkdir -p lib/.dcim && echo a >lib/a && echo b >lib/b && echo c >c && cp lib/a lib/b .
	file-hash lib/a lib/b | hashdb-merge lib/.dcim/hash.db >out
	rm lib/a
	[ "$(file-hash a b c | hashdb-lookup lib/.dcim/hash.db | jqr .db.status | xargs)" = 'missing known new' ]
	[ "$(file-hash a b c | hashdb-lookup --missing-is-deleted lib/.dcim/hash.db | jqr .db.status | xargs)" = 'deleted known new' ]
}

@test "by source: what was left out is known only with --skipped" {
	echo text >card/notes.txt
	import --media-only >out
	[ "$(printf 'card/notes.txt\0' | hashdb-lookup --by=source "$DB" | jq -c .db)" = '{"status":"new","by":"source"}' ]
	[ "$(printf 'card/notes.txt\0' | hashdb-lookup --by=source --skipped "$DB" | jq -c .db)" = '{"status":"known","by":"source","root":"lib"}' ]
	import >out
	[ "$(printf 'card/notes.txt\0' | hashdb-lookup --by=source "$DB" | jqr .db.path)" = notes.txt ]
}

@test "by source: folders of any size, and files beside folders" {
	mkdir -p card/big/sub
	# what this machine calls the volume, and where on it we are
	echo probe >card/big/0
	file-hash -a md5 card/big/0 | place-file -q --to=lib --undated=0 | tee probe | hashdb-merge "$DB" >out
	vol=$(jqr .source.volume probe) below=$(jqr '.source.path | rtrimstr("0")' probe)
	for i in {1..4500}; do
		echo "{\"path\":\"card/big/$i\",\"size\":1,\"hash\":{\"md5\":\"$(printf %032x $i)\"},\"source\":{\"volume\":\"$vol\",\"path\":\"$below$i\",\"size\":1,\"mtime\":\"2024-01-01T00:00:00Z\"},\"place\":{\"action\":\"copied\",\"to\":\"$i\",\"root\":\"lib\"}}"
	done | hashdb-merge "$DB" >out
	for i in 1 22 4500 999 sub/x; do printf x >card/big/$i; touch -d 2024-01-01 card/big/$i; cp -p card/big/$i lib/${i#sub/}; done
	printf 'card/big/%s\0' 1 22 sub/x 4500 999 0 | hashdb-lookup --by=source "$DB" | jqr '.db.status + .db.path' | xargs >out
	[ "$(cat out)" = "known1 known22 new known4500 known999 known0" ]
}

@test "by path: recorded with this size and time is known; changed is new with the path" {
	for f in a b c; do echo $f >lib/$f; done
	file-hash lib/a lib/b | hashdb-merge "$DB" >out
	touch -d 2001-01-01 lib/b
	echo x >x
	printf 'lib/a\0lib/b\0lib/c\0x\0' | hashdb-lookup --by=path "$DB" | jqr '[.db.status, .db.path // "-"] | join(" ")' >out
	[ "$(paste -sd, out)" = "known a,new b,new -,new -" ]
}

@test "by source and by path: what cannot be looked at is an error of its own" {
	echo a >lib/a
	file-hash lib/a | hashdb-merge "$DB" >out
	mkfifo f
	for by in source path; do
		run -1 --separate-stderr hashdb-lookup -j1 --by=$by "$DB" <<<"$(printf '{"path":"%s"}\n' gone lib f lib/a)"
		[ "$(jqr '.error.code // "ok"' <<<"$output" | xargs)" = "ENOENT EISDIR EINPUT ok" ]
		[ "$(jqr 'select(.path == "lib/a") | .size' <<<"$output")" = 2 ]
	done
}

@test "--known-to: known records go to a file, whole and with their answer" {
	for i in {1..30}; do echo $i >lib/$i; echo new$i >$i; done
	find lib -maxdepth 1 -type f -print0 | file-hash >known.in
	hashdb-merge "$DB" <known.in >out
	{ cat known.in; for i in {1..30}; do file-hash $i; done; } | hashdb-lookup --known-to=known "$DB" >out
	[ "$(jqr .db.status out | sort | uniq -c | xargs)" = "30 new" ]
	[ "$(jqr .db.status known | sort | uniq -c | xargs)" = "30 known" ]
	[ "$(jq -c 'del(.db)' known)" = "$(jq -c . known.in)" ]
	run -3 hashdb-lookup --known-to=no/such/folder "$DB" <known.in
	printf '\377\330\377picture' >picture
	run -3 hashdb-lookup --known-to picture "$DB" <known.in
	[[ $output == *'picture holds something else, and is not replaced'* ]]
	[ "$(wc -c <picture)" -eq 10 ]
	cp known.in both
	for to in both /dev/stdout; do
		status=0
		hashdb-lookup --known-to=$to "$DB" <both >out || status=$?
		[ "$status" -eq 2 ]
		cmp both known.in
		[ ! -s out ]
	done
}

@test "only what was there at the start counts" {
	echo a >lib/a; echo b >lib/b
	file-hash lib/a | hashdb-merge "$DB" >merged
	mkfifo in
	hashdb-lookup "$DB" <in >out &
	pid=$!
	exec 7>in
	file-hash lib/a >&7
	wait_lines out 1
	file-hash lib/b | hashdb-merge "$DB" >merged
	file-hash lib/b >&7
	exec 7>&-
	wait $pid
	[ "$(jqr .db.status out | xargs)" = "known new" ]
	[ "$(file-hash lib/b | hashdb-lookup "$DB" | jqr .db.status)" = known ]
}

@test "a new content at an old path does not count either" {
	echo a >lib/a
	file-hash lib/a | hashdb-merge "$DB" >merged
	mkfifo in
	hashdb-lookup "$DB" <in >out &
	pid=$!
	exec 7>in
	file-hash lib/a >&7
	wait_lines out 1
	echo b >lib/a
	file-hash lib/a | hashdb-merge "$DB" >merged
	file-hash lib/a >&7
	exec 7>&-
	wait $pid
	[ "$(jqr .db.status out | xargs)" = "known new" ]
}

@test "it never keeps a writer waiting" {
	for i in {1..50}; do echo $i >lib/$i; done
	find lib -maxdepth 1 -type f -print0 | file-hash >recs
	hashdb-merge "$DB" <recs >merged
	mkfifo in
	hashdb-lookup "$DB" <in >out &
	exec 7>in
	cat recs >&7
	wait_lines out 50
	hashdb-merge --lock-timeout=0 "$DB" <recs >merged
	exec 7>&-
	wait
}

@test "a read-only folder is no hindrance" {
	echo a >lib/a
	file-hash lib/a >rec
	hashdb-merge "$DB" <rec >out
	chmod 555 lib/.dcim; chmod 444 "$DB"
	if [ "$(id -u)" -eq 0 ]; then
		need unshare
		unshare -m sh -c 'mount --bind lib lib && mount -o remount,bind,ro lib' 2>/dev/null || skip "no mount namespaces"
		run -0 unshare -m sh -c "mount --bind lib lib && mount -o remount,bind,ro lib && hashdb-lookup $DB <rec && hashdb-list $DB"
	else
		run -0 sh -c "hashdb-lookup $DB <rec && hashdb-list $DB"
	fi
	[ "$(jqr '.db.status // "listed"' <<<"$output" | xargs)" = "known listed" ]
	chmod 755 lib/.dcim
}

@test "operands and options are checked" {
	run -2 hashdb-lookup </dev/null
	run -2 hashdb-lookup --by=name "$DB" </dev/null
}

@test "-j1 and -j8 write the same bytes" {
	for i in {1..300}; do echo $((i % 7)) >card/$i; done
	import >out
	find card -type f -print0 >list
	for by in source path; do
		hashdb-lookup -j1 --by=$by "$DB" <list >out1
		hashdb-lookup -j8 --by=$by "$DB" <list >out8
		cmp out1 out8
	done
	file-hash <list >hashed
	[ "$(hashdb-lookup -j1 "$DB" <hashed | md5sum)" = "$(hashdb-lookup -j8 "$DB" <hashed | md5sum)" ]
}

@test "an empty root is a disk that is missing only where files are recorded" {
	mkdir out && echo a >out/a && echo b >out/b
	file-hash out/a | hashdb-merge --root=out x.db >rec
	rm out/a
	hashdb-list x.db | file-hash --verify | hashdb-merge -q --forget-missing x.db
	rm out/b
	[ "$(hashdb-lookup -q x.db <rec | jqr .db.status)" = new ]
}

@test "--by=path: of what was read again, what tells nothing new is known" {
	need jq
	mkdir -p lib/.dcim
	echo one >lib/a && echo two >lib/b && echo six >lib/c
	touch -d 2024-05-01 lib/[abc]
	file-hash lib/a lib/b lib/c | hashdb-merge lib/.dcim/hash.db >log
	echo wto >lib/b && touch -d 2024-05-01 lib/b
	rm lib/c
	again() { hashdb-list lib/.dcim/hash.db | file-hash --verify | hashdb-lookup -q --by=path lib/.dcim/hash.db; }
	[ "$(again | jq -r '.verify + " " + (.db.status // "-")')" = $'ok known\ncorrupt new\nmissing -' ]
	again | hashdb-merge lib/.dcim/hash.db >/dev/null
	echo two >lib/b && touch -d 2024-05-01 lib/b
	[ "$(again | jq -r '.verify + " " + (.db.status // "-")')" = $'ok known\nok new\nmissing -' ]
}

@test "--every: known is only what every database knows" {
	mkdir e1 e2 && echo a >e1/a && echo b >e1/b && cp -p e1/a e2/a
	for l in e1 e2; do mkdir $l/.dcim && find $l -type f -not -path '*/.dcim/*' -print0 | file-hash | hashdb-merge -q $l/.dcim/hash.db >/dev/null; done
	ask() { file-hash e1/a e1/b | hashdb-lookup "$@" | jqr '.db.status + " " + (.db.root // "-")' | xargs; }
	[ "$(ask e1/.dcim/hash.db e2/.dcim/hash.db | sed "s|$PWD/||g")" = 'known e1 known e1' ]
	[ "$(ask --every e1/.dcim/hash.db e2/.dcim/hash.db | sed "s|$PWD/||g")" = 'known e1 new -' ]
	[ "$(ask --every e2/.dcim/hash.db e1/.dcim/hash.db | sed "s|$PWD/||g")" = 'known e2 new -' ]
	[ "$(ask --every e1/.dcim/hash.db | sed "s|$PWD/||g")" = 'known e1 known e1' ]
	[ "$(ask --every e1/.dcim/hash.db none.db 2>/dev/null)" = 'new - new -' ]
	rm e2/a # and what has gone there is told so
	echo c >e2/c
	[ "$(ask --every e1/.dcim/hash.db e2/.dcim/hash.db | sed "s|$PWD/||g")" = 'missing e2 new -' ]
}
