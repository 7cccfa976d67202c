#!/usr/bin/env bats
# hashdb-merge -- what is recorded and when, what is refused, and several at once.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq sqlite3
	mkdir -p lib/.dcim
	DB=lib/.dcim/hash.db
}

sql() { sqlite3 "$DB" "$@"; }

# hash TEXT -- the xxh128 of it, in hex.
hash() { printf %s "$1" >.hash && file-hash .hash | jqr .hash.xxh128; }

# record PATH TEXT [MEMBERS] -- a record for a file with that content.
record() {
	printf '{"path":"%s","size":%d,"mtime":"2024-05-01T12:00:00.5Z","hash":{"xxh128":"%s"}%s}\n' \
		"$1" "${#2}" "$(hash "$2")" "${3:+,$3}"
}

# placed PATH TEXT TO [ACTION [MEMBERS]] -- the same, as place-file leaves it, from a volume called card.
placed() {
	record "$1" "$2" "\"source\":{\"volume\":\"card\",\"label\":\"EOS\",\"path\":\"${1#/}\",\"size\":${#2},\"mtime\":\"2024-05-01T12:00:00.5Z\"},\"place\":{\"action\":\"${4:-copied}\",\"to\":\"$3\",\"root\":\"lib\"}${5:+,$5}"
}

# rows -- path and content of every file.
rows() { sql "SELECT CAST(path AS TEXT) || ' ' || json_extract(hash, '\$.xxh128') FROM file WHERE deleted IS NULL ORDER BY path"; }

@test "records pass unchanged and in order once they are in the database" {
	for i in 3 1 2; do record lib/$i content$i; done >in
	hashdb-merge "$DB" <in >out
	cmp in out
	[ "$(rows)" = "$(for i in 1 2 3; do echo "$i $(hash content$i)"; done)" ]
}

@test "the database says what it is and is one file" {
	record lib/a x | hashdb-merge "$DB" >out
	[ "$(sql 'PRAGMA application_id; PRAGMA user_version' | paste -sd' ')" = "1145260365 3" ]
	[ "$(ls lib/.dcim)" = hash.db ]
	[ "$(sql 'PRAGMA integrity_check')" = ok ]
}

@test "nothing on stdin makes an empty database" {
	hashdb-merge "$DB" </dev/null
	[ "$(sql 'SELECT count(*) FROM file')" = 0 ]
	run -0 hashdb-list "$DB"
	[ -z "$output" ]
}

@test "the record's own members are kept as JSON; those of the run are not" {
	record lib/a x '"taken":"2024-05-01","n":1.10,"albums":["é"],"db":{"status":"new"},"warnings":[{"code":"EFORMAT"}]' |
		hashdb-merge "$DB" >out
	[ "$(sql 'SELECT record FROM file')" = '{"taken":"2024-05-01","n":1.10,"albums":["é"]}' ]
	[ "$(sql "SELECT path FROM library WHERE json_extract(record, '\$.taken') LIKE '2024-05%'")" = a ]
}

@test "placed records are recorded where they were placed, with their source" {
	for a in copied moved reflinked hardlinked symlinked exists; do placed /card/$a $a x/$a.jpg $a; done >in
	run -0 hashdb-merge "$DB" <in
	[ "$(rows | cut -d' ' -f1 | paste -sd' ')" = "x/copied.jpg x/exists.jpg x/hardlinked.jpg x/moved.jpg x/reflinked.jpg x/symlinked.jpg" ]
	[ "$(sql 'SELECT count(*) FROM source JOIN file ON file = file.id WHERE CAST(file.path AS TEXT) = "x/" || substr(CAST(source.path AS TEXT), 6) || ".jpg"')" = 6 ]
	[ "$(sql 'SELECT name, label FROM volume')" = 'card|EOS' ]
}

@test "planned and skipped records leave nothing; what is no media is remembered as looked at" {
	{ placed /card/a a a planned; placed /card/b b b skipped; placed /card/c c '' skipped | sed 's/"to":""/"reason":"not-media"/'; } >in
	hashdb-merge "$DB" <in >out
	cmp in out
	[ -z "$(rows)" ]
	[ "$(sql 'SELECT CAST(path AS TEXT), file IS NULL FROM source')" = 'card/c|1' ]
}

@test "a duplicate adds only where it came from" {
	{ placed /card/a same 2024/a; placed /card/b same 2024/a duplicate; } | hashdb-merge "$DB" >out
	[ "$(rows | wc -l)" -eq 1 ]
	[ "$(sql 'SELECT CAST(path AS TEXT) FROM source WHERE file = (SELECT id FROM file) ORDER BY path' | paste -sd' ')" = "card/a card/b" ]
	# one that the database had told of, without place.to
	placed /card/c same '' duplicate '"db":{"status":"known","by":"hash","path":"2024/a","root":"lib"}' |
		sed 's/"to":"",//' | hashdb-merge "$DB" >out
	[ "$(sql 'SELECT count(*) FROM source WHERE file IS NOT NULL')" = 3 ]
	# one whose twin is in another library
	mkdir other
	placed /card/d same 2024/a duplicate | sed 's/"root":"lib"/"root":"other"/' >in
	run -0 hashdb-merge "$DB" <in
	[ "$output" = "$(cat in)" ]
	[ "$(sql 'SELECT count(*) FROM source')" = 3 ]
}

@test "records without a hash, settled ones and failed ones pass untouched" {
	cat >in <<-'END'
	{"path":"/elsewhere/a"}
	{"path":"/elsewhere/b","db":{"status":"known","by":"source"}}
	{"path":"/elsewhere/c","hash":{"xxh128":"00000000000000000000000000000000"},"error":{"tool":"x","op":"y","code":"EIO","message":"z"}}
	{"path":"/elsewhere/d","hash":{"xxh128":"00000000000000000000000000000000"},"db":{"status":"known","by":"hash"}}
	END
	run -1 hashdb-merge "$DB" <in
	[ "$output" = "$(cat in)" ]
	[ -z "$(rows)" ]
}

@test "a path outside the root is an error, and the others go on" {
	{ record lib/a a; record elsewhere b; record lib/../elsewhere c; record lib/sub/../d d; record lib/e e; } >in
	run -1 hashdb-merge -q "$DB" <in
	[ "$(jqr '.error.code // "ok"' <<<"$output" | paste -sd' ')" = "ok EINPUT EINPUT EINPUT ok" ]
	[ "$(rows | cut -d' ' -f1 | paste -sd' ')" = "a e" ]
}

@test "paths are relative to the root through links, and need not exist" {
	mkdir -p lib/real/deep && ln -s lib link && ln -s real lib/alias
	{ record link/a a; record lib/alias/b b; record "$PWD/lib/real/deep/c" c; record lib/gone/far/d d; record ./lib//real/e e; } |
		hashdb-merge "$DB" >out
	[ "$(rows | cut -d' ' -f1 | paste -sd' ')" = "a gone/far/d real/b real/deep/c real/e" ]
}

@test "-C: relative paths and the root of placed records start there" {
	mkdir w && mv lib w
	{ record lib/a a; placed /card/b b 2024/b; } >in
	run -0 hashdb-merge -C w w/lib/.dcim/hash.db <in
	DB=w/lib/.dcim/hash.db
	[ "$(rows | cut -d' ' -f1 | paste -sd' ')" = "2024/b a" ]
}

@test "placed in another library: an error" {
	mkdir other
	placed /card/a a a | sed 's/"root":"lib"/"root":"other"/' >in
	run -1 hashdb-merge -q "$DB" <in
	[ "$(jqr .error.code <<<"$output")" = EINPUT ]
	placed /card/a a ../a >in
	run -1 hashdb-merge -q "$DB" <in
	[ -z "$(rows)" ]
}

@test "the root is what holds .dcim, else the database's folder, else --root, which is remembered" {
	record lib/a a | hashdb-merge lib/x.db >out
	[ "$(hashdb-list -0 lib/x.db | tr '\0' '\n')" = lib/a ]
	run -1 hashdb-merge -q y.db --root=lib <<<"$(record b b)"
	record lib/b b | hashdb-merge --root=lib z.db >out
	[ "$(hashdb-list --relative -0 z.db | tr '\0' '\n')" = b ]
	[ "$(hashdb-list -0 z.db | tr '\0' '\n')" = "$PWD/lib/b" ]
	record lib/c c | hashdb-merge --root=./lib "$DB" >out
	[ -z "$(sql "SELECT value FROM about WHERE name = 'root'")" ]
	run -3 hashdb-merge --root=nowhere "$DB" </dev/null
}

@test "the run logs rebuild the database, also of a library that has moved" {
	{ placed /card/a a 2024/a; placed /card/b b 2024/b; } | hashdb-merge "$DB" >log
	mv lib moved
	run -1 hashdb-merge new.db <log
	[[ $output == *'placed in a library that cannot be found; if it has moved, '*'--root=DIR'* ]]
	hashdb-merge --root=moved new.db <log >out
	DB=new.db
	[ "$(rows | cut -d' ' -f1 | paste -sd' ')" = "2024/a 2024/b" ]
}

@test "the same again changes nothing but the time, and forgets nothing" {
	record lib/a a '"taken":"2024"' | hashdb-merge "$DB" >out
	id=$(sql 'SELECT id, seq FROM file')
	record lib/a a '"model":"X"' | hashdb-merge "$DB" >out
	[ "$(sql 'SELECT id, seq FROM file')" = "$id" ]
	[ "$(sql 'SELECT record FROM file')" = '{"model":"X","taken":"2024"}' ]
}

@test "another content at the path replaces the row and its members" {
	record lib/a a '"taken":"2024"' | hashdb-merge "$DB" >out
	record lib/a other '"model":"X"' | hashdb-merge "$DB" >out
	[ "$(rows)" = "a $(hash other)" ]
	[ "$(sql 'SELECT record, size FROM file')" = '{"model":"X"}|5' ]
	record copy other | sed 's/lib/x/' | hashdb-lookup --offline "$DB" | jqr .db.status | grep -x known
	record copy a | hashdb-lookup --offline "$DB" | jqr .db.status | grep -x new
}

@test "conflicts are settled by the data: the later verified stays, whichever comes last" {
	old='"verified":"2020-01-01T00:00:00Z"' new='"verified":"2021-01-01T00:00:00Z"'
	{ record lib/a old "$old"; record lib/a new "$new"; } | hashdb-merge "$DB" >out
	[ "$(rows)" = "a $(hash new)" ]
	record lib/a old "$old" | hashdb-merge "$DB" >out
	[ "$(rows)" = "a $(hash new)" ]
	{ record lib/a new "$new"; record lib/a old "$old"; } | hashdb-merge --root=lib b.db >out
	DB=b.db
	[ "$(rows)" = "a $(hash new)" ]
}

@test "verified at the same time: the greater digest stays" {
	at='"verified":"2020-01-01T00:00:00Z"'
	greater=$(printf '%s\n' "$(hash one)" "$(hash two)" | LC_ALL=C sort | tail -1)
	{ record lib/a one "$at"; record lib/a two "$at"; } | hashdb-merge --root=lib a.db >out
	{ record lib/a two "$at"; record lib/a one "$at"; } | hashdb-merge --root=lib b.db >out
	for DB in a.db b.db; do [ "$(rows)" = "a $greater" ]; done
}

@test "verify: modified replaces, corrupt keeps the good digest and notes the other" {
	printf abc >lib/a && touch -d 2024-01-01 lib/a
	file-hash lib/a | hashdb-merge "$DB" >out
	printf abX >lib/a && touch -d 2024-01-01 lib/a
	hashdb-list "$DB" | file-hash --verify | hashdb-merge "$DB" >out
	[ "$(jqr .verify out)" = corrupt ]
	[ "$(rows)" = "a $(hash abc)" ]
	[ "$(sql "SELECT json_extract(mismatch, '\$.xxh128') FROM file")" = "$(hash abX)" ]
	hashdb-list "$DB" | jq -e '.verify == "corrupt" and .hash_now.xxh128 != .hash.xxh128'
	printf abc >lib/a && touch -d 2024-01-01 lib/a
	hashdb-list "$DB" | file-hash --verify | hashdb-merge "$DB" >out
	[ "$(sql 'SELECT mismatch IS NULL FROM file')" = 1 ]
	printf new >lib/a
	hashdb-list "$DB" | file-hash --verify | hashdb-merge "$DB" >out
	[ "$(rows)" = "a $(hash new)" ]
}

@test "verify: damage to a content that has been replaced meanwhile is not noted" {
	record lib/a old | jq -c '.verify = "corrupt" | .hash_now = {xxh128: "00000000000000000000000000000000"}' >late
	record lib/a new | hashdb-merge "$DB" >out
	hashdb-merge "$DB" <late >out
	[ "$(sql 'SELECT mismatch IS NULL FROM file')" = 1 ]
	[ "$(rows)" = "a $(hash new)" ]
}

# verdict DB -- what is recorded of lib/a, and whether as damaged.
verdict() { hashdb-list "$1" | jq -r 'select(.path | endswith("/a")) | .hash.xxh128 + " " + (.verify // "good")'; }

@test "another content under the size and time that are recorded is noted as damage, whoever read it" {
	printf abc >lib/a && touch -d 2024-01-01T10:00:00.1Z lib/a && cp -p lib/a good
	file-hash lib/a | hashdb-merge "$DB" >out && cp "$DB" before
	printf abX >lib/a && touch -r good lib/a && cp -p lib/a bad
	exists() { file-hash "$1" | jq -c --arg t "$(date -u -d @$(stat -c %.Y good) +%FT%T.%NZ)" '.place = {action: "exists", to: "a", root: "lib", mtime: $t}'; }
	again() { hashdb-list "$DB" | file-hash "$@"; }
	touch bad # a copy's time says nothing of the file's
	for way in 'file-hash lib/a' 'again' 'again -a sha256' 'again -a sha256,xxh128' 'exists lib/a' 'exists bad'; do
		cp before "$DB"
		$way | jq -c '.hash.xxh128 //= "'"$(hash abX)"'"' >in
		run -1 --separate-stderr hashdb-merge "$DB" <in
		[ "$output" = "$(cat in)" ] || { echo "$way: $output"; false; }
		[[ $stderr == 'hashdb-merge: a: the content differs from what is recorded'* ]]
		[ "$(verdict "$DB")" = "$(hash abc) corrupt" ] || { echo "$way: $(verdict "$DB")"; false; }
		[ "$(hashdb-list "$DB" | jqr .hash_now.xxh128)" = "$(hash abX)" ]
	done
	cp -p good lib/a
	file-hash lib/a | hashdb-merge "$DB" >out
	[ "$(verdict "$DB")" = "$(hash abc) good" ]
}

@test "a damaged file that moved inside the root keeps its row, and the damage is noted" {
	placed /card/a abc old/a | hashdb-merge "$DB" >out
	placed lib/old/a abX new/a moved >in
	run -1 --separate-stderr hashdb-merge "$DB" <in
	[[ $stderr == 'hashdb-merge: new/a: the content differs'* ]]
	[ "$(rows)" = "new/a $(hash abc)" ]
	[ "$(hashdb-list "$DB" | jqr .hash_now.xxh128)" = "$(hash abX)" ]
	[ "$(source_of a)" = new/a ]
	placed lib/new/a abc old/a moved | hashdb-merge "$DB" >out
	[ "$(verdict "$DB")" = "$(hash abc) good" ]
	hashdb-list --check "$DB"
}

@test "but a file that was written, or has another time or size, is recorded as it is now" {
	printf abc >lib/a && touch -d 2024-01-01T10:00:00.1Z lib/a
	file-hash lib/a | hashdb-merge "$DB" >out && cp "$DB" before
	placed /card/a abX a | sed 's/2024-05-01T12:00:00.5Z/2024-01-01T10:00:00.1Z/' >written
	printf abX >lib/a && file-hash lib/a >touched
	jq -c '.place = {action: "exists", to: "a", root: "lib/"}' touched >itself
	printf abXY >lib/a && touch -d 2024-01-01T10:00:00.1Z lib/a && file-hash lib/a >longer
	jq -c '.path = "elsewhere" | .place = {action: "exists", to: "a", root: "lib"}' longer >copied
	jq -c '.path = "elsewhere" | .place = {action: "exists", to: "a", root: "lib", mtime: .mtime}' touched >copied2
	for in in written touched itself longer copied copied2; do
		cp before "$DB"
		hashdb-merge "$DB" <$in >out
		[ "$(verdict "$DB")" = "$(jqr .hash.xxh128 $in) good" ] || { echo "$in: $(verdict "$DB")"; false; }
	done
}

@test "damage and soundness: what was read last counts, in lists of this database and of others, in any order" {
	printf abc >lib/a && touch -d 2024-01-01 lib/a && cp -p lib/a good
	file-hash lib/a | hashdb-merge "$DB" >out
	cp "$DB" 1.db; hashdb-list "$DB" >1
	printf abX >lib/a && touch -r good lib/a
	hashdb-list "$DB" | file-hash --verify | hashdb-merge "$DB" >out
	cp "$DB" 2.db; hashdb-list "$DB" >2
	hashdb-merge "$DB" <1 >out
	[ "$(verdict "$DB")" = "$(hash abc) corrupt" ]
	cp -p good lib/a
	hashdb-list "$DB" | file-hash --verify | hashdb-merge "$DB" >out
	cp "$DB" 3.db
	cat 2 1 | hashdb-merge "$DB" >out
	[ "$(verdict "$DB")" = "$(hash abc) good" ]
	for order in '1 2 3' '1 3 2' '2 1 3' '2 3 1' '3 1 2' '3 2 1' '1 2' '2 1'; do
		rm -f m.db
		for n in $order; do hashdb-list --relative $n.db | (cd lib && hashdb-merge --root=. ../m.db) >out; done
		verdict m.db | sed "s/^/$(grep -c 3 <<<"$order") /"
	done | sort -u >got
	[ "$(cat got)" = "0 $(hash abc) corrupt"$'\n'"1 $(hash abc) good" ]
}

@test "a clock that was ahead when damage was found: a later look at the file counts" {
	record lib/a x '"verified":"2020-01-01T00:00:00Z"' | hashdb-merge "$DB" >out
	record lib/a x '"verified":"2099-01-01T00:00:00Z","verify":"corrupt","hash_now":{"xxh128":"'"$(hash y)"'"}' |
		hashdb-merge "$DB" >out
	hashdb-list "$DB" >list
	[ "$(verdict "$DB")" = "$(hash x) corrupt" ]
	record lib/a x | hashdb-merge "$DB" >out
	hashdb-merge "$DB" <list >out
	[ "$(verdict "$DB")" = "$(hash x) good" ]
}

@test "damage is noted though the file lacks a digest that has come to be required" {
	printf abc >lib/a && touch -d 2024-01-01 lib/a
	file-hash lib/a | hashdb-merge "$DB" >out
	hashdb-merge --require=sha256 "$DB" </dev/null
	printf abX >lib/a && touch -d 2024-01-01 lib/a
	hashdb-list "$DB" | file-hash --verify -a xxh128,sha256 | hashdb-merge "$DB" >out
	[ "$(verdict "$DB")" = "$(hash abc) corrupt" ]
	[ "$(jqr .path <(hashdb-list --lacking "$DB"))" = lib/a ]
}

# source_of NAME -- the path of the file that a source is remembered with; - where it is none.
source_of() {
	sql "SELECT ifnull(CAST(f.path AS TEXT), '-') FROM source AS s LEFT JOIN file AS f ON f.id = s.file WHERE CAST(s.path AS TEXT) = 'card/$1'"
}

@test "a source is known as long as the content that it brought is recorded" {
	for batch in 1 100; do
		rm -f "$DB"
		{
			placed /card/a a x/1; placed /card/b bb x/1             # another picture took the name
			placed /card/c c x/2; placed /card/c2 c x/2 duplicate   # edited in place
			record lib/x/2 edited; placed /card/e edited x/2 exists
			placed /card/d d x/3; placed /card/d2 other x/3 duplicate # no twin of what is there
			placed /card/m m x/4; placed lib/x/3 d x/4 moved        # moved over it
		} | hashdb-merge --batch=$batch "$DB" >out
		for want in a:- b:x/1 c:- c2:- e:x/2 d:x/4 d2: m:-; do
			[ "$(source_of "${want%:*}")" = "${want#*:}" ] || { echo "$want: $(source_of "${want%:*}")"; false; }
		done
	done
	placed /card/a a x/5 | hashdb-merge "$DB" >out
	[ "$(source_of a)" = x/5 ]
	hashdb-list --check "$DB"
}

@test "missing files are kept, unless --forget-missing or --mark-deleted" {
	for f in a b; do echo $f >lib/$f; done
	file-hash lib/a lib/b | hashdb-merge "$DB" >out
	rm lib/a
	hashdb-list "$DB" | file-hash --verify >verified
	run -0 hashdb-merge "$DB" <verified
	[ "$(rows | wc -l)" -eq 2 ]
	cp "$DB" copy.db
	hashdb-merge --mark-deleted "$DB" <verified >out
	[ "$(rows | cut -d' ' -f1)" = b ]
	[ "$(echo a >x; file-hash x | hashdb-lookup "$DB" | jqr .db.status)" = deleted ]
	cp copy.db "$DB"
	hashdb-merge --forget-missing "$DB" <verified >out
	[ "$(sql 'SELECT count(*) FROM file')" = 1 ]
	[ "$(file-hash x | hashdb-lookup "$DB" | jqr .db.status)" = new ]
}

@test "neither acts on files that were not read as missing, nor where the disk is not mounted" {
	echo a >lib/a
	file-hash lib/a | hashdb-merge "$DB" >out
	rm lib/a
	hashdb-list "$DB" | hashdb-merge --forget-missing "$DB" >out
	[ "$(rows | wc -l)" -eq 1 ]
	mkdir empty
	cp "$DB" moved.db
	hashdb-list --relative "$DB" | sed 's,"path":",&empty/,' | file-hash --verify >verified
	[ "$(jqr .verify verified)" = missing ]
	run -3 hashdb-merge --root=empty --forget-missing moved.db <verified
	DB=moved.db
	[ "$(rows | wc -l)" -eq 1 ]
	run -2 hashdb-merge --forget-missing --mark-deleted "$DB" </dev/null
}

@test "a marked file that is placed again is known again" {
	echo a >lib/a
	file-hash lib/a | hashdb-merge "$DB" >out
	mv lib/a x
	hashdb-list "$DB" | file-hash --verify | hashdb-merge --mark-deleted "$DB" >out
	[ "$(file-hash x | hashdb-lookup "$DB" | jqr .db.status)" = deleted ]
	cp x lib/a
	file-hash lib/a | hashdb-merge "$DB" >out
	[ "$(file-hash x | hashdb-lookup "$DB" | jqr '.db.status,.db.path' | paste -sd' ')" = "known a" ]
}

@test "a file moved inside the root keeps its row, members and source" {
	placed /card/a a old/a copied '"taken":"2024"' | hashdb-merge "$DB" >out
	id=$(sql 'SELECT id FROM file')
	placed lib/old/a a new/a moved | hashdb-merge "$DB" >out
	[ "$(sql 'SELECT id, CAST(path AS TEXT), record FROM file')" = "$id|new/a|{\"taken\":\"2024\"}" ]
	[ "$(sql "SELECT file FROM source WHERE CAST(path AS TEXT) = 'card/a'")" = "$id" ]
}

@test "moved to where another file was recorded: that row goes" {
	{ record lib/new/a gone; placed /card/a a old/a; } | hashdb-merge "$DB" >out
	placed lib/old/a a new/a moved >in
	run -0 hashdb-merge "$DB" <in
	[ "$(rows)" = "new/a $(hash a)" ]
}

@test "undone: the row goes, and the source is not known any more" {
	placed /card/a a 2024/a | hashdb-merge "$DB" >out
	placed /card/a a 2024/a undone | hashdb-merge "$DB" >out
	[ -z "$(rows)" ]
	[ "$(sql 'SELECT count(*) FROM source')" = 0 ]
	# another content there by now is another file
	record lib/2024/a newer | hashdb-merge "$DB" >out
	placed /card/a a 2024/a undone | hashdb-merge "$DB" >out
	[ "$(rows)" = "2024/a $(hash newer)" ]
}

@test "undone inside the root: the row goes back" {
	placed /card/a a old/a | hashdb-merge "$DB" >out
	{ placed lib/old/a a new/a moved; placed lib/old/a a new/a undone; } | hashdb-merge "$DB" >out
	[ "$(rows)" = "old/a $(hash a)" ]
}

@test "a batch keeps the order where it matters: placed, moved, undone" {
	{ placed /card/z z b/z; placed lib/b/z z a/z moved; placed /card/y y c/y; placed /card/y y c/y undone; } |
		hashdb-merge "$DB" >out
	[ "$(rows)" = "a/z $(hash z)" ]
}

@test "several paths may have one content" {
	{ record lib/a same; record lib/b same; } | hashdb-merge "$DB" >out
	[ "$(rows | wc -l)" -eq 2 ]
	printf same >lib/b && touch -d 2024-05-01T12:00:00.5Z lib/b && printf same >x
	[ "$(file-hash x | hashdb-lookup "$DB" | jqr '.db.status,.db.path' | paste -sd' ')" = "known b" ]
}

@test "the first file decides which digest is required: one, whatever else it has" {
	echo a >lib/a; echo b >lib/b
	file-hash -a sha256,xxh128 lib/a | hashdb-merge "$DB" >out
	[ "$(sql "SELECT value FROM about WHERE name = 'algorithms'")" = xxh128 ]
	[ "$(sql "SELECT json_extract(hash, '\$.sha256') FROM file")" = "$(sha256sum <lib/a | cut -c1-64)" ]
	run -1 --separate-stderr hashdb-merge "$DB" <<<"$(file-hash -a md5 lib/b)"
	[ "$(jqr .error.code <<<"$output")" = EINPUT ]
	[[ "$stderr" == *"file-hash -a xxh128"* ]]
	run -0 hashdb-merge "$DB" <<<"$(file-hash lib/b)"
	[ "$(rows | wc -l)" -eq 2 ]
	file-hash -a sha1,md5 lib/a | hashdb-merge --root=lib other.db >out
	[ "$(sqlite3 other.db "SELECT value FROM about WHERE name = 'algorithms'")" = sha1 ]
}

@test "--require: more digests from now on, and what lacks them is listed" {
	echo a >lib/a; echo b >lib/b
	hashdb-merge --require=sha256,xxh128 "$DB" </dev/null
	run -1 --separate-stderr hashdb-merge "$DB" <<<"$(file-hash lib/a)"
	[[ "$stderr" == *"file-hash -a xxh128,sha256"* ]]
	file-hash -a xxh128,sha256 lib/a | hashdb-merge "$DB" >out
	[ -z "$(hashdb-list --lacking "$DB")" ]
	hashdb-merge --require=md5 "$DB" </dev/null
	[ "$(hashdb-list --lacking "$DB" | jqr .path)" = lib/a ]
	run -1 hashdb-merge "$DB" <<<"$(file-hash -a xxh128,sha256 lib/b)"
	hashdb-merge --require=xxh128 "$DB" </dev/null # less is required of nobody
	[ "$(hashdb-list --lacking "$DB" | wc -l)" -eq 1 ]
	[ "$(file-hash lib/a | hashdb-lookup "$DB" | jqr .db.status)" = known ]
	hashdb-list --lacking "$DB" | file-hash -a md5 | hashdb-merge "$DB" >out
	[ -z "$(hashdb-list --lacking "$DB")" ]
	[ "$(file-hash lib/a | hashdb-lookup "$DB" | jqr .db.status)" = known ]
	hashdb-merge --require=sha1 "$DB" </dev/null # damage is noted all the same, and the good digests stay
	touch -r lib/a ref && echo X >lib/a && touch -r ref lib/a
	hashdb-list --lacking "$DB" | file-hash --verify -a sha1 | hashdb-merge "$DB" >out
	[ "$(hashdb-list --lacking "$DB" | jq -c '[.verify, (.hash | keys)]')" = '["corrupt",["md5","sha256","xxh128"]]' ]
	run -2 hashdb-merge --require=crc32 "$DB" </dev/null
}

@test "digests are stored in lower case, and compared whatever their case" {
	record lib/a x | sed 's/\("xxh128":"\)\([0-9a-f]*\)/\1\U\2/' | hashdb-merge "$DB" >out
	grep -q '"xxh128":"[0-9A-F]*[A-F]' out
	[ "$(rows)" = "a $(hash x)" ]
	record lib/b x | sed 's/\("xxh128":"\)\([0-9a-f]*\)/\1\U\2/' | hashdb-lookup --offline "$DB" >out
	[ "$(jqr .db.path out)" = a ]
}

@test "a source that was the duplicate of one file, of another, and of the first again: in one batch as in three" {
	{ placed /card/a same d; placed /card/b same f; placed /card/c same d duplicate; } >1
	placed /card/c same f duplicate >2
	placed /card/c same d duplicate >3
	for n in 1 2 3; do hashdb-merge "$DB" <$n >out; done
	[ "$(source_of c)" = d ]
	cat 1 2 3 | hashdb-merge --root=lib new.db >out
	DB=new.db
	[ "$(source_of c)" = d ]
}

@test "an old list of the same database brings nothing back that was marked as deleted; another database's does" {
	record lib/a a | hashdb-merge "$DB" >out
	hashdb-list "$DB" >old
	echo '{"path":"lib/a","verify":"missing"}' | hashdb-merge --mark-deleted "$DB" >out
	run -0 hashdb-merge -q "$DB" <old
	[ -z "$(rows)" ]
	hashdb-merge --root=lib other.db <old >out
	[ "$(hashdb-list other.db | wc -l)" -eq 1 ]
	# what has been read again is there again, and can be listed and edited
	printf a >lib/a && touch -d 2024-05-01T12:00:00.5Z lib/a
	file-hash <old -q | hashdb-merge -q "$DB" >out
	hashdb-list "$DB" | jq -c '.title = "new"' | hashdb-merge "$DB" >out
	[ "$(hashdb-list "$DB" | jqr .title)" = new ]
}

@test "a list of a copy of the database brings what the copy has recorded since" {
	record lib/a a | hashdb-merge "$DB" >out
	mkdir -p copy/.dcim && cp "$DB" copy/.dcim/hash.db
	record copy/b b | hashdb-merge copy/.dcim/hash.db >out
	record lib/c c | hashdb-merge "$DB" >out
	hashdb-list --relative copy/.dcim/hash.db | (cd lib && hashdb-merge .dcim/hash.db) >out
	[ "$(rows | cut -d' ' -f1 | xargs)" = "a b c" ]
}

@test "a clock that was ahead: what is read later counts, and an old list brings nothing back" {
	record lib/a old '"verified":"2099-01-01T00:00:00Z"' | hashdb-merge "$DB" >out
	hashdb-list "$DB" >list
	record lib/a new | sed 's/12:00:00.5Z/12:00:01.5Z/' | hashdb-merge "$DB" >out
	[ "$(rows)" = "a $(hash new)" ]
	hashdb-list "$DB" | jq -e '.verified < "2098"' >/dev/null
	hashdb-merge "$DB" <list >out
	[ "$(rows)" = "a $(hash new)" ]
	# … but from another database, whose order is not ours, its time counts
	jq -c '.db.id = "0123456789abcdef"' list | hashdb-merge "$DB" >out
	[ "$(rows)" = "a $(hash old)" ]
}

@test "a list of this database, edited, changes the members" {
	record lib/a x '"verified":"2099-01-01T00:00:00Z"' | hashdb-merge "$DB" >out
	hashdb-list "$DB" | jq -c '.rating = 5' | hashdb-merge "$DB" >out
	hashdb-list "$DB" | jq -c '.rating = 1' | hashdb-merge "$DB" >out
	[ "$(hashdb-list "$DB" | jqr .rating)" -eq 1 ]
}

@test "a file that exists keeps the size and time it has been recorded with" {
	record lib/a x | hashdb-merge "$DB" >out
	placed /card/a x a exists | sed 's/2024-05-01T12:00:00.5Z/2025-01-01T00:00:00Z/g' | hashdb-merge "$DB" >out
	[ "$(sql 'SELECT mtime FROM file')" = 1714564800500000000 ]
	[ "$(sql 'SELECT mtime FROM source')" = 1735689600000000000 ]
}

@test "the later of two imports of one source counts, in one batch as in two" {
	{ placed /card/s x z/x; placed /card/s x a/x; } >two
	for batch in 1 2; do
		rm -f "$DB"
		hashdb-merge --batch=$batch "$DB" <two >out
		[ "$(sql 'SELECT CAST(f.path AS TEXT) FROM source JOIN file AS f ON f.id = source.file')" = a/x ]
	done
	{ placed /card/p p z/p; placed /card/q q a/q | sed 's/"EOS"/"NEW"/'; } >two
	for batch in 1 2; do
		rm -f "$DB"
		hashdb-merge --batch=$batch "$DB" <two >out
		[ "$(sql 'SELECT label FROM volume')" = NEW ]
	done
}

@test "what a killed creation left is removed by the next writer, what lives is not" {
	mkdir -p lib/.dcim/hash.db.0123456789abcdef.new.d
	echo x >lib/.dcim/hash.db.0123456789abcdef.new
	echo x >lib/.dcim/hash.db.fedcba9876543210.new
	echo x >lib/.dcim/hash.db.old.new
	flock -x lib/.dcim/hash.db.fedcba9876543210.new hashdb-merge "$DB" </dev/null
	[ "$(ls lib/.dcim | xargs)" = "hash.db hash.db.0123456789abcdef.new.d hash.db.fedcba9876543210.new hash.db.old.new" ]
	hashdb-merge "$DB" </dev/null
	[ ! -e lib/.dcim/hash.db.fedcba9876543210.new ]
}

@test "names that are hard: newline, quotes, invalid UTF-8, a leading dash" {
	for n in $'new\nline' '"q"' $'\xff\xfe' -dash '{"path":"x"}' 'a b'; do echo "$n" >"lib/$n"; done
	find lib -maxdepth 1 -type f -print0 | sort -z >paths
	file-hash <paths | hashdb-merge "$DB" >out
	hashdb-list -0 "$DB" | sort -z | cmp - paths
}

@test "a record is written after the database is flushed, not before" {
	need strace
	record lib/a a >in
	strace -f -y -e trace=write,pwrite64,fdatasync,fsync -o trace hashdb-merge "$DB" <in >out || skip "strace is not permitted"
	awk '
		/pwrite64\(.*hash\.db>/ { dirty = 1 }
		/f(data)?sync\(.*hash\.db>/ { dirty = 0; flushed++ }
		/write\(1</ { exit !(flushed && !dirty) }' trace
	grep -q 'write(1<' trace
}

@test "a file system that cannot flush a folder can hold a database and its logs" {
	need strace
	strace -f -o trace true 2>/dev/null || skip "strace cannot trace here"
	record lib/a a >in
	for error in EINVAL EOPNOTSUPP EINTR; do
		rm -f "$DB" log
		ASAN_OPTIONS=detect_leaks=0 run -0 strace -f -qq -y -o trace -e trace=fsync -e inject=fsync:error=$error:when=2..3 \
			hashdb-merge --log=log "$DB" <in
		[ "$(grep -c INJECTED trace)" -ge 2 ]
		[ "$(rows | wc -l)" -eq 1 ]
	done
}

@test "--batch: each batch is written once it is durable" {
	for i in {1..10}; do record lib/$i $i; done >in
	run -0 hashdb-merge --batch=3 "$DB" <in
	[ "$output" = "$(cat in)" ]
	[ "$(rows | wc -l)" -eq 10 ]
	for n in 0 100001; do run -2 hashdb-merge --batch=$n "$DB" </dev/null; done
}

@test "a batch ends a second after it began, though the input goes on" {
	mkfifo in
	hashdb-merge "$DB" <in >out &
	exec 7>in
	record lib/a a >&7
	wait_lines out 1
	[ "$(rows | wc -l)" -eq 1 ]
	exec 7>&-
	wait
}

@test "no lock is held while waiting for input" {
	mkfifo in
	hashdb-merge "$DB" <in >out &
	exec 7>in
	record lib/a a >&7
	wait_lines out 1
	record lib/c c | hashdb-merge --lock-timeout=0 "$DB" >out2
	[ "$(rows | wc -l)" -eq 2 ]
	record lib/b b >&7
	exec 7>&-
	wait
	[ "$(rows | wc -l)" -eq 3 ]
}

@test "--lock-timeout: another's lock that stays is status 3 and nothing is written" {
	record lib/a a | hashdb-merge "$DB" >out
	mkfifo go
	sqlite3 "$DB" <go >/dev/null &
	exec 7>go
	printf '%s\n' 'BEGIN IMMEDIATE;' '.shell touch locked' >&7
	until [ -e locked ]; do :; done
	run -3 hashdb-merge --lock-timeout=0.2 "$DB" <<<"$(record lib/b b)"
	[[ "$output" == *lock* ]]
	[[ "$output" != *'"path"'* ]]
	exec 7>&-
	wait
	[ "$(rows | wc -l)" -eq 1 ]
}

@test "what is no database of ours is refused and left as it is" {
	printf '\377\330\377\340 a JPEG' >jpeg.db
	: >empty.db
	head -c 5000 /dev/urandom >noise.db
	sqlite3 foreign.db 'PRAGMA user_version = 1; CREATE TABLE t(x)'
	record lib/a a | hashdb-merge "$DB" >out
	cp "$DB" newer.db && sqlite3 newer.db 'PRAGMA user_version = 4'
	cp "$DB" older.db && sqlite3 older.db 'PRAGMA user_version = 2'
	head -c 9000 "$DB" >cut.db
	cp "$DB" torn.db && printf 'xxxxxxxxxxxxxxxx' | dd of=torn.db bs=1 seek=4096 conv=notrunc status=none
	sqlite3 tables.db 'PRAGMA application_id = 1145260365; PRAGMA user_version = 3; CREATE TABLE t(x)'
	mkdir folder.db
	for f in jpeg empty noise foreign newer older cut tables; do
		sum=$(md5sum <$f.db)
		run -3 hashdb-merge $f.db --root=lib <<<"$(record lib/b b)"
		[[ "$output" == *"$f.db"* ]]
		[ "$(md5sum <$f.db)" = "$sum" ]
		run -3 hashdb-lookup $f.db <<<"$(record lib/b b)"
		run -3 hashdb-list $f.db
	done
	run -3 hashdb-merge torn.db --root=lib <<<"$(record lib/b b)"
	run -3 hashdb-merge folder.db </dev/null
	run -3 hashdb-merge nowhere/x.db </dev/null
	[ ! -e jpeg.db-journal ]
}

@test "what a killed writer left beside a file that is not ours is not played back into it" {
	sqlite3 src.db "PRAGMA user_version = 1; CREATE TABLE t(x);
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO t SELECT randomblob(500) FROM n"
	mkfifo go
	sqlite3 src.db <go >/dev/null &
	pid=$!
	exec 7>go
	printf '%s\n' 'PRAGMA cache_size = 5; BEGIN; UPDATE t SET x = zeroblob(500);' '.shell touch updated' >&7
	until [ -e updated ]; do :; done
	kill -9 $pid
	exec 7>&-
	wait $pid || true
	[ -s src.db-journal ]
	cp src.db src.bak; cp src.db-journal journal.bak
	run -3 hashdb-merge src.db </dev/null
	run -3 hashdb-lookup src.db <<<'{"path":"a","hash":{"md5":"00000000000000000000000000000000"}}'
	run -3 hashdb-list src.db
	cmp src.db src.bak
	cmp src.db-journal journal.bak
	# it was one that would have been played back
	sqlite3 src.db 'SELECT count(*) FROM t' >out
	! cmp -s src.db src.bak
}

# half_done DB RECORDS -- a writer of them is killed when it has overwritten a part of DB: its journal is beside it.
half_done() {
	plain
	need strace
	strace -f -o trace true 2>/dev/null || skip "strace cannot trace here"
	cp "$1" whole
	for n in {1..9}; do
		cp whole "$1"; rm -f "$1-journal"
		strace -f -o trace -e trace=fdatasync,fsync -e inject=fdatasync,fsync:signal=KILL:when=$n \
			hashdb-merge -q "$1" <"$2" >out 2>err || :
		[ ! -s "$1-journal" ] || cmp -s whole "$1" || return 0
	done
	false
}

# many ROOT CONTENT -- 400 records
many() {
	seq 400 | jq -c --arg root "$1" --arg content "$2" \
		'{path: "\($root)/\(.)", hash: {xxh128: ($content + "\(. * 7919 % 401 + 1000)" + "0" * 27)}}'
}

@test "what a killed writer of ours left is undone by the next program, a reader too" {
	many lib a >in; many lib b >in2
	hashdb-merge "$DB" <in >out
	hashdb-list "$DB" >before
	half_done "$DB" in2
	hashdb-list "$DB" | cmp - before
	[ ! -s "$DB-journal" ]
}

@test "two at once: nothing is lost" {
	for i in {1..400}; do echo "{\"path\":\"lib/a$i\",\"hash\":{\"md5\":\"$(printf %032x $i)\"}}"; done >a
	for i in {1..400}; do echo "{\"path\":\"lib/b$i\",\"hash\":{\"md5\":\"$(printf %032x $((i * 7)))\"}}"; done >b
	hashdb-merge --batch=10 "$DB" <a >outa &
	hashdb-merge --batch=10 "$DB" <b >outb
	wait $!
	cmp a outa
	cmp b outb
	[ "$(sql 'SELECT count(*), count(DISTINCT id), count(DISTINCT seq) FROM file')" = '800|800|800' ]
	[ "$(sql 'PRAGMA integrity_check')" = ok ]
}

@test "a hundred that create the database at once" {
	for i in {1..100}; do
		{ echo "{\"path\":\"lib/$i\",\"hash\":{\"md5\":\"$(printf %032x $i)\"}}" | hashdb-merge "$DB" >out.$i || echo bad >>bad; } &
	done
	wait
	[ ! -e bad ]
	[ "$(rows | wc -l)" -eq 100 ]
	[ "$(ls lib/.dcim)" = hash.db ]
}

@test "list, verify and merge over one database at once" {
	for i in {1..600}; do echo $i >lib/$i; done
	find lib -maxdepth 1 -type f -print0 | file-hash | hashdb-merge "$DB" >out
	hashdb-list "$DB" | file-hash --verify | timeout 120 hashdb-merge --batch=50 "$DB" >out
	[ "$(wc -l <out)" -eq 600 ]
	[ "$(jqr .verify out | sort | uniq -c | xargs)" = "600 ok" ]
	hashdb-list --stale-first "$DB" | file-hash --verify | timeout 120 hashdb-merge --batch=50 "$DB" >out
	[ "$(wc -l <out)" -eq 600 ]
}

@test "killed at any moment: the old state or the new, and the next run goes on" {
	for i in {1..3000}; do echo "{\"path\":\"lib/$i\",\"x\":\"$(printf %0200d $i)\",\"hash\":{\"md5\":\"$(printf %032x $((i * 7919)))\"}}"; done >in
	for round in {1..20}; do
		hashdb-merge --batch=100 "$DB" <in >out 2>/dev/null &
		pid=$!
		sleep 0.0$((RANDOM % 9))$((RANDOM % 10)) # any instant is right
		kill -9 $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
		[ -e "$DB" ] || continue
		hashdb-list "$DB" >listed
		[ $(($(wc -l <listed) % 100)) -eq 0 ]
		[ "$(wc -l <listed)" -ge "$(grep -c '}$' out)" ]
		[ "$(sql 'PRAGMA integrity_check')" = ok ]
		[ "$(sql 'SELECT count(*) FROM file LEFT JOIN digest ON file.id = digest.file WHERE digest.file IS NULL')" = 0 ]
		[ $((round % 4)) -ne 0 ] || rm -f "$DB"*
	done
	hashdb-merge "$DB" <in >out
	cmp in out
	[ "$(rows | wc -l)" -eq 3000 ]
}

@test "a signal: what was read is committed and written, and one file is left" {
	for i in {1..50}; do record lib/$i $i; done >in
	mkfifo pipe
	hashdb-merge "$DB" <pipe >out &
	pid=$!
	exec 7>pipe
	cat in >&7
	wait_lines out 50
	kill -TERM $pid
	wait_taken $pid
	record lib/last last >&7
	exec 7>&-
	status=0; wait $pid || status=$?
	[ "$status" -eq 143 ]
	[ "$(wc -l <out)" -eq 51 ]
	[ "$(rows | wc -l)" -eq 51 ]
	[ "$(ls lib/.dcim)" = hash.db ]
}

@test "a full stdout ends with 3, and what was committed is there" {
	[ -e /dev/full ] || skip "no /dev/full"
	record lib/a a >in
	run -3 bash -c 'hashdb-merge "$1" <in >/dev/full' - "$DB"
	[ "$(rows | wc -l)" -eq 1 ]
}

@test "a full disk: 3, the old state stays, and nothing that is not recorded is written" {
	need unshare
	for i in {1..400}; do echo "{\"path\":\"lib/$i\",\"x\":\"$(printf %0900d $i)\",\"hash\":{\"md5\":\"$(printf %032x $i)\"}}"; done >in
	cat >try <<-'END'
	mount -t tmpfs -o size=256k none lib && mkdir lib/.dcim || exit 99
	head -n 50 in | hashdb-merge "$1" >out1
	hashdb-merge --batch=100 "$1" <in >out2
	status=$?
	hashdb-list "$1" >listed || exit 98
	ls lib/.dcim >left
	exit $status
	END
	rc=0; unshare -m sh try "$DB" 2>err || rc=$?
	[ $rc -ne 99 ] && [ $rc -ne 1 ] || skip "nothing can be mounted here"
	[ $rc -eq 3 ]
	[ "$(wc -l <listed)" -ge 50 ]
	[ "$(wc -l <out2)" -lt 400 ]
	[ "$(jqr .path out2 | sort | comm -23 - <(jqr .path listed | sort) | wc -l)" -eq 0 ]
	grep -q 'No space left' err
}

@test "operands and options are checked" {
	run -2 hashdb-merge </dev/null
	run -2 hashdb-merge a.db b.db </dev/null
	run -2 hashdb-merge --nonsense a.db </dev/null
	[ ! -e a.db ]
}

@test "-j1 and -j8 write the same bytes and rows" {
	for i in {1..300}; do echo "{\"path\":\"lib/$((i % 250))\",\"hash\":{\"md5\":\"$(printf %032x $i)\"}}"; done >in
	hashdb-merge -j1 "$DB" <in >out1
	hashdb-merge -j8 --root=lib j8.db <in >out8
	cmp out1 out8
	[ "$(rows)" = "$(DB=j8.db; rows)" ]
}

@test "a journal that a killed writer left is undone; one with a flipped bit, or cut, is status 3 and undoes nothing" {
	many lib a >in; many lib b >in2
	hashdb-merge "$DB" <in >out
	hashdb-lookup -q --offline "$DB" <in >want
	half_done "$DB" in2
	cp "$DB" half; cp "$DB-journal" journal
	size=$(stat -c %s journal)
	for at in 0 7 11 15 19 21 26 515 600 $((516 + 4096)) $((size / 3)) $((size / 2)) $((size * 3 / 4)) $((size - 600)) cut; do
		cp half "$DB"; cp journal "$DB-journal"
		if [ $at = cut ]; then
			truncate -s -4200 "$DB-journal"
		else
			byte=$(od -An -tu1 -j$at -N1 journal)
			printf "\\x$(printf %x $((byte ^ 4)))" | dd of="$DB-journal" bs=1 seek=$at conv=notrunc status=none
		fi
		echo "at $at"
		run -3 --separate-stderr hashdb-lookup -q --offline "$DB" <in
		[[ $stderr == *"journal "* ]]
		cmp half "$DB"
		run -3 hashdb-merge -q "$DB" <in
		cmp half "$DB"
	done
	cp journal "$DB-journal"
	hashdb-lookup -q --offline "$DB" <in | cmp - want
	hashdb-list --check "$DB"
}

@test "a journal of another database, or of an earlier time, is status 3 and undoes nothing" {
	mkdir other
	many lib a >in; many lib b >in2; many other c >in3
	hashdb-merge "$DB" <in >out; hashdb-merge other/hash.db <in3 >out
	half_done "$DB" in2
	cp "$DB-journal" journal; cp journal other/hash.db-journal; cp other/hash.db before
	run -3 --separate-stderr hashdb-lookup -q --offline other/hash.db <in3
	[[ $stderr == *"the journal beside it belongs to another database or to an older copy of this one: move it away"* ]]
	cmp other/hash.db before
	rm other/hash.db-journal
	[ "$(hashdb-lookup -q --offline other/hash.db <in3 | grep -c '"known"')" -eq 400 ]
	for content in b d e; do many lib $content | hashdb-merge "$DB" >out; done
	cp journal "$DB-journal"; cp "$DB" before
	run -3 hashdb-list "$DB"
	cmp "$DB" before
}

# ---- --log ----

# event N PATH [TO [ACTION]] -- a record with content N, placed from a volume called card.
event() {
	printf '{"path":"%s","size":%d,"mtime":"2024-05-01T12:00:00Z","model":"M%d","hash":{"md5":"%032x"}' "$2" "$1" "$1" "$1"
	[ -z "${3-}" ] || printf ',"source":{"volume":"card","label":"EOS %d","path":"%s","size":%d,"mtime":"2024-05-01T12:00:00Z"},"place":{"action":"%s","to":"%s","root":"lib"}' \
		"$1" "${2#/}" "$1" "${4:-copied}" "$3"
	printf '%s}\n' "${5:+,$5}"
}

# content DB -- all that a log must give back, without the numbers and times of its making.
content() {
	sqlite3 "$1" "SELECT path, size, mtime, hash, mismatch, deleted, record FROM file ORDER BY path, hash;
		SELECT v.name, s.path, s.size, s.mtime, f.path, s.first FROM source AS s JOIN volume AS v ON v.id = s.volume
		LEFT JOIN file AS f ON f.id = s.file ORDER BY v.name, s.path, s.size, s.mtime; SELECT name, label FROM volume"
}

# rebuilt -- whether the logs give the database.
rebuilt() {
	rm -f new.db
	cat lib/.dcim/runs/*.ndjson | hashdb-merge -q --root=lib --mark-deleted new.db >rebuilt.out || [ $? -eq 1 ] # the damage
	content "$DB" >is; content new.db >again
	cmp is again || { diff is again; false; }
}

# a_run N -- what one run might do: new files, known ones, one that moved, one that was taken back, damage, a deletion.
a_run() {
	local i n=$1
	for i in 1 2 3 4 5; do event $((10 * n + i)) /card/$n-$i "d$((i * 7 % 5))/$n-$i"; done
	event $((10 * n + 1)) /card2/$n "d2/$n-1" duplicate
	event $((10 * n + 2)) /card/$n-2 "d4/$n-2" exists
	event $((10 * n + 3)) "lib/d1/$n-3" "moved/$n" moved
	event $((10 * n + 4)) "/card/$n-4" "d3/$n-4" undone
	event $((10 * n + 5)) "lib/d0/$n-5" '' '' '"verify":"corrupt","hash_now":{"md5":"00000000000000000000000000000000"}'
	event $((10 * n + 2)) "lib/d4/$n-2" '' '' '"verify":"missing"'
	event 7 /card/same "again/$n"
	event 7 "lib/again/$n" | sed 's/"md5":"0/"md5":"f/'
	event $((10 * n + 6)) "/card/other-$n" "d2/$n-1"
}

@test "--log: every line goes to the file, held or not, in order" {
	{ record lib/a a; echo '{"path":"b"}'; echo '{"path":"c","error":{"tool":"x","op":"y","code":"EIO","message":"z"}}'
		record /elsewhere/d d; record lib/e e; } >in
	run -1 --separate-stderr hashdb-merge --log=log "$DB" <in
	[ "$(wc -l <log)" -eq 5 ]
	[ "$output" = "$(cat log)" ]
	record lib/f f | hashdb-merge --log=log "$DB" >out
	[ "$(wc -l <log)" -eq 6 ]
	[ "$(tail -n 1 log)" = "$(cat out)" ]
	[ "$(sql "SELECT bytes FROM run WHERE name = 'log'")" -eq "$(wc -c <log)" ]
}

@test "--log: the log is flushed before the batch is committed" {
	need strace
	strace -f -o trace -e trace=write,pwrite64,fsync,fdatasync,openat true 2>/dev/null || skip "strace cannot trace here"
	record lib/a a | hashdb-merge "$DB" >out
	record lib/b b | ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -y -o trace -e trace=write,pwrite64,fsync,fdatasync hashdb-merge --log=log "$DB" >out
	grep -nE 'write\([0-9]+<[^>]*/log>|fdatasync\([0-9]+<[^>]*/log>|pwrite64\([0-9]+<[^>]*hash.db>|write\(1<' trace |
		sed -E 's/^[0-9]+:[0-9]+ +//; s/\(.*//' | uniq >order
	[ "$(xargs <order)" = "fdatasync write fdatasync pwrite64 write fdatasync" ] || [ "$(xargs <order)" = "write fdatasync pwrite64 write fdatasync" ]
}

@test "--log: lines that no commit has recorded are, and half a line is cut off" {
	mkdir -p lib/.dcim/runs; log=lib/.dcim/runs/1.ndjson
	a_run 1 | head -n 3 | hashdb-merge --log=$log "$DB" >out
	a_run 1 | hashdb-merge -q --mark-deleted --root=lib --log=whole other.db >out || [ $? -eq 1 ] # the damage
	tail -n +4 whole >>$log
	printf '{"path":"/card/half","size' >>$log
	run -0 --separate-stderr hashdb-merge --mark-deleted --log=$log "$DB" </dev/null
	[[ "$stderr" == *"1.ndjson: 11 records that an interrupted run had left"* ]]
	cmp whole $log
	rebuilt
	content "$DB" >before
	run -0 --separate-stderr hashdb-merge --mark-deleted --log=$log "$DB" </dev/null
	[ -z "$stderr" ]
	content "$DB" | cmp - before
}

@test "--log: a killed run's records say the same of damage as they would have said" {
	record lib/a abc | hashdb-merge "$DB" >out
	cp "$DB" before
	record lib/a abX '"place":{"action":"exists","to":"a","root":"lib"}' | sed 's/12:00:00.5Z/13:00:00Z/' >edited
	record other/a abX '"place":{"action":"exists","to":"a","root":"lib","mtime":"2024-05-01T12:00:00.5Z"}' | sed 's/12:00:00.5Z/13:00:00Z/' >damaged
	for in in edited damaged; do
		cp before "$DB"
		hashdb-merge -q "$DB" <$in >out || [ $in = damaged ]
		verdict "$DB" >want
		cp before "$DB"; cp $in log
		run -0 hashdb-merge --log=log "$DB" </dev/null
		verdict "$DB" | cmp - want
		rm log
	done
	grep -q corrupt want
}

@test "--log: what a power loss leaves behind the last flush is cut off at the first line that is none" {
	mkdir -p lib/.dcim/runs; log=lib/.dcim/runs/1.ndjson
	a_run 1 | head -n 3 | hashdb-merge --log=$log "$DB" >out
	a_run 1 | sed -n 4p >>$log
	cp $log want
	head -c 5000 /dev/zero >>$log; echo >>$log; a_run 1 | tail -n 3 >>$log
	hashdb-merge --log=$log "$DB" </dev/null
	cmp $log want
	[ "$(rows | wc -l)" -eq 4 ] || [ "$(sql 'SELECT count(*) FROM file')" -eq 4 ]
}

@test "--log: a file that another writes, or that is none, is status 3 and is left alone" {
	record lib/a a | hashdb-merge --log=log "$DB" >out
	printf '{"half' >>log
	run -3 --separate-stderr flock log hashdb-merge --log=log "$DB" <<<"$(record lib/b b)"
	[[ "$stderr" == *"being written by another program"* ]]
	[ "$(tail -n 1 log)" = '{"half' ]
	run -3 hashdb-merge --log=lib "$DB" <<<"$(record lib/b b)"
	run -3 hashdb-merge --log=nowhere/log "$DB" <<<"$(record lib/b b)"
	[ "$(rows | wc -l)" -eq 1 ]
}

@test "--log: a link is not followed, be it to nothing" {
	printf '{"path":"mine"}\n{"path":"torn' >mine && cp mine before
	ln -s mine link && ln -s new dangling
	for log in link dangling; do
		run -3 --separate-stderr hashdb-merge --log=$log "$DB" </dev/null
		[[ $stderr == "hashdb-merge: $log is a symbolic link;"* ]] || { echo "$stderr"; false; }
	done
	cmp mine before && [ ! -e new ]
}

@test "--log: a file that is no log is left as it is" {
	printf 'notes\nof mine\nand more' >notes
	printf '\377\330 no newline' >picture
	printf '\0\0\0\030ftypisom' >film
	printf '{"a": 1}' >settings
	{ printf '{\n "path": "x"\n}\n'; record lib/a a; } >pretty
	{ record lib/a a; echo 'a note'; record lib/b b; } >mixed
	record lib/a a | hashdb-merge other.db >out
	record lib/b b >in
	for file in notes picture film settings pretty mixed other.db; do
		cp $file before
		run -3 --separate-stderr hashdb-merge --log=$file "$DB" <in
		[[ $stderr == *"$file is not a log: "*"; it was left as it is"* ]]
		cmp $file before
	done
	hashdb-merge "$DB" <in >out && cp "$DB" before
	run -3 hashdb-merge "--log=$DB" "$DB" <in
	cmp "$DB" before
}

@test "--log: what the program reads or writes is no log" {
	record lib/a a >in && cp in before
	run -2 --separate-stderr hashdb-merge --log=in "$DB" <in
	[[ $stderr == *"in is also the input or the output"* ]]
	cmp in before
	run -2 eval 'hashdb-merge --log=out "$DB" <in >out'
}

@test "--log: another log of a name that is known is recorded from its beginning" {
	record lib/a a | hashdb-merge --log=log "$DB" >out
	mkdir new && { record lib/longer b; printf '%500s\n' '' | sed 's/.*/{"path":"x","pad":"&"}/'; record lib/c c; } >new/log && cp new/log want
	hashdb-merge --log=new/log "$DB" </dev/null
	cmp new/log want
	[ "$(sql 'SELECT count(*) FROM file')" -eq 3 ]
}

@test "--log: a log that cannot be written stops the run, and nothing is recorded" {
	hashdb-merge "$DB" </dev/null
	for i in {1..40}; do event $i lib/$i '' '' "\"warnings\":[{\"message\":\"$(printf %4000d 0)\"}]"; done >in
	(ulimit -f 150; trap '' XFSZ; hashdb-merge -q --log=log "$DB" <in >out 2>err || echo $? >status)
	[ "$(cat status)" -eq 3 ]
	[ ! -s out ]
	[ "$(sql 'SELECT count(*) FROM file')" -eq 0 ]
	[ -z "$(tail -c 1 log)" ] # whole lines
	jq -c . log >parsed
	[ "$(wc -l <log)" -ge 30 ]
	hashdb-merge --log=log "$DB" </dev/null
	[ "$(sql 'SELECT count(*) FROM file')" -eq "$(wc -l <log)" ]
}

@test "--log: killed at any system call, the logs give the database back row for row" {
	plain
	need strace
	strace -f -o trace true 2>/dev/null || skip "strace cannot trace here"
	mkdir -p lib/.dcim/runs; touch lib/there
	calls=write,pwrite64,fsync,fdatasync,ftruncate,unlink,openat,flock,fcntl
	killed=0
	for n in {001..130}; do
		log=lib/.dcim/runs/$n.ndjson
		a_run $((10#$n)) >in
		strace -f -o trace -e trace=$calls -e inject=$calls:signal=KILL:when=$((20 + 10#$n * 13 % 101)) \
			hashdb-merge -q -j1 --batch=5 --mark-deleted --log=$log "$DB" <in >out 2>err || killed=$((killed + 1))
		hashdb-merge -q --mark-deleted --log=$log "$DB" </dev/null
		head -n "$(wc -l <out)" $log | cmp - out # what was acknowledged is there
		[ $((10#$n % 5)) -ne 0 ] || rebuilt
	done
	rebuilt
	hashdb-list --check "$DB"
	[ "$killed" -ge 100 ]
}

@test "a file system that can neither link nor rename without replacing gets its database too" {
	need strace
	strace -f -o trace true 2>/dev/null || skip "strace cannot trace here"
	record lib/a aa >in
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o trace \
		-e trace=link,linkat,renameat2 -e inject=link,linkat:error=EPERM -e inject=renameat2:error=EINVAL \
		hashdb-merge lib/.dcim/new.db --root=lib <in >out
	grep -q INJECTED trace
	[ "$(hashdb-list lib/.dcim/new.db | wc -l)" -eq 1 ]
	[ "$(find lib/.dcim -name 'new.db*' | wc -l)" -eq 1 ]
}

@test "a file that hashdb-lookup finds missing elsewhere in the library has moved, and its row follows" {
	need jq
	mkdir -p lib/.dcim
	echo one >lib/a && echo two >lib/b
	file-hash lib/a lib/b | jq -c '.title = "T"' | hashdb-merge lib/.dcim/hash.db >log
	mkdir lib/new && mv lib/a lib/new/c
	cp lib/b lib/new/d # its content is there: it is another file
	run -0 bash -c "file-hash lib/new/c lib/new/d | hashdb-lookup lib/.dcim/hash.db | hashdb-merge lib/.dcim/hash.db"
	[ "$(jq -r '.verify // "none"' <<<"$output")" = $'moved\nnone' ]
	[ "$(hashdb-list --relative lib/.dcim/hash.db | jq -r '.path + " " + (.title // "-")')" = $'b T\nnew/c T\nnew/d -' ]
	cat log - <<<"$output" | hashdb-merge --root=lib again.db >/dev/null
	hashdb-list --relative again.db | jq -r .path | diff - <(printf '%s\n' b new/c new/d)
}
