/*
 * mirrors -- the further folders of a run that get copies of all that the library gets.  Private to lib/place.
 *
 * A mirror is a struct place of its own: its lock, its unfinished files, what it remembers, and what has broken it.  A
 * record's job has one more job in each, which goes through the same commit_batch() behind the library's, aiming at the
 * name that the library has decided.  What differs is where bytes come from: from the read that fills the library's
 * file (fill.h), never from the source again, and that its failure is no failure of the record or the run (mirrored.h).
 */
#ifndef PLACE_MIRROR_MIRRORS_H
#define PLACE_MIRROR_MIRRORS_H

#include "place/place-parts.h"

/*
 * mirrors_open() -- those of p->o.mirrors.  Returns 0 or -1, also FAIL_INPUT: too many, or one is the library, another
 * mirror, or inside one of these; mirrors_close() in either case.
 */
int mirrors_open(struct place *p, struct fail *why);
void mirrors_close(struct place *p); /* after the last job */

#endif
