#include "place/commit/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/pathname.h"
#include "file/beneath.h"
#include "file/io.h"
#include "place/name/path.h"

static struct folder *
find(struct tree *t, struct slice path)
{
	if (t->last != NULL && t->last->len == path.len && memcmp(t->last->path, path.p, path.len) == 0)
		return t->last;
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i]->len == path.len && memcmp(t->v[i]->path, path.p, path.len) == 0)
			return t->v[i];
	}
	return NULL;
}

static struct folder *
add(struct tree *t, struct slice path, struct folder *parent, struct fail *why)
{
	struct folder *f = calloc(1, sizeof(*f) + path.len + 1), **v = array_room(t->v, &t->cap, t->n, sizeof(*v));

	if (v != NULL)
		t->v = v;
	if (f == NULL || v == NULL) {
		fail_nomem(why);
		free(f);
		return NULL;
	}
	f->parent = parent;
	f->fd = -1;
	f->len = path.len;
	memcpy(f->path, path.p, path.len);
	t->v[t->n++] = f;
	return f;
}

static int
open_folder(struct tree *t, struct folder *f, bool make, struct fail *why)
{
	f->fd = beneath_open(t->root, f->path, O_RDONLY | O_DIRECTORY);
	if (f->fd == -1 && errno == ENOENT && make && f->parent != NULL) {
		if (mkdirat(f->parent->fd, pathname_last(f->path), 0777) == -1 && errno != EEXIST)
			return fail_errno(why, "mkdir", "%s", f->path);
		spellings_free(f->parent->spellings);
		f->parent->spellings = NULL;
		f->fd = beneath_open(t->root, f->path, O_RDONLY | O_DIRECTORY);
	}
	return f->fd != -1 ? 0 : beneath_fail(why, "open", f->path);
}

/* One step of tree_open(): the parent is there already. */
static struct folder *
step(struct tree *t, struct slice path, struct folder *parent, bool make, struct fail *why)
{
	struct folder *f = find(t, path);

	if (f != NULL)
		return f;
	if ((f = add(t, path, parent, why)) == NULL)
		return NULL;
	if (open_folder(t, f, make, why) == 0)
		return f;
	free(t->v[--t->n]);
	return NULL;
}

struct folder *
tree_open(struct tree *t, struct slice path, bool make, struct fail *why)
{
	struct folder *f = find(t, path);
	size_t end = 0;

	if (f == NULL)
		f = step(t, (struct slice){path.p, 0}, NULL, make, why);
	else
		end = path.len;
	while (f != NULL && end < path.len) {
		end += end > 0;
		while (end < path.len && path.p[end] != '/')
			end++;
		f = step(t, (struct slice){path.p, end}, f, make, why);
	}
	if (f != NULL)
		t->last = f;
	return f;
}

void
tree_touch(struct folder *f)
{
	for (; f != NULL && !f->touched; f = f->parent)
		f->touched = true;
}

const struct spellings *
tree_spellings(struct folder *f, struct fail *why)
{
	if (f->spellings == NULL)
		f->spellings = spellings_new(f->fd, why);
	return f->spellings;
}

void
tree_flush(struct tree *t, size_t i)
{
	struct folder *f = t->v[i];

	if (f->touched && io_sync_folder(f->fd) == -1)
		f->error = errno;
}

int
tree_error(const struct folder *f)
{
	for (; f != NULL; f = f->parent) {
		if (f->error != 0)
			return f->error;
	}
	return 0;
}

void
tree_close(struct tree *t)
{
	for (size_t i = 0; i < t->n; i++) {
		io_close(&t->v[i]->fd);
		spellings_free(t->v[i]->spellings);
		free(t->v[i]);
	}
	free(t->v);
	*t = (struct tree){.root = t->root};
}
