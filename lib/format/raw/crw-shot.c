/*
 * What one record says is set at once; what needs several (the focal length and its unit, the sensitivity, the serial
 * number and the model) is put together at the end.
 *
 * Source: Canon, CIFF specification on image data file 1.0 r4; exiftool's documentation of tag names (CanonRaw, Canon
 * CameraSettings, ShotInfo and FocalLength).
 */
#include "format/raw/crw-shot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meta/exif/makernote.h"
#include "meta/exif/tags.h"

#define GROUP "CanonRaw"

static double
get_float(const struct crw_shot *s, const uint8_t *p)
{
	uint32_t bits = crw_get32(s, p);
	float f;

	memcpy(&f, &bits, sizeof f);
	return f;
}

/* The index-th number of a record of 16-bit numbers; 0 where it has none. */
static int
word(const struct crw_shot *s, const struct crw_record *r, size_t index)
{
	return 2 * index + 2 <= r->len ? (int16_t)crw_get16(s, r->p + 2 * index) : 0;
}

static void
set_text(struct crw_shot *s, const char *name, int field, const uint8_t *p, size_t len)
{
	const char *text = (const char *)p;

	len = strnlen(text, len);
	if (field >= 0)
		media_set_text(s->r->info, (enum media_field)field, text, len);
	tags_text(s->r, GROUP, (struct slice){name, strlen(name)}, text, len);
}

static void
tag_number(struct crw_shot *s, const char *name, double v)
{
	tags_number(s->r, GROUP, (struct slice){name, strlen(name)}, v);
}

/* A number that no camera has comes of damage. */
static void
set_number(struct crw_shot *s, enum media_field f, double v)
{
	static const struct {
		enum media_field field;
		const char *name;
		double min, max;
	} rows[] = {
	    {MEDIA_EXPOSURE, "ExposureTime", 1e-6, 1e5},
	    {MEDIA_F_NUMBER, "FNumber", 0.1, 1000},
	    {MEDIA_ISO, "ISO", 1, 1e7},
	    {MEDIA_FOCAL, "FocalLength", 0.1, 1e5},
	    {MEDIA_WIDTH, "ImageWidth", 1, 1e6},
	    {MEDIA_HEIGHT, "ImageHeight", 1, 1e6},
	};
	size_t i;

	for (i = 0; rows[i].field != f; i++)
		;
	if (!(v >= rows[i].min && v <= rows[i].max))
		return;
	media_set_number(s->r->info, f, v);
	tag_number(s, rows[i].name, v);
}

static void
set_camera(struct crw_shot *s, const struct crw_record *r)
{
	size_t make = r->len < 6 ? r->len : 6;

	set_text(s, "Make", MEDIA_MAKE, r->p, make);
	set_text(s, "Model", MEDIA_MODEL, r->p + make, r->len - make);
}

/* Seconds of the camera's clock; what its zone means is not told well enough to be used. */
static void
set_time(struct crw_shot *s, const struct crw_record *r)
{
	struct when w;
	char text[32];
	int len;

	if (r->len < 4 || !media_set_clock(s->r->info, MEDIA_DATE_CRW_CAPTURE, crw_get32(s, r->p), &w))
		return;
	len = snprintf(
	    text, sizeof text, "%04d:%02d:%02d %02d:%02d:%02d", w.year, w.month, w.day, w.hour, w.minute, w.second);
	tags_text(s->r, GROUP, (struct slice){"DateTimeOriginal", 16}, text, (size_t)len);
}

static void
set_image(struct crw_shot *s, const struct crw_record *r)
{
	uint32_t rotation;

	if (r->len >= 4)
		set_number(s, MEDIA_WIDTH, crw_get32(s, r->p));
	if (r->len >= 8)
		set_number(s, MEDIA_HEIGHT, crw_get32(s, r->p + 4));
	if (r->len < 16)
		return;
	rotation = crw_get32(s, r->p + 12);
	if (rotation <= 270 && rotation % 90 == 0)
		media_set_number(s->r->info, MEDIA_ORIENTATION, "\1\6\3\10"[rotation / 90]);
	tag_number(s, "Rotation", (int32_t)rotation);
}

/* Steps in 32nds, where 12 and 20 stand for thirds. */
static double
steps(int v)
{
	int part = abs(v) & 0x1f, whole = abs(v) - part;
	double fraction = part == 0x0c ? 32.0 / 3 : part == 0x14 ? 64.0 / 3 : part;

	return (v < 0 ? -1 : 1) * (whole + fraction) / 32;
}

static void
keep_shot(struct crw_shot *s, const struct crw_record *r)
{
	s->auto_iso = exp2(word(s, r, 1) / 32.0) * 100;
	s->base_iso = word(s, r, 2) > 0 ? exp2(word(s, r, 2) / 32.0) * 100 / 32 : 0;
	if (r->len >= 46) {
		s->f_number = exp2(steps(word(s, r, 21)) / 2);
		s->exposure = exp2(-steps(word(s, r, 22)));
	}
}

static void
keep_settings(struct crw_shot *s, const struct crw_record *r)
{
	static const uint16_t named[] = {50, 100, 200, 400, 800}; /* 16 to 20 */
	int iso = word(s, r, 16);

	if (iso > 0 && (iso & 0x4000) != 0)
		s->camera_iso = iso & 0x3fff;
	else if (iso >= 16 && iso <= 20)
		s->camera_iso = named[iso - 16];
	s->focal_units = word(s, r, 25);
}

/* Exposure in steps, for cameras without ShotInfo. */
static void
keep_exposure(struct crw_shot *s, const struct crw_record *r)
{
	double shutter, aperture;

	if (r->len < 12)
		return;
	shutter = get_float(s, r->p + 4);
	aperture = get_float(s, r->p + 8);
	if (s->exposure == 0 && fabs(shutter) < 100)
		s->exposure = exp2(-shutter);
	if (s->f_number == 0 && aperture > 0 && aperture < 32)
		s->f_number = exp2(aperture / 2);
}

static void
set_comment(struct crw_shot *s, const struct crw_record *r)
{
	if (r->describes)
		set_text(s, "CanonFileDescription", -1, r->p, r->len);
	else
		set_text(s, "UserComment", MEDIA_DESCRIPTION, r->p, r->len);
}

static void
keep_base_iso(struct crw_shot *s, const struct crw_record *r)
{
	if (s->base_iso == 0)
		s->base_iso = word(s, r, 0);
}

static void
keep_focal(struct crw_shot *s, const struct crw_record *r)
{
	s->focal = word(s, r, 1);
}

static void
keep_serial(struct crw_shot *s, const struct crw_record *r)
{
	s->serial = r->len >= 4 ? crw_get32(s, r->p) : 0;
}

static void
tag_file_number(struct crw_shot *s, const struct crw_record *r)
{
	if (r->len >= 4)
		tag_number(s, "FileNumber", crw_get32(s, r->p));
}

/* What is made of a record; without a function it is a text. */
static const struct row {
	uint16_t tag;
	void (*keep)(struct crw_shot *s, const struct crw_record *r);
	const char *name;
	int field; /* -1: none */
} rows[] = {
    {0x0805, set_comment, NULL, -1},
    {0x080a, set_camera, NULL, -1},
    {0x080b, NULL, "CanonFirmwareVersion", -1},
    {0x0810, NULL, "OwnerName", -1},
    {0x0815, NULL, "CanonImageType", -1},
    {0x0816, NULL, "OriginalFileName", MEDIA_ORIGINAL_NAME},
    {0x101c, keep_base_iso, NULL, -1},
    {0x1029, keep_focal, NULL, -1},
    {0x102a, keep_shot, NULL, -1},
    {0x102d, keep_settings, NULL, -1},
    {0x180b, keep_serial, NULL, -1},
    {0x180e, set_time, NULL, -1},
    {0x1810, set_image, NULL, -1},
    {0x1817, tag_file_number, NULL, -1},
    {0x1818, keep_exposure, NULL, -1},
};

static const struct row *
find_row(uint16_t tag)
{
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0] && rows[i].tag != tag; i++)
		;
	return i < sizeof rows / sizeof rows[0] ? &rows[i] : NULL;
}

bool
crw_is_wanted(uint16_t tag)
{
	return find_row(tag) != NULL;
}

void
crw_record(struct crw_shot *s, uint16_t tag, const struct crw_record *r)
{
	const struct row *row = find_row(tag);

	if (row != NULL && row->keep != NULL)
		row->keep(s, r);
	else if (row != NULL)
		set_text(s, row->name, row->field, r->p, r->len);
}

void
crw_end(struct crw_shot *s)
{
	double iso = s->camera_iso > 0 ? s->camera_iso : nearbyint(s->base_iso * s->auto_iso / 100);
	char serial[CANON_SERIAL_MAX];
	size_t len;

	set_number(s, MEDIA_EXPOSURE, s->exposure);
	set_number(s, MEDIA_F_NUMBER, s->f_number);
	set_number(s, MEDIA_ISO, iso);
	set_number(s, MEDIA_FOCAL, s->focal / (s->focal_units > 0 ? s->focal_units : 1));
	if (s->serial == 0 ||
	    !media_text_has(s->r->info, MEDIA_MODEL, "EOS")) /* other cameras have another number there */
		return;
	len = makernote_canon_serial(s->r->info, s->serial, serial);
	set_text(s, "SerialNumber", MEDIA_SERIAL, (const uint8_t *)serial, len);
}
