/*
 * A card is asked about file by file, but its files come folder by folder: what is known of a folder, and of all below
 * it, is read at once, and the answers come from memory as long as questions stay among those paths.  That is what
 * makes the second import of a card cheap.  What is too much is read piece by piece, each from the path where the piece
 * before ended.  Questions in an order that no reading ahead helps must not cost a window each: so rows read ahead are
 * paid for, above all by questions that were answered so, and without credit a file is asked about alone.
 */
#include "hashdb/lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/io.h"
#include "file/state.h"
#include "hashdb/store/sql.h"
#include "hashdb/store/values.h"
#include "hashdb/walks.h"
#include "run/rec.h"

#define WALK_ROWS 8              /* a walk that is worth remembering */
#define AHEAD_BYTES (512u << 10) /* the most that is kept, but for one row */

/* Credit for reading ahead. */
enum {
	CREDIT_ROW = 4, /* the price of a row */
	CREDIT_HIT = 8, /* earned by a question that was answered from memory */
	CREDIT_MISS = 1,
	CREDIT_LEAST = 64 * CREDIT_ROW, /* worth a try */
	CREDIT_MOST = 4096 * CREDIT_ROW /* and to begin with */
};

enum statement { BY_HASH, BY_HASH_ON, BY_PATH, FIND_VOLUME, FOLDER, ONE_SOURCE, STATEMENTS };

#define CONTENT \
	"SELECT " FILE_COLUMNS("f.") " FROM digest AS d LEFT JOIN file AS f ON f.id = d.file WHERE d.prefix = ?1"
#define SOURCE                                            \
	"SELECT " SOURCE_COLUMNS("s.") ", " FILE_COLUMNS( \
	    "f.") " FROM source AS s"                     \
		  " LEFT JOIN file AS f ON f.id = s.file WHERE s.volume = ?1"

static const char *const texts[STATEMENTS] = {
    [BY_HASH] = CONTENT,
    [BY_HASH_ON] = CONTENT " AND d.file >= ?2 AND d.file <= ?3",
    [BY_PATH] = "SELECT " FILE_COLUMNS("") " FROM file WHERE path = ?1 AND deleted IS NULL",
    [FIND_VOLUME] = "SELECT " VOLUME_COLUMNS " FROM volume WHERE name = ?1",
    [FOLDER] = SOURCE " AND s.path >= ?2 AND s.path < ?3",
    [ONE_SOURCE] = SOURCE " AND s.path = ?2 AND s.size = ?3 AND s.mtime = ?4",
};

/* What is recorded of a file. */
struct noted {
	bool deleted, mismatch;
	struct state file;
};

/* One row of SOURCE; texts are offsets into the bytes of its list. */
struct source {
	size_t name, name_len, path, path_len; /* path_len 0: the file was taken back */
	int64_t size, mtime_ns, seq;
	bool skipped, first;
	struct noted file;
};

/* In the order of their names, which are what follows the first `skip` bytes of their paths. */
struct sources {
	struct source *v;
	size_t n, cap, skip;
	struct buf bytes;
};

/* All that the database has of a volume from one path on to before another; where `to` is empty, nothing is known. */
struct window {
	struct buf from, to;
	struct sources sources;
	struct buf last; /* the last path that was read */
	int credit;
};

struct lookup {
	struct hashdb *db;
	struct sql *sql;
	sqlite3_stmt *stmt[STATEMENTS];
	int64_t seq;
	int root; /* -1: offline */
	struct buf volume;
	int64_t volume_id; /* -1: not known to the database */
	struct window window;
	struct sources one; /* the row that read_one() read */
	struct walks walks;
	struct walk walk; /* while it is not remembered */
	int errnum;       /* of LOOKUP_UNSEEN */
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
	l->window.credit = CREDIT_MOST;
	for (int i = 0; i < STATEMENTS; i++)
		if ((l->stmt[i] = sql_prepare(l->sql, texts[i], why)) == NULL)
			goto failed;
	if (offline)
		return l;
	if (hashdb_real_root(db) != NULL)
		l->root = open(hashdb_real_root(db), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->root == -1)
		hashdb_no_root(db, why);
	else if (l->seq == 0 || hashdb_mounted(db, why) == 0)
		return l;
failed:
	lookup_free(l);
	return NULL;
}

static void
free_sources(struct sources *list)
{
	free(list->v);
	buf_fini(&list->bytes);
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
	buf_fini(&l->window.from);
	buf_fini(&l->window.to);
	buf_fini(&l->window.last);
	free_sources(&l->window.sources);
	free_sources(&l->one);
	walks_fini(&l->walks);
	buf_fini(&l->walk.path);
	buf_fini(&l->candidate);
	free(l);
}

static int
set_path(struct buf *path, struct slice to, struct fail *why)
{
	buf_clear(path, SIZE_MAX);
	return buf_add(path, to.p, to.len) == -1 ? fail_nomem(why) : 0;
}

static struct slice
whole(const struct buf *b)
{
	return (struct slice){buf_cstr(b), b->len};
}

static struct noted
noted_of(const struct value *file)
{
	return (struct noted){.deleted = file[FILE_DELETED].kind == VALUE_INT,
	    .mismatch = file[FILE_MISMATCH].kind != VALUE_NULL,
	    .file = values_state(file)};
}

/* What a recorded file is good for, as far as a look at it tells.  A NUL in a path is in no real one. */
static enum lookup_status
judge(struct lookup *l, const char *path, const struct noted *n)
{
	struct stat st;
	struct fail why = {0};
	int gone;

	if (n->deleted)
		return LOOKUP_DELETED;
	if (l->root == -1)
		return n->mismatch ? LOOKUP_DAMAGED : LOOKUP_KNOWN;
	gone = state_look(l->root, path, &st, &why);
	l->errnum = why.errnum;
	if (gone != 0)
		return gone == 1 ? LOOKUP_MISSING : LOOKUP_UNSEEN;
	return !S_ISREG(st.st_mode) || n->mismatch || !state_agrees(&n->file, &st) ? LOOKUP_DAMAGED : LOOKUP_KNOWN;
}

/* ---- by content ---- */

/* Of two things to say of a content, whether the first says more. */
static bool
outranks(enum lookup_status a, enum lookup_status b)
{
	static const int ranks[] = {[LOOKUP_NEW] = 0,
	    [LOOKUP_DELETED] = 1,
	    [LOOKUP_MISSING] = 2,
	    [LOOKUP_DAMAGED] = 3,
	    [LOOKUP_UNSEEN] = 4,
	    [LOOKUP_KNOWN] = 5};

	return ranks[a] > ranks[b];
}

/* One row whose digest begins alike: 1 if it is known, then it is l->candidate; 0; -1. */
static int
take_hash_row(struct lookup *l, sqlite3_stmt *stmt, const struct digests *d, struct walk *walk, struct fail *why)
{
	enum digest_algorithm index = hashdb_index(l->db);
	struct value file[FILE_VALUES];
	struct digests recorded = {0};
	struct noted noted;
	enum lookup_status said;

	if (values_read(l->sql, stmt, 0, TABLE_FILE, file, why) == -1)
		return -1;
	if (digest_read_json(file[FILE_HASH].bytes, &recorded, why) == -1 || !(recorded.mask & 1u << index) ||
	    digest_prefix(&recorded, index) != digest_prefix(d, index))
		return sql_damaged(l->sql, why, "a row of table digest names another file");
	walk->next = file[FILE_ID].n;
	if (file[FILE_SEQ].n > l->seq || !digest_equal(d, &recorded))
		return 0;
	noted = noted_of(file);
	if (set_path(&l->candidate, file[FILE_PATH].bytes, why) == -1)
		return -1;
	if ((said = judge(l, buf_cstr(&l->candidate), &noted)) == LOOKUP_KNOWN)
		return 1;
	if (!outranks(said, walk->status))
		return 0;
	walk->status = said;
	walk->errnum = l->errnum;
	return set_path(&walk->path, file[FILE_PATH].bytes, why);
}

/* The rows from walk->next on, until one is known: 1, 0, -1.  *rows: how many were read. */
static int
go_on(struct lookup *l, const struct digests *d, struct walk *walk, size_t *rows, struct fail *why)
{
	bool on = walk->next > 0;
	sqlite3_stmt *stmt = l->stmt[on ? BY_HASH_ON : BY_HASH];
	int rc = 0, known = 0;

	sqlite3_bind_int64(stmt, 1, digest_prefix(d, hashdb_index(l->db)));
	if (on)
		sqlite3_bind_int64(stmt, 2, walk->next);
	if (on)
		sqlite3_bind_int64(stmt, 3, l->seq);
	while (known == 0 && (rc = sql_step(l->sql, stmt, why)) == 1) {
		++*rows;
		if ((known = take_hash_row(l, stmt, d, walk, why)) == 0)
			walk->next++;
	}
	sqlite3_reset(stmt);
	return rc == -1 ? -1 : known;
}

int
lookup_hash(struct lookup *l, const struct digests *d, enum lookup_status *status, struct buf *path, struct fail *why)
{
	enum digest_algorithm index = hashdb_index(l->db);
	struct walk *walk;
	size_t rows = 0;
	int known;

	*status = LOOKUP_NEW;
	buf_clear(path, SIZE_MAX);
	if (l->seq == 0 || index == DIGEST_COUNT)
		return 0;
	if (!(d->mask & 1u << index))
		return fail_set(why, FAIL_INPUT, "hash", "the database finds files by their %s: use file-hash -a %s",
		    digest_name(index), digest_name(index));
	if ((walk = walks_find(&l->walks, d)) == NULL) {
		walk = &l->walk;
		walk->next = 0;
		walk->status = LOOKUP_NEW;
		buf_clear(&walk->path, SIZE_MAX);
	}
	if ((known = go_on(l, d, walk, &rows, why)) == -1)
		return -1;
	*status = known ? LOOKUP_KNOWN : walk->status;
	l->errnum = walk->errnum;
	if (set_path(path, whole(known ? &l->candidate : &walk->path), why) == -1)
		return -1;
	if (walk != &l->walk || rows < WALK_ROWS)
		return 0;
	walk->content = *d;
	return walks_keep(&l->walks, walk, why);
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
	buf_clear(&l->window.to, SIZE_MAX);
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

static void
clear_sources(struct sources *list, size_t skip)
{
	list->n = 0;
	list->skip = skip;
	buf_clear(&list->bytes, AHEAD_BYTES);
}

static size_t
add_bytes(struct sources *list, struct slice s)
{
	size_t at = list->bytes.len;

	buf_add(&list->bytes, s.p, s.len);
	return at;
}

static int
add_source(struct sources *list, const struct row *row, struct fail *why)
{
	size_t cap = list->cap == 0 ? 64 : list->cap * 2;
	struct slice name = row->source[SOURCE_PATH].bytes;
	struct source *s;

	if (list->n == list->cap) {
		if ((s = realloc(list->v, cap * sizeof *s)) == NULL)
			return fail_nomem(why);
		list->v = s;
		list->cap = cap;
	}
	s = &list->v[list->n++];
	name = (struct slice){name.p + list->skip, name.len - list->skip};
	*s = (struct source){.name_len = name.len,
	    .size = row->source[SOURCE_SIZE].n,
	    .mtime_ns = row->source[SOURCE_MTIME].n,
	    .seq = row->source[SOURCE_SEQ].n,
	    .skipped = row->source[SOURCE_FILE].kind == VALUE_NULL,
	    .first = row->source[SOURCE_FIRST].n != 0};
	s->name = add_bytes(list, name);
	if (row->has_file) {
		s->path_len = row->file[FILE_PATH].bytes.len;
		s->path = add_bytes(list, row->file[FILE_PATH].bytes);
		buf_addc(&list->bytes, '\0');
		s->file = noted_of(row->file);
	}
	return list->bytes.failed ? fail_nomem(why) : 0;
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
holds(const struct window *w, struct slice path)
{
	return w->to.len > 0 && values_order(path, whole(&w->from)) >= 0 && values_order(path, whole(&w->to)) < 0;
}

static void
earn(struct window *w, int credit)
{
	w->credit = w->credit < CREDIT_MOST - credit ? w->credit + credit : CREDIT_MOST;
}

static int
take_row(struct lookup *l, struct fail *why)
{
	struct window *w = &l->window;
	struct row row;
	struct slice path;

	if (read_row(l, l->stmt[FOLDER], &row, why) == -1)
		return -1;
	path = row.source[SOURCE_PATH].bytes;
	if (values_order(whole(&w->last), path) > 0)
		return sql_damaged(l->sql, why, "table source is out of order");
	if (set_path(&w->last, path, why) == -1)
		return -1;
	return add_source(&w->sources, &row, why);
}

/* The rows of w->from to w->to, as far as the credit goes: the last path may have more rows, and is left out then. */
static int
read_window(struct lookup *l, struct fail *why)
{
	struct window *w = &l->window;
	sqlite3_stmt *stmt = l->stmt[FOLDER];
	int rc = 1, taken = 0;

	buf_clear(&w->last, SIZE_MAX);
	sqlite3_bind_int64(stmt, 1, l->volume_id);
	sql_bind_blob(stmt, 2, whole(&w->from));
	sql_bind_blob(stmt, 3, whole(&w->to));
	while (taken == 0 && w->credit >= CREDIT_ROW && w->sources.bytes.len <= AHEAD_BYTES &&
	       (rc = sql_step(l->sql, stmt, why)) == 1) {
		w->credit -= CREDIT_ROW;
		taken = take_row(l, why);
	}
	sqlite3_reset(stmt);
	if (rc == -1 || taken == -1)
		return -1;
	return rc == 1 ? set_path(&w->to, whole(&w->last), why) : 0;
}

/* The first path behind all in a folder, which comes with its slash. */
static int
set_behind(struct buf *path, struct slice folder, struct fail *why)
{
	buf_clear(path, SIZE_MAX);
	if (folder.len > 0) {
		buf_add(path, folder.p, folder.len - 1);
		buf_addc(path, '/' + 1);
	} else {
		buf_adds(path, "\xff\xff\xff\xff"); /* behind any name there is */
	}
	return path->failed ? fail_nomem(why) : 0;
}

/* If there is credit for it, read a window for the path: from its folder on, or on from where the one before ended. */
static int
move_window(struct lookup *l, struct slice path, struct fail *why)
{
	struct window *w = &l->window;
	const char *slash = memrchr(path.p, '/', path.len);
	struct slice folder = {path.p, slash != NULL ? (size_t)(slash - path.p) + 1 : 0};
	bool on = values_order(folder, whole(&w->to)) < 0 && values_order(path, whole(&w->to)) >= 0;

	if (w->credit < CREDIT_LEAST)
		return 0;
	clear_sources(&w->sources, folder.len);
	if (set_path(&w->from, on ? path : folder, why) == 0 && set_behind(&w->to, folder, why) == 0 &&
	    read_window(l, why) == 0)
		return 0;
	buf_clear(&w->to, SIZE_MAX); /* what was read of it is no answer for the next record */
	return -1;
}

/* One row, into l->one.  1, 0: there is none, -1. */
static int
read_one(struct lookup *l, const struct lookup_origin *from, struct fail *why)
{
	sqlite3_stmt *stmt = l->stmt[ONE_SOURCE];
	struct row row;
	int rc;

	clear_sources(&l->one, 0);
	sqlite3_bind_int64(stmt, 1, l->volume_id);
	sql_bind_blob(stmt, 2, from->path);
	sqlite3_bind_int64(stmt, 3, from->size);
	sqlite3_bind_int64(stmt, 4, from->mtime_ns);
	if ((rc = sql_step(l->sql, stmt, why)) == 1 &&
	    (read_row(l, stmt, &row, why) == -1 || add_source(&l->one, &row, why) == -1))
		rc = -1;
	sqlite3_reset(stmt);
	return rc;
}

/* The first row whose name is not less than this. */
static size_t
first_named(const struct sources *list, struct slice name)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct source *s = &list->v[mid];
		size_t len = s->name_len < name.len ? s->name_len : name.len;
		int order = memcmp(list->bytes.p + s->name, name.p, len);

		if (order < 0 || (order == 0 && s->name_len < name.len))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct source *
find_source(const struct sources *list, const struct lookup_origin *from)
{
	struct slice name = {from->path.p + list->skip, from->path.len - list->skip};

	for (size_t i = first_named(list, name); i < list->n; i++) {
		const struct source *s = &list->v[i];

		if (s->name_len != name.len || memcmp(list->bytes.p + s->name, name.p, name.len) != 0)
			break;
		if (s->size == from->size && s->mtime_ns == from->mtime_ns)
			return s;
	}
	return NULL;
}

static int
judge_source(struct lookup *l, const struct sources *list, const struct source *s, bool skipped,
    enum lookup_status *status, struct buf *path, struct fail *why)
{
	if (s->skipped) {
		*status = skipped ? LOOKUP_KNOWN : LOOKUP_NEW;
		return 0;
	}
	if (s->path_len == 0)
		return 0;
	if (set_path(path, (struct slice){list->bytes.p + s->path, s->path_len}, why) == -1)
		return -1;
	*status = judge(l, path->p, &s->file);
	return 0;
}

/* The rows that have all of the source's: of the window, or those of it alone.  NULL: failed. */
static const struct sources *
sources_for(struct lookup *l, const struct lookup_origin *from, struct fail *why)
{
	struct window *w = &l->window;

	if (holds(w, from->path)) {
		earn(w, CREDIT_HIT);
		return &w->sources;
	}
	earn(w, CREDIT_MISS);
	if (move_window(l, from->path, why) == -1)
		return NULL;
	if (holds(w, from->path))
		return &w->sources;
	return read_one(l, from, why) != -1 ? &l->one : NULL;
}

int
lookup_source(struct lookup *l, struct slice volume, struct slice below, const struct stat *st, bool skipped,
    enum lookup_status *status, struct buf *path, struct fail *why)
{
	struct lookup_origin from = {.volume = volume, .path = below, .size = st->st_size};
	const struct sources *list;
	const struct source *s;

	*status = LOOKUP_NEW;
	buf_clear(path, SIZE_MAX);
	if (l->seq == 0 || !rec_time_to_ns(&st->st_mtim, &from.mtime_ns))
		return 0;
	if (find_volume(l, volume, why) == -1)
		return -1;
	if (l->volume_id == -1)
		return 0;
	if ((list = sources_for(l, &from, why)) == NULL)
		return -1;
	s = find_source(list, &from);
	return s != NULL && s->seq <= l->seq ? judge_source(l, list, s, skipped, status, path, why) : 0;
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
	if (l->volume_id == -1 || (rc = read_one(l, from, why)) == 0)
		return 0;
	s = l->one.v;
	*first = rc == 1 && s->first && !s->file.deleted && s->path_len == below.len &&
		 memcmp(l->one.bytes.p + s->path, below.p, below.len) == 0;
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
	struct noted noted;
	int rc = read_path(l, below, file, why);

	*status = LOOKUP_NEW;
	buf_clear(path, SIZE_MAX);
	if (rc == 1 && file[FILE_ID].n <= l->seq) {
		noted = noted_of(file);
		if (noted.file.has_size && noted.file.has_mtime && state_agrees(&noted.file, st))
			*status = LOOKUP_KNOWN;
		rc = set_path(path, below, why);
	}
	sqlite3_reset(l->stmt[BY_PATH]);
	return rc == -1 ? -1 : 0;
}

int
lookup_errno(const struct lookup *l)
{
	return l->errnum;
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
