#!/usr/bin/env bats
# archives-place -- members of archives go straight into a library, under the promises that files have.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq bsdtar python3
	mkdir -p in lib
}

# content -- files to pack, in in/, of times that a zip can say.
content() {
	mkdir -p in/b in/undated
	head -c 300000 /dev/urandom >in/a.jpg
	printf 'two' >in/b/c.jpg
	: >in/b/empty.jpg
	head -c 600000 /dev/zero >in/d.mov
	printf 'other' >in/b/a.jpg
	cp in/a.jpg in/b/twin.jpg
	find in -type f -exec touch -d '2020-02-02 02:02:02' {} +
	(cd in && find . -type f -printf '%P\n' | LC_ALL=C sort >../names)
}

# pack FILE... -- of the names.
pack() {
	local file
	for file; do (cd in && bsdtar -a -cf "../$file" -n -T ../names); done
}

# tree DIR -- its files, with their digests and times.
tree() { (cd "$1" && find . -name .dcim -prune -o -type f -printf '%P %T@ ' -exec sha256sum {} \; | sed 's/  [^ ]*$//' | LC_ALL=C sort); }

# tell -- of the records on stdin: PATH, what became of it, and where it is.
tell() { jqr '"\(.path) \(.error.code // .place.action) \(.place.to // .place.reason // "-")"'; }

# unfinished DIR -- succeeds where a run has left something.
unfinished() { find "$1" -path '*/.dcim/tmp/*' -o -name '.dcim-tmp-*' | grep .; }

# member ARCHIVE NAME NUMBER -- a record.
member() { jq -cn --arg archive "$1" --arg path "$2" --argjson member "$3" '$ARGS.named'; }

@test "members of archives: the same library as from their files, whether they are digested before or not" {
	content
	mkdir tree
	(cd in && find . -type f -printf '%P\0' | LC_ALL=C sort -z) >list
	place-file -C in -t ../tree --template '{dir}/{name}' --undated '{dir}/{name}' <list >/dev/null
	tree tree >want
	[ "$(wc -l <want)" -eq 5 ]
	pack x.zip x.tar x.tar.gz x.tar.xz x.7z x.cpio
	for type in zip tar tar.gz tar.xz 7z cpio; do
		file-hash --archives "x.$type" >records
		for hash in hash none; do
			rm -rf lib && mkdir lib
			jq -c "del(.$hash)" records | place-file -t lib --undated '{dir}/{name}' >out
			tree lib | sed 's/\([0-9]\)\.[0-9]* /\1.0000000000 /' | diff want - || { echo "$type"; false; }
			[ "$(tell <out | grep -c copied)" -eq 5 ]
			[ "$(tell <out | grep duplicate)" = 'b/twin.jpg duplicate a.jpg' ]
			[ "$(jqr 'select(.place.action == "copied") | .place.verified // "-"' out | sort -u)" = "$([ $hash = hash ] && echo - || echo stream)" ]
			! unfinished lib || false
			jq -c "del(.$hash)" records | place-file -t lib --undated '{dir}/{name}' >again
			[ "$(tell <again | grep -c exists)" -eq 5 ]
			[ "$(tell <again | grep duplicate)" = 'b/twin.jpg duplicate a.jpg' ]
			! unfinished lib || false
		done
	done
}

@test "the source is the archive with its size and time, and the member's number" {
	content
	pack x.tar
	file-hash --archives x.tar | place-file -t lib >out
	file-hash x.tar | place-file -t lib --template 'x/{name}' --undated 'x/{name}' >file
	jq -c '.source' out | diff <(for i in 1 2 3 4 5 6; do jq -c ".source + {member: $i}" file; done) -
}

@test "names, numbers, {dir} and dates of members are as for files; trash and forks are left out" {
	mkdir -p in/__MACOSX in/x/y in/.Trash
	for name in __MACOSX/._p.jpg x/y/p.jpg .Trash/q.jpg p.jpg; do echo "$name" >"in/$name"; done
	bsdtar -cf x.tar -C in __MACOSX/._p.jpg x/y/p.jpg .Trash/q.jpg p.jpg
	file-hash --archives x.tar | jq -c '.taken = "2001-02-03T04:05:06"' | place-file -t lib >out
	tell <out | diff - <(printf '%s\n' '__MACOSX/._p.jpg skipped never-source' 'x/y/p.jpg copied 2001/2001-02-03/p.jpg' \
		'.Trash/q.jpg skipped never-source' 'p.jpg copied 2001/2001-02-03/p-1.jpg')
	mkdir other
	file-hash --archives x.tar | place-file -t other --from in | tell | grep -qx 'x/y/p.jpg copied undated/x/y/p.jpg'
	mkdir .Trash
	mv x.tar .Trash
	[ "$(file-hash --archives .Trash/x.tar | place-file -t other | jqr .place.reason | sort -u)" = never-source ]
}

@test "every -j gives the same records; each archive is opened once by the worker that has it" {
	need strace
	plain
	content
	python3 - <<-'END'
		import zipfile
		for n in "abc":
		    with zipfile.ZipFile(n + ".zip", "w", zipfile.ZIP_DEFLATED) as z:
		        for i in range(300): z.writestr("%03d.jpg" % i, (n + "%d" % (i % 200)).encode() * 100)
	END
	pack d.tar.xz e.tar.xz
	file-hash --archives -j8 a.zip d.tar.xz b.zip e.tar.xz c.zip >records
	mkdir one eight
	place-file -t one -j1 <records | jq -c 'del(.place.root)' >want
	strace -f -e trace=openat,creat,mkdirat,mkdir -o trace place-file -t eight -j8 <records | jq -c 'del(.place.root)' | diff want -
	diff -r -x .dcim one eight
	[ "$(grep -cE '"(a|b|c).zip"|"[de].tar.xz"' trace)" -eq 5 ]
	mkdir again
	jq -c 'del(.hash)' records | place-file -t again -j8 >/dev/null
	diff -r -x .dcim one again
}

@test "what the library has already is not unpacked; what it has no more is" {
	need strace
	plain
	content
	pack x.zip
	file-hash --archives x.zip >records
	place-file -t lib <records >/dev/null
	strace -f -e trace=write -o trace place-file -t lib <records | tell | grep -c exists | grep -qx 5
	! grep -q 'write.*300000\|write.*262144' trace || false
	jq -c '.db = {status: "known", by: "hash", path: "undated/a.jpg"} | select(.path == "a.jpg")' records >known
	strace -f -e trace=openat -o trace place-file -t lib <known | tell | grep -qx 'a.jpg duplicate undated/a.jpg'
	! grep -q x.zip trace || false
	# of that name and length, but rotten: seen when it is read back, and the member is unpacked after all
	head -c 300000 /dev/zero >lib/undated/a.jpg
	touch -d '2020-02-02 02:02:02' lib/undated/a.jpg
	place-file -t lib --verify=readback <known >out
	[ "$(tell <out)" = 'a.jpg copied undated/a-1.jpg' ]
	cmp in/a.jpg lib/undated/a-1.jpg
	[ "$(jqr .place.verified out)" = readback ]
	! unfinished lib || false
}

@test "a member that is not what its record says is an error, and nothing is published" {
	content
	pack x.tar
	file-hash --archives x.tar >records
	number=$(jqr 'select(.path == "a.jpg").member' records)
	mkdir deep deep/lib
	{
		member x.tar other.jpg "$number"
		member x.tar ../outside.jpg "$number"
		member x.tar /outside.jpg "$number"
		member x.tar '..\outside.jpg' "$number"
		member x.tar a.jpg 999
		member x.tar a.jpg 0
		member none.tar a.jpg "$number"
		member in/a.jpg a.jpg "$number"
		member ../../../../../etc/passwd a.jpg "$number"
		member in a.jpg 1
		jq -c 'select(.path == "a.jpg") | .size = 5' records
		jq -c 'select(.path == "a.jpg") | .mtime = "2001-01-01T00:00:00Z"' records
		jq -c 'select(.path == "a.jpg") | .hash.xxh128 = "00000000000000000000000000000000"' records
		jq -c 'select(.path == "a.jpg") | .group = {id: "0", lead: "../in/a.jpg", role: "picture", members: ["a.jpg", "../../x"]} | .path = "b.jpg"' records
	} >in.ndjson
	touch marker
	run -1 place-file -q -t deep/lib <in.ndjson
	[ "$(jqr .error.code <<<"$output" | paste -sd ' ')" = "ECHANGED ECHANGED ECHANGED ECHANGED ECHANGED EINPUT ENOENT ECHANGED ECHANGED EISDIR ECHANGED ECHANGED EVERIFY ECHANGED" ]
	[ -z "$(find . ../*outside* -newer marker -type f -not -path '*/.dcim/*' 2>/dev/null)" ]
	! unfinished deep/lib || false
}

@test "names that lead outside are refused whoever writes the record, and backslashes name no folder" {
	python3 - <<-'END'
		import io, tarfile
		t = tarfile.open("x.tar", "w")
		for name in ["../a.jpg", "b/../../c.jpg", "/d.jpg", "C:\\e.jpg", "..\\f.jpg", "g\\h.jpg", ".", "..", "i\n.jpg", "-j", "x/" * 300 + "k.jpg", "good.jpg"]:
		    i = tarfile.TarInfo(name)
		    i.size = 9
		    t.addfile(i, io.BytesIO(name[:9].encode().ljust(9)))
	END
	mkdir -p deep/lib
	touch marker
	file-hash -q --archives x.tar | jq -c 'del(.error)' >records || :
	run -1 place-file -q -t deep/lib --undated '{dir}/{name}' <records
	[ "$(jqr '.error.code // .place.action' <<<"$output" | head -n 5 | sort -u)" = EINPUT ]
	[ "$(tail -n 1 <<<"$output" | tell)" = 'good.jpg copied good.jpg' ]
	[ -z "$(find . .. -maxdepth 1 -newer marker -type f -name '*.jpg')" ]
	[ -z "$(find deep -newer marker -type f -not -path 'deep/lib/*')" ]
}

@test "a damaged member is an error of its own: nothing of it is published, and the others come" {
	python3 - <<-'END'
		import zipfile
		with zipfile.ZipFile("x.zip", "w") as z:
		    for n in "abc": z.writestr(n + ".jpg", n * 1000)
		b = bytearray(open("x.zip", "rb").read())
		b[500] ^= 1
		open("x.zip", "wb").write(b)
	END
	for i in 1 2 3; do member x.zip "$(cut -c $i <<<abc).jpg" $i; done >records
	run -1 place-file -q -t lib <records
	[ "$(tell <<<"$output" | paste -sd ' ')" = "a.jpg EVERIFY - b.jpg copied undated/b.jpg c.jpg copied undated/c.jpg" ]
	[ ! -e lib/undated/a.jpg ]
	! unfinished lib || false
}

@test "an archive that changes after its members were digested: ECHANGED, or EVERIFY, and nothing of it is placed" {
	content
	pack x.tar
	file-hash --archives x.tar >records
	tr '\0' '\1' <in/d.mov >in/e && touch -r in/d.mov in/e && mv in/e in/d.mov
	pack x.tar
	run -1 place-file -q -t lib <records
	[ "$(tell <<<"$output" | grep -v copied | grep -v duplicate)" = "d.mov EVERIFY -" ]
	[ ! -e lib/undated/d.mov ]
	rm -r lib && mkdir lib
	touch -d '2021-01-01' in/d.mov
	pack x.tar
	run -1 place-file -q -t lib <records
	[ "$(tell <<<"$output" | grep d.mov)" = "d.mov ECHANGED -" ]
}

@test "--move copies a member, and says that it stays; links to it are refused" {
	content
	pack x.zip
	file-hash --archives x.zip >records
	cp x.zip same.zip
	run -1 --separate-stderr place-file --move -t lib <records
	cmp x.zip same.zip
	[ "$(jqr 'select(.place.action != "skipped") | [.place.action, .place.source, .place.reason] | join(" ")' <<<"$output" | sort | uniq -c | sed 's/^ *//')" = \
		$'5 copied kept archive\n1 duplicate kept archive' ]
	[ "$(grep -c 'not removed: it is a member of an archive' <<<"$stderr")" -eq 3 ]
	[ "$(tree in | cut -d ' ' -f 3 | sort -u)" = "$(tree lib | cut -d ' ' -f 3 | sort -u)" ]
	# files of the members' names beside the archive are none of its
	mkdir at && cp -r in/. at && cp x.zip at && mkdir at/lib
	run -1 place-file -q -C at --move -t lib <records
	diff -r in at -x lib -x x.zip
	for how in reflink hardlink symlink; do
		rm -rf other && mkdir other
		run -1 place-file -q --$how -t other <records
		[ "$(jqr .error.code <<<"$output" | sort -u)" = EINPUT ]
		[[ $(jqr .error.message <<<"$output") == *'member of an archive'*--$how* ]]
		[ -z "$(find other -type f -not -path '*/.dcim/*')" ]
	done
}

@test "mirrors are filled from one unpacking, also of what the library has; --dry-run writes nothing and says the same" {
	need strace
	plain
	content
	pack x.tar.xz
	file-hash --archives x.tar.xz >records
	mkdir m n o
	place-file --dry-run --mirror=m -t lib <records >dry
	[ -z "$(find lib -type f)" ]
	[ -z "$(find m -type f)" ]
	jq -c 'select(.path | test("a.jpg|twin") | not)' records | place-file -t lib >/dev/null
	strace -f -e trace=openat -o trace place-file --mirror=m -t lib <records >out
	[ "$(grep -c 'x.tar.xz' trace)" -eq 1 ]
	diff -r -x .dcim lib m
	[ "$(tree lib)" = "$(tree m)" ]
	rm -r lib && mkdir lib
	jq -c 'del(.hash)' records | place-file --mirror=n -t lib >out
	diff -r -x .dcim m n
	diff <(jqr '"\(.path) \(.place.to)"' dry) <(jqr '"\(.path) \(.place.to)"' out)
	jq -c 'del(.hash, .size)' records | place-file --mirror=o -t lib >out
	diff -r -x .dcim m o
	record-mirror --root=o <out | jqr '"\(.path) \(.place.action)"' | diff <(jqr '"\(.path) \(.place.mirrors[0].action)"' out) -
}

@test "--verify=readback, --durable=file, --chmod and --portable-names are kept to" {
	need strace
	plain
	content
	mv in/a.jpg 'in/a?.jpg'
	sed -i 's/^a.jpg/a?.jpg/' names
	pack x.zip
	file-hash --archives x.zip >records
	strace -f -e trace=fsync,syncfs,renameat2 -o trace \
		place-file --verify=readback --durable=file --chmod=0600 --portable-names -t lib <records >out
	[ "$(jqr 'select(.place.action == "copied").place.verified' out | sort | uniq -c | sed 's/^ *//')" = '5 readback' ]
	[ "$(find lib/undated -type f -printf '%m\n' | sort -u)" = 600 ]
	[ "$(jqr 'select(.original_name).original_name' out)" = 'a?.jpg' ]
	! grep -q syncfs trace || false
	[ "$(grep -c fsync trace)" -ge 5 ]
}

@test "--max-member: a larger member is an error that names the option, and the others are placed" {
	content
	pack x.tar
	for name in $(cat names); do member x.tar "$name" "$(grep -nx "$name" names | cut -d : -f 1)"; done >records
	run -1 place-file -q -t lib --max-member=300000 <records
	[ "$(tell <<<"$output" | grep ELIMIT)" = 'd.mov ELIMIT -' ]
	[[ $(jqr .error.message <<<"$output") == *--max-member* ]]
	[ "$(tell <<<"$output" | grep -c copied)" -eq 4 ]
	place-file -q -t lib --max-member=600000 <records >/dev/null
}

@test "a library that is full: the run stops, nothing of the member is left, and a rerun completes it" {
	unshare -m true 2>/dev/null || skip "no mount namespaces"
	content
	pack x.tar
	file-hash --archives x.tar >records
	unshare -m bash -euc 'mount -t tmpfs -o size=500k none lib
		place-file -q -t lib <records >out 2>err || echo $? >status
		find lib/.dcim/tmp -mindepth 1 >left
		find lib -name d.mov >published'
	[ "$(cat status)" -eq 3 ]
	grep -q 'accepts no more files' err
	[ ! -s left ]
	[ ! -s published ]
	place-file -t lib <records >out
	[ "$(tell <out | grep -c 'copied\|exists\|duplicate')" -eq 6 ]
	[ "$(tree in | cut -d ' ' -f 3 | sort -u)" = "$(tree lib | cut -d ' ' -f 3 | sort -u)" ]
}

@test "killed at any instant and run again, also without the digests: the library is that of one run" {
	plain
	mkdir want
	python3 - <<-'END'
		import random, zipfile
		r = random.Random(3)
		for n in "ab":
		    with zipfile.ZipFile(n + ".zip", "w") as z:
		        for i in range(60): z.writestr("d%d/%d.jpg" % (i % 4, i % 50), r.randbytes(20000 + i))
	END
	file-hash --archives a.zip b.zip >records
	timed place-file -t want -q <records
	tree want >sums
	for i in $(seq 20); do
		rm -rf lib && mkdir lib
		[ $((i % 2)) -eq 0 ] && jq -c 'del(.hash)' records >given || cp records given
		cut_short place-file -t lib -q -j4 <given
		while read -r name _ sum; do
			grep -q " $sum\$" sums || { echo "not whole after $instant: $name"; false; }
		done < <(tree lib)
		place-file -t lib -q -j4 <given >out
		tree lib | diff sums - || { echo "$instant"; false; }
		! unfinished lib || false
	done
}

# grouped -- records of two zips with a group of one name each, as exif-read would tell of them.
grouped() {
	local zip
	for zip in 1 2; do
		for name in IMG_1.JPG IMG_1.MOV IMG_1.JPG.xmp; do echo "$zip $name" >"in/$name"; done
		bsdtar -acf $zip.zip -C in IMG_1.JPG IMG_1.MOV IMG_1.JPG.xmp
	done
	file-hash --archives 1.zip 2.zip |
		jq -c '.group = {id: .archive, lead: "IMG_1.JPG", role: ["picture", "live", "sidecar"][.member - 1], rule: "name",
			members: ["IMG_1.JPG", "IMG_1.MOV", "IMG_1.JPG.xmp"]}'
}

@test "members that belong together get one number, each archive's its own, also where some were placed by a run before" {
	grouped >records
	printf '%s\n' undated/IMG_1{,-1}.{JPG,MOV,JPG.xmp} | sort >want
	tac records | place-file -t lib | jqr .place.to | sort | diff want -
	rm -r lib && mkdir lib
	photo-init -q lib >/dev/null
	jq -c 'select(.member < 3)' records | place-file -t lib | hashdb-merge lib/.dcim/hash.db >/dev/null
	for by in hash source; do
		rm -f lib/undated/*.xmp
		hashdb-lookup --by=$by lib/.dcim/hash.db <records >known
		[ "$(jqr .db.status known | sort | uniq -c | sed 's/^ *//' | paste -sd ' ')" = '4 known 2 new' ]
		place-file -t lib <known | jqr .place.to | sort | diff want -
		[ "$(cat lib/undated/IMG_1-1.JPG.xmp)" = '2 IMG_1.JPG.xmp' ]
	done
	# files that have the members' names are none of theirs
	cp in/* .
	run -1 place-file -q --move -t lib <records
	[ "$(jqr .place.reason <<<"$output" | sort -u)" = archive ]
	[ "$(cat IMG_1.JPG)" = '2 IMG_1.JPG' ]
}

# ---- what is remembered ----

# imported -- the members of x.zip and y.zip are in lib and its database, by the records in log.
imported() {
	content
	pack x.zip
	rm in/a.jpg names
	(cd in && find . -type f -printf '%P\n' | LC_ALL=C sort >../names)
	pack y.zip
	photo-init -q lib
	file-hash --archives x.zip y.zip | hashdb-lookup lib/.dcim/hash.db | place-file -t lib | hashdb-merge lib/.dcim/hash.db >log
	[ "$(wc -l <log)" -eq 11 ]
	file-hash --archives x.zip y.zip | jq -c 'del(.hash)' >records
}

@test "a second import knows members by their archive and number, reads nothing, and places nothing" {
	need strace
	plain
	imported
	hashdb-lookup --by=source lib/.dcim/hash.db <records >known
	[ "$(jqr '.db.status' known | sort | uniq -c | sed 's/^ *//')" = '11 known' ]
	[ "$(jq -c '[.size, .mtime]' known)" = "$(jq -c '[.size, .mtime]' records)" ]
	diff <(jqr '"\(.path) \(.place.to)"' log) <(jqr '"\(.path) \(.db.path)"' known)
	strace -f -e trace=openat -o trace sh -c 'file-hash <known | place-file -t lib | hashdb-merge lib/.dcim/hash.db' >again
	! grep -E '[xy]\.zip' trace || false
	[ "$(jqr .place.action again | sort -u)" = duplicate ]
	[ "$(find lib -name .dcim -prune -o -type f -print | wc -l)" -eq 5 ]
	# a database that is made from the log knows the same
	hashdb-merge --root=lib new.db <log >/dev/null
	hashdb-lookup --by=source new.db <records | jqr .db.status | sort -u | grep -qx known
}

@test "an archive that has changed, or another member of it, is known by nothing but its content" {
	imported
	touch -d '2021-01-01' x.zip
	hashdb-lookup --by=source lib/.dcim/hash.db <records >out
	[ "$(jqr 'select(.archive == "x.zip").db.status' out | sort -u)" = new ]
	[ "$(jqr 'select(.archive == "y.zip").db.status' out | sort -u)" = known ]
	jq -c '.member += 100' records | hashdb-lookup --by=source lib/.dcim/hash.db | jqr .db.status | sort -u | grep -qx new
	file-hash --archives x.zip | hashdb-lookup lib/.dcim/hash.db | jqr .db.status | sort -u | grep -qx known
	jq -c '{path: .archive}' records | hashdb-lookup --by=source lib/.dcim/hash.db | jqr .db.status | sort -u | grep -qx new
	cp x.zip 'x.zip_0000000001'
	printf 'x.zip_0000000001' | hashdb-lookup --by=source lib/.dcim/hash.db | jqr .db.status | grep -qx new
	rm y.zip
	run -1 hashdb-lookup -q --by=source lib/.dcim/hash.db <records
	[ "$(jqr 'select(.archive == "y.zip").error.code' <<<"$output" | sort -u)" = ENOENT ]
	run -1 hashdb-lookup -q --by=path lib/.dcim/hash.db <records
	[ "$(jqr .error.code <<<"$output" | sort -u)" = EINPUT ]
}

@test "a member that was not placed is no file of the library, whatever lies there under its name" {
	content
	pack x.zip
	photo-init -q lib
	cp in/a.jpg lib/a.jpg
	file-hash --archives x.zip >records
	run -1 hashdb-merge -q --root=lib -C lib lib/.dcim/hash.db <records
	[ "$(jqr .error.message <<<"$output" | sort -u)" = 'is outside the library and was not placed in it' ]
	[ -z "$(hashdb-list lib/.dcim/hash.db)" ]
	place-file -t lib --undated '{dir}/{name}' <records >placed
	[ "$(tell <placed | grep a.jpg | head -n 1)" = 'a.jpg exists a.jpg' ]
	hashdb-merge lib/.dcim/hash.db <placed >/dev/null
	[ "$(hashdb-list lib/.dcim/hash.db | wc -l)" -eq 5 ]
	[ -z "$(hashdb-list lib/.dcim/hash.db | jq -c 'select(has("archive") or has("member"))')" ]
}

@test "source-remove and --undo take the name of a member for no file: both leave what is there, and say so" {
	imported
	cp in/b/c.jpg kept
	(cd in && cp -r . ..)
	touch -d '2020-02-02 02:02:02' b/c.jpg
	run -1 --separate-stderr source-remove <log
	[ "$(jqr .place.reason <<<"$output" | sort -u)" = archive ]
	[ "$(jqr .place.source <<<"$output" | sort -u)" = kept ]
	cmp kept b/c.jpg
	[ -s x.zip ]
	grep -q 'also not removed: 8 in archives, which stay as they are' <<<"$stderr"
	tree lib >before
	run -1 --separate-stderr place-file --undo -t lib <log
	[ "$(jqr 'select(.place.reason != "not-placed") | "\(.place.action) \(.place.reason)"' <<<"$output" | sort | uniq -c | sed 's/^ *//')" = '5 skipped archive' ]
	tree lib | diff before -
	mkdir other
	jq -c '.path = ".c.jpg.dcim-0123abcd"' log >hidden
	cp kept .c.jpg.dcim-0123abcd
	source-remove --give-back <hidden >/dev/null
	[ -e .c.jpg.dcim-0123abcd ]
}
