/* expand -- records in the place of one that stands for several, as an archive does for its members. */
#ifndef RUN_CONTROL_EXPAND_H
#define RUN_CONTROL_EXPAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "run/rec.h"

/* The reading thread's. */
struct expand {
	struct rec whole;   /* what came … */
	bool open;          /* … and more comes in its place */
	struct buf archive; /* of the last record that was a member of one … */
	uint64_t run;       /* … and the number of its run, from 1 */
};

struct run;

/*
 * expand_next() -- the next record, or the next of those in its place; `seq` is its number where next() makes records.
 * Returns 1, 0 at the end, -1.
 */
int expand_next(struct run *run, uint64_t seq, struct rec *rec, struct fail *why);

/* expand_run() -- the pool's run of a record: consecutive members of one archive have the same; 0: it is no member. */
uint64_t expand_run(struct expand *e, const struct rec *rec);

void expand_fini(struct expand *e);

#endif
