/*
 * Three kinds of threads.  The reader turns input into records, runs plan and pushes batches into the pool.  Workers
 * run work.  The main thread pops records, runs emit, holds and commits, and writes.  Records come from a free list
 * and go back to it, so that a million of them cost no more memory than a window of them.
 *
 * Order of output: while anything is held, a record that need not wait lines up behind it (unless -u).
 *
 * Ending early (a signal, a full library, a closed stdout) is one path: the input ends, records that no worker has
 * taken come back cancelled, those that were begun are emitted and committed as always, so that what was done is
 * acknowledged where anyone still listens.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/json.h"
#include "run/quote.h"
#include "run/run.h"

#define WINDOW 1024
#define WINDOW_MEMORY (4u << 20)
#define WINDOW_CONTENT (256u << 20)
#define BATCH 64
#define POP 128
#define HOLD_RECORDS 256
#define HOLD_PASSING 1024 /* records that wait their turn behind held ones */
#define HOLD_BYTES (256u << 20)
#define HOLD_NS 1000000000u
#define RECYCLE_BYTES (4u << 10) /* a record that grew beyond gives its memory back */

static struct rec *
rec_take(struct run *run, struct fail *why)
{
	struct rec *rec = NULL;

	pthread_mutex_lock(&run->lock);
	if (run->nfree > 0)
		rec = run->free_recs[--run->nfree];
	pthread_mutex_unlock(&run->lock);
	if (rec == NULL && (rec = calloc(1, sizeof(*rec))) == NULL)
		fail_nomem(why);
	return rec;
}

static void
rec_give(struct run *run, struct rec *rec)
{
	if (run->f->drop != NULL)
		run->f->drop(rec);
	if (rec_memory(rec) > RECYCLE_BYTES)
		rec_fini(rec);
	else
		rec_reset(rec);
	pthread_mutex_lock(&run->lock);
	if (run->nfree < WINDOW) {
		run->free_recs[run->nfree++] = rec;
		rec = NULL;
	}
	pthread_mutex_unlock(&run->lock);
	if (rec != NULL) {
		rec_fini(rec);
		free(rec);
	}
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

/* ---- the reader ---- */

static void
drop_owned(const struct filter *f, struct rec *rec)
{
	if (rec->members.n == 0) /* it came as a path */
		return;
	for (const char *const *name = f->owns; name != NULL && *name != NULL; name++)
		rec_drop(rec, *name);
}

/* Content that a worker will read counts against the window, known or not. */
static void
weigh(struct run *run, struct rec *rec)
{
	struct stat st;

	if (!(run->f->flags & FILTER_SMALL_PIPE) || rec->size_bytes != 0 || rec->path.len == 0)
		return;
	if (fstatat(run->dirfd, rec->path.p, &st, 0) == 0 && S_ISREG(st.st_mode))
		rec->size_bytes = (uint64_t)st.st_size;
}

static void
prepare(struct run *run, struct rec *rec, struct pool_item *item)
{
	const struct filter *f = run->f;
	struct fail bad = { 0 };

	rec->untouched = rec->failed || ((f->flags & FILTER_SKIP_KNOWN) && rec_known(rec));
	if (!rec->untouched) {
		drop_owned(f, rec);
		weigh(run, rec);
		if (f->plan != NULL && f->plan(f->conf, rec, &bad) == -1)
			rec_fail(rec, f->name, &bad);
	}
	*item = (struct pool_item){ .data = rec, .memory = sizeof(*rec) + rec_memory(rec), .weight = rec->size_bytes,
		.skip = f->work == NULL || rec->untouched || rec->failed };
}

/* Returns 1, 0 at the end, -1. */
static int
next_record(struct run *run, uint64_t seq, struct rec *rec, struct fail *why)
{
	if (run->f->next == NULL)
		return input_next(run->in, rec, why);
	rec->seq = seq;
	return run_stopping(run) ? 0 : run->f->next(run->f->conf, rec, why);
}

static bool
push(struct run *run, struct pool_item *items, size_t n)
{
	size_t taken = pool_push(atomic_load(&run->pool), items, n);

	for (size_t i = taken; i < n; i++)
		rec_give(run, items[i].data);
	return taken == n;
}

static int
read_records(struct run *run, uint64_t *count, struct fail *why)
{
	struct pool_item items[BATCH];
	size_t n = 0;
	int got = 1;
	bool room = true;

	while (room && got == 1) {
		struct rec *rec = rec_take(run, why);

		got = rec == NULL ? -1 : next_record(run, *count + 1, rec, why);
		if (got == 1)
			prepare(run, rec, &items[n++]);
		else if (rec != NULL)
			rec_give(run, rec);
		*count += got == 1;
		if (n > 0 && (n == BATCH || got != 1 || (run->in != NULL && !input_ready(run->in)))) {
			room = push(run, items, n);
			n = 0;
		}
	}
	return got == -1 ? -1 : 0;
}

static void *
reader_main(void *arg)
{
	struct run *run = arg;
	struct fail why = { 0 };
	uint64_t count = 0;

	if (read_records(run, &count, &why) == -1)
		run_stop(run, &why);
	atomic_store(&run->total, count);
	pool_finish(atomic_load(&run->pool));
	return NULL;
}

/* ---- the workers ---- */

static uint64_t
work_one(void *arg, void *worker, void *data)
{
	const struct filter *f = ((struct run *)arg)->f;
	struct rec *rec = data;
	struct fail bad = { 0 };

	if (f->work(f->conf, worker, rec, &bad) == -1)
		rec_fail(rec, f->name, &bad);
	return sizeof(*rec) + rec_memory(rec);
}

static void *
new_worker(void *arg)
{
	const struct filter *f = ((struct run *)arg)->f;

	return f->worker_new(f->conf);
}

/* ---- the main thread ---- */

static bool
same_root(const struct run_root *root)
{
	struct stat st;

	return stat(root->path, &st) == 0 && st.st_dev == root->dev && st.st_ino == root->ino;
}

/* A record failed: is it the record's fault, or has the card been pulled out?  Then it gets no line of its own. */
static bool
root_has_gone(struct run *run)
{
	struct fail why = { 0 };

	for (size_t i = 0; i < run->nroots; i++) {
		if (same_root(&run->roots[i]))
			continue;
		fail_set(&why, FAIL_INPUT, "root", "%s has gone, after %llu records", run->roots[i].path,
		    (unsigned long long)atomic_load(&run->done));
		run_stop(run, &why);
		return true;
	}
	return false;
}

static void
complain(struct run *run, struct rec *rec)
{
	struct buf line = { 0 }, message = { 0 };

	rec_get_string(rec, "error.message", &message);
	buf_addf(&line, "%s%s: ", run->drawing ? "\r\033[K" : "", run->f->name);
	if (rec->path.len > 0)
		quote_name(&line, rec->path.p, rec->path.len);
	else
		buf_addf(&line, "input line %llu", (unsigned long long)rec->seq);
	buf_adds(&line, ": ");
	buf_add(&line, buf_cstr(&message), message.len);
	buf_addc(&line, '\n');
	if (!line.failed && write(STDERR_FILENO, line.p, line.len) == -1)
		run->options.quiet = true; /* nobody listens */
	buf_fini(&line);
	buf_fini(&message);
}

static void
flush(struct run *run)
{
	struct fail why = { 0 };

	if (out_flush(&run->out, &why) == 0)
		return;
	if (run->out.closed_by_reader)
		stream_end_input(run);
	else
		run_stop(run, &why);
}

static void
count(struct run *run, const struct rec *rec)
{
	atomic_fetch_add(&run->done, 1);
	atomic_fetch_add(&run->bytes, rec->size_bytes);
	if (rec->failed)
		atomic_fetch_add(&run->failed, 1);
	if (rec->failed_here && !run->options.quiet)
		complain(run, (struct rec *)(uintptr_t)rec);
}

/* The record's line, or, where memory ran out on the way, at least its name and that. */
static int
format(struct run *run, struct rec *rec, struct buf *to)
{
	struct fail why = { 0 };
	struct rec least = { .seq = rec->seq };
	int rc = rec_write(rec, to, &why);

	if (rc == 0)
		return 0;
	if (rec->path.len == 0 || rec_from_path(&least, rec->path.p, rec->path.len, &why) == 0) {
		rec_fail(&least, run->f->name, &why);
		rec->failed = rec->failed_here = true;
		rc = rec_write(&least, to, &why);
	}
	rec_fini(&least);
	if (rc == -1)
		run_stop(run, &why);
	return rc;
}

static void
write_record(struct run *run, struct rec *rec)
{
	if (format(run, rec, &run->out.buf) == 0)
		count(run, rec);
	rec_give(run, rec);
	if (run->out.buf.len >= OUT_FLUSH_BYTES)
		flush(run);
}

static void
spool_record(struct run *run, struct rec *rec)
{
	struct buf line = { 0 };
	struct fail why = { 0 };

	if (format(run, rec, &line) == 0 && spool_add(&run->spool, line.p, line.len, &why) == -1)
		run_stop(run, &why);
	else
		count(run, rec);
	buf_fini(&line);
	rec_give(run, rec);
}

static void
hold(struct run *run, struct rec *rec, bool passing)
{
	if (run->held_active == 0 && !passing)
		run->commit_at_ns = pool_now_ns() + HOLD_NS;
	run->held_active += !passing;
	run->held_bytes += passing ? 0 : rec->size_bytes;
	if (run->f->flags & FILTER_SPOOL) {
		spool_record(run, rec);
		return;
	}
	run->held[run->nheld++] = (struct run_held){ rec, passing };
}

/* emit's word on one record; what it appended for a record that it dropped goes out as it is. */
static enum emit
emit(struct run *run, struct rec *rec)
{
	const struct filter *f = run->f;
	enum emit verdict = f->flags & FILTER_SINK ? EMIT_DROP : EMIT_PASS;
	struct fail bad = { 0 };

	if (f->emit == NULL || ((rec->failed || rec->untouched) && !(f->flags & FILTER_SINK)))
		return verdict;
	if (f->emit(f->conf, rec, &run->out.buf, &verdict, &bad) == -1) {
		rec_fail(rec, f->name, &bad);
		verdict = EMIT_PASS;
	}
	return f->flags & FILTER_SINK ? EMIT_DROP : verdict;
}

static void
deliver(struct run *run, struct rec *rec, bool cancelled)
{
	if (cancelled) {
		rec_give(run, rec);
		return;
	}
	enum emit verdict = emit(run, rec);

	if (rec->failed_here && root_has_gone(run))
		rec_give(run, rec);
	else if (verdict == EMIT_HOLD)
		hold(run, rec, false);
	else if (verdict == EMIT_PASS && run->held_active > 0 && !run->options.unordered)
		hold(run, rec, true);
	else if (verdict == EMIT_PASS)
		write_record(run, rec);
	else {
		count(run, rec);
		rec_give(run, rec);
		if (run->out.buf.len >= OUT_FLUSH_BYTES)
			flush(run);
	}
}

/* After a commit: the spooled lines, in order. */
static int
write_spool(struct run *run, struct fail *why)
{
	uint64_t size = spool_size(&run->spool);

	for (uint64_t at = 0; at < size && !run->out.failed;) {
		size_t n = size - at < OUT_FLUSH_BYTES ? (size_t)(size - at) : OUT_FLUSH_BYTES;
		char *to = buf_reserve(&run->out.buf, n);

		if (to == NULL)
			return fail_nomem(why);
		if (spool_read(&run->spool, at, to, n, why) == -1)
			return -1;
		run->out.buf.len += n;
		at += n;
		if (run->out.buf.len >= OUT_FLUSH_BYTES)
			flush(run);
	}
	return spool_reset(&run->spool, why);
}

/* The records that wait for commit, gathered at the front of an array of their own. */
static int
call_commit(struct run *run, struct fail *why)
{
	struct rec **recs = NULL;
	size_t n = 0;
	int rc;

	if (!(run->f->flags & FILTER_SPOOL)) {
		if ((recs = calloc(run->held_active, sizeof(*recs))) == NULL)
			return fail_nomem(why);
		for (size_t i = 0; i < run->nheld; i++) {
			if (!run->held[i].passing)
				recs[n++] = run->held[i].rec;
		}
	}
	rc = run->f->commit(run->f->conf, run, recs, run->held_active, why);
	free(recs);
	return rc;
}

static void
write_held(struct run *run, bool committed)
{
	for (size_t i = 0; i < run->nheld; i++) {
		if (committed || run->held[i].passing)
			write_record(run, run->held[i].rec);
		else
			rec_give(run, run->held[i].rec);
	}
	run->nheld = 0;
}

static void
commit(struct run *run)
{
	struct fail why = { 0 };
	bool committed;

	if (run->held_active == 0)
		return;
	committed = call_commit(run, &why) == 0;
	run->held_active = 0;
	run->held_bytes = 0;
	if (committed && (run->f->flags & FILTER_SPOOL))
		committed = write_spool(run, &why) == 0;
	write_held(run, committed);
	if (!committed)
		run_stop(run, &why);
	flush(run);
}

static size_t
hold_records(const struct filter *f)
{
	return f->hold_records != 0 ? f->hold_records : HOLD_RECORDS;
}

static bool
hold_is_full(const struct run *run)
{
	const struct filter *f = run->f;

	return run->held_active >= hold_records(f) || run->nheld >= run->held_active + HOLD_PASSING ||
	    run->held_bytes >= (f->hold_bytes != 0 ? f->hold_bytes : HOLD_BYTES);
}

static void
main_loop(struct run *run, struct pool *pool)
{
	struct pool_item items[POP];
	bool ended = false;

	while (!ended) {
		size_t n = pool_pop(pool, items, POP, 0, &ended);

		if (n == 0 && !ended) {
			flush(run);
			n = pool_pop(pool, items, POP, run->held_active > 0 ? run->commit_at_ns : UINT64_MAX, &ended);
		}
		for (size_t i = 0; i < n; i++) {
			deliver(run, items[i].data, items[i].cancelled);
			if (run->held_active > 0 && hold_is_full(run))
				commit(run);
		}
		if (run->held_active > 0 && pool_now_ns() >= run->commit_at_ns)
			commit(run);
	}
	commit(run);
}

static struct pool *
start_pool(struct run *run, struct fail *why)
{
	const struct filter *f = run->f;
	struct pool_conf conf = { .workers = f->work != NULL || f->commit != NULL ? run->options.jobs : 1,
		.window = WINDOW,
		.max_memory = WINDOW_MEMORY,
		.max_weight = WINDOW_CONTENT,
		.grain = f->grain,
		.unordered = run->options.unordered,
		.worker_new = f->worker_new != NULL ? new_worker : NULL,
		.worker_free = f->worker_free,
		.run = work_one,
		.arg = run };
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

static int
make_room(struct run *run, struct fail *why)
{
	if ((run->free_recs = calloc(WINDOW, sizeof(struct rec *))) == NULL)
		return fail_nomem(why);
	if (run->f->commit == NULL || (run->f->flags & FILTER_SPOOL))
		return 0;
	run->held = calloc(hold_records(run->f) + HOLD_PASSING, sizeof(*run->held));
	return run->held != NULL ? 0 : fail_nomem(why);
}

static void
free_records(struct run *run)
{
	while (run->nfree > 0) {
		struct rec *rec = run->free_recs[--run->nfree];

		rec_fini(rec);
		free(rec);
	}
	free(run->free_recs);
	free(run->held);
	spool_fini(&run->spool);
}

int
stream_run(struct run *run, struct fail *why)
{
	struct pool *pool;
	pthread_t reader;
	int error;

	run->spool.fd = -1;
	if (make_room(run, why) == -1 || (pool = start_pool(run, why)) == NULL) {
		free_records(run);
		return -1;
	}
	if ((error = pthread_create(&reader, NULL, reader_main, run)) != 0) {
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
