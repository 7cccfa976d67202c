/*
 * makernote -- lens and serial number out of the makers' own directories.
 *
 * Maker notes are TIFF directories behind a maker's header, so the walker reads them; only tags whose meaning needs
 * no table of lenses are used.  Names and values of everything in a note, for --all, are libexif's (tags.h).
 *
 * Source: exiftool's documentation of tag names (Canon, Nikon, Olympus, Panasonic, Pentax).
 */
#ifndef META_MAKERNOTE_H
#define META_MAKERNOTE_H

#include "meta/ifd.h"

/*
 * makernote_read() -- set MEDIA_LENS and MEDIA_SERIAL where they are missing and the note has them.
 *
 *   outer    the walk over the block that holds the note; its source is read
 *   at, len  where the note lies in the source; values outside it are not believed, since programs that rewrite a
 *            file move notes without correcting what they point to
 *   info     MEDIA_MAKE and MEDIA_MODEL are looked at
 */
void makernote_read(struct ifd *outer, uint64_t at, uint64_t len, struct media_info *info);

#endif
