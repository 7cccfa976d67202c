/*
 * Readers of Exif blocks differ in how they treat values that make no sense; here they set nothing: a zero where
 * the standard means "unknown", a quotient without a denominator, a date of blanks.
 */
#include "meta/exif.h"

#include <math.h>
#include <string.h>

#include "meta/makernote.h"
#include "media/text.h"

enum { OWN, IN_IFD0 }; /* where a tag of the Exif directory was found */

static void
keep_text(struct exif_text *t, struct ifd *ifd, const struct ifd_entry *e)
{
	size_t len;
	const char *p;

	if (t->len > 0 || (p = ifd_text(ifd, e, &len)) == NULL)
		return;
	t->len = len < sizeof t->p ? len : sizeof t->p;
	memcpy(t->p, p, t->len);
}

/* A text with control characters is a damaged value. */
static void
set_text(struct exif *x, enum media_field f, struct ifd *ifd, const struct ifd_entry *e)
{
	size_t len;
	const char *p = ifd_text(ifd, e, &len);

	if (p != NULL && text_is_plain(p, len))
		media_set_text(x->info, f, p, len);
}

/* Two parts, photographer and editor, each ended by a NUL; a part of blanks is unknown. */
static void
set_copyright(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	size_t len, first, second;
	const char *p;
	char both[512];

	if (e->type != IFD_ASCII && e->type != IFD_UTF8)
		return;
	if ((p = (const char *)ifd_value(ifd, e, IFD_TEXT_MAX, &len)) == NULL)
		return;
	first = strnlen(p, len);
	second = first < len ? strnlen(p + first + 1, len - first - 1) : 0;
	while (first > 0 && p[first - 1] == ' ')
		first--;
	if (second == 0 || first == 0 || first + 1 + second > sizeof both) {
		media_set_text(x->info, MEDIA_COPYRIGHT, p, first);
		if (second > 0)
			media_set_text(x->info, MEDIA_COPYRIGHT, p + strnlen(p, len) + 1, second);
		return;
	}
	memcpy(both, p, first);
	both[first] = '\n';
	memcpy(both + first + 1, p + strnlen(p, len) + 1, second);
	media_set_text(x->info, MEDIA_COPYRIGHT, both, first + 1 + second);
}

static void
set_comment(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	const uint8_t *p;
	size_t len;

	if ((p = ifd_value(ifd, e, IFD_TEXT_MAX, &len)) != NULL)
		media_set_comment(x->info, MEDIA_DESCRIPTION, p, len, ifd->big_endian);
}

static void
set_xp_title(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	const uint8_t *p;
	size_t len;

	if ((p = ifd_value(ifd, e, IFD_TEXT_MAX, &len)) != NULL)
		media_set_utf16(x->info, MEDIA_TITLE, p, len, false);
}

static void
set_within(struct exif *x, enum media_field f, double v, double low, double high)
{
	if (v >= low && v <= high && v == floor(v))
		media_set_number(x->info, f, v);
}

static void
keep_shot(struct exif *x, int where, enum exif_shot s, struct ifd *ifd, const struct ifd_entry *e)
{
	double v = ifd_number(ifd, e);

	if (v > 0 && x->shot[where][s] == 0)
		x->shot[where][s] = v;
}

static void
keep_iso(struct exif *x, unsigned i, struct ifd *ifd, const struct ifd_entry *e)
{
	double v = ifd_number(ifd, e);

	if (v > 0)
		x->iso_long[i] = v;
}

/* Tags about the shot; TIFF/EP and some raw files have them in IFD0. */
static void
shot_tag(struct exif *x, int where, struct ifd *ifd, const struct ifd_entry *e)
{
	double v;

	switch (e->tag) {
	case 0x829a:
		keep_shot(x, where, EXIF_EXPOSURE, ifd, e);
		break;
	case 0x829d:
		keep_shot(x, where, EXIF_F_NUMBER, ifd, e);
		break;
	case 0x8827:
		keep_shot(x, where, EXIF_ISO, ifd, e);
		break;
	case 0x9003:
		keep_text(where == OWN ? &x->original.date : &x->original0, ifd, e);
		break;
	case 0x9004:
		keep_text(where == OWN ? &x->digitized.date : &x->digitized0, ifd, e);
		break;
	case 0x9209:
		if (isfinite(v = ifd_number(ifd, e)) && v >= 0 && v < 65536 && x->flash[where] == 0)
			x->flash[where] = 1 + ((unsigned)v & 1);
		break;
	case 0x920a:
		keep_shot(x, where, EXIF_FOCAL, ifd, e);
		break;
	case 0xa405:
		keep_shot(x, where, EXIF_FOCAL35, ifd, e);
		break;
	}
}

static void
image_tag(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	switch (e->tag) {
	case 0x010e:
		set_text(x, MEDIA_DESCRIPTION, ifd, e);
		break;
	case 0x010f:
		set_text(x, MEDIA_MAKE, ifd, e);
		break;
	case 0x0110:
		set_text(x, MEDIA_MODEL, ifd, e);
		break;
	case 0x0112:
		set_within(x, MEDIA_ORIENTATION, ifd_number(ifd, e), 1, 8);
		break;
	case 0x0131:
		set_text(x, MEDIA_SOFTWARE, ifd, e);
		break;
	case 0x0132:
		keep_text(&x->modified.date, ifd, e);
		break;
	case 0x013b:
		set_text(x, MEDIA_ARTIST, ifd, e);
		break;
	case 0x4746:
		set_within(x, MEDIA_RATING, ifd_number(ifd, e), 0, 5);
		break;
	case 0x8298:
		set_copyright(x, ifd, e);
		break;
	case 0x9c9b:
		set_xp_title(x, ifd, e);
		break;
	default:
		shot_tag(x, IN_IFD0, ifd, e);
	}
}

static void
exif_tag(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	switch (e->tag) {
	case 0x8831:
		keep_iso(x, 1, ifd, e);
		break;
	case 0x8832:
		keep_iso(x, 0, ifd, e);
		break;
	case 0x8833:
		keep_iso(x, 2, ifd, e);
		break;
	case 0x9010:
		keep_text(&x->modified.offset, ifd, e);
		break;
	case 0x9011:
		keep_text(&x->original.offset, ifd, e);
		break;
	case 0x9012:
		keep_text(&x->digitized.offset, ifd, e);
		break;
	case 0x927c:
		x->note_at = e->at;
		x->note_len = e->bytes;
		break;
	case 0x9286:
		set_comment(x, ifd, e);
		break;
	case 0x9290:
		keep_text(&x->modified.fraction, ifd, e);
		break;
	case 0x9291:
		keep_text(&x->original.fraction, ifd, e);
		break;
	case 0x9292:
		keep_text(&x->digitized.fraction, ifd, e);
		break;
	case 0xa431:
		set_text(x, MEDIA_SERIAL, ifd, e);
		break;
	case 0xa434:
		set_text(x, MEDIA_LENS, ifd, e);
		break;
	default:
		shot_tag(x, OWN, ifd, e);
	}
}

/* Degrees, minutes and seconds, of which the last may be left out. */
static bool
degrees(struct ifd *ifd, const struct ifd_entry *e, double *out)
{
	double part[3] = {0, 0, 0};
	size_t n = ifd_numbers(ifd, e, part, 3);

	*out = part[0] + part[1] / 60 + part[2] / 3600;
	return n > 0 && isfinite(*out);
}

static char
reference(struct ifd *ifd, const struct ifd_entry *e)
{
	size_t len;
	const char *p = ifd_text(ifd, e, &len);

	return p != NULL && len > 0 ? (char)(*p & ~0x20) : '\0';
}

static void
gps_tag(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	size_t i;

	switch (e->tag) {
	case 1:
		x->gps.lat_ref = reference(ifd, e);
		break;
	case 2:
		x->gps.has_lat = degrees(ifd, e, &x->gps.lat);
		break;
	case 3:
		x->gps.lon_ref = reference(ifd, e);
		break;
	case 4:
		x->gps.has_lon = degrees(ifd, e, &x->gps.lon);
		break;
	case 5:
		x->gps.below = ifd_number(ifd, e) == 1;
		break;
	case 6:
		x->gps.alt = ifd_number(ifd, e);
		x->gps.has_alt = isfinite(x->gps.alt);
		break;
	case 7:
		x->gps.has_time = true;
		for (i = 0; i < 3; i++)
			x->gps.has_time &= ifd_ratio(ifd, e, i, &x->gps.time[i][0], &x->gps.time[i][1]);
		break;
	case 0x1d:
		keep_text(&x->gps.date, ifd, e);
		break;
	}
}

void
exif_entry(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	if (e->kind == IFD_EXIF)
		exif_tag(x, ifd, e);
	else if (e->kind == IFD_GPS)
		gps_tag(x, ifd, e);
	else if (e->kind == IFD_IMAGE && e->nth == 0)
		image_tag(x, ifd, e);
}

static void
end_shot(struct exif *x)
{
	static const enum media_field field[EXIF_SHOTS] = {
	    [EXIF_EXPOSURE] = MEDIA_EXPOSURE,
	    [EXIF_F_NUMBER] = MEDIA_F_NUMBER,
	    [EXIF_ISO] = MEDIA_ISO,
	    [EXIF_FOCAL] = MEDIA_FOCAL,
	    [EXIF_FOCAL35] = MEDIA_FOCAL35,
	};
	size_t i;

	/* 65535 stands for what has no room in a SHORT; the number itself is then in another tag. */
	for (i = 0; i < 3 && x->shot[OWN][EXIF_ISO] == 65535; i++) {
		if (x->iso_long[i] > 65535)
			x->shot[OWN][EXIF_ISO] = x->iso_long[i];
	}
	for (i = 0; i < EXIF_SHOTS; i++) {
		double v = x->shot[OWN][i] > 0 ? x->shot[OWN][i] : x->shot[IN_IFD0][i];

		if (v > 0)
			media_set_number(x->info, field[i], v);
	}
	if (x->flash[OWN] + x->flash[IN_IFD0] > 0)
		media_set_bool(x->info, MEDIA_FLASH, (x->flash[OWN] > 0 ? x->flash[OWN] : x->flash[IN_IFD0]) == 2);
}

static size_t
digits_in(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len && p[n] >= '0' && p[n] <= '9')
		n++;
	return n;
}

/* The fraction is digits, padded with blanks. */
static void
add_fraction(struct when *w, const struct exif_text *t)
{
	const char *p = t->p, *end = t->p + t->len;
	size_t n, i;

	while (p < end && *p == ' ')
		p++;
	n = digits_in(p, (size_t)(end - p));
	for (i = n; p + i < end && p[i] == ' '; i++)
		;
	if (n == 0 || p + i < end || w->precision != WHEN_SECOND || w->nsec_digits > 0)
		return;
	w->nsec_digits = n < 9 ? (int)n : 9;
	for (i = 0, w->nsec = 0; i < 9; i++)
		w->nsec = w->nsec * 10 + (i < n ? (uint32_t)(p[i] - '0') : 0);
}

/* "+02:00"; the zone of a summer is part of it. */
static bool
add_offset(struct when *w, const struct exif_text *t)
{
	const char *p = t->p;
	int minutes;

	if (t->len < 6 || (p[0] != '+' && p[0] != '-') || p[3] != ':' || digits_in(p + 1, 2) != 2 ||
	    digits_in(p + 4, 2) != 2 || w->precision < WHEN_MINUTE || w->zone != WHEN_LOCAL)
		return false;
	minutes = ((p[1] - '0') * 10 + p[2] - '0') * 60 + (p[4] - '0') * 10 + p[5] - '0';
	if (minutes > 15 * 60 || p[4] > '5')
		return false;
	w->zone = WHEN_OFFSET;
	w->offset_min = p[0] == '-' ? -minutes : minutes;
	return true;
}

static void
end_date(struct exif *x, enum media_date_source source, const struct exif_stamp *s, const struct exif_text *offset)
{
	struct when w;

	if (s->date.len == 0)
		return;
	if (!when_parse(s->date.p, s->date.len, &w)) {
		if (source != MEDIA_DATE_EXIF_MODIFIED)
			media_warn(x->info, FAIL_DATE, "%s is no date: \"%.*s\"", media_date_name(source),
			    (int)strnlen(s->date.p, s->date.len < 32 ? s->date.len : 32), s->date.p);
		return;
	}
	add_fraction(&w, &s->fraction);
	if (!add_offset(&w, &s->offset))
		add_offset(&w, offset);
	media_set_date(x->info, source, &w,
	    w.zone == WHEN_LOCAL ? MEDIA_BASIS_LOCAL
	    : w.zone == WHEN_UTC ? MEDIA_BASIS_UTC
				 : MEDIA_BASIS_ZONED);
}

static void
end_position(struct exif *x)
{
	bool north = x->gps.lat_ref == 'N', south = x->gps.lat_ref == 'S';
	bool east = x->gps.lon_ref == 'E', west = x->gps.lon_ref == 'W';

	if (x->gps.has_alt)
		media_set_number(x->info, MEDIA_ALT, x->gps.below ? -x->gps.alt : x->gps.alt);
	if (!x->gps.has_lat || !x->gps.has_lon || !(north || south) || !(east || west))
		return;
	if (fabs(x->gps.lat) > 90 || fabs(x->gps.lon) > 180) {
		media_warn(x->info, FAIL_FORMAT, "a GPS position outside the globe");
		return;
	}
	media_set_number(x->info, MEDIA_LAT, south ? -x->gps.lat : x->gps.lat);
	media_set_number(x->info, MEDIA_LON, west ? -x->gps.lon : x->gps.lon);
}

/* A fraction that no nine decimals hold is cut to milliseconds; zeros at its end say nothing. */
static void
set_seconds(struct when *w, uint32_t num, uint32_t den)
{
	uint64_t unit;

	w->second = (int)(num / den);
	w->nsec = (uint32_t)((uint64_t)(num % den) * 1000000000u / den);
	if (1000000000u % den != 0)
		w->nsec -= w->nsec % 1000000;
	w->nsec_digits = 9;
	for (unit = 10; w->nsec_digits > 0 && w->nsec % unit == 0; unit *= 10)
		w->nsec_digits--;
}

static void
end_gps_time(struct exif *x)
{
	uint32_t(*t)[2] = x->gps.time;
	struct when w;

	if (!x->gps.has_time || !when_parse(x->gps.date.p, x->gps.date.len, &w) || w.precision < WHEN_DAY)
		return;
	if (t[0][1] == 0 || t[1][1] == 0 || t[2][1] == 0 || t[0][0] % t[0][1] != 0 || t[1][0] % t[1][1] != 0)
		return;
	w = (struct when){.year = w.year, .month = w.month, .day = w.day};
	if (t[0][0] / t[0][1] > 23 || t[1][0] / t[1][1] > 59 || t[2][0] / t[2][1] > 59)
		return;
	w.precision = WHEN_SECOND;
	w.zone = WHEN_UTC;
	w.hour = (int)(t[0][0] / t[0][1]);
	w.minute = (int)(t[1][0] / t[1][1]);
	set_seconds(&w, t[2][0], t[2][1]);
	x->info->gps = w;
}

void
exif_end(struct exif *x, struct ifd *ifd)
{
	const struct exif_text none = {.len = 0};

	end_shot(x);
	if (x->original.date.len == 0)
		x->original.date = x->original0;
	if (x->digitized.date.len == 0)
		x->digitized.date = x->digitized0;
	end_date(x, MEDIA_DATE_EXIF_ORIGINAL, &x->original, &x->modified.offset);
	end_date(x, MEDIA_DATE_EXIF_DIGITIZED, &x->digitized, &x->modified.offset);
	end_date(x, MEDIA_DATE_EXIF_MODIFIED, &x->modified, &none);
	end_position(x);
	end_gps_time(x);
	if (x->note_len > 0)
		makernote_read(ifd, x->note_at, x->note_len, x->info);
}
