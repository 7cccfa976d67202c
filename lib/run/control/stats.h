/*
 * stats -- what a run has done, by the type of the files and by worker: as one JSON object at its end, and for
 * Prometheus at any time.  There is one only where that was asked for.  Its memory does not grow with the records: what
 * has no room in the table of types is "other".
 */
#ifndef RUN_CONTROL_STATS_H
#define RUN_CONTROL_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "run/rec.h"

/* Files, and what they have cost. */
struct stats_tally {
	uint64_t files, failed, skipped, bytes;
	uint64_t worked; /* files that a worker has had … */
	uint64_t work_ns, worst_ns;
	struct buf worst; /* the path of the one that took longest */
};

#define STATS_TYPE 32 /* bytes of a type's name, with its NUL */

struct stats_type {
	char name[STATS_TYPE];
	struct stats_tally tally;
};

/* What has been counted; between stats_lock() and stats_unlock() it stays as it is. */
struct stats {
	const char *program;
	int64_t start_s; /* since 1970 */
	uint64_t start_ns;
	struct stats_tally all;
	struct stats_type *types;
	size_t ntypes;
	struct stats_tally *workers;
	size_t nworkers; /* of those that have worked */
	/* private */
	struct stats_private *private;
};

struct stats *stats_new(const char *program, size_t workers); /* NULL: ENOMEM */
void stats_free(struct stats *s);

void stats_lock(struct stats *s);
void stats_unlock(struct stats *s);

/* stats_worked() -- by the worker itself: it has had the record since `began_ns` of CLOCK_MONOTONIC.  May be repeated.
 */
void stats_worked(struct stats *s, struct rec *rec, uint64_t began_ns);

/* stats_count() -- the record is written, or dropped: no hook meets it again. */
void stats_count(struct stats *s, const struct rec *rec);

#define STATS_BEGINNING "{\"program\":" /* what stats_json() writes first */

/* stats_json() -- append the object, and a newline. */
void stats_json(struct stats *s, uint64_t now_ns, struct buf *out);

#endif
