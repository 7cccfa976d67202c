#!/usr/bin/env bats
# bats file_tags=no-races
# hashdb-diff -- what one of two databases lacks, by content; damage, marks of deletion, and what cannot be compared.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq sqlite3
	mkdir -p A/.dcim B/.dcim
	A=A/.dcim/hash.db B=B/.dcim/hash.db
}

# fill LIBRARY NAME=CONTENT... -- those files, and their records.
fill() {
	local library=$1 file
	shift
	for file; do
		mkdir -p "$(dirname "$library/${file%%=*}")"
		echo "${file#*=}" >"$library/${file%%=*}"
		touch -d 2024-05-01 "$library/${file%%=*}"
		printf '%s\0' "$library/${file%%=*}"
	done | file-hash | hashdb-merge "$library/.dcim/hash.db" >/dev/null
}

# differences [OPTION...] -- a line for each: the word, the path, what the other database says and where.
differences() {
	hashdb-diff "$@" "$A" "$B" | jqr '[.diff, .path, .db.status, .db.root + "/" + .db.path | select(. != "/")] | join(" ")'
}

# rot FILE -- other content under the same time, which its library's database then knows.
rot() {
	tr 'a-z' 'A-Z' <"$1" >rotten && touch -r "$1" rotten && cat rotten >"$1" && touch -r rotten "$1"
	hashdb-list "${1%%/*}/.dcim/hash.db" | file-hash --verify | hashdb-merge "${1%%/*}/.dcim/hash.db" >/dev/null
}

@test "only here, only there, different; what has another name is not wanting" {
	fill A same=same 2020/here=here 2020/name=moved both=one
	fill B same=same there=there other/name=moved both=two
	run -0 differences
	[ "$output" = "only-a A/2020/here new
differs A/both new
only-b B/there new" ]
	run -0 hashdb-diff "$A" "$A"
	[ -z "$output" ]
	hashdb-diff --relative "$A" "$B" | jq -e -s '.[1] | .path == "both" and .size == 4 and .other.path == "both" and .other.hash != .hash and (.other.verified | length) == 30'
	[ "$(hashdb-diff "$A" "$B" | jqr '.other.path // empty')" = B/both ]
}

@test "two files that have exchanged their names lack nothing; nor a database that is a copy" {
	fill A 1=one 2=two
	fill B 1=two 2=one
	[ -z "$(differences)" ]
	cp "$A" "$B"
	[ -z "$(differences)" ]
}

@test "a name that differs: said where the content is, if it is; not said where neither is wanting anything" {
	fill A p=one q=two
	fill B p=two r=one
	[ -z "$(differences)" ] # what differs at p is in the other library under another name
	fill B p=three
	[ "$(differences)" = "differs A/p known B/r
only-a A/q new" ]
}

@test "a file that was found damaged has not its content, here or there, and is no difference where both are damaged alike" {
	fill A a=one b=two c=three
	fill B a=one x=two c=three
	rot A/a; rot A/b
	rot A/c; rot B/c
	[ "$(differences)" = "differs A/a known B/a
only-b B/x damaged A/b" ]
	hashdb-diff "$A" "$B" | jq -e -s '.[0] | .verify == "corrupt" and .hash_now and (.other | has("verify") | not)'
	hashdb-diff "$B" "$A" | jq -e -s '.[0] | (has("verify") | not) and .other.verify == "corrupt" and .other.hash_now and .db.status == "damaged"'
}

@test "what was marked as deleted is not there, and the other library's file says so" {
	fill A keep=keep gone=gone
	fill B keep=keep gone=gone
	rm A/gone
	hashdb-list "$A" | file-hash -q --verify | hashdb-merge -q --mark-deleted "$A" >out
	[ "$(differences)" = "only-b B/gone deleted A/gone" ]
	hashdb-diff "$A" "$B" | place-file --to=A --from=B --template='{name}' >out
	[ "$(jqr .place.reason out)" = deleted ]
	[ ! -e A/gone ]
}

@test "what has gone counts until it is forgotten" {
	fill A keep=keep gone=gone
	fill B keep=keep gone=gone
	rm B/gone
	hashdb-list "$B" | file-hash -q --verify | hashdb-merge -q "$B" >out
	[ -z "$(differences)" ]
	hashdb-list --gone "$B" | file-hash -q --verify | hashdb-merge -q --forget-missing "$B" >out
	[ "$(jqr .path out)" = B/gone ]
	[ "$(differences)" = "only-a A/gone new" ]
}

@test "copied to the backup and recorded there, nothing is wanting" {
	fill A 2020/a=a 2021/b=b c=c
	fill B 2021/b=b
	hashdb-diff "$A" "$B" | jq -c 'select(.diff == "only-a")' | place-file --to=B --from=A --template='{dir}/{name}' |
		hashdb-merge "$B" >out
	cmp A/2020/a B/2020/a
	cmp A/c B/c
	[ -z "$(differences)" ]
}

@test "neither disk has to be there" {
	fill A a=a
	fill B b=b
	mkdir dbs && cp "$A" dbs/a.db && cp "$B" dbs/b.db && rm -r A B
	[ "$(hashdb-diff dbs/a.db dbs/b.db | jqr .diff | xargs)" = "only-a only-b" ]
}

@test "no digest in common is status 3 with what to do, not a difference; one in common is enough" {
	fill A a=a b=b
	printf '%s\0' A/a A/b | file-hash -a sha256 | hashdb-merge --root=A c.db >out
	for order in "$A c.db" "c.db $A"; do
		run -3 --separate-stderr hashdb-diff $order
		[ -z "$output" ]
		[[ $stderr == *"hashdb-merge --require="*"hashdb-list --lacking"*"none of "*A/a ]]
	done
	printf '%s\0' A/a A/b | file-hash -a xxh128,sha256 | hashdb-merge "$A" >out
	run -0 hashdb-diff "$A" c.db
	[ -z "$output" ]
}

@test "a database that is not there, is none, or is damaged: 3" {
	fill A a=a
	echo text >text.db
	for other in gone.db text.db; do
		run -3 hashdb-diff "$A" $other
		run -3 hashdb-diff $other "$A"
	done
	cp "$A" "$B"
	sqlite3 "$B" "UPDATE file SET record = '{\"x\":1}'"
	run -3 --separate-stderr hashdb-diff "$A" "$B"
	[[ $stderr == *damaged* ]]
	run -2 hashdb-diff "$A"
	run -2 hashdb-diff "$A" "$B" "$B"
}

@test "many rows, in the order of their paths, and as many of one content" {
	for ((i = 0; i < 1500; i++)); do
		printf '{"path":"A/%d","size":1,"mtime":"2020-01-01T00:00:00Z","hash":{"xxh128":"%032x"}}\n' $i $((i % 700))
	done >in
	hashdb-merge "$A" <in >out
	sed -n '/[05]","size/{s/A/B/; p}' in | hashdb-merge "$B" >out
	hashdb-diff "$A" "$B" >found
	[ "$(jqr .diff found | sort -u)" = only-a ]
	[ "$(jqr .path found | LC_ALL=C sort -c && wc -l <found)" -eq "$(jq -n '[range(1500) | select(. % 700 % 5 > 0)] | length')" ]
	hashdb-diff -j8 "$A" "$B" | cmp - found
}

@test "a reader that stands still keeps no writer waiting" {
	for ((i = 0; i < 3000; i++)); do
		printf '{"path":"A/%d","size":1,"mtime":"2020-01-01T00:00:00Z","hash":{"xxh128":"%032x"},"title":"%0200d"}\n' $i $i $i
	done | hashdb-merge "$A" >out
	hashdb-merge "$B" </dev/null
	mkfifo pipe
	hashdb-diff "$A" "$B" >pipe 3>&- &
	exec 4<pipe
	read -r line <&4
	for db in "$A" "$B"; do
		echo '{"path":"'"${db%%/*}"'/new","hash":{"xxh128":"0123456789abcdef0123456789abcdef"}}' |
			hashdb-merge --lock-timeout=5 "$db" >out
	done
	exec 4<&-
	wait $! || true
	[[ $line == *only-a* ]]
}
