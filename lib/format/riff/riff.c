/*
 * Writers are careless with sizes: of a film that was never finished, of the last chunk, of the file as a whole.  A
 * chunk that is longer than what holds it is read as far as that goes.
 */
#include "format/riff/riff.h"

#include <inttypes.h>
#include <string.h>

static bool
is_name(const uint8_t *p)
{
	for (int i = 0; i < 4; i++)
		if (p[i] < 0x20 || p[i] > 0x7e)
			return false;
	return true;
}

/* A list begins with its kind. */
static void
open_list(struct riff *f, struct riff_chunk *c)
{
	const uint8_t *p;

	c->is_riff = c->id[0] == 'R';
	if ((p = riff_bytes(f, c, 4)) == NULL)
		return;
	memcpy(c->id, p, 4);
	c->is_list = true;
	c->at += 4;
	c->len -= 4;
}

bool
riff_next(struct riff *f, uint64_t *at, uint64_t end, struct riff_chunk *c)
{
	struct media_info *info = f->r->info;
	uint64_t start = *at;
	const uint8_t *head;
	size_t got;

	if (start >= end || end - start < 8)
		return false;
	if (f->chunks++ == RIFF_CHUNKS_MAX)
		media_warn(info, FAIL_LIMIT, "more than %d RIFF chunks; the rest was not read", RIFF_CHUNKS_MAX);
	if (f->chunks > RIFF_CHUNKS_MAX || (head = reader_some(f->r, start, 8, &got)) == NULL || got < 8)
		return false;
	if (!is_name(head)) {
		if (start < f->told && src_le64(head) != 0) /* zeros are padding */
			media_warn(info, FAIL_FORMAT, "the bytes at %" PRIu64 " are not a RIFF chunk", start);
		return false;
	}
	*c = (struct riff_chunk){.at = start + 8, .len = src_le32(head + 4)};
	memcpy(c->id, head, 4);
	*at = c->at + c->len + (c->len & 1);
	if (c->len > end - c->at) {
		c->len = end - c->at;
		if (start < f->told)
			media_warn(info, FAIL_TRUNCATED, "the RIFF chunk at %" PRIu64 " is longer than %s", start,
			    end == reader_size(f->r) ? "the file" : "its list");
	}
	if (strcmp(c->id, "LIST") == 0 || strcmp(c->id, "RIFF") == 0)
		open_list(f, c);
	return !f->r->failed;
}

void
riff_open(struct riff *f, struct reader *r)
{
	struct riff_chunk first;
	uint64_t at = 0;

	*f = (struct riff){.r = r, .told = UINT64_MAX};
	riff_next(f, &at, reader_size(r), &first);
	f->told = at;
}

const uint8_t *
riff_bytes(struct riff *f, const struct riff_chunk *c, size_t want)
{
	size_t got;
	const uint8_t *p = c->len < want ? NULL : reader_some(f->r, c->at, want, &got);

	return p != NULL && got == want ? p : NULL;
}

const uint8_t *
riff_head(struct riff *f, const struct riff_chunk *c, size_t most, size_t *got)
{
	return reader_some(f->r, c->at, c->len < most ? (size_t)c->len : most, got);
}
