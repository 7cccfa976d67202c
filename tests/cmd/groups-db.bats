#!/usr/bin/env bats
# bats file_tags=no-races
# groups-db -- what the database, its programs and the summaries know of files that belong together.
load helper
load card
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	mkdir -p lib/.dcim card
	DB=lib/.dcim/hash.db
}

# triple STEM [FOLDER] -- a raw, its JPEG and its sidecar, each with a content of its own.
triple() {
	local folder=${2-card}
	mkdir -p "$folder"
	for e in CR2 JPG xmp; do echo "$1 $e" >"$folder/$1.$e"; done
}

# group -- to each record the group that exif-read finds of such names: the raw leads.
group() {
	jq -c '(.path | capture("^(?<dir>.*/)?(?<stem>[^./]*)[.](?<ext>.*)$")) as $n
		| .group = {id: ((($n.dir // "") + $n.stem) | @base64 | explode | map(. % 16 | if . < 10 then . + 48 else . + 87 end)
				| . + [range(16) | 48] | .[-32:] | implode | .[0:16]),
			lead: (($n.dir // "") + $n.stem + ".CR2"), role: {CR2: "raw", JPG: "still", xmp: "sidecar"}[$n.ext], rule: "stem",
			members: [$n.stem + (".CR2", ".JPG", ".xmp")]}'
}

# records PATH... -- as exif-read and file-hash write them.
records() { file-hash "$@" | group; }

# import PATH... -- into lib, under their own folders and names.
import() {
	records "$@" | hashdb-lookup -q "$DB" | place-file -q --to=lib --from=card --undated='{dir}/{name}' --template='{dir}/{name}' |
		hashdb-merge "$DB"
}

# lead PATH [OPTION...] -- status and db.lead for a record.
lead() {
	records "$1" | hashdb-lookup -q "${@:2}" "$DB" | jqr '[.db.status, .db.lead // "-", .db.root // "-"] | join(" ")'
}

@test "hashdb-lookup: where the library has the lead, known by where it lies" {
	triple IMG_1
	import card/IMG_1.CR2 >out
	[ "$(lead card/IMG_1.xmp)" = 'new IMG_1.CR2 lib' ]
	[ "$(records card/IMG_1.JPG | hashdb-lookup "$DB" | jq -c .db)" = '{"status":"new","by":"hash","lead":"IMG_1.CR2","root":"lib"}' ]
	[ "$(lead card/IMG_1.JPG --by=source)" = 'new IMG_1.CR2 lib' ]
	[ "$(lead card/IMG_1.CR2)" = 'known - lib' ]
	import card/IMG_1.JPG card/IMG_1.xmp >out
	[ "$(lead card/IMG_1.xmp)" = 'known IMG_1.CR2 lib' ]
	rm lib/IMG_1.xmp
	[ "$(lead card/IMG_1.xmp)" = 'missing IMG_1.CR2 lib' ]
	mv lib/IMG_1.CR2 lib/elsewhere
	[ "$(lead card/IMG_1.xmp)" = 'missing - lib' ]
	[ "$(lead card/IMG_1.xmp --offline)" = 'known IMG_1.CR2 lib' ]
	echo damaged >lib/IMG_1.CR2
	[ "$(lead card/IMG_1.JPG)" = 'known - lib' ]
}

@test "hashdb-lookup --by=source: what a known file is to its group" {
	triple IMG_1
	echo alone >card/alone
	import card/* >out
	file-hash card/alone | hashdb-lookup -q "$DB" | place-file -q --to=lib --undated='{name}' | hashdb-merge "$DB" >out
	printf '%s\0' card/* | hashdb-lookup -q --by=source "$DB" >out
	[ "$(jqr '.path + " " + (.db.role // "-")' out | xargs)" = 'card/IMG_1.CR2 raw card/IMG_1.JPG still card/IMG_1.xmp sidecar card/alone -' ]
	[ "$(printf 'card/IMG_1.xmp\0' | file-hash -0 | hashdb-lookup -q "$DB" | jq -c .db.role)" = null ]
}

@test "hashdb-lookup: where the library has the lead, known by its content" {
	triple IMG_1
	import card/* >out
	mkdir other && cp card/IMG_1.CR2 other/ && echo new >other/IMG_1.xmp
	[ "$(lead other/IMG_1.xmp)" = 'new IMG_1.CR2 lib' ]
	echo 'IMG_1 cr2' >other/IMG_1.CR2 # of the same size
	[ "$(lead other/IMG_1.xmp)" = 'new - -' ]
	rm other/IMG_1.CR2
	[ "$(lead other/IMG_1.xmp)" = 'new - -' ]
	mkfifo other/IMG_1.CR2
	[ "$(lead other/IMG_1.xmp)" = 'new - -' ]
}

@test "hashdb-lookup: a lead is read once at most, and only where the library has a file of its size" {
	need strace
	plain
	reads() {
		ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o trace -e trace=openat hashdb-lookup -q "$DB" >out
		grep -c '"other/[^"]*CR2"' trace || true
	}
	triple IMG_1; triple IMG_2
	import card/* >out
	mkdir other && cp card/* other && for f in other/*.xmp other/*.JPG; do echo "new $f" >"$f"; done
	[ "$(records other/*.JPG other/*.xmp | reads)" -eq 2 ]
	[ "$(jqr '.db.lead' out | xargs)" = 'IMG_1.CR2 IMG_2.CR2 IMG_1.CR2 IMG_2.CR2' ]
	[ "$(records other/* | reads)" -eq 0 ] # its own record has the digest
	[ "$(jqr '.db.lead // "-"' out | xargs)" = '- IMG_1.CR2 IMG_1.CR2 - IMG_2.CR2 IMG_2.CR2' ]
	for f in other/*.CR2; do echo more >>"$f"; done
	[ "$(records other/*.JPG other/*.xmp | reads)" -eq 0 ]
	[ "$(jqr '.db.lead // "-"' out | xargs)" = '- - - -' ]
	[ "$(records card/*.xmp | hashdb-lookup -q "$DB" | jqr .db.lead | xargs)" = 'IMG_1.CR2 IMG_2.CR2' ]
}

@test "hashdb-lookup: a companion that leads is known by where it lies, not by what it holds" {
	mkdir other
	echo same >card/IMG_1.THM && cp -p card/IMG_1.THM other
	echo 'the edits' >card/IMG_1.pp3 && echo 'others' >other/IMG_1.pp3
	led() {
		file-hash "$1" | jq -c --arg dir "${1%/*}" '.group = {id: "0123456789abcdef", lead: "\($dir)/IMG_1.THM",
			role: (if .path | endswith("THM") then "thumbnail" else "sidecar" end), rule: "stem", members: ["IMG_1.THM", "IMG_1.pp3"]}'
	}
	led card/IMG_1.THM | place-file -q --to=lib --template='{name}' | hashdb-merge "$DB" >out
	[ "$(led card/IMG_1.pp3 | hashdb-lookup -q "$DB" | jqr .db.lead)" = IMG_1.THM ]
	[ "$(led other/IMG_1.pp3 | hashdb-lookup -q "$DB" | jqr .db.lead)" = null ]
}

@test "hashdb-lookup: of the first database's library only" {
	triple IMG_1
	import card/IMG_1.CR2 >out
	mkdir -p two/.dcim && cp card/IMG_1.JPG two && file-hash two/IMG_1.JPG | hashdb-merge two/.dcim/hash.db >out
	db() { records "$1" | hashdb-lookup -q "${@:2}" | jqr '[.db.status, .db.lead // "-", .db.root // "-"] | join(" ")'; }
	[ "$(db card/IMG_1.JPG "$DB" two/.dcim/hash.db)" = 'known - two' ]
	[ "$(db card/IMG_1.xmp "$DB" two/.dcim/hash.db)" = 'new IMG_1.CR2 lib' ]
	[ "$(db card/IMG_1.xmp two/.dcim/hash.db "$DB")" = 'new - -' ]
	[ "$(db card/IMG_1.xmp none.db "$DB")" = 'new - -' ]
}

@test "hashdb-lookup: a lead that cannot be looked at is an error, as the file itself would be" {
	triple IMG_1
	long=$(printf 'x%.0s' {1..300}) # more than any file system takes
	file-hash card/IMG_1.CR2 | jq -c --arg p "lib/$long" '.path = $p' | hashdb-merge "$DB" >out
	records card/IMG_1.xmp card/IMG_1.JPG >in
	run -1 --separate-stderr hashdb-lookup "$DB" <in
	[ "$(jqr '.error.op + " " + .error.code' <<<"$output" | sort -u)" = 'stat ENAMETOOLONG' ]
	[[ $stderr == "hashdb-lookup: card/IMG_1.xmp: cannot tell whether lib/xxx"* ]]
	cp card/IMG_1.CR2 lib/there && file-hash lib/there | hashdb-merge "$DB" >out
	[ "$(lead card/IMG_1.xmp)" = 'new there lib' ]
}

@test "hashdb-lookup: paths that are not UTF-8, -C, and files of no group" {
	name=$'IMG\xff'
	echo a >"card/$name.CR2"; echo b >"card/$name.xmp"
	file-hash "card/$name.CR2" | hashdb-lookup -q "$DB" | place-file -q --to=lib --undated='{name}' | hashdb-merge "$DB" >out
	file-hash -C card "$name.xmp" | jq -c --arg lead "$(printf %s "$name.CR2" | base64)" '.group = {id: "0", lead: "?", lead_b64: $lead, role: "sidecar", rule: "stem", members: ["a"]}' |
		hashdb-lookup -q -C card "$PWD/$DB" >out
	[ "$(jqr .db.lead_b64 out | base64 -d | od -c)" = "$(printf %s "$name.CR2" | od -c)" ]
	[ "$(file-hash "card/$name.xmp" | hashdb-lookup -q "$DB" | jq -c .db)" = '{"status":"new","by":"hash"}' ]
	[ "$(file-hash "card/$name.xmp" | jq -c '.alone = true' | hashdb-lookup -q "$DB" | jq -c .db)" = '{"status":"new","by":"hash"}' ]
}

@test "hashdb-lookup: the same answers in every order and for every -j" {
	for i in {1..40}; do triple IMG_$i; triple IMG_$i other; done
	import card/* >out
	for f in other/*.JPG; do echo new >>"$f"; done
	records card/* other/* >in
	hashdb-lookup -q -j1 "$DB" <in >want
	[ "$(grep -c '"lead":"IMG_[0-9]*.CR2","root"' want)" -eq 160 ]
	hashdb-lookup -q -j8 "$DB" <in | cmp - want
	for seed in 1 2 3; do
		shuf --random-source=<(yes $seed) in | split -l 7 --filter="hashdb-lookup -q -j2 $DB" | sort | cmp - <(sort want)
	done
}

@test "hashdb-merge keeps group and alone with the file, and a later record without them does not take them away" {
	triple IMG_1 lib
	records lib/IMG_1.* | hashdb-merge "$DB" >out
	jq -c .group out >want
	[ "$(hashdb-list "$DB" | jq -c .group)" = "$(cat want)" ]
	file-hash lib/IMG_1.* | hashdb-merge "$DB" >out # as exif-read --no-groups
	[ "$(hashdb-list "$DB" | jq -c .group)" = "$(cat want)" ]
	hashdb-list "$DB" | file-hash --verify | hashdb-merge "$DB" >out
	[ "$(hashdb-list "$DB" | jq -c .group)" = "$(cat want)" ]
	hashdb-list "$DB" | hashdb-merge --root=lib copy.db >out
	[ "$(hashdb-list copy.db | jq -c .group)" = "$(cat want)" ]
	echo alone >lib/alone && file-hash lib/alone | jq -c '.alone = true' | hashdb-merge "$DB" >out
	[ "$(hashdb-list "$DB" | jq -c 'select(.path == "lib/alone") | .alone')" = true ]
}

@test "hashdb-merge: a file is of a group or alone, not both" {
	triple IMG_1 lib
	records lib/IMG_1.JPG | hashdb-merge "$DB" >out
	file-hash lib/IMG_1.JPG | jq -c '.alone = true' | hashdb-merge "$DB" >out # the library's other files still belong to it
	[ "$(hashdb-list "$DB" | jq -c '[has("group"), has("alone")]')" = '[true,false]' ]
	file-hash lib/IMG_1.CR2 | jq -c '.alone = true' | hashdb-merge "$DB" >out
	records lib/IMG_1.CR2 | hashdb-merge "$DB" >out
	[ "$(hashdb-list "$DB" | jq -c '[has("group"), has("alone")]' | sort -u)" = '[true,false]' ]
}

@test "hashdb-list --groups: files that belong together, the lead first, and others where they always stand" {
	mkdir -p lib/a lib/b lib/c
	echo x >lib/a/0.jpg; echo y >lib/a/z.jpg; echo z >lib/c/1.jpg
	triple IMG_1 lib/b
	triple IMG_2 lib/a
	mv lib/a/IMG_2.xmp lib/c/ # as a template may have it
	{
		file-hash lib/a/0.jpg lib/a/z.jpg lib/c/1.jpg
		records lib/b/*
		records lib/a/IMG* lib/c/IMG* | jq -c '.group.id = "2222222222222222"'
	} | shuf | hashdb-merge "$DB" >out
	hashdb-list --groups --relative "$DB" >out
	[ "$(jqr .path out | xargs)" = 'a/0.jpg a/IMG_2.CR2 a/IMG_2.JPG c/IMG_2.xmp a/z.jpg b/IMG_1.CR2 b/IMG_1.JPG b/IMG_1.xmp c/1.jpg' ]
	hashdb-list --groups --relative -0 "$DB" | cmp - <(jqr .path out | tr '\n' '\0')
	[ "$(hashdb-list --groups --relative "$DB" | sort | md5sum)" = "$(hashdb-list --relative "$DB" | sort | md5sum)" ]
	rm lib/b/IMG_1.CR2
	[ "$(hashdb-list --groups --relative --gone "$DB" | jqr .path)" = b/IMG_1.CR2 ]
	run -2 hashdb-list --groups --stale-first "$DB"
}

@test "hashdb-list --groups: which file leads, where the library gave it another name" {
	row() { # NAME LEAD [MEMBER-OF-GROUP]
		echo "$1" >"lib/$1"
		file-hash "lib/$1" | jq -c --arg lead "$2" --argjson more "${3-{\}}" '.group = {id: $lead, lead: $lead, role: "still", rule: "stem", members: ["a", "b"]} + $more'
	}
	{
		row a.jpg card/A.JPG '{"fields":{"taken":"2020"}}' # says otherwise than its lead
		row b.jpg card/A.JPG
		row a.cr2 card/A.JPG
		row C-1.MP4 'card/C.MP4'; row C.MP4 'card/C.MP4'
	} | hashdb-merge "$DB" >out
	[ "$(hashdb-list --groups --relative "$DB" | jqr .path | xargs)" = 'C.MP4 C-1.MP4 b.jpg a.cr2 a.jpg' ]
	row $'x\xff' '?' "{\"id\":\"x\",\"lead_b64\":\"$(printf 'd/x\xff' | base64)\"}" | hashdb-merge "$DB" >out
	row a '?' '{"id":"x"}' | hashdb-merge "$DB" >out
	[ "$(hashdb-list --groups --relative -0 "$DB" | tr '\0' '\n' | tail -n 2 | od -c)" = "$(printf 'x\xff\na\n' | od -c)" ]
}

@test "hashdb-list --groups: many, in pieces" {
	for i in {1..1500}; do
		for e in xmp CR2; do
			printf '{"path":"lib/%s.%d","hash":{"md5":"%032x"},"group":{"id":"%016x","lead":"%d.CR2","role":"raw","rule":"stem","members":["a"]}}\n' \
				$e $i $((2 * i + (${#e} % 2))) $i $i | sed "s/$e\.$i/$i.$e/"
		done
		printf '{"path":"lib/%d.a","hash":{"md5":"%032x"}}\n' $i $((i + 10000))
	done >in
	hashdb-merge "$DB" <in >out
	hashdb-list --groups --relative -0 "$DB" | tr '\0' '\n' >listed
	seq 1500 | LC_ALL=C sed 's/.*/&.CR2\n&.a/' | LC_ALL=C sort | LC_ALL=C sed '/CR2$/{p;s/CR2$/xmp/}' | cmp - listed
	hashdb-list --groups "$DB" | { # and a reader that stands still keeps no writer waiting
		read -r first
		tail -n 1 in | hashdb-merge --lock-timeout=5 "$DB"
		cat
	} >rest
	[ "$(wc -l <rest)" -ge 4499 ]
}

# copied NAME [MEMBERS] -- a record of what was placed, with more members of it.
copied() { printf '{"path":"card/%s","place":{"action":"%s","to":"%s","root":"lib"}%s}\n' "$1" "${3-copied}" "$1" "${2:+,$2}"; }
of_group() { printf '"group":{"id":"1","lead":"card/A.CR2","role":"%s","rule":"stem","members":["A.CR2","A.JPG","A.xmp"]}' "$1"; }

@test "photo-report: pictures, films and companions, of what came or is there" {
	{
		copied A.CR2 "$(of_group raw)"; copied A.JPG "$(of_group still)"; copied A.MOV "$(of_group film)"
		copied A.xmp "$(of_group sidecar)"; copied C0001T01.JPG "$(of_group thumbnail),\"mime\":\"image/jpeg\""
		copied E.HEIC "$(of_group edit),\"mime\":\"image/heic\""; copied E.MOV "$(of_group edit),\"mime\":\"video/quicktime\""
	} >grouped
	run -0 photo-report <grouped
	[ "${lines[1]}" = '3 pictures, 2 films, 2 companions.' ]
	{ # nobody has looked for groups, or has read the file
		copied a.jpg '"mime":"image/jpeg"'; copied b.bin '"mime":"video/mp4"' exists; copied b.thm '"mime":"image/jpeg"' planned
		copied c.lrv '"mime":"video/mp4"'; copied damaged.cr2; copied notes.txt
		echo '{"path":"card/d.NEF","db":{"status":"known","by":"source","path":"d.NEF"}}'
		echo '{"path":"card/scan","db":{"status":"known","by":"source","path":"scan"}}' # may be anything
		echo '{"path":"lib/d.wav","db":{"status":"known","by":"path","path":"d.wav"}}'
		echo '{"path":"lib/e.avi","hash":{"md5":"x"}}'
		copied f.gpx '' duplicate
		copied no.jpg '' skipped; copied no.jpg '' undone
		echo '{"path":"no.jpg"}'
	} >other
	run -0 photo-report <other
	[ "${lines[1]}" = '3 pictures, 2 films, 4 companions, 1 other file.' ]
	run -0 photo-report < <(copied notes.txt)
	[ "${lines[1]}" = '1 file has no date.' ]
}

@test "photo-report: companions without a picture or film are named" {
	{
		copied A.xmp "$(of_group sidecar)"
		copied $'a\e.wav' '"alone":true'; copied b.jpg '"alone":true'; copied c.wav # nobody has looked
		copied GL010001.LRV '"group":{"id":"2","lead":"card/GL010001.LRV","role":"proxy","rule":"gopro","members":["GL010001.LRV","GX010001.THM"]}'
		copied d.thm '"alone":true' skipped
		copied walk.gpx '"alone":true'; copied MEDIAPRO.XML '"alone":true' # something by themselves
	} | sed 's/\x1b/\\u001b/g' >log
	run -0 photo-report <log
	[[ $output == *$'\n2 companions have no picture or film.\n'* ]]
	[[ $output == *$'\nCompanions without a picture or film; '*":"$'\n'"  $'card/a\033.wav': as $'a\033.wav'"$'\n  card/GL010001.LRV: as GL010001.LRV' ]] || { echo "$output"; false; }
	run -0 photo-report -l <log
	[ "$(grep -c ': without a picture or film$' <<<"$output")" -eq 2 ]
	[ "${lines[4]}" = 'copied  card/GL010001.LRV -> GL010001.LRV: without a picture or film' ]
}

@test "photo-report: files of one name but of another time, camera or Live Photo, and what was left for its group, are told" {
	{
		copied A.JPG '"alone":true,"warnings":[{"tool":"exif-read","code":"group-split","message":"A.CR2 has its name, but another time, camera or Live Photo"}]'
		printf '{"path":"card/A.xmp","place":{"action":"skipped","reason":"sidecar-conflict"}}\n'
		printf '{"path":"card/B.JPG","place":{"action":"copied","to":"B.JPG","root":"lib","source":"kept","reason":"group","message":"B.xmp is not safe"}}\n'
	} >log
	run -0 photo-report <log
	[[ ${lines[0]} == *", 1 differing from the library's version beside the same picture" ]] || { echo "$output"; false; }
	[[ $output == *$'\n1 file has the name of a file of another time, camera or Live Photo.\n'* ]]
	[[ $output == *$':\n  card/A.JPG: A.CR2 has its name, but another time, camera or Live Photo\n'* ]]
	[[ $output == *$'\n1 source was kept: 1 belonging to files that stay.\n'* ]]
	[[ $output == *"card/A.xmp: the library's picture has another version of this companion file"$'\nOf two versions, '* ]]
	[[ $output == *'card/B.JPG: B.xmp is not safe'$'\nWhat stays with another file goes when that one '* ]]
}

@test "photo-report: files of which nobody knows what belongs to them are told" {
	copied A.JPG '"warnings":[{"tool":"exif-read","code":"group-unknown","message":"the folder card cannot be listed"}]' >log
	copied B.JPG '"alone":true' >>log
	run -0 photo-report <log
	[[ $output == *$'\n1 file was placed without knowing what belongs to it.\n'* ]] || { echo "$output"; false; }
	[[ $output == *$'\nPlaced each by its own name:\n  card/A.JPG: the folder card cannot be listed'* ]] || { echo "$output"; false; }
	[[ $output != *B.JPG* ]]
}

# shot NAME -- a picture of a card with its sidecar, which has no date of its own, and its spoken note.
shot() {
	cp "$BATS_FILE_TMPDIR/card/DCIM/100CANON/IMG_0002.JPG" "card/$1.JPG"
	printf '%s' "$1" >>"card/$1.JPG"
	printf '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="3" xmp:Label="%s"/></rdf:RDF></x:xmpmeta>' "$1" >"card/$1.xmp"
}

@test "photo-import records groups, in the log and in the database, and says what came" {
	photo-init -q Library >/dev/null
	shot A; shot B
	run -0 --separate-stderr photo-import -q card Library
	[ "${lines[1]}" = '2 pictures, 2 companions.' ]
	jq -c '[.path, .group.role]' Library/.dcim/runs/*.ndjson >roles
	diff - roles <<<$'["card/A.JPG","still"]\n["card/A.xmp","sidecar"]\n["card/B.JPG","still"]\n["card/B.xmp","sidecar"]'
	[ "$(hashdb-list --groups --relative Library/.dcim/hash.db | jqr .path | xargs)" = '2019/2019-03-02/A.JPG 2019/2019-03-02/A.xmp 2019/2019-03-02/B.JPG 2019/2019-03-02/B.xmp' ]
}

@test "photo-import --no-groups: each file for itself; so in a config" {
	photo-init -q Library >/dev/null
	shot A
	look() {
		jq -c '[has("group"), has("alone"), .place.to]' "$(find Library/.dcim/runs -name '*.ndjson' -size +0 | sort | tail -n 1)"
		rm -rf Library/20* Library/undated Library/.dcim/hash.db && hashdb-merge Library/.dcim/hash.db </dev/null
	}
	photo-import -q --no-groups card Library >/dev/null
	[ "$(look | xargs)" = '[false,false,2019/2019-03-02/A.JPG] [false,false,undated/A.xmp]' ]
	echo 'no-groups = yes' >Library/.dcim/config
	photo-import -q card Library >/dev/null
	[ "$(look | xargs)" = '[false,false,2019/2019-03-02/A.JPG] [false,false,undated/A.xmp]' ]
	echo 'no-groups = no' >Library/.dcim/config
	photo-import -q card Library >/dev/null
	[ "$(look | xargs)" = '[true,false,2019/2019-03-02/A.JPG] [true,false,2019/2019-03-02/A.xmp]' ]
}

@test "photo-import: the files of a group come one after the other, whatever the folder's order and their names" {
	photo-init -q Library >/dev/null
	for name in IMG_10 $'a\nb' IMG_1 IMG_2 b $'\xff'; do shot "$name"; done
	photo-import -q card Library >/dev/null
	log=$(find Library/.dcim/runs -name '*.ndjson' -size +0)
	[ "$(jqr .group.id "$log" | uniq -c | awk '{ print $1 }' | xargs)" = '2 2 2 2 2 2' ]
	find card -type f -print0 | LC_ALL=C sort -z | cmp - <(record-paths <"$log")
}

@test "photo-import: a clip comes with what belongs to it in other folders; names like those folders', and paths, stay" {
	photo-init -q Library >/dev/null
	mkdir -p card/M4ROOT/CLIP card/M4ROOT/SUB card/M4ROOT/THMBNL card/SUB
	for n in 1 2 3; do
		for file in CLIP/C000$n.MP4 SUB/C000${n}S03.MP4; do
			printf '\0\0\0\030ftypmp42\0\0\0\0mp42isom\0\0\0\010moov%s' "$file" >card/M4ROOT/$file
		done
		printf '\377\330\377\376\000\006%04d\377\331' $n >card/M4ROOT/THMBNL/C000${n}T01.JPG
	done
	cp card/M4ROOT/THMBNL/C0001T01.JPG $'card/SUB/a\nb.JPG'
	printf '\377\330\377\376\000\006CLIP\377\331' >card/M4ROOT/CLIP/CLIP
	photo-import -q --all-files card Library >/dev/null
	log=$(find Library/.dcim/runs -name '*.ndjson' -size +0)
	[ "$(jqr '.group.id // empty' "$log" | uniq -c | awk '{ print $1 }' | xargs)" = '3 3 3' ]
	find card -type f -print0 | LC_ALL=C sort -z | cmp - <(record-paths <"$log" | LC_ALL=C sort -z)
}

@test "photo-import: what is brought later knows where the library has its lead" {
	photo-init -q Library >/dev/null
	shot A
	mv card/A.xmp .
	photo-import -q card Library >/dev/null
	mv A.xmp card
	photo-import -q card Library >/dev/null
	log=$(find Library/.dcim/runs -name '*.ndjson' -size +0 | sort | tail -n 1)
	[ "$(jq -c 'select(.path == "card/A.xmp") | .db' "$log")" = '{"status":"new","by":"hash","lead":"2019/2019-03-02/A.JPG","root":"Library"}' ]
}

@test "photo-init adopts groups where they are" {
	shot A
	mv card Library && photo-init -q Library >out
	grep -qx '1 picture, 1 companion.' out
	[ "$(hashdb-list --relative Library/.dcim/hash.db | jq -c '[.path, .group.lead, .group.role]' | xargs)" = '[A.JPG,./A.JPG,still] [A.xmp,./A.JPG,sidecar]' ]
}

@test "which raw belongs to this JPEG: one query" {
	need sqlite3
	triple IMG_1; triple IMG_2
	import card/* >out
	query=$(sed -n '/SELECT json_extract(record/,/)"$/p' "$ROOT/man/hashdb-merge.1" | tr -d '"' | sed 's|2019/2019-03-02/IMG_0002.JPG|IMG_2.JPG|')
	[ "$(sqlite3 -readonly "$DB" "$query" | sort | xargs)" = 'raw|IMG_2.CR2 sidecar|IMG_2.xmp still|IMG_2.JPG' ]
	[ "$(sqlite3 -readonly "$DB" "$query AND json_extract(record, '$.group.role') = 'raw'")" = 'raw|IMG_2.CR2' ]
}

@test "photo-import: files that come again from elsewhere keep their group, and one that was alone gets one" {
	photo-init -q Library >/dev/null
	ids() { hashdb-list Library/.dcim/hash.db | jqr .group.id | uniq -c | awk '{ print $1 }' | xargs; }
	shot A
	photo-import -q card Library >/dev/null
	before=$(hashdb-list Library/.dcim/hash.db | jqr .group.id | sort -u)
	cp -rp card again
	photo-import -q again Library >/dev/null
	[ "$(hashdb-list Library/.dcim/hash.db | jqr .group.id | sort -u)" = "$before" ]
	shot B; mv card/B.xmp .
	photo-import -q card Library >/dev/null
	hashdb-list Library/.dcim/hash.db | jq -e 'select(.path | endswith("B.JPG")).alone'
	mkdir later; cp -p card/B.JPG B.xmp later
	photo-import -q later Library >/dev/null
	[ "$(ids)" = '2 2' ]
	hashdb-list Library/.dcim/hash.db | jq -s -e 'all(has("alone") | not)'
	cat Library/.dcim/runs/*.ndjson | hashdb-merge --root=Library new.db >/dev/null
	diff <(hashdb-list --relative Library/.dcim/hash.db | jq -c '[.path, .group]') <(hashdb-list --relative new.db | jq -c '[.path, .group]')
}

# known -- of each file of Library: its name, role, and how many members its group has; and how many ids there are.
known() { hashdb-list Library/.dcim/hash.db | jqr -s '(.[] | [(.path | split("/")[-1]), .group.role // "alone", (.group.members // [] | length)] | join(" ")), ([.[].group.id] | unique | length)' | xargs; }

@test "photo-import: what comes later belongs to what was there: the database knows it of both, and the logs rebuild it" {
	photo-init -q Library >/dev/null
	shot A
	{ cat card/A.JPG; echo raw; } >card/A.CR2
	mkdir aside && mv card/A.CR2 card/A.xmp aside
	photo-import -q card Library >/dev/null
	[ "$(known)" = 'A.JPG alone 0 1' ]
	mv aside/A.CR2 card
	photo-import -q card Library >/dev/null
	[ "$(known)" = 'A.CR2 raw 2 A.JPG still 2 1' ]
	mv aside/A.xmp card
	photo-import -q card Library >/dev/null
	[ "$(known)" = 'A.CR2 raw 3 A.JPG still 3 A.xmp sidecar 3 1' ]
	hashdb-list Library/.dcim/hash.db | jq -s -e '([.[].group.lead] | unique | length) == 1 and all(has("alone") | not)'
	cp -rp card again
	photo-import -q again Library >/dev/null
	[ "$(known)" = 'A.CR2 raw 3 A.JPG still 3 A.xmp sidecar 3 1' ]
	cat Library/.dcim/runs/*.ndjson | hashdb-merge --root=Library new.db >/dev/null
	diff <(hashdb-list --relative Library/.dcim/hash.db | jq -c '[.path, .group]') <(hashdb-list --relative new.db | jq -c '[.path, .group]')
}

@test "a library that is adopted anew learns of what was put beside its pictures, and other content stays as it is" {
	mkdir Library
	shot A
	mv card/A.JPG Library
	photo-init -q Library >/dev/null
	{ cat Library/A.JPG; echo raw; } >Library/A.CR2
	photo-init -q Library >/dev/null
	[ "$(known)" = 'A.CR2 raw 2 A.JPG still 2 1' ]
}

@test "a library that has imported: what is put beside its pictures by hand is of their group" {
	photo-init -q Library >/dev/null
	shot A
	photo-import -q card Library >/dev/null
	{ cat card/A.JPG; echo raw; } >Library/2019/2019-03-02/A.CR2
	photo-init -q Library >/dev/null
	[ "$(known)" = 'A.CR2 raw 3 A.JPG still 3 A.xmp sidecar 3 1' ]
}

# picture NAME TEXT -- with a date and a camera, and like no other of another text.
picture() { { cat "$BATS_FILE_TMPDIR/card/DCIM/100CANON/IMG_0002.JPG"; echo "$2"; } >"$1"; }

# groups_of DB -- path and group of each file.
groups_of() { hashdb-list --relative "$1" | jq -c '[.path, .group, .alone]'; }

# one_group N LEAD -- the library's files, N of them, are of one group, and LEAD is listed first.
one_group() {
	hashdb-list --groups --relative Library/.dcim/hash.db | jq -c '[.path, .group.id]' >rows
	[ "$(wc -l <rows) $(jqr '.[1] // "none"' rows | sort -u | wc -l)" = "$1 1" ] && [[ $(head -n 1 rows) == *"/$2\",\""* ]] || {
		cat rows
		return 1
	}
}

@test "photo-import: what comes from another copy of the card is of the group that is there, whichever file leads; so the logs have it" {
	for lead in CR2 HEIC NEF; do
		for first in JPG 'JPG xmp'; do
			rm -rf A B C Library new.db && mkdir A B
			shot IMG_1 && mv card/IMG_1.* B
			picture B/IMG_1.$lead raw
			for e in $first; do cp -p B/IMG_1.$e A; done
			photo-init -q Library >/dev/null
			photo-import -q A Library >/dev/null
			id=$(hashdb-list Library/.dcim/hash.db | jqr '.group.id // "\""' | sort -u)
			photo-import -q B Library >/dev/null
			one_group 3 IMG_1.$lead
			cp -rp B C && rm C/IMG_1.xmp && echo '{}' >C/IMG_1.on1
			photo-import -q C Library >/dev/null
			one_group 4 IMG_1.$lead
			grep -q "$id" rows
			cat Library/.dcim/runs/*.ndjson | hashdb-merge --root=Library new.db >/dev/null
			diff <(groups_of Library/.dcim/hash.db) <(groups_of new.db)
		done
	done
}

@test "two copies of a card, file by file, each by processes of its own, in any order: one group, and so the logs have it" {
	mkdir A B
	shot IMG_1 && mv card/IMG_1.* B
	picture B/IMG_1.CR2 raw
	cp -p B/IMG_1.JPG B/IMG_1.xmp A
	for order in 'A.JPG B.CR2 B.JPG B.xmp A.xmp' 'B.CR2 A.JPG A.xmp B.JPG B.xmp' 'A.JPG B.xmp A.xmp B.CR2 B.JPG' \
		'B.JPG B.CR2 A.xmp A.JPG B.xmp' 'B.xmp B.CR2 A.xmp A.JPG B.JPG'; do
		rm -rf Library new.db && mkdir -p Library/.dcim && : >log
		for file in $order; do
			exif-read "${file/./\/IMG_1.}" | file-hash | hashdb-lookup -q Library/.dcim/hash.db |
				place-file -q --to=Library --template='{dir}/{name}' --undated='{dir}/{name}' --from=A --from=B |
				tee -a log | hashdb-merge -q Library/.dcim/hash.db >/dev/null
		done
		[ "$(hashdb-list Library/.dcim/hash.db | jqr '.group.id // "none"' | sort -u | wc -l)" -eq 1 ] || { echo "$order"; false; }
		hashdb-merge -q --root=Library new.db <log >/dev/null
		diff <(groups_of Library/.dcim/hash.db) <(groups_of new.db) || { echo "$order"; false; }
	done
}
