/*
 * A format is taken one conversion at a time: each says what part of the date it needs, so that a date that knows only
 * its year cannot become the first of January, and the few that glibc would fill from the process's zone are ours.
 */
#include "media/when.h"

#include <locale.h>
#include <string.h>

#define CONVERSION_BYTES 16 /* "%…c" and its NUL */

/* strftime's conversions by the least precision that they need. */
static const struct {
	enum when_precision need;
	const char *conversions;
} needs[] = {
    {WHEN_NONE, "%nt"},
    {WHEN_YEAR, "YCy"},
    {WHEN_MONTH, "mbBh"},
    {WHEN_DAY, "deajAuwVUWDFxGg"},
    {WHEN_MINUTE, "HIMpPRklzZ"},
    {WHEN_SECOND, "STcXrs"},
};

/* Bytes from % to the conversion's letter. */
static size_t
conversion_len(const char *format)
{
	size_t len = 1 + strspn(format + 1, "_-0^#+");

	len += strspn(format + len, "0123456789");
	return len + strspn(format + len, "EO");
}

static bool
is_known(char conversion)
{
	for (size_t i = 0; conversion != '\0' && i < sizeof needs / sizeof needs[0]; i++) {
		if (strchr(needs[i].conversions, conversion) != NULL)
			return true;
	}
	return false;
}

const char *
when_strftime_wrong(const char *format)
{
	while ((format = strchr(format, '%')) != NULL) {
		size_t len = conversion_len(format);

		if (!is_known(format[len]) || len + 2 > CONVERSION_BYTES)
			return format;
		format += len + 1;
	}
	return NULL;
}

static bool
has_part(const struct when *w, char conversion)
{
	for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
		if (strchr(needs[i].conversions, conversion) != NULL)
			return w->precision >= needs[i].need &&
			       (strchr("zZs", conversion) == NULL || w->zone != WHEN_LOCAL);
	return false;
}

static struct tm
broken_down(const struct when *w)
{
	struct when new_year = {.precision = WHEN_DAY, .year = w->year, .month = 1, .day = 1};
	struct when date = {.precision = WHEN_DAY, .year = w->year, .month = w->month, .day = w->day};
	int64_t days = when_seconds(&date) / 86400; /* exact, also before 1970 */

	return (struct tm){
	    .tm_year = w->year - 1900,
	    .tm_mon = w->month - 1,
	    .tm_mday = w->day,
	    .tm_hour = w->hour,
	    .tm_min = w->minute,
	    .tm_sec = w->second,
	    .tm_wday = (int)(((days + 4) % 7 + 7) % 7),
	    .tm_yday = (int)(days - when_seconds(&new_year) / 86400),
	    .tm_gmtoff = w->zone == WHEN_OFFSET ? w->offset_min * 60L : 0,
	};
}

/* One conversion with its flags, "%…c", a C string. */
static bool
add_conversion(const struct when *w, const struct tm *tm, locale_t c_locale, const char *conversion, struct buf *out)
{
	char kind = conversion[strlen(conversion) - 1], text[256];
	size_t n;

	if (kind == 's')
		return buf_addf(out, "%lld", (long long)(when_seconds(w) - w->offset_min * 60LL)) == 0;
	if (kind == 'Z' && w->zone == WHEN_UTC)
		return buf_adds(out, "UTC") == 0;
	if (kind == 'Z')
		conversion = "%z";
	n = strftime_l(text, sizeof text, conversion, tm, c_locale);
	return n > 0 && buf_add(out, text, n) == 0;
}

static bool
add_all(const struct when *w, const char *format, locale_t c_locale, struct buf *out)
{
	struct tm tm = broken_down(w);
	char conversion[CONVERSION_BYTES];
	size_t len;

	while (*format != '\0') {
		if (*format != '%') {
			len = strcspn(format, "%");
			if (buf_add(out, format, len) == -1)
				return false;
			format += len;
			continue;
		}
		len = conversion_len(format);
		if (format[len] == '\0' || len + 2 > sizeof conversion || !has_part(w, format[len]))
			return false;
		memcpy(conversion, format, len + 1);
		conversion[len + 1] = '\0';
		if (!add_conversion(w, &tm, c_locale, conversion, out))
			return false;
		format += len + 1;
	}
	return true;
}

bool
when_strftime(const struct when *w, const char *format, struct buf *out)
{
	size_t before = out->len;
	locale_t c_locale;
	bool good;

	if (w->precision == WHEN_NONE || (c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0)) == (locale_t)0)
		return false;
	good = add_all(w, format, c_locale, out);
	freelocale(c_locale);
	if (!good) {
		out->len = before;
		if (out->p != NULL)
			out->p[before] = '\0';
	}
	return good;
}
