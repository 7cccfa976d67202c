/* verdict -- what a record says of its content, compared with what was read: `verify` and `hash_now`. */
#ifndef HASH_VERDICT_H
#define HASH_VERDICT_H

#include "base/fail.h"
#include "hash/digest.h"
#include "hash/readfile.h"
#include "run/rec.h"

/*
 * verdict_take() -- what an earlier reading has said of the file goes from the record, so that it is not said again.
 *
 *   damage  the content that it found to be damage; none: {0}
 */
void verdict_take(struct rec *rec, struct digests *damage);

/*
 * verdict_mismatch() -- the content is not what the record says.  Damage stays damage, whatever has touched it; no edit
 * leaves nothing.
 *
 *   text  scratch
 */
void verdict_mismatch(struct rec *rec, const struct readfile *read, const struct digests *damage, struct buf *text);

/*
 * verdict_unread() -- reading failed, as `why` says.  A file that has gone is an answer; one that cannot be read is an
 * answer and a failure.  Returns 0 or -1.
 */
int verdict_unread(struct rec *rec, int dirfd, const struct fail *why);

#endif
