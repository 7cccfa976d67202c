/*
 * tagname -- the standards' names of the tags of Exif and TIFF directories.
 *
 * libexif knows Exif's and many of TIFF's; those of DNG, TIFF/EP and later editions of Exif, and Panasonic's own, are
 * in a table here.
 *
 * Source: CIPA DC-008 (Exif 3.0); DNG 1.7; TIFF/EP (ISO 12234-2); exiftool's documentation of tag names (PanasonicRaw).
 */
#ifndef META_EXIF_TAGNAME_H
#define META_EXIF_TAGNAME_H

#include "meta/exif/ifd.h"

/* tagname() -- the name of an entry's tag, static; NULL where nobody has given it one. */
const char *tagname(const struct ifd *ifd, const struct ifd_entry *e);

#endif
