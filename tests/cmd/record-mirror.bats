#!/usr/bin/env bats
# bats file_tags=no-races
# record-mirror -- the records of a library as those of its mirror.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	mkdir lib m1 m2 card
	for n in 1 2; do echo "picture $n" >"card/p$n.jpg"; done
	echo other >m1/p1.jpg
	find card -type f -print0 | sort -z | file-hash | place-file -t lib --template='{name}' --mirror=m1 --mirror=m2 >log
}

@test "what was placed in a mirror is told as if that were the library" {
	record-mirror --root=m1 <log >out
	[ "$(jqr '.place | .action + " " + .root + " " + .to' out | xargs)" = 'copied m1 p1-1.jpg copied m1 p2.jpg' ]
	[ "$(jqr '.place.mirrors' out | sort -u)" = null ]
	diff <(jq -c '[.path, .hash, .source]' log) <(jq -c '[.path, .hash, .source]' out)
	record-mirror --root=m1// <log | cmp - out
	sed 's/"root":"m1"/"root":"m1\/"/' log >slashed
	[ "$(record-mirror --root=m1 <slashed | wc -l)" -eq 2 ]
	[ "$(record-mirror --root=m2 <log | jqr .place.to | xargs)" = 'p1.jpg p2.jpg' ]
}

@test "a mirror's database records them, and its files are those" {
	mkdir m1/.dcim 2>/dev/null || :
	record-mirror --root=m1 <log | hashdb-merge -q m1/.dcim/hash.db >/dev/null
	hashdb-list --relative m1/.dcim/hash.db | (cd m1 && file-hash --verify) >out
	[ "$(jqr '.path + " " + .verify' out | sort | xargs)" = 'p1-1.jpg ok p2.jpg ok' ]
	[ "$(printf 'card/p1.jpg\0' | hashdb-lookup --by=source m1/.dcim/hash.db | jqr .db.path)" = p1-1.jpg ]
}

@test "without --root all pass as they are; what has not been in that folder is left out" {
	record-mirror <log | cmp - log
	[ -z "$(record-mirror --root=m3 <log)" ]
	[ -z "$(record-mirror --root=lib <log)" ]
}

@test "what was placed nowhere passes: skipped, failed, known before" {
	cat >in <<'END'
{"path":"a","place":{"action":"skipped","reason":"not-media","message":"not media"}}
{"path":"b","db":{"status":"known","by":"source","path":"x","root":"lib"}}
{"path":"c"}
{"path":"d","error":{"tool":"exif-read","op":"open","code":"ENOENT","message":"No such file or directory"}}
END
	record-mirror -q --root=m1 <in >out || [ $? -eq 1 ]
	cmp in out
}

@test "what a mirror has not got is an error there, and is not recorded" {
	rec='{"path":"a","hash":{"xxh128":"00000000000000000000000000000000"},"db":{"status":"new","by":"hash"},"place":{"action":"copied","to":"a","root":"lib","mirrors":[{"reason":"ENOSPC","message":"No space left on device","root":"m1"}]}}'
	record-mirror --root=m1 <<<"$rec" >out
	[ "$(jqr '.error | .tool + .op + .code + .message' out)" = 'place-filemirrorENOSPCNo space left on device' ]
	[ "$(jq -c '[.place, .db]' out)" = '[null,null]' ]
	mkdir -p m1/.dcim
	hashdb-merge -q m1/.dcim/hash.db <out >/dev/null || [ $? -eq 1 ]
	[ -z "$(hashdb-list m1/.dcim/hash.db)" ]
}

@test "a folder whose name is not UTF-8 is found by its bytes" {
	m=$'m\xff'
	mkdir "$m"
	find card -type f -print0 | place-file -t lib --template='{name}' "--mirror=$m" >log
	[ "$(record-mirror "--root=$m" <log | wc -l)" -eq 2 ]
	[ -z "$(record-mirror --root=$'m\xef\xbf\xbd' <log)" ]
}

@test "entries that are none do no harm" {
	for mirrors in '[]' '{}' 'null' '"m1"' '[1,"m1",null,[],{}]' '[{"root":1}]' '[{"root":"m1"}]'; do
		echo '{"path":"a","place":{"action":"skipped","mirrors":'"$mirrors"'}}' | record-mirror --root=m1 >out || [ $? -eq 1 ]
		[ "$(jqr .path out)" = a ]
	done
}
