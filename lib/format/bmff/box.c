/*
 * The level that is left is popped one call at a time, so that the caller sees every box that it entered end, also
 * when the walk was stopped in the middle.
 */
#include "format/bmff/box.h"

#include <inttypes.h>
#include <string.h>

#define MDAT BOX_TYPE('m', 'd', 'a', 't')

void
box_begin(struct boxes *w, struct reader *r, uint64_t begin, uint64_t end)
{
	*w = (struct boxes){.r = r, .depth = 1, .at = begin};
	w->open[0] = (struct box){.body = begin, .end = end};
}

void
box_within(struct boxes *w, const struct boxes *outer, const struct box *b, uint64_t skip)
{
	box_begin(w, outer->r, b->body, b->end);
	w->open[0].type = b->type;
	w->at = skip < b->end - b->body ? b->body + skip : b->end;
	w->count = outer->count;
	w->cut = outer->cut;
}

void
box_done(struct boxes *outer, const struct boxes *inner)
{
	outer->count = inner->count;
	outer->cut |= inner->cut;
}

const char *
box_name(uint32_t type, char name[5])
{
	for (int i = 0; i < 4; i++) {
		name[i] = (char)(type >> (24 - 8 * i));
		if (name[i] <= ' ' || name[i] > '~')
			name[i] = '_';
	}
	name[4] = '\0';
	return name;
}

const uint8_t *
box_bytes(struct boxes *w, const struct box *b, uint64_t skip, size_t len)
{
	const uint8_t *p;

	if (skip > b->end - b->body || b->end - b->body - skip < len)
		return NULL;
	if ((p = reader_at(w->r, b->body + skip, len)) == NULL)
		w->stop = true;
	return p;
}

bool
box_is_uuid(struct boxes *w, const struct box *b, const char *uuid)
{
	const uint8_t *p = b->type == BOX_UUID ? box_bytes(w, b, 0, BOX_UUID_LEN) : NULL;

	return p != NULL && memcmp(p, uuid, BOX_UUID_LEN) == 0;
}

/* A box that says it is longer than what it lies in is taken as far as it goes. */
static void
cut(struct boxes *w, const struct box *b, uint64_t beyond)
{
	char name[5], outer[5];

	if (w->cut)
		return;
	w->cut = true;
	if (w->depth == 1 && w->open[0].end == reader_size(w->r))
		media_warn(w->r->info, FAIL_TRUNCATED, "the file ends %" PRIu64 " bytes before the end of its %s box",
		    beyond, box_name(b->type, name));
	else
		media_warn(w->r->info, FAIL_FORMAT, "a %s box is larger than the %s box that holds it",
		    box_name(b->type, name), box_name(w->open[w->depth - 1].type, outer));
}

/* Whether what is no whole box is none at all, but what was appended. */
static bool
is_tail(const struct boxes *w, uint32_t type)
{
	bool named = true;

	for (int i = 0; i < 32; i += 8)
		named &= (type >> i & 0xff) > ' ' && (type >> i & 0xff) <= '~';
	return type != MDAT && type != BOX_UUID && (w->loose || (w->tailed && !named));
}

/* The header at w->at, which lies at least eight bytes before `end`.  False: there is no going on behind it. */
static bool
read_header(struct boxes *w, uint64_t end, struct box *b)
{
	uint64_t size, left = end - w->at;
	size_t len, header = 8;
	const uint8_t *p = reader_some(w->r, w->at, left < 16 ? (size_t)left : 16, &len);

	w->stop |= p == NULL;
	if (p == NULL || len < 8)
		return false;
	size = src_be32(p);
	b->type = src_be32(p + 4);
	if (size == 0)
		size = left;
	if (size == 1 && len == 16) {
		size = src_be64(p + 8);
		header = 16;
	}
	if (w->depth == 1 && is_tail(w, b->type) && (size < header || size > left))
		return false;
	if (size < header) {
		media_warn(w->r->info, FAIL_FORMAT,
		    "a box says that it has only %" PRIu64 " bytes, less than its own header", size);
		return false;
	}
	if (header > left)
		return false;
	b->body = w->at + header;
	b->end = size > left ? end : w->at + size;
	if (size > left)
		cut(w, b, size - left);
	return true;
}

enum box_step
box_next(struct boxes *w, struct box *b)
{
	while (w->depth > 0) {
		uint64_t end = w->open[w->depth - 1].end;

		if (w->stop || w->r->failed || w->at > end || end - w->at < 8) {
			*b = w->open[--w->depth];
			w->at = end;
			return w->depth > 0 ? BOX_LEFT : BOX_END;
		}
		if (w->count++ == BOX_COUNT_MAX) {
			media_warn(
			    w->r->info, FAIL_LIMIT, "only the first %u boxes of the file were read", BOX_COUNT_MAX);
			w->stop = true;
		} else if (read_header(w, end, b)) {
			w->at = b->end;
			return BOX_FOUND;
		} else {
			w->at = end;
		}
	}
	return BOX_END;
}

bool
box_enter(struct boxes *w, const struct box *b, uint64_t first)
{
	if (w->depth == BOX_DEPTH_MAX)
		return false;
	w->open[w->depth++] = *b;
	w->at = first;
	return true;
}

uint32_t
box_outer(const struct boxes *w, size_t up)
{
	return w->depth > up ? w->open[w->depth - 1 - up].type : 0;
}
