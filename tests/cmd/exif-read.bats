#!/usr/bin/env bats
# exif-read -- records of made and real files, dates and where they come from, damage, what is read and what is not.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	made=$ROOT/tests/fuzz/corpus
	cp "$made/jpeg/made-little" a.jpg
	touch -d '2024-05-01 12:00:00.5' a.jpg
}

# warned CODE -- the record on stdin has a warning of this code.
warned() { jq -e --arg c "$1" '[.warnings[]?.code] | index($c) != null' >/dev/null; }

@test "a record has everything, in the order of the contract" {
	run -0 exif-read a.jpg
	[ "$output" = '{"path":"a.jpg","size":'"$(stat -c %s a.jpg)"',"mtime":"2024-05-01T12:00:00.500000000Z","type":"jpeg","mime":"image/jpeg","taken":"2024-05-01T12:00:00.123+02:00","taken_from":"exif:DateTimeOriginal","taken_basis":"zoned","make":"Canon","model":"Canon EOS 5D","software":"1.0","width":80,"height":60,"orientation":6,"exposure_s":0.008,"f_number":2.8,"iso":102400,"lat":52.5125,"lon":13.5,"alt_m":12.5,"gps_time":"2024-05-01T10:00:00Z","title":"Ti","description":"hi","copyright":"Jo\nEd","alone":true}' ]
}

@test "both byte orders say the same" {
	cp "$made/jpeg/made-big" b.jpg
	[ "$(exif-read a.jpg | jq -c 'del(.path, .mtime)')" = "$(exif-read b.jpg | jq -c 'del(.path, .mtime)')" ]
}

@test "TIFF, and raw formats by content, whatever the name" {
	cp "$made/tiff/made-big-wide" b.tif
	run -0 exif-read b.tif
	[ "$(jqr '[.type,.mime,.model,.iso]|join(" ")' <<<"$output")" = 'tiff image/tiff Canon EOS 5D 102400' ]
	cp "$made/tiff/made-raw" c.nef
	run -0 exif-read c.nef
	[ "$(jqr '[.type,.mime,.width,.height]|join(" ")' <<<"$output")" = 'nef image/x-nikon-nef 6000 4000' ]
}

@test "-a, --all: every tag, typed" {
	run -0 exif-read -a a.jpg
	[ "$(jq -c '.tags|[."IFD0:Make", ."IFD0:Orientation", ."ExifIFD:ExposureTime", ."GPS:GPSLatitude", ."ExifIFD:UserComment"]' <<<"$output")" = '["Canon",6,0.008,[52,30,45],"hi"]' ]
	[ "$(exif-read --all a.jpg)" = "$output" ]
	[ "$(exif-read a.jpg)" = "$(jq -c 'del(.tags)' <<<"$output")" ]
}

@test "--all: maker notes in a group of their own" {
	cp "$made/jpeg/made-nikon" n.jpg
	[ "$(exif-read -a n.jpg | jqr '.tags."Nikon:SerialNumber"')" = 123 ]
}

@test "lens and serial number from a maker note" {
	cp "$made/jpeg/made-nikon" n.jpg
	[ "$(exif-read n.jpg | jqr .serial)" = 123 ]
}

@test "a date from the name, from folders, and what disagrees" {
	mkdir -p 2022/11/09
	cp "$made/jpeg/made-fuji" IMG_20220101_101112.jpg
	cp "$made/jpeg/made-fuji" 2022/11/09/x.jpg
	cp a.jpg IMG_20220101_101112_1.jpg
	[ "$(exif-read IMG_20220101_101112.jpg | jqr '[.taken,.taken_from,.taken_basis]|join(" ")')" = '2022-01-01T10:11:12 filename local' ]
	[ "$(exif-read 2022/11/09/x.jpg | jqr '[.taken,.taken_from,.taken_basis]|join(" ")')" = '2022-11-09 folder local' ]
	[ "$(exif-read IMG_20220101_101112_1.jpg | jq -c '[.taken_from,.taken_alt]')" = '["exif:DateTimeOriginal",[{"from":"filename","value":"2022-01-01T10:11:12"}]]' ]
}

@test "--date-from: other sources, another order" {
	cp a.jpg IMG_20220101_101112.jpg
	[ "$(exif-read --date-from=filename,exif IMG_20220101_101112.jpg | jqr .taken)" = 2022-01-01T10:11:12 ]
	[ "$(exif-read --date-from=modified a.jpg | jqr '[.taken,.taken_from]|join(" ")')" = '2024-05-01T12:00:00 exif:DateTime' ]
	[ "$(exif-read --date-from=mtime a.jpg | jqr '[.taken,.taken_from,.taken_basis]|join(" ")')" = '2024-05-01T12:00:00.5Z mtime utc' ]
	[ "$(exif-read --date-from=takeout a.jpg | jq 'has("taken")')" = false ]
	[ "$(exif-read --date-from=sidecar-xmp,exif,xmp,container,takeout,filename a.jpg)" = "$(exif-read a.jpg)" ]
	for list in '' exif,, no exif,exif; do
		run -2 exif-read --date-from="$list" a.jpg
	done
}

@test "--tz: an offset for local times, local time for instants" {
	cp "$made/jpeg/made-raw" IMG_20220701_101112.jpg
	cp "$made/jpeg/made-fuji" PXL_20220701_101112345.jpg
	[ -e /usr/share/zoneinfo/Europe/Berlin ] || skip "no zone files"
	[ "$(exif-read --date-from=filename --tz=Europe/Berlin IMG_20220701_101112.jpg | jqr '[.taken,.taken_basis]|join(" ")')" = '2022-07-01T10:11:12+02:00 local' ]
	[ "$(exif-read --tz=Europe/Berlin PXL_20220701_101112345.jpg | jqr '[.taken,.taken_basis]|join(" ")')" = '2022-07-01T12:11:12.345+02:00 utc' ]
	[ "$(exif-read PXL_20220701_101112345.jpg | jqr .taken)" = 2022-07-01T10:11:12.345Z ]
	[ "$(exif-read --tz=America/New_York a.jpg | jqr .taken)" = 2024-05-01T12:00:00.123+02:00 ]
	run -2 exif-read --tz=Nowhere/Land a.jpg
}

@test "an offset is derived from the position's clock, and told" {
	need exiftool
	exiftool -q -overwrite_original -OffsetTimeOriginal= -GPSTimeStamp=15:30:00 a.jpg
	run -0 exif-read a.jpg
	[ "$(jqr '[.taken,.taken_basis]|join(" ")' <<<"$output")" = '2024-05-01T12:00:00.123-03:30 zoned' ]
	warned EOFFSET <<<"$output"
}

@test "a date that cannot be is rejected, told, and the next one taken" {
	need exiftool
	exiftool -q -overwrite_original -OffsetTimeOriginal= -DateTimeOriginal='2099:01:01 00:00:00' -CreateDate='2024:05:01 12:00:01' a.jpg
	run -0 exif-read a.jpg
	[ "$(jqr '[.taken_from,.taken[0:19]]|join(" ")' <<<"$output")" = 'exif:DateTimeDigitized 2024-05-01T12:00:01' ]
	warned EDATE <<<"$output"
	exiftool -q -overwrite_original -DateTimeOriginal#='0000:00:00 00:00:00' a.jpg
	run -0 exif-read a.jpg
	[ "$(jqr .taken_from <<<"$output")" = exif:DateTimeDigitized ]
	warned EDATE <<<"$output"
}

@test "a time or a zone that cannot be read does not cost the day" {
	need exiftool
	while IFS='|' read -r date offset want; do
		exiftool -q -overwrite_original -GPSTimeStamp= -SubSecTimeOriginal= -DateTimeOriginal#="$date" \
			-OffsetTime= -OffsetTimeOriginal#="$offset" a.jpg
		run -0 exif-read a.jpg
		[ "$(jqr '[.taken,.taken_basis]|join(" ")' <<<"$output")" = "$want" ] || { echo "$date $offset: $output"; false; }
		warned EDATE <<<"$output"
	done <<-E
		2024:05:01 24:10:07||2024-05-01T00:10:07 local
		2024:05:01 12:10:61||2024-05-01T12:10:59 local
		2024:05:01 07:10:07pm|+02:00|2024-05-01T19:10:07+02:00 zoned
		2024:05:01 12:00:07|+0060|2024-05-01T12:00:07 local
		2024:05:01 12:00:07|+14:30|2024-05-01T12:00:07 local
		2024:05:01 25:00:07||2024-05-01 local
		2024:05:01 12:00:07 CET||2024-05-01T12:00:07 local
	E
	packet 'exif:DateTimeOriginal="2024-05-01T14:38:09.526GMT+02:00"' >b.jpg.xmp
	cp a.jpg b.jpg
	[ "$(exif-read b.jpg | jqr .taken)" = 2024-05-01T14:38:09.526+02:00 ]
}

@test "sidecars pass through with their type" {
	printf '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>' >a.xmp
	printf '{"title":"a.jpg","photoTakenTime":{"timestamp":"1"}}' >a.jpg.json
	printf '{"name":"x"}' >b.json
	printf '<?xml version="1.0"?><plist><dict><key>adjustmentBaseVersion</key></dict></plist>' >a.aae
	run -0 exif-read a.xmp a.jpg.json b.json a.aae
	[ "$(jqr '.type // "-"' <<<"$output" | tr '\n' ' ')" = 'xmp takeout-json - aae ' ]
	[ "$(jq -s 'map(has("warnings"))|any' <<<"$output")" = false ]
}

@test "content that is not what the name says is EEXTENSION; a name that says nothing is not" {
	cp a.jpg b.png
	cp a.jpg c.bak
	cp a.jpg d
	cp a.jpg .jpg
	run -0 exif-read b.png
	[ "$(jqr .type <<<"$output")" = jpeg ]
	warned EEXTENSION <<<"$output"
	run -0 exif-read a.jpg c.bak d .jpg
	[ "$(jq -s 'map(has("warnings"))|any' <<<"$output")" = false ]
}

@test "what is not recognised, and an empty file, have no type and are no error" {
	printf hello >t.txt
	: >e.txt
	run -0 exif-read t.txt e.txt
	[ "$(jq -c 'keys' <<<"$output" | sort -u)" = '["mtime","path","size"]' ]
}

@test "unknown content under the name of a picture or film is damage, and said in plain words" {
	ff() { head -c "$1" /dev/zero | tr '\0' '\377'; }
	: >1.jpg
	head -c 600 /dev/zero >2.mp4
	head -c 40000 /dev/zero >3.CR2
	{ head -c 512 /dev/zero; tail -c 300 a.jpg | tr '\377' x; } >4.HEIC
	{ printf '\r\n'; cat a.jpg; } >5.jpg
	{ head -c 700 /dev/zero; cat a.jpg; } >6.jpg
	{ ff 99; cat a.jpg; } >7.jpg
	{ ff 512; tail -c 300 a.jpg | tr '\377' x; } >8.jpg
	echo '<html>not found</html>' >9.jpg
	printf 'x\1y\2\3zzzz' >a.mts
	run -0 exif-read [1-9].* a.mts
	warned EFORMAT <<<"$output"
	[ "$(jqr '.type' <<<"$output" | sort -u)" = null ] # which no name decides
	[ "$(jqr '.warnings | length' <<<"$output" | sort -u)" = 1 ]
	# a JPEG is read behind what stands before it
	[ "$(jqr 'select(.model).model' <<<"$output" | uniq -c | tr -s ' ')" = ' 3 Canon EOS 5D' ]
	[ "$(jqr 'select(.model).taken' <<<"$output" | sort -u)" = "$(exif-read a.jpg | jq -r .taken)" ]
	diff <(jqr '.warnings[0].message' <<<"$output") - <<-'END'
		is empty
		holds no picture or film: all its 600 bytes are 0x00
		holds no known kind of picture or film: at least 16384 bytes at its start are 0x00
		holds no known kind of picture or film: 512 bytes at its start are 0x00
		a JPEG begins at byte 2, behind bytes that do not belong to it
		a JPEG begins at byte 700, behind bytes that do not belong to it
		a JPEG begins at byte 99, behind bytes that do not belong to it
		holds no known kind of picture or film: 512 bytes at its start are 0xff
		holds text, no picture or film
		holds no known kind of picture or film
	END
}

@test "a companion that is none is told by what its name promises" {
	for name in IMG_1.AAE IMG_2.xmp SND_3.WAV IMG_4.THM IMG_6.m4a; do echo hello >$name; done
	printf 'x\1y\2\3zzzz' >IMG_5.AAE
	run -0 exif-read *.AAE *.xmp *.WAV *.THM *.m4a
	diff <(jqr '.path + ": " + .warnings[0].message' <<<"$output") - <<-'END'
		IMG_1.AAE: holds text, no edits or metadata
		IMG_5.AAE: holds no known kind of edits or metadata
		IMG_2.xmp: holds text, no edits or metadata
		SND_3.WAV: holds text, no sound
		IMG_4.THM: holds text, no picture or film
		IMG_6.m4a: holds text, no sound
	END
}

@test "what lost its first bytes is not taken for its thumbnail, nor for the preview in a raw" {
	{ printf '\0\0'; tail -c +3 a.jpg; head -c 300 a.jpg; } >1.jpg
	{ printf '\r\n'; cat a.jpg; } >2.cr2
	run -0 exif-read 1.jpg 2.cr2
	[ "$(jq 'has("type") or has("model")' <<<"$output" | sort -u)" = false ]
	warned EFORMAT <<<"$output"
}

@test "unknown content under another name is none: other programs' files, a Mac's notes beside a picture" {
	printf '\0\5\26\7\0\2\0\0Mac OS X' >._a.jpg
	echo 'let x = 1' >x.ts
	echo '{"a":1}' >x.json
	printf 'bplist00' >x.plist
	head -c 600 /dev/zero >x.bin
	head -c 600 /dev/zero >jpg
	head -c 600 /dev/zero >.jpg
	rm -f ./*.xmp
	run -0 exif-read ._a.jpg x.ts x.json x.plist x.bin jpg .jpg
	[ "$(jq -s 'map(has("warnings"))|any' <<<"$output")" = false ]
}

@test "a cut picture is a warning, and what could be read" {
	head -c 450 a.jpg >cut.jpg
	run -0 exif-read cut.jpg
	warned ETRUNCATED <<<"$output"
	[ "$(jqr '[.make,.model]|join(" ")' <<<"$output")" = 'Canon Canon EOS 5D' ]
	[ "$(jq 'has("error")' <<<"$output")" = false ]
}

@test "one corrupt tag costs that tag" {
	cp a.jpg b.jpg
	printf '\xff\xff\xff\x7f' | dd of=b.jpg bs=1 seek=$((12 + 10 + 8)) conv=notrunc status=none # where the make lies
	run -0 exif-read b.jpg
	warned EVALUE <<<"$output"
	[ "$(jq -c '[has("make"), .model, .iso]' <<<"$output")" = '[false,"Canon EOS 5D",102400]' ]
}

@test "folders, pipes and what is missing are errors of their records alone" {
	mkdir dir
	mkfifo fifo
	run -1 --separate-stderr timeout 120 exif-read dir fifo gone a.jpg
	[ "$(jqr '.error.code // .type' <<<"$output" | tr '\n' ' ')" = 'EISDIR EINPUT ENOENT jpeg ' ]
}

@test "members that a record came with: its own are made anew, the others kept" {
	run -0 exif-read <<<'{"path":"a.jpg","make":"Old","lens":"Old","duration_s":7,"n":1.10,"hash":{"md5":"0"},"warnings":[{"tool":"x","code":"y","message":"z"}]}'
	[[ "$output" == '{"path":"a.jpg","n":1.10,"hash":{"md5":"0"},'* ]]
	[ "$(jq -c '[.make,.lens,.duration_s,(.warnings|length)]' <<<"$output")" = '["Canon",null,null,1]' ]
}

@test "a settled record passes unread" {
	line='{"path":"gone.jpg","make":"Old","db":{"status":"known"}}'
	[ "$(exif-read <<<"$line")" = "$line" ]
}

@test "a member of an archive is not looked for in the folder" {
	run -1 exif-read -q <<<'{"path":"a.jpg","archive":"x.zip","member":1}'
	[ "$(jqr .error.code <<<"$output")" = ENOENT ]
}

@test "-C: relative paths begin there, names included" {
	mkdir -p d/2022/11/09
	cp "$made/jpeg/made-fuji" d/2022/11/09/x.jpg
	[ "$(exif-read -C d 2022/11/09/x.jpg | jqr '[.path,.taken]|join(" ")')" = '2022/11/09/x.jpg 2022-11-09' ]
}

@test "-j: the same bytes for any number of workers" {
	for i in $(seq 200); do printf '%s\0' "$made"/jpeg/* "$made"/tiff/* gone; done >paths
	exif-read -q -j1 -a <paths >one || [ $? -eq 1 ]
	exif-read -q -j8 -a <paths >eight || [ $? -eq 1 ]
	cmp one eight
	[ "$(wc -l <one)" -eq "$(tr -cd '\0' <paths | wc -c)" ]
}

@test "a huge file costs two small reads" {
	need strace
	truncate -s 5G a.jpg
	strace -f -P a.jpg -e trace=pread64,read -o trace exif-read a.jpg >out || skip "strace is not permitted"
	[ "$(jqr .make <out)" = Canon ]
	[ "$(grep -cE '(pread64|read)\(' trace)" -eq 2 ]
	[ "$(grep -oE '= [0-9]+$' trace)" = $'= 16384\n= 4096' ]
}

@test "numbers are short: 1/125 s is 0.008, 1/60 s ends at a nanosecond" {
	need exiftool
	exiftool -q -overwrite_original -ExposureTime=1/60 -FNumber=1.8 -FocalLength=4.25 a.jpg
	[[ "$(exif-read a.jpg)" == *'"exposure_s":0.016666667,"f_number":1.8,"iso":102400,"focal_mm":4.25,'* ]]
}

# packet ATTRIBUTES [ELEMENTS] -- a sidecar's content.
packet() {
	printf '%s' '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' \
		'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"' \
		' xmlns:exif="http://ns.adobe.com/exif/1.0/" ' "$1" '>' "${2-}" '</rdf:Description></rdf:RDF></x:xmpmeta>'
}

@test "XMP says the same with and without --all, and what stands around its RDF is not judged" {
	packet 'dc:title="plain" xmp:Rating="3"' >plain.xmp
	{ cat plain.xmp && printf '\n   \0\0\0'; } >padded.xmp
	{ cat plain.xmp && printf '\1\351<'; } >rubbish.xmp
	{ printf '<?xpacket begin="\32" id="x"?>' && cat plain.xmp; } >wrapped.xmp
	packet 'dc:title="c\x01d" xmp:Rating="3"' | sed 's/.x01/\x1/' >control.xmp
	packet 'dc:title="one" xmp:Rating="3" dc:title="two"' >twice.xmp
	packet 'xmp:Rating="3"' $'<dc:title>\xef\xbf\xbf</dc:title>' >none.xmp
	run -0 exif-read ./*.xmp
	[ "$(jq -c '[.title,.rating,[.warnings[]?.code]]' <<<"$output")" = '["c d",3,["EVALUE"]]
[null,3,["EFORMAT"]]
["plain",3,[]]
["plain",3,[]]
["plain",3,[]]
[null,null,["EFORMAT"]]
["plain",3,[]]' ]
	[ "$(exif-read --all ./*.xmp | jq -c 'del(.tags)')" = "$(jq -c . <<<"$output")" ]
}

@test "sidecars: name.ext.xmp and name.xmp, the first before the second" {
	cp a.jpg b.jpg
	cp a.jpg c.jpg
	cp "$made/tiff/made-raw" b.nef
	packet 'dc:title="one" xmp:Rating="3" exif:DateTimeOriginal="2020-02-03T04:05:06Z"' >a.jpg.xmp
	packet 'dc:title="two" dc:description="second"' >a.XMP
	packet 'xmp:Rating="5"' >b.xmp
	run -0 exif-read a.jpg b.jpg b.nef c.jpg
	[ "$(jq -c '[.title,.description,.rating,.sidecar]' <<<"$output")" = '["one","second",3,["a.jpg.xmp","a.XMP"]]
["Ti","hi",null,null]
[null,null,5,["b.xmp"]]
["Ti","hi",null,null]' ]
	[ "$(jq -c '[.taken,.taken_from,.make]' <<<"$(head -n1 <<<"$output")")" = '["2020-02-03T04:05:06Z","sidecar-xmp:exif:DateTimeOriginal","Canon"]' ]
	[ "$(exif-read --no-sidecars --no-groups a.jpg)" = "$(mkdir alone && cp -p a.jpg alone && exif-read --no-groups -C alone a.jpg)" ]
	[ "$(exif-read --date-from=exif a.jpg | jqr .taken_from)" = exif:DateTimeOriginal ]
}

@test "sidecars: one for another extension says nothing, also with --all" {
	cp a.jpg b.jpg
	packet 'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:SidecarForExtension="CR2" dc:title="one" exif:DateTimeOriginal="2020-02-03"' >b.xmp
	[ "$(exif-read b.jpg)" = "$(exif-read --no-sidecars b.jpg)" ]
	[ "$(exif-read -a b.jpg)" = "$(exif-read -a --no-sidecars b.jpg)" ]
	cp "$made/tiff/made-raw" b.CR2
	[ "$(exif-read b.CR2 | jqr '[.title,.taken]|join(" ")')" = 'one 2020-02-03' ]
}

@test "sidecars: one that knows less costs nothing that the file knows" {
	cp a.jpg b.jpg
	for date in 2024-05-01 2024 2024-05-01T10:00:00Z 2024-05-01T12:00; do
		packet "exif:DateTimeOriginal=\"$date\"" >b.jpg.xmp
		[ "$(exif-read b.jpg | jqr .taken)" = 2024-05-01T12:00:00.123+02:00 ]
	done
}

@test "sidecars: their paths in the form of the file's own" {
	mkdir -p d/e
	cp a.jpg d/e/
	packet 'dc:title="x"' >d/e/a.xmp
	[ "$(exif-read d/e/a.jpg | jq -c .sidecar)" = '["d/e/a.xmp"]' ]
	[ "$(exif-read ./d//e/a.jpg | jq -c .sidecar)" = '["./d//e/a.xmp"]' ]
	[ "$(exif-read "$PWD/d/e/a.jpg" | jqr '.sidecar[0]')" = "$PWD/d/e/a.xmp" ]
	[ "$(exif-read -C d e/a.jpg | jq -c '[.title,.sidecar]')" = '["x",["e/a.xmp"]]' ]
	[ "$(exif-read -C d/e a.jpg | jq -c '[.title,.sidecar]')" = '["x",["a.xmp"]]' ]
	packet '' >$'d/\xff.xmp'
	cp a.jpg $'d/\xff.jpg'
	run -0 exif-read $'d/\xff.jpg'
	[ "$(jqr '.sidecar_b64[0]' <<<"$output" | base64 -d)" = $'d/\xff.xmp' ]
	[ "$(exif-read <<<"$output" | jq -c .)" = "$(jq -c . <<<"$output")" ]
	[ "$(exif-read --no-sidecars <<<"$output" | jq -c '[has("sidecar"),has("sidecar_b64")]')" = '[false,false]' ]
}

@test "sidecars: UTF-16, empty, broken, and an entity bomb" {
	for f in wide empty broken bomb alien cut; do cp a.jpg $f.jpg; done
	{ printf '\xff\xfe' && packet 'dc:title="wïde"' | iconv -f UTF-8 -t UTF-16LE; } >wide.xmp
	: >empty.xmp
	packet 'dc:title="t"' '<dc:rights>r</dc:rights><dc:creator>' >broken.xmp
	{ printf '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' && for i in $(seq 30); do printf '<!ENTITY a%d "&a%d;&a%d;">' "$i" $((i - 1)) $((i - 1)); done &&
		printf ']>' && packet '' '<dc:title>&a30;</dc:title>'; } >bomb.xmp
	cp a.jpg alien.xmp
	packet 'dc:title="t"' | head -c -25 >cut.xmp
	run -0 timeout 120 exif-read wide.jpg empty.jpg broken.jpg bomb.jpg alien.jpg cut.jpg
	[ "$(jq -c '[.title,.copyright,.sidecar,.warnings[]?.code]' <<<"$output")" = '["wïde","Jo\nEd",["wide.xmp"]]
["Ti","Jo\nEd",null]
["t","r",["broken.xmp"],"EFORMAT"]
["Ti","Jo\nEd",["bomb.xmp"],"EFORMAT"]
["Ti","Jo\nEd",null,"ESIDECAR"]
["t","Jo\nEd",["cut.xmp"],"ETRUNCATED"]' ]
}

@test "sidecars: pipes, folders and dead links never block and are no error" {
	mkfifo a.xmp
	mkdir a.jpg.xmp
	cp a.jpg b.jpg
	ln -s nowhere b.xmp
	run -0 timeout 120 exif-read a.jpg b.jpg
	[ "$(jq -c '[.make,.sidecar,.warnings[].code]' <<<"$output")" = '["Canon",null,"ESIDECAR","ESIDECAR"]
["Canon",null,"ESIDECAR"]' ]
}

@test "sidecars read as files: what they say, as of XMP; and they have none themselves" {
	packet 'dc:title="x" exif:DateTimeOriginal="2020-02-03"' >a.xmp
	packet 'dc:title="y"' >a.xmp.xmp
	run -0 exif-read a.xmp
	[ "$(jq -c '[.type,.mime,.title,.taken,.taken_from,.sidecar]' <<<"$output")" = '["xmp","application/rdf+xml","x","2020-02-03","xmp:exif:DateTimeOriginal",null]' ]
	[ "$(exif-read -a a.xmp | jq -c .tags)" = '{"XMP-dc:title":"x","XMP-exif:DateTimeOriginal":"2020-02-03"}' ]
}

@test "sidecars: a folder of 20,000 files is opened once, gone through twice at most, and none of them is asked for its sidecar" {
	need strace
	mkdir many
	seq -f 'many/%05g.jpg' 20000 | xargs touch
	packet 'dc:title="x"' >many/00007.xmp
	find many -name '*.jpg' -print0 >paths
	strace -f -e trace=openat,getdents64 -o trace exif-read -j2 <paths >out || skip "strace is not permitted"
	[ "$(grep -c '"many/[0-9]*\.jpg"' trace)" -eq 20000 ]
	[ "$(grep -c 'xmp"' trace)" -eq 1 ]
	[ "$(grep '"many", .*O_DIRECTORY' trace | grep -vc O_PATH)" -eq 1 ]
	[ "$(grep -c getdents64 trace)" -le 80 ]
	[ "$(jq -r 'select(.sidecar)|.path+.title' out)" = many/00007.jpgx ]
}

@test "sidecars: the same bytes for any number of workers" {
	for d in $(seq 40); do
		mkdir "d$d"
		for i in 1 2 3; do cp a.jpg "d$d/$i.jpg"; done
		packet "dc:title=\"$d\"" >"d$d/2.xmp"
		packet "dc:title=\"$d\" xmp:Rating=\"1\"" >"d$d/3.jpg.xmp"
	done
	find d* -name '*.jpg' -print0 | shuf -z --random-source=/dev/zero >paths
	exif-read -j1 -a <paths >one
	exif-read -j8 -a <paths >eight
	cmp one eight
	[ "$(grep -c '"sidecar":' one)" -eq 80 ]
}

@test "the corpus: JPEGs agree with exiftool" {
	corpus
	need python3
	(cd "$CORPUS" && find jpeg -type f -print0 | exif-read --no-groups) >out
	"$CORPUS/compare" -t jpeg -m 96 -f make -f model -f width -f height -f orientation -f exposure_s -f f_number \
		-f iso -f focal_mm -f taken -f type <out
	"$CORPUS/compare" -t jpeg -f make -f model -f width -f height -f orientation -f exposure_s -f f_number -f iso \
		-f focal_mm -f taken <out | awk '$1 == "all" { exit !($7 + 0 >= 98 && $6 == 0) }'
}

@test "the corpus: raw files that are TIFF inside agree with exiftool" {
	corpus
	need python3
	(cd "$CORPUS" && find raw other-image -type f \( -iname '*.nef' -o -iname '*.dng' -o -iname '*.arw' -o -iname '*.cr2' \
		-o -iname '*.iiq' -o -iname '*.tif*' \) -print0 | exif-read --no-groups) >out
	"$CORPUS/compare" -m 99 -f type -f make -f model -f width -f height -f exposure_s -f f_number -f iso -f taken <out |
		awk '$4 + 0 > 0 && NR > 1 && $1 != "no" { print; bad = 1 } END { exit bad }'
}

@test "the corpus: malformed files end in good order" {
	corpus
	find "$CORPUS/malformed" -type f -print0 >paths
	timeout 120 exif-read -a <paths >out
	[ "$(wc -l <out)" -eq "$(tr -cd '\0' <paths | wc -c)" ]
	jq -e . out >/dev/null
	[ "$(jq -s 'map(select(.error)) | length' out)" -eq 0 ]
}

@test "a file that was put aside has the date and the extension of its name" {
	printf '\377\330\377\376\000\004xx\377\331' >.20240501_101112.jpg.dcim-0123abcd
	cp .20240501_101112.jpg.dcim-0123abcd ..20240501_101112.jpg.dcim-0123abcd.dcim-89abcdef
	: >.b.jpg.dcim-0123abcd
	exif-read .2* ..2* | jqr '.taken + " " + (.warnings | map(.code) | tostring)' >out
	[ "$(uniq <out)" = '2024-05-01T10:11:12 ["EFORMAT"]' ] || { cat out; false; }
	exif-read .b.jpg.dcim-0123abcd | grep -q '"is empty"'
}

@test "groups: each file is opened once, and a sidecar for each of the two pictures, too" {
	need strace
	mkdir card
	for i in 1 2 3 4 5 6 7 8 9; do
		cp a.jpg card/$i.jpg
		cp a.jpg card/$i.nef
		packet 'xmp:Rating="3"' >card/$i.xmp
	done
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -e trace=openat -o trace exif-read -j2 card/* >out || skip "strace is not permitted"
	[ "$(jq -s 'map(select(.group)) | group_by(.group.id) | map(length) | unique == [3]' out)" = true ]
	for i in 1 2 3 4 5 6 7 8 9; do
		[ "$(grep -c "\"card/$i.jpg\"" trace)" -eq 1 ]
		[ "$(grep -c "\"card/$i.nef\"" trace)" -eq 1 ]
		[ "$(grep -c "\"card/$i.xmp\"" trace)" -eq 3 ]
	done
}

@test "groups: a limit that is reached is said" {
	mkdir many
	for i in $(seq 300); do echo >"many/0000${i}IMG_00000_BURST20200101120000000.jpg"; done
	for i in $(seq 300); do echo >"many/0$(printf %04d "$i")IMG_00000_BURST20200101120000000.jpg"; done
	find many -name '00001IMG*' -print0 | exif-read -q >out
	warned group-unknown <out
	[ "$(jq -c '[.group, .alone]' out)" = '[null,null]' ]
}
