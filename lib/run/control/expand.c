#include "run/control/expand.h"

#include "run/run.h"

static int
next_whole(struct run *run, uint64_t seq, struct rec *rec, struct fail *why)
{
	if (run->f->next == NULL)
		return input_next(run->in, rec, why);
	rec->seq = seq;
	return run_stopping(run) ? 0 : run->f->next(run->f->conf, rec, why);
}

static bool
may_expand(const struct run *run, const struct rec *rec)
{
	return !rec->failed && rec->archive.len == 0 && !((run->f->flags & FILTER_SKIP_KNOWN) && rec_known(rec));
}

/* What comes in the place of e->whole.  1; 0: nothing, or nothing more; -1. */
static int
next_part(struct run *run, struct rec *rec, struct fail *why)
{
	struct expand *e = &run->expand;
	int got = 0;

	rec->seq = e->whole.seq;
	if (!run_stopping(run))
		got = run->f->expand(run->f->conf, &e->whole, rec, why);
	e->open = got == 1;
	return got;
}

int
expand_next(struct run *run, uint64_t seq, struct rec *rec, struct fail *why)
{
	struct expand *e = &run->expand;
	struct rec unused;
	int got;

	if (run->f->expand == NULL)
		return next_whole(run, seq, rec, why);
	if (e->open && (got = next_part(run, rec, why)) != 0)
		return got;
	rec_reset(&e->whole);
	if ((got = next_whole(run, seq, &e->whole, why)) != 1)
		return got;
	if (may_expand(run, &e->whole)) {
		pool_part(atomic_load(&run->pool)); /* expand() may wait for what a worker keeps for its run */
		if ((got = next_part(run, rec, why)) != 0)
			return got;
	}
	unused = *rec;
	*rec = e->whole;
	e->whole = unused;
	return 1;
}

uint64_t
expand_run(struct expand *e, const struct rec *rec)
{
	if (rec->archive.len == 0)
		return 0;
	if (e->run == 0 || !slice_same(buf_slice(&e->archive), buf_slice(&rec->archive))) {
		buf_clear(&e->archive, SIZE_MAX);
		buf_add(&e->archive, rec->archive.p, rec->archive.len);
		e->run++;
	}
	return e->run;
}

void
expand_fini(struct expand *e)
{
	rec_fini(&e->whole);
	buf_fini(&e->archive);
}
