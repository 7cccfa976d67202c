/* reconyx -- the maker notes of Reconyx' trail cameras, for the date in them. */
#ifndef META_EXIF_RECONYX_H
#define META_EXIF_RECONYX_H

#include <stdbool.h>

#include "media/media.h"
#include "media/src.h"

#define RECONYX_LEN 80 /* bytes of a note that are looked at */

/*
 * reconyx_read() -- set MEDIA_DATE_MAKER_ORIGINAL from the first `len` bytes of a note, as the camera's clock had it.
 * Returns whether it is such a note: HyperFire, which is known by the make alone, UltraFire, or HyperFire 2.
 * Source: exiftool's documentation of Reconyx tags, after papers of the maker.
 */
bool reconyx_read(const uint8_t *p, size_t len, struct media_info *info);

#endif
