/*
 * Two cursors go through the paths side by side, so that neither database is held in memory; only where they disagree a
 * content is looked for.  Of copies of one library that is seldom.
 */
#include "hashdb/list/diff.h"

#include <stdlib.h>

#include "base/quote.h"
#include "base/span.h"
#include "hash/digest.h"
#include "hashdb/list/rowrec.h"
#include "hashdb/lookup/lookup.h"

enum { A, B, SIDES };

struct side {
	struct hashdb *db;
	struct cursor *cursor;
	struct lookup *lookup;
	bool has, done; /* row is the next one; it has been looked at */
	struct cursor_row row;
	struct digests digests;
	struct lookup_answer answer; /* of the other database, on this row's content */
};

struct diff {
	struct side side[SIDES];
};

static int
open_side(struct side *s, struct hashdb *db, struct fail *why)
{
	struct lookup_conf offline = {.offline = true};

	s->db = db;
	s->done = true;
	if ((s->cursor = cursor_new(db, CURSOR_PATHS, why)) == NULL)
		return -1;
	return (s->lookup = lookup_new(db, &offline, why)) != NULL ? 0 : -1;
}

struct diff *
diff_new(struct hashdb *a, struct hashdb *b, struct fail *why)
{
	struct diff *d = calloc(1, sizeof *d);

	if (d == NULL) {
		fail_nomem(why);
		return NULL;
	}
	if (open_side(&d->side[A], a, why) == 0 && open_side(&d->side[B], b, why) == 0)
		return d;
	diff_free(d);
	return NULL;
}

void
diff_free(struct diff *d)
{
	if (d == NULL)
		return;
	for (int i = 0; i < SIDES; i++) {
		cursor_free(d->side[i].cursor);
		lookup_free(d->side[i].lookup);
		buf_fini(&d->side[i].answer.path);
	}
	free(d);
}

static int
advance(struct side *s, struct fail *why)
{
	int rc;

	if (!s->done)
		return 0;
	if ((rc = cursor_next(s->cursor, &s->row, why)) == -1)
		return -1;
	s->has = rc == 1;
	s->done = false;
	return s->has ? digest_read_json(s->row.hash, &s->digests, why) : 0;
}

/* Below zero: A's row comes first; above: B's. */
static int
order(const struct side *a, const struct side *b)
{
	return a->has && b->has ? slice_compare(a->row.path, b->row.path) : b->has - a->has;
}

static int
cannot_compare(const struct side *s, const struct side *other, struct fail *why)
{
	const char *name = digest_name(hashdb_index(other->db));
	struct buf path = {0}, quoted = {0};

	rowrec_path(s->db, false, &s->row, &path);
	quote_name(&quoted, path.p, path.len);
	fail_set(why, FAIL_INPUT, "hash",
	    "to be compared, both databases must require %s: use hashdb-merge --require=%s, and give it to the files "
	    "that hashdb-list --lacking names; there is none of %s",
	    name, name, buf_cstr(&quoted));
	buf_fini(&path);
	buf_fini(&quoted);
	return -1;
}

/* Whether the other database lacks the content of this one's row: 1, 0, -1. */
static int
is_wanting(struct side *s, struct side *other, struct fail *why)
{
	enum digest_algorithm index = hashdb_index(other->db);

	if (index != DIGEST_COUNT && !(s->digests.mask & 1u << index))
		return cannot_compare(s, other, why);
	if (lookup_hash(other->lookup, &s->digests, &s->answer, why) == -1)
		return -1;
	return s->answer.status != LOOKUP_KNOWN;
}

static bool
same_row(const struct side *a, const struct side *b)
{
	return digest_equal(&a->digests, &b->digests) && slice_same(a->row.mismatch, b->row.mismatch);
}

static void
tell(struct diff_found *found, const struct side *s, const struct side *other, enum word word)
{
	*found = (struct diff_found){.word = word, .db = s->db, .row = &s->row};
	found->known = (struct query_result){.status = s->answer.status,
	    .root = s->answer.status != LOOKUP_NEW ? hashdb_root(other->db) : NULL,
	    .path = buf_slice(&s->answer.path),
	    .role = GROUP_NO_ROLE};
	if (word == DIFF_DIFFERS) {
		found->other_db = other->db;
		found->other = &other->row;
	}
}

/* A row whose path only one of them has. */
static int
only(struct side *s, struct side *other, enum word word, struct diff_found *found, struct fail *why)
{
	int rc = is_wanting(s, other, why);

	s->done = true;
	if (rc == 1)
		tell(found, s, other, word);
	return rc;
}

/* Both have the path. */
static int
compare(struct side *a, struct side *b, struct diff_found *found, struct fail *why)
{
	int in_b, in_a;

	a->done = b->done = true;
	if (same_row(a, b))
		return 0;
	if ((in_b = is_wanting(a, b, why)) == -1 || (in_a = is_wanting(b, a, why)) == -1)
		return -1;
	if (in_a == 0 && in_b == 0)
		return 0;
	tell(found, a, b, DIFF_DIFFERS);
	return 1;
}

int
diff_next(struct diff *d, struct diff_found *found, struct fail *why)
{
	struct side *a = &d->side[A], *b = &d->side[B];
	int rc = 0;

	while (rc == 0) {
		int first;

		if (advance(a, why) == -1 || advance(b, why) == -1)
			return -1;
		if (!a->has && !b->has)
			return 0;
		first = order(a, b);
		rc = first < 0   ? only(a, b, DIFF_ONLY_A, found, why)
		     : first > 0 ? only(b, a, DIFF_ONLY_B, found, why)
				 : compare(a, b, found, why);
	}
	return rc;
}
