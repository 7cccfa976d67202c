#!/usr/bin/env bats
# archives -- the members of archives as records: what is in them, in which order, and what nobody should trust.
load helper
load card
bats_require_minimum_version 1.5.0

setup_more() {
	need jq bsdtar python3
}

# content -- files to pack, in in/, and their digests, in sums: PATH DIGEST, in the order of names.
content() {
	mkdir -p in/b
	head -c 300000 /dev/urandom >in/a.jpg
	printf 'two' >in/b/c.jpg
	: >in/b/empty.jpg
	head -c 70000 /dev/zero >in/d.mov
	(cd in && find . -type f -printf '%P\n' | LC_ALL=C sort >../names && xargs -d '\n' sha256sum <../names) |
		sed -E 's/^([0-9a-f]*)  (.*)/\2 \1/' >sums
}

# digests -- of the records on stdin: PATH DIGEST.
digests() { jqr '"\(.path) \(.hash.sha256)"'; }

# errors -- of the records on stdin: PATH CODE, "-" where there is none.
errors() { jqr '"\(.path) \(.error.code // "-")"'; }

# member ARCHIVE NAME NUMBER -- a record.
member() { jq -cn --arg archive "$1" --arg path "$2" --argjson member "$3" '$ARGS.named'; }

@test "file-hash --archives: the members of an archive, in its order, each with its digests" {
	content
	for type in zip tar tar.gz tar.bz2 tar.xz tar.zst tar.lz4 tar.lz tar.Z 7z cpio iso xar; do
		(cd in && bsdtar -a -cf "../x.$type" -n -T ../names 2>/dev/null) || case $type in
		tar.lz4 | tar.lz | iso | xar) continue ;;
		*) false ;;
		esac
		file-hash --archives -a sha256 "x.$type" >"out.$type"
		digests <"out.$type" | LC_ALL=C sort | diff sums - || { echo "$type"; false; }
		[ "$(jqr .archive <"out.$type" | sort -u)" = "x.$type" ]
		[ "$(jqr 'select(has("size")) | .size' <"out.$type" | sort -n | paste -sd ' ')" = '0 3 70000 300000' ]
	done
	[ "$(jqr .member <out.tar | paste -sd ' ')" = '1 2 3 4' ]
	[ "$(jqr .path <out.tar)" = "$(cat names)" ]
	[ "$(jqr .mtime <out.tar | head -n 1)" = "$(jqr .mtime <<<"$(TZ=UTC file-hash in/a.jpg)" | sed 's/\..*/.000000000Z/')" ] ||
		[ "$(jqr .mtime <out.tar | head -n 1)" = "$(jqr .mtime <<<"$(file-hash in/a.jpg)")" ]
}

@test "folders in an archive give no record, and count" {
	content
	bsdtar -cf x.tar in
	file-hash --archives x.tar >out
	[ "$(wc -l <out)" -eq 4 ]
	bsdtar -tf x.tar | awk '!/\/$/ { print NR }' | diff - <(jqr .member <out)
}

@test "without --archives, and of what only looks like an archive, the file itself is read" {
	content
	bsdtar --format zip -cf x.zip -C in a.jpg
	cat in/d.mov x.zip >zip-behind.jpg
	head -c 20480 /dev/zero >zeros.jpg
	gzip -c in/a.jpg >a.jpg.gz
	python3 -c 'import zipfile; zipfile.ZipFile("empty.zip", "w").close()'
	printf 'PK\003\004' >stump.zip
	: >nothing
	diff <(file-hash x.zip) <(jq -c 'select(has("archive") | not)' <<<"$(file-hash x.zip)")
	file-hash zip-behind.jpg zeros.jpg a.jpg.gz empty.zip in/a.jpg nothing >plain
	file-hash --archives zip-behind.jpg zeros.jpg a.jpg.gz empty.zip in/a.jpg nothing | diff plain -
	run -1 file-hash --archives -q in stump.zip none
	[ "$(errors <<<"$output" | paste -sd ' ')" = "in EISDIR stump.zip ETRUNCATED none ENOENT" ]
}

@test "files, archives and records of members mixed: input order for every -j, each schedule, and all of it with -u" {
	content
	for i in 1 2 3; do bsdtar -a -cf $i.zip -C in -T names; done
	bsdtar -a -cf 4.tar.xz -C in -T names
	bsdtar -a -cf 5.tar.xz -C in -T names
	{ printf '%s\0' 1.zip in/a.jpg 4.tar.xz 2.zip in/b/c.jpg none 3.zip 5.tar.xz 4.tar.xz in/d.mov; } >list
	run -1 --separate-stderr file-hash -q -j1 --archives <list
	[ "${#lines[@]}" -eq 28 ]
	jqr '.archive // .path' <<<"$output" | uniq | diff <(tr '\0' '\n' <list) -
	for how in -j2 -j8 '-j8 --schedule=size' '-j1 --schedule=size' '-j8 --schedule=inode --window=5' '-j3 --window=1'; do
		# shellcheck disable=SC2086 # several options
		! file-hash -q --archives $how <list >again || false
		diff <(echo "$output") again || { echo "$how"; false; }
	done
	! file-hash -q --archives -j8 -u <list >again || false
	diff <(sort <<<"$output") <(sort again)
	! file-hash -q --archives -j8 --timeout=100 <list | diff <(echo "$output") - | grep . || false
}

@test "a record that names a member is read in its archive, with the option or without" {
	content
	bsdtar -cf x.tar -C in -T names
	bsdtar -a -cf y.tar.xz -C in -T names
	file-hash --archives -a sha256 x.tar y.tar.xz x.tar >want
	jq -c 'del(.hash)' want | file-hash -a sha256 >got
	diff <(jq -cS . want) <(jq -cS . got)
	jq -c 'del(.hash)' want | file-hash --archives -j8 -a sha256 | diff <(jq -cS . want) <(jq -cS .)
	tac want | file-hash -a sha256 | digests | diff <(tac want | digests) -
	file-hash --verify <want | jqr .verify | sort | uniq -c | grep -qE '^ *12 ok$'
	mkdir at
	mv x.tar y.tar.xz at
	file-hash -C at -a sha256 <want | cmp want -
	printf '%s\0' x.tar y.tar.xz x.tar | file-hash -C at --archives -a sha256 | cmp want -
}

@test "a member that is not what its record says is one that has changed" {
	content
	bsdtar -cf x.tar -C in -T names
	{
		member x.tar other.jpg 1
		member x.tar a.jpg 2
		member x.tar a.jpg 5
		member x.tar a.jpg 0
		member none.tar a.jpg 1
		member in/a.jpg a.jpg 1
		member x.tar a.jpg 1 | jq -c '.size = 5'
		member x.tar a.jpg 1 | jq -c '.mtime = "2001-01-01T00:00:00Z"'
		member x.tar a.jpg 1
	} >in.ndjson
	run -1 file-hash -q <in.ndjson
	[ "$(jqr '.error.code // "-"' <<<"$output" | paste -sd ' ')" = "ECHANGED ECHANGED ECHANGED EINPUT ENOENT ECHANGED ECHANGED ECHANGED -" ]
	run -1 file-hash -q <<<'{"path":"a","archive":7,"member":1}'
	[ "$(jqr .error.message <<<"$output")" = 'archive is not a string' ]
	jq -c 'select(.archive == "none.tar") | .hash = {"md5":"d41d8cd98f00b204e9800998ecf8427e"}' in.ndjson >gone
	[ "$(file-hash --verify <gone | jqr .verify)" = missing ]
}

@test "the archive of 2,000 members is opened once for them all, however many workers" {
	need strace
	plain
	python3 - <<-'END'
		import zipfile
		with zipfile.ZipFile("x.zip", "w", zipfile.ZIP_DEFLATED) as z:
		    for i in range(2000): z.writestr("%04d.jpg" % i, b"%d" % i * 100)
	END
	strace -f -e trace=openat -o trace file-hash --archives -j8 x.zip >out
	[ "$(jqr .hash.xxh128 <out | sort -u | wc -l)" -eq 2000 ]
	[ "$(grep -c '"x.zip"' trace)" -eq 2 ]
	strace -f -e trace=openat -o trace file-hash -j8 <out >again
	cmp out again
	[ "$(grep -c '"x.zip"' trace)" -eq 1 ]
}

@test "nothing is unpacked to disk, and libarchive is loaded for archives only" {
	need strace
	plain
	content
	bsdtar -a -cf x.zip -C in -T names
	strace -f -e trace=openat,execve -o trace file-hash --archives in/a.jpg
	! grep libarchive trace || false
	strace -f -e trace=openat,execve -o trace file-hash --archives x.zip
	grep -q libarchive trace
	! grep -E 'O_WRONLY|O_RDWR' trace || false
	! ldd "$BIN/file-hash" | grep libarchive || false
}

@test "random zips: what another reader of zips says of each member" {
	python3 - <<-'END'
		import hashlib, random, zipfile
		r = random.Random(7)
		for n in range(30):
		    with zipfile.ZipFile("%02d.zip" % n, "w") as z:
		        for i in range(r.randrange(1, 20)):
		            method = r.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
		            z.writestr("d%d/%d.jpg" % (i % 3, i), r.randbytes(r.choice([0, 1, 100, 70000])) * r.choice([1, 5]), method)
		    with zipfile.ZipFile("%02d.zip" % n) as z, open("%02d.zip.want" % n, "w") as f:
		        for name in z.namelist():
		            print(name, hashlib.sha256(z.read(name)).hexdigest(), file=f)
	END
	for zip in *.zip; do
		file-hash --archives -a sha256 "$zip" | digests | diff - "$zip.want"
	done
}

@test "the corpus's archives: each member has the digest that is known of it" {
	corpus
	while IFS= read -r line; do
		path=$(jqr .path <<<"$line")
		file-hash -q --archives -a sha256 "$CORPUS/$path" >out || [ "$(jqr 'has("error")' <<<"$line")" = true ]
		jqr '.members[] | "\(.name) \(.sha256)"' <<<"$line" | sort >want
		jq -c 'select(has("hash"))' out | digests | sort | diff want - || { echo "$path"; false; }
	done <"$CORPUS/archives.ndjson"
}

# packed FILE PYTHON -- a zip or tar that these lines write: they have z, or t and add(NAME, BYTES, TYPE, LINK).
packed() {
	python3 - "$@" <<-'END'
		import io, sys, tarfile, textwrap, zipfile
		path, lines = sys.argv[1:]
		z = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) if path.endswith(".zip") else None
		t = tarfile.open(path, "w", format=tarfile.PAX_FORMAT) if not z else None
		def add(name, content=b"", type=tarfile.REGTYPE, link=""):
		    i = tarfile.TarInfo(name)
		    i.size, i.type, i.linkname = len(content), type, link
		    t.addfile(i, io.BytesIO(content))
		exec(textwrap.dedent(lines))
		(z or t).close()
	END
}

@test "--max-member: a larger member is an error that names the option, and the others come" {
	packed x.tar 'add("a", b"x" * 1024); add("b", b"x" * 1025); add("c", b"x")'
	run -1 file-hash -q --archives --max-member=1K x.tar
	[ "$(errors <<<"$output" | paste -sd ' ')" = "a - b ELIMIT c -" ]
	run -1 exif-read -q --archives --max-member=1K x.tar
	[ "$(errors <<<"$output" | paste -sd ' ')" = "a - b ELIMIT c -" ]
	[[ $(jqr 'select(.path == "b").error.message' <<<"$output") == *--max-member* ]]
	member x.tar b 2 >b.ndjson
	run -1 file-hash -q --max-member=1024 <b.ndjson
	[ "$(errors <<<"$output")" = "b ELIMIT" ]
	[ "$(file-hash --max-member=2K <b.ndjson | errors)" = "b -" ]
	for size in x 1Q -1 '' 99999999999T; do
		run -2 file-hash --max-member="$size" x.tar
		[[ $output == *'--max-member wants bytes, such as 500M or 64G'* ]]
	done
	# a stream that does not say how long it is
	packed y.zip 'z = zipfile.ZipFile(sys.stdout.buffer, "w", zipfile.ZIP_DEFLATED); z.writestr("a", b"x" * 3000); z.writestr("b", b"x")' |
		head -c -100 >cut.zip
	run -1 file-hash -q --archives --max-member=1K cut.zip
	[ "$(errors <<<"$output" | paste -sd ' ')" = "a ELIMIT b -" ]
}

@test "names that lead outside are errors, of either kind of slash; odd names are names; the other members come" {
	packed x.tar '
		for name in ["../a", "b/../../c", "d/..", "/e", "C:/f", "C:\\g", "\\\\server\\h", "i\\..\\..\\j", "k..jpg/..l", "m:n", ".", "o\np", "q\033[1m", "a" * 5000]: add(name, b"1")
		add("good.jpg", b"2")'
	run -1 --separate-stderr file-hash --archives x.tar
	[ "$(jqr '"\(.member) \(.error.code // "-")"' <<<"$output" | paste -sd ' ')" = \
		"1 EINPUT 2 EINPUT 3 EINPUT 4 EINPUT 5 EINPUT 6 EINPUT 7 EINPUT 8 EINPUT 9 - 10 - 11 - 12 - 13 - 14 - 15 -" ]
	[ "$(jqr 'select(.member == 12).path' <<<"$output")" = $'o\np' ]
	! grep -q $'\033' <<<"$stderr" || false
	[ "$(grep -c '^file-hash: x.tar: ' <<<"$stderr")" -eq 8 ]
	[ ! -e ../a ]
}

@test "links, folders, devices and FIFOs of an archive are errors but for folders, and nothing is opened under their names" {
	ln -s nowhere gone
	packed x.tar '
		add("file", b"1"); add("hard", type=tarfile.LNKTYPE, link="file"); add("soft", type=tarfile.SYMTYPE, link="/etc/passwd")
		add("null", type=tarfile.CHRTYPE); add("disk", type=tarfile.BLKTYPE); add("pipe", type=tarfile.FIFOTYPE); add("dir", type=tarfile.DIRTYPE)
		add("last", b"2")'
	run -1 file-hash -q --archives x.tar
	[ "$(errors <<<"$output" | paste -sd ' ')" = "file - hard EINPUT soft EINPUT null EINPUT disk EINPUT pipe EINPUT last -" ]
	jq -c 'del(.error)' <<<"$output" >in.ndjson
	run -1 file-hash -q <in.ndjson
	[ "$(errors <<<"$output" | paste -sd ' ')" = "file - hard EINPUT soft EINPUT null EINPUT disk EINPUT pipe EINPUT last -" ]
}

@test "hard links: their content is that of the name that has it in the archive, and of no other" {
	echo x >a
	ln a b
	: >empty
	for format in newc odc ustar; do
		bsdtar --format=$format -cf x a b empty
		file-hash -q --archives x >out || [ $? -eq 1 ]
		jqr 'select(.hash) | .hash.xxh128 + "  " + .path' out >got
		xxhsum -q -H2 $(jqr 'select(.hash) | .path' out) >want
		cmp got want
		grep -q '  [ab]$' got
		grep -q '  empty$' got
	done
}

@test "names in a zip: UTF-8 by its flag or by what it is, else code page 437; two of one name are two members" {
	packed x.zip '
		z.writestr("B\u00e4ume \U0001f333.jpg", b"1"); z.writestr("same", b"2"); z.writestr("same", b"3")
		z.writestr("XXXXX.jpg", b"4"); z.writestr("e\u0301.jpg", b"5"); z.writestr("YYYYY.jpg", b"6")'
	python3 - <<-'END'
		b = open("x.zip", "rb").read()
		open("x.zip", "wb").write(b.replace(b"XXXXX", b"B\x84ume").replace(b"YYYYY", "s\u00e9\u00e8".encode()))
	END
	file-hash --archives x.zip | jqr .path >got
	printf '%s\n' $'B\u00e4ume \U0001f333.jpg' same same $'B\u00e4ume.jpg' $'\u00e9.jpg' $'s\u00e9\u00e8.jpg' | diff - got
	# not what the flag says: no reader gives a name
	packed x.zip 'z.writestr("B\u00e4ume", b"1"); z.writestr("b", b"2")'
	python3 -c 'b = open("x.zip", "rb").read(); open("x.zip", "wb").write(b.replace("\u00e4".encode(), b"\xff\xff"))'
	file-hash --archives x.zip >out
	[ "$(jqr '.path, .warnings[0].code' <out | paste -sd ' ')" = "member-1 EVALUE b null" ]
	jq -c 'del(.hash)' out | file-hash | jq -cS . | diff <(jq -cS . out) -
	touch $'B\204ume'
	bsdtar --format gnutar -cf x.tar B*
	[ "$(file-hash --archives x.tar | jqr .path_b64)" = "$(printf 'B\204ume' | base64)" ]
	bsdtar --format gnutar -cf $'x\204.tar' B*
	file-hash --archives $'x\204.tar' | jq -c 'del(.hash)' | file-hash | jq -e 'has("hash") and has("archive_b64")'
}

@test "a member that is encrypted is said to be, and the others come" {
	need 7z
	content
	(cd in && 7z a -tzip ../x.zip a.jpg >/dev/null && 7z a -tzip -psecret ../x.zip d.mov >/dev/null && 7z a -tzip -psecret -mem=AES256 ../x.zip b/c.jpg >/dev/null)
	run -1 file-hash -q --archives x.zip
	[ "$(errors <<<"$output" | sort | paste -sd ' ')" = "a.jpg - b/c.jpg EINPUT d.mov EINPUT" ]
	[[ $(jqr .error.message <<<"$output") == *'is encrypted'* ]]
	(cd in && 7z a -psecret -mhe=on ../y.7z a.jpg >/dev/null)
	run -1 file-hash -q --archives y.7z
	[ "$(jqr .path <<<"$output")" = y.7z ]
	[[ $(jqr .error.message <<<"$output") == *ncrypt* ]]
}

@test "a member whose bytes are not those of its sum is EVERIFY, and the others come" {
	packed x.zip 'z.compression = zipfile.ZIP_STORED; z.writestr("a", b"1" * 1000); z.writestr("b", b"good"); z.writestr("c", b"3" * 1000)'
	python3 -c 'b = bytearray(open("x.zip", "rb").read()); b[500] ^= 1; open("x.zip", "wb").write(b)'
	run -1 file-hash -q --archives -j8 x.zip
	[ "$(errors <<<"$output" | paste -sd ' ')" = "a EVERIFY b - c -" ]
	[ "$(jqr 'select(.path == "a") | has("hash")' <<<"$output")" = false ]
	packed w.zip 'z.compression = zipfile.ZIP_DEFLATED; z.writestr("a", b"1" * 1000); z.writestr("b", b"good")'
	python3 -c 'b = bytearray(open("w.zip", "rb").read()); at = b.index(b"PK\1\2"); b[22:24] = b[at + 24:at + 26] = b"\1\0"; open("w.zip", "wb").write(b)'
	run -1 file-hash -q --archives w.zip
	[ "$(jq -c '[.path, .error.code, (.error.message // "" | contains("\n"))]' <<<"$output" | paste -sd ' ')" = '["a","EVERIFY",false] ["b",null,false]' ]
	packed y.zip 'z.writestr("a", bytes(range(256)) * 100); z.writestr("b", b"good")'
	python3 -c 'b = bytearray(open("y.zip", "rb").read()); b[40:60] = b"\xff" * 20; open("y.zip", "wb").write(b)'
	run -1 file-hash -q --archives y.zip
	[ "$(errors <<<"$output" | paste -sd ' ')" = "a EFORMAT b -" ]
}

@test "archives cut short: what could be read comes, and a record of the archive says where it ended" {
	need 7z
	mkdir in
	for i in 1 2 3 4 5; do head -c 50000 /dev/urandom >in/$i.jpg; done
	for type in tar tar.gz tar.xz tar.zst zip cpio; do
		(cd in && bsdtar -a -cf "../x.$type" *)
		head -c 170000 "x.$type" >"cut.$type"
		run -1 file-hash -q --archives -a sha256 "cut.$type"
		jq -c 'select(has("hash"))' <<<"$output" >good
		[ "$(wc -l <good)" -ge 2 ] || { echo "$type: $output"; false; }
		while read -r name sum; do sha256sum <"in/$name" | grep -q "^$sum "; done < <(digests <good)
		[ "$(tail -n 1 <<<"$output" | jqr '.path, has("archive")' | paste -sd ' ')" = "cut.$type false" ]
		[[ $(tail -n 1 <<<"$output" | jqr .error.message) == 'what follows its member '* ]]
	done
	(cd in && 7z a ../x.7z . >/dev/null)
	head -c 170000 x.7z >cut.7z
	run -1 file-hash -q --archives cut.7z
	[ "$(errors <<<"$output")" = "cut.7z EFORMAT" ]
}

@test "what unpacks to far more than it is, and what takes more memory than may be, is stopped" {
	plain
	need xz zstd
	packed x.zip '
		with z.open("bomb", "w") as f:
		    for i in range(200): f.write(bytes(1 << 20))
		z.writestr("b", b"good")'
	run -1 file-hash -q --archives x.zip
	[ "$(errors <<<"$output" | paste -sd ' ')" = "bomb ELIMIT b -" ]
	mkdir in
	echo good >in/a
	truncate -s 1G in/zeros
	(cd in && tar --no-recursion -cf - a zeros) | xz -1 >bomb.tar.xz
	run -1 file-hash -q --archives bomb.tar.xz
	[ "$(errors <<<"$output" | paste -sd ' ')" = "a - zeros ELIMIT bomb.tar.xz ELIMIT" ]
	(cd in && tar -cf - a) | xz --lzma2=dict=512MiB >hungry.tar.xz
	run -1 file-hash -q --archives hungry.tar.xz
	[ "$(errors <<<"$output" | paste -sd ' ')" = "hungry.tar.xz ELIMIT" ]
	[[ $output == *'more memory than the limit of 132 MiB'* ]]
	(cd in && tar -cf - a) | zstd -q --long=27 >long.tar.zst
	file-hash --archives -j8 long.tar.zst bomb.tar.xz long.tar.zst >out || :
	[ "$(errors <out | paste -sd ' ')" = "a - a - zeros ELIMIT bomb.tar.xz ELIMIT a -" ]
}

@test "programs that do not read archives fail a record of a member, and take no file beside it for it" {
	mkdir lib card
	echo one >card/a.jpg
	echo one >a.jpg
	bsdtar -acf x.zip a.jpg
	photo-init lib >/dev/null
	file-hash --archives x.zip >in.ndjson
	for call in copy-compare 'file-repair -t lib --from=card'; do
		# shellcheck disable=SC2086 # several words
		run --separate-stderr $call <in.ndjson
		[ "$status" -eq 1 ] || { echo "$call: $status $stderr"; false; }
		[ "$(jqr .error.message <<<"$output")" = 'is a member of an archive: extract it first' ]
		[[ $stderr == *': x.zip: a.jpg: is a member of an archive: extract it first' ]]
	done
	run -1 record-paths -q <in.ndjson
	[ -z "$output" ]
	[ -e a.jpg ]
	[ -z "$(find lib -name '*.jpg')" ]
	photo-report <in.ndjson
}

# film SIZE -- film.mp4, of so many bytes of pictures, which are a hole; its index lies behind them.  And film.tar with it.
film() {
	python3 - "$1" <<-'END'
		import struct, sys, tarfile
		size = int(sys.argv[1])
		box = lambda kind, body: struct.pack(">I4s", len(body) + 8, kind) + body
		mvhd = struct.pack(">IIIII", 0, 3786825600, 3786825600, 1000, 12500) + bytes(80)
		begin = box(b"ftyp", b"isom\0\0\0\0isom") + struct.pack(">I4sQ", 1, b"mdat", size + 16)
		end = box(b"moov", box(b"mvhd", mvhd))
		info = tarfile.TarInfo("film.mp4")
		info.size = len(begin) + size + len(end)
		for name, head, tail in (("film.mp4", b"", b""), ("film.tar", info.tobuf(tarfile.GNU_FORMAT), bytes(-info.size % 512 + 1024))):
		    with open(name, "wb") as f:
		        f.write(head + begin)
		        f.seek(size, 1)
		        f.write(end + tail)
	END
}

@test "exif-read --archives: a member's record is that of its file" {
	copy_card in
	(cd in && find . -type f ! -name $'*\n*' -printf '%P\n' | LC_ALL=C sort >../names)
	film 100000
	mv film.mp4 in && echo film.mp4 >>names
	sed -i $'/\377/d' names # a zip has no such name
	tr '\n' '\0' <names | exif-read -C in --all --no-groups --no-sidecars | jq -cS 'del(.mtime)' >want
	[ "$(jqr .duration_s <want | tail -n 1)" = 12.5 ]
	for type in zip tar tar.gz 7z; do
		(cd in && bsdtar -a -cf "../x.$type" -n -T ../names)
		exif-read --archives --all -j4 "x.$type" >out
		jq -cS 'del(.archive, .member, .mtime)' out | sort | diff <(sort want) - || { echo "$type"; false; }
		jq -c 'del(.type, .taken, .warnings)' out | exif-read --all | jq -cS . | diff <(jq -cS . out) -
	done
	exif-read --archives -j4 x.zip | file-hash -a sha256 | jqr 'select(.path == "film.mp4").hash.sha256' |
		diff <(sha256sum <in/film.mp4 | cut -d ' ' -f 1) -
}

@test "a film's index behind 4 GB of pictures is found in little memory, and nothing is left on disk" {
	plain
	need /usr/bin/time strace
	film 4500000000
	mkdir tmp
	TMPDIR=$PWD/tmp /usr/bin/time -f %M -o rss exif-read --archives film.tar >out
	[ "$(jqr '.duration_s, .size' <out | paste -sd ' ')" = "12.5 $(stat -c %s film.mp4)" ]
	[ "$(cat rss)" -lt 24000 ]
	[ -z "$(ls tmp)" ]
	TMPDIR=$PWD/tmp strace -f -e trace=write -o trace exif-read --archives film.tar | cmp out -
	[ "$(sed -n 's/.* = \([0-9]*\)$/\1/p' trace | awk '{ n += $1 } END { print n }')" -le $((257 << 20)) ]
}

@test "a structure that points back to what was not kept costs itself, with a warning" {
	plain
	python3 - <<-'END'
		import struct, zipfile
		entry = lambda tag, kind, n, value: struct.pack("<HHII", tag, kind, n, value)
		far, middle = 390 << 20, 200 << 20
		with open("x.tif", "wb") as f:
		    f.write(struct.pack("<2sHI", b"II", 42, far))
		    f.seek(middle)
		    f.write(b"In the middle\0")
		    f.seek(far)
		    f.write(struct.pack("<H", 4) + entry(256, 3, 1, 640) + entry(257, 3, 1, 480) + entry(271, 2, 14, middle) + entry(272, 2, 4, 0x00394244) + bytes(4))
		    f.truncate(400 << 20)
		zipfile.ZipFile("x.zip", "w").write("x.tif")
	END
	exif-read --archives x.zip >out
	[ "$(jqr '[.width, .model, .make, .warnings[0].code] | map(tostring) | join(" ")' <out)" = "640 DB9 null ELIMIT" ]
	[ "$(exif-read x.tif | jqr .make)" = 'In the middle' ]
}

@test "no sidecar and no group of a member is looked for, in the archive or beside it" {
	content
	echo '<x/>' >in/a.xmp
	cp in/a.jpg in/a.cr2
	(cd in && bsdtar -acf ../x.zip a.jpg a.cr2 a.xmp)
	exif-read --archives x.zip | jq -se 'length == 3 and all(has("group") or has("alone") or has("sidecar") | not)'
	exif-read -C in --archives a.jpg | jq -e 'has("group")'
}

@test "a SIGINT while an archive is looked up ends the run, with what was done" {
	need strace xz
	plain
	mkdir in
	echo one >in/a
	for i in 1 2 3 4; do head -c 3000000 /dev/urandom >in/$i; done
	(cd in && bsdtar -cf - a 1 2 3 4) | xz -0 >x.tar.xz
	printf '%s\0' in/a x.tar.xz >list
	env --default-signal=INT strace -f -o trace -P "$PWD/x.tar.xz" -e trace=pread64 \
		-e inject=pread64:signal=STOP:when=9 file-hash -j2 --archives <list >out 2>err 3>&- &
	traced_pid=$!
	wait_for trace 'stopped by SIGSTOP'
	kill -INT "$(sed -n 's/^\([0-9]*\) *--- stopped by SIGSTOP.*/\1/p' trace | head -n 1)"
	go_on
	[ "$status" -eq 130 ]
	[ "$(jqr .path <out)" = in/a ]
	[ "$(grep -c pread64 trace)" -lt 60 ] # of a hundred
}
