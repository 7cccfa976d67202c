/* Fuzz media/names: whatever is taken for a date is one, and can have been. */
#include "media/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1795305600

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct when *w, enum when_precision most)
{
	struct buf b = {0};
	struct when again;

	when_format(w, &b);
	if (!when_plausible(w, NOW) || w->precision > most || !when_parse(b.p, b.len, &again) ||
	    memcmp(w, &again, sizeof again) != 0) {
		fprintf(stderr, "not a date: %s\n", buf_cstr(&b));
		abort();
	}
	buf_fini(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum media_basis basis;
	struct when w;
	char *path = malloc(size + (size == 0));

	if (path == NULL)
		abort();
	if (size > 0)
		memcpy(path, data, size);
	memset(&w, 0, sizeof w);
	if (names_date(path, size, NOW, &w, &basis)) {
		check(&w, WHEN_SECOND);
		if ((basis == MEDIA_BASIS_ZONED) != (w.zone == WHEN_OFFSET) ||
		    (basis == MEDIA_BASIS_UTC) != (w.zone == WHEN_UTC))
			abort();
	}
	if (names_folder_date(path, size, NOW, &w))
		check(&w, WHEN_DAY);
	free(path);
	return 0;
}
