/*
 * The text is taken apart into words, numbers and a time, whatever their order, and put together again in the form of
 * ISO 8601, which when_parse() reads and holds against the calendar.
 *
 * Source: RFC 1123, 5.2.14, and RFC 822, 5 (mail, PNG); ctime(3) (AVI); cameras.
 */
#include "media/spelled.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct cursor {
	const char *p, *end;
};

struct parts {
	int year, month, day; /* 0: not seen */
	int hour, minute, second;
	bool has_time, has_second, has_zone, utc, pm, am;
	int offset_min;
	char fraction[12]; /* with its point */
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

static void
skip(struct cursor *c, const char *set)
{
	while (c->p < c->end && strchr(set, *c->p) != NULL)
		c->p++;
}

/* The number at the cursor; returns how many digits it has, 0 where there is none or it is too long. */
static int
number(struct cursor *c, int *out)
{
	int n = 0;

	for (*out = 0; c->p < c->end && is_digit(*c->p); c->p++, n++) {
		if (n == 4)
			return 0;
		*out = *out * 10 + (*c->p - '0');
	}
	return n;
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
static void
take_zone_name(struct parts *d, const char *word, size_t len)
{
	static const char american[] = "ESTEDTCSTCDTMSTMDTPSTPDT";
	static const int hours[] = {-5, -4, -6, -5, -7, -6, -8, -7};
	int i = len == 3 ? named(american, word, len) : 0;
	bool greenwich = (len == 3 && (strncasecmp(word, "GMT", 3) == 0 || strncasecmp(word, "UTC", 3) == 0)) ||
			 (len == 2 && strncasecmp(word, "UT", 2) == 0) || (len == 1 && (*word | 0x20) == 'z');

	if (i == 0 && !greenwich)
		return;
	d->has_zone = !greenwich;
	d->utc = greenwich;
	d->offset_min = greenwich ? 0 : hours[i - 1] * 60;
}

/* A word; false for one that belongs in no date. */
static bool
take_word(struct cursor *c, struct parts *d)
{
	const char *word = c->p;
	size_t len;
	int month;

	while (c->p < c->end && is_letter(*c->p))
		c->p++;
	len = (size_t)(c->p - word);
	if (len == 2 && (word[1] | 0x20) == 'm' && strchr("aApP", *word) != NULL) {
		d->pm = (*word | 0x20) == 'p';
		d->am = !d->pm;
	} else if (d->month == 0 && (month = named("JanFebMarAprMayJunJulAugSepOctNovDec", word, len)) != 0) {
		d->month = month;
	} else if (d->has_time) {
		take_zone_name(d, word, len);
	} else {
		return named("MonTueWedThuFriSatSun", word, len) != 0 || (len == 1 && (*word | 0x20) == 't');
	}
	return true;
}

/* What follows the hour: minutes, perhaps seconds and their fraction. */
static bool
take_time(struct cursor *c, struct parts *d, int hour)
{
	size_t n = 0;

	if (d->has_time)
		return false;
	d->has_time = true;
	d->hour = hour;
	skip(c, ": ");
	if (number(c, &d->minute) == 0)
		return false;
	if (c->p == c->end || *c->p != ':')
		return true;
	d->has_second = true;
	skip(c, ": ");
	if (number(c, &d->second) == 0)
		return false;
	for (; c->p < c->end && (is_digit(*c->p) || (n == 0 && *c->p == '.')); c->p++)
		if (n < sizeof d->fraction - 1)
			d->fraction[n++] = *c->p;
	return true;
}

/* A number is the hour where a colon follows it; else the day, or the year, by its length. */
static bool
take_number(struct cursor *c, struct parts *d)
{
	int value, digits = number(c, &value);

	if (digits == 0)
		return false;
	if (c->p < c->end && *c->p == ':' && digits <= 2)
		return take_time(c, d, value);
	if (digits <= 2 && d->day == 0) {
		d->day = value;
		return value != 0;
	}
	if (d->year != 0 || (digits != 4 && digits != 2))
		return false;
	d->year = digits == 4 ? value : value + (value >= 70 ? 1900 : 2000);
	return true;
}

static bool
take_offset(struct cursor *c, struct parts *d)
{
	bool west = *c->p++ == '-';
	int value, minutes = 0, digits = number(c, &value);

	if (digits == 4) {
		minutes = value % 100;
		value /= 100;
	} else if (digits == 0 || digits > 2) {
		return false;
	} else if (c->p < c->end && *c->p == ':') {
		c->p++;
		if (number(c, &minutes) != 2)
			return false;
	}
	if (value > 15 || minutes > 59)
		return false;
	d->has_zone = true;
	d->offset_min = (value * 60 + minutes) * (west ? -1 : 1);
	return true;
}

/* Parts in any order, the month by its name. */
static bool
take_named(struct cursor c, struct parts *d)
{
	for (;;) {
		skip(&c, d->has_time ? " ,\t\r\n" : " ,.-/\t\r\n");
		if (c.p == c.end || *c.p == '(')
			return d->month != 0 && d->day != 0 && d->year != 0;
		if (is_letter(*c.p)                               ? !take_word(&c, d)
		    : is_digit(*c.p)                              ? !take_number(&c, d)
		    : d->has_time && (*c.p == '+' || *c.p == '-') ? !take_offset(&c, d)
								  : true)
			return false;
	}
}

/* Year, month, day and perhaps a time, as numbers in this order, with any blanks. */
static bool
take_numbers(struct cursor c, struct parts *d)
{
	int hour;

	if (number(&c, &d->year) != 4)
		return false;
	skip(&c, " -/:.");
	if (number(&c, &d->month) == 0)
		return false;
	skip(&c, " -/:.");
	if (number(&c, &d->day) == 0)
		return false;
	skip(&c, " -/:.,T");
	if (c.p == c.end)
		return true;
	if (number(&c, &hour) == 0 || c.p == c.end || *c.p != ':' || !take_time(&c, d, hour))
		return false;
	skip(&c, " ");
	return (c.p == c.end || (is_letter(*c.p) && take_word(&c, d))) && c.p == c.end;
}

static bool
put_together(const struct parts *d, struct when *out)
{
	int hour = d->pm || d->am ? d->hour % 12 + (d->pm ? 12 : 0) : d->hour, minutes = abs(d->offset_min);
	char text[96];
	size_t n;

	if ((d->pm || d->am) && (d->hour < 1 || d->hour > 12))
		hour = d->hour;
	n = (size_t)snprintf(text, sizeof text, "%04d-%02d-%02d", d->year, d->month, d->day);
	if (d->has_time)
		n += (size_t)snprintf(text + n, sizeof text - n, "T%02d:%02d", hour, d->minute);
	if (d->has_second)
		n += (size_t)snprintf(text + n, sizeof text - n, ":%02d%s", d->second, d->fraction);
	if (d->has_zone)
		n += (size_t)snprintf(text + n, sizeof text - n, "%c%02d:%02d", d->offset_min < 0 ? '-' : '+',
		    minutes / 60, minutes % 60);
	else if (d->utc)
		n += (size_t)snprintf(text + n, sizeof text - n, "Z");
	return when_parse(text, n, out);
}

bool
spelled_parse(const char *text, size_t len, struct when *out)
{
	const char *nul = len > 0 ? memchr(text, '\0', len) : NULL;
	struct cursor c = {text, nul != NULL ? nul : text + len};
	struct parts d = {0}, numbers = {0};

	if (when_parse(text, len, out))
		return true;
	while (c.p < c.end && strchr(" \t\r\n", c.end[-1]) != NULL)
		c.end--;
	skip(&c, " \t\r\n");
	if (take_named(c, &d))
		return put_together(&d, out);
	return take_numbers(c, &numbers) && put_together(&numbers, out);
}

enum media_basis
spelled_basis(const struct when *w)
{
	return w->zone == WHEN_UTC ? MEDIA_BASIS_UTC : w->zone == WHEN_OFFSET ? MEDIA_BASIS_ZONED : MEDIA_BASIS_LOCAL;
}

void
spelled_set_date(struct media_info *info, enum media_date_source source, const char *text, size_t len)
{
	struct when w;
	size_t i;

	for (i = 0; i < len && strchr(" 0:-/.TZ\t\r\n", text[i]) != NULL; i++) /* NUL is among them */
		;
	if (i == len)
		return;
	if (spelled_parse(text, len, &w))
		media_set_date(info, source, &w, spelled_basis(&w));
	else
		media_warn(info, FAIL_DATE, "%s is no date in the calendar", media_date_name(source));
}
