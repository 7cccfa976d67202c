#include "hashdb/group/kin.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "base/span.h"
#include "file/hidden.h"
#include "file/spool.h"
#include "media/group/recgroup.h"

/* A change that is told later: all of it, or what it says of its own row. */
struct told {
	uint32_t order;
	bool own;
	uint64_t at; /* in the spool */
	size_t len;
};

struct kin {
	struct files *files;
	struct sources *sources;
	struct spool spool;
	struct told *told;
	size_t n, cap;
	struct told run; /* the first change of a group of which others are still to come */
	struct buf id, last;
	size_t seen, wanted;
	struct buf change, line, path, record;
	struct rec rec;
	struct rec_group group;
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
	buf_fini(&k->last);
	buf_fini(&k->change);
	buf_fini(&k->line);
	buf_fini(&k->path);
	buf_fini(&k->record);
	rec_fini(&k->rec);
	rec_group_fini(&k->group);
	free(k);
}

void
kin_begin(struct kin *k)
{
	k->n = k->seen = k->wanted = 0;
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
	*told = (struct told){.order = c->order, .own = own, .at = spool_size(&k->spool), .len = c->len};
	return spool_add(&k->spool, c, c->len, why);
}

/* The run of changes of one group ends: what of it did not come is told. */
static int
end_run(struct kin *k, struct fail *why)
{
	bool lacks = k->seen < k->wanted;

	k->seen = k->wanted = 0;
	buf_clear(&k->id, SIZE_MAX);
	return lacks ? add_told(k, &k->run, why) : 0;
}

static size_t
count(struct slice list)
{
	struct slice value;
	size_t n = 0;

	while (span_element(&list, &value))
		n++;
	return n;
}

static int
begin_run(struct kin *k, const struct change *c, struct slice id, size_t wanted, struct fail *why)
{
	if (end_run(k, why) == -1 || keep(k, c, false, &k->run, why) == -1)
		return -1;
	k->wanted = wanted;
	return buf_add(&k->id, id.p, id.len) == -1 ? fail_nomem(why) : 0;
}

static int
note_run(struct kin *k, const struct change *c, struct slice group, struct fail *why)
{
	struct slice id, members = {"", 0}, path = change_text(c, CHANGE_PATH);
	size_t wanted;

	if (!span_dig(group, "id", &id) || !span_dig(group, "members", &members))
		return 0;
	wanted = count(members);
	if (k->seen > 0 && wanted == k->wanted && slice_same(id, (struct slice){buf_cstr(&k->id), k->id.len})) {
		if (slice_same(path, (struct slice){buf_cstr(&k->last), k->last.len}))
			return 0;
	} else if (begin_run(k, c, id, wanted, why) == -1) {
		return -1;
	}
	k->seen++;
	buf_clear(&k->last, SIZE_MAX);
	return buf_add(&k->last, path.p, path.len) == -1 ? fail_nomem(why) : 0;
}

/* Whether a row has no group, or fewer files of this one. */
static bool
is_news(struct slice record, struct slice id, size_t n)
{
	struct slice group, theirs, members = {"", 0};

	if (!span_dig(record, "group", &group))
		return true;
	if (!span_dig(group, "id", &theirs) || !slice_same(theirs, id))
		return false;
	span_dig(group, "members", &members);
	return count(members) < n;
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
	struct slice id, members = {"", 0};
	struct told own;

	if (!span_dig(group, "id", &id) || !span_dig(group, "members", &members) ||
	    !is_news(record_of_row(k), id, count(members)))
		return 0;
	return keep(k, c, true, &own, why) == -1 ? -1 : add_told(k, &own, why);
}

int
kin_note(struct kin *k, const struct change *c, struct fail *why)
{
	struct slice record = change_text(c, CHANGE_RECORD), group;

	if (c->text_len[CHANGE_PATH] == 0 || record.len == 0 || !span_dig(record, "group", &group))
		return 0;
	if (c->op == CHANGE_SOURCE || c->elsewhere)
		return k->files->row.v[FILE_ID].n != 0 ? note_own(k, c, group, why) : 0;
	return c->op == CHANGE_PUT ? note_run(k, c, group, why) : 0;
}

/* ---- one row ---- */

/* The row that was found gets a group in the place of its own, if it had one. */
static int
set_group(struct kin *k, struct slice group, struct fail *why)
{
	struct spans members = {0};
	struct row *row = &k->files->row;
	int rc = span_scan(row->v[FILE_RECORD].bytes, &members, why);

	buf_clear(&k->record, 64 << 10);
	buf_addc(&k->record, '{');
	for (size_t i = 0; rc == 0 && i < members.n; i++) {
		const struct span *m = &members.v[i];

		if (slice_eq(m->key, "group") || slice_eq(m->key, "alone"))
			continue;
		json_comma(&k->record);
		buf_add(&k->record, m->key.p - 1, (size_t)(m->value.p + m->value.len - m->key.p) + 1);
	}
	spans_fini(&members);
	json_comma(&k->record);
	buf_adds(&k->record, "\"group\":");
	buf_add(&k->record, group.p, group.len);
	if (rc == 0 && buf_addc(&k->record, '}') == -1)
		rc = fail_nomem(why);
	if (rc == -1)
		return -1;
	row->v[FILE_RECORD] = value_text((struct slice){k->record.p, k->record.len});
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
	one = slice_same((struct slice){read.key, read.key_len}, (struct slice){lead.key, lead.key_len});
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
	struct slice path = {buf_cstr(&k->path), k->path.len};
	int64_t file;
	int rc;

	if (c->text_len[CHANGE_VOLUME] == 0)
		return files_find(k->files, path, why);
	rc = sources_newest(k->sources, c, path, &file, why);
	return rc == 1 ? files_find_number(k->files, file, why) : rc;
}

static int
tell_member(struct kin *k, const struct change *c, struct slice group, const char *member, struct fail *why)
{
	struct slice id;
	int rc = find_row(k, c, why);

	if (rc != 1 || !span_dig(group, "id", &id) || !is_news(record_of_row(k), id, k->group.n))
		return rc == -1 ? -1 : 0;
	if ((rc = write_group(k, group, hidden_own(member), why)) == 1)
		rc = set_group(k, (struct slice){k->line.p, k->line.len}, why);
	return rc;
}

/* Reads the group of a change into k->group.  Returns 1, 0 where it is none, or -1. */
static int
read_group(struct kin *k, struct slice group, struct fail *why)
{
	buf_clear(&k->line, 64 << 10);
	buf_adds(&k->line, "{\"path\":\"-\",\"group\":");
	buf_add(&k->line, group.p, group.len);
	if (buf_addc(&k->line, '}') == -1)
		return fail_nomem(why);
	if (rec_from_line(&k->rec, k->line.p, k->line.len, why) == -1)
		return -1;
	if (rec_get_group(&k->rec, &k->group))
		return 1;
	return rec_group_failed(&k->group) ? fail_nomem(why) : 0;
}

static bool
is_beside_lead(const struct kin *k, const char *name)
{
	const char *member = buf_cstr(&k->group.members);

	for (size_t i = 0; i < k->group.n; i++, member += strlen(member) + 1) {
		if (strcmp(member, name) == 0)
			return true;
	}
	return false;
}

/* From a file that lay in the lead's folder, the others are found from where it lay. */
static int
tell_others(struct kin *k, const struct change *c, struct slice group, struct fail *why)
{
	struct slice at = change_text(c, c->text_len[CHANGE_VOLUME] > 0 ? CHANGE_SOURCE_PATH : CHANGE_PATH);
	const char *member = buf_cstr(&k->group.members), *slash;
	struct buf own = {0};
	int rc = buf_add(&own, at.p, at.len) == -1 ? fail_nomem(why) : 0;

	slash = rc == 0 ? strrchr(buf_cstr(&own), '/') : NULL;
	if (rc == 0 && !is_beside_lead(k, slash != NULL ? slash + 1 : buf_cstr(&own)))
		rc = 1;
	for (size_t i = 0; rc == 0 && i < k->group.n; i++, member += strlen(member) + 1) {
		if (rec_group_beside(buf_cstr(&own), member, &k->path) == -1)
			rc = fail_nomem(why);
		else
			rc = tell_member(k, c, group, member, why);
	}
	buf_fini(&own);
	return rc == -1 ? -1 : 0;
}

/* The row of the change itself, unless that has another content by now. */
static int
tell_own(struct kin *k, const struct change *c, struct slice group, struct fail *why)
{
	struct digests d = {0};
	struct slice id;
	int rc = files_find(k->files, change_text(c, CHANGE_PATH), why);

	if (rc != 1 || (c->mask != 0 && digest_read_json(change_text(c, CHANGE_HASH), &d, why) == -1))
		return rc == 1 ? -1 : rc;
	if ((c->mask != 0 && !digest_equal(&d, &k->files->digests)) || !span_dig(group, "id", &id) ||
	    !is_news(record_of_row(k), id, k->group.n))
		return 0;
	return set_group(k, group, why);
}

static int
tell(struct kin *k, const struct told *told, struct fail *why)
{
	const struct change *c;
	struct slice group;
	int rc;

	buf_clear(&k->change, 64 << 10);
	if (buf_reserve(&k->change, told->len) == NULL)
		return fail_nomem(why);
	if (spool_read(&k->spool, told->at, k->change.p, told->len, why) == -1)
		return -1;
	c = (const struct change *)(const void *)k->change.p;
	if (!span_dig(change_text(c, CHANGE_RECORD), "group", &group))
		return 0;
	if ((rc = read_group(k, group, why)) != 1)
		return rc;
	return told->own ? tell_own(k, c, group, why) : tell_others(k, c, group, why);
}

static int
by_order(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	return (x->order > y->order) - (x->order < y->order);
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
