#include "hashdb/lookup/lookup-parts.h"

#include <sqlite3.h>

#define SCAN_ROWS 8 /* a scan that is worth remembering */

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
judge_row(struct lookup *l, sqlite3_stmt *stmt, const struct digests *d, struct scan *scan, struct fail *why)
{
	enum digest_algorithm index = hashdb_index(l->db);
	struct row row = {.table = TABLE_FILE};
	const struct value *file = row.v;
	struct digests recorded = {0};
	struct lookup_state state;
	enum lookup_status said;

	if (values_read(l->sql, stmt, 0, &row, why) == -1)
		return -1;
	if (digest_read_json(file[FILE_HASH].bytes, &recorded, why) == -1 || !(recorded.mask & 1u << index) ||
	    digest_prefix(&recorded, index) != digest_prefix(d, index))
		return sql_damaged(l->sql, why, "a row of table digest points to the wrong file");
	scan->next = file[FILE_ID].n;
	if (file[FILE_SEQ].n > l->seq || !digest_equal(d, &recorded))
		return 0;
	state = lookup_state_of(file);
	if (lookup_set_path(&l->candidate, file[FILE_PATH].bytes, why) == -1)
		return -1;
	if ((said = lookup_judge(l, buf_cstr(&l->candidate), &state)) == LOOKUP_KNOWN)
		return 1;
	if (!outranks(said, scan->status))
		return 0;
	scan->status = said;
	scan->errnum = l->errnum;
	return lookup_set_path(&scan->path, file[FILE_PATH].bytes, why);
}

/* The rows from scan->next on, until one is known: 1, 0, -1.  *rows: how many were read. */
static int
continue_scan(struct lookup *l, const struct digests *d, struct scan *scan, size_t *rows, struct fail *why)
{
	bool on = scan->next > 0;
	sqlite3_stmt *stmt = l->stmt[on ? SAME_HASH_ON : SAME_HASH];
	int rc = 0, known = 0;

	sqlite3_bind_int64(stmt, 1, digest_prefix(d, hashdb_index(l->db)));
	if (on)
		sqlite3_bind_int64(stmt, 2, scan->next);
	if (on)
		sqlite3_bind_int64(stmt, 3, l->seq);
	while (known == 0 && (rc = sql_step(l->sql, stmt, why)) == 1) {
		++*rows;
		if ((known = judge_row(l, stmt, d, scan, why)) == 0)
			scan->next++;
	}
	sqlite3_reset(stmt);
	return rc == -1 ? -1 : known;
}

int
lookup_hash(struct lookup *l, const struct digests *d, struct lookup_answer *answer, struct fail *why)
{
	enum digest_algorithm index = hashdb_index(l->db);
	struct scan *scan;
	size_t rows = 0;
	int known;

	lookup_clear(answer);
	if (l->seq == 0 || index == DIGEST_COUNT)
		return 0;
	if (!(d->mask & 1u << index))
		return fail_set(why, FAIL_INPUT, "hash",
		    "the record has no %s, by which the database finds files: use file-hash -a %s", digest_name(index),
		    digest_name(index));
	if ((scan = scans_find(&l->scans, d)) == NULL) {
		scan = &l->scan;
		scan->next = 0;
		scan->status = LOOKUP_NEW;
		buf_clear(&scan->path, SIZE_MAX);
	}
	if ((known = continue_scan(l, d, scan, &rows, why)) == -1)
		return -1;
	answer->status = known ? LOOKUP_KNOWN : scan->status;
	answer->errnum = scan->errnum;
	if (lookup_set_path(&answer->path, buf_slice(known ? &l->candidate : &scan->path), why) == -1)
		return -1;
	if (scan != &l->scan || rows < SCAN_ROWS)
		return 0;
	scan->content = *d;
	return scans_keep(&l->scans, scan, why);
}
