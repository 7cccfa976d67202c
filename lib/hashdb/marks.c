#include "hashdb/marks.h"

/* The mark of the change's content at its path: 1, 0, -1. */
static int
find_mark(struct files *f, const struct change *c, struct digests *content, struct fail *why)
{
	if (digest_read_json(change_text(c, CHANGE_HASH), content, why) == -1)
		return -1;
	return files_find_mark(f, change_text(c, CHANGE_PATH), content, why);
}

/* No earlier than the file was last read, whatever the clock says: a list from before brings nothing back. */
static int64_t
made_ns(const struct row *row, const struct change *c)
{
	int64_t verified_ns = row->v[FILE_VERIFIED].n;

	if (c->has_marked)
		return c->marked_ns;
	return c->verified_ns > verified_ns ? c->verified_ns : verified_ns;
}

int
marks_make(struct files *f, const struct change *c, struct fail *why)
{
	struct digests content = f->digests;
	int64_t when_ns = made_ns(&f->row, c);
	int rc = files_find_mark(f, change_text(c, CHANGE_PATH), &content, why);

	if (rc == 1 && f->row.v[FILE_DELETED].n > when_ns)
		when_ns = f->row.v[FILE_DELETED].n;
	if (rc == -1 || (rc == 1 && files_delete(f, why) == -1) ||
	    files_find(f, change_text(c, CHANGE_PATH), why) == -1)
		return -1;
	return files_mark_deleted(f, when_ns, why);
}

int
marks_hide(struct files *f, const struct change *c, struct fail *why)
{
	struct digests content = {0};
	int rc = c->mask == 0 ? 0 : files_has_marks(f, why);

	if (rc != 1 || (rc = find_mark(f, c, &content, why)) != 1)
		return rc;
	return c->own ? files_delete(f, why) : f->row.v[FILE_DELETED].n >= c->verified_ns;
}

/* Whether a mark that is told replaces the row's; of two that were made at the same time always the same one does. */
static bool
replaces(const struct change *c, const struct row *row)
{
	int order;

	if (c->marked_ns != row->v[FILE_DELETED].n)
		return c->marked_ns > row->v[FILE_DELETED].n;
	if (c->verified_ns != row->v[FILE_VERIFIED].n)
		return c->verified_ns > row->v[FILE_VERIFIED].n;
	order = slice_compare(change_text(c, CHANGE_HASH), row->v[FILE_HASH].bytes);
	if (order == 0)
		order = slice_compare(change_text(c, CHANGE_RECORD), row->v[FILE_RECORD].bytes);
	return order > 0 || (order == 0 && files_greater_state(row, c));
}

/* The row that was found last becomes the mark that is told; its number stays, and with it what is known of sources. */
static int
become(struct files *f, const struct change *c, struct fail *why)
{
	struct value *v = f->row.v;

	v[FILE_SIZE] = value_maybe(c->has_size, c->size);
	v[FILE_MTIME] = value_maybe(c->has_mtime, c->mtime_ns);
	v[FILE_VERIFIED] = value_int(c->verified_ns);
	v[FILE_HASH] = value_text(change_text(c, CHANGE_HASH));
	v[FILE_MISMATCH] = value_text_or_null((struct slice){"", 0});
	v[FILE_RECORD] = value_text(change_text(c, CHANGE_RECORD));
	return files_update(f, why) == -1 ? -1 : files_mark_deleted(f, c->marked_ns, why);
}

int
marks_take(struct files *f, const struct change *c, struct fail *why)
{
	struct digests content = {0};
	int64_t id;
	int marked = find_mark(f, c, &content, why), there;
	bool same;

	if (marked == -1 || (marked == 1 && replaces(c, &f->row) && become(f, c, why) == -1) ||
	    (there = files_find(f, change_text(c, CHANGE_PATH), why)) == -1)
		return -1;
	same = there == 1 && digest_equal(&content, &f->digests);
	if (same && c->seq != 0 && (uint64_t)f->row.v[FILE_SEQ].n > c->seq)
		return 0; /* it was put there after this database had listed its mark */
	same = same && f->row.v[FILE_VERIFIED].n <= c->marked_ns;
	if (marked == 1)
		return same ? files_delete(f, why) : 0;
	return same ? become(f, c, why) : files_insert(f, c, &id, why) == -1 ? -1 : 0;
}
