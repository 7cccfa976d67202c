/*
 * The window is a ring of slots, numbered by the order of pushing: [head, tail) are in the pool, [head, next) have
 * been taken by a worker or need none.  One mutex guards everything; nobody runs foreign code while holding it.
 * Three conditions, each signalled only when the waiter can really go on:
 *
 *   work   an item may be taken, a parallel call has tasks, or the pool ends     (workers wait)
 *   done   the slot that pop wants next has finished, or the pool has run dry    (the popping thread waits)
 *   room   the window has space, or the pool was cancelled                       (the pushing thread waits)
 *
 * Both ends move several items for one turn of the lock, since at 400,000 records a second the lock is what costs, and
 * waking a thread costs more: where items are cheap (a grain above 1), the popping thread is woken for a batch of
 * them, or when nothing is left to be taken; a brief limit on its wait sees to those that are stuck behind others.
 * In unordered mode finished slots are linked into a list, and head moves over slots that have been popped.
 *
 * Ranked items are taken in the order of a heap, and slots behind next may have been taken, too: next is the oldest
 * that has not.  Of content only what has been taken weighs, since nobody has read the rest.  Above the limits a worker
 * may take but the slot at head, on which all that is done waits, and a pop lets it look again: so none waits for
 * another.  No item is passed over more often than the window is long, since the window ends there.
 *
 * Of a run of items, the slots wait for the worker that has taken the first: it takes no other run until the last slot
 * of its own is done and one behind it, or pool_part(), says that no more come; until then it waits, and takes what is
 * of no run.  Only one run can be open like that, the last, so that no run waits for a worker that waits for a run that
 * it has not got; what it keeps may be what another waits for, so it is asked now and then to let go of that.  Slots of
 * runs are in no heap; slots behind next may have been taken, too.
 *
 * A worker that is given up has lost its slot when it takes the lock again, and goes.  Until then its slot is the
 * popping thread's, which lets go of the lock to ask what comes out instead.
 */
#include "run/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "run/control/order.h"

enum slot_state { SLOT_WAITING, SLOT_TAKEN, SLOT_DONE, SLOT_POPPED };

#define NO_SLOT UINT64_MAX
#define GRAIN_MAX 64
#define STACK_SIZE (512u << 10)
#define WAKE_BATCH 128
#define BRIEF_NS 2000000u
#define GIVEN_UP_MAX 1024 /* threads at a time that nobody can end */

struct slot {
	struct pool_item item;
	enum slot_state state;
	uint64_t next_done; /* unordered: the list of finished slots */
};

/* One pool_parallel() call: workers take indices until none is left. */
struct tasks {
	void (*fn)(void *arg, size_t i);
	void *arg;
	size_t next, n;
	size_t running;
};

struct worker {
	struct pool *pool;
	pthread_t thread;
	uint64_t number;   /* with a limit: the slot that it is at … */
	uint64_t began_ns; /* … since when; 0: at none */
	uint64_t run;      /* that it is at; 0: none */
	bool given_up;
	bool useless; /* there was no memory for it */
};

struct pool {
	struct pool_conf conf;
	pthread_mutex_t lock;
	pthread_cond_t work, done, room;
	struct slot *ring;
	uint64_t head, next, tail;
	uint64_t done_first, done_last;
	uint64_t memory, weight;
	struct order order; /* ranked: the slots that wait */
	size_t ntaken;      /* … and how many have been taken and not yet popped */
	uint64_t open_run;  /* which may go on; 0: none */
	size_t nruns;       /* waiting slots that are of a run … */
	size_t nheld;       /* … and workers that are at one */
	size_t nwaiting;    /* … of which these have nothing to do */
	bool wanted;        /* something was pushed that no worker at a run will come for */
	struct tasks tasks;
	size_t idle;     /* workers waiting */
	size_t starting; /* workers whose worker_new() has not returned */
	size_t ndone;    /* finished and not yet popped */
	bool pusher_waits, popper_waits;
	bool popper_sleeps; /* … without a limit, since there was nothing to wait for */
	bool finished, cancelled, quit, broken;
	size_t ngiven_up;     /* workers ever */
	size_t nstuck;        /* … that have not come back */
	struct worker **crew; /* as many as conf.workers; NULL: not started, or given up */
};

static struct slot *
slot(struct pool *p, uint64_t number)
{
	return &p->ring[number % p->conf.window];
}

uint64_t
pool_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t
pool_after_ns(double seconds)
{
	return seconds >= 0 && seconds < 1e9 ? pool_now_ns() + (uint64_t)(seconds * 1e9) : UINT64_MAX;
}

/* Whether pop would find something; the lock is held. */
static bool
ready(struct pool *p)
{
	if (p->conf.unordered)
		return p->done_first != NO_SLOT;
	return p->head < p->tail && slot(p, p->head)->state == SLOT_DONE;
}

static void
mark_done(struct pool *p, uint64_t number)
{
	struct slot *s = slot(p, number);

	s->state = SLOT_DONE;
	p->ndone++;
	if (!p->conf.unordered)
		return;
	s->next_done = NO_SLOT;
	if (p->done_first == NO_SLOT)
		p->done_first = number;
	else
		slot(p, p->done_last)->next_done = number;
	p->done_last = number;
}

static void
wake_popper(struct pool *p)
{
	bool worth_it = p->conf.grain == 1 || p->ndone >= WAKE_BATCH || p->next == p->tail;

	if (p->popper_waits && worth_it && ready(p))
		pthread_cond_signal(&p->done);
}

/* Whether a slot that waits is one of a run. */
static bool
is_of_run(const struct slot *s)
{
	return s->item.run != 0 && !s->item.skip;
}

/* Take slots that need no worker out of its way. */
static void
pass_over(struct pool *p)
{
	if (p->cancelled)
		p->order.n = 0;
	while (p->next < p->tail) {
		struct slot *s = slot(p, p->next);

		if (s->state == SLOT_WAITING && !s->item.skip && !p->cancelled)
			break;
		if (s->state == SLOT_WAITING) {
			s->item.cancelled = !s->item.skip;
			p->nruns -= is_of_run(s);
			mark_done(p, p->next);
		}
		p->next++;
	}
}

/* Whether more may be begun than what all that is done waits for. */
static bool
may_choose(const struct pool *p)
{
	return p->memory <= p->conf.max_memory && (p->weight < p->conf.max_weight || p->ntaken < p->conf.workers);
}

static bool
is_held(const struct pool *p, uint64_t run)
{
	for (size_t i = 0; i < p->conf.workers && p->nheld > 0; i++) {
		if (p->crew[i] != NULL && p->crew[i]->run == run)
			return true;
	}
	return false;
}

/* The oldest slot that waits of one of the runs: of the worker's own, else of one that nobody is at; NO_SLOT. */
static uint64_t
find_in_runs(struct pool *p, const struct worker *w)
{
	uint64_t last = 0;

	for (uint64_t number = p->next; p->nruns > 0 && number < p->tail; number++) {
		const struct slot *s = slot(p, number);

		if (s->state != SLOT_WAITING || !is_of_run(s) || s->item.run == last)
			continue;
		if (w->run != 0 ? s->item.run == w->run : !is_held(p, s->item.run))
			return number;
		last = s->item.run;
	}
	return NO_SLOT;
}

/* The oldest slot that waits and is of no run, before `end`; NO_SLOT. */
static uint64_t
find_alone(struct pool *p, uint64_t end)
{
	for (uint64_t number = p->next; number < end; number++) {
		const struct slot *s = slot(p, number);

		if (s->state == SLOT_WAITING && !s->item.skip && s->item.run == 0)
			return number;
	}
	return NO_SLOT;
}

static void
take(struct pool *p, struct worker *w, uint64_t number)
{
	struct slot *s = slot(p, number);

	s->state = SLOT_TAKEN;
	if (is_of_run(s)) {
		p->nruns--;
		p->nheld += w->run == 0;
		w->run = s->item.run;
	}
	if (p->conf.ranked) {
		p->weight += s->item.weight;
		p->ntaken++;
	}
	pass_over(p);
}

/* Whether the worker's run has nothing more for it. */
static bool
run_is_over(struct pool *p, const struct worker *w)
{
	bool may_go_on = w->run == p->open_run && !p->finished && !p->cancelled && !p->quit;

	return w->run != 0 && !may_go_on && find_in_runs(p, w) == NO_SLOT;
}

static void
leave_run(struct worker *w, void *state)
{
	struct pool *p = w->pool;

	if (p->conf.leave != NULL) {
		pthread_mutex_unlock(&p->lock);
		p->conf.leave(state);
		pthread_mutex_lock(&p->lock);
	}
	p->nheld--;
	w->run = 0;
}

/* What is of no run, by rank; NO_SLOT. */
static uint64_t
choose_ranked(struct pool *p)
{
	uint64_t number;

	if (may_choose(p))
		return order_take(&p->order, &number) ? number : NO_SLOT;
	if (p->next != p->head || p->next == p->tail || is_of_run(slot(p, p->next)))
		return NO_SLOT;
	order_remove(&p->order, p->next);
	return p->next;
}

/* Where there are ranks or runs, one slot: of the worker's own run first. */
static size_t
claim_one(struct pool *p, struct worker *w, uint64_t *number)
{
	uint64_t of_run = find_in_runs(p, w);

	if (p->conf.ranked && of_run != NO_SLOT && of_run != p->head && !may_choose(p))
		of_run = NO_SLOT;
	*number = w->run != 0 ? of_run : NO_SLOT;
	if (*number == NO_SLOT)
		*number = p->conf.ranked ? choose_ranked(p) : find_alone(p, of_run == NO_SLOT ? p->tail : of_run);
	if (*number == NO_SLOT)
		*number = of_run;
	if (*number == NO_SLOT)
		return 0;
	take(p, w, *number);
	return 1;
}

/* Take up to a grain of slots, leaving enough for the other workers, though not crumbs; the lock is held. */
static size_t
claim_slots(struct pool *p, struct worker *w, uint64_t *numbers)
{
	size_t n = 0, share, most = p->conf.grain;

	pass_over(p);
	if (p->conf.ranked || p->nruns > 0 || p->nheld > 0)
		return claim_one(p, w, numbers);
	share = (size_t)(p->tail - p->next) / p->conf.workers;
	if (share < (most + 3) / 4)
		share = (most + 3) / 4;
	if (most > share)
		most = share;
	while (n < most && p->next < p->tail) {
		slot(p, p->next)->state = SLOT_TAKEN;
		numbers[n++] = p->next++;
		pass_over(p);
	}
	return n;
}

/* Returns false where the worker was given up meanwhile. */
static bool
run_slots(struct worker *w, void *state, const uint64_t *numbers, size_t n)
{
	struct pool *p = w->pool;
	void *data[GRAIN_MAX];
	uint64_t memory[GRAIN_MAX];

	for (size_t i = 0; i < n; i++)
		data[i] = slot(p, numbers[i])->item.data;
	if (p->conf.limit_ns != 0) {
		w->number = numbers[0];
		w->began_ns = pool_now_ns();
	}
	wake_popper(p); /* claim_slots() may have passed over slots */
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; i < n; i++)
		memory[i] = p->conf.run(p->conf.arg, state, data[i]);
	pthread_mutex_lock(&p->lock);
	w->began_ns = 0;
	for (size_t i = 0; i < n && !w->given_up; i++) {
		struct slot *s = slot(p, numbers[i]);

		p->memory = p->memory - s->item.memory + memory[i];
		s->item.memory = memory[i];
		mark_done(p, numbers[i]);
	}
	return !w->given_up;
}

/* Run tasks of the current parallel call until none is left to take; the lock is held on both sides. */
static void
run_tasks(struct pool *p)
{
	struct tasks *t = &p->tasks;

	while (t->next < t->n) {
		size_t i = t->next++;

		t->running++;
		pthread_mutex_unlock(&p->lock);
		t->fn(t->arg, i);
		pthread_mutex_lock(&p->lock);
		t->running--;
	}
	if (t->running == 0 && p->popper_waits)
		pthread_cond_signal(&p->done);
}

/* At a run that may go on, what the worker keeps for it may be what others wait for. */
static void
wait_for_work(struct worker *w, void *state)
{
	struct pool *p = w->pool;
	const uint64_t until_ns = pool_now_ns() + PAUSE_NS;
	const struct timespec until = {(time_t)(until_ns / 1000000000), (long)(until_ns % 1000000000)};
	bool over_long = false;

	p->idle++;
	p->nwaiting += w->run != 0;
	if (w->run == 0 || p->conf.pause == NULL)
		pthread_cond_wait(&p->work, &p->lock);
	else
		over_long = pthread_cond_timedwait(&p->work, &p->lock, &until) == ETIMEDOUT;
	p->nwaiting -= w->run != 0;
	p->idle--;
	if (!over_long)
		return;
	pthread_mutex_unlock(&p->lock);
	p->conf.pause(state);
	pthread_mutex_lock(&p->lock);
}

static void
work_loop(struct worker *w, void *state)
{
	struct pool *p = w->pool;
	uint64_t numbers[GRAIN_MAX];
	size_t n;

	for (;;) {
		if (p->tasks.next < p->tasks.n) {
			run_tasks(p);
		} else if (run_is_over(p, w)) {
			leave_run(w, state);
		} else if ((n = claim_slots(p, w, numbers)) > 0) {
			if (!run_slots(w, state, numbers, n))
				return;
			wake_popper(p);
		} else if (p->quit) {
			return;
		} else {
			wake_popper(p); /* claim_slots() may have passed over slots */
			wait_for_work(w, state);
		}
	}
}

static void *
worker_main(void *arg)
{
	struct worker *w = arg;
	struct pool *p = w->pool;
	void *state = p->conf.worker_new != NULL ? p->conf.worker_new(p->conf.arg) : NULL;
	bool given_up;

	pthread_mutex_lock(&p->lock);
	w->useless = p->conf.worker_new != NULL && state == NULL;
	p->broken |= w->useless;
	if (--p->starting == 0)
		pthread_cond_signal(&p->done);
	if (!w->useless)
		work_loop(w, state);
	given_up = w->given_up;
	p->nstuck -= given_up;
	pthread_mutex_unlock(&p->lock);
	if (given_up)
		free(w);
	else if (state != NULL && p->conf.worker_free != NULL)
		p->conf.worker_free(state);
	return NULL;
}

/* Start the i-th worker; the lock is held.  Returns 0 or an errno. */
static int
start_worker(struct pool *p, size_t i)
{
	struct worker *w = calloc(1, sizeof(*w));
	pthread_attr_t attr;
	int error = ENOMEM;

	if (w == NULL)
		return error;
	w->pool = p;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	error = pthread_create(&w->thread, &attr, worker_main, w);
	pthread_attr_destroy(&attr);
	if (error != 0) {
		free(w);
		return error;
	}
	p->crew[i] = w;
	p->starting++;
	return 0;
}

static int
start_crew(struct pool *p, struct fail *why)
{
	int error = 0;

	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < p->conf.workers && error == 0; i++)
		error = start_worker(p, i);
	while (p->starting > 0)
		pthread_cond_wait(&p->done, &p->lock);
	pthread_mutex_unlock(&p->lock);
	if (error != 0) {
		errno = error;
		return fail_errno(why, "thread", "cannot start %zu worker threads", p->conf.workers);
	}
	return p->broken ? fail_nomem(why) : 0;
}

struct pool *
pool_new(const struct pool_conf *conf, struct fail *why)
{
	struct pool *p = calloc(1, sizeof(*p));
	pthread_condattr_t monotonic;

	if (p == NULL) {
		fail_nomem(why);
		return NULL;
	}
	p->conf = *conf;
	if (p->conf.grain < 1 || conf->ranked || conf->limit_ns != 0)
		p->conf.grain = 1;
	if (p->conf.grain > GRAIN_MAX)
		p->conf.grain = GRAIN_MAX;
	p->done_first = p->done_last = NO_SLOT;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&p->work, &monotonic);
	pthread_cond_init(&p->done, &monotonic);
	pthread_cond_init(&p->room, NULL);
	pthread_condattr_destroy(&monotonic);
	p->ring = calloc(conf->window, sizeof(*p->ring));
	p->crew = calloc(conf->workers, sizeof(struct worker *));
	if (p->ring == NULL || p->crew == NULL || (conf->ranked && order_init(&p->order, conf->window) == -1))
		fail_nomem(why);
	else if (start_crew(p, why) == 0)
		return p;
	pool_free(p);
	return NULL;
}

/* All workers go. */
static void
dismiss(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->quit = p->cancelled = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; p->crew != NULL && i < p->conf.workers; i++) {
		if (p->crew[i] == NULL)
			continue;
		pthread_join(p->crew[i]->thread, NULL);
		free(p->crew[i]);
	}
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	dismiss(p);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->done);
	pthread_cond_destroy(&p->room);
	pthread_mutex_destroy(&p->lock);
	order_fini(&p->order);
	free(p->crew);
	free(p->ring);
	free(p);
}

size_t
pool_given_up(struct pool *p)
{
	size_t n;

	pthread_mutex_lock(&p->lock);
	n = p->ngiven_up;
	pthread_mutex_unlock(&p->lock);
	return n;
}

/* An empty pool takes anything, so that one huge item cannot wait for ever. */
static bool
has_room(const struct pool *p, const struct pool_item *item)
{
	size_t inside = (size_t)(p->tail - p->head);

	if (inside == 0)
		return true;
	if (inside >= p->conf.window || p->memory + item->memory > p->conf.max_memory)
		return false;
	return p->conf.ranked || inside < p->conf.workers || p->weight + item->weight <= p->conf.max_weight;
}

/* The worker at the open run is to see that it is over. */
static void
part(struct pool *p)
{
	p->open_run = 0;
	if (p->nwaiting > 0)
		pthread_cond_broadcast(&p->work);
}

static void
push_one(struct pool *p, const struct pool_item *item)
{
	struct slot *s = slot(p, p->tail);

	s->item = *item;
	s->item.cancelled = false;
	s->state = SLOT_WAITING;
	p->memory += item->memory;
	if (!p->conf.ranked)
		p->weight += item->weight;
	if (is_of_run(s))
		p->nruns++;
	else if (p->conf.ranked && !item->skip)
		order_add(&p->order, item->rank, p->tail);
	p->wanted |= !is_of_run(s) || !is_held(p, item->run);
	if (item->run != p->open_run)
		part(p);
	p->open_run = item->run;
	p->tail++;
}

/*
 * Enough of the idle workers for what there is.  Cheap items are not worth one more while those that are awake will
 * come for them; should these be stuck, pop notices.
 */
static void
wake_workers(struct pool *p)
{
	uint64_t grains = (p->tail - p->next + p->conf.grain - 1) / p->conf.grain;

	if (p->idle == 0 || grains == 0)
		return;
	if (p->nruns > 0 || p->nheld > 0) {
		if (p->wanted || p->nwaiting > 0)
			pthread_cond_broadcast(&p->work);
		return;
	}
	if (p->conf.grain > 1 && p->conf.workers - p->idle >= grains)
		return;
	if (grains == 1)
		pthread_cond_signal(&p->work);
	else
		pthread_cond_broadcast(&p->work);
}

/* After pushing: what waits for work, and a popper whose next slot needed no worker. */
static void
announce(struct pool *p)
{
	pass_over(p);
	wake_popper(p);
	if (p->popper_sleeps)
		pthread_cond_signal(&p->done);
	wake_workers(p);
	p->wanted = false;
}

size_t
pool_push(struct pool *p, const struct pool_item *items, size_t n)
{
	size_t i = 0;

	pthread_mutex_lock(&p->lock);
	while (i < n && !p->cancelled) {
		if (has_room(p, &items[i])) {
			push_one(p, &items[i++]);
			continue;
		}
		announce(p);
		p->pusher_waits = true;
		pthread_cond_wait(&p->room, &p->lock);
		p->pusher_waits = false;
	}
	announce(p);
	pthread_mutex_unlock(&p->lock);
	return i;
}

void
pool_part(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	part(p);
	pthread_mutex_unlock(&p->lock);
}

void
pool_finish(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->finished = true;
	part(p);
	pthread_cond_signal(&p->done);
	pthread_mutex_unlock(&p->lock);
}

void
pool_cancel(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->cancelled = true;
	pass_over(p);
	part(p);
	pthread_cond_signal(&p->room);
	pthread_cond_signal(&p->done);
	pthread_mutex_unlock(&p->lock);
}

/* The next finished slot, or NO_SLOT; head follows what has been popped. */
static uint64_t
next_ready(struct pool *p)
{
	uint64_t number;

	if (!ready(p))
		return NO_SLOT;
	if (!p->conf.unordered)
		return p->head;
	number = p->done_first;
	p->done_first = slot(p, number)->next_done;
	return number;
}

/* A full window is refilled by halves: waking the pusher for every slot would cost two switches a record. */
static bool
refill(const struct pool *p)
{
	uint64_t inside = p->tail - p->head;

	return inside < p->conf.workers || (inside <= p->conf.window / 2 && p->memory <= p->conf.max_memory / 2 &&
					       (p->conf.ranked || p->weight <= p->conf.max_weight / 2));
}

/* What a popped slot had of the window. */
static void
release(struct pool *p, const struct slot *s)
{
	bool taken = !s->item.skip && !s->item.cancelled;

	p->ndone--;
	p->memory -= s->item.memory;
	if (!p->conf.ranked || taken)
		p->weight -= s->item.weight;
	p->ntaken -= p->conf.ranked && taken;
}

static size_t
pop_ready(struct pool *p, struct pool_item *items, size_t max)
{
	size_t n = 0;
	uint64_t number;

	while (n < max && (number = next_ready(p)) != NO_SLOT) {
		struct slot *s = slot(p, number);

		s->state = SLOT_POPPED;
		release(p, s);
		items[n++] = s->item;
		while (p->head < p->tail && slot(p, p->head)->state == SLOT_POPPED)
			p->head++;
	}
	if (p->pusher_waits && refill(p))
		pthread_cond_signal(&p->room);
	if (p->conf.ranked && n > 0) {
		p->wanted = true; /* what the limits have kept back */
		wake_workers(p);
		p->wanted = false;
	}
	return n;
}

static bool
is_late(const struct pool *p, const struct worker *w, uint64_t now)
{
	return w->began_ns != 0 && now >= w->began_ns + p->conf.limit_ns;
}

/* Let a worker go with what it has; the lock is held, but for a while. */
static void
give_up(struct pool *p, size_t i)
{
	struct worker *w = p->crew[i];
	uint64_t number = w->number;
	void *data = slot(p, number)->item.data;

	p->crew[i] = NULL;
	p->nheld -= w->run != 0;
	w->run = 0;
	p->ngiven_up++;
	p->nstuck++;
	pthread_detach(w->thread);
	w->given_up = true;
	pthread_mutex_unlock(&p->lock);
	data = p->conf.give_up(p->conf.arg, data);
	pthread_mutex_lock(&p->lock);
	slot(p, number)->item.data = data;
	mark_done(p, number);
	if (p->nstuck < GIVEN_UP_MAX)
		start_worker(p, i);
}

/* One that could not begin has ended. */
static void
part_with(struct pool *p, size_t i)
{
	pthread_join(p->crew[i]->thread, NULL);
	free(p->crew[i]);
	p->crew[i] = NULL;
}

/* Look after the workers; the lock is held, but for a while. */
static void
look_after(struct pool *p)
{
	uint64_t now = pool_now_ns();
	size_t left = 0;

	for (size_t i = 0; i < p->conf.workers; i++) {
		if (p->crew[i] != NULL && is_late(p, p->crew[i], now))
			give_up(p, i);
		if (p->crew[i] != NULL && p->crew[i]->useless)
			part_with(p, i);
		left += p->crew[i] != NULL;
	}
	if (left > 0 || p->cancelled)
		return;
	pthread_mutex_unlock(&p->lock);
	p->conf.deserted(p->conf.arg);
	pthread_mutex_lock(&p->lock);
}

/* When to look after them next: when the first may be late, or one that begins now. */
static uint64_t
next_look(const struct pool *p, uint64_t now)
{
	uint64_t at = now + p->conf.limit_ns;

	for (size_t i = 0; i < p->conf.workers; i++) {
		const struct worker *w = p->crew[i];

		if (w != NULL && w->began_ns != 0 && w->began_ns + p->conf.limit_ns < at)
			at = w->began_ns + p->conf.limit_ns;
	}
	return at;
}

/* Wait until something may have finished.  Returns false at the deadline. */
static bool
wait_done(struct pool *p, uint64_t deadline_ns)
{
	uint64_t now = pool_now_ns(), until = deadline_ns;
	struct timespec t;

	if (now >= deadline_ns)
		return false;
	if (p->conf.grain > 1 && p->head < p->tail && until - now > BRIEF_NS)
		until = now + BRIEF_NS;
	if (p->conf.limit_ns != 0 && next_look(p, now) < until)
		until = next_look(p, now);
	t = (struct timespec){.tv_sec = (time_t)(until / 1000000000u), .tv_nsec = (long)(until % 1000000000u)};
	p->popper_waits = true;
	p->popper_sleeps = p->conf.grain > 1 && p->head == p->tail;
	if (until == UINT64_MAX)
		pthread_cond_wait(&p->done, &p->lock);
	else
		pthread_cond_timedwait(&p->done, &p->lock, &t);
	p->popper_waits = p->popper_sleeps = false;
	return true;
}

size_t
pool_pop(struct pool *p, struct pool_item *items, size_t max, uint64_t deadline_ns, bool *ended)
{
	size_t n;
	bool waiting = deadline_ns != 0;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		if (p->conf.limit_ns != 0)
			look_after(p);
		n = pop_ready(p, items, max);
		*ended = n == 0 && p->finished && p->head == p->tail;
		if (n > 0 || *ended || !waiting)
			break;
		waiting = wait_done(p, deadline_ns);
		if (p->idle > 0 && p->next < p->tail && (p->nheld == 0 || p->conf.grain > 1))
			pthread_cond_broadcast(&p->work);
	}
	pthread_mutex_unlock(&p->lock);
	return n;
}

void
pool_parallel(struct pool *p, size_t n, void (*fn)(void *arg, size_t i), void *arg)
{
	pthread_mutex_lock(&p->lock);
	p->tasks = (struct tasks){.fn = fn, .arg = arg, .n = n};
	pthread_cond_broadcast(&p->work);
	run_tasks(p);
	while (p->tasks.running > 0)
		wait_done(p, UINT64_MAX);
	pthread_mutex_unlock(&p->lock);
}
