/*
 * canonvrd -- what Canon's Digital Photo Professional, and others on its pattern, append to a file.
 *
 * Source: exiftool's documentation of tag names (CanonVRD).
 */
#ifndef FORMAT_JPEG_CANONVRD_H
#define FORMAT_JPEG_CANONVRD_H

#include "meta/reader.h"

/* canonvrd_read() -- read the XMP packet of such a trailer, where the file ends with one. */
void canonvrd_read(struct reader *r);

#endif
