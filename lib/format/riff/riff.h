/*
 * riff -- the chunks of a RIFF file (AVI, WebP), one after the other.
 *
 * Source: Multimedia Programming Interface and Data Specifications 1.0 (IBM, Microsoft, 1991), chapter 2.
 */
#ifndef FORMAT_RIFF_RIFF_H
#define FORMAT_RIFF_RIFF_H

#include "media/media.h"

#define RIFF_CHUNKS_MAX 65536

struct riff_chunk {
	char id[5];   /* of a list: what kind of list it is */
	bool is_list; /* LIST or RIFF: holds chunks */
	bool is_riff;
	uint64_t at, len; /* of the data, as far as what holds it goes */
};

struct riff {
	struct src *src;
	struct media_info *info;
	struct fail *why;
	uint64_t told; /* the end of the file as its first chunk tells it; what is wrong behind it is no warning */
	unsigned chunks;
};

/* riff_open() -- begin a file: fills *r and *first, the chunk that holds all others.  As riff_next(). */
int riff_open(struct riff *r, struct src *src, struct media_info *info, struct fail *why, struct riff_chunk *first);

/*
 * riff_next() -- read the header at *at and move *at behind the chunk.
 *
 *   end  of what holds the chunk
 *
 * Returns 1; 0 at the end, with a warning where that is damage; -1 when the source could not be read.
 */
int riff_next(struct riff *r, uint64_t *at, uint64_t end, struct riff_chunk *c);

/* riff_stop() -- 0 with a warning where what happened is damage of the file, -1 where a read failed. */
int riff_stop(struct riff *r, const char *what);

#endif
