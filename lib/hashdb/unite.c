#include "hashdb/unite.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/span.h"
#include "hashdb/albums.h"
#include "hashdb/group/grouptext.h"

#define MEMBERS_MAX 1024 /* each of one is looked for among those of the other */

static const struct span *
member_of(const struct spans *record, struct slice key)
{
	for (size_t i = 0; i < record->n; i++)
		if (slice_same(record->v[i].key, key))
			return &record->v[i];
	return NULL;
}

static void
add_member(struct buf *out, const struct span *m)
{
	json_comma(out);
	buf_add(out, m->key.p - 1, (size_t)(m->value.p + m->value.len - m->key.p) + 1);
}

/* A member of one of two records, but the albums of both. */
static int
add_united(struct buf *out, const struct span *m, const struct spans *a, const struct spans *b, struct fail *why)
{
	const struct span *first = span_find(a, "albums"), *second = span_find(b, "albums");

	if ((m != first && m != second) || first == NULL || second == NULL) {
		add_member(out, m);
		return 0;
	}
	json_comma(out);
	buf_adds(out, "\"albums\":");
	return albums_unite(first->value, second->value, out, why);
}

static int
unite(const struct spans *a, const struct spans *b, bool elsewhere, struct buf *out, struct fail *why)
{
	const struct span *first = span_find(a, "group"), *second = span_find(b, "group");
	bool foreign = elsewhere && first != NULL;
	bool grouped = (first != NULL && !foreign) || second != NULL;
	const struct span *alone[] = {span_find(a, "alone"), span_find(b, "alone")};

	for (size_t i = 0; i < a->n; i++)
		if ((!foreign || &a->v[i] != first) && (!grouped || &a->v[i] != alone[0]) &&
		    add_united(out, &a->v[i], a, b, why) == -1)
			return -1;
	for (size_t i = 0; i < b->n && a->n <= MEMBERS_MAX && b->n <= MEMBERS_MAX; i++)
		if (((foreign && &b->v[i] == second) || member_of(a, b->v[i].key) == NULL) &&
		    (!grouped || &b->v[i] != alone[1]))
			add_member(out, &b->v[i]);
	return buf_addc(out, '}') == -1 ? fail_nomem(why) : 0;
}

int
unite_records(struct slice first, struct slice second, bool elsewhere, struct buf *out, struct fail *why)
{
	struct spans a = {0}, b = {0};
	int rc = -1;

	if (span_scan(first, &a, why) == 0 && span_scan(second, &b, why) == 0) {
		buf_clear(out, 64 << 10);
		buf_addc(out, '{');
		rc = unite(&a, &b, elsewhere, out, why);
	}
	spans_fini(&a);
	spans_fini(&b);
	return rc;
}

/* ---- what databases have listed ---- */

/* The members that are chosen of two records. */
struct chosen {
	const struct span **v; /* room for those of both */
	size_t n;
};

static bool
is_group(const struct span *m)
{
	return slice_eq(m->key, "group") || slice_eq(m->key, "alone");
}

static void
choose(const struct spans *later, const struct spans *earlier, bool tied, struct chosen *out)
{
	for (size_t i = 0; i < later->n; i++) {
		const struct span *m = &later->v[i], *other = tied ? member_of(earlier, m->key) : NULL;

		if (!is_group(m))
			out->v[out->n++] = other != NULL && slice_compare(other->value, m->value) > 0 ? other : m;
	}
	for (size_t i = 0; i < earlier->n; i++)
		if (!is_group(&earlier->v[i]) && member_of(later, earlier->v[i].key) == NULL)
			out->v[out->n++] = &earlier->v[i];
}

static int
by_key(const void *a, const void *b)
{
	const struct span *const *x = a, *const *y = b;

	return slice_compare((*x)->key, (*y)->key);
}

/* Behind the others: their group, or that the file is alone. */
static int
add_groups(const struct spans *a, const struct spans *b, struct buf *out, struct fail *why)
{
	const struct span *mine = span_find(a, "group"), *theirs = span_find(b, "group");
	struct buf united = {0};
	int rc = 0;

	if (mine != NULL && theirs != NULL) {
		if ((rc = grouptext_unite(mine->value, theirs->value, &united, why)) == 0) {
			json_comma(out);
			buf_addf(out, "\"group\":%s", buf_cstr(&united));
		}
		buf_fini(&united);
		return rc;
	}
	mine = mine != NULL ? mine : theirs != NULL ? theirs : span_find(a, "alone");
	if (mine == NULL)
		mine = span_find(b, "alone");
	if (mine != NULL)
		add_member(out, mine);
	return 0;
}

static int
unite_sorted(const struct spans *later, const struct spans *earlier, bool tied, struct buf *out, struct fail *why)
{
	struct chosen chosen = {.v = calloc(later->n + earlier->n + 1, sizeof(*chosen.v))};
	int rc = 0;

	if (chosen.v == NULL)
		return fail_nomem(why);
	choose(later, earlier, tied, &chosen);
	qsort(chosen.v, chosen.n, sizeof(*chosen.v), by_key);
	buf_clear(out, 64 << 10);
	buf_addc(out, '{');
	for (size_t i = 0; i < chosen.n && rc == 0; i++)
		rc = add_united(out, chosen.v[i], later, earlier, why);
	if (rc == 0 && (rc = add_groups(later, earlier, out, why)) == 0)
		rc = buf_addc(out, '}') == -1 ? fail_nomem(why) : 0;
	free(chosen.v);
	return rc;
}

int
unite_listed(struct slice later, struct slice earlier, bool tied, struct buf *out, struct fail *why)
{
	static const struct spans nothing;
	struct spans a = {0}, b = {0};
	int rc = -1;

	if (span_scan(later, &a, why) == 0 && span_scan(earlier, &b, why) == 0)
		rc = unite_sorted(&a, a.n <= MEMBERS_MAX && b.n <= MEMBERS_MAX ? &b : &nothing, tied, out, why);
	spans_fini(&a);
	spans_fini(&b);
	return rc;
}
