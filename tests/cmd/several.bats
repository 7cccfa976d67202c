#!/usr/bin/env bats
# bats file_tags=no-races
# several -- databases of several hosts: merged in any order, once or twice, they say the same.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq sqlite3
	mkdir lib
	seed=${SEVERAL_SEED:-$RANDOM}
	echo "SEVERAL_SEED=$seed" # shown where a test fails
}

# listed HOST [MEMBERS] -- what a host's database lists of 400 paths, any of which it may lack: of two contents, three
# times of reading, two states, and damage; made-up by the seed.  With "some", a record may also lack members and digests
# that others have; else each has all of them.  With "marks", it lists as well what was marked as deleted, before the
# file that is there was read.
listed() {
	awk -v seed="$seed" -v host="$1" -v some="${2-}" '
		function any(n) { return int(rand() * n) }
		function mark(i, content, year) {
			printf "{\"path\":\"lib/%d\",\"verified\":\"2019-0%d-01T00:00:00Z\",\"verify\":\"missing\",", i, 1 + any(2)
			printf "\"deleted\":\"%d\",\"marked\":\"202%d-01-01T00:00:00Z\",\"rating\":%d,", i, year, any(3)
			printf "\"hash\":{\"xxh128\":\"%032x\"}}\n", content + 1
		}
		BEGIN {
			srand(seed * 10 + host)
			for (i = 0; i < 400; i++) {
				if (any(5) == 0)
					continue
				content = any(2)
				there = any(4) || some != "marks" ? any(3) : 3
				if (some == "marks" && there > 0 && any(3) == 0)
					mark(i, there == 3 ? content : 1 - content, any(there))
				if (there == 3)
					continue
				printf "{\"path\":\"lib/%d\"", i
				if (some == "" || any(8))
					printf ",\"size\":%d", 10 + content
				if (some == "" || any(8))
					printf ",\"mtime\":\"2019-01-0%dT00:00:00Z\"", 1 + any(2)
				printf ",\"verified\":\"202%d-01-01T00:00:00Z\",\"db\":{\"id\":\"%016d\",\"seq\":%d}", there, host, i + 1
				printf ",\"hash\":{"
				if (some != "" && any(3) == 0)
					printf "\"md5\":\"%032x\",", content
				printf "\"xxh128\":\"%032x\"}", content + 1
				if (any(4) == 0)
					printf ",\"verify\":\"corrupt\",\"hash_now\":{\"xxh128\":\"%032x\"}", 10 + any(2)
				printf ",\"rating\":%d", any(3)
				if (some != "" && any(2))
					printf ",\"title\":\"%d\"", any(2)
				if (some != "" && any(2))
					printf ",\"albums\":[\"%d\"],\"lens\":\"%d\"", any(2), any(2)
				print "}"
			}
		}' </dev/null
}

# merged NAME OPTION... LIST... -- a new database of those lists, one after the other, in a run each; what it holds is in
# NAME.
merged() {
	local name=$1 options=() list
	shift
	while [[ $1 == -* ]]; do options+=("$1") && shift; done
	rm -f "$name.db"
	for list; do hashdb-merge -q --root=lib "${options[@]}" "$name.db" <"$list" >out; done
	hashdb-list --check "$name.db"
	hashdb-list --relative --with-deleted "$name.db" | jq -c 'del(.db)' | LC_ALL=C sort >"$name"
}

@test "two hosts' lists: the same in either order, twice, shuffled, in one batch or a batch for each record" {
	listed 1 some >1
	listed 2 some >2
	merged want 1 2
	[ "$(wc -l <want)" -gt 300 ]
	cat 1 2 | shuf >shuffled
	in_any_order
}

# in_any_order -- what is wanted of 1 and 2 is had, however they come; shuffled has the lines of both.
in_any_order() {
	merged got 2 1 && diff want got
	merged got 1 2 1 2 2 1 && diff want got
	merged got shuffled && diff want got
	cat 2 1 1 >both
	merged got both && diff want got
	head -n 60 shuffled >few && merged want few && shuf few >again && merged got --batch=1 again && diff want got
}

@test "two hosts' lists with what each has marked as deleted: the same in any order" {
	listed 1 marks >1
	listed 2 marks >2
	merged want 1 2
	[ "$(jq -c 'select(.deleted)' want | wc -l)" -gt 50 ]
	cat 1 2 | shuf >shuffled
	in_any_order
}

# host NAME -- a library of that name, and its database: $NAME.
host() {
	mkdir -p "$1/.dcim"
	printf -v "$1" %s "$1/.dcim/hash.db"
}

# told FROM TO -- what a database knows is told to another.
told() {
	hashdb-list --relative --with-deleted "$1/.dcim/hash.db" >told
	hashdb-merge -q -C "$2" "$2/.dcim/hash.db" <told >out
}

# deletes HOST FILE -- it has gone there, and is not wanted again.
deletes() {
	rm "$1/$2"
	hashdb-list -0 --relative "$1/.dcim/hash.db" | file-hash -q -C "$1" --verify | hashdb-merge -q -C "$1" --mark-deleted "$1/.dcim/hash.db" >out
}

# has HOST -- what its database says is there, and what is marked.
has() {
	hashdb-list --relative --with-deleted "$1/.dcim/hash.db" | jqr 'if .deleted then "-" + .deleted else .path end' | xargs
}

@test "what one host marks as deleted is marked by the other that has it, and what is read there later is there again" {
	host a && host b
	echo one >a/one && echo two >a/two
	file-hash -C a one two | hashdb-merge -C a "$a" >out
	cp -p a/one a/two b && file-hash -C b one two | hashdb-merge -C b "$b" >out
	deletes a one
	[ "$(has a)" = 'two -one' ]
	told b a # which is from before
	[ "$(has a)" = 'two -one' ]
	told a b
	[ "$(has b)" = 'two -one' ]
	[ "$(file-hash b/one | hashdb-lookup "$b" | jqr '.db.status, .db.path' | xargs)" = 'deleted one' ]
	file-hash -C b one | hashdb-merge -C b "$b" >out
	[ "$(has b)" = 'one two' ] # the mark has gone
	told a b
	[ "$(has b)" = 'one two -one' ]
	told b a
	[ "$(has a)" = 'one two -one' ]
	[ "$(file-hash b/one | hashdb-lookup --offline "$a" | jqr .db.status)" = known ]
	hashdb-list --check "$a" && hashdb-list --check "$b"
}

@test "a mark takes its content only: another file of its name stays, and so does a copy under another name" {
	host a && host b
	echo old >a/one
	file-hash -C a one | hashdb-merge -C a "$a" >out
	echo new >b/one && echo old >b/two
	file-hash -C b one two | hashdb-merge -C b "$b" >out
	deletes a one
	told a b
	[ "$(has b)" = 'one two -one' ]
	[ "$(file-hash b/two | hashdb-lookup "$b" | jqr '.db.status, .db.path' | xargs)" = 'known two' ]
}

@test "a mark is no earlier than what it marks, whatever the clocks say: no list brings that back" {
	host a && host b
	ahead='{"path":"one","verified":"2222-01-01T00:00:00Z","hash":{"xxh128":"00000000000000000000000000000001"}}'
	for name in a b; do hashdb-merge -C $name $name/.dcim/hash.db <<<"$ahead" >out; done
	hashdb-list --relative "$a" >before
	hashdb-merge -C a --mark-deleted "$a" <<<'{"path":"one","verify":"missing"}' >out
	[ "$(hashdb-list --with-deleted "$a" | jqr .marked)" = 2222-01-01T00:00:00.000000000Z ]
	hashdb-merge -q -C a "$a" <before >out
	told b a
	told a b
	[ "$(has a) $(has b)" = '-one -one' ]
}

@test "an old list of this database brings no mark back of what was put there since" {
	host a
	echo one >a/one
	file-hash -C a one | hashdb-merge -C a "$a" >out
	deletes a one
	hashdb-list --relative --with-deleted "$a" | sed 's/"marked":"20/"marked":"21/' >before
	echo one >a/one
	file-hash -C a one | hashdb-merge -C a "$a" >out
	hashdb-merge -q -C a "$a" <before >out
	[ "$(has a)" = one ]
}

@test "a card is known by its files to a host that was told of their deletion" {
	host a && host b && mkdir card && echo one >card/one
	for name in a b; do
		file-hash card/one | place-file -q --to=$name --from=card --undated='{dir}/{name}' | hashdb-merge $name/.dcim/hash.db >out
	done
	deletes a one
	told a b
	[ "$(echo card/one | tr '\n' '\0' | hashdb-lookup --by=source "$b" | jqr .db.status)" = deleted ]
}

@test "a mark without its time or digest, or of a path outside, marks nothing" {
	host a
	for mark in '"verified":"2020-01-01T00:00:00Z","marked":"today","deleted":"one","hash":{"xxh128":"00000000000000000000000000000001"}' \
		'"verified":"2020-01-01T00:00:00Z","marked":"2020-01-01T00:00:00Z","deleted":"one"' \
		'"verified":"2020-01-01T00:00:00Z","marked":"2020-01-01T00:00:00Z","deleted":"../one","hash":{"xxh128":"00000000000000000000000000000001"}'; do
		hashdb-merge -q -C a "$a" <<<"{\"path\":\"one\",\"verify\":\"missing\",$mark}" >out || true
		[ -z "$(has a)" ]
	done
}

# grouped HOST NAME ID MEMBER... -- what a host lists of a group: its files, read in 2020 unless NAME=YEAR says otherwise.
grouped() {
	local host=$1 id=$2 names=("${@:3}") member members
	members=$(printf ',"%s"' "${names[@]%%=*}")
	for member in "${names[@]}"; do
		printf '{"path":"lib/%s","verified":"%s-01-01T00:00:00Z",' "${member%%=*}" "$([[ $member == *=* ]] && echo "${member#*=}" || echo 2020)"
		printf '"hash":{"xxh128":"%032x"},' "$([[ $member == *=* ]] && echo "$host" || echo 7)"
		printf '"group":{"id":"%s","lead":"%s","role":"primary","rule":"stem","members":[%s]}}\n' "$id" "${names[0]%%=*}" "${members#,}"
	done
}

@test "two hosts' groups have one id, the least, in either order: of files that only one has, too" {
	for ids in '1 2' '2 1'; do
		set -- $ids
		grouped 1 $1 I.JPG I.CR2 >1
		grouped 2 $2 I.JPG I.CR2 I.XMP I.MOV >2
		merged want 1 2
		[ "$(jqr .group.id want | sort | uniq -c | xargs)" = '4 1' ]
		cat 1 2 | shuf >shuffled
		in_any_order
	done
}

@test "a group is not told to a file that has another content, nor by one" {
	grouped 1 1 I.JPG=2020 I.CR2=2020 >1
	echo '{"path":"lib/I.JPG","verified":"2021-01-01T00:00:00Z","hash":{"xxh128":"00000000000000000000000000000009"}}' >2
	merged want 1 2
	[ "$(jqr '[.path, .group.id] | join(" ")' want | xargs)" = 'I.CR2 1 I.JPG' ]
	merged got 2 1 && diff want got
}

@test "known in any of two databases; else what the first says that does not call it new" {
	host one && host two
	for kind in known missing damaged deleted; do
		for other in known missing damaged deleted; do
			echo $kind/$other >one/$kind-$other && cp -p one/$kind-$other two
		done
		echo $kind/new >one/$kind-new
		echo new/$kind >two/new-$kind
	done
	for name in one two; do (cd $name && ls | tr '\n' '\0' | file-hash | hashdb-merge .dcim/hash.db) >out; done
	mkdir all && cp -p one/* all && cp -p two/* all && echo new/new >all/new-new
	rm one/deleted-* two/*-deleted
	for name in one two; do
		(cd $name && hashdb-list --relative .dcim/hash.db | file-hash --verify | hashdb-merge --mark-deleted .dcim/hash.db) >out
	done
	rm one/missing-* two/*-missing
	for file in one/damaged-* two/*-damaged; do echo damaged >>"$file"; done
	find all -type f -print0 | sort -z | file-hash | hashdb-lookup "$one" "$two" |
		jqr '[(.path | sub("all/"; "")), .db.status, .db.root // ""] | join(" ")' | sed 's/-/ /; s/ $//' >got
	for kind in damaged deleted known missing new; do
		for other in damaged deleted known missing new; do
			case $kind,$other in
			known,*) echo "$kind $other known one" ;;
			*,known) echo "$kind $other known two" ;;
			new,new) echo "$kind $other new" ;;
			new,*) echo "$kind $other $other two" ;;
			*) echo "$kind $other $kind one" ;;
			esac
		done
	done | diff - got
	[ "$(wc -l <got)" -eq 25 ]
}

@test "two databases, each merged into the other" {
	listed 1 some >1
	listed 2 some >2
	merged a 1
	merged b 2
	cp a.db a0.db
	hashdb-list b.db | hashdb-merge -q a.db >out
	hashdb-list a0.db | hashdb-merge -q b.db >out
	for db in a b; do
		hashdb-list --check $db.db
		hashdb-list --relative $db.db | jq -c 'del(.db)' >$db.all
		hashdb-list $db.db >$db.list
	done
	diff a.all b.all
	[ -z "$(hashdb-diff a.db b.db)" ]
	hashdb-merge -q a.db <b.list >out # they have nothing more to tell each other
	hashdb-list a.db | cmp - a.list
}

@test "three hosts' lists: the same in every order, and what two of them had made of theirs" {
	for host in 1 2 3; do listed $host >$host; done
	merged want 1 2 3
	for order in '1 3 2' '2 1 3' '2 3 1' '3 1 2' '3 2 1'; do
		merged got $order && diff want got
	done
	merged two 2 3
	hashdb-list two.db >23
	merged got 1 23 && diff want got
	merged got 23 1 && diff want got
}
