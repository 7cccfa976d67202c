#include "place/order.h"

#include <stdlib.h>
#include <string.h>

#include "place/jobs.h"

/* A job that is to be sorted. */
struct item {
	const struct job *job;
	size_t i;
	size_t begin; /* the first job of its group */
};

static int
by_group(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = memcmp(x->job->group, y->job->group, PATH_KEY);

	if (order != 0)
		return order;
	return x->i < y->i ? -1 : x->i > y->i;
}

static int
rank(const struct job *job)
{
	return job->leads ? 0 : job->companion ? 2 : 1;
}

static int
by_turn(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	if (rank(x->job) != rank(y->job))
		return rank(x->job) - rank(y->job);
	return x->i < y->i ? -1 : x->i > y->i;
}

/* Jobs that are of no group stand for themselves. */
static void
find_begins(struct item *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_group);
	for (size_t k = 0; k < n; k++) {
		bool same = k > 0 && v[k].job->tie == JOB_MEMBER && v[k - 1].job->tie == JOB_MEMBER &&
			    memcmp(v[k].job->group, v[k - 1].job->group, PATH_KEY) == 0;

		v[k].begin = same ? v[k - 1].begin : v[k].i;
	}
	qsort(v, n, sizeof(*v), by_turn);
}

struct turn *
order_new(const struct jobs *jobs, struct fail *why)
{
	struct item *v = calloc(jobs->n + 1, sizeof(*v));
	struct turn *turns = calloc(jobs->n + 1, sizeof(*turns));

	if (v == NULL || turns == NULL) {
		free(v);
		free(turns);
		fail_nomem(why);
		return NULL;
	}
	for (size_t i = 0; i < jobs->n; i++)
		v[i] = (struct item){.job = jobs_at(jobs, i), .i = i};
	find_begins(v, jobs->n);
	for (size_t t = 0, end; t < jobs->n; t = end) {
		for (end = t; end < jobs->n && v[end].begin == v[t].begin;)
			end++;
		for (size_t k = t; k < end; k++)
			turns[k] = (struct turn){v[k].i, t, end};
	}
	free(v);
	return turns;
}
