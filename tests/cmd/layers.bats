#!/usr/bin/env bats
# layers -- rules of the house that a machine can check: which layer includes which, sizes, left-overs.
load helper

sources() { # EXTENSION -- those of the library
	find lib -name "*.$1" | LC_ALL=C sort
}

@test "each layer includes only those below it" {
	cd "$ROOT"
	for file in $(sources '[ch]'); do
		layer=${file#lib/} layer=${layer%%/*}
		case $layer in
		base) may='base' ;;
		file) may='file|base' ;;
		run) may='run|file|base' ;;
		media | hash | report) may="$layer|run|file|base" ;;
		meta) may='meta|media|run|file|base' ;;
		format) may='format|meta|media|run|file|base' ;;
		hashdb) may='hashdb|hash|run|file|base|media/when' ;;
		place) may='place|hash|run|file|base|media/when|media/fields|media/companion' ;;
		*) echo "no layer: $file"; false ;;
		esac
		! grep -nE '^#include "' "$file" | grep -vE "^[0-9]+:#include \"($may)[/.]" || { echo "in $file"; false; }
	done
}

@test "every include of ours names its layer" {
	cd "$ROOT"
	! grep -nE '^#include "[^/"]*"' $(sources '[ch]') cmd/*.c || false
}

@test "only the database layer speaks SQL" {
	cd "$ROOT"
	! grep -ln 'sqlite3' cmd/*.c $(sources '[ch]') | grep -v '^lib/hashdb/' || false
}

@test "the library neither prints nor exits: only the filter does" {
	cd "$ROOT"
	! grep -nE '\b(printf|fprintf|puts|perror|exit|_exit|err|warn)\(' $(sources c) | grep -vE '^lib/run/(filter|stream|watch)\.c:|^[^:]*:[0-9]+:( \*|/\*)' || false
}

@test "a source file's own header comes first" {
	cd "$ROOT"
	for file in $(sources c); do
		own=${file#lib/} own=${own%.c}.h
		[ -e "lib/$own" ] || continue
		grep -m 1 '^#include' "$file" | grep -qF "\"$own\"" || { echo "$file"; false; }
	done
}

@test "headers stand alone" {
	cd "$ROOT"
	for header in $(sources h); do
		${CC:-cc} -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Ilib -fsyntax-only -Wall -x c "$header" ||
			{ echo "$header"; false; }
	done
}

@test "programs are short" {
	cd "$ROOT"
	for file in cmd/*; do
		[ "$(wc -l <"$file")" -le 200 ] || { wc -l "$file"; false; }
	done
	[ "$(wc -l <Makefile)" -le 150 ]
}

@test "nothing is left for later, and no path of one machine" {
	cd "$ROOT"
	left='TO''DO|FIX''ME|XX''X|HA''CK'
	! grep -rnE "\b($left)\b" cmd lib tests examples completions man Makefile || false
	places='/(wo''rk|fa''rm)/|/ro''ot/'
	! grep -rnE "$places" cmd lib tests examples completions man Makefile README NEWS || false
}

@test "tests wait for events, not for time" {
	cd "$ROOT"
	! grep -nE '\bsleep [0-9$"]' tests/cmd/*.bats | grep -vE '(until|while|for) .*; do |any instant is right|sleep 600' || false
}

@test "what a new program needs is there: page, test, completions, its line in README and dcim-utils(7), failing memory" {
	cd "$ROOT"
	lacks() { echo "$p: nothing in $1"; false; }
	for p in "$BIN"/*; do
		p=${p##*/}
		for file in "man/$p.1" "tests/cmd/$p.bats" "completions/bash/$p" "completions/zsh/_$p" "completions/fish/$p.fish"; do
			[ -e "$file" ] || lacks "$file"
		done
		grep -q "^    $p  " README || lacks README
		grep -q "^\.It Xr $p 1" man/dcim-utils.7 || lacks man/dcim-utils.7
		[ ! -e "cmd/$p.c" ] || grep -q "with_faults .*\b$p\b" tests/cmd/nomem.bats || lacks tests/cmd/nomem.bats
	done
}
