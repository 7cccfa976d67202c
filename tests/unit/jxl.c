/* JPEG XL: sizes as the codestream has them bit by bit, metadata in boxes, plain and compressed. */
#include <brotli/encode.h>

#include "boxes.h"

#define XMP                                                                                                     \
	"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" \
	"<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title><rdf:Alt>"                      \
	"<rdf:li xml:lang='x-default'>Title</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"

/* Bits are written lowest first, in pairs of value and count. */
struct bit {
	uint32_t v;
	unsigned n;
};

static void
codestream(struct buf *b, const struct bit *bit)
{
	unsigned have = 0, byte = 0;

	buf_adds(b, "\xff\x0a");
	for (; bit->n > 0; bit++) {
		for (unsigned i = 0; i < bit->n; i++) {
			byte |= (bit->v >> i & 1) << have;
			if (++have == 8) {
				buf_addc(b, (char)byte);
				have = byte = 0;
			}
		}
	}
	if (have > 0)
		buf_addc(b, (char)byte);
}

static void
test_sizes(void)
{
	static const struct {
		struct bit bit[12];
		const char *want, *what;
	} rows[] = {
	    {{{1, 1}, {0, 5}, {1, 3}, {1, 1}}, "width=8 height=8", "small and square"},
	    {{{1, 1}, {31, 5}, {0, 3}, {2, 5}, {1, 1}}, "width=24 height=256", "small, each of its own"},
	    {{{0, 1}, {0, 2}, {129, 9}, {0, 3}, {0, 2}, {199, 9}, {1, 1}}, "width=200 height=130", "nine bits"},
	    {{{0, 1}, {1, 2}, {3023, 13}, {3, 3}, {1, 1}}, "width=4032 height=3024", "four to three"},
	    {{{0, 1}, {1, 2}, {99, 13}, {2, 3}, {1, 1}}, "width=120 height=100", "twelve to ten"},
	    {{{0, 1}, {2, 2}, {99, 18}, {4, 3}, {1, 1}}, "width=150 height=100", "three to two"},
	    {{{0, 1}, {0, 2}, {89, 9}, {5, 3}, {1, 1}}, "width=160 height=90", "sixteen to nine"},
	    {{{0, 1}, {0, 2}, {3, 9}, {6, 3}, {1, 1}}, "width=5 height=4", "five to four"},
	    {{{0, 1}, {3, 2}, {(1 << 30) - 1, 30}, {7, 3}, {1, 1}}, "width=2147483648 height=1073741824",
		"the largest"},
	    {{{1, 1}, {0, 5}, {1, 3}, {0, 1}, {1, 1}, {5, 3}, {0, 1}}, "width=8 height=8 orientation=6", "orientation"},
	    {{{1, 1}, {0, 5}, {1, 3}, {0, 1}, {1, 1}, {0, 3}, {0, 1}}, "width=8 height=8", "upright"},
	    {{{1, 1}, {0, 5}, {1, 3}, {0, 1}, {0, 1}, {5, 3}}, "width=8 height=8", "nothing extra"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&b, 0);
		codestream(&b, rows[i].bit);
		check(&b, rows[i].want, rows[i].what);
	}
	b.len = 3;
	check(&b, "ETRUNCATED", "a codestream that ends too early");
	buf_fini(&b);
}

static void
boxed(struct buf *b)
{
	buf_clear(b, 1 << 20);
	LEAF(b, "JXL ", "\r\n\x87\n");
	LEAF(b, "ftyp", "jxl \0\0\0\0jxl ");
}

static void
add_stream(struct buf *b, const char *type, const char *before, size_t len)
{
	static const struct bit bits[] = {{1, 1}, {0, 5}, {1, 3}, {1, 1}, {0, 0}};
	size_t at = begin(b, type);

	buf_add(b, before, len);
	codestream(b, bits);
	end(b, at);
}

/* An Exif block in a box, behind its offset and perhaps a mark. */
static void
add_exif(struct buf *b, const char *mark, size_t len)
{
	static const struct made_tag tags[] = {ASCII(DIR0, 0x10f, "Maker"), SHORT(DIR0, 0x112, 3)};
	static struct made block;
	size_t at = begin(b, "Exif");

	made_tiff(&block, tags, 2);
	buf_add(b, mark, len);
	buf_add(b, block.p, block.len);
	end(b, at);
}

/* Puts the last box, which begins at `at`, into a compressed one. */
static void
compress_last(struct buf *b, size_t at)
{
	static uint8_t out[1 << 16];
	size_t len = sizeof out, brob;
	char type[4];

	memcpy(type, b->p + at + 4, 4);
	if (BrotliEncoderCompress(5, 22, BROTLI_MODE_GENERIC, b->len - at - 8, (uint8_t *)b->p + at + 8, &len, out) ==
	    BROTLI_FALSE)
		abort();
	b->len = at;
	brob = begin(b, "brob");
	buf_add(b, type, 4);
	buf_add(b, out, len);
	end(b, brob);
}

#define ALL "make=Maker width=8 height=8 orientation=3 title=Title"

static void
test_boxes(void)
{
	struct buf b = {0};
	size_t at;

	boxed(&b);
	add_exif(&b, "\0\0\0\0", 4);
	LEAF(&b, "xml ", XMP);
	add_stream(&b, "jxlc", "", 0);
	check(&b, ALL, "metadata before the picture");

	boxed(&b);
	LEAF(&b, "jxll", "\12");
	add_stream(&b, "jxlp", "\0\0\0\0", 4);
	LEAF(&b, "jxlp", "\x80\0\0\1more");
	add_exif(&b, "\0\0\0\6Exif\0\0", 10);
	LEAF(&b, "xml ", XMP);
	check(&b, ALL, "metadata behind a picture in parts, Exif with its mark");

	boxed(&b);
	at = b.len;
	add_exif(&b, "\0\0\0\0Exif\0\0", 10);
	compress_last(&b, at);
	at = b.len;
	LEAF(&b, "xml ", XMP);
	compress_last(&b, at);
	at = b.len;
	LEAF(&b, "jumb", "whatever");
	compress_last(&b, at);
	add_stream(&b, "jxlc", "", 0);
	check(&b, ALL, "compressed metadata");
	buf_fini(&b);
}

static void
test_damage(void)
{
	struct buf b = {0}, out = {0}, zeroes = {0};
	static uint8_t bomb[1 << 16];
	size_t at, failures = 0, len = sizeof bomb;

	boxed(&b);
	check(&b, "EFORMAT", "no picture");
	LEAF(&b, "jxlc", "xxxx");
	check(&b, "EFORMAT", "a picture without its signature");
	boxed(&b);
	LEAF(&b, "brob", "xml no brotli, this");
	LEAF(&b, "brob", "xml");
	LEAF(&b, "Exif", "\0\0\1\0xxxxxxxxxxxx");
	LEAF(&b, "Exif", "\0\0");
	add_stream(&b, "jxlc", "", 0);
	check(&b, "width=8 height=8 EFORMAT EFORMAT", "boxes that hold nothing good");

	boxed(&b);
	at = b.len;
	LEAF(&b, "xml ", XMP);
	compress_last(&b, at);
	b.len -= 20;
	check(&b, "ETRUNCATED ETRUNCATED ETRUNCATED EFORMAT", "compressed XMP that the file cuts off");

	film_zeros(&zeroes, 64 << 20);
	if (BrotliEncoderCompress(9, 24, BROTLI_MODE_GENERIC, zeroes.len, (uint8_t *)zeroes.p, &len, bomb) ==
	    BROTLI_FALSE)
		abort();
	buf_fini(&zeroes);
	boxed(&b);
	at = begin(&b, "brob");
	buf_adds(&b, "xml ");
	buf_add(&b, bomb, len);
	end(&b, at);
	add_stream(&b, "jxlc", "", 0);
	check(&b, "width=8 height=8 ELIMIT", "64 MiB in a few bytes");

	boxed(&b);
	for (size_t i = 0; i < 9; i++)
		LEAF(&b, "brob", "xml \xff\xff");
	LEAF(&b, "xml ", XMP);
	check(&b, "title=Title EFORMAT ELIMIT EFORMAT", "many compressed boxes are no work without end");

	boxed(&b);
	add_stream(&b, "jxlp", "\0\0\0\0", 4);
	at = b.len;
	add_exif(&b, "\0\0\0\0", 4);
	compress_last(&b, at);
	LEAF(&b, "xml ", XMP);
	for (len = 0; len < b.len; len++)
		failures += strcmp(reading(&b, len, &out), "failed") == 0;
	for (size_t i = 0; i < b.len; i++) {
		b.p[i] ^= 0x7f;
		failures += strcmp(reading(&b, b.len, &out), "failed") == 0;
		b.p[i] ^= 0x7f;
	}
	tap_ok(failures == 0, "cuts and changed bytes are no failures");
	buf_fini(&b);
	buf_fini(&out);
}

int
main(void)
{
	test_sizes();
	test_boxes();
	test_damage();
	return tap_done();
}
