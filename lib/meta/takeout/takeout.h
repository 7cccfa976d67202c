/*
 * takeout -- the JSON of a Google Takeout that speaks of a file: beside it, or, of an album's picture, in the folder of
 * a year beside the album's; or the row of an iCloud export's table.
 */
#ifndef META_TAKEOUT_TAKEOUT_H
#define META_TAKEOUT_TAKEOUT_H

#include "meta/reader.h"
#include "meta/sidecar.h"

/*
 * takeout_read() -- add to what was read of a file what its JSON says, as of MEDIA_FROM_TAKEOUT, the album that its
 * folder is, and how the JSON was found, info.takeout.  A picture or film of a Takeout without one is a warning; so is
 * a JSON, itself the file, of none.  Nothing is looked for in a folder without JSONs and tables, or whose names are not
 * known.
 *
 *   r      as in sidecar_read()
 *   size   of the file, in bytes
 *   found  takes the path of the JSON, with its NUL
 *
 * Returns 0, or -1: memory or descriptors were short.
 */
int takeout_read(const struct sidecar_file *file, uint64_t size, struct reader *r, struct buf *found);

#endif
