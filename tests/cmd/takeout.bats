#!/usr/bin/env bats
# takeout -- exif-read on the folders of a Google Takeout: whose JSON is whose, and what is believed of it.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq
	made=$ROOT/tests/fuzz/corpus
	mkdir -p takeout/'Photos from 2024'
	cd takeout/'Photos from 2024' || return
}

# dated NAME, undated NAME -- a picture of 2024-05-01T12:00:00.123+02:00 at 52.5125, 13.5; one that knows neither.
dated() { cp "$made/jpeg/made-little" "$1"; }
undated() { cp "$made/jpeg/made-fuji" "$1"; }

# json NAME [FILTER] -- a JSON of Takeout, of 2017-06-01T08:00:00Z, whose title is that of the file that it is named after.
json() {
	local title=${1##*/}
	title=${title%.json} title=${title%.supplemental-metadata*}
	jq -n --arg title "$title" '{title: $title, description: "", imageViews: "3",
		creationTime: {timestamp: "1700000000", formatted: "14 Nov 2023, 22:13:20 UTC"},
		photoTakenTime: {timestamp: "1496304000", formatted: "1 Jun 2017, 08:00:00 UTC"},
		geoData: {latitude: 0.0, longitude: 0.0, altitude: 0.0, latitudeSpan: 0.0, longitudeSpan: 0.0},
		url: "https://photos.example/1"} | '"${2:-.}" >"$1"
}

# album NAME TITLE -- the JSON of an album.
album() {
	jq -n --arg title "$2" '{title: $title, description: "", access: "protected", date: {timestamp: "1700000000"}}' >"$1"
}

# what FILE FILTER -- of its record.  codes FILE -- of its warnings.
what() { exif-read -- "$1" | jq -c "$2"; }
codes() { exif-read -- "$1" | jqr '[.warnings[]?.code] | join(" ")'; }

@test "a picture has what the JSON beside it says, and names it" {
	undated pier.jpg
	json pier.jpg.json '.description = "The pier\nat noon" | .people = [{name: "Ada"}, {name: "Bo"}] | .favorited = true |
		.archived = true | .trashed = true | .geoData += {latitude: 54.5, longitude: -13.25, altitude: 7.5}'
	run -0 exif-read pier.jpg
	[ "$(jq -c '[.taken, .taken_from, .taken_basis]' <<<"$output")" = '["2017-06-01T08:00:00Z","takeout:photoTakenTime","utc"]' ]
	[ "$(jq -c '[.original_name, .description, .people, .lat, .lon, .alt_m]' <<<"$output")" = '["pier.jpg","The pier\nat noon",["Ada","Bo"],54.5,-13.25,7.5]' ]
	[ "$(jq -c '[.favorite, .archived, .trashed]' <<<"$output")" = '[true,true,true]' ]
	[ "$(jq -c '[.sidecar, .takeout, has("warnings"), has("albums")]' <<<"$output")" = '[["pier.jpg.json"],{"rule":"old","date":"used"},false,false]' ]
}

@test "what is not said is absent: no date, no place, false" {
	undated pier.jpg
	json pier.jpg.json '.photoTakenTime.timestamp = "0" | .favorited = false'
	[ "$(what pier.jpg '[has("taken", "lat", "favorite", "description", "people")]')" = '[false,false,false,false,false]' ]
	json pier.jpg.json '.photoTakenTime.timestamp = "-1000000000"'
	[ "$(what pier.jpg .taken)" = '"1938-04-24T22:13:20Z"' ]
	[ "$(exif-read --tz=Europe/Berlin pier.jpg | jqr '.taken, .taken_basis' | tr '\n' ' ')" = '1938-04-24T23:13:20+01:00 utc ' ]
}

@test "the date: the file's own, unless its owner has set another one, more than 15 hours away" {
	dated a.jpg
	json a.jpg.json
	[ "$(what a.jpg '[.taken, .takeout.date, .taken_alt]')" = '["2017-06-01T08:00:00Z","corrected",[{"from":"exif:DateTimeOriginal","value":"2024-05-01T12:00:00.123+02:00"}]]' ]
	json a.jpg.json '.photoTakenTime.timestamp = "1714557600"'
	[ "$(what a.jpg '[.taken, .taken_from, .takeout, .taken_alt]')" = '["2024-05-01T12:00:00.123+02:00","exif:DateTimeOriginal",{"rule":"old"},null]' ]
	json a.jpg.json '.photoTakenTime.timestamp = "1714600000"'
	[ "$(what a.jpg '[.taken, .takeout.date, .taken_alt[].from]')" = '["2024-05-01T12:00:00.123+02:00",null,"takeout:photoTakenTime"]' ]
	json a.jpg.json
	[ "$(exif-read --date-from=exif,filename a.jpg | jq -c '[.taken_from, .taken_alt]')" = '["exif:DateTimeOriginal",null]' ]
	[ "$(exif-read --date-from=takeout a.jpg | jqr '.taken_from, .takeout.date' | tr '\n' ' ')" = 'takeout:photoTakenTime used ' ]
	undated IMG_20200101_101112.jpg
	json IMG_20200101_101112.jpg.json
	[ "$(what IMG_20200101_101112.jpg '[.taken_from, .taken_alt[].from]')" = '["takeout:photoTakenTime","filename"]' ]
	[ "$(exif-read --date-from=filename,takeout IMG_20200101_101112.jpg | jqr .taken_from)" = filename ]
}

@test "an XMP sidecar has the last word, of the date and all else" {
	dated a.jpg
	json a.jpg.json '.description = "Google" | .geoData += {latitude: 1.5, longitude: 2.5} | .geoDataExif = {latitude: 52.5, longitude: 13.5}'
	[ "$(what a.jpg '[.description, .lat, .lon]')" = '["Google",1.5,2.5]' ]
	cat >a.jpg.xmp <<-'X'
		<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
		 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
		 exif:DateTimeOriginal="2010-01-01T00:00:00" exif:GPSLatitude="10,30.0N" exif:GPSLongitude="20,30.0E"
		 dc:description="mine"/></rdf:RDF></x:xmpmeta>
	X
	[ "$(what a.jpg '[.description, .lat, .lon, .taken, .sidecar]')" = '["mine",10.5,20.5,"2010-01-01T00:00:00",["a.jpg.xmp","a.jpg.json"]]' ]
	[ "$(what a.jpg.xmp '[.sidecar, .takeout]')" = '[null,null]' ]
}

@test "names: numbered, cut, edited, Live and motion photos, Latin and other letters" {
	local live=Live
	dated 'IMG_1(1).jpg' && json 'IMG_1.jpg(1).json' '.title = "IMG_1.jpg"'
	dated 'IMG_1-edited(1).jpg'
	dated 'IMG_1-edited.jpg'
	dated 'PXL_20240304_050607890.NIGHT.COVER1(1).jpg' && json 'PXL_20240304_050607890.NIGHT.COVER1.jpg.supple(1).json' '.title = "PXL_20240304_050607890.NIGHT.COVER1.jpg"'
	set -- "$made"/heif/* && cp "$1" $live.HEIC && json $live.HEIC.supplemental-metadata.json
	set -- "$made"/bmff/* && cp "$1" $live.MP4 && cp "$1" "$live(2).MP4"
	dated 🌻🌻.jpg && json 🌻🌻.jpg.json
	dated $'e\u0301.jpg' && json $'e\u0301.jpg.json'
	for f in *.jpg *.HEIC *.MP4; do
		printf '%s %s\n' "$f" "$(what "$f" '[.takeout.rule // "none", .takeout.of // "itself", .sidecar[0] // ""] | join(" ")')"
	done >got
	sort >want <<-E
		$live(2).MP4 "none itself "
		$live.HEIC "new itself $live.HEIC.supplemental-metadata.json"
		$live.MP4 "new still $live.HEIC.supplemental-metadata.json"
		IMG_1(1).jpg "old itself IMG_1.jpg(1).json"
		IMG_1-edited(1).jpg "old original IMG_1.jpg(1).json"
		IMG_1-edited.jpg "none itself "
		PXL_20240304_050607890.NIGHT.COVER1(1).jpg "new itself PXL_20240304_050607890.NIGHT.COVER1.jpg.supple(1).json"
		🌻🌻.jpg "old itself 🌻🌻.jpg.json"
		$(printf 'e\u0301.jpg "old itself e\u0301.jpg.json"')
	E
	sort got | diff want -
}

@test "an album is told by its own JSON, whatever its name" {
	mkdir ../Trip && cd ../Trip || return
	undated a.jpg && json a.jpg.json
	undated b.jpg
	album métadonnées.json 'Trip: day 1/2'
	[ "$(what a.jpg '[.albums, .original_name]')" = '[["Trip: day 1/2"],"a.jpg"]' ]
	[ "$(what b.jpg .albums)" = '["Trip: day 1/2"]' ]
	[ "$(what a.jpg.json .albums)" = null ]
	album métadonnées.json ''
	[ "$(what a.jpg .albums)" = null ]
	jq -n '{albumData: {title: "Old", date: {timestamp: "1"}}}' >métadonnées.json
	[ "$(what a.jpg .albums)" = '["Old"]' ]
	for i in {1..300}; do echo '{}' >"$i.json"; done # those of pictures without an extension would stand so, too
	[ "$(what a.jpg .albums)" = '["Old"]' ]
	jq -n '{title: "A page", name: "site"}' >métadonnées.json
	[ "$(what a.jpg .albums)" = null ]
	cd ../'Photos from 2024' || return
	undated a.jpg && json a.jpg.json && album metadata.json 'Photos from 2024'
	[ "$(what a.jpg '[.albums, .taken]')" = '[null,"2017-06-01T08:00:00Z"]' ]
}

@test "an album's picture has the JSON of the folder of a year that has the same picture" {
	dated a.jpg && json a.jpg.json
	mkdir ../Trip ../'Fotos von 2017' ../'Photos from long ago'
	album ../Trip/metadata.json Trip
	cp a.jpg ../Trip
	cp a.jpg.json ../'Photos from long ago'
	undated ../'Fotos von 2017'/a.jpg && json ../'Fotos von 2017'/a.jpg.json '.favorited = true'
	[ "$(what ../Trip/a.jpg '[.takeout, .sidecar, .albums, .favorite]')" = '[{"rule":"old","folder":"year","date":"corrected"},["../Photos from 2024/a.jpg.json"],["Trip"],null]' ]
	[ "$(cd ../Trip && what a.jpg .sidecar)" = '["../Photos from 2024/a.jpg.json"]' ]
	rm a.jpg # in another part of the export: the one of 2017 is of another picture
	[ "$(what ../Trip/a.jpg '.takeout.folder')" = '"year"' ]
	mkdir ../'Photos from 2016' && json ../'Photos from 2016'/a.jpg.json
	[ "$(codes ../Trip/a.jpg)" = takeout-missing ]
	dated a.jpg
	[ "$(what ../Trip/a.jpg .sidecar)" = '["../Photos from 2024/a.jpg.json"]' ]
	undated a.jpg
	dated ../'Photos from 2016'/a.jpg
	[ "$(what ../Trip/a.jpg .sidecar)" = '["../Photos from 2016/a.jpg.json"]' ]
}

@test "a picture without a JSON and a JSON without a picture are said, in a Takeout and nowhere else" {
	dated a.jpg && json a.jpg.json
	dated b.jpg
	dated a-edited.jpg
	json c.jpg.json
	json 'a.jpg(1).json'
	echo note >note.txt
	[ "$(codes a.jpg)" = '' ]
	[ "$(codes a-edited.jpg)" = '' ]
	[ "$(codes note.txt)" = '' ]
	[ "$(codes b.jpg)" = takeout-missing ]
	[ "$(codes a.jpg.json)" = '' ]
	[ "$(codes c.jpg.json)" = takeout-alone ]
	[ "$(codes 'a.jpg(1).json')" = takeout-alone ]
	mkdir ../site && cd ../site || return
	dated a.jpg && echo '{"name":"site","title":"Mine"}' >package.json && echo '{"width":80}' >a.jpg.json && echo '[1]' >a.json
	[ "$(what a.jpg '[.sidecar, .takeout, .warnings, .albums]')" = '[null,null,null,null]' ]
	rm ./*.json
	[ "$(what a.jpg .)" = "$(exif-read --no-sidecars a.jpg)" ]
}

@test "a JSON that cannot be read, or is none, costs nothing but a warning" {
	dated a.jpg
	json a.jpg.json
	before=$(exif-read --no-sidecars a.jpg)
	truncate -s -3 a.jpg.json
	[ "$(codes a.jpg)" = ESIDECAR ]
	[ "$(what a.jpg 'del(.warnings)')" = "$before" ]
	: >a.jpg.json
	[ "$(what a.jpg 'del(.warnings)')" = "$before" ]
	truncate -s 2M a.jpg.json
	[ "$(what a.jpg .)" = "$before" ]
	json a.jpg.json && truncate -s 2M a.jpg.json
	[ "$(exif-read a.jpg | jqr '.warnings[].message')" = 'a.jpg.json: is larger than the limit of 1048576 bytes' ]
	[ "$(what a.jpg 'del(.warnings)')" = "$before" ]
	rm a.jpg.json && mkdir a.jpg.json
	[ "$(what a.jpg .)" = "$before" ]
	rmdir a.jpg.json && ln -s nowhere a.jpg.json
	[ "$(codes a.jpg)" = ESIDECAR ]
	rm a.jpg.json && mkfifo a.jpg.json
	[ "$(what a.jpg .)" = "$before" ]
}

@test "--no-sidecars: nor the JSON of a Takeout" {
	undated a.jpg && json a.jpg.json && album metadata.json Trip
	undated b.jpg
	[ "$(exif-read --no-sidecars a.jpg b.jpg | jq -c '[has("sidecar", "takeout", "albums", "original_name", "warnings")] | any')" = "$(printf 'false\nfalse')" ]
	[ "$(exif-read --no-sidecars a.jpg | jqr .taken_from)" = null ]
}

@test "records are the same for every number of threads, in every order, alone or with others" {
	for i in {1..40}; do
		dated "$i.jpg" && json "$i.jpg.supplemental-metadata.json"
		dated "$i($i).jpg" && json "$i.jpg.supplemental-metadata($i).json"
		dated "$i-edited.jpg"
	done
	cd ..
	find . -type f -print0 | sort -z >paths
	exif-read -j1 <paths >one
	[ "$(jqr 'select(.takeout.rule == "new") | .path' one | wc -l)" -eq 120 ]
	exif-read -j8 <paths | cmp - one
	sort -zr paths | exif-read -j3 | LC_ALL=C sort | cmp - <(LC_ALL=C sort one)
	while IFS= read -r -d '' path; do exif-read -- "$path"; done < <(head -zn 20 paths) | cmp - <(head -n 20 one)
}

@test "a file that lies aside has the JSON of its own name" {
	dated a.jpg && json a.jpg.json
	own=$(what a.jpg '[.taken, .sidecar, .takeout]')
	mv a.jpg .a.jpg.dcim-0123abcd
	[ "$(what .a.jpg.dcim-0123abcd '[.taken, .sidecar, .takeout]')" = "$own" ]
	[ "$(codes a.jpg.json)" = '' ]
}

# albums_of DATABASE -- the name and the albums of each file.
albums_of() { hashdb-list "$1" | jqr '[(.path | sub(".*/"; "")), (.albums // [])[]] | join(" ")' | sort; }

@test "photo-import: a picture in several folders is placed once, in all its albums" {
	dated a.jpg && json a.jpg.json
	undated b.jpg && json b.jpg.json
	for album in Trip Other; do
		mkdir ../$album && cp -p a.jpg a.jpg.json ../$album && album ../$album/metadata.json $album
	done
	cd "$T" || return
	photo-init -q lib >/dev/null
	photo-import takeout lib >out
	grep -qx '10 files, .*: 2 copied, 2 already there, 6 not media' out
	[ "$(albums_of lib/.dcim/hash.db)" = $'a.jpg Other Trip\nb.jpg' ]
	[ "$(find lib -name '*.jp*' -printf '%P ')" = "$(find lib/2017/2017-06-01 -name '*.jpg' -printf '2017/2017-06-01/%P ')" ]
	# one after the other, and from the logs again
	photo-init -q one >/dev/null
	for folder in 'Photos from 2024' Trip Other; do photo-import "takeout/$folder" one >out; done
	grep -q '1 duplicate' out
	[ "$(albums_of one/.dcim/hash.db)" = $'a.jpg Other Trip\nb.jpg' ]
	cat one/.dcim/runs/*.ndjson | hashdb-merge -q --root=one again.db >/dev/null
	[ "$(albums_of again.db)" = $'a.jpg Other Trip\nb.jpg' ]
	# a database that knows other albums
	photo-init -q two >/dev/null
	mkdir takeout/More && cp -p takeout/Trip/a.* takeout/More && album takeout/More/metadata.json More
	photo-import -q takeout/More two >/dev/null
	hashdb-list two/.dcim/hash.db | jq -c '.path |= sub("two/"; "one/")' | hashdb-merge -q one/.dcim/hash.db >/dev/null
	[ "$(albums_of one/.dcim/hash.db)" = $'a.jpg More Other Trip\nb.jpg' ]
}

@test "photo-import: what was thrown away, and JSONs, stay behind and are counted; --all-files brings them" {
	dated a.jpg && json a.jpg.json
	dated b.jpg && printf x >>b.jpg && json b.jpg.json '.trashed = true'
	for f in a b; do echo '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>' "<!-- $f -->" >$f.xmp; done
	cd "$T" || return
	photo-init -q lib >/dev/null
	photo-import takeout lib >out
	grep -qx '6 files, .*: 2 copied, 2 not media, 2 thrown away in Google Photos or iCloud' out
	grep -qx '  takeout/Photos from 2024/b.jpg: its owner has thrown it away in Google Photos or iCloud' out
	[ "$(find lib -name '[ab].*' -printf '%f\n' | sort | xargs)" = 'a.jpg a.xmp' ]
	run -1 photo-check takeout lib
	grep -qx 'Thrown away in Google Photos or iCloud, and only here (photo-import --all-files brings them): 2' <<<"$output"
	[ "$(exif-read -C takeout 'Photos from 2024/b.jpg' | place-file -n -C takeout -t "$T/lib" | jqr .place.action)" = planned ]
	photo-import --move takeout lib >/dev/null || [ $? -eq 1 ]
	[ "$(find takeout -type f -printf '%f ' | xargs -n 1 | sort | xargs)" = 'a.jpg.json b.jpg b.jpg.json b.xmp' ]
	photo-import --all-files takeout lib >out
	grep -q '4 copied' out
	photo-check takeout lib
}

# details ROW... -- the table beside an iCloud export's pictures.
details() {
	echo imgName,fileChecksum,favorite,hidden,deleted,originalCreationDate,viewCount,importDate
	printf '%s\n' "$@"
}

@test "iCloud: the tables beside the pictures, and those of the albums" {
	mkdir -p ../i/Photos ../i/Albums && cd ../i/Photos || return
	undated a.jpg && dated b.jpg && dated c.jpg && dated d.jpg
	details 'a.jpg,x,yes,yes,no,"Friday October 06,2023 12:11 PM GMT",1,' 'b.jpg,y,no,no,no,"Wednesday May 1,2024 10:00 AM GMT",0,' >'Photo Details.csv'
	details 'c.jpg,z,no,no,yes,Monday March 11,2019 8:34 PM GMT,0,' >'Photo Details-1.csv'
	printf 'Images\na.jpg\nd.jpg\n' >../Albums/Trip.csv
	printf 'imgName\na.jpg\n' >../Albums/Favorites.csv
	printf 'imgName\nd.jpg' >../Albums/$'Sp\u00e9cial.csv'
	[ "$(what a.jpg '[.taken, .taken_from, .taken_basis, .favorite, .archived, .trashed, .albums]')" = '["2023-10-06T12:11Z","icloud:originalCreationDate","utc",true,true,null,["Trip"]]' ]
	[ "$(what a.jpg '[.sidecar, .takeout, .warnings]')" = '[["Photo Details.csv"],{"rule":"photo-details","date":"used"},null]' ]
	[ "$(what b.jpg '[.taken, .takeout, .taken_alt]')" = '["2024-05-01T12:00:00.123+02:00",{"rule":"photo-details"},null]' ]
	[ "$(what c.jpg '[.taken, .takeout.date, .trashed, .sidecar]')" = '["2019-03-11T20:34Z","corrected",true,["Photo Details-1.csv"]]' ]
	[ "$(what d.jpg '[.sidecar, .albums]')" = $'[null,["Sp\u00e9cial","Trip"]]' ]
	[ "$(exif-read --no-sidecars a.jpg d.jpg | jq -c '[has("sidecar", "takeout", "albums", "taken")] | .[:3] | any')" = "$(printf 'false\nfalse')" ]
	[ "$(exif-read --date-from=exif c.jpg | jqr .taken_from)" = exif:DateTimeOriginal ]
	echo 'imgName,label' >labels.csv && mv 'Photo Details.csv' ..
	[ "$(what a.jpg '[.taken, .sidecar, .albums, .warnings]')" = '[null,null,["Trip"],null]' ]
	yes z.jpg,x,no,no,no,,0, | head -c 5000000 >>'Photo Details-1.csv'
	[ "$(codes c.jpg)" = ELIMIT ]
	rm 'Photo Details-1.csv'
	[ "$(what a.jpg .)" = "$(exif-read --no-sidecars a.jpg)" ]
}

@test "photo-import: the corpus, as it is" {
	corpus
	[ -d "$CORPUS/takeout" ] || skip "no takeout in the corpus"
	photo-init -q lib >/dev/null
	photo-import "$CORPUS/takeout" lib >out
	[ "$(jqr 'select(.error) | .path' lib/.dcim/runs/*.ndjson | wc -l)" -eq 0 ]
	[ "$(find "$CORPUS/takeout" -type f | wc -l)" -eq "$(wc -l <lib/.dcim/runs/*.ndjson)" ]
	[ -z "$(find lib -name '*.json' -o -name '*.csv')" ]
	[ "$(albums_of lib/.dcim/hash.db | grep -c 'Album test 6/10/23')" -ge 6 ]
}

@test "a folder without JSONs costs no call more" {
	need strace
	cd .. && mkdir plain one
	for i in {1..50}; do dated "plain/$i.jpg"; done
	dated one/1.jpg
	count() { ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=file,desc -o trace exif-read -j1 --no-groups "$@" >/dev/null && grep -v resumed trace | grep -cE "$calls"; }
	calls='open|access|stat|getdents|readlink'
	few=$(count one/1.jpg) many=$(count plain/*.jpg)
	# one open each, and the state of what was opened
	[ $((many - few)) -eq 98 ]
	run -1 grep -E 'json|/\.\.[/"]' trace
}

@test "the corpus: each of its JSONs is found, and says what it says" {
	corpus
	[ -d "$CORPUS/takeout" ] || skip "no takeout in the corpus"
	cd "$CORPUS/takeout" || return
	find Takeout* -type f -print0 | exif-read >"$T/records"
	[ "$(jqr 'select(.takeout) | .path' "$T/records" | wc -l)" -ge 14 ]
	# whatever is the picture's date, its JSON's is of the same moment, or it is told beside it
	jq -c 'select(.takeout and .taken) | [.taken, .taken_basis, .sidecar[-1]]' "$T/records" | while read -r record; do
		seconds=$(jqr .photoTakenTime.timestamp "$(jqr '.[2]' <<<"$record")")
		apart=$(($(date -d "$(jqr '.[0]' <<<"$record")" +%s) - seconds))
		[ ${apart#-} -le 2 ]
	done
	[ "$(jqr 'select(.albums) | .albums[]' "$T/records" | sort -u)" = 'Album test 6/10/23' ]
}
