/* embedded -- the JPEG picture that many raw files carry, for the Exif and XMP in it. */
#ifndef FORMAT_RAW_EMBEDDED_H
#define FORMAT_RAW_EMBEDDED_H

#include "media/media.h"
#include "media/src.h"
#include "meta/reader.h"

/*
 * embedded_read() -- read the first Exif block and the first XMP packet of the JPEG at `at`, of len bytes.
 *
 *   info  fields and dates are set where they are missing, tags are appended; the JPEG's own width and height are
 *         not the raw picture's and set nothing.  Bytes that are no JPEG leave a warning
 */
void embedded_read(struct reader *r, uint64_t at, uint64_t len);

#endif
