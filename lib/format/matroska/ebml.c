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
take_size(const uint8_t *p, size_t n, uint64_t *size)
{
	uint64_t mask = (UINT64_C(1) << 7 * n) - 1;

	*size = big_endian(p, n) & mask;
	return *size != mask;
}

/* What should go on beyond `limit`, be it the file's end or that of the element around it. */
static int
cut_off(const struct src *src, uint64_t at, uint64_t limit, struct fail *why)
{
	if (limit == src_size(src))
		return fail_set(why, FAIL_TRUNCATED, "read", "the file ends inside the element at %" PRIu64, at);
	return fail_set(why, FAIL_FORMAT, "read", "the element at %" PRIu64 " ends after the one around it", at);
}

int
ebml_read(struct src *src, uint64_t at, uint64_t end, struct ebml_element *out, struct fail *why)
{
	uint64_t limit = end < src_size(src) ? end : src_size(src);
	size_t max = limit > at && limit - at < HEADER_MAX ? (size_t)(limit - at) : HEADER_MAX, id, size;
	const uint8_t *p;

	*out = (struct ebml_element){0};
	if (at >= limit)
		return cut_off(src, at, limit, why);
	if ((p = src_at(src, at, max, why)) == NULL)
		return -1;
	if ((id = length_of(p[0])) > ID_MAX)
		return fail_set(why, FAIL_FORMAT, "read", "no element at %" PRIu64, at);
	if (id >= max)
		return cut_off(src, at, limit, why);
	if ((size = length_of(p[id])) > SIZE_MAX_BYTES)
		return fail_set(why, FAIL_FORMAT, "read", "an element at %" PRIu64 " has no size", at);
	if (id + size > max)
		return cut_off(src, at, limit, why);
	out->id = (uint32_t)big_endian(p, id);
	out->at = at + id + size;
	out->unknown_size = !take_size(p + id, size, &out->size);
	if (out->unknown_size)
		out->size = end - out->at;
	else if (out->size > end - out->at || out->size > limit - out->at)
		return cut_off(src, at, limit, why);
	return 0;
}

void
ebml_walk_init(struct ebml_walk *w, struct src *src, const struct ebml_element *parent)
{
	w->src = src;
	w->at = parent->at;
	w->depth = 1;
	w->open[0].id = parent->id;
	w->open[0].end = parent->at + parent->size;
}

enum ebml_step
ebml_next(struct ebml_walk *w, struct ebml_element *out, struct fail *why)
{
	uint64_t end = w->open[w->depth - 1].end;

	if (w->at >= end) {
		*out = (struct ebml_element){.id = w->open[w->depth - 1].id, .at = end};
		w->depth--;
		return w->depth == 0 ? EBML_END : EBML_LEFT;
	}
	if (ebml_read(w->src, w->at, end, out, why) == -1) {
		w->at = end;
		return EBML_FAILED;
	}
	w->at = out->at + out->size;
	return EBML_ELEMENT;
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

const uint8_t *
ebml_bytes(struct src *src, const struct ebml_element *e, size_t max, size_t *len, struct fail *why)
{
	*len = e->size < max ? (size_t)e->size : max;
	return src_at(src, e->at, *len, why);
}

bool
ebml_uint(const uint8_t *p, size_t len, uint64_t *out)
{
	if (len > 8)
		return false;
	*out = big_endian(p, len);
	return true;
}

bool
ebml_float(const uint8_t *p, size_t len, double *out)
{
	uint64_t bits = len <= 8 ? big_endian(p, len) : 0;
	uint32_t half = (uint32_t)bits;
	float single;

	if (len == 4) {
		memcpy(&single, &half, sizeof single);
		*out = (double)single;
		return true;
	}
	if (len != 8 && len != 0)
		return false;
	memcpy(out, &bits, sizeof *out);
	return true;
}

bool
ebml_date(const uint8_t *p, size_t len, struct when *out)
{
	int64_t ns, seconds;
	uint32_t rest;
	int digits = 9;
	bool before;

	if (len != 8)
		return false;
	ns = (int64_t)big_endian(p, 8);
	before = ns % 1000000000 < 0; /* a second that has begun before 2001 */
	seconds = ns / 1000000000 - before;
	rest = (uint32_t)(ns % 1000000000 + (before ? 1000000000 : 0));
	for (uint32_t r = rest; digits > 0 && r % 10 == 0; r /= 10)
		digits--;
	return when_from_epoch(seconds + EPOCH_2001_S, rest, digits, out);
}
