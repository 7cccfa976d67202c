/*
 * job -- one record on its way into the library.  Private to lib/place.
 *
 * One phase at a time has a job: stage (any thread, from the work hook), decide (serial, under the library's lock),
 * commit (on the pool, each thread its own jobs: flushes, reading back, removing sources).  Each member below is
 * written by the phase that it stands under, and by those beside it.  decide and commit may find that what was staged
 * is no longer so: then stage_again() writes what stage does.
 */
#ifndef PLACE_JOB_H
#define PLACE_JOB_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fail.h"
#include "hash/digest.h"
#include "place/name/path.h"
#include "place/place.h"
#include "place/stage/temps.h"
#include "run/reason.h"

struct folder;
struct scratch;

enum job_how { JOB_STAY, JOB_COPY, JOB_CLONE, JOB_RENAME, JOB_HARDLINK, JOB_SYMLINK };
enum job_outcome { JOB_PENDING, JOB_PLACED, JOB_EXISTS, JOB_DUPLICATE, JOB_SKIPPED };
enum job_tie { JOB_UNASKED, JOB_ALONE, JOB_MEMBER };
enum job_verified { JOB_UNVERIFIED, JOB_STREAM, JOB_READBACK };

struct job {
	struct place *place;    /* of job_new() */
	const struct job *main; /* in a mirror: the one in the library */
	struct job **mirrors;   /* those in place->mirrors, as many, once fill_begin() has come; else NULL */

	/* stage: the source */
	struct stat st;          /* before it was read */
	struct digests want;     /* the record's `hash` */
	struct digests have;     /* of the content, from this run; in a dry run also the record's word */
	bool packed;             /* it is a member of an archive … */
	struct stat archive;     /* … which was this when it was looked at */
	bool in_library;         /* it is */
	bool linked;             /* its name is a symbolic link */
	bool companion;          /* it belongs to another file: never a duplicate of something elsewhere */
	enum job_tie tie;        /* what exif-read has found of files that belong to it */
	bool leads;              /* it is its group's lead */
	uint8_t group[PATH_KEY]; /* JOB_MEMBER: which one */
	bool unread;             /* known by source memory: nobody has read it; decide: no longer so */

	/* stage: the way into the library */
	struct buf target; /* where the template wants it, below the root */
	size_t stem;       /* bytes of its last name before the place of a number */
	size_t name_max;   /* … and how long that name may be */
	bool joins;        /* that is beside its group's lead, which the library has already; decide: no longer so */
	bool renamed;      /* the last name of that was made portable */
	enum job_how how;  /* decide: JOB_COPY where a rename crosses file systems */
	struct temp temp;  /* JOB_COPY, JOB_CLONE: the unfinished file; decide: published */
	int source;        /* JOB_RENAME, JOB_HARDLINK: the source, open until it is flushed; else -1 */
	struct buf link;   /* JOB_SYMLINK: the source's absolute path */
	bool counted;      /* in place->nopen */
	bool durable;      /* the content is */

	/* decide; stage: where it seems to exist already */
	enum job_outcome outcome; /* commit: JOB_PENDING, what it stood for was not so */
	struct buf to;            /* where the content is, below `root` */
	struct buf root;          /* of another library; empty: this one */
	struct stat existing;     /* of the file at `to`, where it was there before */

	/* decide */
	struct folder *folder; /* of `to`, in this library; while its batch is committed */
	bool remembered;       /* place->contents leads here */
	bool by_run;           /* it exists or is a duplicate by what place->contents said */

	/* commit */
	enum job_verified verified; /* decide, where it copies: stage_again(), install_file() */
	bool rotten;  /* a file that should hold its content was read back and does not: it is placed itself */
	bool removed; /* the source; decide: by a rename */

	/* Whoever finds it out. */
	enum reason reason; /* why it was skipped, or the source kept */
	struct buf message; /* the same for a person; empty: reason_text() */
	struct fail why;    /* by job_fail(); decide forgets it of those that it decides anew */
};

struct job *job_new(struct place *p, struct fail *why);
void job_free(struct job *job); /* removes what is unfinished */

/* Whether a job has come through so far. */
static inline bool
job_good(const struct job *job)
{
	return job->why.code == FAIL_NONE;
}

/* Whether a job is about a file that was in a library before. */
static inline bool
job_existed(const struct job *job)
{
	return job->outcome == JOB_EXISTS || job->outcome == JOB_DUPLICATE;
}

/*
 * job_same_file() -- whether two names lead to one file, also through two mounts of one network share: no two files
 * have their number and the time of their last change in common.
 */
bool job_same_file(const struct stat *a, const struct stat *b);

int job_set_to(struct job *job, struct path to, struct fail *why); /* 0 or -1 (ENOMEM) */

/* job_keep_metadata() -- give a copy its source's metadata; what cannot be kept is a warning of the record. */
void job_keep_metadata(const struct job *job, struct rec *rec, int from, int to);

/* job_check() -- whether a file holds the job's content: 0, or -1 as copy_check() says it. */
int job_check(const struct job *job, struct scratch *scratch, int fd, struct fail *why);

/* job_read_back() -- the same of a flushed file, past the page cache; the job, or a warning, says how far it was read.
 */
int job_read_back(struct job *job, struct rec *rec, struct scratch *scratch, int fd, struct fail *why);

/* job_fail() -- the job's first failure stays. */
void job_fail(struct job *job, const struct fail *why);

/* job_reopen() -- open what was digested, the unfinished file or the source at `path`.  Returns a descriptor or -1. */
int job_reopen(const struct job *job, const char *path);

/* job_flush() -- make the content durable that is open as fd.  Returns 0, or -1, which may end the run. */
int job_flush(struct job *job, int fd, struct fail *why);

/* job_hold_open() -- keep fd open for the batch's flush; where too many are, flush and close it now.  Returns 0 or -1.
 */
int job_hold_open(struct job *job, int *fd, struct fail *why);

/*
 * job_make_temp() -- the unfinished file of a job, near where it is to go.
 *
 *   scratch  has looked for that folder with scratch_near()
 *
 * Returns 0 or -1.
 */
int job_make_temp(struct job *job, struct scratch *scratch, struct fail *why);

/* job_open_to() -- open the file at job->to in its root, or the folder that it is in.  A descriptor, or -1 with errno.
 */
int job_open_to(const struct job *job, bool folder);

#endif
