#!/usr/bin/env bats
# bats file_tags=no-races,scripts
# import-mirror -- photo-import --mirror: two libraries from one read, each with its own database and log.
load helper
load card
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	copy_card
	for l in lib m1 m2; do photo-init -q $l >/dev/null; done
}

# files FOLDER -- the names and contents of what is placed there.
files() { (cd "$1" && find . -path ./.dcim -prune -o -type f -exec sha256sum {} + | LC_ALL=C sort -k 2); }

# rows LIBRARY -- what its database has: paths and digests.  agrees LIBRARY -- whether all of it is there, and no more.
rows() { hashdb-list --relative "$1/.dcim/hash.db" | jq -c '[.path, .hash.xxh128]' | sort; }
agrees() {
	[ "$(cd "$1" && hashdb-list --relative .dcim/hash.db | file-hash --verify | jqr .verify | sort -u)" = ok ]
	[ "$(rows "$1" | wc -l)" -eq "$(files "$1" | wc -l)" ]
}

# placed FOLDER -- whether any file is.
placed() { [ -n "$(find "$1" -path '*/.dcim' -prune -o -type f -print -quit)" ]; }

log() { cat "$1"/.dcim/runs/*.ndjson; }
about() { cat "$1"/.dcim/runs/*.info; }

inside() { # SCRIPT -- with mounts of its own
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	local rc=0
	unshare -m bash -c "set -e; $1" || rc=$?
	[ $rc -ne 77 ] || skip "cannot mount"
	return $rc
}

@test "both libraries have the files, a database and a log of their own" {
	photo-import -q --mirror=m1 card lib >out
	grep -q "^Mirror $PWD/m1: [0-9]* copied" out
	diff <(files lib) <(files m1)
	diff <(rows lib) <(rows m1)
	agrees lib
	agrees m1
	[ "$(log m1 | jqr '.place.root // empty' | sort -u)" = "$PWD/m1" ]
	diff <(photo-import --runs m1 | sed 's/.*; from/from/') <(photo-import --runs lib | sed 's/.*; from/from/')
	cat m1/.dcim/runs/*.ndjson | hashdb-merge -q --root=m1 again.db >/dev/null
	diff <(rows m1) <(hashdb-list --relative again.db 2>/dev/null | jq -c '[.path, .hash.xxh128]' | sort)
	[ -z "$(find m1 -name '*.open')" ]
}

@test "a second import with the same mirrors reads no file's content" {
	need strace
	photo-import -q --mirror=m1 --mirror=m2 card lib >out
	strace -f -o trace -e trace=openat photo-import -q --mirror=m1 --mirror=m2 card lib >out
	[ -z "$(grep -E 'openat\(.*"card/[^"]*\.(JPG|jpg|MOV|MP4|TIF)"' trace)" ]
	grep -q "^Mirror $PWD/m1: [0-9]* imported before" out
}

@test "what the first library knows and the mirror does not comes to the mirror" {
	photo-import -q card lib >out
	photo-import -q --mirror=m1 card lib >out
	diff <(files lib) <(files m1)
	agrees m1
	rm -rf m2 && photo-init -q m2 >/dev/null
	photo-import -q --mirror=m1 --mirror=m2 card lib >out
	diff <(files lib) <(files m2)
	agrees m2
	[ -z "$(find lib -name '*-1.*' ! -name IMG_0001-1.JPG)" ]
}

@test "a mirror is a library of its own, or nothing begins" {
	mkdir plain lib/in
	cp -a m2/.dcim lib/in
	ln -s lib link
	for wrong in none plain lib link "$PWD/lib" lib/in 'm1 --mirror=m1' "m1 --mirror=./m1"; do
		run -2 photo-import -q --mirror=$wrong card lib
	done
	rm -rf m1/.dcim/tmp
	: >m1/.dcim/tmp
	run -3 photo-import -q --mirror=m1 card lib
	[[ "$output" == "place-file: $PWD/m1/.dcim/tmp: Not a directory"* && $output != *eval* && $output != *'No such'* ]] || { echo "$output"; false; }
	rm m1/.dcim/tmp
	ln -s "$T/elsewhere" m1/.dcim/runs/x.ndjson
	run -2 photo-import -q --mirror=m1 card lib
	[[ "$output" == *m1/.dcim/runs/x.ndjson* ]]
	[ -z "$(log lib)" ] && [ -z "$(files m1)" ]
}

@test "a mirror that lies in the source is no source" {
	mv m1 card/m1
	photo-import -q --mirror=card/m1 card lib >out
	photo-import -q --mirror=card/m1 card lib >out
	diff <(files lib) <(files card/m1)
}

@test "-n tells of mirrors, and writes to none" {
	before=$(find m1 lib | sort)
	photo-import -q -n --mirror=m1 card lib >out
	grep -q "^Mirror $PWD/m1: [0-9]* to be copied" out
	[ "$(find m1 lib | sort)" = "$before" ]
}

@test "a mirror that gets full: the library has all, the mirror what came, the status is 1; the next import completes it" {
	inside 'cp -a m1 keep; mount -t tmpfs -o size=300k none m1 || exit 77; cp -a keep/. m1
		for n in 1 2 3 4 5; do cp card/DCIM/100CANON/IMG_0001.JPG card/big$n.jpg; head -c 90000 /dev/urandom >>card/big$n.jpg; done
		rc=0; photo-import --mirror=m1 card lib >out 2>err || rc=$?
		[ $rc -eq 1 ]
		rm -rf keep; cp -a m1 keep; umount m1; cp -a keep/. m1'
	grep -q "^Mirror .*not copied" out
	grep -q 'not in the mirror' err
	agrees lib
	photo-import -q --mirror=m1 card lib >out
	diff <(files lib) <(files m1)
	agrees m1
}

@test "where the mirror's database cannot be written, the next import records it" {
	[ "$(id -u)" -eq 0 ] || skip "needs a file that nobody may write"
	chattr +i m1/.dcim/hash.db 2>/dev/null || skip "no immutable files here"
	rc=0
	photo-import -q --mirror=m1 card lib >out 2>err || rc=$?
	chattr -i m1/.dcim/hash.db
	[ $rc -eq 1 ]
	grep -q 'the next import with that mirror records it' err
	diff <(files lib) <(files m1)
	rm -rf card/* && cp m2/.dcim/lock card/x.txt
	photo-import -q --mirror=m1 card lib >out
	agrees m1
}

@test "of two disks that take turns in one place, each database learns of what that disk has, and of no more" {
	[ "$(id -u)" -eq 0 ] || skip "needs a file that nobody may write"
	mv m1 bak
	chattr +i bak/.dcim/hash.db 2>/dev/null || skip "no immutable files here"
	run photo-import -q --mirror=bak card lib
	chattr -i bak/.dcim/hash.db
	[ "$status" -eq 1 ]
	mv bak m1 && mv m2 bak
	rm -rf card/* && cp lib/.dcim/lock card/x.txt
	run -0 photo-import -q --mirror=bak card lib
	[ -z "$(rows bak)" ]
	mv bak m2 && mv m1 bak
	run -0 photo-import -q --mirror=bak card lib
	agrees bak
	diff <(files lib) <(files bak)
	[ -z "$(find bak lib m2 -name '*.mirror')" ]
}

@test "a file that fails keeps nothing else out of the mirror's database, and is no failure of the next import" {
	failing='jq -c "if .path | endswith(\"IMG_0001.JPG\") then .error = {tool: \"x\", op: \"read\", code: \"EIO\", message: \"no\"} else . end"'
	run -1 photo-import -q --through="$failing" --mirror=m1 card lib
	[[ $output != *'the database of'* ]] || { echo "$output"; false; }
	agrees m1
	diff <(files lib) <(files m1)
	sed -i '/^mirrored = /d' lib/.dcim/runs/*.info # as a kill leaves it
	run -0 photo-import -q --mirror=m1 card lib
	diff <(files lib) <(files m1)
	agrees m1
}

@test "killed at any moment, the same command completes both libraries and both databases" {
	timed photo-import -q --mirror=m1 card lib
	for l in lib m1; do mv $l want.$l; done
	for n in $(seq 8); do
		rm -rf lib m1
		for l in lib m1; do photo-init -q $l >/dev/null; done
		cut_short photo-import -q --mirror=m1 card lib
		photo-import -q --mirror=m1 card lib >out 2>&1 || { echo "killed at $instant"; cat out; false; }
		for l in lib m1; do
			diff <(files want.$l) <(files $l) && agrees $l || { echo "killed at $instant: $l"; false; }
			[ -z "$(find $l -name '*.open')" ]
		done
	done
}

@test "--move, killed at any moment, is completed by the same command; the mirror's database too" {
	[ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"
	cp -a card card2
	timed photo-import -q --move --mirror=m1 card2 lib || :
	want=$(files m1)
	for n in $(seq 6); do
		rm -rf lib m1 card2
		cp -a card card2
		for l in lib m1; do photo-init -q $l >/dev/null; done
		cut_short photo-import -q --move --mirror=m1 card2 lib
		photo-import -q --move --mirror=m1 card2 lib >out 2>&1 || { echo "killed at $instant"; cat out; false; }
		[ "$(files m1)" = "$want" ] && [ "$(files lib)" = "$want" ] || { echo "killed at $instant"; false; }
		agrees lib && agrees m1 || { echo "killed at $instant"; false; }
		[ "$(cd card2 && find . -type f ! -path '*@eaDir*')" = ./notes.txt ] || { find card2 -type f; cat out; false; }
	done
}

@test "--move keeps what a mirror has not got" {
	[ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"
	inside 'cp -a m1 keep; mount -t tmpfs -o size=300k none m1 || exit 77; cp -a keep/. m1
		cp card/DCIM/100CANON/IMG_0001.JPG card/big.jpg; head -c 900000 /dev/urandom >>card/big.jpg
		rc=0; photo-import -q --move --mirror=m1 card lib >out 2>err || rc=$?
		[ $rc -eq 1 ]'
	[ -e card/big.jpg ]
	grep -q 'that a mirror has no copy of\|a mirror has no copy of it' out err
}

@test "--check compares the card with each" {
	photo-import -q --check --mirror=m1 card lib >out || [ $? -eq 1 ]
	[ "$(grep -c 'both sides read and equal' out)" -eq 2 ]
	grep -q "files are in $PWD/m1, both sides" out
}

@test "an undo takes back the library it is asked of, and leaves the other" {
	photo-import -q --mirror=m1 card lib >out
	want=$(files m1)
	photo-import -q --undo=last lib >out
	[ -z "$(files lib)" ]
	[ "$(files m1)" = "$want" ]
	photo-import -q --undo=last m1 >out
	[ -z "$(files m1)" ] && [ -z "$(rows m1)" ]
}

@test "a mirror may stand in a config file; one in a library is obeyed only where it is the user's own" {
	echo "mirror = $PWD/m1" >lib/.dcim/config
	chmod 644 lib/.dcim/config
	photo-import -q card lib >out 2>err && rc=0 || rc=$?
	if [ $rc -eq 0 ]; then diff <(files lib) <(files m1); else grep -q 'not obeyed' err; fi
	chmod 666 lib/.dcim/config
	run -2 photo-import -q card lib
	[[ "$output" == *'not obeyed'* ]]
}

@test "what a mirror's database requires is recorded in both" {
	rm -rf m1 && photo-init -q -a sha256 m1 >/dev/null
	photo-import -q --mirror=m1 card lib >out
	[ -z "$(hashdb-list m1/.dcim/hash.db | jq -r 'select(.hash.sha256 == null) | .path')" ]
}

@test "while it is filled as a mirror, no run of a library is taken back; afterwards it may be" {
	photo-import -q card m1 >out
	mkfifo gate
	photo-import -q --mirror=m2 --mirror=m1 --through='cat && cat gate' card lib >out 2>err 3>&- &
	pid=$!
	wait_until placed m2
	run -3 photo-import -q --undo=last m1
	[[ "$output" == *'an import is under way that has '"$PWD"'/m1 for a mirror'* ]]
	: >gate
	wait $pid
	diff <(files lib) <(files m1)
	agrees m1
	photo-import -q --undo=last m1 >out
}

@test "while a run of a mirror is taken back, no import fills it" {
	photo-import -q card m1 >out
	printf 'undo = x\n' >m1/.dcim/runs/20990101T000000Z.open
	exec 5<m1/.dcim/runs/20990101T000000Z.open
	flock 5
	run -3 photo-import -q --mirror=m1 card lib
	exec 5<&-
	[[ "$output" == *'being undone'* ]]
	[ -z "$(files lib)" ]
}

@test "a mirror's name is noted as it is, whatever echo makes of it; one that could not be noted is refused" {
	mv m1 'm\n\c'
	photo-import -q --mirror='m\n\c' card lib >out
	photo-import -q --mirror='m\n\c' card lib >out
	grep -qxF "mirrored = $PWD/m\\n\\c" lib/.dcim/runs/*.info
	[ "$(find 'm\n\c' -name '*.info' | wc -l)" -eq 1 ]
	for name in $'m\t' $'m\177' $'m\n' $'m\302\205'; do
		cp -a m2 "$name"
		run -2 photo-import -q --mirror="$name" card lib
		[[ "$output" == *'control character'* ]]
	done
}

@test "with mirrors, too, a source without files is no failure" {
	mkdir empty
	photo-import -q --mirror=m1 empty lib >out 2>err
	[ ! -s err ]
}

@test "what was left out before is not told as imported before" {
	rm -rf card/* && echo x >card/x.foo
	photo-import -q --mirror=m1 card lib >out
	photo-import -q --mirror=m1 card lib >out
	grep -qx "Mirror $PWD/m1: nothing" out
}
