#include "hashdb/sources.h"

#include <sqlite3.h>
#include <string.h>

enum statement { FIND_VOLUME, ADD_VOLUME, UPDATE_VOLUME, ADD, FIND, NEWEST, UPDATE, DROP, STATEMENTS };
_Static_assert((int)STATEMENTS == (int)SOURCES_STATEMENTS, "one for each");

#define THIS_SOURCE " WHERE volume = ?1 AND path = ?2 AND size = ?3 AND mtime = ?4"

static const char *const texts[STATEMENTS] = {
    [FIND_VOLUME] = "SELECT " VOLUME_COLUMNS " FROM volume WHERE name = ?1",
    [ADD_VOLUME] = "INSERT INTO volume (" VOLUME_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5)",
    [UPDATE_VOLUME] = "UPDATE volume SET label = ?3, seq = ?4, sum = ?5 WHERE id = ?1",
    [ADD] = "INSERT OR IGNORE INTO source (" SOURCE_COLUMNS("") ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [FIND] = "SELECT " SOURCE_COLUMNS("") " FROM source" THIS_SOURCE,
    [NEWEST] = "SELECT " SOURCE_COLUMNS(
	"") " FROM source WHERE volume = ?1 AND path = ?2 AND file IS NOT NULL AND seq <= ?3 ORDER BY seq DESC LIMIT 1",
    [UPDATE] = "UPDATE source SET file = ?5, seq = ?6, first = ?7, sum = ?8" THIS_SOURCE,
    [DROP] = "DELETE FROM source" THIS_SOURCE,
};

int
sources_init(struct sources *s, const struct rows *rows, struct fail *why)
{
	s->rows = rows;
	return sql_prepare_all(rows->sql, texts, s->stmt, STATEMENTS, why);
}

void
sources_fini(struct sources *s)
{
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s->stmt[i]);
	buf_fini(&s->volume.name);
	buf_fini(&s->volume.label);
}

void
sources_begin(struct sources *s, uint64_t orders_at)
{
	s->orders_at = orders_at;
	s->volume.id = 0; /* its row may have been rolled back */
}

/* ---- volumes ---- */

static uint64_t
order_of(const struct sources *s, const struct change *c)
{
	return s->orders_at + c->order;
}

static int
copy(struct buf *to, struct slice from, struct fail *why)
{
	buf_clear(to, 64 << 10);
	return buf_add(to, from.p, from.len) == -1 ? fail_nomem(why) : 0;
}

static struct row
volume_row(const struct volume *v)
{
	struct row row = {.table = TABLE_VOLUME, .sum = v->sum};

	row.v[VOLUME_ID] = value_int(v->id);
	row.v[VOLUME_NAME] = value_text(buf_slice(&v->name));
	row.v[VOLUME_LABEL] = value_text(buf_slice(&v->label));
	row.v[VOLUME_SEQ] = value_int((int64_t)v->seq);
	return row;
}

int
sources_finish(struct sources *s, struct fail *why)
{
	struct volume *v = &s->volume;
	struct row row;
	int rc;

	if (v->id == 0 || v->seq == v->stored_seq)
		return 0;
	v->stored_seq = v->seq;
	row = volume_row(v);
	rc = rows_update(s->rows, s->stmt[UPDATE_VOLUME], &row, why);
	v->sum = row.sum;
	return rc;
}

static int
new_volume(struct sources *s, struct fail *why)
{
	struct volume *v = &s->volume;
	struct row row;
	int rc;

	v->id = s->rows->about->totals[TABLE_VOLUME].rows + 1; /* none ever goes */
	v->seq = v->stored_seq = 0;
	buf_clear(&v->label, SIZE_MAX);
	row = volume_row(v);
	rc = rows_insert(s->rows, s->stmt[ADD_VOLUME], &row, why);
	v->sum = row.sum;
	return rc == 1 ? 0 : -1;
}

static int
read_volume(struct sources *s, struct slice name, struct fail *why)
{
	sqlite3_stmt *stmt = s->stmt[FIND_VOLUME];
	struct row row = {.table = TABLE_VOLUME};
	struct volume *v = &s->volume;
	int rc;

	v->id = 0;
	if (copy(&v->name, name, why) == -1)
		return -1;
	sql_bind_text(stmt, 1, name);
	if ((rc = sql_step(s->rows->sql, stmt, why)) != 1)
		return rc == 0 ? new_volume(s, why) : -1;
	rc = values_read(s->rows->sql, stmt, 0, &row, why);
	if (rc == 0)
		rc = copy(&v->label, row.v[VOLUME_LABEL].bytes, why);
	v->id = row.v[VOLUME_ID].n;
	v->seq = v->stored_seq = (uint64_t)row.v[VOLUME_SEQ].n;
	v->sum = row.sum;
	sqlite3_reset(stmt);
	return rc;
}

static int
use_volume(struct sources *s, const struct change *c, struct fail *why)
{
	struct slice name = change_text(c, CHANGE_VOLUME), label = change_text(c, CHANGE_LABEL);
	struct volume *v = &s->volume;

	if ((v->id == 0 || v->name.len != name.len || memcmp(v->name.p, name.p, name.len) != 0) &&
	    (sources_finish(s, why) == -1 || read_volume(s, name, why) == -1))
		return -1;
	if (label.len == 0 || order_of(s, c) < v->seq)
		return 0;
	v->seq = order_of(s, c);
	return copy(&v->label, label, why);
}

/* ---- sources ---- */

/* As the change has it; the values that a change does not tell are NULL. */
static struct row
source_row(const struct sources *s, const struct change *c)
{
	struct row row = {.table = TABLE_SOURCE};

	row.v[SOURCE_VOLUME] = value_int(s->volume.id);
	row.v[SOURCE_PATH] = value_blob(change_text(c, CHANGE_SOURCE_PATH));
	row.v[SOURCE_SIZE] = value_int(c->source_size);
	row.v[SOURCE_MTIME] = value_int(c->source_mtime_ns);
	return row;
}

/* The source's row, its bytes those of the change.  1, 0: there is none, -1. */
static int
find_source(struct sources *s, const struct change *c, struct row *row, struct fail *why)
{
	sqlite3_stmt *stmt = s->stmt[FIND];
	int rc;

	*row = source_row(s, c);
	values_bind(stmt, row); /* what the statement does not name is passed over */
	if ((rc = sql_step(s->rows->sql, stmt, why)) == 1 && values_read(s->rows->sql, stmt, 0, row, why) == -1)
		rc = -1;
	sqlite3_reset(stmt);
	row->v[SOURCE_PATH] = value_blob(change_text(c, CHANGE_SOURCE_PATH));
	return rc;
}

/* The source was imported before: the later import counts, but one that was left out changes nothing. */
static int
add_again(struct sources *s, const struct change *c, struct row *new, struct fail *why)
{
	struct row old;
	bool other;
	int rc = find_source(s, c, &old, why);

	if (rc != 1)
		return rc == 0 ? sql_damaged(s->rows->sql, why, "a source cannot be found") : -1;
	other = old.v[SOURCE_FILE].kind != new->v[SOURCE_FILE].kind || old.v[SOURCE_FILE].n != new->v[SOURCE_FILE].n;
	if (new->v[SOURCE_FILE].kind == VALUE_NULL || (other && new->v[SOURCE_SEQ].n < old.v[SOURCE_SEQ].n))
		return 0;
	if (!other && old.v[SOURCE_SEQ].n > new->v[SOURCE_SEQ].n)
		new->v[SOURCE_SEQ] = old.v[SOURCE_SEQ];
	if (!other && old.v[SOURCE_FIRST].n > new->v[SOURCE_FIRST].n)
		new->v[SOURCE_FIRST] = old.v[SOURCE_FIRST];
	new->sum = old.sum;
	return rows_update(s->rows, s->stmt[UPDATE], new, why);
}

int
sources_add(struct sources *s, const struct change *c, struct value file, bool first, struct fail *why)
{
	struct row row;
	int rc;

	if (c->text_len[CHANGE_VOLUME] == 0)
		return 0;
	if (use_volume(s, c, why) == -1)
		return -1;
	row = source_row(s, c);
	row.v[SOURCE_FILE] = file;
	row.v[SOURCE_SEQ] = value_int((int64_t)order_of(s, c));
	row.v[SOURCE_FIRST] = value_int(first);
	rc = rows_insert(s->rows, s->stmt[ADD], &row, why);
	return rc == 0 ? add_again(s, c, &row, why) : rc == 1 ? 0 : -1;
}

int
sources_newest(struct sources *s, const struct change *c, struct slice path, int64_t *file, struct fail *why)
{
	sqlite3_stmt *stmt = s->stmt[NEWEST];
	struct row row = {.table = TABLE_SOURCE};
	int rc;

	if (use_volume(s, c, why) == -1)
		return -1;
	sqlite3_bind_int64(stmt, 1, s->volume.id);
	sql_bind_blob(stmt, 2, path);
	sqlite3_bind_int64(stmt, 3, (int64_t)order_of(s, c));
	if ((rc = sql_step(s->rows->sql, stmt, why)) == 1 && values_read(s->rows->sql, stmt, 0, &row, why) == -1)
		rc = -1;
	*file = row.v[SOURCE_FILE].n;
	sqlite3_reset(stmt);
	return rc;
}

int
sources_drop(struct sources *s, const struct change *c, int64_t file, struct fail *why)
{
	struct row row;
	int rc;

	if (c->text_len[CHANGE_VOLUME] == 0)
		return 0;
	if (use_volume(s, c, why) == -1)
		return -1;
	if ((rc = find_source(s, c, &row, why)) != 1)
		return rc;
	if (row.v[SOURCE_FILE].kind != VALUE_INT || row.v[SOURCE_FILE].n != file)
		return 0;
	values_bind(s->stmt[DROP], &row);
	return rows_delete(s->rows, s->stmt[DROP], &row, why);
}
