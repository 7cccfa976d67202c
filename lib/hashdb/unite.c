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

int
unite_records(struct slice first, struct slice second, struct buf *out, struct fail *why)
{
	struct spans a = {0}, b = {0};
	int rc = -1;

	if (span_scan(first, &a, why) == -1 || span_scan(second, &b, why) == -1)
		goto done;
	buf_clear(out, 64 << 10);
	buf_add(out, first.p, first.len - 1);
	for (size_t i = 0; i < b.n && a.n <= MEMBERS_MAX && b.n <= MEMBERS_MAX; i++) {
		const struct span *m = &b.v[i];

		if (has_member(&a, m->key))
			continue;
		json_comma(out);
		buf_add(out, m->key.p - 1, (size_t)(m->value.p + m->value.len - m->key.p) + 1);
	}
	rc = buf_addc(out, '}') == -1 ? fail_nomem(why) : 0;
done:
	spans_fini(&a);
	spans_fini(&b);
	return rc;
}
