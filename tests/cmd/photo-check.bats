#!/usr/bin/env bats
# bats file_tags=no-races,scripts
# photo-check -- "safe" is said of no card that has one thing wrong, and of one that has none.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	DB=lib/.dcim/hash.db
	as=''
}

# place N -- the N-th place that a thing can be wrong at; $copy is where the library has that file.
place() {
	case $1 in
	1) at=card/DCIM/100/a.jpg ;;
	2) at=$'card/DCIM/100/b "compare":{"result":"equal"\nb.jpg' ;;
	3) at=card/DCIM/.hidden/c.jpg ;;
	4) at=card/-notes.txt ;;
	esac
	copy=lib/all/${at##*/}
}

# good -- a card, all of which is in lib; the same again and again.
good() {
	if [ ! -d kept ]; then
		photo-init -q lib >/dev/null
		for n in 1 2 3 4; do
			place $n
			mkdir -p "${at%/*}"
			printf '\377\330\377\376\000\010good %d\377\331' $n >"$at"
		done
		find card -type f -exec touch -d 2020-05-01 {} +
		photo-import -q --all-files --template='all/{name}' card lib >/dev/null
		rm -f lib/all/*-1* && mkdir kept && cp -a card lib kept
		rm -rf lib/.dcim/tmp kept/lib/.dcim/tmp
	else
		chmod -R u+rwX card lib && rm -rf card lib && cp -a kept/. .
	fi
}

disk() { [ "$(stat -f -c %T .)" != tmpfs ] || skip "tmpfs cannot be read back"; }

# edit FILE -- other bytes; size and mtime stay.
edit() {
	touch -r "$1" ref
	printf ROT | dd of="$1" bs=1 seek=6 conv=notrunc status=none
	touch -r ref "$1"
}

# on_a_card COMMAND -- run it where mnt is a card with a file system of its own, which has all that card has.
on_a_card() {
	unshare -m true 2>/dev/null || skip "no mount namespaces"
	truncate -s 8M image && mkfs.ext4 -q -F image
	unshare -m bash -c 'mkdir mnt && mount -o loop image mnt && rm -r mnt/lost+found && cp -a card/. mnt || exit 77
		'"$1" || { [ $? -eq 77 ] && skip "cannot mount"; false; }
}

# without_root -- $as is what a command begins with that is to be held to modes.
without_root() {
	command -v setpriv >/dev/null || return
	[ "$(id -u)" -ne 0 ] || as='setpriv --bounding-set=-dac_override,-dac_read_search'
}

# ---- one thing that is wrong ----

wrong_copy_rotten() { edit "$copy"; }
wrong_copy_short() { truncate -s -1 "$copy"; }
wrong_copy_empty() { : >"$copy"; }
wrong_copy_longer() { echo >>"$copy"; }
wrong_copy_gone() { rm "$copy"; }
wrong_copy_link_to_source() { ln -sf "$PWD/$at" "$copy"; }
wrong_copy_link() { mv "$copy" spare && ln -s "$PWD/spare" "$copy"; }
wrong_copy_hardlink() { ln -f "$at" "$copy"; }
wrong_copy_folder() { rm "$copy" && mkdir "$copy"; }
wrong_copy_unreadable() { without_root && chmod 0 "$copy"; }
wrong_copy_folder_link() { mv lib/all all && ln -s "$PWD/all" lib/all; }
wrong_row_gone() {
	mv "$copy" spare
	hashdb-list -0 --relative --gone "$DB" | file-hash -C lib --verify | hashdb-merge -C lib --forget-missing "$PWD/$DB" >/dev/null
	mkdir lib/elsewhere && mv spare lib/elsewhere
}
wrong_deleted() {
	rm "$copy"
	hashdb-list -0 --relative --gone "$DB" | file-hash -C lib --verify | hashdb-merge -C lib --mark-deleted "$PWD/$DB" >/dev/null
}
wrong_source_rotten() { edit "$at"; }
wrong_source_short() { truncate -s -1 "$at"; }
wrong_source_edited() { echo >>"$at"; }
wrong_source_link() { rm "$at" && ln -s "$PWD/$copy" "$at"; }
wrong_source_unreadable() { without_root && chmod 0 "$at"; }
wrong_source_folder_unreadable() { without_root && chmod 0 "${at%/*}"; }
wrong_source_growing() { exec 8>>"$at"; }
wrong_source_hardlinked_all() { ln -f "$copy" "$at"; }
wrong_more_picture() { cp "$at" "${at%/*}/more.jpg" && edit "${at%/*}/more.jpg"; }
wrong_more_hidden() { echo hidden >"${at%/*}/.more"; }
wrong_more_trash() { mkdir "${at%/*}/.Trashes" && echo trash >"${at%/*}/.Trashes/more.jpg"; }
wrong_more_fifo() { mkfifo "${at%/*}/more.jpg"; }
wrong_more_link() { ln -s nowhere "${at%/*}/more.jpg"; }

# every_wrong N -- each of them at a place; the first line never says "safe", the status is 1, and the file is named.
every_wrong() {
	local wrong n=0
	good
	for wrong in $(declare -F | sed -n 's/^declare -f wrong_//p'); do
		good
		place "$1"
		as=''
		"wrong_$wrong" || { echo "$wrong: cannot be made here" >&3; continue; }
		n=$((n + 1))
		status=0
		$as photo-check -q card lib >out 2>err || status=$?
		exec 8>&-
		[ "$status" -eq 1 ] && ! grep -q safe out && [ "$(wc -l <out)" -ge 4 ] && grep -q '^  ' out ||
			{ echo "$wrong at $at: $status"; cat out err; false; }
	done
	[ "$n" -ge 20 ]
}

@test "cards with one thing wrong, a picture's: none is called safe" { every_wrong 1; }
@test "cards with one thing wrong, under a hostile name: none is called safe" { every_wrong 2; }
@test "cards with one thing wrong, in a hidden folder: none is called safe" { every_wrong 3; }
@test "cards with one thing wrong, no picture's: none is called safe" { every_wrong 4; }

@test "a card that has nothing wrong can be deleted, where one file system holds both" {
	disk
	good
	run -0 --separate-stderr photo-check card lib
	[ "${lines[0]}" = "4 of 4 files are in lib, both sides read and equal: safe to delete" ]
	[ "${lines[1]}" = "card and lib lie on one file system: to format that would take both." ]
	[ "${#lines[@]}" -eq 2 ]
	cp -a card other # known by its content alone
	run -0 photo-check -q -j2 other "card/DCIM/100/a.jpg" lib
	[[ "${lines[0]}" == "5 of 5 files are in lib,"*": safe to delete" ]]
	[ "$(find card lib -newer kept -type f)" = "" ]
}

@test "a card with a file system of its own can be formatted; not if it is written while it is looked at" {
	disk
	good
	on_a_card 'photo-check -q mnt lib >out || exit
		mkdir bin && printf "#!/bin/sh\necho late >mnt/late.jpg\nexec \"$BIN/copy-compare\" \"\$@\"\n" >bin/copy-compare
		for p in "$BIN"/*; do [ "${p##*/}" = copy-compare ] || cp "$p" bin; done
		chmod +x bin/copy-compare
		bin/photo-check -q mnt lib >late; echo $? >>late'
	[ "$(cat out)" = "4 of 4 files are in lib, both sides read and equal: safe to format" ]
	grep -q '^4 of 5 files are in lib, .*: do not format yet$' late
	grep -q -A1 '^New, changed or gone since this began: 1$' late
	[ "$(tail -n 1 late)" = 1 ]
}

@test "a part of a card: it can be deleted, but of what was not looked at nobody says that it can be formatted" {
	disk
	good
	on_a_card 'mkdir mnt/PRIVATE && echo film >mnt/PRIVATE/film.mp4 && mkdir bound && mount --bind mnt/DCIM bound || exit 77
		for part in mnt/DCIM mnt/DCIM/100/a.jpg bound mnt/PRIVATE/../DCIM; do photo-check -q "$part" lib || exit; done >out
		rm -r mnt/PRIVATE && photo-check -q mnt/DCIM ./mnt/. lib >all
		mkdir mnt/under && echo film >mnt/under/film.mp4 && mount -t tmpfs none mnt/under || exit 77
		photo-check -q mnt lib >over'
	run ! grep -q format\$ out
	[ "$(grep -c ': safe to delete$' out)" -eq 4 ]
	for part in mnt/DCIM mnt/DCIM/100/a.jpg bound; do
		grep -qx "$part is not all of its file system: to format that would take what was not compared." out
	done
	[ "$(cat all)" = "4 of 4 files are in lib, both sides read and equal: safe to format" ]
	[ "$(cat over)" = "4 of 4 files are in lib, both sides read and equal: safe to delete
mnt is not all of its file system: to format that would take what was not compared." ]
}

# meanwhile COMMAND... -- photo-check; when its copy-compare has compared all, that is done.
meanwhile() {
	mkdir -p bin && cp "$BIN"/* bin
	{ declare -f edit; printf '%q ' "$@"; } >change
	printf '#!/bin/sh\n"%s" "$@"\nstatus=$?\nbash change\nexit $status\n' "$BIN/copy-compare" >bin/copy-compare
	status=0
	bin/photo-check -q card lib >out || status=$?
}

@test "what changes once it was compared, here or there, be it under the same size and time: it is not safe" {
	disk
	good
	place 1
	for change in edit touch rm; do
		for file in "$at" "$copy"; do
			good
			meanwhile $change "$file"
			[ "$status" -eq 1 ] || { echo "$change $file: $status"; cat out; false; }
			[ "$(head -n 1 out)" = "3 of 4 files are in lib, both sides read and equal: do not format yet" ]
			[ "$file" = "$at" ] && title='New, changed or gone since this began: 1' name=$at ||
				title='Copies in lib that have changed or gone since they were compared: 1' name=all/a.jpg
			[ "$(tail -n 2 out)" = "$title"$'\n'"  $name" ] || { echo "$change $file"; cat out; false; }
		done
	done
}

@test "a copy that is rotten, and another one that is good: the file is safe, and the rotten one is told" {
	disk
	good
	place 1
	mkdir lib/more
	cp -p "$copy" lib/more/second.jpg
	cp -p "$copy" lib/more/third.jpg
	photo-init -q lib >/dev/null
	edit "$copy"
	edit lib/more/second.jpg
	for name in "$at" card/other.jpg; do # known by its source, and by its content alone
		[ -e "$name" ] || mv "$at" "$name"
		run -0 photo-check -q --records="records${name//\//-}" card lib
		[ "${lines[0]}" = "4 of 4 files are in lib, both sides read and equal: safe to delete" ]
		[[ "$output" == *"Copies in lib that are not as they were recorded ('photo-verify lib' tells more): 2"$'\n  lib/all/a.jpg\n  lib/more/second.jpg' ]]
		[ "$(jqr .compare.result records* | sort -u)" = equal ]
	done
	edit lib/more/third.jpg
	run -1 photo-check -q card lib
	[[ "$output" == *"Whose copy in lib has other content: 1"$'\n'"  card/other.jpg"* ]]
	[[ "$output" == *"are not as they were recorded ('photo-verify lib' tells more): 3"* ]]
}

@test "a source that is named twice, or lies in another one, is counted once; a verdict that cannot be written is none" {
	disk
	good
	run -0 photo-check -q card ./card/ card/DCIM card/DCIM/.. lib
	[ "${lines[0]}" = "4 of 4 files are in lib, both sides read and equal: safe to delete" ]
	status=0
	photo-check -q card lib >/dev/full 2>/dev/null || status=$?
	[ "$status" -eq 3 ]
}

@test "--media-only: what is no picture or film is named, and may go; a picture may not" {
	disk
	good
	echo index >card/DCIM/CAMERA.IDX
	mkdir card/.Trashes && echo old >card/.Trashes/x
	run -1 photo-check -q card lib
	[ "${lines[0]}" = "4 of 6 files are in lib, both sides read and equal: do not format yet" ]
	rm -r card/.Trashes
	run -0 photo-check -q --media-only card lib
	[ "${lines[0]}" = "4 of 4 files are in lib, both sides read and equal: safe to delete, but for 1 file that is no picture or film and only here:" ]
	[[ "$output" == *"Neither pictures nor films, and only here: 1"*"  card/DCIM/CAMERA.IDX" ]]
	echo more >card/more
	run -0 photo-check -q --media-only card lib
	[[ "${lines[0]}" == *": safe to delete, but for 2 files that are no pictures or films and are only here:" ]]
	rm card/more && ln -s nowhere card/link
	run -0 photo-check -q --media-only card lib
	[[ "${lines[0]}" == *", but for 1 file that is no picture or film and only here and 1 link or other thing that is no file:" ]]
	rm card/link && mkdir card/.Trashes && echo old >card/.Trashes/x
	run -0 photo-check -q --media-only card lib
	[[ "${lines[0]}" == *"but for 2 files that are no pictures or films, or lie in trash or programs' own folders, and are only here:" ]]
	place 1
	cp "$at" card/new.jpg && edit card/new.jpg
	run -1 photo-check -q --media-only card lib
	[ "${lines[0]}" = "4 of 5 files are in lib, both sides read and equal: do not format yet" ]
	[[ "$output" == *"Not in lib (photo-import brings them): 1"*"  card/new.jpg"* ]]
}

@test "an empty card, one with only other files, and one that holds the library, are not called safe" {
	good
	mkdir empty
	run -1 photo-check -q empty lib
	[ "$output" = "0 files in empty: nothing was compared" ]
	touch empty/notes
	run -1 photo-check -q --media-only empty lib
	[[ "$output" != *safe* ]]
	mkdir disk && mv card lib disk
	run -1 photo-check -q disk disk/lib
	[[ "${lines[0]}" != *safe* ]]
	[[ "$output" == *"lies in disk itself, and would go with it"* || "$output" == *"do not format"* ]]
}

@test "the library as its own source, no library, no source, and unknown words, are wrong commands" {
	good
	ln -s lib/all here
	for source in lib lib/all lib/.dcim here; do
		run -2 photo-check "$source" lib
		[[ "$output" == *"the library itself"* ]]
	done
	run -2 photo-check card
	run -2 photo-check card nowhere
	run -2 photo-check nowhere lib
	run -2 photo-check lib
	run -2 photo-check -jx card lib
	echo mine >records
	run -2 photo-check --records=records card lib
	[ "$(cat records)" = mine ]
}

@test "--records: all of them; of long lists the first ten are named, and how many more there are" {
	good
	for n in {1..1200}; do echo $n >card/$n.txt; done
	run -1 photo-check -q --records=records card lib
	[ "${lines[0]}" = "4 of 1,204 files are in lib, both sides read and equal: do not format yet" ]
	[ "${lines[1]}" = "Neither pictures nor films, and only here (photo-import --all-files brings them, --media-only lets them go): 1,200" ]
	[ "${lines[12]}" = "  and 1,190 more" ]
	[ "$(jqr .compare.result records | sort | uniq -c | tr -s ' \n' ' ')" = " 4 equal 1200 unrecorded " ]
}

@test "a database that is damaged: status 3, and nothing is called safe" {
	good
	dd if=/dev/urandom of="$DB" bs=4096 count=8 conv=notrunc status=none
	run -3 photo-check -q card lib
	[[ "$output" != *safe* ]]
}

@test "a card that is pulled out: status 3, and nothing is called safe" {
	good
	mkdir bin && cp "$BIN"/* bin
	printf '#!/bin/sh\nmv card pulled\nexec "%s" "$@"\n' "$BIN/file-hash" >bin/file-hash
	run -3 bin/photo-check -q card lib
	[[ "$output" != *safe* && "$output" == *"card has gone"* ]]
}

@test "interrupted: it ends by the signal, and nothing is called safe" {
	good
	mkdir bin && cp "$BIN"/* bin
	printf '#!/bin/sh\necho >reached\nexec sleep 600\n' >bin/file-hash
	bin/photo-check card lib >out 2>err 3>&- &
	wait_until [ -e reached ]
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ "$status" -eq 143 ]
	run ! grep -q safe out
	grep -q interrupted err
}

@test "photo-import --check: ends with it, and with the worse status; off unless asked for" {
	disk
	good
	cp card/DCIM/100/a.jpg card/new.jpg && edit card/new.jpg
	run photo-import -q card lib
	[[ "$output" != *"both sides read"* ]]
	run -0 photo-import -q --all-files --check card lib
	[[ "$output" == *"5 of 5 files are in lib, both sides read and equal: safe to delete"* ]]
	echo note >card/more.txt
	run -1 photo-import -q --check card lib
	[[ "$output" == *"5 of 6 files are in lib, both sides read and equal: do not format yet"* ]]
	run photo-import -n -q --check card lib
	[[ "$output" != *"both sides read"* ]]
	run -1 photo-import -q --move --check card lib
	[[ "$output" == *"0 of 1 files are in lib"*"card/more.txt"* ]]
	rm card/more.txt
	cp kept/card/DCIM/100/a.jpg card
	run -0 photo-import -q --move --check card lib
	[[ "$output" == *"nothing is left in card to compare" ]]
}
