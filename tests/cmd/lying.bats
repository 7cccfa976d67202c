#!/usr/bin/env bats
# lying -- file systems that lie or lack what others can (tests/tools/lying.c), and clocks that do (tests/fault/clock.c).
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq mountpoint
	TOOLS=${TOOLS:-$ROOT/build/tools}
	liars=() shown=()
}

teardown() {
	truth
}

# lie FOLDER MOUNTPOINT SWITCH... -- show the one at the other.
lie() {
	[ -w /dev/fuse ] || skip "no /dev/fuse"
	[ -x "$TOOLS/lying" ] || skip "no tools beside the programs"
	mkdir -p "$1" "$2"
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" "$TOOLS/lying" "$@" >lying.out 2>&1 3>&- &
	liars+=($!) shown+=("$2")
	until mountpoint -q "$2"; do kill -0 "${liars[-1]}" 2>/dev/null || skip "no FUSE can be mounted: $(cat lying.out)"; done
}

# truth -- nothing is shown any more but what is there.
truth() {
	local i
	for i in "${!liars[@]}"; do
		kill "${liars[$i]}" 2>/dev/null || :
		wait "${liars[$i]}" || :
		! mountpoint -q "${shown[$i]}" || umount -l "${shown[$i]}"
	done
	liars=() shown=()
}

# picture FILE CONTENT [BYTES] -- what is a JPEG by its first bytes, with an odd time.
picture() {
	mkdir -p "${1%/*}"
	{
		printf '\377\330\377\376\000\010%-6.6s' "$2"
		head -c "${3:-10}" /dev/zero | tr '\0' "${2:0:1}"
		printf '\377\331'
	} >"$1"
	touch -d 2024-05-01T10:00:03.123456789Z "$1"
}

# cards -- real/card: one name twice, one content twice, several pages, a group; what they hold is in `before`.
cards() {
	rm -rf real card lib
	mkdir -p real/lib
	picture real/card/1/A.JPG a 100
	picture real/card/1/B.JPG b 300000
	picture real/card/2/A.JPG c 100
	picture real/card/2/copy.JPG a 100
	picture real/card/2/G.JPG g 5000
	picture real/card/2/G.CR2 r
	echo '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>' >real/card/2/G.xmp
	touch -d 2024-05-01T10:00:03.5Z real/card/2/G.xmp
	held real/card >before
}

held() { find "$@" -name .dcim -prune -o -type f -exec sha256sum {} + | cut -c1-64 | LC_ALL=C sort -u; }
nothing_lost() {
	truth
	held real >after
	[ -z "$(comm -23 before after)" ] || { echo "content is lost" && false; }
}

# showing WHERE SWITCH... -- the card, the library (lib) or both are shown so: $card and $lib.
showing() {
	card=real/card lib=real/lib
	[[ $1 != *card* ]] || { lie real/card card "log=$T/log" "${@:2}" && card=card; }
	[[ $1 != *lib* ]] || { lie real/lib lib "${@:2}" && lib=lib; }
}

# whole WHERE SWITCH... -- a lie that makes no difference: imported, after a new mount known, checked, verified, removed.
whole() {
	cards
	showing "$@"
	photo-init -q $init "$lib" >/dev/null
	run -0 --separate-stderr photo-import "$card" "$lib"
	[[ ${lines[0]} == '7 files, '*': 6 copied, 1 duplicate' && -z $stderr ]] || { echo "$output$stderr" && false; }
	truth
	showing "$@"
	: >log
	run -0 photo-import "$card" "$lib"
	[[ ${lines[0]} == *': 7 imported before' ]] || { echo "$output" && false; }
	! grep '^read ' log || false
	run -0 photo-check "$card" "$lib"
	[[ ${lines[0]} == '7 of 7 files are in '*': safe to '* ]]
	run -0 photo-verify "$lib"
	[ "$output" = '6 files read: 6 as recorded' ] || { echo "$output" && false; }
	run -0 photo-import --move "$card" "$lib"
	[[ $output == *'7 sources were removed.'* ]] || { echo "$output" && false; }
	[ -z "$(find real/card -type f)" ]
	[ "$(find real/lib -name .dcim -prune -o -type f -print | wc -l)" -eq 6 ]
	nothing_lost
}

# placed WHERE SWITCH... -- the same with place-file alone: copied, then there, then moved into another folder.
placed() {
	cards
	showing "$@"
	(cd "$card" && find . -type f -print0) | LC_ALL=C sort -z >names
	place-file $place -C "$card" -t "$T/$lib" --template='{dir}/{name}' <names >out
	[ "$(jqr .place.action out | sort | uniq -c | xargs)" = "6 copied 1 duplicate" ]
	truth
	showing "$@"
	place-file $place -C "$card" -t "$T/$lib" --template='{dir}/{name}' <names >out
	[ "$(jqr .place.action out | sort | uniq -c | xargs)" = "1 duplicate 6 exists" ] || { cat out && false; }
	place-file $place --move -C "$card" -t "$T/$lib" --template='moved/{dir}/{name}' <names >out
	[ "$(jqr .place.source out | sort | uniq -c | xargs)" = "7 removed" ] || { cat out && false; }
	[ -z "$(find real/card -type f)" ]
	nothing_lost
}

# harmless SWITCH... -- on both sides at once.
harmless() {
	init='' place=''
	whole card,lib "$@"
	placed card,lib "$@"
}

@test "FAT: times in two seconds, no modes, no links: nothing is read again, nothing is called modified" { harmless fat; }
@test "inode numbers that are others at each look" { harmless inodes; }
@test "without renaming that replaces nothing" { harmless no-rename2; }
@test "without links" { harmless no-link; }
@test "names that fold" { harmless fold; }
@test "names whose accents are written otherwise" { harmless fold decompose; }
@test "what was seen once is not looked at again" { harmless stale; }
@test "no page cache, and reads that bring half" { harmless short; }
@test "fsync that does nothing, and files that cannot be closed without an error" { harmless forget-fsync close=EIO; }
@test "slow reads and writes" { harmless slow=2; }

@test "all of these at once, on the card or in the library" {
	plain
	init='' place=''
	for where in card lib; do
		whole $where fat inodes no-link fold short close=EIO
		placed $where inodes no-rename2 fold stale
	done
}
