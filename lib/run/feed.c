/*
 * The reading side: a thread that turns input into records, runs plan over them and pushes them into the pool in
 * batches, as long as more input is at hand; it never lets a record wait for one that has not come yet.
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "run/control/timeout.h"
#include "run/run.h"

#define BATCH 128
#define BATCH_MEMORY (256u << 10)

/* The free list is visited for a batch of records at a time. */
struct stock {
	struct rec *rec[BATCH];
	size_t n;
};

static struct rec *
unused_record(struct run *run, struct stock *stock, struct fail *why)
{
	struct rec *rec;

	if (stock->n == 0) {
		pthread_mutex_lock(&run->lock);
		while (stock->n < BATCH && run->nfree > 0)
			stock->rec[stock->n++] = run->free_recs[--run->nfree];
		pthread_mutex_unlock(&run->lock);
	}
	if (stock->n > 0)
		return stock->rec[--stock->n];
	if ((rec = calloc(1, sizeof(*rec))) == NULL)
		fail_nomem(why);
	return rec;
}

static void
discard(const struct filter *f, struct rec *rec)
{
	if (f->drop != NULL)
		f->drop(rec);
	rec_fini(rec);
	free(rec);
}

void
feed_drop_owned(const struct filter *f, struct rec *rec)
{
	if (rec->members.n == 0) /* it came as a path */
		return;
	for (const char *const *name = f->owns; name != NULL && *name != NULL; name++)
		rec_drop(rec, *name);
}

/*
 * The bytes of content that a record holds in the window; asked of the file where the record does not say, unless it
 * may not answer.
 */
static uint64_t
weight(struct run *run, struct rec *rec)
{
	struct stat st;

	if (!(run->f->flags & FILTER_CONTENT) || rec->untouched)
		return 0;
	if (rec->size_bytes == 0 && rec->archive.len == 0 && timeout_ns(run) == 0 &&
	    fstatat(run->dirfd, rec->path.p, &st, 0) == 0 && S_ISREG(st.st_mode))
		rec->size_bytes = (uint64_t)st.st_size;
	return rec->size_bytes;
}

static int
plan(struct run *run, struct rec *rec, struct fail *why)
{
	const struct filter *f = run->f;

	if (rec->archive.len > 0 && !(f->flags & FILTER_MEMBERS))
		return fail_set(why, FAIL_INPUT, "open", "is a member of an archive: extract it first");
	return f->plan != NULL ? f->plan(f->conf, rec, why) : 0;
}

static void
prepare(struct run *run, struct rec *rec, struct pool_item *item)
{
	const struct filter *f = run->f;
	struct fail bad = {0};

	rec->untouched = rec->failed || ((f->flags & FILTER_SKIP_KNOWN) && rec_known(rec));
	if (!rec->untouched) {
		feed_drop_owned(f, rec);
		root_learn(run, rec);
		stream_judge(run, rec, plan(run, rec, &bad), &bad);
	}
	*item = (struct pool_item){.data = rec,
	    .memory = sizeof(*rec) + rec_memory(rec),
	    .weight = weight(run, rec),
	    .skip = f->work == NULL || rec->untouched || rec->failed};
	item->run = item->skip ? 0 : expand_run(&run->expand, rec);
	if (run->options.schedule != SCHEDULE_FIFO && !item->skip && item->run == 0)
		item->rank = schedule_rank(run, rec);
	rec->meter = (struct meter){&run->bytes, rec->size_bytes, 1};
}

static bool
push(struct run *run, struct pool_item *items, size_t n)
{
	size_t taken = pool_push(atomic_load(&run->pool), items, n);

	for (size_t i = taken; i < n; i++)
		discard(run->f, items[i].data);
	return taken == n;
}

/* Whether a batch is to go: it is full, or what comes next has not come yet, or may be long in coming. */
static bool
batch_is_due(const struct run *run, size_t n, uint64_t memory)
{
	return n == BATCH || memory >= BATCH_MEMORY || run->f->expand != NULL ||
	       (run->f->next == NULL && !input_ready(run->in));
}

int
run_backwards(struct run *run, struct rec *rec, struct fail *why)
{
	if (!run->backwards.read && backwards_read(&run->backwards, run->in, why) == -1)
		return -1;
	return run_stopping(run) ? 0 : backwards_next(&run->backwards, rec, why);
}

static int
read_records(struct run *run, uint64_t *count, struct fail *why)
{
	struct pool_item items[BATCH];
	struct stock stock = {.n = 0};
	uint64_t memory = 0;
	size_t n = 0;
	int got = 1;
	bool room = true;

	while (room && got == 1) {
		struct rec *rec = unused_record(run, &stock, why);

		got = rec == NULL ? -1 : expand_next(run, *count + 1, rec, why);
		if (got == 1) {
			prepare(run, rec, &items[n]);
			memory += items[n++].memory;
			++*count;
		} else if (rec != NULL) {
			discard(run->f, rec);
		}
		if (n > 0 && (got != 1 || batch_is_due(run, n, memory))) {
			room = push(run, items, n);
			memory = n = 0;
		}
	}
	while (stock.n > 0)
		discard(run->f, stock.rec[--stock.n]);
	return got == -1 ? -1 : 0;
}

void *
feed_main(void *arg)
{
	struct run *run = arg;
	struct fail why = {0};
	uint64_t count = 0;

	if (read_records(run, &count, &why) == -1)
		run_stop(run, &why);
	atomic_store(&run->total, count);
	pool_finish(atomic_load(&run->pool));
	return NULL;
}
