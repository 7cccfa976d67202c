/*
 * The packs of a camcorder.  A pack has four bytes; longer values go on in the packs that follow.  Quotients are of
 * two 16-bit numbers, dates in binary-coded decimals as on DV tapes.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "format/stream/dv.h"
#include "format/stream/h264.h"
#include "media/media.h"
#include "meta/exif/tags.h"

enum {
	TIME_CODE = 0x13,
	DATE = 0x18, /* zone, century, year, month; then day, hour, minute, second */
	SHUTTER = 0x7f,
	EXPOSURE = 0xa0,
	F_NUMBER = 0xa1,
	FOCAL35 = 0xa9,
	LAT_REF = 0xb1,
	LAT = 0xb2,
	LON_REF = 0xb5,
	LON = 0xb6,
	ALT_REF = 0xb9,
	ALT = 0xba,
	GPS_TIME = 0xbb,
	GPS_STATUS = 0xbe,
	GPS_DATE = 0xca,
	MAKE = 0xe0,
	MODEL = 0xe4
};

#define SHUTTER_UNITS_S 28125.0 /* of the shutter pack, in a second */
#define MAKE_SONY 0x0108

struct packs {
	struct reader *r;
	bool has[256];
	uint8_t value[256 + 3][4];
};

static bool
has_run(const struct packs *k, unsigned first, unsigned n)
{
	while (n > 0 && k->has[first + n - 1])
		n--;
	return n == 0;
}

/* Hours in bits 1 to 4, the half hour in bit 0, west in bit 5; bit 6 tells of summer time, and is part of the hours. */
static void
set_zone(struct when *w, uint8_t zone)
{
	int minutes = (zone >> 1 & 15) * 60 + (zone & 1) * 30;

	if ((zone & 0x80) != 0 || minutes > 14 * 60)
		return;
	w->zone = WHEN_OFFSET;
	w->offset_min = (zone & 0x20) != 0 ? -minutes : minutes;
}

static void
set_date(struct packs *k)
{
	const uint8_t *p = (const uint8_t *)k->value + sizeof k->value[0] * DATE; /* two packs of four bytes */
	struct when w;
	char text[DV_TEXT];
	bool blank = true;

	if (!has_run(k, DATE, 2))
		return;
	for (int i = 1; i <= DV_DATE; i++)
		blank &= p[i] == 0 || p[i] == 0xff;
	if (blank)
		return;
	if (!dv_when(p + 1, true, text, &w) || w.precision != WHEN_SECOND) {
		media_warn_no_date(k->r->info);
		return;
	}
	set_zone(&w, p[0]);
	media_set_date(k->r->info, MEDIA_DATE_AVCHD, &w, media_basis_of(&w));
	tags_when(k->r, "H264", slice_of("DateTimeOriginal"), &w);
}

/* NAN: none. */
static double
quotient(const struct packs *k, unsigned pack)
{
	uint16_t n = src_be16(k->value[pack]), d = src_be16(k->value[pack] + 2);

	return k->has[pack] && d != 0 && n != 0xffff ? (double)n / d : NAN;
}

static void
set_number(struct packs *k, enum media_field f, const char *name, double v)
{
	if (!(v > 0))
		return;
	media_set_number(k->r->info, f, v);
	tags_number(k->r, "H264", slice_of(name), v);
}

static void
set_exposure(struct packs *k)
{
	unsigned shutter = src_le16(k->value[SHUTTER] + 2) & 0x7fff;

	set_number(k, MEDIA_EXPOSURE, "ExposureTime", quotient(k, EXPOSURE));
	if (k->has[SHUTTER] && shutter != 0x7fff)
		set_number(k, MEDIA_EXPOSURE, "ExposureTime", shutter / SHUTTER_UNITS_S);
	set_number(k, MEDIA_F_NUMBER, "FNumber", quotient(k, F_NUMBER));
	set_number(k, MEDIA_FOCAL35, "FocalLengthIn35mmFormat", quotient(k, FOCAL35));
}

static void
set_text(struct packs *k, enum media_field f, const char *name, const char *text, size_t len)
{
	media_set_text(k->r->info, f, text, len);
	tags_text(k->r, "H264", slice_of(name), text, len);
}

static void
set_camera(struct packs *k)
{
	static const struct {
		uint16_t id;
		const char *make;
	} makes[] = {{0x0103, "Panasonic"}, {MAKE_SONY, "Sony"}, {0x1011, "Canon"}, {0x1104, "JVC"}};
	uint16_t id = src_be16(k->value[MAKE]);
	const char *model = (const char *)k->value[MODEL];

	if (!k->has[MAKE])
		return;
	for (size_t i = 0; i < sizeof makes / sizeof makes[0]; i++) {
		if (makes[i].id == id)
			set_text(k, MEDIA_MAKE, "Make", makes[i].make, strlen(makes[i].make));
	}
	if (id == MAKE_SONY && has_run(k, MODEL, 3))
		set_text(k, MEDIA_MODEL, "Model", model, strnlen(model, 12));
}

/* Degrees, minutes and seconds, each a quotient. */
static double
degrees(const struct packs *k, unsigned first, unsigned ref, char negative)
{
	double d = quotient(k, first) + quotient(k, first + 1) / 60 + quotient(k, first + 2) / 3600;

	return k->has[ref] && k->value[ref][0] == (uint8_t)negative ? -d : d;
}

static void
set_gps_time(struct packs *k)
{
	double h = quotient(k, GPS_TIME), m = quotient(k, GPS_TIME + 1), s = quotient(k, GPS_TIME + 2);
	const char *date = (const char *)k->value[GPS_DATE];
	struct when w;

	if (!has_run(k, GPS_DATE, 3) || !(h < 24) || !(m < 60) || !(s < 60) ||
	    !when_parse(date, strnlen(date, 12), &w) || w.precision != WHEN_DAY)
		return;
	w.hour = (int)h;
	w.minute = (int)m;
	w.second = (int)s;
	w.precision = WHEN_SECOND;
	w.zone = WHEN_UTC;
	if (k->r->info->gps.precision == WHEN_NONE)
		k->r->info->gps = w;
}

static void
set_position(struct packs *k)
{
	double lat = degrees(k, LAT, LAT_REF, 'S'), lon = degrees(k, LON, LON_REF, 'W'), alt = quotient(k, ALT);

	if (k->has[GPS_STATUS] && k->value[GPS_STATUS][0] == 'V')
		return;
	set_gps_time(k);
	if (isnan(lat) || isnan(lon))
		return;
	if (!media_set_position(k->r->info, lat, lon, !isnan(alt) || k->r->info->gps.precision != WHEN_NONE))
		return;
	media_set_number(k->r->info, MEDIA_ALT, k->has[ALT_REF] && src_be32(k->value[ALT_REF]) != 0 ? -alt : alt);
	tags_number(k->r, "GPS", slice_of("GPSLatitude"), lat);
	tags_number(k->r, "GPS", slice_of("GPSLongitude"), lon);
	tags_number(k->r, "GPS", slice_of("GPSAltitude"), alt);
}

static void
tag_time_code(struct packs *k)
{
	const uint8_t *p = k->value[TIME_CODE];
	char text[16];

	if (!k->has[TIME_CODE] || k->r->info->tags == NULL)
		return;
	snprintf(text, sizeof text, "%02x:%02x:%02x:%02x", p[3], p[2], p[1], p[0]);
	tags_text(k->r, "H264", slice_of("TimeCode"), text, strlen(text));
}

void
h264_camera(struct reader *r, const uint8_t *p, size_t len)
{
	struct packs k = {.r = r};
	size_t count = len > 0 ? p[0] : 0;

	if (count > (len > 0 ? (len - 1) / 5 : 0)) {
		media_warn(r->info, FAIL_FORMAT, "the camera's data in the H.264 stream is cut off");
		count = len > 0 ? (len - 1) / 5 : 0;
	}
	for (size_t i = 0; i < count; i++) {
		const uint8_t *pack = p + 1 + 5 * i;

		if (!k.has[pack[0]])
			memcpy(k.value[pack[0]], pack + 1, 4);
		k.has[pack[0]] = true;
	}
	tag_time_code(&k);
	set_date(&k);
	set_camera(&k);
	set_exposure(&k);
	set_position(&k);
}
