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
	touch a.jpg b.mp4 c.JPG d.mp4 e f.jpg
	file-hash -j1 -u --schedule=type a.jpg b.mp4 c.JPG d.mp4 e f.jpg | jqr '.path | ascii_downcase | split(".")[1] // "none"' | uniq >types
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
	file-hash -C card --verify <want >got
	[ "$(jqr '.verify, .error.code' got | xargs)" = "ok null" ]
	truth
	lie real card read-eio=a times=2
	(cd card && file-hash a) >got
	cmp got <(cd real && file-hash a)
	truth
	lie real card read-eio=a times=2
	run -1 --separate-stderr file-hash --retry=1 card/a
	[[ $output == *'"code":"EIO"'* && $stderr == "file-hash: card/a: "* ]]
	[ "$(file-hash --retry=0 card/a | jqr '.error // "none"')" = none ]
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
	run ! wait $!
	[ "$(jqr .error.code out)" = EIO ]
}
