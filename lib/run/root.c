/*
 * A card that is pulled out fails every file that is still to be read.  So a record that fails makes us look at the
 * folder that all of them lie in: the roots that the program named, and the deepest folder that is common to all paths
 * so far, as it was when it was first seen.  Only the reading thread moves that folder, upwards.
 */
#include <fcntl.h>
#include <string.h>

#include "base/array.h"
#include "base/pathname.h"
#include "base/quote.h"
#include "run/run.h"

static int
add_root(struct run *run, const char *path, bool quiet, struct fail *why)
{
	struct run_root *grown;
	struct volume_folder folder;

	if (volume_folder(AT_FDCWD, path, &folder) == -1)
		return fail_errno(why, "open", "%s", path);
	if ((grown = array_room(run->roots, &run->roots_cap, run->nroots, sizeof *grown)) == NULL)
		return fail_nomem(why);
	run->roots = grown;
	run->roots[run->nroots++] = (struct run_root){path, folder, quiet};
	return 0;
}

int
run_watch_root(struct run *run, const char *path, struct fail *why)
{
	return add_root(run, path, false, why);
}

int
root_watch_whiles(struct run *run, struct fail *why)
{
	for (size_t i = 0; i < run->options.whiles.n; i++) {
		if (add_root(run, run->options.whiles.v[i], true, why) == -1)
			return -1;
	}
	return 0;
}

/* Bytes of the deepest folder, with its slash, that `path` and the first `len` bytes of `folder` share. */
static size_t
shared(const char *folder, size_t len, const char *path)
{
	size_t same = 0;

	for (size_t i = 0; i < len && path[i] == folder[i]; i++) {
		if (path[i] == '/')
			same = i + 1;
	}
	return same;
}

/* Whether these programs open the files that their records name. */
static bool
reads_files(const struct filter *f)
{
	return f->work != NULL && !(f->flags & (FILTER_SINK | FILTER_DRAIN));
}

void
root_learn(struct run *run, const struct rec *rec)
{
	struct run_common *c = &run->common;
	const char *path = rec_file(rec);
	size_t len = pathname_folder(path).len;

	if (c->none || !reads_files(run->f) || (c->seen && strncmp(path, c->folder.p, c->folder.len) == 0))
		return;
	if (c->seen)
		len = shared(c->folder.p, c->folder.len, path);
	pthread_mutex_lock(&run->lock);
	if (!c->seen && len > 0) {
		buf_clear(&c->folder, SIZE_MAX);
		buf_add(&c->folder, path, len);
	} else if (len > 0) {
		c->folder.p[c->folder.len = len] = '\0';
	}
	c->none = len <= 1 || c->folder.failed; /* the whole tree, or the current folder */
	if (!c->none && volume_folder(run->dirfd, c->folder.p, &c->at) == 0)
		c->seen = true;
	pthread_mutex_unlock(&run->lock);
}

/* Into `name` where it has gone. */
static bool
common_has_gone(struct run *run, struct buf *name)
{
	struct run_common *c = &run->common;
	bool gone;

	pthread_mutex_lock(&run->lock);
	gone = c->seen && !c->none && !volume_still(run->dirfd, c->folder.p, &c->at);
	if (gone)
		quote_name(name, c->folder.p, c->folder.len - 1);
	pthread_mutex_unlock(&run->lock);
	return gone;
}

bool
root_left_alone(const struct run *run)
{
	for (size_t i = 0; i < run->nroots; i++) {
		const struct run_root *r = &run->roots[i];

		if (r->quiet && !volume_still(AT_FDCWD, r->path, &r->at))
			return true;
	}
	return false;
}

bool
root_has_gone(struct run *run)
{
	struct buf name = {0};
	struct fail why = {0};
	unsigned long long done = atomic_load(&run->done);
	bool gone = false;

	for (size_t i = 0; i < run->nroots && !gone; i++) {
		const struct run_root *r = &run->roots[i];

		if (!(gone = !volume_still(AT_FDCWD, r->path, &r->at)))
			continue;
		if (r->quiet) {
			run->left_alone = true;
			stream_end_input(run);
			return true;
		}
		quote_name(&name, r->path, strlen(r->path));
	}
	if (gone || (gone = common_has_gone(run, &name))) {
		fail_set(&why, FAIL_INPUT, "root", "%s has gone, after %llu record%s", buf_cstr(&name), done,
		    done == 1 ? "" : "s");
		run_stop(run, &why);
	}
	buf_fini(&name);
	return gone;
}
