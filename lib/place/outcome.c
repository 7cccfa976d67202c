#include "place/outcome.h"

#include <string.h>

#include "base/json.h"
#include "file/volume.h"
#include "place/place-parts.h"
#include "run/words.h"

static enum word
action(const struct place *p, const struct job *job)
{
	static const enum word done[] = {[JOB_COPY] = ACTION_COPIED,
	    [JOB_CLONE] = ACTION_REFLINKED,
	    [JOB_RENAME] = ACTION_MOVED,
	    [JOB_HARDLINK] = ACTION_HARDLINKED,
	    [JOB_SYMLINK] = ACTION_SYMLINKED};

	switch (job->outcome) {
	case JOB_EXISTS:
		return ACTION_EXISTS;
	case JOB_DUPLICATE:
		return ACTION_DUPLICATE;
	case JOB_SKIPPED:
		return ACTION_SKIPPED;
	default:
		if (p->o.dry_run)
			return ACTION_PLANNED;
		return job->removed ? ACTION_MOVED : done[job->how];
	}
}

static void
add_string(struct buf *out, const char *name, const char *value)
{
	json_comma(out);
	buf_addf(out, "\"%s\":", name);
	json_quote(out, value, strlen(value));
}

static void
add_path(struct buf *out, const char *name, const char *bytes, size_t len)
{
	json_comma(out);
	json_path(out, name, bytes, len);
}

/* What was compared with the record's `hash` on its way is verified too, if less than by reading it again. */
static enum word
verified(const struct place *p, const struct job *job)
{
	if (job->verified == JOB_READBACK)
		return VERIFIED_READBACK;
	if (job->verified == JOB_STREAM || (job->outcome == JOB_PLACED && job->want.mask != 0 && !p->o.dry_run))
		return VERIFIED_STREAM;
	return WORD_NONE;
}

static void
add_time(struct buf *out, const char *key, const struct timespec *t)
{
	buf_addf(out, ",\"%s\":\"", key);
	rec_format_time(out, t);
	buf_addc(out, '"');
}

static void
add_file(struct buf *out, const struct place *p, const struct job *job)
{
	add_string(out, "action", word_text(action(p, job)));
	if (job->outcome != JOB_SKIPPED)
		add_path(out, "to", job->to.p, job->to.len);
	if (verified(p, job) != WORD_NONE)
		add_string(out, "verified", word_text(verified(p, job)));
	if (job->outcome == JOB_EXISTS && !p->o.dry_run)
		add_time(out, "mtime", &job->existing.st_mtim);
}

static void
add_reason(struct buf *out, const struct job *job)
{
	add_string(out, "reason", reason_code(job->reason));
	add_string(out, "message", job->message.len > 0 ? buf_cstr(&job->message) : reason_text(job->reason));
}

static void
add_mirror(struct buf *out, const struct place *p, const struct job *job)
{
	char scratch[16];

	if (!job_good(job)) {
		add_string(out, "reason", fail_name(&job->why, scratch));
		add_string(out, "message", job->why.message);
		return;
	}
	add_file(out, p, job);
	if (job->outcome == JOB_SKIPPED)
		add_reason(out, job);
}

/* One entry for each mirror: what became of the file there, or why it is not there. */
static void
add_mirrors(struct buf *out, const struct job *job)
{
	json_comma(out);
	buf_adds(out, "\"mirrors\":[");
	for (size_t i = 0; i < job->place->nmirrors; i++) {
		const struct job *mirror = job->mirrors[i];
		const struct place *at = mirror->place;

		json_comma(out);
		buf_addc(out, '{');
		add_mirror(out, at, mirror);
		add_path(out, "root", at->o.root, strlen(at->o.root));
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
}

static void
add_root(struct buf *out, const struct place *p, const struct job *job)
{
	const char *root = job->root.len > 0 ? job->root.p : p->o.root;

	add_path(out, "root", root, strlen(root));
}

void
outcome_place(const struct place *p, struct rec *rec, const struct job *job)
{
	struct buf out = {0};

	if (job->why.code != FAIL_NONE)
		rec_fail(rec, p->o.tool, &job->why);
	if (job->outcome == JOB_PENDING || (rec->failed && job->outcome != JOB_PLACED))
		return;
	buf_addc(&out, '{');
	add_file(&out, p, job);
	if (p->moves && !p->o.dry_run && job->outcome != JOB_SKIPPED)
		add_string(&out, "source", word_text(job->removed ? PLACE_SOURCE_REMOVED : PLACE_SOURCE_KEPT));
	if (job->reason != REASON_NONE)
		add_reason(&out, job);
	if (job->outcome != JOB_SKIPPED)
		add_root(&out, p, job);
	if (job_good(job) && job->outcome != JOB_SKIPPED && job->mirrors != NULL)
		add_mirrors(&out, job);
	buf_addc(&out, '}');
	rec_set_json(rec, "place", &out, 0);
	buf_fini(&out);
}

/* Of a member the state is its archive's: by that a later run knows it without reading it. */
static void
add_state(struct buf *out, const struct rec *rec, const struct job *job)
{
	const struct stat *st = job->packed ? &job->archive : &job->st;

	buf_addf(out, ",\"size\":%llu", (unsigned long long)st->st_size);
	add_time(out, "mtime", &st->st_mtim);
	if (job->packed)
		buf_addf(out, ",\"member\":%llu", (unsigned long long)rec->member);
}

int
outcome_source(struct place *p, struct rec *rec, const struct job *job, struct fail *why)
{
	struct volume_place at = {0};
	struct buf out = {0};
	int rc;

	if (job->in_library) /* it keeps the `source` that it came from */
		return 0;
	rec_drop(rec, "source");
	if ((rc = volumes_locate(p->volumes, p->dirfd, rec_file(rec), &at, why)) == 0) {
		buf_addc(&out, '{');
		add_path(&out, "volume", at.volume.p, at.volume.len);
		if (at.label.len > 0)
			add_path(&out, "label", at.label.p, at.label.len);
		add_path(&out, "path", at.below.p, at.below.len);
		add_state(&out, rec, job);
		buf_addc(&out, '}');
		rec_set_json(rec, "source", &out, 0);
	}
	volume_place_fini(&at);
	buf_fini(&out);
	return rc;
}
