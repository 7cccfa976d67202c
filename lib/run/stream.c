/*
 * Three kinds of threads.  One feeds the pool (feed.c), the workers run work, and the main thread, here, pops records,
 * runs emit, and writes them or gives them to hold.c.  Records come from a free list and go back to it, so that a
 * million of them cost no more memory than a window of them.
 *
 * Ending early (a signal, a full library, a closed stdout) is one path: the input ends, records that no worker has
 * taken come back cancelled, those that were begun are emitted and committed as always, so that what was done is
 * acknowledged where anyone still listens.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/quote.h"
#include "run/control/retry.h"
#include "run/control/screen.h"
#include "run/control/timeout.h"
#include "run/run.h"

#define WINDOW_MEMORY (1u << 20)
#define RECORD_MEMORY (1u << 10) /* … and so much for each record of a longer window */
#define WINDOW_CONTENT (256u << 20)
#define POP 128
#define SHOWN_MAX 512            /* bytes of a path in a message */
#define RECYCLE_BYTES (4u << 10) /* a record that grew beyond gives its memory back */

static void
free_all(struct rec **recs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		rec_fini(recs[i]);
		free(recs[i]);
	}
}

/* What was given back goes to the free list in one turn of the lock. */
static void
return_given(struct run *run)
{
	size_t kept;

	pthread_mutex_lock(&run->lock);
	for (kept = 0; kept < run->ngiven && run->nfree < run->options.window; kept++)
		run->free_recs[run->nfree++] = run->given[kept];
	pthread_mutex_unlock(&run->lock);
	free_all(run->given + kept, run->ngiven - kept);
	run->ngiven = 0;
}

void
stream_give(struct run *run, struct rec *rec)
{
	if (run->f->drop != NULL)
		run->f->drop(rec);
	if (rec_memory(rec) > RECYCLE_BYTES)
		rec_fini(rec);
	else
		rec_reset(rec);
	run->given[run->ngiven++] = rec;
	if (run->ngiven == RUN_GIVEN_MAX)
		return_given(run);
}

void
stream_end_input(struct run *run)
{
	struct pool *pool;

	if (atomic_exchange(&run->stopping, true))
		return;
	while (write(run->wake[1], "", 1) == -1 && errno == EINTR)
		;
	if ((pool = atomic_load(&run->pool)) != NULL)
		pool_cancel(pool);
}

void
run_stop(struct run *run, const struct fail *why)
{
	pthread_mutex_lock(&run->lock);
	if (run->fatal.code == FAIL_NONE)
		run->fatal = *why;
	pthread_mutex_unlock(&run->lock);
	stream_end_input(run);
}

bool
run_stopping(const struct run *run)
{
	return atomic_load(&run->stopping);
}

void
stream_judge(const struct run *run, struct rec *rec, int rc, struct fail *why)
{
	if (rc == -1 || rec_check(rec, why) == -1)
		rec_fail(rec, run->f->name, why);
}

static uint64_t
work_one(void *arg, void *worker, void *data)
{
	struct run *run = arg;
	struct rec *rec = data;
	struct fail bad = {0};
	uint64_t began_ns = run->stats != NULL ? pool_now_ns() : 0;

	stream_judge(run, rec, retry_work(run, worker, rec, &bad), &bad);
	if (run->stats != NULL)
		stats_worked(run->stats, rec, began_ns);
	return sizeof(*rec) + rec_memory(rec);
}

static void *
new_worker(void *arg)
{
	const struct filter *f = ((struct run *)arg)->f;

	return f->worker_new(f->conf);
}

/* Of a list of names that was taken for one, the first: nobody reads a message of a megabyte. */
static void
put_path(struct buf *line, const struct rec *rec)
{
	size_t first = strcspn(rec->path.p, "\n");

	if (rec->path.len <= SHOWN_MAX || first >= rec->path.len) {
		quote_name(line, rec->path.p, rec->path.len);
		return;
	}
	quote_name(line, rec->path.p, first);
	buf_adds(line, " ...");
}

static void
complain(struct run *run, const struct rec *rec, const char *message)
{
	const char *clear = run->clears ? SCREEN_CLEAR : "";
	struct buf line = {0};

	buf_addf(&line, "%s%s: ", clear, run->f->name);
	if (rec->archive.len > 0) {
		quote_name(&line, rec->archive.p, rec->archive.len);
		buf_adds(&line, ": ");
	}
	if (rec->path.len > 0)
		put_path(&line, rec);
	else
		buf_addf(&line, "input line %llu", (unsigned long long)rec->seq);
	buf_adds(&line, ": ");
	quote_name(&line, message, strlen(message));
	buf_addc(&line, '\n');
	if (line.failed)
		dprintf(STDERR_FILENO, "%s%s: %s\n", clear, run->f->name, strerror(ENOMEM));
	else if (write(STDERR_FILENO, line.p, line.len) == -1)
		run->options.quiet = true; /* nobody listens */
	buf_fini(&line);
}

static void
complain_of_error(struct run *run, const struct rec *rec)
{
	struct buf message = {0};

	complain(run, rec, rec_get_string(rec, "error.message", &message) ? message.p : strerror(ENOMEM));
	buf_fini(&message);
}

void
run_unfinished(struct run *run, const struct rec *rec, const char *message)
{
	run->unfinished = true;
	if (message != NULL && !run->options.quiet)
		complain(run, rec, message);
}

void
stream_flush(struct run *run)
{
	struct fail why = {0};

	if (out_flush(&run->out, &why) == 0)
		return;
	if (run->out.closed_by_reader)
		stream_end_input(run);
	else
		run_stop(run, &why);
}

void
stream_count(struct run *run, struct rec *rec)
{
	atomic_fetch_add(&run->done, 1);
	meter_end(&rec->meter);
	if (rec->failed)
		atomic_fetch_add(&run->failed, 1);
	if (run->stats != NULL)
		stats_count(run->stats, rec);
	if (rec->failed_here && !run->options.quiet)
		complain_of_error(run, rec);
}

/* Of a record that goes no further: what has a digest has been read, the rest will not be. */
static void
count_passed(struct run *run, const struct rec *rec)
{
	struct slice digests;

	if (run->share.dir != -1 && !rec_get(rec, "hash", &digests))
		atomic_fetch_add(&run->passed, rec_size(rec));
}

int
stream_format(struct run *run, struct rec *rec, struct buf *to)
{
	struct fail why = {0};

	if (rec_write(rec, to, &why) == 0)
		return 0;
	if (!rec->settled && rec_write_starved(rec, run->f->name, &why, to) == 0) {
		rec->failed_here |= !rec->failed;
		rec->failed = true;
		return 0;
	}
	run_stop(run, &why);
	return -1;
}

void
stream_write(struct run *run, struct rec *rec)
{
	if (stream_format(run, rec, &run->out.buf) == 0)
		stream_count(run, rec);
	stream_give(run, rec);
	if (run->out.buf.len >= OUT_FLUSH_BYTES)
		stream_flush(run);
}

/* emit's word on one record; what it appended for a record that it dropped goes out as it is. */
static enum emit
emit(struct run *run, struct rec *rec)
{
	const struct filter *f = run->f;
	enum emit verdict = f->flags & FILTER_SINK ? EMIT_DROP : EMIT_PASS;
	struct fail bad = {0};

	if (f->emit == NULL || ((rec->failed || rec->untouched) && !(f->flags & FILTER_SINK)))
		return verdict;
	stream_judge(run, rec, f->emit(f->conf, rec, &run->out.buf, &verdict, &bad), &bad);
	if (rec->failed_here)
		verdict = EMIT_PASS;
	return f->flags & FILTER_SINK ? EMIT_DROP : verdict;
}

/* Whether the folder that a record comes from is to be looked at; one that does not answer would hold up all. */
static bool
makes_doubt(const struct rec *rec)
{
	return (rec->failed_here || rec->absent) && !rec->given_up;
}

static void
deliver(struct run *run, struct rec *rec, bool cancelled)
{
	if (rec == NULL) /* given up, without memory to say so: the run ends */
		return;
	if (cancelled) {
		stream_give(run, rec);
		return;
	}
	enum emit verdict = emit(run, rec);

	if (makes_doubt(rec) && root_has_gone(run))
		stream_give(run, rec);
	else if (verdict == EMIT_HOLD)
		hold_add(run, rec, false);
	else if (verdict == EMIT_PASS && run->held_active > 0 && !run->options.unordered)
		hold_add(run, rec, true);
	else if (verdict == EMIT_PASS)
		stream_write(run, rec);
	else {
		stream_count(run, rec);
		count_passed(run, rec);
		stream_give(run, rec);
		if (run->out.buf.len >= OUT_FLUSH_BYTES)
			stream_flush(run);
	}
}

static void
main_loop(struct run *run, struct pool *pool)
{
	struct pool_item items[POP];
	bool ended = false;

	while (!ended) {
		size_t n = pool_pop(pool, items, POP, 0, &ended);

		if (n == 0 && !ended) {
			stream_flush(run);
			n = pool_pop(pool, items, POP, run->held_active > 0 ? run->commit_at_ns : UINT64_MAX, &ended);
		}
		for (size_t i = 0; i < n; i++) {
			deliver(run, items[i].data, items[i].cancelled);
			if (run->held_active > 0 && hold_is_full(run))
				hold_commit(run);
		}
		if (run->held_active > 0 && pool_now_ns() >= run->commit_at_ns)
			hold_commit(run);
	}
	run->held_last = true;
	hold_commit(run);
}

static struct pool *
start_pool(struct run *run, struct fail *why)
{
	const struct filter *f = run->f;
	const size_t window = run->options.window;
	struct pool_conf conf = {.workers = f->work != NULL || f->commit != NULL ? run->options.jobs : 1,
	    .window = window,
	    .max_memory = window > WINDOW_MEMORY / RECORD_MEMORY ? (uint64_t)window * RECORD_MEMORY : WINDOW_MEMORY,
	    .max_weight = WINDOW_CONTENT,
	    .grain = f->grain,
	    .unordered = run->options.unordered,
	    .ranked = run->options.schedule != SCHEDULE_FIFO,
	    .worker_new = f->worker_new != NULL ? new_worker : NULL,
	    .worker_free = f->worker_free,
	    .run = work_one,
	    .leave = f->leave,
	    .pause = f->pause,
	    .limit_ns = timeout_ns(run),
	    .give_up = timeout_replace,
	    .deserted = timeout_deserted,
	    .arg = run};
	struct pool *pool = pool_new(&conf, why);

	atomic_store(&run->pool, pool);
	if (pool != NULL && run_stopping(run)) /* a signal was faster */
		pool_cancel(pool);
	return pool;
}

void
run_parallel(struct run *run, size_t n, void (*fn)(void *arg, size_t i), void *arg)
{
	pool_parallel(atomic_load(&run->pool), n, fn, arg);
}

bool
run_given_up(const struct run *run)
{
	struct pool *pool = atomic_load(&run->pool);

	return pool != NULL && pool_given_up(pool) > 0;
}

static void
free_records(struct run *run)
{
	free_all(run->given, run->ngiven);
	free_all(run->free_recs, run->nfree);
	free(run->free_recs);
	free(run->held);
	buf_fini(&run->common.folder);
	spool_fini(&run->spool);
	backwards_fini(&run->backwards);
	expand_fini(&run->expand);
}

int
stream_run(struct run *run, struct fail *why)
{
	struct pool *pool;
	pthread_t reader;
	int error;

	run->spool.fd = -1;
	run->backwards = (struct backwards){.tool = run->f->name, .spool.fd = -1};
	if ((run->free_recs = calloc(run->options.window, sizeof(struct rec *))) == NULL)
		return fail_nomem(why);
	if (hold_init(run, why) == -1 || (pool = start_pool(run, why)) == NULL) {
		free_records(run);
		return -1;
	}
	if ((error = pthread_create(&reader, NULL, feed_main, run)) != 0) {
		errno = error;
		fail_errno(why, "thread", "cannot start a thread");
	} else {
		main_loop(run, pool);
		pthread_join(reader, NULL);
	}
	/* The watching thread may still reach for the pool: it is freed by filter.c, after that thread. */
	free_records(run);
	return error == 0 ? 0 : -1;
}
