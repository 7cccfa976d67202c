/*
 * Rows are read, changed in memory and written whole, each with its new sum, and the table's total follows.  Which of
 * two things came later is told by their order in the input, not by the order in which a transaction applies them:
 * sources and labels get their numbers by it, so that rebuilding a database from logs in one transaction gives what
 * many runs gave.
 */
#include "hashdb/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "file/state.h"
#include "hashdb/files.h"
#include "hashdb/group/kin.h"
#include "hashdb/marks.h"
#include "hashdb/sources.h"
#include "hashdb/store/runs.h"
#include "hashdb/unite.h"

struct merge {
	struct rows rows;
	struct files files;
	struct sources sources;
	struct runs runs;
	struct kin *kin;
	bool mark_deleted;
	bool regrouped; /* what a database has listed has given the last row another group */
	size_t changes;
	struct buf hash, record;
	size_t damaged; /* files that were found to be, and the path of the first */
	struct buf first_damaged;
};

struct merge *
merge_new(struct sql *sql, bool mark_deleted, struct fail *why)
{
	struct merge *m = calloc(1, sizeof *m);

	if (m == NULL) {
		fail_nomem(why);
		return NULL;
	}
	m->rows.sql = sql;
	m->mark_deleted = mark_deleted;
	if ((m->kin = kin_new(&m->files, &m->sources)) == NULL)
		fail_nomem(why);
	else if (files_init(&m->files, &m->rows, why) == 0 && sources_init(&m->sources, &m->rows, why) == 0 &&
		 runs_init(&m->runs, &m->rows, why) == 0)
		return m;
	merge_free(m);
	return NULL;
}

void
merge_free(struct merge *m)
{
	if (m == NULL)
		return;
	kin_free(m->kin);
	files_fini(&m->files);
	sources_fini(&m->sources);
	runs_fini(&m->runs);
	buf_fini(&m->hash);
	buf_fini(&m->record);
	buf_fini(&m->first_damaged);
	free(m);
}

void
merge_begin(struct merge *m, struct about *about, size_t changes)
{
	m->rows.about = about;
	m->changes = changes;
	files_begin(&m->files);
	kin_begin(m->kin);
	sources_begin(&m->sources, about->seq + changes + 1);
}

int
merge_finish(struct merge *m, struct fail *why)
{
	if (kin_finish(m->kin, why) == -1 || sources_finish(&m->sources, why) == -1 ||
	    files_finish(&m->files, why) == -1)
		return -1;
	m->rows.about->seq += 2 * m->changes + 1;
	return 0;
}

int
merge_log(struct merge *m, const char *name, uint64_t bytes, struct fail *why)
{
	return runs_record(&m->runs, name, bytes, why);
}

int
merge_logged(struct merge *m, const char *name, uint64_t *bytes, struct fail *why)
{
	return runs_recorded(&m->runs, name, bytes, why);
}

/* ---- contents ---- */

static int
copy(struct buf *to, struct slice from)
{
	buf_clear(to, 64 << 10);
	return buf_add(to, from.p, from.len);
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

/* Whether another database has listed it: what comes of it must not depend on which is merged into which. */
static bool
is_foreign(const struct change *c)
{
	return !c->own && c->seq == 0;
}

/*
 * Whether a change comes later than the row it would replace.  What this run has read is later than what is there; what
 * this database listed is, if the content is still the one it listed; between databases, and between a database and a
 * copy of it that has given the same number to another content, the clocks decide, and at the same time the greater
 * digest, so that the order of merging does not matter.
 */
static bool
is_later(const struct files *f, const struct change *c, const struct digests *d, bool same)
{
	int64_t verified_ns = f->row.v[FILE_VERIFIED].n;
	uint64_t seq = (uint64_t)f->row.v[FILE_SEQ].n;

	if (c->own || (c->seq != 0 && (same || c->seq != seq)))
		return c->own || c->seq >= seq;
	return c->verified_ns > verified_ns || (c->verified_ns == verified_ns && (same || greater(d, &f->digests)));
}

static bool
same_group(struct slice a, struct slice b)
{
	struct slice mine = {"", 0}, theirs = {"", 0};

	span_dig(a, "group", &mine);
	span_dig(b, "group", &theirs);
	return slice_same(mine, theirs);
}

/* A row's members and those of a change that has its content. */
static int
unite_members(struct merge *m, const struct change *c, const struct digests *d, struct fail *why)
{
	struct slice mine = change_text(c, CHANGE_RECORD), theirs = m->files.row.v[FILE_RECORD].bytes;
	bool later = is_later(&m->files, c, d, true), tied = c->verified_ns == m->files.row.v[FILE_VERIFIED].n;

	if (slice_same(mine, theirs))
		return copy(&m->record, mine) == -1 ? fail_nomem(why) : 0;
	if (is_foreign(c)) {
		int rc = unite_listed(later ? mine : theirs, later ? theirs : mine, tied, &m->record, why);

		m->regrouped = rc == 0 && !same_group(theirs, buf_slice(&m->record));
		return rc;
	}
	return unite_records(later ? mine : theirs, later ? theirs : mine, later && c->elsewhere, &m->record, why);
}

/* The same content was there before: keep what both know. */
static int
unite_contents(struct merge *m, const struct change *c, const struct digests *d, struct fail *why)
{
	struct digests both = *d;

	digest_add(&both, &m->files.digests);
	buf_clear(&m->hash, SIZE_MAX);
	if (digest_merge_json(m->files.row.v[FILE_HASH].bytes, &both, &m->hash, why) == -1)
		return -1;
	return unite_members(m, c, d, why);
}

/*
 * Whether a change comes later in how a content was found, good or damaged.  A row that has been read since this
 * database listed it has another time, be it an earlier one.  Of two at the same time damage counts.
 */
static bool
is_fresher(const struct row *row, const struct change *c)
{
	int64_t verified_ns = row->v[FILE_VERIFIED].n;
	bool noted = row->v[FILE_MISMATCH].kind != VALUE_NULL;
	struct slice there = noted ? row->v[FILE_MISMATCH].bytes : (struct slice){"", 0};
	int order;

	if (c->own)
		return true;
	if (c->verified_ns != verified_ns)
		return c->seq == 0 && c->verified_ns > verified_ns;
	order = slice_compare(change_text(c, CHANGE_HASH_NOW), there);
	return order > 0 || (order == 0 && is_foreign(c) && files_greater_state(row, c));
}

/* Whether size and time, as far as the change knows those of the file at its path, are the row's. */
static bool
same_state(const struct row *row, const struct change *c)
{
	struct state was = values_state(row->v);
	struct stat is = {.st_size = c->size};

	rec_time_of_ns(c->mtime_ns, &is.st_mtim);
	return !c->of_copy && c->has_size && c->has_mtime && was.has_size && was.has_mtime && state_agrees(&was, &is);
}

/* Nobody edits a file until nothing is left of it. */
static bool
is_emptied(const struct change *c)
{
	return !c->of_copy && c->has_size && c->size == 0;
}

/* Whether another content looks like damage to the row's: it was read here, and nothing says that it was written. */
static bool
is_damage(const struct row *row, const struct change *c)
{
	return c->op == CHANGE_PUT && !c->placed && c->own && (same_state(row, c) || is_emptied(c));
}

static int
change_mismatch(struct merge *m, const struct change *c, struct slice mismatch, struct fail *why)
{
	m->files.row.v[FILE_VERIFIED] = value_int(c->verified_ns);
	m->files.row.v[FILE_MISMATCH] = value_text_or_null(mismatch);
	return files_update(&m->files, why);
}

/* Damage that is found by comparing with the row. */
static int
note_damage(struct merge *m, const struct change *c, struct fail *why)
{
	if (m->damaged++ == 0 && copy(&m->first_damaged, change_text(c, CHANGE_PATH)) == -1)
		return fail_nomem(why);
	return change_mismatch(m, c, change_text(c, CHANGE_HASH), why);
}

/* The content is the row's. */
static int
join(struct merge *m, const struct change *c, const struct digests *d, struct fail *why)
{
	struct row *row = &m->files.row;

	if (c->op == CHANGE_NOTE && c->own)
		return change_mismatch(m, c, change_text(c, CHANGE_HASH_NOW), why);
	if (unite_contents(m, c, d, why) == -1)
		return -1;
	row->v[FILE_HASH] = value_text(buf_slice(&m->hash));
	row->v[FILE_RECORD] = value_text(buf_slice(&m->record));
	if (!is_fresher(row, c))
		return files_update(&m->files, why);
	if (!c->was_there) {
		row->v[FILE_SIZE] = value_maybe(c->has_size, c->size);
		row->v[FILE_MTIME] = value_maybe(c->has_mtime, c->mtime_ns);
	}
	return change_mismatch(m, c, change_text(c, CHANGE_HASH_NOW), why);
}

/* What a change made of the content that a path is recorded with. */
enum outcome { FAILED = -1, SAME, NEW, OTHER }; /* OTHER: it stays, and is not the change's */

/*
 * There is a file at the path already.  One that gets another content gets another number: what points to the old one
 * is about a content that is no more.
 */
static enum outcome
update(struct merge *m, const struct change *c, int64_t *id, struct fail *why)
{
	struct digests d = {0};
	int rc = files_find(&m->files, change_text(c, CHANGE_PATH), why);

	if (rc == 0)
		sql_damaged(m->rows.sql, why, "a file cannot be found by its path");
	if (rc != 1 || read_digests(c, &d, why) == -1)
		return FAILED;
	*id = m->files.row.v[FILE_ID].n;
	if (digest_equal(&d, &m->files.digests))
		return join(m, c, &d, why) == -1 ? FAILED : SAME;
	if ((c->op == CHANGE_NOTE && c->own) || !is_later(&m->files, c, &d, false))
		return OTHER;
	if (is_damage(&m->files.row, c))
		return note_damage(m, c, why) == -1 ? FAILED : OTHER;
	return files_delete(&m->files, why) == -1 || files_insert(&m->files, c, id, why) != 1 ? FAILED : NEW;
}

/* The file at the path has the change's content, or damage to it was found. */
static enum outcome
record_file(struct merge *m, const struct change *c, int64_t *id, struct fail *why)
{
	int rc = marks_hide(&m->files, c, why);

	if (rc != 0)
		return rc == -1 ? FAILED : OTHER;
	rc = files_insert(&m->files, c, id, why);
	return rc == -1 ? FAILED : rc == 1 ? NEW : update(m, c, id, why);
}

/*
 * Give the file at FROM its new path, so that it keeps its number and what is known of it.  1: that is all, since it
 * has been found damaged; 0; -1.
 */
static int
move(struct merge *m, const struct change *c, struct fail *why)
{
	struct slice to = change_text(c, CHANGE_PATH), from = change_text(c, CHANGE_FROM);
	struct digests d = {0};
	bool same;
	int rc;

	if (to.len == from.len && memcmp(to.p, from.p, to.len) == 0)
		return 0;
	if ((rc = files_find(&m->files, from, why)) != 1)
		return rc;
	if (read_digests(c, &d, why) == -1)
		return -1;
	same = digest_equal(&d, &m->files.digests);
	if (!same && !same_state(&m->files.row, c))
		return 0;
	if ((rc = files_find(&m->files, to, why)) == -1 || (rc == 1 && files_delete(&m->files, why) == -1))
		return -1;
	if ((rc = files_find(&m->files, from, why)) != 1 || files_rename(&m->files, to, why) == -1)
		return rc == 0 ? 0 : -1;
	if (same)
		return 0;
	return note_damage(m, c, why) == -1 ? -1 : 1;
}

static int
put(struct merge *m, const struct change *c, struct fail *why)
{
	int64_t id;
	enum outcome outcome;
	int rc = c->text_len[CHANGE_FROM] > 0 ? move(m, c, why) : 0;

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	outcome = record_file(m, c, &id, why);
	if (outcome == FAILED || outcome == OTHER)
		return outcome == FAILED ? -1 : 0;
	return sources_add(&m->sources, c, value_int(id), outcome == NEW, why);
}

static int
note(struct merge *m, const struct change *c, struct fail *why)
{
	int64_t id;

	return record_file(m, c, &id, why) == FAILED ? -1 : 0;
}

/* The file at the change's path, if it is the one that the change means.  1, 0, -1. */
static int
find_meant(struct merge *m, const struct change *c, struct fail *why)
{
	struct digests d = {0};
	int rc = files_find(&m->files, change_text(c, CHANGE_PATH), why);

	if (rc != 1 || c->mask == 0)
		return rc;
	if (read_digests(c, &d, why) == -1)
		return -1;
	return digest_equal(&d, &m->files.digests);
}

static int
forget(struct merge *m, const struct change *c, struct fail *why)
{
	int rc = find_meant(m, c, why);

	if (rc != 1)
		return rc;
	if (!m->mark_deleted && c->op != CHANGE_MARK)
		return files_delete(&m->files, why);
	return marks_make(&m->files, c, why);
}

/* What was told before is told of the rows that were there then, as in a transaction of its own. */
static int
undo(struct merge *m, const struct change *c, struct fail *why)
{
	int rc;

	if (kin_finish(m->kin, why) == -1)
		return -1;
	kin_begin(m->kin);
	if ((rc = find_meant(m, c, why)) != 1)
		return rc;
	if (sources_drop(&m->sources, c, m->files.row.v[FILE_ID].n, why) == -1)
		return -1;
	rc = c->text_len[CHANGE_FROM] > 0 ? files_find(&m->files, change_text(c, CHANGE_FROM), why) : 1;
	if (rc == -1 || files_find(&m->files, change_text(c, CHANGE_PATH), why) != 1)
		return -1;
	return rc == 1 ? files_delete(&m->files, why) : files_rename(&m->files, change_text(c, CHANGE_FROM), why);
}

/* The file that was found is in the albums of another copy of it, too. */
static int
add_albums(struct merge *m, const struct change *c, struct fail *why)
{
	struct slice told = change_text(c, CHANGE_RECORD), albums, record = m->files.row.v[FILE_RECORD].bytes;
	int rc;

	if (told.len == 0 || !span_dig(told, "albums", &albums))
		return 0;
	buf_clear(&m->hash, SIZE_MAX);
	if (buf_addf(&m->hash, "{\"albums\":%.*s}", (int)albums.len, albums.p) == -1)
		return fail_nomem(why);
	if ((rc = unite_records(record, buf_slice(&m->hash), false, &m->record, why)) == -1)
		return -1;
	m->files.row.v[FILE_RECORD] = value_text(buf_slice(&m->record));
	return files_update(&m->files, why);
}

static int
remember(struct merge *m, const struct change *c, struct fail *why)
{
	int rc;

	if (c->text_len[CHANGE_PATH] == 0)
		return sources_add(&m->sources, c, value_maybe(false, 0), false, why);
	if ((rc = find_meant(m, c, why)) != 1)
		return rc;
	return add_albums(m, c, why) == -1
		   ? -1
		   : sources_add(&m->sources, c, value_int(m->files.row.v[FILE_ID].n), false, why);
}

size_t
merge_damaged(const struct merge *m, struct slice *first)
{
	*first = buf_slice(&m->first_damaged);
	return m->damaged;
}

static int
apply(struct merge *m, const struct change *c, struct fail *why)
{
	switch (c->op) {
	case CHANGE_PUT:
		return put(m, c, why);
	case CHANGE_NOTE:
		return note(m, c, why);
	case CHANGE_FORGET:
	case CHANGE_MARK:
		return forget(m, c, why);
	case CHANGE_LISTED:
		return marks_take(&m->files, c, why);
	case CHANGE_UNDO:
		return undo(m, c, why);
	case CHANGE_SOURCE:
		return remember(m, c, why);
	case CHANGE_NONE:
		break;
	}
	return 0;
}

int
merge_apply(struct merge *m, const struct change *c, struct fail *why)
{
	m->regrouped = false;
	return apply(m, c, why) == -1 ? -1 : kin_note(m->kin, c, m->regrouped, why);
}
