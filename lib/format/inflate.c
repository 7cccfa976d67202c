/*
 * The pieces are as large as zlib's own window: smaller ones cost calls, larger ones only stack.
 *
 * Source: zlib's manual.
 */
#include "format/inflate.h"

#define ZLIB_CONST
#include <zlib.h>

#define PIECE (32u << 10)

/* Gives zlib the next bytes of the stream. */
static int
feed(const struct inflate *in, z_stream *z, uint64_t *at, struct fail *why)
{
	size_t got, len = in->end - *at < PIECE ? (size_t)(in->end - *at) : PIECE;
	const uint8_t *p;

	if ((p = src_some(in->src, *at, len, &got, why)) == NULL)
		return -1;
	if (got == 0)
		return fail_set(why, FAIL_TRUNCATED, "read", "compressed data that ends too early");
	z->next_in = p;
	z->avail_in = (uInt)got;
	*at += got;
	return 0;
}

/* Gives out what zlib has made.  1: that is all, 0: go on, -1. */
static int
hand_out(struct inflate *in, const uint8_t *out, size_t len, struct fail *why)
{
	bool over = len > in->max - in->given;

	if (over)
		len = (size_t)(in->max - in->given);
	in->given += len;
	if (len > 0 && !in->take(in->arg, out, len))
		return 1;
	return over ? fail_set(why, FAIL_LIMIT, "read", "compressed data that is longer than %llu bytes",
			  (unsigned long long)in->max)
		    : 0;
}

static int
pump(struct inflate *in, z_stream *z, struct fail *why)
{
	uint64_t at = in->at;
	uint8_t out[PIECE];
	int status, rc;

	for (;;) {
		if (z->avail_in == 0 && feed(in, z, &at, why) == -1)
			return -1;
		z->next_out = out;
		z->avail_out = sizeof out;
		status = inflate(z, Z_NO_FLUSH);
		if ((rc = hand_out(in, out, sizeof out - z->avail_out, why)) != 0)
			return rc == 1 ? 0 : -1;
		if (status == Z_STREAM_END)
			return 0;
		if (status == Z_MEM_ERROR)
			return fail_nomem(why);
		if (status != Z_OK && !(status == Z_BUF_ERROR && z->avail_in == 0))
			return fail_set(why, FAIL_FORMAT, "read", "compressed data that is damaged");
	}
}

int
inflate_run(struct inflate *in, struct fail *why)
{
	z_stream z = {0};
	int rc;

	in->given = 0;
	if (inflateInit2(&z, in->raw ? -MAX_WBITS : MAX_WBITS) != Z_OK)
		return fail_nomem(why);
	rc = pump(in, &z, why);
	inflateEnd(&z);
	return rc;
}
