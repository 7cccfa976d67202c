/*
 * motion -- the film that a phone appends to a picture.
 *
 * Source: Google's Motion Photo format 1.0 (and MicroVideo before it), whose XMP tells where the film begins;
 * Samsung's trailer as exiftool's documentation describes it.
 */
#ifndef FORMAT_JPEG_MOTION_H
#define FORMAT_JPEG_MOTION_H

#include "meta/reader.h"

/*
 * motion_read() -- after Exif and XMP were read: set MEDIA_MOTION_PHOTO where a film stands behind the picture.  A
 * film that was only promised sets nothing.
 */
void motion_read(struct reader *r);

#endif
