/* Text that is formatted on the way (dates, tags) goes through the file's text buffer and is gone from it again. */
#include "media/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/pathname.h"

#define SIDECARS_KEEP 4096

const char *const record_members[] = {"size", "mtime", "type", "mime", "taken", "taken_from", "taken_basis",
    "taken_alt",
#define FIELD(name, member, kind, rule) member,
#include "media/fields.def"
#undef FIELD
    "sidecar", "takeout", "group", "alone", "tags", NULL};

void
facts_clear(struct facts *f)
{
	media_clear(&f->info);
	buf_clear(&f->sidecars, SIDECARS_KEEP);
}

void
facts_fini(struct facts *f)
{
	media_fini(&f->info);
	buf_fini(&f->sidecars);
	buf_fini(&f->tags);
}

void
facts_free(struct facts *f)
{
	if (f != NULL)
		facts_fini(f);
	free(f);
}

size_t
facts_memory(const struct facts *f)
{
	return sizeof(*f) + f->info.text.cap + f->info.items_cap * sizeof(*f->info.item) + f->sidecars.cap +
	       f->tags.cap;
}

static void
set_word(struct rec *rec, const char *name, const char *word)
{
	rec_set_string(rec, name, word, strlen(word));
}

static void
set_others(struct rec *rec, struct media_info *info, const struct taken *t)
{
	struct buf *text = &info->text;
	size_t from = text->len, i;

	buf_addc(text, '[');
	for (i = 0; i < t->nothers; i++) {
		buf_adds(text, i == 0 ? "{\"from\":\"" : ",{\"from\":\"");
		buf_adds(text, media_date_name(t->other[i]));
		buf_adds(text, "\",\"value\":\"");
		when_format(&info->date[t->other[i]].when, text);
		buf_adds(text, "\"}");
	}
	buf_addc(text, ']');
	rec_set_json(rec, "taken_alt", text, from);
}

static void
set_taken(struct rec *rec, struct media_info *info, const struct taken *t)
{
	size_t from = info->text.len;

	if (t->when.precision == WHEN_NONE)
		return;
	when_format(&t->when, &info->text);
	if (!info->text.failed)
		rec_set_string(rec, "taken", info->text.p + from, info->text.len - from);
	set_word(rec, "taken_from", media_date_name(t->source));
	set_word(rec, "taken_basis", taken_basis_name(t->basis));
	if (t->nothers > 0)
		set_others(rec, info, t);
}

/* The date of the group, for a file that has none of its own, or a worse one. */
static void
set_group_taken(struct rec *rec, struct media_info *info, const struct record_group *group)
{
	size_t from = info->text.len;

	rec_set_string(rec, "taken", group->taken.p, group->taken.len);
	buf_adds(&info->text, "group:");
	buf_adds(&info->text, group->taken_from);
	if (!info->text.failed)
		rec_set_string(rec, "taken_from", info->text.p + from, info->text.len - from);
	set_word(rec, "taken_basis", taken_basis_name(group->basis));
}

static void
set_list(struct rec *rec, struct media_info *info, enum media_field f)
{
	struct buf *text = &info->text;
	size_t from = text->len, i;

	for (i = 0; i < info->nitems; i++) {
		const struct media_item *item = &info->item[i];

		if (item->field != f)
			continue;
		buf_addc(text, text->len == from ? '[' : ',');
		if (buf_reserve(text, 6 * item->len + 2) == NULL) /* so that what is quoted does not move meanwhile */
			return;
		json_quote(text, text->p + item->at, item->len);
	}
	buf_addc(text, ']');
	rec_set_json(rec, media_field_name(f), text, from);
}

static void
set_fields(struct rec *rec, struct media_info *info)
{
	size_t i;

	for (i = 0; i < MEDIA_FIELDS; i++) {
		const struct media_value *v = &info->field[i];
		const char *name = media_field_name((enum media_field)i);

		if (v->kind == MEDIA_TEXT)
			rec_set_string(rec, name, info->text.p + v->at, v->len);
		else if (v->kind == MEDIA_NUMBER)
			rec_set_number(rec, name, v->number);
		else if (v->kind == MEDIA_BOOL)
			rec_set_bool(rec, name, v->number != 0);
		else if (v->kind == MEDIA_LIST)
			set_list(rec, info, (enum media_field)i);
	}
}

/* An array of paths; in base64, of their exact bytes. */
static void
set_paths(struct rec *rec, struct buf *text, const char *name, const struct buf *paths, bool base64)
{
	size_t from = text->len, at, len;

	buf_addc(text, '[');
	for (at = 0; at < paths->len; at += len + 1) {
		len = strlen(paths->p + at);
		if (at > 0)
			buf_addc(text, ',');
		if (base64) {
			buf_addc(text, '"');
			json_base64(text, paths->p + at, len);
			buf_addc(text, '"');
		} else {
			json_quote(text, paths->p + at, len);
		}
	}
	buf_addc(text, ']');
	rec_set_json(rec, name, text, from);
}

static void
set_sidecars(struct rec *rec, struct media_info *info, const struct buf *paths)
{
	if (paths->len == 0)
		return;
	set_paths(rec, &info->text, "sidecar", paths, false);
	if (!json_is_utf8(paths->p, paths->len))
		set_paths(rec, &info->text, "sidecar_b64", paths, true);
}

/* How what a cloud's export says of it was found, and what its date was good for. */
static void
set_takeout(struct rec *rec, struct media_info *info, const struct taken *t)
{
	const struct media_takeout *takeout = &info->takeout;
	struct buf *text = &info->text;
	size_t from = text->len;

	if (takeout->rule == NULL)
		return;
	buf_addf(text, "{\"rule\":\"%s\"", takeout->rule);
	if (takeout->of != NULL)
		buf_addf(text, ",\"of\":\"%s\"", takeout->of);
	if (takeout->elsewhere)
		buf_adds(text, ",\"folder\":\"year\"");
	if (t->when.precision != WHEN_NONE && taken_is_exported(t->source))
		buf_addf(text, ",\"date\":\"%s\"", t->corrected ? "corrected" : "used");
	buf_addc(text, '}');
	rec_set_json(rec, "takeout", text, from);
}

static void
set_tags(struct rec *rec, struct media_info *info)
{
	size_t from = info->text.len;

	if (info->tags == NULL || info->tags->len == 0)
		return;
	info->text.failed |= info->tags->failed;
	buf_addc(&info->text, '{');
	buf_add(&info->text, info->tags->p, info->tags->len);
	buf_addc(&info->text, '}');
	rec_set_json(rec, "tags", &info->text, from);
}

static void
add_warnings(struct rec *rec, const char *path, struct media_info *info, const char *tool)
{
	const char *extension = pathname_extension(path);
	size_t i;

	if (extension != NULL && !media_extension_fits(info->type, extension, strlen(extension)))
		media_warn(info, FAIL_EXTENSION, "the content is %s, the name says %s", info->type, extension);
	for (i = 0; i < info->nwarnings; i++) {
		const struct media_warning *w = &info->warning[i];

		rec_warn(rec, tool, w->code, "%.*s", (int)w->len, info->text.p + w->at);
	}
}

static void
set_group(struct rec *rec, const struct record_group *group)
{
	if (group->json.len > 0)
		rec_set_json(rec, "group", &group->json, 0);
	else if (group->alone)
		rec_set_bool(rec, "alone", true);
}

int
record_set(struct rec *rec, const struct record_file *file, struct facts *facts, const char *tool, struct fail *why)
{
	struct media_info *info = &facts->info;

	rec_set_stat(rec, &facts->st);
	if (info->type != NULL) {
		set_word(rec, "type", info->type);
		set_word(rec, "mime", info->mime);
	}
	if (file->group != NULL && file->group->taken.len > 0)
		set_group_taken(rec, info, file->group);
	else
		set_taken(rec, info, &facts->taken);
	set_fields(rec, info);
	set_sidecars(rec, info, &facts->sidecars);
	set_takeout(rec, info, &facts->taken);
	if (file->group != NULL)
		set_group(rec, file->group);
	set_tags(rec, info);
	add_warnings(rec, file->path, info, tool);
	if (file->group != NULL && file->group->unknown.len > 0)
		rec_warn(rec, tool, FAIL_GROUP_UNKNOWN, "what belongs to it is not known: %s, or use --no-groups",
		    buf_cstr(&file->group->unknown));
	return info->text.failed || facts->sidecars.failed || (info->tags != NULL && info->tags->failed)
		   ? fail_nomem(why)
		   : 0;
}
