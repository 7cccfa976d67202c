/* check -- a whole database read and counted: what no lookup can see, such as a row or an entry that is missing. */
#ifndef HASHDB_STORE_CHECK_H
#define HASHDB_STORE_CHECK_H

#include "base/fail.h"
#include "hashdb/hashdb.h"

/*
 * check_all() -- SQLite's own structure; every row's sum; as many rows as `about` says, with the total of their sums;
 * keys in order; an entry in the digest table for each file, and no other.  Writers wait meanwhile. Returns 0, or -1:
 * what is wrong first.
 */
int check_all(struct hashdb *db, struct fail *why);

#endif
