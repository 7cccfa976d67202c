#!/usr/bin/env bats
# bats file_tags=no-races,scripts
# manual -- the pages hold against the code: codes, members, and the examples, which are run.
load helper
load card

@test "dcim-records(5) has every code of the catalogue, with its meaning, and no other" {
	sed -n 's/^FAIL([A-Z_]*, "\([A-Za-z-]*\)", [A-Z]*, "\(.*\)")$/\1 \2/p' "$ROOT/lib/base/fail-codes.def" >codes
	[ "$(wc -l <codes)" -gt 5 ]
	awk '/^\.It Er / { code = $3; getline; sub(/\.$/, ""); print code, tolower(substr($0, 1, 1)) substr($0, 2) }' \
		"$ROOT/man/dcim-records.5" >page
	diff codes page
}

@test "dcim-records(5) has every reason, with its sentence, and no other" {
	sed -n 's/^REASON([A-Z_]*, "\([a-z-]*\)", "\([^"]*\)", "[^"]*", [a-z]*)$/\1 \2/p' "$ROOT/lib/run/words.def" >codes
	[ "$(wc -l <codes)" -gt 5 ]
	awk '/^\.Ss Reasons/ { on = 1 } /^\.S[hs] [^R]/ { on = 0 }
		on && /^\.It Cm / { code = $3; getline; sub(/\.$/, ""); print code, tolower(substr($0, 1, 1)) substr($0, 2) }' \
		"$ROOT/man/dcim-records.5" >page
	diff codes page
}

@test "dcim-records(5) has every word of a member, with its meaning, and no other" {
	sed -n 's/^WORD([A-Z_]*, "\([a-z.]*\)", "\([a-z-]*\)", "\([^"]*\)")$/\1 \2 \3/p' "$ROOT/lib/run/words.def" >words
	[ "$(wc -l <words)" -eq "$(grep -c '^WORD(' "$ROOT/lib/run/words.def")" ]
	sed -n 's/^GROUP_ROLE([A-Z]*, "\([a-z]*\)", "\([^"]*\)")$/group.role \1 \2/p' "$ROOT/lib/media/group/group-roles.def" |
		cat - words >all && mv all words
	awk '/^\.Ss Words/ { on = 1 } /^\.S[hs] [^W]/ { on = 0 } on && /^\.Cm / { member = $2 }
		on && /^\.It Cm / { word = $3; getline; sub(/\.$/, ""); print member, word, tolower(substr($0, 1, 1)) substr($0, 2) }' \
		"$ROOT/man/dcim-records.5" >page
	diff words page
}

@test "dcim-records(5) has every member that exif-read writes" {
	sed -n 's/^FIELD([A-Z0-9_]*, "\([a-z0-9_]*\)".*/\1/p' "$ROOT/lib/media/fields.def" >members
	[ "$(wc -l <members)" -gt 20 ]
	while read -r member; do
		grep -qE "^\.It Cm (.* )?$member( |$)" "$ROOT/man/dcim-records.5" || { echo "$member"; false; }
	done <members
}

@test "exif-read(1) has every format, and each is fuzzed, from samples" {
	sed -n 's/^FORMAT(\([a-z0-9]*\), "\(.*\)")$/\1 \2/p' "$ROOT/lib/format/formats.def" >formats
	[ "$(wc -l <formats)" -gt 20 ]
	cd "$ROOT"
	while read -r symbol name; do
		awk '/^\.Bl/ { on = 1 } /^\.El/ { exit } on' man/exif-read.1 | grep -qF "$name" || { echo "no $name in exif-read(1)"; false; }
		harness=tests/fuzz/$symbol.c
		[ -e "$harness" ] || harness=$(grep -l "format_$symbol\>" tests/fuzz/*.c | head -n 1)
		[ -n "$harness" ] || { echo "no harness in tests/fuzz for $symbol"; false; }
		harness=${harness##*/}
		[ -n "$(find "tests/fuzz/corpus/${harness%.c}" -type f)" ] || { echo "no samples for $harness"; false; }
	done <"$T/formats"
}

@test "place-file(1) has every name that is never a source, and no other" {
	sed -n 's/^NEVER("\(.*\)")$/\1/p' "$ROOT/lib/file/never-sources.def" >names
	[ "$(wc -l <names)" -gt 20 ]
	sed -n '/whatever the case of its letters/,/stands for any rest/p' "$ROOT/man/place-file.1" |
		sed -n 's/^\.Pa //p' | sed 's/ [,;]$//; s/ , /\n/g; s/"//g' | diff names -
}

# companions COMES FROM TO -- the table's extensions and those that place-file(1) names between two of its lines are the same.
companions() {
	sed -n "s/^COMPANION(\"\([a-z0-9]*\)\", $1,.*/.\1/p" "$ROOT/lib/media/group/companions.def" >extensions
	[ "$(wc -l <extensions)" -gt 5 ]
	sed -n "/$2/,/$3/p" "$ROOT/man/place-file.1" |
		sed -n '/^\.Pa \..* ,/s/^\.Pa //p' | sed 's/ [,.]$//; s/ , /\n/g' | diff extensions -
}

@test "place-file(1) has every extension of companions, and no other" {
	companions ALWAYS 'nothing without a picture or film' '^\.El'
	companions '[BN][A-Z]*' 'nothing without the picture beside it' '^\.It'
}

# items MACRO -- the items of exif-read(1) on groups that begin with it, each on one line.
items() {
	sed -n '/^\.Ss Files that belong together/,/^\.S[hs] [^F]/p' "$ROOT/man/exif-read.1" | awk -v macro="$1" '
		/^\.(It|El|Pp|S[hs])( |$)/ { if (item != "") print item; item = "" }
		item != "" { item = item " " $0 }
		/^\.It / && $2 == macro { item = $3 }' | sed 's/\\(ti/~/g'
}

@test "exif-read(1) has every rule by which names belong together, in their order, and no other" {
	sed -n 's/^GROUP_NAME([A-Z0-9_]*, \("[^"]*"\), .*, \("[^"]*"\), \("[^"]*"\), \("[^"]*"\))$/\1 \2 \3 \4/p' \
		"$ROOT/lib/media/group/group-names.def" >rules
	[ "$(wc -l <rules)" -eq "$(grep -c '^GROUP_NAME(' "$ROOT/lib/media/group/group-names.def")" ]
	items Cm | sed 's/^\([^ ]*\) \.Pa \(.*\) beside \.Pa \(.*\) : \(.*\)\.$/"\1" "\2" "\3" "\4"/' | diff rules -
}

@test "exif-read(1) has every companion that comes, and every folder for them, and no other" {
	sed -n 's/^COMPANION("\([a-z0-9]*\)", [AB][A-Z]*, \([A-Z]*\), \([A-Z]*\), "\(.*\)")$/.\1 \L\2, \3\E: \4./p' \
		"$ROOT/lib/media/group/companions.def" >companions
	[ "$(wc -l <companions)" -eq "$(grep -c '^COMPANION(.*, [AB][A-Z]*,' "$ROOT/lib/media/group/companions.def")" ]
	items Pa | grep '^\.' | diff companions -
	sed -n 's/^GROUP_FOLDER("\(.*\)", ".*", "\(.*\)", "\(.*\)", "\(.*\)")$/\1 .Pa \2 to .Pa \3 : \4./p' \
		"$ROOT/lib/media/group/group-folders.def" >folders
	[ "$(wc -l <folders)" -eq "$(grep -c '^GROUP_FOLDER(' "$ROOT/lib/media/group/group-folders.def")" ]
	items Pa | grep -v '^\.' | diff folders -
}

@test "dcim-records(5) has every type, and no other" {
	sed -n 's/^\(TYPE\|RAW\)("\([^"]*\)".*/\2/p' "$ROOT/lib/media/types.def" | sort -u >types
	[ "$(wc -l <types)" -gt 70 ]
	sed -n '/^\.Ss Types/,/^\.Ss W/p' "$ROOT/man/dcim-records.5" | sed '1,/^\.Bl/d' | sed -n 's/^\.Cm //p' |
		tr -s ' ,' '\n' | sed '/^$/d' | sort | diff types -
}

@test "dcim-records(5) has every digest of file-hash" {
	while read -r digest; do
		grep -qw "$digest" "$ROOT/man/dcim-records.5" || { echo "$digest"; false; }
	done < <(sed -n 's/^DIGEST([A-Z0-9]*, "\([a-z0-9]*\)".*/\1/p' "$ROOT/lib/hash/digest-algorithms.def")
}

# laid_out -- a card, a library that has its pictures and one that was put there since, a backup from before that, an old disk.
laid_out() {
	copy_card
	photo-init Photos >/dev/null
	photo-import -q card/DCIM Photos >/dev/null || [ $? -eq 1 ]
	cp -a Photos Backup
	cp card/DCIM/103APPLE/IMG_0100.JPG Photos/mine.jpg && echo more >>Photos/mine.jpg && photo-init -q Photos >/dev/null
	mkdir old-disk
	cp card/DCIM/100CANON/IMG_0002.JPG card/DCIM/102NIKON/* old-disk
	bsdtar -acf takeout-001.zip old-disk
}

# examples PAGE... -- what each shows to be typed, in its EXAMPLES and in its SYNOPSIS, each in a file of its own.
examples() {
	local page
	for page; do
		awk '
			/^\.Sh/ { on = /^\.Sh (EXAMPLES|SYNOPSIS)/ }
			/^\.Ed/ && on { print "@"; inside = 0 }
			inside { gsub(/\\e/, "\\"); print }
			/^\.Bd -literal/ && on { inside = 1 }' "$page" | awk -v RS='@\n' -v page="${page##*/}" '
			{ file = sprintf("example.%s.%d", page, ++n); printf "%s", $0 >file; close(file) }'
	done
}

# try EXAMPLE -- in a folder of those, made anew; what it writes is in out.
try() {
	rm -rf try && mkdir try && cp -a card Photos Backup old-disk takeout-001.zip try
	(cd try && ${under-} bash -eo pipefail "../$1" >../out 2>../err) || { echo "$1: $?"; cat "$1" err; false; }
}

@test "the pages' examples end well and write something" {
	need jq bsdtar
	laid_out
	examples $(ls "$ROOT"/man/*.[157] | grep -v dcim-utils.7)
	touch began
	for example in example.*; do
		head -c 1 "$example" | grep -q '[a-z]' || continue # output, not a command: schema.bats
		try "$example"
		[ -s out ] || [ -n "$(find try -newer began -type f)" ] || { echo "$example: nothing"; cat "$example"; false; }
	done
}

# typed WORDS -- try the one example that has them.
typed() {
	[ "$(grep -lF -- "$1" example.* | wc -l)" -eq 1 ] || { echo "not one example has $1"; false; }
	try "$(grep -lF -- "$1" example.*)"
	tried=$((tried + 1))
}

@test "each pipeline of dcim-utils(7) answers what it is said to answer" {
	need jq strace
	laid_out
	examples "$ROOT/man/dcim-utils.7"
	tried=0
	typed '| place-file --to Photos |'
	[ "$(jqr 'select(.db.status == "new").path' try/log)" = card/DCIM/100CANON/@eaDir/IMG_0001.JPG ]
	typed '[.taken, .model, .path]'
	grep -qx $'2019-03-01T10:11:12.34+01:00\tCanon EOS 5D Mark IV\tcard/DCIM/100CANON/IMG_0001.JPG' out
	typed @csv
	grep -qx '"card/DCIM/100CANON/IMG_0002.JPG","2019-03-02T23:59:59-03:30","Canon","Canon EOS 5D Mark IV",,47.5596,-52.7126' try/card.csv
	typed --known-to
	grep -qx card/IMG_20220101_101112.jpg out
	! grep -q NIKON out || false
	typed By-date
	cmp card/DCIM/100CANON/IMG_0001.JPG try/By-date/2019/2019-03-01/IMG_0001.JPG
	grep -q '^[0-9].* copied' out
	typed 'mkdir Films'
	[ "$(find try/Films -type f -printf '%P\n' | grep -v '^\.dcim' | sort | xargs)" = '2021/MVI_0004.MP4 2023/IMG_0101.MOV' ]
	typed "-C Backup"
	[ "$(cat out)" = $'missing\tmine.jpg' ]
	cp -a Photos kept
	mkdir Photos/undated && printf '\377\330\377\331' >Photos/undated/no.jpg && photo-init -q Photos >/dev/null
	typed --move
	cmp card/DCIM/100CANON/IMG_0002.xmp 'try/Photos/2019/20190302-235959-Canon EOS 5D Mark IV.xmp'
	photo-verify -q try/Photos
	[ -e try/Photos/undated/no.jpg ]
	rm -r Photos && mv kept Photos
	typed '"no camera"'
	grep -qx ' *4 2019  Canon EOS 5D Mark IV' out
	typed 'bytes[$1]'
	[ "$(awk '{ n += $2 } END { print n }' out)" -eq "$(find Photos -name .dcim -prune -o -type f -printf '%s\n' | awk '{ n += $1 } END { print n }')" ]
	typed 'select(.lat'
	[ "$(cat out)" = Photos/2019/2019-03-02/IMG_0002.JPG ]
	typed Album
	[ "$(readlink -f try/Album/IMG_0002.JPG)" = "$PWD/try/Photos/2019/2019-03-02/IMG_0002.JPG" ]
	[ ! -e try/Album/mine.jpg ]
	typed SHA256SUMS
	[ "$(grep -c ': OK$' out)" -eq 11 ]
	under='strace -f -qq -e trace=openat -o ../trace' typed 'uniq -z'
	[ "$(cut -c 35- out | xargs)" = "$(echo card/DCIM/100CANON/IMG_0002.JPG card/DCIM/101CANON/COPY_0002.JPG old-disk/IMG_0002.JPG \
		card/DCIM/102NIKON/DSC_0002.TIF old-disk/DSC_0002.TIF card/DCIM/102NIKON/DSC_0001.JPG old-disk/DSC_0001.JPG)" ]
	grep -q DSC_0001.JPG trace
	! grep -q IMG_0100.JPG trace || false
	typed -P8
	[ "$(wc -l <try/records)" -eq "$(find card -type f -printf x | wc -c)" ]
	typed --total
	[ "$(wc -l <try/log)" -eq "$(find card -type f -printf x | wc -c)" ]
	[ "$(photo-verify try/Photos | grep -c 'as recorded$\|^New')" -eq 1 ]
	[ "$(ls example.* | wc -l)" -eq "$tried" ]
}

@test "each page has the sections that one looks for, and the environment that its program asks" {
	for page in "$ROOT"/man/*.1; do
		sections=$(sed -n 's/^\.Sh //p' "$page" | grep -vx 'ENVIRONMENT\|FILES' | paste -sd ,)
		[ "$sections" = 'NAME,SYNOPSIS,DESCRIPTION,OPTIONS,EXIT STATUS,EXAMPLES,SEE ALSO' ] || { echo "${page##*/}: $sections"; false; }
		program=${page##*/} program=${program%.1}
		! "$program" --help | grep -q 'DCIM_LIBRARY\|\[LIBRARY\]' || grep -q '^\.It Ev DCIM_LIBRARY' "$page" || { echo "$page"; false; }
	done
}

@test "exif-read(1) has every source of dates" {
	sed -n 's/^DATE([A-Z0-9_]*, "\([^"]*\)".*/\1/p' "$ROOT/lib/media/date-sources.def" >sources
	[ "$(wc -l <sources)" -gt 30 ]
	sed -n '/^\.Ss Capture dates/,/^\.S[hs] [^C]/p' "$ROOT/man/exif-read.1" | grep '^\.\(Cm\|Pq Cm\) ' | tr ' ' '\n' >page
	while read -r source; do
		grep -qxF -- "$source" page || { echo "$source"; false; }
	done <sources
}

@test "dcim-records(5) has every member of a member" {
	# items: outer members on one line, then all that is named up to the next
	sed -n '/^\.Ss Members/,/^\.Ss The/p' "$ROOT/man/dcim-records.5" | awk '
		/^\.Bl/ { deep++ } /^\.El/ { deep-- }
		deep == 1 && sub(/^\.It Cm /, "") { print outer ":" words " "; outer = " " $0 " "; words = ""; next }
		sub(/^\.(It )?Cm /, "") { gsub(/[,;]/, " "); words = words " " $0 }
		END { print outer ":" words " " }' >items
	sed -n 's/^MEMBER("\([a-z_]*\)", "\([a-z_ ]*[a-z]\)")$/\1 \2/p' "$ROOT/lib/run/members.def" >inner
	[ "$(wc -l <inner)" -gt 7 ]
	while read -r outer words; do
		for word in $words; do
			grep "^[^:]* $outer [^:]*:" items | grep -q ":.* $word " || { echo "$outer.$word"; false; }
		done
	done <inner
}

@test "README: its commands print what it says" {
	need jq
	copy_card
	mkdir Photos
	# sizes and digests depend on the version of ImageMagick that makes the pictures
	mask() { sed -E 's/[0-9]+ kB/N kB/; s/"size": [0-9]+/"size": N/; s/[0-9a-f]{32}/H/; s/[0-9]+ bytes at [0-9]+/N/; s/end at [0-9]+/end/'; }
	sed -n '/^    \$ /,/^[^ ]/{/^    /s/^    //p;/^$/p}' "$ROOT/README" | awk '/^\$ / { on = 1 } on' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >said
	grep '^\$ ' said | while read -r _ command; do
		printf '$ %s\n' "$command"
		bash -c "$command" 2>&1
		echo
	done >got
	diff -B <(mask <said) <(mask <got)
	[ "$(grep -c '^\$ ' said)" -ge 4 ]
}
