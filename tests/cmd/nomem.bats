#!/usr/bin/env bats
# bats file_tags=no-races
# nomem -- each program with each of its requests for memory refused in turn: a record is whole or has failed, and what
# was done is never reported as undone.
load helper
load card
load fault

setup_more() {
	need_faults
	copy_card
	files=(card/DCIM/100CANON/IMG_0001.JPG card/DCIM/100CANON/IMG_0002.JPG card/odd/größe.jpg
		card/DCIM/103APPLE/IMG_0101.MOV card/DCIM/102NIKON/DSC_0002.TIF)
}

@test "exif-read" {
	with_faults exif-read malloc ENOMEM 1 exif-read -j1 --retry=0 "${files[@]}"
	judge "$JUDGE_RECORDS"
}

@test "exif-read, the work done again where memory was short: the same records" {
	with_faults exif-read malloc ENOMEM 5 exif-read -j1 --retry-delay=0 "${files[@]}"
	judge "$JUDGE_RECORDS"
	[ "$(awk '$1 == "run" && $3 == 0' runs | wc -l)" -gt "$(awk '$1 == "run" && $3 != 0' runs | wc -l)" ] # else is not work's
}

@test "exif-read, of a Google Takeout" {
	mkdir -p t/Trip 't/Photos from 2024'
	cp card/DCIM/100CANON/IMG_0001.JPG t/Trip/a.jpg
	cp card/DCIM/100CANON/IMG_0002.JPG t/Trip/b.jpg
	echo '{"title":"Trip","access":""}' >t/Trip/metadata.json
	echo '{"title":"b.jpg","photoTakenTime":{"timestamp":"1496304000"},"people":[{"name":"Ada"}]}' >t/Trip/b.jpg.json
	cp t/Trip/a.jpg 't/Photos from 2024'
	sed 's/b\.jpg/a.jpg/' t/Trip/b.jpg.json >'t/Photos from 2024/a.jpg.json'
	[ "$(exif-read t/Trip/*.jpg | jq -s -c 'map(.albums[], .takeout.rule, .people[])')" = '["Trip","old","Ada","Trip","old","Ada"]' ]
	with_faults exif-read malloc ENOMEM 1 exif-read -j1 --retry=0 t/Trip/*.jpg t/Trip/b.jpg.json
	judge "$JUDGE_RECORDS"
}

@test "exif-read, of an iCloud export" {
	mkdir -p t/Photos t/Albums
	cp card/DCIM/100CANON/IMG_0001.JPG t/Photos/a.jpg
	printf '%s\n' imgName,favorite,originalCreationDate 'a.jpg,yes,"Friday October 06,2023 12:11 PM GMT"' >t/Photos/x.csv
	printf 'Images\na.jpg\n' >t/Albums/Trip.csv
	[ "$(exif-read t/Photos/a.jpg | jq -c '[.albums[], .takeout.date]')" = '["Trip","corrected"]' ]
	with_faults exif-read malloc ENOMEM 1 exif-read -j1 --retry=0 t/Photos/*
	judge "$JUDGE_RECORDS"
}

@test "exif-read --all, and dates in a zone" {
	with_faults exif-read malloc ENOMEM 1 exif-read -j1 --retry=0 -a --tz=Asia/Tokyo --date-from=xmp,mtime "${files[@]}"
	judge "$JUDGE_RECORDS"
}

@test "file-hash" {
	with_faults file-hash malloc ENOMEM 1 file-hash -j1 --retry=0 -a xxh128,xxh64 "${files[@]}"
	judge "$JUDGE_RECORDS"
}

@test "file-hash --stats --metrics" {
	with_faults file-hash malloc ENOMEM 1 file-hash -j1 --stats=stats.json --metrics=run.prom "${files[@]:0:2}"
	judge "$JUDGE_RECORDS"
	[ "$(ls stats.* run.*)" = $'run.prom\nstats.json' ]
}

@test "file-hash --verify: good, other and gone" {
	file-hash "${files[@]}" >good
	{
		cat good
		sed 's/"xxh128":"..../"xxh128":"0000/' good
		sed 's/"path":"/&gone/' good
	} >records
	with_faults file-hash malloc ENOMEM 1 bash -c 'file-hash -j1 --retry=0 --verify <records'
	judge "$JUDGE_RECORDS"
}

@test "hashdb-lookup by hash, source and path: never new because memory ran out" {
	library
	file-hash "${files[@]}" card/notes.txt >records
	for by in hash source path; do
		with_faults hashdb-lookup malloc ENOMEM 9 bash -c "hashdb-lookup -j1 --retry=0 --by=$by $db <records"
		judge "$JUDGE_RECORDS"
	done
}

@test "hashdb-lookup: the lead of a group, by where it lies and by its content" {
	library
	cp "${files[0]}" lead.jpg # known by its content
	file-hash card/notes.txt lead.jpg >notes
	for lead in "${files[0]}" lead.jpg; do
		jq -c --arg lead "$lead" '.group = {id: "1", lead: $lead, role: "sidecar", rule: "stem", members: ["a", "b"]}' notes >records
		with_faults hashdb-lookup malloc ENOMEM 3 bash -c "hashdb-lookup -j1 --retry=0 $db <records"
		judge "$JUDGE_RECORDS"
		grep -q '"lead":"[^"]*IMG_0001.JPG","root"' want
	done
}

@test "hashdb-list --groups" {
	library
	jq -c '.group = {id: "1", lead: "a/B.JPG", role: "still", rule: "stem", members: ["a", "b"]}' placed | hashdb-merge $db >merged
	with_faults hashdb-list malloc ENOMEM 9 hashdb-list --groups $db
	judge "$JUDGE_RECORDS"
}

@test "hashdb-list" {
	library
	with_faults hashdb-list malloc ENOMEM 9 hashdb-list $db
	judge "$JUDGE_RECORDS"
	with_faults hashdb-list malloc ENOMEM 9 bash -o pipefail -c "hashdb-list -0 $db | tr '\0' '\n'"
	judge "$JUDGE_LINES"
}

@test "hashdb-diff: what differs, what only one has" {
	library
	cp "$db" other.db
	hashdb-list --relative "$db" | head -n 1 | jq -c '.path = "only" | .hash.xxh128 = "00000000000000000000000000000000"' |
		hashdb-merge --root=. other.db >merged
	hashdb-list --relative "$db" | tail -n 1 | jq -c '.hash.xxh128 = "ffffffffffffffffffffffffffffffff" | .mtime = "2001-01-01T00:00:00Z"' |
		hashdb-merge --root=. other.db >merged
	with_faults hashdb-diff malloc ENOMEM 9 hashdb-diff "$db" other.db
	judge "$JUDGE_RECORDS"
	[ "$(jq -r .diff want | sort | xargs)" = "differs only-b" ]
}

@test "hashdb-merge: rows learn of each other's group, or the run stops" {
	fresh() {
		rm -rf lib && mkdir -p lib/.dcim
		for e in CR2 JPG xmp; do echo $e >lib/a.$e; done
		file-hash lib/a.JPG lib/a.xmp | jq -c '.alone = true' | hashdb-merge lib/.dcim/hash.db >/dev/null
		file-hash lib/a.CR2 | jq -c '.group = {id: "0123456789abcdef", lead: "lib/a.CR2", role: "raw", rule: "stem",
			members: ["a.CR2", "a.JPG", "a.xmp"]}' >records
	}
	left() { hashdb-list --relative lib/.dcim/hash.db | jq -r '.path + " " + (.group.role // "alone")'; }
	with_faults hashdb-merge malloc ENOMEM 7 bash -c 'hashdb-merge -q -j1 --retry=0 lib/.dcim/hash.db <records'
	judge "$JUDGE_STATUS"', (.left | select(. != ["a.CR2 raw", "a.JPG still", "a.xmp sidecar"] and . != ["a.JPG alone", "a.xmp alone"]) | "half")'
}

@test "hashdb-merge: what it acknowledges is recorded" {
	merging
	with_faults hashdb-merge malloc ENOMEM 9 bash -c 'hashdb-merge -j1 --retry=0 --root=lib merged.db <placed'
	judge "$JUDGE_RECORDS$JUDGE_RECORDED"
}

@test "record-paths" {
	library
	with_faults record-paths malloc ENOMEM 1 bash -o pipefail -c "record-paths -m place.to <placed | tr '\0' '\n'"
	judge "$JUDGE_LINES"
}

@test "record-mirror: what it says of a mirror is whole" {
	library
	jq -c '.place.mirrors = [{action: "copied", to: "x", root: "m1"}, {reason: "ENOSPC", message: "No space left on device", root: "m2"}]' placed >records
	for root in m1 m2; do
		with_faults record-mirror malloc ENOMEM 1 bash -c "record-mirror --root=$root <records"
		judge "$JUDGE_RECORDS"
	done
}

@test "photo-report" {
	library
	sed 's/"size"/"warnings":[{"code":"ETRUNCATED","message":"ends early"}],&/' placed >records
	with_faults photo-report malloc ENOMEM 1 bash -c 'photo-report -l <records'
	judge "$JUDGE_ANY"
	with_faults photo-report malloc ENOMEM 1 bash -c 'photo-report --html <records'
	judge "$JUDGE_ANY"
}

@test "place-file: copies, moves and links; what is placed is never reported as not" {
	fresh() { three; }
	left() { three_left; }
	three
	printf '{"path":"src/%s","taken":"2020-01-0%dT00:00:00","make":"ca\\u006eon","keywords":["x\\u0041y"]}\n' \
		a 1 b 2 c 3 >records
	for how in --copy --move --hardlink '--template={make}/{keywords}/{taken:%%Y}/{name}'; do
		with_faults place-file malloc ENOMEM 1 bash -c "place-file -q -j1 --retry=0 -t lib '${how/%%%%/%}' <records"
		judge "$JUDGE_RECORDS$JUDGE_PLACED"
	done
	with_faults place-file malloc ENOMEM 1 place-file -q -j1 --retry=0 -t lib src/a src/b src/c
	judge "$JUDGE_RECORDS$JUDGE_PLACED"
}

@test "place-file --undo: no content is lost, and what is said to be undone is" {
	left() { three_left; }
	for way in --copy --move --hardlink; do
		fresh() { placed $way; }
		with_faults place-file malloc ENOMEM 7 bash -c 'place-file -q -j1 --retry=0 --undo <log'
		judge "$JUDGE_STATUS$JUDGE_UNDONE"
	done
}

@test "place-file, then source-remove: no content is lost" {
	fresh() {
		three
		mkdir lib/.dcim
		file-hash src/* | place-file --verify=readback -t lib | hashdb-merge lib/.dcim/hash.db >records
	}
	left() { three_left; }
	with_faults source-remove malloc ENOMEM 17 bash -c 'source-remove -q -j1 --retry=0 <records'
	judge "$JUDGE_STATUS"', (["a", "b", "c"] - [.left[] | select(startswith("lib ")) | .[4:]] | select(. != []) | "lost"),
		(.lines[] | fromjson? | select(.place.source == "removed") | .path[4:] | select("src " + . | IN($run.left[])) |
			"not removed")'
}

@test "copy-compare: nothing is called equal, or anything else, that is not" {
	library
	printf x >>"lib/$(jq -r .place.to placed | tail -n 1)"
	with_faults copy-compare malloc ENOMEM 1 bash -c 'copy-compare -q -j1 --retry=0 <placed'
	judge "$JUDGE_RECORDS"
}

@test "source-remove of a group: all of its sources go, or none" {
	fresh() {
		rm -rf src lib && mkdir -p src lib/.dcim
		for e in CR2 JPG xmp; do echo $e >src/a.$e; done
		file-hash src/* | jq -c '.group = {id: "0123456789abcdef", lead: "src/a.CR2", role: "raw", rule: "stem",
			members: ["a.CR2", "a.JPG", "a.xmp"]}' | place-file --undated='{name}' --verify=readback -t lib |
			hashdb-merge lib/.dcim/hash.db >records
	}
	left() { find src lib -name 'a.*' -printf '%H %f\n'; }
	with_faults source-remove malloc ENOMEM 17 bash -c 'source-remove -q -j1 --retry=0 <records'
	judge "$JUDGE_STATUS"', (["a.CR2", "a.JPG", "a.xmp"] - [.left[] | select(startswith("lib ")) | .[4:]] | select(. != []) | "lost"),
		([.left[] | select(startswith("src "))] | length | select(. != 0 and . != 3) | "parted")'
}

@test "source-remove of a group of which a file must stay: none of its sources goes" {
	mkdir -p src lib/.dcim
	for e in CR2 JPG xmp; do echo $e >src/a.$e; done
	file-hash src/* | jq -c '.group = {id: "0123456789abcdef", lead: "src/a.CR2", role: "raw", rule: "stem",
		members: ["a.CR2", "a.JPG", "a.xmp"]}' | place-file --undated='{name}' --verify=readback -t lib |
		hashdb-merge lib/.dcim/hash.db >records
	echo XMP >lib/a.xmp
	cp -a src kept
	fresh() { cp -a kept/. src; }
	left() { find src -name 'a.*' -printf '%f\n'; }
	with_faults source-remove malloc ENOMEM 3 bash -c 'source-remove -q -j1 --retry=0 <records' # a group is read with three
	judge "$JUDGE_STATUS"', (.left | length | select(. != 3) | "parted")'
}

@test "memory that is gone for good ends a run, or each record says so" {
	with_faults exif-read malloc ENOMEM 1 true || true # what a run without a fault writes is not asked
	exif-read "${files[@]}" >want
	for ((n = 1; n < 80; n++)); do
		status=0
		FAULT=exif-read:malloc:$n+:ENOMEM LD_PRELOAD=$TOOLS/fault.so exif-read -j1 --retry=0 "${files[@]}" >got 2>err || status=$?
		printf 'run\t%d\t%d\t%d\n' "$n" "$status" "$(wc -l <err)"
		sed 's/^/out\t/' got
	done >runs
	judge "$JUDGE_RECORDS"
}

@test "file-repair: no content is lost, and no file is left without its name" {
	rotten
	with_faults file-repair malloc ENOMEM 1 bash -c 'file-repair -j1 --retry=0 --to=lib --from=backup <bad'
	judge "$JUDGE_STATUS$JUDGE_REPAIRED"
}
