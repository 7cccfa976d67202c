/*
 * tiff-blocks -- XMP, IPTC and Photoshop's resources where TIFF keeps them: as values of tags of the first directory.
 *
 * Source: Adobe's XMP specification, part 3 (tag 700); IPTC in TIFF as libtiff's RICHTIFFIPTC (33723); Photoshop TIFF
 * Technical Notes (34377).
 */
#ifndef META_TIFF_BLOCKS_H
#define META_TIFF_BLOCKS_H

#include "meta/exif/ifd.h"
#include "meta/photoshop.h"
#include "meta/reader.h"

/* What was seen so far.  {0} is empty. */
struct tiff_blocks {
	struct photoshop_range xmp, iptc, photoshop;
};

/* tiff_blocks_entry() -- look at one entry of a walk.  Returns whether it is one of these. */
bool tiff_blocks_entry(struct tiff_blocks *b, const struct ifd_entry *e);

/* tiff_blocks_read() -- read them, after the walk. */
void tiff_blocks_read(const struct tiff_blocks *b, struct reader *r);

#endif
