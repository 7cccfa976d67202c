#!/usr/bin/env bats
# examples -- each pipeline of examples/, run on a made-up card.
load helper
bats_require_minimum_version 1.5.0

setup_file() {
	"$BATS_TEST_DIRNAME/../make-pictures" "$BATS_FILE_TMPDIR/card"
}

setup_more() {
	need jq
	cp -a "$BATS_FILE_TMPDIR/card" card
}

@test "every example has a test here" {
	for example in "$ROOT"/examples/*; do
		grep -q "^@test \"${example##*/}[\": ]" "$BATS_TEST_FILENAME" || { echo "$example"; false; }
	done
}

@test "new-on-card" {
	photo-init -q lib >/dev/null
	photo-import -q card/DCIM lib >/dev/null
	run -0 "$ROOT/examples/new-on-card" card/DCIM/102NIKON lib
	[ -z "$output" ]
	run -0 "$ROOT/examples/new-on-card" card lib
	[[ $output == *card/IMG_20220101_101112.jpg* ]]
	[[ $output != *NIKON* ]]
}

@test "by-camera" {
	run -0 "$ROOT/examples/by-camera" card out
	[ -e 'out/NIKON D750/2018-12/DSC_0001.JPG' ]
	[ -e 'out/no camera/2022-01/IMG_20220101_101112.jpg' ]
}

@test "duplicates" {
	run -0 "$ROOT/examples/duplicates" card
	[ "$(cut -c 35- <<<"$output")" = "$(printf '%s\n' card/DCIM/100CANON/IMG_0002.JPG card/DCIM/101CANON/COPY_0002.JPG)" ]
}

@test "checksums" {
	rm -rf card/odd
	"$ROOT/examples/checksums" card >sums
	[ "$(wc -l <sums)" -eq "$(find card -type f | wc -l)" ]
	sha256sum -c --quiet sums
}

@test "places" {
	run -0 "$ROOT/examples/places" card
	[ "$(grep -c '<wpt lat="47.5596" lon="-52.7126">' <<<"$output")" -eq 2 ]
	[[ $output == *'</gpx>' ]]
}
