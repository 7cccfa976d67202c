#!/usr/bin/env bats
# file-repair -- good copies in the place of bad files: nothing is overwritten, and a kill at any call loses nothing.
load helper
bats_require_minimum_version 1.5.0

# lib, whose file 2024/a has rotted and whose old/b has gone; backup; their records in bad.
setup_more() {
	need jq
	mkdir -p lib/2024 lib/old lib/.dcim
	echo 'the picture a' >lib/2024/a
	echo 'the picture b' >lib/old/b
	chmod 640 lib/2024/a
	touch -d 2024-05-01T10:00:00.123456789Z lib/2024/a lib/old/b
	cp -a lib backup
	find lib/2024 lib/old -type f -print0 | sort -z | file-hash >good
	echo 'the qicture a' >lib/2024/a
	touch -d 2024-05-01T10:00:00.123456789Z lib/2024/a backup/2024/a
	rm -r lib/old
	file-hash --verify <good >bad || :
	day=$(date -u +%F)
}

repair() { file-repair --to=lib --from=backup "$@" <bad; }
results() { jq -r .repair.result; }

@test "what has rotted and what has gone is replaced, with its time; the bad one is set aside" {
	run -0 --separate-stderr repair
	[ -z "$stderr" ]
	[ "$(results <<<"$output" | sort -u)" = repaired ]
	[ "$(jq -c '[.verify, .hash_now, .mtime]' <<<"$output" | sort -u)" = '["ok",null,"2024-05-01T10:00:00.123456789Z"]' ]
	[ "$(jq -r '.repair | .from, .aside // empty' <<<"$output")" = "$(printf '%s\n' backup/2024/a "2024/a.corrupt-$day" backup/old/b)" ]
	cmp lib/2024/a backup/2024/a
	cmp lib/old/b backup/old/b
	[ "$(cat "lib/2024/a.corrupt-$day")" = 'the qicture a' ]
	[ "$(stat -c '%a %y' lib/2024/a)" = '640 2024-05-01 10:00:00.123456789 +0000' ]
	[ -z "$(find lib/.dcim/tmp -mindepth 1)" ]
	file-hash --verify <good | jq -e '.verify == "ok"' >/dev/null
}

@test "what is set aside is never overwritten: -1, -2 …" {
	echo mine >"lib/2024/a.corrupt-$day"
	echo mine >"lib/2024/a.corrupt-$day-1"
	run -0 repair
	[ "$(cat "lib/2024/a.corrupt-$day" "lib/2024/a.corrupt-$day-1" "lib/2024/a.corrupt-$day-2")" = $'mine\nmine\nthe qicture a' ]
}

@test "the copy that hashdb-lookup has found is used; a copy with another content never is" {
	mkdir other
	mv backup/2024/a other/elsewhere
	mv backup/old/b other/b
	find other -type f -print0 | file-hash | hashdb-merge --root=other other.db >/dev/null
	echo 'the wicture a' >backup/2024/a
	run -1 --separate-stderr repair
	[ "$(results <<<"$output" | uniq -c | tr -s ' ')" = ' 2 unfound' ]
	[[ $stderr == *'no good copy of it was found'* ]]
	[ "$(jq -r .verify <<<"$output")" = $'corrupt\nmissing' ]
	[ "$(ls -A lib/2024 lib/old 2>/dev/null)" = $'lib/2024:\na' ]
	[ "$(cat lib/2024/a)" = 'the qicture a' ]
	hashdb-lookup other.db <bad | file-repair --to=lib --from=backup >out
	[ "$(results <out | uniq -c | tr -s ' ')" = ' 2 repaired' ]
	cmp lib/2024/a other/elsewhere
}

@test "a file that is good by now stays; so does one that was written meanwhile, and one that took the name" {
	cp -a backup/2024/a lib/2024/a
	mkdir lib/old
	echo other >lib/old/b
	run -1 repair
	[ "$(jq -r '.repair.result // empty' 2>/dev/null <<<"$(grep '^{' <<<"$output")")" = $'intact\naltered' ]
	[ "$(ls lib/2024 lib/old)" = $'lib/2024:\na\n\nlib/old:\nb' ]
	echo 'mine by now' >lib/2024/a
	run -1 repair
	[ "$(cat lib/2024/a lib/old/b)" = $'mine by now\nother' ]
}

@test "links, and what lies outside the library, are left alone" {
	rm lib/2024/a
	ln -s "$PWD/backup/2024/a" lib/2024/a
	run -1 repair
	[ -h lib/2024/a ]
	cmp lib/old/b backup/old/b
	mkdir inner
	run -1 file-repair --to=inner --from=backup <bad
	[[ $output == *'outside the library'* ]]
	[ "$(ls -A inner)" = .dcim ]
}

@test "other records pass, and a library in which nothing is to be done is not written to" {
	rm -r lib/.dcim
	file-repair --to=lib <good | cmp - good
	[ ! -e lib/.dcim ]
}

@test "a file system that cannot exchange names" {
	need strace
	strace -f -o trace -e trace=renameat2 -e inject=renameat2:error=EINVAL:when=2 file-repair -j1 --to=lib --from=backup <bad >out 2>err ||
		skip 'strace is not permitted'
	grep -q INJECTED trace
	cmp lib/2024/a backup/2024/a
	[ "$(cat lib/2024/a.corrupt-*)" = 'the qicture a' ]
	[ "$(find lib -name 'a*' | wc -l)" -eq 2 ]
}

@test "neither a safe rename nor links: refused, unless --weak-publish" {
	need strace
	export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" # under strace there is no looking for leaks
	inject='strace -f -o trace -e trace=renameat2,linkat -e inject=renameat2:error=EINVAL -e inject=linkat:error=EPERM'
	run --separate-stderr $inject file-repair -j1 --to=lib --from=backup <bad
	grep -q INJECTED trace || skip 'strace is not permitted'
	[ "$status" -ne 0 ]
	[[ $stderr == *--weak-publish* ]]
	[ "$(cat lib/2024/a)" = 'the qicture a' ]
	$inject file-repair -j1 --to=lib --from=backup --weak-publish <bad >out
	cmp lib/2024/a backup/2024/a
	cmp lib/old/b backup/old/b
	[ "$(cat lib/2024/a.corrupt-*)" = 'the qicture a' ]
}

@test "-C: relative paths start there, the library's and the copies' too" {
	mkdir elsewhere
	(cd elsewhere && file-repair -C .. --to=lib --from=backup <../bad) | results | sort -u | grep -x repaired
	cmp lib/2024/a backup/2024/a && cmp lib/old/b backup/old/b
}

# whole -- no content is lost, and what has a name is whole: 2024/a always, the others where they are.
whole() {
	local file
	grep -qx 'the .icture a' lib/2024/a || return
	grep -rqsx 'the qicture a' lib/2024 || return
	for file in lib/2024/* lib/old/*; do
		[ ! -e "$file" ] || grep -qxE 'the [pq]icture [ab]' "$file" || return
	done
}

@test "killed at any call, it has lost nothing, no name is without its file, and doing it again completes it" {
	need strace
	cp -a lib before
	kills=0
	for call in renameat2 unlinkat fsync mkdirat openat fchmod utimensat write; do
		for ((n = 1; n < 60; n++)); do
			rm -rf lib
			cp -a before lib
			strace -f -o trace -e trace=$call -e inject=$call:signal=KILL:when=$n file-repair -j1 --to=lib --from=backup <bad >out 2>err || :
			whole || { echo "after $call $n"; tail -n 3 trace; ls -lR lib; false; }
			grep -q 'killed by SIGKILL' trace || break
			kills=$((kills + 1))
			run -0 repair
			cmp lib/2024/a backup/2024/a
			cmp lib/old/b backup/old/b
			whole
			[ -z "$(find lib/.dcim/tmp -mindepth 1)" ]
		done
		[ "$n" -lt 60 ]
	done
	[ "$kills" -gt 20 ]
} 2>/dev/null

@test "a library that is full: the file stays as it was" {
	[ "$(stat -fc %T /dev/shm)" = tmpfs ] && unshare -m true 2>/dev/null || skip 'no mount is permitted'
	head -c 200000 /dev/urandom >backup/2024/a
	touch -d 2024-05-01T10:00:00.123456789Z backup/2024/a
	head -c 200000 /dev/zero >lib/2024/a
	touch -d 2024-05-01T10:00:00.123456789Z lib/2024/a
	(cd backup && file-hash 2024/a) | jq -c '.path = "lib/2024/a" | .verify = "corrupt"' >bad
	unshare -m sh -c '
		mkdir small && mount -t tmpfs -o size=300k none small && cp -a lib/. small || exit 77
		sed "s|lib/|small/|" bad | file-repair -q --to=small --from=backup >out
		cmp small/2024/a lib/2024/a && [ "$(ls small/2024)" = a ]' && rc=0 || rc=$?
	[ $rc -ne 77 ] || skip 'no mount is permitted'
	[ $rc -eq 0 ]
	[ "$(jq -r .error.code out)" = ENOSPC ]
}
