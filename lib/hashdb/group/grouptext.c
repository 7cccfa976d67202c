#include "hashdb/group/grouptext.h"

#include "base/json.h"
#include "base/span.h"

size_t
grouptext_members(struct slice group)
{
	struct slice members, value;
	size_t n = 0;

	if (span_dig(group, "members", &members))
		while (span_element(&members, &value))
			n++;
	return n;
}

int
grouptext_rename(struct slice group, struct slice id, struct buf *out, struct fail *why)
{
	struct slice old = {group.p + group.len, 0};
	bool has = span_dig(group, "id", &old);
	const char *behind = old.p + old.len;

	buf_clear(out, 64 << 10);
	buf_add(out, group.p, (size_t)(old.p - group.p));
	if (has)
		buf_add(out, id.p, id.len);
	return buf_add(out, behind, (size_t)(group.p + group.len - behind)) == -1 ? fail_nomem(why) : 0;
}

/* The lesser id of two groups; that of one, where the other has none. */
static struct slice
lesser_id(struct slice a, struct slice b)
{
	struct slice mine = {"", 0}, theirs = {"", 0};

	span_dig(a, "id", &mine);
	span_dig(b, "id", &theirs);
	return mine.len > 0 && (theirs.len == 0 || slice_compare(mine, theirs) < 0) ? mine : theirs;
}

int
grouptext_unite(struct slice a, struct slice b, struct buf *out, struct fail *why)
{
	struct slice id = lesser_id(a, b);
	size_t members = grouptext_members(a), theirs = grouptext_members(b);
	struct buf other = {0};
	int rc = grouptext_rename(a, id, out, why);

	if (rc == 0)
		rc = grouptext_rename(b, id, &other, why);
	if (rc == 0 &&
	    (theirs > members || (theirs == members && slice_compare(buf_slice(&other), buf_slice(out)) > 0)))
		rc = grouptext_rename(b, id, out, why);
	buf_fini(&other);
	return rc;
}

int
grouptext_put(struct slice record, struct slice group, struct buf *out, struct fail *why)
{
	struct spans members = {0};
	int rc = span_scan(record, &members, why);

	buf_clear(out, 64 << 10);
	buf_addc(out, '{');
	for (size_t i = 0; rc == 0 && i < members.n; i++) {
		const struct span *m = &members.v[i];

		if (slice_eq(m->key, "group") || slice_eq(m->key, "alone"))
			continue;
		json_comma(out);
		buf_add(out, m->key.p - 1, (size_t)(m->value.p + m->value.len - m->key.p) + 1);
	}
	spans_fini(&members);
	json_comma(out);
	buf_adds(out, "\"group\":");
	buf_add(out, group.p, group.len);
	return rc == 0 && buf_addc(out, '}') == -1 ? fail_nomem(why) : rc;
}
