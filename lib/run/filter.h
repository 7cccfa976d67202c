/*
 * filter -- the loop that every program shares; a program is a table of options and a few hooks.
 *
 *   stdin or operands -> plan -> work (parallel) -> emit -> [held -> commit] -> stdout
 *
 *   plan    serial, in input order
 *   work    parallel, in any order; changes only its record, of which it leaves path and seq; done again after an error
 *           that may pass, on the record as it came less what plan has set
 *   emit    serial, in output order; passes the record on, holds it, or takes it out of the stream
 *   commit  serial, over the held records in output order; may use run_parallel(); may fail any of them
 *
 * A record leaving a program is the acknowledgement of what the program does: hold until it is true.  Whatever
 * depends on order belongs in plan, emit or commit; then -j never changes a byte of output.
 *
 * Hooks see only records that are whole: one that arrives with an `error`, or is no record, goes from input to
 * output on its own.  Every hook may be NULL.  After plan, work and emit the loop asks rec_check(): a getter that ran
 * out of memory fails the record, whatever the hook made of its answer.
 */
#ifndef RUN_FILTER_H
#define RUN_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/fail.h"
#include "run/opt.h"
#include "run/rec.h"

enum emit {
	EMIT_PASS, /* write the record now */
	EMIT_HOLD, /* give it to the next commit */
	EMIT_DROP  /* it does not go to stdout as a record; what the hook put into `out` does */
};

enum filter_flags {
	FILTER_SKIP_KNOWN = 1 << 0, /* records with db.status "known" pass untouched: settled */
	FILTER_DRAIN =
	    1 << 1, /* a first SIGINT or SIGTERM does not stop the reading: what upstream acknowledged is kept */
	FILTER_CONTENT =
	    1 << 2, /* it, or the next program, reads the files: few of their bytes in flight, so as to stay cached */
	FILTER_SINK = 1 << 3, /* stdout carries no records: emit sees failed ones too, and its verdict is EMIT_DROP */
	FILTER_SPOOL =
	    1 << 4, /* held records wait as lines in an unlinked file, not in memory: commit gets held == NULL */
	FILTER_READS = 1 << 5, /* it reads the files whole, and counts that on rec->meter */
	FILTER_ONCE =
	    1 << 6, /* work changes files under their names: after a flush that failed, a second one may lie */
	FILTER_MEMBERS = 1 << 7 /* it reads members of archives, or no file at all; where not, they fail */
};

struct run;

struct filter {
	const char *name;
	const char *synopsis;    /* after the name, in the usage line */
	const char *purpose;     /* one line */
	const struct opt *opts;  /* the program's own; those of every filter are added.  May be NULL */
	void *conf;              /* what opts fills and the hooks get */
	const char *const *owns; /* members removed from every record before plan, NULL-terminated */
	unsigned flags;
	size_t grain;        /* records a worker may take at once; 0 is 1.  More for work of microseconds */
	size_t hold_records; /* commit at so many held records (0: 256) … */
	uint64_t hold_bytes; /* … or so many of their file bytes (0: 256 MiB); or one second after the first */

	/*
	 * operands() -- takes the operands instead of their being input paths; a program with this hook always reads
	 * stdin, or next().  -1 is a usage error.
	 */
	int (*operands)(void *conf, int argc, char **argv, struct fail *why);

	/* start() -- after options, before threads.  -1 ends with status 3, or 2 where why->code is FAIL_INPUT. */
	int (*start)(void *conf, struct run *run, struct fail *why);

	/* next() -- makes the next record instead of reading input (rec_from_path or rec_from_line); 1, 0 at the end,
	 * -1: status 3. */
	int (*next)(void *conf, struct rec *rec, struct fail *why);

	/*
	 * expand() -- by the reading thread, which owns what it uses: makes records in the place of one, before plan
	 * and any other hook meet them.  start() may take it out where nobody asks.
	 *
	 *   from  as it came; neither a failed record, nor a settled one, nor a member of an archive
	 *   rec   empty but for its seq, to be filled
	 *
	 * Returns 1 and is called again with the same `from`; 0: no more, and where there was none, `from` itself goes
	 * on; -1: status 3.
	 */
	int (*expand)(void *conf, const struct rec *from, struct rec *rec, struct fail *why);

	/* worker_new() -- state for one worker; NULL is ENOMEM and ends with status 3.  Both hooks or none. */
	void *(*worker_new)(void *conf);
	void (*worker_free)(void *worker);
	/*
	 * leave() -- by the worker, which has had consecutive members of one archive, one after the other: it is done
	 * with that archive.  What it keeps open for it goes.
	 */
	void (*leave)(void *worker);
	/* pause() -- by the worker: more members may come, but none has for a while.  What others wait for goes. */
	void (*pause)(void *worker);

	int (*plan)(void *conf, struct rec *rec, struct fail *why);                     /* -1 fails the record */
	int (*work)(const void *conf, void *worker, struct rec *rec, struct fail *why); /* -1 fails the record */
	/* emit() -- *verdict starts as EMIT_PASS.  -1 fails the record; then it passes, but in a sink. */
	int (*emit)(void *conf, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why);
	/* commit() -- -1 ends with status 3 and none of the held records is written; use rec_fail() for single ones. */
	int (*commit)(void *conf, struct run *run, struct rec **held, size_t nheld, struct fail *why);
	/* drop() -- release rec->data; also called for records that were never emitted. */
	void (*drop)(struct rec *rec);
	/* finish() -- after the last commit; may append to stdout.  -1 ends with status 3. */
	int (*finish)(void *conf, struct buf *out, struct fail *why);
};

/* filter_main() -- run it: everything from options to the exit status. */
int filter_main(const struct filter *f, int argc, char **argv);

/* For hooks; all are safe from any thread once start() has been called. */
int run_dirfd(const struct run *run);     /* of -C, or AT_FDCWD */
bool run_stopping(const struct run *run); /* a signal came, or the run cannot go on: begin nothing new */
/* run_parallel() -- call fn(arg, i) for every i below n, on the workers and the caller; from commit only. */
void run_parallel(struct run *run, size_t n, void (*fn)(void *arg, size_t i), void *arg);
/*
 * run_may_wait() -- from commit: whether records may be left for the next one, as rec->waits, because more is to come
 * that decides on them.  That is when more has come; nobody waits at the end, without room, or where held == NULL.
 */
bool run_may_wait(const struct run *run);
/*
 * run_stop() -- the run cannot go on (a full library …): nothing new begins, what is in flight is committed and
 * written, then it ends with status 3 and this message.  The first call counts.
 */
void run_stop(struct run *run, const struct fail *why);
/*
 * run_unfinished() -- from emit or commit: the record is fine, yet less was done than was asked for; the exit status is
 * 1 at least.
 *
 *   message  a line for a person, behind the record's path; NULL: it is said in another way
 */
void run_unfinished(struct run *run, const struct rec *rec, const char *message);
/*
 * run_given_up() -- from finish(): whether a worker was given up for the time limit.  It may still be at its record:
 * what work uses must not go, and the process ends without it.
 */
bool run_given_up(const struct run *run);
#define RUN_LINES_MAX 3 /* lines for one reason; how many more there are is for finish() to say */
/* run_note() -- from start() or finish(): a line for a person on stderr, behind the program's name; nothing with -q. */
void run_note(const struct run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* run_flush() -- from finish(): write what was appended to stdout so far, where that is much.  Returns 0 or -1. */
int run_flush(struct run *run, struct fail *why);
/*
 * run_log() -- from start(), with FILTER_SPOOL: every line is appended to this descriptor before it goes to stdout,
 * those that are held before commit() is called; commit() is to flush it.  A failure is one of the run: nothing is
 * committed.
 */
void run_log(struct run *run, int fd);
/*
 * run_backwards() -- for a next() that start() has set: the records of the input, the last first; it is read to its end
 * before.  They wait on disk.  Returns 1, 0 or -1, as next() does; one that came with an `error` has failed.
 */
int run_backwards(struct run *run, struct rec *rec, struct fail *why);
/*
 * run_watch_root() -- from start(): records that come from below this folder.  When one fails and the folder is no
 * longer the one that was there, the run stops with one message and status 3.  Returns 0 or -1.  The folder that all
 * paths have in common is watched for every program that reads files.
 */
int run_watch_root(struct run *run, const char *path, struct fail *why);

#endif
