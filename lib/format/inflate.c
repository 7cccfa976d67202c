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
		return fail_set(why, FAIL_TRUNCATED, "read", "the compressed data ends too early");
	z->next_in = p;
	z->avail_in = (uInt)got;
	*at += got;
	return 0;
}

/* Gives out what zlib has made, up to the limit; false: that is enough. */
static bool
hand_out(struct inflate *in, const uint8_t *out, size_t made)
{
	size_t len = made < in->max - in->given ? made : (size_t)(in->max - in->given);

	in->given += len;
	return len == 0 || in->take(in->arg, out, len);
}

static int
pump(struct inflate *in, z_stream *z, struct fail *why)
{
	uint64_t at = in->at, left;
	uint8_t out[PIECE];
	size_t made;
	int status;

	for (;;) {
		if (z->avail_in == 0 && feed(in, z, &at, why) == -1)
			return -1;
		z->next_out = out;
		z->avail_out = sizeof out;
		status = inflate(z, Z_NO_FLUSH);
		made = sizeof out - z->avail_out;
		left = in->max - in->given;
		if (!hand_out(in, out, made))
			return 0;
		if (made > left)
			return fail_set(why, FAIL_LIMIT, "read", "the compressed data is longer than %llu bytes",
			    (unsigned long long)in->max);
		if (status == Z_STREAM_END)
			return 0;
		if (status == Z_MEM_ERROR)
			return fail_nomem(why);
		if (status != Z_OK && !(status == Z_BUF_ERROR && z->avail_in == 0))
			return fail_set(why, FAIL_FORMAT, "read", "the compressed data is damaged");
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
