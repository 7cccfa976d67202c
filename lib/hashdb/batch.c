/*
 * What makes a large database slow is touching its pages in random order.  So a batch is applied in the order of its
 * paths, as far as 16 bytes of each tell, and what belongs into the digest table is collected meanwhile and added in
 * the order of the digests.  Changes of one path keep the order they came in.  Files that moved or were taken back
 * tie two paths together: a batch with such changes is applied in the order it came.
 */
#include "hashdb/batch.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

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

struct batch {
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

struct batch *
batch_new(struct hashdb *db, bool mark_deleted, struct fail *why)
{
	struct batch *b = calloc(1, sizeof *b);

	if (b == NULL) {
		fail_nomem(why);
		return NULL;
	}
	b->db = db;
	b->spool.fd = -1;
	if ((b->merge = merge_new(hashdb_sql(db), mark_deleted, why)) == NULL) {
		batch_free(b);
		return NULL;
	}
	return b;
}

void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	merge_free(b->merge);
	spool_fini(&b->spool);
	free(b->entries);
	buf_fini(&b->window);
	buf_fini(&b->change);
	free(b);
}

static int
grow(struct batch *b, struct fail *why)
{
	size_t cap = b->cap == 0 ? 1024 : b->cap * 2;
	struct entry *entries;

	if (cap > BATCH_MAX)
		cap = BATCH_MAX;
	if (b->n == cap)
		return fail_set(why, FAIL_LIMIT, "batch", "more than %u records in one batch", BATCH_MAX);
	if ((entries = realloc(b->entries, cap * sizeof *entries)) == NULL)
		return fail_nomem(why);
	b->entries = entries;
	b->cap = cap;
	return 0;
}

/* Now, but later than every time given before: of two readings of one file the second counts. */
static int64_t
tick(struct batch *b)
{
	int64_t now = hashdb_now_ns();

	b->clock_ns = now > b->clock_ns ? now : b->clock_ns + 1;
	return b->clock_ns;
}

int
batch_add(struct batch *b, const struct change *c, struct fail *why)
{
	struct slice path = change_text(c, CHANGE_PATH);
	struct change head = *c;
	struct entry *e;

	if (head.own)
		head.verified_ns = tick(b);
	head.order = (uint32_t)b->n;
	if (c->len >> LENGTH_BITS != 0)
		return fail_set(why, FAIL_LIMIT, "batch", "record of %zu bytes", c->len);
	if (b->n == b->cap && grow(b, why) == -1)
		return -1;
	e = &b->entries[b->n];
	e->where = spool_size(&b->spool) << LENGTH_BITS | c->len;
	memset(e->key, 0, KEY_BYTES);
	if (path.len > 0)
		memcpy(e->key, path.p, path.len < KEY_BYTES ? path.len : KEY_BYTES);
	if (spool_add(&b->spool, &head, sizeof head, why) == -1 ||
	    spool_add(&b->spool, c + 1, c->len - sizeof head, why) == -1)
		return -1;
	b->tied |= c->text_len[CHANGE_FROM] > 0 || c->op == CHANGE_UNDO;
	b->n++;
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
read_spool(struct batch *b, uint64_t at, char *to, size_t len, struct fail *why)
{
	uint64_t left = spool_size(&b->spool) - at;

	if (len > WINDOW_BYTES)
		return spool_read(&b->spool, at, to, len, why);
	if (at < b->window_at || at + len > b->window_at + b->window.len) {
		size_t n = left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES;

		buf_clear(&b->window, SIZE_MAX);
		if (buf_reserve(&b->window, WINDOW_BYTES) == NULL)
			return fail_nomem(why);
		if (spool_read(&b->spool, at, b->window.p, n, why) == -1)
			return -1;
		b->window.len = n;
		b->window_at = at;
	}
	memcpy(to, b->window.p + (at - b->window_at), len);
	return 0;
}

static int
apply(struct batch *b, const struct entry *e, struct fail *why)
{
	size_t len = e->where & ((UINT64_C(1) << LENGTH_BITS) - 1);

	buf_clear(&b->change, 64 << 10);
	if (buf_reserve(&b->change, len) == NULL)
		return fail_nomem(why);
	if (read_spool(b, e->where >> LENGTH_BITS, b->change.p, len, why) == -1)
		return -1;
	return merge_apply(b->merge, (const struct change *)(const void *)b->change.p, why);
}

/* Inside the transaction. */
static int
apply_all(struct batch *b, struct fail *why)
{
	struct about *about = hashdb_load(b->db, why);

	if (about == NULL)
		return -1;
	merge_begin(b->merge, about, b->n);
	if (!b->tied)
		qsort(b->entries, b->n, sizeof *b->entries, by_path);
	for (size_t i = 0; i < b->n; i++)
		if (apply(b, &b->entries[i], why) == -1)
			return -1;
	if (merge_finish(b->merge, why) == -1)
		return -1;
	if (b->log != NULL && merge_log(b->merge, b->log, b->log_bytes, why) == -1)
		return -1;
	return hashdb_save(b->db, why);
}

void
batch_log(struct batch *b, const char *name, uint64_t bytes)
{
	b->log = name;
	b->log_bytes = bytes;
}

int
batch_logged(struct batch *b, const char *name, uint64_t *bytes, struct fail *why)
{
	return merge_logged(b->merge, name, bytes, why);
}

size_t
batch_damaged(const struct batch *b, struct buf *line)
{
	struct slice first;
	size_t n = merge_damaged(b->merge, &first);

	buf_clear(line, SIZE_MAX);
	if (n == 0)
		return 0;
	quote_name(line, first.p, first.len);
	if (n > 1)
		buf_addf(line, " and %zu more", n - 1);
	buf_adds(line, ": not the content that is recorded, under the same size and time: noted as damaged; "
		       "one that was edited is recorded once its time has changed (touch)");
	return n;
}

size_t
batch_count(const struct batch *b)
{
	return b->n;
}

static int
empty(struct batch *b, struct fail *why)
{
	b->n = 0;
	b->tied = false;
	buf_clear(&b->window, SIZE_MAX);
	return spool_reset(&b->spool, why);
}

int
batch_commit(struct batch *b, struct fail *why)
{
	struct sql *sql = hashdb_sql(b->db);

	if (b->n == 0)
		return 0;
	if (sql_exec(sql, JOURNAL_BEGIN, why) == -1 || apply_all(b, why) == -1 || sql_exec(sql, "COMMIT", why) == -1) {
		sqlite3_exec(sql->c, "ROLLBACK", NULL, NULL, NULL);
		return -1;
	}
	return empty(b, why);
}
