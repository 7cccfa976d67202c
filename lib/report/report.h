/*
 * report -- the records of a run as figures, and the figures as text for a person.
 *
 * Memory is constant: files are counted, the first of each kind that a person has to look at are named.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "run/buf.h"
#include "run/fail.h"
#include "run/rec.h"

#define REPORT_NAMES_MAX 20 /* files named under one heading */

struct report;

struct report *report_new(void); /* NULL: ENOMEM */
void report_free(struct report *r);

/* report_add() -- count one record, failed ones included.  Returns 0 or -1 (ENOMEM). */
int report_add(struct report *r, const struct rec *rec, struct fail *why);

/* report_line() -- append what became of one file: "copied  SOURCE -> PLACE". */
void report_line(struct report *r, const struct rec *rec, struct buf *out);

/* report_text() -- append the summary; the first line of it stands alone. */
void report_text(const struct report *r, struct buf *out);

#endif
