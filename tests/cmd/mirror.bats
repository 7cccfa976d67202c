#!/usr/bin/env bats
# mirror -- place-file --mirror: several copies from one read, each on its own.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	mkdir lib m1 m2 card card/b
	for n in 1 2 3; do echo "picture $n" >"card/p$n.jpg"; done
}

# place [OPTION...] -- what lies in card to the library, under its own name.
place() {
	find card -type f -print0 | sort -z | place-file -t lib --template='{name}' "$@"
}

# files FOLDER -- the names and contents of what is placed there.
files() { (cd "$1" && find . -path ./.dcim -prune -o -type f -exec sha256sum {} + | sort -k 2); }

# mirrors [FILE] -- what its records say of each: ROOT ACTION TO.
mirrors() { jqr '.place.mirrors[] | .root + " " + (.action // "-") + " " + (.to // .reason)' "${1:-out}"; }

# left FOLDER -- the unfinished files there.
left() { find "$1" -path '*/.dcim/tmp/*' -type f ! -name lock; find "$1" -name '.dcim-tmp-*'; }

# inside FILE SCRIPT -- with mounts of its own; 77 is "cannot mount".
inside() {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	local rc=0
	declare -f place files mirrors left jqr >functions
	unshare -m bash -c ". ./functions; set -e; $1" || rc=$?
	[ $rc -ne 77 ] || skip "cannot mount"
	return $rc
}

# ---- where all is well ----

@test "all that the library gets, each mirror gets under the same name, with its times" {
	touch -d 2020-02-03T04:05:06.789Z card/*.jpg
	place --mirror=m1 --mirror=m2 >out
	[ "$(jqr '.place.action' out | sort | uniq -c | xargs)" = '3 copied' ]
	[ "$(mirrors | sort | xargs)" = 'm1 copied p1.jpg m1 copied p2.jpg m1 copied p3.jpg m2 copied p1.jpg m2 copied p2.jpg m2 copied p3.jpg' ]
	diff <(files lib) <(files card)
	diff <(files m1) <(files card)
	diff <(files m2) <(files card)
	[ "$(stat -c %y m1/p1.jpg)" = "$(stat -c %y card/p1.jpg)" ]
	[ -z "$(left m1)$(left m2)" ]
}

@test "without --mirror no record speaks of mirrors" {
	place >out
	! grep -q mirror out
}

@test "the source is read once, however many mirrors there are" {
	need strace
	head -c 700000 /dev/urandom >card/p1.jpg
	find card -name p1.jpg -print0 | ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -y -o trace \
		-e trace=openat,read,pread64,ioctl,copy_file_range \
		place-file -j1 -t lib --template='{name}' --mirror=m1 --mirror=m2 >out
	[ "$(grep -c 'openat(.*card/p1.jpg' trace)" -eq 1 ]
	read=$(sed -n 's/.* pread64([0-9]*<[^>]*\/card\/p1.jpg>.*) = \([0-9]*\)$/\1/p; s/.* read([0-9]*<[^>]*\/card\/p1.jpg>.*) = \([0-9]*\)$/\1/p' trace | awk '{ n += $1 } END { print n }')
	[ "$read" -eq 700000 ]
	cmp card/p1.jpg m1/p1.jpg
	cmp card/p1.jpg m2/p1.jpg
}

@test "a large copy in a mirror leaves memory as the library's does" {
	need strace
	truncate -s 40M card/p1.jpg
	find card -type f -print0 | ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -y -o trace -e trace=fadvise64 \
		place-file -j1 -t lib --template='{name}' --mirror=m1 >out
	for l in lib m1; do [ "$(grep -c "/$l/.dcim/tmp/.*POSIX_FADV_DONTNEED" trace)" -eq 1 ]; done
}

@test "where the library shares the source's blocks, the mirror is filled by the read that digests" {
	need strace
	(
		rm -rf m1 && mkdir m1
		cat >run <<'END'
mount -o loop disk mnt 2>/dev/null || exit 77
cp -a card mnt && mkdir mnt/lib
cp --reflink=always mnt/card/p1.jpg mnt/x 2>/dev/null || exit 77
for how in --copy --reflink; do
	rm -rf m1/* mnt/lib/*
	find mnt/card -name p1.jpg -print0 | ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -y -o trace -e trace=pread64,read,ioctl \
		place-file -j1 $how -t mnt/lib --template='{name}' --mirror=m1 >out
	[ "$(jq -r '.place.mirrors[0].action' out)" = copied ]
	cmp card/p1.jpg m1/p1.jpg
	[ -z "$(grep 'read[0-9]*([0-9]*<[^>]*card/p1.jpg' trace)" ]
done
END
		head -c 300000 /dev/urandom >card/p1.jpg
		truncate -s 300M disk && mkdir mnt
		mkfs.btrfs -q disk 2>/dev/null || mkfs.xfs -q disk 2>/dev/null || skip "no file system that shares blocks"
		inside '. ./run'
	)
}

@test "holes stay holes in a mirror" {
	truncate -s 3000001 card/p1.jpg
	for at in 0 264 1024; do head -c 4096 /dev/urandom | dd of=card/p1.jpg bs=1K seek=$at conv=notrunc status=none; done
	sync card/p1.jpg
	[ "$(stat -c %b card/p1.jpg)" -lt 5859 ] || skip "a file system without holes"
	place --mirror=m1 >out
	cmp card/p1.jpg m1/p1.jpg
	sync -f m1
	[ "$(stat -c %b m1/p1.jpg)" = "$(stat -c %b card/p1.jpg)" ]
}

@test "--verify=readback reads each copy back, --durable=file flushes each" {
	[ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"
	place --mirror=m1 --verify=readback --durable=file >out
	[ "$(jqr '.place.verified, .place.mirrors[].verified' out | sort | uniq -c | xargs)" = '6 readback' ]
	place --mirror=m1 --mirror=m2 --verify=readback >out # what was there before, too
	[ "$(jqr '.place.mirrors[] | .action + .verified' out | sort | uniq -c | xargs)" = '3 copiedreadback 3 existsreadback' ]
}

@test "what was compared with the record's hash is verified in the mirror, too" {
	find card -type f -print0 | file-hash | place-file -t lib --template='{name}' --mirror=m1 >out
	[ "$(jqr '.place.mirrors[].verified' out | uniq -c | xargs)" = '3 stream' ]
}

@test "a dry run says what each mirror would get, and writes nothing" {
	echo other >m1/p1.jpg
	cp card/p2.jpg m1
	place -n --mirror=m1 >out
	[ "$(mirrors | xargs)" = 'm1 planned p1-1.jpg m1 exists p2.jpg m1 planned p3.jpg' ]
	[ ! -e m1/.dcim ]
	[ ! -e lib/.dcim ]
	[ "$(find m1 -type f | wc -l)" -eq 2 ]
}

# ---- names ----

@test "a name that only the mirror has gets a number there; nothing is replaced" {
	echo mine >m1/p1.jpg
	echo other >card/b/p2.jpg
	place --mirror=m1 >out
	[ "$(jqr .place.to out | sort | xargs)" = 'p1.jpg p2-1.jpg p2.jpg p3.jpg' ]
	[ "$(mirrors | sort -k 3 | xargs)" = 'm1 copied p1-1.jpg m1 copied p2-1.jpg m1 copied p2.jpg m1 copied p3.jpg' ]
	[ "$(cat m1/p1.jpg)" = mine ]
	cmp card/p1.jpg m1/p1-1.jpg
	cmp lib/p2-1.jpg m1/p2-1.jpg
	place --mirror=m1 >out # and again the same
	[ "$(mirrors | sort -k 3 | xargs)" = 'm1 exists p1-1.jpg m1 exists p2-1.jpg m1 exists p2.jpg m1 exists p3.jpg' ]
}

@test "a file of the same size and another content is no copy, and the source is not read again for that" {
	need strace
	echo 'pictuRe 1' >m1/p1.jpg
	find card -name p1.jpg -print0 | ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o trace -e trace=openat \
		place-file -t lib --template='{name}' --mirror=m1 >out
	[ "$(mirrors)" = 'm1 copied p1-1.jpg' ]
	[ "$(cat m1/p1.jpg)" = 'pictuRe 1' ]
	cmp card/p1.jpg m1/p1-1.jpg
	[ "$(grep -c 'openat(.*card/p1.jpg' trace)" -eq 1 ]
}

@test "what the library has already, or under another name, a mirror that lacks it gets" {
	place >out
	mkdir card/z && cp card/p2.jpg card/z/copy.jpg
	place --mirror=m1 >out
	[ "$(jqr 'select(.path == "card/z/copy.jpg") | .place.action + " " + .place.to' out)" = 'duplicate p2.jpg' ]
	[ "$(jqr .place.action out | sort | uniq -c | xargs)" = '1 duplicate 3 exists' ]
	diff <(files m1) <(files lib)
}

@test "what a database knows is not copied to the library, and still comes to the mirror" {
	mkdir -p lib/.dcim
	find card -type f -print0 | file-hash | place-file -t lib --template='{name}' | hashdb-merge -q lib/.dcim/hash.db >/dev/null
	mv card/p1.jpg card/b/q.jpg
	find card -type f -print0 | file-hash | hashdb-lookup lib/.dcim/hash.db | place-file -t lib --template='{name}' --mirror=m1 >out
	[ "$(jqr .place.action out | uniq -c | xargs)" = '3 duplicate' ]
	diff <(files m1) <(files lib)
	rm m1/p2.jpg
	printf 'card/p2.jpg\0' | hashdb-lookup --by=source lib/.dcim/hash.db | place-file -t lib --template='{name}' --mirror=m1 >out
	[ "$(jqr '.place.action, .db.by' out | xargs)" = 'duplicate source' ]
	diff <(files m1) <(files lib)
}

@test "a group has one number in a mirror" {
	cp card/p1.jpg card/p1.xmp
	echo raw >card/p1.cr2
	echo stranger >m1/p1.cr2
	find card -type f -print0 | sort -z | exif-read -q | place-file -t lib --template='{name}' --mirror=m1 >out
	[ "$(jqr 'select(.path | test("/p1")) | .place.to' out | sort | xargs)" = 'p1.cr2 p1.jpg p1.xmp' ]
	[ "$(jqr 'select(.path | test("/p1")) | .place.mirrors[].to' out | sort | xargs)" = 'p1-1.cr2 p1-1.jpg p1-1.xmp' ]
	[ "$(cat m1/p1.cr2)" = stranger ]
}

# others FILE... -- beside a picture of a group of theirs, which both have, the picture comes to the library alone; then,
# as all that is left of it, an equal one to the mirror.
others() {
	mkdir -p lib/.dcim
	mkdir card/c && cp card/p1.jpg card/c/copy.jpg
	printf '%s\0' card/p1.jpg card/c/copy.jpg "$@" | exif-read -q | file-hash >in
	jq -c 'select(.path | test("[.]jpg$") | not)' in | place-file -t lib --template='{name}' --mirror=m1 >out
	jq -c 'select(.path == "card/p1.jpg")' in | place-file -t lib --template='{name}' | hashdb-merge -q lib/.dcim/hash.db >out
	jq -c 'select(.path == "card/c/copy.jpg")' in | hashdb-lookup lib/.dcim/hash.db >copy
	place-file -t lib --template='{name}' --mirror=m1 <copy >out
}

@test "what comes to a mirror from an equal file gets the library's name there, beside a sidecar" {
	echo '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>' >card/p1.xmp
	others card/p1.xmp
	[ "$(mirrors)" = 'm1 copied p1.jpg' ]
	diff <(files m1) <(files lib)
	[ -z "$(ls m1/.dcim/claims)" ]
	jq -c 'select(.path | test("p1"))' in | place-file -t lib --template='{name}' --mirror=m1 >out
	diff <(files m1) <(files lib)
}

@test "... and beside another picture" {
	echo raw >card/p1.cr2
	others card/p1.cr2
	diff <(files m1) <(files lib)
}

@test "... and not where the mirror has something else there" {
	echo '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>' >card/p1.xmp
	echo '<x:xmpmeta xmlns:x="Adobe:ns:meta/"/>' >m1/p1.xmp
	others card/p1.xmp
	[ "$(mirrors)" = 'm1 copied p1-2.jpg' ]
}

@test "a file of the library that is where it belongs comes to the mirror" {
	cp card/*.jpg lib
	find lib -name '*.jpg' -print0 | place-file -t lib --template='{name}' --mirror=m1 >out
	[ "$(jqr .place.action out | uniq -c | xargs)" = '3 exists' ]
	diff <(files m1) <(files lib)
}

@test "a mirror's name that is not UTF-8 is told in base64, too" {
	m=$'m\xff'
	mkdir "$m"
	place "--mirror=$m" >out
	[ "$(jqr '.place.mirrors[0].root_b64 | @base64d | length' out | head -n 1)" -gt 0 ]
	diff <(files "$m") <(files card)
}

# ---- what goes wrong ----

@test "folders that are no mirror end it before anything is written" {
	mkdir lib/in m1/in
	ln -s lib link
	for wrong in "lib" "link" "$PWD/lib" "lib/in" "." "m1/in --mirror=m1" "m1 --mirror=m1" "m1 --mirror=m1/in"; do
		run -2 place --mirror=$wrong
	done
	[[ "$output" == *"m1"*"one folder, or one lies in the other"* ]]
	[ ! -e lib/in/.dcim ]
	[ ! -e m1/in/.dcim ]
	run -3 place --mirror=none
	[[ "$output" == *none* ]]
	for with in --hardlink --symlink --undo; do run -2 place --mirror=m1 $with; done
	run -2 place $(printf -- '--mirror=m1 %.0s' {1..17})
	[ -z "$(files lib)$(files m1)" ]
}

@test "one folder under two names of a mount is one" {
	inside 'mount --bind lib m1 || exit 77; rc=0; place --mirror=m1 >out 2>err || rc=$?; [ $rc -eq 2 ]'
}

@test "a mirror that gets full costs neither the record nor the run; it is said in the record, on stderr and at the end" {
	for n in 4 5 6 7 8; do head -c 150000 /dev/urandom >card/p$n.jpg; done
	inside 'mount -t tmpfs -o size=400k none m1 || exit 77
		rc=0; place -j1 --mirror=m1 --mirror=m2 >out 2>err || rc=$?
		[ $rc -eq 1 ]
		diff <(files lib) <(files card); diff <(files m2) <(files card)
		[ -z "$(left m1)" ]
		for f in m1/*.jpg; do cmp "$f" "card/${f##*/}"; done'
	[ "$(jqr 'select(.error)' out)" = '' ]
	lacking=$(jqr 'select(.place.mirrors[0].action == null) | .path' out | wc -l)
	[ "$lacking" -ge 3 ]
	[ "$(jqr '.place.mirrors[0] | select(.action == null) | .reason' out | sort -u)" = ENOSPC ]
	[ "$(jqr 'select(.place.mirrors[0].action == null) | .warnings[0].code' out | sort -u)" = EMIRROR ]
	grep -q 'not in the mirror m1: .*No space left' err
	[ "$(grep -c '^place-file: .*not in the mirror' err)" -le 4 ]
	if [ "$lacking" -gt 3 ]; then grep -q "not in the mirror m1: $lacking files in all" err; fi
}

@test "a mirror that cannot be written stops it at the start" {
	inside 'mkdir m1/.dcim m1/.dcim/tmp && mount --bind m1 m1 && mount -o remount,ro,bind m1 || exit 77
		rc=0; place --mirror=m1 >out 2>err || rc=$?; [ $rc -eq 3 ] && grep -q m1 err && [ -z "$(files lib)" ]'
}

@test "a mirror that goes while it is filled is given up; the library gets all" {
	mkfifo paths
	place-file -j1 -t lib --template='{name}' --mirror=m1 <paths >out 2>err 3>&- &
	pid=$!
	exec 4>paths
	printf 'card/p1.jpg\0' >&4
	wait_lines out 1
	rm -rf m1
	printf 'card/p2.jpg\0card/p3.jpg\0' >&4
	exec 4>&-
	rc=0
	wait $pid || rc=$?
	[ $rc -eq 1 ]
	diff <(files lib) <(files card)
	[ ! -e m1 ]
	[ "$(mirrors | xargs)" = 'm1 copied p1.jpg m1 - ENOENT m1 - ENOENT' ]
	grep -q 'the mirror m1 has gone' err
}

@test "a link in a mirror does not lead out of it" {
	mkdir out.side
	ln -s ../out.side m1/d
	run -1 --separate-stderr place --template='d/{name}' --mirror=m1
	[ -z "$(ls out.side)" ]
	[ "$(jqr '.place.action' <<<"$output" | uniq -c | xargs)" = '3 copied' ]
	[ "$(jqr '.place.mirrors[0].action' <<<"$output" | uniq -c | xargs)" = '3 null' ]
}

@test "a record that fails is in no mirror" {
	find card -name p1.jpg -print0 | file-hash | jq -c '.hash.xxh128 = "00000000000000000000000000000000"' >rec
	run -1 --separate-stderr place-file -t lib --template='{name}' --mirror=m1 <rec
	[ "$(jqr .place <<<"$output")" = null ]
	[ -z "$(files m1)$(left m1)" ]
}

@test "a mirror's copy that was damaged stays, and a good one gets a number" {
	[ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"
	place --mirror=m1 >out
	stamp=$(stat -c %y m1/p1.jpg)
	printf P | dd of=m1/p1.jpg conv=notrunc status=none
	touch -d "$stamp" m1/p1.jpg
	place --mirror=m1 >out
	[ "$(mirrors | sort -k 3 | head -n 1)" = 'm1 copied p1-1.jpg' ]
	cmp card/p1.jpg m1/p1-1.jpg
}

# ---- moving ----

@test "--move removes a source once library and mirror have it" {
	[ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"
	want=$(files card)
	place --move --mirror=m1 >out
	[ "$(jqr '.place.action + .place.source' out | uniq -c | xargs)" = '3 movedremoved' ]
	[ "$(files lib)" = "$want" ]
	[ "$(files m1)" = "$want" ]
	[ -z "$(find card -type f)" ]
}

@test "--move keeps what a mirror has not got, and says so" {
	inside 'head -c 300000 /dev/urandom >card/p2.jpg; mount -t tmpfs -o size=200k none m1 || exit 77
		rc=0; place --move --mirror=m1 >out 2>err || rc=$?; [ $rc -eq 1 ]'
	[ "$(jqr 'select(.path == "card/p2.jpg") | .place | .source + .reason' out)" = keptmirror ]
	cmp card/p2.jpg lib/p2.jpg
}

@test "--move keeps a source that is itself the mirror's file" {
	[ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"
	cp card/*.jpg m1
	run -1 --separate-stderr place-file --move -t lib --template='{name}' --mirror=m1 m1/p1.jpg
	[ "$(jqr '.place | .source + .reason' <<<"$output")" = keptmirror ]
	cmp m1/p1.jpg lib/p1.jpg
}

# ---- killed, and taken back ----

@test "killed at any moment, and run again, it completes library and mirrors; nothing is torn" {
	for n in $(seq 40); do head -c 20000 /dev/urandom >"card/q$n.jpg"; done
	timed place --mirror=m1 --mirror=m2
	want=$(files card)
	for n in $(seq 12); do
		rm -rf lib m1 m2
		mkdir lib m1 m2
		cut_short bash -c "find card -type f -print0 | $BIN/place-file -t lib --template='{name}' --mirror=m1 --mirror=m2"
		for at in lib m1 m2; do
			[ -z "$(comm -13 <(sort <<<"$want") <(files $at | sort))" ] || { echo "torn at $instant"; false; }
		done
		place --mirror=m1 --mirror=m2 >out
		for at in lib m1 m2; do [ "$(files $at)" = "$want" ] && [ -z "$(left $at)" ]; done
	done
}

@test "a record comes out only when every mirror is flushed" {
	need strace
	find card -type f -print0 | ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -y -o trace \
		-e trace=fsync,syncfs,renameat2,linkat,write place-file --durable=file -t lib --template='{name}' --mirror=m1 >out
	awk '/ write\(1</ && !told { told = NR }
		/fsync\([0-9]*<[^>]*\/m1>/ { folder = NR }
		/renameat2?\(.*m1.*p3|linkat\(.*m1.*p3/ { named = NR }
		END { exit !(named && named < folder && folder < told) }' trace
}

@test "--undo takes back the library's files, leaves the mirrors', and says so" {
	place --mirror=m1 >log
	place-file --undo <log >out
	[ "$(jqr .place.action out | uniq -c | xargs)" = '3 undone' ]
	[ "$(jqr '.place.mirrors[].to' out | sort | xargs)" = 'p1.jpg p2.jpg p3.jpg' ]
	[ -z "$(files lib)" ]
	diff <(files m1) <(files card)
}
