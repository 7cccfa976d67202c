/*
 * Sigma's raw format: a head with the picture's size, sections, and at the end the place of their directory.  The
 * section PROP is a list of names and values; later cameras also have a JPEG with Exif in it.  All numbers are
 * little-endian, all text of PROP is UTF-16.
 *
 * Source: Foveon's X3F raw image file format specification; exiftool's documentation of tag names (SigmaRaw).
 */
#include <string.h>

#include "base/num.h"
#include "format/format.h"
#include "format/raw/embedded.h"
#include "meta/exif/tags.h"

#define HEAD_LEN 40
#define HEAD4_LEN 52 /* from version 4 on */
#define SECTIONS_MAX 256
#define PROP_SECTION_MAX (128u << 10)
#define TEXT_MAX 256 /* characters of a value */
#define JPEG_HEAD 28
#define GROUP "SigmaRaw"

struct x3f {
	struct reader *r;
	bool has_exif;
};

enum kind { WORD, NUMBER, TIME };

/* What the names of PROP mean; a row without a field is only a tag. */
static const struct prop {
	const char *key, *name;
	enum kind kind;
	int field; /* -1: none */
} props[] = {
    {"CAMMANUF", "Make", WORD, MEDIA_MAKE},
    {"CAMMODEL", "Model", WORD, MEDIA_MODEL},
    {"CAMNAME", "CameraName", WORD, -1},
    {"CAMSERIAL", "SerialNumber", WORD, MEDIA_SERIAL},
    {"FIRMVERS", "FirmwareVersion", WORD, -1},
    {"TIME", "DateTimeOriginal", TIME, -1},
    {"SHUTTER", "ExposureTime", NUMBER, MEDIA_EXPOSURE},
    {"APERTURE", "FNumber", NUMBER, MEDIA_F_NUMBER},
    {"ISO", "ISO", NUMBER, MEDIA_ISO},
    {"FLENGTH", "FocalLength", NUMBER, MEDIA_FOCAL},
    {"FLEQ35MM", "FocalLengthIn35mmFormat", NUMBER, MEDIA_FOCAL35},
    {"EXPCOMP", "ExposureCompensation", NUMBER, -1},
    {"PMODE", "ExposureProgram", WORD, -1},
    {"AEMODE", "MeteringMode", WORD, -1},
    {"AFMODE", "FocusMode", WORD, -1},
    {"DRIVE", "DriveMode", WORD, -1},
    {"FLASH", "FlashMode", WORD, -1},
    {"LENSARANGE", "LensApertureRange", WORD, -1},
    {"LENSFRANGE", "LensFocalRange", WORD, -1},
    {"LENSMODEL", "LensType", WORD, -1},
    {"RESOLUTION", "Quality", WORD, -1},
    {"WB_DESC", "WhiteBalance", WORD, -1},
};

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < 4 || memcmp(head, "FOVb", 4) != 0)
		return NULL;
	return "x3f";
}

static void
read_head(struct reader *r)
{
	const uint8_t *p = reader_at(r, 0, HEAD_LEN), *size;
	uint32_t rotation;

	if (p == NULL)
		return;
	size = p + 28;
	if (src_le16(p + 6) >= 4) { /* the version: minor, major */
		if ((p = reader_at(r, 0, HEAD4_LEN)) == NULL)
			return;
		size = p + 40;
	}
	if (src_le32(size) > 0 && src_le32(size + 4) > 0)
		reader_set_size(r, src_le32(size), src_le32(size + 4));
	rotation = src_le32(size + 8);
	if (rotation <= 270 && rotation % 90 == 0)
		media_set_number(r->info, MEDIA_ORIENTATION, "\1\6\3\10"[rotation / 90]);
}

/* A text up to its NUL, or as far as there is room, as ASCII; other characters become '?'.  Returns its length. */
static size_t
ascii(const uint8_t *p, size_t len, char *out, size_t max)
{
	size_t n;

	for (n = 0; n + 1 < max && 2 * n + 1 < len && (p[2 * n] != 0 || p[2 * n + 1] != 0); n++)
		out[n] = (char)(p[2 * n + 1] == 0 && p[2 * n] < 0x80 ? p[2 * n] : '?');
	out[n] = '\0';
	return n;
}

static void
set_prop(struct x3f *x, const char *key, const uint8_t *value, size_t len)
{
	const struct prop *row = props, *end = props + sizeof props / sizeof props[0];
	struct slice name;
	char text[TEXT_MAX];
	struct when w;
	double v;

	while (row < end && strcmp(row->key, key) != 0)
		row++;
	name = row < end ? (struct slice){row->name, strlen(row->name)} : (struct slice){key, strlen(key)};
	len = ascii(value, len, text, sizeof text);
	tags_text(x->r, GROUP, name, text, len);
	if (row == end)
		return;
	if (row->kind == WORD && row->field >= 0)
		media_set_utf16(x->r->info, (enum media_field)row->field, value, 2 * len, false);
	else if (row->kind != WORD && num_parse_double(text, len, &v)) {
		if (row->kind == TIME && v > 0 && v < 1e11) /* in the time of its own clock */
			media_set_clock(x->r->info, MEDIA_DATE_X3F_TIME, (int64_t)v, &w);
		else if (row->field >= 0 && v > 0)
			media_set_number(x->r->info, (enum media_field)row->field, v);
	}
}

/* PROP: a head of 24 bytes, the places of names and values, the characters. */
static void
read_props(struct x3f *x, uint64_t at, uint32_t len)
{
	const uint8_t *p, *chars;
	size_t got, n, i, size;
	char key[32];

	if (len > PROP_SECTION_MAX) {
		media_warn(x->r->info, FAIL_LIMIT, "X3F: only the first %u KiB of the properties were read",
		    PROP_SECTION_MAX >> 10);
		len = PROP_SECTION_MAX;
	}
	if ((p = reader_some(x->r, at, len, &got)) == NULL)
		return;
	if (got < len)
		media_warn(x->r->info, FAIL_TRUNCATED, "X3F: the file ends within the properties");
	if (got < 24 || memcmp(p, "SECp", 4) != 0 || src_le32(p + 12) != 0)
		return;
	if ((n = src_le32(p + 8)) > (got - 24) / 8) {
		media_warn(x->r->info, FAIL_FORMAT, "X3F: %zu properties do not fit their section", n);
		return;
	}
	chars = p + 24 + 8 * n;
	size = got - 24 - 8 * n;
	for (i = 0; i < n; i++) {
		uint32_t name = src_le32(p + 24 + 8 * i), value = src_le32(p + 28 + 8 * i);

		if (name >= size / 2 || value >= size / 2)
			continue;
		ascii(chars + 2 * (size_t)name, size - 2 * (size_t)name, key, sizeof key);
		set_prop(x, key, chars + 2 * (size_t)value, size - 2 * (size_t)value);
	}
}

/* A picture: only one that is a JPEG (type 2, format 18) with Exif at its beginning counts. */
static void
read_image(struct x3f *x, uint64_t at, uint32_t len)
{
	const uint8_t *p;
	size_t got;

	if (x->has_exif || len <= JPEG_HEAD + 4 || (p = reader_some(x->r, at, JPEG_HEAD + 4, &got)) == NULL ||
	    got < JPEG_HEAD + 4 || memcmp(p, "SECi\0\0\2\0\2\0\0\0\x12\0\0\0", 16) != 0 ||
	    memcmp(p + JPEG_HEAD, "\xff\xd8\xff\xe1", 4) != 0)
		return;
	x->has_exif = true;
	embedded_read(x->r, at + JPEG_HEAD, len - JPEG_HEAD);
}

static void
read_directory(struct x3f *x, uint64_t at)
{
	uint8_t entries[SECTIONS_MAX * 12];
	const uint8_t *p = reader_at(x->r, at, 12), *e;
	size_t got, n;

	if (p == NULL)
		return;
	if (memcmp(p, "SECd", 4) != 0) {
		media_warn(x->r->info, FAIL_FORMAT, "X3F: no directory where one should be");
		return;
	}
	if ((n = src_le32(p + 8)) > SECTIONS_MAX) {
		media_warn(x->r->info, FAIL_LIMIT, "X3F: only the first %d of %zu sections were read", SECTIONS_MAX, n);
		n = SECTIONS_MAX;
	}
	if ((p = reader_some(x->r, at + 12, n * 12, &got)) == NULL)
		return;
	memcpy(entries, p, got);
	for (e = entries; e + 12 <= entries + got && !x->r->failed; e += 12) {
		if (memcmp(e + 8, "PROP", 4) == 0)
			read_props(x, src_le32(e), src_le32(e + 4));
		else if (memcmp(e + 8, "IMA", 3) == 0)
			read_image(x, src_le32(e), src_le32(e + 4));
	}
}

static void
read_x3f(struct reader *r)
{
	const uint8_t *p;

	read_head(r);
	if (reader_size(r) >= HEAD_LEN && (p = reader_at(r, reader_size(r) - 4, 4)) != NULL)
		read_directory(&(struct x3f){.r = r}, src_le32(p));
}

const struct format_reader format_x3f = {bid, read_x3f};
