/*
 * packets -- XMP, IPTC and Photoshop's resources where TIFF keeps them: as values of tags of the first directory.
 *
 * Source: Adobe's XMP specification, part 3 (tag 700); IPTC in TIFF as libtiff's RICHTIFFIPTC (33723); Photoshop TIFF
 * Technical Notes (34377).
 */
#ifndef META_PACKETS_H
#define META_PACKETS_H

#include "meta/exif/ifd.h"
#include "meta/photoshop.h"
#include "meta/reader.h"

/* What was seen so far.  {0} is empty. */
struct packets {
	struct photoshop_range xmp, iptc, photoshop;
};

/* packets_entry() -- look at one entry of a walk.  Returns whether it is one of these. */
bool packets_entry(struct packets *p, const struct ifd_entry *e);

/* packets_read() -- read them, after the walk.  Returns 0, or -1 when the source could not be read. */
int packets_read(const struct packets *p, struct reader *r);

#endif
