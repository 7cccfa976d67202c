#!/usr/bin/env bats
# bats file_tags=no-races
# schema -- share/dcim-utils/record.schema.json says of records what the tables say, and the programs' records are so.
load helper
load card
bats_require_minimum_version 1.5.0

setup_more() {
	need jq python3
	python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
	SCHEMA=$ROOT/share/dcim-utils/record.schema.json
}

# rows TABLE MACRO -- the first string of each of its rows.
rows() {
	sed -n "s/^$2([^\"]*\"\([^\"]*\)\".*/\1/p" "$ROOT/lib/$1" >rows
	[ "$(grep -c "^$2(" "$ROOT/lib/$1")" -eq "$(wc -l <rows)" ] && cat rows
}

# enum NAME -- its words.
enum() { jqr --arg name "$1" '."$defs"[$name].enum[]' "$SCHEMA"; }

@test "the schema has the members of the tables, those in them, and no other" {
	{ rows run/members.def MEMBER && rows media/fields.def FIELD; } | sort >members
	[ "$(wc -l <members)" -gt 50 ]
	jqr '.properties | keys[] | select(endswith("_b64") | not)' "$SCHEMA" | sort | diff members -
	sed -n 's/^MEMBER("\([a-z_]*\)", "\([a-z_ ]*[a-z]\)")$/\1 \2/p' "$ROOT/lib/run/members.def" |
		awk '{ for (i = 2; i <= NF; i++) print $1 "." $i }' | sort >inner
	[ "$(wc -l <inner)" -gt 50 ]
	jqr '.properties | to_entries[] | .key as $outer | (.value.items // .value).properties // {} | keys[] |
		select(endswith("_b64") | not) | "\($outer).\(.)"' "$SCHEMA" | sort | diff inner -
	{ sed -n 's/^GROUP_FIELD(\([A-Z]*\))/FIELD(\1,/p' "$ROOT/lib/meta/group/group-fields.def" | grep -hf - "$ROOT/lib/media/fields.def" |
		sed 's/[^"]*"\([^"]*\)".*/\1/' && printf '%s\n' taken type mime; } | sort >decide
	jqr '.properties.group.properties.fields.properties | keys[]' "$SCHEMA" | sort | diff decide -
	jqr '.properties.group.properties.lacks.items.enum[]' "$SCHEMA" | sort | diff decide -
}

@test "the schema has the words, codes, types, dates' sources and digests of the tables, and no other" {
	for member in $(sed -n 's/^WORD([A-Z_]*, "\([a-z.]*\)".*/\1/p' "$ROOT/lib/run/words.def" | sort -u); do
		sed -n "s/^WORD([A-Z_]*, \"$member\", \"\([a-z-]*\)\".*/\1/p" "$ROOT/lib/run/words.def" | diff - <(enum "$member")
	done
	rows run/words.def REASON | diff - <(enum reason)
	rows base/fail-codes.def FAIL | diff - <(enum code)
	rows media/date-sources.def DATE | diff - <(enum date_source)
	rows media/group/group-roles.def GROUP_ROLE | diff - <(enum role)
	{ rows media/types.def TYPE && rows media/types.def RAW; } | sort -u | diff - <(enum type | sort)
	{ sed -n 's/^\(TYPE\|RAW\)("[^"]*", "\([^"]*\)".*/\2/p' "$ROOT/lib/media/types.def" && # and what a reader knows better
		grep -rhoE 'info->mime = "[^"]*"' "$ROOT/lib/format" | cut -d '"' -f 2; } | sort -u | diff - <(enum mime | sort)
	sed -n 's/.*\[MEDIA_BASIS_[A-Z_]*\] = "\(.*\)",/\1/p' "$ROOT/lib/media/taken.c" | diff - <(jqr '.properties.taken_basis.enum[]' "$SCHEMA")
	sed -n 's/^DIGEST([A-Z0-9]*, "\([a-z0-9]*\)", \([0-9]*\))$/\1 \2/p' "$ROOT/lib/hash/digest-algorithms.def" |
		while read -r name bytes; do echo "$name ^[0-9a-f]{$((bytes * 2))}\$"; done >digests
	jqr '."$defs".digests.properties | to_entries[] | "\(.key) \(.value.pattern)"' "$SCHEMA" | diff digests -
}

@test "dcim-records(5) says which members have a twin for bytes that are not UTF-8" {
	sed -n '/^This goes for/,/^in nested/p' "$ROOT/man/dcim-records.5" | sed -n 's/^\.Cm //p' | tr -d , | xargs -n 1 | sort -u >page
	jqr '[.. | objects | .properties? // empty | to_entries[] | select(.value["$ref"] == "#/$defs/base64").key[:-4]] | unique[]' \
		"$SCHEMA" | diff page -
}

# What is said here of damage, failures and names is what the tests of each program look at; here it is only its form.
@test "records of every program, of every kind, are as the schema says, and hold nothing else" {
	copy_card
	TZ=Asia/Tokyo find card -type f -print0 | sort -z >paths
	{
		exif-read -q --all --date-from=mtime,exif,filename <paths || :
		file-hash -q -a xxh128,xxh3,xxh64,sha256,sha1,md5,sha512 card/notes.txt card gone || :
		printf '{"size":1}\nnot json\n' | exif-read -q || :
	} >records
	photo-init -q lib >/dev/null && photo-init -q $'m\377' >/dev/null
	photo-import -q --all-files --mirror=$'m\377' card lib >/dev/null || [ $? -eq 1 ]
	photo-import -q --move card lib >/dev/null || [ $? -eq 1 ]
	cp -a lib backup
	find lib -name 'IMG_0002.JPG' -exec touch -r {} ref \; -exec sh -c 'printf ROT | dd of="$1" bs=1 seek=500 conv=notrunc status=none' - {} \; \
		-exec touch -r ref {} \;
	rm -r lib/2018
	photo-verify -q lib >/dev/null || [ $? -eq 1 ]
	hashdb-list lib/.dcim/hash.db | file-hash -q --verify >bad
	file-repair -q -t lib --from=backup <bad >>records
	hashdb-list -0 lib/.dcim/hash.db | file-hash -q | hashdb-lookup -q lib/.dcim/hash.db >>records
	hashdb-lookup -q --by=path backup/.dcim/hash.db <paths >>records || [ $? -eq 1 ]
	hashdb-merge -q --mark-deleted backup/.dcim/hash.db <<<"$(rm -r backup/2023; hashdb-list backup/.dcim/hash.db | file-hash -q --verify)" >>records
	hashdb-diff lib/.dcim/hash.db backup/.dcim/hash.db >>records
	hashdb-list --with-deleted backup/.dcim/hash.db >>records
	cat lib/.dcim/runs/*.ndjson | source-remove -q >>records || [ $? -eq 1 ]
	cat lib/.dcim/runs/*.ndjson | record-mirror -q --root=$'m\377' >>records || [ $? -eq 1 ]
	cp -a backup card2 && photo-check -q --records=compared card2 lib >/dev/null || [ $? -eq 1 ]
	for run in last "$(photo-import --runs lib | head -n 1 | cut -d ' ' -f 1)"; do
		photo-import -q "--undo=$run" lib >/dev/null || [ $? -eq 1 ]
	done
	run -0 "$ROOT/tests/schema" --strict records compared lib/.dcim/runs/*.ndjson lib/.dcim/verify/*.ndjson m*/.dcim/runs/*.ndjson
	cat records compared lib/.dcim/*/*.ndjson m*/.dcim/runs/*.ndjson |
		jqr 'keys[], (.place.action // empty | "place." + .), (.place.mirrors // [] | .[0] // {} | keys[] | "mirror." + .)' | sort -u >seen
	for member in tags group alone hash hash_now verify verified deleted marked source diff other db place repair compare error warnings \
		mirror.root_b64 place.copied place.undone; do
		grep -qx "$member" seen || { echo "no record has $member" && false; }
	done
}

@test "the record that dcim-records(5) shows is what is written" {
	copy_card
	sed -n '/^{"path"/,/}$/p' "$ROOT/man/dcim-records.5" | tr -d '\n' | jq -c '.' >shown
	"$ROOT/tests/schema" --strict shown
	# size and digest depend on who made the picture
	exif-read card/DCIM/102NIKON/DSC_0001.JPG | file-hash | jq -c --slurpfile shown shown '.size = $shown[0].size | .hash = $shown[0].hash' | diff shown -
}

@test "the corpus: every record is as the schema says, and holds nothing else" {
	plain
	corpus
	find "$CORPUS" -type f -print0 | sort -z | exif-read -q --all >records || [ $? -eq 1 ]
	run -0 "$ROOT/tests/schema" --strict records
}

@test "a record that is not so is seen" {
	for wrong in '{"size":1}' '{"path":""}' '{"path":"x","size":-1}' '{"path":"x","taken":"2024-5-1"}' '{"path":"x","hash":{"md5":"AB"}}' \
		'{"path":"x","place":{"action":"lost"}}' '{"path":"x","error":{"tool":"t","op":"o","code":"EIO"}}' \
		'{"path":"x","warnings":[]}' '{"path":"x","verify":null}' '{"path":"x","place":{"action":"copied","mirrors":[{"root":"m"}]}}'; do
		run -1 "$ROOT/tests/schema" <<<"$wrong"
	done
	run -1 "$ROOT/tests/schema" --strict <<<'{"path":"x","note":1}'
	run -1 "$ROOT/tests/schema" --strict <<<'{"path":"x","place":{"action":"copied","note":1}}'
	run -0 "$ROOT/tests/schema" <<<'{"path":"x","note":{"any":1}}'
	run -1 "$ROOT/tests/schema" </dev/null
}
