/*
 * The order is the promise:
 *
 *   contents durable -> read back -> [lock] names decided and published [unlock] -> existing files durable
 *   -> folders durable -> what was renamed digested again, existing files read back
 *   -> the same in each mirror -> moved sources compared and removed
 *
 * A name appears only when the content behind it is durable, and a source goes only when name and content are.
 */
#include "place/commit/commit.h"

#include "archive/packed.h"
#include "place/commit/durable.h"
#include "place/commit/install.h"
#include "place/decide/decide.h"
#include "place/mirror/mirrored.h"
#include "place/remove/ready.h"
#include "place/remove/sources.h"

static void
make_durable(struct jobs *jobs)
{
	do {
		durable_existing(jobs);
		durable_folders(jobs);
		durable_readback_existing(jobs);
		install_check_renamed(jobs);
	} while (decide_again(jobs));
}

/* What turns out to be nowhere else is placed, and then its source is looked at again. */
static void
remove_sources(struct jobs *jobs)
{
	sources_remove(jobs);
	if (!decide_again(jobs))
		return;
	make_durable(jobs);
	sources_remove(jobs);
}

static int
commit(struct jobs *jobs, struct fail *why)
{
	if (jobs->p->moves)
		jobs->n = ready_count(jobs);
	durable_contents(jobs);
	durable_readback(jobs);
	if (decide_all(jobs, why) == -1)
		return -1;
	make_durable(jobs);
	mirrors_commit(jobs);
	if (jobs->p->moves) {
		remove_sources(jobs);
		sources_finish(jobs);
	}
	return 0;
}

static int
commit_dry(struct jobs *jobs, struct fail *why)
{
	if (decide_all(jobs, why) == -1)
		return -1;
	mirrors_commit(jobs);
	return 0;
}

int
commit_batch(struct jobs *jobs, struct fail *why)
{
	struct place *p = jobs->p;
	size_t n = jobs->n;
	int rc;

	if ((jobs->scratch = scratch_take(&p->scratch_pool, why)) == NULL)
		return -1;
	jobs->scratch->packed = &p->again;
	jobs->tree = (struct tree){.root = p->lib.fd};
	rc = p->o.dry_run ? commit_dry(jobs, why) : commit(jobs, why);
	for (size_t i = 0; i < n; i++)
		jobs_at(jobs, i)->folder = NULL;
	tree_close(&jobs->tree);
	packed_leave(&p->again);
	scratch_return(&p->scratch_pool, jobs->scratch);
	return rc;
}
