/*
 * png -- what the parts of the PNG reader share.
 *
 * Source: PNG Specification, third edition (W3C); Extensions to the PNG 1.2 Specification 1.5.0.
 */
#ifndef FORMAT_PNG_PNG_H
#define FORMAT_PNG_PNG_H

#include "meta/reader.h"

struct png_chunk {
	char type[5];
	uint64_t at, len; /* of its data, as far as the file holds it */
	bool cut;         /* the file ends in it */
};

struct png {
	struct reader *r;
	bool has_exif;
	uint64_t inflated;   /* bytes that came out of compressed texts */
	struct buf comment;  /* a Comment, the description where there is no better one */
	struct when created; /* a create-date, the date where there is no Creation Time */
};

/* png_exif() -- read the block that a chunk holds, perhaps compressed.  Only the first of a file is read. */
void png_exif(struct png *p, const struct png_chunk *c);

/* png_text() -- read a chunk tEXt, zTXt or iTXt. */
void png_text(struct png *p, const struct png_chunk *c);

/* png_profile() -- read the content of a "Raw profile type NAME". */
void png_profile(struct png *p, const char *name, const struct buf *bytes);

/* png_tags() -- with --all: the numbers of a chunk. */
void png_tags(struct png *p, const struct png_chunk *c);

#endif
