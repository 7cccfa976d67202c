/* makernote-block -- an Exif block with little but a maker note in it, for libexif, which wants notes near the
 * beginning. */
#ifndef META_EXIF_MAKERNOTE_BLOCK_H
#define META_EXIF_MAKERNOTE_BLOCK_H

#include "meta/exif/ifd.h"

/*
 * makernote_block_fill() -- write such a block.
 *
 *   out, max          where to; max is at least 1024
 *   note, len         the note's bytes; what finds no room is left out
 *   ifd               the walk over the block the note is from: byte order, and the camera in its info
 *   note_offset       where the note stood in that block, from which some makers count.  What points into the note
 *                     is set right
 *   at                filled with where the note is in the new block
 *
 * Returns the bytes written.
 */
size_t makernote_block_fill(
    uint8_t *out, size_t max, const uint8_t *note, size_t len, const struct ifd *ifd, uint64_t note_offset, size_t *at);

#endif
