/*
 * iiq -- Phase One's directory, which stands behind the TIFF header of its raw files and of Leaf's later ones.
 *
 * Source: exiftool's documentation of tag names (PhaseOne).
 */
#ifndef FORMAT_RAW_IIQ_H
#define FORMAT_RAW_IIQ_H

#include "meta/reader.h"

struct iiq_size {
	double width, height; /* 0: not told */
};

/* iiq_read() -- read the directory whose head is at `base`; fields are set as of the container, *size as far as told.
 */
void iiq_read(struct reader *r, uint64_t base, struct iiq_size *size);

#endif
