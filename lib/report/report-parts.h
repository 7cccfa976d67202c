/* report-parts -- what report.c counts, and report-text.c and the page tell. */
#ifndef REPORT_REPORT_PARTS_H
#define REPORT_REPORT_PARTS_H

#include <stdint.h>

#include "base/buf.h"
#include "media/group/recgroup.h"
#include "report/kind.h"
#include "report/report.h"
#include "report/tally.h"
#include "run/reason.h"

#define DAY_LEN 10 /* 2019-03-01 */

enum outcome {
#define OUTCOME(name, action, one, many) name,
#include "report/outcomes.def"
#undef OUTCOME
	OUTCOMES
};

enum list_id {
#define LIST(name, where, heading) LIST_##name,
#include "report/lists.def"
#undef LIST
	LISTS
};

/* One file: its name, and where there is more to say, `before` and the text; both are anyone's. */
struct list_row {
	struct buf name, text;
	const char *before;
};

/* The first files of a kind, and how many there are. */
struct list {
	struct list_row row[REPORT_NAMES_MAX];
	uint64_t n;
};

struct report {
	uint64_t n[OUTCOMES], files, bytes, empty, removed;
	uint64_t kinds[KINDS];                              /* of those that came or are there */
	uint64_t again;                                     /* for which the same command may do more another time */
	uint64_t skipped[REASON_COUNT], kept[REASON_COUNT]; /* by reason; the first sum is n[SKIPPED] */
	char first[DAY_LEN + 1], last[DAY_LEN + 1];
	struct list list[LISTS];
	struct tally folders;
	struct rec_group group; /* of the record that is counted */
	struct buf root, text;
	const char *log;
};

/* report_outcome() -- what became of a record's file. */
enum outcome report_outcome(const struct rec *rec);

/* report_came() -- whether a file with that outcome has, or is to get, a place in the library that it had not. */
bool report_came(enum outcome o);

/* report_day() -- the day, month or year of its capture date; false where that is none.  `text` is room for it. */
bool report_day(const struct rec *rec, struct buf *text, char day[DAY_LEN + 1]);

/* report_heading() -- that of a list.  report_rows() -- how many of its files it names. */
const char *report_heading(enum list_id id);
size_t report_rows(const struct list *list);

/* report_summary() -- append the figures, a sentence a line. */
void report_summary(const struct report *r, const struct report_end *end, struct buf *out);

/* report_advice() -- what to do about a list's files, or about all that is told (LISTS); NULL: nothing. */
const char *report_advice(const struct report *r, const struct report_end *end, enum list_id id);

#endif
