/* What needs several tags is put together when all were seen: the shot, dates, the position, the lens. */
#include <math.h>
#include <string.h>

#include "media/datetext.h"
#include "meta/exif/exif.h"
#include "meta/exif/lens.h"
#include "meta/exif/makernote.h"
#include "meta/exif/tags.h"

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
	for (i = 0; i < 3 && x->shot[EXIF_OWN][EXIF_ISO] == 65535; i++) {
		if (x->iso_long[i] > 65535)
			x->shot[EXIF_OWN][EXIF_ISO] = x->iso_long[i];
	}
	for (i = 0; i < EXIF_SHOTS; i++) {
		double v = x->shot[EXIF_OWN][i] > 0 ? x->shot[EXIF_OWN][i] : x->shot[EXIF_IN_IFD0][i];

		if (v > 0)
			media_set_number(x->info, field[i], v);
	}
	if (x->flash[EXIF_OWN] + x->flash[EXIF_IN_IFD0] > 0)
		media_set_bool(
		    x->info, MEDIA_FLASH, (x->flash[EXIF_OWN] > 0 ? x->flash[EXIF_OWN] : x->flash[EXIF_IN_IFD0]) == 2);
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
static void
add_offset(struct exif *x, enum media_date_source source, struct when *w, const struct exif_text *t)
{
	const char *odd;

	datetext_zone(w, t->p, t->len, &odd);
	media_warn_date(x->info, media_date_name(source), odd, t->p, t->len);
}

/* The date of the Exif directory, or where that is none of IFD0. */
static bool
read_date(struct exif *x, enum media_date_source source, const struct exif_text *own, const struct exif_text *other,
    struct when *w)
{
	const struct exif_text *from = datetext_is_blank(own->p, own->len) && other->len > 0 ? other : own;
	const char *name = media_date_name(source);
	bool is_told = source != MEDIA_DATE_EXIF_MODIFIED;

	if (media_read_date(is_told ? x->info : NULL, name, from->p, from->len, w))
		return true;
	if (from == own && media_read_date(NULL, name, other->p, other->len, w))
		return true;
	if (is_told && from->len > 0 && datetext_is_blank(from->p, from->len))
		media_warn(x->info, FAIL_DATE, "%s is blank", name);
	return false;
}

static void
end_date(struct exif *x, enum media_date_source source, const struct exif_stamp *s, const struct exif_text *other)
{
	struct when w;

	if (!read_date(x, source, &s->date, other, &w))
		return;
	add_fraction(&w, &s->fraction);
	add_offset(x, source, &w, &s->offset);
	add_offset(x, source, &w, &x->modified.offset);
	media_set_date(x->info, source, &w, media_basis_of(&w));
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
	media_set_position(x->info, south ? -x->gps.lat : x->gps.lat, west ? -x->gps.lon : x->gps.lon,
	    x->gps.has_alt || x->gps.has_time);
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

/* Hours and minutes, too, may have a fraction; then milliseconds are left of it. */
static bool
set_clock(struct when *w, uint32_t (*t)[2])
{
	static const uint32_t ends[] = {24, 60, 62}; /* leap seconds are shown as 60, or 61 */
	double ms;

	for (size_t i = 0; i < 3; i++) {
		if (t[i][1] == 0 || t[i][0] / t[i][1] >= ends[i])
			return false;
	}
	if (t[0][0] % t[0][1] == 0 && t[1][0] % t[1][1] == 0) {
		w->hour = (int)(t[0][0] / t[0][1]);
		w->minute = (int)(t[1][0] / t[1][1]);
		set_seconds(w, t[2][0], t[2][1]);
		w->second = w->second > 59 ? 59 : w->second;
		return true;
	}
	ms = 3600e3 * t[0][0] / t[0][1] + 60e3 * t[1][0] / t[1][1] + 1e3 * t[2][0] / t[2][1] + 0.5;
	if (ms >= 86400e3)
		return false;
	w->hour = (int)(ms / 3600e3);
	w->minute = (int)(ms / 60e3) % 60;
	set_seconds(w, (uint32_t)ms % 60000, 1000);
	return true;
}

static void
end_gps_time(struct exif *x)
{
	struct when w;

	if (!x->gps.has_time || !media_read_date(x->info, "exif:GPSDateStamp", x->gps.date.p, x->gps.date.len, &w) ||
	    w.precision < WHEN_DAY)
		return;
	w = (struct when){.year = w.year, .month = w.month, .day = w.day, .precision = WHEN_SECOND, .zone = WHEN_UTC};
	if (set_clock(&w, x->gps.time))
		x->info->gps = w;
}

/* What is asked only where Exif and XMP are silent. */
static void
end_camera(struct exif *x, struct ifd *ifd)
{
	enum media_origin before = media_from(x->info, MEDIA_FROM_CONTAINER);
	char text[LENS_MAX];

	media_set_text(x->info, MEDIA_SERIAL, x->serial0.p, x->serial0.len);
	if (x->note_len > 0)
		makernote_read(ifd, x->note_at, x->note_len);
	else if (x->private_len > 0)
		makernote_read_private(ifd, x->private_at, x->private_len);
	media_set_text(x->info, MEDIA_LENS, text, lens_text(x->lens, text));
	media_from(x->info, before);
}

void
exif_end(struct exif *x, struct ifd *ifd)
{
	const struct exif_text none = {.len = 0};

	if (ifd->r->failed)
		return;
	end_shot(x);
	end_date(x, MEDIA_DATE_EXIF_ORIGINAL, &x->original, &x->original0);
	end_date(x, MEDIA_DATE_EXIF_DIGITIZED, &x->digitized, &x->digitized0);
	end_date(x, MEDIA_DATE_EXIF_MODIFIED, &x->modified, &none);
	end_position(x);
	end_gps_time(x);
	end_camera(x, ifd);
	tags_note(ifd, x->note_at, x->note_len);
}
