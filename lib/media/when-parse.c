/*
 * Nearly every date that a camera writes has the one form of Exif, which is tried first.  All others go through a
 * cursor that takes one part after the other and stops at the first that is not known: cameras blank what they do not
 * know, IPTC writes zeros.
 */
#include "media/when.h"

#include <string.h>

#include "base/calendar.h"

struct cursor {
	const char *p, *end;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
at(const struct cursor *c, const char *set)
{
	return c->p < c->end && strchr(set, *c->p) != NULL;
}

static bool
skip(struct cursor *c, const char *set)
{
	if (!at(c, set))
		return false;
	c->p++;
	return true;
}

static bool
only(const struct cursor *c, const char *set)
{
	for (const char *p = c->p; p < c->end; p++)
		if (strchr(set, *p) == NULL)
			return false;
	return true;
}

static int
count_digits(const struct cursor *c)
{
	const char *p = c->p;

	while (p < c->end && is_digit(*p))
		p++;
	return p - c->p > 99 ? 99 : (int)(p - c->p);
}

/* Takes one to `most` digits, `most` at most 4; false when there is none. */
static bool
number(struct cursor *c, int most, int *out)
{
	int value = 0, n;

	for (n = 0; n < most && c->p < c->end && is_digit(*c->p); n++)
		value = value * 10 + (*c->p++ - '0');
	*out = value;
	return n > 0;
}

static bool
in_calendar(const struct when *w)
{
	return w->year >= 1 && w->month >= 1 && w->month <= 12 && w->day >= 1 &&
	       w->day <= calendar_month_days(w->year, w->month) && w->hour <= 23 && w->minute <= 59 && w->second <= 60;
}

static int
two(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

/* "YYYY:MM:DD HH:MM:SS" and nothing else. */
static bool
plain(const char *p, size_t len, struct when *w)
{
	static const char form[] = "dddd:dd:dd dd:dd:dd";

	if (len != sizeof form - 1)
		return false;
	for (size_t i = 0; i < sizeof form - 1; i++)
		if (form[i] == 'd' ? !is_digit(p[i]) : p[i] != form[i])
			return false;
	*w = (struct when){.precision = WHEN_SECOND,
	    .year = two(p) * 100 + two(p + 2),
	    .month = two(p + 5),
	    .day = two(p + 8),
	    .hour = two(p + 11),
	    .minute = two(p + 14),
	    .second = two(p + 17)};
	return true;
}

/* Year, month and day as far as they are known; *partial where the rest of the text is blank or zero. */
static bool
take_date(struct cursor *c, struct when *w, bool *partial)
{
	int digits = count_digits(c);
	bool compact = digits == 8 || digits == 14;

	*partial = true;
	if ((digits != 4 && !compact) || !number(c, 4, &w->year))
		return false;
	w->precision = WHEN_YEAR;
	if (c->p < c->end && !compact && !skip(c, ":-/."))
		return false;
	if (only(c, " :-/.0TZ"))
		return true;
	if (!number(c, 2, &w->month))
		return false;
	w->precision = WHEN_MONTH;
	if (c->p < c->end && !compact && !skip(c, ":-/."))
		return false;
	if (only(c, " :-/.0TZ"))
		return true;
	if (!number(c, 2, &w->day))
		return false;
	w->precision = WHEN_DAY;
	*partial = false;
	return true;
}

static void
take_fraction(struct cursor *c, struct when *w)
{
	if (!skip(c, ".,"))
		return;
	for (; c->p < c->end && is_digit(*c->p); c->p++) {
		if (w->nsec_digits == 9)
			continue;
		w->nsec = w->nsec * 10 + (uint32_t)(*c->p - '0');
		w->nsec_digits++;
	}
	for (int i = w->nsec_digits; i < 9; i++)
		w->nsec *= 10;
}

/* Hour, minute and second as far as they are known.  An hour alone says no more than the day does. */
static bool
take_time(struct cursor *c, struct when *w)
{
	int digits, hour;
	bool compact;

	while (skip(c, " Tt"))
		;
	if (only(c, " :") || at(c, "Zz+-"))
		return true;
	skip(c, ":"); /* some cameras part the time from the day so too */
	digits = count_digits(c);
	compact = digits == 4 || digits == 6;
	if ((digits > 2 && !compact) || !number(c, 2, &hour))
		return false;
	if (hour > 23)
		return false;
	if ((!compact && !skip(c, ":.")) || only(c, " :"))
		return true;
	if (!number(c, 2, &w->minute))
		return false;
	w->hour = hour;
	w->precision = WHEN_MINUTE;
	if ((compact ? digits == 4 : !skip(c, ":.")) || only(c, " :"))
		return true;
	if (!number(c, 2, &w->second))
		return false;
	w->precision = WHEN_SECOND;
	take_fraction(c, w);
	return true;
}

static bool
take_zone(struct cursor *c, struct when *w)
{
	int hours, minutes = 0;
	bool west;

	while (skip(c, " "))
		;
	if (skip(c, "Zz")) {
		w->zone = WHEN_UTC;
	} else if (at(c, "+-")) {
		west = *c->p++ == '-';
		if (!number(c, 2, &hours) || ((skip(c, ":") || c->p < c->end) && !number(c, 2, &minutes)))
			return false;
		if (hours > 15 || minutes > 59)
			return false;
		w->zone = WHEN_OFFSET;
		w->offset_min = (hours * 60 + minutes) * (west ? -1 : 1);
	}
	if (w->precision < WHEN_MINUTE) {
		w->zone = WHEN_LOCAL;
		w->offset_min = 0;
	}
	return only(c, " :");
}

static bool
parse_any(const char *text, size_t len, struct when *out)
{
	struct cursor c = {.p = text, .end = text + len};
	struct when w = {.month = 1, .day = 1};
	bool partial;

	while (skip(&c, " "))
		;
	if (!take_date(&c, &w, &partial))
		return false;
	if (!partial && (!take_time(&c, &w) || !take_zone(&c, &w)))
		return false;
	*out = w;
	return true;
}

bool
when_parse(const char *text, size_t len, struct when *out)
{
	const char *nul = len > 0 ? memchr(text, '\0', len) : NULL;
	struct when w;

	if (nul != NULL)
		len = (size_t)(nul - text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	if (!(plain(text, len, &w) && in_calendar(&w)) && !(parse_any(text, len, &w) && in_calendar(&w)))
		return false;
	*out = w;
	return true;
}
