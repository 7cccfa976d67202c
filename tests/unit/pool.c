/* pool: order, ranks, bounds, cancelling, parallel calls; run under TSan by make SAN=thread check. */
#include "run/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

#define ITEMS 20000

struct load {
	struct pool *pool;
	size_t n;
	size_t pushed;
	uint64_t skip_every;
	atomic_size_t ran;
	atomic_int inside, most; /* workers at once */
};

static uint64_t
run(void *arg, void *worker, void *data)
{
	struct load *l = arg;
	int now = atomic_fetch_add(&l->inside, 1) + 1, most = atomic_load(&l->most);

	(void)worker;
	while (now > most && !atomic_compare_exchange_weak(&l->most, &most, now))
		;
	if ((uintptr_t)data % 97 == 0)
		usleep(50);
	atomic_fetch_add(&l->ran, 1);
	atomic_fetch_sub(&l->inside, 1);
	return 10;
}

static void *
pusher(void *arg)
{
	struct load *l = arg;
	struct pool_item batch[7];

	for (size_t i = 0; i < l->n;) {
		size_t n = 0;

		while (n < 7 && i + n < l->n) {
			uint64_t number = i + n + 1;

			batch[n++] = (struct pool_item){.data = (void *)(uintptr_t)number,
			    .memory = 10,
			    .weight = 5,
			    .rank = number * 0x9e3779b97f4a7c15u >> 32,
			    .skip = l->skip_every != 0 && number % l->skip_every == 0};
		}
		size_t taken = pool_push(l->pool, batch, n);
		l->pushed += taken;
		if (taken < n)
			break;
		i += n;
	}
	pool_finish(l->pool);
	return NULL;
}

struct tally {
	size_t n, in_order, cancelled;
	uint64_t sum;
};

static struct tally
pop_all(struct load *l, size_t cancel_at)
{
	struct pool_item items[32];
	struct tally t = {0};
	uint64_t last = 0;
	bool ended = false;

	while (!ended) {
		size_t n = pool_pop(l->pool, items, 32, UINT64_MAX, &ended);

		for (size_t i = 0; i < n; i++) {
			uint64_t number = (uintptr_t)items[i].data;

			t.in_order += number == last + 1;
			last = number;
			t.sum += number;
			t.cancelled += items[i].cancelled;
		}
		t.n += n;
		if (cancel_at != 0 && t.n >= cancel_at) {
			pool_cancel(l->pool);
			cancel_at = 0;
		}
	}
	return t;
}

static struct tally
pump(struct load *l, const struct pool_conf *conf, size_t cancel_at)
{
	struct fail why = {0};
	struct tally t;
	pthread_t thread;

	l->pool = pool_new(conf, &why);
	pthread_create(&thread, NULL, pusher, l);
	t = pop_all(l, cancel_at);
	pthread_join(thread, NULL);
	pool_free(l->pool);
	return t;
}

static void
test_streams(void)
{
	static const struct {
		const char *what;
		size_t workers, window, grain;
		uint64_t memory, weight, skip_every;
		bool unordered, ranked;
	} rows[] = {
	    {"one worker", 1, 64, 1, 1 << 20, 1 << 20, 0, false, false},
	    {"eight workers, grain 16", 8, 1024, 16, 1 << 20, 1 << 20, 0, false, false},
	    {"a window of one", 4, 1, 1, 1 << 20, 1 << 20, 0, false, false},
	    {"little memory", 4, 1024, 4, 25, 1 << 20, 0, false, false},
	    {"little weight", 4, 1024, 4, 1 << 20, 1, 0, false, false},
	    {"every third passes by", 4, 64, 4, 1 << 20, 1 << 20, 3, false, false},
	    {"all pass by", 4, 64, 4, 1 << 20, 1 << 20, 1, false, false},
	    {"unordered", 8, 64, 4, 1 << 20, 1 << 20, 5, true, false},
	    {"by rank", 4, 64, 1, 1 << 20, 1 << 20, 3, false, true},
	    {"by rank, little memory", 4, 1024, 1, 25, 1 << 20, 0, false, true},
	    {"by rank, little weight", 4, 1024, 1, 1 << 20, 11, 7, false, true},
	    {"by rank, unordered", 4, 64, 1, 1 << 20, 11, 5, true, true},
	    {"by rank, grains, a window of one", 4, 1, 4, 1 << 20, 1 << 20, 0, false, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct load l = {.n = ITEMS, .skip_every = rows[i].skip_every};
		struct pool_conf conf = {.workers = rows[i].workers,
		    .window = rows[i].window,
		    .grain = rows[i].grain,
		    .max_memory = rows[i].memory,
		    .max_weight = rows[i].weight,
		    .unordered = rows[i].unordered,
		    .ranked = rows[i].ranked,
		    .run = run,
		    .arg = &l};
		struct tally t = pump(&l, &conf, 0);
		size_t skipped = l.skip_every != 0 ? ITEMS / l.skip_every : 0;

		tap_ok(t.n == ITEMS && t.sum == (uint64_t)ITEMS * (ITEMS + 1) / 2, "%s: every item comes out once",
		    rows[i].what);
		tap_ok(rows[i].unordered || t.in_order == ITEMS, "%s: in order", rows[i].what);
		tap_ok(atomic_load(&l.ran) == ITEMS - skipped, "%s: workers ran what was theirs", rows[i].what);
		tap_ok(
		    (size_t)atomic_load(&l.most) <= rows[i].workers, "%s: no more at once than workers", rows[i].what);
	}
}

struct ranks {
	uint64_t order[16];
	size_t n;
};

static uint64_t
note(void *arg, void *worker, void *data)
{
	struct ranks *r = arg;

	(void)worker;
	r->order[r->n++] = (uintptr_t)data;
	return 10;
}

/* One worker, items 1 to 5 whose rank falls: in which order they are run. */
static void
run_ranked(struct ranks *r, uint64_t max_memory, uint64_t max_weight, bool unordered)
{
	struct pool_conf conf = {.workers = 1,
	    .window = 8,
	    .max_memory = max_memory,
	    .max_weight = max_weight,
	    .unordered = unordered,
	    .ranked = true,
	    .run = note,
	    .arg = r};
	struct pool_item items[5], out;
	struct fail why = {0};
	struct pool *pool = pool_new(&conf, &why);
	bool ended = false;

	for (size_t i = 0; i < 5; i++)
		items[i] =
		    (struct pool_item){.data = (void *)(uintptr_t)(i + 1), .memory = 1, .weight = 10, .rank = 5 - i};
	pool_push(pool, items, 5);
	pool_finish(pool);
	while (!ended)
		pool_pop(pool, &out, 1, UINT64_MAX, &ended);
	pool_free(pool);
}

static void
test_ranks(void)
{
	static const uint64_t by_rank[] = {5, 4, 3, 2, 1}, limited[] = {5, 1, 2, 3, 4};
	struct ranks r[4] = {0};

	run_ranked(&r[0], 1000, 1000, false);
	tap_ok(r[0].n == 5 && memcmp(r[0].order, by_rank, sizeof by_rank) == 0, "the lowest rank first");
	run_ranked(&r[1], 1000, 1000, true);
	tap_ok(r[1].n == 5 && memcmp(r[1].order, by_rank, sizeof by_rank) == 0, "also unordered");
	run_ranked(&r[2], 1000, 10, false);
	tap_ok(r[2].n == 5 && memcmp(r[2].order, limited, sizeof limited) == 0,
	    "with as much content as may be, only what the others wait for");
	run_ranked(&r[3], 10, 1000, false);
	tap_ok(r[3].n == 5 && memcmp(r[3].order, limited, sizeof limited) == 0, "with as much memory, too");
}

static void
test_cancel(bool ranked)
{
	struct load l = {.n = ITEMS};
	struct pool_conf conf = {.workers = 4,
	    .window = 256,
	    .grain = 4,
	    .max_memory = 1 << 20,
	    .max_weight = 1 << 20,
	    .ranked = ranked,
	    .run = run,
	    .arg = &l};
	struct tally t = pump(&l, &conf, 500);

	tap_ok(l.pushed < ITEMS, "after a cancel, push takes no more");
	tap_ok(t.n == l.pushed && t.in_order == t.n, "what was pushed comes out, in order");
	tap_ok(atomic_load(&l.ran) + t.cancelled == t.n, "run or cancelled, never both, never neither");
}

static void
test_deadline(void)
{
	struct load l = {0};
	struct pool_conf conf = {
	    .workers = 1, .window = 4, .max_memory = 100, .max_weight = 100, .run = run, .arg = &l};
	struct fail why = {0};
	struct pool_item item;
	bool ended;
	uint64_t from = pool_now_ns();
	size_t n;

	l.pool = pool_new(&conf, &why);
	n = pool_pop(l.pool, &item, 1, from + 20000000, &ended);
	tap_ok(n == 0 && !ended && pool_now_ns() >= from + 20000000, "an empty pop ends at its deadline, not before");
	n = pool_pop(l.pool, &item, 1, 0, &ended);
	tap_ok(n == 0 && !ended, "a pop that does not wait");
	pool_finish(l.pool);
	n = pool_pop(l.pool, &item, 1, UINT64_MAX, &ended);
	tap_ok(n == 0 && ended, "nothing pushed: the end");
	pool_free(l.pool);
}

static void
mark(void *arg, size_t i)
{
	atomic_fetch_add(&((atomic_int *)arg)[i], 1);
}

static void
test_parallel(void)
{
	struct load l = {0};
	struct pool_conf conf = {
	    .workers = 3, .window = 4, .max_memory = 100, .max_weight = 100, .run = run, .arg = &l};
	struct fail why = {0};
	static atomic_int hits[1000];
	bool once = true;

	l.pool = pool_new(&conf, &why);
	pool_parallel(l.pool, 0, mark, hits);
	pool_parallel(l.pool, 1000, mark, hits);
	for (size_t i = 0; i < 1000; i++)
		once &= atomic_load(&hits[i]) == 1;
	tap_ok(once, "a parallel call runs every index once");
	pool_free(l.pool);
}

static void *
no_worker(void *arg)
{
	(void)arg;
	return NULL;
}

static void
test_failing_worker(void)
{
	struct load l = {0};
	struct pool_conf conf = {.workers = 3,
	    .window = 4,
	    .max_memory = 100,
	    .max_weight = 100,
	    .worker_new = no_worker,
	    .run = run,
	    .arg = &l};
	struct fail why = {0};

	tap_ok(
	    pool_new(&conf, &why) == NULL && why.code == FAIL_SYSTEM, "workers without memory: no pool, and a reason");
}

/* Item 3 hangs until `go` is set. */
struct hang {
	atomic_bool go, gone;
	atomic_int workers, deserted;
	struct pool *pool;
};

static uint64_t
hang_at_three(void *arg, void *worker, void *data)
{
	struct hang *h = arg;

	(void)worker;
	while ((uintptr_t)data == 3 && !atomic_load(&h->go))
		usleep(1000);
	if ((uintptr_t)data == 3)
		atomic_store(&h->gone, true);
	return 10;
}

static void *
instead(void *arg, void *data)
{
	(void)arg;
	return (void *)((uintptr_t)data + 1000);
}

/* There is one worker, and none after it. */
static void *
only_worker(void *arg)
{
	struct hang *h = arg;

	return atomic_fetch_add(&h->workers, 1) == 0 ? h : NULL;
}

static void
deserted(void *arg)
{
	struct hang *h = arg;

	atomic_fetch_add(&h->deserted, 1);
	pool_cancel(h->pool);
}

/* Items 1 to 9; returns how many came out cancelled, and the third and last in out. */
static size_t
run_hanging(struct hang *h, void *(*worker_new)(void *arg), uintptr_t out[2])
{
	struct pool_conf conf = {.workers = worker_new == NULL ? 2 : 1,
	    .window = 16,
	    .max_memory = 1000,
	    .max_weight = 1000,
	    .worker_new = worker_new,
	    .run = hang_at_three,
	    .limit_ns = 300000000,
	    .give_up = instead,
	    .deserted = deserted,
	    .arg = h};
	struct pool_item items[9] = {0}, one;
	struct fail why = {0};
	size_t cancelled = 0, n = 0;
	bool ended = false;

	h->pool = pool_new(&conf, &why);
	for (size_t i = 0; i < 9; i++)
		items[i].data = (void *)(uintptr_t)(i + 1);
	pool_push(h->pool, items, 9);
	pool_finish(h->pool);
	while (!ended) {
		if (pool_pop(h->pool, &one, 1, UINT64_MAX, &ended) == 0)
			continue;
		cancelled += one.cancelled;
		if (++n == 3 || n == 9)
			out[n == 9] = (uintptr_t)one.data;
	}
	atomic_store(&h->go, true);
	while (!atomic_load(&h->gone))
		usleep(1000);
	return cancelled;
}

static void
test_giving_up(void)
{
	static struct hang h[2]; /* the pools stay: the workers that were given up may come back to them */
	uintptr_t out[2] = {0};
	size_t cancelled = run_hanging(&h[0], NULL, out);

	tap_ok(
	    cancelled == 0 && out[0] == 1003 && out[1] == 9, "what hangs is given up, and the rest goes on, in order");
	tap_ok(pool_given_up(h[0].pool) == 1 && atomic_load(&h[0].deserted) == 0, "one worker, for whom another comes");
	cancelled = run_hanging(&h[1], only_worker, out);
	tap_ok(cancelled == 6 && out[0] == 1003 && atomic_load(&h[1].deserted) == 1,
	    "where none is to be had, that is said, and the rest comes out cancelled");
}

/* Until it was given up. */
static uint64_t
slowly(void *arg, void *worker, void *data)
{
	struct hang *h = arg;

	(void)worker;
	while ((uintptr_t)atomic_load(&h->workers) < (uintptr_t)data)
		usleep(100);
	return 10;
}

static void
test_slow_ones(void)
{
	static struct hang h;
	struct pool_conf conf = {.workers = 1,
	    .window = 1,
	    .max_memory = 1000,
	    .max_weight = 1000,
	    .run = slowly,
	    .limit_ns = 100000,
	    .give_up = instead,
	    .deserted = deserted,
	    .arg = &h};
	struct fail why = {0};
	bool ended = false;

	h.pool = pool_new(&conf, &why);
	for (uintptr_t i = 1; i <= 1200; i++) {
		struct pool_item item = {.data = (void *)i};

		pool_push(h.pool, &item, 1);
		pool_pop(h.pool, &item, 1, UINT64_MAX, &ended);
		atomic_store(&h.workers, (int)i);
	}
	tap_ok(pool_given_up(h.pool) == 1200 && atomic_load(&h.deserted) == 0,
	    "however many are slow, there are workers: they come back");
}

int
main(void)
{
	test_streams();
	test_ranks();
	test_cancel(false);
	test_cancel(true);
	test_deadline();
	test_parallel();
	test_failing_worker();
	test_giving_up();
	test_slow_ones();
	return tap_done();
}
