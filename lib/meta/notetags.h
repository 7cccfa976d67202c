/* notetags -- the tags of a maker note, as libexif names and shows them. */
#ifndef META_NOTETAGS_H
#define META_NOTETAGS_H

#include "meta/arena.h"
#include "meta/ifd.h"

#define NOTETAGS_MAX 1024 /* tags of one note */

/*
 * notetags_add() -- append members such as `"Canon:FirmwareVersion":"…"` to info->tags.
 *
 *   arena    memory for libexif
 *   ifd      the walk over the block that holds the note
 *   note_at  where the note lies in the source; one that lies beyond the block's first 64 KiB is left out
 */
void notetags_add(struct arena *arena, struct media_info *info, struct ifd *ifd, uint64_t note_at);

#endif
