#include "hash/state.h"

#include <stdint.h>
#include <stdlib.h>

#define SECOND INT64_C(1000000000)

/* The largest of the steps that file systems count time in of which t is a multiple, in ns. */
static int64_t
granularity(const struct timespec *t)
{
	static const int64_t steps[] = {2 * SECOND, SECOND, 10000000, 1000000, 1000, 100, 1};
	int64_t ns = (t->tv_sec & 1) * SECOND + t->tv_nsec;
	size_t i = 0;

	while (ns % steps[i] != 0)
		i++;
	return steps[i];
}

bool
state_same_time(const struct timespec *a, const struct timespec *b)
{
	int64_t step_a = granularity(a), step_b = granularity(b), seconds;

	if (__builtin_sub_overflow((int64_t)a->tv_sec, (int64_t)b->tv_sec, &seconds) || seconds < -2 || seconds > 2)
		return false;
	return llabs(seconds * SECOND + a->tv_nsec - b->tv_nsec) < (step_a > step_b ? step_a : step_b);
}

bool
state_agrees(const struct rec *rec, const struct stat *st)
{
	struct slice value;
	struct timespec mtime;
	uint64_t size;

	if (rec_get(rec, "size", &value) && (!rec_get_u64(rec, "size", &size) || size != (uint64_t)st->st_size))
		return false;
	if (!rec_get(rec, "mtime", &value))
		return true;
	return rec_parse_time(value, &mtime) && state_same_time(&mtime, &st->st_mtim);
}

void
state_set(struct rec *rec, const struct stat *st)
{
	struct slice value;

	if (rec_get(rec, "size", &value) && rec_get(rec, "mtime", &value) && state_agrees(rec, st))
		return;
	rec_drop(rec, "mtime"); /* where st's cannot be written, none is better than the old one */
	rec_set_stat(rec, st);
}
