#!/usr/bin/env bats
# bats file_tags=no-races
# failing-io -- each program with each of its calls of a kind failing in turn: short and interrupted ones change nothing,
# others fail a record, are warned of, or end the run; nothing is lost or said to be done that is not.
load helper
load fault

setup_more() {
	need_faults
	three
	rmdir lib
	printf '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>' >src/a.xmp
	touch -d 2020-01-02T03:04:05Z src/*
	files=(src/a src/b src/c)
}

JUDGE_SAME='if .status != 0 or .lines != $want then "not the same" else empty end'

# A record may also be poorer where a warning says so.
JUDGE_FAILING=$JUDGE_STATUS',
	(if .status < 2 and (.lines | length) != ($want | length) then "lines lost" else empty end),
	(.lines[] as $line | $line | (try fromjson catch "no JSON") |
		if . == "no JSON" then . elif .error or .warnings or any($want[]; . == $line) then empty else "poorer" end)'

# fails PROGRAM KINDS COMMAND... -- every kind of failure, judged by what it is.
fails() {
	local program=$1 kinds=$2 kind
	shift 2
	for kind in $kinds; do
		with_faults "$program" "${kind%:*}" "${kind#*:}" 1 "$@" || { echo "no fault, or no end: $kind"; false; }
		case $kind in
		*:short | *:EINTR | rename:late-*) judge "$JUDGE_SAME" ;;
		*) judge "${JUDGE:-$JUDGE_FAILING}" ;;
		esac || { echo "$kind"; false; }
	done
}

COMMON='read:short read:EINTR read:EIO open:EIO open:EMFILE stat:EIO write:short write:EINTR write:ENOSPC write:EIO'

@test "exif-read, file-hash" {
	fails exif-read "$COMMON" exif-read -j1 --retry=0 "${files[@]}"
	fails file-hash "$COMMON close:EIO" file-hash -j1 --retry=0 "${files[@]}"
	file-hash "${files[@]}" >records
	fails file-hash "$COMMON" bash -c 'file-hash -j1 --retry=0 --verify <records'
}

@test "hashdb-lookup, hashdb-list" {
	library
	fails hashdb-lookup "${COMMON/stat:EIO/}" bash -c "hashdb-lookup -j1 --retry=0 $db <placed"
	fails hashdb-lookup "${COMMON/stat:EIO/}" bash -c "hashdb-lookup -j1 --retry=0 --by=source $db <placed"
	fails hashdb-list "$COMMON" hashdb-list $db
}

@test "hashdb-merge: what it acknowledges is recorded" {
	merging
	JUDGE=$JUDGE_FAILING$JUDGE_RECORDED
	fails hashdb-merge "$COMMON sync:EIO close:EIO" bash -c 'hashdb-merge -j1 --retry=0 --root=lib merged.db <placed'
}

@test "place-file: what it says is placed is there, and no content is lost" {
	fresh() {
		rm -rf lib src
		mkdir lib
		cp -a kept src
	}
	left() { three_left; }
	mv src kept
	JUDGE=$JUDGE_FAILING$JUDGE_PLACED
	for how in --copy --move --verify=readback; do
		fails place-file "$COMMON sync:EIO close:EIO rename:late-EIO" place-file -q -j1 --retry=0 $how -t lib "${files[@]}"
	done
}

@test "place-file: members of an archive; what it says is placed is there, and no content is lost" {
	need bsdtar
	three
	bsdtar -acf x.tar.xz src/a src/b src/c
	for n in 1 2 3; do printf '{"path":"src/%s","archive":"x.tar.xz","member":%d}\n' "$(cut -c $n <<<abc)" $n; done >records
	fresh() { three; }
	left() { three_left; }
	JUDGE=$JUDGE_FAILING$JUDGE_PLACED
	fails place-file "$COMMON sync:EIO close:EIO" bash -c 'place-file -q -j1 --retry=0 --verify=readback -t lib <records'
}

@test "place-file --mirror: what it says of library and mirror is there" {
	fresh() {
		rm -rf lib src mirror
		mkdir lib mirror
		cp -a kept src
	}
	left() {
		three_left
		find mirror -name .dcim -prune -o -type f -exec sed 's/^/mirror /' {} +
	}
	mv src kept
	JUDGE=$JUDGE_FAILING$JUDGE_PLACED$JUDGE_MIRRORED
	fails place-file 'open:EIO write:EIO write:ENOSPC sync:EIO' place-file -q -j1 --retry=0 --mirror=mirror -t lib "${files[@]}"
}

@test "file-repair: what was there is kept, and what it says is repaired is" {
	rotten
	JUDGE=$JUDGE_STATUS$JUDGE_REPAIRED
	fails file-repair "$COMMON sync:EIO close:EIO" bash -c 'file-repair -j1 --retry=0 --to=lib --from=backup <bad'
}

@test "place-file --undo: no content is lost, and what it says is undone is" {
	left() { three_left; }
	JUDGE=$JUDGE_STATUS$JUDGE_UNDONE
	fresh() { placed --copy; }
	fails place-file 'read:short open:EIO stat:EIO sync:EIO' bash -c 'place-file -q -j1 --retry=0 --undo <log'
	fresh() { placed --move; }
	fails place-file 'stat:EIO sync:EIO' bash -c 'place-file -q -j1 --retry=0 --undo <log'
}

@test "a full folder for temporary files is named" {
	file-hash "${files[@]}" | sed "s/}$/,\"title\":\"$(printf %0900d 0)\"}/" >few
	for i in {1..80}; do cat few; done >records
	run bash -c 'TMPDIR=/nowhere hashdb-merge -q --root=. hash.db <records 2>&1 >out'
	[ "$status" -eq 3 ]
	[[ "$output" == *"temporary file in /nowhere; set TMPDIR to another folder"* ]]
}
