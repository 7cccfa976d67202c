/*
 * report -- the records of a run as figures, and the figures as text for a person.
 *
 * Memory is constant: files are counted, the first of each kind that a person has to look at are named.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/buf.h"
#include "base/fail.h"
#include "run/rec.h"

#define REPORT_NAMES_MAX 20 /* files named under one heading */

struct report;

/* What the records do not tell of their run; {0} is a run that came to its end. */
struct report_end {
	const char *stopped;  /* why it stopped before, NULL: it did not */
	uint64_t not_reached; /* files; 0 also where their number is not known */
	uint64_t cut_lines;   /* last lines of logs that are incomplete */
	bool past;            /* of runs long over: there is no command to give again */
};

struct report *report_new(void); /* NULL: ENOMEM */
void report_free(struct report *r);

/* report_from() -- the records that follow come from this log, borrowed; NULL: standard input. */
void report_from(struct report *r, const char *log);

/* report_add() -- count one record, failed ones included.  Returns 0 or -1 (ENOMEM). */
int report_add(struct report *r, const struct rec *rec, struct fail *why);

/* report_line() -- append what became of one file: "copied  SOURCE -> PLACE". */
void report_line(struct report *r, const struct rec *rec, struct buf *out);

/* report_text() -- append the summary; the first line of it stands alone. */
void report_text(const struct report *r, const struct report_end *end, struct buf *out);

#endif
