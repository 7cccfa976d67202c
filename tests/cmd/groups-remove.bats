#!/usr/bin/env bats
# bats file_tags=no-races
# groups-remove -- no source of a group goes before all its members are safe: source-remove, place-file --move and
# photo-import --move, whole and split, killed and given again.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	mkdir -p lib/.dcim card
	DB=lib/.dcim/hash.db
}

# triple STEM [FOLDER] -- a raw, its picture and its sidecar, each with a content of its own.
triple() {
	local e
	for e in CR2 JPG xmp; do echo "$1 $e ${2-}" >"${2-card}/$1.$e"; done
}

# listed -- what exif-read sees of the card: a list of paths.
listed() { find card/ -type f -not -name '.*' | LC_ALL=C sort | jq -R . | jq -cs .; }

# grouped [LIST] -- the records of stdin with the groups of a card where what has a stem in common belongs together.
grouped() {
	jq -c --argjson all "${1-$(listed)}" '
		def stem: sub("(?<x>/[^/.]*)[^/]*$"; "\(.x)");
		def id: reduce explode[] as $c (7; (. * 131 + $c) % 9007199254) | tostring | "0000000000000000\(.)"[-16:];
		(.path | stem) as $s | [$all[] | select(stem == $s)] as $m |
		if $m | length < 2 then .alone = true else
		.group = {id: $s | id, lead: $m[0], role: (if .path | test("xmp$") then "sidecar" elif .path == $m[0] then "raw" else "still" end),
			rule: "stem", members: [$m[] | split("/")[-1]]} end'
}

# import -- card into lib, recorded; the records are in log.
import() {
	find card -type f -print0 | sort -z | file-hash | grouped | hashdb-lookup -q "$DB" |
		place-file -q --to=lib --from=card --undated='{dir}/{name}' --verify=readback "$@" | hashdb-merge "$DB" >log
	[ "$(jqr .place.verified log | sort -u)" = readback ] || skip "nothing can be read back here"
}

# contents FOLDER... -- the different contents of the files below.
contents() { find "$@" -type f -not -path '*/.dcim/*' -exec sha256sum {} + | cut -c1-64 | sort -u; }

# reasons FILE -- what became of each source.
reasons() { jqr '(.path | split("/")[-1]) + "=" + (.place.reason // .place.source // "-")' "$1" | xargs; }

# of NAME FILE -- its record.
of() { jq -c --arg n "card/$1" 'select(.path == $n)' "$2"; }

# edit FILE -- other bytes; size and mtime stay.
edit() {
	touch -r "$1" ref
	printf ROT | dd of="$1" bs=1 conv=notrunc status=none
	touch -r ref "$1"
}

# no_hidden -- no source lies under a hidden name.
no_hidden() { [ -z "$(find card lib -name '.*.dcim-*')" ]; }

@test "a group that is safe goes, and so does what is alone" {
	triple a
	echo alone >card/b
	import
	run -0 source-remove <log
	[ -z "$(ls card)" ]
	[ "$(ls lib)" = $'a.CR2\na.JPG\na.xmp\nb' ]
}

@test "one whose copy is not what it should be keeps its group, and no other" {
	triple a && triple b && triple c
	import
	edit lib/b.xmp
	run -1 --separate-stderr source-remove <log
	printf '%s\n' "$output" >out
	[ "$(reasons out)" = 'a.CR2=removed a.JPG=removed a.xmp=removed b.CR2=group b.JPG=group b.xmp=differs c.CR2=removed c.JPG=removed c.xmp=removed' ]
	[ "$(ls card | xargs)" = 'b.CR2 b.JPG b.xmp' ]
	no_hidden
	[ "$(jqr 'select(.path == "card/b.CR2").place.message' out)" = \
		"a file that belongs to it stays: b.xmp: the library's file has other content" ]
	grep -qF "card/b.CR2: not removed: a file that belongs to it stays: b.xmp: " <<<"$stderr"
	rm lib/b.xmp
	import && run -0 source-remove <log
	[ -z "$(ls card)" ]
}

@test "one that changed meanwhile, is not recorded or cannot be read keeps its group" {
	triple a && triple b && triple c
	import
	echo more >>card/a.JPG
	jq -c 'if .path == "card/b.CR2" then .place.to = "b.none" else . end' log >x
	mv x log
	rm card/c.xmp && mkdir card/c.xmp
	run -1 source-remove -q <log
	printf '%s\n' "$output" >out
	[ "$(reasons out)" = 'a.CR2=group a.JPG=changed a.xmp=group b.CR2=not-recorded b.JPG=group b.xmp=group c.CR2=group c.JPG=group c.xmp=link' ]
	no_hidden
}

@test "one that did not come, as after --exclude or an error, keeps its group; one that has gone does not" {
	triple a && triple b && triple c
	all=$(listed)
	find card -type f -not -name b.xmp -not -name c.xmp -print0 | sort -z | file-hash | grouped "$all" |
		place-file -q --to=lib --undated='{name}' --verify=readback | hashdb-merge "$DB" >log
	rm card/c.xmp
	jq -c 'if .path == "card/a.CR2" then .error = {tool: "x", op: "read", code: "EIO", message: "no"} else . end' log >x
	mv x log
	rm lib/a.CR2
	run -1 source-remove -q <log
	printf '%s\n' "$output" >out
	[ "$(reasons out)" = 'a.CR2=- a.JPG=group a.xmp=group b.CR2=group b.JPG=group c.CR2=removed c.JPG=removed' ]
	[[ "$(jqr 'select(.path == "card/b.JPG").place.message' out)" == *": b.xmp: it is not in the library; import it too (was it left out, thrown away, or did it fail?)" ]]
	[ "$(ls card | xargs)" = 'a.CR2 a.JPG a.xmp b.CR2 b.JPG b.xmp' ]
}

@test "members that come in other processes are compared themselves, with what the library has beside the record's file" {
	triple a && triple b && triple c
	import
	edit lib/b.xmp
	mv lib/c.xmp lib/elsewhere
	while read -r line; do source-remove -q <<<"$line" || :; done < <(tac log) >out
	tac out >x && mv x out
	[ "$(reasons out)" = 'a.CR2=removed a.JPG=removed a.xmp=removed b.CR2=group b.JPG=group b.xmp=differs c.CR2=group c.JPG=group c.xmp=copy-missing' ]
	no_hidden
	[ "$(contents card | wc -l)" -eq 6 ]
}

@test "the number of the record's file is that of the others" {
	triple a
	mkdir lib/a.none && echo other >lib/a.CR2 && echo other >lib/a.JPG && echo other >lib/a.xmp
	import
	[ "$(jqr .place.to log | xargs)" = 'a-1.CR2 a-1.JPG a-1.xmp' ]
	tail -n 1 log | source-remove >out
	[ "$(reasons out)" = a.xmp=removed ]
	edit lib/a-1.JPG
	cp -p card/a.JPG lib/a.JPG
	run -1 source-remove -q <<<"$(head -n 1 log)"
	[ -e card/a.CR2 ]
}

# import_clip -- a film with what Sony puts beside it, and into a folder of its own; the records are in log.
import_clip() {
	mkdir -p card/CLIP card/THMBNL
	echo film >card/CLIP/C0001.MP4 && echo meta >card/CLIP/C0001M01.XML && echo small >card/THMBNL/C0001T01.JPG
	find card -type f -print0 | sort -z | file-hash | jq -c '.group = {id: "0123456789abcdef", lead: "card/CLIP/C0001.MP4",
		role: "film", rule: "stem", members: ["../THMBNL/C0001T01.JPG", "C0001.MP4", "C0001M01.XML"]} |
		if .path | endswith("XML") then .group.role = "sidecar" else . end' |
		place-file -q --to=lib --undated='{name}' --verify=readback | hashdb-merge "$DB" >log
}

@test "a member in another folder: its path begins at the folder of the lead" {
	import_clip
	cp -a card spare
	edit lib/C0001T01.JPG
	run -1 source-remove -q <log
	printf '%s\n' "$output" >out
	[ "$(reasons out)" = 'C0001.MP4=group C0001M01.XML=group C0001T01.JPG=differs' ]
	run -1 source-remove -q <<<"$(head -n 1 log)"
	[[ "$(jqr .place.message <<<"$output")" == *': C0001T01.JPG: '* ]]
	cp -p card/THMBNL/C0001T01.JPG lib
	run -0 source-remove -q <<<"$(sed -n 2p log)" # the XML
	run -1 source-remove -q <<<"$(head -n 1 log)"
	[ "$(jqr .place.message <<<"$output")" = 'a file that belongs to it is to be removed first: C0001T01.JPG' ]
	run -0 source-remove -q <log
	[ -z "$(find card -type f)" ]
}

@test "a member in another folder, of which nothing came: what a kill has left of it there keeps its group" {
	import_clip
	echo other >card/THMBNL/.C0001T01.JPG.dcim-0123abcd
	run -1 source-remove -q <<<"$(head -n 2 log)"
	printf '%s\n' "$output" >out
	[ "$(reasons out)" = 'C0001.MP4=group C0001M01.XML=group' ]
	[[ "$(jqr .place.message out)" == *': .C0001T01.JPG.dcim-0123abcd: a killed run has left it,'* ]]
	[ "$(find card -type f | wc -l)" -eq 4 ]
	rm card/THMBNL/.C*
	run -1 source-remove -q <<<"$(head -n 2 log)"
	run -0 source-remove -q <log
	[ -z "$(find card -type f)" ]
}

@test "names that are not UTF-8" {
	n=$'a\377'
	echo raw >"card/$n.CR2" && echo xmp >"card/$n.xmp"
	b64() { printf %s "$1" | base64 -w0; }
	find card -type f -print0 | sort -z | file-hash | jq -c --arg l "$(b64 "card/$n.CR2")" --arg r "$(b64 "$n.CR2")" --arg x "$(b64 "$n.xmp")" \
		'.group = {id: "0123456789abcdef", lead: "card/a.CR2", lead_b64: $l, role: "raw", rule: "stem", members_b64: [$r, $x]}' |
		place-file -q --to=lib --undated='{name}' --verify=readback | hashdb-merge "$DB" >log
	mv "lib/$n.xmp" lib/spare
	run -1 source-remove -q <<<"$(head -n 1 log)"
	[ "$(jqr .place.reason <<<"$output")" = group ]
	mv lib/spare "lib/$n.xmp"
	run -0 source-remove -q <log
	[ -z "$(find card -type f)" ]
}

@test "on a write-protected card all of a group stay for that reason, in this process and in others" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	triple a
	import
	cat >inside <<-'END'
		mount --bind card card && mount -o remount,ro,bind card || exit 9
		source-remove -q <log >out
		sed -n 3p log | source-remove -q >>out
	END
	unshare -m sh inside || [ $? -eq 1 ] || skip "cannot mount"
	[ "$(reasons out)" = 'a.CR2=read-only a.JPG=read-only a.xmp=read-only a.xmp=read-only' ] || { reasons out; false; }
}

@test "a record that came twice is no file that is not safe" {
	triple a
	import
	cat log log >twice
	run -0 source-remove -q <twice
	[ -z "$(ls card)" ]
}

@test "all are proved before the first is removed; pictures go last, also in other processes than their companions" {
	need strace
	triple a
	import
	ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=renameat2,unlinkat source-remove -q -j1 <log >out
	[ "$(grep -oE '(renameat2|unlinkat)\([0-9]+, "\.?a\.[A-Za-z0-9]+' trace | sed 's/(.*a\./ /' | xargs)" = \
		'renameat2 xmp renameat2 CR2 renameat2 JPG unlinkat xmp unlinkat CR2 unlinkat JPG' ] || { cat trace; false; }
	triple a
	import
	run -1 source-remove -q <<<"$(head -n 2 log)"
	[ "$(jqr .place.message <<<"$output" | uniq)" = 'a file that belongs to it is to be removed first: a.xmp' ]
	[ "$(ls card | xargs)" = 'a.CR2 a.JPG a.xmp' ] && no_hidden
}

@test "killed at every call that changes a name, and given again, it completes: nothing is missing at any instant" {
	need strace
	for call in renameat2 unlinkat; do
		for n in 1 2 3 4 5 6; do
			rm -rf lib card && mkdir -p lib/.dcim card
			triple a && triple b
			want=$(contents card)
			import
			for when in exit enter; do
				[ $when = enter ] && how=":error=EINTR" || how=''
				ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=$call -e "inject=$call:signal=KILL$how:when=$n" \
					source-remove -q -j1 <log >out 2>&1 || :
				[ "$(contents card lib)" = "$want" ] || { find card lib; false; }
			done
			run -0 source-remove -q <log
			[ -z "$(ls -A card)" ] || { ls -A card; false; }
			[ "$(contents lib)" = "$want" ]
		done
	done
}

@test "a member that a kill left hidden is not taken for gone where its folder cannot be listed" {
	need strace
	for error in EIO ENOMEM; do
		rm -rf card lib && mkdir -p lib/.dcim card
		triple a
		import
		mv card/a.CR2 card/.a.CR2.dcim-0123abcd
		echo other >card/.a.CR2.dcim-0123abcd
		jq -c 'select(.path != "card/a.CR2")' log >come
		# the first listing is that of the library, the next two are of what is hidden beside what came
		ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o trace -e trace=getdents64 \
			-e "inject=getdents64:error=$error:when=4+" source-remove -j1 --db="$DB" <come >out 2>err && false
		grep -q INJECTED trace
		[ "$(find card -type f | wc -l)" -eq 3 ]
		grep -q 'or only under a hidden name' err
	done
}

@test "a folder that may not be read: nothing is removed out of it, and it is the folder that is named" {
	local as=
	need setpriv
	[ "$(id -u)" -ne 0 ] || as='setpriv --bounding-set=-dac_override,-dac_read_search' # without root's own power
	triple a
	find card -type f -print0 | sort -z | exif-read -q --no-groups | file-hash |
		place-file -q --to=lib --undated='{name}' --verify=readback | hashdb-merge "$DB" >log
	chmod 311 card
	$as source-remove <log >out 2>err && false
	chmod 755 card
	[ "$(reasons out)" = "a.CR2=unreadable a.JPG=unreadable a.xmp=unreadable" ] || { reasons out; false; }
	[ "$(jqr 'select(.path == "card/a.JPG").place.message' out)" = 'its folder cannot be read: Permission denied' ]
}

@test "a source whose group nobody knows stays, and what is said names the folder; where nobody was asked it goes" {
	need strace
	triple a
	import_unlisted() {
		ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o trace -e trace=getdents64 -e inject=getdents64:error=EIO \
			exif-read -q -j1 "$@" card/a.* | file-hash >read
	}
	import_unlisted
	place-file -q --to=lib --undated='{name}' --verify=readback <read | hashdb-merge "$DB" >log
	source-remove --db="$DB" <log >out 2>err && false
	[ "$(reasons out)" = "a.CR2=group-unknown a.JPG=group-unknown a.xmp=group-unknown" ] || { reasons out; false; }
	[ "$(find card -type f | wc -l)" -eq 3 ]
	jq -e '.place.message | contains("the folder card cannot be listed") and contains("--no-groups")' out >/dev/null
	mkdir lib2
	place-file -q --move --to=lib2 --undated='{name}' <read >out 2>err && false
	[ "$(reasons out)" = "a.CR2=group-unknown a.JPG=group-unknown a.xmp=group-unknown" ]
	[ "$(ls card lib2 | grep -c '^a')" -eq 6 ]
	import_unlisted --no-groups
	place-file -q --to=lib --undated='{name}' --verify=readback <read | hashdb-merge "$DB" >log
	source-remove --db="$DB" <log >out
	[ "$(ls card | grep -vc xmp)" -eq 0 ]
}

@test "what a kill left, where another file has its name, keeps its group: removed alone, it would be an orphan" {
	photo-init -q lib >/dev/null
	printf '\377\330\377\376\000\006good\377\331' >card/IMG_1.JPG
	for xmp in .IMG_1.xmp.dcim-0123abcd IMG_1.xmp; do
		echo "<x:xmpmeta xmlns:x='adobe:ns:meta/'><!-- $xmp --></x:xmpmeta>" >"card/$xmp"
	done
	for ((i = 2; i < 400; i++)); do cp card/IMG_1.JPG card/IMG_$i.JPG && echo $i >>card/IMG_$i.JPG; done # other batches
	run -1 photo-import -q --move card lib
	[ "$(ls -A card | xargs)" = ".IMG_1.xmp.dcim-0123abcd IMG_1.JPG IMG_1.xmp" ] || { ls -A card; false; }
	[[ "$output" == *"a killed run has left it, and another file has its name"* ]]
	rm card/.IMG_1.xmp.dcim-0123abcd
	run -0 photo-import -q --move card lib
	[ -z "$(ls -A card)" ] && [ "$(find lib -name '*.xmp' | wc -l)" -eq 1 ]
}

@test "where a folder cannot be listed, what a kill may have left in it keeps its groups, and no others" {
	need strace
	mkdir card/bad
	triple a && triple b card/bad
	import
	echo other >card/bad/.b.xmp.dcim-0123abcd
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o trace -P "$PWD/card/bad" -e trace=getdents64 \
		-e inject=getdents64:error=EIO source-remove -j1 -q --db="$DB" <log >out 2>err && false
	grep -q INJECTED trace
	[ "$(reasons out)" = "a.CR2=removed a.JPG=removed a.xmp=removed b.CR2=unreadable b.JPG=unreadable b.xmp=unreadable" ] ||
		{ reasons out; false; }
	[ "$(ls -A card/bad | xargs)" = ".b.xmp.dcim-0123abcd b.CR2 b.JPG b.xmp" ]
}

@test "what a kill left and did not come gets its name back, and keeps nobody" {
	triple a
	import
	mv card/a.xmp card/.a.xmp.dcim-0123abcd
	jq -c 'select(.path != "card/a.xmp")' log | source-remove -q --db="$DB" >out || :
	[ "$(jqr .place.message out | grep -c 'a.xmp$')" -eq 2 ] # it is to be removed first
	[ "$(ls -A card | xargs)" = "a.CR2 a.JPG a.xmp" ]
}

@test "a folder whose time does not tell of a change, as FAT's, is listed again: what was hidden since is not taken for gone" {
	for time in @0 'now + 1 hour'; do
		rm -rf card lib && mkdir -p lib/.dcim card
		triple a
		triple b
		import
		rm card/b.*
		touch -d "$time" card && touch -r card ref
		mkfifo fifo
		source-remove -j1 -q --db="$DB" <fifo >out &
		exec 9>fifo
		grep '"card/b.JPG"' log | head -n 1 >&9 # it has gone: the folder holds nothing hidden
		wait_lines out 1
		mv card/a.CR2 card/.a.CR2.dcim-0123abcd && touch -r ref card
		echo other >card/.a.CR2.dcim-0123abcd && touch -r ref card
		jq -c 'select(.path == ("card/a.JPG", "card/a.xmp"))' log >&9
		exec 9>&-
		wait $! || :
		rm fifo
		[ "$(find card -type f | wc -l)" -eq 3 ] || { ls -A card; cat out; false; }
	done
}

@test "a companion that cannot be removed keeps its pictures: alone, nobody would know whose it is" {
	need strace
	triple a
	import
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o trace -e trace=unlinkat \
		-e inject=unlinkat:error=EIO:when=1 source-remove -j1 --db="$DB" <log >out 2>err && false
	grep -q INJECTED trace
	[ "$(reasons out)" = "a.CR2=group a.JPG=group a.xmp=no-permission" ] || { reasons out; false; }
	[ "$(find card -type f | wc -l)" -eq 3 ]
	no_hidden
	source-remove -q --db="$DB" <log >out
	[ -z "$(find card -type f)" ]
}

@test "two members that are one file, and one that has another name elsewhere: they go; who has a lock waits for none" {
	plain
	need strace flock
	triple a && triple b && triple c && triple d
	ln -f card/a.CR2 card/a.JPG
	ln card/b.xmp outside
	ln -f card/c.CR2 card/c.JPG && ln -f card/c.CR2 card/c.xmp && ln card/c.CR2 beyond
	import
	exec 7<card/d.JPG && flock 7 # as another process would that has it in its own group
	strace -f -o trace -e trace=nanosleep,clock_nanosleep source-remove -q -j1 <log >out 7<&-
	exec 7<&-
	! grep sleep trace || false
	[ -z "$(ls card)" ]
	[ "$(ls lib | xargs)" = 'a.CR2 a.xmp b.CR2 b.JPG b.xmp c.CR2 c.xmp d.CR2 d.JPG d.xmp' ] # one content, one picture
	[ -e outside ] && [ -e beyond ]
}

@test "two members that are one file: where the library's is not as it should be, both stay" {
	triple a && ln -f card/a.CR2 card/a.xmp
	import
	edit lib/a.CR2
	run -1 source-remove -q <log
	printf '%s\n' "$output" >out
	[ "$(reasons out)" = 'a.CR2=differs a.JPG=group a.xmp=group' ]
	[ "$(ls card | wc -l)" -eq 3 ] && no_hidden
}

@test "a source is edited after it was compared, while others of its group are: all stay, also where it was closed" {
	need strace
	for limit in 1024 24; do # descriptors
		rm -rf card lib trace && mkdir -p lib/.dcim card
		triple a
		import
		# the last look begins when all have been hidden
		(ulimit -n $limit && ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" exec strace -f -o trace -e trace=renameat2 \
			-e inject=renameat2:signal=STOP:when=3 source-remove -q -j1 --db="$DB" <log >out 2>err 3>&-) &
		traced_pid=$!
		until grep -qs 'stopped by SIGSTOP' trace; do kill -0 $traced_pid; done
		edit card/.a.xmp.dcim-*
		go_on
		[ "$status" -eq 1 ]
		[ "$(reasons out)" = "a.CR2=group a.JPG=group a.xmp=differs" ] || { reasons out; false; }
		[ "$(find card -type f | wc -l)" -eq 3 ]
		no_hidden
	done
}

@test "a group of as many files as one can have takes no more descriptors than a few" {
	plain
	for g in a b; do
		echo $g >card/$g.CR2
		for ((i = 1; i < 128; i++)); do echo $g$i >card/${g}_$i.CR2.xmp; done
	done
	all=$(listed)
	find card -type f -print0 | sort -z | file-hash | jq -c --argjson all "$all" '(.path | split("/")[1][:1]) as $g |
		.group = {id: (if $g == "a" then "000000000000000a" else "000000000000000b" end), lead: "card/\($g).CR2", rule: "darktable",
			role: (if .path == "card/\($g).CR2" then "raw" else "sidecar" end),
			members: [$all[] | split("/")[-1] | select(startswith($g))]}' |
		place-file -q --to=lib --undated='{name}' --verify=readback | hashdb-merge "$DB" >log
	cp -a card spare
	for limit in 64 256 1024; do
		rm -r card && cp -a spare card
		(ulimit -n $limit && source-remove -j8 <log >out) || { reasons out; false; }
		[ -z "$(ls card)" ]
	done
}

@test "the companion of one content with another picture's goes with its own group, and only from beside it" {
	triple a && echo same >card/a.xmp
	import
	rm "$DB" # the database does not know who brought it
	find card -type f -print0 | sort -z | file-hash | grouped |
		place-file -q --to=lib --undated='{name}' --verify=readback | hashdb-merge "$DB" >log
	[ "$(jqr .place.action log | sort -u)" = exists ]
	jq -c 'del(.source)' log >nobody
	cp -a card spare
	jq -c 'del(.group)' nobody | source-remove -q >out || :
	[ "$(reasons out)" = 'a.CR2=removed a.JPG=removed a.xmp=companion' ]
	cp -a spare/a.* card
	mkdir other && echo same >other/x.xmp # another picture's, as far as anyone knows
	file-hash other/x.xmp | place-file -q --to=lib --undated='{name}' --verify=readback | hashdb-merge "$DB" >/dev/null
	jq -c 'if .path == "card/a.xmp" then .place.to = "x.xmp" else . end' nobody >wrong
	run -1 source-remove -q <wrong
	[ "$(reasons <(printf '%s\n' "$output"))" = 'a.CR2=group a.JPG=group a.xmp=companion' ]
	run -0 source-remove -q <nobody
	[ -z "$(ls card)" ]
}

# ---- members far apart ----

# far -- a film's small picture comes long after the film; its library's file is not there yet.  log is without fillers.
far() {
	local i
	echo film >card/C.MP4 && echo small >card/C.THM
	for ((i = 0; i < $1; i++)); do echo "filler $i" >"card/f$i"; done
	import
	mv lib/C.THM spare
}

# feed -- source-remove in the background, which gets what is written to descriptor 9; `go` ends it, and sets $status.
feed() {
	mkfifo pipe
	source-remove -q <pipe >out 2>err 9>&- &
	pid=$!
	exec 9>pipe
}

go() {
	exec 9>&-
	status=0
	wait $pid || status=$?
}

@test "source-remove: what waits for a member that the library does not have yet is removed when that has come" {
	far 256
	feed
	of C.MP4 log >&9
	jq -c 'select(.path | startswith("card/f"))' log >&9
	wait_until eval '[ -z "$(ls card | grep f)" ]'
	[ -e card/C.MP4 ]
	no_hidden
	cp -p spare lib/C.THM
	of C.THM log >&9
	go
	[ "$status" -eq 0 ] || { cat err; false; }
	[ -z "$(ls card)" ]
	diff <(jqr .path out) <(jqr .path log | grep MP4; jqr .path log | grep /f; jqr .path log | grep THM)
	[ "$(jqr .place.source out | sort -u)" = removed ]
}

@test "source-remove: it waits for so many records, and at the end for none" {
	far 1300
	feed
	of C.MP4 log >&9
	jq -c 'select(.path | startswith("card/f"))' log >&9
	wait_for out MP4
	[ "$(head -n 1 out | jqr .place.reason)" = group ]
	go
	[ "$status" -eq 1 ]
	[ "$(ls card | xargs)" = 'C.MP4 C.THM' ]
	rm pipe && feed
	of C.MP4 log >&9
	go
	[ "$status" -eq 1 ]
	[ "$(jqr .place.reason out)" = group ]
	cp -p spare lib/C.THM
	run -0 source-remove -q <log
	[ -z "$(ls card)" ]
}

# ---- place-file --move ----

# many N -- so many triples; the path of the library is on the same file system.
many() {
	local i
	for ((i = 100; i < 100 + $1; i++)); do triple "IMG_$i"; done
}

records() { find card/ -type f -not -name '.*' -print0 | sort -z | file-hash | grouped; }

# move [OPTION...] -- of records on stdin.
move() { place-file -q --move --to=lib --from=card --undated='{dir}/{name}' "$@"; }

@test "place-file --move: the end of a batch parts no group" {
	many 87
	want=$(contents card)
	records >in
	run -0 move <in
	[ "$(jqr .place.action <<<"$output" | sort | uniq -c | xargs)" = '261 moved' ]
	[ -z "$(ls card)" ]
	[ "$(contents lib)" = "$want" ]
	diff <(jqr .path in) <(jqr .path <<<"$output")
	[ -z "$(find lib/.dcim/tmp -type f -not -name '*.lock')" ] || { find lib/.dcim; false; }
}

@test "place-file --move: a rename does not part a group that is not whole; a copy stays until all are safe" {
	triple a && echo other >card/b
	records >in
	grep -v '"path":"card/a.xmp"' in >others
	run -1 --separate-stderr move <others
	printf '%s\n' "$output" >out
	[ "$(jqr '.place | .action + "," + .source + "," + (.reason // "")' out | xargs)" = 'copied,kept,group copied,kept,group moved,removed,' ]
	[ "$(ls card | xargs)" = 'a.CR2 a.JPG a.xmp' ]
	no_hidden
	cmp card/a.CR2 lib/a.CR2
	run -0 move <<<"$(of a.xmp in)" # the others are compared
	[ "$(jqr '.place | .action + "," + .source' <<<"$output")" = 'moved,removed' ]
	grep -v '"path":"card/b"' others >in
	run -0 move <in
	[ -z "$(ls card)" ]
}

@test "place-file --move on one file system: what has a group shares its blocks where it can, and is never the same file" {
	need strace
	triple a && echo lone >card/b
	stat -c %i card/a.* >inodes
	records >in
	grep -v '"path":"card/a.xmp"' in >others
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o trace -e trace=ioctl,linkat \
		place-file -q --move --to=lib --undated='{name}' <others >out && false # the sidecar is missing
	[ "$(grep -c FICLONE trace)" -eq 2 ]
	[ "$(grep -c linkat trace)" -eq 0 ]
	[ -e card/a.CR2 ] && ! stat -c %i lib/a.* | grep -qxf inodes || false
	[ "$(jqr .place.action out | xargs)" = "copied copied moved" ]
	records >in
	run -0 place-file -q --move --to=lib --undated='{name}' <in
	[ -z "$(ls card)" ]
}

@test "place-file --move: a member that fails, is skipped or is damaged in the library keeps the others" {
	triple a && triple b && triple c
	records >in
	jq -c 'if .path == "card/a.xmp" then .hash.xxh128 = "00000000000000000000000000000000" else . end' in >bad
	cp card/b.xmp lib/b.xmp && cp card/c.xmp lib/c.xmp
	jq -c 'if .path == "card/b.xmp" then .db = {status: "deleted"} else . end' bad >in
	rm lib/b.xmp
	run -1 move <in
	printf '%s\n' "$output" >out
	[ "$(jqr '.path[5:] + "=" + (.error.code // .place.reason // .place.source)' out | xargs)" = \
		'a.CR2=group a.JPG=group a.xmp=EVERIFY b.CR2=group b.JPG=group b.xmp=deleted c.CR2=removed c.JPG=removed c.xmp=removed' ]
	[ "$(ls card | xargs)" = 'a.CR2 a.JPG a.xmp b.CR2 b.JPG b.xmp' ]
	no_hidden
	records >in
	run -0 move <in
	[ -z "$(ls card)" ]
}

@test "place-file --move split over processes: what stays goes when it is given again; nothing is missing" {
	many 30
	want=$(contents card)
	records >in
	split -l 7 in part.
	for p in part.*; do
		move <"$p" >>out 2>/dev/null || :
		[ "$(contents card lib)" = "$want" ]
	done
	no_hidden
	for ((n = 0; n < 2; n++)); do
		records >in
		split -l 7 in again$n.
		for p in again$n.*; do move <"$p" >>out 2>/dev/null || :; done
	done
	[ -z "$(ls card)" ] || { ls card; false; }
	[ "$(contents lib)" = "$want" ]
	[ "$(ls lib | wc -l)" -eq 90 ]
}

@test "place-file --move from another file system, killed at every call that changes a name" {
	need strace
	elsewhere=$(mktemp -d /dev/shm/t.XXXXXX) || skip "no other file system"
	[ "$(stat -c %d "$elsewhere")" != "$(stat -c %d .)" ] || skip "no other file system"
	rmdir card && ln -s "$elsewhere" card
	for call in renameat2 unlinkat; do
		for n in 1 2 3 4 5 6; do
			rm -rf lib "$elsewhere"/* && mkdir -p lib/.dcim
			triple a && triple b
			want=$(contents card/)
			records >in
			ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=$call -e "inject=$call:signal=KILL:when=$n" \
				place-file -q -j1 --move --to=lib --undated='{name}' <in >out 2>&1 || :
			[ "$(contents card/ lib)" = "$want" ] || { rm -r "$elsewhere"; false; }
			for hidden in card/.*.dcim-*; do
				[ ! -e "$hidden" ] || printf '%s\0' "$hidden" | source-remove -q --give-back >>out
			done
			records >in
			run -0 move <in
			[ -z "$(ls -A card/)" ] || { cat out; ls -A card/; rm -r "$elsewhere"; false; }
			[ "$(contents lib)" = "$want" ] || { rm -r "$elsewhere"; false; }
		done
	done
	rm -r "$elsewhere"
}

# ---- photo-import --move ----

# begin -- a library, and a card of triples; half of the sidecars have one content.
begin() {
	local i
	need setsid
	rm -rf lib card && mkdir card
	photo-init -q lib >/dev/null
	for ((i = 100; i < 112; i++)); do
		triple "IMG_$i"
		printf '\377\330\377\376\000\022%-16d\377\331' "$i" >card/IMG_$i.JPG
		[ $((i % 2)) -eq 0 ] || echo same >card/IMG_$i.xmp
	done
}

# is_filled FILE -- whether place-file has its content under a temporary name.
is_filled() { find lib/.dcim/tmp -type f -exec cmp -s {} "$1" \; -print 2>/dev/null | grep -q .; }

@test "two moves of one card at once: a companion that the other has taken with its pictures is not placed alone" {
	triple a
	find card -type f -print0 | sort -z | file-hash | grouped >records
	cp card/a.xmp spare
	mkfifo pipe
	place-file --move --to=lib --undated='{name}' <pipe >out 2>err &
	exec 9>pipe
	of a.xmp records >&9
	wait_until is_filled spare
	kill -STOP $!
	run -0 place-file --move --to=lib --undated='{name}' <records
	[ -z "$(ls -A card)" ]
	kill -CONT $!
	exec 9>&-
	wait $! && false
	[ "$(jqr .error.code out)" = ECHANGED ]
	grep -qF 'card/a.xmp: has gone since it was read, and what belongs to it, too' err || { cat err; false; }
	[ "$(ls lib | xargs)" = 'a.CR2 a.JPG a.xmp' ]
	[ -z "$(ls lib/.dcim/claims)" ]
}

@test "photo-import --move: all that belongs together has gone" {
	begin
	want=$(contents card)
	run -0 photo-import -q --move card lib
	[ -z "$(find card -type f)" ]
	[ "$(contents lib)" = "$want" ]
	[ "$(find lib -name 'IMG*' | wc -l)" -eq 36 ]
}

@test "photo-import --move: what is left out keeps what belongs to it, and the same command without that finishes" {
	begin
	rm card/IMG_100.xmp card/IMG_101.xmp
	want=$(contents card)
	run -1 --separate-stderr photo-import --move --exclude='*.xmp' card lib
	[[ "$stderr" == *'card/IMG_102.CR2: not removed: a file that belongs to it stays: IMG_102.xmp: '* ]]
	[[ "$stderr" == *'also not removed: 17 belonging to files that stay'* ]]
	[[ "$output" == *'belonging to files that stay'* ]]
	[ "$(find card -type f | wc -l)" -eq 30 ]
	no_hidden
	run -0 photo-import -q --move card lib
	[ -z "$(find card -type f)" ]
	[ "$(contents lib)" = "$want" ]
	[ "$(find lib -name 'IMG*' | wc -l)" -eq 34 ] || { find lib -name 'IMG*'; false; }
}

@test "photo-import --move, killed and given again: every file has gone, and is beside its own" {
	begin
	cp -a lib timed && cp -a card again
	timed photo-import -q --move again timed || :
	for ((n = 0; n < ${KILLS:-20}; n++)); do
		begin
		want=$(contents card)
		cut_short photo-import -q --move card lib
		[ "$(contents card lib)" = "$want" ] || { echo "kill $n after $instant ns: lost"; false; }
		photo-import -q --move card lib >out 2>&1 || { echo "kill $n after $instant ns"; cat out; find card; false; }
		[ "$(contents lib)" = "$want" ]
		[ -z "$(find card -type f)" ]
		[ "$(find lib -name 'IMG*' | wc -l)" -eq 36 ] || { echo "kill $n after $instant ns"; find lib -name 'IMG*'; false; }
		[ "$(find lib -name 'IMG*' -printf '%h\n' | sort -u | wc -l)" -eq 1 ]
	done
}

@test "a folder that a symbolic link names has its neighbours where it is, not beside the link" {
	mkdir -p card/M4ROOT/CLIP card/M4ROOT/THMBNL lib/.dcim
	echo film >card/M4ROOT/CLIP/C0001.MP4
	echo thumbnail >card/M4ROOT/THMBNL/C0001T01.JPG
	ln -s card/M4ROOT/CLIP clips
	file-hash clips/C0001.MP4 | jq -c '.group = {id: "0123456789abcdef", lead: "clips/C0001.MP4", role: "film", rule: "stem",
		members: ["C0001.MP4", "../THMBNL/C0001T01.JPG"]}' | place-file --undated='{name}' --verify=readback -t lib |
		hashdb-merge lib/.dcim/hash.db >records
	source-remove -q <records >out || [ $? -eq 1 ]
	jq -e '.place.reason == "group"' out
	[ -e card/M4ROOT/CLIP/C0001.MP4 ]
}
