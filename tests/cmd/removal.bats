#!/usr/bin/env bats
# bats file_tags=no-races
# removal -- every way a source can be removed, against every way the library's file can be not what it seems: no
# content is lost.  And the same when it is killed, or a call fails, at any moment.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	DB=lib/.dcim/hash.db
}

# begin -- a card with a picture that is in the library, recorded; the run's records are in `log`, its source is $src.
begin() {
	rm -rf lib card log in spare real
	mkdir -p lib card spare
	photo-init -q lib >/dev/null
	printf '\377\330\377\376\000\006good\377\331' >card/a.jpg
	touch -d 2020-05-01 card/a.jpg
	src=card/a.jpg
	file-hash card/a.jpg | place-file -q -t lib --template='{name}' --verify=readback | hashdb-merge "$DB" >log
}

# edit FILE -- other bytes; size and mtime stay.
edit() {
	touch -r "$1" ref
	printf ROT | dd of="$1" bs=1 seek=6 conv=notrunc status=none
	touch -r ref "$1"
}

# seen DIR -- the card is formatted, and the library itself is given as the source, through another view of it.
seen() {
	rm card/a.jpg
	src=$1/a.jpg
}

# ---- what the library's file can be ----

state_whole() { :; }
state_bind() {
	mkdir -p view && mount --bind lib view && seen view
}
state_overlay() {
	mkdir -p view work low && mount -t overlay none -o "lowerdir=low,upperdir=lib,workdir=work" view && seen view
}
state_lower() {
	mkdir -p view work up && mount -t overlay none -o "lowerdir=lib,upperdir=up,workdir=work" view && seen view
}
state_bindfs() {
	command -v bindfs >/dev/null && [ -w /dev/fuse ] && mkdir -p view && bindfs lib view && seen view
}
# behind VIEW... -- the other way round: the library is reached through the view, and the source lies behind it.
behind() {
	rm card/a.jpg && mv lib real && mkdir lib && "$@" && src=real/a.jpg && cat lib/a.jpg >/dev/null
}
state_behind_bindfs() {
	command -v bindfs >/dev/null && [ -w /dev/fuse ] && behind bindfs -o entry_timeout=30,attr_timeout=30,ac_attr_timeout=30 real lib
}
state_behind_overlay() { mkdir -p work low && behind mount -t overlay none -o "lowerdir=low,upperdir=real,workdir=work" lib; }
# seconds -- `real` is a file system that keeps whole seconds: what is new there has the ctime of its next rename.
seconds() {
	truncate -s 4M image && mkfs.ext4 -q -I 128 image && mkdir -p real && mount -o loop image real && mkdir real/up real/work
}
state_behind_seconds() {
	seconds && rm card/a.jpg && mv lib real/lower && mkdir lib && src=real/lower/a.jpg &&
		mount -t overlay none -o "lowerdir=real/lower,upperdir=real/up,workdir=real/work" lib && cat lib/a.jpg >/dev/null
}
state_behind_seconds_file() {
	seconds && rm card/a.jpg && mkdir -p real/lower view && mv lib/a.jpg real/lower && : >lib/a.jpg && src=real/lower/a.jpg &&
		mount -t overlay none -o "lowerdir=real/lower,upperdir=real/up,workdir=real/work" view && mount --bind view/a.jpg lib/a.jpg
}
state_hardlink() { ln -f lib/a.jpg card/a.jpg; }
state_symlink() { ln -sf ../card/a.jpg lib/a.jpg; }
state_symlink_away() { mv lib/a.jpg spare && ln -s ../spare/a.jpg lib/a.jpg && rm -f card/a.jpg && ln spare/a.jpg card; }
state_folder_link() {
	mkdir lib/real && mv lib/a.jpg lib/real && rm -r card && ln -s lib/real card && ln -s real lib/sub
	jq -c '.place.to = "sub/a.jpg"' log >log2 && mv log2 log
}
state_rotten() { edit lib/a.jpg; }
state_missing() { rm lib/a.jpg; }
state_directory() { rm lib/a.jpg && mkdir lib/a.jpg; }
state_longer() { echo more >>lib/a.jpg; }
state_shorter() { : >lib/a.jpg; }
state_unreadable() { chmod 0 lib/a.jpg; }

# ---- how its source can be removed ----

ways="place_new place_exists place_known place_source remove_copied remove_duplicate remove_exists remove_source import compare"

rec() { # [MEMBER]
	file-hash "$src" | jq -c ". + {${1-}}"
}
way_place_new() { rec | place-file -q -t lib --template='new/{name}' --move; }
way_place_exists() { rec | place-file -q -t lib --template='{name}' --move; }
way_place_known() { rec 'db: {status: "known", by: "hash", path: "a.jpg", root: "lib"}' | place-file -q -t lib --template='x/{name}' --move; }
way_place_source() { rec 'db: {status: "known", by: "source", path: "a.jpg", root: "lib"}' | place-file -q -t lib --template='x/{name}' --move; }
way_remove_copied() { jq -c --arg p "$src" '.path = $p' log | source-remove -q; }
way_remove_duplicate() { jq -c --arg p "$src" '.path = $p | .place.action = "duplicate"' log | source-remove -q; }
way_remove_exists() { jq -c --arg p "$src" '.path = $p | .place.action = "exists"' log | source-remove -q; }
way_remove_source() { jq -c --arg p "$src" '.path = $p | .db = {status: "known", by: "source"} | del(.hash)' log | source-remove -q; }
way_import() { photo-import -q --all-files --move --template='{name}' "${src%/*}" lib; }

# What is called equal may be removed by hand.
way_compare() {
	[ "$(jq -c --arg p "$src" '.path = $p' log | copy-compare -q | jqr .compare.result)" != equal ] || rm "$src"
}

# contents -- of every picture that is anywhere, under whatever name.
contents() {
	find lib card spare up real -type f ! -path '*/.dcim/*' -exec sha256sum {} + 2>/dev/null | cut -d' ' -f1 | sort -u
}

# cell STATE WAY -- in a mount namespace of its own where there is one.
cell() {
	local out
	begin
	if ! "state_$1" 2>/dev/null; then
		echo "$1: cannot be made here" >>skipped
		return 0
	fi
	contents >before
	out=$("way_$2" 2>&1) || true
	contents >after
	for at in lib/a.jpg view lib real; do umount $at 2>/dev/null || fusermount -u $at 2>/dev/null || true; done
	[ -z "$(comm -23 before after)" ] || { echo "$1, $2: content is lost: $out"; return 1; }
	[ -z "$(find card lib real -name '.*.dcim-*' 2>/dev/null)" ] || { echo "$1, $2: left aside: $out"; return 1; }
	[ "$1" != whole ] || [ ! -e card/a.jpg ] || [[ "$out" == *not-read-back* ]] ||
		{ echo "$1, $2: not removed: $out"; return 1; }
}

# row STATE -- every way, against it.
row() {
	local way
	for way in $ways; do
		cell "$1" "$way" || return 1
	done
}

# rows STATE... -- in a mount namespace, where there are any.
rows() {
	local state
	for state; do
		if unshare -m true 2>/dev/null; then
			unshare -m bash -c "$(declare -f); DB=$DB ways='$ways'; row $state"
		else
			row "$state"
		fi
	done
	[ ! -e skipped ] || sort -u skipped
}

@test "a whole copy: the source goes, whichever way" {
	rows whole
}

@test "the library seen through another mount: its only copy stays" {
	rows bind overlay lower bindfs behind_bindfs behind_overlay behind_seconds behind_seconds_file
}

@test "links: the library's file under another name stays" {
	rows hardlink symlink symlink_away folder_link
}

@test "a copy that has rotted, was edited, has gone, or is none: the source stays" {
	rows rotten missing directory longer shorter unreadable
}

@test "a source on a union that renumbers what it renames: it goes, copied and renamed" {
	command -v unionfs-fuse >/dev/null && [ -w /dev/fuse ] || skip "needs unionfs-fuse"
	begin
	mkdir low union && unionfs-fuse -o cow card=RW:low=RO union || skip "no union can be made here"
	status=0
	jq -c '.path = "union/a.jpg"' log | source-remove >out 2>err || status=1
	echo other >union/b.jpg
	mkdir union/to && file-hash union/b.jpg | place-file -t union/to --template='{name}' --move >out2 2>err2 || status=1
	umount union
	cat err err2
	[ "$status" -eq 0 ]
	[ "$(jqr .place.source out)" = removed ]
	[ "$(jqr .place.action out2)" = moved ]
	[ "$(find card -name '*.jpg')" = card/to/b.jpg ]
}

@test "a source of which only ctime changes while it is compared is compared again, and goes" {
	begin
	stopped_at fadvise64 source-remove -q <log
	chmod 600 card/.a.jpg.dcim-*
	go_on
	[ "$status" -eq 0 ]
	[ "$(jqr .place.source out)" = removed ]
	[ -z "$(ls -A card)" ]
}

@test "a source that another program still writes to stays" {
	begin
	exec 8>>card/a.jpg
	run -1 source-remove -q <log
	exec 8>&-
	[ "$(jqr .place.reason <<<"$output")" = changed ] && [ -e card/a.jpg ]
}

@test "an overlay that shows the source's bytes under another name gets its own before they go" {
	unshare -m true 2>/dev/null || skip "no mount namespaces"
	begin
	mkdir -p low/lib low/old up work view && cp -p card/a.jpg low/old/a.jpg
	unshare -m sh -euc 'mount -t tmpfs none up && mkdir up/up up/work
		mount -t overlay overlay -o lowerdir=low,upperdir=up/up,workdir=up/work,metacopy=on,redirect_dir=on view || exit 77
		mv view/old/a.jpg view/lib/a.jpg
		place-file -q -t view/lib --template="{name}" --move low/old/a.jpg >out || :
		umount view && mount -t overlay overlay -o lowerdir=low,upperdir=up/up,workdir=up/work,metacopy=on,redirect_dir=on view
		cat view/lib/a.jpg >copy || cp low/old/a.jpg copy' || { [ $? -eq 77 ] && skip "no such overlay here"; false; }
	cmp copy card/a.jpg
}

@test "a copy that has rotted: the original is placed beside it, said, and removed; the rest as ever" {
	[ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"
	for template in '{name}' 'other/{name}'; do
		begin
		cp -p card/a.jpg card/b.jpg && echo new >card/c.jpg && rm -rf spare
		good=$(sha256sum <card/a.jpg) && edit lib/a.jpg
		photo-import -q --all-files --move --template="$template" card lib >out
		[ -z "$(ls -A card)" ]
		[ "$(find lib -name '*.jpg' -exec sha256sum {} + | grep -c "^${good%% *}")" -eq 1 ]
		[ "$(find lib -name '*.jpg' | wc -l)" -eq 3 ]
		cat lib/.dcim/runs/*.ndjson | jqr '.warnings[]?.message' | grep -qx "the library's copy of this file has changed or is damaged: a.jpg"
	done
}

@test "place-file --move: what a database knows has rotted: the file is placed, and its source goes" {
	begin
	good=$(sha256sum <card/a.jpg)
	edit lib/a.jpg
	for by in hash source; do
		file-hash card/a.jpg | jq -c --arg by $by '. + {db: {status: "known", by: $by, path: "a.jpg", root: "lib"}}' |
			place-file -q -t lib --template='x/{name}' --move >out || [ "$(jqr .place.reason out)" = not-read-back ]
		[ "$(sha256sum <lib/x/a.jpg)" = "$good" ]
		[ ! -e card/a.jpg ] || [ "$(jqr .place.reason out)" = not-read-back ]
		mv lib/x/a.jpg card
	done
}

# ---- two that look alike, or stand for each other ----

# collision A B -- two files of one size and one XXH128, and of different content.  Where both halves of a product are
# chosen so that it is nought, the digest does not see the other factor.
collision() {
	python3 - "$@" <<'END'
import sys
secret = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248e"
    "e03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d"
    "8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc"
    "8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e")
for name, seed in zip(sys.argv[1:], (1, 2)):
    block = bytearray(1024)
    for lane in range(8):
        for stripe, sign in ((2, 1), (3, -1)):
            at = 64 * stripe + 8 * lane
            block[at:at + 4] = secret[8 * (stripe + lane):8 * (stripe + lane) + 4]
            block[at + 4:at + 8] = (sign * seed * (lane + 7) % 2**32).to_bytes(4, "little")
    open(name, "wb").write(block)
END
}

@test "equal digests are not equal bytes" {
	need python3
	begin
	collision card/a.jpg card/b.jpg
	[ "$(file-hash card/a.jpg card/b.jpg | jqr .hash.xxh128 | uniq | wc -l)" -eq 1 ] || skip "no collision was made"
	contents >before
	[ "$(wc -l <before)" -eq 3 ]
	file-hash card/a.jpg card/b.jpg | hashdb-lookup -q "$DB" | place-file -q -t lib --template='{name}' --verify=readback |
		hashdb-merge "$DB" | source-remove -q >out || true
	contents | diff before -
	file-hash card/* | place-file -q -t lib --template='y/{name}' --move >out || true
	contents | diff before -
}

# mutual -- two records, each with the other's file as what is known.
mutual() {
	for f in a b; do
		file-hash card/$f.jpg | jq -c --arg o "$([ $f = a ] && echo b || echo a).jpg" \
			'. + {db: {status: "known", by: "hash", path: $o, root: "card"}}'
	done
}

@test "two records that name each other's file: one stays, in one batch and in two processes at once" {
	begin
	for i in {1..15}; do
		rm -rf card && mkdir card
		echo same | tee card/a.jpg >card/b.jpg
		mutual >in
		contents >before
		if [ $((i % 3)) -eq 0 ]; then
			place-file -q -j2 -t lib --move --template='z/{name}' <in >out || true
		else
			sed -n 1p in | place-file -q -t lib --move --template='z/{name}' >out 2>&1 3>&- &
			sed -n 2p in | place-file -q -t lib --move --template='z/{name}' >out2 2>&1 || true
			wait $! || true
		fi
		[ -z "$(contents | comm -23 before -)" ]
		[ -z "$(find card -name '.*')" ]
	done
}

@test "several sources of one copy, read by several threads: all go" {
	[ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"
	begin
	head -c 3000000 /dev/urandom >card/00.jpg
	for i in {1..15}; do cp card/00.jpg card/$i.jpg; done
	ln card/1.jpg card/x.jpg
	file-hash card/* | place-file -q -t lib --template='{name}' --verify=readback | hashdb-merge "$DB" | source-remove -j4 >out
	[ -z "$(ls -A card)" ]
}

# ---- meanwhile ----

# meanwhile COMMAND... -- run it while the source of `log` is aside and nothing has been compared yet.
meanwhile() {
	stopped_at fadvise64 source-remove -q <log
	[ -n "$(find card -name '.a.jpg.dcim-*')" ]
	"$@"
	go_on
}

@test "the copy is replaced, removed or edited, or the source edited, while they are compared" {
	begin
	for what in "mv spare/a.jpg lib/a.jpg" "rm lib/a.jpg" "edit lib/a.jpg" "edit_aside"; do
		begin
		cp -p lib/a.jpg spare
		meanwhile $what
		[ "$status" -eq 1 ]
		[ -e card/a.jpg ]
		jqr .place.reason out
	done
}

edit_aside() { edit card/.a.jpg.dcim-*; }

@test "another file takes the source's name meanwhile: both stay, and it is said" {
	begin
	cp -p lib/a.jpg spare
	mv_and_take() { rm lib/a.jpg && echo new >card/a.jpg; }
	meanwhile mv_and_take
	[ "$status" -eq 1 ]
	[ "$(jqr .place.reason out)" = elsewhere ]
	[ "$(cat card/a.jpg)" = new ]
	cmp card/.a.jpg.dcim-* spare/a.jpg
}

# ---- killed, and failing ----

calls="renameat2 unlinkat openat openat2 pread64 fstat newfstatat statx flock fadvise64 fsync syncfs statfs fstatfs close"

# every INJECTION -- into each call of a run that concerns the card or the library's file, in turn.
every() {
	local inject=$1 call n
	begin
	mkdir saved && cp -a lib card log saved
	for call in $calls; do
		for ((n = 1; n < 200; n++)); do
			rm -rf lib card && cp -a saved/. .
			contents >before
			ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -P "$PWD/card" -P "$PWD/card/a.jpg" -P "$PWD/lib/a.jpg" \
				-P "$PWD/lib" -e "trace=$call" -e "inject=$call:$inject:when=$n" source-remove -j1 -q <log >out 2>err 3>&- || true
			grep -q -e INJECTED -e "killed by" trace || break
			[ -z "$(contents | comm -23 before -)" ] || { echo "$call $n: lost"; cat trace; return 1; }
			source-remove -q <log >out || true
			[ ! -e card/a.jpg ] || { echo "$call $n: not finished"; cat trace out; return 1; }
			[ -z "$(ls -A card)" ] || { echo "$call $n: left aside: $(ls -A card)"; return 1; }
			[ -e lib/a.jpg ]
		done
		[ $n -eq 1 ] || echo "$call: $((n - 1))"
	done
}

@test "killed at any call: source, aside or copy is there, and running it again completes the work" {
	need strace
	[ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"
	every signal=KILL
}

@test "any call that fails: nothing is lost, and running it again completes the work" {
	need strace
	[ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"
	every error=EIO
}

@test "file systems that can neither rename without replacing nor link" {
	need strace
	for inject in "-e inject=renameat2:error=EINVAL" "-e inject=renameat2:error=EINVAL -e inject=linkat:error=EPERM"; do
		begin
		ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=renameat2,linkat $inject source-remove -q <log >out || true
		[ ! -e card/a.jpg ] || [ "$(jqr .place.reason out)" = not-read-back ]
		begin
		rm lib/a.jpg && echo other1234567 >lib/a.jpg && touch -r card/a.jpg lib/a.jpg && truncate -s 12 lib/a.jpg
		run -1 strace -f -o trace -e trace=renameat2,linkat $inject source-remove -q <log
		[ "$(ls -A card)" = a.jpg ]
	done
}

@test "killed where a name cannot be taken without replacing: nothing empty is left behind" {
	need strace
	for call in renameat unlinkat openat; do
		for nth in {1..40}; do
			begin
			ASAN_OPTIONS=detect_leaks=0 run strace -f -o trace -e trace=renameat2,linkat,$call -e inject=renameat2:error=EINVAL \
				-e inject=linkat:error=EPERM -e inject=$call:signal=KILL:when=$nth source-remove -q <log
			[ "$status" -eq 137 ] || break
			[ -z "$(find card -empty -type f)" ] || { echo "$call $nth"; find card -ls; false; }
		done
	done
}

@test "--give-back: what a killed run has left gets its name back, unless someone works on it or it is taken" {
	need flock
	begin
	mv card/a.jpg card/.a.jpg.dcim-0123abcd
	printf '%s\0' card/.a.jpg.dcim-0123abcd | source-remove --give-back >out
	[ "$(ls -A card)" = a.jpg ]
	ln card/a.jpg card/.a.jpg.dcim-0123abcd
	source-remove --give-back card/.a.jpg.dcim-0123abcd >out
	[ "$(ls -A card)" = a.jpg ]
	echo other >card/.a.jpg.dcim-0123abcd
	run -1 source-remove -q --give-back card/.a.jpg.dcim-0123abcd
	[ "$(ls -A card | wc -l)" -eq 2 ]
	: >card/a.jpg # somebody begins to write it
	run -1 source-remove -q --give-back card/.a.jpg.dcim-0123abcd
	touch -d '1 hour ago' card/a.jpg # reserved by who was killed
	source-remove --give-back card/.a.jpg.dcim-0123abcd >out
	[ "$(ls -A card)" = a.jpg ]
	[ "$(cat card/a.jpg)" = other ]
	mv card/a.jpg card/.a.jpg.dcim-0123abcd
	run -1 flock card/.a.jpg.dcim-0123abcd source-remove -q --give-back card/.a.jpg.dcim-0123abcd
	[ ! -e card/a.jpg ]
}

@test "many sources that have gone: their folder is listed once, not once for each" {
	need strace
	begin
	for i in {1..300}; do echo $i >card/$i.jpg; done
	file-hash card/*.jpg | jq -c --slurpfile one log '. + {place: $one[0].place}' >all
	for f in card/*.jpg; do mv "$f" "${f%.jpg}.stays"; done
	touch -d 2020-01-01 card # else its time may not tell of what comes
	for filter in "source-remove -q" "place-file -q -t lib --move --template={name}"; do
		ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=getdents64 $filter -j2 <all >out || true
		[ "$(wc -l <out)" -eq 301 ]
		[ "$(grep -c getdents64 trace)" -lt 60 ] || { grep -c getdents64 trace; false; }
	done
}

@test "place-file takes a hidden leftover for what it was, and finds a source that was left aside" {
	begin
	rec >in
	mv card/a.jpg card/.a.jpg.dcim-0123abcd
	run -0 place-file -q -t lib --template='{stem}-{name}' --dry-run card/.a.jpg.dcim-0123abcd
	[ "$(jqr .place.to <<<"$output")" = a-a.jpg ]
	[ ! -e card/a.jpg ]
	[ -e card/.a.jpg.dcim-0123abcd ]
	run -1 place-file -q -t lib --move card/.a.jpg.dcim-0123abcd
	[[ "$(jqr .error.message <<<"$output")" == *'has its name back'* ]]
	[ -e card/a.jpg ]
	mv card/a.jpg card/.a.jpg.dcim-0123abcd
	place-file -q -t lib --template='{name}' --move <in >out || [ "$(jqr .place.reason out)" = not-read-back ]
	[ ! -e card/.a.jpg.dcim-0123abcd ]
}

# ---- what is said ----

@test "a write-protected card: one line, and it says that all is safe" {
	unshare -m true 2>/dev/null || skip "no mount namespaces"
	begin
	for i in 1 2 3; do echo $i >card/$i.jpg; done
	for how in "place-file -t lib --template={name} --move" "place-file -t lib --template={name} --verify=readback | hashdb-merge $DB | source-remove"; do
		unshare -m bash -uc "mount --bind card card && mount -o remount,ro,bind card || exit 77
			set -o pipefail; file-hash card/* | $how" >out 2>err && status=0 || status=$?
		[ "$status" -ne 77 ] || skip "nothing can be write-protected here"
		[ "$status" -eq 1 ]
		[ "$(wc -l <err)" -eq 1 ]
		grep -q ": 4 copied and safe; the card is write-protected, nothing was removed" err
		[ "$(jqr '.place.reason' out | sort -u)" = read-only ]
	done
}

# ---- another user's file ----

@test "another user's file that was written lately stays: nobody is told who has it open; an older one goes" {
	need setpriv
	[ "$(id -u)" -eq 0 ] || skip "only root can be two users"
	[ "$(stat -c %d /dev/shm)" != "$(stat -c %d .)" ] || skip "one file system"
	up=$(mktemp -d /dev/shm/dcim.XXXXXX) home=$(mktemp -d) # the tests' own folder is closed to others
	chmod 777 "$up" "$home"
	echo old >"$up/old.jpg" && touch -d 2020-05-01 "$up/old.jpg"
	echo ahead >"$up/ahead.jpg" && touch -d '+9 hours' "$up/ahead.jpg" # by a clock that is
	echo new >"$up/new.jpg"
	chmod 644 "$up"/*
	setpriv --reuid=65534 --regid=65534 --clear-groups place-file -q -C "$up" -t "$home" --template='{name}' --move old.jpg ahead.jpg new.jpg >out ||
		[ $? -eq 1 ]
	left=$(ls "$up")
	rm -r "$up" "$home"
	[ "$(jqr '.place.source + (.place.reason // "")' out | xargs)" = "removed removed keptchanged" ]
	[ "$left" = new.jpg ]
}

# ---- the same file as the record's ----

@test "a record that knows whole seconds only: every program takes it for the file's" {
	begin
	touch -d 2020-05-01T10:00:01.123456789Z card/a.jpg
	file-hash card/a.jpg | jq -c '.mtime = "2020-05-01T10:00:01Z"' >recin
	file-hash <recin | place-file -q -t lib --template='x/{name}' --verify=readback | hashdb-merge "$DB" | source-remove -q >out
	[ "$(jqr .place.source out)" = removed ]
	begin
	touch -d 2020-05-01T10:00:01.123456789Z card/a.jpg
	hashdb-lookup -q "$DB" <recin >known
	place-file -q -t lib --template='x/{name}' --move <known >out
	[ "$(jqr '.place.action + .place.source' out)" = duplicateremoved ]
	# another second is another file
	begin
	touch -d 2020-05-01T10:00:02.5Z card/a.jpg
	run -1 place-file -q -t lib --template='x/{name}' --move <known
	[ "$(jqr .error.code <<<"$output")" = ECHANGED ]
}

# ---- whose word the copy is ----

@test "--move believes no record that the copy is in another library, nor in a trash can" {
	begin
	mkdir -p other lib/.Trash
	for root in other lib; do
		cp -p card/a.jpg $root/b.jpg
		cp -p card/a.jpg lib/.Trash/b.jpg
		path=b.jpg
		[ $root = other ] || { path=.Trash/b.jpg; rm lib/b.jpg lib/a.jpg; }
		file-hash card/a.jpg | jq -c --arg p $path --arg r $root '. + {db: {status: "known", by: "hash", path: $p, root: $r}}' >in
		place-file -q -t lib --template='new/{name}' --move <in >out || [ $? -eq 1 ]
		case $root in
		other) [ "$(jqr '.place.source + .place.reason' out)" = keptother-library ] && [ -e card/a.jpg ] ;;
		lib) cmp lib/new/a.jpg lib/.Trash/b.jpg ;;
		esac
	done
	# that library's own database is asked by source-remove
	begin
	photo-init -q other >/dev/null
	file-hash card/a.jpg | hashdb-lookup -q other/.dcim/hash.db | place-file -q -t lib --template='new/{name}' --verify=readback | source-remove -q >out
	[ "$(jqr .place.source out)" = removed ]
	cmp other/b.jpg lib/a.jpg
}

# ---- companions ----

@test "a sidecar is never removed as the duplicate of another picture's" {
	begin
	mkdir card/1 card/2
	for i in 1 2; do echo $i >card/$i/$i.jpg; echo same >card/$i/$i.xmp; done
	file-hash card/*/* | hashdb-lookup -q "$DB" | place-file -q -t lib --template='{name}' --verify=readback | hashdb-merge "$DB" |
		source-remove -q >out || true
	cmp lib/1.xmp lib/2.xmp
	# the same name, too: only the one that brought the file goes
	begin
	mkdir card/1 card/2
	for i in 1 2; do echo same >card/$i/A.xmp; done
	file-hash card/?/A.xmp | place-file -q -t lib --template='{name}' --verify=readback | hashdb-merge "$DB" >log
	[ "$(jqr .place.action log | xargs)" = "copied exists" ]
	run -1 source-remove -q <log
	[ "$(jqr '.place.source + (.place.reason // "")' <<<"$output" | xargs)" = "removed keptcompanion" ]
	[ -e card/2/A.xmp ]
	# ... also where it was not removed the first time
	echo same >card/1/A.xmp && touch -d "$(jqr 'select(.path == "card/1/A.xmp").mtime' log)" card/1/A.xmp
	file-hash card/?/A.xmp | place-file -q -t lib --template='{name}' --verify=readback | hashdb-merge "$DB" >log
	[ "$(jqr .place.action log | xargs)" = "exists exists" ]
	run -1 source-remove -q <log
	[ ! -e card/1/A.xmp ]
	[ -e card/2/A.xmp ]
}

@test "nor is what lies beside a picture, whoever else has the like: Takeout's JSON, notes, tracks" {
	for extension in $(sed -n 's/^COMPANION("\([^"]*\)".*/\1/p' "$ROOT/lib/media/group/companions.def"); do
		begin
		for i in 1 2; do echo $i >card/$i.jpg; echo '{"title": "", "photoTakenTime": {}}' >card/$i.jpg.$extension; done
		photo-import -q --move --all-files card lib >/dev/null || [ $? -eq 1 ]
		for i in 1 2; do find lib card -name $i.jpg.$extension -size +0 | grep .; done
	done
}

# ---- a rename ----

@test "an edit that keeps size and mtime, before a rename: ECHANGED, and the digest is no longer said" {
	need flock
	begin
	rec >in
	mkfifo pipe
	# the lock is taken at the start, too: hold it only once the source has been read
	place-file -q -t lib --template='moved/{name}' --move <pipe >out 2>err 3>&- &
	pid=$!
	exec 7>pipe
	until [ -n "$(find lib/.dcim/tmp -name lock 2>/dev/null)" ]; do kill -0 $pid; done
	exec 8>>lib/.dcim/lock
	flock 8
	cat in >&7
	exec 7>&-
	inode=$(stat -c %i lib/.dcim/lock)
	until grep -q -e "-> FLOCK .*:$inode " /proc/locks; do kill -0 $pid; done
	edit card/a.jpg
	exec 8>&-
	status=0
	wait $pid || status=$?
	[ "$status" -eq 1 ]
	[ "$(jqr '.error.code + " " + (.hash | tostring)' out)" = "ECHANGED null" ]
	[ -e card/a.jpg ]
	[ ! -e lib/moved/a.jpg ]
}

@test "an edit in the moment of a rename: it goes back" {
	need strace
	begin
	rec >in
	ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=renameat2 -e inject=renameat2:delay_enter=3s:when=1 \
		place-file -q -t lib --template='moved/{name}' --move <in >out 2>err 3>&- &
	pid=$!
	until grep -q renameat2 trace 2>/dev/null; do kill -0 $pid; done
	edit card/a.jpg
	status=0
	wait $pid || status=$?
	[ "$status" -eq 1 ]
	[ "$(jqr '.error.code + " " + (.hash | tostring) + " " + (.place | tostring)' out)" = "ECHANGED null null" ]
	[ -e card/a.jpg ]
	[ ! -e lib/moved/a.jpg ]
}

@test "another name of the file that was moved before is no edit" {
	begin
	ln lib/a.jpg lib/b.jpg
	for f in a b; do file-hash lib/$f.jpg; done | place-file -q -t lib --template='moved/{name}' --move >out
	[ "$(jqr .place.action out | sort -u)" = moved ]
}
