/* block -- an Exif block, wherever a container keeps it. */
#ifndef META_BLOCK_H
#define META_BLOCK_H

#include "media/media.h"
#include "media/src.h"
#include "meta/work.h"

/*
 * block_read() -- read the block whose TIFF header is at `base` and which ends before `end`.
 *
 *   work  as in format_read(); used only where info->tags is set
 *   info  fields and dates are set where they are missing, tags are appended
 *
 * Returns 0, or -1 when the source could not be read; damage is a warning.
 */
int block_read(
    struct src *src, uint64_t base, uint64_t end, struct work *work, struct media_info *info, struct fail *why);

#endif
