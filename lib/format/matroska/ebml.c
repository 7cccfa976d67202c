/*
 * The first byte of a number says how many bytes it has.  An identifier keeps that mark as part of it, a size does
 * not; a size of all ones is unknown, which a writer uses that cannot go back: such an element ends where its parent
 * does, as far as this walk is concerned, and whoever enters it has to know what cannot stand inside.
 */
#include "format/matroska/ebml.h"

#include <inttypes.h>
#include <string.h>

enum { HEADER_MAX = 12, ID_MAX = 4, SIZE_MAX_BYTES = 8 };

#define EPOCH_2001_S 978307200 /* 2001-01-01, from which dates count nanoseconds, after 1970 */

/* The length of the number that begins with this byte: 1 to 8, or 9. */
static size_t
length_of(uint8_t first)
{
	size_t n = 1;

	while (n <= 8 && (first & 0x80u >> (n - 1)) == 0)
		n++;
	return n;
}

static uint64_t
big_endian(const uint8_t *p, size_t len)
{
	uint64_t v = 0;

	for (size_t i = 0; i < len; i++)
		v = v << 8 | p[i];
	return v;
}

/* The size in n bytes at p; false where it is unknown. */
static bool
read_size(const uint8_t *p, size_t n, uint64_t *size)
{
	uint64_t mask = (UINT64_C(1) << 7 * n) - 1;

	*size = big_endian(p, n) & mask;
	return *size != mask;
}

/* Whether nothing more is to be read; else it counts one more element. */
static bool
is_spent(struct ebml *d)
{
	if (d->elements == EBML_ELEMENTS_MAX)
		media_warn(
		    d->r->info, FAIL_LIMIT, "more than %u Matroska elements; the rest was not read", EBML_ELEMENTS_MAX);
	return d->r->failed || d->elements++ >= EBML_ELEMENTS_MAX;
}

/* An element that goes on beyond `limit`, be it the file's end or that of the element around it. */
static bool
cut_off(struct reader *r, uint64_t at, uint64_t limit)
{
	if (limit == reader_size(r))
		media_warn(r->info, FAIL_TRUNCATED, "the file ends inside the element at %" PRIu64, at);
	else
		media_warn(r->info, FAIL_FORMAT, "the element at %" PRIu64 " ends after the one around it", at);
	return false;
}

bool
ebml_read(struct ebml *d, uint64_t at, uint64_t end, struct ebml_element *out)
{
	struct reader *r = d->r;
	uint64_t limit = end < reader_size(r) ? end : reader_size(r);
	size_t max = limit > at && limit - at < HEADER_MAX ? (size_t)(limit - at) : HEADER_MAX, id, size;
	const uint8_t *p;

	*out = (struct ebml_element){0};
	if (is_spent(d))
		return false;
	if (at >= limit)
		return cut_off(r, at, limit);
	if ((p = reader_at(r, at, max)) == NULL)
		return false;
	if ((id = length_of(p[0])) <= ID_MAX && id >= max)
		return cut_off(r, at, limit);
	if (id > ID_MAX || (size = length_of(p[id])) > SIZE_MAX_BYTES) {
		media_warn(r->info, FAIL_FORMAT, "no EBML element at %" PRIu64, at);
		return false;
	}
	if (id + size > max)
		return cut_off(r, at, limit);
	*out = (struct ebml_element){.id = (uint32_t)big_endian(p, id), .at = at + id + size};
	out->unknown_size = !read_size(p + id, size, &out->size);
	if (!out->unknown_size && out->size <= end - out->at && out->size <= limit - out->at)
		return true;
	out->size = end - out->at;
	return out->unknown_size || cut_off(r, at, limit);
}

void
ebml_walk_init(struct ebml_walk *w, struct ebml *d, const struct ebml_element *parent)
{
	w->d = d;
	w->at = parent->at;
	w->depth = 1;
	w->open[0].id = parent->id;
	w->open[0].end = parent->at + parent->size;
}

enum ebml_step
ebml_next(struct ebml_walk *w, struct ebml_element *out)
{
	uint64_t end = w->open[w->depth - 1].end;

	if (w->at < end && ebml_read(w->d, w->at, end, out)) {
		w->at = out->at + out->size;
		return EBML_ELEMENT;
	}
	if (w->d->r->failed || w->d->elements > EBML_ELEMENTS_MAX)
		return EBML_END;
	*out = (struct ebml_element){.id = w->open[w->depth - 1].id, .at = end};
	w->at = end;
	w->depth--;
	return w->depth == 0 ? EBML_END : EBML_LEFT;
}

bool
ebml_enter(struct ebml_walk *w, const struct ebml_element *e)
{
	if (w->depth == EBML_DEPTH_MAX)
		return false;
	w->open[w->depth].id = e->id;
	w->open[w->depth].end = e->at + e->size;
	w->depth++;
	w->at = e->at;
	return true;
}

bool
ebml_value(struct ebml *d, const struct ebml_element *e, struct ebml_value *out)
{
	*out = (struct ebml_value){.id = e->id, .len = e->size < EBML_VALUE_MAX ? (size_t)e->size : EBML_VALUE_MAX};
	if ((out->p = reader_at(d->r, e->at, out->len)) == NULL)
		return false;
	if (e->size > EBML_VALUE_MAX)
		media_warn(d->r->info, FAIL_VALUE, "a value of more than %u KiB was cut short", EBML_VALUE_MAX >> 10);
	return true;
}

bool
ebml_uint(const struct ebml_value *v, uint64_t *out)
{
	if (v->len > 8)
		return false;
	*out = big_endian(v->p, v->len);
	return true;
}

bool
ebml_float(const struct ebml_value *v, double *out)
{
	uint64_t bits = v->len <= 8 ? big_endian(v->p, v->len) : 0;
	uint32_t half = (uint32_t)bits;
	float single;

	if (v->len == 4) {
		memcpy(&single, &half, sizeof single);
		*out = (double)single;
		return true;
	}
	if (v->len != 8 && v->len != 0)
		return false;
	memcpy(out, &bits, sizeof *out);
	return true;
}

bool
ebml_date(const struct ebml_value *v, struct when *out)
{
	int64_t ns, seconds;
	uint32_t rest;
	int digits = 9;
	bool before;

	if (v->len != 8)
		return false;
	ns = (int64_t)big_endian(v->p, 8);
	before = ns % 1000000000 < 0; /* a second that has begun before 2001 */
	seconds = ns / 1000000000 - before;
	rest = (uint32_t)(ns % 1000000000 + (before ? 1000000000 : 0));
	for (uint32_t r = rest; digits > 0 && r % 10 == 0; r /= 10)
		digits--;
	return when_from_epoch(seconds + EPOCH_2001_S, rest, digits, out);
}

struct slice
ebml_text(const struct ebml_value *v)
{
	const char *text = (const char *)v->p;

	return (struct slice){text, strnlen(text, v->len)};
}
