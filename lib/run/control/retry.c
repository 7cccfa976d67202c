#include "run/control/retry.h"

#include <poll.h>

#include "run/run.h"

#define DELAY_MAX_MS 3600000.0

int
retry_copy(const struct run *run, const struct rec *from, struct rec *to, struct fail *why)
{
	int rc;

	*to = (struct rec){.seq = from->seq};
	if (from->line.len > 0)
		rc = rec_from_line(to, from->line.p, from->line.len, why);
	else
		rc = rec_from_path(to, from->path.p, from->path.len, why);
	if (rc == 0 && (rc = rec_check(to, why)) == 0)
		feed_drop_owned(run->f, to);
	else
		rec_fini(to);
	return rc;
}

/* Once its worker has been given up, the popping thread may be at the record, for the same end. */
static int
begin_again(struct run *run, struct rec *rec)
{
	struct fail ignored;
	struct rec fresh;

	if (retry_copy(run, rec, &fresh, &ignored) == -1)
		return -1;
	fresh.size_bytes = rec->size_bytes;
	fresh.meter = rec->meter;
	if (run->f->drop != NULL)
		run->f->drop(rec);
	pthread_mutex_lock(&run->lock);
	rec_fini(rec);
	*rec = fresh;
	pthread_mutex_unlock(&run->lock);
	return 0;
}

/* Whether the time has passed, and nothing has ended the run meanwhile. */
static bool
wait_for_turn(const struct run *run, size_t tries)
{
	struct pollfd ended = {.fd = run->wake[0], .events = POLLIN};
	double ms = run->options.retry_delay * 1000;

	while (tries-- > 0 && ms < DELAY_MAX_MS)
		ms *= 2;
	if (ms > DELAY_MAX_MS)
		ms = DELAY_MAX_MS;
	return poll(&ended, 1, (int)ms) == 0 && !run_stopping(run);
}

int
retry_work(struct run *run, void *worker, struct rec *rec, struct fail *why)
{
	const struct filter *f = run->f;

	for (size_t tries = 0;; tries++) {
		int rc = f->work(f->conf, worker, rec, why);

		if (rc == 0 && (rc = rec_check(rec, why)) == 0)
			return 0;
		if (tries >= run->options.retry || (f->flags & FILTER_ONCE) || !fail_may_pass(why) ||
		    !wait_for_turn(run, tries) || begin_again(run, rec) == -1)
			return rc;
	}
}
