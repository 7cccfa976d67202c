/*
 * A card is asked about file by file, but its files come folder by folder: what is known of a folder, and of all below
 * it, is read at once, and the answers come from memory as long as questions stay among those paths.  That is what
 * makes the second import of a card cheap.  What is too much is read piece by piece, each from the path where the piece
 * before ended.  Questions in an order that no reading ahead helps must not cost a window each: so rows read ahead are
 * paid for, above all by questions that were answered so, and without credit a file is asked about alone.
 */
#include "base/pathname.h"
#include "hashdb/lookup/lookup-parts.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/span.h"
#include "media/group/companion.h"
#include "media/group/groupname.h"

#define AHEAD_BYTES (512u << 10) /* the most that is kept, but for one row */

/* Credit for reading ahead. */
enum {
	CREDIT_ROW = 4, /* the price of a row */
	CREDIT_HIT = 8, /* earned by a question that was answered from memory */
	CREDIT_MISS = 1,
	CREDIT_LEAST = 64 * CREDIT_ROW, /* worth a try */
	CREDIT_MOST = 4096 * CREDIT_ROW /* and to begin with */
};

/* As lookup.c selects it. */
struct joined {
	struct row source, file;
	bool has_file;
};

void
lookup_init_sources(struct lookup *l)
{
	l->volume_id = -1;
	l->window.credit = CREDIT_MOST;
}

void
lookup_free_sources(struct lookup *l)
{
	buf_fini(&l->volume);
	buf_fini(&l->window.from);
	buf_fini(&l->window.to);
	buf_fini(&l->window.last);
	free(l->window.sources.v);
	buf_fini(&l->window.sources.bytes);
	free(l->one.v);
	buf_fini(&l->one.bytes);
}

static int
find_volume(struct lookup *l, struct slice volume, struct fail *why)
{
	sqlite3_stmt *stmt = l->stmt[FIND_VOLUME];
	struct row row = {.table = TABLE_VOLUME};
	int rc;

	if (l->volume.len == volume.len && memcmp(l->volume.p, volume.p, volume.len) == 0)
		return 0;
	buf_clear(&l->window.to, SIZE_MAX);
	l->volume_id = -1;
	if (lookup_set_path(&l->volume, volume, why) == -1)
		return -1;
	sql_bind_text(stmt, 1, volume);
	rc = sql_step(l->sql, stmt, why);
	if (rc == 1 && (rc = values_read(l->sql, stmt, 0, &row, why)) == 0)
		l->volume_id = row.v[VOLUME_ID].n;
	if (rc == -1)
		buf_clear(&l->volume, SIZE_MAX); /* no answer: the next record asks again */
	sqlite3_reset(stmt);
	return rc;
}

static void
clear_sources(struct source_rows *list, size_t skip)
{
	list->n = 0;
	list->skip = skip;
	buf_clear(&list->bytes, AHEAD_BYTES);
}

static size_t
add_bytes(struct source_rows *list, struct slice s)
{
	size_t at = list->bytes.len;

	buf_add(&list->bytes, s.p, s.len);
	return at;
}

static enum group_role
role_of(const struct row *file)
{
	struct slice role;

	if (!span_dig(file->v[FILE_RECORD].bytes, "group.role", &role) || role.len < 2)
		return GROUP_NO_ROLE;
	return group_role_parse((struct slice){role.p + 1, role.len - 2});
}

static const struct companion *
companion_at(struct slice path)
{
	const char *dot = memrchr(path.p, '.', path.len);

	return dot == NULL ? NULL : companion_find((struct slice){dot + 1, (size_t)(path.p + path.len - dot) - 1});
}

/* A companion may have been filed without what it belongs to, from which it would have a date. */
static void
add_waiting(struct source_rows *list, struct source_row *s, const struct joined *row)
{
	struct slice record = row->file.v[FILE_RECORD].bytes, found;

	if (companion_at(row->source.v[SOURCE_PATH].bytes) == NULL || span_dig(record, "taken", &found))
		return;
	s->waits = span_dig(record, "alone", &found);
	if (!s->waits && span_dig(record, "group.members", &found)) {
		s->waits = true;
		s->nmates = found.len;
		s->mates = add_bytes(list, found);
	}
}

static int
add_source(struct source_rows *list, const struct joined *row, struct fail *why)
{
	struct source_row *rows = array_room(list->v, &list->cap, list->n, sizeof *rows), *s;
	struct slice name = row->source.v[SOURCE_PATH].bytes;

	if (rows == NULL)
		return fail_nomem(why);
	list->v = rows;
	s = &list->v[list->n++];
	name = (struct slice){name.p + list->skip, name.len - list->skip};
	*s = (struct source_row){.name_len = name.len,
	    .size = row->source.v[SOURCE_SIZE].n,
	    .mtime_ns = row->source.v[SOURCE_MTIME].n,
	    .seq = row->source.v[SOURCE_SEQ].n,
	    .skipped = row->source.v[SOURCE_FILE].kind == VALUE_NULL,
	    .first = row->source.v[SOURCE_FIRST].n != 0,
	    .role = GROUP_NO_ROLE};
	s->name = add_bytes(list, name);
	if (row->has_file) {
		s->path_len = row->file.v[FILE_PATH].bytes.len;
		s->path = add_bytes(list, row->file.v[FILE_PATH].bytes);
		buf_addc(&list->bytes, '\0');
		s->file = lookup_state_of(row->file.v);
		s->role = role_of(&row->file);
		add_waiting(list, s, row);
	}
	return list->bytes.failed ? fail_nomem(why) : 0;
}

/* The row that `stmt` stands on. */
static int
read_row(struct lookup *l, sqlite3_stmt *stmt, struct joined *row, struct fail *why)
{
	row->source.table = TABLE_SOURCE;
	row->file.table = TABLE_FILE;
	if (values_read(l->sql, stmt, 0, &row->source, why) == -1)
		return -1;
	row->has_file = sqlite3_column_type(stmt, SOURCE_VALUES + 1 + FILE_ID) != SQLITE_NULL;
	return row->has_file ? values_read(l->sql, stmt, SOURCE_VALUES + 1, &row->file, why) : 0;
}

static bool
holds(const struct window *w, struct slice path)
{
	return w->to.len > 0 && slice_compare(path, buf_slice(&w->from)) >= 0 &&
	       slice_compare(path, buf_slice(&w->to)) < 0;
}

static void
earn(struct window *w, int credit)
{
	w->credit = w->credit < CREDIT_MOST - credit ? w->credit + credit : CREDIT_MOST;
}

static int
keep_row(struct lookup *l, struct fail *why)
{
	struct window *w = &l->window;
	struct joined row;
	struct slice path;

	if (read_row(l, l->stmt[FOLDER], &row, why) == -1)
		return -1;
	path = row.source.v[SOURCE_PATH].bytes;
	if (slice_compare(buf_slice(&w->last), path) > 0)
		return sql_damaged(l->sql, why, "table source is out of order");
	if (lookup_set_path(&w->last, path, why) == -1)
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
	sql_bind_blob(stmt, 2, buf_slice(&w->from));
	sql_bind_blob(stmt, 3, buf_slice(&w->to));
	while (taken == 0 && w->credit >= CREDIT_ROW && w->sources.bytes.len <= AHEAD_BYTES &&
	       (rc = sql_step(l->sql, stmt, why)) == 1) {
		w->credit -= CREDIT_ROW;
		taken = keep_row(l, why);
	}
	sqlite3_reset(stmt);
	if (rc == -1 || taken == -1)
		return -1;
	return rc == 1 ? lookup_set_path(&w->to, buf_slice(&w->last), why) : 0;
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
	bool on = slice_compare(folder, buf_slice(&w->to)) < 0 && slice_compare(path, buf_slice(&w->to)) >= 0;

	if (w->credit < CREDIT_LEAST)
		return 0;
	clear_sources(&w->sources, folder.len);
	if (lookup_set_path(&w->from, on ? path : folder, why) == 0 && set_behind(&w->to, folder, why) == 0 &&
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
	struct joined row;
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
first_named(const struct source_rows *list, struct slice name)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct source_row *s = &list->v[mid];

		if (slice_compare((struct slice){list->bytes.p + s->name, s->name_len}, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct source_row *
find_source(const struct source_rows *list, const struct lookup_origin *from)
{
	struct slice name = {from->path.p + list->skip, from->path.len - list->skip};

	for (size_t i = first_named(list, name); i < list->n; i++) {
		const struct source_row *s = &list->v[i];

		if (s->name_len != name.len || memcmp(list->bytes.p + s->name, name.p, name.len) != 0)
			break;
		if (s->size == from->size && s->mtime_ns == from->mtime_ns)
			return s;
	}
	return NULL;
}

/* Whether a file that was left out is nothing for good: its picture may have come since. */
static bool
is_left_out(const struct lookup *l, const struct lookup_origin *from)
{
	const struct companion *c = companion_at(from->path);

	return l->skipped && (c == NULL || c->comes != COMPANION_BESIDE);
}

/* Whether a name, as JSON, is a picture's or film's that stands in the folder of answer->path. */
static bool
stands_beside(struct lookup *l, struct slice name, const struct lookup_answer *answer)
{
	const char *slash;
	struct groupname is;
	struct slice folder;
	struct buf path = {0};
	struct fail ignored = {0};
	struct stat st;
	bool there;

	name = (struct slice){name.p + 1, name.len - 2};
	if ((slash = memrchr(name.p, '/', name.len)) != NULL)
		name = (struct slice){slash + 1, (size_t)(name.p + name.len - slash) - 1};
	if (!groupname_alone(name, &is) || group_is_companion(is.role))
		return false;
	folder = pathname_folder(buf_cstr(&answer->path));
	buf_add(&path, folder.p, folder.len);
	there = buf_add(&path, name.p, name.len) == 0 && state_look(l->root, buf_cstr(&path), &st, &ignored) == 0;
	buf_fini(&path);
	return there;
}

/* Whether a companion that is there is to be looked at again: what it belongs to may have come since. */
static bool
is_waiting(
    struct lookup *l, const struct source_rows *list, const struct source_row *s, const struct lookup_answer *answer)
{
	struct slice mates = {list->bytes.p + s->mates, s->nmates}, name;

	if (!s->waits || l->root == -1)
		return false;
	while (s->nmates > 0 && span_element(&mates, &name)) {
		if (name.len >= 2 && stands_beside(l, name, answer))
			return false;
	}
	return true;
}

static int
judge_source(struct lookup *l, const struct source_rows *list, const struct source_row *s,
    const struct lookup_origin *from, struct lookup_answer *answer, struct fail *why)
{
	if (s->skipped) {
		answer->status = is_left_out(l, from) ? LOOKUP_KNOWN : LOOKUP_NEW;
		return 0;
	}
	if (s->path_len == 0)
		return 0;
	if (lookup_set_path(&answer->path, (struct slice){list->bytes.p + s->path, s->path_len}, why) == -1)
		return -1;
	answer->role = s->role;
	answer->status = lookup_judge(l, answer->path.p, &s->file);
	answer->errnum = l->errnum;
	answer->waits = answer->status == LOOKUP_KNOWN && is_waiting(l, list, s, answer);
	return 0;
}

/* The rows that have all of the source's: of the window, or those of it alone.  NULL: failed. */
static const struct source_rows *
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
lookup_source(struct lookup *l, const struct lookup_origin *from, struct lookup_answer *answer, struct fail *why)
{
	const struct source_rows *list;
	const struct source_row *s;

	lookup_clear(answer);
	if (l->seq == 0)
		return 0;
	if (find_volume(l, from->volume, why) == -1)
		return -1;
	if (l->volume_id == -1)
		return 0;
	if ((list = sources_for(l, from, why)) == NULL)
		return -1;
	s = find_source(list, from);
	return s != NULL && s->seq <= l->seq ? judge_source(l, list, s, from, answer, why) : 0;
}

int
lookup_first(struct lookup *l, struct slice below, const struct lookup_origin *from, bool *first, struct fail *why)
{
	const struct source_row *s;
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
