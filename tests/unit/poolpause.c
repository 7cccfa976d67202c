/* poolpause: a worker whose run may go on lets go of what another waits for, though nothing more comes meanwhile. */
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/pool.h"
#include "tap.h"

#define LATEST 120 /* seconds, where nobody lets go */

enum { FIRST = 1, SECOND };

struct scene {
	pthread_mutex_t only_one; /* of the runs can have it */
	sem_t taken;
};

struct worker {
	struct scene *scene;
	bool keeps;
};

static void *
worker_new(void *arg)
{
	struct worker *w = calloc(1, sizeof(*w));

	w->scene = arg;
	return w;
}

static void
let_go(void *state)
{
	struct worker *w = state;

	if (w->keeps)
		pthread_mutex_unlock(&w->scene->only_one);
	w->keeps = false;
}

/* The second run takes it before the first one asks for it. */
static uint64_t
run(void *arg, void *state, void *data)
{
	struct scene *s = arg;
	struct worker *w = state;
	const int *which = data;

	if (*which == FIRST)
		sem_wait(&s->taken);
	pthread_mutex_lock(&s->only_one);
	w->keeps = true;
	if (*which == SECOND)
		sem_post(&s->taken);
	return 1;
}

int
main(void)
{
	struct scene s = {.only_one = PTHREAD_MUTEX_INITIALIZER};
	struct pool_conf conf = {.workers = 2,
	    .window = 8,
	    .grain = 1,
	    .max_memory = 100,
	    .max_weight = 100,
	    .worker_new = worker_new,
	    .worker_free = free,
	    .run = run,
	    .leave = let_go,
	    .pause = let_go,
	    .arg = &s};
	int which[] = {FIRST, SECOND};
	struct pool_item items[2] = {
	    {.data = &which[0], .memory = 1, .run = FIRST}, {.data = &which[1], .memory = 1, .run = SECOND}};
	struct fail why;
	struct pool *pool;
	bool ended = false;
	size_t n = 0;

	alarm(LATEST);
	sem_init(&s.taken, 0, 0);
	pool = pool_new(&conf, &why);
	pool_push(pool, items, 2);
	while (n < 2 && !ended)
		n += pool_pop(pool, items, 2, UINT64_MAX, &ended);
	tap_ok(n == 2, "both runs are done while the second may go on");
	pool_finish(pool);
	tap_ok(pool_pop(pool, items, 2, UINT64_MAX, &ended) == 0 && ended, "the end");
	pool_free(pool);
	return tap_done();
}
