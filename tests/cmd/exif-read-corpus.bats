#!/usr/bin/env bats
# bats file_tags=no-races
# exif-read over the corpus of real files: agreement with exiftool, damage, wrong names, cut files.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	corpus
	need jq python3
	TOOLS=${TOOLS:-$ROOT/build/tools}
	seconds=1
	[ -z "${DCIM_SAN-}" ] || seconds=10
}

# measured FILE COMMAND... -- run it; more than 64 MiB of memory is a failure, except with sanitizers.
measured() {
	[ -x "$TOOLS/measure" ] && [ -z "${DCIM_SAN-}" ] || {
		"${@:2}"
		return
	}
	"$TOOLS/measure" "$1" "${@:2}"
	awk '$3 > 65536 { print "peak memory in KiB: " $3; exit 1 }' "$1"
}

# cut_files PARTS... -- each well-formed file of the corpus, cut after these parts of its length, into the folder cut.
cut_files() {
	mkdir cut
	python3 - "$CORPUS" "$@" <<-'EOF'
		import json, os, sys
		corpus = sys.argv[1]
		for n, line in enumerate(open(corpus + '/expected.ndjson', encoding='utf-8')):
		    path = json.loads(line)['path']
		    data = open(os.path.join(corpus, path), 'rb').read()
		    for part in sys.argv[2:]:
		        name = 'cut/%03d-%s%s' % (n, part, os.path.splitext(path)[1])
		        open(name, 'wb').write(data[:int(len(data) * float(part))])
	EOF
}

@test "malformed: one record for each file, in time" {
	python3 - "$CORPUS/malformed" "$seconds" <<-'EOF'
		import json, os, subprocess, sys
		paths = sorted(os.path.join(d, f) for d, _, files in os.walk(sys.argv[1]) for f in files)
		assert len(paths) > 200
		for path in paths:
		    run = subprocess.run(['exif-read', '-q', '-a', path], stdout=subprocess.PIPE, timeout=float(sys.argv[2]))
		    lines = run.stdout.splitlines()
		    assert run.returncode in (0, 1) and len(lines) == 1, (path, run.returncode, len(lines))
		    assert json.loads(lines[0])['path'] == path
	EOF
}

@test "malformed: the same bytes for any number of workers, in bounded memory" {
	find "$CORPUS/malformed" -type f -print0 >paths
	measured one.used timeout 120 exif-read -q -a -j1 <paths >one || [ $? -eq 1 ]
	measured eight.used timeout 120 exif-read -q -a -j8 <paths >eight || [ $? -eq 1 ]
	cmp one eight
	[ "$(wc -l <one)" -eq "$(tr -cd '\0' <paths | wc -c)" ]
	[ "$(jq -s 'map(select(.error)) | length' one)" -eq 0 ]
}

@test "malformed: what exiftool still gets from a file that it calls cut or damaged is there" {
	# in these two the only Exif says that it is another picture's
	jq -c 'select(.path | test("-(4616081830051840|5752063708495872)[.]heic") | not)' "$CORPUS/malformed.ndjson" >expected
	(cd "$CORPUS" && find malformed -type f -print0 | exif-read -q --no-groups) >out
	for field in make model width height exposure_s f_number iso taken; do
		"$CORPUS/compare" -e expected -t malformed -l -f "$field" <out >"report.$field" || :
		cat "report.$field"
		# of every ten values that exiftool has, one may be missing: most of these files are made to mislead
		awk -v field="$field" '$1 == field { exit !($5 * 10 <= $2) }' "report.$field"
	done
}

@test "type and mime are those of the content, whatever the name" {
	mkdir wrong
	python3 - "$CORPUS" <<-'EOF'
		import os, sys
		wrong = ['jpg', 'png', 'mp4', 'txt', 'nef', 'xmp', 'mov', 'heic', 'json', 'avi']
		paths = sorted(os.path.join(d, f) for d, _, files in os.walk(sys.argv[1]) for f in files)
		right, links = open('right', 'wb'), open('links', 'wb')
		for n, path in enumerate(paths):
		    name = next(w for w in wrong[n % 10:] + wrong if not path.lower().endswith('.' + w))
		    link = 'wrong/%04d.%s' % (n, name)
		    os.symlink(os.path.abspath(path), link)
		    right.write(os.fsencode(path) + b'\0')
		    links.write(os.fsencode(link) + b'\0')
	EOF
	exif-read -q <right | jq -r '[.type, .mime] | @tsv' >types
	exif-read -q <links | jq -r '[.type, .mime] | @tsv' >types-of-links
	[ "$(wc -l <types)" -gt 500 ]
	diff types types-of-links
}

@test "type and mime agree with exiftool" {
	(cd "$CORPUS" && find . -type f -print0 | exif-read -q --no-groups) >out || [ $? -eq 1 ]
	"$CORPUS/compare" -l -m 99 -f type <out
	jq -c 'select((.type == null) != (.mime == null)) | .path' out >half
	[ ! -s half ]
}

# agree PERCENT FIELD... -- of all values of these fields so many agree with exiftool's, and most of each field's.
agree() {
	local fields=() field
	for field in "${@:2}"; do fields+=(-f "$field"); done
	(cd "$CORPUS" && find . -type f -print0 | exif-read -q --no-groups) >out || [ $? -eq 1 ]
	"$CORPUS/compare" -l -m 94 "${fields[@]}" <out >report || { cat report && return 1; }
	cat report
	awk -v percent="$1" '$1 == "all" { exit !($7 + 0 >= percent) }' report
}

@test "make, model, date, size, orientation and position agree with exiftool in 99 of 100 values" {
	agree 99 make model taken width height orientation lat lon alt_m
}

@test "exposure, lens, software, serial number, duration and words agree in 98 of 100 values" {
	agree 98 exposure_s f_number iso focal_mm lens software serial duration_s title description artist copyright rating
}

@test "every disagreement, and every value that exiftool has not, is explained in DEVIATIONS.md" {
	(cd "$CORPUS" && find . -type f -print0 | exif-read -q --no-groups) >out || [ $? -eq 1 ]
	"$CORPUS/compare" -l <out | grep "$(printf '\t')" >differences
	python3 - "$ROOT/tests/DEVIATIONS.md" <<-'EOF'
		import os, re, sys
		rows = [line for line in open(sys.argv[1], encoding='utf-8') if line.startswith('|')]
		lost = []
		for line in open('differences', encoding='utf-8'):
		    field, path, rest = line.split('\t', 2)
		    name = os.path.splitext(os.path.basename(path))[0]
		    if not any(name in row and re.search(r'\b(%s|all)\b' % field, row) for row in rows):
		        lost.append(line)
		print(''.join(lost), end='')
		assert not lost
	EOF
}

@test "cut files: one record for each, no error" {
	cut_files 0.25 0.5 0.75
	find cut -type f -print0 >paths
	measured used timeout 120 exif-read -q -a <paths >out
	[ "$(wc -l <out)" -eq "$(tr -cd '\0' <paths | wc -c)" ]
	[ "$(jq -s 'map(select(.error)) | length' out)" -eq 0 ]
}

@test "cut files: what exiftool still gets is there" {
	need exiftool
	plain
	cut_files 0.5
	find cut -type f -print0 | LC_ALL=C sort -z >paths
	exif-read -q <paths | jq -c '{path, make, model, iso, taken}' >ours
	exiftool -q -q -json -G1 -n -Make -Model -ISO -DateTimeOriginal cut >theirs || :
	python3 - <<-'EOF'
		import json
		ours = {r['path']: r for r in map(json.loads, open('ours', encoding='utf-8'))}
		tags = {'make': 'IFD0:Make', 'model': 'IFD0:Model', 'iso': 'ExifIFD:ISO', 'taken': 'ExifIFD:DateTimeOriginal'}
		wanted, missing = 0, []
		for r in json.load(open('theirs', encoding='utf-8')):
		    for field, tag in tags.items():
		        value = str(r.get(tag, '')).strip(' 0:')
		        if value:
		            wanted += 1
		            if ours[r['SourceFile']][field] is None:
		                missing.append((r['SourceFile'], field, r[tag]))
		print(wanted, 'values,', len(missing), 'missing', *missing, sep='\n')
		assert wanted > 300 and len(missing) * 33 <= wanted
	EOF
}
