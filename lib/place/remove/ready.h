/* ready -- which sources of a batch that is to be moved may be renamed away.  Private to lib/place. */
#ifndef PLACE_REMOVE_READY_H
#define PLACE_REMOVE_READY_H

#include "place/jobs.h"

/*
 * ready_renames() -- before names are chosen, on the pool: a rename takes the source away at once, so what would be
 * renamed is copied instead, unless all others of its group are in the batch, come through so far and new to the
 * library, or not there any more.  The source of a copy is removed by sources_remove(), which asks again.
 *
 * Returns how many jobs are to be committed: the last ones are left for the next batch, once, where they wait for
 * others of their group.
 */
size_t ready_renames(struct jobs *jobs);

#endif
