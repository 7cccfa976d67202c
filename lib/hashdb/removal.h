/*
 * removal -- whether a source may be removed: its bytes were digested in this run, its copy was read back, the database
 * has recorded it, and neither has changed since.
 */
#ifndef HASHDB_REMOVAL_H
#define HASHDB_REMOVAL_H

#include "run/rec.h"

struct removal;

/*
 * removal_new() -- NULL: ENOMEM.
 *
 *   dirfd  where relative paths start
 *   file   the database; NULL: .dcim/hash.db below each record's place.root.  Borrowed
 */
struct removal *removal_new(int dirfd, const char *file);
void removal_free(struct removal *r);

/* removal_doubt() -- a reason to keep the source of a record that was copied; NULL: there is none. */
const char *removal_doubt(struct removal *r, const struct rec *rec);

#endif
