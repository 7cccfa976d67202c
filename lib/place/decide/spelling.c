#include "place/decide/spelling.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "place/name/spellings.h"

/* Append how `folder` spells a name that led to something in it. */
static int
add_spelling(struct choice *c, struct folder *folder, const char *name, struct buf *out)
{
	const struct spellings *spellings;
	struct stat st;

	if (fstatat(folder->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (c->p->lib.folds || spellings_suspects(folder->fd, name, &st))) {
		if ((spellings = tree_spellings(folder, c->why)) == NULL)
			return -1;
		name = spellings_find(spellings, folder->fd, name, &st);
	}
	return buf_adds(out, name) == -1 ? fail_nomem(c->why) : 0;
}

/* The same for the names of the folder itself, in place of what is in `out`. */
static int
add_folders(struct choice *c, struct buf *out)
{
	struct slice path = c->q.at.folder;
	struct buf name = {0};
	int rc = 0;

	buf_clear(out, SIZE_MAX);
	for (size_t from = 0, to; from < path.len && rc == 0; from = to + 1) {
		struct folder *above =
		    tree_open(&c->jobs->tree, (struct slice){path.p, from > 0 ? from - 1 : 0}, false, c->why);

		for (to = from; to < path.len && path.p[to] != '/';)
			to++;
		buf_clear(&name, SIZE_MAX);
		if (above == NULL)
			rc = -1;
		else if (buf_add(&name, path.p + from, to - from) == -1)
			rc = fail_nomem(c->why);
		else if ((rc = add_spelling(c, above, name.p, out)) == 0)
			buf_addc(out, '/');
	}
	buf_fini(&name);
	return rc;
}

int
spelling_set(struct choice *c, bool there)
{
	struct buf *to = &c->job->to;
	struct path folder = {.folder = c->q.at.folder, .name = {"", 0}};

	if (c->folder == NULL || (!there && !c->p->lib.folds))
		return job_set_to(c->job, search_path(&c->q), c->why);
	if ((c->p->lib.folds ? add_folders(c, to) : job_set_to(c->job, folder, c->why)) == -1)
		return -1;
	if (there)
		return add_spelling(c, c->folder, c->q.name.p, to);
	return buf_add(to, c->q.name.p, c->q.name.len) == -1 ? fail_nomem(c->why) : 0;
}
