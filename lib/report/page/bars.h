/*
 * bars -- how many files are of which time, place and camera, as tables with a bar in each row.
 *
 * All are tallies (tally.h), each of what is a folder's path to it: where there are too many days the months are told,
 * of cameras the makers, of places larger squares.
 */
#ifndef REPORT_PAGE_BARS_H
#define REPORT_PAGE_BARS_H

#include "report/tally.h"
#include "run/rec.h"

/* {0} is empty. */
struct bars {
	struct tally days, places, cameras;
	struct buf text, path; /* room */
};

/* bars_add() -- count a record; `day` as of report_day(), NULL: it has none.  Returns 0 or -1 (ENOMEM). */
int bars_add(struct bars *b, const struct rec *rec, const char *day, struct fail *why);

/* bars_put() -- append a section for each that has a row, and for `folders`, which lie in `root`. */
void bars_put(const struct bars *b, const struct tally *folders, struct slice root, struct buf *out);

void bars_fini(struct bars *b);

#endif
