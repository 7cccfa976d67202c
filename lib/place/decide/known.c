#include "place/decide/known.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "place/content/match.h"
#include "place/name/variant.h"

void
known_remember(struct choice *c, const struct stat *st)
{
	struct job *job = c->job;
	struct fail why = {0};
	uint64_t mark = st != NULL ? match_mark(st) : 0;

	if (!(job->have.mask & 1u << DIGEST_XXH128))
		return;
	if (contents_put(&c->p->contents, job->have.bytes[DIGEST_XXH128], mark, buf_slice(&job->to), &why) == -1)
		place_stop(c->p, &why);
	else
		job->remembered = true;
}

/* Whether what was remembered at job->to, with its mark, is still there: MATCH_FILE, or something else. */
static enum match
look_at_known(struct choice *c, uint64_t mark)
{
	struct job *job = c->job;
	struct path at = path_split(buf_cstr(&job->to));
	struct folder *folder;
	struct digests holds;
	struct fail ignored;

	if (c->p->o.dry_run)
		return MATCH_FILE;
	folder = tree_open(&c->jobs->tree, at.folder, false, &ignored);
	if (folder == NULL || fstatat(folder->fd, at.name.p, &job->existing, AT_SYMLINK_NOFOLLOW) == -1)
		return MATCH_FREE;
	if (S_ISLNK(job->existing.st_mode))
		return job->how == JOB_SYMLINK ? MATCH_FILE : MATCH_OTHER;
	if (!S_ISREG(job->existing.st_mode) || job->existing.st_size != job->st.st_size)
		return MATCH_OTHER;
	if (match_mark(&job->existing) == mark)
		return MATCH_FILE;
	return match_content(
	    c->jobs->scratch, (struct match_at){folder->fd, at.name.p, &job->existing}, &job->have, &holds, c->why);
}

int
known_find(struct choice *c)
{
	struct job *job = c->job;
	struct path known, at = c->q.at;
	enum match match;
	uint64_t mark = 0;
	bool variant;

	if (contents_find(&c->p->contents, job->have.bytes[DIGEST_XXH128], &mark, &job->to, c->why) == -1)
		return -1;
	if (job->to.len == 0)
		return 0;
	if ((match = look_at_known(c, mark)) != MATCH_FILE)
		return match == MATCH_ERROR ? -1 : 0;
	known = path_split(buf_cstr(&job->to));
	variant = slice_same(known.folder, at.folder) &&
		  variant_is(&(struct variant){at.name, c->q.stem, c->q.max}, known.name);
	job->outcome = variant ? JOB_EXISTS : JOB_DUPLICATE;
	job->by_run = true;
	return !c->p->o.dry_run && choice_touch(c) == -1 ? -1 : 1;
}

int
known_where(struct choice *c, const uint8_t xxh128[PATH_KEY], struct buf *path)
{
	struct fail ignored;
	struct folder *folder;
	struct stat st;
	struct path at;
	uint64_t mark = 0;

	if (contents_find(&c->p->contents, xxh128, &mark, path, c->why) == -1)
		return -1;
	if (path->len == 0 || c->p->o.dry_run)
		return path->len > 0;
	at = path_split(buf_cstr(path));
	folder = tree_open(&c->jobs->tree, at.folder, false, &ignored);
	return folder != NULL && fstatat(folder->fd, at.name.p, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       match_mark(&st) == mark;
}
