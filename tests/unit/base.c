/* Tests of the smallest parts of lib/base: arrays that grow, the calendar, characters of UTF-8. */
#include <errno.h>
#include <stdint.h>

#include "base/array.h"
#include "base/calendar.h"
#include "base/utf8.h"
#include "tap.h"

static void
test_array(void)
{
	size_t cap = 0, n, huge = SIZE_MAX / sizeof(size_t);
	size_t *v = NULL;
	bool good = true;

	for (n = 0; n < 1000; n++) {
		v = array_room(v, &cap, n, sizeof *v);
		good = good && v != NULL && cap > n;
		v[n] = n;
	}
	while (n-- > 0)
		good = good && v[n] == n;
	tap_ok(good, "an array keeps what is in it while it grows");
	errno = 0;
	tap_ok(array_room(v, &huge, huge, sizeof *v) == NULL && errno == ENOMEM && huge == SIZE_MAX / sizeof(size_t),
	    "one that would be larger than memory is none, and stays what it was");
	free(v);
}

static void
test_calendar(void)
{
	static const struct {
		struct calendar_date date;
		int64_t days;
	} rows[] = {
	    {{1970, 1, 1}, 0},
	    {{1969, 12, 31}, -1},
	    {{2000, 2, 29}, 11016},
	    {{2000, 3, 1}, 11017},
	    {{1900, 2, 28}, -25509},
	    {{1900, 3, 1}, -25508},
	    {{9999, 12, 31}, 2932896},
	    {{1, 1, 1}, -719162},
	    {{0, 1, 1}, -719528},
	};
	struct calendar_date date;
	int64_t days;
	bool good = true;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		date = calendar_date(rows[i].days);
		tap_ok(calendar_days(rows[i].date) == rows[i].days && date.year == rows[i].date.year &&
			   date.month == rows[i].date.month && date.day == rows[i].date.day,
		    "%04d-%02d-%02d is day %lld", rows[i].date.year, rows[i].date.month, rows[i].date.day,
		    (long long)rows[i].days);
	}
	for (days = -719528; days < 2932897; days += 13) {
		date = calendar_date(days);
		good = good && calendar_days(date) == days && date.day >= 1 &&
		       date.day <= calendar_month_days(date.year, date.month);
	}
	tap_ok(good, "days and dates are each other's reverse");
	tap_ok(calendar_month_days(2023, 2) == 28 && calendar_month_days(2024, 2) == 29 &&
		   calendar_month_days(1900, 2) == 28 && calendar_month_days(2000, 2) == 29,
	    "leap years");
}

static void
test_utf8(void)
{
	static const struct {
		uint32_t c;
		const char *want;
	} rows[] = {
	    {'a', "a"},
	    {0x7f, "\x7f"},
	    {0x80, "\xc2\x80"},
	    {0x7ff, "\xdf\xbf"},
	    {0x800, "\xe0\xa0\x80"},
	    {0xffff, "\xef\xbf\xbf"},
	    {0x10000, "\xf0\x90\x80\x80"},
	    {0x10ffff, "\xf4\x8f\xbf\xbf"},
	};
	char out[UTF8_MAX];
	size_t len;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		len = utf8_encode(rows[i].c, out);
		tap_ok(
		    len == strlen(rows[i].want) && memcmp(out, rows[i].want, len) == 0, "U+%04x", (unsigned)rows[i].c);
	}
}

int
main(void)
{
	test_array();
	test_calendar();
	test_utf8();
	return tap_done();
}
