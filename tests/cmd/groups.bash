# groups -- what groups.bats and groups-import.bats share: cards as cameras, phones and programs leave them, made file by
# file, with what is expected of each; and the judge of a library into which they were imported.
#
# A card is begun with `card NAME`, filled, and made with `made`.  What is expected is in NAME.want, a line for each file:
# number of its group, role, rule, whether it leads ("lead" or "-"), digest, folder, stem, tail.
TOOLS=${TOOLS:-$ROOT/build/tools}
[ -x "$TOOLS/make-media" ] || TOOLS=$ROOT/build/tools

# The hour at which everything was taken, in the forms of Exif and of films; `at` sets another: DAY HOUR:MINUTE.
at() { taken="$1 $2:00" utc="${1//:/-}T$2:00Z" zoned="${1//:/-}T$2:00+0000"; }

card() {
	card=$1 groups=0
	mkdir -p "$card"
	: >"$card.list" && : >"$card.planned"
	at 2024:05:01 12:00
}

# group -- begin one; the first file that is put then leads it.
group() { groups=$((groups + 1)) leads=lead; }

# put PATH ROLE RULE KIND KEY=VALUE... -- a file of the group, for make-media; | in its name is where a number goes.
# Pictures, films and notes of a card with another `salt` are others.
put() {
	local folder=. name=$1 word words=()
	for word in "${@:4}"; do
		case $word in text=[!\<R]*) word=$word${salt-} ;; esac
		words+=("$word")
	done
	[[ " ${words[*]}" == *' text='* ]] || words+=("text=${salt-}")
	case $1 in */*) folder=${1%/*} name=${1##*/} ;; esac
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' $groups "$2" "$3" $leads "$folder" "${name%%|*}" "${name#*|}" >>"$card.planned"
	leads=-
	printf '%s\0' "$card/${1/|/}" "${words[@]}" '' >>"$card.list"
}

# lone PATH KIND KEY=VALUE... -- a file of no group.
lone() {
	group
	put "$1" - - "${@:2}"
}

# other PATH -- what an import of media leaves where it is.
other() { printf '%s\0' "$card/$1" text "text=$1" '' >>"$card.list"; }

# made -- make the files of the card, and note what is expected.
made() {
	"$TOOLS/make-media" <"$card.list"
	find "$card" -exec touch -h -d '2024-06-01T00:00:00Z' {} +
	(cd "$card" && awk -F'\t' '{ print $5 "/" $6 $7 }' ../"${card##*/}.planned" | tr '\n' '\0' | xargs -0 -r sha256sum) |
		cut -c1-64 >"$card.digests"
	paste "$card.planned" "$card.digests" |
		awk -F'\t' -v OFS='\t' '{ print $1, $2, $3, $4, $8, $5, $6, $7 }' >"$card.want"
	rm "$card.list" "$card.planned" "$card.digests"
}

# xmp [RATING] -- the text of a sidecar.
xmp() {
	echo "text=<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Rating=\"${1-3}\"/></rdf:RDF></x:xmpmeta>"
}

aae() {
	echo "text=<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>adjustmentBaseVersion</key><integer>0</integer><key>adjustmentData</key><data>${1-}</data></dict></plist>"
}

# ---- pictures and films of cameras, as words for `put` ----

# of CAMERA -- sets `camera`, its make, model and serial number.
of() {
	case $1 in
	iphone) camera=(make=Apple 'model=iPhone 12') ;;
	canon) camera=(make=Canon 'model=Canon EOS R6' serial=012345678901) ;;
	canon2) camera=(make=Canon 'model=Canon EOS R6' serial=999945678901) ;;
	nikon) camera=('make=NIKON CORPORATION' 'model=NIKON D750' serial=6001234) ;;
	sony) camera=(make=SONY model=ILCE-7M4 serial=04567890) ;;
	gopro) camera=(make=GoPro 'model=HERO10 Black') ;;
	dji) camera=(make=DJI model=FC3582 serial=1581F4XFC22) ;;
	insta) camera=('make=Arashi Vision' 'model=Insta360 ONE R') ;;
	pixel) camera=(make=Google 'model=Pixel 7 Pro') ;;
	esac
}

# picture PATH ROLE RULE KIND KEY=VALUE... -- with the camera and the hour, and like no other.
picture() { put "$1" "$2" "$3" "$4" "${camera[@]}" "taken=$taken" "text=$1" "${@:5}"; }
film() { put "$1" "$2" "$3" film type=mp42 "${camera[@]}" "utc=$utc" "text=$1" "${@:4}"; }
text() { put "$1" "$2" "$3" text "text=${4-$1}"; }

# ---- cards ----

# Apple: halves of a Live Photo by their stem, by their identifier alone, and two films that are others' halves; an edit.
iphone_card() {
	local d=DCIM/100APPLE
	card "$1" && of iphone
	camera+=(zone=+00:00)
	group
	picture "$d/IMG_0001|.HEIC" still stem heic id=A1111111-0000-0000-0000-000000000001
	put "$d/IMG_0001|.MOV" film stem film "${camera[@]}" "taken=$zoned" id=A1111111-0000-0000-0000-000000000001 text=1
	group
	picture "$d/IMG_0002|.JPG" still stem jpeg id=A1111111-0000-0000-0000-000000000002
	put "$d/IMG_0103|.MOV" film content-id film "${camera[@]}" "taken=$zoned" id=A1111111-0000-0000-0000-000000000002 text=2
	lone "$d/IMG_0004|.HEIC" heic "${camera[@]}" "taken=$taken" id=A1111111-0000-0000-0000-000000000004
	lone "$d/IMG_0004|.MOV" film "${camera[@]}" "taken=$zoned" id=A1111111-0000-0000-0000-000000000005
	group
	picture "$d/IMG_1234|.HEIC" still stem heic
	picture "$d/IMG_E1234|.HEIC" edit apple-edit heic
	put "$d/IMG_1234|.AAE" sidecar stem text "$(aae MQ==)"
	put "$d/IMG_O1234|.AAE" sidecar apple-original text "$(aae Mg==)"
	lone "$d/IMG_0006|.PNG" jpeg "${camera[@]}" "taken=$taken" text=screenshot
	made
}

canon_card() {
	local d=DCIM/100CANON
	card "$1" && of canon
	group
	picture "$d/IMG_0001|.CR2" raw stem cr2
	picture "$d/IMG_0001|.JPG" still stem jpeg
	group
	picture "$d/IMG_0002|.CR3" raw stem cr3
	picture "$d/IMG_0002|.JPG" still stem jpeg
	group
	film "$d/MVI_0003|.MP4" film stem
	picture "$d/MVI_0003|.THM" thumbnail stem jpeg
	group
	picture "$d/IMG_0004|.JPG" still stem jpeg
	put "$d/SND_0004|.WAV" voice canon-sound text 'text=RIFF....WAVEfmt a spoken note'
	group
	picture "$d/IMG_0005|.CR3" raw stem cr3
	text "$d/IMG_0005|.WAV" voice stem 'RIFF....WAVEfmt another'
	other DCIM/CANONMSC/M0100.CTG
	other MISC/AUTPRINT.MRK
	made
}

# What a film of XAVC S has lies in four folders.
sony_card() {
	local r=PRIVATE/M4ROOT
	card "$1" && of sony
	group
	film "$r/CLIP/C0001|.MP4" film stem type=XAVC
	text "$r/CLIP/C0001|M01.XML" sidecar sony-clip '<?xml version="1.0"?><NonRealTimeMeta>1</NonRealTimeMeta>'
	picture "$r/THMBNL/C0001|T01.JPG" thumbnail sony-thumbnail jpeg
	film "$r/SUB/C0001|S03.MP4" proxy sony-proxy type=XAVC
	group
	film "$r/CLIP/C0002|.MP4" film stem type=XAVC
	text "$r/CLIP/C0002|M01.XML" sidecar sony-clip '<?xml version="1.0"?><NonRealTimeMeta>2</NonRealTimeMeta>'
	picture "$r/THMBNL/C0002|T01.JPG" thumbnail sony-thumbnail jpeg
	group
	picture "DCIM/100MSDCF/DSC00001|.ARW" raw stem raw type=arw
	picture "DCIM/100MSDCF/DSC00001|.JPG" still stem jpeg
	other "$r/MEDIAPRO.XML"
	other "$r/STATUS.BIN"
	made
}

gopro_card() {
	local d=DCIM/100GOPRO
	card "$1" && of gopro
	group
	film "$d/GX010123|.MP4" film gopro
	film "$d/GL010123|.LRV" proxy gopro
	picture "$d/GX010123|.THM" thumbnail gopro jpeg
	at 2024:05:01 12:12
	film "$d/GX020123|.MP4" film gopro
	film "$d/GL020123|.LRV" proxy gopro
	picture "$d/GX020123|.THM" thumbnail gopro jpeg
	at 2024:05:01 13:00
	group
	film "$d/GOPR0456|.MP4" film stem
	film "$d/GOPR0456|.LRV" proxy stem
	picture "$d/GOPR0456|.THM" thumbnail stem jpeg
	film "$d/GP010456|.MP4" film gopro-next
	film "$d/GP010456|.LRV" proxy gopro-next
	picture "$d/GP010456|.THM" thumbnail gopro-next jpeg
	lone "$d/GOPR0457|.JPG" jpeg "${camera[@]}" "taken=$taken" text=457
	other Get_started_with_GoPro.url
	other MISC/version.txt
	made
}

dji_card() {
	local d=DCIM/100MEDIA
	card "$1" && of dji
	group
	film "$d/DJI_0001|.MP4" film stem
	text "$d/DJI_0001|.SRT" track stem $'1\n00:00:00,000 --> 00:00:01,000\n[latitude: 52.5] [longitude: 13.4]\n'
	film "$d/DJI_0001|.LRF" proxy stem
	text "$d/DJI_0001|.GPX" track stem '<?xml version="1.0"?><gpx version="1.1"/>'
	text "$d/DJI_0001|.kml" track stem '<?xml version="1.0"?><kml/>'
	group
	picture "$d/DJI_0002|.DNG" raw stem raw type=dng
	picture "$d/DJI_0002|.JPG" still stem jpeg
	lone "$d/DJI_0003|.JPG" jpeg "${camera[@]}" "taken=$taken" text=3
	other MISC/IDX/100_0001.idx
	other MISC/GIS/dji.gis
	made
}

insta360_card() {
	local d=DCIM/Camera01
	card "$1" && of insta
	at 2024:05:01 12:00
	group
	film "$d/VID_20240501_120000_00_001|.insv" film insta360
	film "$d/VID_20240501_120000_10_001|.insv" film insta360
	film "$d/LRV_20240501_120000_11_001|.insv" proxy insta360-proxy
	group
	film "$d/VID_20240501_130000_00_002|.insv" film insta360
	film "$d/LRV_20240501_130000_01_002|.lrv" proxy insta360-proxy
	group
	picture "$d/IMG_20240501_121500_00_003|.dng" raw stem raw type=dng
	picture "$d/IMG_20240501_121500_00_003|.insp" still stem jpeg
	other DCIM/fileinfo_list.list
	made
}

pixel_card() {
	local d=DCIM/Camera
	card "$1" && of pixel
	group
	picture "$d/PXL_20240501_120000000|.RAW-02.ORIGINAL.dng" raw pixel raw type=dng
	picture "$d/PXL_20240501_120000000|.RAW-01.COVER.jpg" still pixel jpeg
	group
	picture "$d/PXL_20240501_123000000|.PORTRAIT-01.COVER.jpg" still pixel jpeg
	picture "$d/PXL_20240501_123000000|.PORTRAIT-02.ORIGINAL.jpg" still pixel jpeg
	lone "$d/PXL_20240501_124500000|.MP.jpg" jpeg "${camera[@]}" "taken=$taken" text=mp
	lone "$d/PXL_20240501_125000000|.TS.mp4" film type=mp42 "${camera[@]}" "utc=$utc" text=ts
	group
	picture "$d/00000IMG_00000_BURST20240501120000000|_COVER.jpg" still burst-cover jpeg
	picture "$d/00001IMG_00001_BURST20240501120000000|.jpg" still burst jpeg
	made
}

# A folder in which raws were developed, with what each program leaves beside them.
working_card() {
	local d=work
	card "$1" && of canon
	group
	picture "$d/IMG_1|.CR2" raw stem cr2
	put "$d/IMG_1|.xmp" sidecar stem text "$(xmp 1)"
	put "$d/IMG_1|.CR2.xmp" sidecar name text "$(xmp 2)"
	put "$d/IMG_1|_01.CR2.xmp" sidecar darktable text "$(xmp 3)"
	text "$d/IMG_1|.CR2.pp3" sidecar name $'[Version]\nAppVersion=5.8\n'
	text "$d/IMG_1|.CR2.dop" sidecar name 'Sidecar = { Version = "16.0" }'
	text "$d/IMG_1|.CR2.arp" sidecar name $'[Version]\nAppVersion=1.9\n'
	text "$d/IMG_1|.on1" sidecar stem '{"photos":{}}'
	text "$d/IMG_1|.vrd" sidecar stem 'CANON OPTIONAL DATA'
	text "$d/IMG_1|.dr4" sidecar stem 'IIII'
	picture "$d/IMG_1|.jpg" still stem jpeg
	of nikon
	group
	picture "$d/DSC_2|.NEF" raw stem raw type=nef
	text "$d/DSC_2|.NEF.nksc" sidecar name '<?xml version="1.0"?><x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
	text "$d/DSC_2|.acr" sidecar stem 'acr'
	text "$d/DSC_2|.cos" sidecar stem '<?xml version="1.0"?><SL Engine="1300"/>'
	text "$d/DSC_2|.m4a" voice stem 'spoken'
	put "$d/DSC_2|.xmp" sidecar stem text "$(xmp 4)"
	made
}

# What programs made of a picture, and what phones and rarer cameras leave.
other_card() {
	card "$1" && of canon
	group
	picture "edited/IMG_1|.CR2" raw stem cr2
	picture "edited/IMG_1|.jpg" still stem jpeg
	text "edited/IMG_1|.jpg.out.pp3" sidecar rawtherapee $'[Version]\nAppVersion=5.9\n'
	picture "edited/IMG_1|-Edit.tif" edit lightroom raw
	picture "edited/IMG_1|-Enhanced-NR.dng" edit lightroom raw type=dng
	picture "edited/IMG_1|-Edit-2.tif" edit lightroom raw
	picture "edited/IMG_1|-Enhanced-NR-Edit.tif" edit lightroom raw
	picture "edited/IMG_1|-Enhanced.dng" edit lightroom raw type=dng
	picture "edited/IMG_1|_DxO.jpg" edit dxo jpeg
	group
	picture "CONTENTS/CLIPS001/A_0001C001X240501_120000XX_CANON_001|.CRM" raw stem cr3
	film "CONTENTS/CLIPS001/A_0001C001X240501_120000XX_CANON_001|_Proxy.MP4" proxy canon-proxy
	of iphone && camera+=(zone=+00:00) && group
	picture "cloud/IMG_1234|.HEIC" still stem heic
	put "cloud/IMG_1234|_HEVC.MOV" film icloud film "${camera[@]}" "taken=$zoned" text=film
	picture "cloud/IMG_1234|_edited.jpeg" edit osxphotos jpeg
	picture "cloud/IMG_1234|-edited.jpg" edit google-edit jpeg
	of pixel && group
	picture "phone/PXL_20240501_140000000|.jpg" still stem jpeg
	picture "phone/PXL_20240501_140000000|~2.jpg" edit android-edit jpeg
	camera=(make=Nokia 'model=Lumia 1020') && group
	picture "phone/WP_20240501_12_00_00_Pro|__highres.dng" raw lumia raw type=dng
	picture "phone/WP_20240501_12_00_00_Pro|.jpg" still stem jpeg
	of gopro && group
	picture "round/GPBK0123|.JPG" still gopro-fusion jpeg
	picture "round/GPFR0123|.JPG" still gopro-fusion jpeg
	group
	film "round/3D_L0124|.MP4" film gopro-3d
	film "round/3D_R0124|.MP4" film gopro-3d
	camera=(make=Garmin model=VIRB) && group
	film "round/V0010125|.MP4" film stem
	film "round/V0010125|.GLV" proxy stem
	of dji && group
	picture "air/DJI_20240501120000_0001_T|.JPG" still dji jpeg
	picture "air/DJI_20240501120000_0001_W|.JPG" still dji jpeg
	of nikon && group
	picture "DCIM/100NIKON/DSC_0001|.NEF" raw stem raw type=nef
	text "DCIM/100NIKON/NKSC_PARAM/DSC_0001|.NEF.nksc" sidecar name '<?xml version="1.0"?><x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
	made
}

# One name from two cameras, in one tree.
twin_card() {
	card "$1" && of canon
	group
	picture "a/IMG_0001|.CR2" raw stem cr2
	picture "a/IMG_0001|.JPG" still stem jpeg
	put "a/IMG_0001|.xmp" sidecar stem text "$(xmp)"
	of iphone
	group
	picture "b/IMG_0001|.JPG" still stem jpeg
	put "b/IMG_0001|.AAE" sidecar stem text "$(aae)"
	put "b/IMG_0001|.xmp" sidecar stem text "$(xmp)"
	made
}

CARDS='iphone canon sony gopro dji insta360 pixel working other twin'

# triples NAME N -- N of a raw, a picture and a sidecar; three of ten have the name of another folder's, and one sidecar
# of ten has the bytes of others.
triples() {
	local i name text
	card "$1" && of canon
	for ((i = 0; i < $2; i++)); do
		name=DCIM/100CANON/IMG_$(printf %04d $((i + 1)))
		((i < $2 * 7 / 10)) || name=DCIM/101CANON/IMG_$(printf %04d $((i - $2 * 7 / 10 + 1)))
		text=$(xmp) && ((i % 10 == 0 || i == $2 * 7 / 10)) || text=$(xmp 1)"<!-- $i -->"
		group
		picture "$name|.CR2" raw stem cr2
		picture "$name|.JPG" still stem jpeg
		put "$name|.XMP" sidecar stem text "$text"
	done
	made
}

# ---- what exif-read says ----

# names CARD -- the paths of its files, relative to it, each with its NUL, as find comes by them.
names() { (cd "$1" && find . -type f -printf '%P\0'); }

# said <RECORDS -- path, lead, role, rule of each, sorted.
said() { jq -r '[.path] + (.group | if . then [.lead, .role, .rule] else ["-", "-", "-"] end) | @tsv' | LC_ALL=C sort; }

# expected CARD -- the same, as it should be.
expected() {
	{
		awk -F'\t' -v OFS='\t' '
			{ path = ($6 == "." ? "" : $6 "/") $7 $8; n[$1]++ }
			$4 == "lead" { lead[$1] = path }
			{ line[NR] = path; g[NR] = $1; role[NR] = $2; rule[NR] = $3 }
			END { for (i = 1; i <= NR; i++) print line[i], role[i] == "-" ? "-" : lead[g[i]], role[i], rule[i] }' "$1.want"
		names "$1" | tr '\0' '\n' | LC_ALL=C sort |
			LC_ALL=C comm -23 - <(awk -F'\t' '{ print ($6 == "." ? "" : $6 "/") $7 $8 }' "$1.want" | LC_ALL=C sort) |
			awk -v OFS='\t' '{ print $0, "-", "-", "-" }'
	} | LC_ALL=C sort
}

# coherent <RECORDS -- says what is wrong: every id has one lead, which is one of its members, and the members are those
# whose records have it, no others; a picture, film or companion has a group or is alone.
coherent() {
	jq -rs '
		def folder: if test("/") then sub("/[^/]*$"; "") else "" end;
		def plain: reduce split("/")[] as $p ([]; if $p == ".." then .[:-1] elif $p == "." or $p == "" then . else . + [$p] end) |
			join("/");
		(.[] | select(.group and .alone) | "\(.path): both of group and alone"),
		(.[] | select((.group or .alone | not) and (.path | test("[.](ctg|mrk|bin|url|txt|idx|gis|list|json)$"; "i") | not)) |
			"\(.path): neither of group and alone"),
		(map(select(.group)) | group_by(.group.id)[] |
			([.[].group.lead] | unique) as $leads | ([.[].group.members] | unique) as $members |
			if ($leads | length) != 1 then "\(.[0].group.id): leads \($leads)"
			elif ($members | length) != 1 then "\(.[0].group.id): not one list of members"
			elif (.[0].group.id | test("^[0-9a-f]{16}$") | not) then "\(.[0].group.id): no id"
			elif ($members[0] | map("\($leads[0] | folder)/\(.)" | plain) | sort) != (map(.path | plain) | sort) then
				"\(.[0].group.id): members \($members[0]), records \(map(.path))"
			elif any(.[]; .path == $leads[0]) | not then "\(.[0].group.id): its lead is not of it"
			else empty end),
		(map(select(.group) | [.group.id, .group.lead]) | unique | group_by(.[1])[] | select(length > 1) | "one lead of two: \(.)")'
}

# ---- what a library has ----

# inventory FOLDER -- digest and path of each of its files, without the library's own.
inventory() {
	(cd "$1" && find . -name .dcim -prune -o -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 -r sha256sum) |
		awk -v OFS='\t' '{ print substr($0, 1, 64), substr($0, 67) }'
}

# judged WANT LIBRARY [-v HOW=VALUE]... -- says what is torn, doubled, missing or strange: each lead stands once, with or
# without a number; each member stands in its folder, with the same number; and there is nothing else.  HOW it is called
# there: before, what stands in front of the stem; head, what stands in its place; lower, all in lower case.
judged() {
	inventory "$2" | awk -F'\t' -v want="$1" "${@:3}" '
		function folder(path) { return path ~ /\// ? substr(path, 1, length(path) - length(base(path))) : "" }
		function base(path) { sub(/.*\//, "", path); return path }
		function front(stem) { stem = before (head == "" ? stem : head); return lower ? tolower(stem) : stem }
		function back(tail) { return lower ? tolower(tail) : tail }
		# the number in a name between its front and back: "" for none, "-1" ...; "?" where it is another name
		function number(name, f, b, k) {
			if (length(name) < length(f) + length(b) || substr(name, 1, length(f)) != f ||
			    substr(name, length(name) - length(b) + 1) != b)
				return "?"
			k = substr(name, length(f) + 1, length(name) - length(f) - length(b))
			return k == "" || k ~ /^-[1-9][0-9]*$/ ? k : "?"
		}
		function group_begins(sum, stem, tail, n, path) {
			n = split(at[sum], path, "\t")
			whole = n == 1
			if (n == 0) print "missing: " stem tail
			if (n > 1) print "doubled: " stem tail ": " at[sum]
			if (n != 1) return
			k = number(base(path[1]), front(stem), back(tail))
			if (k == "?") { print "another name: " stem tail ": " path[1]; whole = 0 }
			place = folder(path[1])
			delete left[path[1]]
		}
		{ digest[$2] = $1; at[$1] = at[$1] (at[$1] == "" ? "" : "\t") $2; left[$2] = 1 }
		END {
			while ((getline line < want) > 0) {
				split(line, w, "\t")
				if (w[4] == "lead") { group_begins(w[5], w[7], w[8]); continue }
				if (!whole) continue
				there = place front(w[7]) k back(w[8])
				if (digest[there] != w[5])
					print "torn: " there ": " (at[w[5]] == "" ? "is nowhere" : "is at " at[w[5]])
				else
					delete left[there]
			}
			for (path in left) print "strange: " path
		}'
}

# whole WANT LIBRARY [-v HOW=VALUE]... -- fails, saying it, where anything is wrong.
whole() {
	judged "$@" >judgement
	[ ! -s judgement ] || {
		head -n 20 judgement
		false
	}
}

# joins CARD LEAD FOLDER/STEM|TAIL -- a file that is there now is of the group of that lead.
joins() {
	local name=${3##*/}
	awk -F'\t' -v OFS='\t' -v lead="$2" -v sum="$(sha256sum <"$1/${3/|/}" | cut -c1-64)" -v folder="${3%/*}" \
		-v stem="${name%%|*}" -v tail="${name#*|}" '
		{ print }
		$4 == "lead" && $6 "/" $7 $8 == lead { print $1, "-", "-", "-", sum, folder, stem, tail }' "$1.want" >"$1.more"
	mv "$1.more" "$1.want"
}

# nothing_lost WANT SOURCE LIBRARY -- as often as a content is expected, as often source and library have it, at least.
nothing_lost() {
	{ inventory "$2" && inventory "$3"; } | awk -F'\t' -v want="$1" '
		{ have[$1]++ }
		END {
			while ((getline line < want) > 0) {
				split(line, w, "\t")
				if (have[w[5]]-- <= 0) { print "lost: " w[6] "/" w[7] w[8]; lost = 1 }
			}
			exit lost
		}'
}

# left_of WANT SOURCE -- the files of the card that are still there.
left_of() {
	awk -F'\t' -v root="$2" '{ print root "/" $6 "/" $7 $8 }' "$1" | while IFS= read -r path; do [ ! -e "$path" ] || echo "$path"; done
}
