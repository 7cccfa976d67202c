/*
 * The text is taken apart into words, numbers and a time, whatever their order, and put together again in the form of
 * ISO 8601, which when_parse() reads and holds against the calendar.
 *
 * Source: RFC 1123, 5.2.14, and RFC 822, 5 (mail, PNG); ctime(3) (AVI); cameras.
 */
#include "media/datetext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "media/text.h"

static const char odd_rest[] = "what follows it could not be read";
static const char odd_time[] = "its time could not be read";
static const char odd_second[] = "its second is over 59";
static const char odd_hour[] = "hour 24 was read as 0 of the same day";
static const char odd_half[] = "its hour was read as one of AM or PM";
static const char odd_zone[] = "its offset is not one that clocks have, and was ignored";

enum { ASCII_LEN = 128 }; /* of a longer text only ASCII's digits are read */

struct cursor {
	const char *p, *end;
};

struct parts {
	int year, month, day; /* 0: not seen */
	int hour, minute, second;
	bool has_time, has_second;
	char half;         /* A or P: the hour is one of twelve */
	char fraction[12]; /* with its point */
	bool has_zone, utc;
	int offset_min;
	const char *odd;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool
at(const struct cursor *c, const char *set)
{
	return c->p < c->end && *c->p != '\0' && strchr(set, *c->p) != NULL;
}

static void
skip(struct cursor *c, const char *set)
{
	while (at(c, set))
		c->p++;
}

static int
count_digits(const struct cursor *c)
{
	const char *p = c->p;

	while (p < c->end && p - c->p < 99 && is_digit(*p))
		p++;
	return (int)(p - c->p);
}

/* Takes one to `most` digits; returns how many, 0 where there is none. */
static int
number(struct cursor *c, int most, int *out)
{
	int n = 0;

	for (*out = 0; n < most && c->p < c->end && is_digit(*c->p); c->p++, n++)
		*out = *out * 10 + (*c->p - '0');
	return n;
}

static size_t
word_at(const struct cursor *c)
{
	const char *p = c->p;

	while (p < c->end && is_letter(*p))
		p++;
	return (size_t)(p - c->p);
}

/* Which of the names, of three letters each, a word of at least three begins with; from 1, 0 for none. */
static int
named(const char *names, const char *word, size_t len)
{
	for (int i = 0; len >= 3 && names[3 * i] != '\0'; i++)
		if (strncasecmp(names + 3 * i, word, 3) == 0)
			return i + 1;
	return 0;
}

/* The names of zones that RFC 822 has; others say nothing that could be relied on. */
static bool
take_zone_name(struct cursor *c, struct parts *d)
{
	static const char american[] = "ESTEDTCSTCDTMSTMDTPSTPDT";
	static const int hours[] = {-5, -4, -6, -5, -7, -6, -8, -7};
	size_t len = word_at(c);
	int i = len == 3 ? named(american, c->p, len) : 0;
	bool greenwich = (len == 3 && (strncasecmp(c->p, "GMT", 3) == 0 || strncasecmp(c->p, "UTC", 3) == 0)) ||
			 (len == 2 && strncasecmp(c->p, "UT", 2) == 0) || (len == 1 && (*c->p | 0x20) == 'z');

	if (i == 0 && !greenwich)
		return false;
	c->p += len;
	d->has_zone = true;
	d->utc = greenwich;
	d->offset_min = greenwich ? 0 : hours[i - 1] * 60;
	return true;
}

/* ±H, ±HH, ±HMM, ±HHMM, ±H:MM and ±HH:MM, with a minute's seconds if they are zero. */
static bool
take_offset(struct cursor *c, struct parts *d)
{
	struct cursor at_sign = *c;
	int hours, minutes = 0, seconds = 0, sign = *c->p++ == '-' ? -1 : 1, digits = count_digits(c);
	bool good = digits >= 1 && digits <= 4 && number(c, digits > 2 ? digits - 2 : digits, &hours) > 0;

	if (good && digits > 2)
		number(c, 2, &minutes);
	for (int part = 0; good && digits <= 2 && part < 2 && at(c, ":"); part++) {
		c->p++;
		good = number(c, 2, part == 0 ? &minutes : &seconds) == 2;
	}
	if (!good) {
		*c = at_sign;
		return false;
	}
	d->offset_min = sign * (hours * 60 + minutes);
	d->has_zone = minutes <= 59 && seconds == 0 && when_is_offset(d->offset_min);
	d->utc = false;
	if (!d->has_zone)
		d->odd = odd_zone;
	return true;
}

/* A name, an offset, or Greenwich's name with an offset; false where there is neither. */
static bool
take_zone(struct cursor *c, struct parts *d)
{
	bool name = take_zone_name(c, d), offset;

	offset = (!name || d->utc) && at(c, "+-") && take_offset(c, d);
	return name || offset;
}

/* Blanks, those too that do not break a line. */
static void
skip_blanks(struct cursor *c)
{
	for (;;) {
		skip(c, " _");
		if (c->end - c->p >= 3 && memcmp(c->p, "\xe2\x80\xaf", 3) == 0)
			c->p += 3;
		else if (c->end - c->p >= 2 && memcmp(c->p, "\xc2\xa0", 2) == 0)
			c->p += 2;
		else
			return;
	}
}

/* "pm" or "p. m.", with any blank before it. */
static void
take_half(struct cursor *c, struct parts *d)
{
	struct cursor to = *c;
	char half;

	skip_blanks(&to);
	if (!at(&to, "aApP"))
		return;
	half = (char)(*to.p++ & ~0x20);
	if (at(&to, ".")) {
		to.p++;
		skip_blanks(&to);
	}
	if (word_at(&to) != 1 || !at(&to, "mM"))
		return;
	to.p++;
	skip(&to, ".");
	d->half = half;
	c->p = to.p;
}

static void
take_fraction(struct cursor *c, struct parts *d)
{
	size_t n = 0;

	if (!at(c, ".,"))
		return;
	d->fraction[n++] = '.';
	for (c->p++; c->p < c->end && is_digit(*c->p); c->p++)
		if (n < sizeof d->fraction - 1)
			d->fraction[n++] = *c->p;
}

/* What the numbers mean on a clock; what is out of range there ends the time. */
static void
check_time(struct parts *d)
{
	if (d->half != 0 && d->hour <= 12)
		d->hour = d->hour % 12 + (d->half == 'P' ? 12 : 0);
	if (d->hour == 24) {
		d->hour = 0;
		d->odd = odd_hour;
	}
	if (d->hour > 24 || d->minute > 59) {
		d->has_time = d->has_second = false;
		d->odd = odd_time;
	}
	if (d->has_second && d->second > 59) {
		d->has_second = d->second <= 61;
		d->second = 59;
		d->odd = odd_second;
	}
}

/* What parts a time, blanks included, goes by the first; false where there is nothing of it. */
static bool
skip_parting(struct cursor *c, bool hyphens)
{
	if (!at(c, hyphens ? "-" : ":."))
		return false;
	skip(c, hyphens ? "- " : ":. ");
	return true;
}

/* Hour, minute, and as far as they are there second, fraction and the half of the day; HHMM and HHMMSS too.  Of an
 * hour without a minute the day is kept. */
static bool
take_time(struct cursor *c, struct parts *d)
{
	int digits = count_digits(c);
	bool compact = digits == 4 || digits == 6, hyphens;

	if ((!compact && (digits < 1 || digits > 2)) || number(c, 2, &d->hour) == 0)
		return false;
	hyphens = at(c, "-");
	if ((!compact && !skip_parting(c, hyphens)) || number(c, 2, &d->minute) == 0)
		return false;
	d->has_time = true;
	if (compact ? digits == 6 : skip_parting(c, hyphens)) {
		d->has_second = number(c, 2, &d->second) > 0;
		take_fraction(c, d);
	}
	take_half(c, d);
	check_time(d);
	return true;
}

/* A number with a colon behind is the hour; else the day, or the year, by its length. */
static bool
take_number(struct cursor *c, struct parts *d)
{
	int value, digits = count_digits(c);

	if (digits <= 2 && c->end - c->p > digits && c->p[digits] == ':')
		return !d->has_time && take_time(c, d);
	if (number(c, 4, &value) != digits)
		return false;
	if (digits <= 2 && d->day == 0) {
		d->day = value;
		return value != 0;
	}
	if (d->year != 0 || (digits != 4 && digits != 2))
		return false;
	d->year = digits == 4 ? value : value + (value >= 70 ? 1900 : 2000);
	return true;
}

/* A word; false for one that belongs in no date. */
static bool
take_word(struct cursor *c, struct parts *d)
{
	size_t len = word_at(c);
	int month = named("JanFebMarAprMayJunJulAugSepOctNovDec", c->p, len);

	if (d->month == 0 && month != 0)
		d->month = month;
	else if (d->has_time && take_zone(c, d))
		return true;
	else if (!d->has_time && named("MonTueWedThuFriSatSun", c->p, len) == 0 && (len != 1 || (*c->p | 0x20) != 't'))
		return false;
	c->p += len;
	return true;
}

static bool
has_date(const struct parts *d)
{
	return d->month != 0 && d->day != 0 && d->year != 0;
}

/* Parts in any order, the month by its name.  Once the date stands, what is no part of it is rubbish. */
static bool
take_named(struct cursor c, struct parts *d)
{
	for (;;) {
		skip(&c, d->has_time ? " ,\t\r\n" : " ,.-/\t\r\n");
		if (c.p == c.end || at(&c, "(["))
			return has_date(d);
		if (is_letter(*c.p)               ? take_word(&c, d)
		    : is_digit(*c.p)              ? take_number(&c, d)
		    : d->has_time && at(&c, "+-") ? take_offset(&c, d)
						  : false)
			continue;
		if (d->odd == NULL)
			d->odd = d->has_time ? odd_rest : odd_time;
		return has_date(d);
	}
}

/* Year, month and day as numbers in this order, with any blanks; or all in one, where zeros (IPTC's) are unknown. */
static bool
take_day(struct cursor *c, struct parts *d)
{
	int digits = count_digits(c);
	bool compact = digits == 8 || digits == 14;

	if ((digits != 4 && !compact) || number(c, 4, &d->year) != 4)
		return false;
	if (!compact)
		skip(c, " -/:.");
	if (number(c, 2, &d->month) == 0)
		return false;
	if (!compact)
		skip(c, " -/:.");
	if (number(c, 2, &d->day) == 0)
		return false;
	return has_date(d) || (compact && d->year != 0 && (d->month != 0 || d->day == 0));
}

/* The day as numbers, then whatever can be read behind it. */
static bool
take_numbers(struct cursor c, struct parts *d)
{
	if (!take_day(&c, d))
		return false;
	if (d->day == 0)
		return true;
	skip(&c, "-/:.,_Tt");
	skip(&c, " \t");
	skip(&c, "Tt");
	if (c.p == c.end)
		return true;
	if (!take_time(&c, d)) {
		d->odd = odd_time;
		return true;
	}
	if (d->odd == NULL && d->half != 0 && d->has_second) /* the form of Exif and ISO 8601, which has no halves */
		d->odd = odd_half;
	skip(&c, " \t");
	if (c.p < c.end && take_zone(&c, d))
		skip(&c, " \t");
	if (c.p < c.end && !at(&c, "(["))
		d->odd = odd_rest;
	return true;
}

static bool
to_when(const struct parts *d, struct when *out)
{
	int minutes = abs(d->offset_min);
	char text[96];
	size_t n;

	n = (size_t)snprintf(text, sizeof text, "%04d%02d%02d", d->year, d->month, d->day);
	if (d->has_time)
		n += (size_t)snprintf(text + n, sizeof text - n, "T%02d:%02d", d->hour, d->minute);
	if (d->has_second)
		n += (size_t)snprintf(text + n, sizeof text - n, ":%02d%s", d->second, d->fraction);
	if (d->utc)
		n += (size_t)snprintf(text + n, sizeof text - n, "Z");
	else if (d->has_zone)
		n += (size_t)snprintf(text + n, sizeof text - n, "%c%02d:%02d", d->offset_min < 0 ? '-' : '+',
		    minutes / 60, minutes % 60);
	return when_parse(text, n, out);
}

/* What when_parse() takes, a record may hold; a camera's clock does not show it. */
static void
mend(struct when *w, const char **odd)
{
	if (w->second > 59) {
		w->second = 59;
		*odd = odd_second;
	}
	if (w->zone == WHEN_OFFSET && !when_is_offset(w->offset_min)) {
		w->zone = WHEN_LOCAL;
		w->offset_min = 0;
		*odd = odd_zone;
	}
}

static bool
parse_plain(const char *text, size_t len, struct when *out, const char **odd)
{
	if (!when_parse(text, len, out))
		return false;
	mend(out, odd);
	return true;
}

/* Up to its NUL, with ASCII's digits in `ascii` where it is no longer than that. */
static struct cursor
open_text(const char *text, size_t len, char ascii[ASCII_LEN])
{
	const char *nul = len > 0 ? memchr(text, '\0', len) : NULL;

	len = nul != NULL ? (size_t)(nul - text) : len;
	return len <= ASCII_LEN ? (struct cursor){ascii, ascii + text_digits(text, len, ascii)}
				: (struct cursor){text, text + len};
}

bool
datetext_parse(const char *text, size_t len, struct when *out, const char **odd)
{
	struct parts d = {0}, numbers = {0};
	char ascii[ASCII_LEN];
	struct cursor c;

	*odd = NULL;
	if (parse_plain(text, len, out, odd))
		return true;
	c = open_text(text, len, ascii);
	if (parse_plain(c.p, (size_t)(c.end - c.p), out, odd))
		return true;
	while (c.p < c.end && strchr(" \t\r\n", c.end[-1]) != NULL)
		c.end--;
	skip(&c, " \t\r\n");
	if (take_named(c, &d)) {
		*odd = d.odd;
		return to_when(&d, out);
	}
	if (!take_numbers(c, &numbers))
		return false;
	*odd = numbers.odd;
	return to_when(&numbers, out);
}

void
datetext_zone(struct when *w, const char *text, size_t len, const char **odd)
{
	char ascii[ASCII_LEN];
	struct cursor c = open_text(text, len, ascii);
	struct parts d = {0};

	*odd = NULL;
	skip(&c, " :\t\r\n");
	if (c.p == c.end || w->precision < WHEN_MINUTE || w->zone != WHEN_LOCAL)
		return;
	if (take_zone(&c, &d))
		skip(&c, " :\t\r\n");
	*odd = d.odd == NULL && c.p < c.end && d.has_zone ? odd_rest : d.odd;
	if ((!d.has_zone && d.odd == NULL) || (c.p < c.end && (is_digit(*c.p) || is_letter(*c.p)))) {
		*odd = "its zone could not be read";
		return;
	}
	if (d.has_zone)
		w->zone = d.utc ? WHEN_UTC : WHEN_OFFSET;
	if (d.has_zone && !d.utc)
		w->offset_min = d.offset_min;
}

bool
datetext_is_blank(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len && strchr(" 0:-/.TZ\t\r\n", text[i]) != NULL; i++) /* NUL is among them */
		;
	return i == len;
}
