#!/usr/bin/env bats
# bats file_tags=no-races
# groups -- which files exif-read says belong together: cards as cameras leave them, read in every way.
load helper
load groups
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
}

# read_card CARD [OPTION...] -- its records, of paths relative to it.
read_card() { names "$1" | exif-read "${@:2}" -C "$1"; }

# as_expected NAME -- that card is read as what it is.
as_expected() {
	"$1_card" "$1"
	read_card "$1" >records
	diff <(expected "$1") <(said <records) && [ -z "$(coherent <records)" ] || { coherent <records; false; }
}

# bare <RECORDS -- what is of groups in them, without what another folder or another way to it changes.
bare() {
	jq -c '{name: .path | sub(".*/"; ""), taken, taken_from, alone, codes: [.warnings[]?.code],
		group: (.group // {} | del(.id) | .lead |= (. // "" | sub(".*/"; "")))}' | LC_ALL=C sort
}

# of_groups FILE... -- role and rule of each in a line, "alone" for one without a group.
of_groups() { exif-read -q "$@" | jq -r 'if .alone then "alone" else "\(.group.role)/\(.group.rule)" end' | paste -sd' '; }

# ids FILE... -- how many different groups they are of; one that is of none counts as its own.
ids() { exif-read -q "$@" | jq -r '.group.id // .path' | sort -u | wc -l; }

codes() { exif-read -q "$1" | jq -r '[.warnings[]?.code] | join(" ")'; }

@test "a card of an iPhone: Live Photos by stem, by identifier, two of one stem that are none; an edit with its original and both .AAE" {
	as_expected iphone
}
@test "a card of a Canon: CR2 and CR3 with JPEG, film with THM, spoken notes; CTG and MRK are of no group" { as_expected canon; }
@test "a card of a Sony: CLIP, THMBNL and SUB are one film each, and MEDIAPRO.XML is of none" { as_expected sony; }
@test "a card of a GoPro: the chapters of one film with LRV and THM, of a newer camera and of an older one" { as_expected gopro; }
@test "a card of a DJI: film with SRT and LRF, DNG with JPEG" { as_expected dji; }
@test "a card of an Insta360: both lenses and the small twin, .insv and .lrv; dng with insp" { as_expected insta360; }
@test "a folder of a Pixel: raw and cover, portrait and original, a burst" { as_expected pixel; }
@test "a working folder: sidecars of darktable, RawTherapee, DxO, ART, ON1, DPP and Nikon in each naming" { as_expected working; }
@test "what editors made of a picture, iCloud's films, edits on phones, twin lenses, folders of Nikon's programs" { as_expected other; }
@test "one name from two cameras in two folders: two groups" { as_expected twin; }

@test "every rule, every role and every companion of the tables is on one of the cards" {
	for c in $CARDS; do "${c}_card" "$c"; done
	tables=$ROOT/lib/media/group
	sed -n 's/^GROUP_NAME([A-Z0-9_]*, "\([^"]*\)".*/\1/p' "$tables/group-names.def" | LC_ALL=C sort -u >rules
	[ "$(wc -l <rules)" -gt 10 ]
	cut -f3 ./*.want | LC_ALL=C sort -u | LC_ALL=C comm -23 rules - >untested
	sed -n 's/^GROUP_ROLE([A-Z]*, "\([^"]*\)".*/\1/p' "$tables/group-roles.def" | LC_ALL=C sort -u >roles
	cut -f2 ./*.want | LC_ALL=C sort -u | LC_ALL=C comm -23 roles - >>untested
	sed -n '/, NEVER,/d; s/^COMPANION("\([^"]*\)".*/\1/p' "$tables/companions.def" | LC_ALL=C sort -u >extensions
	cut -f8 ./*.want | sed 's/.*\.//' | tr '[:upper:]' '[:lower:]' | LC_ALL=C sort -u | LC_ALL=C comm -23 extensions - >>untested
	[ ! -s untested ] || { cat untested; false; }
}

@test "every card read with -j1, -j8, shuffled, by xargs -n1 and -n7: the same records" {
	mkdir all
	for c in $CARDS; do
		(cd all && "${c}_card" "$c")
	done
	rm all/*.want
	names all | LC_ALL=C sort -z >list
	exif-read -j1 -C all <list | LC_ALL=C sort >want
	[ "$(grep -c '"group"' want)" -gt 60 ]
	exif-read -j8 -C all <list | LC_ALL=C sort | cmp - want
	for seed in 1 2 3; do
		shuf -z --random-source=<(yes $seed) list | exif-read -j8 -C all | LC_ALL=C sort | cmp - want
	done
	xargs -0 -n1 exif-read -C all <list | LC_ALL=C sort | cmp - want
	xargs -0 -P4 -n7 exif-read -C all <list | LC_ALL=C sort | cmp - want
	LC_ALL=C sort -zr list | exif-read -u -j8 -C all | LC_ALL=C sort | cmp - want
}

@test "a group has one id, from whatever folder and by whatever path it is read" {
	sony_card card
	read_card card | jq -r '[(.path | sub(".*/"; "")), .group.id // "-"] | @tsv' | LC_ALL=C sort >want
	again() { jq -r '[(.path | sub(".*/"; "")), .group.id // "-"] | @tsv' | LC_ALL=C sort | diff want -; }
	find card -type f -print0 | exif-read | again
	find "$PWD/card" -type f -print0 | exif-read | again
	find ./card/../card -type f -print0 | exif-read | again
	(cd card/PRIVATE && find .. -type f -print0 | exif-read) | again
	(cd card/PRIVATE/M4ROOT/CLIP && exif-read C0001.MP4) | jq -e --arg id "$(grep -P '^C0001.MP4\t' want | cut -f2)" '.group.id == $id'
	(cd / && exif-read -C "$T/card/PRIVATE/M4ROOT/THMBNL" C0001T01.JPG) |
		jq -e --arg id "$(grep -P '^C0001.MP4\t' want | cut -f2)" '.group.id == $id'
}

@test "the lead is written as the path is: relative to -C, to the folder, or absolute" {
	canon_card card
	d=DCIM/100CANON
	[ "$(exif-read -C card $d/IMG_0001.JPG | jq -r .group.lead)" = $d/IMG_0001.CR2 ]
	[ "$(exif-read card/$d/IMG_0001.JPG | jq -r .group.lead)" = card/$d/IMG_0001.CR2 ]
	[ "$(exif-read "$PWD/card/$d/IMG_0001.JPG" | jq -r .group.lead)" = "$PWD/card/$d/IMG_0001.CR2" ]
	[ "$(cd card/$d && exif-read IMG_0001.JPG | jq -r .group.lead)" = IMG_0001.CR2 ]
}

@test "two folders of one name on one card, and two cards: never one id" {
	triples a 4 && triples b 4
	find a b -type f -print0 | exif-read >records
	[ "$(jq -r .group.id records | sort -u | wc -l)" -eq 8 ]
	[ -z "$(coherent <records)" ]
}

@test "a member that comes later changes no id" {
	twin_card card
	before=$(exif-read card/a/IMG_0001.CR2 | jq -r .group.id)
	rm card/a/IMG_0001.JPG
	[ "$(exif-read card/a/IMG_0001.CR2 | jq -r .group.id)" = "$before" ]
	echo pp3 >card/a/IMG_0001.CR2.pp3
	[ "$(exif-read card/a/IMG_0001.CR2 | jq -r .group.id)" = "$before" ]
}

# ---- who does not ----

# pair NAME... -- IMG_1.CR2 and what is named, of one Canon at one hour; made.
pair() {
	rm -rf split
	card split && of canon && group
	picture "IMG_1|.CR2" raw stem cr2
}

@test "more than 15 hours apart are two; 15 hours are one" {
	for case in '2024:05:02 02:59|1' '2024:05:02 03:00|1' '2024:05:02 03:01|2' '2024:04:30 20:59|2' '2024:04:30 21:00|1'; do
		pair
		at ${case%|*}
		picture "IMG_1|.JPG" still stem jpeg
		made
		[ "$(ids split/IMG_1.*)" -eq "${case#*|}" ] || { echo "$case"; false; }
		if [ "${case#*|}" -eq 2 ]; then
			[ "$(of_groups split/IMG_1.*)" = 'alone alone' ]
			[[ " $(codes split/IMG_1.CR2) $(codes split/IMG_1.JPG) " == *' group-split '* ]]
		else
			[[ "$(codes split/IMG_1.CR2)$(codes split/IMG_1.JPG)" != *group-split* ]]
		fi
	done
}

@test "the zone of --tz parts nobody: a picture that knows no zone, and its film, from the other end of the world" {
	card away && of canon && at 2024:05:01 12:00
	group
	picture "IMG_1|.JPG" still stem jpeg
	put "IMG_1|.MP4" film stem film "${camera[@]}" utc=2024-05-01T03:00:00Z text=film
	group
	picture "IMG_2|.JPG" still stem jpeg
	put "IMG_2|.MOV" film stem film "${camera[@]}" taken=2024-05-01T12:00:00+0900 text=film
	made
	for zone in '' --tz=Asia/Tokyo --tz=Pacific/Honolulu --tz=Pacific/Kiritimati; do
		read_card away $zone | jq -c '[.path, .group.id, .group.members, .alone, .warnings]' >"got${zone//\//-}"
		diff got "got${zone//\//-}"
	done
	[ "$(ids away/*)" -eq 2 ]
}

@test "two cameras are two groups: another model, another maker, another serial number" {
	for other in nikon iphone canon2; do
		pair
		of $other
		picture "IMG_1|.JPG" still stem jpeg
		made
		[ "$(of_groups split/IMG_1.*)" = 'alone alone' ] || { echo $other; false; }
		[[ " $(codes split/IMG_1.CR2) $(codes split/IMG_1.JPG) " == *' group-split '* ]] || { echo $other; false; }
	done
}

@test "a member that says neither when nor with what goes with the rest" {
	pair
	put "IMG_1|.JPG" still stem jpeg text=plain
	put "IMG_1|.THM" thumbnail stem jpeg text=thumbnail
	made
	[ "$(ids split/IMG_1.*)" -eq 1 ]
	exif-read split/IMG_1.* | jq -e -s 'all(.[]; .taken == "2024-05-01T12:00:00") and
		(map(select(.path | endswith("CR2") | not)) | all(.taken_from | startswith("group:")))'
}

@test "several of one name in a folder: what decides does not depend on the order in which it is listed" {
	for folder in . /dev/shm; do
		[ -w $folder ] || continue
		here=$(mktemp -d "$folder/order.XXXXXX")
		made_in_order() { # NAME...
			(
				cd "$here" && rm -rf split && card split
				for name; do
					case $name in
					*.CR2) of canon && group && picture "${name/./|.}" - - cr2 ;;
					*.JPG) of canon && picture "${name/./|.}" - - jpeg ;;
					*.HEIC) of iphone && picture "${name/./|.}" - - heic ;;
					*) put "${name/./|.}" - - text "$(xmp)" ;;
					esac
				done
				made
			)
			exif-read -q "$here"/split/* | bare
		}
		groups=1 leads=-
		made_in_order IMG_1.CR2 IMG_1.JPG IMG_1.HEIC IMG_1.xmp >want
		made_in_order IMG_1.xmp IMG_1.HEIC IMG_1.JPG IMG_1.CR2 | diff want -
		made_in_order IMG_1.HEIC IMG_1.xmp IMG_1.CR2 IMG_1.JPG | diff want -
		made_in_order IMG_1.JPG IMG_1.CR2 IMG_1.xmp IMG_1.HEIC | diff want -
		rm -rf "$here"
	done
	jq -e -s 'map({(.name): .}) | add | (.["IMG_1.CR2"].group.members == ["IMG_1.CR2", "IMG_1.JPG", "IMG_1.xmp"]) and
		.["IMG_1.HEIC"].alone' want
}

@test "a sidecar goes to the raw, an .AAE to the picture, a .THM to the film, where one name is of several cameras" {
	card split && of canon && group
	picture "IMG_1|.CR2" raw stem cr2
	put "IMG_1|.xmp" sidecar stem text "$(xmp)"
	of iphone && group
	picture "IMG_1|.HEIC" still stem heic
	put "IMG_1|.AAE" sidecar stem text "$(aae)"
	of gopro && group
	film "IMG_1|.MP4" film stem
	put "IMG_1|.THM" thumbnail stem jpeg text=thumbnail
	made
	read_card split >records
	diff <(expected split) <(said <records)
	[ -z "$(coherent <records)" ]
}

@test "a file with nothing beside it is alone, also among many, and so is what belongs to nothing" {
	card one && of canon
	lone "IMG_1|.JPG" jpeg "${camera[@]}" "taken=$taken"
	lone "IMG_10|.JPG" jpeg "${camera[@]}" "taken=$taken"
	lone "IMG_1x|.CR2" cr2 "${camera[@]}" "taken=$taken"
	other IMG_1.txt
	other IMG_1.json
	other IMG_10
	made
	read_card one | jq -e -s 'all(.[]; has("group") == false and (.path | test("[.](JPG|CR2)$")) == (.alone == true))'
}

@test "what is no file of its own kind is no member: a folder, a FIFO that nobody writes, a link to nothing" {
	pair
	made
	mkdir split/IMG_1.JPG && mkfifo split/IMG_1.MOV && ln -s nothing split/IMG_1.HEIC
	run -0 timeout 60 exif-read split/IMG_1.CR2
	jq -e .alone <<<"$output"
}

@test "a member that a killed removal has put aside is one under its own name, whoever asks" {
	twin_card card
	exif-read card/a/* | jq -c '[.group.id, .group.lead, .group.members]' >want
	for name in IMG_0001.CR2 IMG_0001.JPG IMG_0001.xmp; do
		mv card/a/$name card/a/.$name.dcim-0a1b2c3d
		exif-read card/a/.[!.]* card/a/* | jq -c '[.group.id, .group.lead, .group.members]' | diff want - || { echo $name; false; }
		mv card/a/.$name.dcim-0a1b2c3d card/a/$name
	done
}

@test "a folder of thumbnails that is a link: the group is where it lies, however it is spelled" {
	sony_card card
	root=card/PRIVATE/M4ROOT
	mkdir far
	ln -s ../$root/THMBNL far/THMBNL
	exif-read $root/THMBNL/C0001T01.JPG | jq -c '[.group.id, .group.members]' >want
	for path in far/THMBNL far/./THMBNL/. far//THMBNL; do
		exif-read $path/C0001T01.JPG | jq -c '[.group.id, .group.members]' | diff want - || { echo $path; false; }
	done
}

@test "a name like that of a clip's thumbnail or proxy is one only beside a film, and then that film's" {
	pair
	picture "IMG_1|.JPG" still stem jpeg
	lone "IMG_1T01|.JPG" jpeg text=stranger
	lone "IMG_1S01|.MP4" film text=stranger
	made
	[ "$(of_groups split/IMG_1.* split/IMG_1[ST]*)" = 'raw/stem still/stem alone alone' ]
	of nikon
	film "IMG_1|.MP4" film stem
	made
	[ "$(of_groups split/IMG_1.* split/IMG_1[ST]*)" = 'raw/stem still/stem film/stem proxy/sony-proxy thumbnail/sony-thumbnail' ]
	[ "$(ids split/IMG_1.MP4 split/IMG_1[ST]*)" -eq 1 ]
}

@test "a picture in a folder for what belongs to others has its own companions, but for those of the others" {
	card clips && of sony && group
	picture "SUB/IMG_1|.JPG" still stem jpeg
	put "SUB/IMG_1|.xmp" sidecar stem text "$(xmp)"
	group
	film "CLIP/IMG_2|.MP4" film stem
	put "SUB/IMG_2|.xmp" sidecar stem text "$(xmp 4)"
	lone "SUB/IMG_2|.JPG" jpeg "${camera[@]}" "taken=$taken" text=other
	group
	text "CLIP/IMG_3|.wav" voice stem
	put "SUB/IMG_3|.xmp" sidecar stem text "$(xmp 5)"
	made
	read_card clips >records
	diff <(expected clips) <(said <records) && [ -z "$(coherent <records)" ] || { coherent <records; false; }
}

@test "companions of two folders, without picture or film: their lead is one of the clips' folder, or each folder has its own" {
	card clips && of sony && group
	put "CLIP/IMG_1|.xmp" sidecar stem text "$(xmp)"
	put "THMBNL/IMG_1|.THM" thumbnail stem text text=small
	lone "THMBNL/IMG_2|.THM" text text=small
	lone "SUB/IMG_2|.xmp" text "$(xmp)"
	lone "CLIP/IMG_3|.MP4" film text=other
	made
	read_card clips >records
	diff <(expected clips) <(said <records) && [ -z "$(coherent <records)" ] || { coherent <records; false; }
	jq -r '.group.lead // empty' records | while IFS= read -r lead; do [ -e "clips/$lead" ] || { echo "$lead"; false; }; done
}

@test "a folder for what belongs to others, in another of that name" {
	card nested && of nikon && group
	picture "NKSC_PARAM/DSC_1|.NEF" raw stem raw type=nef
	text "NKSC_PARAM/NKSC_PARAM/DSC_1|.NEF.nksc" sidecar name other
	lone "NKSC_PARAM/DSC_2|.JPG" jpeg "${camera[@]}" "taken=$taken" text=2
	made
	read_card nested >records
	diff <(expected nested) <(said <records) && [ -z "$(coherent <records)" ] || { coherent <records; false; }
}

# unlisted FOLDER COMMAND... -- run it while the folder can be entered, but not listed.
unlisted() {
	local bound='' folder=$1 # root may list, with all of its powers
	shift
	chmod 111 "$folder"
	! ls "$folder" >/dev/null 2>&1 || bound='setpriv --bounding-set=-dac_override,-dac_read_search'
	[ -z "$bound" ] || $bound true || skip "cannot do without a capability"
	$bound "$@"
	chmod 755 "$folder"
}

@test "a folder that can be entered but not listed: nobody whom its files may concern is said to be alone" {
	sony_card sony
	names sony >list
	for folder in CLIP THMBNL SUB; do
		unlisted "sony/PRIVATE/M4ROOT/$folder" exif-read -q -C sony <list >records
		jq -e -s --arg what "the folder PRIVATE/M4ROOT/$folder cannot be listed" '
			map(select(.path | test("/C000"))) | length == 7 and all(.group == null and .alone == null and
			([.warnings[] | select(.code == "group-unknown") | .message] | length == 1 and (.[0] | contains($what))))' records
		jq -e -s 'map(select(.path | test("/DSC"))) | length == 2 and all(.group and .warnings == null)' records
	done
}

sidecar_date() {
	cat <<-XMP
		<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
		<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:DateTimeOriginal="$1T12:00:00"/>
		</rdf:RDF></x:xmpmeta>
	XMP
}

@test "a date that was set right in a sidecar parts nothing; one that says what the files say does" {
	for case in '2024:05:01|2020-01-01|1' '2020:01:01|2020-01-01|1' '2020:01:01|2024-05-01|2'; do
		IFS='|' read -r jpeg sidecar n <<<"$case"
		pair
		at "$jpeg" 12:00
		picture "IMG_1|.JPG" still stem jpeg
		made
		sidecar_date "$sidecar" >split/IMG_1.xmp
		exif-read -q split/IMG_1.* >out
		[ "$(jq -s 'map(.group.id // .path) | unique | length' out)" -eq "$n" ] || { echo "$case" && cat out && false; }
		[[ $(jqr 'select(.path == "split/IMG_1.CR2") | .taken' out) == "$sidecar"* ]]
	done
}

@test "where descriptors are short, a file fails or says what it always says: never another group" {
	need strace
	plain
	card split && of canon && group
	put "IMG_1|.CR2" raw stem cr2 "${camera[@]}"
	picture "IMG_1|.JPG" still stem jpeg
	made
	sidecar_date 2020-01-01 >split/IMG_1.xmp
	about() { jq -c 'select(.error == null) | {path, taken, group, alone}' "$1" | LC_ALL=C sort; }
	exif-read -q -j1 split/* >out
	about out >want
	[ "$(jq -s 'map(select(.alone)) | length' want)" -eq 1 ] # the raw is years older by its sidecar
	for ((n = 1; n < 100; n++)); do
		ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=openat -e inject=openat:error=EMFILE:when=$n \
			exif-read -q -j1 --retry-delay=0 split/* >out 2>err || true
		grep -q INJECTED trace || break
		[ -z "$(comm -13 want <(about out))" ] || { grep INJECTED trace && comm -13 want <(about out) && false; }
	done
	[ $n -gt 5 ]
}

@test "where one call fails, a file fails, says what it always says, or that its group is not known: never another group" {
	need strace
	plain
	sony_card card
	mkdir far
	ln -s ../card/PRIVATE/M4ROOT/CLIP ../card/PRIVATE/M4ROOT/THMBNL far
	about() {
		jq -c 'select(.error == null and all(.warnings[]?; .code != "group-unknown")) | {path, taken, alone,
			group: (.group // {} | {id, role, rule, members, fields, lacks})}' | LC_ALL=C sort
	}
	local files=(far/THMBNL/C0001T01.JPG far/CLIP/C0001.MP4 card/PRIVATE/M4ROOT/SUB/C0001S03.MP4)
	exif-read -q -j1 "${files[@]}" | about >want
	[ "$(wc -l <want)" -eq 3 ]
	for fault in newfstatat:EIO newfstatat:ENOMEM getdents64:EIO openat:EIO pread64:EIO; do
		for ((n = 1; n < 100; n++)); do
			ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=${fault%:*} -e inject=${fault%:*}:error=${fault#*:}:when=$n \
				exif-read -q -j1 --retry-delay=0 "${files[@]}" >out 2>err || true
			grep -q INJECTED trace || break
			[ -z "$(about <out | comm -13 want -)" ] || { grep INJECTED trace && about <out | comm -13 want - && false; }
		done
		[ $n -gt 5 ]
	done
}

@test "a link that leads nowhere, or to itself, is no member" {
	pair
	made
	ln -s nowhere split/IMG_1.HEIC
	ln -s IMG_1.PNG split/IMG_1.PNG
	exif-read split/IMG_1.CR2 | jq -e '.alone or (.group.members | all(. != "IMG_1.HEIC" and . != "IMG_1.PNG"))'
}

# ---- what the group says ----

@test "what has no date of its own has the group's, and says so; what has one keeps it" {
	canon_card card
	d=card/DCIM/100CANON
	exif-read $d/IMG_0005.WAV $d/SND_0004.WAV $d/IMG_0001.JPG | jq -e -s '
		.[0].taken == "2024-05-01T12:00:00" and .[0].taken_from == "group:exif:DateTimeOriginal" and
		.[1].taken_from == "group:exif:DateTimeOriginal" and .[2].taken_from == "exif:DateTimeOriginal"'
	exif-read --no-groups $d/IMG_0005.WAV | jq -e 'has("taken") == false'
	mkdir 1999 && mv $d 1999
	d=1999/100CANON
	exif-read $d/SND_0004.WAV | jq -e '.taken == "2024-05-01T12:00:00" and .taken_from == "group:exif:DateTimeOriginal" and
		(.group.fields | has("taken") == false)' # a folder's name is worse
	exif-read --no-groups $d/SND_0004.WAV | jq -e '.taken_from == "folder"'
}

@test "where the lead says otherwise, fields has it; what only the member has, lacks names" {
	pair
	picture "IMG_1|.JPG" still stem jpeg
	put "IMG_1|.CR2.xmp" sidecar name text "$(xmp 4)"
	made
	exif-read split/IMG_1.JPG | jq -e '.group.fields == {"rating": 4, "type": "cr2", "mime": "image/x-canon-cr2"} and (.group | has("lacks") == false)'
	exif-read split/IMG_1.CR2 | jq -e '.group | has("fields") == false and has("lacks") == false'
	mv split/IMG_1.CR2.xmp split/IMG_1.JPG.xmp
	exif-read split/IMG_1.JPG | jq -e '.group.lacks == ["rating"] and (.group.fields | keys) == ["mime", "type"]'
}

@test "a zoned date leads before another, and where dates are alike the picture before its film" {
	card lead && of iphone && group
	picture "IMG_1|.HEIC" still stem heic zone=+02:00
	put "IMG_1|.MOV" film stem film "${camera[@]}" "utc=$utc" text=film
	group
	picture "IMG_2|.HEIC" still stem heic
	put "IMG_2|.MOV" film stem film "${camera[@]}" "taken=$zoned" text=film
	group
	picture "IMG_3|.HEIC" still stem heic zone=+00:00
	put "IMG_3|.MOV" film stem film "${camera[@]}" "taken=$zoned" text=film
	made
	read_card lead | jq -r '.group.lead' | LC_ALL=C sort | uniq -c | awk '{ print $1, $2 }' | paste -sd' ' |
		grep -x '2 IMG_1.HEIC 2 IMG_2.MOV 2 IMG_3.HEIC'
	exif-read -C lead IMG_1.MOV | jq -e '.group.fields.taken == "2024-05-01T12:00:00+02:00"'
}

@test "a capture date leads before one of a name, whatever the files are" {
	card lead && of pixel && group
	put "IMG_20240501_120000|.dng" raw stem raw type=dng "${camera[@]}" text=raw
	picture "IMG_20240501_120000|.jpg" still stem jpeg
	made
	read_card lead | jq -e -s 'all(.[]; .group.lead == "IMG_20240501_120000.jpg")'
}

@test "Live Photos: three of one identifier are one group; another stem's sidecar comes along" {
	card live && of iphone && group
	picture "IMG_1|.HEIC" still stem heic zone=+00:00 id=A1111111-0000-0000-0000-000000000009
	put "IMG_7|.MOV" film content-id film "${camera[@]}" "taken=$zoned" id=A1111111-0000-0000-0000-000000000009 text=film
	put "IMG_1|.AAE" sidecar stem text "$(aae)"
	made
	read_card live >records
	[ "$(jq -r .group.id records | sort -u | wc -l)" -eq 1 ]
	[ -z "$(coherent <records)" ]
	jq -e -s 'any(.[]; .path == "IMG_7.MOV" and .group.rule == "content-id" and .group.lead == "IMG_1.HEIC")' records
	[ "$(exif-read -C live IMG_7.MOV | jq -c .group)" = "$(jq -c 'select(.path == "IMG_7.MOV") | .group' records)" ]
}

@test "Live Photos: a further copy of one half, whose other half has one beside itself, is alone whoever asks first" {
	card live && of iphone && group
	id=id=A1111111-0000-0000-0000-000000000011
	picture "IMG_1|.HEIC" still stem heic zone=+00:00 $id
	put "IMG_1|.MOV" film stem film "${camera[@]}" "taken=$zoned" $id text=film
	lone "IMG_1(1)|.HEIC" heic "${camera[@]}" "taken=$taken" zone=+00:00 $id text=copy
	made
	for first in live/*; do exif-read "$first" | jq -c '[.path, .group.members]'; done >want
	exif-read live/* | jq -c '[.path, .group.members]' | diff want -
	exif-read -C live IMG_1.MOV 'IMG_1(1).HEIC' IMG_1.HEIC | jq -e -s 'map(.alone) == [null, true, null] and
		all(.[].group | values; .members == ["IMG_1.HEIC", "IMG_1.MOV"])'
}

# ---- names ----

@test "Live Photos: an edit of a film is a film's half, whoever asks first" {
	id=id=A1111111-0000-0000-0000-000000000012
	card live && of iphone
	camera+=(zone=+00:00)
	group
	picture "IMG_1234|(1).HEIC" still stem heic $id
	picture "IMG_1234|.JPG" still stem jpeg $id
	put "IMG_E1234|.MOV" edit apple-edit film "${camera[@]}" "taken=$zoned" $id text=edit
	made
	for name in live/*; do exif-read "$name"; done | jq -c '[.path, .group.members, .alone]' >one
	exif-read -j1 live/* | jq -c '[.path, .group.members, .alone]' | diff one -
	exif-read live/* >records
	[ -z "$(coherent <records)" ] || { coherent <records; false; }
}

@test "Live Photos: a folder that is listed anew is asked anew, though it has as many files" {
	plain
	card split && of iphone && group
	picture "A|.JPG" still stem jpeg id=A1111111-0000-0000-0000-000000000001
	film "M|.MOV" film content-id id=A1111111-0000-0000-0000-000000000001
	film "N|.MOV" film stem
	made
	for ((i = 0; i < 300; i++)); do mkdir -p other/$i && cp split/N.MOV other/$i; done
	coproc READER { exif-read -q -j1; }
	members() { printf 'split/A.JPG\0' >&"${READER[1]}" && read -r line <&"${READER[0]}" && jq -r '.group.members | join(" ")' <<<"$line"; }
	[ "$(members)" = "A.JPG M.MOV" ]
	mv split/M.MOV split/Z.MOV # behind the other one
	for ((i = 0; i < 300; i++)); do # until nobody knows the first any more
		printf 'other/%d/N.MOV\0' $i >&"${READER[1]}" && read -r line <&"${READER[0]}"
	done
	[ "$(members)" = "A.JPG Z.MOV" ]
}

@test "films whose extension is their maker's own: Nikon's raw film with its small twin, both lenses of a DJI in one" {
	card films && of nikon && group
	film "DSC_0001|.MP4" film stem
	film "DSC_0001|.NEV" film stem type=niko
	of dji && group
	film "CAM_20240501120000_0001_D|.OSV" film stem
	film "CAM_20240501120000_0001_D|.LRF" proxy stem
	made
	read_card films >records
	diff <(expected films) <(said <records) && [ -z "$(coherent <records)" ] || { coherent <records; false; }
	[ "$(jq -r '.warnings[]?.code' records)" = "" ]
}

@test "extensions in any case" {
	pair
	picture "IMG_1|.jpG" still stem jpeg
	put "IMG_1|.Xmp" sidecar stem text "$(xmp)"
	put "IMG_1|.cR2.XMP" sidecar name text "$(xmp)"
	made
	read_card split >records
	diff <(expected split) <(said <records)
}

@test "names are bytes: not UTF-8, newlines, a dash or a brace first" {
	pair
	picture "IMG_1|.JPG" still stem jpeg
	made
	for stem in $'a\nb' $'\351t\351\377' -IMG '{"path"' ' blank ' '..x'; do
		rm -rf odd && cp -r split odd
		for e in CR2 JPG; do mv "odd/IMG_1.$e" "odd/$stem.$e"; done
		names odd | exif-read -C odd >records
		[ "$(jq -r .group.id records | sort -u | wc -l)" -eq 1 ] || { cat records; false; }
		jq -e -s 'all(.[]; .group.members | length == 2)' records
		jq -r '.group | .lead_b64 // (.lead | @base64)' records | sort -u | base64 -d | cmp - <(printf '%s' "$stem.CR2")
		jq -r '.group | (.members_b64 // (.members | map(@base64)))[]' records | sort -u | while read -r name; do
			base64 -d <<<"$name" && printf '\0'
		done | LC_ALL=C sort -z | cmp - <(printf '%s\0' "$stem.CR2" "$stem.JPG" | LC_ALL=C sort -z)
	done
}

@test "lead_b64 and members_b64 stand where a name is not UTF-8, and only there" {
	pair
	picture "IMG_1|.JPG" still stem jpeg
	made
	exif-read -C split IMG_1.JPG | jq -e '.group | has("lead_b64") == false and has("members_b64") == false'
	mv split/IMG_1.CR2 $'split/\377.CR2' && mv split/IMG_1.JPG $'split/\377.JPG'
	exif-read -C split $'\377.JPG' | jq -e '.group | has("lead_b64") and (.members_b64 | length == 2) and (.members | length == 2)'
}

# ---- options and cost ----

@test "--no-groups: neither group nor alone, and all else as it was" {
	working_card card
	read_card card --no-groups >records
	jq -e -s 'all(.[]; has("group") or has("alone") | not)' records
	diff records <(read_card card | jq -c 'del(.group, .alone) | if (.taken_from // "" | startswith("group:")) then del(.taken, .taken_from, .taken_basis) else . end')
}

@test "a group that a record brings is replaced" {
	pair
	picture "IMG_1|.JPG" still stem jpeg
	made
	echo '{"path":"IMG_1.CR2","group":{"id":"x","lead":"y"},"alone":true}' | exif-read -C split |
		jq -e '.group.lead == "IMG_1.CR2" and has("alone") == false'
	rm split/IMG_1.JPG
	echo '{"path":"IMG_1.CR2","group":{"id":"x","lead":"y"}}' | exif-read -C split | jq -e '.alone and has("group") == false'
}

@test "a folder of 100,000 names is listed once, whatever is read in it" {
	need strace
	plain
	pair
	picture "IMG_1|.JPG" still stem jpeg
	made
	seq -f 'split/x%06g.dat' 99998 | xargs touch
	for i in $(seq 20); do cp split/IMG_1.CR2 split/P_$i.CR2 && cp split/IMG_1.JPG split/P_$i.JPG; done
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -y -o trace -e trace=getdents64 exif-read -j8 split/IMG_1.* split/P_* >records
	[ "$(jq -r .group.id records | sort -u | wc -l)" -eq 21 ]
	[ "$(grep -c 'getdents64([0-9]*<[^>]*/split>.* = 0$' trace)" -eq 1 ] || { grep -c getdents64 trace; false; }
}

@test "a folder of 100,000 of the longest names is known whole" {
	plain
	pair
	picture "IMG_1|.JPG" still stem jpeg
	made
	(cd split && seq -f "$(printf 'x%.0s' $(seq 240))%08g.CR2" 100000 | xargs touch)
	[ "$(ls split | head -n 1000 | awk '{ print length }' | sort -n | tail -n 1)" -ge 252 ]
	[ "$(of_groups split/IMG_1.*)" = 'raw/stem still/stem' ]
}

@test "thousands of one name cost what thousands of different names do" {
	plain
	mkdir crowd others
	(cd crowd && for ((i = 10000; i < 14000; i++)); do
		: >PXL_20230101_120000000.$i.jpg
		: >PXL_20230101_120000000.$i.png.xmp
	done)
	(cd others && for ((i = 10000; i < 14000; i++)); do
		: >PXL_20230101_1200$i.jpg
		: >PXL_20230101_1200$i.png.xmp
	done)
	timed exif-read -q -j1 -C "$T" others/* || true
	local fair=$took
	timed exif-read -q -j1 -C "$T" crowd/* || true
	((took < 4 * fair)) || { echo "$took, and others $fair"; false; }
}

@test "large folders, read by turns, are listed once each" {
	need strace
	plain
	mkdir a b
	for d in a b; do (cd $d && seq -f "$(printf 'x%.0s' $(seq 240))%08g.CR2" 20000 | xargs touch && touch 1 2 3); done
	ASAN_OPTIONS=detect_leaks=0 strace -f -y -o trace -e trace=getdents64 exif-read -q -j1 a/1 b/1 a/2 b/2 a/3 b/3 >out
	[ "$(grep -c 'getdents64([0-9]*<[^>]*/[ab]>.* = 0$' trace)" -eq 2 ] || { grep -c getdents64 trace; false; }
}

@test "groups open no file more often than reading without them does" {
	need strace
	plain
	triples card 40
	names card | LC_ALL=C sort -z >list
	opened() { grep -c 'openat(.*\(CR2\|JPG\|XMP\)".* = [0-9]' "$1"; }
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o with -e trace=openat exif-read -j1 -C card <list >/dev/null
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o without -e trace=openat exif-read -j1 --no-groups -C card <list >/dev/null
	[ "$(opened with)" -le "$(opened without)" ] || { echo "$(opened with) $(opened without)"; false; }
}
