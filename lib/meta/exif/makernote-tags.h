/* makernote-tags -- the tags of a maker note, as libexif names and shows them. */
#ifndef META_EXIF_MAKERNOTE_TAGS_H
#define META_EXIF_MAKERNOTE_TAGS_H

#include "meta/exif/arena.h"
#include "meta/exif/ifd.h"

#define MAKERNOTE_TAGS_MAX 1024 /* tags of one note */

/*
 * makernote_tags_add() -- append members such as `"Canon:FirmwareVersion":"…"`.
 *
 *   ifd               the walk over the block that holds the note; its record is looked at for the camera
 *   note_at, note_len where the note lies in the source.  One that lies beyond the block's first 64 KiB, which is all
 *                     that libexif looks at, is handed to it in a block made for it (makernote-block.h)
 *   arena             memory for libexif
 */
void makernote_tags_add(struct ifd *ifd, uint64_t note_at, uint64_t note_len, struct arena *arena);

#endif
