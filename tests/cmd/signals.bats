#!/usr/bin/env bats
# signals -- how a run ends early: by a signal, a reader that has gone, a card that was pulled out.

load helper

# A pipe that stays open: what is written to descriptor 9 goes to the program, which waits for more.
# Background jobs of a script ignore SIGINT, so that setsid(1) and TERM stand in for the terminal's keys.
open_feed() {
	mkfifo feed
	exec 9<>feed
}

@test "SIGTERM: what was done is written, and the program ends by the signal" {
	open_feed
	file-hash -0 <feed >out 2>err 9>&- &
	pid=$!
	echo x >a
	printf 'a\0' >&9
	wait_for out '"path":"a"'
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 143 ]
	[ "$(wc -l <out)" -eq 1 ]
}

@test "records do not wait for a full buffer while the input pauses" {
	open_feed
	exif-read -0 <feed >out 2>err 9>&- &
	pid=$!
	for name in a b c; do
		printf '%s\0' $name >&9
		wait_for out "\"path\":\"$name\""
	done
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 143 ]
}

@test "a shell loop around an interrupted program ends too" {
	need setsid
	cat >loop <<-'EOF'
		trap - INT
		for i in 1 2 3; do
			echo "turn $i" >>turns
			file-hash -0 <feed 9>&-
		done
		echo finished >>turns
	EOF
	open_feed
	python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.setsid()
os.execvp("bash", ["bash", "loop"])' 9>&- &
	pid=$!
	wait_for turns 'turn 1'
	until child=$(pgrep -P $pid file-hash); do :; done
	wait_up $child
	kill -INT -- -$pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 130 ]
	[ "$(cat turns)" = 'turn 1' ]
}

@test "a second signal stops at once, even hashdb-merge" {
	open_feed
	hashdb-merge hash.db <feed >out 2>err 9>&- &
	pid=$!
	wait_up $pid
	kill -TERM $pid
	wait_taken $pid
	kill -0 $pid
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 143 ]
}

@test "hashdb-merge drains its input after a first signal, commits, and ends by the signal" {
	open_feed
	echo x >a
	file-hash a >records
	hashdb-merge --root=. hash.db <feed >out 2>err 9>&- &
	pid=$!
	wait_up $pid
	kill -TERM $pid
	wait_taken $pid
	cat records >&9
	wait_for out '"path":"a"'
	exec 9>&-
	status=0
	wait $pid || status=$?
	[ "$status" -eq 143 ]
	[ "$(hashdb-list -0 --relative hash.db | tr '\0' '\n')" = a ]
}

@test "SIGUSR1 prints one line of progress and goes on" {
	open_feed
	echo x >a
	file-hash -0 <feed >out 2>err 9>&- &
	pid=$!
	printf 'a\0' >&9
	wait_for out '"path":"a"'
	kill -USR1 $pid
	wait_for err 'file-hash: 1 done, 0 failed'
	printf 'a\0' >&9
	exec 9>&-
	wait $pid
	[ "$(wc -l <out)" -eq 2 ]
	[ "$(wc -l <err)" -eq 1 ]
}

@test "a signal that the parent ignores stays ignored" {
	echo x >a
	open_feed
	(
		trap '' TERM
		exec file-hash -0 <feed >out 2>err 9>&-
	) &
	pid=$!
	wait_up $pid
	kill -TERM $pid
	printf 'a\0' >&9
	wait_for out '"path":"a"'
	exec 9>&-
	wait $pid
}

@test "a reader that has gone: status 3 and silence" {
	for ((i = 0; i < 2000; i++)); do printf 'no-such-file-%s\0' $i; done >list
	file-hash -q <list >/dev/null || [ $? -eq 1 ]
	run bash -c 'file-hash -q <list 2>err | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}"'
	[ "$output" = 3 ]
	[ ! -s err ]
}

@test "a source that disappears stops the run with one message" {
	mkdir card
	echo x >card/a
	open_feed
	file-hash -0 -C card <feed >out 2>err 9>&- &
	pid=$!
	printf 'a\0' >&9
	wait_for out '"path":"a"'
	rm -r card
	printf 'b\0c\0d\0' >&9
	status=0
	wait $pid || status=$?
	[ "$status" -eq 3 ]
	grep -q 'card has gone, after 1 record' err
	[ "$(wc -l <out)" -eq 1 ]
	[ "$(wc -l <err)" -eq 1 ]
}

# gone_in PROGRAM... -- the folder that all files are in goes after the first: one message, what was done is written.
gone_in() {
	mkdir -p card/DCIM
	echo x >card/DCIM/a
	rm -f feed out err
	open_feed
	"$@" -0 <feed >out 2>err 9>&- &
	pid=$!
	printf 'card/DCIM/a\0card/DCIM/a\0' >&9
	wait_lines out 2
	mv card unplugged
	printf 'card/DCIM/%s\0' b c d >&9
	status=0
	exec 9>&-
	wait $pid || status=$?
	rm -r unplugged
	cat err
	[ "$status" -eq 3 ]
	grep -q 'card/DCIM has gone, after 2 records' err
	[ "$(wc -l <err)" -eq 1 ]
	[ "$(wc -l <out)" -eq 2 ]
}

@test "a source that nobody named disappears: the same in every program that reads files" {
	hashdb-merge hash.db </dev/null
	gone_in exif-read
	gone_in file-hash
	gone_in hashdb-lookup --by=source hash.db
	mkdir library
	gone_in place-file -t library
}

@test "one of many sources disappears: it is told, whichever it is" {
	mkdir lib
	for i in {1..20}; do mkdir -p cards/$i; echo $i >cards/$i/a; done
	open_feed
	place-file -0 -t lib $(printf -- '--from=cards/%d ' {1..20}) <feed >out 2>err 9>&- &
	pid=$!
	printf 'cards/1/a\0' >&9
	wait_lines out 1
	mv cards/20 unplugged
	printf 'cards/20/a\0' >&9
	exec 9>&-
	status=0
	wait $pid || status=$?
	[ "$status" -eq 3 ]
	[[ "$(cat err)" == *"cards/20 has gone, after 1 record" && "$(wc -l <err)" -eq 1 ]]
}

@test "another file system at the source's place: it has gone too" {
	mkdir card other
	echo x >card/a
	echo x >other/a
	open_feed
	file-hash -0 <feed >out 2>err 9>&- &
	pid=$!
	printf 'card/a\0' >&9
	wait_for out '"path":"card/a"'
	mv card unplugged
	mv other card # another folder: what a mount point is without its card
	printf 'card/b\0' >&9
	status=0
	exec 9>&-
	wait $pid || status=$?
	[ "$status" -eq 3 ]
	grep -q 'card has gone, after 1 record' err
}

@test "--while: a source that has gone before the first path came" {
	mkdir card
	echo x >card/a
	exif-read card/a >records
	open_feed
	file-hash --while=card --ndjson <feed >out 2>err 9>&- &
	pid=$!
	until [ "$(ls /proc/$pid/task | wc -l)" -gt 2 ]; do :; done # threads come after it has looked at the folder
	mv card unplugged
	mkdir card
	cat records records >&9
	exec 9>&-
	status=0
	wait $pid || status=$?
	[ "$status" -eq 3 ]
	[ ! -s err ]
	[ ! -s out ]
	run file-hash --while=nowhere unplugged/a
	[ "$status" -eq 3 ]
}

@test "verification of a library that disappears stops: its files are not missing" {
	mkdir lib
	echo x >lib/a
	file-hash lib/a >records
	open_feed
	file-hash --verify --ndjson <feed >out 2>err 9>&- &
	pid=$!
	cat records >&9
	wait_for out '"verify":"ok"'
	mv lib elsewhere
	cat records >&9
	status=0
	exec 9>&-
	wait $pid || status=$?
	[ "$status" -eq 3 ]
	[ "$(wc -l <out)" -eq 1 ]
}

@test "a missing file is only a missing file while its source is there" {
	mkdir card
	echo x >card/a
	run bash -c 'printf "a\0b\0a\0" | file-hash -q -C card'
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 3 ]
	run bash -c 'printf "card/a\0card/b\0card/a\0nowhere/a\0nowhere/b\0" | file-hash -q'
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 5 ]
	run bash -c 'printf "nowhere/a\0card/b\0card/a\0" | file-hash -q'
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "one path with a newline in its name is looked for below -C" {
	mkdir card
	echo x >'card/two
lines'
	printf 'two\nlines' | file-hash -C card >out
	grep -q '"path":"two\\nlines"' out
	run bash -c 'printf "two\nlines" | file-hash'
	[ "$status" -eq 1 ]
	[[ "$output" == *"use find -print0"* ]]
	run bash -c 'seq 1000 | file-hash 2>&1 >/dev/null' # a long list is not all said
	[[ "$output" == "file-hash: 1 ...: "*"use find -print0" ]]
}

@test "progress is drawn where it was asked for, and only there" {
	echo x >a
	file-hash --progress=always a >out 2>err
	grep -q '1 done, 0 failed' err
	file-hash --progress=never a >out 2>err
	[ ! -s err ]
	file-hash --progress a 2>err | cat >out
	[ ! -s err ]
	run file-hash --progress=perhaps a
	[ "$status" -eq 2 ]
}

@test "progress keeps to one line of a narrow terminal" {
	need script
	echo x >a
	script -qec 'stty cols 30 rows 20; TERM=xterm file-hash --progress=always a >out' drawn >/dev/null
	grep -q 'file-hash: 1 done' drawn
	! tr '\r' '\n' <drawn | sed 's/\x1b\[K//' | grep -E '^file-hash.{21,}' || false
}

@test "a closed standard output or input is an error, and no file takes its place" {
	echo x >a
	mkdir library
	status=0
	place-file -t library a >&- 2>err || status=$?
	[ "$status" -eq 3 ]
	grep -q 'standard output' err
	[ "$(cat library/undated/a)" = x ]
	status=0
	file-hash <&- >out 2>err || status=$?
	[ "$status" -eq 3 ]
	grep -q 'standard input' err
}

# card -- five files to import.
card() {
	mkdir card
	for n in 1 2 3 4 5; do echo "content $n" >card/$n.jpg; done
}

@test "photo-import: SIGUSR1 comes to the program that counts what is done" {
	card
	photo-init -q lib >/dev/null
	for how in 'hashdb-merge' 'source-remove --move' 'place-file -n'; do
		program=${how%% *} options=${how#"$program"}
		rm -f waiting go
		photo-import -q --all-files $options --through='head -n 3; touch waiting; until [ -e go ]; do sleep 0.05; done; cat' \
			card lib >out 2>err &
		pid=$!
		wait_until [ -e waiting ]
		counted() { kill -USR1 $pid; grep -q ' 3 done, 0 failed' err; } # once the records come through
		wait_until counted
		touch go
		wait $pid
		! grep -v "^photo-import: [0-9]* done" err || false
		rm -rf lib card && card && photo-init -q lib >/dev/null
	done
}

@test "photo-import: a signal while it tidies up costs neither the summary nor the temporary folder" {
	need python3
	card
	cp -r "$BIN" bin
	# a summary that takes its time
	printf '#!/bin/sh\ntouch telling; until [ -e go ]; do sleep 0.05; done\nexec %s "$@"\n' \
		"$BIN/photo-report" >bin/photo-report
	for signal in SIGINT SIGTERM SIGHUP; do
		rm -rf lib telling go tmp && mkdir tmp
		photo-init -q lib >/dev/null
		TMPDIR=$T/tmp python3 - $signal <<-'END'
			import os, signal, subprocess, sys, time
			number = getattr(signal, sys.argv[1])
			p = subprocess.Popen(["bin/photo-import", "-q", "--all-files", "card", "lib"], start_new_session=True,
			    stdout=open("out", "w"), stderr=open("err", "w"))
			while not os.path.exists("telling"):
			    assert p.poll() is None
			    time.sleep(0.05)
			os.killpg(p.pid, number)
			open("go", "w")
			assert p.wait(120) == -number, p.returncode
		END
		grep -q '^5 files, .*: 5 copied' out || { cat out err; false; }
		[ -z "$(ls tmp)" ]
		[ -z "$(ls lib/.dcim/runs/*.open 2>/dev/null)" ]
	done
}
