/*
 * page -- the records of a run as one page of HTML, which needs nothing beside it: what the text says, in its words,
 * when, where and with what the pictures were taken, and a contact sheet.
 *
 * It has no script, and its Content-Security-Policy allows none, nor anything from elsewhere: only its own style, by
 * its digest, and pictures that are part of it.
 */
#ifndef REPORT_PAGE_PAGE_H
#define REPORT_PAGE_PAGE_H

#include "report/report.h"
#include "run/filter.h"

struct page;

/*
 * page_new() -- begin one.
 *
 *   run      the filter's, borrowed
 *   library  where what was placed lies now; NULL: in the library that its log lies in, else where its record says
 *
 * NULL: ENOMEM.
 */
struct page *page_new(struct run *run, const char *library, struct fail *why);
void page_free(struct page *p);

/*
 * page_add() -- take one record, which came from this log; NULL: standard input.  Returns 0 or -1: ENOMEM, no room on
 * disk; then the run ends, since half a page would mislead.
 */
int page_add(struct page *p, const struct rec *rec, const char *log, struct fail *why);

struct page_report {
	const struct report *report;
	const struct report_end *end;
};

/* page_put() -- append the page, with run_flush() in between; from finish().  Returns 0 or -1. */
int page_put(struct page *p, const struct page_report *about, struct buf *out, struct fail *why);

#endif
