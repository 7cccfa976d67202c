/* Fuzz media/datetext: whatever is taken for a date is one that a record can hold, with an offset that clocks have. */
#include "media/datetext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct when *w)
{
	struct buf b = {0};
	struct when again;

	when_format(w, &b);
	if (w->second > 59 || (w->zone == WHEN_OFFSET && !when_is_offset(w->offset_min)) ||
	    !when_parse(b.p, b.len, &again) || memcmp(w, &again, sizeof again) != 0) {
		fprintf(stderr, "not a date: %s\n", buf_cstr(&b));
		abort();
	}
	buf_fini(&b);
}

/* A date; and the same text as a zone. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + (size == 0));
	const char *odd;
	struct when w;

	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	memset(&w, 0, sizeof w);
	if (datetext_parse(text, size, &w, &odd)) {
		check(&w);
		if (odd == NULL && datetext_is_blank(text, size))
			abort();
	}
	memset(&w, 0, sizeof w);
	when_parse("2019:07:14 14:38:09", 19, &w);
	datetext_zone(&w, text, size, &odd);
	check(&w);
	free(text);
	return 0;
}
