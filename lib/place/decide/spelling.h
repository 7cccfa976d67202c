/*
 * spelling -- what a job's file is called in the library.  A file system that folds case or normalises may call folders
 * otherwise than what led to them, and, where it was there before, the file.  Private to lib/place/decide.
 */
#ifndef PLACE_DECIDE_SPELLING_H
#define PLACE_DECIDE_SPELLING_H

#include "place/decide/choice.h"

/*
 * spelling_set() -- replace job->to by where c->q.name is.
 *
 *   there  it was there before; else the name is this job's to give
 */
int spelling_set(struct choice *c, bool there);

#endif
