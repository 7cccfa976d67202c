#!/usr/bin/env bats
# undo -- place-file --undo: what was placed is taken back, and what has changed since, or is relied on, is left alone.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	mkdir lib card
	echo one >card/a
	echo two >card/b
	touch -d 2020-01-02T03:04:05.123456789Z card/a card/b
}

# place OPTION... -- the card's files into lib; the records are in log.
place() {
	find card -type f -print0 | sort -z | file-hash | place-file -q --to=lib --from=card --undated='new/{name}' "$@" >log
}

# said FILE -- each record's source, action and reason.
said() { jqr '"\(.path) \(.place.action) \(.place.reason // "-")"' "$@" | paste -sd ';'; }

# tree FOLDER -- its files with contents and times, and its folders.
tree() { (cd "$1" && find . -path ./.dcim -prune -o -type f -printf '%p %T@ ' -exec sha256sum {} \; -o -printf '%p\n' | sort); }

# left REASON [PATH] -- undo leaves this file alone, says why, and changes nothing.
left() {
	local path=${2:-card/a}
	{ tree lib && tree card; } >before
	run -1 --separate-stderr place-file --undo < <(jq -c --arg path "$path" 'select(.path == $path)' log)
	[ "$(said <<<"$output")" = "$path skipped $1" ] || { echo "$output"; false; }
	[[ "$stderr" == "place-file: $path: left alone: "* ]] || { echo "$stderr"; false; }
	{ tree lib && tree card; } | diff before -
}

@test "copied, reflinked, hard-linked, linked: gone again, and the folders with them; the source stays as it was" {
	tree card >card.before
	for how in --copy --reflink --hardlink --symlink; do
		place $how || { [ $how = --reflink ] && continue; }
		[ "$(find lib/new | wc -l)" -eq 3 ]
		run -0 --separate-stderr place-file --undo <log
		[ "$(said <<<"$output")" = 'card/b undone -;card/a undone -' ] || { echo "$how: $output"; false; }
		[ -z "$stderr" ]
		[ "$(ls lib)" = '' ] || { echo "$how"; find lib; false; }
		tree card | diff card.before -
	done
}

@test "moved: back under its old name, with its time; so is what a later program removed" {
	tree card >card.before
	place --move
	[ -z "$(ls card)" ]
	run -0 --separate-stderr place-file --undo <log
	[ "$(said <<<"$output")" = 'card/b undone -;card/a undone -' ] || { echo "$output"; false; }
	tree card | diff card.before -
	[ -z "$(ls lib)" ]
	place --verify=readback
	jq -c '.place.source = "removed"' log >removed
	mv removed log
	rm card/*
	run -0 --separate-stderr place-file --undo <log
	tree card | diff card.before -
	[ -z "$(ls lib)" ]
}

@test "moved without a digest: back, if size and time are what they were" {
	tree card >card.before
	place-file -q --move --to=lib --undated='new/{name}' card/a card/b >log
	run -0 place-file --undo <log
	tree card | diff card.before -
	place-file -q --move --to=lib --undated='new/{name}' card/a card/b >log
	touch lib/new/a
	left changed
}

@test "moved to another file system: a copy with its time goes back, and the library's file is compared and removed" {
	[ "$(stat -c %d .)" != "$(stat -c %d /dev/shm)" ] || skip "no other file system"
	lib=$(mktemp -d /dev/shm/undo.XXXXXX)
	rm -r lib && ln -s "$lib" lib
	tree card >card.before
	place
	jq -c '.place.source = "removed"' log >removed
	mv removed log
	rm card/*
	run -0 --separate-stderr place-file --undo <log
	rm -r "$lib"
	tree card | diff card.before -
	[ "$(said <<<"$output")" = 'card/b undone -;card/a undone -' ] || { echo "$output"; false; }
}

@test "a source that is gone, or was edited: its copy stays" {
	place
	rm card/a
	left source-gone
	[ -e lib/new/a ]
	echo ONE >card/a
	left source-changed
	[ -e lib/new/a ]
}

@test "a copy that was edited stays, whatever its time says; so does one that was edited as its source was" {
	place
	echo ONE >lib/new/a && touch -r card/b lib/new/a
	left changed
	echo ONE >card/a
	left changed
	[ "$(cat lib/new/a)" = ONE ]
}

@test "what was moved stays where it was edited, its old folder is gone, or its old name is taken" {
	place --move
	echo ONE >>lib/new/a
	left changed
	rmdir card
	run -1 place-file -q --undo <log
	[ "$(said <<<"$output")" = 'card/b skipped folder-gone;card/a skipped folder-gone' ]
	mkdir card && echo other >card/b
	left name-taken card/b
	[ "$(cat card/b lib/new/b)" = $'other\ntwo' ]
	echo two >card/b
	run -1 place-file -q --undo <log
	[ "$(said <<<"$output")" = 'card/b undone -;card/a skipped changed' ]
	[ ! -e lib/new/b ]
}

@test "one file under two names is no copy: it stays" {
	place
	ln -f lib/new/a card/a
	left same-file
	rm card/b && ln -s "$PWD/lib/new/b" card/b
	left link card/b
	[ "$(cat card/b)" = two ]
}

@test "a hard link stays where the source is another file, a link where it leads elsewhere" {
	place --hardlink
	rm card/a && echo one >card/a
	left source-changed
	rm card/a
	left source-gone
	rm -r lib/new && echo one >card/a
	place --symlink
	ln -sfn "$PWD/card/b" lib/new/a
	left changed
	[ -h lib/new/a ]
}

@test "what the library had already stays; a source that was removed for it is given back" {
	cp -p card/a card/twin
	tree card >card.before
	place --move
	[ "$(jqr .place.action log | paste -sd ' ')" = 'moved moved duplicate' ]
	run -0 --separate-stderr place-file --undo <log
	[ "$(said <<<"$output")" = 'card/twin skipped given-back;card/b undone -;card/a undone -' ] || { echo "$output"; false; }
	tree card | diff card.before -
	place && place
	run -0 --separate-stderr place-file --undo <log
	[ "$(said <<<"$output")" = 'card/twin skipped not-placed;card/b skipped not-placed;card/a skipped not-placed' ]
	[ -e lib/new/a ] && [ -e lib/new/b ]
}

@test "failed, skipped and planned: nothing to undo, and no failure; a line that is no record is one" {
	place -n
	jq -c 'del(.place) + {error: {tool: "x", op: "open", code: "ENOENT", message: "gone"}}' log >failed
	cat failed >>log && jq -c '.place = {action: "skipped", reason: "not-media"}' failed >>log
	run -0 --separate-stderr place-file --undo <log
	[ "$(jqr '.place.reason + (.error.code // "")' <<<"$output" | sort | uniq -c | xargs)" = '6 not-placed' ]
	run -1 --separate-stderr place-file --undo log
	[[ "$stderr" == 'place-file: log: a path does not tell what was placed: place-file --undo <LOG' ]] || { echo "$stderr"; false; }
	echo '{"path":' >>log
	run -1 --separate-stderr place-file --undo <log
	[ "$(head -n 1 <<<"$output" | jqr '.error.code + " \(.error.line)"')" = 'EINPUT 7' ]
	[[ "$stderr" == 'place-file: input line 7: '* ]]
}

@test "-n says what would be done, and does nothing" {
	place
	cp -p card/a card/c
	echo more >>card/b
	find card lib -printf '%p %i %T@ %C@\n' | sort >before
	run -1 --separate-stderr place-file -n --undo <log
	[ "$(said <<<"$output")" = 'card/b skipped source-changed;card/a planned -' ] || { echo "$output"; false; }
	find card lib -printf '%p %i %T@ %C@\n' | sort | diff before -
	rm -r card/b card/c lib/new
	place --move
	run -0 place-file -n --undo <log
	[ "$(said <<<"$output")" = 'card/a planned -' ]
	[ ! -e card/a ]
}

@test "the last first: what was moved twice goes back where it began, whatever -j is" {
	place --move
	find lib/new -type f -print0 | sort -z | file-hash | place-file -q --move --to=lib --undated='newer/{name}' >>log
	[ "$(ls lib/newer)" = $'a\nb' ]
	run -0 --separate-stderr place-file -j8 --undo <log
	[ "$(jqr .place.to <<<"$output" | paste -sd ' ')" = 'newer/b newer/a new/b new/a' ]
	[ "$(cat card/a card/b)" = $'one\ntwo' ]
	[ -z "$(ls lib)" ]
}

@test "a folder that holds anything stays, as does what the library has of its own" {
	place
	echo mine >lib/new/mine
	run -0 place-file --undo <log
	[ "$(ls lib/new)" = mine ]
	echo own >card/own && cp card/own lib/.dcim/own
	jq -cn '{path: "card/own", place: {action: "copied", to: (".dcim/own", "../card/own", "/etc/passwd", "new/../../card/own"), root: "lib"}}' >log
	run -0 place-file --undo <log
	[ "$(jqr .place.reason <<<"$output" | uniq)" = not-placed ]
	[ -e lib/.dcim/own ]
	[ -e card/own ]
	ln -s .dcim lib/link
	mkdir lib/.dcim/sub && cp card/own lib/.dcim/sub
	jq -cn '{path: "card/own", place: {action: "copied", to: ("./.dcim/own", ".//.dcim/own", "link/own", "./.dcim/sub/own", "link/sub/own"), root: "lib"}}' >log
	run -1 place-file -q --undo <log
	[ "$(jqr .place.reason <<<"$output" | uniq)" = in-dcim ] || { echo "$output"; false; }
	[ -e lib/.dcim/own ] && [ -e lib/.dcim/sub/own ]
}

@test "--to: the library as it is called now; without it one that is gone is skipped; one that is not mounted is refused" {
	place
	mv lib moved
	run -1 --separate-stderr place-file --undo <log
	[ "$(said <<<"$output")" = 'card/b skipped other-library;card/a skipped other-library' ]
	mkdir empty lib
	run -2 --separate-stderr place-file --undo --to=empty <log
	[ "${stderr_lines[0]}" = 'place-file: no library at empty (is the disk mounted?)' ]
	run -1 place-file -q --undo <log
	[ "$(said <<<"$output")" = 'card/b skipped other-library;card/a skipped other-library' ]
	run -0 place-file --undo --to="$PWD/moved" <log
	[ "$(jqr .place.root <<<"$output" | uniq)" = "$PWD/moved" ]
	[ -z "$(ls moved)" ]
}

@test "--later: what another source relies on, or was placed anew, stays; what was undone is not undone again" {
	place
	cp log first
	cp card/a card/other
	find card/other -print0 | file-hash | place-file -q --to=lib --undated='new/{name}' >second
	[ "$(said second)" = 'card/other copied -' ]
	jq -c '.place.action = "duplicate" | .place.to = "new/a"' second >relies
	run -1 place-file -q --undo --later=relies <first
	[ "$(said <<<"$output")" = 'card/b undone -;card/a skipped later-run' ]
	jq -c '.place.action = "undone"' relies >>relies
	jq -c 'select(.path == "card/a") | .place.action = "exists"' first >>relies # the same source once more
	run -0 place-file -q --undo --later=relies <first
	[ "$(said <<<"$output")" = 'card/b undone copy-missing;card/a undone -' ]
	jq -c '.place.action = "undone"' first >undone
	place && rm card/other
	run -0 place-file -q --undo --later=undone <first
	[ "$(said <<<"$output")" = 'card/b skipped undone-before;card/a skipped undone-before' ]
	run -1 place-file -q --undo --later=undone --later=log <first
	[ "$(said <<<"$output")" = 'card/b skipped later-run;card/a skipped later-run' ]
	[ "$(ls lib/new)" = $'a\nb\nother' ]
	run -3 place-file -q --undo --later=nowhere <first
}

@test "undo goes by the records: with --move and its like it is a wrong command" {
	run -2 place-file --undo --move --to=lib </dev/null
	[[ "${lines[0]}" == *'leave out --copy'* ]]
}

# ---- photo-import --undo ----

# rows DB, rebuilt LIBRARY DB -- what a database knows, and one from the library's logs alone.
rows() {
	sqlite3 "$1" "SELECT hex(path), size, mtime, hash, ifnull(mismatch, ''), ifnull(deleted, ''), record FROM file ORDER BY 1, 4;
		SELECT v.name, v.label, hex(s.path), s.size, s.mtime, s.first, ifnull(hex(f.path), '') FROM source AS s
			JOIN volume AS v ON v.id = s.volume LEFT JOIN file AS f ON f.id = s.file ORDER BY 1, 3, 4, 5"
}
rebuilds() {
	rm -f new.db
	cat lib/.dcim/runs/*.ndjson | hashdb-merge -q --root="$PWD/lib" new.db >/dev/null
	diff <(rows lib/.dcim/hash.db) <(rows new.db)
}

# library -- a card of pictures with a twin and a companion, and an empty library; what both are like is noted.
library() {
	need sqlite3
	rm -rf card lib && mkdir -p card/DCIM
	for ((i = 0; i < ${1:-8}; i++)); do
		printf '\377\330\377\376\000\022%-16d\377\331' $i >card/DCIM/$i.jpg
	done
	cp -p card/DCIM/1.jpg card/twin.jpg
	echo sidecar >card/DCIM/2.xmp
	touch -d 2020-01-02T03:04:05.123456789Z card/DCIM/* card/*.jpg
	photo-init -q lib >/dev/null
	tree lib >lib.before
	tree card >card.before
}

@test "photo-import, undone: the library is as it was, and so is the card; imported again, everything comes again" {
	library
	photo-import -q card lib >/dev/null
	run -0 --separate-stderr photo-import --undo=last lib
	[ "${lines[0]}" = '10 files, 224 bytes: 9 undone, 1 that the run had not placed' ] || { echo "$output$stderr"; false; }
	[ ${#lines[@]} -eq 1 ]
	[ -z "$stderr" ]
	tree lib | diff lib.before -
	tree card | diff card.before -
	[ "$(hashdb-list lib/.dcim/hash.db 2>/dev/null | wc -l)" -eq 0 ]
	rebuilds
	run -0 photo-import -q card lib
	[[ "${lines[0]}" == '10 files, 224 bytes: 9 copied, 1 duplicate' ]] || { echo "$output"; false; }
	rebuilds
}

@test "photo-import --move, undone: the card is as it was, times, twins and all" {
	library
	photo-import -q --move card lib >/dev/null || skip "nothing can be read back here"
	[ -z "$(find card -type f)" ]
	run -0 photo-import -q --undo=last lib
	tree card | diff card.before -
	tree lib | diff lib.before -
	rebuilds
}

@test "--undo=last after a --move of what was imported before gives back the sources, and takes nothing from the library" {
	library
	photo-import -q card lib >/dev/null
	tree lib >lib.imported
	photo-import -q --move card lib >/dev/null || skip "nothing can be read back here"
	[ -z "$(find card -type f)" ]
	photo-import -nq --undo=last lib | grep -qx 'Would be given back: 10'
	run -0 photo-import -q --undo=last lib
	tree card | diff card.before -
	tree lib | diff lib.imported -
	run -0 photo-import -q --undo=last lib
	tree lib | diff lib.before -
	rebuilds
}

@test "--undo=RUN: named as --runs does, which tells of it; undone twice it says so and does nothing" {
	library
	photo-import -q card lib >/dev/null
	first=$(basename lib/.dcim/runs/*.ndjson .ndjson)
	mkdir more && echo 'no media' >more/notes && printf '\377\330\377\376\000\022%-16s\377\331' more >more/m.jpg
	photo-import -q more lib >/dev/null
	run -0 photo-import -q --undo="lib/.dcim/runs/$first.ndjson" lib
	[ "$(cd lib && find . -name '*.jpg')" = ./undated/m.jpg ] || { find lib; false; }
	undo=$(ls lib/.dcim/runs/*.ndjson | tail -n 1) undo=$(basename "$undo" .ndjson)
	run -0 photo-import --runs lib
	[ "${lines[2]}" = "$undo  10 files, 224 bytes: 9 undone, 1 that the run had not placed; undoes $first" ] || { echo "$output"; false; }
	ls lib/.dcim/runs >runs
	run -0 --separate-stderr photo-import --undo="$first" lib
	[ "$output" = "$first has been undone already, by $undo" ]
	run -2 photo-import --undo="$undo" lib
	[[ "$output" == *"$undo is itself an undo, of $first"* ]]
	run -2 photo-import --undo=20000101T000000Z lib
	ls lib/.dcim/runs | diff runs -
	run -0 photo-import -q --undo=last lib
	tree lib | diff lib.before -
	run -2 --separate-stderr photo-import --undo=last lib
	[[ "$stderr" == *'no run of '*' is left to be undone'* ]]
	run -2 photo-import --undo=last card lib
	for with in --move --mirror=x --template=x --check --runs -amd5; do
		run -2 photo-import --undo=last $with lib
		[[ "$output" == *' takes a '* ]]
	done
	rebuilds
}

@test "what was edited, or whose source is gone, stays, with its row; last tries it once more" {
	library
	photo-import -q card lib >/dev/null
	echo edit >>lib/undated/DCIM/3.jpg
	mv card/DCIM/4.jpg .
	run -1 --separate-stderr photo-import --undo=last lib
	[ "${lines[0]}" = '10 files, 224 bytes: 7 undone, 1 changed meanwhile, 1 that the run had not placed, 1 whose source is not there' ] || { echo "$output"; false; }
	[[ "$output" == *'card/DCIM/3.jpg: the library'"'"'s file has changed since it was placed'* ]]
	[ "$(hashdb-list -0 --relative lib/.dcim/hash.db | tr '\0' ' ')" = 'undated/DCIM/3.jpg undated/DCIM/4.jpg ' ]
	rebuilds
	run -1 photo-import -q --undo=last lib
	[[ "${lines[0]}" == *' 7 undone before'* ]] || { echo "$output"; false; }
	mv 4.jpg card/DCIM
	run -1 photo-import -q --undo=last lib
	[[ "${lines[0]}" == *' 1 undone, '* ]] || { echo "$output"; false; }
	[ "$(cd lib && find . -name '*.jpg')" = ./undated/DCIM/3.jpg ]
	rebuilds
}

@test "what a later run calls a duplicate stays, until that run is undone; the same card once more relies on nothing" {
	library
	photo-import -q card lib >/dev/null
	photo-import -q card lib >/dev/null
	mkdir other && cp card/DCIM/5.jpg other/mine.jpg
	photo-import -q other lib >/dev/null
	first=$(ls lib/.dcim/runs | head -n 1 | cut -d . -f 1)
	run -1 --separate-stderr photo-import --undo="$first" lib
	[[ "$output" == *'1 that a later run relies on'* ]] || { echo "$output"; false; }
	[ "$(cd lib && find . -name '*.jpg')" = ./undated/DCIM/5.jpg ]
	run -0 photo-import -q --undo="$(ls lib/.dcim/runs/*.ndjson | sed -n 3p)" lib
	run -0 photo-import -q --undo="$first" lib
	tree lib | diff lib.before -
	rebuilds
}

# run_at N -- the name of the library's N-th run.
run_at() { ls lib/.dcim/runs/*.ndjson | sed -n "$1p"; }

@test "the same card under another path, or from another folder, is no other source: what it brought is undone" {
	library
	photo-import -q card lib >/dev/null
	photo-import -q "$PWD/card" lib >/dev/null
	(cd card && photo-import -q DCIM ../lib >/dev/null)
	run -0 photo-import -q --undo="$(run_at 1)" lib
	tree lib | diff lib.before -
	rebuilds
}

@test "another card's file of the same path below another folder is another source: its copy stays" {
	library
	photo-import -q card lib >/dev/null
	mkdir other && cp -a card other/ && touch other/card/DCIM/*.jpg
	(cd other && photo-import -q card ../lib >/dev/null)
	run -1 photo-import -q --undo="$(run_at 1)" lib
	[[ "$output" == *'9 that a later run relies on'* ]] || { echo "$output"; false; }
}

@test "a source that a later run has removed relies on the copy for good, until it was given back" {
	library
	photo-import -q card lib >/dev/null
	cp -a card first
	photo-import -q --move card lib >/dev/null || skip "nothing can be read back here"
	rm -r card && mv first card # another card, mounted there, with the same files
	run -1 photo-import -q --undo="$(run_at 1)" lib
	[[ "$output" == *'9 that a later run relies on'* ]] || { echo "$output"; false; }
	rm -r card/*
	mkdir card/DCIM
	run -0 photo-import -q --undo="$(run_at 2)" lib
	tree card | diff card.before -
	run -0 photo-import -q --undo="$(run_at 1)" lib
	tree card | diff card.before -
	tree lib | diff lib.before -
	rebuilds
}

@test "a run that found all imported before is undone, and then what had brought it" {
	library
	photo-import -q card lib >/dev/null
	photo-import -q card lib >/dev/null
	run -0 photo-import -q --undo="$(run_at 2)" lib
	run -0 photo-import -q --undo="$(run_at 1)" lib
	tree lib | diff lib.before -
	rebuilds
}

@test "the logs give the database back where an undo came between the files of a group" {
	library
	rm card/DCIM/2.xmp
	photo-import -q card lib >/dev/null
	echo sidecar >card/DCIM/2.xmp
	photo-import -q card lib >/dev/null
	photo-import -q --undo=last lib >/dev/null
	rebuilds
	echo edit >>lib/undated/DCIM/2.jpg
	photo-import -q --move card lib >/dev/null || skip "nothing can be read back here"
	rebuilds
}

@test "--undo -n writes nothing" {
	library
	photo-import -q card lib >/dev/null
	{ find lib card -printf '%p %i %T@ %C@\n' | sort && ls lib/.dcim/runs; } >before
	run -0 photo-import -n --undo=last lib
	[ "${lines[0]}" = 'Would be undone: 9' ] || { echo "$output"; false; }
	{ find lib card -printf '%p %i %T@ %C@\n' | sort && ls lib/.dcim/runs; } | diff before -
}

@test "--undo from another folder finds the sources where they were" {
	library
	photo-import -q card lib >/dev/null
	mkdir elsewhere
	(cd elsewhere && photo-import -q --undo=last ../lib >/dev/null)
	tree lib | diff lib.before -
	rebuilds
}

@test "sources named from a folder that is not there any more are not there, whatever the current folder has" {
	library
	mkdir trip && mv card trip
	(cd trip && photo-import -q --move card ../lib >/dev/null) || skip "nothing can be read back here"
	mv trip gone && mkdir -p card/DCIM
	run -1 photo-import -q --undo=last lib
	[[ "$output" == *'10 whose old folder is not there'* ]] || { echo "$output"; false; }
	[ -z "$(find card -type f)" ]
	mv gone trip
	run -0 photo-import -q --undo=last lib
	tree trip/card | diff card.before -
}

@test "the last run of many is found without a program for each" {
	need strace
	library
	photo-import -q card lib >/dev/null
	run=$(basename lib/.dcim/runs/*.ndjson .ndjson)
	for ((i = 100; i < 160; i++)); do
		cp lib/.dcim/runs/$run.ndjson lib/.dcim/runs/20200101T000$i\Z.ndjson
		cp lib/.dcim/runs/$run.info lib/.dcim/runs/20200101T000$i\Z.info
	done
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o trace -e trace=execve photo-import -nq --undo=last lib >out
	[ "$(head -n 1 out)" = 'Would be undone: 9' ]
	[ "$(grep -c 'execve.* = 0$' trace)" -lt 60 ] || { grep -c execve trace; false; }
}

@test "no undo begins while an import lasts" {
	library
	photo-import -q card lib >/dev/null
	mkdir more && printf '\377\330\377\376\000\022%-16s\377\331' more >more/m.jpg
	mkfifo gate
	photo-import -q --through='cat gate; cat' more lib >/dev/null 2>&1 3>&- &
	begun() { ls lib/.dcim/runs/*.open >/dev/null 2>&1; }
	wait_until begun
	run -3 photo-import --undo=last lib
	[[ "$output" == *'another run is under way'* ]] || { echo "$output"; false; }
	: >gate
	wait $!
	run -0 photo-import -q --undo=last lib
}

@test "an undo that was killed, and is not given again: the next import gives hidden files their names back" {
	library
	photo-import -q card lib >/dev/null
	ln -s "$PWD/card/DCIM/1.jpg" lib/link && mv lib/link lib/.link.dcim-0123abcd
	mv lib/undated/DCIM/3.jpg lib/undated/DCIM/.3.jpg.dcim-0123abcd
	: >lib/.dcim/runs/21000101T000000Z.ndjson
	echo 'undo = 20200101T000000Z' >lib/.dcim/runs/21000101T000000Z.open
	run -0 photo-import -q card lib
	[[ "${lines[0]}" == '10 files, 224 bytes: 10 imported before' ]] || { echo "$output"; false; }
	[ -e lib/undated/DCIM/3.jpg ]
	[ -h lib/link ]
}

@test "a part of a file that a killed undo has left on the card is never imported: the next import removes it" {
	library
	photo-import -q card lib >/dev/null
	tree lib >lib.before
	head -c 12 card/DCIM/0.jpg >card/DCIM/.dcim-tmp-undo-0123456789abcdef
	run -0 photo-import -qn card lib
	[ -e card/DCIM/.dcim-tmp-undo-0123456789abcdef ]
	(flock 5 && photo-import -q card lib 5<&- >/dev/null) 5<card/DCIM/.dcim-tmp-undo-0123456789abcdef
	[ -e card/DCIM/.dcim-tmp-undo-0123456789abcdef ]
	cp card/DCIM/0.jpg card/DCIM/.dcim-tmp-undo-mine
	run -0 photo-import -q --check card lib
	[ "$(ls -A card/DCIM | grep dcim-tmp)" = .dcim-tmp-undo-mine ]
	tree lib | diff lib.before -
}

# with_cards COMMANDS -- sh's, in a mount namespace with two cards of known UUIDs, $one and $two, and a folder mnt.
with_cards() {
	need mkfs.ext4 losetup
	unshare -m true 2>/dev/null || skip "no mount namespaces"
	truncate -s 8M one two
	mkfs.ext4 -qF -U 11111111-1111-4111-8111-111111111111 one
	mkfs.ext4 -qF -U 22222222-2222-4222-8222-222222222222 two
	mkdir mnt elsewhere dev
	unshare -m bash -c '
		one=$(losetup -f --show one) || exit 77
		two=$(losetup -f --show two) || { losetup -d "$one"; exit 77; }
		trap "umount -q mnt elsewhere || :; losetup -d $one; losetup -d $two" EXIT
		mount "$one" mnt && umount mnt || exit 77
		cp -a /dev/null /dev/zero /dev/urandom "$one" "$two" dev && mount --bind dev /dev && mkdir -p /dev/disk/by-uuid || exit 77
		ln -s "$one" /dev/disk/by-uuid/11111111-1111-4111-8111-111111111111
		ln -s "$two" /dev/disk/by-uuid/22222222-2222-4222-8222-222222222222
		set -e
		'"$1" || { [ $? -eq 77 ] && skip "cannot mount a file here"; return 1; }
}

@test "a card is found by its UUID wherever it is mounted; another card in its place gets nothing" {
	library
	with_cards '
		mount $one mnt && cp -a card/DCIM mnt
		photo-import -q --move mnt lib >/dev/null
		[ -z "$(find mnt/DCIM -type f)" ]
		umount mnt && mount $two mnt && mkdir mnt/DCIM
		photo-import -q --undo=last lib >out && exit 1
		grep -q "9 whose old folder is not there" out || { cat out; false; }
		[ -z "$(find mnt/DCIM -type f)" ]
		mount $one elsewhere
		photo-import -q --undo=$(ls lib/.dcim/runs/*.ndjson | head -n 1) lib >out || { cat out; false; }
		diff -r card/DCIM elsewhere/DCIM
		[ -z "$(find mnt/DCIM -type f)" ]

		photo-import -q elsewhere lib >/dev/null
		umount elsewhere mnt && mount $two elsewhere
		cp -a card/DCIM/. elsewhere/DCIM
		photo-import -q --undo=last lib >out && exit 1
		grep -q "9 whose source is not there" out || { cat out; false; }'
	rebuilds
}

@test "an import waits while an undo lasts" {
	need flock
	library
	photo-import -q card lib >/dev/null
	mkdir more && printf '\377\330\377\376\000\022%-16s\377\331' more >more/m.jpg
	echo 'undo = 20200101T000000Z' >lib/.dcim/runs/21000101T000000Z.open
	exec 5<lib/.dcim/runs/21000101T000000Z.open && flock 5
	photo-import -q more lib >/dev/null 2>err 3>&- 5<&- &
	wait_for err 'waiting: a run of lib is being undone'
	[ ! -e lib/undated/m.jpg ]
	exec 5<&-
	wait $!
	[ -e lib/undated/m.jpg ] || { find lib; cat err; false; }
}

# KILLS sets how often (12).
@test "photo-import --undo, killed: given again it completes; nothing lost, and the logs give the database back" {
	need setsid
	for how in '' --move; do
		library 24
		photo-import -q $how card lib >/dev/null
		run=$(basename lib/.dcim/runs/*.ndjson .ndjson)
		rm -rf saved && mkdir saved && cp -a card lib saved
		timed photo-import -q "--undo=$run" lib
		for ((n = 0; n < ${KILLS:-12}; n++)); do
			rm -rf card lib && cp -a saved/card saved/lib .
			cut_short photo-import -q "--undo=$run" lib
			photo-import -q "--undo=$run" lib >out 2>&1 || { echo "kill $n after $instant ns: not completed"; cat out; false; }
			tree card | diff card.before - || { echo "kill $n after $instant ns: the card"; false; }
			tree lib | diff lib.before - || { echo "kill $n after $instant ns: the library"; false; }
			rebuilds || { echo "kill $n after $instant ns: the logs do not rebuild"; false; }
			[ -z "$(find lib -name '*.open' -o -name '*.new' -o -name '*.reserve')" ]
		done
	done
}

@test "a folder that cannot be flushed: the file is told as failed, and given again the undo completes" {
	plain # a sanitizer has a malloc of its own
	[ -e "${TOOLS:=$ROOT/build/tools}/fault.so" ] || skip "no tools beside the programs"
	mkdir first second kept
	for i in 1 2 3; do
		echo "old $i" >first/$i.jpg
		echo "new $i" >second/$i.jpg
	done
	photo-init -q kept
	photo-import -q first kept
	photo-import -q second kept
	of=$(photo-import --runs kept | tail -n 1 | cut -d' ' -f1)
	met=yes
	for ((n = 1; n < 50 && ${#met}; n++)); do
		rm -rf lib met && cp -a kept lib
		FAULT=place-file:fsync:$n:EIO FAULT_MET=met LD_PRELOAD=$TOOLS/fault.so photo-import -q --undo=$of lib >out 2>err || :
		[ -e met ] || met=
		photo-import -q --undo=$of lib >out 2>&1 || :
		[ "$(hashdb-list --relative lib/.dcim/hash.db | wc -l)" -eq 3 ] || { echo $n && cat out && false; }
	done
	[ "$n" -gt 5 ]
}
