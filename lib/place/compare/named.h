/*
 * named -- comparing a file with the copies that its record names: where place-file has put it, or else where a
 * database has its content.  What became of it is the record's `compare`.
 */
#ifndef PLACE_COMPARE_NAMED_H
#define PLACE_COMPARE_NAMED_H

#include "place/scratch.h"
#include "run/rec.h"
#include "run/words.h"

/* What one thread needs for it: the folder of the copy before, flushed. */
struct named;

struct named *named_new(struct scratch_pool *scratch_pool); /* borrowed.  NULL: ENOMEM */
void named_free(struct named *named);

/*
 * named_compare() -- one equal copy will do.
 *
 *   dirfd  where relative paths start
 *
 * Returns 0, and sets `compare`; or -1: the file itself cannot be read, changed meanwhile, or is none.
 */
int named_compare(struct named *named, int dirfd, struct rec *rec, struct fail *why);

#endif
