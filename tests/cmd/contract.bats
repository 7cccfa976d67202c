#!/usr/bin/env bats
# contract -- what every program has to do, put to each of them; a new program is covered by being there.
load helper
bats_require_minimum_version 1.5.0

# Which programs there are, and which of them read records from stdin and write records to stdout.
programs() { ls "$BIN"; }
is_script() { [ "$(head -c 2 "$BIN/$1")" = '#!' ]; }
scripts() {
	local p
	for p in $(programs); do ! is_script "$p" || echo "$p"; done
}
compiled() {
	local p
	for p in $(programs); do is_script "$p" || echo "$p"; done
}
streams() { compiled | grep -vx -e hashdb-list -e hashdb-diff; }
threaded() { streams | grep -vx -e record-mirror -e record-paths -e photo-report; }
filters() { streams | grep -vx -e record-paths -e photo-report; }
readers() { streams | grep -x -e exif-read -e file-hash -e place-file; }

# call PROGRAM ARGUMENT... -- with what it cannot do without, in the current directory; behind the words of `under`.
call() {
	local p=$1
	shift
	case $p in
	hashdb-merge | hashdb-lookup | hashdb-list) ${under-} "$p" "$@" hash.db ;;
	hashdb-diff) ${under-} "$p" "$@" hash.db hash.db ;;
	place-file) mkdir -p lib && ${under-} "$p" --to=lib "$@" ;;
	*) ${under-} "$p" "$@" ;;
	esac
}

# clean PROGRAM -- a directory of its own, so that what one leaves is not in the next one's way.
clean() { mkdir "$T/$1" && cd "$T/$1"; }

# hashdb-lookup warns of a database that is not there yet; nothing else says anything.
silent() { ! grep -v 'hash.db' "$1"; }

some_files() {
	mkdir "$T/files"
	for n in 1 2 3 4 5; do echo "content $n" >"$T/files/$n.txt"; done
}

hostile_files() {
	mkdir "$T/odd"
	for name in 'two
lines' -dash '{"path":"x"}' "quotes'\"\\" ' blank ' $'tab\tbell\a' $'latin\351\377' größe; do
		echo "$name" >"$T/odd/$name"
	done
}

@test "--help: on stdout, status 0, the usage first" {
	for p in $(programs); do
		"$p" --help >out 2>err || { echo "$p: $?"; false; }
		head -n 1 out | grep -q "^usage: $p " || { echo "$p"; cat out; false; }
		[ ! -s err ]
		grep -q -e '--version' out
		is_script "$p" || "$p" -h | cmp - out
		! grep -vE '^(.{29} [^ ].{,49}|      --[^ ]*)$' < <(grep '^ ' out) || { echo "$p: too wide for a terminal, or not in its column"; false; }
	done
}

@test "--version: the name and the version" {
	for p in $(programs); do
		run -0 --separate-stderr "$p" --version
		[[ $output == "$p (dcim-utils) "[0-9]* ]] || { echo "$p: $output"; false; }
		is_script "$p" || [ "$("$p" -V)" = "$output" ]
	done
}

@test "an unknown option is a usage error" {
	for p in $(programs); do
		for option in --no-such-option -Z; do
			rc=0
			"$p" $option </dev/null >out 2>err || rc=$?
			[ $rc -eq 2 ] || { echo "$p $option: $rc"; cat err; false; }
			[ ! -s out ]
			grep -q "^$p: " err
			grep -q -e '--help' err
		done
	done
}

@test "standard output that is full: status 3, for --help too" {
	for p in $(programs); do
		rc=0
		"$p" --help >/dev/full 2>err || rc=$?
		[ $rc -eq 3 ] || { echo "$p: $rc"; false; }
	done
}

@test "empty input: nothing comes out, status 0" {
	for p in $(filters); do
		clean "$p"
		call "$p" </dev/null >out 2>err || { echo "$p: $?"; cat err; false; }
		[ ! -s out ] || { echo "$p"; cat out; false; }
		silent err
	done
}

@test "a missing last NUL or newline is fine" {
	some_files
	for p in $(filters); do
		clean "$p"
		printf '%s\0%s' ../files/1.txt ../files/2.txt | call "$p" >out 2>err || { echo "$p: $?"; cat err; false; }
		[ "$(wc -l <out)" -eq 2 ] || { echo "$p"; cat out; false; }
		rm -rf ./*
		printf '{"path":"../files/1.txt"}\n{"path":"../files/2.txt"}' | call "$p" >out 2>err || { echo "$p: $?"; cat err; false; }
		[ "$(wc -l <out)" -eq 2 ] || { echo "$p"; cat out; false; }
	done
}

@test "paths are bytes: newline, leading - and {, quotes, invalid UTF-8" {
	need jq
	hostile_files
	for p in $(filters); do
		clean "$p"
		(cd "$T/odd" && find . -type f -printf '%P\0') | sort -z >paths
		mkdir work
		cp -r "$T/odd/." work
		(cd work && call "$p" <../paths >../out 2>../err) || { echo "$p: $?"; cat err; false; }
		jq -e .path <out >/dev/null || { echo "$p: no JSON"; false; }
		record-paths <out | cmp - paths || { echo "$p"; cat -v out; false; }
		# again as records, from the program's own output
		(cd work && rm -rf lib hash.db && call "$p" <../out 2>../err | record-paths >../again)
		cmp again paths || { echo "$p: as records"; cat -v again; false; }
	done
}

@test "operands are paths, and standard input is not read" {
	some_files
	for p in exif-read file-hash place-file; do
		clean "$p"
		echo garbage | call "$p" ../files/1.txt ../files/2.txt >out 2>err || { echo "$p: $?"; cat err; false; }
		[ "$(record-paths <out | tr '\0' ' ')" = '../files/1.txt ../files/2.txt ' ] || { cat out; false; }
	done
}

@test "nothing that is said can drive a terminal" {
	esc=$'\033[2J\302\233%n\r'
	mkdir "$esc" && touch "$esc/x"
	for p in $(programs); do
		is_script "$p" && continue
		clean "$p"
		for arguments in "-C|gone$esc" "-C|../$esc|gone$esc" "../$esc" "gone$esc" "--$esc" "-j$esc" "--progress=$esc" "--jobs=$esc"; do
			IFS='|' read -r -a words <<<"$arguments"
			call "$p" "${words[@]}" </dev/null >>out 2>>err || true
		done
		printf '%s\0' "gone$esc" "../$esc" "../$esc/x" "x/$esc" | call "$p" >>out 2>>err || true
		printf '{"path":"x","a%s":1,"a%s":2}\n{"path":"y","hash":{"%s":"z"},"place":{"action":"copied","to":"%s"}}\n' \
			"${esc:4}" "${esc:4}" "${esc:4:2}" "${esc:4:2}" | call "$p" >>out 2>>err || true
		[ -s err ] || { echo "$p says nothing"; false; }
		! LC_ALL=C grep -a -q $'[\001-\010\013-\037\177]\|\302[\200-\237]' err || { echo "$p"; cat -v err; false; }
	done
}

@test "-C: relative paths start there, and stay as they are in the records" {
	some_files
	for p in $(readers); do
		clean "$p"
		to=
		[ "$p" != place-file ] || to=--to=$PWD/lib
		printf '1.txt\0' | call "$p" -C "$T/files" $to >out 2>err || { echo "$p: $?"; cat err; false; }
		[ "$(record-paths <out | tr '\0' ' ')" = '1.txt ' ] || { echo "$p"; cat out; false; }
	done
}

@test "one of three that cannot be read: three records, an error, status 1" {
	need jq
	some_files
	for p in $(readers); do
		clean "$p"
		rc=0
		printf '%s\0' ../files/1.txt ../files/gone.txt ../files/3.txt | call "$p" >out 2>err || rc=$?
		[ $rc -eq 1 ] || { echo "$p: $rc"; cat err; false; }
		[ "$(jqr .path <out | tr '\n' ' ')" = '../files/1.txt ../files/gone.txt ../files/3.txt ' ]
		[ "$(jq -c '[.error.tool, .error.code, (.error.op | type), (.error.message | type)]' <<<"$(sed -n 2p out)")" = \
			"[\"$p\",\"ENOENT\",\"string\",\"string\"]" ] || { cat out; false; }
		[ "$(grep -c '"error"' out)" -eq 1 ]
		grep -q "^$p: ../files/gone.txt: " err || { cat err; false; }
	done
}

@test "no permission is an error of that file" {
	need jq
	[ "$(id -u)" -ne 0 ] || skip "root may read everything"
	some_files
	chmod 000 files/2.txt
	for p in $(readers); do
		clean "$p"
		rc=0
		printf '%s\0' ../files/1.txt ../files/2.txt ../files/3.txt | call "$p" >out 2>err || rc=$?
		[ $rc -eq 1 ]
		[ "$(wc -l <out)" -eq 3 ]
		[ "$(jqr 'select(.error).error.code' <out)" = EACCES ]
	done
}

@test "-q: no word about single files" {
	for p in $(readers); do
		clean "$p"
		rc=0
		printf 'gone\0' | call "$p" -q >out 2>err || rc=$?
		[ $rc -eq 1 ] && [ ! -s err ] || { echo "$p: $rc"; cat err; false; }
	done
	cd "$T"
	for p in $(streams); do
		clean "$p-line"
		for q in '' -q; do
			echo '{"no":"record"}' | call "$p" $q >out 2>"err$q" && { echo "$p: 0"; false; }
		done
		grep -qv 'hash.db' err && [ ! -s err-q ] || { echo "$p"; cat err err-q; false; }
	done
}

@test "a folder, a FIFO, a socket, a device: an error, never a wait" {
	need jq python3
	mkdir folder
	mkfifo fifo
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
	for p in $(readers); do
		clean "$p"
		rc=0
		printf '%s\0' ../folder ../fifo ../socket /dev/null | call timeout_20 "$p" >out 2>err || rc=$?
		[ $rc -eq 1 ] || { echo "$p: $rc"; cat err; false; }
		[ "$(jqr .error.code <out | tr '\n' ' ')" = 'EISDIR EINPUT EINPUT EINPUT ' ] || { echo "$p"; cat out; false; }
		grep -q 'find' err || { echo "$p: no hint for a folder"; cat err; false; }
	done
}
timeout_20() {
	mkdir -p lib
	[ "$1" != place-file ] || set -- "$@" --to=lib
	timeout 120 "$@"
}

@test "standard output that is full: status 3 and a message" {
	some_files
	for p in $(streams); do
		clean "$p"
		rc=0
		printf '%s\0' ../files/1.txt | call "$p" >/dev/full 2>err || rc=$?
		[ $rc -eq 3 ] || { echo "$p: $rc"; cat err; false; }
		grep -q "^$p: " err
	done
}

@test "a reader that goes away: quiet, status 3" {
	some_files
	for ((i = 0; i < 3000; i++)); do printf '{"path":"../files/1.txt","note":"%0100d"}\n' $i; done >many
	for p in $(filters); do
		clean "$p"
		call "$p" <../many 2>err | head -c 10 >/dev/null
		rc=${PIPESTATUS[0]}
		[ "$rc" -eq 3 ] || { echo "$p: $rc"; cat err; false; }
		silent err
	done
}

@test "-j1 and -j8: the same bytes in the same order" {
	some_files
	hostile_files
	(cd "$T" && find odd files -type f -print0) | sort -z >paths
	for i in 1 2 3 4 5 6 7 8 9; do cat paths; done | sed -z 's|^|../../|' >many
	for p in $(filters); do
		for j in 1 8; do
			clean "$p-j$j"
			mkdir in && cd in
			call "$p" -j$j <"$T/many" >../out 2>../err || { echo "$p -j$j: $?"; tail -n 3 ../err; false; }
		done
		cd "$T"
		cmp "$p-j1/out" "$p-j8/out"
		[ "$(wc -l <"$p-j1/out")" -eq 117 ]
	done
}

@test "-u: every record, in any order" {
	some_files
	for p in $(filters); do
		clean "$p"
		find ../files -type f -print0 | call "$p" -u -j4 >out 2>err
		record-paths <out | sort -z >got
		find ../files -type f -print0 | sort -z | cmp - got || { echo "$p"; false; }
	done
	cd "$T"
	find files -type f -print0 | record-paths -u -j4 | sort -z | cmp - <(find files -type f -print0 | sort -z)
	truncate -s 200M files/0.txt # is long in coming
	[ "$(file-hash -u -j2 -a sha512 files/0.txt files/1.txt | record-paths | tr '\0' ' ')" = 'files/1.txt files/0.txt ' ]
}

@test "-j: as many workers more" {
	need strace
	export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"
	under='strace -f -qq -o trace -e trace=clone,clone3'
	for p in $(threaded); do
		clean "$p"
		hashdb-merge hash.db </dev/null
		for j in 1 4; do
			call "$p" -j$j </dev/null >out 2>err || skip "strace is not permitted"
			grep -cE 'clone3?(\(| resumed).*= [0-9]+$' trace
		done >threads
		[ "$(paste -sd ' ' threads | awk '{ print $2 - $1 }')" -eq 3 ] || { echo "$p"; cat threads; false; }
	done
}

@test "--while: a folder that has gone ends it, quietly" {
	for p in $(compiled); do
		clean "$p"
		hashdb-merge hash.db </dev/null
		rc=0
		call "$p" --while=../gone </dev/null >out 2>err || rc=$?
		[ $rc -eq 3 ] && [ ! -s out ] && [ ! -s err ] || { echo "$p: $rc"; cat err; false; }
		call "$p" --while=.. </dev/null >out 2>err
	done
}

@test "--progress=always and --progress=never" {
	some_files
	for p in $(compiled); do
		clean "$p"
		hashdb-merge hash.db </dev/null
		for when in always never; do
			printf '../files/1.txt\0' | call "$p" --progress=$when >out 2>$when || { echo "$p: $?"; false; }
		done
		grep -q "$p: " always && [ ! -s never ] || { echo "$p"; cat always never; false; }
	done
}

@test "--stats, --metrics and --total" {
	need jq
	some_files
	for p in $(compiled); do
		clean "$p"
		hashdb-merge hash.db </dev/null
		cp ../files/*.txt .
		file-hash ./*.txt | call "$p" --stats=stats.json --metrics=run.prom --total=4K >out || { echo "$p: $?"; false; }
		jq -e --arg p "$p" '.program == $p and .failed == 0' stats.json
		grep -q "^dcim_filter_running{program=\"$p\"} 0\$" run.prom || { echo "$p"; cat run.prom; false; }
		grep -qx "dcim_filter_expected_bytes{program=\"$p\"} 4096" run.prom
	done
}

@test "options that have nothing to act on change nothing" {
	some_files
	file-hash files/*.txt >in
	hashdb-merge hash.db <in >out
	while read -r p options; do
		call "$p" <in >out
		[ -s out ] || [[ $p == hashdb-diff ]]
		for option in $options; do
			call "$p" "$option" <in 2>err | cmp - out || { echo "$p $option"; false; }
			[ ! -s err ]
		done
	done <<-'END'
		hashdb-list -j4 --ndjson -Cfiles -u -q
		hashdb-diff -j4 -0 --ndjson -Cfiles -u -q
		photo-report -j4 -u
		record-mirror -j4 -Cfiles
		record-paths -j4
	END
}

# bats test_tags=no-races,scripts
@test "scripts: -j comes to every program that works in threads" {
	mkdir card bin && printf '\377\330\377\331' >card/a.jpg
	photo-init -q lib >/dev/null
	photo-import -q card lib >/dev/null || [ $? -eq 1 ]
	cp card/a.jpg lib/own.jpg && cp card/a.jpg card/b.png
	cp "$BIN"/* bin # a script takes the programs beside it
	for p in exif-read file-hash place-file copy-compare; do
		printf '#!/bin/sh\necho "%s $*" >>"%s/ran"\nexec "%s" "$@"\n' $p "$T" "$BIN/$p" >bin/$p
	done
	for p in $(scripts); do
		operands=lib
		[[ $p == photo-i[^m]* || $p == photo-verify ]] || operands='card lib'
		rm -f ran
		bin/$p -q -j3 $operands >out || [ $? -eq 1 ]
		[ -s ran ] || { echo "$p"; cat out; false; }
		! grep -v -e ' -j3 ' ran || false
	done
}

# bats test_tags=no-races,scripts
@test "scripts: -q draws no progress" {
	need script
	mkdir card && printf '\377\330\377\331' >card/a.jpg
	photo-init -q lib >/dev/null
	for p in $(scripts); do
		operands=lib
		[[ $p == photo-i[^m]* || $p == photo-verify ]] || operands='card lib'
		for q in '' -q; do
			rm -rf try && mkdir try && cp -a card lib try && cp card/a.jpg try/lib/own.jpg
			script -qec "cd try && TERM=xterm $p $q $operands >../out" "drawn$q" >/dev/null || [ $? -eq 1 ]
		done
		grep -q $'\r.' drawn && ! grep -q $'\r.' drawn-q || { echo "$p"; cat -v drawn drawn-q; false; }
	done
}

@test "a line that is no record: one of its own with the line's number, the others go on; blank lines say nothing" {
	need jq
	some_files
	printf '%s\n' '{"path":"../files/1.txt"}' 'not json' '{"path":"../files/2.txt"' '{"size":1}' '[]' '' '{}}' \
		'{"path":"../files/3.txt"}' >lines
	for p in $(filters); do
		clean "$p"
		rc=0
		call "$p" <../lines >out 2>err || rc=$?
		[ $rc -eq 1 ] || { echo "$p: $rc"; cat err; false; }
		jqr '[.path // "-", .error.code // "ok", .error.line // 0] | join(" ")' <out >got
		diff - got <<-'END' || { echo "$p"; false; }
			../files/1.txt ok 0
			- EINPUT 2
			- EINPUT 3
			- EINPUT 4
			- EINPUT 5
			- EINPUT 7
			../files/3.txt ok 0
		END
	done
}

@test "a record that has failed passes as the bytes it was, and status 1 tells" {
	line='{ "path" : "../x" ,"n":1.10,"error":{"tool":"t","op":"o","code":"EIO","message":"m"},"big":18446744073709551615}'
	for p in $(filters); do
		clean "$p"
		rc=0
		echo "$line" | call "$p" >out 2>err || rc=$?
		[ $rc -eq 1 ] && [ "$(cat out)" = "$line" ] || { echo "$p: $rc"; cat out; false; }
		silent err
	done
}

@test "members that a program does not own stay the bytes they were" {
	some_files
	members='"n":1.10,"big":18446744073709551615,"e":1E+2,"s":"\u0041\/\u0000","o":{"b":[1, 2],"a":null}'
	for p in $(filters); do
		clean "$p"
		echo "{\"path\":\"../files/1.txt\",$members}" | call "$p" >out 2>err || { echo "$p: $?"; cat err; false; }
		grep -qF "$members" out || { echo "$p"; cat out; false; }
	done
}

@test "no member twice" {
	need python3
	some_files
	echo '{"path":"../files/1.txt","size":1,"mtime":"x","type":"y","hash":{"md5":"d41d8cd98f00b204e9800998ecf8427e"},"place":{"a":1},"source":{},"verify":"ok"}' >line
	for p in exif-read file-hash place-file hashdb-merge; do
		clean "$p"
		call "$p" <../line >out 2>err || :
		python3 -c '
import json, sys
def once(pairs):
    names = [k for k, _ in pairs]
    assert len(names) == len(set(names)), names
    return dict(pairs)
json.loads(sys.stdin.readline(), object_pairs_hook=once)' <out || { echo "$p"; cat out; false; }
	done
}

@test "hint: JSON over several lines" {
	for p in $(filters); do
		clean "$p"
		printf '{\n  "path": "a"\n}\n' | call "$p" >out 2>err && { echo "$p: 0"; false; }
		grep -q 'jq -c' err || { echo "$p"; cat err; false; }
	done
}

@test "hint: paths separated by newlines" {
	some_files
	for p in $(readers); do
		clean "$p"
		find ../files -type f | call "$p" >out 2>err && { echo "$p: 0"; false; }
		grep -q -e '-print0' err || { echo "$p"; cat err; false; }
	done
}

@test "a line of 5 MiB: ELIMIT, and the next one is read" {
	need jq
	some_files
	{
		printf '{"path":"'
		head -c 5242880 /dev/zero | tr '\0' x
		printf '"}\n{"path":"../files/1.txt"}\n'
	} >lines
	for p in $(filters); do
		clean "$p"
		rc=0
		call "$p" <../lines >out 2>err || rc=$?
		[ $rc -eq 1 ] && [ "$(wc -l <out)" -eq 2 ] || { echo "$p: $rc"; head -c 300 err; false; }
		[ "$(head -n 1 out | jqr .error.code)" = ELIMIT ]
		[ "$(tail -n 1 out | jqr .path)" = ../files/1.txt ]
	done
}

@test "--null and --ndjson force the form" {
	need jq
	for p in $(filters); do
		clean "$p"
		echo '{"path":"x"}' >list
		call "$p" --null <list >out 2>err || :
		[ "$(jqr '.path | rtrimstr("\n")' <out)" = '{"path":"x"}' ] || { echo "$p"; cat out; false; }
		printf 'a\0' | call "$p" --ndjson >out 2>err || :
		[ "$(jqr .error.code <out)" = EINPUT ] || { echo "$p"; cat out; false; }
	done
	for p in record-paths 'photo-report -l'; do
		printf '{"path":"x"}' | $p --null | grep -aF '{"path":"x"}'
		! printf 'a\0\n' | $p --ndjson 2>err || { echo "$p"; false; }
		grep -q 'line 1' err
	done
}

@test "standard input that is a terminal is a usage error, not a wait" {
	need script timeout
	for p in $(streams); do
		clean "$p"
		mkdir -p lib
		cat >try <<-END
			case $p in hashdb-*) set -- hash.db ;; place-file) set -- --to=lib ;; esac
			$p "\$@" >out 2>err
			echo \$? >status
		END
		timeout 120 script -qec 'sh try' /dev/null </dev/null >/dev/null || :
		[ "$(cat status)" = 2 ] || { echo "$p: $(cat status)"; false; }
		grep -q 'terminal' err
	done
}

@test "processes that share a pipe never mix their lines, long ones included" {
	need jq
	folder=$T/$(printf 'f%.0s' {1..200})
	mkdir -p "$folder"
	# from 200 bytes to over 5 KiB, beyond the 4,096 that the system writes at once
	for ((i = 0; i < 600; i++)); do
		name=$folder/$(printf '%04d%*s' $i $((i % 9 * 20)) '' | tr ' ' '"')
		[ $((i % 3)) -ne 0 ] || name=$(printf '%s' "$folder"; printf '/.%.0s' {1..2200}; printf '/%04d' $i)
		: >"${name//\/.\//\/}" 2>/dev/null || : >"$folder/$(printf '%04d' $i)"
		printf '%s\0' "$name"
	done >paths
	for p in exif-read file-hash; do
		xargs -0 -P8 -n25 "$p" -j2 <paths 2>/dev/null | cat >out || :
		[ "$(wc -l <out)" -eq 600 ]
		jq -e .path <out >/dev/null || { echo "$p: a line does not parse"; false; }
		awk 'length > 4096 { n++ } END { exit n < 150 }' out
		record-paths -q <out | sort -z >good
		record-paths -q -e <out | sort -z | cat - good | sort -z >got
		sort -z paths | cmp - got
	done
}

# options PROGRAM -- those of its --help: letter and name, with a comma between them.
options() {
	"$1" --help | sed -nE 's/^ {2,6}-/-/p' | sed 's/   .*//; s/[[]*=.*//; s/, /,/; s/ .*//'
}

# bats test_tags=no-races,scripts
@test "every option of every program has a test that sees it act, or is told in tests/options to have nothing to act on" {
	for p in $(programs); do
		options "$p" | sed "s/^/$p /"
	done | sort >have
	[ "$(wc -l <have)" -gt 200 ]
	for list in $(sed -n 's/^\([a-z]*\)[ =].*/\1/p' "$ROOT/tests/options" | sort -u); do
		$list | sed "s/^/$list /"
	done >lists
	awk 'FILENAME == "lists" { of[$1] = of[$1] " " $2; next }
		sub(/=.*/, "", $1) || /^[a-z]/ { n = split($1 in of ? of[$1] : $1, p, " "); for (i = 1; i <= n; i++) print p[i], $2 }' \
		lists "$ROOT/tests/options" | sort >told
	diff have told
	cd "$ROOT" && awk -f tests/options.awk tests/options tests/cmd/*.bats tests/cmd/*.bash
}

# bats test_tags=no-races,scripts
@test "an option whose test is gone, or does not use it, is seen" {
	printf '%s\n' '@test "one" {' $'\tfile-hash -a md5 x' '}' '@test "two" {' $'\tit' '}' 'it() { file-hash --budget=1; }' >x.bats
	cat >options <<-'END'
		file-hash -a,--algorithm x one
		file-hash --budget x two
	END
	awk -f "$ROOT/tests/options.awk" options x.bats
	for row in 'file-hash -a x three' 'file-hash --budget x one' 'file-hash -a,--algorithm x two' 'exif-read --budget x two' 'file-hash --bud x two'; do
		echo "$row" >options
		run -1 awk -f "$ROOT/tests/options.awk" options x.bats
	done
}

@test "help and man page list the same options" {
	need mandoc
	for p in $(programs); do
		if is_script "$p"; then "$p" --help; else "$p" --help | sed '/^Options of every filter/,$d'; fi |
			sed -nE 's/^ {2,6}-/-/p' | sed 's/   .*//' | grep -oE -e '(^|[ ,])--?[A-Za-z0-9][a-z0-9-]*' | tr -d ' ,' | sort >help
		mandoc -T ascii "$ROOT/man/$p.1" | col -bx | sed -n '/^OPTIONS/,/^[A-Z]/p' | grep -E '^     -' | sed 's/^     //; s/   .*//' |
			grep -oE -e '(^|[ ,])--?[A-Za-z0-9][a-z0-9-]*' | tr -d ' ,' | sort >page
		diff help page || { echo "$p: --help (<) and man page (>)"; false; }
	done
}

@test "no help lists an option twice" {
	for p in $(programs); do
		"$p" --help | sed -nE 's/^ {2,6}-/-/p' | sed 's/   .*//' | grep -oE -e '--[a-z-]+' | sort | uniq -d >twice
		[ ! -s twice ] || { echo "$p: $(cat twice)"; false; }
	done
}

@test "every option of every filter is in dcim-utils(7)" {
	need mandoc
	exif-read --help | sed '1,/^Options of every filter/d' | sed -nE 's/^ {2,6}-/-/p' | sed 's/   .*//' |
		grep -oE -e '(^|[ ,])--?[A-Za-z0-9][a-z0-9-]*' | tr -d ' ,' | sort >help
	mandoc -T ascii "$ROOT/man/dcim-utils.7" | col -bx | sed -n '/^OPTIONS/,/^[A-Z]/p' | grep -E '^     -' | sed 's/^     //; s/   .*//' |
		grep -oE -e '(^|[ ,])--?[A-Za-z0-9][a-z0-9-]*' | tr -d ' ,' | sort >page
	grep -qx -e '--jobs' help
	diff help page
}

@test "completions are those of this --help" {
	"$ROOT/completions/generate" "$BIN" "$T/now"
	for shell in bash zsh fish; do
		diff -r "$T/now/$shell" "$ROOT/completions/$shell" || { echo "make completions"; false; }
	done
}
