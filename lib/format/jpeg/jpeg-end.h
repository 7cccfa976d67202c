/* jpeg-end -- whether the image data of a JPEG are all there, as its end tells. */
#ifndef FORMAT_JPEG_JPEG_END_H
#define FORMAT_JPEG_JPEG_END_H

#include "meta/reader.h"

/*
 * jpeg_end_check() -- warn where the file ends within the image data, whose first scan begins at `scan`.
 *
 * The last 4 KiB are looked at.  A marker of the end in them will do; so does whatever does not look like image data,
 * since phones and programs append films, pictures, padding and records of their own.  Only where the end is
 * padding, one byte over and over, is the beginning of that looked for, by halves.
 *
 * Source: ITU-T T.81, B.1.1.2 and B.1.1.5: within a scan 0xff is followed by 0x00 or a restart marker.
 */
void jpeg_end_check(struct reader *r, uint64_t scan);

#endif
