#!/usr/bin/env bats
# groups-db -- what the database, its programs and the summaries know of files that belong together.
load helper
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
		strace -f -o trace -e trace=openat hashdb-lookup -q "$DB" >out
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
