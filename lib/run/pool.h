/*
 * pool -- worker threads behind a bounded window of items.
 *
 * One thread pushes items, any number of workers run them, one thread pops them again: in the order they were pushed,
 * or as they finish.  Back-pressure is the window: push waits while it is full.  The same workers serve
 * pool_parallel(), which the popping thread uses on what it has popped.
 *
 * The essay on locking is at the top of pool.c.
 */
#ifndef RUN_POOL_H
#define RUN_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

struct pool;

#define PAUSE_NS 100000000u

struct pool_item {
	void *data;      /* the caller's */
	uint64_t memory; /* bytes of memory it occupies */
	uint64_t weight; /* bytes of file content it stands for */
	uint64_t
	    run; /* consecutive items of one number, but 0, are one worker's, in their order, whatever their rank */
	uint64_t rank;  /* with conf.ranked: where it stands among those that wait, the lowest first */
	bool skip;      /* goes through without meeting a worker */
	bool cancelled; /* out: no worker took it before pool_cancel() */
};

struct pool_conf {
	size_t workers;
	size_t window;                  /* items between push and pop, at most */
	uint64_t max_memory;            /* and so many bytes of memory … */
	uint64_t max_weight;            /* … and of content, though never fewer than `workers` items for its sake */
	size_t grain;                   /* items a worker may take at once; with ranks or a limit, one */
	bool unordered;                 /* pop as they finish */
	bool ranked;                    /* workers take items by their rank, not as they come */
	void *(*worker_new)(void *arg); /* in the worker's thread; NULL where none is needed */
	void (*worker_free)(void *worker);
	uint64_t (*run)(void *arg, void *worker, void *data); /* returns the memory that data occupies now */
	void (*leave)(
	    void *worker); /* what it keeps for its run of items has no use any more; NULL: it keeps nothing */
	void (*pause)(void *worker); /* its run may go on, but has not for PAUSE_NS; may be NULL */
	/*
	 * With a limit, a worker that is longer than that at an item is given up, and another takes its place: the
	 * item's data, and what worker_new() gave, stay that worker's for ever.  Both hooks are called by pop.
	 */
	uint64_t limit_ns;
	void *(*give_up)(void *arg, void *data); /* returns what comes out in the place of data */
	void (*deserted)(void *arg);             /* no worker is left, nor to be had: cancel */
	void *arg;
};

/* pool_new() -- start the threads.  NULL: ENOMEM, EAGAIN (no threads to be had), or worker_new() gave NULL. */
struct pool *pool_new(const struct pool_conf *conf, struct fail *why);

/*
 * pool_free() -- after the pushing thread has ended; items never popped are forgotten.  Not where a worker was given
 * up, which may come back to the pool at any time.
 */
void pool_free(struct pool *p);

/* pool_given_up() -- how many workers have been given up. */
size_t pool_given_up(struct pool *p);

/* pool_push() -- append n items, waiting for room.  Returns how many were taken: fewer only after pool_cancel(). */
size_t pool_push(struct pool *p, const struct pool_item *items, size_t n);

/* pool_part() -- by the pushing thread: the run of the items that were pushed has ended. */
void pool_part(struct pool *p);

/* pool_finish() -- nothing more will be pushed. */
void pool_finish(struct pool *p);

/*
 * pool_pop() -- take up to max finished items.
 *
 *   deadline_ns  on CLOCK_MONOTONIC: how long to wait for the first; 0 does not wait, UINT64_MAX waits for ever
 *
 * Returns how many; 0 at the deadline, or at the end, when *ended is set.
 */
size_t pool_pop(struct pool *p, struct pool_item *items, size_t max, uint64_t deadline_ns, bool *ended);

/* pool_cancel() -- items that no worker has taken come out cancelled; push takes no more. */
void pool_cancel(struct pool *p);

/* pool_parallel() -- fn(arg, i) for every i below n, on the workers and the caller; returns when all are done. */
void pool_parallel(struct pool *p, size_t n, void (*fn)(void *arg, size_t i), void *arg);

uint64_t pool_now_ns(void); /* CLOCK_MONOTONIC */
/* pool_after_ns() -- so many seconds from now; where they are negative or of many years, UINT64_MAX. */
uint64_t pool_after_ns(double seconds);

#endif
