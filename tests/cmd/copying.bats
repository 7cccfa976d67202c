#!/usr/bin/env bats
# copying -- how place-file moves a file's bytes: shared blocks, holes, and what it leaves in memory.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	mkdir lib card
}

# place [OPTION...] -- what lies in card, under its own name.
place() {
	find card -type f -print0 | sort -z | place-file -t lib --template='{name}' "$@"
}

# blocks FILE... -- how much of the disk they take.
blocks() { stat -c %b "$@" | xargs; }

# holey FILE KIB... -- a file with a page of data at each place, and at its end a hole; skips where there are no holes.
holey() {
	local file=$1 at
	shift
	truncate -s 3000001 "$file"
	for at; do head -c 4096 /dev/urandom | dd of="$file" bs=1K seek="$at" conv=notrunc status=none; done
	sync "$file"
	[ "$(blocks "$file")" -lt 5859 ] || skip "a file system without holes"
}

# ---- holes ----

@test "sparse files stay sparse, wherever their holes are, and are what was recorded" {
	holey card/begin.mp4 0
	holey card/middle.mp4 4 264 300 1024
	holey card/end.mp4 2924
	holey card/none.mp4
	find card -type f -print0 | sort -z | file-hash | place-file -t lib --template='{name}' --verify=readback >out
	[ "$(jqr '.place.action + "=" + .place.verified' out | sort -u)" = copied=readback ]
	for f in begin middle end none; do cmp "card/$f.mp4" "lib/$f.mp4"; done
	sync -f lib
	[ "$(cd lib && blocks *.mp4)" = "$(cd card && blocks *.mp4)" ]
}

@test "zeros that were written are no hole" {
	head -c 1000000 /dev/zero >card/zeros.jpg
	place >out
	cmp card/zeros.jpg lib/zeros.jpg
	sync -f lib
	[ "$(blocks lib/zeros.jpg)" -ge "$(blocks card/zeros.jpg)" ]
}

@test "a hole that is none is not believed" {
	need strace
	holey card/a.mp4 4 264 300 1024
	find card -type f -print0 |
		ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o trace -e trace=lseek -e inject=lseek:retval=2000000:when=1 \
			place-file -t lib --template='{name}' >out
	grep -q 'SEEK_DATA.*INJECTED' trace
	cmp card/a.mp4 lib/a.mp4
}

# ---- memory ----

# resident FILE... -- how many bytes of each are in memory.
resident() { fincore -nb -o RES "$@" | xargs; }

@test "a large source leaves memory once it is copied, unless it is to be read again; a small one stays" {
	need fincore
	head -c 40000000 /dev/urandom >card/large.mp4
	head -c 400000 /dev/urandom >card/small.mp4
	sync card/*
	[[ "$(resident card/*)" == 4000????\ 40???? ]] || skip "no page cache to be seen"
	place --verify=readback >out
	[[ "$(resident card/*)" == 4000????\ 40???? ]] || { resident card/*; false; }
	rm lib/*
	place >out
	[[ "$(resident card/*)" == 0\ 40???? ]] || { resident card/*; false; }
	cmp card/large.mp4 lib/large.mp4
}

# ---- shared blocks ----

# on FILE-SYSTEM COMMANDS -- run them on one of its own.
on() {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	need "mkfs.$1" filefrag
	truncate -s 400M disk && mkdir -p mnt
	"mkfs.$1" disk >/dev/null 2>&1
	printf 'mount -o loop disk mnt 2>/dev/null || exit 77\ncd mnt && mkdir card lib && set -e\n%s\n' "$2" >inside
	rc=0
	unshare -m sh inside || rc=$?
	[ $rc -ne 77 ] || skip "cannot mount $1 here"
	return $rc
}

# Each file on the same file system is copied by sharing its blocks, digested, and is another file than its source.
SHARED='
head -c 3000000 /dev/urandom >card/a.jpg && truncate -s 1M card/b.mp4 && echo x >>card/b.mp4
find card -type f -print0 | sort -z | file-hash | place-file -t lib --template="{name}" --verify=readback >../out
for f in a.jpg b.mp4; do
	cmp card/$f lib/$f
	[ $(stat -c %b card/$f) -eq $(stat -c %b lib/$f) ]
	[ $(stat -c %i card/$f) -ne $(stat -c %i lib/$f) ]
done
filefrag -v lib/a.jpg | grep -q shared
find card -type f -print0 | sort -z | place-file -t lib --template="again/{name}" --reflink >../reflinked
find card -type f -print0 | sort -z | file-hash | jq -c ".hash.xxh128 |= .[1:] + .[:1]" |
	place-file -q -t lib --template="bad/{name}" >../bad || [ $? -eq 1 ]'

shared() {
	on "$1" "$SHARED"
	[ "$(jqr '.place.action + "=" + .place.verified' out | sort -u)" = copied=readback ]
	[ "$(jqr .place.action reflinked | sort -u)" = reflinked ]
	[ "$(jqr .error.code bad | sort -u)" = EVERIFY ]
}

@test "a copy on one file system shares its blocks where it can: xfs" { shared xfs; }
@test "a copy on one file system shares its blocks where it can: btrfs" { shared btrfs; }
