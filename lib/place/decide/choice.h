/*
 * choice -- one job while it is decided, and what can become of it at a name.  Private to lib/place/decide.
 *
 * All of it, and what stands in the files beside it that take a choice, is for the serial half, under the library's
 * lock; each returns 0 or -1 with *c->why, where nothing else is said.
 */
#ifndef PLACE_DECIDE_CHOICE_H
#define PLACE_DECIDE_CHOICE_H

#include <stdbool.h>

#include "base/fail.h"
#include "place/decide/search.h"
#include "place/group/number.h"
#include "place/jobs.h"

/* All pointers are borrowed. */
struct choice {
	struct jobs *jobs;
	struct place *p;
	struct rec *rec;
	struct job *job;
	struct folder *folder; /* where it is to go; NULL while that does not exist */
	struct search q;       /* the name that was looked at last */
	struct number n;
	bool numbered; /* the number is the group's, not the name's */
	bool joined;   /* it was to go beside its lead, and had no place there */
	bool unfilled; /* there is no unfinished file: it seemed to be in the library already */
	struct fail *why;
};

struct turn;

/* choice_begin() -- of the job whose turn it is; nothing is looked at yet. */
void choice_begin(struct choice *c, struct jobs *jobs, const struct turn *turns, size_t turn, struct fail *why);

/* choice_aim() -- look at the folder of job->target: c->folder, and where c->q and c->n start. */
int choice_aim(struct choice *c);

/* choice_look() -- what stands at the k-th name, read where only its bytes tell; never MATCH_SIZE. */
enum match choice_look(struct choice *c, unsigned k);

/* choice_fill() -- a job that seemed to be in the library already, and is not there, is read after all. */
int choice_fill(struct choice *c);

/* choice_touch() -- the file at job->to is part of this job's promise: its folder joins the batch's flush. */
int choice_touch(struct choice *c);

/*
 * choice_take() -- nobody has c->q.name: the job's content is elsewhere, or the job takes the name.  Returns 1, 0 where
 * the name is taken now, or -1.
 */
int choice_take(struct choice *c);

/* choice_exists() -- c->q.name holds the job's content. */
int choice_exists(struct choice *c);

/* choice_found() -- the same if that is what was found.  Returns 1, 0 where it is something else, or -1. */
int choice_found(struct choice *c, enum match match);

/* choice_stays() -- the library has the file itself at another place. */
int choice_stays(struct choice *c);

/* choice_conflicts() -- c->q.name is another version of this companion, which stays where it is. */
int choice_conflicts(struct choice *c);

/* choice_differs() -- the same of another path below the library's root. */
int choice_differs(struct choice *c, struct slice there);

#endif
