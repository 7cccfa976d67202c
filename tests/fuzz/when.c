/* Fuzz media/when: what is read as a date can be written, read again, moved to a zone and put into a template. */
#include "media/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "%s\n", what);
		abort();
	}
}

static void
try_date(const struct when *w, const char *format)
{
	struct when again, epoch, zoned = *w;
	struct buf b = {0};

	when_format(w, &b);
	require(when_parse(b.p, b.len, &again), "what was written is no date");
	require(memcmp(w, &again, sizeof again) == 0, "what was written is another date");
	if (w->second < 60)
		require(when_from_epoch(when_seconds(w), w->nsec, w->nsec_digits, &epoch) && epoch.day == w->day &&
			    epoch.month == w->month && epoch.year == w->year && epoch.hour == w->hour,
		    "the seconds are those of another date");
	when_plausible(w, 1795305600);
	when_to_zone(&zoned);
	require(zoned.precision == w->precision, "a zone changes no precision");
	buf_clear(&b, SIZE_MAX);
	when_format(&zoned, &b);
	buf_clear(&b, SIZE_MAX);
	if (!when_strftime(w, format, &b))
		require(b.len == 0, "a template that fails appends nothing");
	buf_fini(&b);
}

/* The text of a date up to the first NUL, then a template; both in memory of their exact size. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool zone_is_set;
	const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
	size_t text_len = nul != NULL ? (size_t)(nul - data) : size;
	char *text = malloc(text_len + 1), *format = calloc(1, size - text_len + 1);
	struct when w;

	if (!zone_is_set)
		zone_is_set = when_set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	require(text != NULL && format != NULL, "out of memory");
	if (text_len > 0)
		memcpy(text, data, text_len);
	text[text_len] = '0'; /* not to be read */
	if (nul != NULL)
		memcpy(format, nul + 1, size - text_len - 1);
	memset(&w, 0, sizeof w);
	if (when_parse(text, text_len, &w))
		try_date(&w, format);
	free(text);
	free(format);
	return 0;
}
