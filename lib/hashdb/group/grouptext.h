/* grouptext -- the member `group` of a record as text: counted, given another id, put into a record. */
#ifndef HASHDB_GROUP_GROUPTEXT_H
#define HASHDB_GROUP_GROUPTEXT_H

#include <stddef.h>

#include "base/buf.h"
#include "base/fail.h"

size_t grouptext_members(struct slice group); /* of how many files it tells; 0: of none, or it is no group */

/*
 * grouptext_rename() -- the group with another id, as JSON, in the place of its own, in place of what `out` holds; one
 * that has none stays as it is.  0 or -1.
 */
int grouptext_rename(struct slice group, struct slice id, struct buf *out, struct fail *why);

/*
 * grouptext_unite() -- what two databases tell of one group, whichever is asked first, in place of what `out` holds:
 * that of more files, under the lesser id.  0 or -1.
 */
int grouptext_unite(struct slice a, struct slice b, struct buf *out, struct fail *why);

/* grouptext_put() -- a record with a group in the place of its own, if it had one, in place of what `out` holds.  A
 * file of a group is not alone.  0 or -1. */
int grouptext_put(struct slice record, struct slice group, struct buf *out, struct fail *why);

#endif
