/* CR3: Canon's four blocks in a film of pictures. */
#include "boxes.h"

#define CANON "\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48"
#define T1904 2082844800u
#define DAY1 (T1904 + 1714557600u) /* 2024-05-01T10:00:00Z */

static const struct made_tag cmt1[] = {
    ASCII(DIR0, 0x10f, "Canon"),
    ASCII(DIR0, 0x110, "Canon EOS R6"),
    SHORT(DIR0, 0x112, 6),
    ASCII(DIR0, 0x13b, "Artist"),
};
static const struct made_tag cmt2[] = {
    RATIONAL(DIR0, 0x829a, 1, 100),
    ASCII(DIR0, 0x9003, "2024:05:01 12:00:00"),
    ASCII(DIR0, 0x9011, "+02:00"),
    ASCII(DIR0, 0x9291, "72"),
};
static const struct made_tag cmt3[] = {
    ASCII(DIR0, 0x95, "RF50mm F1.2 L USM"),
    LONG(DIR0, 0x0c, 1234567890),
};
static const struct made_tag cmt4[] = {
    ASCII(DIR0, 1, "N"),
    RATIONALS(DIR0, 2, 3, 37, 1, 30, 1, 0, 1),
    ASCII(DIR0, 3, "W"),
    RATIONALS(DIR0, 4, 3, 122, 1, 15, 1, 0, 1),
};

static const struct part {
	const char *type;
	const struct made_tag *tags;
	size_t n;
} parts[] = {{"CMT1", cmt1, 4}, {"CMT2", cmt2, 4}, {"CMT3", cmt3, 2}, {"CMT4", cmt4, 4}};

/* The parts in an order given by their numbers. */
static void
add_canon(struct buf *b, const char *order)
{
	static struct made block;
	size_t uuid = begin(b, "uuid"), at;

	buf_add(b, CANON, 16);
	LEAF(b, "CNCV", "CanonCR3_001/00.09.00/00.00.00");
	for (; *order != '\0'; order++) {
		const struct part *p = &parts[*order - '1'];

		block.big_endian = *order == '2'; /* each has an order of its own */
		made_tiff(&block, p->tags, p->n);
		at = begin(b, p->type);
		buf_add(b, block.p, block.len);
		end(b, at);
	}
	LEAF(b, "THMB", "\0\0\0\0");
	end(b, uuid);
}

static void
raw(struct buf *b, const char *order)
{
	size_t moov, trak, mdia, minf, stbl, at;

	buf_clear(b, 1 << 20);
	LEAF(b, "ftyp", "crx \0\0\0\1crx isom");
	moov = begin(b, "moov");
	add_canon(b, order);
	at = begin(b, "mvhd");
	u32(b, 0);
	u32(b, DAY1);
	u32(b, DAY1);
	u32(b, 1);
	u32(b, 1);
	film_zeros(b, 80);
	end(b, at);
	trak = begin(b, "trak");
	mdia = begin(b, "mdia");
	LEAF(b, "hdlr", "\0\0\0\0\0\0\0\0vide\0\0\0\0\0\0\0\0\0\0\0\0\0");
	minf = begin(b, "minf");
	stbl = begin(b, "stbl");
	at = begin(b, "stsd");
	film_zeros(b, 12);
	buf_adds(b, "CRAW");
	film_zeros(b, 24);
	u16(b, 5472);
	u16(b, 3648);
	film_zeros(b, 50);
	end(b, at);
	end(b, stbl);
	end(b, minf);
	end(b, mdia);
	end(b, trak);
	end(b, moov);
	at = begin(b, "mdat");
	film_zeros(b, 100);
	end(b, at);
}

#define DATES "EXIF_ORIGINAL=2024-05-01T12:00:00.72+02:00/zoned MVHD=2024-05-01T10:00:00Z/utc "

int
main(void)
{
	static const char *const orders[] = {"1234", "4321", "2143"};
	struct buf b = {0}, out = {0};
	size_t failures = 0;

	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		raw(&b, orders[i]);
		check(&b,
		    DATES "make=Canon model=Canon EOS R6 lens=RF50mm F1.2 L USM serial=1234567890 width=5472 "
			  "height=3648 orientation=6 duration_s=1 exposure_s=0.01 lat=37.5 lon=-122.25 artist=Artist",
		    orders[i]);
	}
	raw(&b, "2");
	check(&b, DATES "width=5472 height=3648 duration_s=1 exposure_s=0.01", "the Exif directory alone");
	raw(&b, "3");
	check(&b, "MVHD=2024-05-01T10:00:00Z/utc width=5472 height=3648 duration_s=1", "a note without its maker");
	raw(&b, "");
	check(&b, "MVHD=2024-05-01T10:00:00Z/utc width=5472 height=3648 duration_s=1", "no blocks");
	raw(&b, "1112");
	check(&b,
	    DATES "make=Canon model=Canon EOS R6 width=5472 height=3648 orientation=6 duration_s=1 "
		  "exposure_s=0.01 artist=Artist",
	    "a block three times");
	tap_ok(strstr(tags_of(&b, &out), "\"IFD0:Make\":\"Canon\"") != NULL &&
		   strstr(out.p, "\"ExifIFD:ExposureTime\":0.01") != NULL,
	    "all tags");
	raw(&b, "1234");
	for (size_t len = 0; len < b.len; len++)
		failures += strcmp(reading(&b, len, &out), "failed") == 0;
	for (size_t i = 0; i < b.len; i++) {
		b.p[i] ^= 0x7f;
		failures += strcmp(reading(&b, b.len, &out), "failed") == 0;
		b.p[i] ^= 0x7f;
	}
	tap_ok(failures == 0, "cuts and changed bytes are no failures");
	buf_fini(&b);
	buf_fini(&out);
	return tap_done();
}
