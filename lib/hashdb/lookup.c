/*
 * A card is asked about file by file, but its files come folder by folder: all that is known of a folder is read at
 * once, and the answers come from memory, until a file of another folder is asked for.  That is what makes the second
 * import of a card cheap.  A folder with too many rows is asked about one by one.
 */
#include "hashdb/lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hashdb/sql.h"
#include "run/io.h"

#define FOLDER_ROWS 4096
#define FOLDER_BYTES (512u << 10)

enum statement { BY_HASH, BY_PATH, FIND_VOLUME, FOLDER, ONE_SOURCE, STATEMENTS };

#define SOURCE "SELECT s.path, s.size, s.mtime, s.file, f.path, f.size, f.deleted FROM source AS s" \
	       " LEFT JOIN file AS f ON f.id = s.file WHERE s.seq <= ?1 AND s.volume = ?2"

static const char *const texts[STATEMENTS] = {
	[BY_HASH] = "SELECT f.path, f.size, f.deleted, f.hash FROM digest AS d CROSS JOIN file AS f ON f.id = d.file"
		    " WHERE d.prefix = ?2 AND f.seq <= ?1",
	[BY_PATH] = "SELECT size, mtime, hash, id FROM file WHERE path = ?1 AND deleted IS NULL",
	[FIND_VOLUME] = "SELECT id FROM volume WHERE name = ?1",
	[FOLDER] = SOURCE " AND s.path >= ?3 AND s.path < ?4",
	[ONE_SOURCE] = SOURCE " AND s.path = ?3 AND s.size = ?4 AND s.mtime = ?5",
};

/* One row of SOURCE; texts are offsets into the folder's bytes. */
struct source {
	size_t name, name_len, path, path_len;
	int64_t size, mtime_ns, file_size;
	bool skipped, deleted, has_file_size;
};

struct lookup {
	struct hashdb *db;
	struct sql *sql;
	sqlite3_stmt *stmt[STATEMENTS];
	int64_t seq;
	int root; /* -1: offline */
	struct buf volume;
	int64_t volume_id; /* -1: not known to the database */
	struct buf folder, after; /* with its slash; the first path behind all that begin with it */
	bool folder_whole;        /* sources holds all of it */
	struct source *sources;
	size_t nsources, cap;
	struct buf bytes;
};

struct lookup *
lookup_new(struct hashdb *db, bool offline, struct fail *why)
{
	struct lookup *l = calloc(1, sizeof *l);

	if (l == NULL) {
		fail_nomem(why);
		return NULL;
	}
	l->db = db;
	l->sql = hashdb_sql(db);
	l->seq = (int64_t)hashdb_seq(db);
	l->root = -1;
	l->volume_id = -1;
	for (int i = 0; i < STATEMENTS; i++)
		if ((l->stmt[i] = sql_prepare(l->sql, texts[i], why)) == NULL)
			goto failed;
	if (offline)
		return l;
	if (hashdb_real_root(db) != NULL)
		l->root = open(hashdb_real_root(db), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->root != -1)
		return l;
	hashdb_no_root(db, why);
failed:
	lookup_free(l);
	return NULL;
}

void
lookup_free(struct lookup *l)
{
	if (l == NULL)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(l->stmt[i]);
	io_close(&l->root);
	buf_fini(&l->volume);
	buf_fini(&l->folder);
	buf_fini(&l->after);
	buf_fini(&l->bytes);
	free(l->sources);
	free(l);
}

static int
set_path(struct buf *path, struct slice to, struct fail *why)
{
	buf_clear(path, SIZE_MAX);
	return buf_add(path, to.p, to.len) == -1 ? fail_nomem(why) : 0;
}

/* Whether a recorded file is there, as far as a look at its size can tell.  A NUL in a path is in no real one. */
static bool
is_there(const struct lookup *l, const struct buf *path, bool has_size, int64_t size)
{
	struct stat st;

	if (l->root == -1)
		return true;
	return fstatat(l->root, path->p, &st, 0) == 0 && S_ISREG(st.st_mode) && (!has_size || st.st_size == size);
}

/* ---- by content ---- */

static uint64_t
prefix_of(const struct digests *d, digest_mask algorithms)
{
	uint64_t prefix = 0;
	int a = 0;

	while (!(algorithms & 1u << a))
		a++;
	for (int i = 0; i < 8; i++)
		prefix = prefix << 8 | d->bytes[a][i];
	return prefix;
}

/* One row whose digest begins alike.  A file that is there ends the search: 1; else 0 or -1. */
static int
take_hash_row(struct lookup *l, const struct digests *d, enum lookup_status *status, struct buf *path,
    struct fail *why)
{
	sqlite3_stmt *stmt = l->stmt[BY_HASH];
	struct digests recorded = { 0 };
	struct buf candidate = { 0 };
	int64_t size, deleted;
	bool has_size;
	int rc = 0;

	if (digest_read_json(sql_column(stmt, 3), &recorded, why) == -1)
		return fail_set(why, FAIL_FORMAT, "database", "%s: the database is damaged: a hash is none",
		    l->sql->name);
	if (!digest_equal(d, &recorded))
		return 0;
	if (sql_column_int(stmt, 2, &deleted)) {
		if (*status == LOOKUP_NEW) {
			*status = LOOKUP_DELETED;
			rc = set_path(path, sql_column(stmt, 0), why);
		}
		return rc;
	}
	has_size = sql_column_int(stmt, 1, &size);
	if (set_path(&candidate, sql_column(stmt, 0), why) == -1)
		return -1;
	if (is_there(l, &candidate, has_size, size)) {
		*status = LOOKUP_KNOWN;
		rc = 1;
	} else if (*status != LOOKUP_MISSING) {
		*status = LOOKUP_MISSING;
	} else {
		buf_fini(&candidate);
		return 0;
	}
	buf_fini(path);
	*path = candidate;
	return rc;
}

int
lookup_hash(struct lookup *l, const struct digests *d, enum lookup_status *status, struct buf *path, struct fail *why)
{
	sqlite3_stmt *stmt = l->stmt[BY_HASH];
	digest_mask algorithms = hashdb_algorithms(l->db);
	int rc, found = 0;

	*status = LOOKUP_NEW;
	buf_clear(path, SIZE_MAX);
	if (l->seq == 0 || algorithms == 0)
		return 0;
	if (hashdb_require(l->db, d->mask, why) == -1)
		return -1;
	sqlite3_bind_int64(stmt, 1, l->seq);
	sqlite3_bind_int64(stmt, 2, (int64_t)prefix_of(d, algorithms));
	while (found == 0 && (rc = sql_step(l->sql, stmt, why)) != 0)
		found = rc == -1 ? -1 : take_hash_row(l, d, status, path, why);
	sqlite3_reset(stmt);
	return found == -1 ? -1 : 0;
}

/* ---- by source ---- */

static int
find_volume(struct lookup *l, struct slice volume, struct fail *why)
{
	sqlite3_stmt *stmt = l->stmt[FIND_VOLUME];
	int rc;

	if (l->volume.len == volume.len && memcmp(l->volume.p, volume.p, volume.len) == 0)
		return 0;
	buf_clear(&l->folder, SIZE_MAX);
	l->volume_id = -1;
	if (set_path(&l->volume, volume, why) == -1)
		return -1;
	sql_bind_text(stmt, 1, volume);
	rc = sql_step(l->sql, stmt, why);
	if (rc == 1)
		l->volume_id = sqlite3_column_int64(stmt, 0);
	else if (rc == -1)
		buf_clear(&l->volume, SIZE_MAX); /* no answer: the next record asks again */
	sqlite3_reset(stmt);
	return rc == -1 ? -1 : 0;
}

static size_t
add_bytes(struct lookup *l, struct slice s)
{
	size_t at = l->bytes.len;

	buf_add(&l->bytes, s.p, s.len);
	return at;
}

/* The row that `stmt` stands on; its name is what follows the first `skip` bytes of its path. */
static int
add_source(struct lookup *l, sqlite3_stmt *stmt, size_t skip, struct fail *why)
{
	size_t cap = l->cap == 0 ? 64 : l->cap * 2;
	struct slice name = sql_column(stmt, 0), path = sql_column(stmt, 4);
	struct source *s;
	int64_t n;

	if (l->nsources == l->cap) {
		if ((s = realloc(l->sources, cap * sizeof *s)) == NULL)
			return fail_nomem(why);
		l->sources = s;
		l->cap = cap;
	}
	s = &l->sources[l->nsources++];
	name = (struct slice){ name.p + skip, name.len - skip };
	*s = (struct source){ .name_len = name.len, .path_len = path.len };
	s->name = add_bytes(l, name);
	s->path = add_bytes(l, path);
	buf_addc(&l->bytes, '\0');
	s->size = sqlite3_column_int64(stmt, 1);
	s->mtime_ns = sqlite3_column_int64(stmt, 2);
	s->skipped = !sql_column_int(stmt, 3, &n);
	s->has_file_size = sql_column_int(stmt, 5, &s->file_size);
	s->deleted = sql_column_int(stmt, 6, &n);
	return l->bytes.failed ? fail_nomem(why) : 0;
}

static bool
in_folder(const struct lookup *l, sqlite3_stmt *stmt)
{
	struct slice path = sql_column(stmt, 0);

	return path.len > l->folder.len && memchr(path.p + l->folder.len, '/', path.len - l->folder.len) == NULL;
}

static void
clear_sources(struct lookup *l)
{
	l->nsources = 0;
	buf_clear(&l->bytes, FOLDER_BYTES);
}

/* All that is known of l->folder, if it is not too much. */
static int
read_folder(struct lookup *l, struct fail *why)
{
	sqlite3_stmt *stmt = l->stmt[FOLDER];
	size_t seen = 0;
	int rc, added = 0;

	clear_sources(l);
	sqlite3_bind_int64(stmt, 1, l->seq);
	sqlite3_bind_int64(stmt, 2, l->volume_id);
	sql_bind_blob(stmt, 3, (struct slice){ l->folder.p, l->folder.len });
	sql_bind_blob(stmt, 4, (struct slice){ l->after.p, l->after.len });
	while (added == 0 && (rc = sql_step(l->sql, stmt, why)) != 0) {
		if (rc == -1 || ++seen > FOLDER_ROWS || l->bytes.len > FOLDER_BYTES)
			break;
		if (in_folder(l, stmt))
			added = add_source(l, stmt, l->folder.len, why);
	}
	sqlite3_reset(stmt);
	if (rc == -1 || added == -1)
		return -1;
	l->folder_whole = rc == 0;
	return 0;
}

/* The path's folder with its slash, and the rows of it. */
static int
take_folder(struct lookup *l, struct slice below, size_t len, struct fail *why)
{
	if (l->folder.p != NULL && l->folder.len == len && memcmp(l->folder.p, below.p, len) == 0 && l->after.len > 0)
		return 0;
	if (set_path(&l->folder, (struct slice){ below.p, len }, why) == -1)
		return -1;
	buf_clear(&l->after, SIZE_MAX);
	if (len > 0) {
		buf_add(&l->after, below.p, len - 1);
		buf_addc(&l->after, '/' + 1);
	} else {
		buf_adds(&l->after, "\xff\xff\xff\xff"); /* behind any name there is */
	}
	if (l->after.failed)
		fail_nomem(why);
	else if (read_folder(l, why) == 0)
		return 0;
	buf_clear(&l->after, SIZE_MAX); /* what was read of it is no answer for the next record */
	return -1;
}

static int
read_one(struct lookup *l, struct slice below, size_t folder_len, const struct stat *st, int64_t mtime_ns,
    struct fail *why)
{
	sqlite3_stmt *stmt = l->stmt[ONE_SOURCE];
	int rc;

	clear_sources(l);
	sqlite3_bind_int64(stmt, 1, l->seq);
	sqlite3_bind_int64(stmt, 2, l->volume_id);
	sql_bind_blob(stmt, 3, below);
	sqlite3_bind_int64(stmt, 4, st->st_size);
	sqlite3_bind_int64(stmt, 5, mtime_ns);
	if ((rc = sql_step(l->sql, stmt, why)) == 1)
		rc = add_source(l, stmt, folder_len, why);
	sqlite3_reset(stmt);
	return rc;
}

/* The first row whose name is not less than this. */
static size_t
first_named(const struct lookup *l, struct slice name)
{
	size_t low = 0, high = l->nsources;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct source *s = &l->sources[mid];
		size_t len = s->name_len < name.len ? s->name_len : name.len;
		int order = memcmp(l->bytes.p + s->name, name.p, len);

		if (order < 0 || (order == 0 && s->name_len < name.len))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct source *
find_source(const struct lookup *l, struct slice name, int64_t size, int64_t mtime_ns)
{
	for (size_t i = first_named(l, name); i < l->nsources; i++) {
		const struct source *s = &l->sources[i];

		if (s->name_len != name.len || memcmp(l->bytes.p + s->name, name.p, name.len) != 0)
			break;
		if (s->size == size && s->mtime_ns == mtime_ns)
			return s;
	}
	return NULL;
}

static int
judge_source(const struct lookup *l, const struct source *s, bool skipped, enum lookup_status *status,
    struct buf *path, struct fail *why)
{
	if (s->skipped) {
		*status = skipped ? LOOKUP_KNOWN : LOOKUP_NEW;
		return 0;
	}
	if (s->path_len == 0) /* the file was taken back */
		return 0;
	if (set_path(path, (struct slice){ l->bytes.p + s->path, s->path_len }, why) == -1)
		return -1;
	if (s->deleted)
		*status = LOOKUP_DELETED;
	else
		*status = is_there(l, path, s->has_file_size, s->file_size) ? LOOKUP_KNOWN : LOOKUP_MISSING;
	return 0;
}

static bool
mtime_of(const struct stat *st, int64_t *ns)
{
	return !__builtin_mul_overflow((int64_t)st->st_mtim.tv_sec, INT64_C(1000000000), ns) &&
	    !__builtin_add_overflow(*ns, (int64_t)st->st_mtim.tv_nsec, ns);
}

int
lookup_source(struct lookup *l, struct slice volume, struct slice below, const struct stat *st, bool skipped,
    enum lookup_status *status, struct buf *path, struct fail *why)
{
	const char *slash = memrchr(below.p, '/', below.len);
	size_t folder_len = slash != NULL ? (size_t)(slash - below.p) + 1 : 0;
	struct slice name = { below.p + folder_len, below.len - folder_len };
	const struct source *s;
	int64_t mtime_ns;

	*status = LOOKUP_NEW;
	buf_clear(path, SIZE_MAX);
	if (l->seq == 0 || !mtime_of(st, &mtime_ns))
		return 0;
	if (find_volume(l, volume, why) == -1)
		return -1;
	if (l->volume_id == -1)
		return 0;
	if (take_folder(l, below, folder_len, why) == -1)
		return -1;
	if (!l->folder_whole && read_one(l, below, folder_len, st, mtime_ns, why) == -1)
		return -1;
	s = find_source(l, name, st->st_size, mtime_ns);
	return s != NULL ? judge_source(l, s, skipped, status, path, why) : 0;
}

/* ---- by path ---- */

int
lookup_path(struct lookup *l, struct slice below, const struct stat *st, enum lookup_status *status,
    struct buf *path, struct fail *why)
{
	sqlite3_stmt *stmt = l->stmt[BY_PATH];
	int64_t size, mtime, now;
	int rc;

	*status = LOOKUP_NEW;
	buf_clear(path, SIZE_MAX);
	sql_bind_blob(stmt, 1, below);
	rc = sql_step(l->sql, stmt, why);
	if (rc == 1 && sqlite3_column_int64(stmt, 3) <= l->seq) {
		if (sql_column_int(stmt, 0, &size) && size == st->st_size && sql_column_int(stmt, 1, &mtime) &&
		    mtime_of(st, &now) && mtime == now)
			*status = LOOKUP_KNOWN;
		rc = set_path(path, below, why);
	}
	sqlite3_reset(stmt);
	return rc == -1 ? -1 : 0;
}

int
lookup_digests(struct lookup *l, struct slice below, struct digests *out, struct fail *why)
{
	sqlite3_stmt *stmt = l->stmt[BY_PATH];
	int rc;

	out->mask = 0;
	sql_bind_blob(stmt, 1, below);
	if ((rc = sql_step(l->sql, stmt, why)) == 1)
		rc = digest_read_json(sql_column(stmt, 2), out, why);
	sqlite3_reset(stmt);
	return rc;
}
