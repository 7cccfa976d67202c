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
	    {"rw2", "U\0", 2, 2},
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

int
main(void)
{
	struct media_info info = {0};

	test_files(&info);
	test_heads(&info);
	test_far(&info);
	test_exif(&info);
	media_fini(&info);
	return tap_done();
}
