#include "place/place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "file/hidden.h"
#include "file/volume.h"
#include "media/when.h"
#include "place/commit/commit.h"
#include "place/job.h"
#include "place/mirror/mirrored.h"
#include "place/mirror/mirrors.h"
#include "place/outcome.h"
#include "place/place-parts.h"
#include "place/stage/stage.h"

#define FILES_WANTED 8192 /* descriptors: the window's, the batch's and its folders' */
#define FILES_LEFT 700    /* … of which jobs leave so many to everything else */

static int
read_templates(struct place *p, struct fail *why)
{
	const char *const by_precision[PLACE_TEMPLATES] = {
	    "{taken:%Y}/{taken:%Y-%m-%d}/{name}", "{taken:%Y}/{taken:%Y-%m}/{name}", "{taken:%Y}/{name}", p->o.undated};
	const char *const own[PLACE_TEMPLATES] = {p->o.template, p->o.undated};
	const char *const *wanted = p->o.template != NULL ? own : by_precision;
	const struct fields_declared declared = {p->o.members, p->o.nmembers};

	if (p->o.zone != NULL && !when_set_zone(p->o.zone))
		return fail_set(why, FAIL_INPUT, "options", "--tz: no such time zone: %s", p->o.zone);
	for (size_t i = 0; i < PLACE_TEMPLATES && wanted[i] != NULL; i++) {
		if ((p->templates[i] = template_new(wanted[i], &declared, why)) == NULL)
			return -1;
	}
	return 0;
}

static int
add_origins(struct place *p, struct fail *why)
{
	p->origins.library = &p->lib.real;
	p->origins.dcim = &p->lib.real_dcim;
	for (size_t i = 0; i < p->o.nfrom; i++) {
		if (origins_add(&p->origins, p->dirfd, p->o.from[i], why) == -1 ||
		    run_watch_root(p->run, p->origins.from[i].p, why) == -1)
			return -1;
	}
	return 0;
}

/* Descriptors stay open from work to commit; 1,024 are not enough for a window of records and a batch. */
static size_t
raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return 0;
	if (limit.rlim_cur < FILES_WANTED) {
		limit.rlim_cur = limit.rlim_max < FILES_WANTED ? limit.rlim_max : FILES_WANTED;
		setrlimit(RLIMIT_NOFILE, &limit);
		getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur > FILES_WANTED)
		limit.rlim_cur = FILES_WANTED;
	return limit.rlim_cur > FILES_LEFT ? (size_t)limit.rlim_cur - FILES_LEFT : 0;
}

/* A library and its mirrors each have a .dcim/tmp. */
static int
fail_in(const struct library *l, struct fail *why)
{
	struct fail inner = *why;

	snprintf(why->message, sizeof(why->message), "%.64s/%.150s", l->name, inner.message);
	return -1;
}

static int
open_temps(struct place *p, struct fail *why)
{
	int rc;

	if (p->o.dry_run)
		return 0;
	if (library_lock(&p->lib, why) == -1)
		return -1;
	rc = temps_open(&p->temps, p->lib.fd, p->lib.dcim, p->lib.locks, why);
	library_unlock(&p->lib);
	if (rc == -1)
		return fail_in(&p->lib, why);
	p->batches = !p->o.sync_each && volume_is_native(p->temps.tmp);
	return 0;
}

static int
open_parts(struct place *p, struct fail *why)
{
	if (p->archives_again == NULL)
		return fail_nomem(why);
	if (read_templates(p, why) == -1)
		return -1;
	if (library_open(&p->lib, p->dirfd, p->o.root, !p->o.dry_run, why) == -1 ||
	    (p->main == NULL && run_watch_root(p->run, p->lib.real.p, why) == -1) || add_origins(p, why) == -1)
		return -1;
	p->numbers.shelves.folds = p->lib.folds;
	if ((p->volumes = volumes_new()) == NULL)
		return fail_nomem(why);
	return open_temps(p, why) == -1 ? -1 : mirrors_open(p, why);
}

struct place *
place_open(const struct place_options *o, const struct place *main, struct run *run, struct fail *why)
{
	struct place *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		fail_nomem(why);
		return NULL;
	}
	p->o = *o;
	p->run = run;
	p->main = main;
	p->dirfd = run_dirfd(run);
	p->moves = o->how == PLACE_MOVE;
	p->kept = (struct kept){.run = run, .tool = o->tool};
	p->open_max = raise_limit();
	p->lib = (struct library)LIBRARY_NONE;
	p->temps = (struct temps)TEMPS_NONE;
	scratch_pool_init(&p->scratch_pool, &p->temps);
	together_init(&p->together, &p->scratch_pool);
	contents_init(&p->contents);
	cache_init(&p->cache);
	contents_init(&p->dryrun);
	numbers_init(&p->numbers, o->dry_run);
	p->again.of = p->archives_again = archives_new(p->dirfd, o->max_member);
	pthread_mutex_init(&p->lock, NULL);
	if (open_parts(p, why) == 0)
		return p;
	place_free(p);
	return NULL;
}

struct place *
place_new(const struct place_options *o, struct run *run, struct fail *why)
{
	return place_open(o, NULL, run, why);
}

void
place_free(struct place *p)
{
	if (p == NULL)
		return;
	mirrors_close(p);
	together_fini(&p->together);
	scratch_pool_fini(&p->scratch_pool);
	temps_close(&p->temps);
	contents_fini(&p->contents);
	cache_fini(&p->cache);
	contents_fini(&p->dryrun);
	numbers_fini(&p->numbers);
	packed_fini(&p->again);
	archives_free(p->archives_again);
	volumes_free(p->volumes);
	origins_fini(&p->origins);
	library_close(&p->lib);
	for (size_t i = 0; i < PLACE_TEMPLATES; i++)
		template_free(p->templates[i]);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

static bool
is_the_end(struct place *p, const struct fail *why)
{
	if (why->code != FAIL_SYSTEM)
		return false;
	switch (why->errnum) {
	case ENOSPC:
	case EDQUOT:
	case EROFS:
	case EIO:
	case ESTALE:
	case ENODEV:
	case ENOTCONN:
		return true;
	case ENOENT:
		return library_gone(&p->lib);
	default:
		return false;
	}
}

static const char *
name_of(const struct place *p)
{
	return p->main != NULL ? "the mirror" : "the library";
}

void
place_stop(struct place *p, const struct fail *why)
{
	pthread_mutex_lock(&p->lock);
	if (p->broken.code == FAIL_NONE)
		p->broken = *why;
	pthread_mutex_unlock(&p->lock);
	if (p->main == NULL)
		run_stop(p->run, why);
}

int
place_library_failed(struct place *p, const struct fail *why)
{
	struct fail end = {0};

	if (!is_the_end(p, why))
		return -1;
	errno = why->errnum;
	if (why->errnum == ENOENT)
		fail_errno(&end, why->op, "%s %s has gone", name_of(p), p->lib.name);
	else
		fail_errno(&end, why->op, "%s %s accepts no more files", name_of(p), p->lib.name);
	place_stop(p, &end);
	return -1;
}

bool
place_is_broken(struct place *p, struct fail *why)
{
	bool broken;

	pthread_mutex_lock(&p->lock);
	if ((broken = p->broken.code != FAIL_NONE))
		*why = p->broken;
	pthread_mutex_unlock(&p->lock);
	return broken;
}

int
place_stage(struct place *p, struct packed *packed, struct rec *rec, struct fail *why)
{
	struct scratch *scratch;
	int rc;

	if (place_is_broken(p, why))
		return -1;
	if ((rec->data = job_new(p, why)) == NULL || (scratch = scratch_take(&p->scratch_pool, why)) == NULL)
		return -1;
	rec->meter.parts = p->moves || p->o.readback ? 2 : 1;
	scratch->meter = &rec->meter;
	scratch->packed = packed;
	rc = stage_record(p, scratch, rec->data, rec, why);
	scratch_return(&p->scratch_pool, scratch);
	return rc;
}

int
place_emit(struct place *p, struct rec *rec, enum emit *verdict, struct fail *why)
{
	struct job *job = rec->data;
	struct slice name, own = hidden_own(rec->path.p);

	if (outcome_source(p, rec, job, why) == -1)
		return -1;
	if (job->renamed && !rec_get(rec, "original_name", &name))
		rec_set_path(rec, "original_name", own.p, own.len);
	if (job->outcome == JOB_SKIPPED)
		outcome_place(p, rec, job);
	else
		*verdict = EMIT_HOLD;
	return 0;
}

int
place_commit(struct place *p, struct rec **held, size_t nheld, struct fail *why)
{
	struct jobs jobs = {.p = p, .held = held, .n = nheld};

	if (commit_batch(&jobs, why) == -1)
		return -1;
	for (size_t i = 0; i < nheld; i++) {
		if (held[i]->waits)
			continue;
		outcome_place(p, held[i], held[i]->data);
		mirrors_tell(p, held[i], held[i]->data);
	}
	return 0;
}

void
place_summary(const struct place *p)
{
	kept_summary(&p->kept);
	mirrors_summary(p);
}

void
place_drop(struct rec *rec)
{
	job_free(rec->data);
	rec->data = NULL;
}
