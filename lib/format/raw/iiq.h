/*
 * iiq -- Phase One's directory, which stands behind the TIFF header of its raw files and of Leaf's later ones.
 *
 * Source: exiftool's documentation of tag names (PhaseOne).
 */
#ifndef FORMAT_RAW_IIQ_H
#define FORMAT_RAW_IIQ_H

#include "media/media.h"
#include "media/src.h"
#include "meta/reader.h"

struct iiq_size {
	double width, height; /* 0: not told */
};

/*
 * iiq_read() -- read the directory whose head is at `base`; what counts is set as of the container.
 *
 * Returns 0, with *size as far as it is told, or -1 when the source could not be read; damage is a warning.
 */
int iiq_read(struct src *src, uint64_t base, struct work *work, struct media_info *info, struct iiq_size *size,
    struct fail *why);

#endif
