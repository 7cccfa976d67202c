/* poolruns: consecutive items of one run are one worker's, in their order, and it leaves the run when that is over. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/pool.h"
#include "tap.h"

#define ITEMS 6000
#define RUNS 100

/* A pushed item. */
struct thing {
	uint64_t number, run;
};

struct worker {
	struct load *load;
	uint64_t run;
};

struct load {
	struct pool *pool;
	struct thing thing[ITEMS];
	size_t batch;
	bool parts;                     /* the pushing thread says that a run is over before it goes on */
	atomic_int entered[RUNS];       /* workers that have begun a run */
	atomic_uint_least64_t at[RUNS]; /* the last item of it */
	atomic_int ran, left, wrong;
};

static uint64_t
run(void *arg, void *state, void *data)
{
	struct load *l = arg;
	struct worker *w = state;
	const struct thing *t = data;

	if (t->number % 61 == 0)
		usleep(100);
	if (t->run != 0) {
		if (w->run != t->run)
			atomic_fetch_add(&l->entered[t->run], 1);
		atomic_fetch_add(&l->wrong, w->run != 0 && w->run != t->run); /* it has not left the one before */
		atomic_fetch_add(&l->wrong, atomic_exchange(&l->at[t->run], t->number) > t->number);
		w->run = t->run;
	}
	atomic_fetch_add(&l->ran, 1);
	return 1;
}

static void
leave(void *state)
{
	struct worker *w = state;

	atomic_fetch_add(&w->load->wrong, w->run == 0);
	atomic_fetch_add(&w->load->left, 1);
	w->run = 0;
}

static void *
worker_new(void *arg)
{
	struct worker *w = calloc(1, sizeof(*w));

	w->load = arg;
	return w;
}

/* Plain items, then a run of some length, and so on; some runs touch. */
static void
fill(struct load *l)
{
	size_t n = 0, length = 1;
	uint64_t number = 1;

	while (n < ITEMS) {
		for (size_t i = 0; i < length % 7 && n < ITEMS; i++, n++)
			l->thing[n] = (struct thing){n, 0};
		for (size_t i = 0; i < length && n < ITEMS; i++, n++)
			l->thing[n] = (struct thing){n, number};
		length = length * 3 % 257;
		number++;
	}
}

static void *
pusher(void *arg)
{
	struct load *l = arg;
	struct pool_item items[64];

	for (size_t at = 0; at < ITEMS;) {
		size_t n = 0;

		for (; n < l->batch && at + n < ITEMS; n++)
			items[n] = (struct pool_item){.data = &l->thing[at + n],
			    .memory = 1,
			    .weight = 5,
			    .run = l->thing[at + n].run,
			    .rank = (at + n) * 7919 % 13,
			    .skip = (at + n) % 11 == 10};
		at += pool_push(l->pool, items, n);
		if (l->parts && at < ITEMS && l->thing[at].run != l->thing[at - 1].run)
			pool_part(l->pool);
	}
	pool_finish(l->pool);
	return NULL;
}

static size_t
pop_all(struct load *l)
{
	struct pool_item items[32];
	bool ended = false;
	size_t n = 0;

	while (!ended)
		n += pool_pop(l->pool, items, 32, UINT64_MAX, &ended);
	return n;
}

int
main(void)
{
	static const struct {
		const char *what;
		size_t workers, window, grain, batch;
		uint64_t weight;
		bool unordered, ranked, parts;
	} rows[] = {
	    {"one worker", 1, 64, 1, 1, 1 << 20, false, false, false},
	    {"eight workers", 8, 1024, 1, 1, 1 << 20, false, false, true},
	    {"grains and batches", 8, 1024, 16, 64, 1 << 20, false, false, false},
	    {"a small window", 4, 3, 4, 2, 1 << 20, false, false, false},
	    {"little weight", 4, 64, 1, 16, 11, false, false, false},
	    {"unordered", 4, 64, 16, 16, 1 << 20, true, false, true},
	    {"by rank", 4, 64, 1, 16, 1 << 20, false, true, false},
	    {"by rank, one worker, little weight", 1, 64, 1, 16, 11, false, true, false},
	    {"by rank, little weight", 4, 64, 1, 16, 11, true, true, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct load *l = calloc(1, sizeof(*l));
		struct fail why;
		struct pool_conf conf = {.workers = rows[i].workers,
		    .window = rows[i].window,
		    .grain = rows[i].grain,
		    .max_memory = 1 << 20,
		    .max_weight = rows[i].weight,
		    .unordered = rows[i].unordered,
		    .ranked = rows[i].ranked,
		    .worker_new = worker_new,
		    .worker_free = free,
		    .run = run,
		    .leave = leave,
		    .arg = l};
		pthread_t thread;
		int again = 0, entered = 0;
		size_t n;

		l->batch = rows[i].batch;
		l->parts = rows[i].parts;
		fill(l);
		l->pool = pool_new(&conf, &why);
		pthread_create(&thread, NULL, pusher, l);
		n = pop_all(l);
		pthread_join(thread, NULL);
		pool_free(l->pool);
		for (size_t r = 0; r < RUNS; r++) {
			entered += atomic_load(&l->entered[r]);
			again += atomic_load(&l->entered[r]) > 1;
		}
		tap_ok(n == ITEMS && atomic_load(&l->ran) == ITEMS - ITEMS / 11, "%s: every item, once", rows[i].what);
		tap_ok(again == 0 && entered > 20, "%s: a run has one worker", rows[i].what);
		tap_ok(atomic_load(&l->wrong) == 0, "%s: in its order, and one run at a time", rows[i].what);
		tap_ok(atomic_load(&l->left) == entered, "%s: each run is left once", rows[i].what);
		free(l);
	}
	return tap_done();
}
