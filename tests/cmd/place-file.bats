#!/usr/bin/env bats
# place-file -- nothing is ever overwritten, nothing is lost.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	mkdir lib card
}

# traced STRACE-OPTIONS... PROGRAM... -- into the file `trace`; leaks cannot be looked for meanwhile.
traced() {
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o trace "$@"
}

# file PATH CONTENT -- make a file with its folder.
file() {
	mkdir -p "$(dirname "$1")"
	printf '%s' "$2" >"$1"
}

# record PATH [MEMBERS] -- a record taken on 1 May 2024.
record() {
	printf '{"path":"%s","taken":"2024-05-01T12:00:00"%s}\n' "$1" "${2:+,$2}"
}

# hash PATH -- its `hash` member.
hash() {
	file-hash "$1" | jq -c '"hash", .hash' | paste -sd:
}

# actions -- what the records on stdin say was done, and where.
actions() {
	jq -r '"\(.place.action // .error.code) \(.place.to // "-")"'
}

# contents DIR -- every file below DIR but .dcim, by its content.
contents() {
	find "$1" -name .dcim -prune -o -type f -exec cat {} + | sort
}

# leftovers DIR -- unfinished files in a library.
leftovers() {
	find "$1" \( -path '*/.dcim/tmp/*' -o -name '.dcim-tmp-*' \)
}

DAY=2024/2024-05-01

# ---- what is never a source ----

@test "trash, thumbnails and unfinished files are skipped, below --from or as the path is spelled" {
	for name in .trashed-1735689600-a.jpg .pending-1735689600-a.jpg ._a.jpg Thumbs.db .ds_store \
		.stversions/a.jpg .dtrash/files/a.jpg .Recycle.Bin/a.jpg '#recycle/x/a.jpg' @eaDir/a.jpg/T.jpg '$Recycle.Bin/a.jpg' \
		.Trash-1000/a.jpg 'lost+found/a.jpg'; do
		file "card/$name" "$name"
	done
	find card -type f -print0 | place-file -t lib >out
	[ "$(jqr '.place.action + " " + .place.reason' out | sort -u)" = 'skipped never-source' ]
	find card -type f -print0 | place-file -t lib --from=card >out
	[ "$(jqr .place.action out | sort -u)" = skipped ]
	[ -z "$(find lib -name .dcim -prune -o -type f -print)" ]
	for name in .trash.jpg trashed-1.jpg a._b.jpg recycle/a.jpg Thumbs.db.jpg .pending/a.jpg; do file "card2/$name" "$name"; done
	find card2 -type f -print0 | place-file -t lib >out
	[ "$(jqr .place.action out | sort | uniq -c | tr -s ' ')" = ' 6 copied' ]
}

@test "who goes into the trash takes what is there: only what is named counts" {
	file .Trash-1000/files/a.jpg one
	file .stversions/b.jpg two
	(cd .Trash-1000/files && find . -type f -print0 | place-file -t ../../lib) >out
	find .stversions -type f -print0 | place-file -t lib --from=.stversions >>out
	[ "$(jqr .place.action out | sort -u)" = copied ]
}

# ---- copying ----

@test "copies to the day's folder, with its time in ns, its source untouched" {
	file card/A.JPG one
	touch -d '2001-02-03T04:05:06.123456789Z' card/A.JPG
	chmod 755 card/A.JPG
	before=$(stat -c '%i %Y %Z %a' card/A.JPG)
	(umask 027 && record card/A.JPG | place-file -t lib) >out
	[ "$(actions <out)" = "copied $DAY/A.JPG" ]
	[ "$(jqr .place.root out)" = lib ]
	cmp card/A.JPG lib/$DAY/A.JPG
	[ "$(stat -c %y card/A.JPG)" = "$(stat -c %y lib/$DAY/A.JPG)" ]
	[ "$(stat -c %a lib/$DAY/A.JPG)" = 640 ]
	[ "$before" = "$(stat -c '%i %Y %Z %a' card/A.JPG)" ]
	[ -z "$(leftovers lib)" ]
}

@test "plain paths on standard input work, and a file of nothing" {
	: >card/empty
	printf 'card/empty\0' | place-file -t lib >out
	[ "$(actions <out)" = "copied undated/card/empty" ]
	[ -f lib/undated/card/empty ]
}

@test "keeps extended attributes" {
	need setfattr getfattr
	file card/a.jpg one
	setfattr -n user.note -v hello card/a.jpg || skip "no extended attributes here"
	record card/a.jpg | place-file -t lib >out
	[ "$(getfattr --only-values -n user.note lib/$DAY/a.jpg)" = hello ]
}

@test "--chmod sets the mode of copies" {
	file card/a.jpg one
	record card/a.jpg | place-file -t lib --chmod=0400 >out
	[ "$(stat -c %a lib/$DAY/a.jpg)" = 400 ]
	for mode in 8 0o7 1777 -1 '' u+w; do
		run place-file -t lib --chmod="$mode" card/a.jpg
		[ "$status" -eq 2 ]
	done
}

@test "source says where it came from" {
	file card/a.jpg one
	touch -d '2001-02-03T04:05:06.5Z' card/a.jpg
	record card/a.jpg '"source":{"path":"stale"}' | place-file -t lib >out
	[ "$(jqr .source.size out)" = 3 ]
	[ "$(jqr .source.mtime out)" = 2001-02-03T04:05:06.500000000Z ]
	case $(jqr .source.path out) in *"$(basename "$T")/card/a.jpg") ;; *) false ;; esac
	[ -n "$(jqr '.source.volume // empty' out)" ]
}

@test "members that it does not own leave as the bytes they were; its own come anew" {
	file card/a.jpg one
	record card/a.jpg '"n":1.10,"place":{"action":"moved"},"s":"\u0041"' | place-file -t lib >out
	grep -F '"n":1.10,"s":"\u0041"' out
	[ "$(grep -o '"place"' out | wc -l)" -eq 1 ]
}

@test "a record with an error passes untouched and nothing is done" {
	file card/a.jpg one
	record card/a.jpg '"error":{"tool":"x","op":"y","code":"EIO","message":"z"}' >in
	run --separate-stderr place-file -t lib <in
	[ "$status" -eq 1 ]
	[ "$output" = "$(cat in)" ]
	[ -z "$(contents lib)" ]
}

@test "a member of an archive that is not there, a folder, a FIFO and a file that is not there are errors, and the rest is placed" {
	file card/a.jpg one
	mkfifo card/fifo
	{
		record card '"archive":"x.zip","member":1'
		record card
		record card/fifo
		record card/none
		record card/a.jpg
	} >in
	run --separate-stderr place-file -t lib <in
	[ "$status" -eq 1 ]
	[ "$(actions <<<"$output" | cut -d' ' -f1 | paste -sd' ')" = "ENOENT EISDIR EINPUT ENOENT copied" ]
}

# ---- names ----

@test "another file of the same name gets -1, -2 before the extension" {
	for i in 1 2 3; do file card/$i/A.JPG "$i"; done
	for i in 1 2 3; do record card/$i/A.JPG; done | place-file -t lib >out
	[ "$(actions <out | paste -sd,)" = "copied $DAY/A.JPG,copied $DAY/A-1.JPG,copied $DAY/A-2.JPG" ]
	[ "$(cat lib/$DAY/A.JPG lib/$DAY/A-1.JPG lib/$DAY/A-2.JPG)" = 123 ]
}

@test "the same content under one of these names exists: nothing is written" {
	for i in 1 2 3; do file card/$i/A.JPG "$i"; done
	for i in 1 2 3; do record card/$i/A.JPG; done >in
	place-file -t lib <in >/dev/null
	find lib -newermt 2000-01-01 -printf '%p %i %T@ %C@\n' | grep -v .dcim | sort >before
	place-file -t lib <in >out
	[ "$(actions <out | paste -sd,)" = "exists $DAY/A.JPG,exists $DAY/A-1.JPG,exists $DAY/A-2.JPG" ]
	find lib -newermt 2000-01-01 -printf '%p %i %T@ %C@\n' | grep -v .dcim | sort | diff before -
}

@test "what stands in the way is never replaced: a folder, a link, a FIFO, a file of the same size" {
	mkdir -p lib/$DAY/a.jpg
	file lib/$DAY/b.jpg two
	ln -s ../../../card/c.jpg lib/$DAY/c.jpg
	ln -s nowhere lib/$DAY/d.jpg
	mkfifo lib/$DAY/e.jpg
	for f in a b c d e; do file card/$f.jpg "o$f$f"; record card/$f.jpg; done >in
	place-file -t lib <in >out
	[ "$(jqr .place.to out | paste -sd' ')" = "$DAY/a-1.jpg $DAY/b-1.jpg $DAY/c-1.jpg $DAY/d-1.jpg $DAY/e-1.jpg" ]
	[ "$(cat lib/$DAY/b.jpg)" = two ]
	[ "$(readlink lib/$DAY/d.jpg)" = nowhere ]
	[ ! -e lib/$DAY/nowhere ]
	[ -p lib/$DAY/e.jpg ]
}

@test "names with newlines, quotes, braces, a leading dash and bytes that are not UTF-8 arrive as they were" {
	mkdir "card/{x"
	for name in $'new\nline.jpg' 'quo"te.jpg' '{"a.jpg' '-n' $'\377\376.jpg' 'back\slash'; do
		printf '%s' "$name" >"card/{x/$name"
	done
	find card -type f -print0 | place-file -t lib --from=card --undated='u/{name}' >out
	(cd "card/{x" && find . -type f -print0 | sort -z) >a
	(cd lib/u && find . -type f -print0 | sort -z) >b
	cmp a b
	[ "$(jqr 'select(.place.to_b64) | .place.to_b64' out | base64 -d)" = $'u/\377\376.jpg' ]
}

@test "a name of 255 bytes leaves room for its suffix" {
	long=$(printf '%0251d' 7).jpg
	for i in 1 2; do file card/$i/"$long" $i; record card/$i/"$long"; done | place-file -t lib >out
	[ "$(jqr '.place.action' out | paste -sd' ')" = "copied copied" ]
	[ "$(find lib/$DAY -name '*-1.jpg' | wc -c)" -eq "$(find lib/$DAY -name '*07.jpg' | wc -c)" ]
}

# ---- many of one name ----

# burst DIR N -- N files of one size, and a record of one name for each, on stdout.
burst() {
	for i in $(seq "$2"); do
		file "$1/$i/A.JPG" "$(printf '%05d' "$i")$(head -c 3000 /dev/zero | tr '\0' x)"
		record "$1/$i/A.JPG"
	done
}

# cost PROGRAM... -- the calls that a command makes on the names of a burst, and the bytes it reads.
cost() {
	traced -qq -e trace=%file,read,pread64 "$@" >/dev/null
	awk '/read.* = [0-9]+$/ {b += $NF} /A(-[0-9]+)?\.JPG"/ {n++} END {print n, b}' trace
}

@test "many files of one name and size cost what few do, each, new and again, also in a dry run" {
	need strace
	for n in 100 400; do
		burst card$n $n >in$n
		mkdir lib$n
		cost place-file -n -t lib$n <in$n
		cost place-file -t lib$n <in$n
		[ "$(find lib$n -name '*.JPG' | wc -l)" -eq $n ]
		cost place-file -n -t lib$n <in$n
		tac in$n >again
		cost place-file -t lib$n <again
		[ "$(find lib$n -name '*.JPG' | wc -l)" -eq $n ]
	done >costs
	paste -d' ' <(head -n4 costs) <(tail -n4 costs) >beside
	cat beside
	[ "$(awk '$3 <= 4.5 * $1 && $4 <= 4.5 * $2' beside | wc -l)" -eq 4 ]
}

@test "an equal content anywhere in a long series is found, and a number that was freed is passed over or used, never lost" {
	burst card 30 >in
	place-file -t lib <in >/dev/null
	rm lib/$DAY/A-7.JPG
	{
		cat in
		file card/new/A.JPG "$(cat card/30/A.JPG)"
		record card/new/A.JPG
	} | place-file -t lib >out
	[ "$(jqr .place.action out | sort | uniq -c | awk '{print $2 $1}' | paste -sd' ')" = "copied1 exists30" ]
	[ "$(tail -n1 out | actions)" = "exists $DAY/A-29.JPG" ]
	[ "$(contents lib | sort -u | wc -l)" -eq 1 ]
	[ "$(find lib -name '*.JPG' -exec cksum {} + | cut -d' ' -f1 | sort -u | wc -l)" -eq 30 ]
}

# ---- twins ----

@test "the same content elsewhere is a duplicate of the first, also in a later batch and with other digests" {
	file card/a.jpg same
	record card/a.jpg "$(hash card/a.jpg)" >in
	for i in $(seq 300); do echo "$i" >"card/f$i"; record "card/f$i"; done >>in
	file card/b.jpg same
	record card/b.jpg "\"hash\":{\"sha256\":\"$(sha256sum card/b.jpg | cut -d' ' -f1)\"}" >>in
	place-file -t lib <in >out
	[ "$(tail -n1 out | actions)" = "duplicate $DAY/a.jpg" ]
	[ ! -e lib/$DAY/b.jpg ]
	place-file -t lib <in >out
	[ "$(tail -n1 out | actions)" = "duplicate $DAY/a.jpg" ]
}

@test "the twin of a file whose placement failed is placed itself" {
	file card/a.jpg same
	file card/b.jpg same
	{
		record card/a.jpg '"hash":{"xxh128":"00000000000000000000000000000000"}'
		record card/b.jpg
	} >in
	run --separate-stderr place-file -t lib <in
	[ "$status" -eq 1 ]
	[ "$(actions <<<"$output" | paste -sd,)" = "EVERIFY -,copied $DAY/b.jpg" ]
}

@test "the twin of a file whose flush fails later is placed itself, in its own batch" {
	need strace
	file lib/$DAY/a.jpg same
	file card/a.jpg same
	file card/b.jpg same
	for f in a b; do record card/$f.jpg; done >in
	run --separate-stderr traced -e trace=fsync -e inject=fsync:error=ENOMEM:when=2 place-file -j1 -t lib --durable=file <in
	[ "$(actions <<<"$output" | paste -sd,)" = "ENOMEM -,copied $DAY/b.jpg" ]
	[ "$(cat lib/$DAY/b.jpg)" = same ]
}

@test "the twin of a file that gets no name is placed itself, in its own batch and in a later one" {
	need strace
	file card/a.jpg same
	record card/a.jpg >in
	for between in 0 300; do
		rm -rf lib/*
		file card/b.jpg same
		{
			cat in
			for i in $(seq $between); do echo "$i" >"card/f$i"; record "card/f$i"; done
			record card/b.jpg
		} >all
		traced -e trace=renameat2 -e inject=renameat2:error=EACCES:when=1 place-file -t lib <all >out || true
		[ "$(sed -n '1p;$p' out | actions | paste -sd,)" = "EACCES -,copied $DAY/b.jpg" ]
	done
}

# fed FIRST COMMAND SECOND -- place-file on two records, the second after the first has come out and a command was run.
fed() {
	rm -f pipe out
	mkfifo pipe
	place-file -t lib <pipe >out 3>&- &
	exec 7>pipe
	printf '%s\n' "$1" >&7
	wait_until [ -s out ]
	eval "$2"
	printf '%s\n' "$3" >&7
	exec 7>&-
	wait $!
}

@test "the twin of a file that was changed since this run placed it is placed itself" {
	for f in a b; do file card/$f.jpg same; done
	fed "$(record card/a.jpg)" "printf else >lib/$DAY/a.jpg" "$(record card/b.jpg)"
	[ "$(tail -n1 out | actions)" = "copied $DAY/b.jpg" ]
	rm -r lib
	mkdir lib
	fed "$(record card/a.jpg)" "touch lib/$DAY/a.jpg" "$(record card/b.jpg)"
	[ "$(tail -n1 out | actions)" = "duplicate $DAY/a.jpg" ]
}

@test "known to a database: a duplicate, as long as the file is there and has the size" {
	file lib/old/x.jpg same
	file other/y.jpg same
	file card/a.jpg same
	known() { record card/a.jpg "\"db\":{\"status\":\"known\",\"by\":\"hash\",\"path\":\"$1\",\"root\":\"$2\"}"; }
	known old/x.jpg lib | place-file -t lib >out
	[ "$(actions <out)" = "duplicate old/x.jpg" ]
	[ "$(jqr .place.root out)" = lib ]
	known y.jpg "$T/other" | place-file -t lib >out
	[ "$(actions <out)" = "duplicate y.jpg" ]
	[ "$(jqr .place.root out)" = "$T/other" ]
	[ ! -e lib/2024 ]
	printf longer >lib/old/x.jpg
	known old/x.jpg lib | place-file -t lib >out
	[ "$(actions <out)" = "copied $DAY/a.jpg" ]
	rm -r lib/2024 other/y.jpg
	known y.jpg "$T/other" | place-file -t lib >out
	[ "$(actions <out)" = "copied $DAY/a.jpg" ]
	rm -r lib/2024
	known ../other/y.jpg "$T/lib" | place-file -t lib >out
	[ "$(actions <out)" = "copied $DAY/a.jpg" ]
}

@test "known by its source: a duplicate that nobody reads" {
	need strace
	file lib/old/x.jpg same
	file card/a.jpg diff
	record card/a.jpg '"db":{"status":"known","by":"source","path":"old/x.jpg","root":"lib"}' >in
	traced -y -e trace=pread64,read place-file -t lib <in >out
	[ "$(actions <out)" = "duplicate old/x.jpg" ]
	run ! grep '<[^>]*card/a.jpg>' trace
}

@test "a file that the database knows as itself is not its own duplicate" {
	file card/a.jpg same
	record card/a.jpg '"db":{"status":"known","by":"hash","path":"a.jpg","root":"card"}' | place-file -t lib --move >out
	[ "$(actions <out)" = "moved $DAY/a.jpg" ]
	[ "$(cat lib/$DAY/a.jpg)" = same ]
}

# ---- verifying ----

@test "a digest that does not fit is EVERIFY; ECHANGED where size or time say that the file is another" {
	file card/a.jpg one
	zero='"hash":{"xxh128":"00000000000000000000000000000000"}'
	run --separate-stderr place-file -t lib <<<"$(record card/a.jpg "$zero,\"size\":3")"
	[ "$status" -eq 1 ]
	[ "$(jqr .error.code <<<"$output")" = EVERIFY ]
	run --separate-stderr place-file -t lib <<<"$(record card/a.jpg "$zero,\"size\":4")"
	[ "$(jqr .error.code <<<"$output")" = ECHANGED ]
	run --separate-stderr place-file -t lib <<<"$(record card/a.jpg '"mtime":"2001-01-01T00:00:00Z"')"
	[ "$(jqr .error.code <<<"$output")" = ECHANGED ]
	[ -z "$(contents lib)$(leftovers lib)" ]
	# an equal digest is more than an equal time
	record card/a.jpg "$(hash card/a.jpg),\"mtime\":\"2001-01-01T00:00:00Z\"" | place-file -t lib >out
	[ "$(jqr .place.verified out)" = stream ]
}

@test "a digest that is no digest is an error" {
	file card/a.jpg one
	run --separate-stderr place-file -t lib <<<"$(record card/a.jpg '"hash":{"xxh128":"xyz"}')"
	[ "$status" -eq 1 ]
	[ "$(jqr .error.code <<<"$output")" = EINPUT ]
	[ -z "$(contents lib)" ]
}

@test "a file that is being written is ECHANGED" {
	head -c 20000000 /dev/zero >card/a.jpg
	record card/a.jpg >in
	stopped_at fadvise64 place-file -t lib <in
	printf x >>card/a.jpg
	go_on
	[ "$status" -eq 1 ]
	[ "$(jqr .error.code out)" = ECHANGED ]
	[ -z "$(contents lib)$(leftovers lib)" ]
}

@test "--verify=readback reads from the disk, and says where it could not" {
	file card/a.jpg one
	record card/a.jpg | place-file -t lib --verify=readback >out
	case $(stat -f -c %T lib) in
	tmpfs) [ "$(jqr '.place.verified + .warnings[0].code' out)" = streamEREADBACK ] ;;
	*) [ "$(jqr .place.verified out)" = readback ] ;;
	esac
	# also what is there already
	record card/a.jpg "$(hash card/a.jpg)" | place-file -t lib --verify=readback >out
	[ "$(jqr .place.action out)" = exists ]
	[ -n "$(jqr '.place.verified // empty' out)" ]
	run place-file -t lib --verify=never card/a.jpg
	[ "$status" -eq 2 ]
}

@test "--verify=readback sees a copy that went bad on its way, and publishes nothing" {
	need strace
	head -c 300000 /dev/urandom >card/a.jpg
	record card/a.jpg >in
	stopped_at syncfs place-file -t lib --verify=readback <in
	printf X | dd of="$(find lib/.dcim/tmp -type f -size 300000c)" bs=1 seek=1000 conv=notrunc status=none
	go_on
	[ "$status" -eq 1 ]
	[ "$(jqr .error.code out)" = EVERIFY ]
	[ -z "$(contents lib)$(leftovers lib)" ]
}

# ---- durability ----

calls=syncfs,fsync,renameat2,unlinkat,write

# order -- of the traced calls that matter, a letter each: s flush of files, r rename, f of folders, u unlink, o output
order() {
	sed -n -E 's/^[0-9]+ +//; s/^syncfs.*/s/p; s/^fsync\([0-9]+<[^>]*(\/lib\/\.dcim\/tmp|\.jpg>).*/s/p
		s/^fsync\([0-9]+<[^>]*\/lib(\/[0-9-]+)*>.*/f/p; s/^renameat2\(.*= 0/r/p; s/^unlinkat\([^,]*, "\.a\.jpg\.dcim-.*/u/p
		s/^write\(1<.*/o/p' trace | tr -d '\n' | tr -s 'srfou'
}

@test "contents are flushed before names are given, folders after, and only then the record leaves" {
	need strace
	for i in 1 2 3; do file card/$i.jpg $i; record card/$i.jpg; done >in
	traced -y -e trace="$calls" place-file -t lib <in >out
	[ "$(order)" = srfo ]
	rm -r lib/2024
	traced -y -e trace="$calls" \
		place-file -t lib --durable=file <in >out
	[ "$(order)" = srfo ]
	run ! grep syncfs trace
	run place-file -t lib --durable=maybe card/1.jpg
	[ "$status" -eq 2 ]
}

@test "what exists already is flushed too before its record leaves" {
	need strace
	file card/a.jpg one
	record card/a.jpg >in
	place-file -t lib <in >/dev/null
	traced -y -e trace="$calls" place-file -t lib <in >out
	[ "$(actions <out)" = "exists $DAY/a.jpg" ]
	[ "$(order)" = sfo ]
}

@test "a source is removed only after name and content are durable and were read back" {
	need strace
	[ "$(stat -c %d /dev/shm)" != "$(stat -c %d .)" ] || skip "one file system"
	other=$(mktemp -d /dev/shm/dcim.XXXXXX)
	ln -s "$other" card/other
	file card/other/a.jpg one
	record card/other/a.jpg >in
	traced -y -e trace="$calls" \
		place-file -t lib --move <in >out
	rm -r "$other"
	[ "$(actions <out)" = "moved $DAY/a.jpg" ]
	[ "$(order)" = srfruo ] # the second renames it aside
}

@test "a flush that fails: nothing is published, the run stops" {
	need strace
	for i in 1 2; do file card/$i.jpg $i; record card/$i.jpg; done >in
	run --separate-stderr traced -e trace=fsync -e inject=fsync:error=EIO place-file -t lib --durable=file <in
	[ "$status" -eq 3 ]
	[ "$(actions <<<"$output" | paste -sd,)" = "EIO -,EIO -" ]
	[ "$(contents lib)$(leftovers lib)" = "" ]
	[ "$(contents card)" = 12 ]
}

@test "a folder whose flush fails: the records are errors that say where the file is, the run stops" {
	need strace
	case $(stat -f -c %T .) in ext* | xfs | btrfs | tmpfs | f2fs) ;; *) skip "files are flushed one by one here" ;; esac
	file card/a.jpg one
	record card/a.jpg >in
	run --separate-stderr traced -e trace=fsync -e inject=fsync:error=EIO place-file -t lib <in
	[ "$status" -eq 3 ]
	[ "$(jqr '.error.code + " " + .place.to' <<<"$output")" = "EIO $DAY/a.jpg" ]
}

@test "another library that fails is an error of that record, not the end" {
	need strace
	[ "$(stat -c %d /dev/shm)" != "$(stat -c %d .)" ] || skip "one file system"
	other=$(mktemp -d /dev/shm/dcim.XXXXXX)
	file "$other/x.jpg" one
	file card/a.jpg one
	record card/a.jpg "\"db\":{\"status\":\"known\",\"by\":\"hash\",\"path\":\"x.jpg\",\"root\":\"$other\"}" >in
	run --separate-stderr traced -e trace=fsync -e inject=fsync:error=EIO place-file -t lib <in
	rm -r "$other"
	[ "$status" -eq 1 ]
	[ "$(jqr .error.code <<<"$output")" = EIO ]
}

# ---- what changes meanwhile ----

# held COMMAND ARGUMENT... -- place-file on the records of `in` into lib, held up before it decides names until the
# command has been run; sets $status, the records are in `out`.
held() {
	need flock
	rm -f pipe
	mkfifo pipe
	place-file -t lib ${options-} <pipe >out 2>err 3>&- &
	local pid=$! inode
	exec 7>pipe
	wait_until sh -c 'find lib/.dcim/tmp -name lock 2>/dev/null | grep -q .'
	exec 8>>lib/.dcim/lock
	flock 8
	cat in >&7
	exec 7>&-
	inode=$(stat -c %i lib/.dcim/lock)
	wait_for /proc/locks "-> FLOCK .*:$inode "
	"$@"
	exec 8>&-
	status=0
	wait $pid || status=$?
}

@test "a source that changes before it is renamed is ECHANGED and stays" {
	file card/a.jpg one
	record card/a.jpg >in
	options=--move held sh -c 'echo more >>card/a.jpg'
	[ "$status" -eq 1 ]
	[ "$(jqr .error.code out)" = ECHANGED ]
	[ "$(cat card/a.jpg)" = onemore ]
	[ -z "$(contents lib)$(leftovers lib)" ]
}

@test "a source that changes after it was copied is not removed" {
	[ "$(stat -c %d /dev/shm)" != "$(stat -c %d .)" ] || skip "one file system"
	other=$(mktemp -d /dev/shm/dcim.XXXXXX)
	file "$other/a.jpg" one
	record "$other/a.jpg" >in
	options=--move held sh -c "echo more >>$other/a.jpg"
	left=$(cat "$other/a.jpg")
	rm -r "$other"
	[ "$(jqr '.place.action + " " + .place.source' out)" = "copied kept" ]
	[ "$left" = onemore ]
	[ "$(cat lib/$DAY/a.jpg)" = one ]
}

@test "a file of the library that changes before a record is said to exist: it is placed itself, and its twin is that one's" {
	for f in a b; do file card/$f.jpg one; record card/$f.jpg; done >in
	for options in --copy --move; do
		for change in 'echo more >>' 'printf two >' 'rm '; do
			rm -rf lib card/*
			mkdir lib
			for f in a b; do file card/$f.jpg one; done
			file lib/$DAY/a.jpg one
			held sh -c "$change lib/$DAY/a.jpg"
			[ "$status" -eq 0 ]
			to=$DAY/a-1.jpg
			[ "$change" != 'rm ' ] || to=$DAY/a.jpg
			[ "$(jqr .place.to out | paste -sd,)" = "$to,$to" ]
			[ "$(jqr .place.action out | tail -n1)" = duplicate ]
			[ "$(cat lib/$to)" = one ]
			[ -z "$(leftovers lib)" ]
		done
	done
}

@test "the known copy that changes before a record is called its duplicate: it is placed itself" {
	file card/a.jpg one
	for by in hash source; do
		rm -rf lib
		file lib/old/x.jpg one
		record card/a.jpg "\"db\":{\"status\":\"known\",\"by\":\"$by\",\"path\":\"old/x.jpg\",\"root\":\"lib\"}" >in
		options='' held sh -c 'printf two >lib/old/x.jpg'
		[ "$(actions <out)" = "copied $DAY/a.jpg" ]
		[ "$(contents lib | tr -d '\n')" = onetwo ]
	done
}

@test "a name that another program takes meanwhile is left to it" {
	file card/a.jpg one
	record card/a.jpg >in
	held sh -c "mkdir -p lib/$DAY && echo other >lib/$DAY/a.jpg"
	[ "$(actions <out)" = "copied $DAY/a-1.jpg" ]
	[ "$(cat lib/$DAY/a.jpg)" = other ]
	[ "$(cat lib/$DAY/a-1.jpg)" = one ]
}

@test "a name that is taken and yet not to be seen is passed over" {
	need strace
	file card/a.jpg one
	record card/a.jpg >in
	traced -e trace=renameat2 -e inject=renameat2:error=EEXIST:when=1 place-file -t lib <in >out
	[ "$(actions <out)" = "copied $DAY/a-1.jpg" ]
}

# ---- moving ----

@test "--move on one file system renames" {
	file card/a.jpg one
	inode=$(stat -c %i card/a.jpg)
	record card/a.jpg "$(hash card/a.jpg)" | place-file -t lib --move >out
	[ "$(actions <out)" = "moved $DAY/a.jpg" ]
	[ "$(jqr '.place.source + .place.verified' out)" = removedstream ]
	[ ! -e card/a.jpg ]
	[ "$(stat -c %i lib/$DAY/a.jpg)" = "$inode" ]
}

@test "--move to another file system copies, reads back and removes" {
	[ "$(stat -c %d /dev/shm)" != "$(stat -c %d .)" ] || skip "one file system"
	other=$(mktemp -d /dev/shm/dcim.XXXXXX)
	file "$other/a.jpg" one
	record "$other/a.jpg" | place-file -t lib --move >out
	left=$(ls "$other")
	# ... and back: from memory nothing can be read back past the cache, so the source stays
	mkdir "$other/lib"
	run -1 --separate-stderr place-file -t "$other/lib" --move <<<"$(record lib/$DAY/a.jpg)"
	echo "$output" >out2
	placed=$(cat "$other/lib/$DAY/a.jpg")
	rm -r "$other"
	[ "$(actions <out)" = "moved $DAY/a.jpg" ]
	[ "$(jqr '.place.source + .place.verified' out)" = removedreadback ]
	[ -z "$left" ]
	[ "$placed" = one ]
	[ -f lib/$DAY/a.jpg ]
	[ "$(jqr '.place.action + .place.source + .place.reason + .warnings[0].code' out2)" = copiedkeptnot-read-backEREADBACK ]
	[[ "$stderr" == *"a.jpg: not removed: "* ]]
}

@test "--move never removes a source on a digest that does not fit" {
	file card/a.jpg one
	run --separate-stderr place-file -t lib --move \
		<<<"$(record card/a.jpg '"hash":{"xxh128":"00000000000000000000000000000000"}')"
	[ "$status" -eq 1 ]
	[ "$(cat card/a.jpg)" = one ]
}

@test "--move removes a duplicate's source only when the library's file was read back and is equal" {
	[ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"
	file lib/old/x.jpg same
	known='"db":{"status":"known","by":"hash","path":"old/x.jpg","root":"lib"}'
	file card/a.jpg diff
	record card/a.jpg "$known" | place-file -t lib --move >out
	[ "$(jqr '.place.action + " " + .warnings[0].code' out)" = "moved EVERIFY" ]
	[ "$(cat lib/$DAY/a.jpg)" = diff ]
	file card/a.jpg same
	record card/a.jpg "$known" | place-file -t lib --move >out
	[ "$(jqr '.place.action + " " + .place.source + " " + .place.verified' out)" = "duplicate removed readback" ]
	[ ! -e card/a.jpg ]
	[ "$(cat lib/old/x.jpg)" = same ]
}

@test "--move reads both sides of what is known by its source, too" {
	[ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"
	file lib/old/x.jpg same
	file card/a.jpg same
	file card/b.jpg diff
	known='"db":{"status":"known","by":"source","path":"old/x.jpg","root":"lib"}'
	record card/a.jpg "$known" | place-file -t lib --move >out
	[ "$(jqr '.place.action + " " + .place.source' out)" = "duplicate removed" ]
	[ ! -e card/a.jpg ]
	record card/b.jpg "$known" | place-file -t lib --move >out
	[ "$(jqr '.place.action + " " + .warnings[0].code' out)" = "moved EVERIFY" ]
	[ "$(cat lib/$DAY/b.jpg)" = diff ]
}

@test "--move keeps links, and names of a file of the library" {
	file real/b.jpg two
	ln -s ../real/b.jpg card/b.jpg
	run -1 place-file -q -t lib --move <<<"$(record card/b.jpg)"
	echo "$output" >out
	[ "$(jqr '.place.action + " " + .place.source' out)" = "copied kept" ]
	[ "$(jqr .place.reason out)" = link ]
	[ -L card/b.jpg ]
	[ "$(cat real/b.jpg)" = two ]
	ln lib/$DAY/b.jpg card/c.jpg
	record card/c.jpg | place-file -t lib --move >out
	[ -f lib/$DAY/b.jpg ]
	[ -f lib/$DAY/c.jpg ]
}

@test "--move of two names of one file loses neither content nor its only name" {
	file card/a.jpg one
	ln card/a.jpg card/b.jpg
	{
		record card/a.jpg
		record card/b.jpg
	} >in
	run -1 place-file -q -t lib --move <in
	[ "$(actions <<<"$output" | paste -sd,)" = "moved $DAY/a.jpg,duplicate $DAY/a.jpg" ]
	[ "$(jqr '.place.source + (.place.reason // "")' <<<"$output" | paste -sd' ')" = "removed keptsame-file" ]
	[ "$(cat lib/$DAY/a.jpg)" = one ]
}

@test "a source that cannot be removed is kept, and its copy is in the library" {
	need strace
	file card/a.jpg one
	file lib/$DAY/a.jpg one
	record card/a.jpg >in
	run --separate-stderr traced -e trace=unlinkat -e inject=unlinkat:error=EPERM:when=1 place-file -t lib --move <in
	grep -q INJECTED trace || skip "nothing to inject: the source was kept"
	[ "$status" -eq 1 ]
	[ "$(jqr '.place.source + " " + .place.reason + " " + (.error | tostring)' <<<"$output")" = "kept no-permission null" ]
	[[ "$stderr" == *"card/a.jpg: not removed: "* ]]
	[ "$(cat card/a.jpg)" = one ]
	[ "$(ls -A card)" = a.jpg ]
}

# ---- links ----

@test "--hardlink gives the file a second name; again it exists" {
	file card/a.jpg one
	record card/a.jpg | place-file -t lib --hardlink >out
	[ "$(actions <out)" = "hardlinked $DAY/a.jpg" ]
	[ lib/$DAY/a.jpg -ef card/a.jpg ]
	record card/a.jpg | place-file -t lib --hardlink >out
	[ "$(actions <out)" = "exists $DAY/a.jpg" ]
	file card/x/a.jpg two
	record card/x/a.jpg | place-file -t lib --hardlink >out
	[ "$(actions <out)" = "hardlinked $DAY/a-1.jpg" ]
}

@test "--hardlink across file systems is an error" {
	[ "$(stat -c %d /dev/shm)" != "$(stat -c %d .)" ] || skip "one file system"
	other=$(mktemp -d /dev/shm/dcim.XXXXXX)
	file "$other/a.jpg" one
	run --separate-stderr place-file -t lib --hardlink <<<"$(record "$other/a.jpg")"
	rm -r "$other"
	[ "$status" -eq 1 ]
	[ "$(jqr .error.code <<<"$output")" = EXDEV ]
}

@test "--symlink makes absolute links; again it exists" {
	file card/a.jpg one
	record card/a.jpg | place-file -t lib --symlink >out
	[ "$(actions <out)" = "symlinked $DAY/a.jpg" ]
	[ "$(readlink lib/$DAY/a.jpg)" = "$(realpath card/a.jpg)" ]
	record card/a.jpg | place-file -t lib --symlink >out
	[ "$(actions <out)" = "exists $DAY/a.jpg" ]
	file card/b.jpg one
	{
		record card/a.jpg
		record card/b.jpg
	} | place-file -t lib --symlink >out
	[ "$(actions <out | paste -sd,)" = "exists $DAY/a.jpg,duplicate $DAY/a.jpg" ]
}

@test "--reflink shares blocks or fails, leaving nothing" {
	file card/a.jpg one
	run --separate-stderr place-file -t lib --reflink <<<"$(record card/a.jpg)"
	if [ "$status" -eq 0 ]; then
		[ "$(jqr .place.action <<<"$output")" = reflinked ]
		cmp card/a.jpg lib/$DAY/a.jpg
	else
		[ "$(jqr .error.op <<<"$output")" = reflink ]
		[ -z "$(contents lib)" ]
	fi
	[ -z "$(leftovers lib)" ]
}

# ---- dry run ----

@test "--dry-run writes nothing and says what would be" {
	for i in 1 2; do file card/$i/A.JPG $i; done
	file card/3/B.JPG 1
	file card/4/A.JPG 1
	{
		record card/1/A.JPG
		record card/2/A.JPG "$(hash card/2/A.JPG)"
		record card/3/B.JPG
		record card/4/A.JPG
	} >in
	place-file -n -t lib <in >planned
	[ "$(actions <planned | paste -sd,)" = "planned $DAY/A.JPG,planned $DAY/A-1.JPG,duplicate $DAY/A.JPG,exists $DAY/A.JPG" ]
	[ -z "$(find lib -mindepth 1)" ]
	place-file -t lib <in >did
	diff <(jqr .place.to planned) <(jqr .place.to did)
	find card lib -printf '%p %T@ %C@\n' >before
	place-file --dry-run --move -t lib <in >/dev/null
	find card lib -printf '%p %T@ %C@\n' | diff before -
}

@test "a dry run says to the letter what the real run does, for small libraries of all kinds" {
	names=(A.JPG B.JPG A-1.JPG A-2.JPG a.jpg)
	dirs=(lib lib/2024 lib/old lib/$DAY card card/x)
	hows=(--move --copy --move --hardlink --symlink)
	templates=('{name}' '{taken:%Y}/{name}' '{taken:%Y}/{taken:%Y-%m-%d}/{name}' '{taken:%Y}/{dir}/{name}' A.JPG)
	said='[.path, .place.to, (.place.action | if IN("planned", "copied", "moved", "hardlinked", "symlinked") then "placed" else . end)]'
	RANDOM=7
	for round in $(seq 40); do
		rm -rf lib card
		mkdir -p "${dirs[@]}"
		for i in $(seq 12); do printf $((RANDOM % 4)) >"${dirs[RANDOM % 6]}/${names[RANDOM % 5]}"; done
		find lib card -type f | sort | while read -r f; do echo "$RANDOM $f"; done | sort | cut -d' ' -f2 |
			while read -r f; do record "$f"; done >in
		[ $((round % 2)) = 0 ] || { file-hash <in >hashed && mv hashed in; }
		how=${hows[round % 5]} template=${templates[RANDOM % 5]}
		place-file -n -t lib "$how" "--template=$template" <in | jq -c "$said" >planned
		place-file -t lib "$how" "--template=$template" <in | jq -c "$said" >did
		diff planned did || { echo "round $round: $how $template"; false; }
	done
}

# ---- inside the library ----

@test "what is in the library: exists where it belongs, else skipped with the option to use" {
	file lib/$DAY/a.jpg one
	file lib/$DAY/a-1.jpg two
	file lib/old/b.jpg three
	for f in $DAY/a.jpg $DAY/a-1.jpg old/b.jpg; do record lib/$f; done >in
	place-file -t lib <in >out
	[ "$(actions <out | paste -sd,)" = "exists $DAY/a.jpg,exists $DAY/a-1.jpg,skipped -" ]
	jqr .place.message out | grep -e --move
	[ "$(jqr '.place.reason // empty' out)" = in-library ]
	place-file -n -t lib <in | actions | diff <(actions <out) -
	(cd lib && sed 's,lib/,,' ../in | place-file | actions) | diff <(actions <out) -
	ln -s lib alias
	sed s,lib/,alias/, in | place-file -t lib | actions | diff <(actions <out) -
}

@test "--move files a library anew; --copy copies; what it came from stays in the record" {
	file lib/old/a.jpg one
	file lib/old/twin.jpg one
	record lib/old/a.jpg '"source":{"path":"first"}' | place-file -t lib --copy >out
	[ "$(actions <out)" = "copied $DAY/a.jpg" ]
	rm -r lib/2024
	{
		record lib/old/a.jpg '"source":{"path":"first"}'
		record lib/old/twin.jpg
	} | place-file -t lib --move >out
	[ "$(actions <out | paste -sd,)" = "moved $DAY/a.jpg,moved $DAY/twin.jpg" ]
	[ "$(jqr -s '.[0].source.path' out)" = first ]
	[ "$(contents lib)" = oneone ]
}

@test "--move never removes a file of the library as a duplicate" {
	file lib/old/a.jpg one
	file lib/$DAY/a.jpg one
	record lib/old/a.jpg | place-file -t lib --move >out
	[ "$(jqr '.place.action + " " + .place.source' out)" = "exists kept" ]
	[ -f lib/old/a.jpg ]
}

@test ".dcim is never a source, nor a target" {
	file lib/.dcim/sub/a.jpg one
	record lib/.dcim/sub/a.jpg | place-file -t lib --move >out
	[ "$(actions <out)" = "skipped -" ]
	[ -f lib/.dcim/sub/a.jpg ]
	file card/a.jpg one
	record card/a.jpg '"album":".dcim"' | place-file -t lib --member=album --template='{album}/{name}' >out
	[ "$(actions <out)" = "copied _dcim/a.jpg" ]
}

# ---- where to ----

@test "the library is --to, else DCIM_LIBRARY, else the current folder" {
	file card/a.jpg one
	record "$T/card/a.jpg" >in
	mkdir env here
	DCIM_LIBRARY="$T/env" place-file <in >out
	[ "$(jqr .place.root out)" = "$T/env" ]
	[ -f env/$DAY/a.jpg ]
	(cd here && place-file <../in) >out
	[ "$(jqr .place.root out)" = . ]
	[ -f here/$DAY/a.jpg ]
	DCIM_LIBRARY=nowhere place-file --to=lib <in >out
	[ -f lib/$DAY/a.jpg ]
}

@test "a library that is not there, or is a file, is exit 3 and nothing is made" {
	file card/a.jpg one
	for to in none card/a.jpg; do
		run --separate-stderr place-file -t $to card/a.jpg
		[ "$status" -eq 3 ]
		[ -z "$output" ]
	done
	[ ! -e none ]
}

@test "-C is where sources, --from and --to start" {
	file card/sub/a.jpg one
	mkdir card/lib
	printf 'sub/a.jpg' | place-file -C card -t lib --from=sub >out
	[ "$(actions <out)" = "copied undated/a.jpg" ]
	[ -f card/lib/undated/a.jpg ]
}

@test "{dir} is the folder below the longest --from that holds the file" {
	file card/DCIM/100/a.jpg one
	file card/DCIM/101/x/b.jpg two
	file elsewhere/c.jpg three
	find card elsewhere -type f -print0 | sort -z | place-file -t lib --from=card --from="$T/card/../card/DCIM/101" >out
	[ "$(jqr .place.to out | paste -sd' ')" = "undated/DCIM/100/a.jpg undated/x/b.jpg undated/c.jpg" ]
	run place-file -t lib --from=none card/DCIM/100/a.jpg
	[ "$status" -eq 3 ]
}

@test "templates, --undated and --tz" {
	file card/a.jpg one
	printf '{"path":"card/a.jpg","taken":"2024-05-01T23:30:00Z","model":"X/Y"}\n' >in
	t='--template={taken:%Y-%m-%d}/{model:lower}/{stem}.{ext}'
	[ "$(place-file -n -t lib "$t" <in | jqr .place.to)" = 2024-05-01/x_y/a.jpg ]
	[ "$(place-file -n -t lib "$t" --tz=Europe/Berlin <in | jqr .place.to)" = 2024-05-02/x_y/a.jpg ]
	[ "$(place-file -n -t lib "$t" --tz=Europe/Berlin <in | jqr .taken)" = 2024-05-01T23:30:00Z ]
	printf '{"path":"card/a.jpg","taken":"2024"}\n' >in
	[ "$(place-file -n -t lib --template='{taken:%Y/%m}/{name}' <in | jqr .place.to)" = undated/card/a.jpg ]
	[ "$(place-file -n -t lib --template='{taken:%m}/{name}' --undated='no date/{taken:%Y}/{name}' <in | jqr .place.to)" = "no date/2024/a.jpg" ]
	[ "$(place-file -n -t lib --template='{taken:%Y}/{name}' <in | jqr .place.to)" = 2024/a.jpg ]
}

@test "templates and zones that are wrong are usage errors" {
	file card/a.jpg one
	for bad in --template={ --template=/x --undated='../{name}' --tz=Nowhere/At_All --template=; do
		run place-file -t lib "$bad" card/a.jpg
		[ "$status" -eq 2 ]
	done
	[ -z "$(find lib -mindepth 1)" ]
}

@test "by default a date that knows its month goes to the month's folder, one that knows its year to the year's" {
	file card/a.jpg one
	while read -r taken to; do
		printf '{"path":"card/a.jpg"%s}\n' "${taken:+,\"taken\":\"$taken\"}" >in
		[ "$(place-file -n -t lib <in | jqr .place.to)" = "$to" ] || { echo "$taken"; false; }
	done <<-END
		2024-05-01T12:00:00 2024/2024-05-01/a.jpg
		2024-05-01 2024/2024-05-01/a.jpg
		2024-05 2024/2024-05/a.jpg
		1974 1974/a.jpg
	END
	[ "$(place-file -n -t lib card/a.jpg | jqr .place.to)" = undated/card/a.jpg ]
	printf '{"path":"card/a.jpg","taken":"2024-05"}\n' >in
	[ "$(place-file -n -t lib --undated='none/{name}' <in | jqr .place.to)" = 2024/2024-05/a.jpg ]
}

@test "a field that no record has is a usage error with the names that it is near; --member declares it" {
	file card/a.jpg one
	run place-file -t lib --template='{taken:%Y}/{nmae}' card/a.jpg
	[ "$status" -eq 2 ]
	[[ $output == *"{nmae} is not a field"*"did you mean {name}?"*"at byte 13"* ]]
	run place-file -t lib --undated='{weather.wind}/{name}' card/a.jpg
	[ "$status" -eq 2 ]
	[[ $output == *--member=weather.wind* ]]
	printf '{"path":"card/a.jpg","taken":"2024","weather":{"wind":"calm"},"mood":"good"}\n' >in
	[ "$(place-file -n -t lib --member=weather --member=mood --template='{mood}/{weather.wind}/{name}' <in | jqr .place.to)" = good/calm/a.jpg ]
	run place-file -t lib --template='{taken:%Q}' card/a.jpg
	[[ $status -eq 2 && $output == *"%Q is not a conversion"*"byte 8"* ]]
	[ -z "$(find lib -mindepth 1)" ]
}

@test "templates know exactly the members that dcim-records(5) describes" {
	# The members of a member are in a list of their own.
	sed -n '/^\.Ss Members/,/^\.Ss/p' "$ROOT/man/dcim-records.5" |
		awk '/^\.Bl/ { deep++ } /^\.El/ { deep-- } deep == 1 && sub(/^\.It Cm /, "")' | tr ' ' '\n' | sort >described
	sed -n 's/^\(FIELD([A-Z0-9_]*, \|MEMBER(\)"\([a-z0-9_]*\)".*/\2/p' "$ROOT/lib/media/fields.def" "$ROOT/lib/run/members.def" | sort >known
	diff described known
}

@test "--media-only passes on what has no type" {
	file card/a.jpg one
	file card/a.txt two
	{
		record card/a.txt
		record card/a.jpg '"type":"jpeg"'
	} | place-file -t lib --media-only >out
	[ "$(actions <out | paste -sd,)" = "skipped -,copied $DAY/a.jpg" ]
	[ "$(jqr -s '.[0] | .place.reason + " " + (.source.size | tostring)' out)" = "not-media 3" ]
}

@test "--media-only places what is damaged: it may be the only copy" {
	for n in a b c d; do file card/$n.jpg $n; done
	{
		record card/a.jpg '"warnings":[{"tool":"exif-read","code":"EFORMAT","message":"is empty"}]'
		record card/b.jpg '"warnings":[{"tool":"exif-read","code":"ETRUNCATED","message":"m"}]'
		record card/c.jpg '"warnings":[{"tool":"exif-read","code":"EDATE","message":"m"}]'
		record card/d.jpg '"warnings":[{"tool":"mine","code":"EMINE","message":"m"},{"tool":"exif-read","code":"EFORMAT","message":"m"}]'
	} | place-file -t lib --media-only >out
	[ "$(actions <out | cut -d' ' -f1 | paste -sd,)" = "copied,copied,skipped,copied" ]
}

@test "what was deleted from the library is not placed again" {
	file card/a.jpg one
	record card/a.jpg '"db":{"status":"deleted","by":"hash"}' | place-file -t lib >out
	[ "$(actions <out)" = "skipped -" ]
	[ -z "$(contents lib)" ]
}

# ---- staying inside ----

@test "values and planted links cannot lead out of the library" {
	mkdir outside
	file card/a.jpg one
	record card/a.jpg '"title":"../../../outside","artist":"/etc"' |
		place-file -t lib --template='{title}/{artist}/{name}' >out
	[ "$(jqr .place.to out)" = ______.._outside/_etc/a.jpg ] || [ "$(jqr .place.to out)" = ___.._.._outside/_etc/a.jpg ]
	ln -s "$T/outside" lib/2024
	run --separate-stderr place-file -t lib <<<"$(record card/a.jpg)"
	[ "$status" -eq 1 ]
	[ "$(jqr .error.code <<<"$output")" = EXDEV ]
	rm lib/2024
	mkdir lib/2024
	ln -s ../../outside lib/$DAY
	run --separate-stderr place-file -t lib <<<"$(record card/a.jpg)"
	[ "$status" -eq 1 ]
	[ -z "$(ls outside)" ]
	rm lib/$DAY
	mkdir lib/2024/x
	ln -s x lib/$DAY
	record card/a.jpg | place-file -t lib >out
	[ -f lib/2024/x/a.jpg ]
}

@test "without openat2 no link is followed at all" {
	need strace
	mkdir outside lib/x
	file card/a.jpg one
	record card/a.jpg >in
	for target in "$T/outside" x; do
		ln -sfn "$target" lib/2024
		run --separate-stderr traced -e trace=openat2 -e inject=openat2:error=EPERM place-file -t lib <in
		[ "$status" -eq 1 ]
		[ -z "$(find outside lib/x -type f)" ]
	done
	rm lib/2024
	traced -e trace=openat2 -e inject=openat2:error=ENOSYS place-file -t lib <in >out
	grep -q INJECTED trace
	[ "$(actions <out)" = "copied $DAY/a.jpg" ]
}

@test "a file where a folder should be is an error of that record" {
	file lib/2024 file
	file card/a.jpg one
	file card/b.jpg two
	run --separate-stderr place-file -t lib <<<"$(record card/a.jpg; echo '{"path":"card/b.jpg"}')"
	[ "$status" -eq 1 ]
	[ "$(actions <<<"$output" | paste -sd,)" = "ENOTDIR -,copied undated/card/b.jpg" ]
	[ "$(cat lib/2024)" = file ]
}

# ---- file systems that can do less ----

@test "without renameat2 a link gives the name, and still nothing is replaced" {
	need strace
	for i in 1 2; do file card/$i/A.JPG $i; record card/$i/A.JPG; done >in
	traced -e trace=renameat2 -e inject=renameat2:error=EINVAL place-file -t lib <in >out
	grep -q INJECTED trace
	[ "$(actions <out | paste -sd,)" = "copied $DAY/A.JPG,copied $DAY/A-1.JPG" ]
	[ "$(cat lib/$DAY/A.JPG lib/$DAY/A-1.JPG)" = 12 ]
	[ -z "$(leftovers lib)" ]
}

@test "without renameat2 an old name that goes, although that is told as failed, is not the last that a file had" {
	load fault
	need_faults
	need strace
	for how in EACCES EIO late-EIO; do
		for n in 1 2; do
			rm -rf card lib
			mkdir lib
			file card/a a
			file card/b b
			find card -type f -print0 | file-hash >in
			rc=0
			FAULT=place-file:unlink:$n:$how traced -E "LD_PRELOAD=$TOOLS/fault.so" -e trace=renameat2 \
				-e inject=renameat2:error=EINVAL place-file -q -j1 --move -t lib <in >out 2>err || rc=$?
			grep -q INJECTED trace
			[ "$(find card lib -name .dcim -prune -o -type f -exec cat {} + | fold -w 1 | sort -u | xargs)" = 'a b' ] || { echo "$how $n"; false; }
			[ $how != late-EIO ] || [ "$rc $(actions <out | grep -c ^moved)" = '0 2' ]
			[ $how = late-EIO ] || [ $rc -ne 0 ]
		done
	done
}

@test "without either it refuses and stops, unless --weak-publish" {
	need strace
	for i in 1 2; do file card/$i/A.JPG $i; record card/$i/A.JPG; done >in
	inject='traced -e trace=renameat2,linkat -e inject=renameat2:error=EINVAL -e inject=linkat:error=EPERM'
	run --separate-stderr $inject place-file -t lib <in
	[ "$status" -eq 3 ]
	jqr .error.message <<<"$output" | grep -e --weak-publish
	[ -z "$(contents lib)$(leftovers lib)" ]
	$inject place-file -t lib --weak-publish <in >out
	[ "$(actions <out | paste -sd,)" = "copied $DAY/A.JPG,copied $DAY/A-1.JPG" ]
	[ "$(cat lib/$DAY/A.JPG lib/$DAY/A-1.JPG)" = 12 ]
}

# on_exfat COMMANDS -- run shell code with exFAT through FUSE, which can neither link nor rename safely, folds case, and
# takes fewer names, mounted at m/ and a library in m/lib.
on_exfat() {
	need mount.exfat-fuse mkfs.exfat losetup
	[ -w /dev/fuse ] || skip "no /dev/fuse"
	truncate -s 16M img
	mkfs.exfat img >/dev/null
	loop=$(losetup -f --show img 2>/dev/null) || skip "no loop device"
	mkdir -p m
	if ! unshare -m true 2>/dev/null || ! unshare -m bash -c 'mount.exfat-fuse "$0" m >/dev/null 2>&1 && umount m' "$loop"; then
		losetup -d "$loop"
		skip "exFAT cannot be mounted"
	fi
	unshare -m bash -euc 'mount.exfat-fuse "$0" m >/dev/null 3>&-
		mkdir m/lib
		{ '"$1"'
		} || rc=$?
		umount m
		exit ${rc:-0}' "$loop" || rc=$?
	losetup -d "$loop"
	return ${rc:-0}
}

@test "exFAT through FUSE: the message names the option that helps, and with it names come out portable, and back" {
	file 'card/b:c?.jpg' one
	file card/NUL.jpg two
	file card/end. three
	file card/plain.jpg four
	record 'card/plain.jpg' >plain
	for f in 'b:c?.jpg' NUL.jpg end.; do record "card/$f"; done >in
	on_exfat '
		place-file -q -t m/lib <plain >refused || true
		place-file -q -t m/lib --weak-publish <in >named || true
		cat in plain | place-file -t m/lib --weak-publish --portable-names >out
		cat in plain | place-file -t m/lib --weak-publish --portable-names >again
		find m/lib -type f -not -path "*/.dcim/*" -printf "%f\n" | sort >there'
	jqr .error.message refused | grep -e --weak-publish
	jqr '.error.message // empty' named | grep -e --portable-names
	[ "$(jqr '.original_name // "-"' out | paste -sd' ')" = "b:c?.jpg NUL.jpg end. -" ]
	[ "$(jqr .place.action again | sort -u)" = exists ]
	[ "$(grep -vFx -e NUL.jpg -e end. there | paste -sd' ')" = "NUL_.jpg b_c_.jpg end_ plain.jpg" ]
}

@test "on a file system that folds case, exists names the file as the folder spells it" {
	file card/IMG.JPG one
	record card/IMG.JPG >in
	on_exfat "
		mkdir -p m/lib/$DAY
		cp card/IMG.JPG m/lib/$DAY/Img.jpg
		place-file -t m/lib --weak-publish <in >out
		place-file -n -t m/lib --weak-publish <in >planned
		mkdir -p m/lib/undated/Card/X
		cp card/IMG.JPG m/lib/undated/Card/X/Img.jpg
		mkdir card/x
		cp card/IMG.JPG card/x
		place-file -t m/lib --weak-publish card/x/IMG.JPG >folders"
	[ "$(actions <folders)" = "exists undated/Card/X/Img.jpg" ]
	[ "$(actions <out)" = "exists $DAY/Img.jpg" ]
	[ "$(actions <planned)" = "exists $DAY/Img.jpg" ]
}

@test "on a file system that folds case, a new file is recorded in the folder as that is spelled" {
	file card/Trip/1.JPG one
	file card/trip/2.JPG two
	file card/trip/3.JPG three
	on_exfat "
		place-file -t m/lib --weak-publish card/Trip/1.JPG card/trip/2.JPG >out # the first makes the folder
		place-file -n -t m/lib --weak-publish card/trip/3.JPG >planned
		place-file -t m/lib --weak-publish card/trip/3.JPG >later
		find m/lib/undated -type f -printf 'copied %P\n' | sort >there"
	actions <out >placed
	actions <later >>placed
	[ "$(sed 's/undated.//' placed)" = "$(cat there)" ]
	[ "$(jqr .place.to planned)" = "$(jqr .place.to later)" ]
}

@test "--portable-names: what a name lost is kept in the record, unless the file has an original_name of its own" {
	file 'card/12:30.jpg' one
	file $'card/\377.jpg' two
	record 'card/12:30.jpg' '"original_name":"DSC1.JPG"' | place-file -t lib --portable-names >out
	[ "$(jqr '.place.to + " " + .original_name' out)" = "$DAY/12_30.jpg DSC1.JPG" ]
	printf '%s\0' $'card/\377.jpg' | place-file -t lib --portable-names --template='x:y/{name}' >out
	[ "$(jqr '.place.to + " " + .original_name_b64' out)" = "x_y/_.jpg /y5qcGc=" ]
	record 'card/12:30.jpg' '"title":"a<b>. "' | place-file -t lib --portable-names --template='{title}/{stem}' >out
	[ "$(jqr .place.to out)" = "a_b___/12_30" ]
}

@test "a rename that turns out to cross file systems is a copy" {
	need strace
	file card/a.jpg one
	file card/b.jpg two
	record card/a.jpg >in
	traced -e trace=renameat2 -e inject=renameat2:error=EXDEV:when=1 place-file -t lib <in >out
	[ "$(actions <out)" = "copied $DAY/a.jpg" ]
	[ "$(cat lib/$DAY/a.jpg)" = one ]
	record card/b.jpg >in
	traced -e trace=renameat2 -e inject=renameat2:error=EXDEV:when=1 place-file -t lib --move <in >out
	[ "$(cat lib/$DAY/b.jpg)" = two ]
	[ "$(jqr .place.source out)" = "$([ -e card/b.jpg ] && echo kept || echo removed)" ]
	[ -z "$(leftovers lib)" ]
}

# in_mounts COMMAND -- run shell code in a mount namespace of its own, or skip.
in_mounts() {
	unshare -m true 2>/dev/null || skip "no mount namespaces"
	unshare -m bash -euc "$1"
}

@test "a file system mounted inside the library gets its unfinished files beside the target" {
	file card/a.jpg one
	record card/a.jpg >in
	mkdir lib/2024
	in_mounts 'mount -t tmpfs none lib/2024
		place-file -t lib <in >out
		cat lib/2024/2024-05-01/a.jpg
		find lib/2024 -name ".dcim*"
		rm -r lib/2024/*
		! command -v strace >/dev/null || ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=renameat2 place-file -t lib <in >out' >got
	[ "$(cat got)" = one ]
	[ "$(actions <out)" = "copied $DAY/a.jpg" ]
	run ! grep EXDEV trace
}

@test "the library seen through another mount is still the library: nothing is removed from it" {
	file lib/$DAY/a.jpg one
	mkdir alias
	record alias/$DAY/a.jpg >in
	in_mounts 'mount --bind lib alias
		place-file -t lib --move <in >out || [ $? -eq 1 ]'
	[ "$(jqr '.place.action + " " + .place.source' out)" = "exists kept" ]
	[ "$(cat lib/$DAY/a.jpg)" = one ]
}

@test "leftovers of a killed run are removed, also those beside a target; a live neighbour's are not" {
	file card/a.jpg one
	mkdir -p lib/.dcim/tmp/run-1-1/0 lib/.dcim/tmp/run-2-2/0 lib/sub
	touch lib/.dcim/tmp/run-{1-1,2-2}/{lock,0/1} lib/sub/.dcim-tmp-x lib/sub/photo.jpg
	ln -s sub/.dcim-tmp-x lib/.dcim/tmp/run-1-1/0/2
	ln -s sub/photo.jpg lib/.dcim/tmp/run-1-1/0/3
	exec 7>>lib/.dcim/tmp/run-2-2/lock
	need flock
	flock 7
	record card/a.jpg | place-file -t lib >out 7>&-
	exec 7>&-
	[ ! -e lib/.dcim/tmp/run-1-1 ]
	[ -e lib/.dcim/tmp/run-2-2/0/1 ]
	[ ! -e lib/sub/.dcim-tmp-x ]
	[ -e lib/sub/photo.jpg ]
}

@test "a full library: what was placed stays, the rest is told, exit 3, sources untouched" {
	for i in $(seq 40); do head -c 100000 /dev/urandom >card/$i.jpg; record card/$i.jpg; done >in
	in_mounts 'mount -t tmpfs -o size=2m none lib
		status=0
		place-file -t lib -j2 <in >out 2>err || status=$?
		echo $status >status
		cp -r lib/2024 kept
		find lib/.dcim/tmp -mindepth 1 >left'
	[ "$(cat status)" -eq 3 ]
	grep -q 'accepts no more files' err
	[ ! -s left ]
	placed=$(jqr 'select(.place.action == "copied") | .path' out)
	[ -n "$placed" ]
	[ "$(jqr 'select(.error) | .error.code' out | sort -u)" = ENOSPC ]
	for f in $placed; do cmp "$f" "kept/2024-05-01/${f#card/}"; done
	[ "$(find kept -type f | wc -l)" -eq "$(wc -w <<<"$placed")" ]
	[ "$(find card -type f | wc -l)" -eq 40 ]
}

@test "a read-only library is exit 3 at once, and a dry run works" {
	file card/a.jpg one
	record card/a.jpg >in
	in_mounts 'mount --bind lib lib
		mount -o remount,bind,ro lib
		status=0
		place-file -t lib <in >out 2>err || status=$?
		echo $status >status
		place-file -n -t lib <in >planned'
	[ "$(cat status)" -eq 3 ]
	grep -q 'Read-only' err
	[ "$(actions <planned)" = "planned $DAY/a.jpg" ]
}

@test "a library that disappears stops the run with one message" {
	file card/a.jpg one
	mkfifo in
	place-file -t lib --template='{stem}/{name}' <in >out 2>err 3>&- &
	pid=$!
	exec 7>in
	record card/a.jpg >&7
	wait_lines out 1
	rm -r lib
	for i in 1 2 3; do file card/b$i.jpg "$i"; record card/b$i.jpg; done >more
	cat more >&7 || true # it may have ended
	exec 7>&-
	status=0
	wait $pid || status=$?
	[ "$status" -eq 3 ]
	[ "$(wc -l <err)" -eq 1 ] || { cat err; false; }
	[ ! -e lib ]
}

# ---- many at once ----

@test "-j1 and -j8 give the same library and the same records" {
	for i in $(seq 200); do file card/$((i % 7))/f$((i % 20)).jpg "$((i % 50))"; done
	find card -type f | sort | while read -r f; do record "$f"; done >in
	place-file -j1 -t lib <in >one
	(cd lib && find . -path ./.dcim -prune -o -type f -exec md5sum {} +) | sort >tree
	mv lib lib1
	mkdir lib
	place-file -j8 -t lib <in >eight
	cmp one eight
	(cd lib && find . -path ./.dcim -prune -o -type f -exec md5sum {} +) | sort | diff tree -
}

@test "two at once over one library: nothing overwritten, nothing lost" {
	for p in a b c; do
		for i in $(seq 150); do file card/$p/$i/IMG.JPG "$p$i"; record card/$p/$i/IMG.JPG; done >in.$p
	done
	pids=
	for p in a b c; do
		place-file -t lib -j4 <in.$p >out.$p 3>&- &
		pids="$pids $!"
	done
	for p in $pids; do wait "$p"; done
	[ "$(cat out.? | jqr .place.action | sort | uniq -c | tr -s ' ')" = " 450 copied" ]
	[ "$(find lib/2024 -type f | wc -l)" -eq 450 ]
	cat out.? | jqr '[.path, .place.to] | @tsv' | while IFS=$'\t' read -r from to; do cmp "$from" "lib/$to" || exit 1; done
	[ "$(cat out.? | jqr .place.to | sort -u | wc -l)" -eq 450 ]
	[ -z "$(leftovers lib)" ]
}

@test "killed at any moment it leaves the source or the whole target, and running it again completes the work" {
	for i in $(seq 60); do
		head -c $((i * 5000)) /dev/urandom >card/$i.jpg
		record card/$i.jpg
	done >in
	sums=$(cd card && md5sum -- * | cut -d' ' -f1 | sort)
	cp -r card whole
	for try in $(seq 12); do
		place-file -t lib --move -j2 <in >/dev/null 2>&1 3>&- &
		sleep "0.0$((try * 7 % 10))$((RANDOM % 10))" # any instant is right
		kill -9 $! 2>/dev/null || true
		wait $! 2>/dev/null || true
		# whatever is published is whole, and nothing is gone from both
		while read -r f; do cmp "$f" "whole/$(basename "$f")"; done < <(find lib -name .dcim -prune -o -type f -print)
		for f in whole/*; do [ -f "card/${f#whole/}" ] || [ -f "lib/$DAY/${f#whole/}" ]; done
		cp -n whole/* card/ # a copied card is where it began
	done
	run place-file -t lib <in
	[ "$status" -eq 0 ]
	[ "$(md5sum lib/$DAY/* | cut -d' ' -f1 | sort)" = "$sums" ]
	[ -z "$(leftovers lib)" ]
}

@test "a signal ends it with what was done reported, and nothing unfinished left" {
	head -c 20000000 /dev/zero >card/big
	for i in $(seq 500); do echo "$i" >card/$i.jpg; record card/$i.jpg; done >in
	mkfifo pipe
	place-file -t lib <pipe >out 3>&- &
	pid=$!
	exec 7>pipe
	cat in >&7
	wait_until [ -s out ]
	record card/big >&7
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	exec 7>&-
	[ "$status" -eq 143 ]
	[ -z "$(leftovers lib)" ]
	[ "$(jqr .place.to out | sort)" = "$(cd lib && find 2024 -type f | sort)" ]
}

@test "few descriptors: the limit is raised, and where it cannot be, files are flushed sooner" {
	for i in $(seq 400); do
		echo "$i" >card/$i.jpg
		printf '{"path":"card/%s.jpg","n":%s,"taken":"2024"}\n' "$i" $((i % 200))
	done >in
	(ulimit -Sn 60 && place-file -t lib --member=n --template='{n}/{name}' -j2 <in) >out
	[ "$(jqr .place.action out | sort | uniq -c | tr -s ' ')" = " 400 copied" ]
	rm -r lib/*
	(ulimit -n 60 && place-file -t lib --template='{taken:%Y}/{name}' -j2 <in) >out
	[ "$(jqr .place.action out | sort | uniq -c | tr -s ' ')" = " 400 copied" ]
}

@test "a library whose own folder is a link: nothing is written where it leads" {
	mkdir there home && ln -s "$PWD/home" there/.dcim
	echo x >a.jpg
	run -3 place-file -t there a.jpg
	[[ $output == *'there/.dcim'* ]]
	[ -z "$(ls -A home)" ] && [ "$(ls -A there)" = .dcim ]
}
