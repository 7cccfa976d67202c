/*
 * Writers are careless with sizes: of a film that was never finished, of the last chunk, of the file as a whole.  A
 * chunk that is longer than what holds it is read as far as that goes.
 */
#include "format/riff/riff.h"

#include <inttypes.h>
#include <string.h>

int
riff_stop(struct riff *r, const char *what)
{
	if (!src_is_damage(r->why))
		return -1;
	media_warn(r->info, r->why->code, "%s: %s", what, r->why->message);
	return 0;
}

static bool
is_name(const uint8_t *p)
{
	for (int i = 0; i < 4; i++)
		if (p[i] < 0x20 || p[i] > 0x7e)
			return false;
	return true;
}

/* A chunk that begins with what is none; zeros are padding. */
static int
end_here(struct riff *r, uint64_t at, const uint8_t *head)
{
	if (at < r->told && memcmp(head, "\0\0\0\0\0\0\0\0", 8) != 0)
		media_warn(r->info, FAIL_FORMAT, "bytes at %" PRIu64 " that are no RIFF chunk", at);
	return 0;
}

/* A list begins with its kind. */
static int
open_list(struct riff *r, struct riff_chunk *c)
{
	const uint8_t *p;
	size_t got;

	c->is_riff = c->id[0] == 'R';
	if (c->len < 4)
		return 0;
	if ((p = src_some(r->src, c->at, 4, &got, r->why)) == NULL)
		return riff_stop(r, "RIFF list");
	if (got < 4)
		return 0;
	memcpy(c->id, p, 4);
	c->is_list = true;
	c->at += 4;
	c->len -= 4;
	return 0;
}

int
riff_next(struct riff *r, uint64_t *at, uint64_t end, struct riff_chunk *c)
{
	uint64_t start = *at;
	const uint8_t *head;
	size_t got;

	if (start >= end || end - start < 8)
		return 0;
	if (r->chunks++ == RIFF_CHUNKS_MAX) {
		media_warn(r->info, FAIL_LIMIT, "more than %d RIFF chunks", RIFF_CHUNKS_MAX);
		return 0;
	}
	if ((head = src_some(r->src, start, 8, &got, r->why)) == NULL)
		return riff_stop(r, "RIFF chunks");
	if (got < 8 || !is_name(head))
		return got < 8 ? 0 : end_here(r, start, head);
	*c = (struct riff_chunk){.at = start + 8, .len = src_le32(head + 4)};
	memcpy(c->id, head, 4);
	*at = c->at + c->len + (c->len & 1);
	if (c->len > end - c->at) {
		c->len = end - c->at;
		if (start < r->told)
			media_warn(r->info, FAIL_TRUNCATED, "the RIFF chunk at %" PRIu64 " is longer than %s", start,
			    end == src_size(r->src) ? "the file" : "its list");
	}
	if (memcmp(c->id, "LIST", 4) == 0 || memcmp(c->id, "RIFF", 4) == 0)
		return open_list(r, c) == -1 ? -1 : 1;
	return 1;
}

int
riff_open(struct riff *r, struct src *src, struct media_info *info, struct fail *why, struct riff_chunk *first)
{
	uint64_t at = 0;

	*r = (struct riff){.src = src, .info = info, .why = why, .told = UINT64_MAX};
	if (riff_next(r, &at, src_size(src), first) == -1)
		return -1;
	r->told = at;
	return 1;
}
