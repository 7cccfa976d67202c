/*
 * canonvrd -- what Canon's Digital Photo Professional, and others on its pattern, append to a file.
 *
 * Source: exiftool's documentation of tag names (CanonVRD).
 */
#ifndef FORMAT_JPEG_CANONVRD_H
#define FORMAT_JPEG_CANONVRD_H

#include "media/media.h"
#include "media/src.h"
#include "meta/reader.h"

/* canonvrd_read() -- read the XMP packet of such a trailer, where the file ends with one.  Returns 0, or -1 when the
 * source could not be read. */
int canonvrd_read(struct src *src, struct work *work, struct media_info *info, struct fail *why);

#endif
