/* create -- a new, empty hash database. */
#ifndef HASHDB_STORE_CREATE_H
#define HASHDB_STORE_CREATE_H

#include "base/fail.h"

/*
 * create_file() -- make an empty database at `file`, durably and whole, unless something is there already, which is
 * left alone and no failure.  Any number of processes may do so at once.  `shown` is its name for messages.
 * Returns 0 or -1.
 */
int create_file(const char *file, const char *shown, struct fail *why);

/* create_tidy() -- remove what create_file() left beside `file` in processes that were killed. */
void create_tidy(const char *file);

#endif
