#!/usr/bin/env bats
# pipeline -- the programs together: the lines of the manual, any -j, several at once, a million records.
load helper
load card
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	copy_card
}

tree() { (cd "$1" && find . -name .dcim -prune -o -type f -exec sha256sum {} + | LC_ALL=C sort -k2); }
pictures() { find "$@" -name '@eaDir' -prune -o -type f ! -name '*.txt' -print0 | LC_ALL=C sort -z; }

@test "find | exif-read | place-file: the library is the current folder" {
	mkdir lib
	(cd lib && find ../card -type f -print0 | exif-read -j8 | place-file) >log
	[ -e lib/2018/2018-12-24/DSC_0001.JPG ]
	[ "$(find lib -name .dcim -prune -o -type f -printf x | wc -c)" -eq 20 ] # 22, two of them the same, one a thumbnail
}

@test "... or DCIM_LIBRARY" {
	mkdir lib
	find card -type f -print0 | exif-read -j8 | DCIM_LIBRARY=lib place-file >log
	[ -e lib/2018/2018-12-24/DSC_0001.JPG ]
}

@test "the long pipeline: the same library, log and database for every -j" {
	for j in 1 2 8; do
		mkdir -p lib$j/.dcim
		pictures card | exif-read -j$j | file-hash -j$j | hashdb-lookup -j$j lib$j/.dcim/hash.db 2>/dev/null |
			place-file -j$j --to lib$j | hashdb-merge -j$j lib$j/.dcim/hash.db >log$j
		tree lib$j >tree$j
		sed "s/lib$j/lib/g" log$j >same$j
		hashdb-list --relative lib$j/.dcim/hash.db | jq -c 'del(.verified, .db.id)' | sed "s/lib$j/lib/g" >list$j
	done
	cmp tree1 tree2
	cmp tree1 tree8
	cmp same1 same2
	cmp same1 same8
	cmp list1 list2
	cmp list1 list8
	[ "$(wc -l <tree1)" -eq 19 ]
	[ "$(wc -l <same1)" -eq 20 ]
}

@test "the same pipeline again places nothing" {
	mkdir -p lib/.dcim
	for run in 1 2; do
		pictures card | exif-read | file-hash | hashdb-lookup lib/.dcim/hash.db 2>/dev/null | place-file --to lib |
			hashdb-merge lib/.dcim/hash.db >log$run
		tree lib >tree$run
	done
	cmp tree1 tree2
	[ "$(jqr .place.action <log2 | sort | uniq -c | tr -s ' \n' ' ')" = ' 19 duplicate 1 exists ' ] # the sidecar: no other's
}

@test "names of any bytes go through every program, into the library and the database" {
	mkdir src && mkdir -p lib/.dcim
	i=0
	for name in 'two
lines' -dash '{"path":"x"}' '{"' "quotes'\"\\" ' blank ' $'tab\tbell\a' $'latin\351\377' größe $'\177' '$(x)' '*' '%s'; do
		i=$((i + 1))
		echo $i >"src/$name"
	done
	(cd src && find . -type f -printf '%P\0' | LC_ALL=C sort -z >../names && exif-read <../names | file-hash |
		hashdb-lookup ../lib/.dcim/hash.db 2>/dev/null | place-file --to ../lib --template='{name}' |
		hashdb-merge ../lib/.dcim/hash.db) >log
	record-paths <log | cmp - names
	(cd lib && find . -name .dcim -prune -o -type f -printf '%P\0') | LC_ALL=C sort -z | cmp - names
	hashdb-list -0 --relative lib/.dcim/hash.db | LC_ALL=C sort -z | cmp - names
	record-paths -m place.to <log | cmp - names
	diff -r --exclude=.dcim src lib
}

@test "a failure at the front reaches the end: the last status tells" {
	mkdir -p lib/.dcim
	rc=0
	printf 'card/IMG_20220101_101112.jpg\0gone\0card/DCIM/102NIKON/DSC_0001.JPG\0' | exif-read -q | file-hash |
		hashdb-lookup lib/.dcim/hash.db 2>/dev/null | place-file --to lib | hashdb-merge lib/.dcim/hash.db >log || rc=$?
	[ $rc -eq 1 ]
	[ "$(jqr '.error.tool // .place.action' <log | tr '\n' ' ')" = 'copied exif-read copied ' ]
}

@test "several place-file and hashdb-merge at once in one library: nothing overwritten, nothing lost" {
	mkdir -p lib/.dcim
	for n in 1 2 3 4; do
		mkdir src$n
		for ((i = 0; i < 60; i++)); do echo "$n $((i % 50))" >src$n/$i.jpg; done # the same names, other content
	done
	for n in 1 2 3 4; do
		find src$n -type f -print0 | LC_ALL=C sort -z | file-hash | place-file -j4 --to lib --template='{name}' |
			hashdb-merge --batch=7 lib/.dcim/hash.db >log$n &
	done
	wait
	[ "$(cat log? | wc -l)" -eq 240 ]
	! grep -h '"error"' log? || false
	cat src*/* | sort -u >want
	(cd lib && find . -name .dcim -prune -o -type f -exec cat {} +) | sort -u | cmp - want
	hashdb-list -0 lib/.dcim/hash.db | LC_ALL=C sort -z >listed
	find lib -name .dcim -prune -o -type f -print0 | LC_ALL=C sort -z | cmp - listed
}

@test "photo-import at once from two cards into one library" {
	photo-init -q lib >/dev/null
	cp -a card card2
	echo other >>card2/DCIM/102NIKON/DSC_0001.JPG
	for n in 1 2 3; do photo-import -q card lib >out$n & done
	photo-import -q card2 lib >out4
	wait
	tree lib | cut -d' ' -f1 | sort -u >have
	tree card | cut -d' ' -f1 >want
	pictures card card2 | xargs -0 sha256sum | cut -d' ' -f1 | sort -u | cmp - have
	[ "$(ls lib/.dcim/runs/*.ndjson | wc -l)" -eq 4 ]
}

@test "the corpus twice: the second run places nothing; -j1 and -j8 the same" {
	corpus
	for j in 1 8; do
		photo-init -q lib$j >/dev/null
		photo-import -q -j$j "$CORPUS" lib$j >out$j
	done
	diff <(tree lib1) <(tree lib8)
	diff <(cat lib1/.dcim/runs/* | sed 's/lib1/lib/g') <(cat lib8/.dcim/runs/* | sed 's/lib8/lib/g')
	tree lib1 >before
	run -0 photo-import -q "$CORPUS" lib1
	tree lib1 | cmp - before
	[[ ${lines[0]} == *': '*'imported before'* ]]
	[[ ${lines[0]} != *copied* ]]
	cat lib1/.dcim/runs/*.ndjson | jq -e .path >/dev/null
}

@test "a million paths: a line each, in order, at most 16 MiB resident" {
	plain
	TOOLS=${TOOLS:-$ROOT/build/tools}
	[ -x "$TOOLS/measure" ] || skip "no tools beside the programs"
	pictures card/DCIM >few
	n=$(tr -dc '\0' <few | wc -c)
	cp few many
	while [ "$(tr -dc '\0' <many | wc -c)" -lt 1000000 ]; do cat many many many many >more && mv more many; done
	head -zn 1000000 many >paths
	"$TOOLS/measure" used exif-read -j8 <paths >out
	[ "$(wc -l <out)" -eq 1000000 ]
	awk '{ exit $3 > 16384 }' used || { cat used; false; }
	head -n "$n" out >first
	for ((i = 0; i < 5; i++)); do tail -n +$((1 + i * 137 * n)) out | head -n "$n" | cmp - first; done
	record-paths <out | cmp - paths
}

@test "a card's file whose content the library lost is imported again, whatever has its name now" {
	photo-init -q lib >/dev/null
	mkdir a b && cp card/DCIM/102NIKON/DSC_0001.JPG a && { cat a/*; echo b; } >b/DSC_0001.JPG
	photo-import -q a lib >/dev/null
	rm lib/2018/2018-12-24/DSC_0001.JPG
	photo-import -q b lib >/dev/null # takes the name
	run -0 photo-import -q a lib
	[[ ${lines[0]} == *'1 copied'* ]]
	cmp a/DSC_0001.JPG lib/2018/2018-12-24/DSC_0001-1.JPG
	echo edited >>lib/2018/2018-12-24/DSC_0001.JPG
	photo-init -q lib >/dev/null
	run -0 photo-import -q b lib
	[[ ${lines[0]} == *'1 copied'* ]]
	cmp b/DSC_0001.JPG lib/2018/2018-12-24/DSC_0001-2.JPG
	run -0 photo-import -q a b lib
	[[ ${lines[0]} == *'2 imported before'* ]]
}

@test "a library's own damaged file as a source: the good digest stays, and it is said" {
	photo-init -q lib >/dev/null
	photo-import -q card lib >/dev/null
	f=lib/2018/2018-12-24/DSC_0001.JPG
	good=$(file-hash $f | jqr .hash.xxh128)
	touch -r $f ref && printf X | dd of=$f bs=1 seek=40 conv=notrunc status=none && touch -r ref $f
	cp lib/.dcim/hash.db before
	row() { hashdb-list lib/.dcim/hash.db | jq -r 'select(.path == "'$f'") | .hash.xxh128 + " " + .verify'; }
	run -1 --separate-stderr photo-import lib/2018 lib
	[[ $stderr == *'hashdb-merge: 2018/2018-12-24/DSC_0001.JPG: the content differs from what is recorded'* ]]
	[ "$(row)" = "$good corrupt" ]
	cp before lib/.dcim/hash.db
	echo $f | tr '\n' '\0' | exif-read | file-hash | place-file --to=lib >placed
	[ "$(jqr .place.action placed)" = exists ]
	run -1 hashdb-merge -q lib/.dcim/hash.db <placed
	[ "$(row)" = "$good corrupt" ]
}

@test "a picture that was edited in the library, met again in a backup: recorded as edited, and known from then on" {
	photo-init -q lib >/dev/null
	photo-import -q card lib >/dev/null
	f=lib/2018/2018-12-24/DSC_0001.JPG
	printf X | dd of=$f bs=1 seek=40 conv=notrunc status=none && touch -d '+1 hour' $f
	mkdir backup && cp -p $f backup
	run -0 photo-import -q backup lib
	[ "$(hashdb-list lib/.dcim/hash.db | jq -r 'select(.path == "'$f'") | .hash.xxh128 + " " + .verify')" = "$(file-hash $f | jqr .hash.xxh128) " ]
	run -0 photo-import -q backup lib
	[[ ${lines[0]} == *'1 imported before'* ]]
}
