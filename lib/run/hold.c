/*
 * Records that emit holds wait here, in memory or as lines in a spool, until a commit has made them true.  While any
 * do, records that need not wait line up behind them, so that the output keeps its order.  A commit may leave some for
 * the next one; those that it has settled line up behind these.
 */
#include <stdlib.h>

#include "run/run.h"

#define HOLD_RECORDS 256
#define HOLD_PASSING 1024 /* records that wait their turn behind held ones */
#define HOLD_BYTES (256u << 20)
#define HOLD_NS 1000000000u

static size_t
hold_records(const struct filter *f)
{
	return f->hold_records != 0 ? f->hold_records : HOLD_RECORDS;
}

int
hold_init(struct run *run, struct fail *why)
{
	if (run->f->commit == NULL || (run->f->flags & FILTER_SPOOL))
		return 0;
	run->held = calloc(hold_records(run->f) + HOLD_PASSING, sizeof(*run->held));
	return run->held != NULL ? 0 : fail_nomem(why);
}

void
run_log(struct run *run, int fd)
{
	run->out.log = fd;
}

static void
spool_record(struct run *run, struct rec *rec, bool passing)
{
	struct buf line = {0};
	struct fail why = {0};

	rec->settled = !passing;
	if (stream_format(run, rec, &line) == 0 && spool_add(&run->spool, line.p, line.len, &why) == -1)
		run_stop(run, &why);
	else
		stream_count(run, rec);
	buf_fini(&line);
	stream_give(run, rec);
}

void
hold_add(struct run *run, struct rec *rec, bool passing)
{
	if (run->held_active == run->held_waiting && !passing)
		run->commit_at_ns = pool_now_ns() + HOLD_NS;
	run->held_active += !passing;
	run->held_bytes += passing ? 0 : rec->size_bytes;
	if (run->f->flags & FILTER_SPOOL) {
		spool_record(run, rec, passing);
		return;
	}
	run->held[run->nheld++] = (struct run_held){rec, passing};
}

/* For records that come while others are left waiting. */
static bool
has_room(const struct run *run)
{
	return (run->f->flags & FILTER_SPOOL) || run->nheld < hold_records(run->f) + HOLD_PASSING;
}

bool
run_may_wait(const struct run *run)
{
	return !(run->f->flags & FILTER_SPOOL) && !run->held_last && has_room(run) && !run_stopping(run);
}

bool
hold_is_full(const struct run *run)
{
	const struct filter *f = run->f;
	size_t fresh = run->held_active - run->held_waiting;

	return fresh >= hold_records(f) || run->nheld >= run->held_active + HOLD_PASSING || !has_room(run) ||
	       run->held_bytes >= (f->hold_bytes != 0 ? f->hold_bytes : HOLD_BYTES);
}

/* Before a commit: what went before and the spooled lines into the log, so that it never lacks what is committed. */
static int
log_spool(struct run *run, struct fail *why)
{
	uint64_t size = spool_size(&run->spool);
	struct buf lines = {0};
	int rc = 0;

	if (run->out.log == -1)
		return 0;
	stream_flush(run);
	for (uint64_t at = 0; at < size && rc == 0; at += OUT_FLUSH_BYTES) {
		size_t n = size - at < OUT_FLUSH_BYTES ? (size_t)(size - at) : OUT_FLUSH_BYTES;

		if (buf_reserve(&lines, n) == NULL)
			rc = fail_nomem(why);
		else if ((rc = spool_read(&run->spool, at, lines.p, n, why)) == 0)
			rc = out_log(&run->out, lines.p, n, why);
	}
	buf_fini(&lines);
	return rc;
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
			stream_flush(run);
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

/* What was committed only waits its turn now; what was left waits for the next commit. */
static void
settle(struct run *run, bool may_wait)
{
	run->held_waiting = 0;
	for (size_t i = 0; i < run->nheld; i++) {
		struct run_held *h = &run->held[i];

		if (h->passing)
			continue;
		h->rec->waited = h->rec->waits && may_wait;
		h->rec->waits = false;
		h->rec->settled = h->passing = !h->rec->waited;
		run->held_waiting += h->rec->waited;
	}
	run->held_active = run->held_waiting;
	run->commit_at_ns = UINT64_MAX;
}

/* Those before the first that waits on, or with --unordered all but these. */
static void
write_held(struct run *run)
{
	size_t kept = 0;

	for (size_t i = 0; i < run->nheld; i++) {
		if (run->held[i].passing && (kept == 0 || run->options.unordered))
			stream_write(run, run->held[i].rec);
		else
			run->held[kept++] = run->held[i];
	}
	run->nheld = kept;
}

/* Nothing is true of what was to be committed. */
static void
give_held(struct run *run)
{
	for (size_t i = 0; i < run->nheld; i++) {
		if (run->held[i].passing)
			stream_write(run, run->held[i].rec);
		else
			stream_give(run, run->held[i].rec);
	}
	run->nheld = run->held_active = run->held_waiting = 0;
}

void
hold_commit(struct run *run)
{
	struct fail why = {0};
	const bool may_wait = run_may_wait(run);
	int log = run->out.log;
	bool committed;

	if (run->held_active == 0)
		return;
	committed = log_spool(run, &why) == 0 && call_commit(run, &why) == 0;
	run->held_bytes = 0;
	run->out.log = -1; /* they are there by now */
	if (committed && (run->f->flags & FILTER_SPOOL))
		committed = write_spool(run, &why) == 0;
	if (committed) {
		settle(run, may_wait);
		write_held(run);
	} else {
		give_held(run);
		run_stop(run, &why);
	}
	stream_flush(run);
	run->out.log = log;
}
