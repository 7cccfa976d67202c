#!/usr/bin/env bats
# bats file_tags=no-races,scripts
# photo-verify -- what is not as it was recorded, and how it is healed.
load helper
bats_require_minimum_version 1.5.0

# A library of many small files, made once; lib in each test is a copy of it.
setup_file() {
	local n folder
	cd "$BATS_FILE_TMPDIR"
	for ((n = 0; n < ${VERIFY_FILES:-2000}; n++)); do
		folder=lib/2024/day$((n / 100))
		[ $((n % 100)) -ne 0 ] || mkdir -p $folder
		echo "picture $n" >$folder/IMG_$n.JPG
	done
	find lib -type f -exec touch -d 2024-05-01T10:00:00.5Z {} +
	photo-init -q lib >/dev/null
	cp -a lib small
	find small/2024 -name 'day[1-9]*' -prune -exec rm -r {} +
	rm -r small/.dcim
	photo-init -q small >/dev/null
}

many() { cp -a "$BATS_FILE_TMPDIR/lib" lib; }
small() { cp -a "$BATS_FILE_TMPDIR/small" lib; }

# flip FILE -- one bit of it, and its times stay.
flip() {
	local then
	then=$(stat -c %y "$1")
	printf q | dd of="$1" bs=1 seek=0 conv=notrunc status=none # p and q differ in one bit
	touch -d "$then" "$1"
}

# five -- one flipped bit, one edited, one deleted, one added, one moved.
five() {
	flip lib/2024/day0/IMG_1.JPG
	echo more >>lib/2024/day0/IMG_2.JPG
	rm lib/2024/day0/IMG_3.JPG
	echo new >lib/2024/day0/new.JPG
	mkdir lib/elsewhere
	mv lib/2024/day0/IMG_4.JPG lib/elsewhere/moved.JPG
}

all_five='
Corrupt, other content under the same size and time, or none: 1
  2024/day0/IMG_1.JPG

Missing: 1
  2024/day0/IMG_3.JPG

Modified: 1
  2024/day0/IMG_2.JPG

Moved: 1
  2024/day0/IMG_4.JPG -> elsewhere/moved.JPG

New, and not recorded (photo-init records them): 1
  2024/day0/new.JPG'
advice='

Good copies, from a backup or another library: photo-verify --repair=OTHER '

rows() { hashdb-list --relative "${1:-lib}/.dcim/hash.db" | jq -S -c "del(.verified, .db)${2-}" | LC_ALL=C sort; }
row() { hashdb-list --relative lib/.dcim/hash.db | jq -c "select(.path == \"$1\")"; }

# rebuilt -- the logs of all runs give the database back, but for the times of reading.
rebuilt() {
	(cd lib && cat .dcim/runs/*.ndjson | hashdb-merge -q --root=. .dcim/new.db >/dev/null) || return
	rows lib >rows
	hashdb-list --relative lib/.dcim/new.db | jq -S -c 'del(.verified, .db)' | LC_ALL=C sort | diff rows -
	rm lib/.dcim/new.db
}

@test "usage errors" {
	small
	for wrong in '' '--frob lib' 'lib lib' '-j x lib' '--budget=x lib' '--repair=none lib' 'none'; do
		rc=0
		photo-verify $wrong >out 2>err || rc=$?
		[ $rc -eq 2 ] && [ -s err ] || { echo "'$wrong': $rc"; cat err; false; }
	done
	mkdir empty
	run -2 photo-verify empty
	[[ $output == *'no library at empty (is the disk mounted?)'* ]]
	[ -z "$(ls -A empty)" ]
}

@test "one flipped bit, one edited, one deleted, one added, one moved: exactly these five, and the good digest stays" {
	need jq
	many
	n=$(find lib/2024 -type f | wc -l)
	good=$(row 2024/day0/IMG_1.JPG | jq -c .hash)
	moved=$(row 2024/day0/IMG_4.JPG | jq -c .hash)
	five
	run -1 --separate-stderr photo-verify lib
	[ "$output" = "$((n - 1)) files read: $((n - 3)) as recorded
$all_five$advice$PWD/lib" ]
	[ "$(row 2024/day0/IMG_1.JPG | jq -c '[.hash, .verify]')" = "[$good,\"corrupt\"]" ]
	[ "$(row elsewhere/moved.JPG | jq -c .hash)" = "$moved" ]
	[ -z "$(row 2024/day0/IMG_4.JPG)" ]
	[ -n "$(row 2024/day0/IMG_3.JPG)" ]
	rebuilt
	run -1 photo-verify -q lib
	[ "${lines[0]}" = "$((n - 1)) files read: $((n - 2)) as recorded" ]
	[[ $output != *Modified* && $output != *Moved* ]]
}

@test "where all is well it says so, with -q nothing; it leaves a log, and no run" {
	need jq
	small
	runs=$(ls lib/.dcim/runs)
	run -0 --separate-stderr photo-verify -q lib
	[ -z "$output$stderr" ]
	run -0 photo-verify lib
	[ "${lines[-1]}" = '100 files read: 100 as recorded' ]
	[ "$(ls lib/.dcim/runs)" = "$runs" ]
	[ "$(ls lib/.dcim/verify | wc -l)" -eq 2 ]
	[ "$(jq -r .verify lib/.dcim/verify/* | sort | uniq -c | tr -s ' ')" = ' 200 ok' ]
}

@test "a file that is as it was again is no longer called corrupt; a touched one has its new time" {
	need jq
	small
	flip lib/2024/day0/IMG_1.JPG
	touch lib/2024/day0/IMG_2.JPG
	run -1 photo-verify -q lib
	[[ $output == *'Corrupt'*$'1\n  2024/day0/IMG_1.JPG'"$advice$PWD/lib" ]]
	[ "$(row 2024/day0/IMG_2.JPG | jq -r '.mtime[:4]')" != 2024 ]
	rebuilt
	then=$(stat -c %y lib/2024/day0/IMG_1.JPG)
	echo 'picture 1' >lib/2024/day0/IMG_1.JPG
	touch -d "$then" lib/2024/day0/IMG_1.JPG
	run -0 photo-verify -q lib
	[ "$(row 2024/day0/IMG_1.JPG | jq .verify)" = null ]
	rebuilt
}

@test "a corrupt file that is touched, and a link in a file's place, are no edits: the good digests stay" {
	need jq
	small
	was=$(rows)
	cp -a lib backup
	flip lib/2024/day0/IMG_1.JPG
	run -1 photo-verify -q lib
	touch lib/2024/day0/IMG_1.JPG
	echo other >elsewhere
	ln -sf "$PWD/elsewhere" lib/2024/day0/IMG_2.JPG
	for _ in 1 2; do
		run -1 photo-verify -q lib
		[[ $output == *$'Corrupt, other content under the same size and time, or none: 1\n  2024/day0/IMG_1.JPG'* ]]
		[[ $output == *$'Unreadable: 1\n  2024/day0/IMG_2.JPG'"$advice$PWD/lib" ]]
		[ "$(rows lib '|del(.hash_now, .verify)')" = "$was" ]
	done
	rebuilt
	ln -sf ../../../backup/2024/day0/IMG_2.JPG lib/2024/day0/IMG_2.JPG # were it the same content
	run -1 photo-verify -q --repair=backup lib
	[[ $output == *$'Repaired, or good again: 1\n  2024/day0/IMG_1.JPG'* && $output == *'Unreadable: 1'* ]]
	cmp lib/2024/day0/IMG_1.JPG backup/2024/day0/IMG_1.JPG
}

@test "a file that is empty now was not edited: its digest stays, photo-init's reading too, and --repair heals it" {
	need jq
	small
	cp -a lib backup
	was=$(rows)
	: >lib/2024/day0/IMG_1.JPG
	for folder in backup other; do
		run -1 photo-verify -q lib
		[[ $output == *$'or none: 1\n  2024/day0/IMG_1.JPG'* && $output != *Modified* ]]
		[ "$(rows lib '|del(.hash_now, .verify)')" = "$was" ]
		run -0 photo-verify -q --repair=$folder lib
		cmp lib/2024/day0/IMG_1.JPG backup/2024/day0/IMG_1.JPG
		[ "$(rows)" = "$was" ]
		mkdir -p other && cp backup/2024/day0/IMG_1.JPG other/elsewhere
		: >lib/2024/day0/IMG_1.JPG
	done
	rebuilt
	run -1 photo-init -q lib
	[ "$(rows lib '|del(.hash_now, .verify)')" = "$was" ]
}

@test "--immutable: what was modified is not recorded, and the status is 1" {
	need jq
	small
	was=$(rows)
	echo more >>lib/2024/day0/IMG_2.JPG
	for _ in 1 2; do
		run -1 photo-verify -q --immutable lib
		[[ $output == *'Modified, and not recorded: 1'$'\n''  2024/day0/IMG_2.JPG' ]]
		[ "$(rows)" = "$was" ]
	done
	run -0 photo-verify lib
	[[ $output == *'Modified: 1'* ]]
	[ "$(row 2024/day0/IMG_2.JPG | jq .size)" = 15 ]
	rebuilt
	run -0 photo-verify --immutable -q lib
}

@test "--budget: it goes on where it stopped, and says how much is left" {
	need jq
	small
	run -0 photo-verify --budget=0 lib
	[[ ${lines[-1]} == '0 files read: 0 as recorded; 100 are left, the first of them read on 20'??-??-?? ]]
	# what the first run has read, the next one reads last
	first=$(hashdb-list --relative --stale-first lib/.dcim/hash.db | head -n 60)
	(cd lib && file-hash --verify <<<"$first" | hashdb-merge .dcim/hash.db) >/dev/null
	run -0 photo-verify lib
	[ "$(jq -r .path "$(ls lib/.dcim/verify/* | tail -n 1)" | tail -n 60)" = "$(jq -r .path <<<"$first")" ]
}

@test "a link that leads nowhere is a missing file, and a pipe does not hang it" {
	small
	rm lib/2024/day0/IMG_5.JPG
	ln -s IMG_5.JPG lib/2024/day0/IMG_5.JPG
	mkfifo lib/2024/day0/pipe
	run -1 photo-verify -q lib
	[[ $output == '99 files read: 99 as recorded'*'Missing: 1'$'\n''  2024/day0/IMG_5.JPG'"$advice$PWD/lib" ]]
}

@test "a damaged database is told before anything is read" {
	small
	printf damage | dd of=lib/.dcim/hash.db bs=1 seek=9000 conv=notrunc status=none
	run -3 photo-verify lib
	[[ $output == *damaged* ]]
	[ ! -e lib/.dcim/verify ]
}

@test "--repair from a second disk heals the two of the five that are bad" {
	need jq
	many
	cp -a lib backup
	five
	before=$(rows backup '' | jq -c 'select(.path | test("IMG_[13].JPG"))')
	run -0 photo-verify -q --repair=backup lib
	[[ $output == *$'\nRepaired, or good again: 2\n  2024/day0/IMG_1.JPG\n  2024/day0/IMG_3.JPG'* ]]
	[[ $output != *Corrupt* && $output != *Missing* ]]
	cmp lib/2024/day0/IMG_1.JPG backup/2024/day0/IMG_1.JPG
	cmp lib/2024/day0/IMG_3.JPG backup/2024/day0/IMG_3.JPG
	[ "$(cat lib/2024/day0/IMG_1.JPG.corrupt-*)" = 'qicture 1' ]
	[ "$(rows | jq -c 'select(.path | test("IMG_[13].JPG"))')" = "$before" ]
	rebuilt
	run -0 photo-verify lib
	[[ $output == *$'\nSet aside by repairs: 1' && $output != *Corrupt* ]]
}

@test "--repair from a folder without a database, under other names; one with other digests; a copy that is bad too" {
	need jq
	small
	mkdir disk
	cp lib/2024/day0/IMG_3.JPG disk/three
	flip lib/2024/day0/IMG_1.JPG
	rm lib/2024/day0/IMG_3.JPG
	mkdir -p copies/2024/day0
	cp -p lib/2024/day0/IMG_1.JPG copies/2024/day0 # rotten as well
	run -1 photo-verify -q --repair=copies --repair=disk lib
	[[ $output == *$'\nCorrupt, other content under the same size and time, or none: 1\n  2024/day0/IMG_1.JPG'* ]]
	[[ $output == *$'\nRepaired, or good again: 1\n  2024/day0/IMG_3.JPG'* && $output != *Missing* ]]
	[[ $output == *$'\nNo good copy was found for: 1'* && $output != *'Why some'* ]]
	cmp lib/2024/day0/IMG_3.JPG disk/three
	[ -z "$(ls lib/2024/day0/*corrupt* 2>/dev/null)" ]
	mkdir other
	echo 'picture 1' >other/one
	photo-init -q -a md5 other >/dev/null
	run -0 photo-verify -q --repair=other lib # found before, and healed though this run finds it first again
	[ "$(cat lib/2024/day0/IMG_1.JPG)" = 'picture 1' ]
	[ "$(find other copies disk -type f ! -path '*/.dcim/*' | wc -l)" -eq 3 ]
	rebuilt
}

@test "--repair from a library whose database does not know where its files are now" {
	need jq
	small
	cp -a lib backup
	mv backup/2024 backup/elsewhere
	find backup -type f ! -path '*/.dcim/*' -exec touch -d 2001-01-01 {} +
	flip lib/2024/day0/IMG_1.JPG
	rm lib/2024/day0/IMG_3.JPG
	run -0 photo-verify -q --repair=backup lib
	[[ $output == *$'\nRepaired, or good again: 2\n  2024/day0/IMG_1.JPG\n  2024/day0/IMG_3.JPG'* ]]
	rebuilt
}

@test "what is bad and cannot be repaired is named, and why; so is a folder in a file's place" {
	small
	long=$(printf 'n%.0s' {1..246}).JPG
	echo 'picture long' >"lib/2024/day0/$long"
	touch -d 2024-05-01 "lib/2024/day0/$long"
	photo-init -q lib >/dev/null
	cp -a lib backup
	flip "lib/2024/day0/$long"
	rm lib/2024/day0/IMG_3.JPG
	mkdir lib/2024/day0/IMG_3.JPG
	run -1 photo-verify -q lib
	[[ $output == *$'\nMissing: 1\n  2024/day0/IMG_3.JPG'"$advice$PWD/lib" ]]
	run -1 photo-verify -q --repair=backup lib
	[[ $output == *$'Corrupt, other content under the same size and time, or none: 1\n  2024/day0/n'*$'Missing: 1\n  2024/day0/IMG_3.JPG'* ]]
	[[ $output != *"Good copies"* ]]
	[[ $output == *$'\nWhy some could not be repaired: '[12]$'\n'*'it cannot be set aside: File name too long'* ]]
	[ -d lib/2024/day0/IMG_3.JPG ]
	cmp "backup/2024/day0/$long" "lib/2024/day0/$long" && false
	rm -r lib/.dcim/verify && : >lib/.dcim/verify
	runs=$(ls lib/.dcim/runs)
	run -3 photo-verify lib
	[[ $output == *'cannot write the log '*'/.dcim/verify/'*': File exists; nothing was read' ]]
	[ "$(ls lib/.dcim/runs)" = "$runs" ]
}

@test "--repair that is killed at any instant is completed by the next" {
	need jq
	small
	mv lib before
	cp -a before backup
	flip before/2024/day0/IMG_1.JPG
	rm before/2024/day0/IMG_3.JPG
	cp -a before lib
	timed photo-verify -q --repair=backup lib
	for _ in $(seq "${KILLS:-6}"); do
		rm -rf lib
		cp -a before lib
		cut_short photo-verify -q --repair=backup lib
		[ -e lib/2024/day0/IMG_1.JPG ]
		photo-verify -q --repair=backup lib >out 2>err || { echo "at $instant of $took"; cat out err; false; }
		cmp lib/2024/day0/IMG_1.JPG backup/2024/day0/IMG_1.JPG
		cmp lib/2024/day0/IMG_3.JPG backup/2024/day0/IMG_3.JPG
		grep -qx 'qicture 1' lib/2024/day0/IMG_1.JPG.corrupt-*
		rebuilt
	done
}

@test "what was set aside is no source, and no stranger" {
	small
	touch "lib/2024/day0/x.JPG.corrupt-2026-11-29" "lib/2024/day0/x.JPG.corrupt-2026-11-29-1"
	run -0 photo-verify lib
	[[ $output == *$'\nSet aside by repairs: 2' && $output != *New* ]]
	mkdir new
	photo-init -q new >/dev/null
	photo-import -q --all-files lib/2024 new >/dev/null
	[ -z "$(find new -name '*corrupt*')" ]
	printf '%s\0' lib/2024/day0/x.JPG.corrupt-2026-11-29 | place-file -n -t new | grep -q '"reason":"never-source"'
	photo-init -q lib >out
	[[ $(cat out) == '100 files, '* ]]
}

@test "--metrics: whole, and what was found" {
	small
	rm lib/2024/day0/IMG_3.JPG
	run -1 photo-verify -q --metrics=here.prom lib
	grep -qx 'dcim_verify_files{found="missing"} 1' here.prom
	grep -qx 'dcim_verify_files{found="ok"} 99' here.prom
	grep -qx 'dcim_verify_status 1' here.prom
	[ "$(ls)" = $'here.prom\nlib' ]
	for wrong in nowhere/here.prom lib; do
		run -2 photo-verify --metrics=$wrong lib
		[[ ${#lines[@]} -eq 1 && $output == 'photo-verify: '*"$PWD/$wrong"* ]]
	done
	[ "$(ls lib/.dcim/verify | wc -l)" -eq 1 ]
	printf damage | dd of=lib/.dcim/hash.db bs=1 seek=9000 conv=notrunc status=none
	run -3 photo-verify -q --metrics="$PWD/here.prom" lib
	grep -qx 'dcim_verify_status 3' here.prom
}

@test "one file is one file" {
	mkdir one && echo one >one/one.jpg
	photo-init -q one >/dev/null
	run -0 photo-verify one
	[ "$output" = '1 file read: 1 as recorded' ]
}
