/*
 * bars -- how many files are of which time, place and camera, as tables with a bar in each row.
 *
 * Times and places are counted as files in folders are (tally.h), a month in its year, a small square of the earth in a
 * larger one: where there are too many rows, those are told that hold them.
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
