#include "place/repair/repair.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/beneath.h"
#include "file/io.h"
#include "place/commit/tree.h"
#include "place/name/path.h"
#include "place/repair/swap.h"
#include "place/stage/copy.h"
#include "place/stage/meta.h"

/* One repair. */
struct step {
	const struct repairs *r;
	struct scratch *scratch;
	struct repair *f;
	int bad; /* what has the name, or -1: nothing has */
	/* The copy that is to have it: */
	int from;
	struct temp temp;
	struct digested content;
};

int
repairs_open(struct repairs *r, const char *root, struct fail *why)
{
	int rc;

	scratch_pool_init(&r->scratch_pool, &r->temps);
	if ((r->from_fd = calloc(r->nfrom + 1, sizeof *r->from_fd)) == NULL)
		return fail_nomem(why);
	for (size_t i = 0; i < r->nfrom; i++)
		r->from_fd[i] = openat(r->dirfd, r->from[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < r->nfrom; i++) {
		if (r->from_fd[i] == -1)
			return fail_errno(why, "open", "%s", r->from[i]);
	}
	if (library_open(&r->library, r->dirfd, root, true, why) == -1 || library_lock(&r->library, why) == -1)
		return -1;
	rc = temps_open(&r->temps, r->library.fd, r->library.dcim, r->library.locks, why);
	library_unlock(&r->library);
	return rc;
}

void
repairs_close(struct repairs *r)
{
	if (r->from_fd != NULL)
		scratch_pool_fini(&r->scratch_pool);
	for (size_t i = 0; i < r->nfrom && r->from_fd != NULL; i++)
		io_close(&r->from_fd[i]);
	free(r->from_fd);
	temps_close(&r->temps);
	library_close(&r->library);
}

void
repair_fini(struct repair *f)
{
	buf_fini(&f->from);
	buf_fini(&f->aside);
	buf_fini(&f->lost);
}

/* ---- what is there ---- */

/* Whether a file that is open, and past the page cache, holds what is recorded; one that cannot be read does not. */
static bool
is_good(const struct step *s, int fd)
{
	const struct digests *recorded = &s->f->recorded;
	struct digested now;
	struct fail ignored;
	bool good;

	copy_lock(fd);
	copy_drop_pages(s->scratch, fd, (uint64_t)s->f->st.st_size);
	good = copy_digest(s->scratch, fd, recorded->mask, &now, &ignored) == 0 && digest_equal(&now.digests, recorded);
	copy_unlock(fd);
	return good;
}

/* Open a regular file below a folder; -1 with errno, EINVAL where it is none. */
static int
open_regular(int root, const char *path, struct stat *st)
{
	int fd = beneath_open_plain(root, path, IO_OPEN_ITSELF);

	if (fd == -1 || (fstat(fd, st) == 0 && S_ISREG(st->st_mode)))
		return fd;
	io_close(&fd);
	errno = EINVAL;
	return -1;
}

/* What has the name.  1: *result says all; 0; -1. */
static int
look(struct step *s, enum repair_result *result, struct fail *why)
{
	struct repair *f = s->f;

	s->bad = open_regular(s->r->library.fd, f->path, &f->st);
	if (s->bad == -1 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (s->bad == -1)
		return beneath_fail(why, "open", f->path);
	if (is_good(s, s->bad)) {
		*result = REPAIR_NEEDLESS;
		return 1;
	}
	*result = REPAIR_CHANGED;
	return f->st.st_size != 0 && !state_agrees(&f->noted, &f->st);
}

/* ---- copies ---- */

/* The i-th place where it may be: a descriptor, or -1 where there is nothing that could be it. */
static int
open_place(const struct step *s, size_t i)
{
	const struct repairs *r = s->r;
	struct repair *f = s->f;
	const char *root = i < r->nfrom ? r->from[i] : f->copy_root, *path = i < r->nfrom ? f->path : f->copy;
	struct stat st;
	int root_fd, fd;

	if (root == NULL || path == NULL)
		return -1;
	root_fd = i < r->nfrom ? r->from_fd[i] : scratch_root(s->scratch, r->dirfd, root);
	if (root_fd == -1 || (fd = open_regular(root_fd, path, &st)) == -1)
		return -1;
	if ((s->bad == -1 || !io_same_file(&st, &f->st)) &&
	    (!f->noted.has_size || f->noted.size == (uint64_t)st.st_size)) {
		buf_clear(&f->from, SIZE_MAX);
		buf_addf(&f->from, "%s/%s", root, path);
		return fd;
	}
	io_close(&fd);
	return -1;
}

/* An unfinished file that can be renamed to where it is to be. */
static int
make_temp(struct step *s, struct fail *why)
{
	const struct repairs *r = s->r;
	struct scratch *scratch = s->scratch;
	struct slice folder = path_split(s->f->path).folder;
	struct temps_beside beside;

	if (scratch_near(scratch, r->library.fd, folder, why) == -1)
		return -1;
	beside = (struct temps_beside){scratch->near.fd, buf_cstr(&scratch->near.path)};
	return temp_make(&s->temp, &scratch->temps, &r->temps, scratch->near.dev == r->temps.dev ? NULL : &beside, why);
}

/* Copy from one place: 1, 0 where it has not the recorded content, -1: the library cannot take it. */
static int
copy_from(struct step *s, struct fail *why)
{
	const struct digests *recorded = &s->f->recorded;
	struct copy_ends ends = {.from = s->from};

	if (make_temp(s, why) == -1)
		return -1;
	ends.to = s->temp.fd;
	if (copy_bytes(s->scratch, &ends, recorded->mask, &s->content, why) == 0 &&
	    digest_equal(&s->content.digests, recorded))
		return 1;
	temp_drop(&s->temp);
	return ends.to_failed ? -1 : 0;
}

/* A copy with the recorded content, in an unfinished file: 1; 0: there is none; -1. */
static int
find_copy(struct step *s, struct fail *why)
{
	int rc = 0;

	for (size_t i = 0; i <= s->r->nfrom && rc == 0; i++) {
		if ((s->from = open_place(s, i)) == -1)
			continue;
		if ((rc = copy_from(s, why)) != 1)
			io_close(&s->from);
	}
	return rc;
}

/* Its time is the recorded one; what else there is to keep, it has from the file that had its name. */
static int
finish_copy(struct step *s, struct fail *why)
{
	struct repair *f = s->f;
	int like_fd = s->bad != -1 ? s->bad : s->from;
	struct stat like;
	bool past_cache;

	if (fstat(like_fd, &like) == -1)
		return fail_errno(why, "fstat", "%s", "");
	if (f->noted.has_mtime)
		like.st_mtim = f->noted.mtime;
	meta_keep(
	    like_fd, &like, s->temp.fd, s->bad != -1 ? (long)(like.st_mode & 07777) : META_MODE_DEFAULT, &f->lost);
	if (fsync(s->temp.fd) == -1)
		return fail_errno(why, "fsync", "%s", "");
	if (copy_check(s->scratch, s->temp.fd, &s->content, &past_cache, why) == -1)
		return -1;
	f->from_memory = !past_cache;
	return 0;
}

/* ---- names ---- */

/* 0; 1: another file has the name; -1. */
static int
give_name(struct step *s, const struct folder *folder, struct fail *why)
{
	struct repair *f = s->f;
	struct publish_name from = {s->temp.dirfd, s->temp.name};
	struct path at = path_split(f->path);
	struct swap swap = {.folder = folder->fd, .name = at.name.p, .other = f->st, .weak = s->r->weak};
	int rc;

	if (fstat(s->temp.fd, &swap.own) == -1)
		return fail_errno(why, "fstat", "%s", "");
	if (s->bad != -1)
		rc = swap_in(&swap, from, why);
	else if ((rc = publish_rename(from, (struct publish_name){folder->fd, at.name.p}, s->r->weak, why)) == -1)
		rc = why->code == FAIL_SYSTEM && why->errnum == EEXIST ? 1 : -1;
	if (rc == 0 && s->bad != -1)
		buf_addf(
		    &f->aside, "%.*s%s%s", (int)at.folder.len, at.folder.p, at.folder.len > 0 ? "/" : "", swap.aside);
	if (rc == 0)
		f->st = swap.own;
	return rc;
}

static int
publish(struct step *s, struct fail *why)
{
	struct tree tree = {.root = s->r->library.fd};
	struct folder *folder = tree_open(&tree, path_split(s->f->path).folder, true, why);
	int rc = folder != NULL ? give_name(s, folder, why) : -1;

	if (rc == 0) {
		temp_published(&s->temp);
		tree_touch(folder);
		for (size_t i = 0; i < tree.n; i++)
			tree_flush(&tree, i);
		if ((errno = tree_error(folder)) != 0)
			rc = fail_errno(why, "fsync", "%s", "");
	}
	tree_close(&tree);
	return rc;
}

static int
replace(struct step *s, enum repair_result *result, struct fail *why)
{
	int rc = find_copy(s, why);

	*result = REPAIR_NO_COPY;
	if (rc == 1) {
		*result = REPAIRED;
		if (finish_copy(s, why) == -1)
			rc = -1;
		else if ((rc = publish(s, why)) == 1)
			*result = REPAIR_CHANGED;
	}
	temp_drop(&s->temp);
	io_close(&s->from);
	return rc == -1 ? -1 : 0;
}

int
repair_file(
    const struct repairs *r, struct scratch *scratch, struct repair *f, enum repair_result *result, struct fail *why)
{
	struct step s = {.r = r, .scratch = scratch, .f = f, .bad = -1, .from = -1, .temp = TEMP_NONE};
	int rc = look(&s, result, why);

	if (rc == 0)
		rc = replace(&s, result, why);
	io_close(&s.bad);
	if (f->from.failed || f->aside.failed || f->lost.failed)
		return fail_nomem(why);
	return rc == -1 ? -1 : 0;
}
