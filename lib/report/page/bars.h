/*
 * bars -- how many files are of which time, place and camera, as tables with a bar in each row.
 *
 * Times and places are tallies (tally.h), each of what is a folder's path to it: where there are too many days the
 * months are told, and larger squares of places.
 */
#ifndef REPORT_PAGE_BARS_H
#define REPORT_PAGE_BARS_H

#include "report/page/counts.h"
#include "report/tally.h"
#include "run/rec.h"

/* {0} is empty. */
struct bars {
	struct tally days, places;
	struct counts cameras;
	struct buf text, path, make; /* room */
};

/* bars_add() -- count a record; `day` as of report_day(), NULL: it has none.  Returns 0 or -1 (ENOMEM). */
int bars_add(struct bars *b, const struct rec *rec, const char *day, struct fail *why);

/* bars_put() -- append a section for each that has a row, and for `folders`, which lie in `root`; nothing is to be
 * added then. */
void bars_put(struct bars *b, const struct tally *folders, struct slice root, struct buf *out);

void bars_fini(struct bars *b);

#endif
