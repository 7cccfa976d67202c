#!/usr/bin/env bats
# bats file_tags=no-races
# lying -- file systems that lie or lack what others can (tests/tools/lying.c), and clocks that do (tests/fault/clock.c).
load helper
load lying
bats_require_minimum_version 1.5.0

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
@test "numbers of folders that are others at each look: neither the card nor the library has gone" {
	cards
	lie real shown inodes
	photo-init -q shown/lib >/dev/null
	for more in '' --move; do
		run -0 --separate-stderr photo-import -q $more shown/card shown/lib
		[ -z "$stderr" ]
		[ -n "$more" ] || run -0 photo-check -q shown/card shown/lib
		[[ ${lines[0]} == '7 '* ]]
	done
	run -0 photo-verify -q shown/lib
	[ -z "$(find real/card -type f)" ]
	nothing_lost
}

@test "without renaming that replaces nothing" { harmless no-rename2; }
@test "names whose accents are written otherwise" { harmless fold decompose; }
@test "what was seen once is not looked at again" { harmless stale; }
@test "no page cache, reads that bring half, fsync that does nothing, an error of each close" { harmless short forget-fsync close=EIO; }

@test "all of these at once, on the card or in the library" {
	plain
	init='' place=''
	for where in card lib; do
		whole $where fat inodes no-link fold short close=EIO
		placed $where inodes no-rename2 fold stale
	done
}

# ---- names ----

@test "names that are one where they lie: nothing is overwritten, no numbers without end, nothing is new" {
	mkdir -p real/lib
	picture card/a/Foto.jpg one
	picture card/b/FOTO.JPG two
	picture card/c/foto.JPG three
	picture card/a/$'Z\303\274rich.jpg' four
	picture card/b/$'Zu\314\210rich.jpg' five
	picture card/c/$'Z\303\274RICH.jpg' six
	picture card/$'\303\274/x.jpg' seven
	picture card/$'u\314\210/x.jpg' eight
	cp -a card again && find again -type f -exec touch -d 2024-06-01 {} +
	held card >before
	for template in '{name}' '{folder}/{name}'; do
		rm -rf real && mkdir -p real/lib
		lie real/lib lib fold
		photo-init -q lib >/dev/null
		run -0 photo-import --template="$template" card lib
		[[ ${lines[0]} == *': 8 copied' ]]
		truth
		lie real/lib lib fold
		run -0 photo-import --template="$template" card lib
		[[ ${lines[0]} == *': 8 imported before' ]]
		run -0 photo-import --template="$template" again lib
		[[ ${lines[0]} == *': 8 duplicates' ]]
		run -0 photo-verify lib
		[ "$output" = '8 files read: 8 as recorded' ]
		find again -type f -print0 | place-file -C "$T" --from=again -t lib --template="$template" --undated="$template" >out
		[ "$(jqr .place.action out | sort -u)" = exists ]
		nothing_lost
		[ "$(find real/lib -name .dcim -prune -o -type f -print | wc -l)" -eq 8 ]
	done
}

# ---- what cannot be done there is refused ----

@test "neither a safe rename nor links: refused, unless --weak-publish" {
	cards
	showing lib no-rename2 no-link
	run -3 photo-init -q lib
	[[ $output == *--weak-publish* ]]
	run -3 --separate-stderr place-file -t lib real/card/1/A.JPG
	[[ $stderr == *--weak-publish* ]]
	run -3 --separate-stderr place-file --move -t lib real/card/1/A.JPG
	[ -z "$(find real/lib -name .dcim -prune -o -type f -print)" ]
	nothing_lost
	init=--weak-publish place=--weak-publish
	whole card,lib no-rename2 no-link
	placed lib no-rename2 no-link
}

@test "photo-import: neither a safe rename nor links: refused, unless --weak-publish" {
	cards
	photo-init -q real/lib >/dev/null
	showing lib no-rename2 no-link
	run -3 --separate-stderr photo-import -q real/card lib
	[ -z "$(find real/lib -name .dcim -prune -o -type f -print)" ]
	run -0 photo-import -q --weak-publish real/card lib
	[[ ${lines[0]} == '7 files, '*': 6 copied, 1 duplicate' ]]
	nothing_lost
}

@test "an fsync that fails: nothing is published there, no source goes, status 3" {
	for error in EIO ENOSPC; do
		cards
		photo-init -q real/lib >/dev/null
		showing card,lib fsync=$error
		run -3 photo-import --move card lib
		run -3 place-file -q --move -t lib card/1/A.JPG
		[ "$(find real/card -type f | wc -l)" -eq 7 ]
		[ -z "$(find real/lib -name .dcim -prune -o -type f -print)" ]
		nothing_lost
		# the source's own need not be flushed
		showing card fsync=$error
		run -0 photo-import --move card real/lib
		nothing_lost
	done
}

@test "a file that ends elsewhere than its size says is not placed, and stays" {
	for size in size-zero size-more=100; do
		cards
		photo-init -q real/lib >/dev/null
		showing card $size
		run -1 photo-import --move card real/lib
		[[ $output == *': 7 failed'* && $output == *'changed while it was being read'* ]]
		run -1 photo-check card real/lib
		[[ $output != *safe* ]]
		run -1 place-file -q --move -t real/lib card/1/B.JPG
		[ -z "$(find real/lib -name .dcim -prune -o -type f -print)" ]
		nothing_lost
	done
}

@test "a bad place on the card, and in the library: that file only, each time, and it stays" {
	cards
	photo-init -q real/lib >/dev/null
	showing card inodes read-eio=B.JPG at=200000
	run -1 photo-import card real/lib
	[[ $output == *': 5 copied, 1 duplicate, 1 failed'* && $output == *'card/1/B.JPG: Input/output error'* ]]
	run -1 photo-check card real/lib
	[[ ${lines[0]} == '6 of 7 files are in '*': do not format yet' ]]
	run -1 photo-import --move card real/lib
	[ "$(find real/card -type f)" = real/card/1/B.JPG ]
	nothing_lost
	cards
	photo-init -q real/lib >/dev/null
	photo-import -q real/card real/lib >/dev/null
	showing lib read-eio=B.JPG at=200000
	run -1 photo-verify lib
	[[ $output == *'Unreadable: 1'*1/B.JPG* ]]
	run -1 photo-import --move real/card lib
	[ "$(find real/card -type f)" = real/card/1/B.JPG ]
	nothing_lost
}

@test "a library seen as it was, and changed behind: no source goes for what is not there" {
	for change in 'echo more >>' 'rm' 'truncate -s 50' 'cp -p real/lib/other' 'cp -p real/lib/other real/lib/x; mv real/lib/x'; do
		cards
		photo-init -q real/lib >/dev/null
		showing lib stale
		photo-import -q --template='{dir}/{name}' real/card lib >/dev/null
		photo-verify -q lib
		printf 'other, of that size%081d' 0 >real/lib/other
		touch -r real/lib/1/A.JPG real/lib/other
		eval "$change real/lib/1/A.JPG"
		photo-import --move --template='{dir}/{name}' real/card lib >out 2>&1 || [ $? -eq 1 ]
		nothing_lost
	done
}

# ---- what hangs ----

# hung SIGNAL COMMAND... -- it waits for B.JPG for ever, and ends by the signal, given again where two seconds do not do.
hung() {
	local signal=$1 status=0
	: >log
	setsid env --default-signal=INT "${@:2}" >out 2>err 3>&- &
	hung=$!
	wait_for log '^hang'
	wait_until is_ended "$signal"
	wait "$hung" || status=$?
	[ "$status" -gt 128 ]
}

is_ended() {
	kill "-$1" -- "-$hung" 2>/dev/null || :
	timeout 2 tail --pid="$hung" -f /dev/null || :
	! ps -o stat= -g "$hung" | grep -qv '^Z'
}

@test "a file that hangs: who waits for it can be ended, nothing is lost, and the next run goes on" {
	plain
	cards
	photo-init -q real/lib >/dev/null
	showing card hang=B.JPG "until=$T/go"
	hung TERM photo-import card real/lib
	hung INT photo-import --move card real/lib
	hung KILL photo-import --move card real/lib
	for signal in TERM KILL; do
		hung $signal place-file -q -t real/lib --template='placed/{name}' card/1/A.JPG card/1/B.JPG card/2/G.JPG
	done
	: >go
	run -0 photo-import card real/lib
	run -0 photo-check card real/lib
	run -0 photo-import --move card real/lib
	[ -z "$(find real/card -type f)" ]
	nothing_lost
}

# ---- clocks ----

# at CLOCK COMMAND... -- by that clock (tests/fault/clock.c).
at() {
	plain
	[ -e "$TOOLS/clock.so" ] || skip "no tools beside the programs"
	CLOCK=$1 LD_PRELOAD=$TOOLS/clock.so "${@:2}"
}

# One that stands still (=SECONDS), goes back, was never set, is far ahead, or jumps while a program runs (@N).
clocks=('=1700000000' '=1700000000' '=0' +500000000 -18000 +18000@3 +0)

@test "whatever clocks say: each run has a log of its own, in their order, and the order of the rows is the database's" {
	cards
	photo-init -q real/lib >/dev/null
	for i in "${!clocks[@]}"; do
		picture new/$i.jpg "p$i"
		at "${clocks[$i]}" photo-import -q new real/lib >/dev/null
	done
	run -0 photo-import --runs real/lib
	[ "${#lines[@]}" -eq "${#clocks[@]}" ]
	for i in "${!clocks[@]}"; do [[ ${lines[$i]} == *" $((i + 1)) file"* ]] || { echo "$output" && false; }; done
	cat real/lib/.dcim/runs/*.ndjson | jqr 'select(.place.action == "copied").path' >placed
	[ "$(cat placed)" = "$(for i in "${!clocks[@]}"; do echo new/$i.jpg; done)" ]
	cat real/lib/.dcim/runs/*.ndjson | hashdb-merge -q --root=real/lib again.db >/dev/null
	[ "$(hashdb-list --relative again.db | jq -c '[.path, .hash]')" = "$(hashdb-list --relative real/lib/.dcim/hash.db | jq -c '[.path, .hash]')" ]
	[ -z "$(find real/lib -name '*-1.jpg')" ]
}

@test "clocks and what is removed: --move moves, and nothing is lost" {
	for clock in =0 -18000@3 +500000000; do
		cards
		at "$clock" photo-init -q real/lib >/dev/null
		at "$clock" photo-import -q --move real/card real/lib >out || [ $? -eq 1 ]
		photo-import -q --move real/card real/lib >out || { cat out && false; }
		[ -z "$(find real/card -type f)" ]
		nothing_lost
	done
}

@test "clocks: photo-verify reads all, the stalest first, where a clock in 1970 has dated some" {
	cards
	photo-init -q real/lib >/dev/null
	photo-import -q real/card real/lib >/dev/null
	at "=0" photo-verify -q real/lib
	picture new/N.JPG n
	at "=0" photo-import -q new real/lib >/dev/null
	run -0 photo-verify real/lib
	[ "$output" = '7 files read: 7 as recorded' ]
	at +500000000 photo-verify -q --budget=1 real/lib || [ $? -le 1 ]
	run -0 photo-verify real/lib
	[ "$output" = '7 files read: 7 as recorded' ]
	[ "$(hashdb-list --stale-first --relative real/lib/.dcim/hash.db | wc -l)" -eq 7 ]
}
