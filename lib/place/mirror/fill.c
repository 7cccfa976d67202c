#include "place/mirror/fill.h"

#include <stdlib.h>
#include <string.h>

#include "file/io.h"
#include "place/decide/search.h"
#include "place/name/variant.h"

/* The bytes of a name that the library's file has, or may get, before the place of a number. */
static size_t
stem_of(const struct job *main, struct slice name)
{
	struct slice target = path_split(buf_cstr(&main->target)).name;
	size_t tail = target.len - main->stem;

	if (tail < name.len && memcmp(name.p + name.len - tail, target.p + main->stem, tail) == 0)
		return name.len - tail;
	return variant_stem(name);
}

static int
aim_at(struct job *job, const struct buf *path, struct fail *why)
{
	const struct job *main = job->main;
	size_t room = job->place->lib.name_max;

	buf_clear(&job->target, SIZE_MAX);
	if (buf_add(&job->target, path->p, path->len) == -1)
		return fail_nomem(why);
	job->stem = stem_of(main, path_split(job->target.p).name);
	job->name_max = main->name_max < room ? main->name_max : room;
	return 0;
}

int
fill_target(struct job *job, struct fail *why)
{
	const struct job *main = job->main;

	job->joins = false;
	return aim_at(job, main->root.len > 0 ? &main->target : &main->to, why);
}

/* ---- before the read ---- */

static struct job *
new_job(struct place *mirror, const struct job *main, struct fail *why)
{
	struct job *job = job_new(mirror, why);

	if (job == NULL)
		return NULL;
	job->main = main;
	job->st = main->st;
	job->want = main->want;
	job->companion = main->companion;
	job->tie = main->tie;
	job->leads = main->leads;
	memcpy(job->group, main->group, sizeof(job->group));
	job->how = JOB_COPY;
	return job;
}

/* Whether a file stands at one of the names that may well be it. */
static bool
seems_there(struct scratch *scratch, struct job *job)
{
	struct path at = path_split(job->target.p);
	const struct digests unread = {0};
	struct search q = {.p = job->place,
	    .scratch = scratch,
	    .dirfd = scratch->near.fd,
	    .at = at,
	    .stem = job->stem,
	    .max = job->name_max,
	    .source = &job->st,
	    .content = &unread};
	struct fail ignored;
	enum match match;

	if (scratch->near.path.len != at.folder.len)
		return false;
	match = search_variants(&q, &ignored);
	search_fini(&q);
	return match == MATCH_SIZE || match == MATCH_FILE;
}

static int
begin(struct job *job, const struct buf *expected, struct fail *why)
{
	struct place *mirror = job->place;
	struct scratch *scratch;
	int rc;

	if (mirror->o.dry_run)
		return 0;
	if (aim_at(job, expected, why) == -1)
		return -1;
	if (place_is_broken(mirror, why) || (scratch = scratch_take(&mirror->scratch_pool, why)) == NULL)
		return -1;
	rc = scratch_near(scratch, mirror->lib.fd, path_split(job->target.p).folder, why);
	if (rc == 0 && seems_there(scratch, job))
		job->outcome = JOB_EXISTS;
	else if (rc == 0)
		rc = job_make_temp(job, scratch, why);
	scratch_return(&mirror->scratch_pool, scratch);
	return rc == 0 ? 0 : place_library_failed(mirror, why);
}

int
fill_begin(struct job *job, const struct buf *expected, struct fail *why)
{
	const struct place *p = job->place;
	struct fail failed = {0};

	if ((job->mirrors = calloc(p->nmirrors, sizeof(*job->mirrors))) == NULL)
		return fail_nomem(why);
	for (size_t i = 0; i < p->nmirrors; i++) {
		if ((job->mirrors[i] = new_job(p->mirrors[i], job, why)) == NULL)
			return -1;
		if (begin(job->mirrors[i], expected, &failed) == -1)
			job_fail(job->mirrors[i], &failed);
	}
	return 0;
}

/* ---- the read ---- */

static bool
waits(const struct job *job)
{
	return job_good(job) && job->temp.fd != -1 && job->have.mask == 0;
}

bool
fill_wanted(const struct job *job)
{
	for (size_t i = 0; job->mirrors != NULL && i < job->place->nmirrors; i++) {
		if (waits(job->mirrors[i]))
			return true;
	}
	return false;
}

void
fill_ends(struct fill *fill, const struct job *job, struct copy_ends *ends)
{
	fill->n = 0;
	for (size_t i = 0; job->mirrors != NULL && i < job->place->nmirrors; i++) {
		if (!waits(job->mirrors[i]))
			continue;
		fill->also[fill->n] = (struct copy_also){.to = job->mirrors[i]->temp.fd};
		fill->jobs[fill->n++] = job->mirrors[i];
	}
	ends->also = fill->also;
	ends->nalso = fill->n;
}

static int
keep_filled(struct job *job, struct rec *rec, int from, struct fail *why)
{
	job_keep_metadata(job, rec, from, job->temp.fd);
	if (!job->place->o.sync_each)
		copy_begin_flush(job->temp.fd);
	if (!job->place->o.readback)
		copy_forget(job->temp.fd, job->st.st_size);
	return job_hold_open(job, &job->temp.fd, why);
}

void
fill_done(struct fill *fill, const struct job *job, struct rec *rec, int from)
{
	for (size_t i = 0; i < fill->n; i++) {
		struct job *mirror = fill->jobs[i];
		struct fail *why = &fill->also[i].why;

		mirror->have = job->have;
		if (why->code == FAIL_NONE && keep_filled(mirror, rec, from, why) == 0)
			continue;
		place_library_failed(mirror->place, why);
		temp_drop(&mirror->temp);
		job_fail(mirror, why);
	}
}

/* ---- after it ---- */

static int
fill_from(struct scratch *scratch, struct job *job, int from, struct fail *why)
{
	const struct job *main = job->main;
	const struct digests *content = main->have.mask != 0 ? &main->have : &main->want;
	struct copy_ends ends = {.from = from, .to = job->temp.fd};
	struct digested got;

	if (copy_bytes(scratch, &ends, content->mask | 1u << DIGEST_XXH128, &got, why) == -1)
		return ends.to_failed ? place_library_failed(job->place, why) : -1;
	if (got.bytes != (uint64_t)job->st.st_size || (content->mask != 0 && !digest_equal(content, &got.digests)))
		return fail_set(why, FAIL_VERIFY, "verify", "the library's file of it has other content");
	job->have = got.digests;
	return 0;
}

int
fill_late(struct scratch *scratch, struct job *job, struct rec *rec, struct fail *why)
{
	int from = job_open_to(job->main, false), rc;

	if (from == -1)
		return fail_errno(why, "open", "%s", buf_cstr(&job->main->to));
	if (job_make_temp(job, scratch, why) == -1)
		rc = place_library_failed(job->place, why);
	else if ((rc = fill_from(scratch, job, from, why)) == 0)
		rc = keep_filled(job, rec, from, why);
	io_close(&from);
	if (rc == -1)
		temp_drop(&job->temp);
	return rc;
}
