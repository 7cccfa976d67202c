/*
 * jpeg-small -- a small JPEG out of a file, made fit to be shown by programs that trust it: only what the picture is
 * made of, within limits.
 *
 * Source: ITU-T T.81, annex B.
 */
#ifndef FORMAT_JPEG_JPEG_SMALL_H
#define FORMAT_JPEG_JPEG_SMALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define JPEG_SMALL_SIDE 2048 /* pixels of width and of height, at most */
#define JPEG_SMALL_SCANS 64  /* of one picture, at most */

/*
 * jpeg_small() -- append the JPEG that the bytes begin with: tables, frame and scans, without comments, metadata and
 * what stands behind its end, and with an end where it lacks one.  Returns whether it is one, baseline, extended or
 * progressive, of one or three colours of 8 bits, and within the limits; else nothing is appended.
 */
bool jpeg_small(const uint8_t *bytes, size_t len, struct buf *out);

#endif
