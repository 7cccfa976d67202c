/*
 * The pieces are as large as zlib's own window: smaller ones cost calls, larger ones only stack.
 *
 * Source: zlib's manual.
 */
#include "format/inflate.h"

#define ZLIB_CONST
#include <zlib.h>

#define PIECE (32u << 10)

static bool
fault(struct reader *r, enum fail_code code, const char *message)
{
	fail_set(r->why, code, "read", "%s", message);
	reader_damage(r);
	return false;
}

/* Gives zlib the next bytes of the stream. */
static bool
feed(struct reader *r, const struct inflate *in, z_stream *z, uint64_t *at)
{
	size_t got, len = in->end - *at < PIECE ? (size_t)(in->end - *at) : PIECE;
	const uint8_t *p = reader_some(r, *at, len, &got);

	if (p == NULL)
		return false;
	if (got == 0)
		return fault(r, FAIL_TRUNCATED, "the compressed data end too early");
	z->next_in = p;
	z->avail_in = (uInt)got;
	*at += got;
	return true;
}

static bool
pump(struct reader *r, struct inflate *in, z_stream *z)
{
	uint64_t at = in->at;
	uint8_t out[PIECE];
	size_t len, room;
	int status;

	for (;;) {
		if (z->avail_in == 0 && !feed(r, in, z, &at))
			return false;
		z->next_out = out;
		z->avail_out = sizeof out;
		status = inflate(z, Z_NO_FLUSH);
		len = sizeof out - z->avail_out;
		room = in->max - in->total < len ? (size_t)(in->max - in->total) : len;
		in->total += room;
		if (room > 0 && !in->take(in->arg, out, room))
			return true;
		if (room < len)
			return fault(r, FAIL_LIMIT, "the compressed data are too long");
		if (status == Z_STREAM_END)
			return true;
		if (status == Z_MEM_ERROR)
			reader_nomem(r);
		else if (status != Z_OK && !(status == Z_BUF_ERROR && z->avail_in == 0))
			fault(r, FAIL_FORMAT, "the compressed data are damaged");
		else
			continue;
		return false;
	}
}

bool
inflate_run(struct reader *r, struct inflate *in)
{
	z_stream z = {0};
	bool whole;

	in->total = 0;
	if (inflateInit2(&z, in->raw ? -MAX_WBITS : MAX_WBITS) != Z_OK) {
		reader_nomem(r);
		return false;
	}
	whole = pump(r, in, &z);
	inflateEnd(&z);
	return whole;
}

static bool
add(void *block, const uint8_t *bytes, size_t len)
{
	return buf_add(block, bytes, len) == 0;
}

struct src *
inflate_enter(struct reader *r, struct inflate *in, struct buf *block)
{
	in->max = INFLATE_BLOCK_MAX;
	in->take = add;
	in->arg = block;
	inflate_run(r, in);
	if (block->failed)
		reader_nomem(r);
	return block->len > 0 ? reader_enter(r, (const uint8_t *)block->p, block->len) : NULL;
}
