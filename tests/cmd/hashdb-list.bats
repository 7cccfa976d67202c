#!/usr/bin/env bats
# bats file_tags=no-races
# hashdb-list -- order, forms, and no lock while somebody reads slowly.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	mkdir -p lib/.dcim lib/sub
	DB=lib/.dcim/hash.db
	for f in b a sub/c; do echo $f >lib/$f; done
}

@test "records by path, below the root as given" {
	file-hash lib/b lib/sub/c lib/a | jq -c '.taken = "2024-05-01" | .albums = ["x"]' | hashdb-merge "$DB" >in
	hashdb-list "$DB" >out
	[ "$(jqr .path out | xargs)" = "lib/a lib/b lib/sub/c" ]
	[ "$(jq -c 'del(.verified, .db)' out)" = "$(jq -sc 'sort_by(.path)[]' in)" ]
	[ "$(hashdb-list "$PWD/$DB" | jqr .path | head -1)" = "$PWD/lib/a" ]
	[ "$(cd lib/.dcim && hashdb-list hash.db | jqr .path | head -1)" = "$PWD/lib/a" ]
	[ "$(cd lib && hashdb-list .dcim/hash.db | jqr .path | head -1)" = ./a ]
}

@test "what it writes, file-hash can verify and hashdb-merge take back" {
	file-hash lib/a lib/b | hashdb-merge "$DB" >out
	hashdb-list "$DB" | file-hash --verify | hashdb-merge "$DB" >out
	[ "$(jqr .verify out | xargs)" = "ok ok" ]
	hashdb-list "$DB" >one
	hashdb-list "$DB" | hashdb-merge --root=lib copy.db >out
	hashdb-list --relative copy.db | jq -c 'del(.path, .db)' >two
	[ "$(jq -c 'del(.path, .db)' one)" = "$(cat two)" ]
}

@test "--relative" {
	file-hash lib/a lib/sub/c | hashdb-merge "$DB" >out
	[ "$(hashdb-list --relative "$DB" | jqr .path | xargs)" = "a sub/c" ]
}

@test "-0, --null: paths, each ended by NUL" {
	file-hash lib/a lib/sub/c | hashdb-merge "$DB" >out
	printf 'lib/a\0lib/sub/c\0' >want
	hashdb-list -0 "$DB" | cmp - want
	hashdb-list --null --relative "$DB" | tr '\0' ' ' | grep -x 'a sub/c '
	hashdb-list -0 "$DB" | xargs -0 cat | wc -l | grep -x 2
}

@test "--stale-first: read longest ago first, and what is verified meanwhile does not come again" {
	for f in a b sub/c; do file-hash lib/$f | hashdb-merge "$DB" >out; done
	hashdb-list "$DB" | jq -c 'select(.path == "lib/a")' | file-hash --verify | hashdb-merge "$DB" >out
	[ "$(hashdb-list --stale-first "$DB" | jqr .path | xargs)" = "lib/b lib/sub/c lib/a" ]
	hashdb-list --stale-first "$DB" | file-hash --verify | timeout 120 hashdb-merge --batch=1 "$DB" >out
	[ "$(jqr .path out | xargs)" = "lib/b lib/sub/c lib/a" ]
}

@test "--stale-first: what another verifies meanwhile is passed over" {
	for i in {1..6000}; do echo "{\"path\":\"lib/$i\",\"x\":\"$(printf %0300d $i)\",\"hash\":{\"md5\":\"$(printf %032x $i)\"}}"; done >in
	hashdb-merge "$DB" <in >out
	hashdb-list --stale-first "$DB" | {
		read -r first
		tail -n 1 in | hashdb-merge "$DB" >again
		cat
	} >out
	[ "$(wc -l <out)" -eq 5998 ]
	! grep -q '"lib/6000"' out
}

@test "a mark of damage is listed, a file marked as deleted is not" {
	file-hash lib/a lib/b | hashdb-merge "$DB" >out
	touch -r lib/a ref; printf 'X\n' >lib/a; touch -r ref lib/a; rm lib/b
	hashdb-list "$DB" | file-hash --verify | hashdb-merge --mark-deleted "$DB" >out
	[ "$(hashdb-list "$DB" | jq -c '[.path, .verify, (.hash_now | length)]')" = '["lib/a","corrupt",1]' ]
}

@test "--with-deleted: files that were marked as deleted come last, with the time of it; many pages of them" {
	for i in {1..600}; do echo "{\"path\":\"lib/$((i % 300))\",\"hash\":{\"md5\":\"$(printf %032x $i)\"}}"; done >in
	for from in 1 301; do
		tail -n +$from in | head -n 300 | hashdb-merge "$DB" >out
		tail -n +$from in | head -n 300 | jq -c '.verify = "missing"' | hashdb-merge --mark-deleted "$DB" >out
	done
	echo a >lib/a && file-hash -a md5 lib/a | hashdb-merge "$DB" >out
	hashdb-list --with-deleted "$DB" >listed
	[ "$(wc -l <listed)" -eq 601 ]
	[ "$(jqr .path listed | head -n 1)" = lib/a ]
	[ "$(jqr 'select(.deleted) | .hash.md5' listed | sort)" = "$(jqr .hash.md5 in | sort)" ]
	[ "$(jqr 'select(.deleted) | [.verify, .path == "lib/" + .deleted, .marked >= .verified] | join(" ")' listed | sort -u)" = 'missing true true' ]
	[ "$(hashdb-list "$DB" | wc -l)" -eq 1 ]
	for other in -0 --stale-first --groups --lacking --gone; do
		run -2 hashdb-list --with-deleted $other "$DB"
	done
}

@test "many pages, in both orders" {
	for i in {1..1500}; do echo "{\"path\":\"lib/$i\",\"hash\":{\"md5\":\"$(printf %032x $i)\"}}"; done | hashdb-merge "$DB" >out
	hashdb-list --relative -0 "$DB" | tr '\0' '\n' >listed
	seq 1500 | LC_ALL=C sort | cmp - listed
	[ "$(hashdb-list --relative -0 --stale-first "$DB" | tr '\0' '\n' | sort -n | md5sum)" = "$(seq 1500 | md5sum)" ]
	[ "$(hashdb-list -j1 "$DB" | md5sum)" = "$(hashdb-list -j8 "$DB" | md5sum)" ]
}

@test "rows larger than a page of memory" {
	big=$(head -c 300000 /dev/zero | tr '\0' x)
	for f in a b; do printf '{"path":"lib/%s","big":"%s","hash":{"md5":"%032x"}}\n' $f "$big" 1; done | hashdb-merge "$DB" >out
	[ "$(hashdb-list "$DB" | jq -c '.big | length' | xargs)" = "300000 300000" ]
}

@test "many such rows do not fill the memory" {
	[ -x /usr/bin/time ] || skip "no /usr/bin/time"
	! ldd "$(command -v hashdb-list)" | grep -q 'lib[at]san' || skip "a sanitizer takes more"
	big=$(head -c 300000 /dev/zero | tr '\0' x)
	for i in {1..300}; do printf '{"path":"lib/%s","big":"%s","hash":{"md5":"%032x"}}\n' $i "$big" 1; done | hashdb-merge "$DB" >/dev/null
	for order in '' --stale-first; do
		/usr/bin/time -f %M -o rss hashdb-list $order "$DB" | wc -l | grep -x 300
		[ "$(cat rss)" -lt 16384 ]
	done
}

@test "a reader that stands still keeps no writer waiting" {
	for i in {1..2000}; do echo "{\"path\":\"lib/$i\",\"x\":\"$(printf %0200d $i)\",\"hash\":{\"md5\":\"$(printf %032x $i)\"}}"; done >recs
	hashdb-merge "$DB" <recs >out
	mkfifo listing
	hashdb-list "$DB" >listing &
	exec 7<listing
	head -c 1000 <&7 >listed # it has begun, and fills the pipe
	hashdb-merge "$DB" <<<"$(tail -1 recs)" # a list that kept its lock would let this wait in vain
	cat <&7 >>listed
	exec 7<&-
	wait
	[ "$(wc -l <listed)" -eq 2000 ]
}

@test "no database, no library, no operand" {
	run -3 hashdb-list nothing.db
	[ "$output" = 'hashdb-list: nothing.db: No such file or directory' ]
	mkdir folder
	for program in hashdb-list hashdb-lookup hashdb-merge; do
		run -3 $program folder </dev/null
		[ "$output" = "$program: folder is a folder; a library's database is its .dcim/hash.db" ]
	done
	[ ! -e nothing.db ]
	run -2 hashdb-list
	run -2 hashdb-list a.db b.db
	file-hash lib/a | hashdb-merge --root=lib x.db >out
	mv lib gone
	run -0 hashdb-list --relative -0 x.db
}

@test "stdin is not touched" {
	file-hash lib/a | hashdb-merge "$DB" >out
	[ "$(printf 'one\ntwo\n' | { hashdb-list "$DB" >out; cat; } | wc -l)" -eq 2 ]
}

@test "--required: the digests that every file must have" {
	hashdb-merge -q empty.db </dev/null
	[ -z "$(hashdb-list --required empty.db)" ]
	hashdb-merge -q --require=sha256,xxh128 empty.db </dev/null
	[ "$(hashdb-list --required empty.db)" = xxh128,sha256 ]
}

@test "--lacking: what lacks a required digest and is there; what has gone is counted" {
	file-hash lib/a lib/b lib/sub/c | hashdb-merge "$DB" >out
	run -0 hashdb-list --lacking "$DB"
	[ -z "$output" ]
	hashdb-merge -q --require=md5 "$DB" </dev/null
	rm lib/a && rm -r lib/sub && echo no folder >lib/sub
	run -0 --separate-stderr hashdb-list --lacking --relative "$DB"
	[ "$(jqr .path <<<"$output")" = b ]
	[ "$stderr" = 'hashdb-list: files that are no longer in the library, and left out: 2' ]
	run -0 --separate-stderr hashdb-list --gone --relative "$DB"
	[ "$(jqr .path <<<"$output" | xargs)" = 'a sub/c' ]
	[ -z "$stderr" ]
	for other in 'mkdir lib/a' 'mkfifo lib/a' 'ln -s nothing lib/a' 'ln -s a lib/a'; do
		$other
		run -0 --separate-stderr hashdb-list --lacking --relative "$DB"
		[ "$(jqr .path <<<"$output")" = b ]
		[[ $stderr == *': 2' ]]
		rm -r lib/a
	done
	run -0 --separate-stderr hashdb-list -q --lacking "$DB"
	[ -z "$stderr" ]
	file-hash lib/b | hashdb-merge --root=lib x.db >out
	hashdb-merge -q --require=md5 x.db </dev/null
	mv lib gone && mkdir lib
	run -3 hashdb-list --lacking x.db
	run -3 hashdb-list --gone x.db
	run -2 hashdb-list --lacking --gone x.db
	rmdir lib
	run -3 hashdb-list --lacking x.db
}

@test "--budget: no record is begun later" {
	mkdir -p lib/.dcim && echo x >lib/a
	file-hash lib/a | hashdb-merge lib/.dcim/hash.db >/dev/null
	[ -z "$(hashdb-list --budget=0 lib/.dcim/hash.db)" ]
	[ -n "$(hashdb-list --budget=100 lib/.dcim/hash.db)" ]
}

@test "--check: nothing is written, and a database that is not whole is status 3" {
	file-hash lib/a lib/b | hashdb-merge "$DB" >out
	[ -z "$(hashdb-list --check "$DB" 2>&1)" ]
	cp "$DB" whole
	at=$(LC_ALL=C grep -abo 'sub/c\|b' "$DB" | tail -n 1 | cut -d: -f1)
	printf x | dd of="$DB" bs=1 seek="$at" conv=notrunc status=none
	run -3 --separate-stderr hashdb-list --check "$DB"
	[ -z "$output" ] && [[ $stderr == *damaged* ]]
}
