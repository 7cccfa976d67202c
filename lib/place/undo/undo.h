/*
 * undo -- taking back what records say was placed: the last first, each with the reason why not.
 *
 * A filter with the hooks of this module reads its own output of an earlier time, from its end.  Each record leaves
 * with a new `place`: `undone` once that is durable, or `skipped` with a reason.
 */
#ifndef PLACE_UNDO_UNDO_H
#define PLACE_UNDO_UNDO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fail.h"
#include "run/filter.h"

/* Strings are borrowed until undo_free(). */
struct undo_options {
	const char *tool;         /* for errors and warnings in records */
	const char *root;         /* of the library, whatever records call it; NULL: the one that each names */
	const char *const *later; /* logs of the runs that came after: what they rely on stays */
	size_t nlater;
	bool dry_run;      /* write nothing, say what would be done */
	bool weak_publish; /* see file/publish.h */
};

struct undo;

/*
 * undo_begin() -- from a filter's start(): it gets the hooks, and the undo as its conf.
 * Returns NULL: the library or a log cannot be opened, ENOMEM.
 */
struct undo *undo_begin(const struct undo_options *o, struct filter *f, struct run *run, struct fail *why);
void undo_free(struct undo *u); /* after the last record has been dropped */

#endif
