/*
 * image -- what BPG and FLIF have in common: numbers in groups of seven bits, the most significant group first, and
 * Exif that may have bytes in front of it.
 */
#ifndef FORMAT_IMAGE_IMAGE_H
#define FORMAT_IMAGE_IMAGE_H

#include "meta/reader.h"

#define IMAGE_BLOCKS_MAX 256

/* Where a reader is. */
struct image {
	struct reader *r;
	uint64_t at;
	bool has_exif;
};

/* image_number() -- take a number at m->at.  False, with a warning, where there is none. */
bool image_number(struct image *m, uint64_t *out);

/* image_size() -- take width and height, each told as so many less than it is, and set them.  False as above. */
bool image_size(struct image *m, unsigned less);

/* image_exif() -- read the file's first Exif block, behind a mark or a byte too many as some writers have it. */
void image_exif(struct image *m, uint64_t at, uint64_t end);

#endif
