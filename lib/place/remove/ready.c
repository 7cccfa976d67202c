#include "place/remove/ready.h"

#include <stdlib.h>

#include "place/remove/together.h"

#define WAIT_MAX 64 /* records at the end of a batch, so that descriptors and unfinished files do not heap up */

/* The first of the last jobs that waits for others, and has not done so before. */
static size_t
first_to_wait(const struct jobs *jobs, const struct together_file *files)
{
	size_t i = jobs->n > WAIT_MAX ? jobs->n - WAIT_MAX : 0;

	while (i < jobs->n && (!files[i].waits || jobs->held[i]->waited || jobs_at(jobs, i)->in_library))
		i++;
	return i;
}

size_t
ready_count(struct jobs *jobs)
{
	struct together_file *files;
	size_t n;

	if (!run_may_wait(jobs->p->run) || (files = calloc(jobs->n, sizeof(*files))) == NULL)
		return jobs->n;
	for (size_t i = 0; i < jobs->n; i++) {
		files[i].rec = jobs->held[i];
		files[i].removal.dirfd = jobs->p->dirfd;
		files[i].removal.path = jobs->held[i]->path.p;
	}
	together_look(&jobs->p->together, jobs->p->run, files, jobs->n);
	n = first_to_wait(jobs, files);
	for (size_t i = n; i < jobs->n; i++)
		jobs->held[i]->waits = true;
	free(files);
	return n;
}
