/*
 * portable -- names that exFAT, NTFS and SMB take as well as Linux does: none of : ? * " < > | \ nor control
 * characters, UTF-8 throughout, no dot or blank at the end, and no name of a device of Windows (CON, NUL, COM1 …)
 * before the first dot.  Their limit of 255 UTF-16 units is kept by that of 255 bytes.
 *
 * Sources: Microsoft, "Naming Files, Paths, and Namespaces"; exFAT file system specification, 7.7.3.
 */
#ifndef PLACE_NAME_PORTABLE_H
#define PLACE_NAME_PORTABLE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fail.h"

/*
 * portable_path() -- make every name of a path below the library portable: `_` for what cannot stay, and behind the
 * name of a device.
 *
 *   last  set where the last name is another now
 *
 * Returns 0 or -1 (ENOMEM).
 */
int portable_path(struct buf *path, bool *last, struct fail *why);

/*
 * portable_explain() -- a path could not be made: where its names are what may have been refused, say so in `why`, and
 * which option helps.
 */
void portable_explain(const struct buf *path, struct fail *why);

#endif
