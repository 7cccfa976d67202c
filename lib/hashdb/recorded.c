/*
 * A database is opened once and kept: the records of one run were placed in one library.
 */
#include "hashdb/recorded.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "file/folder.h"
#include "file/io.h"
#include "hashdb/hashdb.h"
#include "hashdb/lookup/lookup.h"
#include "hashdb/source.h"

struct recorded {
	const char *file;
	int dirfd;
	struct buf root; /* of the open database, as records name it; empty: none yet */
	int root_fd;
	struct hashdb *db;
	struct lookup *lookup;
	struct buf real_root, path, to;
};

struct recorded *
recorded_new(int dirfd, const char *file)
{
	struct recorded *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->dirfd = dirfd;
	r->file = file;
	r->root_fd = -1;
	return r;
}

static void
close_database(struct recorded *r)
{
	lookup_free(r->lookup);
	hashdb_close(r->db);
	io_close(&r->root_fd);
	r->lookup = NULL;
	r->db = NULL;
}

/* The database of the library that the record was placed in; r->lookup stays NULL where there is none. */
static void
use_database(struct recorded *r, const struct buf *root)
{
	struct hashdb_conf open = {.lock_timeout_s = HASHDB_LOCK_TIMEOUT_S};
	struct fail why;

	if (r->root.len == root->len && memcmp(buf_cstr(&r->root), buf_cstr(root), root->len) == 0)
		return;
	close_database(r);
	buf_clear(&r->root, SIZE_MAX);
	buf_add(&r->root, root->p, root->len);
	if (folder_resolve(r->dirfd, root->p, &r->real_root, &why) == -1)
		return;
	r->root_fd = openat(r->dirfd, r->real_root.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	buf_clear(&r->path, SIZE_MAX);
	if (r->root_fd == -1 || buf_addf(&r->path, "%s/.dcim/hash.db", r->real_root.p) == -1)
		return;
	open.file = r->file != NULL ? r->file : r->path.p;
	if ((r->db = hashdb_open(&open, &why)) == NULL || hashdb_real_root(r->db) == NULL ||
	    strcmp(hashdb_real_root(r->db), r->real_root.p) != 0)
		return;
	r->lookup = lookup_new(r->db, &(struct lookup_conf){0}, &why);
}

const char *
recorded_find(struct recorded *r, const struct rec *rec, struct digests *digests)
{
	struct fail why;

	digests->mask = 0;
	if (!rec_get_path(rec, "place.root", &r->path) || !rec_get_path(rec, "place.to", &r->to))
		return "the record does not say where its copy is";
	use_database(r, &r->path);
	if (r->lookup == NULL)
		return "the library has no database that can be read";
	if (lookup_digests(r->lookup, (struct slice){r->to.p, r->to.len}, digests, &why) == -1 || digests->mask == 0)
		return "its copy is not in the database";
	return NULL;
}

int
recorded_root(const struct recorded *r)
{
	return r->root_fd;
}

const char *
recorded_path(const struct recorded *r)
{
	return buf_cstr(&r->to);
}

bool
recorded_is_first(struct recorded *r, const struct rec *rec)
{
	struct lookup_origin from = {0};
	struct buf volume = {0};
	struct fail why;
	bool first = false;

	if (source_read(rec, &volume, &r->path, &from.size, &from.mtime_ns)) {
		from.volume = buf_slice(&volume);
		from.path = buf_slice(&r->path);
		if (lookup_first(r->lookup, buf_slice(&r->to), &from, &first, &why) == -1)
			first = false;
	}
	buf_fini(&volume);
	return first;
}

void
recorded_free(struct recorded *r)
{
	if (r == NULL)
		return;
	close_database(r);
	buf_fini(&r->root);
	buf_fini(&r->real_root);
	buf_fini(&r->path);
	buf_fini(&r->to);
	free(r);
}
