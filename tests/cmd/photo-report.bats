#!/usr/bin/env bats
# bats file_tags=no-races
# photo-report -- what a person reads about a run.
load helper
bats_require_minimum_version 1.5.0

placed() { # N -- records of so many files placed, a folder for each hundred
	local i
	for ((i = 0; i < $1; i++)); do
		printf '{"path":"card/%d.jpg","size":1000,"taken":"2019-01-%02d","place":{"action":"copied","to":"2019/day-%d/%d.jpg","root":"Photos"}}\n' \
			"$i" $((i % 28 + 1)) $((i / 100)) "$i"
	done
}

@test "nothing is a report too" {
	run -0 photo-report </dev/null
	[ "$output" = '0 files, 0 bytes' ]
}

@test "every outcome is counted in the first line" {
	n=0
	for action in copied moved reflinked hardlinked symlinked planned undone duplicate exists skipped; do
		n=$((n + 1))
		for ((i = 0; i < n; i++)); do echo "{\"path\":\"x\",\"size\":10,\"place\":{\"action\":\"$action\"}}"; done
	done >log
	cat >>log <<-'END'
		{"path":"k","db":{"status":"known","by":"source","path":"2019/k"}}
		{"path":"k","db":{"status":"known","by":"source","path":"2019/k"},"place":{"action":"duplicate"}}
		{"path":"k","db":{"status":"known","by":"path","path":"k"}}
		{"path":"i","hash":{"md5":"x"}}
		{"path":"r"}
		{"path":"f","error":{"tool":"t","op":"o","code":"EIO","message":"m"}}
	END
	run -1 photo-report <log
	[ "${lines[0]}" = '61 files, 550 bytes: 1 copied, 2 moved, 3 reflinked, 4 hard-linked, 5 linked, 6 to be placed, 7 undone, 8 duplicates, 9 already there, 2 imported before, 1 recorded before, 10 skipped, 1 recorded where it is, 1 only read, 1 failed' ]
}

@test "a duplicate that the database knew by content is a duplicate" {
	run -0 photo-report <<<'{"path":"a","db":{"status":"known","by":"hash"},"place":{"action":"duplicate"}}'
	[ "$output" = '1 file, 0 bytes: 1 duplicate' ]
}

@test "dates, files without one, sources removed" {
	cat >log <<-'END'
		{"path":"a","taken":"2019-03-02T23:59:59-03:30","place":{"action":"copied","to":"a","root":"L","source":"removed"}}
		{"path":"b","taken":"1974","place":{"action":"copied","to":"b","root":"L","source":"removed"}}
		{"path":"c","place":{"action":"copied","to":"undated/c","root":"L"}}
		{"path":"d","taken":"2099-01-01","place":{"action":"duplicate"}}
	END
	run -0 photo-report <log
	[ "${lines[1]}" = 'Taken from 1974 to 2019-03-02.' ]
	[ "${lines[2]}" = '1 file has no date.' ]
	[ "${lines[3]}" = '2 sources were removed.' ]
}

@test "where they went: folders with their counts" {
	run -0 photo-report < <(placed 250)
	[ "${lines[0]}" = '250 files, 250 kB: 250 copied' ]
	[ "${lines[3]}" = 'In Photos:' ]
	[ "${lines[4]}" = '      100  2019/day-0/' ]
	[ "${lines[6]}" = '       50  2019/day-2/' ]
}

@test "more folders than a person wants to read become their parents" {
	run -0 photo-report < <(placed 4200)
	[ "${lines[4]}" = '    4,200  2019/' ]
	[ "${#lines[@]}" -eq 5 ]
}

@test "what was skipped, is damaged or failed is named, with the reason" {
	cat >log <<-'END'
		{"path":"notes.txt","place":{"action":"skipped","reason":"no picture"}}
		{"path":"cut.jpg","place":{"action":"copied","to":"cut.jpg"},"warnings":[{"tool":"exif-read","code":"EDATE","message":"old"},{"tool":"exif-read","code":"ETRUNCATED","message":"cut short"}]}
		{"path":"fine.jpg","place":{"action":"copied","to":"fine.jpg"},"warnings":[{"tool":"exif-read","code":"EDATE","message":"old"},{"tool":"exif-read","code":"EVALUE","message":"odd"},{"tool":"other","code":"EOTHER","message":"?"}]}
		{"path":"long.jpg","place":{"action":"copied","to":"long.jpg"},"warnings":[{"tool":"exif-read","code":"ELIMIT","message":"too long"}]}
		{"path":"gone.jpg","error":{"tool":"file-hash","op":"open","code":"ENOENT","message":"No such file"}}
	END
	run -1 photo-report <log
	[[ $output == *$'\nSkipped:\n  notes.txt: no picture\n'* ]]
	[[ $output == *$'\nDamaged, and kept as they are:\n  cut.jpg: cut short\n'* ]]
	[[ $output != *'fine.jpg: '* && $output != *'long.jpg: '* ]]
	[[ $output == *$'\nFailed:\n  gone.jpg: No such file\n\nThe same command, given again, '* ]]
	run -1 photo-report log # of a run that is over: the command is another one
	[[ $output == *$'\nFailed:\n  gone.jpg: No such file' ]]
}

@test "skipped files are counted by their reasons, in this run and in later ones" {
	cat >log <<-'END'
		{"path":"a.jpg","db":{"status":"known","by":"source","path":"2019/a.jpg"}}
		{"path":"n.txt","size":3,"db":{"status":"known","by":"source"}}
		{"path":"old.txt","place":{"action":"skipped","reason":"not-media"}}
		{"path":"m.txt","size":3,"place":{"action":"skipped","reason":"not-media","message":"no picture or film"}}
		{"path":"t.jpg","place":{"action":"skipped","reason":"never-source","message":"is in the trash"}}
		{"path":"o.jpg","place":{"action":"skipped","reason":"of another program"}}
	END
	run -0 photo-report <log
	[[ ${lines[0]} == '6 files, 6 bytes: 1 imported before, 3 not media, 1 thumbnails, trash or programs'*', 1 skipped' ]]
	[[ $output == *$'\nSkipped:\n  n.txt: not media\n  old.txt: not media\n  m.txt: no picture or film\n  t.jpg: is in the trash\n  o.jpg: of another program' ]]
}

@test "an empty file is called empty" {
	cat >log <<-'END'
		{"path":"a.jpg","size":0,"place":{"action":"copied","to":"a"},"warnings":[{"tool":"exif-read","code":"EFORMAT","message":"is empty"}]}
		{"path":"n","size":0,"place":{"action":"skipped","reason":"not-media","message":"not media"}}
		{"path":"f","size":1,"place":{"action":"skipped","reason":"not-media","message":"not media"}}
	END
	run -0 photo-report <log
	[[ $output == *$'\n2 files are empty.\n'* ]]
	[[ $output == *$'\n  n: is empty\n  f: not media\n'* ]]
	[[ $output == *$'\n  a.jpg: is empty' ]]
}

@test "sources that were to be removed and stay: counted and named, with their reasons" {
	cat >log <<-'END'
		{"path":"a","place":{"action":"copied","to":"a","source":"removed"}}
		{"path":"b","place":{"action":"copied","to":"b","source":"kept","reason":"differs","message":"has changed in the library"}}
		{"path":"c","place":{"action":"exists","to":"c","source":"kept","reason":"same-file"}}
		{"path":"d","place":{"action":"exists","to":"d","source":"kept","reason":"of another program"}}
	END
	run -0 photo-report <log
	[ "${lines[2]}" = '1 source was removed.' ]
	[ "${lines[3]}" = "3 sources were kept: 1 sharing one file with the library, 1 other than the library's copy, 1 for another reason." ]
	[[ $output == *$'\nSources kept:\n  b: has changed in the library\n  c: it is the same file as the library\'s\n  d: of another program\n\nThe same command'* ]]
}

@test "a copy in the library that turned out to be another content is named, whatever the picture itself is" {
	cat >log <<-'END'
		{"path":"a.jpg","place":{"action":"copied","to":"a-1.jpg"},"warnings":[{"tool":"exif-read","code":"EFORMAT","message":"odd"},{"tool":"place-file","code":"EVERIFY","message":"the library's copy of this file has changed or is damaged: a.jpg"}]}
	END
	run -0 photo-report <log
	[[ $output == *$'\nPlaced again, because the library\'s copy is damaged:\n  a.jpg: the library\'s copy of this file has changed or is damaged: a.jpg'* ]]
	[[ $output == *$'\nDamaged, and kept as they are:\n  a.jpg: odd'* ]]
}

@test "no hint to repeat a command where nothing could become of it" {
	source() { echo "{\"path\":\"$1\",\"place\":{\"action\":\"exists\",\"source\":\"kept\",\"reason\":\"$1\"}}"; }
	for reason in not-read-back companion same-file other-library link; do
		run -0 photo-report < <(source $reason)
		[[ $output == *'Sources kept:'* ]]
		[[ $output != *'same command'* ]]
	done
	run -0 photo-report < <(source not-read-back && source changed)
	[[ $output == *$'\nThe same command, given again, '* ]]
}

@test "every reason of the catalogue has its words" {
	codes=$(sed -n 's/^REASON([A-Z_]*, "\([a-z-]*\)".*/\1/p' "$ROOT/lib/run/words.def")
	for code in $codes; do
		echo "{\"path\":\"s\",\"place\":{\"action\":\"skipped\",\"reason\":\"$code\"}}"
		echo "{\"path\":\"k\",\"place\":{\"action\":\"exists\",\"source\":\"kept\",\"reason\":\"$code\"}}"
	done >log
	run -0 photo-report <log
	n=$(wc -w <<<"$codes")
	[[ $output != *null* ]]
	[[ ${lines[0]} != *skipped* ]]
	[[ $output != *'another reason'* ]]
	[[ $output == *$'\n'"$n sources were kept: "* ]]
	[ "$(grep ' sources were kept: ' <<<"$output" | grep -o ' 1 ' | wc -l)" -eq "$n" ]
}

@test "a write-protected card: one line for all" {
	for n in 1 2 3; do
		echo "{\"path\":\"$n\",\"place\":{\"action\":\"copied\",\"to\":\"$n\",\"source\":\"kept\",\"reason\":\"read-only\",\"message\":\"m\"}}"
	done >log
	run -0 photo-report <log
	[ "${lines[2]}" = '3 sources were kept: 3 on a write-protected card or disk.' ]
	[[ $output != *'Sources kept'* ]]
}

@test "what was in the library before, and what it has is damaged" {
	cat >log <<-'END'
		{"path":"a","db":{"status":"missing","by":"hash","path":"2019/a"},"place":{"action":"copied","to":"2019/a"}}
		{"path":"b","db":{"status":"damaged","by":"hash","path":"2019/b"},"place":{"action":"copied","to":"2019/b-1"}}
		{"path":"c","db":{"status":"missing","by":"hash","path":"2019/a"},"place":{"action":"duplicate","to":"2019/a"}}
		{"path":"d","db":{"status":"new","by":"hash"},"place":{"action":"copied","to":"2019/d"}}
	END
	run -0 photo-report <log
	[[ $output == *$'\nWere in the library before and have gone from it; placed again:\n  a: was 2019/a\n\n'* ]]
	[[ $output == *$'\nPlaced again, because the library\'s copy is damaged:\n  b: 2019/b' ]]
}

@test "the outcomes add up to the files" {
	for db in '' '"db":{"status":"known","by":"source"}' '"db":{"status":"known","by":"source","path":"x"}' '"db":{"status":"missing","by":"hash"}'; do
		for place in '' '"place":{"action":"copied","to":"x","source":"kept"}' '"place":{"action":"skipped","reason":"deleted"}' '"place":{"action":"novel"}' '"place":[]'; do
			for error in '' '"error":{"code":"EIO","message":"m"}'; do
				echo "{\"path\":\"p\"${db:+,$db}${place:+,$place}${error:+,$error}}"
			done
		done
	done >log
	rc=0
	photo-report <log >out || rc=$?
	[ $rc -eq 1 ]
	head -n 1 out | sed 's/([^)]*)//g; s/.*bytes: //' | tr ',' '\n' | awk '{ n += $1 } END { exit n != 40 }'
	head -n 1 out | grep -q '^40 files,'
}

@test "a stopped run is headed as such" {
	run -0 photo-report --stopped='the disk is full' --not-reached=1234 < <(placed 1)
	[ "${lines[0]}" = 'Stopped before the end: the disk is full; 1,234 files were not reached.' ]
	[ "${lines[1]}" = '1 file, 1.0 kB: 1 copied' ]
	run -0 photo-report --stopped= < <(placed 1)
	[ "${lines[0]}" = 'Stopped before the end' ]
	run -0 photo-report --not-reached=1 < <(placed 1)
	[ "${lines[0]}" = '1 file was not reached.' ]
}

@test "operands are logs" {
	placed 2 >a.ndjson
	placed 3 | head -c -1 >b.ndjson
	: >empty.ndjson
	run -0 photo-report a.ndjson empty.ndjson b.ndjson a.ndjson <<<garbage
	[ "${lines[0]}" = '7 files, 7.0 kB: 7 copied' ]
	run -0 photo-report -l -C "$T" -- b.ndjson
	[ "${lines[0]}" = 'copied  card/0.jpg -> 2019/day-0/0.jpg' ]
	run -0 photo-report <(placed 2)
	[ "${lines[0]}" = '2 files, 2.0 kB: 2 copied' ]
}

@test "a log that is not there, or is a folder: no summary of the others" {
	placed 2 >a.ndjson
	mkdir lib
	run -3 --separate-stderr photo-report a.ndjson gone.ndjson
	[ -z "$output" ]
	[[ $stderr == 'photo-report: gone.ndjson: '* ]]
	run -2 --separate-stderr photo-report lib
	[ -z "$output" ] && [[ $stderr == *'lib is a folder: '*'.dcim/runs'* ]]
}

@test "a line that is no record is told with its log" {
	{ placed 2; echo nonsense; placed 1; } >bad.ndjson
	placed 5 >a.ndjson
	run -1 --separate-stderr photo-report a.ndjson bad.ndjson
	[ "${lines[0]}" = '9 files, 8.0 kB: 8 copied, 1 failed' ]
	[[ $output == *'  line 3 of bad.ndjson: '* ]]
}

@test "a last line that is incomplete is said, and no failure" {
	placed 3 | head -c -20 >torn.ndjson
	placed 2 >a.ndjson
	run -0 --separate-stderr photo-report torn.ndjson a.ndjson torn.ndjson
	[ "${lines[0]}" = '6 files, 6.0 kB: 6 copied' ]
	[[ $output == *$'\n2 logs end in the middle of a line: '* ]]
	[ -z "$stderr" ]
	run -0 --separate-stderr photo-report <torn.ndjson
	[ "${lines[0]}" = '2 files, 2.0 kB: 2 copied' ]
	[[ $output == *$'\n1 log ends in the middle of a line: '* ]]
}

@test "a usage error writes no summary" {
	for bad in --bogus --not-reached=x -j; do
		run -2 --separate-stderr photo-report $bad </dev/null
		[ -z "$output" ]
	done
}

@test "of many, twenty are named" {
	for ((i = 0; i < 1025; i++)); do echo "{\"path\":\"n$i\",\"place\":{\"action\":\"skipped\",\"reason\":\"r\"}}"; done >log
	run -0 photo-report <log
	[ "$(grep -c '^  n' <<<"$output")" -eq 20 ]
	[ "${lines[-1]}" = '  and 1,005 more' ]
}

@test "-l: a line for every file first" {
	cat >log <<-'END'
		{"path":"a","place":{"action":"planned","to":"2019/a"}}
		{"path":"b","place":{"action":"skipped","reason":"r"}}
		{"path":"c","error":{"tool":"t","op":"o","code":"EIO","message":"m"}}
	END
	run -1 photo-report --list <log
	[ "${lines[0]}" = 'to be placed  a -> 2019/a' ]
	[ "${lines[1]}" = 'skipped  b: r' ]
	[ "${lines[2]}" = 'failed  c' ]
	[ "$(photo-report -l <log | head -n 3)" = "$(head -n 3 <<<"$output")" ]
}

@test "nothing that comes from elsewhere can drive a terminal" {
	bad='\u001b[2J%n%s\u0007\u009b\r\n'
	for place in '"action":"skipped","reason":"R","message":"R"' '"action":"skipped","reason":"R"' \
		'"action":"copied","to":"R/R","root":"R","source":"kept","reason":"R","message":"R"' \
		'"action":"R","to":"R","root":"R"'; do
		for db in missing damaged R; do
			printf '{"path":"R","size":1,"taken":"R","hash":{},"db":{"status":"%s","by":"R","path":"R","root":"R"},"place":{%s},"warnings":[{"tool":"R","code":"EFORMAT","message":"R"}]}\n' "$db" "$place"
		done
	done >form
	echo '{"path":"R","error":{"tool":"R","op":"R","code":"R","message":"R"}}' >>form
	printf '{"path":"R","taken":"2019-01-0\\u001b[2J","place":{"action":"copied","to":"x"}}\n' >>form
	esc=${bad//\\/\\\\}
	sed "s|R|$esc|g" form >"$(printf 'log\033[2J')"
	printf 'no record \033[2J\n' >>log*
	rc=0
	photo-report -l --stopped="$(printf 'why\033[2J%%n\302\233')" log* >out 2>err || rc=$?
	[ $rc -eq 1 ]
	! LC_ALL=C grep -q '[[:cntrl:]]' out || false
	! grep -q "$(printf '\302\233')" out || false
	! LC_ALL=C grep -q '[[:cntrl:]]' err || false
	grep -qF '\033[2J%n%s\a' out
	! photo-report "$(printf 'gone\033[2J')" >out 2>err || false
	! LC_ALL=C grep -q '[[:cntrl:]]' err || false
}

@test "a line that is no record is told with its number, and status 1" {
	run -1 --separate-stderr photo-report < <(echo '{"path":"a"}'; echo nonsense)
	[ "${lines[0]}" = '2 files, 0 bytes: 1 only read, 1 failed' ]
	[[ $output == *'line 2 of the input: '* ]]
}

# small_jpeg -- the bytes of a picture of 160 by 120, as far as its structure goes.
small_jpeg() {
	printf '\377\330\377\333\0\6\0\1\2\3\377\300\0\21\10\0\170\0\240\3\0\0\0\0\0\0\0\0\0\377\332\0\14\3\1\0\2\0\3\0\0\77\0\22\64\377\331'
}

# tags PAGE -- its elements, and of each of its attributes the element, the name and the value, a line each.
tags() {
	python3 -c 'import sys, html.parser
class Parser(html.parser.HTMLParser):
	def handle_starttag(self, tag, attrs):
		print(tag)
		for name, value in attrs: print(tag, name, repr(value)[:70])
Parser().feed(open(sys.argv[1], encoding="utf-8").read())' "$1"
}

@test "--html: what files and records say shows as text" {
	need python3 jq
	name='\"><script>alert(1)</script><img src=x onerror=alert(1)>'"'"'&amp;<!--\u009b\u202e]]></style>'
	text=${name/<!--/<!--\\u0000\\u001b}
	for action in copied planned skipped; do
		echo '{"path":"N/N.jpg","size":1,"type":"T","taken":"2019-01-0\"><script>","title":"T","description":"T","make":"T","model":"T","lat":1,"lon":"T","group":{"role":"T"},"hash":{},"db":{"status":"damaged","by":"T","path":"N"},"place":{"action":"'$action'","to":"N/N","root":"N","source":"kept","reason":"T","message":"T"},"warnings":[{"tool":"T","code":"EFORMAT","message":"T"}]}'
	done >form
	echo '{"path":"N","error":{"tool":"T","op":"T","code":"T","message":"T"}}' >>form
	echo '{"path":"r.jpg","title":"T","description":"T","place":{"action":"planned","to":"r.jpg"}}' >>form
	small_jpeg >r.jpg
	jq -c --argjson name "\"$name\"" --argjson text "\"$text\"" \
		'walk(if type == "string" then (if . == "T" then $text else gsub("N"; $name) end) else . end)' form >log
	[ "$(grep -c 'onerror.*onerror' log)" -eq 5 ]
	rc=0
	photo-report --html --stopped='"><script>alert(1)</script>' <log >page || rc=$?
	[ $rc -eq 1 ]
	grep -qF '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&#39;&amp;amp;&lt;!--␀␛' page
	! grep -qaP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' page || false
	tags page | LC_ALL=C sort -u >tags
	[ "$(grep -vc ' ' tags)" -gt 20 ]
	! grep -vxE '(bdi|body|div|figcaption|figure|h[123]|head|html|img|li|main|meta|p|rect|section|span|style|svg|table|td|th|time|title|tr|ul)' < <(grep -v ' ' tags) || false
	! grep -vE "^(meta |html lang |section aria-labelledby '[a-z]*'|h2 id '[a-z]*'|(p|div|ul) class '[a-z0-9 ]*'|th scope |td aria-hidden |svg (viewbox|preserveaspectratio) |rect (width|height) '[0-9.]*'|img (decoding|alt) |img src 'data:image/jpeg;base64,[A-Za-z0-9+/=]*)" < <(grep ' ' tags) || false
}

@test "--html: the page allows no script, nothing from elsewhere, and only its own style" {
	need python3
	placed 1 | photo-report --html >page
	digest=$(python3 -c 'import sys, hashlib, base64
style = open("page", encoding="utf-8").read().split("<style>")[1].split("</style>")[0]
print(base64.b64encode(hashlib.sha256(style.encode()).digest()).decode())')
	grep -qF "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'sha256-$digest'; base-uri 'none'; form-action 'none'\">" page
	! grep -qiE '<script|https?:|url\(|@import| style=| on[a-z]+=' page || false
	run -2 photo-report --html --list page
}

@test "--html: the words of the text, and tables" {
	{
		placed 60
		echo '{"path":"a.arw","place":{"action":"copied","to":"undated/a.arw","root":"Photos"},"make":"SONY","model":"ILCE-7M3","lat":48.8606,"lon":2.3376}'
		echo '{"path":"b.jpg","place":{"action":"copied","to":"b.jpg","root":"Photos"},"taken":"2020-02","make":"NIKON CORPORATION","model":"NIKON D/90","lat":-33.86,"lon":151.2}'
		echo '{"path":"c.xmp","place":{"action":"skipped","reason":"sidecar-conflict","message":"another version"}}'
		echo '{"path":"مرحبا.jpg","error":{"tool":"t","op":"o","code":"EIO","message":"bad sector"}}'
	} >log
	rc=0
	photo-report --html <log >page || rc=$?
	[ $rc -eq 1 ]
	photo-report <log >text || :
	grep -qxF "<p class=\"lead\">$(head -n 1 text | sed "s/'/\&#39;/g")</p>" page
	grep -qxF "<li><bdi>مرحبا.jpg</bdi>: <bdi>bad sector</bdi></li>" page
	grep -qxF "<li><bdi>c.xmp</bdi>: <bdi>another version</bdi></li>" page
	grep -A 2 -xF '<h3>Without a date</h3>' page | grep -qxF '<li><bdi>a.arw</bdi></li>'
	for row in '2019-01-01' '2020-02' '48.9° N, 2.3° E' '33.9° S, 151.2° E' '<bdi>SONY ILCE-7M3</bdi>' '<bdi>NIKON D/90</bdi>' \
		'<bdi>2019/day-0</bdi>'; do
		row=${row//° /°$(printf '\302\240')}
		grep -qF "<tr><th scope=\"row\">$row</th><td>" page || { echo "$row"; false; }
	done
	[ "$(grep -c '^<li><figure>' page)" -eq 62 ]
	for ((i = 1; i <= 600; i++)); do echo "{\"path\":\"$i\",\"make\":\"M\",\"model\":\"$((i % 550))\",\"place\":{\"action\":\"copied\"}}"; done >cameras
	photo-report --html <cameras | grep -A 1000 'id="cameras"' >table
	[ "$(grep -c '<td>2</td>' table)" -eq 40 ]
	grep -qF '<tr><th scope="row">other cameras</th><td>520</td>' table
	x=$(printf '%099d' 0)
	photo-report --html <<<"{\"path\":\"a\",\"model\":\"${x}é and more\",\"place\":{\"action\":\"copied\"}}" | grep -qF "<bdi>$x</bdi></th>"
	grep -qF '<div class="p"><bdi>arw</bdi></div><figcaption><bdi>a.arw</bdi> <span>no date</span></figcaption>' page
}

@test "--html: pictures are those of the library that the log lies in, or that is named, and never outside it" {
	mkdir -p lib/.dcim/runs
	small_jpeg | tee lib/in.jpg >secret.jpg
	ln -s ../secret.jpg lib/link.jpg
	mkfifo lib/fifo.jpg
	echo 'no picture' >lib/text.jpg
	for to in in.jpg link.jpg fifo.jpg text.jpg ../secret.jpg "$T/secret.jpg" gone.jpg; do
		printf '{"path":"secret.jpg","place":{"action":"copied","to":"%s","root":"elsewhere"}}\n' "$to"
	done >lib/.dcim/runs/r.ndjson
	photo-report --html lib/.dcim/runs/r.ndjson >page
	grep 'src="data:' page | grep -qF "base64,$(base64 -w0 secret.jpg)\""
	[ "$(grep -c 'src="data:' page)" -eq 1 ]
	[ "$(grep -c '^<li><figure>' page)" -eq 7 ]
	photo-report --html --library=lib <lib/.dcim/runs/r.ndjson | cmp - page
	(cd lib/.dcim && photo-report --html -C .. .dcim/runs/r.ndjson) | cmp - page
	[ "$(photo-report --html <lib/.dcim/runs/r.ndjson | grep -c 'src="data:')" -eq 0 ]
}

@test "--html: a page has its limits, and says so" {
	{ small_jpeg | head -c 43 && head -c 130000 /dev/zero && printf '\377\331'; } >1.jpg
	yes '{"path":"1.jpg","place":{"action":"planned","to":"1.jpg"}}' | head -n 20001 >log
	photo-report --html <log >page
	[ "$(grep -c 'src="data:' page)" -eq 258 ]
	[ "$(grep -c '^<li><figure>' page)" -eq 20000 ]
	grep -qxF '<p>258 small pictures are shown; for more the page has no room.</p>' page
	grep -qxF '<p>1 file more is not shown.</p>' page
	small_jpeg >2.jpg
	echo '{"path":"2.jpg","title":"a'"$(printf 'ä%.0s' {1..200})"'","place":{"action":"planned","to":"2.jpg"}}' | photo-report --html >page
	[ "$(grep -o 'ä*…' page | sort -u | wc -l)" -eq 2 ]
	! grep -q $'\xef\xbf\xbd' page || false
	head -c 2000 /dev/zero >>1.jpg # longer than what is passed on
	head -n 1 log | photo-report --html >page
	! grep -q 'src="data:' page || false
}
