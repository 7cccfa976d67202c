/*
 * calls -- libarchive, loaded when the first archive is met: it brings ICU along, which would cost every run of every
 * program more than its own start.
 */
#ifndef ARCHIVE_CALLS_H
#define ARCHIVE_CALLS_H

#include <archive.h>
#include <archive_entry.h>

#include "base/fail.h"

struct calls {
	void *library; /* NULL: not loaded */
#define CALL(name) __typeof__(&name) name;
#include "archive/calls.def"
#undef CALL
};

/* calls_load() -- {0} becomes the table.  Returns 0, or -1: the library is not there, or lacks one; then it is {0}. */
int calls_load(struct calls *c, struct fail *why);

void calls_unload(struct calls *c);

#endif
