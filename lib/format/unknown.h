/*
 * unknown -- what to tell of a file whose name promises a picture or film and whose content no reader knows: a card's
 * fault, zeros where the head was.  It may be the only copy, so it is damaged, and not of no interest.
 */
#ifndef FORMAT_UNKNOWN_H
#define FORMAT_UNKNOWN_H

#include "media/media.h"
#include "media/src.h"
#include "meta/reader.h"

/*
 * unknown_read() -- warn, with FAIL_FORMAT, of what stands at the beginning instead, where the name promises more; and
 * read a JPEG that begins behind it.
 *
 *   path  the file's name decides, by its extension
 *   info  of which format_read() found no type; filled as it does, but for the type: that is the content's,
 *         never a name's
 *
 * Returns 0, or -1 where reading failed.
 */
int unknown_read(
    struct src *src, struct reader_worker *worker, const char *path, struct media_info *info, struct fail *why);

#endif
