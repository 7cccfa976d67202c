#!/usr/bin/env bats
# bats file_tags=no-races
# exif-read on films -- containers whose description may lie gigabytes from the beginning: what is read of them.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
}

# costs FILE -- under 1 MiB of it is read, in under 64 reads; the record is in `out`.
costs() {
	need strace
	plain
	strace -f -P "$1" -e trace=pread64,read -o trace exif-read -q "$1" >out || skip "strace is not permitted"
	awk '/(pread64|read)\(/ && $NF ~ /^[0-9]+$/ { n++; bytes += $NF } END {
		print bytes + 0 " bytes, " n + 0 " reads"; exit !(n > 0 && n < 64 && bytes < 1048576) }' trace
}

# webm FILE INDEX -- 1 GiB, with the tags behind the pictures; INDEX is what tells where.
webm() {
	{
		printf '\x1a\x45\xdf\xa3\x87\x42\x82\x84webm'
		printf '\x18\x53\x80\x67\x01\x00\x00\x00\x40\x00\x00\x01'
		printf %b "$2"
		printf '\x15\x49\xa9\x66\x8b\x44\x61\x88\x0a\x37\xa6\xe2\xb1\xb8\x20\x00'
		printf '\x16\x54\xae\x6b\x8f\xae\x8d\x83\x81\x01\xe0\x88\xb0\x82\x07\x80\xba\x82\x04\x38'
		printf '\x1f\x43\xb6\x75\x01\x00\x00\x00\x3f\xff\xff\x9e'
	} >"$1"
	truncate -s 1G "$1"
	printf '\x12\x54\xc3\x67\x94\x73\x73\x91\x67\xc8\x8e\x45\xa3\x86ARTIST\x44\x87\x82Jo' >>"$1"
}

@test "Matroska: 1 GiB with its tags at the end, found through the index" {
	webm a.webm '\x11\x4d\x9b\x74\x95\x4d\xbb\x92\x53\xab\x84\x12\x54\xc3\x67\x53\xac\x88\x00\x00\x00\x00\x3f\xff\xff\xe8'
	costs a.webm
	[ "$(jq -c '[.type,.width,.height,.artist,.warnings]' out)" = '["webm",1920,1080,"Jo",null]' ]
}

@test "Matroska: the same without an index, past the pictures" {
	webm a.webm '\xec\x98................\xec\x86......'
	costs a.webm
	[ "$(jq -c '[.type,.width,.height,.artist,.warnings]' out)" = '["webm",1920,1080,"Jo",null]' ]
}

@test "transport stream: 4 GiB, without the camera's notes" {
	local made=$ROOT/tests/fuzz/corpus/mts/made-00 null

	null='G\x1f\xff\x10'$(printf '\\xff%.0s' {1..184})
	{
		cat "$made"
		for _ in {1..20}; do printf %b "$null"; done
	} >a.ts
	truncate -s 4G a.ts
	cat "$made" >>a.ts
	costs a.ts
	[ "$(jq -c '[.type,.width,.height]' out)" = '["ts",1920,1080]' ]
}
