#!/usr/bin/env bats
# bats file_tags=no-races
# record-paths -- which records, which member, which bytes.
load helper
bats_require_minimum_version 1.5.0

log() {
	cat <<-'END'
		{"path":"a b","place":{"action":"copied","to":"2019/a b"}}
		{"path":"bad","error":{"tool":"t","op":"open","code":"EIO","message":"m"},"place":{"to":"x"}}
		{"path":"two\nlines","place":{"action":"skipped"}}
		{"path":"latin\ufffd\ufffd","path_b64":"bGF0aW7p/w==","place":{"to":"\ufffd","to_b64":"/w=="}}
	END
}

@test "paths, each ended by NUL, without those of records that failed" {
	log | record-paths >out && rc=0 || rc=$?
	[ $rc -eq 1 ] # one of them carried an error
	printf 'a b\0two\nlines\0latin\351\377\0' | cmp - out
}

@test "-m: another member; records without it are left out" {
	log | record-paths -m place.to >out || [ $? -eq 1 ]
	printf '2019/a b\0\377\0' | cmp - out
	log | record-paths --member=place.to | cmp - out
	log | record-paths --member=no.such >out || [ $? -eq 1 ]
	[ ! -s out ]
}

@test "-e: only records that failed" {
	log | record-paths -e >out && rc=0 || rc=$?
	[ $rc -eq 1 ]
	printf 'bad\0' | cmp - out
	log | record-paths --errors | cmp - out
}

@test "status 0 where nothing failed" {
	log | grep -v error | record-paths >out
	[ "$(tr -dc '\0' <out | wc -c)" -eq 3 ]
}

@test "a member with a NUL inside is an error, not two paths" {
	run -1 --separate-stderr record-paths -m x <<<'{"path":"p","x":"a\u0000b"}'
	[ -z "$output" ]
	[[ $stderr == *NUL* ]]
}

@test "-C and operands: paths as they are given" {
	record-paths -C / some/where -- -x >out
	printf 'some/where\0-x\0' | cmp - out
}
