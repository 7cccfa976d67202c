/* meta -- what a copy keeps of its source besides the bytes: times, extended attributes, or a mode of its own. */
#ifndef PLACE_STAGE_META_H
#define PLACE_STAGE_META_H

#include <sys/stat.h>

#include "base/buf.h"

#define META_MODE_DEFAULT (-1L) /* leave the mode that the umask gave */

/*
 * meta_keep() -- give the copy its source's times (ns) and extended attributes, and set its mode.
 *
 *   from  the source, or -1: there is none that has attributes
 *   st    of the source before it was read
 *   mode  permission bits, or META_MODE_DEFAULT
 *   lost  appended: what could not be kept and why, for a person; empty when all was
 *
 * Attributes of the system itself (security.*, system.*, trusted.*) belong to the host, not to the picture, and are
 * not copied.
 */
void meta_keep(int from, const struct stat *st, int to, long mode, struct buf *lost);

#endif
