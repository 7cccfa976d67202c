/* makernote-block -- an Exif block with little but a maker note in it, for libexif, which wants notes near the
 * beginning. */
#ifndef META_EXIF_MAKERNOTE_BLOCK_H
#define META_EXIF_MAKERNOTE_BLOCK_H

#include "meta/exif/ifd.h"

#define MAKERNOTE_BLOCK_AT 196 /* where the note is in the block */

/* A note, and where it stood in its own block, from which some makers count. */
struct makernote_bytes {
	const uint8_t *p;
	size_t len;
	uint64_t offset;
};

/*
 * makernote_block_fill() -- write such a block at `out`, of `max` bytes, at least 1024; what of the note finds no room
 * is left out, what points into it is set right.  `ifd` is the walk over the note's own block: byte order, and the
 * camera in its record.  Returns the bytes written.
 */
size_t makernote_block_fill(uint8_t *out, size_t max, const struct ifd *ifd, const struct makernote_bytes *note);

#endif
