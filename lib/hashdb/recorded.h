/* recorded -- whether the library's database has what a record says was placed. */
#ifndef HASHDB_RECORDED_H
#define HASHDB_RECORDED_H

#include <stdbool.h>

#include "hash/digest.h"
#include "run/rec.h"

struct recorded;

/*
 * recorded_new() -- NULL: ENOMEM.
 *
 *   dirfd  where relative paths start
 *   file   the database; NULL: .dcim/hash.db below each record's place.root.  Borrowed
 */
struct recorded *recorded_new(int dirfd, const char *file);
void recorded_free(struct recorded *r);

/*
 * recorded_find() -- look up the path below its root that a record was placed at.
 *
 *   digests  filled with what the database has of it
 *
 * Returns NULL, or why it cannot be found, for a person.
 */
const char *recorded_find(struct recorded *r, const struct rec *rec, struct digests *digests);

/* Of the record that was found last: the library's root, a descriptor borrowed until the next, and the path below. */
int recorded_root(const struct recorded *r);
const char *recorded_path(const struct recorded *r);

/* recorded_is_first() -- whether the `source` of that record is the one that first brought its file. */
bool recorded_is_first(struct recorded *r, const struct rec *rec);

#endif
