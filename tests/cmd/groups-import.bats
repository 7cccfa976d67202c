#!/usr/bin/env bats
# bats file_tags=no-races,scripts
# groups-import -- what belongs together stays together on its way into a library: in whatever order, by however many
# processes, killed at any instant, moved, and brought again.  TRIPLES sets how many (60), KILLS how often (8).
load helper
load groups
bats_require_minimum_version 1.5.0

setup_more() {
	need jq sqlite3
	photo-init -q lib >/dev/null
	DB=lib/.dcim/hash.db
}

log() { cat "${1-lib}"/.dcim/runs/*.ndjson; }

# placed [OPTION...] <LIST -- a pipeline of one's own.
placed() { exif-read -q -j8 | file-hash -j8 | place-file -q -j8 --from=card --media-only -t lib "$@" | hashdb-merge -q $DB >/dev/null; }

# shuffled CARD SEED -- its names, below CARD, each with its NUL, in another order for each seed.
shuffled() { find "$1" -type f -print0 | LC_ALL=C sort -z | shuf -z --random-source=<(yes "$2"); }

# whole_again WANT -- it is so, and after another import still.
whole_again() {
	whole "$1" lib
	photo-import -q card lib >/dev/null
	whole "$1" lib
}

# ---- the judge itself ----

@test "the judge sees what is torn, doubled, missing and strange, and nothing where all is well" {
	triples card 10
	mkdir -p good/x && for d in 100 101; do
		for f in card/DCIM/${d}CANON/*; do
			n=${f##*/} && [ $d = 100 ] || n=${n%.*}-1.${n##*.}
			cp "$f" "good/x/$n"
		done
	done
	[ -z "$(judged card.want good)" ] || { judged card.want good; false; }
	says() { # WORD COMMAND...
		rm -rf bad && cp -r good bad
		"${@:2}"
		judged card.want bad | grep -q "^$1: " || { judged card.want bad; false; }
		nothing_lost card.want none bad || [ "$1" != strange ]
	}
	mkdir none
	says torn mv bad/x/IMG_0001-1.JPG bad/x/IMG_0001-2.JPG
	says torn mv bad/x/IMG_0001-1.XMP bad
	says torn cp good/x/IMG_0002.XMP bad/x/IMG_0001.XMP
	says missing rm bad/x/IMG_0003.CR2
	says doubled cp good/x/IMG_0003.CR2 bad/x/IMG_0003-7.CR2
	says strange cp good/x/IMG_0003.XMP bad/x/IMG_0003-7.XMP
	nothing_lost card.want none good
	rm good/x/IMG_0001-1.XMP # another has its bytes
	run -1 nothing_lost card.want none good
}

# ---- what was lost before ----

@test "two pictures with sidecars of the same bytes, moved: each keeps its own" {
	card card && of canon
	group
	picture "A/IMG_0001|.JPG" still stem jpeg
	put "A/IMG_0001|.xmp" sidecar stem text "$(xmp 5)"
	group
	picture "A/IMG_0002|.JPG" still stem jpeg
	put "A/IMG_0002|.xmp" sidecar stem text "$(xmp 5)"
	made
	run -0 photo-import -q --move card lib
	whole card.want lib
	[ -z "$(left_of card.want card)" ]
	[ ! -e lib/undated ]
}

@test "a name that is taken for the picture is taken for its raw: B's raw never stands beside A's picture" {
	card card && of canon
	group
	picture "A/IMG_0002|.JPG" still stem jpeg
	of canon2 && group
	picture "B/IMG_0002|.CR2" raw stem cr2
	picture "B/IMG_0002|.JPG" still stem jpeg
	made
	photo-import -q card lib >/dev/null
	whole card.want lib
	[ -e lib/2024/2024-05-01/IMG_0002-1.CR2 ] || [ -e lib/2024/2024-05-01/IMG_0002-1.JPG ]
	rm -rf lib && photo-init -q lib >/dev/null
	printf '%s\0' card/B/IMG_0002.CR2 card/A/IMG_0002.JPG card/B/IMG_0002.JPG | placed
	whole card.want lib
	rm -rf lib && photo-init -q lib >/dev/null
	for f in card/A/IMG_0002.JPG card/B/IMG_0002.JPG card/B/IMG_0002.CR2; do printf '%s\0' $f | placed; done
	whole card.want lib
}

# ---- one card of triples, every way ----

@test "triples, a third colliding, sidecars of equal bytes: photo-import -j1 and -j8 give each one stem and one folder" {
	triples card "${TRIPLES:-60}"
	for j in 1 8; do
		rm -rf lib && photo-init -q lib >/dev/null
		photo-import -q -j$j card lib >out
		whole card.want lib
		inventory lib >have-$j
	done
	cmp have-1 have-8
	whole_again card.want
}

@test "triples in any order of the input give each one stem and one folder" {
	triples card "${TRIPLES:-60}"
	for seed in 1 2 3 4; do
		rm -rf lib && photo-init -q lib >/dev/null
		shuffled card $seed | placed
		whole card.want lib || { echo "seed $seed"; false; }
		shuffled card $((seed + 10)) | placed
		whole card.want lib || { echo "seed $seed again"; false; }
	done
}

@test "triples read by xargs -P4 -n7 exif-read give each one stem and one folder" {
	triples card "${TRIPLES:-60}"
	for seed in 1 2; do
		rm -rf lib && photo-init -q lib >/dev/null
		shuffled card $seed | xargs -0 -P4 -n7 exif-read | file-hash | place-file -q -t lib --media-only | hashdb-merge -q $DB >/dev/null
		whole card.want lib || { echo "seed $seed"; false; }
	done
	whole_again card.want
}

@test "triples placed by four place-files at once, seven files each, give each one stem and one folder" {
	triples card "${TRIPLES:-60}"
	for seed in 1 2 3; do
		rm -rf lib && photo-init -q lib >/dev/null
		shuffled card $seed | xargs -0 -P4 -n7 sh -c 'exif-read -q "$@" | file-hash | place-file -q -t lib --media-only' sh |
			hashdb-merge -q $DB >/dev/null
		whole card.want lib || { echo "seed $seed"; false; }
		[ -z "$(find lib/.dcim/claims -type f 2>/dev/null)" ]
	done
	whole_again card.want
}

@test "triples, one file at a time, companions first: each process knows no other, and each has one stem and one folder" {
	triples card 10
	for order in 'XMP JPG CR2' 'CR2 XMP JPG' 'JPG XMP CR2' 'XMP CR2 JPG'; do
		rm -rf lib && photo-init -q lib >/dev/null
		for e in $order; do
			for f in card/DCIM/10?CANON/*."$e"; do printf '%s\0' "$f" | placed; done
		done
		whole card.want lib || { echo "$order"; false; }
	done
}

@test "triples moved by place-file, shuffled and by four at once: nothing is left, nothing lost, none torn" {
	triples card "${TRIPLES:-60}" && cp -a card spare
	shuffled card 1 | placed --move
	whole card.want lib && [ -z "$(left_of card.want card)" ]
	for seed in 1 2; do
		rm -rf lib card && photo-init -q lib >/dev/null && cp -a spare card
		shuffled card $seed | xargs -0 -P4 -n7 sh -c 'exif-read -q "$@" | file-hash | place-file -q --move -t lib --media-only' sh |
			hashdb-merge -q $DB >/dev/null
		nothing_lost card.want card lib
		shuffled card $seed | placed --move # what one process could not prove of another's, it kept
		whole card.want lib || { echo "seed $seed"; false; }
		[ -z "$(left_of card.want card)" ]
	done
}

# ---- kills ----

# completed RUN -- run again what was killed; and once more where names that were put aside are given back first, which is
# said.
completed() {
	sh "$1" >out 2>&1 || sh "$1" >out 2>&1 || {
		echo 'not completed:'
		cat out
		false
	}
}

# again_and_again RUN WANT [MOVE] -- the shell script RUN, killed at random instants: nothing is lost then; run again,
# all is whole; MOVE: and gone from the card.
again_and_again() {
	local n took instant
	cp -a card spare
	timed sh "$1" || :
	whole "$2" lib
	for ((n = 0; n < ${KILLS:-8}; n++)); do
		rm -rf lib card && cp -a spare card && photo-init -q lib >/dev/null
		cut_short sh "$1"
		nothing_lost "$2" card lib || { echo "kill $n after $instant ns"; false; }
		completed "$1" || { echo "kill $n after $instant ns"; false; }
		nothing_lost "$2" card lib || { echo "kill $n after $instant ns, run again"; false; }
		whole "$2" lib || { echo "kill $n after $instant ns"; false; }
		[ -z "${3-}" ] || [ -z "$(left_of "$2" card)" ] || { echo "kill $n: left"; left_of "$2" card; false; }
	done
}

@test "photo-import, killed at any instant and given again: each triple has one stem and one folder" {
	need setsid
	triples card "${TRIPLES:-60}"
	echo 'photo-import -q card lib' >run
	again_and_again run card.want
}

@test "photo-import --move, killed at any instant: nothing is ever missing; given again none is torn, none left" {
	need setsid
	triples card "${TRIPLES:-60}"
	echo 'photo-import -q --move card lib' >run
	again_and_again run card.want move
}

@test "four place-files at once, killed at any instant and given again: each triple has one stem and one folder" {
	need setsid
	triples card "${TRIPLES:-60}"
	cat >run <<-'END'
		find card -type f -print0 | sort -z | shuf -z --random-source=card.want |
			xargs -0 -P4 -n7 sh -c 'exif-read -q "$@" | file-hash | place-file -q -t lib --media-only' sh |
			hashdb-merge -q lib/.dcim/hash.db
	END
	again_and_again run card.want
}

@test "place-file --move, killed at any instant: nothing is ever missing; given again none is torn, none left" {
	need setsid
	triples card "${TRIPLES:-60}"
	echo 'find card -type f -print0 | exif-read -q | file-hash | place-file -q --move -t lib --media-only | hashdb-merge -q lib/.dcim/hash.db' >run
	again_and_again run card.want move
}

# all_stopped GROUP -- whether every process of it is, by a debugger too (a sanitizer looking for leaks), or waits in the
# kernel, such as for a child that is.
all_stopped() { ! ps -eo pgid=,stat= | awk -v g="$1" '$1 == g && $2 !~ /^[TtZD]/ { runs = 1 } END { exit !runs }'; }

@test "photo-import --move, looked at again and again while it runs: nothing is ever missing from source and library" {
	need setsid ps
	triples card "${TRIPLES:-60}"
	setsid photo-import -q --move card lib >/dev/null 2>&1 3>&- &
	pid=$!
	looks=0
	wait_until kill -0 -- "-$pid" 2>/dev/null
	while kill -STOP -- "-$pid" 2>/dev/null; do
		wait_until all_stopped "$pid" && nothing_lost card.want card lib || { kill -KILL -- "-$pid"; false; }
		looks=$((looks + 1))
		kill -CONT -- "-$pid" 2>/dev/null || break
		ps -o stat= -p "$pid" | grep -q '^[^Z]' || break
	done
	wait "$pid"
	[ "$looks" -gt 2 ]
	whole card.want lib && [ -z "$(left_of card.want card)" ]
}

# each_call CALL PROGRAM -- the script `run` with PROGRAM killed at the first, second ... such call, until none is left to
# kill it at; nothing is lost, and the script without it completes all.
each_call() {
	local n
	for ((n = 1; n < 200; n++)); do
		rm -rf lib card && cp -a spare card && photo-init -q lib >/dev/null
		sed "s/\\b$2 -/env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o trace -e trace=$1 -e inject=$1:signal=KILL:when=$n $2 -/" run >killed
		sh killed >/dev/null 2>&1 || true
		nothing_lost card.want card lib || { echo "$2: kill at $1 $n"; false; }
		completed run || { echo "$2: kill at $1 $n"; false; }
		whole card.want lib || { echo "$2: kill at $1 $n"; false; }
		[ -z "$(left_of card.want card)" ] || { echo "$2: kill at $1 $n: left"; left_of card.want card; false; }
		grep -q 'killed by SIGKILL' trace || break
	done
	[ "$n" -gt 3 ] && [ "$n" -lt 200 ]
}

@test "place-file --move killed at each rename and each unlink, then given again: none torn, none left" {
	need strace
	plain
	triples card 4 && cp -a card spare
	echo 'find card -type f -print0 | exif-read -q | file-hash | place-file -q -j1 --move -t lib --media-only | hashdb-merge -q lib/.dcim/hash.db' >run
	each_call renameat2 place-file
	each_call unlinkat place-file
}

@test "source-remove killed at each rename and each unlink, then given again: none torn, none left" {
	need strace
	plain
	triples card 4 && cp -a card spare
	echo 'find card -type f -print0 | exif-read -q | file-hash | place-file -q --verify=readback -t lib --media-only | hashdb-merge -q lib/.dcim/hash.db | source-remove -q -j1' >run
	each_call renameat2 source-remove
	each_call unlinkat source-remove
}

# ---- again, and more of it ----

@test "a second import and a third place nothing; a member that is added comes to stand beside its group" {
	triples card 10
	photo-import -q card lib >/dev/null
	whole card.want lib
	inventory lib >before
	photo-import -q card lib >/dev/null
	inventory lib | cmp before -
	for d in 100 101; do
		echo "pp3 of $d" >card/DCIM/${d}CANON/IMG_0001.CR2.pp3
		joins card DCIM/${d}CANON/IMG_0001.CR2 "DCIM/${d}CANON/IMG_0001|.CR2.pp3"
		xmp 2 | sed 's/^text=//' >card/DCIM/${d}CANON/IMG_0002.CR2.xmp
		joins card DCIM/${d}CANON/IMG_0002.CR2 "DCIM/${d}CANON/IMG_0002|.CR2.xmp"
	done
	photo-import -q card lib >/dev/null
	whole card.want lib
	photo-import -q --move card lib >/dev/null
	whole card.want lib
	[ -z "$(left_of card.want card)" ]
}

@test "a picture that is added to its raw and sidecar later stands beside them" {
	triples card 10
	mkdir later && mv card/DCIM/101CANON/*.JPG later
	photo-import -q card lib >/dev/null
	mv later/* card/DCIM/101CANON
	photo-import -q card lib >/dev/null
	whole card.want lib
}

@test "a sidecar that was edited is a sidecar-conflict: the library's stays, the source stays, and with it its group" {
	triples card 10
	photo-import -q card lib >/dev/null
	xmp 5 | sed 's/^text=//' >card/DCIM/101CANON/IMG_0002.XMP
	photo-import -q card lib >out
	whole card.want lib
	[ "$(log | jq -r 'select(.place.reason == "sidecar-conflict") | "\(.place.action) \(.path)"')" = \
		'skipped card/DCIM/101CANON/IMG_0002.XMP' ]
	run -1 photo-import -q --move card lib
	whole card.want lib
	[ "$(find card -type f | LC_ALL=C sort | sed 's|.*/||' | paste -sd' ')" = 'IMG_0002.CR2 IMG_0002.JPG IMG_0002.XMP' ]
	grep -q 'Rating="5"' card/DCIM/101CANON/IMG_0002.XMP
}

# orphans LIBRARY -- the sidecars beside which no picture of their stem stands.
orphans() {
	find "$1" -name .dcim -prune -o -name '*.XMP' -print | while IFS= read -r f; do
		[ -e "${f%.XMP}.JPG" ] || [ -e "${f%.XMP}.CR2" ] || echo "$f"
	done
}

@test "a picture that was edited is a new picture: old and new are there once, and no sidecar is orphaned" {
	for which in JPG CR2; do
		rm -rf lib card && photo-init -q lib >/dev/null
		triples card 10
		photo-import -q card lib >/dev/null
		cp card.want first
		echo edited >>card/DCIM/101CANON/IMG_0002.$which
		new=$(sha256sum <card/DCIM/101CANON/IMG_0002.$which | cut -c1-64)
		photo-import -q card lib >/dev/null
		inventory lib >have
		[ "$(grep -c "^$new" have)" -eq 1 ] || { echo $which; cat have; false; }
		[ -z "$(judged first lib | grep -v '^strange: ')" ] || { judged first lib; false; }
		[ "$(wc -l <have)" -eq 31 ]
		[ -z "$(orphans lib)" ]
		for f in JPG CR2; do
			[ "$(grep "\\.$f\$" have | cut -f1 | uniq -d | wc -l)" -eq 0 ]
		done
		photo-import -q card lib >/dev/null
		inventory lib | diff have -
	done
}

@test "a lead that the library has at another place: the rest of its group joins it there, under its name there" {
	triples card 10
	mkdir first && cp -a card/DCIM first/DCIM && find first -type f ! -name '*.CR2' -delete
	for how in '-v before=' '-v before=beach-'; do
		for from in card first; do # what is known by its source, and by its content
			rm -rf lib && photo-init -q lib >/dev/null
			if [ $from = card ]; then
				mkdir hold && for d in 100 101; do mkdir hold/$d && mv card/DCIM/${d}CANON/*.[JX]* hold/$d; done
			fi
			photo-import -q --template="albums/${how#*=}{name}" $from lib >/dev/null
			if [ $from = card ]; then
				for d in 100 101; do mv hold/$d/* card/DCIM/${d}CANON; done && rm -r hold
			fi
			[ "$(find lib/albums -name '*.CR2' | wc -l)" -eq 10 ]
			photo-import -q card lib >/dev/null
			whole card.want lib $how || { echo "$how $from"; false; }
		done
	done
}

# ---- cards ----

@test "every card, imported: each group has one stem and one folder; a second import changes nothing" {
	for c in $CARDS; do
		rm -rf lib card card.* && photo-init -q lib >/dev/null
		"${c}_card" card
		inventory card >before
		photo-import -q card lib >out || { echo $c; cat out; false; }
		whole card.want lib || { echo $c; false; }
		inventory card | cmp before -
		inventory lib >have
		photo-import -q card lib >/dev/null
		inventory lib | cmp have - || { echo $c; false; }
	done
}

@test "every card, moved: each group has one stem and one folder; only what is no media stays" {
	for c in $CARDS; do
		rm -rf lib card card.* && photo-init -q lib >/dev/null
		"${c}_card" card
		photo-import -q --move card lib >out || { echo $c; cat out; false; }
		whole card.want lib || { echo $c; false; }
		[ -z "$(left_of card.want card)" ] || { echo $c; left_of card.want card; false; }
	done
}

@test "all cards in one tree, twice each under other names: every group of each has one stem and one folder" {
	mkdir card
	for c in $CARDS; do
		(cd card && "${c}_card" $c)
	done
	for c in $CARDS; do
		awk -F'\t' -v OFS='\t' -v c=$c '{ $1 = c $1; $6 = c "/" $6; print }' card/$c.want && rm card/$c.want
	done >all.want
	shuffled card 3 | placed
	whole all.want lib
	photo-import -q --move card lib >/dev/null
	whole all.want lib
	[ -z "$(left_of all.want card)" ]
}

@test "two cards of each kind, one file at a time in any order: what comes before its lead under another name keeps the number for it" {
	mkdir card
	for c in iphone gopro canon; do
		(cd card && "${c}_card" $c && salt=2 "${c}_card" ${c}2)
	done
	for c in card/*.want; do
		awk -F'\t' -v OFS='\t' -v c="$(basename $c .want)" '{ $1 = c $1; $6 = c "/" $6; print }' $c && rm $c
	done >all.want
	for seed in 2 5; do
		rm -rf lib && photo-init -q lib >/dev/null
		shuffled card $seed >list
		while IFS= read -r -d '' file; do
			printf '%s\0' "$file" | placed
		done <list
		whole all.want lib || { echo "seed $seed"; false; }
		[ -z "$(find lib/.dcim/claims -type f)" ]
	done
}

@test "what has no date stays with its group: a clip's thumbnail is filed where the clip is" {
	card card && of sony && group
	put "PRIVATE/M4ROOT/CLIP/C0001|.MP4" film stem film type=XAVC text=film
	put "PRIVATE/M4ROOT/CLIP/C0001|M01.XML" sidecar sony-clip text text=xml
	put "PRIVATE/M4ROOT/THMBNL/C0001|T01.JPG" thumbnail sony-thumbnail jpeg text=thumbnail
	made
	photo-import -q card lib >/dev/null
	whole card.want lib
	[ -e lib/undated/PRIVATE/M4ROOT/CLIP/C0001T01.JPG ]
}

# ---- other names ----

@test "templates that put something before the name, or write it in lower case, keep groups together" {
	triples card 20
	photo-import -q --template='{taken:%Y}/{model}-{name}' card lib >/dev/null
	whole card.want lib -v before='Canon EOS R6-'
	for c in sony working gopro; do
		rm -rf lib card card.* && photo-init -q lib >/dev/null && "${c}_card" card
		photo-import -q --template='all/{name:lower}' card lib >/dev/null
		whole card.want lib -v lower=1 || { echo $c; false; }
		rm -rf lib && photo-init -q lib >/dev/null
		photo-import -q --template='all/x_{stem}.{ext}' card lib >/dev/null
		whole card.want lib -v before=x_ || { echo $c; false; }
	done
}

@test "a template that gives another name gives one number to each group" {
	triples card 20
	shuffled card 5 | placed --template='{taken:%Y%m%d_%H%M%S}.{ext}'
	whole card.want lib -v head=20240501_120000
	shuffled card 6 | placed --template='{taken:%Y%m%d_%H%M%S}.{ext}'
	whole card.want lib -v head=20240501_120000
}

@test "a template that gives two chapters one name: what comes again is known beside its own chapter, and can be moved" {
	local t='{taken:%Y%m%d-%H%M%S}.{ext}'
	gopro_card card
	photo-import -q --template="$t" card lib >/dev/null
	[ "$(find lib -name '*.LRV' | wc -l)" -eq 4 ]
	cp -a lib lib2 # by its own template, and by another, under the names that the files have
	cp -a card card2
	photo-import -q --move --template="$t" card lib >/dev/null
	photo-import -q --move card2 lib2 >/dev/null
	for c in card card2; do [ -z "$(find $c/DCIM -type f)" ] || { find $c/DCIM -type f; false; }; done
	for l in lib lib2; do [ "$(find $l -name '*.LRV' | wc -l)" -eq 4 ]; done
}

# ---- failures, options, what is said ----

@test "a member that failed keeps the others where they are; when it does not, all go" {
	triples card 10
	for e in CR2 JPG XMP; do
		rm -rf lib && photo-init -q lib >/dev/null
		cat >fail <<-END
			sed 's|^{\("path":"card/DCIM/101CANON/IMG_0002.$e"\)|{"error":{"tool":"fail","op":"read","code":"EIO","message":"failed"},\1|'
		END
		cp -a card spare
		run -1 photo-import -q --move --through="sh fail" card lib
		[ "$(find card -name 'IMG_*' | LC_ALL=C sort | sed 's|.*/||' | paste -sd' ')" = 'IMG_0002.CR2 IMG_0002.JPG IMG_0002.XMP' ] ||
			{ echo $e; find card; false; }
		[ "$(log | jq -r 'select(.place.reason == "group") | .place.source' | paste -sd' ')" = 'kept kept' ]
		run -0 photo-import -q --move card lib
		whole card.want lib
		[ -z "$(left_of card.want card)" ]
		rm -rf card && mv spare card
	done
}

@test "--no-groups: each file by itself, a name taken is taken for one file only" {
	card card && of canon
	group
	picture "A/IMG_0002|.JPG" still stem jpeg
	group
	picture "B/IMG_0002|.CR2" raw stem cr2
	picture "B/IMG_0002|.JPG" still stem jpeg
	made
	photo-import -q --no-groups card lib >/dev/null
	[ "$(ls lib/2024/2024-05-01 | paste -sd' ')" = 'IMG_0002-1.JPG IMG_0002.CR2 IMG_0002.JPG' ]
	judged card.want lib | grep -q '^torn: '
	log | jq -e -s 'all(.[]; has("group") or has("alone") | not)'
}

@test "the summary counts pictures, films and companions, and names a companion without a picture" {
	dji_card card
	run -0 photo-import -q card lib
	[[ $output == *'3 pictures, 1 film, 4 companions'* ]] || { echo "$output"; false; }
	mkdir orphan && printf 'RIFF....WAVEfmt x' >orphan/IMG_0009.WAV
	run -0 photo-import -q orphan lib
	[[ $output == *orphan/IMG_0009.WAV* ]] || { echo "$output"; false; }
}

@test "the summary of a second import counts as the first one did, also what only its group tells to be a companion" {
	photo-init -q lib >/dev/null
	for card in sony other; do
		"${card}_card" $card
		counted=$(photo-import -q $card lib | grep companions)
		[ "$(photo-import -q $card lib | grep companions)" = "$counted" ]
		[ "$(photo-import -n $card lib | grep companions)" = "$counted" ]
	done
	[ "$counted" = '21 pictures, 4 films, 4 companions.' ]
}

@test "the database keeps the group: the raw of a picture is one query" {
	triples card 10
	photo-import -q card lib >/dev/null
	hashdb-list --relative $DB >rows
	jq -e -s '(group_by(.group.id) | length == 10 and all(.[]; length == 3))' rows
	[ "$(sqlite3 $DB "SELECT r.path FROM library AS p JOIN library AS r ON json_extract(r.record, '\$.group.id') = json_extract(p.record, '\$.group.id')
		WHERE p.path LIKE '%IMG_0002-1.JPG' AND json_extract(r.record, '\$.group.role') = 'raw'")" = 2024/2024-05-01/IMG_0002-1.CR2 ]
}

@test "a clip's metadata that was left out before its film was there comes with it" {
	mkdir card
	echo '<NonRealTimeMeta/>' >card/C0001M01.XML
	photo-import -q card lib >out
	[[ $(head -n 1 out) == *'1 not media' ]]
	printf '\0\0\0\024ftypqt  \0\0\0\0qt  \0\0\0\010wide\0\0\0\010mdat' >card/C0001.MOV
	photo-import -q card lib >out
	[ "$(cd lib && find . -path ./.dcim -prune -o -type f -printf '%f\n' | sort | xargs)" = "C0001.MOV C0001M01.XML" ]
	echo notes >card/notes.txt
	photo-import -q card lib >out
	photo-import -q card lib >out
	[[ $(head -n 1 out) == *'2 imported before, 1 not media' ]]
}

@test "a companion that was filed without its picture's date comes to stand beside it once that is there" {
	card card && of canon && group
	picture 'x/IMG_0001|.CR2' raw stem cr2
	put 'x/IMG_0001|.xmp' sidecar stem text "$(xmp 4)"
	group
	picture 'x/IMG_0002|.JPG' still stem jpeg
	put 'x/SND_0002|.WAV' voice canon-sound text 'text=RIFF....WAVEfmt a spoken note'
	made
	mkdir later && mv card/x/*.CR2 card/x/*.JPG later
	photo-import -q card lib >/dev/null
	[ -e lib/undated/x/IMG_0001.xmp ]
	[ -e lib/undated/x/SND_0002.WAV ]
	run -0 photo-import -q card lib # alone still: nobody reads it again
	[[ ${lines[0]} == *': 2 imported before' ]] || { echo "$output"; false; }
	[ "$(find lib -name .dcim -prune -o -type f -print | wc -l)" -eq 2 ]
	mv later/* card/x
	run -0 photo-import -q card lib
	[[ ${lines[0]} == *': 4 copied' ]] || { echo "$output"; false; }
	for f in IMG_0001.CR2 IMG_0001.xmp IMG_0002.JPG SND_0002.WAV; do [ -e lib/2024/2024-05-01/$f ]; done
	run -0 photo-import -q card lib
	[[ ${lines[0]} == *': 4 imported before' ]] || { echo "$output"; false; }
}

@test "a sidecar whose picture could not be read comes to stand beside it once it can" {
	local as=
	need setpriv
	[ "$(id -u)" -ne 0 ] || as='setpriv --bounding-set=-dac_override,-dac_read_search' # without root's own power
	card card && of canon && group
	picture 'x/IMG_0001|.CR2' raw stem cr2
	put 'x/IMG_0001|.xmp' sidecar stem text "$(xmp 4)"
	made
	chmod 0 card/x/IMG_0001.CR2
	run -1 $as photo-import -q card lib
	[ -e lib/undated/x/IMG_0001.xmp ]
	chmod 644 card/x/IMG_0001.CR2
	run -0 photo-import -q card lib
	[[ ${lines[0]} == *': 2 copied' ]] || { echo "$output"; false; }
	for e in CR2 xmp; do [ -e lib/2024/2024-05-01/IMG_0001.$e ]; done
	run -0 photo-import -q card lib
	[[ ${lines[0]} == *': 2 imported before' ]] || { echo "$output"; false; }
}

@test "a voice note without a picture is not doubled when it comes from a copy of the card" {
	mkdir card
	printf 'RIFF\44\0\0\0WAVEfmt \20\0\0\0\1\0\1\0\104\254\0\0\210\130\1\0\2\0\20\0data\0\0\0\0' >card/IMG_9.WAV
	cp -r card copy
	photo-import -q --undated='undated/{name}' card lib >/dev/null
	photo-import -q --undated='undated/{name}' copy lib >out
	[[ $(head -n 1 out) == *': 1 already there' ]]
	[ "$(find lib -name '*.WAV' | wc -l)" -eq 1 ]
}

@test "a record with more members than any group has is taken for one without a group" {
	mkdir card
	echo one >card/a.jpg
	jq -nc '{path: "card/a.jpg", group: {id: "0123456789abcdef", lead: "card/a.jpg", role: "still", rule: "stem",
		members: (["a.jpg"] + [range(257) | "b\(.).jpg"])}}' >in
	place-file -t lib --undated='{name}' <in >out
	[ "$(jqr .place.to out)" = a.jpg ]
}

@test "a template that asks for the type asks for the lead's: a group is in one folder" {
	triples card 4
	photo-import -q --template='{type}/{mime}/{name}' card lib >/dev/null
	[ "$(find lib -name .dcim -prune -o -type f -printf '%h\n' | sort -u | wc -l)" -eq 1 ]
	[ "$(find lib -name .dcim -prune -o -type f -print | wc -l)" -eq "$(find card -type f | wc -l)" ]
}
