/*
 * bynumber -- deciding by the number of the job's group, or of a file that is known to be alone (group/number.h).
 * Private to lib/place/decide.
 */
#ifndef PLACE_DECIDE_BYNUMBER_H
#define PLACE_DECIDE_BYNUMBER_H

#include "place/decide/choice.h"

/* bynumber_choose() -- what becomes of a job whose name has the number of its group. */
int bynumber_choose(struct choice *c);

#endif
