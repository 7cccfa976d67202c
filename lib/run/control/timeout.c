#include "run/control/timeout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "run/control/retry.h"
#include "run/run.h"

uint64_t
timeout_ns(const struct run *run)
{
	double seconds = run->options.timeout;

	if (run->f->work == NULL || (run->f->flags & FILTER_ONCE) || seconds <= 0 || seconds >= 1e9)
		return 0;
	return (uint64_t)(seconds * 1e9) + 1;
}

void *
timeout_replace(void *arg, void *data)
{
	struct run *run = arg;
	struct rec *rec = calloc(1, sizeof(*rec));
	struct fail why = {.code = FAIL_SYSTEM, .errnum = ETIMEDOUT, .op = "timeout"};
	int rc = -1;

	pthread_mutex_lock(&run->lock);
	if (rec != NULL)
		rc = retry_copy(run, data, rec, &why);
	if (rc == 0)
		rec->meter = (struct meter){&run->bytes, ((const struct rec *)data)->size_bytes, 1};
	pthread_mutex_unlock(&run->lock);
	if (rc == -1) {
		free(rec);
		fail_nomem(&why);
		run_stop(run, &why);
		return NULL;
	}
	snprintf(why.message, sizeof(why.message), "took longer than %g s and was given up", run->options.timeout);
	rec->given_up = true;
	rec_fail(rec, run->f->name, &why);
	return rec;
}

void
timeout_deserted(void *arg)
{
	struct run *run = arg;
	struct fail why = {.code = FAIL_SYSTEM, .errnum = ETIMEDOUT, .op = "timeout"};

	snprintf(why.message, sizeof(why.message), "too much does not answer: no worker is left");
	run_stop(run, &why);
}
