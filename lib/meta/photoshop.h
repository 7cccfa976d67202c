/*
 * photoshop -- image resource blocks ("8BIM"), as Photoshop keeps IPTC, XMP and Exif in JPEG, TIFF and PSD.
 *
 * Source: Adobe Photoshop File Formats Specification (2019), "Image Resource Blocks"; MWG guidelines 2.0, 3.3.1.
 */
#ifndef META_PHOTOSHOP_H
#define META_PHOTOSHOP_H

#include "media/media.h"
#include "media/src.h"
#include "meta/reader.h"

#define PHOTOSHOP_RESOURCES_MAX 4096

/*
 * photoshop_read() -- read the resources from `at` to before `end`.  What they hold sets fields, lists and dates of its
 * origin; damage is a warning.  XMP that stands elsewhere in the file is read before, because IPTC that a program
 * changed which knew nothing of it (its digest no longer fits) is believed before XMP.
 */
void photoshop_read(struct reader *r, uint64_t at, uint64_t end);

/* photoshop_read_beside() -- the same where IPTC stands outside, as in TIFF.  Either range may be empty. */
struct photoshop_range {
	uint64_t at, end;
};
void photoshop_read_beside(struct reader *r, struct photoshop_range resources, struct photoshop_range iptc);

#endif
