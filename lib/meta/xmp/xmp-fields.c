/*
 * Which value is believed does not depend on the order in which they stand in the packet: when it has been read, the
 * rows of the table are gone through in theirs.
 */
#include "meta/xmp/xmp-fields.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/num.h"
#include "media/datetext.h"
#include "meta/xmp/xmp-rdf.h"

/* How a field is made of a property's values. */
enum how {
	NONE,
	TEXT,        /* the first, or the one in no particular language */
	JOINED,      /* all, with commas between them */
	ITEMS,       /* each is an item of a list */
	BRANCHES,    /* the same of the last parts of paths, where the list has no items yet */
	QUANTITY,    /* a quotient or decimal above 0 */
	ORIENTATION, /* 1 to 8 */
	STARS,       /* -1 to 5 */
	PERCENT,     /* of five stars */
	DATE
};

static const struct {
	enum how how;
	int what; /* enum media_field or enum media_date_source */
} rules[] = {
    [XMP_UNKNOWN] = {NONE, 0},
    [XMP_TOP] = {NONE, 0},
#define PROPERTY(name, in, ns, local, how, what) [XMP_##name] = {how, what},
#include "meta/xmp/xmp-properties.def"
};

/* A decimal number, or a quotient of two. */
static bool
parse_number(struct slice s, double *out)
{
	char text[64], *end;
	double v, denominator;

	if (s.p == NULL || s.len >= sizeof text)
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = '\0';
	if (text[strspn(text, "0123456789+-.eE/ \t\r\n")] != '\0')
		return false;
	v = strtod(text, &end);
	if (end == text)
		return false;
	if (*end == '/') {
		s.p = ++end;
		denominator = strtod(s.p, &end);
		if (end == s.p || denominator == 0)
			return false;
		v /= denominator;
	}
	*out = v;
	return end[strspn(end, " \t\r\n")] == '\0' && isfinite(v);
}

static void
set_texts(const struct xmp_values *x, struct media_info *info, enum media_field f, enum xmp_property p)
{
	struct buf all = {0};
	struct slice s;
	uint16_t i;

	for (i = x->first[p]; i > 0; i = x->value[i - 1].next) {
		s = xmp_values_text(x, i);
		if (all.len > 0)
			buf_adds(&all, ", ");
		buf_add(&all, s.p, s.len);
	}
	media_set_text(info, f, all.p, all.len);
	info->text.failed |= all.failed;
	buf_fini(&all);
}

/* What stands behind the last separator of a path of keywords. */
static struct slice
last_part(struct slice path, char separator)
{
	const char *p = memrchr(path.p, separator, path.len);

	return p == NULL ? path : (struct slice){p + 1, path.len - (size_t)(p + 1 - path.p)};
}

static void
add_items(const struct xmp_values *x, struct media_info *info, enum media_field f, enum xmp_property p)
{
	struct slice s;
	uint16_t i;

	for (i = x->first[p]; i > 0; i = x->value[i - 1].next) {
		s = xmp_values_text(x, i);
		if (p == XMP_HIERARCHICAL)
			s = last_part(s, '|');
		else if (p == XMP_TAGS_LIST)
			s = last_part(s, '/');
		media_add_item(info, f, s.p, s.len);
	}
}

static void
set_stars(struct media_info *info, enum how how, double v)
{
	if (how == PERCENT && (v < 1 || v > 100))
		return;
	if (how == PERCENT)
		v = v >= 88 ? 5 : v >= 63 ? 4 : v >= 38 ? 3 : v >= 13 ? 2 : 1;
	if (v >= -1 && v <= 5)
		media_set_number(info, MEDIA_RATING, v);
}

static void
set_number(struct media_info *info, enum how how, enum media_field f, double v)
{
	if (how == STARS || how == PERCENT)
		set_stars(info, how, v);
	else if (v > 0 && (how != ORIENTATION || (v <= 8 && v == floor(v))))
		media_set_number(info, f, v);
}

/* A sidecar's dates are rows of their own. */
static enum media_date_source
source_of(const struct media_info *info, enum media_date_source s)
{
	if (info->origin != MEDIA_FROM_SIDECAR)
		return s;
	return s == MEDIA_DATE_XMP_ORIGINAL       ? MEDIA_DATE_SIDECAR_ORIGINAL
	       : s == MEDIA_DATE_XMP_DATE_CREATED ? MEDIA_DATE_SIDECAR_DATE_CREATED
	       : s == MEDIA_DATE_XMP_DIGITIZED    ? MEDIA_DATE_SIDECAR_DIGITIZED
						  : MEDIA_DATE_SIDECAR_CREATE;
}

/* The fraction and the offset, where they are properties of their own, as Exif has them. */
static void
complete(const struct xmp_values *x, struct media_info *info, enum xmp_property p, struct when *w)
{
	bool original = p == XMP_ORIGINAL;
	struct slice fraction, offset;
	const char *odd;
	struct when read;
	char text[32];
	int n;

	if ((!original && p != XMP_DIGITIZED) || w->precision < WHEN_SECOND)
		return;
	fraction = xmp_values_first(x, original ? XMP_SUBSEC_ORIGINAL : XMP_SUBSEC_DIGITIZED);
	offset = xmp_values_first(x, original ? XMP_OFFSET_ORIGINAL : XMP_OFFSET_DIGITIZED);
	if (offset.p == NULL)
		offset = xmp_values_first(x, original ? XMP_OFFSET_ORIGINAL_EX : XMP_OFFSET_DIGITIZED_EX);
	n = snprintf(text, sizeof text, "2000-01-01T00:00:00.%.*s", (int)(fraction.len < 9 ? fraction.len : 9),
	    fraction.p != NULL ? fraction.p : "");
	if (w->nsec_digits == 0 && fraction.p != NULL && when_parse(text, (size_t)n, &read)) {
		w->nsec = read.nsec;
		w->nsec_digits = read.nsec_digits;
	}
	if (offset.p == NULL)
		return;
	datetext_zone(w, offset.p, offset.len, &odd);
	media_warn_date(
	    info, media_date_name(source_of(info, (enum media_date_source)rules[p].what)), odd, offset.p, offset.len);
}

static void
set_date(const struct xmp_values *x, struct media_info *info, enum xmp_property p)
{
	enum media_date_source source = source_of(info, (enum media_date_source)rules[p].what);
	struct slice s = xmp_values_first(x, p);
	struct when w;

	if (!media_read_date(info, media_date_name(source), s.p, s.len, &w))
		return;
	complete(x, info, p, &w);
	media_set_date(info, source, &w, media_basis_of(&w));
}

/*
 * "52,30.5N" or "52,30,45N" as the standard has it, and what others write: signs, decimals, other separators.
 *
 *   negative  the letters of the direction that counts downwards
 *   ref       the direction where it is a property of its own, as in Exif
 */
static bool
parse_degrees(struct slice s, const char *negative, struct slice ref, double limit, double *out)
{
	double part[3] = {0}, v;
	const char *p, *end;
	char text[64], *after;
	size_t n = 0;

	if (s.p == NULL || s.len >= sizeof text)
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = '\0';
	for (p = text, end = text + s.len; p < end && n < 3; p = after) {
		p += strcspn(p, "+-.0123456789");
		if (*p == '\0')
			break;
		v = strtod(p, &after);
		if (after == p || !isfinite(v) || (n > 0 && (v < 0 || v > 60)))
			return false;
		part[n++] = v;
	}
	v = fabs(part[0]) + part[1] / 60 + part[2] / 3600;
	if (n == 0 || v > limit)
		return false;
	*out = signbit(part[0]) || strpbrk(text, negative) != NULL || (ref.len > 0 && strchr(negative, *ref.p) != NULL)
		   ? -v
		   : v;
	return true;
}

static void
set_position(const struct xmp_values *x, struct media_info *info)
{
	struct slice lat = xmp_values_first(x, XMP_LATITUDE), lon = xmp_values_first(x, XMP_LONGITUDE);
	bool known_more = x->first[XMP_ALTITUDE] > 0 || x->first[XMP_GPS_TIME] > 0;
	double latitude = NAN, longitude = NAN, altitude, below;

	if (lat.p != NULL && lon.p != NULL) {
		parse_degrees(lat, "Ss", xmp_values_first(x, XMP_LATITUDE_REF), 90, &latitude);
		parse_degrees(lon, "Ww", xmp_values_first(x, XMP_LONGITUDE_REF), 180, &longitude);
		media_set_position(info, latitude, longitude, known_more);
	}
	if (!parse_number(xmp_values_first(x, XMP_ALTITUDE), &altitude))
		return;
	if (parse_number(xmp_values_first(x, XMP_ALTITUDE_REF), &below) && below == 1)
		altitude = -fabs(altitude);
	media_set_number(info, MEDIA_ALT, altitude);
}

/* UTC; the clock of an Exif block is believed before it. */
static void
set_gps_time(const struct xmp_values *x, struct media_info *info)
{
	struct slice s = xmp_values_first(x, XMP_GPS_TIME);
	struct when w;
	struct buf text = {0};

	if (s.p == NULL || !when_parse(s.p, s.len, &w) || w.precision < WHEN_SECOND)
		return;
	if (w.zone == WHEN_OFFSET && !when_from_epoch(when_seconds(&w) - w.offset_min * 60, w.nsec, w.nsec_digits, &w))
		return;
	w.zone = WHEN_UTC;
	w.offset_min = 0;
	if (info->gps.precision == WHEN_NONE)
		info->gps = w;
	if (!when_plausible(&w, time(NULL)))
		return;
	when_format(&w, &text);
	media_set_text(info, MEDIA_GPS_TIME, buf_cstr(&text), text.len);
	info->text.failed |= text.failed;
	buf_fini(&text);
}

/* A structure, or as older writers have it the number of the Exif tag. */
static void
set_flash(const struct xmp_values *x, struct media_info *info)
{
	struct slice fired = xmp_values_first(x, XMP_FLASH_FIRED);
	double v;

	if (fired.p != NULL && (slice_eq(fired, "True") || slice_eq(fired, "true")))
		media_set_bool(info, MEDIA_FLASH, true);
	else if (fired.p != NULL && (slice_eq(fired, "False") || slice_eq(fired, "false")))
		media_set_bool(info, MEDIA_FLASH, false);
	else if (parse_number(xmp_values_first(x, XMP_FLASH), &v) && v >= 0 && v < 65536)
		media_set_bool(info, MEDIA_FLASH, (unsigned)v & 1);
}

/* Where one sidecar has the list already, another one's is not mixed into it. */
static bool
is_settled(const struct media_info *info, enum media_field f)
{
	return info->origin == MEDIA_FROM_SIDECAR && info->field[f].kind == MEDIA_LIST &&
	       info->field[f].origin == info->origin;
}

static void
set_field(const struct xmp_values *x, struct media_info *info, enum xmp_property p)
{
	enum media_field f = (enum media_field)rules[p].what;
	struct slice s = xmp_values_first(x, p);
	double v;

	switch (rules[p].how) {
	case NONE:
		break;
	case TEXT:
		media_set_text(info, f, s.p, s.len);
		break;
	case JOINED:
		set_texts(x, info, f, p);
		break;
	case BRANCHES:
		if (x->first[XMP_SUBJECT] == 0)
			add_items(x, info, f, p);
		break;
	case ITEMS:
		add_items(x, info, f, p);
		break;
	case DATE:
		set_date(x, info, p);
		break;
	default:
		if (parse_number(s, &v))
			set_number(info, rules[p].how, f, v);
	}
}

void
xmp_fields_set(const struct xmp_values *x, struct media_info *info)
{
	bool settled[MEDIA_FIELDS] = {
	    [MEDIA_KEYWORDS] = is_settled(info, MEDIA_KEYWORDS), [MEDIA_PEOPLE] = is_settled(info, MEDIA_PEOPLE)};
	int p;

	info->text.failed |= x->text.failed;
	if (x->text.failed) /* values may lie beyond the text */
		return;
	for (p = XMP_TOP + 1; p < XMP_PROPERTIES; p++) {
		if (x->first[p] > 0 && (rules[p].how == DATE || !settled[rules[p].what]))
			set_field(x, info, (enum xmp_property)p);
	}
	set_position(x, info);
	set_gps_time(x, info);
	set_flash(x, info);
	if (x->full)
		media_warn(info, FAIL_LIMIT, "XMP has more than %d values, or %u KiB of them; the rest was left out",
		    XMP_VALUES_MAX, XMP_VALUES_SIZE >> 10);
}

void
xmp_fields_motion(const struct xmp_values *x, struct xmp_motion *motion)
{
	double v;

	if (x->text.failed)
		return;
	if ((parse_number(xmp_values_first(x, XMP_MICRO_VIDEO), &v) && v == 1) ||
	    (parse_number(xmp_values_first(x, XMP_MOTION_PHOTO), &v) && v == 1))
		motion->present = true;
	if (motion->length_bytes == 0 && parse_number(xmp_values_first(x, XMP_MICRO_VIDEO_OFFSET), &v) && v >= 1 &&
	    v < 1e15)
		motion->length_bytes = (uint64_t)v;
}
