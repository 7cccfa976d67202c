/*
 * png -- what the parts of the PNG reader share.
 *
 * Source: PNG Specification, third edition (W3C); Extensions to the PNG 1.2 Specification 1.5.0.
 */
#ifndef FORMAT_PNG_PNG_H
#define FORMAT_PNG_PNG_H

#include "media/media.h"
#include "meta/reader.h"

struct png_chunk {
	char type[5];
	uint64_t at, len; /* of its data, as far as the file holds it */
	bool cut;         /* the file ends in it */
};

struct png {
	struct src *src;
	struct work *work;
	struct media_info *info;
	struct fail *why;
	bool has_exif;
	uint64_t inflated;   /* bytes that came out of compressed texts */
	struct buf comment;  /* a Comment, the description where there is no better one */
	struct when created; /* a create-date, the date where there is no Creation Time */
};

/* png_stop() -- 0 with a warning where what happened is damage of the file, -1 where a read failed. */
int png_stop(struct png *p, const char *what);

/* png_exif() -- read the block that a chunk holds, perhaps compressed.  Only the first of a file is read.  0 or -1. */
int png_exif(struct png *p, const struct png_chunk *c);

/* png_block() -- the same for a block anywhere in a source. */
int png_block(struct png *p, struct src *src, uint64_t at, uint64_t end);

/* png_text() -- read a chunk tEXt, zTXt or iTXt.  0 or -1. */
int png_text(struct png *p, const struct png_chunk *c);

/* png_profile() -- route the content of a "Raw profile type NAME".  0 or -1. */
int png_profile(struct png *p, const char *name, const struct buf *bytes);

/* png_tags() -- with --all: the numbers of a chunk.  0 or -1. */
int png_tags(struct png *p, const struct png_chunk *c);

#endif
