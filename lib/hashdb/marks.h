/*
 * marks -- files that were marked as deleted: their content is not wanted again.
 *
 * A mark is of one content at one path, and of the time at which it was made; a path may have several, beside a file
 * that is there.  What another database tells comes to the same in whatever order it is told: the later of two marks of
 * one content stays, and so does the later of a mark and a file, the mark of two at the same time.
 */
#ifndef HASHDB_MARKS_H
#define HASHDB_MARKS_H

#include "hashdb/change.h"
#include "hashdb/files.h"

/* marks_make() -- the file that was found last is marked: it has been read as missing, or a log says so.  0 or -1. */
int marks_make(struct files *f, const struct change *c, struct fail *why);

/* marks_hide() -- whether the content of a change that a database has listed was marked later than that was read; what
 * this run has read takes the mark away.  1, 0, -1. */
int marks_hide(struct files *f, const struct change *c, struct fail *why);

/* marks_take() -- the mark that a database has listed (CHANGE_LISTED).  0 or -1. */
int marks_take(struct files *f, const struct change *c, struct fail *why);

#endif
