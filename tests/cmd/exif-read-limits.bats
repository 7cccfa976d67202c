#!/usr/bin/env bats
# bats file_tags=no-races
# exif-read and files made to mislead it: cycles, bombs, floods, depths; and large files, of which it may read little.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq python3
	TOOLS=${TOOLS:-$ROOT/build/tools}
	seconds=1
	[ -z "${DCIM_SAN-}" ] || seconds=20
}

# What the makers of files below have at hand.
PRELUDE='
import struct, zlib
def out(name, *parts): open(name, "wb").write(b"".join(parts))
def be(n, size=4): return n.to_bytes(size, "big")
def le(n, size=4): return n.to_bytes(size, "little")
def entry(tag, kind, count, value): return struct.pack("<HHII", tag, kind, count, value)
def ifd(entries, after=0): return le(len(entries), 2) + b"".join(entries) + le(after)
def tiff(*dirs, first=8): return b"II*\0" + le(first) + b"".join(dirs)
def box(kind, *body):
    body = b"".join(body)
    return be(8 + len(body)) + kind + body
def full(kind, version, *body): return box(kind, be(version << 24), *body)
ftyp = box(b"ftyp", b"mp42\0\0\0\0mp42isom")
heic = box(b"ftyp", b"heic\0\0\0\0mif1heic")
def chunk(kind, body): return be(len(body)) + kind + body + be(zlib.crc32(kind + body))
png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", be(8) + be(8) + b"\x08\2\0\0\0")
def bomb(n, start=b""):
    z = zlib.compressobj(9)
    return z.compress(start) + b"".join(z.compress(bytes(1 << 20)) for _ in range(n)) + z.flush()
def segment(marker, body): return b"\xff" + bytes([marker]) + be(len(body) + 2, 2) + body
exif = b"Exif\0\0"
xmp = b"http://ns.adobe.com/xap/1.0/\0"
more = b"http://ns.adobe.com/xmp/extension/\0"
frame = segment(0xc0, b"\x08\0\x08\0\x08\1\1\x11\0") + segment(0xda, b"\1\1\0\0\x3f\0") + b"\0\xff\xd9"
def jpeg(*segments): return b"\xff\xd8" + b"".join(segments) + frame
def riff(kind, *chunks):
    body = kind + b"".join(chunks)
    return b"RIFF" + le(len(body)) + body
def piece(kind, body): return kind + le(len(body)) + body + b"\0" * (len(body) & 1)
def vint(n, size=8): return ((1 << 7 * size) | n).to_bytes(size, "big")
def ebml(ident, body): return bytes.fromhex(ident) + vint(len(body)) + body
matroska = ebml("1A45DFA3", ebml("4282", b"matroska"))
unknown = b"\x01" + b"\xff" * 7
rdf = b"http://www.w3.org/1999/02/22-rdf-syntax-ns#"
def packet(body): return (b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"" + rdf +
    b"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">" +
    body + b"</rdf:RDF></x:xmpmeta>")
'

# make -- run the Python program on stdin behind the prelude.
make() { python3 -c "$PRELUDE$(cat)"; }

# survives FILE... -- each gives one record without an error, in time, in 64 MiB (16 MiB of which are no surprise).
survives() {
	local file
	for file; do
		if [ -x "$TOOLS/measure" ] && [ -z "${DCIM_SAN-}" ]; then
			timeout "$seconds" "$TOOLS/measure" used exif-read -q -a "$file" >out
			awk -v file="$file" '$3 > 65536 { print file ": " $3 " KiB"; exit 1 }' used
			rm used
		else
			timeout "$seconds" exif-read -q -a "$file" >out
		fi || {
			echo "$file: status $?"
			return 1
		}
		[ "$(wc -l <out)" -eq 1 ] && jq -e --arg path "$file" '.path == $path and (has("error") | not)' out >/dev/null ||
			{
				echo "$file: $(head -c 300 out)"
				return 1
			}
	done
}

# warned FILE CODE -- its record has a warning of this code.
warned() {
	exif-read -q -a "$1" | jq -e --arg c "$2" '[.warnings[]?.code] | index($c) != null' >/dev/null || {
		echo "$1: no $2"
		exif-read -q "$1" | head -c 300
		return 1
	}
}

# little FILE -- under 1 MiB of it is read, in under 64 reads, and 16 MiB of memory are enough.
little() {
	need strace
	plain
	strace -f -P "$1" -e trace=read,pread64,preadv,mmap -o trace exif-read -q "$1" >out || skip "strace is not permitted"
	awk -v file="$1" '/(read|pread64|preadv)\(/ && $NF ~ /^[0-9]+$/ { n++; bytes += $NF } END {
		print file ": " bytes + 0 " bytes, " n + 0 " reads"; exit !(n > 0 && n < 64 && bytes < 1048576) }' trace
	! grep -q mmap trace || false
	[ -n "${DCIM_SAN-}" ] || [ ! -x "$TOOLS/measure" ] || {
		"$TOOLS/measure" used exif-read -q -j8 "$1" >/dev/null
		awk '$3 > 16384 { print $3 " KiB"; exit 1 }' used
		rm used
	}
}

@test "TIFF: directories that point at themselves, at each other and back" {
	make <<-'EOF'
		make = entry(0x10f, 2, 4, int.from_bytes(b"Abc\0", "little"))
		out("self.tif", tiff(ifd([make], 8)))
		out("pair.tif", tiff(ifd([make], 26), ifd([make], 8)))
		out("exif.tif", tiff(ifd([make, entry(0x8769, 4, 1, 8)])))
		out("both.tif", tiff(ifd([make, entry(0x8769, 4, 1, 8), entry(0x8825, 4, 1, 8), entry(0x14a, 4, 1, 8)], 8)))
		out("interop.tif", tiff(ifd([make, entry(0x8769, 4, 1, 38)]), ifd([entry(0xa005, 4, 1, 38)])))
		out("self.jpg", jpeg(segment(0xe1, exif + tiff(ifd([make, entry(0x8769, 4, 1, 8)], 8)))))
	EOF
	survives self.tif pair.tif exif.tif both.tif interop.tif self.jpg
	[ "$(exif-read -q self.tif pair.tif both.tif self.jpg | jqr .make | uniq -c | tr -s ' ')" = ' 4 Abc' ]
}

@test "TIFF: a chain of 100,000 directories, a tree of 65,535 branches" {
	make <<-'EOF'
		make = entry(0x10f, 2, 4, int.from_bytes(b"Abc\0", "little"))
		out("chain.tif", tiff(*(ifd([make], 8 + 18 * (n + 1)) for n in range(100000))))
		branches = 65535
		at = 8 + 2 + 24 + 4
		out("tree.tif", tiff(ifd([make, entry(0x14a, 4, branches, at)]),
		    *(le(at + 4 * branches + 18 * n) for n in range(branches)), *(ifd([make]) for n in range(branches))))
		out("same.tif", tiff(ifd([make, entry(0x14a, 4, branches, at)]), le(at + 4 * branches) * branches, ifd([make])))
		out("deep.tif", tiff(*(ifd([make, entry(0x14a, 4, 1, 8 + 30 * (n + 1))]) for n in range(1000))))
	EOF
	survives chain.tif tree.tif same.tif deep.tif
	warned deep.tif ELIMIT
	[ "$(exif-read -q chain.tif | jqr .make)" = Abc ]
}

@test "TIFF: counts that are too large, values that overlap" {
	make <<-'EOF'
		out("counts.tif", tiff(ifd([entry(t, 1 + t % 12, 0xffffffff, 8) for t in range(0x100, 0x1100)])))
		out("products.tif", tiff(ifd([entry(t, 12, 0x20000001, 8) for t in range(0x100, 0x200)])))
		out("entries.tif", tiff(le(65535, 2), entry(0x10f, 2, 4, 0x636241) * 65535, le(0)))
		text = tiff(ifd([entry(t, 2, 1000000, 8) for t in range(0x8000, 0x9000)]))
		out("overlap.tif", text, b"x" * 1000000)
		out("wide.tif", b"II+\0\x08\0\0\0" + le(16, 8) + le(2**64 - 1, 8) + bytes(1000))
	EOF
	survives counts.tif products.tif entries.tif overlap.tif wide.tif
}

@test "JPEG: a million markers, fill bytes, empty segments" {
	make <<-'EOF'
		out("fill.jpg", b"\xff\xd8", b"\xff" * 16000000, b"\xd9")
		out("restarts.jpg", b"\xff\xd8", b"\xff\xd0" * 1000000)
		out("empty.jpg", jpeg(segment(0xe1, b"") * 1000000))
		out("starts.jpg", b"\xff\xd8" * 1000000)
		out("short.jpg", b"\xff\xd8", b"\xff\xe1\0\1" * 1000)
	EOF
	survives fill.jpg restarts.jpg empty.jpg starts.jpg short.jpg
}

@test "JPEG: extended XMP of 4 GiB, in pieces that overlap or repeat" {
	make <<-'EOF'
		guid = b"0123456789ABCDEF0123456789ABCDEF"
		head = xmp + packet(b"<rdf:Description xmlns:xmpNote=\"http://ns.adobe.com/xmp/note/\" xmpNote:HasExtendedXMP=\"" +
		    guid + b"\"/>")
		def part(size, at, body): return segment(0xe1, more + guid + be(size) + be(at) + body)
		out("huge.jpg", jpeg(segment(0xe1, head), part(0xffffffff, 0xfffffff0, b"x" * 60000)))
		out("again.jpg", jpeg(segment(0xe1, head), part(60000, 0, b"x" * 60000) * 100))
		out("tiny.jpg", jpeg(segment(0xe1, head), *(part(100000, n, b"x") for n in range(100000))))
		out("backwards.jpg", jpeg(segment(0xe1, head), *(part(1 << 20, n, b" " * 1000) for n in range(1 << 20, 0, -1000))))
	EOF
	survives huge.jpg again.jpg tiny.jpg backwards.jpg
}

@test "JPEG: an index of pictures that points at itself, Photoshop and IPTC floods" {
	make <<-'EOF'
		images = 65535
		index = ifd([entry(0xb000, 7, 4, 0x30303130), entry(0xb001, 4, 1, images), entry(0xb002, 7, 16 * images, 50)])
		mpf = segment(0xe2, b"MPF\0" + tiff(index) + b"\0" * 60000)
		out("mpf.jpg", jpeg(mpf))
		out("mpf-self.jpg", jpeg(segment(0xe2, b"MPF\0" + tiff(ifd([entry(0xb001, 4, 1, 2), entry(0xb002, 7, 16, 8)], 8)))))
		blocks = b"8BIM\x04\x04\0\0\0\0\0\0" * 5000
		out("8bim.jpg", jpeg(segment(0xed, b"Photoshop 3.0\0" + blocks) * 20))
		words = b"".join(b"\x1c\2\x19\0\x05" + b"%05d" % n for n in range(6000))
		out("iptc.jpg", jpeg(segment(0xed, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + be(len(words)) + words)))
		out("iptc-size.jpg", jpeg(segment(0xed, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + be(0xffffffff) + words)))
		out("iptc-wide.jpg", jpeg(segment(0xed, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + be(9) + b"\x1c\2\x19\x80\4\xff\xff\xff\xff")))
	EOF
	survives mpf.jpg mpf-self.jpg 8bim.jpg iptc.jpg iptc-size.jpg iptc-wide.jpg
}

@test "XMP: entities that grow, entities from elsewhere" {
	echo SECRET >secret
	make <<-'EOF'
		start = b"<?xpacket begin=\"\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
		levels = "".join("<!ENTITY e%d \"%s\">" % (n, ("&e%d;" % (n - 1)) * 10) for n in range(1, 10)).encode()
		body = packet(b"<rdf:Description><dc:title>&e9;</dc:title></rdf:Description>")
		laughs = start + b"<!DOCTYPE x [<!ENTITY e0 \"ha\">" + levels + b"]>" + body
		out("laughs.xmp", laughs)
		out("laughs.jpg", jpeg(segment(0xe1, xmp + laughs)))
		out("quadratic.xmp", start + b"<!DOCTYPE x [<!ENTITY a \"" + b"a" * 500000 + b"\">]>" +
		    packet(b"<rdf:Description><dc:title>" + b"&a;" * 100000 + b"</dc:title></rdf:Description>"))
		out("file.xmp", start + b"<!DOCTYPE x [<!ENTITY e SYSTEM \"secret\"><!ENTITY % p SYSTEM \"secret\"> %p;]>" +
		    packet(b"<rdf:Description><dc:title>&e;</dc:title></rdf:Description>"))
		out("attributes.xmp", packet(b"<rdf:Description " + b" ".join(b"xmp:a%d=\"1\"" % n for n in range(60000)) + b"/>"))
	EOF
	survives laughs.xmp laughs.jpg quadratic.xmp file.xmp attributes.xmp
	[ "$(exif-read -q laughs.xmp quadratic.xmp file.xmp attributes.xmp | jqr .type | uniq -c | tr -s ' ')" = ' 4 xmp' ]
	! exif-read -q -a file.xmp | grep SECRET
}

@test "XMP: 100,000 elements deep, 100,000 keywords, a name of a megabyte" {
	make <<-'EOF'
		deep = packet(b"<rdf:Description><dc:title>" + b"<rdf:Alt><rdf:li>" * 50000)
		out("deep.xmp", deep)
		out("deep.jpg", jpeg(segment(0xe1, (xmp + deep)[:65000])))
		out("whole.xmp", packet(b"<rdf:Description><dc:subject>" + b"<a>" * 100000 + b"</a>" * 100000 +
		    b"</dc:subject></rdf:Description>"))
		words = b"".join(b"<rdf:li>word%d</rdf:li>" % n for n in range(100000))
		out("words.xmp", packet(b"<rdf:Description><dc:subject><rdf:Bag>" + words + b"</rdf:Bag></dc:subject></rdf:Description>"))
		out("name.xmp", packet(b"<rdf:Description><dc:" + b"x" * 1000000 + b">1</dc:" + b"x" * 1000000 + b"></rdf:Description>"))
		out("spaces.xmp", packet(b"".join(b"<rdf:Description xmlns:n%d=\"urn:%d\" n%d:a=\"1\"/>" % (n, n, n) for n in range(20000))))
		out("text.xmp", packet(b"<rdf:Description><dc:title>" + b"x" * 3000000))
	EOF
	survives deep.xmp deep.jpg whole.xmp words.xmp name.xmp spaces.xmp text.xmp
}

@test "boxes: 80 KB of them one in the other" {
	make <<-'EOF'
		def nest(kind, size, step=8, extra=b""):
		    return b"".join(be(n) + kind + extra for n in range(size, step - 1, -step))
		out("moov.mp4", ftyp, nest(b"moov", 80000))
		out("trak.mp4", ftyp, box(b"moov", nest(b"trak", 80000)))
		out("udta.mp4", ftyp, box(b"moov", nest(b"udta", 80000)))
		out("meta.heic", heic, nest(b"meta", 80004, 12, bytes(4)))
		out("ipco.heic", heic, full(b"meta", 0, box(b"iprp", nest(b"ipco", 80000))))
		out("jumb.jp2", bytes.fromhex("0000000c6a5020200d0a870a"), box(b"ftyp", b"jp2 \0\0\0\0jp2 "), nest(b"jp2h", 80000))
		out("cr3.cr3", box(b"ftyp", b"crx \0\0\0\1crx isom"), nest(b"moov", 80000))
	EOF
	survives moov.mp4 trak.mp4 udta.mp4 meta.heic ipco.heic jumb.jp2 cr3.cr3
}

@test "boxes: a million small ones, sizes of zero, one and too much" {
	make <<-'EOF'
		free = be(8) + b"free"
		out("top.mp4", ftyp, free * 1000000, box(b"moov"))
		out("inner.mp4", ftyp, box(b"moov", free * 1000000))
		out("udta.mp4", ftyp, box(b"moov", box(b"udta", free * 1000000)))
		out("traks.mp4", ftyp, box(b"moov", box(b"trak", box(b"mdia")) * 100000))
		out("meta.heic", heic, full(b"meta", 0, free * 1000000))
		out("zero.mp4", ftyp, box(b"moov", be(0) + b"trak"), be(0) + b"moov", be(0) + b"mdat")
		out("one.mp4", ftyp, be(1) + b"moov" + be(0, 8), be(1) + b"moov" + be(7, 8))
		out("max.mp4", ftyp, be(1) + b"moov" + b"\xff" * 8, bytes(100))
		out("short.mp4", ftyp, b"".join(be(n) + b"moov" for n in range(8)))
		out("jxl.jxl", bytes.fromhex("0000000c4a584c200d0a870a"), box(b"ftyp", b"jxl \0\0\0\0jxl "), free * 1000000)
	EOF
	survives top.mp4 inner.mp4 udta.mp4 traks.mp4 meta.heic zero.mp4 one.mp4 max.mp4 short.mp4 jxl.jxl
	warned top.mp4 ELIMIT
}

@test "HEIF: items that lie in themselves, refer to each other, and are too many" {
	make <<-'EOF'
		def infe(n, kind): return full(b"infe", 2, be(n, 2), be(0, 2), kind, b"\0")
		def extents(kind, method, *items):
		    return full(b"iloc", 1, b"\x44\0", be(len(items), 2),
		        *(be(n, 2) + be(method, 2) + be(0, 2) + be(1, 2) + be(at) + be(size) for n, at, size in items))
		def meta(*boxes): return full(b"meta", 0, full(b"hdlr", 0, be(0), b"pict", bytes(13)), full(b"pitm", 0, be(1, 2)), *boxes)
		def iinf(*items): return full(b"iinf", 0, be(len(items), 2), *items)
		out("self.heic", heic, meta(iinf(infe(1, b"Exif")), extents(b"Exif", 0, (1, 24, 4000))))
		out("idat.heic", heic, meta(iinf(infe(1, b"Exif")), extents(b"Exif", 1, (1, 0, 0xffffffff)), box(b"idat", b"x")))
		out("items.heic", heic, meta(iinf(infe(1, b"Exif"), infe(2, b"Exif")), extents(b"Exif", 2, (1, 0, 99), (2, 0, 99)),
		    full(b"iref", 0, box(b"iloc", be(1, 2) + be(1, 2) + be(2, 2)), box(b"iloc", be(2, 2) + be(1, 2) + be(1, 2)))))
		out("counts.heic", heic, meta(full(b"iinf", 1, be(0xffffffff)), full(b"iloc", 2, b"\x88\x80", be(0xffffffff))))
		out("many.heic", heic, meta(full(b"iinf", 1, be(100000), infe(1, b"Exif") * 100000),
		    full(b"iloc", 2, b"\x44\0", be(100000), (be(1) + be(0, 2) + be(0, 2) + be(1, 2) + be(0) + be(9)) * 100000)))
		out("parts.heic", heic, meta(iinf(infe(1, b"Exif")), full(b"iloc", 1, b"\x44\0", be(1, 2), be(1, 2) + be(0, 2) + be(0, 2) +
		    be(65535, 2) + (be(0) + be(60000)) * 65535)), bytes(60000))
		cycle = full(b"iref", 0, *(box(b"dimg", be(n, 2) + be(1, 2) + be(n % 1000 + 1, 2)) for n in range(1, 1001)))
		out("grid.heic", heic, meta(iinf(*(infe(n, b"grid") for n in range(1, 1001))), cycle))
		out("ipma.heic", heic, meta(iinf(infe(1, b"hvc1")), box(b"iprp", box(b"ipco", full(b"ispe", 0, be(8), be(8))),
		    full(b"ipma", 0, be(0xffffffff), be(1, 2) + b"\xff" + b"\x81" * 255))))
	EOF
	survives self.heic idat.heic items.heic counts.heic many.heic parts.heic grid.heic ipma.heic
}

@test "films: keys and samples without end" {
	make <<-'EOF'
		keys = full(b"keys", 0, be(0xffffffff), (be(9) + b"mdta" + b"x") * 100000)
		ilst = box(b"ilst", *(box(be(n % 100000), box(b"data", be(1) + be(0) + b"v")) for n in range(100000)))
		out("keys.mov", ftyp, box(b"moov", full(b"meta", 0, full(b"hdlr", 0, be(0), b"mdta", bytes(13)), keys, ilst)))
		out("stsd.mp4", ftyp, box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", full(b"stsd", 0, be(0xffffffff),
		    (be(8) + b"avc1") * 100000)))))))
		out("cmov.mov", ftyp, box(b"moov", box(b"cmov", box(b"dcom", b"zlib"), box(b"cmvd", be(0xffffffff) + bomb(100)))))
		out("mvhd.mp4", ftyp, box(b"moov", full(b"mvhd", 1, b"\xff" * 108)))
		out("moofs.mp4", ftyp, box(b"moov", full(b"mvhd", 0, bytes(96))), box(b"moof") * 200000)
	EOF
	survives keys.mov stsd.mp4 cmov.mov mvhd.mp4 moofs.mp4
}

@test "PNG: text that unpacks to 200 MB, a million chunks" {
	make <<-'EOF'
		huge = bomb(200)
		profile = b"\nexif\n%8d\n" % 100000000
		out("ztxt.png", png, chunk(b"zTXt", b"Comment\0\0" + huge), chunk(b"IEND", b""))
		out("raw.png", png, chunk(b"zTXt", b"Raw profile type exif\0\0" + bomb(200, profile)), chunk(b"IEND", b""))
		out("itxt.png", png, chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + huge), chunk(b"IEND", b""))
		out("iccp.png", png, chunk(b"iCCP", b"x\0\0" + huge), chunk(b"IEND", b""))
		out("many.png", png, chunk(b"zTXt", b"Comment\0\0" + bomb(2)) * 200, chunk(b"IEND", b""))
		out("million.png", png, chunk(b"tEXt", b"") * 1000000)
		out("texts.png", png, *(chunk(b"tEXt", b"Key%d\0value" % n) for n in range(60000)))
		out("sizes.png", png, be(0xffffffff) + b"eXIf", be(0x7fffffff) + b"tEXt")
		out("exif.png", png, chunk(b"eXIf", tiff(ifd([entry(0x8769, 4, 1, 8)], 8))), chunk(b"IEND", b""))
	EOF
	survives ztxt.png raw.png itxt.png iccp.png many.png million.png texts.png sizes.png exif.png
}

@test "WebP, AVI: chunks in chunks, a million of them, sizes beyond the file" {
	make <<-'EOF'
		def nest(depth):
		    return b"".join(b"LIST" + le(12 * (depth - n) - 8) + b"hdrl" for n in range(depth))
		out("deep.avi", riff(b"AVI ", nest(10000)))
		out("million.avi", riff(b"AVI ", piece(b"JUNK", b"") * 1000000))
		out("strl.avi", riff(b"AVI ", piece(b"LIST", b"hdrl" + piece(b"LIST", b"strl" + piece(b"strh", bytes(56))) * 50000)))
		out("info.avi", riff(b"AVI ", piece(b"LIST", b"INFO" + piece(b"ISFT", b"x" * 50) * 60000)))
		out("size.avi", b"RIFF" + le(0xffffffff) + b"AVI LIST" + le(0xffffffff) + b"hdrlavih" + le(0xfffffffe) + bytes(50))
		out("million.webp", riff(b"WEBP", piece(b"VP8X", bytes(10)), piece(b"EXIF", b"") * 1000000))
		out("exif.webp", riff(b"WEBP", piece(b"VP8X", b"\x08" + bytes(9)), piece(b"EXIF", tiff(ifd([entry(0x8769, 4, 1, 8)], 8)))))
		out("riffs.avi", riff(b"AVI ") * 100000)
	EOF
	survives deep.avi million.avi strl.avi info.avi size.avi million.webp exif.webp riffs.avi
}

@test "Matroska: elements of unknown size, in each other, without end" {
	make <<-'EOF'
		segment_ = bytes.fromhex("18538067")
		out("unknown.mkv", matroska, segment_ + unknown + bytes.fromhex("1549A966") + unknown + bytes(1000))
		out("segments.mkv", matroska, (segment_ + unknown) * 10000)
		tag = b""
		deep = (bytes.fromhex("67C8") + unknown) * 10000
		out("tags.mkv", matroska, segment_ + unknown + bytes.fromhex("1254C367") + unknown + bytes.fromhex("7373") + unknown + deep)
		body = b""
		for n in range(2000):
		    body = ebml("67C8", body)
		out("nested.mkv", matroska, ebml("18538067", ebml("1254C367", ebml("7373", body))))
		out("void.mkv", matroska, segment_ + unknown + b"\xec\x80" * 1000000)
		out("clusters.mkv", matroska, segment_ + unknown + (bytes.fromhex("1F43B675") + unknown + b"\xe7\x81\0") * 200000)
		seek = ebml("4DBB", ebml("53AB", bytes.fromhex("114D9B74")) + ebml("53AC", be(0)))
		out("seek.mkv", matroska, ebml("18538067", ebml("114D9B74", seek * 10000)))
		out("size.mkv", matroska, segment_ + vint((1 << 56) - 2) + bytes.fromhex("1549A966") + vint((1 << 56) - 2) + b"x")
		tags = b"".join(ebml("67C8", ebml("45A3", b"TAG%d" % n) + ebml("4487", b"value")) for n in range(50000))
		out("many.mkv", matroska, ebml("18538067", ebml("1254C367", ebml("7373", tags))))
		out("tracks.mkv", matroska, ebml("18538067", ebml("1654AE6B", ebml("AE", ebml("D7", b"\1")) * 100000)))
	EOF
	survives unknown.mkv segments.mkv tags.mkv nested.mkv void.mkv clusters.mkv seek.mkv size.mkv many.mkv tracks.mkv
}

@test "ASF, FLV, MPEG: objects without end" {
	make <<-'EOF'
		def guid(text): return bytes.fromhex(text)
		def obj(ident, body): return guid(ident) + le(24 + len(body), 8) + body
		head = "3026B2758E66CF11A6D900AA0062CE6C"
		ext = "B503BF5F2EA9CF118EE300C00C205365"
		library = "941C23449894D149A1411D134E457054"
		content = "40A4D0D207E3D21197F000A0C95EA850"
		out("zero.wmv", obj(head, le(0xffffffff) + b"\1\2" + guid(ext) + le(0, 8)))
		out("million.wmv", obj(head, le(0xffffffff) + b"\1\2" + obj("00" * 16, b"") * 200000))
		nested = b""
		for n in range(1000):
		    nested = obj(ext, bytes(18) + le(len(nested)) + nested)
		out("nested.wmv", obj(head, le(1) + b"\1\2" + nested))
		out("library.wmv", obj(head, le(1) + b"\1\2" + obj(ext, bytes(18) + le(60000) + obj(library, le(65535, 2) + bytes(60000)))))
		out("content.wmv", obj(head, le(1) + b"\1\2" + obj(content, le(65535, 2) + (le(4, 2) + b"a\0\0\0" + le(0, 2) + le(65535, 2)) * 6000)))
		def script(body): return b"\x12" + be(len(body), 3) + bytes(7) + body + be(len(body) + 11)
		flv = b"FLV\1\5" + be(9) + be(0)
		meta = b"\2\0\x0aonMetaData"
		out("deep.flv", flv, script(meta + (b"\3\0\1a") * 100000))
		out("arrays.flv", flv, script(meta + (b"\x0a" + be(0xffffffff)) * 100000))
		out("count.flv", flv, script(meta + b"\x08" + be(0xffffffff) + b"\0\1a\0" + bytes(8)))
		out("tags.flv", flv, script(b"") * 500000)
		out("zeros.flv", flv, bytes(1000000))
		out("ts.mts", (bytes(4) + b"G\x1f\xff\x10" + b"\xff" * 184) * 20000)
		out("pat.mts", (bytes(4) + b"G\x40\0\x10\0\0\xb0\x0d" + b"\xff" * 180) * 20000)
	EOF
	survives zero.wmv million.wmv nested.wmv library.wmv content.wmv deep.flv arrays.flv count.flv tags.flv zeros.flv ts.mts pat.mts
}

@test "PSD, GIF: resources and blocks without end" {
	make <<-'EOF'
		psd = b"8BPS\0\1" + bytes(6) + be(3, 2) + be(8) + be(8) + be(8, 2) + be(3, 2) + be(0)
		def resources(body): return be(len(body)) + body
		out("many.psd", psd, resources(b"8BIM\4\4\0\0\0\0\0\0" * 100000))
		out("size.psd", psd, be(0xffffffff), b"8BIM\4\x24\0\0", be(0xffffffff), b"x" * 1000)
		out("colours.psd", psd[:-4], be(0xfffffff0), b"x")
		gif = b"GIF89a\x08\0\x08\0\0\0\0"
		out("blocks.gif", gif, b"\x21\xff\x0bXMP DataXMP" + (b"\xff" + b"x" * 255) * 20000)
		out("comments.gif", gif, b"\x21\xfe\1x\0" * 300000)
		out("frames.gif", gif, (b"\x2c" + bytes(8) + b"\0\2\1\0\0") * 100000)
	EOF
	survives many.psd size.psd colours.psd blocks.gif comments.gif frames.gif
}

@test "raw formats of their own: directories in themselves, counts without end" {
	make <<-'EOF'
		# CRW: a heap whose directory has an entry that is the heap
		heap = b"\0" * 20 + le(1, 2) + le(0x300a, 2) + le(36) + le(0) + le(20)
		out("self.crw", b"II\x1a\0\0\0HEAPCCDR" + bytes(12), heap)
		entries = 5000
		out("many.crw", b"II\x1a\0\0\0HEAPCCDR" + bytes(12), le(entries, 2), (le(0x300a, 2) + le(10 * entries + 6) + le(0)) * entries, le(0))
		raf = b"FUJIFILMCCD-RAW 0201FF000000" + b"X-T1".ljust(32, b"\0") + b"0100" + bytes(20)
		out("self.raf", raf, be(84) + be(0xffff) + be(92) + be(0xffffffff) + bytes(100))
		out("count.raf", raf, be(0) + be(0) + be(108) + be(60000) + be(0) + be(0), be(0xffffffff) + bytes(60000))
		out("big.mrw", b"\0MRM" + be(0xfffffff0) + b"\0TTW" + be(0xfffffff0) + tiff(ifd([entry(0x8769, 4, 1, 8)], 8)))
		out("many.mrw", b"\0MRM" + be(800000) + (b"\0PAD" + be(0)) * 100000)
		out("dir.x3f", b"FOVb" + le(0x20003) + bytes(200) + b"SECd" + le(0x20000) + le(0xffffffff) + le(208))
		out("prop.x3f", b"FOVb" + le(0x20003) + bytes(32) + b"SECp" + le(0x20000) + le(0xffffffff) + le(0) + le(0) + le(0xffffffff) +
		    b"SECd" + le(0x20000) + le(1) + le(40) + le(1000) + b"PROP" + le(64))
		out("iiq.iiq", b"II*\0" + le(40) + b"IIIITwaR" + le(16) + le(0) + le(0xffffffff) + bytes(12) + ifd([]) + bytes(1000))
	EOF
	survives self.crw many.crw self.raf count.raf big.mrw many.mrw dir.x3f prop.x3f iiq.iiq
}

@test "a film of 8 GB whose index is at its end, a Matroska of 1 GB, a raw of 100 MB: little is read" {
	make <<-'EOF'
		def sparse(name, head, at, tail, size):
		    with open(name, "wb") as f:
		        f.write(head)
		        f.seek(at)
		        f.write(tail)
		        f.truncate(max(size, at + len(tail)))
		mvhd = full(b"mvhd", 0, be(3000000000) + be(0) + be(1000) + be(5000) + bytes(80))
		start = len(ftyp)
		sparse("film.mp4", ftyp + be(1) + b"mdat" + be((8 << 30) - start, 8), 8 << 30, box(b"moov", mvhd), 0)
		info = ebml("1549A966", ebml("2AD7B1", be(1000000)) + ebml("4461", be(700000000 * 10**9, 8)))
		front = bytes.fromhex("18538067") + unknown
		at = 1 << 30
		base = len(matroska) + len(front)
		seek = ebml("114D9B74", ebml("4DBB", ebml("53AB", bytes.fromhex("1549A966")) + ebml("53AC", be(at - base, 8))))
		cluster = bytes.fromhex("1F43B675") + vint(at - base - len(seek) - 12)
		sparse("film.mkv", matroska + front + seek + cluster, at, info, 0)
		last = ifd([entry(0x10f, 2, 4, 0x636241), entry(0x132, 2, 20, 8)])
		sparse("raw.dng", tiff(b"2024:05:01 12:00:00\0", first=100 << 20), 100 << 20, last, 0)
	EOF
	little film.mp4
	[ "$(jqr '[.type, .duration_s, .taken] | map(tostring) | join(" ")' out)" = 'mp4 5 1999-01-24T05:20:00Z' ]
	little film.mkv
	[ "$(jqr '[.type, .taken] | join(" ")' out)" = 'mkv 2023-03-08T20:26:40Z' ]
	little raw.dng
	[ "$(jqr '[.type, .make] | join(" ")' out)" = 'tiff Abc' ]
}
