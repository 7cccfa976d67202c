/*
 * join -- a group whose lead is at another place of the library already goes there.  Private to lib/place/decide.
 */
#ifndef PLACE_DECIDE_JOIN_H
#define PLACE_DECIDE_JOIN_H

#include "place/decide/choice.h"

/* join_note() -- once a lead is decided: the rest of its group learns where it is, if that is another place. */
int join_note(struct choice *c);

/* join_find() -- whether this run has found the job's lead elsewhere; then job->target is beside it. */
int join_find(struct choice *c);

/*
 * join_choose() -- what becomes of a job whose target is beside its lead.  Returns 1, 0 where the name that it would
 * have there is another picture's, or -1.
 */
int join_choose(struct choice *c);

/* join_leave() -- after that 0: the job's target is by the template again. */
int join_leave(struct choice *c);

/*
 * join_content() -- a job whose lead comes later, in another batch, and is going to be the duplicate of what this run
 * has placed elsewhere: as with one that came first, its group goes there.  Returns 1, 0 or -1.
 */
int join_content(struct choice *c);

#endif
