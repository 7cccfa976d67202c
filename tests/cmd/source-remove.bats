#!/usr/bin/env bats
# source-remove -- every condition for removing a source, one by one.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq sqlite3
	mkdir -p lib/.dcim card
	DB=lib/.dcim/hash.db
	echo content >card/a
}

# import -- card into lib, recorded; the records are in log.
import() {
	find card -type f -print0 | sort -z | file-hash | hashdb-lookup -q "$DB" |
		place-file -q --to=lib --from=card --undated='{dir}/{name}' --verify=readback "$@" | hashdb-merge "$DB" >log
	[ "$(jqr .place.verified log | sort -u)" = readback ] || skip "nothing can be read back here"
}

# kept CODE [TEXT] -- the source stays under its name, and the record and a line say why.
kept() {
	run -1 --separate-stderr source-remove <log
	[ -e card/a ]
	[ -z "$(find card -name '.*.dcim-*')" ]
	[ "$(jq -c 'del(.warnings, .place.source, .place.reason, .place.message)' <<<"$output")" = \
		"$(jq -c 'del(.warnings, .place.source)' log)" ]
	[ "$(jqr '.place.source + " " + .place.reason' <<<"$output")" = "kept $1" ]
	[[ "$(jqr '.warnings[-1] | .tool + " " + .code + " " + .message' <<<"$output")" == "source-remove ESOURCE not removed: "*"${2-}"* ]]
	[ "$stderr" = "source-remove: card/a: not removed: $(jqr .place.message <<<"$output")" ]
}

@test "copied, read back, recorded, unchanged: removed" {
	import
	run -0 source-remove <log
	[ ! -e card/a ]
	[ -e lib/a ]
	[ "$(jq -c '.place' <<<"$output")" = "$(jq -c '.place | .source = "removed"' log)" ]
	[ "$(jq '.warnings' <<<"$output")" = null ]
}

@test "of a reason the first three are told, and how many more it holds; the records tell each" {
	rm card/a
	for n in 1 2 3 4 5 6 7; do echo content $n >card/$n; done
	import
	for n in 1 2 3 4 5; do echo more >>card/$n; done
	rm lib/6
	run -1 --separate-stderr source-remove <log
	[ "$(jqr '.place.source + .place.reason + .warnings[-1].code' <<<"$output" | uniq -c | xargs)" = \
		'5 keptchangedESOURCE 1 keptcopy-missingESOURCE 1 removed' ]
	[ "$(sed 's/: not removed: .*/: not removed/' <<<"$stderr" | tr '\n' ';')" = "$(printf \
		'source-remove: card/%d: not removed;' 1 2 3 6)source-remove: also not removed: 2 changed meanwhile;" ]
	run -1 --separate-stderr source-remove -q <log
	[ -z "$stderr" ]
}

@test "a duplicate goes too, when the library's copy was read back" {
	cp card/a card/b
	import
	[ "$(jqr .place.action log | xargs)" = "copied duplicate" ]
	run -0 source-remove <log
	[ -z "$(ls card)" ]
	echo content >card/c
	import
	[ "$(jqr .place.action log)" = duplicate ]
	source-remove <log >out
	[ -z "$(ls card)" ]
}

@test "what exists already goes too" {
	import
	rm "$DB"
	find card -type f -print0 | file-hash | place-file -q --to=lib --from=card --undated='{name}' --verify=readback | hashdb-merge "$DB" >log
	[ "$(jqr '.place | .action + .verified' log)" = existsreadback ]
	source-remove <log >out
	[ ! -e card/a ]
}

@test "the record's word is not needed: both sides are read" {
	import
	jq -c 'del(.place.verified, .hash) | .db = {status: "known", by: "source", path: "a", root: "lib"}' log >x; mv x log
	run -0 source-remove <log
	[ ! -e card/a ]
	[ "$(cat lib/a)" = content ]
}

@test "the record's word is not enough: an old log, and a copy that has rotted since" {
	import
	touch -r lib/a ref
	printf C | dd of=lib/a bs=1 conv=notrunc status=none
	touch -r ref lib/a
	kept differs
	[ "$(cat card/a)" = content ]
}

@test "not in the database: kept" {
	import
	hashdb-list "$DB" >list
	rm "$DB"; hashdb-merge "$DB" </dev/null
	kept not-recorded "not in the database"
	jq -c '.hash.xxh128 = "00000000000000000000000000000000"' list | hashdb-merge "$DB" >out
	kept not-recorded digest
	rm "$DB"
	jq -c '.hash = {md5: "00000000000000000000000000000000"}' list | hashdb-merge "$DB" >out
	kept not-recorded digest
	sqlite3 "$DB" "UPDATE file SET size = 1" # no one but hashdb-merge may write it
	kept not-recorded
	rm "$DB"
	kept not-recorded "no database"
	[ ! -e "$DB" ]
}

@test "the copy is gone, or has another size: kept" {
	import
	mv lib/a lib/b
	kept copy-missing
	echo longer content >lib/a
	kept differs size
}

@test "the source has changed: kept" {
	import
	touch card/a
	kept changed
	cp -p card/a ref
	echo other content >card/a
	kept changed
	echo Content >card/a
	jq -c --arg t "$(file-hash ref | jqr .mtime)" '.mtime = $t' log >x; mv x log
	touch -r ref card/a
	kept differs
	jq -c 'del(.mtime)' log >x; mv x log
	kept changed
}

@test "the source is a link, or the copy itself: kept" {
	import
	ln -f lib/a card/a
	kept same-file
	mv card/a card/x && ln -s ../lib/a card/a
	kept link
}

@test "a source that is not there any more is no failure" {
	import
	rm card/a
	run -0 source-remove <log
	[[ "$(jqr '.warnings[0].message' <<<"$output")" == *"not there"* ]]
}

@test "hard and symbolic links never remove their sources" {
	import
	for action in hardlinked symlinked moved planned skipped undone; do
		jq -c ".place.action = \"$action\"" log >x
		run -0 source-remove <x
		[ -e card/a ]
		[ "$output" = "$(cat x)" ]
	done
}

@test "records without a place, settled and failed ones pass untouched" {
	import
	jq -c 'del(.place)' log >x
	jq -c '.error = {tool: "x", op: "y", code: "EIO", message: "z"}' log >>x
	jq -c '.place.source = "removed"' log >>x
	run -1 source-remove <x
	[ "$output" = "$(cat x)" ]
	[ -e card/a ]
}

@test "--db: another database than the library's own" {
	import
	hashdb-merge --root=lib elsewhere.db <log >out
	rm "$DB"
	kept not-recorded "no database"
	run -0 source-remove --db=elsewhere.db <log
	[ ! -e card/a ]
}

@test "--db: a database of another library proves nothing" {
	import
	mkdir other && cp lib/a other/a
	hashdb-merge --root=other other.db <<<"$(file-hash other/a)" >out
	run -1 source-remove -q --db=other.db <log
	[ -e card/a ]
}

@test "a source that may not be removed is kept" {
	import
	if [ "$(id -u)" -eq 0 ]; then
		need chattr
		chattr +i card/a 2>/dev/null || skip "no immutable files here"
		run -1 source-remove -q <log
		chattr -i card/a
	else
		chmod 555 card
		run -1 source-remove -q <log
		chmod 755 card
	fi
	[ "$(jqr '.place.reason + " " + (.error | tostring)' <<<"$output")" = "no-permission null" ]
}

@test "-C: relative paths start there" {
	import
	mkdir w && mv card lib w
	run -0 source-remove -C w <log
	[ ! -e w/card/a ]
}

@test "the pipeline of photo-import --move" {
	for i in {1..50}; do echo $i >card/$i; done
	find card -type f -print0 | sort -z | file-hash | hashdb-lookup -q "$DB" |
		place-file -q --to=lib --from=card --undated='{name}' --verify=readback | hashdb-merge "$DB" | source-remove >log
	[ "$(jqr .place.verified log | sort -u)" = readback ] || skip "nothing can be read back here"
	[ "$(jqr .place.source log | sort | uniq -c | xargs)" = "51 removed" ]
	[ -z "$(ls card)" ]
	[ "$(ls lib | wc -l)" -eq 51 ]
}
