/*
 * unfinished -- a file that is given back as a copy is `.dcim-tmp-undo-…` in its folder until all of it is on the disk.
 *
 * A kill leaves it there, a part of what the library still has whole.  It is flocked by the process that writes it.
 */
#ifndef PLACE_UNDO_UNFINISHED_H
#define PLACE_UNDO_UNFINISHED_H

#include <stdbool.h>

#include "base/fail.h"
#include "hash/digest.h"

#define UNFINISHED_SIZE 40 /* short enough for every file system */

/* unfinished_name() -- what it is called beside the name that it is to get.  Returns 0 or -1. */
int unfinished_name(const char *own, struct digest *digest, char name[UNFINISHED_SIZE], struct fail *why);

/* unfinished_is() -- whether the last name of a path is such a one. */
bool unfinished_is(const char *path);

/*
 * unfinished_remove() -- remove what a killed run has left, if there is any.
 * Returns 0, or -1: EBUSY while another process writes it, or what the file system said.
 */
int unfinished_remove(int dirfd, const char *path, struct fail *why);

#endif
