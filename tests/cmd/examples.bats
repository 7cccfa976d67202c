#!/usr/bin/env bats
# bats file_tags=no-races
# examples -- each pipeline of examples/, run on a made-up card.
load helper
load card
bats_require_minimum_version 1.5.0

setup_more() {
	need jq python3
	copy_card
}

@test "every example has a test here" {
	for example in "$ROOT"/examples/*; do
		[ -x "$example" ] || continue # stats.bats has the dashboard
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

@test "by-camera: several folders, each by its own paths" {
	mkdir more && cp card/DCIM/102NIKON/DSC_0001.JPG more/other.jpg
	cp -r card/DCIM/103APPLE ./-odd
	run -0 "$ROOT/examples/by-camera" card/DCIM/102NIKON more -odd out
	[ -e 'out/NIKON D750/2018-12/DSC_0001.JPG' ]
	[ -n "$(find out -name 'IMG_0100.JPG')" ]
	[[ ${lines[0]} == *'1 duplicate'* ]]
}

@test "duplicates" {
	run -0 "$ROOT/examples/duplicates" card
	[ "$(cut -c 34- <<<"$output")" = "$(printf '%s\n' card/DCIM/100CANON/IMG_0002.JPG card/DCIM/101CANON/COPY_0002.JPG)" ]
	mkdir ./-more && cp card/notes.txt $'./-more/two\nlines\377\033[2J'
	run -0 "$ROOT/examples/duplicates" card/odd -more card/DCIM/100CANON
	[ -z "$output" ]
	run -0 "$ROOT/examples/duplicates" -more card
	[ "${#lines[@]}" -eq 4 ]
	[[ $output == *"'./-more/two'\$'\\n''lines'\$'\\377\\033''[2J'"* ]]
}

@test "duplicates: over two folders, and what shares its size with no other is not read" {
	need strace
	mkdir old-disk && cp card/DCIM/102NIKON/DSC_0001.JPG $'old-disk/a\n 1 b.jpg'
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -qq -o trace -e trace=openat "$ROOT/examples/duplicates" card/DCIM/102NIKON old-disk >out
	[ "$(cut -d ' ' -f 2- out)" = "$(printf '%s\n' card/DCIM/102NIKON/DSC_0001.JPG "'old-disk/a'$'\\n'' 1 b.jpg'")" ]
	grep -q DSC_0001.JPG trace
	! grep -q DSC_0002.TIF trace || false
}

@test "checksums: what sha256sum writes, for names of all kinds, and what it checks" {
	odd_names
	mkdir -p ./-lib/.dcim && echo x >./-lib/.dcim/hash.db && echo y >./-lib/y
	"$ROOT/examples/checksums" card -lib >sums
	find card ./-lib/y -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | cmp - sums
	sha256sum -c --quiet sums
	grep -q '^\\' sums
	echo changed >>"card/odd/back\\slash"
	! sha256sum -c --status sums || false
}

@test "checksums: a file that cannot be read is status 1, and no line" {
	[ "$(id -u)" -ne 0 ] || skip "root may read everything"
	chmod 000 card/notes.txt
	run -1 --separate-stderr "$ROOT/examples/checksums" card
	[[ $output != *notes.txt* ]] && [ -n "$output" ]
}

@test "places" {
	run -0 "$ROOT/examples/places" card
	[ "$(grep -c '<wpt lat="47.5596" lon="-52.7126">' <<<"$output")" -eq 2 ]
	[[ $output == *'</gpx>' ]]
	mkdir ./-more
	cp card/DCIM/100CANON/IMG_0002.JPG $'./-more/a<b>&\'"\n\033[2J\302\233\377.jpg'
	"$ROOT/examples/places" -more card >gpx
	[ "$(grep -c '<wpt ' gpx)" -eq "$(($(grep -c '<wpt ' <<<"$output") + 1))" ]
	python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' gpx
	grep -q 'a&lt;b&gt;&amp;' gpx
	! LC_ALL=C grep -q '[[:cntrl:]]' gpx || false
}

# Names that lead somewhere: out of a line, out of a list of options, out of UTF-8, to a terminal.
odd_names() {
	local n=0
	for name in $'two\nlines.txt' 'back\slash' $'cr\r' $'all\\\n\r\377' '-dash' "quotes'\"" $'bell\a\033[2J' '$(touch x)' '%s%n'; do
		n=$((n + 1))
		echo "odd $n" >"card/odd/$name"
	done
}

@test "new-on-card: several folders, names of all kinds, what cannot be told apart is not left out" {
	odd_names
	photo-init -q lib >/dev/null
	photo-import -q card/DCIM lib >/dev/null
	mv card/odd ./-odd
	"$ROOT/examples/new-on-card" card/DCIM -odd lib >new
	! LC_ALL=C grep -q '[[:cntrl:]]' new || false
	# what a shell reads back are the names
	eval "printf '%s\\0' $(tr '\n' ' ' <new)" | sort -z >got
	find ./-odd card/DCIM/100CANON/@eaDir -type f -print0 | sort -z | cmp - got
	[ ! -e x ]
}

@test "operands that are missing, or swapped: the usage, status 2, and nothing is done" {
	photo-init -q lib >/dev/null
	mkdir out
	before=$(find . | sort)
	while read -r name operands; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr "$ROOT/examples/$name" $operands
		[ -z "$output" ] || { echo "$name $operands"; false; }
		[[ $stderr == "$name: "*"usage: $name FOLDER..."* ]] || { echo "$name $operands: $stderr"; false; }
	done <<-'END'
		by-camera
		by-camera card
		by-camera out2 card
		by-camera out card
		by-camera out card/DCIM
		by-camera out card/DCIM/102NIKON
		by-camera gone card out
		checksums
		checksums gone
		checksums card gone
		checksums card/notes.txt
		duplicates
		duplicates card gone
		new-on-card
		new-on-card card
		new-on-card lib card
		new-on-card gone lib
		new-on-card card gone
		places
		places gone card
	END
	[ "$(find . | sort)" = "$before" ]
}

@test "-h and --help: what it does and its usage, status 0" {
	for example in "$ROOT"/examples/*; do
		[ -x "$example" ] || continue
		name=${example##*/}
		for help in -h --help; do
			run -0 --separate-stderr "$example" $help
			[[ $output == "$name -- "*$'\n'"usage: $name FOLDER..."* && -z $stderr ]]
		done
	done
}
