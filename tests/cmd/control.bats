#!/usr/bin/env bats
# bats file_tags=no-races
# control -- which record is worked on first, what is done again, and what is given up, whatever the program.
load helper
load lying
bats_require_minimum_version 1.5.0

# ---- which first: with one worker and -u the output tells the order of work ----

paths() { jqr .path | xargs; }

@test "--schedule=size: the largest file first" {
	for size in 10 3000 7 200; do head -c $size /dev/zero >$size; done
	[ "$(file-hash -j1 -u --schedule=size 10 3000 7 200 | paths)" = "3000 200 10 7" ]
	[ "$(exif-read -j1 -u --schedule=size 10 3000 7 200 | paths)" = "3000 200 10 7" ]
	# what a record says of its size is believed, but for reading
	[ "$(printf '{"path":"%s","size":%s}\n' 7 9000 10 10 | exif-read -j1 -u --schedule=size | paths)" = "7 10" ]
	[ "$(file-hash -j1 -u --schedule=fifo 10 3000 7 200 | paths)" = "10 3000 7 200" ]
}

@test "--schedule=type: one type after another, by the record or else the extension" {
	touch a.jpg b.mp4 c.JPG d.mp4 e f.jpg g.Jpg h.MP4 i.jpG
	file-hash -j1 -u --schedule=type a.jpg b.mp4 c.JPG d.mp4 e f.jpg g.Jpg h.MP4 i.jpG |
		jqr '.path | ascii_downcase | split(".")[1] // "none"' | uniq >types
	[ "$(wc -l <types)" -eq 3 ] || { cat types; false; }
	printf '{"path":"%s","type":"%s"}\n' a.jpg jpeg b.mp4 mp4 c.JPG mp4 e jpeg | file-hash -j1 -u --schedule=type | jqr .type | uniq >types
	[ "$(wc -l <types)" -eq 2 ] || { cat types; false; }
}

@test "--schedule=inode: by the number of the file" {
	touch a b c d
	ln a z && rm a
	stat -c '%i %n' z d b c | sort -n | cut -d ' ' -f 2 | xargs >want
	[ "$(file-hash -j1 -u --schedule=inode z d b c | paths)" = "$(cat want)" ]
}

@test "--schedule=priority: the highest number first, 0 where there is none" {
	touch a b c d e f
	printf '{"path":"%s","priority":%s}\n' a -1 b 2.5 c 1e3 d -20 f '"9"' >in
	echo '{"path":"e"}' >>in
	[ "$(file-hash -j1 -u --schedule=priority <in | paths)" = "c b f e a d" ]
}

@test "a schedule changes neither the order of the output nor a byte of it" {
	mkdir files
	for ((i = 0; i < 300; i++)); do head -c $((i * 7919 % 3001)) /dev/zero >files/$i.$((i % 3)); done
	find files -type f -print0 >names
	file-hash -j1 <names >want
	for how in size type inode priority; do
		for window in 1 16 1024; do file-hash -j4 --schedule=$how --window=$window <names | cmp - want; done
	done
}

@test "--window: what waits is chosen from so many" {
	for size in 1 2 3 4; do head -c $size /dev/zero >$size; done
	[ "$(file-hash -j1 -u --schedule=size --window=1 1 2 3 4 | paths)" = "1 2 3 4" ]
	run -2 file-hash --window=0 1
	run -2 file-hash --schedule=random 1
	[[ $output == *"--schedule wants fifo, size, type, inode or priority, not 'random'"* ]]
}

# ---- again ----

@test "--retry: a file that fails twice is read at the third try, and the record is that of a good file" {
	mkdir real
	echo content >real/a
	touch -d 2024-05-01 real/a
	(cd real && exif-read a | file-hash) >want
	lie real card read-eio=a times=2
	file-hash -C card --verify --progress=always <want >got 2>err
	[ "$(jqr '.verify, .error.code' got | xargs)" = "ok null" ]
	grep -q ' 8 bytes in ' err # of the last try, too, is told how far it is
	truth
	lie real card read-eio=a times=2
	(cd card && file-hash --progress=always a) >got 2>progress
	cmp got <(cd real && file-hash a)
	grep -q '1 done, 0 failed, 8 bytes in ' progress # each counts once, however often it is read
	truth
	lie real card read-eio=a times=2
	run -1 --separate-stderr file-hash --retry=1 card/a
	[[ $output == *'"code":"EIO"'* && $stderr == "file-hash: card/a: "* ]]
	[ "$(file-hash --retry=0 card/a | jqr '.error // "none"')" = none ]
	truth
	lie real card read-eio=a times=1
	run -0 --separate-stderr file-hash --progress=always card/a
	[[ $stderr == "file-hash: 1 done, 0 failed, 8 bytes in "* ]]
}

@test "--retry: an error that does not pass is not tried again; a signal ends the wait" {
	mkdir real
	echo content >real/a
	lie real card read-eio=a "log=$T/log"
	# ENOENT: at once; the delay would be the test's end
	run -1 file-hash --retry=100 --retry-delay=1000 card/none
	file-hash --retry-delay=1000 card/a >out 3>&- &
	wait_for log '^read a'
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ "$status" -eq 143 ]
	[ "$(jqr .error.code out)" = EIO ]
}

@test "photo-report --html: after a signal no more pictures are read" {
	mkdir real
	for i in {0..99}; do
		printf '\377\330\377' >real/$i.jpg
		printf '{"path":"%s","type":"jpeg","place":{"action":"copied","to":"%s","root":"."}}\n' $i.jpg $i.jpg
	done >records
	lie real lib slow=20 "log=$T/log"
	photo-report --html --library=lib <records >page 3>&- &
	wait_for log '^read 0'
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ "$status" -eq 143 ]
	[ "$(grep -c '^read' log)" -lt 50 ]
	[ ! -s page ]
}

# ---- given up ----

# hung N -- card, with so many files, of which reading 5 hangs, and nobody who waits for that can be killed.
hung() {
	plain
	mkdir real
	for ((i = 0; i < $1; i++)); do echo $i >real/$i; done
	printf '%s\0' $(seq 0 $(($1 - 1))) >names
	lie real card hang=5 deaf "until=$T/go"
}

# given_up FILE N -- the records are those of N files, in order, and only that of 5 has failed.
given_up() {
	[ "$(jqr .path "$1" | cksum)" = "$(seq 0 $(($2 - 1)) | cksum)" ]
	[ "$(jq -c 'select(.error) | [.path, .error.op, .error.code]' "$1")" = '["5","timeout","ETIMEDOUT"]' ]
}

@test "--timeout: one hung file among 1,000: 999 good records and one ETIMEDOUT, and everyone sees the end" {
	hung 1000
	run -1 --separate-stderr bash -c 'set -o pipefail; file-hash -j1 --timeout=1 -C card <names | cat >out'
	given_up out 1000
	[ "$(jqr 'select(.hash) | .path' out | wc -l)" -eq 999 ]
	[ "$stderr" = "file-hash: 5: took longer than 1 s and was given up" ]
	run -1 bash -c 'set -o pipefail; exif-read -q -j4 -u --timeout=1 -C card <names | cat >out'
	jq -s -c 'sort_by(.path | tonumber)[]' out >sorted
	given_up sorted 1000
}

@test "--timeout: place-file publishes nothing of what it has given up; the next run does" {
	hung 20
	mkdir lib
	run -1 bash -c 'set -o pipefail; place-file -q -t "$PWD/lib" --template="{name}" --timeout=1 -C card <names | cat >out'
	given_up out 20
	[ "$(jqr .place.action out | sort | uniq -c | xargs)" = "19 copied 1 null" ]
	: >go
	truth
	[ ! -e lib/5 ]
	run -0 place-file -q -t "$T/lib" --template='{name}' -C real 5
	[ "$(cat lib/5)" = 5 ]
}

@test "--timeout: what is left behind holds no descriptor and no lock" {
	hung 6
	mkdir lib
	run -1 timeout 20 bash -c 'set -o pipefail; place-file -q -t "$PWD/lib" --template="{name}" --timeout=1 -C card <names 9>&1 | cat >out'
	given_up out 6
	run -0 place-file -q -t "$T/lib" --template='{name}' -C real 1
	[ -z "$(ls lib/.dcim/tmp)" ]
}

@test "--timeout: what is in time is as without; signals and the status are the child's" {
	for ((i = 0; i < 20; i++)); do echo $i >$i; done
	file-hash -j2 -- {0..19} >want
	file-hash -j2 --timeout=60 -- {0..19} >got
	cmp got want
	run -1 --separate-stderr file-hash --timeout=60 none
	run -2 --separate-stderr file-hash --timeout=-1 1
	run -2 --separate-stderr file-hash --timeout=60 --no-such 1
	mkfifo in
	env --ignore-signal=USR1 file-hash --timeout=60 <in >out 2>err 3>&- & # as photo-import starts its programs
	exec 4>in
	printf '1\0' >&4
	wait_lines out 1
	kill -USR1 $!
	wait_for err '^file-hash: 1 done'
	exec 4>&-
	wait $!
	for group in '' -; do # hashdb-merge reads its input to the end after the first signal, and none after a second
		rm -f hash.db*
		setsid env --default-signal=INT hashdb-merge --timeout=60 --batch=1 hash.db <in >out 2>err 3>&- &
		exec 4>in
		head -n 1 want >&4
		wait_lines out 1
		kill -INT -- "$group$!"
		wait_taken $!
		wait_taken "$(pgrep -P $!)"
		sed -n 2p want >&4
		exec 4>&-
		status=0
		wait $! || status=$?
		[ $status -eq 130 ] && [ "$(wc -l <out)" -eq 2 ] || { echo "$status"; cat out err; false; }
	done
}

@test "photo-import --retry, --timeout: what a bad card does not give is left, said, and brought the next time" {
	mkdir real
	for ((i = 0; i < 5; i++)); do printf '\377\330\377\331%s' $i >real/$i.jpg; done
	photo-init -q lib >/dev/null
	lie real card read-eio=3.jpg times=1
	run -1 --separate-stderr photo-import --retry=0 --no-groups card lib
	[[ $output == *"1 failed"* && $stderr == *"card/3.jpg"* ]]
	truth
	plain
	lie real card hang=4.jpg deaf "until=$T/go"
	run -1 --separate-stderr photo-import --timeout=1 --move --no-groups card lib
	[[ $output == *"1 failed"* && $stderr == *"card/4.jpg: took longer than 1 s and was given up"* ]]
	: >go
	truth
	[ "$(ls real)" = 4.jpg ]
	run -0 photo-import --move real lib
	[ -z "$(ls real)" ]
	[ "$(find lib -name '*.jpg' | wc -l)" -eq 5 ]
	for bad in --timeout=never --timeout=1.2.3 --timeout=. --retry=two; do
		run -2 photo-import $bad real lib
		[[ $output == *"wants a "*"number"* ]]
	done
}
