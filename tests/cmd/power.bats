#!/usr/bin/env bats
# bats file_tags=no-races
# power -- the power goes at any instant: what was acknowledged is there, nothing is lost or torn, and the same command
# completes (tests/fault/power).  POWER sets how many instants (10) for each of two file systems.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	plain
	need jq sqlite3 xxhsum setpriv
	TOOLS=${TOOLS:-$ROOT/build/tools}
	[ -x "$TOOLS/recorder" ] || skip 'no tools beside the programs'
	[ "$(id -u)" -eq 0 ] && [ -e /dev/fuse ] && unshare --mount --pid --fork true 2>/dev/null || skip 'no mount is permitted'
}

# power FILE-SYSTEM... -- the table to `rows`, the complaints to `said`.
power() {
	status=0
	"$ROOT/tests/fault/power" "${BIN%/bin}" "$@" >rows 2>said 3>&- || status=$?
	! grep -q 'skipped: ' rows || skip "$(sed -n 's/.*\(skipped: [^|]*\) |.*/\1/p' rows | head -n 1)"
}

# column N -- the sum of it, where 1 is the instants.
column() { awk -F ' *[|] *' -v n="$1" '{ sum += $(n + 3) } END { print sum }' rows; }

@test "power lost on ext4 and btrfs: nothing is lost, torn or acknowledged and gone; the same command completes" {
	POWER=${POWER:-10} power ext4-ordered btrfs
	[ "$status" -eq 0 ] || { cat rows said; false; }
	[ "$(wc -l <rows)" -eq 10 ]
	[ "$(column 1)" -ge 20 ]
	[ "$(column 2)" -gt 1000 ]
	[ "$(for n in 3 4 5 6 7 8; do column $n; done | paste -sd ' ')" = '0 0 0 0 0 0' ] || { cat rows; false; }
}

@test "the rig sees a program, or a file system, that flushes nothing: what it has acknowledged is gone" {
	POWER=3 POWER_RUNS=import POWER_PRELOAD=$TOOLS/nosync.so power ext4-ordered
	[ "$status" -eq 1 ] || { cat rows said; false; }
	[ "$(column 8)" -gt 0 ] || { cat rows said; false; }
	grep -q '^power: ext4-ordered: import: cut at .*: place-file has said it is there: 2024/' said
}

@test "the rig sees names whose contents were not flushed: they are torn" {
	NOSYNC=data POWER=3 POWER_RUNS=pipe POWER_PRELOAD=$TOOLS/nosync.so power ext4-writeback
	[ "$status" -eq 1 ] || { cat rows said; false; }
	[ "$(column 5)" -gt 0 ] || { cat rows said; false; }
	grep -q '^power: ext4-writeback: pipe: cut at .*: torn: lib/2024/' said
}

@test "a disk that is not asked to flush proves nothing, nor does a file system that is not there: skipped, never ok" {
	status=0
	POWER=3 POWER_RUNS=pipe POWER_OPTIONS=nobarrier "$ROOT/tests/fault/power" "${BIN%/bin}" ext4-ordered nonesuch >rows 2>said 3>&-
	[ "$(cut -d '|' -f 2-4 rows)" = " power loss, ext4-ordered | pipe | skipped: the disk was not asked to flush 
 power loss, nonesuch | pipe | skipped: mkfs.nonesuch is not installed " ] || { cat -A rows; cat said; false; }
}

# judged WORKLOAD -- what power.jq says of the tables in files, after, rows and after_rows, cut behind all marks.
judged() {
	jq -nRr --arg workload "$1" --argjson cut 100 --arg lib lib/ --rawfile want want --rawfile marks marks --rawfile risk risk \
		--rawfile files files --rawfile rows rows --rawfile after after --rawfile after_rows after_rows \
		-f "$ROOT/tests/fault/power.jq"
}

@test "what is lost, overwritten, torn, without its row or file, or acknowledged and gone, is counted as such" {
	printf 'aa\tone/1\nbb\ttwo/1\n' >want
	printf 'aa\tcards/one/1\n' >risk
	printf '%s\t0\t%s\t%s\n' 5 place-file '{"path":"x","hash":{"xxh128":"aa"},"place":{"action":"copied","to":"A"}}' \
		6 hashdb-merge '{"path":"x","hash":{"xxh128":"aa"},"place":{"action":"copied","to":"A"}}' \
		>marks && printf '7\t0\tend\n' >>marks
	whole() {
		printf 'aa\tcards/one/1\naa\tlib/A\n' >files
		printf 'aa\tcards/one/1\naa\tlib/A\nbb\tlib/B\n' >after
		echo '{"path":"A","hash":{"xxh128":"aa"}}' >rows
		printf '%s\n' '{"path":"A","hash":{"xxh128":"aa"}}' '{"path":"B","hash":{"xxh128":"bb"}}' >after_rows
	}
	is() { # WORKLOAD WHAT WANT
		[ "$(judged "$1" | head -n 1)" = "$3" ] || { echo "$2"; judged "$1"; false; }
		whole
	}
	whole
	is import whole '1 0 0 0 0 0 0'
	: >files && : >rows && is import 'nothing is left' '1 1 0 0 0 0 2'
	: >after && : >after_rows && is import 'nothing is left by the rerun' '1 1 0 0 0 3 0'
	sed -i 's/^aa\tlib/bb\tlib/' files && is import overwritten '1 0 1 0 1 0 1'
	sed -i 's/^aa\tlib/cc\tlib/' files && is import torn '1 0 0 1 1 0 1'
	sed -i 's/^bb\tlib/cc\tlib/' after && is import 'torn by the rerun' '1 0 0 1 1 1 0'
	sed -i '/lib/d' files && is import 'a file is gone' '1 0 0 0 1 0 1'
	: >rows && is import 'a row is gone' '1 0 0 0 0 0 1'
	sed -i 1d after_rows && is import 'no row' '1 0 0 0 0 1 0'
	sed -i '/lib.B/d' after && is import 'no file' '1 0 0 0 1 1 0'
	sed -i '/cards/d' after && is import 'a source is gone' '1 0 0 0 0 1 0'
	is move 'not moved' '1 0 0 0 0 1 0'
	sed -i '/cards/d' after && is move 'moved' '1 0 0 0 0 0 0'
	printf 'aa\tcards/one/1\nbb\tcards/two/1\n' >after && : >after_rows && is undo 'undone' '1 0 0 0 0 0 0'
	: >after_rows && is undo 'not undone' '1 0 0 0 0 5 0'
	echo '9	0	place-file	{"path":"t/disk/cards/one/1","hash":{"xxh128":"aa"},"place":{"action":"undone","to":"A"}}' >marks
	sed -i '/cards/d' files && is import 'not back' '1 0 0 0 0 0 1'
}

@test "a disk as it was: what was flushed is there, and of the rest none, half or all" {
	cat >inside <<-'END'
		mount -t tmpfs tmpfs . && cd . && mkdir fuse || exit 77
		"$TOOLS/recorder" 1 fuse log &
		until [ -e fuse/disk ]; do kill -0 $! || exit 77; done
		block() { yes "$1" | tr -d '\n' | head -c 262144 | dd of=fuse/disk bs=256k iflag=fullblock seek="$2" conv=notrunc,"$3" 2>/dev/null; }
		block a 0 fsync && echo first >fuse/mark
		block b 1 nocreat && block c 0 nocreat && echo second >fuse/mark
		umount fuse && wait
		"$TOOLS/replay" log marks
		at=$("$TOOLS/replay" log marks | sed -n 's/\t.*second//p')
		for how in none half all; do
			"$TOOLS/replay" log "$at" $how 7 image && tr '\0' 0 <image | fold -w 4096 | cut -c1 | uniq -c | tr -s ' \n' ' ' >$how
			[ "$(stat -c %s image)" -eq 1048576 ] || exit 1
			echo "$how:$(cat $how)"
		done
	END
	TOOLS=$TOOLS run -0 unshare --mount sh inside
	[[ "$output" == *$'\tfirst\n'*$'\tsecond\n'*$'\tall\n'* ]]
	[[ "$output" == *'none: 64 a 192 0 '* ]] || { echo "$output"; false; }
	[[ "$output" == *'all: 64 c 64 b 128 0 '* ]] || { echo "$output"; false; }
	[[ "$output" =~ half:\ .*[0-9]+\ a\ [0-9]+\ c.*b.*0 ]] || { echo "$output"; false; }
}


@test "killed, the rig leaves no process, mount or loop device behind" {
	need setsid losetup
	mkdir home
	looped() { cat /sys/block/loop*/loop/backing_file 2>/dev/null | grep -F "$PWD/home/"; }
	gone() { [ -z "$(pgrep -s "$pid")" ] && [ -z "$(looped)" ]; }
	for signal in TERM KILL; do
		TMPDIR=$PWD/home POWER=1000 setsid "$ROOT/tests/fault/power" "${BIN%/bin}" ext4-ordered >rows 2>said 3>&- &
		pid=$!
		wait_until looped
		kill -s $signal $pid
		wait $pid || :
		[ $signal = KILL ] || [ -z "$(ls home)" ]
		wait_until gone || { pgrep -s "$pid" -a; looped; false; }
	done
	! grep -F "$PWD/home" /proc/mounts || false
}
