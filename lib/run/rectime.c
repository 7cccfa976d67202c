/*
 * Times of records.  Every record of a run has one, so the calendar is computed here instead of by gmtime() and
 * printf(): days are counted in eras of 400 years that begin on 1 March, which puts the leap day last.
 */
#include "run/rec.h"

#include <string.h>
#include <time.h>

enum {
	DAY_S = 86400,
	ERA_DAYS = 146097,
	EPOCH_DAYS = 719468, /* from 0000-03-01 to 1970-01-01 */
	NANO_DIGITS = 9,
	SECOND_NS = 1000000000
};

static const int64_t year_0 = -62167219200, year_10000 = 253402300800;

static char *
put_digits(char *p, unsigned n, int digits)
{
	int i;

	for (i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + n % 10);
		n /= 10;
	}
	return p + digits;
}

/* `days` since 1970-01-01, from year 0 on. */
static char *
put_date(char *p, int64_t days)
{
	unsigned day = (unsigned)(days + EPOCH_DAYS + ERA_DAYS) % ERA_DAYS; /* of the era */
	unsigned era = (unsigned)(days + EPOCH_DAYS + ERA_DAYS) / ERA_DAYS;
	unsigned of_era = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	unsigned of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
	unsigned month = (5 * of_year + 2) / 153; /* 0 is March */
	unsigned year = era * 400 - 400 + of_era + (month >= 10);

	p = put_digits(p, year, 4);
	*p++ = '-';
	p = put_digits(p, month < 10 ? month + 3 : month - 9, 2);
	*p++ = '-';
	return put_digits(p, of_year - (153 * month + 2) / 5 + 1, 2);
}

void
rec_format_time(struct buf *out, const struct timespec *t)
{
	char text[32], *p = text;
	int64_t s = t->tv_sec;
	unsigned of_day;

	if (s < year_0 || s >= year_10000)
		return;
	of_day = (unsigned)((s - year_0) % DAY_S);
	p = put_date(p, (s - (int64_t)of_day) / DAY_S);
	*p++ = 'T';
	p = put_digits(p, of_day / 3600, 2);
	*p++ = ':';
	p = put_digits(p, of_day / 60 % 60, 2);
	*p++ = ':';
	p = put_digits(p, of_day % 60, 2);
	*p++ = '.';
	p = put_digits(p, (unsigned)t->tv_nsec, NANO_DIGITS);
	*p++ = 'Z';
	buf_add(out, text, (size_t)(p - text));
}

static int64_t
days_from_date(unsigned year, unsigned month, unsigned day)
{
	unsigned shifted = year + 400 - (month <= 2), of_era = shifted % 400; /* one era more: never negative */
	unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return (int64_t)(shifted / 400) * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - ERA_DAYS -
	       EPOCH_DAYS;
}

static unsigned
month_days(unsigned year, unsigned month)
{
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 ? 28u + leap : 30u + (0x15aa >> month & 1);
}

/* Read the digits of a picture such as "0000-00-00": every 0 stands for a digit, all else for itself. */
static bool
read_picture(const char *p, const char *picture, unsigned *fields)
{
	for (; *picture != '\0'; picture++, p++) {
		if (*picture != '0') {
			if (*p != *picture)
				return false;
			*++fields = 0;
			continue;
		}
		if (*p < '0' || *p > '9')
			return false;
		*fields = *fields * 10 + (unsigned)(*p - '0');
	}
	return true;
}

static bool
read_fraction(struct slice text, long *nanoseconds)
{
	long scale = 100000000, n = 0;
	size_t i;

	if (text.len == 0) {
		*nanoseconds = 0;
		return true;
	}
	if (text.len == 1 || text.p[0] != '.')
		return false;
	for (i = 1; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		n += (text.p[i] - '0') * scale;
		scale /= 10;
	}
	*nanoseconds = n;
	return true;
}

bool
rec_parse_time(struct slice text, struct timespec *out)
{
	static const char picture[] = "0000-00-00T00:00:00";
	const size_t whole = sizeof picture - 1;
	unsigned f[6] = {0};
	long nanoseconds;

	if (text.len >= 2 && text.p[0] == '"' && text.p[text.len - 1] == '"')
		text = (struct slice){text.p + 1, text.len - 2};
	if (text.len <= whole || text.p[text.len - 1] != 'Z' || !read_picture(text.p, picture, f))
		return false;
	if (!read_fraction((struct slice){text.p + whole, text.len - whole - 1}, &nanoseconds))
		return false;
	if (f[1] < 1 || f[1] > 12 || f[2] < 1 || f[2] > month_days(f[0], f[1]) || f[3] > 23 || f[4] > 59 || f[5] > 59)
		return false;
	out->tv_sec = days_from_date(f[0], f[1], f[2]) * DAY_S + f[3] * 3600 + f[4] * 60 + f[5];
	out->tv_nsec = nanoseconds;
	return true;
}

bool
rec_time_to_ns(const struct timespec *t, int64_t *ns)
{
	return !__builtin_mul_overflow((int64_t)t->tv_sec, (int64_t)SECOND_NS, ns) &&
	       !__builtin_add_overflow(*ns, (int64_t)t->tv_nsec, ns);
}

void
rec_time_of_ns(int64_t ns, struct timespec *out)
{
	*out = (struct timespec){ns / SECOND_NS, ns % SECOND_NS};
	if (out->tv_nsec < 0) {
		out->tv_sec--;
		out->tv_nsec += SECOND_NS;
	}
}
