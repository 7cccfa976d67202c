#include "meta/group/answer.h"

#include <inttypes.h>
#include <stdint.h>
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
		media_warn(info, FAIL_GROUP_SPLIT, "%s has its name, but another time or camera", stranger->name.p);
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
	buf_addf(out, "\"id\":\"%016" PRIx64 "\"", hash);
}

/* ---- the members ---- */

static const struct cluster_file *
next_member(const struct answer *a, const struct cluster_file *after)
{
	const struct cluster_file *next = NULL;

	for (size_t i = 0; i < a->n; i++) {
		const struct cluster_file *f = &a->file[i];

		if (is_member(a, i) && (after == NULL || cluster_compare(f, after) > 0) &&
		    (next == NULL || cluster_compare(f, next) < 0))
			next = f;
	}
	return next;
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
add_list(const struct answer *a, const char *name, bool base64, struct buf *out)
{
	const struct cluster_file *f = NULL;
	struct buf path = {0};

	buf_addf(out, ",\"%s\":[", name);
	while ((f = next_member(a, f)) != NULL) {
		json_comma(out);
		add_member(f, base64, &path, out);
	}
	buf_addc(out, ']');
	buf_fini(&path);
}

static void
add_members(const struct answer *a, struct buf *out)
{
	bool plain = true;

	for (size_t i = 0; i < a->n; i++)
		plain = plain && (!is_member(a, i) || json_is_utf8(a->file[i].name.p, a->file[i].name.len));
	add_list(a, "members", false, out);
	if (!plain)
		add_list(a, "members_b64", true, out);
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

static void
add_fields(const struct answer *a, struct record_group *out)
{
	const struct slice *own = a->own->field, *lead = lead_of(a)->shot.field;
	struct buf fields = {0}, lacks = {0};

	add_date(a, out, &fields, &lacks);
	for (enum shot_field f = 0; f < SHOT_FIELDS; f++) {
		if (slice_same(own[f], lead[f]))
			continue;
		if (lead[f].len == 0)
			buf_addf(&lacks, "%s\"%s\"", lacks.len > 0 ? "," : "", shot_field_name(f));
		else
			buf_addf(&fields, "%s\"%s\":%.*s", fields.len > 0 ? "," : "", shot_field_name(f),
			    (int)lead[f].len, lead[f].p);
	}
	if (fields.len > 0)
		buf_addf(&out->json, ",\"fields\":{%s}", fields.p);
	if (lacks.len > 0)
		buf_addf(&out->json, ",\"lacks\":[%s]", lacks.p);
	out->json.failed |= fields.failed || lacks.failed;
	buf_fini(&fields);
	buf_fini(&lacks);
}

/* A name that differs from the lead's in more than the tables know was joined by what the files say. */
static const char *
rule_of(const struct answer *a)
{
	const struct cluster_file *own = &a->file[0];

	return slice_same(key_of(own), key_of(lead_of(a))) ? group_rule_word(own->read.rule) : "content-id";
}

int
answer_write(const struct answer *a, struct record_group *out)
{
	struct buf *json = &out->json;

	buf_addc(json, '{');
	add_id(a, json);
	add_lead(a, json);
	buf_addf(json, ",\"role\":\"%s\",\"rule\":\"%s\"", group_role_word(a->file[0].read.role), rule_of(a));
	add_members(a, json);
	if (a->file[0].lead != 0)
		add_fields(a, out);
	buf_addc(json, '}');
	return json->failed ? -1 : 0;
}
