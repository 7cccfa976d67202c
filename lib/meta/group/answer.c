#include "meta/group/answer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"

static struct slice
key_of(const struct cluster_file *f)
{
	return (struct slice){f->read.key, f->read.key_len};
}

static bool
is_picture(const struct cluster_file *f)
{
	return !group_is_companion(f->read.role);
}

static const struct cluster_file *
lead_of(const struct answer *a)
{
	return &a->file[a->file[0].lead];
}

/* Whether the i-th file is of the first one's group. */
static bool
is_member(const struct answer *a, size_t i)
{
	return a->file[i].lead == a->file[0].lead;
}

bool
answer_is_group(const struct answer *a)
{
	for (size_t i = 1; a->file[0].lead != CLUSTER_NONE && i < a->n; i++) {
		if (is_member(a, i))
			return true;
	}
	return false;
}

/* The first by name of the pictures that have the first file's name and are of another group. */
static const struct cluster_file *
find_stranger(const struct answer *a)
{
	const struct cluster_file *found = NULL;

	for (size_t i = 1; i < a->n; i++) {
		const struct cluster_file *f = &a->file[i];

		if (!is_member(a, i) && f->lead != CLUSTER_NONE && is_picture(f) &&
		    slice_same(key_of(f), key_of(&a->file[0])) && (found == NULL || cluster_compare(f, found) < 0))
			found = f;
	}
	return found;
}

void
answer_warn(const struct answer *a, struct media_info *info)
{
	const struct cluster_file *stranger;

	if (is_picture(&a->file[0]) && a->file[0].lead != CLUSTER_NONE && (stranger = find_stranger(a)) != NULL)
		media_warn(info, FAIL_GROUP_SPLIT, "%s has its name, but another time, camera or Live Photo",
		    stranger->name.p);
}

void
answer_clear(struct record_group *out)
{
	out->alone = false;
	buf_clear(&out->json, SIZE_MAX);
	buf_clear(&out->taken, SIZE_MAX);
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

		if (f->lead != CLUSTER_NONE && !is_member(a, i) && slice_same(key_of(f), key) &&
		    cluster_compare(&a->file[f->lead], lead) < 0)
			return true;
	}
	return false;
}

/* The least of the group's keys: which does not change with a file more. */
static struct slice
least_key(const struct answer *a)
{
	struct slice least = key_of(lead_of(a));

	for (size_t i = 0; i < a->n; i++) {
		struct slice key = key_of(&a->file[i]);
		size_t n = key.len < least.len ? key.len : least.len;
		int d = memcmp(key.p, least.p, n);

		if (is_member(a, i) && (d < 0 || (d == 0 && key.len < least.len)))
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
	uint64_t hash = add_text(HASH_START, (struct slice){a->place->volume.p, a->place->volume.len});

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

/* ---- what the lead says otherwise ---- */

static void
add_taken(const struct shot *shot, struct buf *out)
{
	if (shot->date != SHOT_UNDATED)
		when_format(&shot->when, out);
}

/* The date: the file's own where it has one, and then the lead's where that is another. */
static void
add_date(const struct answer *a, struct record_group *out, struct buf *fields, struct buf *lacks)
{
	const struct shot *own = a->own, *lead = &lead_of(a)->shot;
	struct buf mine = {0}, *theirs = &out->taken;

	add_taken(own, &mine);
	add_taken(lead, theirs);
	if (mine.len > 0 && theirs->len == 0)
		buf_adds(lacks, "\"taken\"");
	if (mine.len > 0 && theirs->len > 0 && strcmp(mine.p, theirs->p) != 0)
		buf_addf(fields, "\"taken\":\"%s\"", theirs->p);
	out->taken_from = lead->from;
	out->basis = lead->basis;
	out->json.failed |= mine.failed || theirs->failed;
	buf_fini(&mine);
}

/* Begins the next of a list: its name between quotes. */
static void
add_name(const char *name, struct buf *list)
{
	if (list->len > 0)
		buf_addc(list, ',');
	buf_addc(list, '"');
	buf_adds(list, name);
	buf_addc(list, '"');
}

/* A member of the record that has something in it. */
static void
add_filled(const char *begin, const struct buf *list, char end, struct buf *out)
{
	if (list->len == 0)
		return;
	buf_adds(out, begin);
	buf_add(out, list->p, list->len);
	buf_addc(out, end);
}

static void
add_fields(const struct answer *a, struct record_group *out)
{
	const struct slice *own = a->own->field, *lead = lead_of(a)->shot.field;
	struct buf fields = {0}, lacks = {0};

	add_date(a, out, &fields, &lacks);
	for (enum shot_field f = 0; f < SHOT_FIELDS; f++) {
		if (slice_same(own[f], lead[f]))
			continue;
		add_name(shot_field_name(f), lead[f].len == 0 ? &lacks : &fields);
		if (lead[f].len > 0) {
			buf_addc(&fields, ':');
			buf_add(&fields, lead[f].p, lead[f].len);
		}
	}
	add_filled(",\"fields\":{", &fields, '}', &out->json);
	add_filled(",\"lacks\":[", &lacks, ']', &out->json);
	out->json.failed |= fields.failed || lacks.failed;
	buf_fini(&fields);
	buf_fini(&lacks);
}

/* A name that differs from the lead's in more than the tables know was joined by what the files say. */
static const char *
rule_of(const struct answer *a)
{
	const struct cluster_file *own = &a->file[0];

	return slice_same(key_of(own), key_of(lead_of(a))) ? group_rule_word(own->read.rule) : GROUP_RULE_CONTENT_ID;
}

int
answer_write(const struct answer *a, struct record_group *out)
{
	struct buf *json = &out->json;

	buf_addc(json, '{');
	add_id(a, json);
	add_lead(a, json);
	buf_adds(json, ",\"role\":\"");
	buf_adds(json, group_role_word(a->file[0].read.role));
	buf_adds(json, "\",\"rule\":\"");
	buf_adds(json, rule_of(a));
	buf_addc(json, '"');
	add_members(a, json);
	if (a->file[0].lead != 0)
		add_fields(a, out);
	buf_addc(json, '}');
	return json->failed ? -1 : 0;
}
