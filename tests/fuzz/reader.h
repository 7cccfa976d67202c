/* reader -- what the harnesses of readers check of a media_info: everything in it is fit for a record. */
#ifndef FUZZ_READER_H
#define FUZZ_READER_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/span.h"
#include "format/format.h"
#include "format/preview.h"
#include "format/unknown.h"
#include "media/taken.h"

static inline void
require(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "%s\n", what);
		abort();
	}
}

static inline void
check_fields(const struct media_info *info)
{
	for (int i = 0; i < MEDIA_FIELDS; i++) {
		const struct media_value *v = &info->field[i];

		if (v->kind == MEDIA_TEXT)
			require(v->len > 0 && v->at + v->len <= info->text.len &&
				    json_is_utf8(info->text.p + v->at, v->len),
			    "text that is none");
		else if (v->kind == MEDIA_NUMBER)
			require(isfinite(v->number), "a number that is none");
		require(v->kind == MEDIA_ABSENT || v->kind == media_field_kind((enum media_field)i),
		    "a field of another kind");
	}
	require(fabs(info->field[MEDIA_LAT].number) <= 90 && fabs(info->field[MEDIA_LON].number) <= 180,
	    "a position off the Earth");
	require(info->nwarnings <= MEDIA_WARNINGS_MAX, "more warnings than there is room");
}

/* Tags are one JSON object without a member twice. */
static inline void
check_tags(const struct buf *tags)
{
	struct spans spans = {0};
	struct buf object = {0};
	struct fail why = {0};

	require(!tags->failed, "out of memory");
	buf_addf(&object, "{%s}", buf_cstr(tags));
	require(span_scan((struct slice){object.p, object.len}, &spans, &why) == 0, buf_cstr(&object));
	spans_fini(&spans);
	buf_fini(&object);
}

static inline void
check_taken(struct media_info *info)
{
	static struct taken_order order;
	struct taken taken;
	struct fail why;
	struct buf b = {0};
	struct when again;

	if (order.pictures.n == 0)
		require(taken_parse(TAKEN_FROM_DEFAULT, &order, &why) == 0, "the default list");
	taken_choose(info, &order, false, 1764000000, &taken);
	when_format(&taken.when, &b);
	require(taken.when.precision == WHEN_NONE || when_parse(b.p, b.len, &again), "a date that is none");
	buf_fini(&b);
}

/* What is passed on as a small picture begins and ends like one, and is short. */
static inline void
check_preview(const struct preview *small)
{
	size_t len = small->jpeg.len;

	require(small->orientation >= 1 && small->orientation <= 8, "an orientation that is none");
	require(
	    len == 0 || (len > 4 && len <= READER_PREVIEW_BYTES + 2 && memcmp(small->jpeg.p, "\xff\xd8\xff", 3) == 0 &&
			    memcmp(small->jpeg.p + len - 2, "\xff\xd9", 2) == 0),
	    "a small picture that is none");
}

/* Bytes in a malloc of their exact size, read with all tags, and once more for the small picture. */
static inline void
read_and_check(const uint8_t *data, size_t size)
{
	static struct reader_worker *worker;
	static struct src *src;
	static struct buf tags;
	static struct media_info info = {.tags = &tags};
	static struct preview small;
	struct fail why = {0};
	uint8_t *exact = malloc(size + (size == 0));

	if (worker == NULL)
		worker = reader_worker_new();
	if (src == NULL)
		src = src_new();
	require(src != NULL && worker != NULL && exact != NULL, "out of memory");
	if (size > 0)
		memcpy(exact, data, size);
	src_open_memory(src, exact, size);
	media_clear(&info);
	require(format_read(src, worker, &info, &why) == 0, "bytes in memory cannot fail to be read");
	if (info.type == NULL)
		require(unknown_read(src, worker, "a.jpg", &info, &why) == 0, "nor these");
	check_fields(&info);
	check_tags(&tags);
	check_taken(&info);
	src_open_memory(src, exact, size);
	require(preview_read(src, worker, &small, &why) == 0, "nor can its small picture");
	check_preview(&small);
	free(exact);
}

#endif
