/* never -- names that are no sources: trash, thumbnails, unfinished files; the table is never-sources.def. */
#ifndef FILE_NEVER_H
#define FILE_NEVER_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * never_source() -- whether a component of a path is such a name.
 *
 *   path  of a folder or a file, its components between slashes; may be empty
 *
 * Threads: any.
 */
bool never_source(struct slice path);

#endif
