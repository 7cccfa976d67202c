#!/usr/bin/env bats
# bats file_tags=no-races,scripts
# photo-init -- a new library, a folder adopted, a run resumed.
load helper
load card
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	copy_card old
}

everything() { (cd "$1" && find . -mindepth 1 -name .dcim -prune -o -mindepth 1 -printf '%p %s %T@\n' | LC_ALL=C sort); }

@test "usage errors" {
	for wrong in '' '--frob x' 'a b' '-j x a' 'no/parent/here'; do
		rc=0
		photo-init $wrong >out 2>err || rc=$?
		[ $rc -eq 2 ] && [ -s err ] || { echo "'$wrong': $rc"; cat err; false; }
	done
	[ "$(ls)" = "$(printf 'err\nold\nout')" ] || [ "$(ls)" = "$(printf 'a\nerr\nold\nout')" ]
}

@test "an empty folder, and one that is not there yet, become libraries" {
	mkdir empty
	for lib in empty new; do
		run -0 photo-init $lib
		[ "${lines[0]}" = '0 files, 0 bytes' ]
		[ -f $lib/.dcim/hash.db ]
		[ -z "$(ls $lib/.dcim/runs)" ]
		run -0 photo-import -q old $lib
		[[ ${lines[0]} == *'19 copied'* ]]
	done
}

@test "DCIM_LIBRARY" {
	DCIM_LIBRARY=new photo-init -q >/dev/null
	[ -f new/.dcim/hash.db ]
}

@test "what is there is recorded in place, nothing moves, and copies of it are known" {
	before=$(everything old)
	run -0 photo-init -q old
	[ "$(everything old)" = "$before" ]
	[[ ${lines[0]} == '21 files, '*': 21 recorded where they are' ]]
	[[ $output == *$'\nDamaged, '* ]]
	[ "$(hashdb-list -0 --relative old/.dcim/hash.db | tr -dc '\0' | wc -c)" -eq 21 ]
	hashdb-list -0 --relative old/.dcim/hash.db | LC_ALL=C sort -z >got
	(cd old && find . -name .dcim -prune -o -name @eaDir -prune -o -type f -printf '%P\0') | LC_ALL=C sort -z | cmp - got
	cp -r old/DCIM copies
	find copies -name '*.xmp' -delete # a sidecar is never the duplicate of another picture's
	run -0 photo-import -q copies old
	[[ ${lines[0]} == *' duplicates' ]]
	[ "$(everything old)" = "$before" ]
}

@test "run again, it reads only what is new or changed" {
	need strace
	photo-init -q old >/dev/null
	run -0 photo-init -q old
	[[ ${lines[0]} == '21 files, '*': 21 recorded before' ]]
	[ "$(ls old/.dcim/runs/*.ndjson | wc -l)" -eq 1 ]
	echo new >old/new.txt
	touch old/notes.txt
	ASAN_OPTIONS=detect_leaks=0 run -0 strace -f -qq -e trace=openat,open -o trace photo-init -q old
	[[ ${lines[0]} == '22 files, '*'2 recorded where they are'* ]]
	[ "$(hashdb-list -0 old/.dcim/hash.db | tr -dc '\0' | wc -c)" -eq 22 ]
	! grep -aE '"[^"]*\.(JPG|jpg|TIF|MP4|MOV|xmp)"' trace || false
}

@test "killed, it goes on where it was" {
	photo-init -q -j1 old >/dev/null 2>&1 &
	pid=$!
	wait_until [ -f old/.dcim/hash.db ]
	kill -TERM $pid
	wait $pid || :
	photo-init -q old >/dev/null
	[ "$(hashdb-list -0 old/.dcim/hash.db | tr -dc '\0' | wc -c)" -eq 21 ]
}

@test "a library in a library is refused, both ways round" {
	photo-init -q old >/dev/null
	run -2 photo-init old/DCIM
	[[ $output == *'is inside another library'* ]]
	[ ! -e old/DCIM/.dcim ]
	run -2 photo-init .
	[[ $output == *'holds a library'* ]]
	[ ! -e .dcim ]
	cd old && run -0 photo-init -q .
}

@test "-a: the digests, kept for imports" {
	photo-init -q -a xxh128,sha256 old >/dev/null
	[ "$(cat old/.dcim/runs/*.ndjson | jq -c '.hash | keys' | sort -u)" = '["sha256","xxh128"]' ]
	mkdir more && echo x >more/x.txt
	photo-import -q --all-files more old >/dev/null
	[ "$(hashdb-list old/.dcim/hash.db | jq -c '.hash | keys' | sort -u)" = '["sha256","xxh128"]' ]
	photo-init -q old >/dev/null
}

@test "-a on a library that is there: required from now on, and what lacks it is read, in as many runs as it takes" {
	photo-init -q old >/dev/null
	algorithms() { hashdb-list old/.dcim/hash.db | jq -c '.hash | keys' | sort | uniq -c | tr -s ' '; }
	[ "$(algorithms)" = ' 21 ["xxh128"]' ]
	photo-init -q -a sha256 old >/dev/null 2>&1 &
	pid=$!
	requires_more() { [ "$(hashdb-list --required old/.dcim/hash.db)" != xxh128 ]; }
	wait_until requires_more
	kill -TERM $pid
	wait $pid || :
	run -0 photo-init -q old
	[ "$(algorithms)" = ' 21 ["sha256","xxh128"]' ]
	[[ ${lines[0]} == '21 files, '*': 21 recorded before' ]]
	run -0 --separate-stderr photo-init -q -a md5 -a sha256 old
	[ "$stderr" = 'photo-init: files read again to add missing digests: 21' ]
	[ "$(algorithms)" = ' 21 ["md5","sha256","xxh128"]' ]
	run -0 --separate-stderr photo-init -q old
	[ -z "$stderr" ]
}

@test "-a: what has gone from the library is said in one line, and is no failure, now or later" {
	photo-init -q old >/dev/null
	rm old/DCIM/103APPLE/IMG_0100.JPG
	run -0 --separate-stderr photo-init -a sha256 old
	[[ $stderr == *'hashdb-list: files that are no longer in the library, and left out: 1'$'\n'* ]]
	run -0 --separate-stderr photo-init -q old
	[ -z "$stderr" ]
	[ "$(hashdb-list old/.dcim/hash.db | jq -c '.hash | keys' | sort | uniq -c | tr -s ' ')" = $' 20 ["sha256","xxh128"]\n 1 ["xxh128"]' ]
	rm -r old/[!.]*
	run -0 photo-init -q -a md5 old
}

@test "-a: what is damaged by now gets no digest, and is named" {
	photo-init -q old >/dev/null
	f=old/DCIM/103APPLE/IMG_0100.JPG
	touch -r $f ref && cp -a $f good && printf X | dd of=$f bs=1 seek=20 conv=notrunc 2>/dev/null && touch -r ref $f
	for arguments in '-a sha256 old' old; do
		run -1 photo-init -q $arguments
		[[ $output == *$'\nDamaged since they were recorded: 1\n  DCIM/103APPLE/IMG_0100.JPG\n'* ]]
		[ "$(hashdb-list --relative old/.dcim/hash.db | jq -r 'select(.verify == "corrupt") | .path + (.hash | keys[])')" = \
			DCIM/103APPLE/IMG_0100.JPGxxh128 ]
	done
	cp -a good $f
	run -0 photo-init -q old
	[ "$(hashdb-list old/.dcim/hash.db | jq -c '.hash | keys' | sort | uniq -c | tr -s ' ')" = ' 21 ["sha256","xxh128"]' ]
}

@test "-a: the damage is in the logs, too, and the other files are completed" {
	photo-init -q old >/dev/null
	state() { hashdb-list --relative old/.dcim/hash.db | jq -r 'select(.path == "'"$1"'") | [.hash.xxh128, (.hash | keys | join("+")), .verify // "good"] | join(" ")'; }
	f=DCIM/102NIKON/DSC_0001.JPG
	good=$(state $f | cut -d' ' -f1)
	cp -p old/$f kept
	printf X | dd of=old/$f bs=1 seek=40 conv=notrunc status=none && touch -r kept old/$f
	run -1 photo-init -q -a sha256 old
	[ "$(state $f)" = "$good xxh128 corrupt" ]
	[ "$(hashdb-list old/.dcim/hash.db | jq -c '.hash | keys' | sort | uniq -c | tr -s ' ' | xargs)" = '20 [sha256,xxh128] 1 [xxh128]' ]
	(cd old && cat .dcim/runs/*.ndjson | hashdb-merge -q --root=. .dcim/again.db >/dev/null)
	rows() { hashdb-list --relative "$1" | jq -c 'del(.db, .verified)' | sort; }
	diff <(rows old/.dcim/hash.db) <(rows old/.dcim/again.db)
}

@test "-a: a file that was edited is recorded as it is now" {
	photo-init -q old >/dev/null
	f=old/DCIM/102NIKON/DSC_0001.JPG
	echo more >>$f
	photo-init -q -a sha256 old >/dev/null
	[ "$(hashdb-list old/.dcim/hash.db | jq -r 'select(.path == "'$f'") | .hash.sha256, .verify // "good"')" = "$(sha256sum <$f | cut -c1-64)"$'\n'good ]
}

@test "what -a adds to one import is required of no other; an unknown digest lists the known ones" {
	mkdir a b && echo a >a/a.jpg && echo b >b/b.jpg
	photo-init -q new >/dev/null
	photo-import -q --all-files -a sha256 -a xxh128,md5 a new >/dev/null
	run -0 photo-import -q --all-files b new
	[ "$(hashdb-list new/.dcim/hash.db | jq -c '.hash | keys')" = $'["md5","sha256","xxh128"]\n["xxh128"]' ]
	for program in 'photo-init -a sha0 other' 'photo-import -a sha0 a new'; do
		run -2 $program
		[[ $output == *'no such digest: "sha0"; there are xxh128 xxh3 xxh64 sha256 sha1 md5 sha512'* ]]
	done
}

@test "the runs' logs rebuild the database, wherever the library is" {
	photo-init -q old >/dev/null
	mkdir card && cp old/DCIM/102NIKON/DSC_0001.JPG card/x.jpg && echo y >>card/x.jpg
	photo-import -q card old >/dev/null
	hashdb-list --relative old/.dcim/hash.db | jq -c '[.path, .hash]' | sort >before
	mv old moved
	(cd moved && cat .dcim/runs/*.ndjson | hashdb-merge --root=. .dcim/again.db >/dev/null)
	hashdb-list --relative moved/.dcim/again.db | jq -c '[.path, .hash]' | sort | diff before -
}

@test "a folder that is not one, or not writable" {
	run -2 photo-init old/notes.txt
	[ "$output" = 'photo-init: cannot make the folder old/notes.txt: File exists' ]
	run -2 photo-init no/such
	[ "$output" = 'photo-init: cannot make the folder no/such: No such file or directory' ]
	[ "$(id -u)" -eq 0 ] && return
	mkdir sealed && chmod 555 sealed
	run -3 photo-init sealed
	[ -z "$(ls -A sealed)" ]
}

@test "a file system without links and safe renaming: what helps is said, and works" {
	[ "$(id -u)" -eq 0 ] || skip "only root can mount here"
	need mount.exfat-fuse mkfs.exfat
	truncate -s 32M disk && mkfs.exfat disk >/dev/null && loop=$(losetup -f --show disk) || skip "no loop device"
	mkdir mnt && mount.exfat-fuse "$loop" mnt >/dev/null 2>&1 || { losetup -d "$loop" && skip "cannot mount exFAT"; }
	rc=0
	(
		set -e
		photo-init -q mnt/lib >out
		photo-import old mnt/lib >out 2>err && exit 1 || [ $? -eq 3 ]
		grep -q -e '--weak-publish' err
		photo-init -q --weak-publish --portable-names mnt/lib >out
		photo-import -q old mnt/lib >out
		grep -q '19 copied' out
		photo-import -q old mnt/lib >out
		grep -q '2[01] imported before' out
		rm mnt/lib/.dcim/config && cp old/notes.txt new.jpg
		photo-import -q new.jpg mnt/lib >out 2>err && exit 1 || [ $? -eq 3 ]
		[ "$(head -n 1 out)" = 'Stopped before the end: the file system of mnt/lib needs --weak-publish' ]
	) || rc=$?
	fusermount -u mnt || umount mnt
	losetup -d "$loop"
	[ $rc -eq 0 ] || { cat out err; false; }
}

@test "--portable-names is kept for imports" {
	photo-init -q --portable-names new >/dev/null && photo-init -q --portable-names new >/dev/null
	[ "$(cat new/.dcim/config)" = 'portable-names = yes' ]
	mkdir card && cp old/DCIM/102NIKON/DSC_0001.JPG 'card/a:b?.jpg'
	photo-import -q card new >/dev/null
	[ -z "$(find new -name '*[:?]*')" ] && [ -n "$(find new/2018 -name '*.jpg')" ]
}

@test "a database made anew from the logs requires what the old one did, as the runs say it" {
	photo-init -q -a md5 lib >/dev/null
	for f in a b; do mkdir $f && printf '\377\330\377\376\000\003%s\377\331' $f >$f/$f.jpg; done
	photo-import -q -a sha256 a lib >/dev/null || [ $? -eq 1 ] # the first has another one, too
	photo-import -q b lib >/dev/null || [ $? -eq 1 ]
	required=$(sed -n 's/^requires = //p' lib/.dcim/runs/*.info | tail -n 1)
	[ "$required" = "$(hashdb-list --required lib/.dcim/hash.db)" ]
	cat lib/.dcim/runs/*.ndjson | hashdb-merge --root=lib --require="$required" new.db >out
	[ "$(hashdb-list new.db | wc -l)" -eq 2 ]
	[ "$(hashdb-list --required new.db)" = "$required" ]
}
