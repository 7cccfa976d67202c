#!/usr/bin/env bats
# bats file_tags=no-races
# photo-import -- a card into a library: what is placed, what is left, what is said, how it ends.
load helper
load card
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	copy_card
}

# library [FOLDER] -- an empty one.
library() { photo-init -q "${1-lib}" >/dev/null; }

# tree FOLDER -- its files with their digests, without the library's own.
tree() { (cd "$1" && find . -name .dcim -prune -o -type f -exec sha256sum {} + | LC_ALL=C sort -k2); }

# everything FOLDER -- every name below, and the content of what stands still.
everything() { (cd "$1" && find . -printf '%p %s %T@\n' | LC_ALL=C sort); }

# A filter that lets three records through, and waits until they are in the log.
three() { echo 'head -n 3; for i in $(seq 2400); do [ $(cat lib/.dcim/runs/*.ndjson | wc -l) -lt 3 ] || break; sleep 0.05; done'; }

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
	[ "$stderr" = 'photo-import: no library at empty (is the disk mounted?); photo-init empty makes one' ]
	[ -z "$(ls -A empty)" ]
	run -2 photo-import card not-there
	[ ! -e not-there ]
	DCIM_LIBRARY=empty run -2 photo-import card
	[ -z "$(ls -A empty)" ]
}

@test "a library that is not named, or not named last: no hint that would make the card one" {
	library
	run -2 --separate-stderr photo-import card
	[ "$stderr" = 'photo-import: no library at card (is the disk mounted?); or was it meant as the source? photo-import SOURCE LIBRARY' ]
	run -2 --separate-stderr photo-import lib card
	[ "$stderr" = 'photo-import: no library at card, but there is one at lib: name the library last' ]
	run -2 --separate-stderr photo-import --runs card
	[[ $stderr == *'photo-init card makes one' ]]
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

@test "--move finishes what an import without it has left: known or not, all is read again" {
	library
	photo-import -q card lib >/dev/null
	run -0 photo-import -q --move card lib
	[[ $output == *$'\n20 sources were removed.\n'* ]]
	[ "$(find card -name @eaDir -prune -o -type f -printf '%P ')" = 'notes.txt ' ]
	[ "$(tree lib | wc -l)" -eq 19 ]
}

@test "what a killed --move has put aside gets its name back and is imported; a dry run leaves it" {
	library
	mv card/DCIM/102NIKON/DSC_0001.JPG card/DCIM/102NIKON/.DSC_0001.JPG.dcim-0a1b2c3d
	before=$(everything card)
	run -0 photo-import -n card lib
	[[ $output == *'.DSC_0001.JPG.dcim-0a1b2c3d -> 2018/2018-12-24/DSC_0001.JPG'* ]]
	[ "$(everything card)" = "$before" ]
	run -0 photo-import -q --move card lib
	[[ $output == *$'\n20 sources were removed.\n'* ]]
	[ -e lib/2018/2018-12-24/DSC_0001.JPG ] && [ -z "$(ls -A card/DCIM/102NIKON)" ]
}

@test "what was put aside and cannot have its name back is imported under it: the name was taken, the card is write-protected" {
	library
	photo=card/DCIM/102NIKON/DSC_0001.JPG aside=card/DCIM/102NIKON/.DSC_0001.JPG.dcim-0a1b2c3d
	was=$(sha256sum <$photo)
	mv $photo $aside && cp card/DCIM/103APPLE/*.JPG $photo
	cp -a card twin
	photo-import -n card lib | grep -F "$aside -> 2018/2018-12-24/DSC_0001" || false
	run -1 --separate-stderr photo-import -q card lib
	[[ $stderr == *'could not get their names back, and are imported from where they are' ]] || { echo "$stderr"; false; }
	[ "$(sha256sum <lib/2018/2018-12-24/DSC_0001.JPG)" = "$was" ]
	run -1 --separate-stderr photo-import -q card lib
	[[ $output == *' 21 imported before'* ]] || { echo "$output"; false; }
	library other
	run -1 photo-import -q --move twin other
	[ "$(sha256sum <other/2018/2018-12-24/DSC_0001.JPG)" = "$was" ]
	[ -z "$(ls -A twin/DCIM/102NIKON)" ]
	unshare -m true 2>/dev/null || skip "no mount namespaces"
	mv $aside $photo && cp $photo spare && mv $photo $aside
	library third
	unshare -m sh -c "mount --bind card card && mount -o remount,ro,bind card || exit 77
		photo-import -q card third >out 2>err" && status=0 || status=$?
	[ "$status" -ne 77 ] || skip "nothing can be write-protected here"
	[ "$status" -eq 1 ] && [ "$(sha256sum <third/2018/2018-12-24/DSC_0001.JPG)" = "$was" ]
}

@test "what was put aside of a name that begins with _ is no file of macOS" {
	library
	mkdir new
	cp card/DCIM/102NIKON/DSC_0001.JPG new/._MG_0001.JPG.dcim-0123abcd
	cp card/DCIM/102NIKON/DSC_0001.JPG new/._MG_0002.JPG
	run -0 photo-import -q -n new lib
	[[ ${lines[0]} == '1 file, '* ]]
	run -0 photo-import -q --move new lib
	[ "$(ls -A new)" = ._MG_0002.JPG ]
	[ -n "$(find lib -name _MG_0001.JPG)" ]
	mv lib/*/*/_MG_0001.JPG new/._MG_0001.JPG.dcim-0123abcd
	mkdir again
	place-file -q -t again new/._MG* >out || [ $? -eq 1 ]
	[ "$(jqr '.place.reason // .place.action' out | xargs)" = "copied never-source" ]
}

@test "a name that only looks like one that was put aside is a source like others" {
	library
	cp card/DCIM/102NIKON/DSC_0001.JPG card/.a.JPG.dcim-yyyymmdd
	run -0 photo-import -q card lib
	[[ $output == '22 files, '*' 2 duplicates'* ]] || { echo "$output"; false; }
}

@test "--move of a file is no pulled-out card" {
	library
	run -0 --separate-stderr photo-import -q --move card/DCIM/102NIKON/DSC_0001.JPG lib
	[ -z "$stderr" ]
	[ ! -e card/DCIM/102NIKON/DSC_0001.JPG ] && [ -e lib/2018/2018-12-24/DSC_0001.JPG ]
}

@test "a file that a killed --move has put aside: the same command with its name goes on" {
	library
	for at in card/DCIM/102NIKON .; do
		cp -p card/DCIM/102NIKON/DSC_0001.JPG "$at/[*].JPG" && mv "$at/[*].JPG" "$at/.[*].JPG.dcim-0123abcd"
		run -2 photo-import -n "$at/[*].JPG" lib
		(cd "$at" && run -0 photo-import -q --move '[*].JPG' "$T/lib" && [ ! -e '[*].JPG' ] && [ ! -e '.[*].JPG.dcim-0123abcd' ])
	done
	run -2 photo-import -q --move '[*].JPG' lib
}

@test "sources that lie in one another: no file is met twice, with --move neither" {
	library && library moved
	ln -s card/DCIM link
	cp -a card again
	set -- card/DCIM card ./card/ card card/DCIM/102NIKON/DSC_0001.JPG link "$T/card/IMG_20220101_101112.jpg"
	run -0 photo-import -q "$@" lib
	[[ ${lines[0]} == '21 files, '*': 19 copied, 1 duplicate, '* ]]
	run -0 --separate-stderr photo-import -q --move "$@" moved
	[ -z "$stderr" ]
	[[ $output == *$'\n20 sources were removed.\n'* ]]
	[ "$(tree moved)" = "$(tree lib)" ]
	run -0 photo-import -q again/DCIM 'again/old scans' again/DCIM/102NIKON lib
	[[ ${lines[0]} == '12 files, '* ]]
}

@test "a source that another one does not lead to, by a link or from what is passed over, is met" {
	library
	mkdir -p card/.Trashes/1/deep other
	mv card/DCIM/102NIKON/DSC_0001.JPG card/.Trashes/1/deep
	mv card/DCIM/103APPLE/IMG_0100.JPG other
	ln -s ../other/IMG_0100.JPG card/link.jpg
	run -0 photo-import -q card card/.Trashes/1 card/.Trashes/1/deep card/link.jpg lib
	[[ ${lines[0]} == '21 files, '*': 19 copied, 1 duplicate, '* ]]
	[ -e lib/2018/2018-12-24/DSC_0001.JPG ]
	run -0 photo-import -q --move card card/.Trashes/1 lib
	[ ! -e card/.Trashes/1/deep/DSC_0001.JPG ]
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
	[ -e lib/2018/DSC_0001.JPG ]
	[ ! -e lib/2018/DSC_0002.TIF ]
	[ -e lib/nowhere/scan.jpg ]
	[ -e lib/nowhere/notes.txt ]
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

# as_root -- what follows gives files away.
as_root() { [ "$(id -u)" -eq 0 ] || skip "only root can give files away"; }

@test "config: a command is followed only where nobody else can have written it; all else is" {
	library
	config=lib/.dcim/config
	printf 'template = mine/{name}\nthrough = touch ran; cat\n' >$config
	refused() {
		run -2 --separate-stderr photo-import -q card/DCIM/102NIKON lib
		[[ $stderr == "photo-import: $config: 'through = touch ran; cat' is not obeyed, because "* ]]
		[ ! -e ran ]
		[ -z "$(ls lib)" ]
		[ -z "$(ls lib/.dcim/runs)" ]
	}
	for mode in 666 664 646; do chmod $mode $config && refused; done
	chmod 600 $config
	for mode in 777 775; do chmod $mode lib/.dcim && refused; done
	chmod 755 lib/.dcim
	chmod 777 lib && refused
	chmod 1777 lib # others may add files, and cannot touch what is there
	mkdir open && chmod 777 open && mv $config open && ln -s "$T/open/config" $config && refused # where it lies counts
	mv open/config own && ln -sf "$T/own" $config
	run -0 photo-import -q card/DCIM/102NIKON lib
	[ -e ran ]
	[ -e lib/mine/DSC_0001.JPG ]
	rm $config && echo 'template = theirs/{name}' >$config && chmod 666 $config
	run -0 photo-import -q card/DCIM/103APPLE lib
	[ -e lib/theirs/IMG_0100.JPG ]
}

@test "config: another user's command is not followed, in a file or a folder of his" {
	as_root
	library
	echo 'through = touch ran; cat' >lib/.dcim/config
	for theirs in lib/.dcim/config lib/.dcim lib; do
		chown 65534 $theirs
		run -2 photo-import -q card lib
		[[ $output == *'another user'* ]]
		chown 0 $theirs
	done
	[ ! -e ran ]
	run -0 photo-import -q card lib
	[ -e ran ]
}

# outside -- a folder that any user can look into, and `as_user` to run a command in it.
outside() {
	as_root
	need setpriv
	dir=$(mktemp -d /var/tmp/photo-import.XXXXXX) && chmod 755 "$dir" && cp -r card/DCIM/103APPLE "$dir/card" && cd "$dir"
	library
	as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nowhere TMPDIR=/tmp "$@"; }
	as_user test -x "$BIN/photo-import" || { rm -rf "$dir" && skip "others cannot run the programs"; }
}

@test "config: who can put a link where a config is looked for cannot choose the user's own files" {
	outside
	mkdir own && echo "through = touch $dir/own/ran; cat" >own/notes && ln -s "$dir/own/notes" lib/.dcim/config
	chown -R 65534 own && chown -R 65533 lib && chmod -R a+rwX lib
	first=0 second=0
	as_user "$BIN/photo-import" -q card lib 2>said || first=$?
	rm lib/.dcim/config && mv lib/.dcim own/d && ln -s "$dir/own/d" lib/.dcim && cp own/notes own/d/config
	chmod -R go-w own && chown -R 65534 own
	as_user "$BIN/photo-import" -q card lib 2>said || second=$?
	ran=$(ls own) && cd / && rm -rf "$dir"
	[ "$first $second" = '2 2' ] && [[ $ran != *ran* ]]
}

@test "config: lines may end as Windows's do" {
	library
	printf 'template = all/{name}\r\nexclude = *.TIF\r\n\r\n' >lib/.dcim/config
	run -0 photo-import -q card/DCIM/103APPLE lib
	[ -e lib/all/IMG_0100.JPG ]
}

@test "config: on a file system without owners no command is followed" {
	command -v mkfs.vfat >/dev/null || skip "no mkfs.vfat"
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	truncate -s 4M disk && mkfs.vfat disk >/dev/null && mkdir mnt
	printf 'photo-init -q mnt/lib >/dev/null && echo "through = touch ran; cat" >mnt/lib/.dcim/config
		photo-import -q card mnt/lib 2>err; echo $? >status\n' >inside
	unshare -m sh -c 'mount -o loop disk mnt && exec sh inside' || skip "cannot mount vfat here"
	[ "$(cat status)" = 2 ]
	[ ! -e ran ]
	grep -q 'does not tell whose it is' err
}

@test "config: the user's own is read first, then the library's, then the command line" {
	library
	mkdir -p home/.config/dcim-utils xdg/dcim-utils
	printf 'template = home/{name}\nexclude = *.TIF\nthrough = tee -a ran\n' >home/.config/dcim-utils/config
	HOME=$T/home XDG_CONFIG_HOME='' run -0 photo-import -q card/DCIM/102NIKON lib
	[ "$(ls lib)" = home ]
	[ "$(ls lib/home)" = DSC_0001.JPG ]
	[ -s ran ]
	printf 'template = xdg/{name}\n' >xdg/dcim-utils/config
	HOME=$T/home XDG_CONFIG_HOME=$T/xdg run -0 photo-import -q card/IMG_20220101_101112.jpg lib
	[ -e lib/xdg/IMG_20220101_101112.jpg ]
	echo 'template = lib/{name}' >lib/.dcim/config
	HOME=$T/home XDG_CONFIG_HOME=relative run -0 photo-import -q card/DCIM/103APPLE lib
	[ -e lib/lib/IMG_0100.JPG ]
	HOME=$T/home XDG_CONFIG_HOME='' run -0 photo-import -q --template='line/{name}' card/DCIM/101CANON lib
	[ -e lib/line/IMG_0001.JPG ]
	chmod 666 home/.config/dcim-utils/config
	HOME=$T/home XDG_CONFIG_HOME='' run -2 photo-import -q card lib
}

@test "what a config says or a name holds does not drive the terminal" {
	library
	printf 'bad \033]0;title\007 \302\233 line\n' >lib/.dcim/config
	run -2 photo-import -q card lib
	! printf '%s' "$output" | LC_ALL=C grep -q "$(printf '[\001-\037\177]\\|\302\233')" || false
	rm lib/.dcim/config
	odd=$(printf 'src\033[2J')
	cp -a card "$odd"
	photo-import -q "$odd" lib >out
	photo-import --runs lib >>out
	! LC_ALL=C grep -q "$(printf '\033')" out || false
	printf 'source = \033[2J\nstopped = \033[2J\n' >"$(ls lib/.dcim/runs/*.info)"
	photo-import --runs lib >out
	[ -s out ] && ! LC_ALL=C grep -q "$(printf '\033')" out || false
}

@test "the programs are those beside the script, whatever PATH is" {
	library
	mkdir fake
	for program in exif-read file-hash hashdb-lookup hashdb-merge place-file photo-report source-remove; do
		printf '#!/bin/sh\ntouch %s/ran\nexit 3\n' "$T" >fake/$program && chmod +x fake/$program
	done
	ln -s "$BIN/photo-import" link
	PATH=$T/fake:/usr/bin:/bin run -0 ./link -q card lib
	[[ ${lines[0]} == *'19 copied'* ]]
	[ ! -e ran ]
	PATH=$T/fake:/usr/bin:/bin run -0 "$BIN/photo-init" -q lib2
	run -0 env -i "$BIN/photo-init" -q lib3 # without any PATH
	[ -f lib3/.dcim/hash.db ]
}

@test "--through: a grep that chooses nothing has not failed; another's status 1 is one" {
	library
	run -0 photo-import -q --through='LC_ALL=C grep no-such-thing-anywhere' card lib
	[ -z "$(ls lib)" ]
	run -1 photo-import -q --through='cat >/dev/null; false' card lib
	run -3 photo-import -q --through='grep -E "("' card lib
}

@test "--through and what was imported before: a dry run says what the run says" {
	library
	photo-import -q card lib >/dev/null
	photo-import -q -n --through='grep no-such-thing-anywhere' card lib >planned
	photo-import -q --through='grep no-such-thing-anywhere' card lib >done
	diff planned done
	[[ $(head -n 1 done) == *': 20 imported before, 1 not media' ]]
}

@test "--member: the template may use what --through adds" {
	library
	run -2 photo-import -q --template='{event}/{name}' card lib
	[[ $output == *'--member=event'* ]]
	run -0 photo-import -q --through="jq -c '.event = \"Tour\"'" --member=event --template='{event}/{name}' --undated='{event}/{name}' \
		card/DCIM/102NIKON lib
	[ -e lib/Tour/DSC_0001.JPG ]
	printf 'member = event\ntemplate = {event|"none"}/{name}\n' >lib/.dcim/config
	run -0 photo-import -q card/DCIM/103APPLE lib
	[ -e lib/none/IMG_0100.JPG ]
}

@test "what has gone from the library comes again, and that is said; --leave-deleted: it does not" {
	library
	photo-import -q card lib >/dev/null
	rm lib/2018/2018-12-25/DSC_0002.TIF lib/2018/2018-12-24/DSC_0001.JPG
	run -0 photo-import -q card/DCIM/102NIKON/DSC_0001.JPG lib
	[[ $output == *'gone'* ]]
	[ -e lib/2018/2018-12-24/DSC_0001.JPG ]
	before=$(tree lib)
	run -0 photo-import -n --leave-deleted card lib
	run -0 --separate-stderr photo-import --leave-deleted card lib
	[ "$stderr" = 'photo-import: files deleted from lib, and not brought back from now on: 1' ]
	[ "$(tree lib)" = "$before" ]
	run -0 photo-import -q card lib
	[ "$(tree lib)" = "$before" ]
	run -0 --separate-stderr photo-import -q --leave-deleted card lib # and nothing else is marked
	[ -z "$stderr" ]
	[ "$(tree lib)" = "$before" ]
	mkdir lib/2018/2018-12-24/DSC_0001.JPG.d && mv lib/2018/2018-12-24/DSC_0001.JPG lib/kept
	mv lib/2018/2018-12-24/DSC_0001.JPG.d lib/2018/2018-12-24/DSC_0001.JPG # a folder in its place
	run -0 --separate-stderr photo-import --leave-deleted card lib
	[ "$stderr" = 'photo-import: files deleted from lib, and not brought back from now on: 1' ]
}

@test "-n -q writes the summary and no list" {
	library
	run -0 --separate-stderr photo-import -n -q card lib
	[[ ${lines[0]} == '21 files, '* ]] && [[ $output != *'to be placed  '* ]] && [ -z "$stderr" ]
}

@test "a wrong command has no summary" {
	library
	for wrong in '-n --template={' '--template={' '-a sha0'; do
		run -2 --separate-stderr photo-import $wrong card lib
		[ -z "$output" ]
	done
}

@test "folders that cannot be looked into are counted, and make the status 1" {
	library
	mkdir -p fake
	printf '#!/bin/sh\n%s "$@"\nfor n in 1 2; do echo "find: '"'"'card/secret$n'"'"': Permission denied" >&2; done\nexit 1\n' \
		"$(command -v find)" >fake/find && chmod +x fake/find
	PATH=$T/fake:$PATH run -1 --separate-stderr photo-import card lib
	[[ $output == *$'\nFolders that could not be looked into: 2\n  '"'card/secret1': Permission denied"* ]]
	[[ $stderr == *"photo-import: 'card/secret2': Permission denied"* ]]
	[ -e lib/2018/2018-12-24/DSC_0001.JPG ]
}

@test "a folder that cannot be entered keeps no other source back" {
	library && mkdir -m 0 shut
	bound='' # root may enter, with all of its powers
	! cd shut 2>/dev/null || { cd .. && bound='setpriv --bounding-set=-dac_override,-dac_read_search'; }
	[ -z "$bound" ] || $bound true || skip "cannot do without a capability"
	run -1 --separate-stderr $bound photo-import -q shut card lib
	[[ ${lines[0]} == *': 19 copied, '* ]]
	[[ $output == *"'shut': Permission denied"* ]]
	[ -z "$stderr" ]
}

@test "more than fits: said before it begins, for a dry run too, and known files do not count" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	cat >inside <<-'END'
		mkdir small && mount -t tmpfs -o size=400k tmpfs small || exit 9
		photo-init -q small >/dev/null || exit 8
		photo-import -q card/DCIM small 2>err-fits >/dev/null
		head -c 300000 /dev/urandom >card/big1.jpg && head -c 300000 /dev/urandom >card/big2.jpg
		photo-import -n card small 2>err-n >/dev/null
		photo-import card small 2>err >/dev/null
		rm card/big1.jpg card/big2.jpg
		photo-import card/DCIM small 2>err-known >/dev/null
	END
	unshare -m sh inside || skip "cannot mount here"
	for f in err-n err; do head -n 1 $f | grep -qE '^photo-import: about 6[0-9]{2} kB are to be imported, but small has only [0-9.]+ kB free: not all will fit$' || { cat $f; false; }; done
	! grep room err-fits err-known || false
}

@test "a library with little room: what is kept back for the end takes none from the pictures" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	command -v mkfs.ext4 >/dev/null || skip "no mkfs.ext4"
	cat >inside <<-'END'
		truncate -s 8M disk && mkfs.ext4 -q disk && mkdir small && mount -o loop disk small || exit 9
		photo-init -q small/lib >/dev/null && photo-import -q card/DCIM/102NIKON small/lib >out 2>&1
		echo $? >status
	END
	unshare -m sh inside || skip "cannot mount here"
	[ "$(cat status)" = 0 ] || { cat out; false; }
}

@test "a run that was killed is completed by the next, and named as such" {
	library
	photo-import -q card/DCIM/102NIKON lib >/dev/null
	log=$(ls lib/.dcim/runs/*.ndjson)
	mv "${log%.ndjson}.info" "${log%.ndjson}.open"
	touch lib/.dcim/runs/20200101T000000Z.ndjson lib/.dcim/runs/20200101T000000Z.open
	head -c 100 /dev/zero >"${log%.ndjson}.reserve"
	jq -c '.place.source = "removed"' "$log" | head -n 1 >"${log%.ndjson}.moved"
	exec 7>lib/.dcim/runs/20190101T000000Z.open && flock -n 7 # a live one
	touch lib/.dcim/runs/20190101T000000Z.ndjson
	photo-import -q card/DCIM/103APPLE lib >/dev/null
	exec 7>&-
	[ "$(cd lib/.dcim/runs && ls | wc -l)" -eq 6 ] || { ls lib/.dcim/runs; false; }
	[ "$(jqr '.place.source // "none"' "$log" | head -n 1)" = removed ]
	[ "$(wc -l <"$log")" -eq 2 ]
	run -0 photo-import --runs lib
	[[ $output == *"$(basename "$log" .ndjson)  stopped (it was killed): 2 files, "*'; from card/DCIM/102NIKON'* ]]
}

@test "where the log cannot take what was removed, the summary tells it all the same, and the next run completes the log" {
	library
	cp -r "$BIN" full # a disk without room for a second log
	printf '#!/bin/sh\nexit 1\n' >full/sync && chmod +x full/sync
	cp -r card/DCIM/102NIKON nikon
	removed=$(find nikon -type f | wc -l)
	full/photo-import -q --move nikon lib >out
	grep -qx "$removed sources were removed." out
	[ "$(log | grep -c '"removed"')" -eq 0 ]
	photo-import -q card/DCIM/103APPLE lib >/dev/null
	[ "$(log | grep -c '"removed"')" -eq "$removed" ]
	[ -z "$(find lib/.dcim/runs -name '*.moved')" ]
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

@test "edits and other companions come with the pictures, whoever knows their content" {
	library
	mkdir edited
	cp card/DCIM/102NIKON/DSC_0001.JPG edited/a.JPG
	for extension in $(sed -n 's/^COMPANION("\([^"]*\)", ALWAYS,.*/\1/p' "$ROOT/lib/media/group/companions.def"); do
		echo "edits in $extension" >"edited/a.JPG.$extension"
	done
	echo other >edited/a.txt
	run -0 photo-import -q edited lib
	[[ ${lines[0]} == "$(ls edited | wc -l) files, "*": $(($(ls edited | wc -l) - 1)) copied, 1 not media" ]]
	for f in edited/a.JPG*; do cmp "$f" "$(find lib -name "${f##*/}")"; done
}

@test "a folder that is passed over for its name says so where it was named, and how to have it" {
	library
	mkdir lost+found
	cp card/DCIM/102NIKON/DSC_0001.JPG lost+found
	run -0 photo-import lost+found lib
	[[ $output == *'lost+found is skipped: '*', name lost+found/.'* ]]
	run -0 photo-import -q --exclude=lost+found lost+found lib
	[[ $output != *'is skipped'* ]]
	run -0 photo-import lost+found/. lib
	[[ $output == *': 1 copied'* ]]
}

@test "--move where a config says --verify=stream: what to say" {
	library
	echo 'verify = stream' >lib/.dcim/config
	run -2 photo-import --move card lib
	[[ $output == *'--verify=readback, also where a config says otherwise'* ]]
	cp -r card again
	run photo-import -q --move --verify=readback again lib
	[ "$status" -le 1 ]
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

@test "the phone's trash, what it is still writing, and what syncs, disks and systems keep" {
	library
	n=0
	for name in DCIM/Camera/.trashed-1735689600-IMG_1.jpg DCIM/Camera/.pending-1735689600-IMG_2.jpg DCIM/._IMG_3.jpg \
		.stversions/4.jpg .dtrash/files/5.jpg .recycle/user/6.jpg .Recycle.Bin/7.jpg .trash/8.jpg '$Recycle.Bin/9.jpg' \
		DCIM/Camera/IMG_10.jpg; do
		mkdir -p "$(dirname "phone/$name")"
		n=$((n + 1))
		(cat card/DCIM/102NIKON/DSC_0001.JPG && echo $n) >"phone/$name"
	done
	run -0 photo-import -q phone lib
	[[ ${lines[0]} == '1 file, '*': 1 copied' ]]
	[ -e lib/2018/2018-12-24/IMG_10.jpg ]
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
		TZ=$zone photo-import -n --template='{taken:%d}/{name}' card/DCIM/100CANON/MVI_0004.MP4 lib >out
		grep -q '15/MVI_0004.MP4' out || { echo "TZ=$zone: $(cat out)"; false; }
	done
	TZ='' photo-import -n --template='{taken:%d}/{name}' card/DCIM/100CANON/MVI_0004.MP4 lib >out
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
		photo-import -n --template='{taken:%d}/{name}' card/DCIM/100CANON/MVI_0004.MP4 lib >out || exit 1
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

@test "--portable-names" {
	library
	mkdir more && cp card/DCIM/102NIKON/DSC_0001.JPG 'more/a:b?.jpg'
	photo-import -q --portable-names more lib >/dev/null
	[ "$(log | jqr .original_name)" = 'a:b?.jpg' ]
	[ -z "$(find lib -name '*[:?]*')" ] && [ -n "$(find lib/2018 -name '*.jpg')" ]
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

# at TIME COMMAND... -- run it while the clock says so.
at() {
	mkdir -p clock
	cat >clock/date <<-END
		#!/bin/sh
		case \$* in *-d*) exec /bin/date "\$@" ;; esac
		exec /bin/date -d "$1" "\$@"
	END
	chmod +x clock/date
	PATH=$PWD/clock:$PATH "${@:2}"
}

@test "two runs in one second have two logs" {
	library
	for n in 1 2 3; do at '2026-11-21 21:34:59 UTC' photo-import -q card lib >/dev/null; done
	[ "$(cd lib/.dcim/runs && echo *.ndjson)" = '20261121T213459Z.ndjson 20261121T213500Z.ndjson 20261121T213501Z.ndjson' ]
	run -0 photo-import --runs lib
	[ "${#lines[@]}" -eq 3 ]
	[[ $output == *'20261121T213459Z  21 files, '*': 19 copied, 1 duplicate, 1 not media'* ]]
	[[ $output == *'20261121T213501Z  21 files, '*'imported before'* ]]
}

@test "the logs follow each other in the order of their names, whatever the clock does" {
	library
	mkdir new
	for time in '2026-11-21 21:34:00' '2026-11-21 11:34:00' '2026-12-31 23:59:59' '2020-01-01 00:00:00'; do
		echo "$time" >new/a.jpg
		at "$time UTC" photo-import -q new lib >/dev/null
		rm lib/undated/a.jpg
	done
	[ "$(cd lib/.dcim/runs && echo *.ndjson)" = '20261121T213400Z.ndjson 20261121T213401Z.ndjson 20261231T235959Z.ndjson 20270101T000000Z.ndjson' ]
	cat lib/.dcim/runs/*.ndjson | hashdb-merge --root=lib new.db >/dev/null
	[ "$(hashdb-list --relative new.db | jq -c .hash)" = "$(hashdb-list --relative lib/.dcim/hash.db | jq -c .hash)" ]
}

@test "the pipeline's own shell is killed: its programs are waited for, and the log has what is recorded" {
	library
	mkdir new
	for n in {1..9}; do echo $n >new/$n.jpg; done
	printf '#!/bin/sh\n: >there; until [ -e go ]; do sleep 0.02; done; exec cat\n' >slow
	chmod +x slow
	photo-import -q --through=./slow new lib >out 2>err &
	pid=$!
	until [ -e there ]; do sleep 0.02; done
	killed=''
	for child in $(ps -o pid= --ppid $pid); do
		[ -z "$(ps -o pid= --ppid $child)" ] || { kill -9 $child && killed=$child; }
	done
	[ -n "$killed" ]
	while kill -0 $killed 2>/dev/null; do sleep 0.02; done
	: >go
	wait $pid || [ $? -eq 3 ]
	run -0 photo-import -q new lib
	cat lib/.dcim/runs/*.ndjson | hashdb-merge --root=lib new.db >/dev/null
	[ "$(hashdb-list -0 new.db | tr -dc '\0' | wc -c)" -eq 9 ]
}

@test "a run of nothing leaves no log" {
	library
	mkdir nothing
	run -0 photo-import -q nothing lib
	[ "$output" = '0 files, 0 bytes: nothing to import in nothing' ]
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
		photo-import -q --through='head -n 3; touch waiting; sleep 600' card lib >out 2>err &
		pid=$!
		until [ -e waiting ]; do kill -0 $pid; done
		kill -s $signal $pid
		rc=0
		wait $pid || rc=$?
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
	cp -r "$BIN" slow # a database on a slow disk, which takes its time to end
	printf '#!/bin/sh\ntrap "" INT TERM HUP\ncat >slow/in; until [ -e go ]; do sleep 0.05; done\nexec %s "$@" <slow/in\n' "$BIN/hashdb-merge" >slow/hashdb-merge
	for signal in SIGINT SIGTERM SIGHUP; do
		rm -rf lib waiting go
		library
		run -0 python3 - $signal <<-'END'
			import os, signal, subprocess, sys, time
			number = getattr(signal, sys.argv[1])
			p = subprocess.Popen(["slow/photo-import", "-q", "--through=head -n 3; touch waiting; exec sleep 600", "--through=cat",
			    "card", "lib"], start_new_session=True, stdout=open("out", "w"), stderr=open("err", "w"))
			while not os.path.exists("waiting"):
			    assert p.poll() is None
			    time.sleep(0.05)
			os.killpg(p.pid, number)
			while "sleep 600" in subprocess.getoutput("ps -o args= -g %d" % p.pid).splitlines():
			    time.sleep(0.05)
			open("go", "w")
			assert p.wait(120) == -number, p.returncode
			left = [l for l in subprocess.getoutput("ps -e -o pgid= -o stat= -o args=").splitlines()
			    if l.split()[0] == str(p.pid) and not l.split()[1].startswith("Z")]
			assert not left, left
		END
		log >records 2>log-err || : # it may have come before the first record was through
		grep -q 'interrupted' out
		[ "$(sed -n 's/ files\{0,1\}, .*//p' out | tail -n 1)" = "$(wc -l <records)" ]
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

@test "a source that goes away in the middle: status 3, what was done stays, one message says how far it came" {
	library
	for quiet in '' -q; do
		rm -rf lib card && copy_card && library
		rc=0
		photo-import $quiet --through="$(three); mv card gone; cat" card lib >out 2>err || rc=$?
		[ $rc -eq 3 ]
		[ "$(cat err)" = 'photo-import: card has gone, after 3 of 21 files; the same command goes on from here' ] || { cat err; false; }
		[ "$(head -n 1 out)" = 'Stopped before the end: card has gone' ]
		grep -q ' files, .*: 3 copied' out
		mv gone card
		run -0 photo-import -q card lib
	done
	run -0 photo-import --runs lib
	[[ ${lines[0]} == *'  stopped (card has gone): 3 files, '*': 3 copied; from card' ]] || { echo "$output"; false; }
}

@test "a card that was unmounted, its mount point left: the same" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	library
	cat >inside <<-'END'
		mkdir mnt && mount -t tmpfs tmpfs mnt && cp -a card/. mnt || exit 9
		photo-import --through="$1; umount -l mnt; cat" mnt/DCIM mnt lib >out 2>err
		echo $? >status
	END
	unshare -m sh inside "$(three)" || skip "cannot mount here"
	[ "$(cat status)" = 3 ]
	[ "$(cat err)" = 'photo-import: mnt has gone, after 3 of 21 files; the same command goes on from here' ] || { cat err; false; }
}

@test "the library that was unmounted, its mount point left: the same; nothing is written where it was" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	cat >inside <<-'END'
		mkdir mnt && mount -t tmpfs tmpfs mnt && mkdir mnt/lib || exit 9
		photo-init -q mnt/lib >/dev/null
		ln -s mnt/lib lib
		photo-import -q --through="$1; umount -l mnt; cat" card mnt/lib >out 2>err
		echo $? >status
		mount -t tmpfs tmpfs mnt && photo-init -q mnt >/dev/null
		photo-import -nq --through="umount -l mnt; cat" card mnt >out-n 2>err-n
		echo $? >status-n
		find mnt -mindepth 1 >found
	END
	unshare -m sh inside "$(three)" || skip "cannot mount here"
	[ "$(cat status status-n)" = $'3\n3' ] || { cat err err-n; false; }
	# What the programs hold open of it still takes files, until one of them asks for its path.
	[[ $(cat err) =~ ^'photo-import: mnt/lib has gone, after '([0-9]+)' of 21 files; the same command goes on from here'$ ]] || { cat err; false; }
	((BASH_REMATCH[1] >= 3 && BASH_REMATCH[1] <= 21))
	grep -q "^${BASH_REMATCH[1]} files" out || { cat out; false; }
	[[ $(head -n 1 out) == 'Stopped before the end: mnt/lib has gone'* ]] || { cat out; false; }
	! grep -q '^0 files' out || false
	[[ $(cat err-n) == 'photo-import: mnt has gone, after '* ]] || { cat err-n; false; }
	[ ! -s found ]
}

@test "a full TMPDIR: status 3, and it is named" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	library
	cat >inside <<-'END'
		mkdir full && mount -t tmpfs -o size=64k tmpfs full && head -c 100000 /dev/zero >full/x 2>/dev/null
		for program in "photo-import card lib" "photo-import -n card lib" "photo-init old"; do
			TMPDIR=$PWD/full $program >out 2>err
			echo "$? $(grep -c "$PWD/full" err) $(ls full)"
		done >statuses
	END
	unshare -m sh inside || skip "cannot mount here"
	! grep -v '^3 [1-9][0-9]* x$' statuses || { cat err; false; }
	[ "$(wc -l <statuses)" -eq 3 ]
	[ -z "$(ls lib)" ]
}

@test "a full library stops the run: status 3; with room again the same command completes it" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	cat >inside <<-'END'
		mkdir small && mount -t tmpfs -o size=400k tmpfs small || exit 9
		photo-init -q small >/dev/null || exit 8
		for n in 1 2 3 4 5 6 7 8; do head -c 60000 /dev/urandom >card/$n.jpg && cat card/IMG_*.jpg card/$n.jpg >card/a && mv card/a card/$n.jpg; done
		photo-import -q card small >out 2>err
		echo $? >status
		photo-import --runs small >runs
		mount -o remount,size=20m small
		photo-import -q card small >out2 2>err2
		echo $? >status2
		find card -name '@eaDir' -prune -o -type f ! -name '*.txt' -exec sha256sum {} + | cut -d' ' -f1 | sort -u >want
		find small -name .dcim -prune -o -type f -exec sha256sum {} + | cut -d' ' -f1 | sort >have
	END
	unshare -m sh inside || skip "cannot mount here"
	[ "$(cat status)" = 3 ]
	grep -q 'No space left' err
	[[ $(head -n 1 out) == 'Stopped before the end: small is full'* ]] # and how many were not reached, if any: the log has room, or is empty
	[ ! -s runs ] || grep -q 'stopped (small is full[,)]' runs
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

@test "a source that cannot be entered hides no other one" {
	outside
	mkdir locked && chmod 0 locked && chown -R 65534 lib locked
	rc=0
	as_user "$BIN/photo-import" -q locked "$dir/card" lib >/dev/null 2>&1 || rc=$?
	found=$(find lib -name IMG_0100.JPG) && cd / && rm -rf "$dir"
	[ $rc -eq 1 ] && [ -n "$found" ]
}

@test "without PATH, and with descriptors closed, it imports all the same" {
	library && library two
	run -0 env -i "$BIN/photo-import" -q card/DCIM/103APPLE lib
	photo-import -q card/DCIM/103APPLE two >/dev/null 2>&- <&-
	[ "$(tree lib)" = "$(tree two)" ] && [ -n "$(tree two)" ]
}

@test "notes of a run that vanish are status 3" {
	library && mkdir tmp
	TMPDIR=$T/tmp run -3 photo-import -q --through="rm -rf $T/tmp/*; exit 9" card lib
	[[ $output == *'are incomplete'* ]]
}

@test "a --through command that fails is named with its status" {
	library
	run -3 photo-import -q --through='exit 7' card lib
	[[ $output == *'--through 1 ended with status 7'* ]]
}

@test "a --through command that ends before its input: named, with what it left out, and the status is 3" {
	library && mkdir big
	for i in $(seq 2000); do echo $i >big/IMG_$i.JPG; done # more records than a pipe holds
	for through in 'head -n 3' 'head -n 3; exit 1' 'grep -m3 IMG'; do
		run -3 --separate-stderr photo-import -q -n --through="$through" big lib
		[[ $stderr == "photo-import: --through 1 stopped before it had read all records: $through"$'\nphoto-import: only what'*'cat >/dev/null'* ]]
		[ "${lines[0]}" = 'Stopped before the end: --through 1 stopped before it had read all records' ]
		[[ ${lines[1]} == '3 files, '*': 3 to be placed' ]]
		[[ $output == *$'\nNot passed on by --through: 1997'* ]]
	done
	run -3 --separate-stderr photo-import -q --through=cat --through='exit 0' --through=cat big lib
	[[ $stderr == *'--through 2 stopped before it had read all records: exit 0'* ]]
	[[ $(photo-import --runs lib) == '' ]]
	run -3 --separate-stderr photo-import -q --through='head -n 3' big lib
	[[ $(photo-import --runs lib) == *'stopped (--through 1 stopped before it had read all records): 3 files, '* ]]
	run -0 --separate-stderr photo-import -q --through='head -n 3; cat >/dev/null' big lib
	[ -z "$stderr" ]
	[[ ${lines[0]} == '6 files, '*': 3 copied, 3 imported before' ]]
	[[ $output == *$'\nNot passed on by --through: 1994'* ]]
}

@test "what stops a run is not told of a --through command, which ends for it" {
	library && mkdir big
	for i in $(seq 2000); do echo $i >big/IMG_$i.JPG; done
	chmod 000 lib/.dcim/hash.db && echo damaged >lib/.dcim/hash.db
	run -3 --separate-stderr photo-import -q --through='trap "" PIPE; cat 2>/dev/null; exit 0' big lib
	[[ $stderr != *--through* ]] && [ -n "$stderr" ]
}

@test "a dry run whose TMPDIR is full names it" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	library && mkdir tmp many
	for i in $(seq 100); do echo $i >many/IMG_$i.JPG; done
	run -3 unshare -m sh -c 'mount -t tmpfs -o size=16k tmpfs tmp && TMPDIR=$PWD/tmp photo-import -q -n many lib'
	[[ $output == *"$T/tmp full?"* ]]
}

@test "-n --leave-deleted says what the run says: of what has gone, of its twins, and of what is new" {
	library
	photo-import -q card lib >/dev/null && rm lib/2019/2019-03-01/IMG_0001.JPG
	cp -a card/DCIM new && cp -a new/103APPLE/IMG_0100.JPG new/other.JPG && echo >>new/other.JPG
	before=$(everything lib)
	for options in -q ''; do
		photo-import $options -n --leave-deleted card new lib >planned-list 2>planned-err
		[ "$(everything lib)" = "$before" ]
		cp -a lib lib-before
		photo-import $options --leave-deleted card new lib >done 2>done-err
		sed -n '/^[0-9]* files, /,$p' planned-list | sed 's/to be placed/copied/' | diff - done
		diff planned-err done-err
		grep -q ' deleted from the library before' done
		rm -r lib && mv lib-before lib
	done
	grep -q 'files deleted from lib, and not brought back from now on: 1' done-err
	grep -q '^skipped .*IMG_0001.JPG: it was deleted from the library$' planned-list
}

@test "the room kept for records is not taken from what fits without it" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	mkdir mnt big
	for i in $(seq 8); do { cat card/DCIM/103APPLE/IMG_0100.JPG && head -c 500000 /dev/urandom; } >big/IMG_$i.JPG; done
	run -0 unshare -m sh -c 'mount -t tmpfs -o size=9000k tmpfs mnt && photo-init -q mnt >/dev/null && photo-import -q big mnt'
	[[ $output == *'8 copied'* ]]
}

@test "what a killed hashdb-merge had in its log is recorded, and not placed twice" {
	library && cp -r "$BIN" bin
	# killed with its records in the log and not in the database; what completes the log afterwards is let live
	printf '#!/bin/sh\n[ ! -e killed ] || exec %s "$@"\n>killed\nfor log; do case $log in --log=*) cat >"${log#*=}" ;; esac; done\nkill -9 $$\n' \
		"$BIN/hashdb-merge" >bin/hashdb-merge
	run -3 bin/photo-import -q card lib
	run -0 photo-import -q --template='other/{name}' card lib
	[ ! -e lib/other ]
	[ -z "$(ls lib/.dcim/runs/*.open 2>/dev/null)" ]
}

@test "--move: Ctrl-C while it tidies up does not cost the knowledge of what was removed" {
	on_disk=$(mktemp -d /var/tmp/photo-import.XXXXXX)
	cp -r "$BIN" bin && cp -r card/DCIM/103APPLE "$on_disk/card" && library "$on_disk/lib"
	printf '#!/bin/sh\nkill -INT 0\nexec %s "$@"\n' "$(command -v tail)" >bin/tail && chmod +x bin/tail
	rc=0
	setsid -w bin/photo-import -q --move "$on_disk/card" "$on_disk/lib" >/dev/null 2>&1 || rc=$?
	left=$(find "$on_disk/card" -type f) removed=$(log "$on_disk/lib" | grep -c '"source":"removed"') || true
	rm -rf "$on_disk"
	[ $rc -eq 130 ] && [ -z "$left" ] && [ "$removed" -gt 0 ]
}

@test "a limit to the size of files is told with the file, and ends no program" {
	library
	rc=0
	(ulimit -f 4 && photo-import card lib >out 2>err) || rc=$?
	[ $rc -eq 1 ] || [ $rc -eq 3 ]
	! grep 'ended by signal' err || false
	grep -q 'File too large' err
	run -0 photo-import -q card lib
}

@test "--runs reads what each run has noted, and counts only where one has not" {
	library
	photo-import -q card lib >done
	photo-init -q lib >/dev/null
	run -3 photo-import -q --through='head -n 3; exit 7' card/DCIM lib
	infos=(lib/.dcim/runs/*.info) && [ ${#infos[@]} -eq 2 ]
	[ "$(sed -n 's/^summary = //p' "${infos[0]}")" = "$(head -n 1 done)" ]
	photo-import --runs lib >noted
	[[ $(sed -n 1p noted) == *"  $(head -n 1 done); from card" ]]
	[[ $(sed -n 2p noted) == *'  stopped (it could not go on): '[0-9]*' imported before; from card/DCIM' ]]
	cp -a "$BIN" bin && printf '#!/bin/sh\necho counted anew\n' >bin/photo-report
	bin/photo-import --runs lib | diff noted -
	for info in "${infos[@]}"; do # of older versions, and of a run that was killed while it noted it
		sed -i '/^summary = /d' "$info" && photo-import --runs lib | diff noted -
		printf 'summary = 9' >>"$info" && photo-import --runs lib | diff noted -
	done
	[ "$(bin/photo-import --runs lib | grep -c 'counted anew; from')" -eq 2 ]
	printf '\nsummary = \033[2J\302\233evil\n' >>"${infos[1]}"
	photo-import --runs lib >noted && grep -q '?\[2J?evil' noted
	name=$'lib/.dcim/runs/a\nb.ndjson' && cp "${infos[0]%.info}.ndjson" "$name"
	[ "$(photo-import --runs lib | wc -l)" -eq 3 ]
}

@test "a library whose folder of runs was deleted gets a new one" {
	library && rm -r lib/.dcim/runs
	run -0 photo-import -q card lib
	[ -n "$(log)" ]
}

@test "--report: a page of what came, in the place of an older page and of nothing else" {
	library
	echo 'a letter' >letter.html
	ln -s letter.html link.html
	mkdir folder
	for wrong in letter.html link.html folder gone/page.html; do
		run -2 photo-import -q "--report=$wrong" card lib
	done
	run -2 --separate-stderr photo-import --report= card lib
	[[ ${stderr_lines[0]} == *"option '--report' wants a file" ]]
	[ "$(cat letter.html)" = 'a letter' ]
	[ -z "$(log)" ]
	umask 022
	photo-import -q -n --report=page.html card lib >out
	grep -qxF "<p class=\"lead\">$(head -n 1 out)</p>" page.html
	planned=$(grep -c 'src="data:' page.html)
	[ "$planned" -ge 10 ]
	photo-import -q --report=page.html card lib >out
	grep -qxF "<p class=\"lead\">$(head -n 1 out)</p>" page.html
	[ "$(grep -c 'src="data:' page.html)" -eq "$planned" ]
	[ "$(stat -c %a page.html)" = 644 ]
	[ "$(find . -name '.dcim-tmp-page-*')" = '' ]
	library lib2
	run -1 --separate-stderr photo-import -q --report=folder/page.html --through='rmdir folder; exec cat' card lib2
	[ "$stderr" = 'photo-import: the page folder/page.html could not be written: No such file or directory' ]
	[ "$(log lib2 | wc -l)" -eq "$(log | wc -l)" ]
	echo 'report = letter.html' >>lib/.dcim/config
	run -2 --separate-stderr photo-import -q card lib
	[[ $stderr == *"unknown name 'report'"* ]]
}
