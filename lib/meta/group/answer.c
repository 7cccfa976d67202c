#include "meta/group/answer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"

static const struct cluster_file *
own_of(const struct answer *a)
{
	return &a->file[a->own];
}

static const struct cluster_file *
lead_of(const struct answer *a)
{
	return &a->file[own_of(a)->lead];
}

/* Whether the i-th file is of the own one's group. */
static bool
is_member(const struct answer *a, size_t i)
{
	return a->file[i].lead == own_of(a)->lead;
}

bool
answer_is_group(const struct answer *a)
{
	for (size_t i = 0; own_of(a)->lead != CLUSTER_NONE && i < a->n; i++) {
		if (i != a->own && is_member(a, i))
			return true;
	}
	return false;
}

/* The first by name of the pictures that have the own file's name and are of another group. */
static const struct cluster_file *
find_stranger(const struct answer *a)
{
	const struct cluster_file *found = NULL;

	for (size_t i = 0; i < a->n; i++) {
		const struct cluster_file *f = &a->file[i];

		if (!is_member(a, i) && f->lead != CLUSTER_NONE && cluster_is_picture(f) &&
		    slice_same(groupname_key(&f->read), groupname_key(&own_of(a)->read)) &&
		    (found == NULL || cluster_compare(f, found) < 0))
			found = f;
	}
	return found;
}

void
answer_warn(const struct answer *a, struct media_info *info)
{
	const struct cluster_file *stranger;

	if (cluster_is_picture(own_of(a)) && own_of(a)->lead != CLUSTER_NONE && (stranger = find_stranger(a)) != NULL)
		media_warn(info, FAIL_GROUP_SPLIT, "%s has its name, but another time, camera or Live Photo",
		    stranger->name.p);
}

void
answer_clear(struct record_group *out)
{
	out->alone = false;
	buf_clear(&out->unknown, SIZE_MAX);
	buf_clear(&out->json, SIZE_MAX);
	out->taken = (struct slice){"", 0};
	out->taken_from = NULL;
}

/* ---- the id ---- */

static uint64_t
add_text(uint64_t hash, struct slice text)
{
	return hash_bytes(hash_bytes(hash, text), (struct slice){"", 1});
}

/* Whether a group of the same key has a lead before this one's by name: then the key is that one's. */
static bool
is_second(const struct answer *a, struct slice key)
{
	const struct cluster_file *lead = lead_of(a);

	for (size_t i = 0; i < a->n; i++) {
		const struct cluster_file *f = &a->file[i];

		if (f->lead != CLUSTER_NONE && !is_member(a, i) && slice_same(groupname_key(&f->read), key) &&
		    cluster_compare(&a->file[f->lead], lead) < 0)
			return true;
	}
	return false;
}

/* The least of the group's keys: which does not change with a file more. */
static struct slice
least_key(const struct answer *a)
{
	struct slice least = groupname_key(&lead_of(a)->read);

	for (size_t i = 0; i < a->n; i++) {
		struct slice key = groupname_key(&a->file[i].read);

		if (is_member(a, i) && slice_compare(key, least) < 0)
			least = key;
	}
	return least;
}

static void
add_hash(uint64_t hash, struct buf *out)
{
	char digits[16];

	for (size_t i = sizeof(digits); i-- > 0; hash >>= 4)
		digits[i] = "0123456789abcdef"[hash & 15];
	buf_add(out, digits, sizeof(digits));
}

/* Of the folder, the key, and where that is not enough the lead. */
static void
add_id(const struct answer *a, struct buf *out)
{
	const char *below = buf_cstr(&a->place->below), *slash = strrchr(below, '/');
	struct slice folder = {below, slash != NULL ? (size_t)(slash - below) : 0}, key = least_key(a);
	uint64_t hash = add_text(HASH_START, buf_slice(&a->place->volume));

	hash = add_text(add_text(hash, folder), key);
	if (is_second(a, key))
		hash = add_text(hash, lead_of(a)->name);
	buf_adds(out, "\"id\":\"");
	add_hash(hash, out);
	buf_addc(out, '"');
}

/* ---- the members ---- */

static int
compare_members(const void *a, const void *b)
{
	return cluster_compare(*(const struct cluster_file *const *)a, *(const struct cluster_file *const *)b);
}

/* The group's files in their order.  Returns their number. */
static size_t
sort_members(const struct answer *a, const struct cluster_file **to)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (is_member(a, i))
			to[n++] = &a->file[i];
	}
	qsort(to, n, sizeof(*to), compare_members);
	return n;
}

/* One of the list: its path from the lead's folder. */
static void
add_member(const struct cluster_file *f, bool base64, struct buf *path, struct buf *out)
{
	buf_clear(path, SIZE_MAX);
	buf_add(path, f->relative.p, f->relative.len);
	buf_add(path, f->name.p, f->name.len);
	out->failed |= path->failed;
	if (base64) {
		buf_addc(out, '"');
		json_base64(out, buf_cstr(path), path->len);
		buf_addc(out, '"');
	} else {
		json_quote(out, buf_cstr(path), path->len);
	}
}

static void
add_list(const struct cluster_file *const *member, size_t n, bool base64, struct buf *out)
{
	struct buf path = {0};

	buf_adds(out, base64 ? ",\"members_b64\":[" : ",\"members\":[");
	for (size_t i = 0; i < n; i++) {
		json_comma(out);
		add_member(member[i], base64, &path, out);
	}
	buf_addc(out, ']');
	buf_fini(&path);
}

static void
add_members(const struct answer *a, struct buf *out)
{
	const struct cluster_file **member = malloc(a->n * sizeof(*member));
	bool plain = true;
	size_t n;

	if (member == NULL) {
		out->failed = true;
		return;
	}
	n = sort_members(a, member);
	for (size_t i = 0; i < n; i++)
		plain = plain && json_is_utf8(member[i]->name.p, member[i]->name.len);
	add_list(member, n, false, out);
	if (!plain)
		add_list(member, n, true, out);
	free(member);
}

static void
add_lead(const struct answer *a, struct buf *out)
{
	struct buf path = {0};

	buf_add(&path, a->folder.p, a->folder.len);
	buf_add(&path, lead_of(a)->name.p, lead_of(a)->name.len);
	buf_addc(out, ',');
	json_path(out, "lead", buf_cstr(&path), path.len);
	out->failed |= path.failed;
	buf_fini(&path);
}

/* ---- the group ---- */

static void
add_taken(const struct shot *shot, struct buf *out)
{
	if (shot->date != SHOT_UNDATED)
		when_format(&shot->taken.when, out);
}

static int
write_group(const struct answer *a, struct answer_group *group)
{
	buf_clear(&group->begin, SIZE_MAX);
	buf_clear(&group->members, SIZE_MAX);
	buf_clear(&group->taken, SIZE_MAX);
	add_id(a, &group->begin);
	add_lead(a, &group->begin);
	add_members(a, &group->members);
	add_taken(&lead_of(a)->shot, &group->taken);
	group->lead = CLUSTER_NONE;
	if (group->begin.failed || group->members.failed || group->taken.failed)
		return -1;
	group->lead = own_of(a)->lead;
	return 0;
}

void
answer_group_fini(struct answer_group *group)
{
	buf_fini(&group->begin);
	buf_fini(&group->members);
	buf_fini(&group->taken);
}

/* ---- what the lead says otherwise ---- */

/* Begins a list, whose end is known by where it began. */
static size_t
begin_list(struct buf *out, const char *begin)
{
	buf_adds(out, begin);
	return out->len;
}

/* Ends it, or takes its beginning back where it is empty. */
static void
end_list(struct buf *out, const char *begin, size_t begun, char end)
{
	if (out->len > begun)
		buf_addc(out, end);
	else if (!out->failed)
		out->len -= strlen(begin);
}

static void
add_name(struct buf *list, const char *name)
{
	json_comma(list);
	buf_addc(list, '"');
	buf_adds(list, name);
	buf_addc(list, '"');
}

/* Whether the lead's date stands for the file's: it has none, or only one of a name. */
static bool
takes_date(const struct answer *a)
{
	return a->shot->date < lead_of(a)->shot.date;
}

/* The lead's date, where the file keeps another one. */
static void
add_date(const struct answer *a, struct slice taken, struct buf *out)
{
	struct buf mine = {0};

	add_taken(a->shot, &mine);
	if (!takes_date(a) && taken.len > 0 && !slice_eq(taken, buf_cstr(&mine))) {
		add_name(out, "taken");
		buf_adds(out, ":\"");
		buf_add(out, taken.p, taken.len);
		buf_addc(out, '"');
	}
	out->failed |= mine.failed;
	buf_fini(&mine);
}

static void
add_fields(const struct answer *a, struct slice taken, struct buf *out)
{
	static const char begin[] = ",\"fields\":{";
	const struct slice *own = a->shot->field, *lead = lead_of(a)->shot.field;
	size_t begun = begin_list(out, begin);

	add_date(a, taken, out);
	for (enum shot_field f = 0; f < SHOT_FIELDS; f++) {
		if (lead[f].len == 0 || slice_same(own[f], lead[f]))
			continue;
		add_name(out, shot_field_name(f));
		buf_addc(out, ':');
		buf_add(out, lead[f].p, lead[f].len);
	}
	end_list(out, begin, begun, '}');
}

static void
add_lacks(const struct answer *a, struct slice taken, struct buf *out)
{
	static const char begin[] = ",\"lacks\":[";
	const struct slice *own = a->shot->field, *lead = lead_of(a)->shot.field;
	size_t begun = begin_list(out, begin);

	if (a->shot->date != SHOT_UNDATED && taken.len == 0)
		add_name(out, "taken");
	for (enum shot_field f = 0; f < SHOT_FIELDS; f++) {
		if (lead[f].len == 0 && own[f].len > 0)
			add_name(out, shot_field_name(f));
	}
	end_list(out, begin, begun, ']');
}

/* ---- all of it ---- */

/* A name that differs from the lead's in more than the tables know was joined by what the files say. */
static const char *
rule_of(const struct answer *a)
{
	const struct cluster_file *own = own_of(a);

	return slice_same(groupname_key(&own->read), groupname_key(&lead_of(a)->read)) ? group_rule_word(own->read.rule)
										       : GROUP_RULE_CONTENT_ID;
}

/* What a file that does not lead has of its lead. */
static void
write_difference(const struct answer *a, const struct answer_group *group, struct record_group *out)
{
	const struct shot *lead = &lead_of(a)->shot;
	struct slice taken = buf_slice(&group->taken);

	if (takes_date(a)) {
		out->taken = taken;
		out->taken_from = lead->from;
		out->basis = lead->taken.basis;
	}
	add_fields(a, taken, &out->json);
	add_lacks(a, taken, &out->json);
}

int
answer_write(const struct answer *a, struct answer_group *group, struct record_group *out)
{
	struct buf *json = &out->json;

	if (group->lead != own_of(a)->lead && write_group(a, group) == -1)
		return -1;
	buf_addc(json, '{');
	buf_add(json, group->begin.p, group->begin.len);
	buf_adds(json, ",\"role\":\"");
	buf_adds(json, group_role_word(own_of(a)->read.role));
	buf_adds(json, "\",\"rule\":\"");
	buf_adds(json, rule_of(a));
	buf_addc(json, '"');
	buf_add(json, group->members.p, group->members.len);
	if (own_of(a)->lead != a->own)
		write_difference(a, group, out);
	buf_addc(json, '}');
	return json->failed ? -1 : 0;
}
