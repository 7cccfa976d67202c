/*
 * makernote -- what is wanted of the makers' own directories: lens, serial number, shutter count, Apple's identifiers.
 *
 * Maker notes are TIFF directories behind a maker's header, so the walker reads them; only tags whose meaning needs
 * no table of lenses are used.  Names and values of everything in a note, for --all, are libexif's (makernote-tags.h).
 *
 * Source: exiftool's documentation of tag names (Apple, Canon, Nikon, Olympus, Panasonic, Pentax, Sony).
 */
#ifndef META_EXIF_MAKERNOTE_H
#define META_EXIF_MAKERNOTE_H

#include "meta/exif/ifd.h"

/*
 * makernote_read() -- set fields where they are missing and the note has them; with --all, tags under the maker's name
 * too.  The caller says that they are the container's (media_from()): what stands in Exif or XMP was meant to be read.
 *
 * Where small pictures are wanted, the one that the note tells of is noted (reader_preview()).
 *
 *   outer    the walk over the block that holds the note; MEDIA_MAKE and MEDIA_MODEL of its record are looked at
 *   at, len  where the note lies in the source; values outside it are not believed, since programs that rewrite a
 *            file move notes without correcting what they point to
 */
void makernote_read(struct ifd *outer, uint64_t at, uint64_t len);

/*
 * makernote_read_private() -- the same for a note in DNGPrivateData: Pentax's, or any that Adobe's programs moved
 * there. Any other content is passed over.
 */
void makernote_read_private(struct ifd *outer, uint64_t at, uint64_t len);

/* makernote_canon_serial() -- a serial number as it is printed on the camera, MEDIA_MODEL.  Returns its length. */
#define CANON_SERIAL_MAX 16
size_t makernote_canon_serial(const struct media_info *info, uint32_t serial, char text[CANON_SERIAL_MAX]);

#endif
