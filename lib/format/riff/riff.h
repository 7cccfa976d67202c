/*
 * riff -- the chunks of a RIFF file (AVI, WebP), one after the other.
 *
 * Source: Multimedia Programming Interface and Data Specifications 1.0 (IBM, Microsoft, 1991), chapter 2.
 */
#ifndef FORMAT_RIFF_RIFF_H
#define FORMAT_RIFF_RIFF_H

#include "meta/reader.h"

#define RIFF_CHUNKS_MAX 65536

struct riff_chunk {
	char id[5];   /* of a list: what kind of list it is */
	bool is_list; /* LIST or RIFF: holds chunks */
	bool is_riff;
	uint64_t at, len; /* of the data, as far as what holds it goes */
};

struct riff {
	struct reader *r;
	uint64_t told; /* the end of the file as its first chunk tells it; what is wrong behind it is no warning */
	unsigned chunks;
};

/* riff_open() -- begin a file: its first chunk, which holds all others, tells where it ends. */
void riff_open(struct riff *f, struct reader *r);

/*
 * riff_next() -- read the header at *at and move *at behind the chunk.
 *
 *   end  of what holds the chunk
 *
 * Returns false where there is none, with a warning where that is damage.
 */
bool riff_next(struct riff *f, uint64_t *at, uint64_t end, struct riff_chunk *c);

/* riff_bytes() -- the first `want` bytes of a chunk; NULL where it is shorter. */
const uint8_t *riff_bytes(struct riff *f, const struct riff_chunk *c, size_t want);

/* riff_head() -- up to `most` bytes of a chunk, as many as the file has of them. */
const uint8_t *riff_head(struct riff *f, const struct riff_chunk *c, size_t most, size_t *got);

#endif
