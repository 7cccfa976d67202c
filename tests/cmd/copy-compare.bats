#!/usr/bin/env bats
# copy-compare -- files and the copies that records name; see also removal.bats, which takes "equal" at its word.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	DB=lib/.dcim/hash.db
	mkdir -p lib card
	photo-init -q lib >/dev/null
	for n in 1 2 3; do echo "picture $n" >card/$n.jpg; done
	touch -d 2020-05-01 card/*.jpg
	file-hash card/*.jpg | place-file -q -t lib --template='{name}' | hashdb-merge "$DB" >log
}

# edit FILE -- other bytes; size and mtime stay.
edit() {
	touch -r "$1" ref
	printf P | dd of="$1" bs=1 conv=notrunc status=none
	touch -r ref "$1"
}

# disk -- skip where nothing can be read back.
disk() { [ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"; }

results() { jqr '.compare.result // .error.code' "$@" | paste -sd ' '; }

@test "what place-file has placed, and what hashdb-lookup knows, by its content and by its source" {
	disk
	run -0 copy-compare <log
	[ "$(results <<<"$output")" = "equal equal equal" ]
	jq -se 'all(.compare.read == "disk" and .compare.to == .path[5:] and .compare.root == "lib")' <<<"$output"
	[ "$(jqr .compare.changed <<<"$output" | tr T ' ')" = "$(stat -c %z lib/?.jpg | sed 's/ +0000/Z/')" ]
	file-hash card/*.jpg | hashdb-lookup "$DB" | copy-compare >out
	printf '%s\0' card/*.jpg | hashdb-lookup --by=source "$DB" | copy-compare >out2
	[ "$(results out out2)" = "equal equal equal equal equal equal" ]
}

@test "the same bytes come out for -j1 and -j8, and with --ndjson below -C" {
	for j in 1 8; do copy-compare -q -j$j <log >out$j || [ $? -eq 1 ]; done
	cmp out1 out8
	mkdir elsewhere && cd elsewhere && copy-compare -q -C .. --ndjson <../log | cmp - ../out1
}

@test "each kind of difference has its word, a line on stderr, and the status 1" {
	edit lib/1.jpg
	rm lib/2.jpg
	rm lib/3.jpg && ln -s ../card/3.jpg lib/3.jpg
	run -1 --separate-stderr copy-compare <log
	[ "$(results <<<"$output")" = "differs missing unreadable" ]
	[[ "$stderr" == *"card/1.jpg: the library's file has other content"*"card/2.jpg: the library's file is not there"*"symbolic link"* ]]
	run -1 --separate-stderr copy-compare -q <log
	[ -z "$stderr" ]
	ln -f card/1.jpg lib/1.jpg
	echo longer >lib/2.jpg
	mv lib elsewhere
	run -1 copy-compare -q <log
	[ "$(results <<<"$output")" = "missing missing missing" ]
	mv elsewhere lib
	run -1 copy-compare -q <log
	[ "$(results <<<"$output")" = "itself differs unreadable" ]
}

@test "a digest that is right proves nothing, nor does one that is wrong" {
	edit lib/1.jpg
	run -1 copy-compare -q <<<"$(file-hash card/1.jpg | hashdb-lookup "$DB")"
	[ "$(results <<<"$output")" = differs ]
	jq -c '.hash.xxh128 = "00"' log | sed 1d >wrong
	run copy-compare -q <wrong
	[ "$(results <<<"$output")" = "equal equal" ]
}

@test "records that name no copy, a plan, or one of two that is equal" {
	run -0 copy-compare -q card/1.jpg
	[ "$(results <<<"$output")" = unrecorded ]
	jq -c '.place.action = "planned"' log >planned
	run -0 copy-compare -q <planned
	[ "$(results <<<"$output")" = "unrecorded unrecorded unrecorded" ]
	mkdir spare && mv lib/1.jpg spare && edit lib/2.jpg && cp -p card/2.jpg spare
	jq -c '.db = {status: "known", by: "hash", path: .place.to, root: "spare"}' log >both
	run copy-compare -q <both
	[ "$(results <<<"$output")" = "equal equal equal" ]
	[ "$(jqr .compare.root <<<"$output" | paste -sd ' ')" = "spare spare lib" ]
}

@test "a file that is no more what its record says, has gone, is a link, or is being written, is an error" {
	touch card/1.jpg
	mv card/2.jpg real && ln -s ../real card/2.jpg
	exec 8>>card/3.jpg
	run -1 copy-compare -q <log
	[ "$(results <<<"$output")" = "ECHANGED EINPUT ECHANGED" ]
	exec 8>&-
	rm -r card
	run -1 copy-compare -q <log
	[ "$(results <<<"$output")" = "ENOENT ENOENT ENOENT" ]
}

@test "a card that is write-protected is read, and nothing of it is written" {
	unshare -m true 2>/dev/null || skip "no mount namespaces"
	disk
	unshare -m sh -c 'mount --bind card card && mount -o remount,ro,bind card || exit 77
		copy-compare <log >out' || { [ $? -eq 77 ] && skip "cannot mount"; false; }
	[ "$(results out)" = "equal equal equal" ]
}

@test "a file that source-remove had set aside stays there" {
	mv card/1.jpg card/.1.jpg.dcim-0123abcd
	run -1 copy-compare -q <log
	[ "$(results <<<"$output")" = "ENOENT equal equal" ]
	[ -e card/.1.jpg.dcim-0123abcd ] && [ ! -e card/1.jpg ]
}

@test "what stays in memory is compared there, and said" {
	unshare -m true 2>/dev/null || skip "no mount namespaces"
	unshare -m sh -c 'cp -a lib disk && mount -t tmpfs none lib && cp -a disk/. lib || exit 77
		copy-compare <log >out 2>err' || [ $? -eq 1 ] || skip "cannot mount"
	[ "$(results out)" = "equal equal equal" ]
	[ "$(jqr .compare.read out | sort -u)" = memory ]
	grep -q "card/1.jpg: equal, but not all of both could be read from the disk" err
}

@test "a disk that has rotted under a page cache that has not: both sides are read from the disk" {
	unshare -m true 2>/dev/null || skip "no mount namespaces"
	for side in card lib; do
		rm -f image && truncate -s 8M image && mkfs.ext4 -q -F image && mkdir -p mnt
		export side
		rc=0
		unshare -m bash -c '
			device=$(losetup -f --show image) || exit 77
			trap "umount mnt 2>/dev/null; losetup -d $device" EXIT
			mount "$device" mnt && cp -a "$side/." mnt && mount --bind mnt "$side" || exit 77
			sync -f "$side/1.jpg" && cat "$side"/*.jpg >/dev/null
			at=$(LC_ALL=C grep -abo "picture 1" "$device" | head -n 1 | cut -d: -f1)
			[ -n "$at" ] || exit 76
			printf P | dd of="$device" bs=1 seek="$at" conv=notrunc,fsync status=none
			grep -q "picture 1" "$side/1.jpg" || exit 75 # the cache has it as it was
			copy-compare -q <log >out && exit 74
			umount "$side"; exit 0' || rc=$?
		case $rc in
		0) ;;
		7[67]) skip "no loop devices here" ;;
		*) echo "$side: $rc"; cat out; false ;;
		esac
		[ "$(results out)" = "differs equal equal" ] || { cat out; false; }
	done
}
