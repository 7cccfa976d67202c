#!/usr/bin/env bats
# bats file_tags=no-races
# faults -- a short run of the fault rig (tests/fault/README; make fault is the long one), and whether the rig finds what
# it is there to find; many processes that want one name; that nothing is removed without being asked for.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	plain # a sanitizer has a malloc of its own
	need jq sqlite3 xxh128sum make-media
	RIG=$ROOT/tests/fault
	export TOOLS=${TOOLS:-$ROOT/build/tools} BIN
	[ -e "$TOOLS/witness.so" ] || skip "no tools beside the programs"
}
PATH=$PATH:${TOOLS:-$ROOT/build/tools}

# rig OPTION... -- all zeros in the columns that say bad, over more than a few instants.
rig() {
	"$RIG/run" --seed=1 --jobs=1 "$@" >table 2>said || { grep -v '| 0 | 0 | 0 | 0 | 0 | 0 |$' table; tail -n 20 said; false; }
	awk -F ' *[|] *' '/[*]all[*]/ { gsub(/[*]/, ""); exit $4 < 5 }' table
}

@test "failing calls, signals and a closed standard output: place-file | hashdb-merge" {
	rig --most=1 --kills=1 --only='^pipe (calls|signal|stdout)'
}

@test "failing calls and signals: photo-import, --move, --mirror, --undo, photo-init, photo-verify --repair" {
	rig --most=1 --kills=1 --only='^(import|move|mirror|init|undo|repair) (calls (any|rename|syncfs)|signal KILL group)'
}

@test "full disks and no more names, wherever" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	rig --most=1 --only='^(pipe full|import full (lib|lib/.dcim|../tmp)) '
	! grep -q skipped table || skip "cannot mount here"
}

@test "the order of writing, flushing, naming and telling" {
	rig --only='witness'
}

@test "the rig finds names before contents, records before commits, folders that are not flushed" {
	need patch make
	CC="${CC:-cc}" "$RIG/broken/run" flush-after-publish emit-before-commit no-folder-flush >table 2>said || { cat table said; false; }
	[ "$(grep -c ' yes: ' table)" -eq 3 ]
}

@test "each patch of the rig names what finds it, and still fits" {
	for patch in "$RIG"/broken/*.patch; do
		grep -q '^Program: ' "$patch"
		grep -q '^Caught by: ' "$patch"
		patch -d "$ROOT" -p1 --dry-run -s <"$patch" || { echo "$patch"; false; }
	done
}

@test "where nothing may be mounted, the rig says skipped, and never none" {
	mkdir bin
	printf '#!/bin/sh\nexit 1\n' >bin/unshare
	chmod 755 bin/unshare
	PATH=$PWD/bin:$PATH "$RIG/run" --most=1 --only='^pipe (full lib blocks|witness)' >table 2>said
	grep -q '^| full lib blocks | pipe | skipped |' table
	grep -q '^| order .* | pipe | 2 |' table
}

# ---- many that want one name ----

# crowd N SAME -- N files called x.jpg, each in a folder of its own, the same content or not, in 8 lists.
crowd() {
	local i
	rm -rf src lib list.*
	mkdir src lib
	seq -f src/%.0f 0 $(($1 - 1)) | xargs mkdir
	for ((i = 0; i < $1; i++)); do
		echo "content ${2:-$i}" >src/$i/x.jpg
		printf 'src/%d/x.jpg\0' $i >>list.$((i % 8))
	done
}

# rush -- 8 processes at once, with 8 threads each.
rush() {
	local i
	for i in {0..7}; do
		place-file -q -j8 -t lib --undated='{name}' <list.$i >out.$i &
	done
	wait
	cat out.? >out
}

said() { grep -c "\"action\":\"$1\"" out || :; }

@test "8 processes with 8 threads and one name: as many files as contents" {
	n=${CROWD:-500}
	crowd $n
	rush
	[ "$(said copied)" -eq $n ]
	[ "$(find lib -name 'x*.jpg' | wc -l)" -eq $n ]
	[ "$(cat lib/x*.jpg | sort -u | wc -l)" -eq $n ]
}

@test "the same with equal contents: one file, all others are told to be there" {
	n=${CROWD:-500}
	crowd $n same
	rush
	[ "$(find lib -name 'x*.jpg' | wc -l)" -eq 1 ]
	[ "$(said copied)" -eq 1 ]
	[ $(($(said exists) + $(said duplicate))) -eq $((n - 1)) ]
}

# calls N -- how many calls it takes to place so many files of one name.
calls() {
	crowd $1
	cat list.? | strace -f -c -o counted place-file -q -j1 -t lib --undated='{name}' >out
	awk '$NF == "total" { print $4 }' counted
}

@test "one name for many takes time in proportion: calls are counted, not seconds" {
	need strace
	few=$(calls 100) many=$(calls 400)
	[ "$few" -gt 100 ] && [ "$many" -le $((few * 5)) ] || { echo "$few calls for 100, $many for 400"; false; }
}

# ---- nothing goes unasked ----

# everything -- a line for each file of the card and the library but what the library notes.
everything() { find card lib other -path '*/.dcim' -prune -o -type f -exec sha256sum {} + | sort; }

# unasked COMMAND... -- whatever it answers, every file there was is still there, with its content, under its name.
unasked() {
	everything >before
	"$@" >out 2>err </dev/null || :
	everything >after
	[ -z "$(comm -23 before after)" ] || { echo "$*"; comm -23 before after; cat out err; false; }
}

@test "without an option that says so, no program removes, moves or changes a file" {
	local p
	. "$RIG/workloads.bash"
	make_repair >/dev/null 2>&1 # a file has rotted, one has gone
	card card ''
	find card -type f | sort | xargs -d '\n' file-hash -q >records
	place-file -q -t lib <records | hashdb-merge -q lib/.dcim/hash.db >placed
	find card lib -type f ! -path '*/.dcim/*' | sort | xargs -d '\n' file-hash -q >all
	for p in "$BIN"/*; do
		case ${p##*/} in
		source-remove) continue ;; # that is what it is for
		hashdb-diff) unasked bash -c 'hashdb-diff lib/.dcim/hash.db other/.dcim/hash.db' ;;
		hashdb-list) unasked hashdb-list lib/.dcim/hash.db ;;
		hashdb-lookup | hashdb-merge) unasked bash -c "${p##*/} lib/.dcim/hash.db <all" ;;
		file-repair) unasked bash -c 'file-hash -q --verify <placed | file-repair --to=lib --from=other' ;;
		copy-compare) unasked bash -c 'copy-compare <placed' ;;
		place-file) unasked bash -c 'place-file -t lib <all' ;;
		photo-check | photo-import) unasked "${p##*/}" card lib ;;
		photo-init | photo-verify) unasked "${p##*/}" lib ;;
		record-mirror) unasked bash -c "record-mirror --root=lib <placed" ;;
		exif-read | file-hash | record-paths | photo-report) unasked bash -c "${p##*/} <all" ;;
		*) echo "what does ${p##*/} do unasked?" && false ;;
		esac
	done
}

# ---- what the rig has found ----

@test "a script that cannot be read to its end does nothing, and is no success" {
	mkdir bin lib card
	cp "$BIN"/* bin
	echo x >card/x.jpg
	for script in photo-check photo-import photo-init photo-verify; do
		for part in 9 5 2; do
			head -c $(($(wc -c <"$BIN/$script") * part / 10)) "$BIN/$script" >bin/$script
			run -2 bin/$script card lib
		done
	done
	[ -z "$(ls lib)" ]
}

@test "photo-import that cannot list the files does not say that there are none" {
	cp -r "$BIN" bin
	mkdir card
	echo x >card/x.jpg
	photo-init -q lib
	printf '#!/bin/sh\nfolder=$(/usr/bin/mktemp "$@") && mkdir "$folder/$BLOCKED" && echo "$folder"\n' >bin/mktemp
	chmod 755 bin/mktemp
	BLOCKED=unread run -3 bin/photo-import -q card lib
	[[ "$output" == *"cannot be written: is "*" full?"* ]]
	[[ "$output" != *"nothing to import"* ]]
}
