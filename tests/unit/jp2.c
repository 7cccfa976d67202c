/* JPEG 2000: sizes, metadata in uuid boxes, bare codestreams. */
#include "boxes.h"

#define XMP                                                                                                     \
	"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" \
	"<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title><rdf:Alt>"                      \
	"<rdf:li xml:lang='x-default'>Title</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"

#define UUID_XMP "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac"
#define UUID_IPTC "\x33\xc7\xa4\xd2\xb8\x1d\x47\x23\xa0\xba\xf1\xa3\xe0\x97\xad\x38"
#define UUID_EXIF2 "\x05\x37\xcd\xab\x9d\x0c\x44\x31\xa7\x2a\xfa\x56\x1f\x2a\x11\x3e"

#define SIZ(x, y, left, top)        \
	"\xff\x4f\xff\x51\0\57\0\0" \
	"\0\0" x "\0\0" y "\0\0\0" left "\0\0\0" top

#define EOC "\xff\xd9"

static void
boxed(struct buf *b)
{
	buf_clear(b, 1 << 16);
	LEAF(b, "jP  ", "\r\n\x87\n");
	LEAF(b, "ftyp", "jp2 \0\0\0\0jp2 ");
}

static void
add_header(struct buf *b)
{
	size_t at = begin(b, "jp2h");

	LEAF(b, "colr", "\1\0\0\0\0\0\20");
	LEAF(b, "ihdr", "\0\0\0\202\0\0\0\310\0\3\7\7\0\0");
	end(b, at);
}

static void
add_exif(struct buf *b, const char *before, size_t len)
{
	static const struct made_tag tags[] = {ASCII(DIR0, 0x10f, "Maker")};
	static struct made block;
	size_t at = begin(b, "uuid");

	made_tiff(&block, tags, 1);
	buf_add(b, before, len);
	buf_add(b, block.p, block.len);
	end(b, at);
}

static void
test_boxes(void)
{
	struct buf b = {0};

	boxed(&b);
	add_header(&b);
	add_exif(&b, "JpgTiffExif->JP2", 16);
	LEAF(&b, "uuid", UUID_XMP XMP);
	LEAF(&b, "jp2c", SIZ("\1\1", "\1\1", "\0", "\0") EOC);
	check(&b, "make=Maker width=200 height=130 title=Title", "header, Exif, XMP");

	boxed(&b);
	LEAF(&b, "jp2c", SIZ("\2\3", "\1\2", "\3", "\2"));
	add_exif(&b, "JpgTiffExif->JP2Exif\0\0", 22);
	check(&b, "make=Maker width=512 height=256", "no header; Exif with a mark, behind the picture");

	boxed(&b);
	add_header(&b);
	add_exif(&b, UUID_EXIF2, 16);
	LEAF(&b, "uuid", "0123456789abcdefwho knows");
	LEAF(&b, "uuid", UUID_IPTC "\x1c\2\5\0\5Title");
	check(&b, "make=Maker width=200 height=130 title=Title", "another uuid for Exif, IPTC");

	boxed(&b);
	add_header(&b);
	add_header(&b);
	b.p[b.len - 10] = 9;
	check(&b, "width=200 height=130", "the first header counts");
	buf_fini(&b);
}

static void
test_codestreams(void)
{
	struct buf b = {0};

	buf_clear(&b, 0);
	buf_add(&b, SIZ("\2\3", "\1\2", "\3", "\2") EOC, 26);
	check(&b, "width=512 height=256", "a bare codestream");
	b.len = 23;
	check(&b, "ETRUNCATED", "that ends within its size");
	buf_clear(&b, 0);
	buf_add(&b, SIZ("\0\3", "\1\2", "\3", "\2") EOC, 26);
	check(&b, "EFORMAT", "that begins behind its end");
	buf_fini(&b);
}

static void
test_damage(void)
{
	struct buf b = {0}, out = {0};
	size_t failures = 0;

	boxed(&b);
	check(&b, "EFORMAT", "no picture");
	LEAF(&b, "uuid", "short");
	LEAF(&b, "uuid", "JpgTiffExif->JP2");
	LEAF(&b, "uuid", "JpgTiffExif->JP2II");
	LEAF(&b, "uuid", "JpgTiffExif->JP2no Exif at all");
	add_header(&b);
	check(&b, "width=200 height=130 EFORMAT", "uuid boxes with little in them");

	boxed(&b);
	add_header(&b);
	LEAF(&b, "uuid", UUID_XMP XMP);
	add_exif(&b, "JpgTiffExif->JP2", 16);
	for (size_t len = 0; len < b.len; len++)
		failures += strcmp(reading(&b, len, &out), "failed") == 0;
	for (size_t i = 0; i < b.len; i++) {
		b.p[i] ^= 0x7f;
		failures += strcmp(reading(&b, b.len, &out), "failed") == 0;
		b.p[i] ^= 0x7f;
	}
	tap_ok(failures == 0, "cuts and changed bytes are no failures");

	boxed(&b);
	for (int i = 0; i < 20000; i++)
		begin(&b, "jp2h"); /* of size 0, each within the one before */
	check(&b, "EFORMAT", "headers within headers");
	buf_fini(&b);
	buf_fini(&out);
}

int
main(void)
{
	test_boxes();
	test_codestreams();
	test_damage();
	return tap_done();
}
