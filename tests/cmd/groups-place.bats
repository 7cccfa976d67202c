#!/usr/bin/env bats
# place-file and files that belong together: one folder and one number for all of them.
load helper
load fault
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	mkdir lib
}

# file PATH CONTENT -- make a file with its folder.
file() {
	mkdir -p "$(dirname "$1")"
	printf '%s' "$2" >"$1"
}

# triples DIR... -- a picture, its raw and its sidecar in each; all sidecars are equal.
triples() {
	local d
	for d; do
		file "$d/IMG_2.JPG" "$d jpg"
		file "$d/IMG_2.CR2" "$d cr2"
		file "$d/IMG_2.xmp" sidecar
	done
}

# records DIR... -- of the files in them, with their groups as exif-read finds them.
records() {
	find "$@" -type f | sort | jq -cRn -f "$BATS_TEST_DIRNAME/groups.jq"
}

# of PATH... -- the records on stdin of these alone.
of() { jq -c 'select(.path | IN($ARGS.positional[]))' --args "$@"; }

# actions -- what the records on stdin say was done, and where.
actions() {
	jq -r '"\(.path) \(.place.action // .error.code) \(.place.to // .place.reason)"'
}

# library [DIR] -- its files and what they hold.
library() {
	local f
	(cd "${1:-lib}" && find . -name .dcim -prune -o -type f -print | sort | while read -r f; do
		echo "${f#./} $(cat "$f")"
	done)
}

claims() { find lib/.dcim/claims -type f 2>/dev/null | wc -l; }

# whole N -- in the library lie N triples: a picture, a raw of the same folder and a sidecar at each number.
whole() {
	local f
	[ "$(find lib -name .dcim -prune -o -type f -print | wc -l)" = $((3 * $1)) ]
	while read -r f; do
		[ "$(cut -d' ' -f1 "$f.JPG")" = "$(cut -d' ' -f1 "$f.CR2")" ]
		[ -e "$f.xmp" ]
	done < <(find lib -name '*.JPG' | sed 's/\.JPG$//')
}

DAY=2024/2024-05-01

@test "two groups of one name and with equal sidecars: in any order, in one process or six, each keeps together" {
	local i n
	triples A B
	records A B >all
	for ((i = 0; i < 15; i++)); do
		shuf --random-source=<(yes $i) all >order
		rm -rf lib one && mkdir lib one
		place-file -t lib <order >out
		whole 2
		[ "$(jqr .path out)" = "$(jqr .path order)" ]
		mv lib one/lib && mkdir lib
		tr '\n' '\0' <order | xargs -0 -n1 sh -c 'printf "%s\n" "$1" | place-file -t lib' _ >each
		whole 2
		[ "$(claims)" = 0 ]
		n=$((i % 6))
		rm -rf lib && mkdir lib
		head -n $n order | place-file -t lib >out
		place-file -n -t lib <order >dry
		place-file -t lib <order >again
		whole 2
		[ "$(jqr .place.to dry)" = "$(jqr .place.to again)" ]
		[ "$(jqr .place.action again | grep -c exists || :)" = $n ]
		place-file -t lib <order >again
		[ "$(jqr .place.action again | sort -u)" = exists ]
		whole 2
	done
}

@test "a raw does not stand beside another's picture, whoever comes first" {
	file A/IMG_2.JPG 'A jpg'
	triples B
	rm B/IMG_2.xmp
	records A B | place-file -t lib >out
	[ "$(library)" = "$DAY/IMG_2-1.CR2 B cr2
$DAY/IMG_2-1.JPG B jpg
$DAY/IMG_2.JPG A jpg" ]
	rm -rf lib && mkdir lib
	records A B | of B/IMG_2.CR2 | place-file -t lib >out
	records A B | place-file -t lib >out
	[ "$(library)" = "$DAY/IMG_2-1.JPG A jpg
$DAY/IMG_2.CR2 B cr2
$DAY/IMG_2.JPG B jpg" ]
}

@test "a picture of the same stem that is none of the group's denies the number, whatever its extension" {
	file lib/$DAY/IMG_2.HEIC other
	triples A
	records A | place-file -t lib >out
	[ "$(jqr .place.to out)" = "$DAY/IMG_2-1.CR2
$DAY/IMG_2-1.JPG
$DAY/IMG_2-1.xmp" ]
}

@test "what has a suffix is seen by those of its stem: no other's picture takes its number, and an edit made there denies none" {
	local t first
	file A/IMG_2.CR2 'A cr2'
	file A/IMG_2-Edit.tif 'A edit'
	file A/IMG_2_01.CR2.xmp 'A sidecar'
	file B/IMG_2.JPG 'B jpg'
	file B/IMG_2.xmp 'B sidecar'
	records A B >all
	for t in p/{name} p/{name:lower} p/x_{name}; do
		for first in A/IMG_2-Edit.tif A/IMG_2_01.CR2.xmp; do
			rm -rf lib && mkdir lib
			of $first <all | place-file -t lib --template="$t" >out
			of B/IMG_2.JPG B/IMG_2.xmp <all | place-file -t lib --template="$t" >out
			[ "$(jqr .place.to out | grep -ic '2-1[.]')" = 2 ]
			place-file -t lib --template="$t" <all >out
			[ "$(jqr .place.to out | grep -ic '2-1[.]')" = 2 ]
			[ "$(library | wc -l)" = 5 ]
		done
	done
	rm -rf lib && mkdir lib
	of A/IMG_2.CR2 <all | place-file -t lib --template=p/{name} >out
	file lib/p/IMG_2-Edit-2.tif 'made in the library'
	place-file -t lib --template=p/{name} <all >out
	[ "$(of A/IMG_2-Edit.tif A/IMG_2_01.CR2.xmp <out | jqr .place.to)" = 'p/IMG_2-Edit.tif
p/IMG_2_01.CR2.xmp' ]
}

@test "notes and records that have neither group nor alone go by their own names" {
	file lib/$DAY/IMG_2.JPG other
	file A/IMG_2.txt note
	file B/IMG_2.CR2 raw
	records A | place-file -t lib >out
	records B | jq -c 'del(.alone)' | place-file -t lib >>out
	[ "$(jqr .place.to out)" = "$DAY/IMG_2.txt
$DAY/IMG_2.CR2" ]
}

@test "the number stands where the camera's own part of the name ends" {
	local d
	for d in A B; do
		file $d/CLIP/C0001.MP4 "$d film"
		file $d/CLIP/C0001M01.XML meta
		file $d/THMBNL/C0001T01.JPG thumbnail
		file $d/IMG_1.CR2 "$d raw"
		file $d/IMG_1.CR2.xmp one
		file $d/IMG_1_01.CR2.xmp two
		file $d/GX010123.MP4 "$d one"
		file $d/GX020123.MP4 "$d two"
		file $d/GL010123.LRV proxy
		file $d/IMG_1234.JPG "$d still"
		file $d/IMG_E1234.JPG "$d edit"
		file $d/IMG_O1234.AAE edits
	done
	records A B | place-file -t lib --template='{name}' >out
	[ "$(jqr .place.to out | grep -e -1)" = "C0001-1.MP4
C0001-1M01.XML
GL010123-1.LRV
GX010123-1.MP4
GX020123-1.MP4
IMG_1-1.CR2
IMG_1-1.CR2.xmp
IMG_1234-1.JPG
IMG_1-1_01.CR2.xmp
IMG_E1234-1.JPG
IMG_O1234-1.AAE
C0001-1T01.JPG" ]
	records A B | place-file -t lib --template='{name}' | jq -r .place.action >out
	[ "$(sort -u out)" = exists ]
}

@test "a template that renames gives all of a group one name; two chapters of it get two numbers" {
	triples A
	file A/IMG_2.CR2.xmp more
	file A/GX010123.MP4 one
	file A/GX020123.MP4 two
	file A/GL010123.LRV 'proxy of one'
	file A/GL020123.LRV 'proxy of two'
	records A >in
	for i in 1 2; do
		place-file -t lib --template='{folder}/{stem:lower}-x.{ext}' <in >out
		place-file -t lib --template='{taken:%H%M%S}.{ext}' <in >>out
		[ "$(jqr .place.to out)" = "A/gl010123-x.LRV
A/gl020123-x.LRV
A/gx010123-x.MP4
A/gx020123-x.MP4
A/img_2-x.CR2
A/img_2-x.CR2.xmp
A/img_2-x.JPG
A/img_2-x.xmp
120000.LRV
120000-1.LRV
120000.MP4
120000-1.MP4
120000-2.CR2
120000-2.CR2.xmp
120000-2.JPG
120000-2.xmp" ]
	done
	[ "$(jqr .place.action out | sort -u)" = exists ]
}

@test "the lead's words decide where all of a group go" {
	triples A
	records A | jq -c '.model = "own" | .title = "own" | if .path != "A/IMG_2.JPG" then
		.group.fields = {model: "lead", taken: "2023-01-02T03:04:05"} | .group.lacks = ["title"] else . end' |
		place-file -t lib --template='{taken:%Y}/{model}/{title|"none"}/{name:lower}' >out
	[ "$(jqr .place.to out)" = "2023/lead/none/img_2.cr2
2024/own/own/img_2.jpg
2023/lead/none/img_2.xmp" ]
}

@test "{stem} and {ext} are of the name as its rule takes it apart" {
	file A/PXL_20230101_120000000.RAW-02.ORIGINAL.dng raw
	file A/a.b.jpg still
	records A | place-file -t lib --template='{ext}/{stem}' >out
	[ "$(jqr .place.to out)" = "RAW-02.ORIGINAL.dng/PXL_20230101_120000000
jpg/a.b" ]
}

@test "names stay whole and portable, and are cut at one byte for the whole group" {
	local d n
	n=$(printf 'x%.0s' {1..240})
	for d in A B; do
		file "$d/$n.JPG" "$d jpg"
		file "$d/$n.JPG.xmp" sidecar
		file "$d/C:ON.CR2" "$d raw"
		file "$d/C:ON.xmp" sidecar
		file "$d/NUL.CR2" "$d raw of none"
		file "$d/NUL.xmp" sidecar
	done
	for i in 1 2; do
		records A B | place-file --portable-names -t lib --template='012345678-{name}' >out
		jqr .place.to out | sed 's/x\{100,\}/x/' >names
		[ "$(cat names)" = "012345678-C_ON.CR2
012345678-C_ON.xmp
012345678-NUL.CR2
012345678-NUL.xmp
012345678-x.JPG
012345678-x.JPG.xmp
012345678-C_ON-1.CR2
012345678-C_ON-1.xmp
012345678-NUL-1.CR2
012345678-NUL-1.xmp
012345678-x-1.JPG
012345678-x-1.JPG.xmp" ]
		[ "$(jqr '.place.to | length' out | sort -n | tail -n 1)" = 255 ]
	done
	[ "$(jqr .place.action out | sort -u)" = exists ]
	[ "$(jqr '.place.to | select(test("xxx-1")) | sub("-1.*"; "") | length' out | sort -u | wc -l)" = 1 ]
	records A | of A/NUL.CR2 A/NUL.xmp | place-file --portable-names -t lib >out
	[ "$(jqr .place.to out)" = "$DAY/NUL_.CR2
$DAY/NUL_.xmp" ]
}

@test "another version of a group's companion is neither placed nor lost: sidecar-conflict" {
	triples A B
	records A B | place-file -t lib >out
	file B/IMG_2.xmp 'other edits'
	records A B | place-file -t lib >out
	[ "$(actions <out | grep xmp)" = "A/IMG_2.xmp exists $DAY/IMG_2.xmp
B/IMG_2.xmp skipped sidecar-conflict" ]
	[[ "$(jqr '.place.message // empty' out)" = *"$DAY/IMG_2-1.xmp" ]]
	[ "$(cat B/IMG_2.xmp)" = 'other edits' ]
	whole 2
}

@test "a later import: one member more stands beside its group, a changed picture is a new one" {
	triples A B
	rm B/IMG_2.CR2
	records A B | place-file -t lib >out
	file B/IMG_2.CR2 'B cr2'
	file B/IMG_2.MOV 'B film'
	records A B | place-file -t lib >out
	[ "$(actions <out | grep -v exists)" = "B/IMG_2.CR2 copied $DAY/IMG_2-1.CR2
B/IMG_2.MOV copied $DAY/IMG_2-1.MOV" ]
	file A/IMG_2.JPG 'A edited'
	records A B | place-file -t lib >out
	[ "$(actions <out | grep 'A.*JPG')" = "A/IMG_2.JPG copied $DAY/IMG_2-2.JPG" ]
	records A B | place-file -t lib >out
	[ "$(jqr .place.action out | sort -u)" = exists ]
}

@test "where a picture has left the source, its companion still knows the number" {
	triples A B
	records A B | place-file -t lib >out
	rm B/IMG_2.JPG
	records A B | place-file -t lib >out
	[ "$(jqr .place.action out | sort -u)" = exists ]
	[ "$(actions <out | tail -n 1)" = "B/IMG_2.xmp exists $DAY/IMG_2-1.xmp" ]
	rm B/IMG_2.CR2
	records B | jq -c --arg to $DAY/IMG_2-1.xmp '.db = {status: "known", by: "source", path: $to, root: "lib"}' |
		place-file -t lib >out
	[ "$(actions <out)" = "B/IMG_2.xmp exists $DAY/IMG_2-1.xmp" ]
	records B | place-file -t lib >out
	[ "$(actions <out)" = "B/IMG_2.xmp copied $DAY/IMG_2-2.xmp" ]
}

@test "equal companions without pictures are one, and their pictures have one each" {
	file A/IMG_2.xmp sidecar
	file B/IMG_2.xmp sidecar
	for i in 1 2; do
		records A B | place-file -t lib >out
		[ "$(jqr .place.to out | sort -u)" = "$DAY/IMG_2.xmp" ]
	done
	[ "$(jqr .place.action out | sort -u)" = exists ]
	[ "$(claims)" = 1 ]
	file B/IMG_2.JPG 'B jpg'
	records A B | place-file -t lib >out
	file A/IMG_2.JPG 'A jpg'
	records A B | place-file -t lib >out
	[ "$(library)" = "$DAY/IMG_2-1.JPG B jpg
$DAY/IMG_2-1.xmp sidecar
$DAY/IMG_2.JPG A jpg
$DAY/IMG_2.xmp sidecar" ]
	[ "$(claims)" = 0 ]
}

traced() { ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -y -o trace "$@"; }

# unclaimed CLAIMS FLUSHES -- of the traced calls, names given to companions while a claim was not yet on the disk.
unclaimed() {
	awk '/openat.*\/claims>.*O_CREAT/ { need = 2; claims++ }
		/ syncfs\(/ { need = 0; flushes += claims > 0 }
		/ fsync\(.*\/claims\/[0-9a-f]+>/ { need = need < 1 ? need : 1; flushes++ }
		/ fsync\(.*\/claims>/ { need = need < 2 ? 0 : need }
		/ renameat2\(.*= 0/ && need { print }
		END { if (claims != wanted || flushes > most) print claims " claims, " flushes " flushes" }' \
		wanted="$1" most="$2" trace
}

@test "a claim is on the disk before the name that needs it appears, and those of a batch take one flush" {
	local i calls=openat,renameat2,fsync,syncfs
	need strace
	case $(stat -f -c %T .) in ext* | xfs | btrfs | tmpfs | f2fs) ;; *) skip "files are flushed one by one here" ;; esac
	triples A B
	for i in {10..29}; do file A/IMG_$i.xmp $i; done
	records A B | jq -c 'select(.path | endswith("xmp"))' >in
	traced -e trace=$calls place-file -j1 -t lib <in >out
	[ "$(claims)" = 22 ]
	[ -z "$(unclaimed 22 4)" ]
	rm -rf lib && mkdir lib
	traced -e trace=$calls place-file -j1 -t lib --durable=file <in >out
	[ -z "$(unclaimed 22 22)" ]
	rm -rf lib && mkdir lib
	records A B | traced -e trace=$calls place-file -j1 -t lib --move >out
	[ -z "$(unclaimed 20 4)" ]
	[ "$(claims)" = 20 ]
}

@test "a claim that is not needed after all goes, and one that cannot be read is no answer" {
	local how hex
	need strace
	triples A B
	file C/IMG_2.JPG 'C jpg'
	{ records C && records A | of A/IMG_2.xmp; } | jq -c 'if .alone then del(.alone) else . end' | place-file -t lib >out
	[ "$(claims)" = 1 ]
	[ "$(actions <out | tail -n 1)" = "A/IMG_2.xmp copied $DAY/IMG_2-1.xmp" ]
	rm -rf lib && mkdir lib
	records A | of A/IMG_2.xmp | place-file -t lib >out
	hex=$(ls lib/.dcim/claims)
	for how in EMFILE ENFILE EIO ENOMEM; do
		ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" run --separate-stderr strace -f -o trace -P "$hex" -e trace=openat \
			-e inject=openat:error=$how place-file -t lib < <(records B)
		grep -q INJECTED trace || skip "strace cannot fail this call"
		[ "$status" -ne 0 ]
		[ "$(jqr .error.code <<<"$output" | sort -u)" = $how ]
	done
	records B | place-file -t lib >out
	records A | place-file -t lib >out
	whole 2
}

@test "what is claimed ahead for a group keeps nobody of it from a number where its own companion stands" {
	triples A
	file A/IMG_2.thm thumbnail
	file lib/$DAY/IMG_2.xmp sidecar
	records A | of A/IMG_2.thm >one
	place-file -n -t lib <one >dry
	place-file -t lib <one >out
	[ "$(jqr .place.to dry out)" = "$DAY/IMG_2.thm
$DAY/IMG_2.thm" ]
	records A | place-file -t lib >out
	[ "$(jqr .place.to out | grep -c 2-1)" = 0 ]
	[ "$(claims)" = 0 ]
}

@test "what came without its picture is seen at the number of its stem, and what is claimed ahead by nobody else" {
	file A/IMG_2.CR2.xmp equal
	file A/IMG_2.thm 'A thumbnail'
	file A/IMG_2.wav 'A note'
	file B/IMG_2.JPG 'B jpg'
	file B/IMG_2.aae equal
	{
		echo A/IMG_2.CR2.xmp | jq -cRn -f "$BATS_TEST_DIRNAME/groups.jq"
		records A B | jq -c 'select(.path != "A/IMG_2.CR2.xmp") |
			if .group then .group.members -= ["IMG_2.CR2.xmp"] else . end'
	} >in
	place-file -n -t lib <in >dry
	place-file -t lib <in >out
	place-file -t lib <in >again
	[ "$(jqr .place.to out)" = "$(jqr .place.to dry)" ]
	[ "$(jqr .place.to out)" = "$(jqr .place.to again)" ]
	[ "$(jqr .place.to out | grep -c 2-2)" = 2 ]
}

@test "no link is followed where claims are kept" {
	triples A
	mkdir -p elsewhere lib/.dcim
	ln -s ../../elsewhere lib/.dcim/claims
	run -1 --separate-stderr place-file -t lib < <(records A | of A/IMG_2.xmp)
	[ -z "$(ls elsewhere)" ]
	[ "$(jqr .error.tool <<<"$output")" = place-file ]
}

@test "the rest of a group joins its lead where the library has that" {
	triples A
	cp -r A B
	records A B | place-file -t lib --template='{dir}/{name}' >out
	[ "$(actions <out | tail -n 3)" = "B/IMG_2.CR2 exists A/IMG_2.CR2
B/IMG_2.JPG duplicate A/IMG_2.JPG
B/IMG_2.xmp exists A/IMG_2.xmp" ]
	file lib/old/IMG_2-3.JPG 'A jpg'
	file lib/old/IMG_2-3.CR2 'another raw'
	rm -rf B lib/A
	records A | jq -c 'if .path == "A/IMG_2.JPG" then .db = {status: "known", by: "hash", path: "old/IMG_2-3.JPG", root: "lib"}
		else .db = {status: "new", lead: "old/IMG_2-3.JPG", root: "lib"} end' >in
	for i in 1 2; do
		place-file -t lib <in >out
		[ "$(jqr .place.to out)" = "$DAY/IMG_2.CR2
old/IMG_2-3.JPG
old/IMG_2-3.xmp" ]
	done
	rm lib/old/IMG_2-3.JPG
	place-file -t lib <in | jq -r .place.to >out
	[ "$(cat out)" = "$DAY/IMG_2.CR2
$DAY/IMG_2.JPG
$DAY/IMG_2.xmp" ]
}

@test "a companion that joins its lead never gets the name beside another's picture" {
	file A/IMG_1.CR2 raw
	file A/IMG_1.JPG 'A jpg'
	file B/IMG_2.CR2 raw
	file B/IMG_2.JPG 'B jpg'
	file B/IMG_2.JPG.xmp 'of B jpg'
	file B/IMG_2.CR2.xmp 'of the raw'
	records A B | jq -c 'if .group then .group |= (.lead |= sub("JPG$"; "CR2")) else . end' | place-file -t lib >out
	[ "$(actions <out)" = "A/IMG_1.CR2 copied $DAY/IMG_1.CR2
A/IMG_1.JPG copied $DAY/IMG_1.JPG
B/IMG_2.CR2 duplicate $DAY/IMG_1.CR2
B/IMG_2.CR2.xmp copied $DAY/IMG_1.CR2.xmp
B/IMG_2.JPG copied $DAY/IMG_2.JPG
B/IMG_2.JPG.xmp copied $DAY/IMG_2.JPG.xmp" ]
}

@test "a group that a companion leads does not join another of the same bytes" {
	file A/IMG_2.thm thumbnail
	file A/IMG_2.xmp 'A sidecar'
	file B/IMG_2.CR2 'B cr2'
	file B/IMG_2.thm thumbnail
	file B/IMG_2.xmp 'B sidecar'
	records A B >all
	of B/IMG_2.CR2 B/IMG_2.thm <all >in
	of A/IMG_2.xmp <all >>in
	place-file -t lib <in >out
	[ "$(jqr .place.to out | tail -n1)" = $DAY/IMG_2-1.xmp ]
	place-file -t lib <all >out
	[ "$(jqr .place.action out | xargs)" = 'copied exists exists exists copied' ]
}

@test "the rest of a group joins a lead that comes in a later batch, too" {
	file A/IMG_1.JPG jpg
	file B/IMG_7.AAE edits
	file B/IMG_7.JPG jpg
	records A B >in
	: >out
	{
		sed 2q in
		until grep -q AAE out; do sleep 0.05; done # the batch has ended
		sed 1,2d in
	} | timeout 60 place-file -t lib >>out
	[ "$(actions <out)" = "A/IMG_1.JPG copied $DAY/IMG_1.JPG
B/IMG_7.AAE copied $DAY/IMG_1.AAE
B/IMG_7.JPG duplicate $DAY/IMG_1.JPG" ]
}

@test "a dry run knows what those that have joined their lead hold" {
	file A/IMG_1-1.CR2 raw
	file B/IMG_1-2.CR2 raw
	file B/IMG_1-2.JPG jpg
	file C/IMG_1.JPG jpg
	file C/IMG_1.xmp sidecar
	records A B C | jq -c 'if .group and (.path | test("^B")) then .group.lead = "B/IMG_1-2.CR2" else . end' |
		file-hash >in
	place-file -n -t lib <in | jq -r .place.to >dry
	place-file -t lib <in | jq -r .place.to >real
	[ "$(tail -n 1 real)" = "$DAY/IMG_1-1.xmp" ]
	cmp dry real
}

@test "a group with very many names takes no time that grows with their square" {
	file A/IMG_1.JPG jpg
	records A | jq -c 'del(.alone) | .group = {id: "0123456789abcdef", lead: .path, role: "still", rule: "stem",
		members: (["IMG_1.JPG"] + [range(20000) | "IMG_\(.).JPG.xmp"])}' >in
	timeout -s KILL 20 place-file -t lib <in >out
	[ "$(actions <out)" = "A/IMG_1.JPG copied $DAY/IMG_1.JPG" ]
}

@test "what lies beside a film comes with --media-only" {
	file A/C0001.MP4 film
	file A/C0001M01.XML meta
	file A/other.xml other
	records A | jq -c 'if .path | endswith("MP4") then .type = "video/mp4" else . end' | place-file -t lib --media-only >out
	[ "$(jqr .place.action out)" = "copied
copied
skipped" ]
}

@test "a library is filed anew in groups" {
	triples A B
	records A B | place-file -t lib --template='{dir}/{name}' >out
	cd lib
	records A B | place-file >../out
	[ "$(jqr .place.reason ../out | sort -u)" = in-library ]
	records A B | place-file --move --template='{taken:%Y}/{name}' >../out
	records 2024 | place-file --move --template='{taken:%Y}/{name}' >../out
	[ "$(jqr .place.action ../out | sort -u)" = exists ]
	cd ..
	whole 2
	[ "$(claims)" = 0 ]
}

@test "filed anew, killed at any of its calls and run again: every group has its number" {
	local call n status
	need strace
	triples A B
	cp -r A B lib
	mv lib old
	for call in renameat2 unlinkat write fsync; do
		for ((n = 1, status = 137; status == 137; n++)); do
			rm -rf lib && cp -r old lib
			cd lib
			status=0
			records A B | shuf --random-source=<(yes $n) >../in
			ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o /dev/null -e trace=$call \
				-e inject=$call:signal=KILL:when=$n place-file -j1 -q --move <../in >../out || status=$?
			records A B | shuf --random-source=<(yes $n) | place-file -q --move >../out || :
			cd ..
			whole 2 || { echo "$call $n" && library; false; }
			[ -z "$(find lib/A lib/B -type f)" ] || { echo "$call $n" && library && cat out; false; }
		done
	done
}

@test "moved, killed at any of its calls and run again: every group has its number" {
	local call n=0 status=137
	need strace
	for call in renameat2 unlinkat write; do
		for ((n = 1, status = 137; status == 137; n++)); do
			rm -rf A B lib && mkdir lib
			triples A B
			records A B | shuf --random-source=<(yes $n) >in
			status=0
			ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o /dev/null -e trace=$call \
				-e inject=$call:signal=KILL:when=$n place-file -j1 -q -t lib --move <in >out || status=$?
			records A B | shuf --random-source=<(yes $n) | place-file -q -t lib --move >out || :
			whole 2
		done
	done
}

@test "out of memory at any request and run again: every group has its number" {
	local how n status
	need_faults
	triples A B
	cp -r A A0
	cp -r B B0
	for how in --copy --move; do
		for ((n = 1; n < 260; n += 7)); do
			rm -rf lib A B && mkdir lib
			cp -r A0 A
			cp -r B0 B
			records A B | sort -r >in
			status=0
			FAULT=place-file:malloc:$n:ENOMEM LD_PRELOAD=$TOOLS/fault.so place-file -q -j1 -t lib $how <in >out 2>err ||
				status=$?
			[ $status -lt 100 ] || { echo "$how $n: $status"; false; }
			records A B | place-file -q -t lib $how >again 2>err || :
			whole 2 || { echo "$how $n"; library; cat out; false; }
		done
	done
}

@test "several at once, over arguments of xargs, and -j1 as -j8" {
	local d i
	for d in A B C; do
		for ((i = 10; i < 30; i++)); do
			file $d/IMG_$i.JPG "$d jpg $i"
			file $d/IMG_$i.CR2 "$d cr2 $i"
			file $d/IMG_$i.xmp sidecar
		done
	done
	records A B C | shuf --random-source=<(yes) >in
	tr '\n' '\0' <in | xargs -0 -P4 -n7 sh -c 'printf "%s\n" "$@" | place-file -q -t lib' _ >out
	whole 60
	for i in 1 8; do
		rm -rf lib && mkdir lib
		place-file -j$i -t lib <in | jq -c .place >j$i
	done
	cmp j1 j8
	whole 60
}

@test "a folder is listed once, and each file of it read once, however many there are of one name" {
	local i
	plain
	need strace
	for ((i = 0; i < 120; i++)); do
		file "A/$i/IMG_1.JPG" "jpg $((1000 + i))"
		file "A/$i/IMG_1.CR2" "raw $((1000 + i))"
	done
	records A >in
	place-file -t lib <in >out
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o trace -e trace=openat place-file -t lib <in >out
	[ "$(jqr .place.action out | sort -u)" = exists ]
	[ "$(grep -c 'IMG_1[-0-9]*\.[JC]' trace)" -le 1000 ]
}

@test "a source that cannot be read now, and would tell the number, is an error of what belongs to it; a number that nothing denies is taken" {
	local as=
	need setpriv
	[ "$(id -u)" -ne 0 ] || as='setpriv --bounding-set=-dac_override,-dac_read_search'
	file A/IMG_1.JPG 'picture a' && file B/IMG_1.HEIC 'picture b' && file B/IMG_1.xmp sidecar
	file C/IMG_5.HEIC 'picture c' && file C/IMG_5.xmp sidecar
	records A B C >in
	of A/IMG_1.JPG B/IMG_1.HEIC B/IMG_1.xmp <in | place-file -q -t lib >out
	library >before
	chmod 0 B/IMG_1.HEIC C/IMG_5.HEIC
	of B/IMG_1.xmp <in >one
	run -1 --separate-stderr $as place-file -t lib <one
	[ "$(jqr .error.code <<<"$output")" = EGROUP ]
	[[ $stderr == *'B/IMG_1.HEIC'* ]]
	library | cmp - before
	of C/IMG_5.xmp <in >one
	run -0 $as place-file -q -t lib <one
	chmod 644 B/IMG_1.HEIC C/IMG_5.HEIC
	place-file -q -t lib <in >out
	[ "$(actions <out | grep -c ' exists \| copied ')" -eq 5 ] && [ "$(library | wc -l)" -eq 5 ]
}
