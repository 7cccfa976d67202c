/* heif -- what HEIF and JPEG XL have in common. */
#ifndef FORMAT_BMFF_HEIF_H
#define FORMAT_BMFF_HEIF_H

#include "meta/reader.h"

/*
 * heif_exif() -- read an Exif block behind four bytes that say how far in front of its TIFF header they stand, which is
 * not always so: where the block begins with a TIFF header or Exif's mark, or has the mark behind the four bytes, that
 * is believed first.
 */
void heif_exif(struct reader *r, uint64_t at, uint64_t len);

#endif
