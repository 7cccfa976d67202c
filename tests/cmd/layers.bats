#!/usr/bin/env bats
# bats file_tags=no-races,scripts
# layers -- rules of the house that a machine can check: which layer includes which, sizes, left-overs.
load helper

sources() { # EXTENSION -- those of the library
	find lib -name "*.$1" | LC_ALL=C sort
}

# may_include LAYER -- what its files include of others, as in lib/README.
may_include() {
	case $1 in
	base) ;;
	file) echo base ;;
	run) echo file base ;;
	media) echo run file base ;;
	meta) echo media file base ;;
	format) echo meta media file base ;;
	hash) echo run file base ;;
	archive) echo run file base ;;
	hashdb) echo hash run file base media/group ;;
	place) echo archive hash run file base media/when media/fields media/group ;;
	report) echo format run file base media ;;
	*) echo "no layer: $1" >&2 && return 1 ;;
	esac
}

@test "each layer includes only those below it" {
	cd "$ROOT"
	for file in $(sources '[ch]'); do
		layer=${file#lib/} layer=${layer%%/*}
		may=$(may_include "$layer")
		! grep -nE '^#include "' "$file" | grep -vE "^[0-9]+:#include \"($layer|${may// /|})[/.]" || { echo "in $file"; false; }
	done
}

@test "what a layer may include, one of its files does" {
	cd "$ROOT"
	for layer in $(sources '[ch]' | cut -d / -f 2 | sort -u); do
		for other in $(may_include "$layer"); do
			grep -rqE --include='*.[ch]' "^#include \"${other}[/.]" "lib/$layer" || { echo "$layer needs no $other"; false; }
		done
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

@test "what a record's members say stands in one table" {
	cd "$ROOT"
	sed -n 's/^WORD([A-Z_]*, "[^"]*", "\([a-z-]*\)".*/\1/p; s/^REASON([A-Z_]*, "\([a-z]*-[a-z-]*\)".*/\1/p' lib/run/words.def >"$BATS_TEST_TMPDIR/words"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/words")" -gt 30 ]
	# these are names of members and of options too; and SQLite says "ok", as do statistics
	words=$(grep -vxE 'deleted|hash|path|source|skipped|readback' "$BATS_TEST_TMPDIR/words" | paste -sd '|')
	! grep -rnE "\"($words)\\\\?\"" cmd lib --include='*.[ch]' --include='*.sh' --include='photo-*' |
		grep -vE '^lib/(media|meta|format)/|^lib/(hashdb/store/check|run/control/(stats|metrics)).c:.*"ok"|/\*.*"' || false
	! grep -rnE 'rec_is\(.*"(verify|db\.status|db\.by|place\.[a-z]*)"' cmd lib || false
}

@test "a source file's own header comes first" {
	cd "$ROOT"
	for file in $(sources c); do
		own=${file#lib/} own=${own%.c}.h
		[ -e "lib/$own" ] || continue
		grep -m 1 '^#include' "$file" | grep -qF "\"$own\"" || { echo "$file"; false; }
	done
}

# named -- each path of the library that a comment, or lib/README, names, and where; its ending may be missing.
named() {
	find lib cmd tests -type f ! -path '*/corpus/*' ! -name '*.md' -exec awk '
		FILENAME == "lib/README" || /^[ \t]*(\/\*| \*|#[^i])/ || sub(/^.*[ \t](\/\*|# )/, "") {
			gsub(/[^A-Za-z0-9_.\/-]+/, " ")
			for (i = split($0, word, " "); i > 0; i--)
				if (word[i] ~ /^(lib\/)?(base|file|run|archive|media|meta|format|hash|hashdb|place|report|script)\/[a-z]/) {
					gsub(/^lib\/|[^a-z0-9]+$/, "", word[i])
					print word[i], FILENAME
				}
		}' {} + | sort -u
}

@test "the files of the library that comments name are there" {
	cd "$ROOT"
	local file path missing=
	while read -r path file; do
		compgen -G "lib/$path" >/dev/null || compgen -G "lib/$path.*" >/dev/null || missing+="$file names $path"$'\n'
	done < <(named)
	[ -z "$missing" ] || { echo "$missing"; false; }
}

@test "headers stand alone" {
	cd "$ROOT"
	for header in $(sources h); do
		${CC:-cc} -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Ilib -fsyntax-only -Wall -x c "$header" ||
			{ echo "$header"; false; }
	done
}

@test "a folder of the library holds what one can look over" {
	cd "$ROOT"
	while IFS= read -r dir; do
		[ "$(find "$dir" -maxdepth 1 -type f | wc -l)" -le 31 ] || { echo "$dir"; false; }
	done < <(find lib -type d)
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

@test "what a test says is not so can fail it" {
	cd "$ROOT"
	# bash passes over "! command" that is not the last of its function: "|| false" lets it count
	awk 'FNR == 1 { held = "" }
		held != "" && !/^}/ { print held; found = 1 }
		{ held = /^\t+([^#].* && )?! [a-z]/ && !/\|\|/ && !/([|\\]|then|do)$/ ? FILENAME ":" FNR ":" $0 : "" }
		END { exit found }' tests/cmd/*.bats tests/cmd/*.bash
}

@test "of two things that a test asks in one line, each can fail it" {
	cd "$ROOT"
	# bash passes over all but the last of "one && other", too, unless that is the last of its function
	awk 'FNR == 1 { held = "" }
		held != "" && !/^(}|\t[A-Z]+$)/ { print held; found = 1 }
		{ held = /^\t+(\[ .* \]|\[\[ .* \]\]|cmp [^<|]*|(jq|grep) .*) && / && !/\|\||<\(/ && !/&& (return|continue|false)|([|\\]|then|do)$/ ? FILENAME ":" FNR ":" $0 : "" }
		END { exit found }' tests/cmd/*.bats tests/cmd/*.bash
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
