/*
 * run -- the state of one filter's run, shared by filter.c (from options to exit status), feed.c (input to pool),
 * stream.c (pool to output), hold.c (what waits for a commit), root.c (folders that may go), watch.c (signals and
 * progress) and control/.  Programs see it only as the opaque struct of filter.h.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "file/spool.h"
#include "file/volume.h"
#include "run/backwards.h"
#include "run/control/expand.h"
#include "run/control/guard.h"
#include "run/control/progress.h"
#include "run/control/schedule.h"
#include "run/control/share.h"
#include "run/control/stats.h"
#include "run/filter.h"
#include "run/input.h"
#include "run/opt.h"
#include "run/out.h"
#include "run/pool.h"

#define RUN_JOBS_MAX 1024
#define RUN_GIVEN_MAX 128
#define RUN_WINDOW 1024
#define RUN_WINDOW_MAX (1u << 20)

enum run_status { RUN_OK = 0, RUN_ERRORS = 1, RUN_USAGE = 2, RUN_FATAL = 3 };

/* The words of --progress, in the order of its row. */
enum run_progress { PROGRESS_UNSAID, PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

/* The options of every filter. */
struct run_options {
	size_t jobs;
	int form; /* enum input_form */
	const char *directory;
	struct opt_list whiles;
	bool unordered, quiet, help, version;
	int schedule; /* enum schedule */
	size_t window, retry;
	double retry_delay, timeout; /* seconds */
	int progress;                /* enum run_progress */
	const char *stats, *metrics; /* files; NULL: nobody asks */
	uint64_t total;              /* bytes that are to come; 0: not known */
};

struct run_root {
	const char *path;
	struct volume_folder at;
	bool quiet; /* whoever named it says himself that it has gone */
};

/* The deepest folder of all paths so far, with its slash. */
struct run_common {
	struct buf folder;
	struct volume_folder at;
	bool seen; /* it was there */
	bool none; /* there is none that could go */
};

/* Held records: those of a hold that wait for commit, and those behind them that only wait their turn. */
struct run_held {
	struct rec *rec;
	bool passing;
};

struct run {
	const struct filter *f;
	struct run_options options;
	struct guard guard; /* with a time limit */
	int dirfd;
	struct run_root *roots;
	size_t nroots, roots_cap;
	struct run_common common;

	struct input *in;
	struct expand expand;
	struct backwards backwards;
	struct out out;
	_Atomic(struct pool *) pool;
	int wake[2]; /* a byte in it ends the reading */

	pthread_mutex_t lock; /* guards free_recs, fatal, common, and a record that begins again */
	struct rec **free_recs;
	size_t nfree;
	struct rec *given[RUN_GIVEN_MAX]; /* on their way back to free_recs; the main thread's */
	size_t ngiven;
	struct fail fatal; /* why the run could not go on */

	struct run_held *held;
	size_t nheld, held_active; /* all, and those that wait for commit … */
	size_t held_waiting;       /* … and have been left by one before */
	bool held_last;            /* no record comes any more */
	uint64_t held_bytes, commit_at_ns;
	struct spool spool;

	sigset_t signals;
	atomic_int signal;    /* the first that ends the run, or 0 */
	unsigned nsignals[2]; /* that end it: those that came by themselves, and those that the guard has passed on */
	atomic_bool stopping;
	atomic_bool ended;           /* the watching thread is to return */
	bool started;                /* start() has succeeded */
	bool left_alone;             /* a folder of --while has gone */
	bool telling;                /* progress was asked for … */
	bool drawing;                /* … and is one line, which is drawn again and again */
	bool clears;                 /* such a line, were it another program's, may be in the way of a message */
	atomic_uint_least64_t total; /* records, once the input has ended; else 0 */
	atomic_uint_least64_t done, failed, bytes;
	atomic_uint_least64_t passed; /* bytes of the records that go no further */
	struct stats *stats;          /* NULL: nobody asks */
	struct share share;
	struct progress progress; /* the watching thread's, as are these */
	uint64_t tell_at_ns, metrics_at_ns;
	bool unfinished; /* run_unfinished() was called */
};

/* feed.c */
void *feed_main(void *run);                                    /* the reading thread */
void feed_drop_owned(const struct filter *f, struct rec *rec); /* the members that its program writes itself */

/* root.c */
int root_watch_whiles(struct run *run, struct fail *why); /* -1: one is not there, which is not to be said */
void root_learn(struct run *run, const struct rec *rec);  /* by the reading thread: a record that will be worked on */
bool root_has_gone(struct run *run);         /* a record failed: with its source?  Then the run is stopped */
bool root_left_alone(const struct run *run); /* a folder of --while has gone: what failed since is not to be said */

/* stream.c; all but stream_end_input() from the main thread only */
int stream_run(struct run *run, struct fail *why);   /* everything between start() and finish(); 0 or -1 */
void stream_end_input(struct run *run);              /* no new work begins */
void stream_give(struct run *run, struct rec *take); /* back to the free list */
void stream_write(struct run *run, struct rec *take);
void stream_count(struct run *run, struct rec *rec); /* it is written, or about to be */
void stream_flush(struct run *run);
/*
 * stream_judge() -- after a hook that answered rc: the record has failed where the hook says so, or memory ran out.
 * stream_format() -- append the record's line; where memory ran out, what it came with and that it failed, or, for one
 * that is settled, the run is stopped.  0 or -1.
 */
void stream_judge(const struct run *run, struct rec *rec, int rc, struct fail *why);
int stream_format(struct run *run, struct rec *rec, struct buf *to);

/* hold.c; from the main thread only */
int hold_init(struct run *run, struct fail *why); /* 0 or -1 */
void hold_add(struct run *run, struct rec *take, bool passing);
bool hold_is_full(const struct run *run);
void hold_commit(struct run *run); /* commit what is held, and write it */

/* control/account.c; what is written of a run besides its records */
int account_begin(struct run *run, struct fail *why); /* -1: a file cannot be written */
void account_beat(struct run *run, uint64_t now_ns);  /* by the watching thread, now and then */
void account_share(const struct run *run);            /* tell the pipeline's other programs how far this one is */
int account_end(struct run *run, int status, struct fail *why); /* after all threads; 0 or -1 */

/* watch.c */
void watch_block(struct run *run); /* before any thread starts */
int watch_start(struct run *run, pthread_t *thread, struct fail *why);
void watch_stop(struct run *run, pthread_t thread);
void watch_die(const struct run *run); /* end by the signal that came */

#endif
