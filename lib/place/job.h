/* job -- one record on its way into the library, and the run that it is part of.  Private to lib/place. */
#ifndef PLACE_JOB_H
#define PLACE_JOB_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "file/volume.h"
#include "hash/digest.h"
#include "place/decide/claims.h"
#include "place/remove/kept.h"
#include "place/kit.h"
#include "place/library.h"
#include "place/place.h"
#include "place/decide/shelf.h"
#include "place/name/template.h"
#include "place/stage/temps.h"
#include "place/commit/tree.h"
#include "place/decide/twins.h"
#include "run/reason.h"

#define PLACE_TEMPLATES 3
#define JOB_SUFFIX_MAX 99999 /* NAME-99999.EXT */

struct place {
	struct place_options o;
	struct run *run;
	int dirfd; /* where relative paths start */
	bool moves;
	bool batches; /* one syncfs does for all files on the device of temps */
	struct template *templates[PLACE_TEMPLATES],
	    *undated; /* the first that the date suffices for; NULLs at the end */
	struct library lib;
	struct origins origins;
	struct temps temps;
	struct kits kits;
	struct twins twins;   /* contents of this run */
	struct shelf shelf;   /* series of names that this run met */
	struct claims claims; /* dry run: what it would have changed */
	struct volumes *volumes;
	struct kept kept_sources;
	atomic_size_t kept; /* descriptors that jobs keep open */
	size_t keep_max;
	pthread_mutex_t lock; /* guards broken */
	struct fail broken;   /* why the library takes nothing more */
};

enum job_how { JOB_STAY, JOB_COPY, JOB_CLONE, JOB_RENAME, JOB_HARDLINK, JOB_SYMLINK };
enum job_outcome { JOB_PENDING, JOB_PLACED, JOB_EXISTS, JOB_DUPLICATE, JOB_SKIPPED };
enum job_verified { JOB_UNVERIFIED, JOB_STREAM, JOB_READBACK };

struct job {
	struct place *place;
	struct buf target;   /* where the template wants it, below the root */
	struct stat st;      /* of the source before it was read */
	struct digests want; /* the record's `hash` */
	struct digests have; /* of the content, from this run; in a dry run also the record's word */
	enum job_how how;
	struct temp temp; /* JOB_COPY, JOB_CLONE: the unfinished file */
	int source;       /* JOB_RENAME, JOB_HARDLINK: the source, open until it is flushed; else -1 */
	struct buf link;  /* JOB_SYMLINK: the source's absolute path */
	bool in_library;  /* the source is */
	bool linked;      /* the source's name is a symbolic link */
	bool companion;   /* it belongs to another file: never a duplicate of something elsewhere */
	bool unread;      /* known by source memory: nobody has read it */
	bool kept;        /* counted in place->kept */
	bool durable;     /* the content is */
	bool remembered;  /* place->twins leads here */
	bool renamed;     /* its last name was made portable */
	bool by_run;      /* it exists or is a duplicate by what place->twins said */
	bool rotten;      /* a file that should hold its content was read back and does not: it is placed itself */

	enum job_outcome outcome;
	struct buf to;         /* where the content is, below `root` */
	struct buf root;       /* of another library; empty: this one */
	struct stat twin;      /* of the file at `to`, where it was there before */
	struct folder *folder; /* of `to`, in this library; while its batch is settled */
	enum job_verified verified;
	bool removed;       /* the source */
	enum reason reason; /* why it was skipped, or the source kept */
	struct buf message; /* the same for a person; empty: reason_text() */
	struct fail why;
};

/* A path's folder and its last name. */
struct job_path {
	struct slice folder; /* "" for the root */
	const char *name;
	size_t len;
};

struct job *job_new(struct place *p, struct fail *why);
void job_free(struct job *job); /* removes what is unfinished */

struct job_path job_split(const struct buf *path);

/*
 * job_same_file() -- whether two names lead to one file, also through two mounts of one network share: no two files
 * have their number and the time of their last change in common.
 */
bool job_same_file(const struct stat *a, const struct stat *b);

/* job_set_to() -- set job->to to a name in a folder.  Returns 0 or -1 (ENOMEM). */
int job_set_to(struct job *job, struct slice folder, const struct buf *name, struct fail *why);

/* job_keep_metadata() -- give a copy its source's metadata; what cannot be kept is a warning of the record. */
void job_keep_metadata(const struct job *job, struct rec *rec, int from, int to);

/* job_fail() -- the job's first failure stays. */
void job_fail(struct job *job, const struct fail *why);

/*
 * job_library_failed() -- something went wrong on the library's side: where that means that it takes nothing more
 * (full, read-only, failing, gone), the run stops.  Returns -1.
 */
int job_library_failed(struct place *p, const struct fail *why);

/* job_library_broken() -- whether that has happened; then fills why. */
bool job_library_broken(struct place *p, struct fail *why);

/* job_reopen() -- open what was digested, the unfinished file or the source at `path`.  Returns a descriptor or -1. */
int job_reopen(const struct job *job, const char *path);

/* job_keep() -- keep fd open for the batch's flush, or, when too many are, flush and close it now.  Returns 0 or -1. */
int job_keep(struct job *job, int *fd, struct fail *why);

#endif
