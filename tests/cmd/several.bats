#!/usr/bin/env bats
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
# that others have; else each has all of them.
listed() {
	awk -v seed="$seed" -v host="$1" -v some="${2-}" '
		function any(n) { return int(rand() * n) }
		BEGIN {
			srand(seed * 10 + host)
			for (i = 0; i < 400; i++) {
				if (any(5) == 0)
					continue
				content = any(2)
				printf "{\"path\":\"lib/%d\"", i
				if (some == "" || any(8))
					printf ",\"size\":%d", 10 + content
				if (some == "" || any(8))
					printf ",\"mtime\":\"2019-01-0%dT00:00:00Z\"", 1 + any(2)
				printf ",\"verified\":\"202%d-01-01T00:00:00Z\",\"db\":{\"id\":\"%016d\",\"seq\":%d}", any(3), host, i + 1
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
	hashdb-list --relative "$name.db" | jq -c 'del(.db)' >"$name"
}

@test "two hosts' lists: the same in either order, twice, shuffled, in one batch or a batch for each record" {
	listed 1 some >1
	listed 2 some >2
	merged want 1 2
	[ "$(wc -l <want)" -gt 300 ]
	cat 1 2 | shuf >shuffled
	merged got 2 1 && diff want got
	merged got 1 2 1 2 2 1 && diff want got
	merged got shuffled && diff want got
	cat 2 1 1 >both
	merged got both && diff want got
	head -n 60 shuffled >few && merged want few && shuf few >again && merged got --batch=1 again && diff want got
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
