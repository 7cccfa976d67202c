#!/usr/bin/env bats
# bats file_tags=no-races
# exif-read on raw files: what is read of large ones, and directories far back.
load helper

# bytes HEX OFFSET -- write bytes into raw.tif, which may be sparse.
bytes() {
	printf '%b' "$(printf '%s' "$1" | sed 's/../\\x&/g')" |
		dd of=raw.tif bs=1 seek="$2" conv=notrunc status=none
}

# le32 N -- as little-endian hex.
le32() {
	printf '%02x%02x%02x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

# directory AT -- a directory with width, height, CFA, make and date, its texts behind it.
directory() {
	bytes "060000010400""01000000$(le32 6000)""01010400""01000000$(le32 4000)" "$1"
	bytes "06010300""01000000""23800000""0f010200""12000000$(le32 $(($1 + 100)))" $(($1 + 26))
	bytes "10010200""0a000000$(le32 $(($1 + 120)))""03900200""14000000$(le32 $(($1 + 130)))" $(($1 + 50))
	bytes 00000000 $(($1 + 74))
	bytes "$(printf 'NIKON CORPORATION\0\0\0NIKON D80\0' | od -An -tx1 | tr -d ' \n')" $(($1 + 100))
	bytes "$(printf '2007:05:22 13:58:30\0' | od -An -tx1 | tr -d ' \n')" $(($1 + 130))
}

@test "a raw file of 100 MB costs few reads, at any place in it" {
	need strace
	local at
	for at in 8 70000 99999001; do
		rm -f raw.tif
		truncate -s 100M raw.tif
		bytes "49492a00$(le32 "$at")" 0
		directory "$at"
		strace -f -P raw.tif -e trace=pread64,read -o trace exif-read raw.tif >out || skip "strace is not permitted"
		[ "$(jq -r '"\(.type) \(.width) \(.height) \(.taken) \(.make)"' out)" = \
			"nef 6000 4000 2007-05-22T13:58:30 NIKON CORPORATION" ]
		awk '/pread64|read\(/ { n++; bytes += $NF } END { exit !(n > 0 && n < 64 && bytes < 1048576) }' trace
	done
}

@test "a directory beyond 2 GiB, at an odd place" {
	truncate -s 3G raw.tif
	bytes "49492a00$(le32 2147484001)" 0
	directory 2147484001
	exif-read -q raw.tif | jq -e '.type == "nef" and .width == 6000 and .taken == "2007-05-22T13:58:30"'
	exif-read -q --all raw.tif | jq -e '.tags["IFD0:Model"] == "NIKON D80"'
}

@test "a directory beyond 4 GiB in BigTIFF" {
	truncate -s 6G raw.tif
	bytes "49492b00080000000010000001000000" 0
	bytes "02000000000000000001040001000000000000004006000000000000" 4294971392
	bytes "0101040001000000000000001e05000000000000" 4294971420
	exif-read -q raw.tif | jq -e '.type == "tiff" and .width == 1600 and .height == 1310'
}

@test "the corpus: raw files are what they are, each in few reads" {
	need strace
	corpus
	local f
	for f in "$CORPUS"/raw/*; do
		strace -f -P "$f" -e trace=pread64,read -o trace exif-read -q --all "$f" >/dev/null || skip "strace is not permitted"
		awk '/pread64|read\(/ { n++; bytes += $NF } END { exit !(n < 64 && bytes < 1048576) }' trace || {
			echo "$f" && false
		}
	done
}
