/*
 * A database is opened once and kept: the records of one run were placed in one library.
 */
#include "hashdb/removal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "hashdb/hashdb.h"
#include "hashdb/lookup.h"
#include "hashdb/relpath.h"

struct removal {
	const char *file;
	int dirfd;
	struct buf root; /* of the open database, as records name it; empty: none yet */
	struct hashdb *db;
	struct lookup *lookup;
	struct buf real_root, path, to;
};

struct removal *
removal_new(int dirfd, const char *file)
{
	struct removal *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->dirfd = dirfd;
	r->file = file;
	return r;
}

static void
close_database(struct removal *r)
{
	lookup_free(r->lookup);
	hashdb_close(r->db);
	r->lookup = NULL;
	r->db = NULL;
}

/* The database of the library that the record was placed in; r->lookup stays NULL where there is none. */
static void
use_database(struct removal *r, const struct buf *root)
{
	struct hashdb_conf open = { .lock_timeout_s = HASHDB_LOCK_TIMEOUT_S };
	struct fail why;

	if (r->root.len == root->len && memcmp(buf_cstr(&r->root), buf_cstr(root), root->len) == 0)
		return;
	close_database(r);
	buf_clear(&r->root, SIZE_MAX);
	buf_add(&r->root, root->p, root->len);
	if (relpath_folder(r->dirfd, root->p, &r->real_root, &why) == -1)
		return;
	buf_clear(&r->path, SIZE_MAX);
	if (buf_addf(&r->path, "%s/.dcim/hash.db", r->real_root.p) == -1)
		return;
	open.file = r->file != NULL ? r->file : r->path.p;
	if ((r->db = hashdb_open(&open, &why)) == NULL || hashdb_real_root(r->db) == NULL ||
	    strcmp(hashdb_real_root(r->db), r->real_root.p) != 0)
		return;
	r->lookup = lookup_new(r->db, false, &why);
}

/* Why the library's copy is not enough, or NULL. */
static const char *
doubt_copy(struct removal *r, const struct rec *rec, struct stat *copy)
{
	struct digests mine = { 0 }, recorded = { 0 };
	struct slice hash;
	struct fail why;
	uint64_t size;

	if (!rec_get(rec, "hash", &hash) || digest_read_json(hash, &mine, &why) == -1 || rec_is(rec, "db.by", "source"))
		return "its content was not read in this run";
	if (!rec_is(rec, "place.verified", "readback"))
		return "its copy was not read back";
	if (!rec_get_path(rec, "place.root", &r->path) || !rec_get_path(rec, "place.to", &r->to))
		return "the record does not say where its copy is";
	use_database(r, &r->path);
	if (r->lookup == NULL)
		return "the library has no database that can be read";
	if (lookup_digests(r->lookup, (struct slice){ r->to.p, r->to.len }, &recorded, &why) == -1 ||
	    !digest_equal(&mine, &recorded))
		return "its copy is not in the database";
	buf_clear(&r->path, SIZE_MAX);
	if (buf_addf(&r->path, "%s/%s", r->real_root.p, r->to.p) == -1 || stat(r->path.p, copy) == -1 ||
	    !S_ISREG(copy->st_mode) || !rec_get_u64(rec, "size", &size) || (uint64_t)copy->st_size != size)
		return "its copy is not in its place";
	return NULL;
}

/* Why the source is not what was copied, or NULL. */
static const char *
doubt_source(const struct removal *r, const struct rec *rec, const struct stat *copy)
{
	struct timespec mtime;
	struct slice text;
	struct stat st;
	uint64_t size;

	if (fstatat(r->dirfd, rec->path.p, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return "it is not there";
	if (!S_ISREG(st.st_mode))
		return "it is a link";
	if (st.st_dev == copy->st_dev && st.st_ino == copy->st_ino)
		return "it and its copy are one file";
	if (!rec_get_u64(rec, "size", &size) || (uint64_t)st.st_size != size || !rec_get(rec, "mtime", &text) ||
	    !rec_parse_time(text, &mtime) || mtime.tv_sec != st.st_mtim.tv_sec || mtime.tv_nsec != st.st_mtim.tv_nsec)
		return "it has changed since it was read";
	return NULL;
}

const char *
removal_doubt(struct removal *r, const struct rec *rec)
{
	struct stat copy;
	const char *doubt = doubt_copy(r, rec, &copy);

	return doubt != NULL ? doubt : doubt_source(r, rec, &copy);
}

void
removal_free(struct removal *r)
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
