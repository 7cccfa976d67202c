/* Times of records.  Every record of a run has one, so they are written without gmtime() and printf(). */
#include "run/rec.h"

#include <string.h>
#include <time.h>

#include "base/calendar.h"

enum { DAY_S = 86400, NANO_DIGITS = 9, SECOND_NS = 1000000000 };

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
	struct calendar_date date = calendar_date(days);

	p = put_digits(p, (unsigned)date.year, 4);
	*p++ = '-';
	p = put_digits(p, (unsigned)date.month, 2);
	*p++ = '-';
	return put_digits(p, (unsigned)date.day, 2);
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
	struct calendar_date date;
	unsigned f[6] = {0};
	long nanoseconds;

	if (text.len >= 2 && text.p[0] == '"' && text.p[text.len - 1] == '"')
		text = (struct slice){text.p + 1, text.len - 2};
	if (text.len <= whole || text.p[text.len - 1] != 'Z' || !read_picture(text.p, picture, f))
		return false;
	if (!read_fraction((struct slice){text.p + whole, text.len - whole - 1}, &nanoseconds))
		return false;
	date = (struct calendar_date){(int)f[0], (int)f[1], (int)f[2]};
	if (date.month < 1 || date.month > 12 || date.day < 1 ||
	    date.day > calendar_month_days(date.year, date.month) || f[3] > 23 || f[4] > 59 || f[5] > 59)
		return false;
	out->tv_sec = calendar_days(date) * DAY_S + f[3] * 3600 + f[4] * 60 + f[5];
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
