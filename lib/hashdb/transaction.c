/*
 * What makes a large database slow is touching its pages in random order.  So changes are applied in the order of their
 * paths, as far as 16 bytes of each tell, and what belongs into the digest table is collected meanwhile and added in
 * the order of the digests.  Changes of one path keep the order they came in.  Files that moved or were taken back
 * tie two paths together: where there are such, all are applied in the order they came.
 */
#include "hashdb/transaction.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/quote.h"
#include "file/spool.h"
#include "hashdb/merge.h"
#include "hashdb/store/about.h"
#include "hashdb/store/journal.h"
#include "hashdb/store/sql.h"

#define KEY_BYTES 16
#define LENGTH_BITS 24
#define WINDOW_BYTES (8u << 10)

/* A change in the spool: its offset above, its length below; and how its path begins. */
struct entry {
	char key[KEY_BYTES];
	uint64_t where;
};

struct transaction {
	struct hashdb *db;
	struct merge *merge;
	struct spool spool;
	struct entry *entries;
	size_t n, cap;
	bool tied;        /* changes depend on each other's order */
	int64_t clock_ns; /* grows with every change that was read now */
	struct buf window;
	uint64_t window_at;
	struct buf change; /* the current one, aligned */
	const char *log;   /* NULL: none */
	uint64_t log_bytes;
};

struct transaction *
transaction_new(struct hashdb *db, bool mark_deleted, struct fail *why)
{
	struct transaction *t = calloc(1, sizeof *t);

	if (t == NULL) {
		fail_nomem(why);
		return NULL;
	}
	t->db = db;
	t->spool.fd = -1;
	if ((t->merge = merge_new(hashdb_sql(db), mark_deleted, why)) == NULL) {
		transaction_free(t);
		return NULL;
	}
	return t;
}

void
transaction_free(struct transaction *t)
{
	if (t == NULL)
		return;
	merge_free(t->merge);
	spool_fini(&t->spool);
	free(t->entries);
	buf_fini(&t->window);
	buf_fini(&t->change);
	free(t);
}

/* Room for one more. */
static struct entry *
add_entry(struct transaction *t, struct fail *why)
{
	struct entry *entries = array_room(t->entries, &t->cap, t->n, sizeof *entries);

	if (entries == NULL) {
		fail_nomem(why);
		return NULL;
	}
	t->entries = entries;
	return &entries[t->n];
}

/* Now, but later than every time given before: of two readings of one file the second counts. */
static int64_t
tick(struct transaction *t)
{
	int64_t now = hashdb_now_ns();

	t->clock_ns = now > t->clock_ns ? now : t->clock_ns + 1;
	return t->clock_ns;
}

int
transaction_add(struct transaction *t, struct change *c, struct fail *why)
{
	struct slice path = change_text(c, CHANGE_PATH);
	struct entry *e;

	if (c->own)
		c->verified_ns = tick(t);
	c->order = (uint32_t)t->n;
	if (c->len >> LENGTH_BITS != 0)
		return fail_set(why, FAIL_LIMIT, "batch", "a record of %zu bytes is too long", c->len);
	if (t->n == TRANSACTION_MAX)
		return fail_set(why, FAIL_LIMIT, "batch", "more than %u records in one transaction", TRANSACTION_MAX);
	if ((e = add_entry(t, why)) == NULL)
		return -1;
	e->where = spool_size(&t->spool) << LENGTH_BITS | c->len;
	memset(e->key, 0, KEY_BYTES);
	if (path.len > 0)
		memcpy(e->key, path.p, path.len < KEY_BYTES ? path.len : KEY_BYTES);
	if (spool_add(&t->spool, c, c->len, why) == -1)
		return -1;
	t->tied |= c->text_len[CHANGE_FROM] > 0 || c->op == CHANGE_UNDO;
	t->n++;
	return 0;
}

static int
by_path(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = memcmp(x->key, y->key, KEY_BYTES);

	return order != 0 ? order : (x->where > y->where) - (x->where < y->where);
}

/* Bytes of the spool, from a small window over it: neighbours are usually wanted next. */
static int
read_spool(struct transaction *t, uint64_t at, char *to, size_t len, struct fail *why)
{
	uint64_t left = spool_size(&t->spool) - at;

	if (len > WINDOW_BYTES)
		return spool_read(&t->spool, at, to, len, why);
	if (at < t->window_at || at + len > t->window_at + t->window.len) {
		size_t n = left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES;

		buf_clear(&t->window, SIZE_MAX);
		if (buf_reserve(&t->window, WINDOW_BYTES) == NULL)
			return fail_nomem(why);
		if (spool_read(&t->spool, at, t->window.p, n, why) == -1)
			return -1;
		t->window.len = n;
		t->window_at = at;
	}
	memcpy(to, t->window.p + (at - t->window_at), len);
	return 0;
}

static int
apply(struct transaction *t, const struct entry *e, struct fail *why)
{
	size_t len = e->where & ((UINT64_C(1) << LENGTH_BITS) - 1);

	buf_clear(&t->change, 64 << 10);
	if (buf_reserve(&t->change, len) == NULL)
		return fail_nomem(why);
	if (read_spool(t, e->where >> LENGTH_BITS, t->change.p, len, why) == -1)
		return -1;
	return merge_apply(t->merge, (const struct change *)(const void *)t->change.p, why);
}

/* Inside the transaction. */
static int
apply_all(struct transaction *t, struct fail *why)
{
	struct about *about = hashdb_load(t->db, why);

	if (about == NULL)
		return -1;
	merge_begin(t->merge, about, t->n);
	if (!t->tied)
		qsort(t->entries, t->n, sizeof *t->entries, by_path);
	for (size_t i = 0; i < t->n; i++)
		if (apply(t, &t->entries[i], why) == -1)
			return -1;
	if (merge_finish(t->merge, why) == -1)
		return -1;
	if (t->log != NULL && merge_log(t->merge, t->log, t->log_bytes, why) == -1)
		return -1;
	return hashdb_save(t->db, why);
}

void
transaction_log(struct transaction *t, const char *name, uint64_t bytes)
{
	t->log = name;
	t->log_bytes = bytes;
}

int
transaction_logged(struct transaction *t, const char *name, uint64_t *bytes, struct fail *why)
{
	return merge_logged(t->merge, name, bytes, why);
}

size_t
transaction_damaged(const struct transaction *t, struct buf *line)
{
	struct slice first;
	size_t n = merge_damaged(t->merge, &first);

	buf_clear(line, SIZE_MAX);
	if (n == 0)
		return 0;
	quote_name(line, first.p, first.len);
	if (n > 1)
		buf_addf(line, " and %zu more", n - 1);
	buf_adds(line,
	    ": the content differs from what is recorded, under the same size and time, or is none: noted as damaged; "
	    "if you edited it, touch it and record it again");
	return n;
}

size_t
transaction_count(const struct transaction *t)
{
	return t->n;
}

static int
empty(struct transaction *t, struct fail *why)
{
	t->n = 0;
	t->tied = false;
	buf_clear(&t->window, SIZE_MAX);
	return spool_reset(&t->spool, why);
}

int
transaction_commit(struct transaction *t, struct fail *why)
{
	struct sql *sql = hashdb_sql(t->db);

	if (t->n == 0)
		return 0;
	if (sql_exec(sql, JOURNAL_BEGIN, why) == -1 || apply_all(t, why) == -1 || sql_exec(sql, "COMMIT", why) == -1) {
		sqlite3_exec(sql->c, "ROLLBACK", NULL, NULL, NULL);
		return -1;
	}
	return empty(t, why);
}
