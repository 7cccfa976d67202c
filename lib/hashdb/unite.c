#include "hashdb/unite.h"

#include <string.h>

#include "base/json.h"
#include "base/span.h"

#define MEMBERS_MAX 1024 /* each of one is looked for among those of the other */

static bool
has_member(const struct spans *record, struct slice key)
{
	for (size_t i = 0; i < record->n; i++)
		if (record->v[i].key.len == key.len && memcmp(record->v[i].key.p, key.p, key.len) == 0)
			return true;
	return false;
}

static void
add_member(struct buf *out, const struct span *m)
{
	json_comma(out);
	buf_add(out, m->key.p - 1, (size_t)(m->value.p + m->value.len - m->key.p) + 1);
}

static void
unite(const struct spans *a, const struct spans *b, bool elsewhere, struct buf *out)
{
	const struct span *first = span_find(a, "group"), *second = span_find(b, "group");
	bool foreign = elsewhere && first != NULL;
	bool grouped = (first != NULL && !foreign) || second != NULL;
	const struct span *alone[] = {span_find(a, "alone"), span_find(b, "alone")};

	for (size_t i = 0; i < a->n; i++)
		if ((!foreign || &a->v[i] != first) && (!grouped || &a->v[i] != alone[0]))
			add_member(out, &a->v[i]);
	for (size_t i = 0; i < b->n && a->n <= MEMBERS_MAX && b->n <= MEMBERS_MAX; i++)
		if (((foreign && &b->v[i] == second) || !has_member(a, b->v[i].key)) &&
		    (!grouped || &b->v[i] != alone[1]))
			add_member(out, &b->v[i]);
}

int
unite_records(struct slice first, struct slice second, bool elsewhere, struct buf *out, struct fail *why)
{
	struct spans a = {0}, b = {0};
	int rc = -1;

	if (span_scan(first, &a, why) == 0 && span_scan(second, &b, why) == 0) {
		buf_clear(out, 64 << 10);
		buf_addc(out, '{');
		unite(&a, &b, elsewhere, out);
		rc = buf_addc(out, '}') == -1 ? fail_nomem(why) : 0;
	}
	spans_fini(&a);
	spans_fini(&b);
	return rc;
}
