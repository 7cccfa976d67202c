#!/usr/bin/env bats
# photo-import -- a card into a library: what is placed, what is left, what is said, how it ends.
load helper
bats_require_minimum_version 1.5.0

setup_file() {
	"$BATS_TEST_DIRNAME/../make-pictures" "$BATS_FILE_TMPDIR/card"
}

setup_more() {
	need jq
	cp -a "$BATS_FILE_TMPDIR/card" card
}

# library [FOLDER] -- an empty one.
library() { photo-init -q "${1-lib}" >/dev/null; }

# tree FOLDER -- its files with their digests, without the library's own.
tree() { (cd "$1" && find . -name .dcim -prune -o -type f -exec sha256sum {} + | LC_ALL=C sort -k2); }

# everything FOLDER -- every name below, and the content of what stands still.
everything() { (cd "$1" && find . -printf '%p %s %T@\n' | LC_ALL=C sort); }

log() { cat "${1-lib}"/.dcim/runs/*.ndjson; }

@test "--help and the usage errors" {
	run -0 photo-import --help
	[[ $output == 'usage: photo-import '* ]]
	library
	for wrong in '' 'lib' '--frob card lib' '-Z card lib' 'card lib --template' '-j x card lib' 'gone lib' 'lib lib' \
		'--runs card lib' '--move --verify=stream card lib' '--move=yes card lib' '--verify=maybe card lib' \
		'--template={ card lib' '-a sha0 card lib' '-j99999999 card lib'; do
		rc=0
		photo-import $wrong >out 2>err || rc=$?
		[ $rc -eq 2 ] && [ ! -s out ] && [ -s err ] || { echo "'$wrong': $rc"; cat out err; false; }
	done
	[ -z "$(ls lib)" ] && [ -z "$(ls lib/.dcim/runs)" ]
}

@test "a folder is no library until photo-init: status 2, nothing written" {
	mkdir empty
	run -2 --separate-stderr photo-import card empty
	[ "$stderr" = 'photo-import: no library at empty (is the disk mounted?)' ]
	[ -z "$(ls -A empty)" ]
	run -2 photo-import card not-there
	[ ! -e not-there ]
	DCIM_LIBRARY=empty run -2 photo-import card
	[ -z "$(ls -A empty)" ]
}

@test "everything goes where its date says, and the summary tells" {
	library
	before=$(everything card)
	run -0 photo-import -q card lib
	[ "$(everything card)" = "$before" ]
	[ -e lib/2019/2019-03-01/IMG_0001.JPG ]
	[ -e lib/2019/2019-03-01/IMG_0001-1.JPG ]
	[ -e lib/2019/2019-03-02/IMG_0002.JPG ]
	[ -e lib/2018/2018-12-25/DSC_0002.TIF ]
	[ -e lib/2021/2021-08-14/MVI_0004.MP4 ]
	[ -e lib/2023/2023-06-10/IMG_0101.MOV ]
	[ -e lib/2022/2022-01-01/IMG_20220101_101112.jpg ]
	[ -e 'lib/undated/old scans/Summer 1998/scan.jpg' ]
	[ -e lib/2019/2019-03-03/IMG_0003.JPG ]
	cmp lib/2019/2019-03-01/IMG_0001.JPG card/DCIM/100CANON/IMG_0001.JPG
	cmp lib/2019/2019-03-01/IMG_0001-1.JPG card/DCIM/101CANON/IMG_0001.JPG
	[ ! -e lib/undated/notes.txt ]
	[ -z "$(find lib -path '*@eaDir*')" ]
	[[ ${lines[0]} == '21 files, '*': 19 copied, 1 duplicate, 1 not media' ]]
	[[ $output == *'Taken from 2018-12-24 to 2023-06-10.'* ]]
	[[ $output == *$'\nSkipped:\n  card/notes.txt: '* ]]
	[[ $output == *$'\nDamaged, and kept as they are:\n  card/DCIM/100CANON/IMG_0003.JPG: '* ]]
	[[ $output == *$'\nIn lib:\n'* ]]
	[ "$(ls lib/.dcim/runs)" != '' ]
	[ "$(log | wc -l)" -eq 21 ]
	[ "$(log | jqr 'select(.place.action == "copied") | .hash.xxh128' | sort -u | wc -l)" -eq 19 ]
}

@test "names of any bytes arrive in the library, the log and the database" {
	library
	photo-import -q card lib >/dev/null
	(cd card/odd && find . -type f -printf '%P\0' | LC_ALL=C sort -z) >want
	find lib/2020 -type f -printf '%f\0' | LC_ALL=C sort -z | cmp - want
	log | record-paths -m place.to | sed -z 's|.*/||' | LC_ALL=C sort -z >got
	LC_ALL=C comm -z -13 got want >lost
	[ ! -s lost ]
	hashdb-list -0 lib/.dcim/hash.db | sed -z 's|.*/||' | LC_ALL=C sort -z >got
	LC_ALL=C comm -z -13 got want >lost
	[ ! -s lost ]
}

@test "the second run places nothing and reads no content" {
	need strace
	library
	photo-import -q card lib >/dev/null
	before=$(tree lib)
	ASAN_OPTIONS=detect_leaks=0 run -0 strace -f -qq -e trace=openat,open -o trace photo-import -q card lib
	[ "${lines[0]%%:*}" = "$(photo-report <"$(ls lib/.dcim/runs/* | tail -n 1)" | head -n 1 | cut -d: -f1)" ]
	[[ ${lines[0]} == *': 20 imported before, 1 not media' ]]
	[ "$(tree lib)" = "$before" ]
	# folders are opened, to list them; files are not
	! grep -aE '"[^"]*card/[^"]*\.(JPG|jpg|TIF|MP4|MOV|xmp|txt)"' trace || false
}

@test "a file that has changed since is read again" {
	library
	photo-import -q card lib >/dev/null
	touch card/DCIM/102NIKON/DSC_0001.JPG
	cp card/DCIM/102NIKON/DSC_0002.TIF card/new.tif
	echo more >>card/DCIM/100CANON/IMG_0001.JPG
	run -0 photo-import -q card lib
	[[ ${lines[0]} == '22 files, '*': 1 copied, 2 duplicates, 18 imported before, 1 not media' ]]
}

@test "-j1 and -j8: the same library, and but for the time the same log" {
	library lib1 && library lib8
	photo-import -q -j1 card lib1 >out1
	photo-import -q --jobs=8 card lib8 >out8
	diff <(tree lib1) <(tree lib8)
	diff <(log lib1 | sed 's/lib1/lib/g') <(log lib8 | sed 's/lib8/lib/g')
	diff <(sed 's/lib1/lib/g' out1) <(sed 's/lib8/lib/g' out8)
}

@test "-n writes nothing and says what would go where" {
	library
	before=$(everything lib)
	run -0 photo-import -n card lib
	[ "$(everything lib)" = "$before" ]
	[[ $output == *'to be placed  card/DCIM/102NIKON/DSC_0001.JPG -> 2018/2018-12-24/DSC_0001.JPG'* ]]
	[[ $output == *$'\n21 files, '*': 19 to be placed, 1 duplicate, 1 not media'* ]]
	photo-import -q card lib >/dev/null
	before=$(everything lib)
	run -0 photo-import --dry-run card lib
	[ "$(everything lib)" = "$before" ]
	[[ $output == *': 20 imported before, 1 not media'* ]]
}

@test "-nq and other letters may stand together; -- ends options" {
	library
	mkdir ./-odd
	cp card/IMG_20220101_101112.jpg ./-odd
	run -0 photo-import -nqj2 -- -odd lib
	[[ $output == *'1 file, '*': 1 to be placed'* ]]
	[ -z "$(ls lib)" ]
}

@test "--move removes sources whose copies are safe, and no others" {
	library
	sums=$(find card -name @eaDir -prune -o -type f ! -name notes.txt -exec sha256sum {} + | cut -d' ' -f1 | sort -u)
	run -0 photo-import -q --move card lib
	[[ $output == *$'\n20 sources were removed.\n'* ]]
	[ "$(find card -type f -printf '%P ')" = 'notes.txt DCIM/100CANON/@eaDir/IMG_0001.JPG ' ] ||
		[ "$(find card -type f -printf '%P ')" = 'DCIM/100CANON/@eaDir/IMG_0001.JPG notes.txt ' ]
	[ "$(tree lib | cut -d' ' -f1 | sort -u)" = "$sums" ]
	[ "$(log | jqr 'select(.place.source == "removed") | .place.verified' | sort | uniq -c | awk '{ print $1, $2 }')" = '20 readback' ]
}

@test "without --move no source is ever removed, whatever the config says" {
	library
	for line in 'move = yes' 'dry-run = yes' 'runs = yes'; do
		echo "$line" >lib/.dcim/config
		run -2 photo-import -q card lib
		[[ $output == *'unknown name'* ]]
	done
	[ -e card/DCIM/100CANON/IMG_0001.JPG ]
}

@test "a source that is known by name and time alone stays, with --move too" {
	library
	photo-import -q card lib >/dev/null
	photo-import -q --move card lib >/dev/null
	[ "$(find card -type f -printf x | wc -c)" -eq 22 ]
}

@test "config: options as name = value, the command line wins" {
	library
	cat >lib/.dcim/config <<-'END'
		# how I like it

		  template = {taken:%Y}/{name}  
		undated=nowhere/{name}
		exclude = *.TIF
		algorithm = sha256,xxh128
		all-files = yes
	END
	run -0 photo-import -q card lib
	[ -e lib/2018/DSC_0001.JPG ] && [ ! -e lib/2018/DSC_0002.TIF ] && [ -e lib/nowhere/scan.jpg ] && [ -e lib/nowhere/notes.txt ]
	[ "$(log | jq -c 'select(.place.action == "copied") | .hash | keys' | sort -u)" = '["sha256","xxh128"]' ]
	rm -rf lib && library
	echo 'template = a/{name}' >lib/.dcim/config
	photo-import -q --template='b/{name}' card/DCIM/102NIKON lib >/dev/null
	[ -e lib/b/DSC_0001.JPG ] && [ ! -e lib/a ]
}

@test "config: what it cannot say is an error, and nothing is imported" {
	library
	for line in 'templat = x' 'nonsense' 'all-files = perhaps' '= x' 'a b = c'; do
		echo "$line" >lib/.dcim/config
		run -2 photo-import -q card lib
		[[ $output == 'photo-import: lib/.dcim/config: '* ]]
	done
	[ -z "$(ls lib)" ]
}

@test "--exclude: by name, by path, more than one" {
	library
	run -0 photo-import -q --exclude='*.TIF' --exclude=odd --exclude '*/101CANON/*' --exclude="it's" card lib
	log | jqr .path >paths
	! grep -qE 'TIF|/odd/|101CANON' paths || false
	[ "$(wc -l <paths)" -eq 11 ]
}

@test "damaged heads are imported as damaged, in this run and known in the next" {
	library
	mkdir hurt
	head -c 5000 /dev/zero >hurt/zeros.JPG
	: >hurt/empty.MOV
	{ printf '\r\n'; cat card/DCIM/102NIKON/DSC_0001.JPG; } >hurt/front.jpg
	echo other >hurt/other.txt
	run -0 photo-import -q hurt lib
	[[ ${lines[0]} == '4 files, '*': 3 copied, 1 not media' ]]
	[[ $output == *'Damaged, and kept as they are:'*'hurt/empty.MOV: is empty'*'hurt/front.jpg: a JPEG begins at byte 2'*'hurt/zeros.JPG: holds no picture'* ]]
	for f in zeros.JPG empty.MOV front.jpg; do cmp hurt/$f "$(find lib -name $f)"; done
	run -0 photo-import -q hurt lib
	[[ ${lines[0]} == '4 files, '*': 3 imported before, 1 not media' ]]
	[[ $output == *$'\nSkipped:\n  hurt/other.txt: not media'* ]]
}

@test "thumbnails, trash and the library itself are left out" {
	library card/lib
	for folder in '#recycle' @Recycle .@__thumb @tmp .Trash-1000 .Trashes '$RECYCLE.BIN' 'System Volume Information' \
		.Spotlight-V100 .fseventsd .thumbnails lost+found .dcim; do
		mkdir "card/$folder"
		cp card/DCIM/102NIKON/DSC_0001.JPG "card/$folder/thrown away.jpg"
	done
	photo-import -q card card/lib >/dev/null
	[ "$(log card/lib | wc -l)" -eq 21 ]
	run -0 photo-import -q card card/lib # the copies in the library are no news
	[[ ${lines[0]} == *': 20 imported before, 1 not media' ]]
	run -2 photo-import card/lib card/lib
	(cd card/lib && run -2 photo-import . ../lib)
}

@test "files are operands too, and several sources" {
	library
	run -0 photo-import -q card/DCIM/102NIKON/DSC_0001.JPG card/DCIM/103APPLE 'card/old scans/Summer 1998/scan.jpg' lib
	[[ ${lines[0]} == '4 files, '*': 4 copied' ]]
	[ -e lib/undated/scan.jpg ]
	(cd card && run -0 photo-import -q notes.txt ../lib && [[ $output == *'1 not media'* ]])
}

@test "a source that is a symbolic link to a folder is followed, links inside are not" {
	library
	ln -s card link
	ln -s "$T/card/notes.txt" card/link.jpg
	run -0 photo-import -q link lib
	[[ ${lines[0]} == '21 files, '* ]]
}

@test "--all-files: other files too; without it they are named, and not read the next time" {
	library
	photo-import -q card lib >/dev/null
	run -0 photo-import -q --all-files card lib
	[[ ${lines[0]} == *': 1 copied, 20 imported before' ]]
	[ -e lib/undated/notes.txt ]
}

@test "--template, --undated, --tz, --date-from" {
	library
	photo-import -q --template='{make|"none"}/{taken:%H}-{name}' --undated='none/{name}' --tz=Asia/Tokyo card lib >/dev/null
	[ -e 'lib/NIKON CORPORATION/17-DSC_0001.JPG' ]
	[ -e lib/none/scan.jpg ]
	[ -e lib/none/21-MVI_0004.MP4 ] # 12:30 UTC
	[ "$(log | jqr 'select(.path | endswith("DSC_0001.JPG")).taken')" = 2018-12-24T17:00:01.07+09:00 ]
	rm -rf lib && library
	photo-import -q --date-from=mtime card/DCIM lib >/dev/null
	[ "$(ls lib)" = 2024 ]
}

@test "dates in UTC go where the system's zone says" {
	library
	TZ=Pacific/Auckland photo-import -q --template='{taken:%d}/{name}' card/DCIM/100CANON/MVI_0004.MP4 lib >/dev/null
	[ -e lib/15/MVI_0004.MP4 ] # 12:30 UTC is 00:30 the next day
	[ "$(log | jqr .taken)" = 2021-08-14T12:30:00Z ]
}

@test "the system's zone as a path, a rule, or nothing; never UTC for want of better" {
	library
	[ -e /usr/share/zoneinfo/Pacific/Auckland ] || skip "no zone files"
	for zone in :Pacific/Auckland /usr/share/zoneinfo/Pacific/Auckland :/usr/share/zoneinfo/Pacific/Auckland NZST-12 \
		'<+12>-12<+13>,M9.5.0,M4.1.0/3'; do
		TZ=$zone photo-import -n -q --template='{taken:%d}/{name}' card/DCIM/100CANON/MVI_0004.MP4 lib >out
		grep -q '15/MVI_0004.MP4' out || { echo "TZ=$zone: $(cat out)"; false; }
	done
	TZ='' photo-import -n -q --template='{taken:%d}/{name}' card/DCIM/100CANON/MVI_0004.MP4 lib >out
	grep -q '14/MVI_0004.MP4' out
	for zone in Mars/Olympus /no/such/zone 'CET-1CEST,M13.5.0,M10.5.0'; do
		run -2 env TZ="$zone" photo-import -n -q card/DCIM/100CANON/MVI_0004.MP4 lib
		[[ $output == *"$zone"* ]]
	done
}

@test "the system's zone where /etc/localtime is a file" {
	library
	need unshare
	mkdir up
	cat >inner <<-'E'
		mount -t tmpfs none up && mkdir up/u up/w &&
			mount -t overlay overlay -o lowerdir=/etc,upperdir="$PWD/up/u",workdir="$PWD/up/w" /etc || exit 9
		rm -f /etc/localtime && cp /usr/share/zoneinfo/Pacific/Auckland /etc/localtime || exit 9
		unset TZ
		photo-import -n -q --template='{taken:%d}/{name}' card/DCIM/100CANON/MVI_0004.MP4 lib >out || exit 1
		: >/etc/localtime
		photo-import -n -q card/DCIM/100CANON/MVI_0004.MP4 lib >out2 2>err
		[ $? -eq 2 ] && grep -q /etc/localtime err
	E
	rc=0
	unshare -m sh inner 2>why || rc=$?
	[ -s out ] || skip "needs root and overlayfs"
	[ $rc -eq 0 ]
	grep -q '15/MVI_0004.MP4' out
}

@test "--verify=readback" {
	library
	photo-import -q --verify=readback card/DCIM/102NIKON lib >/dev/null
	[ "$(log | jqr .place.verified | sort -u)" = readback ]
}

@test "-a: which digests" {
	library
	photo-import -q -a md5,xxh128 card/DCIM/102NIKON lib >/dev/null
	[ "$(log | jq -c '.hash | keys' | sort -u)" = '["md5","xxh128"]' ]
}

@test "--through: filters behind exif-read, one after the other" {
	library
	run -0 photo-import -q --through="jq -c '.artist = \"It'\\''s me\"'" --through='grep -v "\"make\":\"Apple\""' card lib
	[ ! -e lib/2023 ]
	[ "$(log | jqr .artist | sort -u)" = "It's me" ]
}

@test "--through that fails: status 1 or 3, and it is named" {
	library
	rc=0
	photo-import -q --through='cat; exit 1' card/DCIM/102NIKON lib >out 2>err || rc=$?
	[ $rc -eq 1 ]
	[ -e lib/2018/2018-12-24/DSC_0001.JPG ]
	rc=0
	photo-import -q --through='no-such-command-anywhere' card lib >out 2>err || rc=$?
	[ $rc -eq 3 ]
	grep -q 'no-such-command' err
	rc=0
	photo-import -q --through='kill -9 $$' card lib >out 2>err || rc=$?
	[ $rc -eq 3 ]
	grep -q 'ended by signal 9' err
}

@test "one file that fails: the others are imported, status 1, the summary names it" {
	library
	if [ "$(id -u)" -eq 0 ]; then
		through='jq -c "if .path | endswith(\"DSC_0001.JPG\") then .path = .path + \".gone\" else . end"'
	else
		chmod 000 card/DCIM/102NIKON/DSC_0001.JPG
		through=cat
	fi
	run -1 photo-import -q --through="$through" card lib
	[[ ${lines[0]} == *'1 failed'* ]]
	[[ $output == *$'\nFailed:\n  card/DCIM/102NIKON/DSC_0001.JPG'* ]]
	[ -e lib/2018/2018-12-25/DSC_0002.TIF ]
}

@test "a folder that cannot be read: the others are imported, status 1" {
	[ "$(id -u)" -ne 0 ] || skip "root may read everything"
	library
	chmod 000 card/DCIM/102NIKON
	run -1 photo-import -q card lib
	chmod 755 card/DCIM/102NIKON
	[[ $output == *'102NIKON'* ]]
	[ -e lib/2019/2019-03-01/IMG_0001.JPG ]
}

@test "a database that is a picture stops the run: status 3, nothing placed" {
	library
	cp card/DCIM/102NIKON/DSC_0001.JPG lib/.dcim/hash.db
	rc=0
	photo-import -q card lib >out 2>err || rc=$?
	[ $rc -eq 3 ]
	grep -q hash.db err
	[ -z "$(ls lib)" ] && [ -z "$(ls lib/.dcim/runs)" ]
}

@test "a library that cannot be written to stops the run: status 3" {
	[ "$(id -u)" -ne 0 ] || skip "root may write everywhere"
	library
	chmod -R a-w lib
	run -3 photo-import -q card lib
	chmod -R u+w lib
	[ -z "$(ls lib)" ]
}

@test "two runs in one second have two logs" {
	library
	for n in 1 2 3; do
		mkdir -p bin
		printf '#!/bin/sh\necho 20261121T213400Z\n' >bin/date
		chmod +x bin/date
		PATH=$PWD/bin:$PATH photo-import -q card lib >/dev/null
	done
	[ "$(ls lib/.dcim/runs | LC_ALL=C sort | tr '\n' ' ')" = '20261121T213400Z.ndjson 20261121T213400Z_2.ndjson 20261121T213400Z_3.ndjson ' ]
	run -0 photo-import --runs lib
	[ "${#lines[@]}" -eq 3 ]
	[[ $output == *'20261121T213400Z  21 files, '*': 19 copied, 1 duplicate, 1 not media'* ]]
	[[ $output == *'20261121T213400Z_3  21 files, '*'imported before'* ]]
}

@test "a run of nothing leaves no log" {
	library
	mkdir nothing
	run -0 photo-import -q nothing lib
	[ "${lines[0]}" = '0 files, 0 bytes' ]
	[ -z "$(ls lib/.dcim/runs)" ]
}

@test "DCIM_LIBRARY stands for the library, unless the last operand is one" {
	library && library other
	export DCIM_LIBRARY=lib
	photo-import -q card/DCIM/102NIKON >/dev/null
	[ -e lib/2018/2018-12-24/DSC_0001.JPG ]
	photo-import -q card/DCIM/102NIKON other >/dev/null
	[ -e other/2018/2018-12-24/DSC_0001.JPG ]
	run -0 photo-import --runs
	[ "${#lines[@]}" -eq 1 ]
	run -2 photo-import
}

@test "names of libraries and sources that look like options or bite the shell" {
	for odd in -lib "li'b" 'li b' 'li
b' '$(touch bad)' '*'; do
		library "./$odd"
		cp -a card "./-src $odd"
		photo-import -q -- "-src $odd" "$odd" >/dev/null || { echo "$odd"; false; }
		[ -e "./$odd/2018/2018-12-24/DSC_0001.JPG" ]
		rm -rf "./$odd" "./-src $odd"
	done
	[ ! -e bad ]
}

@test "interrupted: what was done is recorded, the script ends by the signal, and the next run completes it" {
	library
	n=0
	for signal in TERM HUP; do
		# the filter waits after three records, as a slow card would
		photo-import -q --through='head -n 3; touch waiting; sleep 60' card lib >out 2>err &
		pid=$!
		for ((i = 0; i < 200; i++)); do [ ! -e waiting ] || break; sleep 0.05; done
		[ -e waiting ]
		SECONDS=0
		kill -s $signal $pid
		rc=0
		wait $pid || rc=$?
		[ $SECONDS -lt 30 ]
		[ $rc -eq $((128 + $(kill -l $signal))) ] || { echo "$signal: $rc"; cat err; false; }
		grep -q interrupted err
		[ "$(cat err)" = 'photo-import: interrupted; the same command goes on from here' ]
		n=$((n + 3))
		[ "$(log | grep -c '"place"')" -eq $n ]
		grep -q ' files, .*copied' out
		rm waiting
	done
	run -0 photo-import -q card lib
	[[ ${lines[0]} == '21 files, '*'6 imported before'* ]]
	[ -z "$(find lib/.dcim/tmp -type f 2>/dev/null)" ]
}

@test "a signal to the whole group, as from the terminal: the same, and no process is left" {
	need python3
	mkdir slow # a database on a slow disk, which takes its time to end
	printf '#!/bin/sh\ntrap "" INT TERM HUP\ncat >slow/in; sleep 3\n%s "$@" <slow/in\n' "$BIN/hashdb-merge" >slow/hashdb-merge
	chmod +x slow/hashdb-merge
	for signal in SIGINT SIGTERM SIGHUP; do
		rm -rf lib waiting
		library
		PATH=$T/slow:$PATH run -0 python3 - $signal <<-'END'
			import os, signal, subprocess, sys, time
			number = getattr(signal, sys.argv[1])
			p = subprocess.Popen(["photo-import", "-q", "--through=head -n 3; touch waiting; exec sleep 60", "--through=cat",
			    "card", "lib"], start_new_session=True, stdout=open("out", "w"), stderr=open("err", "w"))
			for i in range(200):
			    if os.path.exists("waiting"): break
			    time.sleep(0.05)
			os.killpg(p.pid, number)
			assert p.wait(20) == -number, p.returncode
			left = [l for l in subprocess.getoutput("ps -e -o pgid= -o stat= -o args=").splitlines()
			    if l.split()[0] == str(p.pid) and not l.split()[1].startswith("Z")]
			assert not left, left
		END
		log >records 2>log-err || : # it may have come before the first record was through
		[ "$(head -n 1 out | cut -d' ' -f1)" = "$(wc -l <records)" ]
		[ "$(grep -c '"copied"' records)" -eq "$(find lib -name .dcim -prune -o -type f -printf x | wc -c)" ]
		[ "$(hashdb-list -0 lib/.dcim/hash.db | tr -dc '\0' | wc -c)" -eq "$(grep -c '"copied"' records)" ]
	done
	[ -e card/IMG_20220101_101112.jpg ]
}

@test "nothing stays behind in the temporary folder" {
	library
	mkdir tmp
	TMPDIR=$T/tmp photo-import -q card lib >/dev/null
	TMPDIR=$T/tmp photo-import -q -n card lib >/dev/null
	[ -z "$(ls -A tmp)" ]
}

@test "without -q, nothing is said on stderr of a run without failures" {
	library
	photo-import card lib 2>err >/dev/null
	[ ! -s err ] || { cat err; false; }
}

@test "a source that goes away in the middle: status 3, what was done stays, one message names it" {
	library
	rc=0
	photo-import -q --through='head -n 3; cat >/dev/null; sleep 2; mv card gone' card lib >out 2>err || rc=$?
	[ $rc -eq 3 ]
	[ "$(cat err)" = 'photo-import: card has gone' ]
	[ "$(log | grep -c '"copied"')" -ge 3 ] || { cat out; false; }
}

@test "a full library stops the run: status 3; with room again the same command completes it" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	cat >inside <<-'END'
		mkdir small && mount -t tmpfs -o size=400k tmpfs small || exit 9
		photo-init -q small >/dev/null || exit 8
		for n in 1 2 3 4 5 6 7 8; do head -c 60000 /dev/urandom >card/$n.jpg && cat card/IMG_*.jpg card/$n.jpg >card/a && mv card/a card/$n.jpg; done
		photo-import -q card small >out 2>err
		echo $? >status
		mount -o remount,size=20m small
		photo-import -q card small >out2 2>err2
		echo $? >status2
		find card -name '@eaDir' -prune -o -type f ! -name '*.txt' -exec sha256sum {} + | cut -d' ' -f1 | sort -u >want
		find small -name .dcim -prune -o -type f -exec sha256sum {} + | cut -d' ' -f1 | sort >have
	END
	unshare -m sh inside || skip "cannot mount here"
	[ "$(cat status)" = 3 ]
	grep -q 'No space left' err
	[ "$(cat status2)" = 0 ] || { cat out2 err2; false; }
	cmp want have
}

@test "a read-only library: status 3, and why" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	library
	cat >inside <<-'END'
		mount --bind lib lib && mount -o remount,ro,bind lib || exit 9
		photo-import -q card lib >out 2>err
		echo $? >status
		photo-import -q -n card lib >out-n
		echo $? >status-n
	END
	unshare -m sh inside || skip "cannot mount here"
	[ "$(cat status)" = 3 ]
	grep -q 'Read-only' err
	[ "$(cat status-n)" = 0 ]
	grep -q '19 to be placed' out-n
}
