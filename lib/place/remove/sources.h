/* sources -- removing those of a batch that was to be moved, and telling which stay.  Private to lib/place. */
#ifndef PLACE_REMOVE_SOURCES_H
#define PLACE_REMOVE_SOURCES_H

#include "place/jobs.h"

/*
 * sources_remove() -- on the pool, what is placed or exists and has not been asked about yet.  Where the library's
 * file turns out to be another, durable_reject() has the job.
 */
void sources_remove(struct jobs *jobs);

/* sources_finish() -- the folders that renamed files came from are flushed, and what stays is told. */
void sources_finish(struct jobs *jobs);

#endif
