#include "hashdb/merge.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "run/json.h"
#include "run/span.h"

#define UNITE_MEMBERS_MAX 1024 /* of records that are united member by member */

enum statement {
	INSERT, FIND, UPDATE, MOVE, NOTE, MARK, DELETE, LINK, LINK_MANY,
	FIND_VOLUME, ADD_VOLUME, ADD_SOURCE, DROP_SOURCE,
	STATEMENTS
};

#define ROWS_8 "(?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?)"
enum { MANY = 32 };

static const char *const texts[STATEMENTS] = {
	[INSERT] = "INSERT OR IGNORE INTO file (id, path, seq, size, mtime, verified, hash, record, mismatch)"
		   " VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6, ?7, ?8)",
	[FIND] = "SELECT id, size, mtime, verified, hash, record FROM file WHERE path = ?1 AND deleted IS NULL",
	[UPDATE] = "UPDATE file SET seq = coalesce(?2, seq), size = ?3, mtime = ?4, verified = ?5, hash = ?6,"
		   " record = ?7, mismatch = iif(?8, NULL, mismatch) WHERE id = ?1",
	[MOVE] = "UPDATE file SET path = ?2 WHERE id = ?1",
	[NOTE] = "UPDATE file SET mismatch = ?2 WHERE id = ?1",
	[MARK] = "UPDATE file SET deleted = ?2 WHERE id = ?1",
	[DELETE] = "DELETE FROM file WHERE id = ?1",
	[LINK] = "INSERT OR IGNORE INTO digest (prefix, file) VALUES (?, ?)",
	/* Half the time a row of one after the other. */
	[LINK_MANY] = "INSERT OR IGNORE INTO digest (prefix, file) VALUES " ROWS_8 "," ROWS_8 "," ROWS_8 "," ROWS_8,
	[FIND_VOLUME] = "SELECT id FROM volume WHERE name = ?1",
	[ADD_VOLUME] = "INSERT INTO volume (name, label) VALUES (?1, coalesce(?2, ''))"
		       " ON CONFLICT (name) DO UPDATE SET label = excluded.label"
		       " WHERE excluded.label <> '' AND excluded.label <> label",
	[ADD_SOURCE] = "INSERT INTO source (volume, path, size, mtime, file, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
		       " ON CONFLICT (volume, path, size, mtime)"
		       " DO UPDATE SET file = excluded.file, seq = excluded.seq"
		       " WHERE excluded.file IS NOT NULL AND file IS NOT excluded.file",
	[DROP_SOURCE] = "DELETE FROM source WHERE volume = ?1 AND path = ?2 AND size = ?3 AND mtime = ?4 AND file = ?5",
};

/* An entry that the digest table is to get. */
struct link {
	int64_t prefix;
	int64_t file;
};

/* A file as the database has it. */
struct row {
	int64_t id, size, mtime_ns, verified_ns;
	bool has_size, has_mtime;
	struct buf hash, record;
	struct digests digests;
};

struct merge {
	struct sql *sql;
	bool mark_deleted;
	sqlite3_stmt *stmt[STATEMENTS];
	uint64_t seq;
	digest_mask algorithms;
	struct link *links;
	size_t nlinks, cap_links;
	struct buf volume; /* the last one, and its number */
	int64_t volume_id;
	struct row row;
	struct buf hash, record;
};

struct merge *
merge_new(struct sql *sql, bool mark_deleted, struct fail *why)
{
	struct merge *m = calloc(1, sizeof *m);

	if (m == NULL) {
		fail_nomem(why);
		return NULL;
	}
	m->sql = sql;
	m->mark_deleted = mark_deleted;
	for (int i = 0; i < STATEMENTS; i++)
		if ((m->stmt[i] = sql_prepare(sql, texts[i], why)) == NULL) {
			merge_free(m);
			return NULL;
		}
	return m;
}

void
merge_free(struct merge *m)
{
	if (m == NULL)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(m->stmt[i]);
	free(m->links);
	buf_fini(&m->volume);
	buf_fini(&m->row.hash);
	buf_fini(&m->row.record);
	buf_fini(&m->hash);
	buf_fini(&m->record);
	free(m);
}

void
merge_begin(struct merge *m, uint64_t seq, digest_mask algorithms)
{
	m->seq = seq;
	m->algorithms = algorithms;
	m->nlinks = 0;
	buf_clear(&m->volume, SIZE_MAX); /* its row may have been rolled back */
}

/* ---- the digest table ---- */

static int
add_link(struct merge *m, int64_t prefix, int64_t file, struct fail *why)
{
	size_t cap = m->cap_links == 0 ? 1024 : m->cap_links * 2;
	struct link *links;

	if (m->nlinks == m->cap_links) {
		if ((links = realloc(m->links, cap * sizeof *links)) == NULL)
			return fail_nomem(why);
		m->links = links;
		m->cap_links = cap;
	}
	m->links[m->nlinks++] = (struct link){ prefix, file };
	return 0;
}

static int
add_links(struct merge *m, const struct change *c, int64_t file, struct fail *why)
{
	for (int a = 0; a < DIGEST_COUNT; a++)
		if ((m->algorithms & 1u << a) && add_link(m, (int64_t)c->prefix[a], file, why) == -1)
			return -1;
	return 0;
}

static int
by_prefix(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return (x->file > y->file) - (x->file < y->file);
}

static int
write_links(struct merge *m, enum statement which, const struct link *links, int n, struct fail *why)
{
	sqlite3_stmt *stmt = m->stmt[which];

	for (int i = 0; i < n; i++) {
		sqlite3_bind_int64(stmt, 2 * i + 1, links[i].prefix);
		sqlite3_bind_int64(stmt, 2 * i + 2, links[i].file);
	}
	return sql_step(m->sql, stmt, why);
}

int
merge_finish(struct merge *m, uint64_t *seq, struct fail *why)
{
	if (m->nlinks > 0)
		qsort(m->links, m->nlinks, sizeof *m->links, by_prefix);
	for (size_t i = 0; i < m->nlinks;) {
		bool many = m->nlinks - i >= MANY;

		if (write_links(m, many ? LINK_MANY : LINK, m->links + i, many ? MANY : 1, why) == -1)
			return -1;
		i += many ? MANY : 1;
	}
	*seq = m->seq;
	return 0;
}

/* ---- the source table ---- */

static int
find_volume(struct merge *m, const struct change *c, struct fail *why)
{
	struct slice name = change_text(c, CHANGE_VOLUME);
	int rc;

	if (m->volume.len == name.len && memcmp(m->volume.p, name.p, name.len) == 0)
		return 0;
	sql_bind_text(m->stmt[ADD_VOLUME], 1, name);
	sql_bind_text(m->stmt[ADD_VOLUME], 2, change_text(c, CHANGE_LABEL));
	sql_bind_text(m->stmt[FIND_VOLUME], 1, name);
	if (sql_step(m->sql, m->stmt[ADD_VOLUME], why) == -1)
		return -1;
	rc = sql_step(m->sql, m->stmt[FIND_VOLUME], why);
	if (rc == 1)
		m->volume_id = sqlite3_column_int64(m->stmt[FIND_VOLUME], 0);
	sqlite3_reset(m->stmt[FIND_VOLUME]);
	buf_clear(&m->volume, SIZE_MAX);
	if (rc == 1 && buf_add(&m->volume, name.p, name.len) == -1)
		return fail_nomem(why);
	return rc == 1 ? 0 : rc == 0 ? fail_set(why, FAIL_FORMAT, "database", "the volume table is damaged") : -1;
}

static void
bind_source(const struct merge *m, sqlite3_stmt *stmt, const struct change *c, bool there, int64_t file)
{
	sqlite3_bind_int64(stmt, 1, m->volume_id);
	sql_bind_blob(stmt, 2, change_text(c, CHANGE_SOURCE_PATH));
	sqlite3_bind_int64(stmt, 3, c->source_size);
	sqlite3_bind_int64(stmt, 4, c->source_mtime_ns);
	sql_bind_int(stmt, 5, there, file);
}

static int
add_source(struct merge *m, const struct change *c, bool there, int64_t file, struct fail *why)
{
	sqlite3_stmt *stmt = m->stmt[ADD_SOURCE];

	if (c->text_len[CHANGE_VOLUME] == 0)
		return 0;
	if (find_volume(m, c, why) == -1)
		return -1;
	bind_source(m, stmt, c, there, file);
	sqlite3_bind_int64(stmt, 6, (int64_t)++m->seq);
	return sql_step(m->sql, stmt, why);
}

static int
drop_source(struct merge *m, const struct change *c, int64_t file, struct fail *why)
{
	if (c->text_len[CHANGE_VOLUME] == 0)
		return 0;
	if (find_volume(m, c, why) == -1)
		return -1;
	bind_source(m, m->stmt[DROP_SOURCE], c, true, file);
	return sql_step(m->sql, m->stmt[DROP_SOURCE], why);
}

/* ---- the file table ---- */

static int
copy(struct buf *to, struct slice from)
{
	buf_clear(to, 64 << 10);
	return buf_add(to, from.p, from.len);
}

static struct slice
text_of(const struct buf *b)
{
	return (struct slice){ buf_cstr(b), b->len };
}

/* The file at a path into m->row.  1, 0: there is none, -1. */
static int
find(struct merge *m, struct slice path, struct fail *why)
{
	sqlite3_stmt *stmt = m->stmt[FIND];
	struct row *row = &m->row;
	int rc;

	sql_bind_blob(stmt, 1, path);
	if ((rc = sql_step(m->sql, stmt, why)) != 1)
		return rc;
	row->id = sqlite3_column_int64(stmt, 0);
	row->has_size = sql_column_int(stmt, 1, &row->size);
	row->has_mtime = sql_column_int(stmt, 2, &row->mtime_ns);
	row->verified_ns = sqlite3_column_int64(stmt, 3);
	if (copy(&row->hash, sql_column(stmt, 4)) == -1 || copy(&row->record, sql_column(stmt, 5)) == -1)
		rc = fail_nomem(why);
	sqlite3_reset(stmt);
	if (rc == 1 && digest_read_json(text_of(&row->hash), &row->digests, why) == -1)
		return fail_set(why, FAIL_FORMAT, "database", "the database is damaged: a hash is none");
	return rc;
}

/* One statement about one file: "... ?2 ... WHERE id = ?1". */
static int
about_file(struct merge *m, enum statement which, int64_t id, struct fail *why)
{
	sqlite3_bind_int64(m->stmt[which], 1, id);
	return sql_step(m->sql, m->stmt[which], why);
}

static int
read_digests(const struct change *c, struct digests *d, struct fail *why)
{
	d->mask = 0;
	return c->mask == 0 ? 0 : digest_read_json(change_text(c, CHANGE_HASH), d, why);
}

static bool
greater(const struct digests *a, const struct digests *b)
{
	for (int i = 0; i < DIGEST_COUNT; i++) {
		int order = a->mask & b->mask & 1u << i ? memcmp(a->bytes[i], b->bytes[i], digest_size(i)) : 0;

		if (order != 0)
			return order > 0;
	}
	return false;
}

/* The members of both records into m->record; where they disagree, those of `first`. */
static int
unite(struct merge *m, struct slice first, struct slice second, struct fail *why)
{
	struct spans a = { 0 }, b = { 0 };
	struct buf *out = &m->record;
	int rc = -1;

	if (span_scan(first, &a, why) == -1 || span_scan(second, &b, why) == -1)
		goto done;
	buf_clear(out, 64 << 10);
	buf_add(out, first.p, first.len - 1);
	for (size_t i = 0; i < b.n && a.n <= UNITE_MEMBERS_MAX && b.n <= UNITE_MEMBERS_MAX; i++) {
		bool there = false;

		for (size_t j = 0; j < a.n && !there; j++)
			there = a.v[j].key.len == b.v[i].key.len &&
			    memcmp(a.v[j].key.p, b.v[i].key.p, a.v[j].key.len) == 0;
		if (there)
			continue;
		json_comma(out);
		buf_add(out, b.v[i].key.p - 1, (size_t)(b.v[i].value.p + b.v[i].value.len - b.v[i].key.p) + 1);
	}
	rc = buf_addc(out, '}') == -1 ? fail_nomem(why) : 0;
done:
	spans_fini(&a);
	spans_fini(&b);
	return rc;
}

/* The same content was there before: keep what both know. */
static int
unite_contents(struct merge *m, const struct change *c, const struct digests *d, bool later, struct fail *why)
{
	struct slice mine = change_text(c, CHANGE_RECORD), theirs = text_of(&m->row.record);

	buf_clear(&m->hash, SIZE_MAX);
	if (digest_merge_json(text_of(&m->row.hash), d, &m->hash, why) == -1)
		return -1;
	if (mine.len == theirs.len && memcmp(mine.p, theirs.p, mine.len) == 0)
		return copy(&m->record, mine) == -1 ? fail_nomem(why) : 0;
	return unite(m, later ? mine : theirs, later ? theirs : mine, why);
}

/* There is a file at the path already. */
static int
update(struct merge *m, const struct change *c, struct fail *why)
{
	sqlite3_stmt *stmt = m->stmt[UPDATE];
	const struct row *row = &m->row;
	struct digests d = { 0 };
	bool same, later;

	if (read_digests(c, &d, why) == -1)
		return -1;
	same = digest_equal(&d, &row->digests);
	later = c->verified_ns > row->verified_ns ||
	    (c->verified_ns == row->verified_ns && (same || greater(&d, &row->digests)));
	if (!same && !later)
		return 0;
	if (same && unite_contents(m, c, &d, later, why) == -1)
		return -1;
	if (!same && add_links(m, c, row->id, why) == -1)
		return -1;
	sqlite3_bind_int64(stmt, 1, row->id);
	sql_bind_int(stmt, 2, !same, same ? 0 : (int64_t)++m->seq);
	sql_bind_int(stmt, 3, later ? c->has_size : row->has_size, later ? c->size : row->size);
	sql_bind_int(stmt, 4, later ? c->has_mtime : row->has_mtime, later ? c->mtime_ns : row->mtime_ns);
	sqlite3_bind_int64(stmt, 5, later ? c->verified_ns : row->verified_ns);
	sql_bind_text(stmt, 6, same ? text_of(&m->hash) : change_text(c, CHANGE_HASH));
	sql_bind_text(stmt, 7, same ? text_of(&m->record) : change_text(c, CHANGE_RECORD));
	sqlite3_bind_int(stmt, 8, later);
	return sql_step(m->sql, stmt, why);
}

/* A new file, unless the path is taken.  1: inserted, *id is its number; 0: taken; -1. */
static int
insert(struct merge *m, const struct change *c, struct slice mismatch, int64_t *id, struct fail *why)
{
	sqlite3_stmt *stmt = m->stmt[INSERT];

	*id = (int64_t)(m->seq + 1);
	sqlite3_bind_int64(stmt, 1, *id);
	sql_bind_blob(stmt, 2, change_text(c, CHANGE_PATH));
	sql_bind_int(stmt, 3, c->has_size, c->size);
	sql_bind_int(stmt, 4, c->has_mtime, c->mtime_ns);
	sqlite3_bind_int64(stmt, 5, c->verified_ns);
	sql_bind_text(stmt, 6, change_text(c, CHANGE_HASH));
	sql_bind_text(stmt, 7, change_text(c, CHANGE_RECORD));
	sql_bind_text(stmt, 8, mismatch);
	if (sql_step(m->sql, stmt, why) == -1)
		return -1;
	if (sqlite3_changes(m->sql->c) == 0)
		return 0;
	m->seq++;
	return add_links(m, c, *id, why) == -1 ? -1 : 1;
}

/* Insert, or else find what is there.  1: inserted; 0: it is in m->row, and *id is its number; -1. */
static int
insert_or_find(struct merge *m, const struct change *c, struct slice mismatch, int64_t *id, struct fail *why)
{
	int rc = insert(m, c, mismatch, id, why);

	if (rc != 0)
		return rc;
	if ((rc = find(m, change_text(c, CHANGE_PATH), why)) == 0)
		return fail_set(why, FAIL_FORMAT, "database", "the database is damaged: a path is taken by no file");
	*id = m->row.id;
	return rc == 1 ? 0 : -1;
}

/* Give the file at FROM its new path, so that it keeps its number and what is known of it. */
static int
move(struct merge *m, const struct change *c, struct fail *why)
{
	struct digests d = { 0 };
	int64_t id;
	int rc;

	if ((rc = find(m, change_text(c, CHANGE_FROM), why)) != 1)
		return rc;
	if (read_digests(c, &d, why) == -1)
		return -1;
	if (!digest_equal(&d, &m->row.digests))
		return 0;
	id = m->row.id;
	if ((rc = find(m, change_text(c, CHANGE_PATH), why)) == -1)
		return -1;
	if (rc == 1 && m->row.id != id && about_file(m, DELETE, m->row.id, why) == -1)
		return -1;
	sql_bind_blob(m->stmt[MOVE], 2, change_text(c, CHANGE_PATH));
	return about_file(m, MOVE, id, why);
}

static int
put(struct merge *m, const struct change *c, struct fail *why)
{
	int64_t id;
	int rc;

	if (c->text_len[CHANGE_FROM] > 0 && move(m, c, why) == -1)
		return -1;
	if ((rc = insert_or_find(m, c, (struct slice){ NULL, 0 }, &id, why)) == -1)
		return -1;
	if (rc == 0 && update(m, c, why) == -1)
		return -1;
	return add_source(m, c, true, id, why);
}

/* Damage: the good digest stays. */
static int
note(struct merge *m, const struct change *c, struct fail *why)
{
	struct slice now = change_text(c, CHANGE_HASH_NOW);
	struct digests d = { 0 };
	int64_t id;
	int rc;

	if (now.len == 0)
		now = (struct slice){ "{}", 2 };
	if ((rc = insert_or_find(m, c, now, &id, why)) != 0)
		return rc == 1 ? 0 : -1;
	if (read_digests(c, &d, why) == -1)
		return -1;
	if (!digest_equal(&d, &m->row.digests))
		return 0; /* another content has been recorded since */
	sql_bind_text(m->stmt[NOTE], 2, now);
	return about_file(m, NOTE, id, why);
}

/* The file at the change's path, if it is the one that the change means.  1, 0, -1. */
static int
find_meant(struct merge *m, const struct change *c, struct fail *why)
{
	struct digests d = { 0 };
	int rc = find(m, change_text(c, CHANGE_PATH), why);

	if (rc != 1 || c->mask == 0)
		return rc;
	if (read_digests(c, &d, why) == -1)
		return -1;
	return digest_equal(&d, &m->row.digests);
}

static int
forget(struct merge *m, const struct change *c, struct fail *why)
{
	int rc = find_meant(m, c, why);

	if (rc != 1)
		return rc;
	if (!m->mark_deleted)
		return about_file(m, DELETE, m->row.id, why);
	sqlite3_bind_int64(m->stmt[MARK], 2, c->verified_ns);
	return about_file(m, MARK, m->row.id, why);
}

static int
undo(struct merge *m, const struct change *c, struct fail *why)
{
	int64_t id;
	int rc;

	if ((rc = find_meant(m, c, why)) != 1)
		return rc;
	id = m->row.id;
	if (drop_source(m, c, id, why) == -1)
		return -1;
	rc = c->text_len[CHANGE_FROM] > 0 ? find(m, change_text(c, CHANGE_FROM), why) : 1;
	if (rc != 0)
		return rc == 1 ? about_file(m, DELETE, id, why) : -1;
	sql_bind_blob(m->stmt[MOVE], 2, change_text(c, CHANGE_FROM));
	return about_file(m, MOVE, id, why);
}

static int
remember(struct merge *m, const struct change *c, struct fail *why)
{
	int rc;

	if (c->text_len[CHANGE_PATH] == 0)
		return add_source(m, c, false, 0, why);
	rc = find(m, change_text(c, CHANGE_PATH), why);
	return rc == 1 ? add_source(m, c, true, m->row.id, why) : rc;
}

int
merge_apply(struct merge *m, const struct change *c, struct fail *why)
{
	switch (c->op) {
	case CHANGE_PUT:
		return put(m, c, why);
	case CHANGE_NOTE:
		return note(m, c, why);
	case CHANGE_FORGET:
		return forget(m, c, why);
	case CHANGE_UNDO:
		return undo(m, c, why);
	case CHANGE_SOURCE:
		return remember(m, c, why);
	case CHANGE_NONE:
		break;
	}
	return 0;
}
