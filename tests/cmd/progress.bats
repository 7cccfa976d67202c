#!/usr/bin/env bats
# bats file_tags=no-races
# progress -- how far a run is, for a person: on a terminal, elsewhere, and of a whole pipeline.
load helper

# on_terminal COLUMNS COMMAND -- in a terminal of that width; what it got is in drawn, a line for each that was drawn.
on_terminal() {
	need script
	script -qec "stty cols $1 rows 20; export TERM=xterm; unset NO_COLOR; $2" typescript >/dev/null </dev/null
	grep -v '^Script ' typescript | tr '\r' '\n' | sed 's/\x1b\[K//g' >drawn
}

# widest FILE -- print the length of its longest line.
widest() { awk 'length > n { n = length } END { print n + 0 }' "$1"; }

@test "what is drawn fits a terminal of 40 columns, and follows its size" {
	for n in {1..9}; do echo $n >$n; done
	for columns in 40 30 10; do
		on_terminal $columns 'file-hash --progress=always --total=18 -- ? >out'
		[ "$(widest drawn)" -lt $columns ]
		[ -s drawn ]
	done
	on_terminal 80 'file-hash --progress=always --total=18 -- ? >out'
	grep -qx 'file-hash: 9 done, 0 failed, 18 bytes in 0:00:[0-9]*' drawn
	# a size that changes, often: with each signal the line is drawn anew, and not only with the next half second
	mkfifo feed
	need python3
	python3 - <<-'END'
		import fcntl, os, pty, signal, struct, sys, termios
		pid, fd = pty.fork()
		size = lambda columns: fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 20, columns, 0, 0))
		if pid == 0:
		    os.environ["TERM"] = "xterm"
		    os.environ.pop("NO_COLOR", None)
		    os.dup2(os.open("feed", os.O_RDWR), 0)
		    os.dup2(os.open("out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
		    os.execvp("file-hash", ["file-hash", "-0", "--progress=always", "--total=100"])
		got = b""
		def until(text):
		    global got
		    while text not in got:
		        got += os.read(fd, 4096)
		def late(*_): raise TimeoutError
		signal.signal(signal.SIGALRM, late)
		signal.alarm(60)
		try:
		    size(80)
		    until(b"file-hash: 0 done, 0 failed, 0 bytes of 100 bytes")
		    signal.alarm(20)
		    for n in range(60):
		        for columns, line in (25, b"\r0 done, 0 failed, 0%\x1b[K"), (40, b"\rfile-hash: 0 done, 0 failed, 0%\x1b[K"):
		            size(columns)
		            got = b""
		            until(line)
		finally:
		    os.kill(pid, signal.SIGKILL)
	END
}

@test "plain lines where nothing can be drawn: NO_COLOR, TERM=dumb, no terminal" {
	echo x >a
	for plain in NO_COLOR=1 TERM=dumb TERM=; do
		on_terminal 80 "env $plain file-hash --progress a >out"
		grep -qx 'file-hash: 1 done, 0 failed, 2 bytes in 0:00:[0-9]*' drawn
		! grep -q $'\033' typescript || { cat -v typescript; false; }
	done
	file-hash --progress=always a >out 2>err
	grep -qx 'file-hash: 1 done, 0 failed, 2 bytes in 0:00:[0-9]*' err
	[ "$(wc -l <err)" -eq 1 ]
	on_terminal 80 'file-hash --progress a >out'
	grep -q $'\033' typescript
}

@test "a message goes over the line that is drawn, also that of the pipeline's last program" {
	mkdir -p counts/trip
	on_terminal 80 'DCIM_COUNTS=counts/trip file-hash nowhere >out; file-hash --progress=always nowhere >out; true'
	[ "$(grep -c $'\r\033\[Kfile-hash: nowhere: ' typescript)" -eq 2 ]
	DCIM_COUNTS=counts/trip file-hash nowhere >out 2>err || [ $? -eq 1 ]
	! grep -q $'\033' err || false
	on_terminal 80 'file-hash --progress=always nowhere >/dev/full; true'
	grep -q $'\r\033\[Kfile-hash: standard output: ' typescript
}

@test "the line of a pipeline begins with the name of the folder in which it counts" {
	echo x >a
	for folder in trip counts/trip counts/trip//; do
		mkdir -p $folder
		DCIM_COUNTS=$folder file-hash --progress=always a 2>err >out
		grep -q '^trip: 1 done, ' err
		rm -r $folder
	done
}

@test "what is known need not be read, and what was read counts once" {
	mkdir card
	head -c 1000 /dev/zero >card/a
	photo-init -q lib >/dev/null
	for done in 1 0; do
		on_terminal 80 'photo-import --all-files card lib'
		grep -q "^photo-import: $done done, 0 failed, 1.0 kB in 0:" drawn
	done
	on_terminal 80 'photo-import --all-files --move card lib'
	grep -q '^photo-import: 1 done, 0 failed, 1.0 kB in 0:' drawn
	on_terminal 80 'photo-verify lib'
	grep -q '^photo-verify: 1 done, 0 failed, 1.0 kB in 0:' drawn
}

@test "photo-import: SIGUSR1 while it looks for files tells how many there are" {
	mkdir bin card
	touch card/a.jpg card/b.jpg
	cp "$BIN/photo-import" bin
	mkfifo go # the find that lists the files is not done until that is opened
	printf '%s\n' '#!/bin/sh' 'PATH=${PATH#*:}' 'find "$@" || exit' 'case $* in *-fprintf*) touch found && : <go ;; esac' >bin/find
	chmod 755 bin/find
	photo-init -q lib >/dev/null
	bin/photo-import -q card lib >out 2>err &
	pid=$!
	wait_until [ -e found ]
	kill -USR1 $pid
	wait_for err '^photo-import: files found so far: 2$'
	: >go
	wait $pid
}

# stuck CALLS COMMAND... -- make it the program's whole life to wait in its n-th read of a file.
stuck() {
	need strace
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" exec strace -f -o /dev/null -e trace=pread64 \
		-e "inject=pread64:delay_enter=600s:when=$1" "${@:2}"
}

@test "progress moves inside a film, of a pipeline too" {
	need strace
	truncate -s 8M film.mov
	(stuck 5 file-hash -j2 --total=9000000 film.mov >out 2>err 3>&-) &
	strace=$!
	until pid=$(pgrep -P $strace file-hash); do :; done
	wait_up "$pid"
	said() { kill -USR1 "$1" && grep -q "$2" err; }
	wait_until said "$pid" '^file-hash: 0 done, 0 failed, 1.0 MB of 9.0 MB'
	kill -KILL $strace "$pid"

	mkdir bin # the script takes its programs from beside itself, and then from PATH
	cp "$BIN/photo-import" bin
	real=$BIN/file-hash
	export real
	printf '%s\n' '#!/bin/sh' 'touch reached' 'exec strace -f -o /dev/null -e trace=pread64 -e inject=pread64:delay_enter=600s:when=9 \' \
		'"$real" "$@"' >bin/file-hash
	chmod 755 bin/file-hash
	mkdir card && mv film.mov card
	photo-init -q lib >/dev/null
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" setsid bin/photo-import --all-files card lib >out 2>err 3>&- &
	pid=$!
	wait_until [ -e reached ]
	wait_until said $pid '^photo-import: 0 done, 0 failed, 1.0 MB of 8.4 MB' # two programs read it, one has read a quarter
	kill -KILL -- -$pid
	wait $pid 2>/dev/null || :
}
