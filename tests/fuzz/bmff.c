/* Fuzz media/bmff: no bytes in memory are a failure, and what is read is fit for a record. */
#include "format/format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/json.h"

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
check(const struct media_info *info)
{
	struct buf b = {0};
	struct when again;

	for (int i = 0; i < MEDIA_FIELDS; i++) {
		const struct media_value *v = &info->field[i];

		if (v->kind == MEDIA_TEXT)
			require(v->len > 0 && v->at + v->len <= info->text.len && json_is_utf8(info->text.p + v->at, v->len),
			    "text that is none");
		else if (v->kind == MEDIA_NUMBER)
			require(isfinite(v->number), "a number that is none");
	}
	for (int i = 0; i < MEDIA_DATE_SOURCES; i++) {
		buf_clear(&b, SIZE_MAX);
		when_format(&info->date[i].when, &b);
		if (b.len > 0)
			require(when_parse(b.p, b.len, &again), "a date that is none");
	}
	require(fabs(info->field[MEDIA_LAT].number) <= 90 && fabs(info->field[MEDIA_LON].number) <= 180,
	    "a position off the Earth");
	require(info->nwarnings <= MEDIA_WARNINGS_MAX, "more warnings than there is room");
	buf_fini(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct media_info info = {0};
	struct src *src = src_new();
	struct fail why = {0};
	uint8_t *exact = malloc(size + (size == 0));
	const char *type, *mime;

	require(src != NULL && exact != NULL, "out of memory");
	if (size > 0)
		memcpy(exact, data, size);
	format_bmff.bid(exact, size, &type, &mime);
	src_open_memory(src, exact, size);
	require(format_bmff.read(src, NULL, &info, &why) == 0, "bytes in memory cannot fail to be read");
	check(&info);
	media_fini(&info);
	src_free(src);
	free(exact);
	return 0;
}
