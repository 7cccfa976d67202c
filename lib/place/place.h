/*
 * place -- putting files into a library: nothing is ever overwritten, nothing is lost.
 *
 * Each record is a job with two halves.  place_stage() (parallel, any order) reads the source once, digesting it,
 * into an unfinished file; it decides nothing that another record could decide otherwise.  place_commit() (serial,
 * output order) takes a batch of jobs, makes their bytes durable, decides names under the library's lock, publishes,
 * makes the folders durable, and only then removes sources that were to be moved.  What a record says is true when
 * place_commit() returns.
 */
#ifndef PLACE_PLACE_H
#define PLACE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"
#include "run/filter.h"
#include "run/rec.h"

enum place_how {
	PLACE_UNSAID, /* copy, but leave alone what is in the library already */
	PLACE_COPY,
	PLACE_MOVE,
	PLACE_REFLINK,
	PLACE_HARDLINK,
	PLACE_SYMLINK
};

/* Strings are borrowed until place_free(). */
struct place_options {
	const char *tool; /* for errors and warnings in records */
	const char *root; /* of the library */
	const char *const *from;
	size_t nfrom;
	const char *template;       /* NULL: by day, or by the month or year where that is all that the date knows */
	const char *undated;        /* the template of records without a date that `template` needs */
	const char *const *members; /* that other filters add, for templates */
	size_t nmembers;
	const char *zone;           /* for dates in UTC, NULL: UTC */
	const char *const *mirrors; /* folders that get copies of all that the library gets */
	size_t nmirrors;
	enum place_how how;
	long mode;           /* of copies; -1: what the umask leaves of 0666 */
	bool dry_run;        /* write nothing, say what would be done */
	bool readback;       /* read every copy again, past the page cache */
	bool sync_each;      /* one fsync a file, never one for a batch */
	bool weak_publish;   /* see publish.h */
	bool portable;       /* names as exFAT, NTFS and SMB take them */
	uint64_t max_member; /* bytes of a member of an archive */
	bool media_only;     /* skip records without a `type`, but for damaged files and companions; trash and JSONs */
};

struct packed;
struct place;

/*
 * place_new() -- open the library, tidy up after killed runs, begin a new one.  From a filter's start().
 * Returns NULL: FAIL_INPUT for a template or zone that is wrong, else what the library's file system said.
 */
struct place *place_new(const struct place_options *o, struct run *run, struct fail *why);
void place_free(struct place *p); /* after the last record has been dropped */

/* place_summary() -- what is to be said for all records at once, on stderr; from a filter's finish(). */
void place_summary(const struct place *p);

/*
 * place_stage() -- a filter's work().
 *
 *   packed  the worker's own, for members of archives
 *
 * Returns 0 with rec->data set, or -1.
 */
int place_stage(struct place *p, struct packed *packed, struct rec *rec, struct fail *why);

/* place_emit() -- a filter's emit(): adds `source`; holds what needs settling. */
int place_emit(struct place *p, struct rec *rec, enum emit *verdict, struct fail *why);

/*
 * place_commit() -- a filter's commit(): adds `place`, and `error` to those that failed.
 * Returns 0, or -1 where the lock cannot be had; then nothing has been published.
 */
int place_commit(struct place *p, struct rec **held, size_t nheld, struct fail *why);

/* place_drop() -- a filter's drop(): removes what is unfinished. */
void place_drop(struct rec *rec);

#endif
