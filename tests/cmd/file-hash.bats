#!/usr/bin/env bats
# file-hash -- digests, --verify, and files that change.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	printf abc >a
	printf '' >empty
	head -c 300000 /dev/zero >zeros
}

@test "default: xxh128, with size and mtime" {
	touch -d '2024-05-01 12:00:00.123456789' a
	run -0 file-hash a
	[ "$output" = '{"path":"a","size":3,"mtime":"2024-05-01T12:00:00.123456789Z","hash":{"xxh128":"06b05ab6733a618578af5f94892f3950"}}' ]
}

@test "-a: every algorithm, equal to the reference tools'" {
	need xxhsum
	for f in a empty zeros; do
		out=$(file-hash -a xxh128,xxh3,xxh64,sha256,sha1,md5,sha512 $f)
		for pair in sha256:sha256sum sha1:sha1sum md5:md5sum sha512:sha512sum xxh64:'xxhsum -H1' xxh128:'xxhsum -H2'; do
			want=$(${pair#*:} <$f | cut -d' ' -f1)
			[ "$(jqr ".hash.${pair%%:*}" <<<"$out")" = "$want" ]
		done
		want=$(xxhsum -H3 <$f | sed 's/.*= //')
		[ "$(jqr .hash.xxh3 <<<"$out")" = "$want" ]
	done
}

@test "--algorithm=LIST is -a; an unknown name is a usage error" {
	[ "$(file-hash --algorithm=md5 a | jqr '.hash|keys|join(",")')" = md5 ]
	run -2 file-hash -a xxh128,crc32 a
	[[ "$output" == *'"crc32"'* ]]
	run -2 file-hash -a '' a
}

@test "one read for all algorithms" {
	need strace
	strace -f -P zeros -e trace=pread64 -o trace file-hash -a xxh128,sha256,md5 zeros >out || skip "strace is not permitted"
	[ "$(grep "= [0-9]" trace | awk '{ sum += $NF } END { print sum }')" -eq 300000 ]
}

@test "hash merges by algorithm, members keep their bytes" {
	line='{"path":"a","n":1.10,"hash":{"blake3":"00","sha1":"a9993e364706816aba3e25717850c26c9cd0d89d"}}'
	run -0 file-hash <<<"$line"
	[[ "$output" == '{"path":"a","n":1.10,'* ]]
	[ "$(jq -c .hash <<<"$output")" = '{"blake3":"00","sha1":"a9993e364706816aba3e25717850c26c9cd0d89d","xxh128":"06b05ab6733a618578af5f94892f3950"}' ]
}

@test "digests of another content are not kept beside the new one" {
	line='{"path":"a","hash":{"sha1":"da39a3ee5e6b4b0d3255bfef95601890afd80709","md5":"d41d8cd98f00b204e9800998ecf8427e"}}'
	[ "$(file-hash -a sha1 <<<"$line" | jq -c .hash)" = '{"sha1":"a9993e364706816aba3e25717850c26c9cd0d89d"}' ]
}

@test "nor those of algorithms that are not asked for: what adds a digest sees whether the others are of this content" {
	line='{"path":"a","hash":{"blake3":"00","md5":"d41d8cd98f00b204e9800998ecf8427e"}}'
	[ "$(file-hash -a sha1 <<<"$line" | jq -c .hash)" = '{"sha1":"a9993e364706816aba3e25717850c26c9cd0d89d"}' ]
}

@test "what was read now is not as old as a list says; what was not read is" {
	file-hash a | jq -c '.verified = "2020-01-01T00:00:00Z"' >rec
	for verify in '' --verify; do [ "$(file-hash $verify <rec | jq -c .verified)" = null ]; done
	rm a
	[ "$(file-hash --verify <rec | jqr .verified)" = 2020-01-01T00:00:00Z ]
}

@test "a record older than its file is ECHANGED" {
	file-hash a | jq -c 'del(.hash)' >rec
	run -0 file-hash <rec
	printf abcd >>a
	run -1 file-hash -q <rec
	[ "$(jqr .error.code <<<"$output")" = ECHANGED ]
	printf abc >a && touch -d '2001-01-01 00:00:01.5' a
	run -1 file-hash -q <rec
	[ "$(jqr .error.code <<<"$output")" = ECHANGED ]
	[ "$(jq .hash <<<"$output")" = null ]
}

@test "a file that grows while it is read is ECHANGED" {
	echo x >big
	stopped_at fadvise64 file-hash -q big
	printf x >>big
	go_on
	[ "$status" -eq 1 ]
	[ "$(jqr .error.code out)" = ECHANGED ]
}

@test "settled records pass unread" {
	line='{"path":"not-there","db":{"status":"known","by":"source"}}'
	run -0 file-hash <<<"$line"
	[ "$output" = "$line" ]
}

@test "failed records pass untouched" {
	line='{"path":"a","error":{"tool":"exif-read","op":"read","code":"EIO","message":"x"}}'
	run -1 file-hash <<<"$line"
	[ "$output" = "$line" ]
}

@test "folders, FIFOs and missing files are errors of their own records" {
	mkdir d && mkfifo f
	run -1 --separate-stderr file-hash -j1 d f gone a
	[ "$(jqr '.error.code//"ok"' <<<"$output" | paste -sd' ')" = "EISDIR EINPUT ENOENT ok" ]
	[ "${#stderr_lines[@]}" -eq 3 ]
}

@test "a hash that is no hash is refused" {
	for hash in '{"xxh128":"12"}' '[]' '"x"' '{"md5":null}'; do
		run -1 file-hash -q <<<"{\"path\":\"a\",\"hash\":$hash}"
		[ "$(jqr .error.code <<<"$output")" = EINPUT ]
	done
}

@test "a member of an archive is not a file" {
	run -1 file-hash -q <<<'{"path":"a","archive":"x.zip","member":1}'
	[ "$(jqr .error.code <<<"$output")" = ENOENT ]
}

@test "verify: unchanged is ok, and new algorithms are added" {
	file-hash -a sha1 a >rec
	run -0 file-hash --verify -a md5 <rec
	[ "$(jqr .verify <<<"$output")" = ok ]
	[ "$(jqr '.hash|keys|join(",")' <<<"$output")" = md5,sha1 ]
	[ "$(jq '.hash_now' <<<"$output")" = null ]
}

@test "verify: other bytes under the same size and mtime are corrupt; the hash stays" {
	file-hash -a xxh128,sha1 a >rec
	touch -r a ref && printf abX >a && touch -r ref a
	run -0 file-hash --verify <rec
	[ "$(jqr .verify <<<"$output")" = corrupt ]
	[ "$(jq -c .hash <<<"$output")" = "$(jq -c .hash <rec)" ]
	[ "$(jqr .hash_now.sha1 <<<"$output")" = "$(sha1sum <a | cut -c1-40)" ]
	[ "$(jqr .hash_now.xxh128 <<<"$output")" = "$(file-hash a | jqr .hash.xxh128)" ]
}

@test "verify: a copy on a file system with coarse times does not hide rot" {
	touch -d '2024-05-01 12:00:01.7' a
	file-hash a >rec
	for now in '12:00:01' '12:00:02' '12:00:00'; do
		printf abX >a && touch -d "2024-05-01 $now" a
		[ "$(file-hash --verify <rec | jqr .verify)" = corrupt ]
	done
	touch -d '2024-05-01 12:00:04' a
	[ "$(file-hash --verify <rec | jqr .verify)" = modified ]
}

@test "verify: another size or mtime is modified, and the record learns them" {
	touch -d '2024-05-01 12:00:00.5' a
	file-hash a >rec
	printf abX >a
	run -0 file-hash --verify <rec
	[ "$(jqr .verify <<<"$output")" = modified ]
	[ "$(jqr .mtime <<<"$output")" = "$(file-hash a | jqr .mtime)" ]
	[ "$(jqr .hash.xxh128 <<<"$output")" = 06b05ab6733a618578af5f94892f3950 ]
	printf abXY >a && touch -d '2024-05-01 12:00:00.5' a
	run -0 file-hash --verify <rec
	[ "$(jqr '.verify,.size' <<<"$output" | paste -sd,)" = modified,4 ]
}

@test "verify: only the time changed is ok" {
	file-hash a >rec
	touch -d '2001-02-03 04:05:06.7' a
	run -0 file-hash --verify <rec
	[ "$(jqr '.verify,.mtime' <<<"$output" | paste -sd,)" = ok,2001-02-03T04:05:06.700000000Z ]
}

@test "verify: a record without a hash gets one, and no verdict" {
	run -0 file-hash --verify a
	[ "$(jq -c '[.verify,.hash.xxh128]' <<<"$output")" = '[null,"06b05ab6733a618578af5f94892f3950"]' ]
	run -0 file-hash --verify <<<'{"path":"a","hash":{"blake3":"00"}}'
	[ "$(jq -c '[.verify,.hash.blake3,.hash.xxh128]' <<<"$output")" = '[null,"00","06b05ab6733a618578af5f94892f3950"]' ]
}

@test "verify: a missing file is an answer, an unreadable one a failure too" {
	file-hash a >rec && rm a
	run -0 file-hash --verify <rec
	[ "$(jqr .verify <<<"$output")" = missing ]
	[ "$(jq -c .hash <<<"$output")" = "$(jq -c .hash <rec)" ]
	run -1 file-hash -q --verify <<<"$(jq -c --arg p "$(printf 'x%.0s' {1..300})" '.path = $p' rec)"
	[ "$(jqr .verify <<<"$output")" = unreadable ]
}

@test "verify: damage that was noted stays damage when the file is touched; other content is an edit" {
	file-hash -a xxh128,sha1 a >rec
	touch -r a ref && printf abX >a && touch -r ref a
	file-hash --verify <rec >noted
	touch a
	run -0 file-hash --verify <noted
	[ "$(jqr .verify <<<"$output")" = corrupt ]
	[ "$(jq -c '[.hash, .hash_now]' <<<"$output")" = "$(jq -c '[.hash, .hash_now]' noted)" ]
	printf abY >a
	run -0 file-hash --verify <noted
	[ "$(jqr .verify <<<"$output")" = modified ]
	run -0 file-hash --verify <<<"$(jq -c '.verify = "modified"' noted)"
	[ "$(jqr .verify <<<"$output")" = modified ]
	printf abX >a
	run -0 file-hash --verify <<<"$(jq -c '.hash_now.sha1 = "none"' noted)"
	[ "$(jqr .verify <<<"$output")" = modified ]
}

@test "verify: a file of which nothing is left is damage, whatever its time is; size and time stay" {
	file-hash a >rec
	: >a
	run -0 file-hash --verify <rec
	[ "$(jqr .verify <<<"$output")" = corrupt ]
	[ "$(jq -c '[.hash, .size, .mtime]' <<<"$output")" = "$(jq -c '[.hash, .size, .mtime]' rec)" ]
	run -0 file-hash --verify <<<"$output"
	[ "$(jqr .verify <<<"$output")" = corrupt ]
	file-hash a >rec
	[ "$(file-hash --verify <rec | jqr .verify)" = ok ]
}

@test "--readback: a link in a file's place is not that file" {
	file-hash a >rec
	mv a b && ln -s b a
	run -0 file-hash --verify <rec
	[ "$(jqr .verify <<<"$output")" = ok ]
	run -1 --separate-stderr file-hash --verify --readback <rec
	[ "$(jqr '.verify + " " + .error.code' <<<"$output")" = "unreadable EINPUT" ]
	[[ "$stderr" == *"a: is a symbolic link"* ]]
	rm b
	run -0 file-hash --verify --readback <rec
	[ "$(jqr .verify <<<"$output")" = missing ]
}

@test "verify: an old verdict does not survive" {
	run -0 file-hash <<<'{"path":"a","verify":"corrupt","hash_now":{"md5":"d41d8cd98f00b204e9800998ecf8427e"}}'
	[ "$(jq -c '[.verify,.hash_now]' <<<"$output")" = '[null,null]' ]
}

@test "-j1 and -j8 write the same bytes" {
	for i in {1..200}; do printf %s $i >f$i; done
	[ "$(printf '%s\0' f* | file-hash -j1 | md5sum)" = "$(printf '%s\0' f* | file-hash -j8 | md5sum)" ]
}

@test "resident memory at -j8 over many files stays below 16 MiB" {
	[ -x /usr/bin/time ] || skip "no /usr/bin/time"
	! ldd "$(command -v file-hash)" | grep -q 'lib[at]san' || skip "a sanitizer takes more"
	for i in {1..20}; do head -c 3000000 /dev/zero >f$i; done
	yes "$(printf '{"path":"f%d"}\n' {1..20})" | head -2000 |
		/usr/bin/time -f %M -o rss file-hash -j8 -a xxh128,sha256 >/dev/null
	[ "$(cat rss)" -lt 16384 ]
}

@test "-a repeated adds up" {
	echo x >a
	[ "$(file-hash -a md5 -a sha256,md5 --algorithm=xxh64 a | jq -c '.hash | keys')" = '["md5","sha256","xxh64"]' ]
}

@test "--readback: what is in memory is dropped and looked for before the file is read; what stays is a warning" {
	need strace
	strace -f -P zeros -e trace=fadvise64,pread64 -o trace file-hash --readback zeros >out || skip "strace is not permitted"
	grep -m 1 -o 'fadvise64.*\|pread64' trace | grep -q DONTNEED
	strace -f -e trace=mincore -o trace file-hash --readback zeros >out
	grep -q 'mincore(.*300000' trace
	file-hash zeros | jq -c .hash >want
	file-hash --readback zeros | jq -c .hash | cmp - want
	[ "$(stat -fc %T /dev/shm)" = tmpfs ] || skip "no file system that is nothing but memory"
	cp a "/dev/shm/dcim-$$"
	run -0 file-hash --readback "/dev/shm/dcim-$$"
	rm "/dev/shm/dcim-$$"
	[ "$(jq -r '.warnings[].code' <<<"$output")" = EREADBACK ]
}

@test "--budget: what is not begun in time passes unread" {
	file-hash a >rec
	run -0 file-hash --verify --budget=0 <rec
	[ "$output" = "$(cat rec)" ]
	run -0 file-hash --verify --budget=1e300 <rec
	[ "$(jq -r .verify <<<"$output")" = ok ]
}
