/* folder -- where a folder is, links resolved, and what lies below it. */
#ifndef FILE_FOLDER_H
#define FILE_FOLDER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fail.h"

/* folder_resolve() -- replace `out` by the absolute path of a folder, links resolved.  Returns 0 or -1. */
int folder_resolve(int dirfd, const char *folder, struct buf *out, struct fail *why);

/* folder_below() -- what of a path follows the folder, "" for itself, NULL outside it (or below ""); both resolved. */
const char *folder_below(const char *folder, const char *path);

/* folder_keeps() -- whether a path never leads upwards: none of its names is "..". */
bool folder_keeps(const char *path);

#endif
