#include "hashdb/group/kin.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/pathname.h"
#include "base/span.h"
#include "file/hidden.h"
#include "file/spool.h"
#include "hashdb/group/grouptext.h"
#include "media/group/recgroup.h"

/* A change that is told later: all of it, what it says of its own row, or what a database has listed of it. */
struct told {
	uint32_t order;
	bool own, listed;
	uint64_t at; /* in the spool */
	size_t len;
};

struct kin {
	struct files *files;
	struct sources *sources;
	struct spool spool;
	struct told *told;
	size_t n, cap;
	/* Changes of one group that come one after the other: the first, told unless the rows of all have one id. */
	struct told run;
	struct buf id, row_id, last;
	size_t seen, wanted;
	size_t listed; /* of those that were listed: where they begin in told */
	bool mixed;
	/* Of the change that is told: where its file lay, and its group with the id that the library has. */
	struct buf change, own, renamed;
	struct buf line, path, record;
	struct rec rec;
	struct rec_group group;
	/* Of a row that is told what databases have listed: its file, the group's least id, and another row's group. */
	struct buf name, least;
	struct rec_group other;
};

struct kin *
kin_new(struct files *files, struct sources *sources)
{
	struct kin *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->files = files;
	k->sources = sources;
	k->spool.fd = -1;
	return k;
}

void
kin_free(struct kin *k)
{
	if (k == NULL)
		return;
	spool_fini(&k->spool);
	free(k->told);
	buf_fini(&k->id);
	buf_fini(&k->row_id);
	buf_fini(&k->last);
	buf_fini(&k->change);
	buf_fini(&k->own);
	buf_fini(&k->renamed);
	buf_fini(&k->line);
	buf_fini(&k->path);
	buf_fini(&k->record);
	rec_fini(&k->rec);
	rec_group_fini(&k->group);
	buf_fini(&k->name);
	buf_fini(&k->least);
	rec_group_fini(&k->other);
	free(k);
}

void
kin_begin(struct kin *k)
{
	k->n = k->seen = k->wanted = 0;
	k->run.listed = false;
	buf_clear(&k->id, SIZE_MAX);
	buf_clear(&k->last, SIZE_MAX);
}

/* ---- what is told later ---- */

static int
add_told(struct kin *k, const struct told *told, struct fail *why)
{
	struct told *v = array_room(k->told, &k->cap, k->n, sizeof(*v));

	if (v == NULL)
		return fail_nomem(why);
	k->told = v;
	k->told[k->n++] = *told;
	return 0;
}

static int
keep(struct kin *k, const struct change *c, bool own, struct told *told, struct fail *why)
{
	*told = (struct told){.order = c->order,
	    .own = own,
	    .listed = !c->own && c->op != CHANGE_SOURCE,
	    .at = spool_size(&k->spool),
	    .len = c->len};
	return spool_add(&k->spool, c, c->len, why);
}

/* The run of changes of one group ends: what of it did not come, or has another id, is told. */
static int
end_run(struct kin *k, struct fail *why)
{
	bool tells = k->seen < k->wanted || k->mixed;

	k->seen = k->wanted = 0;
	k->mixed = false;
	if (!k->run.listed)
		return tells ? add_told(k, &k->run, why) : 0;
	k->n = tells ? k->n : k->listed;
	k->run.listed = false;
	return 0;
}

static bool
is_text(const struct buf *b, struct slice text)
{
	return slice_same(text, buf_slice(b));
}

static int
set_text(struct buf *b, struct slice text, struct fail *why)
{
	buf_clear(b, SIZE_MAX);
	return buf_add(b, text.p, text.len) == -1 ? fail_nomem(why) : 0;
}

static int
begin_run(struct kin *k, const struct change *c, struct slice id, struct slice row_id, struct fail *why)
{
	if (end_run(k, why) == -1 || keep(k, c, false, &k->run, why) == -1)
		return -1;
	k->listed = k->n;
	return set_text(&k->id, id, why) == -1 ? -1 : set_text(&k->row_id, row_id, why);
}

/* The row of any of these may be of a file that was read later, which has no part in it: each is told. */
static int
note_listed(struct kin *k, const struct change *c, struct fail *why)
{
	struct told told = k->run;

	if (k->seen > 0 && keep(k, c, false, &told, why) == -1)
		return -1;
	return add_told(k, &told, why);
}

/* The change's row has the group row_id now. */
static int
note_run(struct kin *k, const struct change *c, struct slice group, struct slice row_id, struct fail *why)
{
	struct slice id, path = change_text(c, CHANGE_PATH);
	size_t wanted = grouptext_members(group);

	if (wanted == 0 || !span_dig(group, "id", &id))
		return 0;
	if (k->seen == 0 || wanted != k->wanted || !is_text(&k->id, id)) {
		if (begin_run(k, c, id, row_id, why) == -1)
			return -1;
		k->wanted = wanted;
	} else if (is_text(&k->last, path)) {
		return 0;
	}
	if (k->run.listed && note_listed(k, c, why) == -1)
		return -1;
	k->mixed |= !is_text(&k->row_id, row_id);
	if (k->run.order < c->order)
		k->run.order = c->order;
	k->seen++;
	return set_text(&k->last, path, why);
}

/* Whether a row has no group, or one of fewer files. */
static bool
has_fewer(struct slice record, size_t n)
{
	struct slice group;

	return !span_dig(record, "group", &group) || grouptext_members(group) < n;
}

static struct slice
record_of_row(const struct kin *k)
{
	return k->files->row.v[FILE_RECORD].bytes;
}

/* What a row that has just been found has already, it will have still. */
static int
note_own(struct kin *k, const struct change *c, struct slice group, struct fail *why)
{
	struct told own;

	if (!has_fewer(record_of_row(k), grouptext_members(group)))
		return 0;
	return keep(k, c, true, &own, why) == -1 ? -1 : add_told(k, &own, why);
}

int
kin_note(struct kin *k, const struct change *c, bool regrouped, struct fail *why)
{
	struct slice record = change_text(c, CHANGE_RECORD), group, row_id;
	bool source = c->op == CHANGE_SOURCE, found = k->files->row.v[FILE_ID].n != 0;
	bool content = c->op == CHANGE_PUT || (c->op == CHANGE_NOTE && !c->own);

	if (c->text_len[CHANGE_PATH] == 0 || record.len == 0 || !span_dig(record, "group", &group) ||
	    !span_dig(group, "id", &row_id) || (!content && !(source && found)))
		return 0;
	if (found && (source || c->elsewhere || !c->own)) {
		span_dig(record_of_row(k), "group.id", &row_id);
		if ((source || c->elsewhere) && note_own(k, c, group, why) == -1)
			return -1;
	}
	if (note_run(k, c, group, row_id, why) == -1)
		return -1;
	k->mixed |= k->run.listed && regrouped;
	return 0;
}

/* ---- one row ---- */

/* The row that was found gets a group in the place of its own, if it had one. */
static int
set_group(struct kin *k, struct slice group, struct fail *why)
{
	struct row *row = &k->files->row;

	if (grouptext_put(record_of_row(k), group, &k->record, why) == -1)
		return -1;
	row->v[FILE_RECORD] = value_text(buf_slice(&k->record));
	return files_update(k->files, why);
}

/* ---- the other files of a group ---- */

static void
add_same(struct buf *out, struct slice group, const char *name)
{
	struct slice value;

	if (span_dig(group, name, &value))
		buf_addf(out, ",\"%s\":%.*s", name, (int)value.len, value.p);
}

/* The group as one of its other files would tell it, of which its name is known.  Returns 1, 0 for a name of none, or
 * -1.
 */
static int
write_group(struct kin *k, struct slice group, struct slice name, struct fail *why)
{
	struct groupname read, lead;
	struct slice id;
	bool one;

	if (!span_dig(group, "id", &id) || !rec_group_read(&k->group, name, &read) ||
	    !rec_group_read(&k->group, hidden_own(buf_cstr(&k->group.lead)), &lead))
		return 0;
	one = slice_same(groupname_key(&read), groupname_key(&lead));
	buf_clear(&k->line, 64 << 10);
	buf_adds(&k->line, "{\"id\":");
	buf_add(&k->line, id.p, id.len);
	add_same(&k->line, group, "lead");
	add_same(&k->line, group, "lead_b64");
	buf_addf(&k->line, ",\"role\":\"%s\",\"rule\":\"%s\"", group_role_word(read.role),
	    one ? group_rule_word(read.rule) : GROUP_RULE_CONTENT_ID);
	add_same(&k->line, group, "members");
	add_same(&k->line, group, "members_b64");
	return buf_addc(&k->line, '}') == -1 ? fail_nomem(why) : 1;
}

/* The row of the file that lay at this path: 1, 0 or -1. */
static int
find_row(struct kin *k, const struct change *c, struct fail *why)
{
	struct slice path = buf_slice(&k->path);
	int64_t file;
	int rc;

	if (c->text_len[CHANGE_VOLUME] == 0)
		return files_find(k->files, path, why);
	rc = sources_newest(k->sources, c, path, &file, why);
	return rc == 1 ? files_find_number(k->files, file, why) : rc;
}

/* Returns 1, 0 where it is none, or -1. */
static int
read_group(struct kin *k, struct slice group, struct rec_group *out, struct fail *why)
{
	buf_clear(&k->line, 64 << 10);
	buf_adds(&k->line, "{\"path\":\"-\",\"group\":");
	buf_add(&k->line, group.p, group.len);
	if (buf_addc(&k->line, '}') == -1)
		return fail_nomem(why);
	if (rec_from_line(&k->rec, k->line.p, k->line.len, why) == -1)
		return -1;
	if (rec_get_group(&k->rec, out))
		return 1;
	return rec_group_failed(out) ? fail_nomem(why) : 0;
}

static bool
is_member(const struct rec_group *group, const char *name)
{
	for (const char *member = NULL; (member = rec_group_next(group, member)) != NULL;) {
		if (strcmp(member, name) == 0)
			return true;
	}
	return false;
}

typedef int row_visit(struct kin *k, struct slice group, struct slice name, struct fail *why);

/* Each row that the group's files have, the change's own too; they are found from a file that lay in the lead's folder.
 */
static int
each_row(struct kin *k, const struct change *c, struct slice group, row_visit *visit, struct fail *why)
{
	enum change_text at = c->text_len[CHANGE_VOLUME] > 0 ? CHANGE_SOURCE_PATH : CHANGE_PATH;
	const char *member = NULL;
	int rc = 0;

	if (set_text(&k->own, change_text(c, at), why) == -1)
		return -1;
	if (!is_member(&k->group, pathname_last(buf_cstr(&k->own))))
		return 0;
	while (rc != -1 && (member = rec_group_next(&k->group, member)) != NULL) {
		if (rec_group_beside(buf_cstr(&k->own), member, &k->path) == -1)
			return fail_nomem(why);
		if ((rc = find_row(k, c, why)) == 1)
			rc = visit(k, group, hidden_own(member), why);
	}
	return rc == -1 ? -1 : 0;
}

/* The group that is told takes the id of the first row that has another. */
static int
take_id(struct kin *k, struct slice group, struct slice name, struct fail *why)
{
	struct slice id, theirs;

	(void)name;
	if (k->renamed.len > 0 || !span_dig(group, "id", &id) || !span_dig(record_of_row(k), "group.id", &theirs) ||
	    slice_same(id, theirs))
		return 0;
	return grouptext_rename(group, theirs, &k->renamed, why);
}

/* The group that is told, as the library knows it. */
static struct slice
told_group(const struct kin *k, struct slice group)
{
	return k->renamed.len > 0 ? buf_slice(&k->renamed) : group;
}

/* Whether a row's group is none, or the one that is told, under the record's id or the library's. */
static bool
is_told(const struct kin *k, struct slice record, struct slice group)
{
	struct slice id, library_id, theirs;

	return !span_dig(record, "group.id", &theirs) || (span_dig(group, "id", &id) && slice_same(id, theirs)) ||
	       (span_dig(told_group(k, group), "id", &library_id) && slice_same(library_id, theirs));
}

/* What it has stays, but for the id, unless it has less. */
static int
tell_row(struct kin *k, struct slice group, struct slice name, struct fail *why)
{
	struct slice record = record_of_row(k), as_known = told_group(k, group), theirs, old, id;
	int rc = 0;

	if (!is_told(k, record, group))
		return 0;
	if (has_fewer(record, k->group.n))
		rc = write_group(k, as_known, name, why);
	else if (span_dig(record, "group", &theirs) && span_dig(theirs, "id", &old) && span_dig(as_known, "id", &id) &&
		 !slice_same(old, id))
		rc = grouptext_rename(theirs, id, &k->line, why) == -1 ? -1 : 1;
	return rc == 1 ? set_group(k, buf_slice(&k->line), why) : rc;
}

/* The row of the change itself, unless that has another content by now. */
static int
tell_own(struct kin *k, const struct change *c, struct slice group, struct fail *why)
{
	struct digests d = {0};
	struct slice record;
	int rc = files_find(k->files, change_text(c, CHANGE_PATH), why);

	if (rc != 1 || (c->mask != 0 && digest_read_json(change_text(c, CHANGE_HASH), &d, why) == -1))
		return rc == 1 ? -1 : rc;
	record = record_of_row(k);
	if ((c->mask != 0 && !digest_equal(&d, &k->files->digests)) || !is_told(k, record, group) ||
	    !has_fewer(record, k->group.n))
		return 0;
	return set_group(k, told_group(k, group), why);
}

/* ---- what databases have listed ---- */

/*
 * Whether the group of the row that was found names the file that is told, as that names it.  What only one of them
 * says may be of a file that another has replaced, in one order of merging and not in the other.  1, 0, -1.
 */
static int
names_told(struct kin *k, struct slice *group, struct slice *id, struct fail *why)
{
	int rc;

	if (!span_dig(record_of_row(k), "group", group) || !span_dig(*group, "id", id))
		return 0;
	rc = read_group(k, *group, &k->other, why);
	return rc == 1 ? is_member(&k->other, buf_cstr(&k->name)) : rc;
}

static int
take_least(struct kin *k, struct slice group, struct slice name, struct fail *why)
{
	struct slice theirs, id;
	int rc = names_told(k, &theirs, &id, why);

	(void)group, (void)name;
	if (rc != 1 || slice_compare(id, buf_slice(&k->least)) >= 0)
		return rc == -1 ? -1 : 0;
	return set_text(&k->least, id, why);
}

static int
give_least(struct kin *k, struct slice group, struct slice name, struct fail *why)
{
	struct slice theirs, id;
	int rc = names_told(k, &theirs, &id, why);

	(void)group, (void)name;
	if (rc != 1 || slice_same(id, buf_slice(&k->least)))
		return rc == -1 ? -1 : 0;
	if (grouptext_rename(theirs, buf_slice(&k->least), &k->line, why) == -1)
		return -1;
	return set_group(k, buf_slice(&k->line), why);
}

/* Rows that name each other get one id, the least of theirs, in whatever order databases are merged. */
static int
tell_listed(struct kin *k, struct change *c, struct fail *why)
{
	struct slice group, id;
	int rc = files_find(k->files, change_text(c, CHANGE_PATH), why);

	if (rc != 1 || !span_dig(record_of_row(k), "group", &group) || !span_dig(group, "id", &id))
		return rc == -1 ? -1 : 0;
	if (set_text(&k->least, id, why) == -1 || (rc = read_group(k, group, &k->group, why)) != 1)
		return rc == 1 ? -1 : rc;
	if (set_text(&k->path, change_text(c, CHANGE_PATH), why) == -1 ||
	    set_text(&k->name, slice_of(pathname_last(buf_cstr(&k->path))), why) == -1 ||
	    each_row(k, c, group, take_least, why) == -1)
		return -1;
	return each_row(k, c, group, give_least, why);
}

static int
tell(struct kin *k, const struct told *told, struct fail *why)
{
	struct change *c;
	struct slice group;
	int rc;

	buf_clear(&k->change, 64 << 10);
	buf_clear(&k->renamed, 64 << 10);
	if (buf_reserve(&k->change, told->len) == NULL)
		return fail_nomem(why);
	if (spool_read(&k->spool, told->at, k->change.p, told->len, why) == -1)
		return -1;
	c = (struct change *)(void *)k->change.p;
	c->order = told->order;
	if (!span_dig(change_text(c, CHANGE_RECORD), "group", &group))
		return 0;
	if (told->listed)
		return tell_listed(k, c, why);
	if ((rc = read_group(k, group, &k->group, why)) != 1)
		return rc;
	if (each_row(k, c, group, take_id, why) == -1)
		return -1;
	return told->own ? tell_own(k, c, group, why) : each_row(k, c, group, tell_row, why);
}

/* What a record says of its own file goes before what it says of others. */
static int
by_order(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	return x->order != y->order ? (x->order > y->order) - (x->order < y->order) : y->own - x->own;
}

int
kin_finish(struct kin *k, struct fail *why)
{
	if (end_run(k, why) == -1)
		return -1;
	if (k->n > 1)
		qsort(k->told, k->n, sizeof(*k->told), by_order);
	for (size_t i = 0; i < k->n; i++) {
		if (tell(k, &k->told[i], why) == -1)
			return -1;
	}
	return spool_reset(&k->spool, why);
}
