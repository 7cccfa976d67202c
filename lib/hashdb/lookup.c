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

#include "hash/state.h"
#include "hashdb/sql.h"
#include "hashdb/values.h"
#include "run/io.h"

#define FOLDER_ROWS 4096
#define FOLDER_BYTES (512u << 10)

enum statement { BY_HASH, BY_PATH, FIND_VOLUME, FOLDER, ONE_SOURCE, STATEMENTS };

#define SOURCE                                            \
	"SELECT " SOURCE_COLUMNS("s.") ", " FILE_COLUMNS( \
	    "f.") " FROM source AS s"                     \
		  " LEFT JOIN file AS f ON f.id = s.file WHERE s.volume = ?1"

static const char *const texts[STATEMENTS] = {
	[BY_HASH] = "SELECT " FILE_COLUMNS("f.") " FROM digest AS d LEFT JOIN file AS f ON f.id = d.file"
						 " WHERE d.prefix = ?1",
	[BY_PATH] = "SELECT " FILE_COLUMNS("") " FROM file WHERE path = ?1 AND deleted IS NULL",
	[FIND_VOLUME] = "SELECT " VOLUME_COLUMNS " FROM volume WHERE name = ?1",
	[FOLDER] = SOURCE " AND s.path >= ?2 AND s.path < ?3",
	[ONE_SOURCE] = SOURCE " AND s.path = ?2 AND s.size = ?3 AND s.mtime = ?4",
};

/* What is recorded of a file. */
struct state {
	bool deleted, mismatch, has_size, has_mtime;
	int64_t size, mtime_ns;
};

/* One row of SOURCE; texts are offsets into the folder's bytes. */
struct source {
	size_t name, name_len, path, path_len; /* path_len 0: the file was taken back */
	int64_t size, mtime_ns;
	bool skipped, first;
	struct state file;
};

struct lookup {
	struct hashdb *db;
	struct sql *sql;
	sqlite3_stmt *stmt[STATEMENTS];
	int64_t seq;
	int root; /* -1: offline */
	struct buf volume;
	int64_t volume_id;        /* -1: not known to the database */
	struct buf folder, after; /* with its slash; the first path behind all that begin with it */
	bool folder_whole;        /* sources holds all of it */
	struct buf last;          /* the last path that was read of it */
	struct source *sources;
	size_t nsources, cap;
	struct buf bytes;
	int64_t one_seq; /* of the row that read_one() read */
	struct buf candidate;
};

/* As SOURCE has it. */
struct row {
	struct value source[SOURCE_VALUES], file[FILE_VALUES];
	bool has_file;
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
	buf_fini(&l->last);
	buf_fini(&l->bytes);
	buf_fini(&l->candidate);
	free(l->sources);
	free(l);
}

static int
set_path(struct buf *path, struct slice to, struct fail *why)
{
	buf_clear(path, SIZE_MAX);
	return buf_add(path, to.p, to.len) == -1 ? fail_nomem(why) : 0;
}

static struct state
state_of(const struct value *file)
{
	return (struct state){ .deleted = file[FILE_DELETED].kind == VALUE_INT,
		.mismatch = file[FILE_MISMATCH].kind != VALUE_NULL,
		.has_size = file[FILE_SIZE].kind == VALUE_INT,
		.size = file[FILE_SIZE].n,
		.has_mtime = file[FILE_MTIME].kind == VALUE_INT,
		.mtime_ns = file[FILE_MTIME].n };
}

static bool
same_state(const struct state *s, const struct stat *st)
{
	struct timespec mtime;

	rec_time_of_ns(s->mtime_ns, &mtime);
	return (!s->has_size || s->size == st->st_size) && (!s->has_mtime || state_same_time(&mtime, &st->st_mtim));
}

/* What a recorded file is good for, as far as a look at it tells.  A NUL in a path is in no real one. */
static enum lookup_status
judge(const struct lookup *l, const char *path, const struct state *s)
{
	struct stat st;

	if (s->deleted)
		return LOOKUP_DELETED;
	if (l->root == -1)
		return s->mismatch ? LOOKUP_DAMAGED : LOOKUP_KNOWN;
	if (fstatat(l->root, path, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return LOOKUP_MISSING;
	return !S_ISREG(st.st_mode) || s->mismatch || !same_state(s, &st) ? LOOKUP_DAMAGED : LOOKUP_KNOWN;
}

/* ---- by content ---- */

/* Of two things to say of a content, whether the first says more. */
static bool
outranks(enum lookup_status a, enum lookup_status b)
{
	static const int ranks[] = {
		[LOOKUP_NEW] = 0, [LOOKUP_DELETED] = 1, [LOOKUP_MISSING] = 2, [LOOKUP_DAMAGED] = 3, [LOOKUP_KNOWN] = 4
	};

	return ranks[a] > ranks[b];
}

/* One row whose digest begins alike: what it says, if that is more than is known.  0 or -1. */
static int
take_hash_row(struct lookup *l, const struct digests *d, enum lookup_status *status, struct buf *path, struct fail *why)
{
	enum digest_algorithm index = hashdb_index(l->db);
	struct value file[FILE_VALUES];
	struct digests recorded = { 0 };
	struct state state;
	enum lookup_status said;

	if (values_read(l->sql, l->stmt[BY_HASH], 0, TABLE_FILE, file, why) == -1)
		return -1;
	if (digest_read_json(file[FILE_HASH].bytes, &recorded, why) == -1 || !(recorded.mask & 1u << index) ||
	    digest_prefix(&recorded, index) != digest_prefix(d, index))
		return sql_damaged(l->sql, why, "a row of table digest names another file");
	if (file[FILE_SEQ].n > l->seq || !digest_equal(d, &recorded))
		return 0;
	state = state_of(file);
	if (set_path(&l->candidate, file[FILE_PATH].bytes, why) == -1)
		return -1;
	said = judge(l, buf_cstr(&l->candidate), &state);
	if (!outranks(said, *status))
		return 0;
	*status = said;
	return set_path(path, file[FILE_PATH].bytes, why);
}

int
lookup_hash(struct lookup *l, const struct digests *d, enum lookup_status *status, struct buf *path, struct fail *why)
{
	sqlite3_stmt *stmt = l->stmt[BY_HASH];
	enum digest_algorithm index = hashdb_index(l->db);
	int rc = 0, taken = 0;

	*status = LOOKUP_NEW;
	buf_clear(path, SIZE_MAX);
	if (l->seq == 0 || index == DIGEST_COUNT)
		return 0;
	if (!(d->mask & 1u << index))
		return fail_set(why, FAIL_INPUT, "hash", "the database finds files by their %s: use file-hash -a %s",
		    digest_name(index), digest_name(index));
	sqlite3_bind_int64(stmt, 1, digest_prefix(d, index));
	while (taken == 0 && *status != LOOKUP_KNOWN && (rc = sql_step(l->sql, stmt, why)) == 1)
		taken = take_hash_row(l, d, status, path, why);
	sqlite3_reset(stmt);
	return taken == -1 || rc == -1 ? -1 : 0;
}

/* ---- by source ---- */

static int
find_volume(struct lookup *l, struct slice volume, struct fail *why)
{
	sqlite3_stmt *stmt = l->stmt[FIND_VOLUME];
	struct value v[VOLUME_VALUES];
	int rc;

	if (l->volume.len == volume.len && memcmp(l->volume.p, volume.p, volume.len) == 0)
		return 0;
	buf_clear(&l->folder, SIZE_MAX);
	l->volume_id = -1;
	if (set_path(&l->volume, volume, why) == -1)
		return -1;
	sql_bind_text(stmt, 1, volume);
	rc = sql_step(l->sql, stmt, why);
	if (rc == 1 && (rc = values_read(l->sql, stmt, 0, TABLE_VOLUME, v, why)) == 0)
		l->volume_id = v[VOLUME_ID].n;
	if (rc == -1)
		buf_clear(&l->volume, SIZE_MAX); /* no answer: the next record asks again */
	sqlite3_reset(stmt);
	return rc;
}

static size_t
add_bytes(struct lookup *l, struct slice s)
{
	size_t at = l->bytes.len;

	buf_add(&l->bytes, s.p, s.len);
	return at;
}

/* A row; its name is what follows the first `skip` bytes of its path. */
static int
add_source(struct lookup *l, const struct row *row, size_t skip, struct fail *why)
{
	size_t cap = l->cap == 0 ? 64 : l->cap * 2;
	struct slice name = row->source[SOURCE_PATH].bytes;
	struct source *s;

	if (l->nsources == l->cap) {
		if ((s = realloc(l->sources, cap * sizeof *s)) == NULL)
			return fail_nomem(why);
		l->sources = s;
		l->cap = cap;
	}
	s = &l->sources[l->nsources++];
	name = (struct slice){ name.p + skip, name.len - skip };
	*s = (struct source){ .name_len = name.len,
		.size = row->source[SOURCE_SIZE].n,
		.mtime_ns = row->source[SOURCE_MTIME].n,
		.skipped = row->source[SOURCE_FILE].kind == VALUE_NULL,
		.first = row->source[SOURCE_FIRST].n != 0 };
	s->name = add_bytes(l, name);
	if (row->has_file) {
		s->path_len = row->file[FILE_PATH].bytes.len;
		s->path = add_bytes(l, row->file[FILE_PATH].bytes);
		buf_addc(&l->bytes, '\0');
		s->file = state_of(row->file);
	}
	return l->bytes.failed ? fail_nomem(why) : 0;
}

/* The row that `stmt` stands on. */
static int
read_row(struct lookup *l, sqlite3_stmt *stmt, struct row *row, struct fail *why)
{
	if (values_read(l->sql, stmt, 0, TABLE_SOURCE, row->source, why) == -1)
		return -1;
	row->has_file = sqlite3_column_type(stmt, SOURCE_VALUES + 1 + FILE_ID) != SQLITE_NULL;
	return row->has_file ? values_read(l->sql, stmt, SOURCE_VALUES + 1, TABLE_FILE, row->file, why) : 0;
}

static bool
in_folder(const struct lookup *l, struct slice path)
{
	return path.len > l->folder.len && memchr(path.p + l->folder.len, '/', path.len - l->folder.len) == NULL;
}

static void
clear_sources(struct lookup *l)
{
	l->nsources = 0;
	buf_clear(&l->bytes, FOLDER_BYTES);
}

static int
take_folder_row(struct lookup *l, struct fail *why)
{
	struct row row;
	struct slice path;

	if (read_row(l, l->stmt[FOLDER], &row, why) == -1)
		return -1;
	path = row.source[SOURCE_PATH].bytes;
	if (values_order((struct slice){ l->last.p, l->last.len }, path) > 0)
		return sql_damaged(l->sql, why, "table source is out of order");
	if (set_path(&l->last, path, why) == -1)
		return -1;
	return in_folder(l, path) && row.source[SOURCE_SEQ].n <= l->seq ? add_source(l, &row, l->folder.len, why) : 0;
}

/* All that is known of l->folder, if it is not too much. */
static int
read_folder(struct lookup *l, struct fail *why)
{
	sqlite3_stmt *stmt = l->stmt[FOLDER];
	size_t seen = 0;
	int rc, taken = 0;

	clear_sources(l);
	buf_clear(&l->last, SIZE_MAX);
	sqlite3_bind_int64(stmt, 1, l->volume_id);
	sql_bind_blob(stmt, 2, (struct slice){ buf_cstr(&l->folder), l->folder.len });
	sql_bind_blob(stmt, 3, (struct slice){ l->after.p, l->after.len });
	while (taken == 0 && (rc = sql_step(l->sql, stmt, why)) == 1) {
		if (++seen > FOLDER_ROWS || l->bytes.len > FOLDER_BYTES)
			break;
		taken = take_folder_row(l, why);
	}
	sqlite3_reset(stmt);
	l->folder_whole = rc == 0;
	return rc == -1 || taken == -1 ? -1 : 0;
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

/* One row, into l->sources.  1, 0: there is none, -1. */
static int
read_one(struct lookup *l, const struct lookup_origin *from, size_t folder_len, struct fail *why)
{
	sqlite3_stmt *stmt = l->stmt[ONE_SOURCE];
	struct row row;
	int rc;

	clear_sources(l);
	sqlite3_bind_int64(stmt, 1, l->volume_id);
	sql_bind_blob(stmt, 2, from->path);
	sqlite3_bind_int64(stmt, 3, from->size);
	sqlite3_bind_int64(stmt, 4, from->mtime_ns);
	if ((rc = sql_step(l->sql, stmt, why)) == 1 &&
	    (read_row(l, stmt, &row, why) == -1 || add_source(l, &row, folder_len, why) == -1))
		rc = -1;
	if (rc == 1)
		l->one_seq = row.source[SOURCE_SEQ].n;
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
judge_source(const struct lookup *l, const struct source *s, bool skipped, enum lookup_status *status, struct buf *path,
    struct fail *why)
{
	if (s->skipped) {
		*status = skipped ? LOOKUP_KNOWN : LOOKUP_NEW;
		return 0;
	}
	if (s->path_len == 0)
		return 0;
	if (set_path(path, (struct slice){ l->bytes.p + s->path, s->path_len }, why) == -1)
		return -1;
	*status = judge(l, path->p, &s->file);
	return 0;
}

int
lookup_source(struct lookup *l, struct slice volume, struct slice below, const struct stat *st, bool skipped,
    enum lookup_status *status, struct buf *path, struct fail *why)
{
	const char *slash = memrchr(below.p, '/', below.len);
	size_t folder_len = slash != NULL ? (size_t)(slash - below.p) + 1 : 0;
	struct slice name = { below.p + folder_len, below.len - folder_len };
	struct lookup_origin from = { .volume = volume, .path = below, .size = st->st_size };
	const struct source *s;

	*status = LOOKUP_NEW;
	buf_clear(path, SIZE_MAX);
	if (l->seq == 0 || !rec_time_to_ns(&st->st_mtim, &from.mtime_ns))
		return 0;
	if (find_volume(l, volume, why) == -1)
		return -1;
	if (l->volume_id == -1)
		return 0;
	if (take_folder(l, below, folder_len, why) == -1)
		return -1;
	if (!l->folder_whole && read_one(l, &from, folder_len, why) == -1)
		return -1;
	if (!l->folder_whole && l->one_seq > l->seq)
		return 0;
	s = find_source(l, name, from.size, from.mtime_ns);
	return s != NULL ? judge_source(l, s, skipped, status, path, why) : 0;
}

int
lookup_first(struct lookup *l, struct slice below, const struct lookup_origin *from, bool *first, struct fail *why)
{
	const struct source *s;
	int rc;

	*first = false;
	if (l->volume_id == -1)
		buf_clear(&l->volume, SIZE_MAX); /* it may have come since */
	if (find_volume(l, from->volume, why) == -1)
		return -1;
	buf_clear(&l->folder, SIZE_MAX); /* its rows are replaced */
	if (l->volume_id == -1 || (rc = read_one(l, from, 0, why)) == 0)
		return 0;
	s = l->sources;
	*first = rc == 1 && s->first && !s->file.deleted && s->path_len == below.len &&
		 memcmp(l->bytes.p + s->path, below.p, below.len) == 0;
	return rc == 1 ? 0 : -1;
}

/* ---- by path ---- */

/* The file at a path.  1, 0: there is none, -1.  The statement is not reset: the values are its. */
static int
read_path(struct lookup *l, struct slice below, struct value *file, struct fail *why)
{
	int rc;

	sql_bind_blob(l->stmt[BY_PATH], 1, below);
	if ((rc = sql_step(l->sql, l->stmt[BY_PATH], why)) == 1 &&
	    values_read(l->sql, l->stmt[BY_PATH], 0, TABLE_FILE, file, why) == -1)
		rc = -1;
	return rc;
}

int
lookup_path(struct lookup *l, struct slice below, const struct stat *st, enum lookup_status *status, struct buf *path,
    struct fail *why)
{
	struct value file[FILE_VALUES];
	struct state state;
	int rc = read_path(l, below, file, why);

	*status = LOOKUP_NEW;
	buf_clear(path, SIZE_MAX);
	if (rc == 1 && file[FILE_ID].n <= l->seq) {
		state = state_of(file);
		if (state.has_size && state.has_mtime && same_state(&state, st))
			*status = LOOKUP_KNOWN;
		rc = set_path(path, below, why);
	}
	sqlite3_reset(l->stmt[BY_PATH]);
	return rc == -1 ? -1 : 0;
}

int
lookup_digests(struct lookup *l, struct slice below, struct digests *out, struct fail *why)
{
	struct value file[FILE_VALUES];
	int rc = read_path(l, below, file, why);

	out->mask = 0;
	if (rc == 1)
		rc = digest_read_json(file[FILE_HASH].bytes, out, why);
	sqlite3_reset(l->stmt[BY_PATH]);
	return rc;
}
