/*
 * kin -- rows of files that belong together learn of each other, where one came before the others did, or comes again
 * from elsewhere.
 *
 * A record tells of the group that its file had then.  A raw picture that is imported later belongs to a JPEG that was
 * alone, or to a group without it; and a file that was alone on one card may be found in a group on another.  What the
 * records of a transaction tell of rows other than their own is kept on disk, and done at its end in the order of the
 * input, so that rebuilding a database from logs in one transaction gives what many runs gave.
 *
 * The first group that a row has stays; of the same group, the one with more members.  Groups of different ids that
 * have a file in common are copies of one, as of a card that was read at another place: the rows of the one that comes
 * later take the id that is there.
 *
 * Of what databases have listed only that counts, in whatever order they are merged: rows that name each other as of
 * their groups get the least id of theirs.  Each row has been listed with the group that it has, and is told no other.
 */
#ifndef HASHDB_GROUP_KIN_H
#define HASHDB_GROUP_KIN_H

#include <stdbool.h>

#include "base/fail.h"
#include "hashdb/change.h"
#include "hashdb/files.h"
#include "hashdb/sources.h"

struct kin;

struct kin *kin_new(struct files *files, struct sources *sources); /* both are borrowed.  NULL: ENOMEM */
void kin_free(struct kin *k);

void kin_begin(struct kin *k); /* a transaction has begun */

/*
 * kin_note() -- a change has been applied to the row at its path; regrouped: which has another group now. Changes
 * of one group that come one after the other, and are all of it, tell nothing that is not told, unless their rows have
 * different ids.  Returns 0 or -1.
 */
int kin_note(struct kin *k, const struct change *c, bool regrouped, struct fail *why);

/* kin_finish() -- after the last change: tell the rows.  Returns 0 or -1. */
int kin_finish(struct kin *k, struct fail *why);

#endif
