#!/usr/bin/env bats
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
listed() { find card -type f -not -name '.*' | LC_ALL=C sort | jq -R . | jq -cs .; }

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
		"a file that belongs to it is not safe in the library: b.xmp: the library's file has other content" ]
	grep -qF "card/b.CR2: not removed: a file that belongs to it is not safe in the library: b.xmp: " <<<"$stderr"
	rm lib/b.xmp
	import && run -0 source-remove <log
	[ -z "$(ls card)" ]
}

@test "one that changed meanwhile, is not recorded or cannot be read keeps its group" {
	triple a && triple b && triple c
	import
	echo more >>card/a.JPG
	jq -c 'if .path == "card/b.CR2" then .place.to = "b.none" else . end' log >x && mv x log
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
	jq -c 'if .path == "card/a.CR2" then .error = {tool: "x", op: "read", code: "EIO", message: "no"} else . end' log >x && mv x log
	rm lib/a.CR2
	run -1 source-remove -q <log
	printf '%s\n' "$output" >out
	[ "$(reasons out)" = 'a.CR2=- a.JPG=group a.xmp=group b.CR2=group b.JPG=group c.CR2=removed c.JPG=removed' ]
	[[ "$(jqr 'select(.path == "card/b.JPG").place.message' out)" == *": b.xmp: the library's file is not there" ]]
	[ "$(ls card | xargs)" = 'a.CR2 a.JPG a.xmp b.CR2 b.JPG b.xmp' ]
}

@test "members that come in other processes are compared themselves, with what the library has beside the record's file" {
	triple a && triple b && triple c
	import
	edit lib/b.xmp
	mv lib/c.xmp lib/elsewhere
	while read -r line; do source-remove -q <<<"$line" || :; done <log >out
	[ "$(reasons out)" = 'a.CR2=removed a.JPG=removed a.xmp=removed b.CR2=group b.JPG=group b.xmp=differs c.CR2=group c.JPG=group c.xmp=copy-missing' ]
	no_hidden
	[ "$(contents card | wc -l)" -eq 6 ]
}

@test "the number of the record's file is that of the others" {
	triple a
	mkdir lib/a.none && echo other >lib/a.CR2 && echo other >lib/a.JPG && echo other >lib/a.xmp
	import
	[ "$(jqr .place.to log | xargs)" = 'a-1.CR2 a-1.JPG a-1.xmp' ]
	head -n 1 log | source-remove >out
	[ "$(reasons out)" = a.CR2=removed ]
	edit lib/a-1.xmp
	cp card/a.xmp lib/a.xmp
	run -1 source-remove -q <<<"$(sed -n 2p log)"
	[ -e card/a.JPG ]
}

@test "a member in another folder: its path begins at the folder of the lead" {
	mkdir -p card/CLIP card/THMBNL
	echo film >card/CLIP/C0001.MP4 && echo meta >card/CLIP/C0001M01.XML && echo small >card/THMBNL/C0001T01.JPG
	find card -type f -print0 | sort -z | file-hash | jq -c '.group = {id: "0123456789abcdef", lead: "card/CLIP/C0001.MP4",
		role: "film", rule: "stem", members: ["../THMBNL/C0001T01.JPG", "C0001.MP4", "C0001M01.XML"]}' |
		place-file -q --to=lib --undated='{name}' --verify=readback | hashdb-merge "$DB" >log
	cp -a card spare
	edit lib/C0001T01.JPG
	run -1 source-remove -q <log
	printf '%s\n' "$output" >out
	[ "$(reasons out)" = 'C0001.MP4=group C0001M01.XML=group C0001T01.JPG=differs' ]
	run -1 source-remove -q <<<"$(head -n 1 log)"
	[[ "$(jqr .place.message <<<"$output")" == *': C0001T01.JPG: '* ]]
	cp -p card/THMBNL/C0001T01.JPG lib
	run -0 source-remove -q <<<"$(head -n 1 log)"
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

@test "a record that came twice is no file that is not safe" {
	triple a
	import
	cat log log >twice
	run -0 source-remove -q <twice
	[ -z "$(ls card)" ]
}

@test "all are proved before the first is removed" {
	need strace
	triple a
	import
	ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=renameat2,unlinkat source-remove -q <log >out
	[ "$(grep -oE '(renameat2|unlinkat)\(.*card|(renameat2|unlinkat)\([0-9]+, "\.?a\.' trace | grep -oE '^[a-z0-9]+' | xargs)" = \
		'renameat2 renameat2 renameat2 unlinkat unlinkat unlinkat' ] || { cat trace; false; }
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
