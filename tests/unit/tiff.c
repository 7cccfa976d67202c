/* TIFF files: which directory is the picture, and which raw format it is. */
#include "made.h"
#include "tap.h"

#define MAKE(text) ASCII(DIR0, 0x10f, text)
#define MODEL(text) ASCII(DIR0, 0x110, text)
#define CFA(dir) SHORT(dir, 0x106, 32803)
#define SIZE(dir, w, h) LONG(dir, 0x100, w), LONG(dir, 0x101, h)
#define SUBTYPE(dir, v) LONG(dir, 0xfe, v)

static const struct {
	const char *what, *type;
	double width, height;
	struct made_tag tags[8];
} files[] = {
    {"one image", "tiff", 640, 480, {SIZE(DIR0, 640, 480)}},
    {"sizes as shorts", "tiff", 640, 480, {SHORT(DIR0, 0x100, 640), SHORT(DIR0, 0x101, 480)}},
    {"a second page", "tiff", 640, 480, {SIZE(DIR0, 640, 480), SIZE(DIR1, 6400, 4800), SUBTYPE(DIR1, 2)}},
    {"a second page that is called full", "tiff", 640, 480,
	{SIZE(DIR0, 640, 480), SIZE(DIR1, 6400, 4800), SUBTYPE(DIR1, 0)}},
    {"a thumbnail, then the image", "tiff", 6400, 4800,
	{SIZE(DIR0, 160, 120), SUBTYPE(DIR0, 1), SIZE(DIR1, 6400, 4800), SUBTYPE(DIR1, 0)}},
    {"a thumbnail by the old tag", "tiff", 6400, 4800,
	{SIZE(DIR0, 160, 120), SUBTYPE(DIR0, 1), SIZE(DIR1, 6400, 4800), SHORT(DIR1, 0xff, 1)}},
    {"the image below", "tiff", 6400, 4800,
	{SIZE(DIR0, 160, 120), SUBTYPE(DIR0, 1), SIZE(DIR_SUB, 6400, 4800), SUBTYPE(DIR_SUB, 0)}},
    {"a smaller copy below", "tiff", 6400, 4800,
	{SIZE(DIR0, 6400, 4800), SUBTYPE(DIR0, 0), SIZE(DIR_SUB, 160, 120), SUBTYPE(DIR_SUB, 1)}},
    {"no size", "tiff", 0, 0, {MAKE("Acme")}},
    {"DNG", "dng", 640, 480, {SIZE(DIR0, 640, 480), BYTES(DIR0, 0xc612, T_BYTE, "\1\4\0\0"), MAKE("Canon")}},
    {"NEF", "nef", 640, 480, {SIZE(DIR_SUB, 640, 480), CFA(DIR_SUB), MAKE("NIKON CORPORATION"), MODEL("NIKON D3")}},
    {"NEF by its compression", "nef", 0, 0, {SHORT(DIR_SUB, 0x103, 34713), MAKE("NIKON CORPORATION")}},
    {"NRW", "nrw", 0, 0, {CFA(DIR_SUB), MAKE("NIKON"), MODEL("COOLPIX P7000")}},
    {"a picture from a Nikon, edited", "tiff", 640, 480, {SIZE(DIR0, 640, 480), MAKE("NIKON CORPORATION")}},
    {"ARW", "arw", 0, 0, {CFA(DIR_SUB), MAKE("SONY"), MODEL("ILCE-7")}},
    {"ARW whose image is cut off", "arw", 0, 0, {LONG(DIR0, 0xc634, 1), MAKE("SONY")}},
    {"SR2", "sr2", 0, 0, {CFA(DIR_SUB), MAKE("SONY"), MODEL("DSC-R1")}},
    {"PEF", "pef", 0, 0, {CFA(DIR0), MAKE("PENTAX Corporation")}},
    {"SRW", "srw", 0, 0, {CFA(DIR_SUB), MAKE("SAMSUNG")}},
    {"SRW by its compression", "srw", 0, 0, {SHORT(DIR_SUB, 0x103, 32772), MAKE("SAMSUNG")}},
    {"MOS", "mos", 640, 480, {SIZE(DIR0, 640, 480), BYTES(DIR0, 0x8606, T_BYTE, "PKTS\0")}},
    {"KDC by Kodak's own directory", "kdc", 0, 0, {LONG(DIR0, 0xfe00, 8), MAKE("EASTMAN KODAK COMPANY")}},
    {"3FR", "3fr", 0, 0, {CFA(DIR_SUB), MAKE("Hasselblad")}},
    {"KDC", "kdc", 0, 0, {CFA(DIR_SUB), MAKE("EASTMAN KODAK COMPANY")}},
    {"DCR", "dcr", 0, 0, {CFA(DIR_SUB), MAKE("Kodak"), MODEL("Kodak DCS Pro")}},
    {"raw of an unknown maker", "tiff", 0, 0, {CFA(DIR0), MAKE("Acme")}},
};

static size_t
count_tags(const struct made_tag *tags, size_t max)
{
	size_t n = 0;

	while (n < max && tags[n].tag != 0)
		n++;
	return n;
}

static bool
is(const struct media_info *info, const char *type, double width, double height)
{
	return info->type != NULL && strcmp(info->type, type) == 0 && info->mime != NULL &&
	       info->field[MEDIA_WIDTH].number == width && info->field[MEDIA_HEIGHT].number == height;
}

static void
test_files(struct media_info *info)
{
	static struct made m;

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		for (int form = 0; form < 4; form++) {
			m.big_endian = form & 1;
			m.wide = form & 2;
			made_tiff(&m, files[i].tags, count_tags(files[i].tags, 8));
			made_read(m.p, m.len, NULL, info);
			tap_ok(is(info, files[i].type, files[i].width, files[i].height), "%s, form %d (%s)",
			    files[i].what, form, info->type);
		}
	}
}

/* What the head says by itself. */
static void
test_heads(struct media_info *info)
{
	static const struct {
		const char *type, *bytes;
		size_t at, len;
	} heads[] = {
	    {"cr2", "CR\2\0", 8, 4},
	    {"iiq", "IIII", 8, 4},
	    {"raw", "U\0", 2, 2},
	    {"jxr", "\xbc\1", 2, 2},
	    {"orf", "RO", 2, 2},
	    {"orf", "RS", 2, 2},
	};
	static const struct made_tag size[] = {SIZE(DIR0, 640, 480)};
	static struct made m;

	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
		m = (struct made){0};
		made_tiff(&m, size, 2);
		memmove(m.p + 16, m.p + 8, m.len - 8);
		m.len += 8;
		made_put(&m, 4, 16, 4);
		memcpy(m.p + heads[i].at, heads[i].bytes, heads[i].len);
		made_read(m.p, m.len, NULL, info);
		tap_ok(is(info, heads[i].type, 640, 480), "%s (%s)", heads[i].type, info->type);
	}
}

/* The picture's directory at the end of a file far longer than the head. */
static void
test_far(struct media_info *info)
{
	static const struct made_tag size[] = {SIZE(DIR0, 640, 480), MAKE("Acme cameras")};
	static struct made m;
	size_t behind; /* the header */

	m = (struct made){0};
	made_tiff(&m, size, 3);
	behind = m.len - 8;
	memmove(m.p + 200000, m.p + 8, behind);
	made_put(&m, 4, 200000, 4);
	made_put(&m, 200000 + 2 + 24 + 8, 200000 + behind - sizeof "Acme cameras", 4);
	m.len = 200000 + behind;
	made_read(m.p, m.len, NULL, info);
	tap_ok(is(info, "tiff", 640, 480), "a directory far behind the head");
	tap_ok(strcmp(made_field(info, MEDIA_MAKE), "Acme cameras") == 0, "and a value there");
}

static void
test_exif(struct media_info *info)
{
	static const struct made_tag tags[] = {
	    SIZE(DIR0, 640, 480), ASCII(DIR_EXIF, 0x9003, "2024:05:01 12:00:00"), SHORT(DIR_EXIF, 0x8827, 400)};
	static struct made m;

	m = (struct made){0};
	made_tiff(&m, tags, 4);
	made_read(m.p, m.len, NULL, info);
	tap_ok(strcmp(made_date(&info->date[MEDIA_DATE_EXIF_ORIGINAL].when), "2024-05-01T12:00:00") == 0 &&
		   strcmp(made_field(info, MEDIA_ISO), "400") == 0,
	    "Exif in a TIFF file");
}

/* Makes room of n bytes behind the header; what IFD0 points to moves along, but not what lies further below. */
static void
make_room(struct made *m, size_t n)
{
	size_t entries = src_le16(m->p + src_le32(m->p + 4)), at = 8 + n + 2;

	memmove(m->p + 8 + n, m->p + 8, m->len - 8);
	memset(m->p + 8, 0, n);
	m->len += n;
	made_put(m, 4, 8 + n, 4);
	for (size_t i = 0; i < entries; i++, at += 12) {
		uint16_t tag = src_le16(m->p + at);

		if (src_le32(m->p + at + 4) * made_size(src_le16(m->p + at + 2)) > 4 || tag == 0x8769 || tag == 0x14a)
			made_put(m, at + 8, src_le32(m->p + at + 8) + n, 4);
	}
}

static bool
field_is(const struct media_info *info, enum media_field f, const char *want)
{
	return strcmp(made_field(info, f), want) == 0;
}

/* Panasonic's raw format: its own tags in the first directory, Exif in a JPEG that one of them holds. */
static void
test_panasonic(struct media_info *info)
{
	static const struct made_tag exif[] = {ASCII(DIR0, 0x131, "Ver.1.0"), SHORT(DIR_EXIF, 0x8827, 100),
	    ASCII(DIR_EXIF, 0x9003, "2008:08:06 15:21:56")};
	static const char mark[] = "\x88\xe7\x74\xd8\xf8\x25\x1d\x4d\x94\x7a\x6e\x77\x82\x2b\x5d\x6a";
	static struct made inner, jpeg, m;

	made_tiff(&inner, exif, 3);
	made_jpeg(&jpeg, &inner, 1920, 1440);
	for (int marked = 0; marked < 2; marked++) {
		struct made_tag tags[] = {SHORT(DIR0, 4, 8), SHORT(DIR0, 5, 16), SHORT(DIR0, 6, 2744),
		    SHORT(DIR0, 7, 3664), SHORT(DIR0, 0x17, 80),
		    {DIR0, 0x2e, T_UNDEF, jpeg.len, (const char *)jpeg.p, {0}}, MAKE("Panasonic")};

		made_tiff(&m, tags, 7);
		make_room(&m, 16);
		m.p[2] = 'U';
		if (marked)
			memcpy(m.p + 8, mark, 16);
		made_read(m.p, m.len, NULL, info);
		tap_ok(is(info, marked ? "rw2" : "raw", 3648, 2736), "the sensor's borders tell the size of %s",
		    info->type);
		tap_ok(field_is(info, MEDIA_ISO, "80") && field_is(info, MEDIA_SOFTWARE, "Ver.1.0") &&
			   strcmp(made_date(&info->date[MEDIA_DATE_EXIF_ORIGINAL].when), "2008-08-06T15:21:56") == 0,
		    "ISO of its own, Exif of the JPEG inside");
	}
	m.p[2] = '*';
	made_read(m.p, m.len, NULL, info);
	tap_ok(
	    is(info, "tiff", 0, 0) && field_is(info, MEDIA_ISO, ""), "such tags in any other file are not Panasonic's");
}

static void
put_iiq(struct made *m, size_t at, uint32_t tag, uint32_t format, uint32_t len, uint32_t value)
{
	made_put(m, at, tag, 4);
	made_put(m, at + 4, format, 4);
	made_put(m, at + 8, len, 4);
	made_put(m, at + 12, value, 4);
}

static void
test_iiq(struct media_info *info)
{
	struct made_tag tags[] = {SIZE(DIR0, 1, 1), SHORT(DIR_EXIF, 0xa002, 7320), SHORT(DIR_EXIF, 0xa003, 5484)};
	static struct made m;

	for (int n = 4; n >= 2; n -= 2) { /* with and without sizes in Exif */
		made_tiff(&m, tags, (size_t)n);
		make_room(&m, 220);
		memcpy(m.p + 8, "IIIICwaR\x20", 9);
		made_put(&m, 8 + 32, 8, 4);
		put_iiq(&m, 8 + 40, 0x10c, 4, 4, 7330);
		put_iiq(&m, 8 + 56, 0x10d, 4, 4, 5490);
		put_iiq(&m, 8 + 72, 0x102, 1, 9, 180);
		put_iiq(&m, 8 + 88, 0x112, 4, 4, 1371656661);
		put_iiq(&m, 8 + 104, 0x403, 4, 4, 0x42a00000);
		put_iiq(&m, 8 + 120, 0x400, 4, 4, 0x40c00000);
		put_iiq(&m, 8 + 136, 0x100, 4, 4, 1);
		put_iiq(&m, 8 + 152, 0x412, 1, 100, 0x7fffffff);
		memcpy(m.p + 8 + 180, "LD001055", 9);
		made_read(m.p, m.len, NULL, info);
		tap_ok(is(info, "iiq", n == 4 ? 7320 : 7330, n == 4 ? 5484 : 5490), "Phase One's size (%s)",
		    made_field(info, MEDIA_WIDTH));
		tap_ok(field_is(info, MEDIA_SERIAL, "LD001055") && field_is(info, MEDIA_FOCAL, "80") &&
			   field_is(info, MEDIA_EXPOSURE, "0.015625") && field_is(info, MEDIA_ORIENTATION, "6"),
		    "and its own tags");
		tap_ok(strcmp(made_date(&info->date[MEDIA_DATE_IIQ_ORIGINAL].when), "2013-06-19T15:44:21") == 0,
		    "its date");
		tap_ok(field_is(info, MEDIA_LENS, "") && made_warned(info, FAIL_TRUNCATED, "Phase One"),
		    "a value beyond the end costs that value");
	}
	made_put(&m, 8 + 32, 0x10000, 4);
	made_read(m.p, m.len, NULL, info);
	tap_ok(made_warned(info, FAIL_LIMIT, "entries") && field_is(info, MEDIA_SERIAL, "LD001055"),
	    "a directory of more entries than there are");
	made_put(&m, 16, 0xfffffff0, 4);
	made_read(m.p, m.len, NULL, info);
	tap_ok(is(info, "iiq", 1, 1) && made_warned(info, FAIL_TRUNCATED, "Phase One"), "a directory beyond the end");
}

#define STRIP(dir, at, len) LONG(dir, 0x111, at), LONG(dir, 0x117, len)
#define JPEG(dir, at, len) LONG(dir, 0x201, at), LONG(dir, 0x202, len)
#define CODING(dir, v) SHORT(dir, 0x103, v)
#define LAST(dir, tag, at)                 \
	{                                  \
		dir, tag, T_LONG, 3, NULL, \
		{                          \
			700, 800, at       \
		}                          \
	}
#define DIFFER(dir, tag, len)               \
	{                                   \
		dir, tag, T_SHORT, 3, NULL, \
		{                           \
			100, 100, len       \
		}                           \
	}

enum { PICTURE_END = 4096 };

/* Each file has PICTURE_END bytes. */
static const struct {
	const char *what;
	enum fail_code code; /* FAIL_NONE: nothing is said */
	struct made_tag tags[8];
} ends[] = {
    {"a strip that ends with the file", FAIL_NONE, {STRIP(DIR0, 1000, 3096)}},
    {"a strip that ends behind it", FAIL_TRUNCATED, {STRIP(DIR0, 1000, 3097)}},
    {"a strip that begins behind it", FAIL_TRUNCATED, {LONG(DIR0, 0x111, 4096)}},
    {"a strip without a length", FAIL_NONE, {LONG(DIR0, 0x111, 4095)}},
    {"no strip", FAIL_NONE, {STRIP(DIR0, 0, 5000)}},
    {"the last of some strips", FAIL_NONE, {LAST(DIR0, 0x111, 4000), DIFFER(DIR0, 0x117, 96)}},
    {"the last of some strips, cut", FAIL_TRUNCATED, {LAST(DIR0, 0x111, 4000), DIFFER(DIR0, 0x117, 97)}},
    {"the last of some tiles, cut", FAIL_TRUNCATED, {LAST(DIR0, 0x144, 4000), DIFFER(DIR0, 0x145, 97)}},
    {"a JPEG, cut", FAIL_TRUNCATED, {JPEG(DIR0, 1000, 3097)}},
    {"JPEG XR, cut", FAIL_TRUNCATED, {LONG(DIR0, 0xbcc0, 1000), LONG(DIR0, 0xbcc1, 3097)}},
    {"the picture below, cut", FAIL_TRUNCATED,
	{STRIP(DIR0, 1000, 96), SUBTYPE(DIR0, 1), STRIP(DIR_SUB, 2000, 3000), SUBTYPE(DIR_SUB, 0)}},
    {"the picture behind a thumbnail, cut", FAIL_TRUNCATED,
	{STRIP(DIR0, 1000, 96), SUBTYPE(DIR0, 1), STRIP(DIR1, 2000, 3000)}},
    {"a thumbnail, cut", FAIL_VALUE, {JPEG(DIR0, 1000, 4000), SUBTYPE(DIR0, 1)}},
    {"a smaller copy below, cut", FAIL_VALUE, {STRIP(DIR0, 1000, 96), STRIP(DIR_SUB, 2000, 3000), SUBTYPE(DIR_SUB, 1)}},
    {"the thumbnail of Exif, cut", FAIL_VALUE, {SUBTYPE(DIR0, 1), JPEG(DIR1, 2000, 3000)}},
    {"the length of what is not compressed", FAIL_NONE,
	{SIZE(DIR0, 40, 30), CODING(DIR0, 1), SHORT(DIR0, 0x102, 8), STRIP(DIR0, 2000, 5000)}},
    {"what is not compressed, cut", FAIL_TRUNCATED,
	{SIZE(DIR0, 40, 60), CODING(DIR0, 1), SHORT(DIR0, 0x102, 8), STRIP(DIR0, 2000, 5000)}},
    {"the length of the pixels for what is compressed", FAIL_NONE,
	{SIZE(DIR0, 40, 40), CODING(DIR0, 7), SHORT(DIR0, 0x102, 16), STRIP(DIR0, 1000, 3200)}},
    {"its own length", FAIL_TRUNCATED,
	{SIZE(DIR0, 80, 40), CODING(DIR0, 7), SHORT(DIR0, 0x102, 16), STRIP(DIR0, 1000, 3200)}},
    {"three samples of eight bits", FAIL_TRUNCATED,
	{SIZE(DIR0, 80, 40), CODING(DIR0, 6), SHORT(DIR0, 0x102, 8), SHORT(DIR0, 0x115, 3), STRIP(DIR0, 1000, 3200)}},
    {"Kodak's own offsets", FAIL_NONE, {STRIP(DIR0, 9000, 10), CFA(DIR0), MAKE("EASTMAN KODAK COMPANY")}},
    {"Sony's first", FAIL_NONE, {STRIP(DIR0, 9000, 10), CFA(DIR0), MAKE("SONY"), MODEL("DSC-F828")}},
};

/* Whether that is all that is said. */
static bool
says(const struct media_info *info, enum fail_code code)
{
	if (code == FAIL_NONE)
		return info->nwarnings == 0;
	return info->nwarnings == 1 && info->warning[0].code == code;
}

static void
test_ends(struct media_info *info)
{
	static struct made m;

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		for (int form = 0; form < 4; form++) {
			m.big_endian = form & 1;
			m.wide = form & 2;
			made_tiff(&m, ends[i].tags, count_tags(ends[i].tags, 8));
			made_read(m.p, PICTURE_END, NULL, info);
			tap_ok(says(info, ends[i].code), "%s, form %d", ends[i].what, form);
		}
	}
	m = (struct made){0};
}

/* Canon's picture of the sensor is in the last of the chain, which no other file is followed along. */
static void
test_canon_end(struct media_info *info)
{
	static const struct made_tag tags[] = {STRIP(DIR0, 1000, 96), STRIP(DIR1, 2000, 3000)};
	static struct made m;

	made_tiff(&m, tags, 4);
	made_read(m.p, PICTURE_END, NULL, info);
	tap_ok(says(info, FAIL_NONE), "another page");
	memmove(m.p + 16, m.p + 8, m.len - 8);
	made_put(&m, 4, 16, 4);
	memcpy(m.p + 8, "CR\2\0", 4);
	made_put(&m, 16 + 2 + 24, src_le32(m.p + 16 + 2 + 24) + 8, 4);
	made_read(m.p, PICTURE_END, NULL, info);
	tap_ok(strcmp(info->type, "cr2") == 0 && says(info, FAIL_TRUNCATED), "Canon's picture, cut");
}

/* Panasonic's length may be that of the pixels or none; 14 of these take 16 bytes at least. */
static void
test_panasonic_end(struct media_info *info)
{
	static const struct {
		const char *what;
		enum fail_code code;
		struct made_tag tags[6];
	} rows[] = {
	    {"as many as there is room for", FAIL_NONE,
		{SHORT(DIR0, 2, 70), SHORT(DIR0, 3, 38), LONG(DIR0, 0x111, 0xffffffff), LONG(DIR0, 0x117, 900000),
		    LONG(DIR0, 0x118, 1000)}},
	    {"more", FAIL_TRUNCATED, {SHORT(DIR0, 2, 70), SHORT(DIR0, 3, 39), LONG(DIR0, 0x118, 1000)}},
	    {"more, by the older tag", FAIL_TRUNCATED,
		{SHORT(DIR0, 2, 70), SHORT(DIR0, 3, 39), LONG(DIR0, 0x111, 1000)}},
	    {"more, in a version that compresses", FAIL_NONE,
		{SHORT(DIR0, 2, 70), SHORT(DIR0, 3, 39), LONG(DIR0, 0x118, 1000), SHORT(DIR0, 0x2d, 8)}},
	    {"none of that version", FAIL_TRUNCATED, {LONG(DIR0, 0x118, 5000), SHORT(DIR0, 0x2d, 8)}},
	};
	static struct made m;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		made_tiff(&m, rows[i].tags, count_tags(rows[i].tags, 6));
		m.p[2] = 'U';
		made_read(m.p, PICTURE_END, NULL, info);
		tap_ok(says(info, rows[i].code), "Panasonic's pixels: %s", rows[i].what);
	}
}

/* Canon's picture is the size that Exif tells; the directories are of previews. */
static void
test_canon(struct media_info *info)
{
	static const struct made_tag tags[] = {
	    SIZE(DIR0, 1536, 1024), SHORT(DIR_EXIF, 0xa002, 3456), SHORT(DIR_EXIF, 0xa003, 2304)};
	static const struct {
		const char *type, *mark;
	} heads[] = {{"cr2", "CR\2\0"}, {"tiff", "\xba\xb0\xac\xbb"}};
	static struct made m;

	for (size_t i = 0; i < 2; i++) {
		made_tiff(&m, tags, 4);
		make_room(&m, 8);
		memcpy(m.p + 8, heads[i].mark, 4);
		made_read(m.p, m.len, NULL, info);
		tap_ok(is(info, heads[i].type, 3456, 2304), "Canon's size is Exif's (%s)", info->type);
	}
}

/*
 * Directories that overlap, each of whose entries points to the same long text: each one's count of entries is the end
 * of another one's offset.
 */
static void
test_overlaps(struct media_info *info)
{
	enum { COUNT = 120, ENTRIES = 1100, FIRST = 8 + 2 + 12 * COUNT + 4, TEXT = 0x10000 + ENTRIES, LEN = 60000 };
	static struct made m;

	m.len = 0;
	m.big_endian = true;
	made_add(&m, "MM\0*\0\0\0\10", 8);
	made_put(&m, 8, COUNT, 2);
	for (size_t i = 0; i < COUNT; i++) {
		made_put(&m, m.len, 0x87690004, 4);
		made_put(&m, m.len, 1, 4);
		made_put(&m, m.len, FIRST + 12 * i, 4);
	}
	made_put(&m, FIRST, ENTRIES, 2);
	for (size_t i = 0; i < COUNT + ENTRIES; i++) {
		made_put(&m, m.len, 0x92860007, 4);
		made_put(&m, m.len, LEN, 4);
		made_put(&m, m.len, TEXT, 4);
	}
	made_put(&m, TEXT + LEN - 1, ' ', 1);
	made_read(m.p, m.len, NULL, info);
	tap_ok(strcmp(info->type, "tiff") == 0 && made_warned(info, FAIL_LIMIT, "limit"),
	    "the same text pointed to a hundred thousand times");
}

int
main(void)
{
	struct media_info info = {0};

	test_files(&info);
	test_heads(&info);
	test_far(&info);
	test_exif(&info);
	test_panasonic(&info);
	test_ends(&info);
	test_canon_end(&info);
	test_panasonic_end(&info);
	test_iiq(&info);
	test_canon(&info);
	test_overlaps(&info);
	media_fini(&info);
	return tap_done();
}
