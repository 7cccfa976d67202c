/*
 * Calendar arithmetic is our own: the C library's depends on the zone and the locale of the process.  Reading text
 * is the work of when-parse.c, zones of when-zone.c, templates of when-strftime.c.
 */
#include "media/when.h"

#include "base/calendar.h"

enum { FIRST_PHOTOGRAPH = 1826, DAY_SECONDS = 86400 };

int64_t
when_seconds(const struct when *w)
{
	return calendar_days((struct calendar_date){w->year, w->month, w->day}) * DAY_SECONDS + w->hour * 3600 +
	       w->minute * 60 + w->second;
}

bool
when_from_epoch(int64_t seconds, uint32_t nsec, int nsec_digits, struct when *out)
{
	const int64_t first = -62135596800, last = 253402300799; /* 0001-01-01, 9999-12-31 */
	struct when w = {.precision = WHEN_SECOND, .zone = WHEN_UTC, .nsec = nsec, .nsec_digits = nsec_digits};
	struct calendar_date date;
	int64_t days, rest;

	if (seconds < first || seconds > last)
		return false;
	days = seconds / DAY_SECONDS;
	rest = seconds % DAY_SECONDS;
	if (rest < 0) {
		rest += DAY_SECONDS;
		days--;
	}
	date = calendar_date(days);
	w.year = date.year;
	w.month = date.month;
	w.day = date.day;
	w.hour = (int)(rest / 3600);
	w.minute = (int)(rest / 60 % 60);
	w.second = (int)(rest % 60);
	*out = w;
	return true;
}

bool
when_is_offset(int minutes)
{
	return minutes >= -12 * 60 && minutes <= 14 * 60 && minutes % 15 == 0;
}

/* What a clock shows that was never set: zero of the QuickTime or the Unix epoch, on its face or as an instant. */
static bool
is_clock_zero(const struct when *w, int64_t face, int64_t instant)
{
	const int64_t qt = -2082844800;

	if (w->precision < WHEN_DAY)
		return false;
	if (face == qt || instant == qt)
		return true;
	return w->precision > WHEN_DAY && (face == 0 || instant == 0);
}

bool
when_plausible(const struct when *w, time_t now)
{
	int64_t face, instant;

	if (w->precision == WHEN_NONE || w->year < FIRST_PHOTOGRAPH)
		return false;
	face = when_seconds(w);
	instant = w->zone == WHEN_OFFSET ? face - (int64_t)w->offset_min * 60 : face;
	return instant <= (int64_t)now + DAY_SECONDS && !is_clock_zero(w, face, instant);
}

static char *
put(char *p, unsigned value, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return p + digits;
}

static char *
put_after(char *p, char sep, int value)
{
	*p++ = sep;
	return put(p, (unsigned)value, 2);
}

static char *
put_fraction(char *p, uint32_t nsec, int digits)
{
	for (int i = digits; i < 9; i++)
		nsec /= 10;
	*p++ = '.';
	return put(p, nsec, digits);
}

static char *
put_zone(char *p, const struct when *w)
{
	int minutes = w->offset_min < 0 ? -w->offset_min : w->offset_min;

	if (w->zone == WHEN_UTC)
		*p++ = 'Z';
	if (w->zone != WHEN_OFFSET)
		return p;
	p = put_after(p, w->offset_min < 0 ? '-' : '+', minutes / 60);
	return put_after(p, ':', minutes % 60);
}

void
when_format(const struct when *w, struct buf *out)
{
	char text[sizeof "2024-05-01T12:00:00.123456789+02:00"], *p = text;

	if (w->precision == WHEN_NONE)
		return;
	p = put(p, (unsigned)w->year, 4);
	if (w->precision >= WHEN_MONTH)
		p = put_after(p, '-', w->month);
	if (w->precision >= WHEN_DAY)
		p = put_after(p, '-', w->day);
	if (w->precision >= WHEN_MINUTE) {
		p = put_after(p, 'T', w->hour);
		p = put_after(p, ':', w->minute);
	}
	if (w->precision >= WHEN_SECOND) {
		p = put_after(p, ':', w->second);
		if (w->nsec_digits > 0)
			p = put_fraction(p, w->nsec, w->nsec_digits);
	}
	if (w->precision >= WHEN_MINUTE)
		p = put_zone(p, w);
	buf_add(out, text, (size_t)(p - text));
}
