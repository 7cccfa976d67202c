/* mirrored -- what becomes of a batch in the mirrors, and what is said of it.  Private to lib/place. */
#ifndef PLACE_MIRROR_MIRRORED_H
#define PLACE_MIRROR_MIRRORED_H

#include "base/buf.h"
#include "place/jobs.h"

/*
 * mirrors_commit() -- each of the library's files is durable by now: make it so in each mirror, under the same name
 * where that is free, or holds its content.  What fails is noted in the jobs there.
 */
void mirrors_commit(struct jobs *jobs);

/* mirrors_lack() -- whether a mirror has not got a copy of the job's file, other than the source itself. */
bool mirrors_lack(const struct job *job);

/* mirrors_tell() -- warnings of the record, and lines for a person, about the mirrors that have not got its file. */
void mirrors_tell(struct place *p, struct rec *rec, const struct job *job);

/* mirrors_summary() -- what is said of the whole run; from a filter's finish(). */
void mirrors_summary(const struct place *p);

#endif
