/* Text that is formatted on the way (dates, tags) goes through the file's text buffer and is gone from it again. */
#include "media/record.h"

#include <string.h>

const char *const record_members[] = {"size", "mtime", "type", "mime", "taken", "taken_from", "taken_basis",
    "taken_alt",
#define FIELD(name, member, kind) member,
#include "media/fields.def"
#undef FIELD
    "tags", NULL};

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
	if (buf_addc(text, ']') == 0)
		rec_set_json(rec, "taken_alt", text->p + from, text->len - from);
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

static void
set_fields(struct rec *rec, const struct media_info *info)
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
	}
}

static void
set_tags(struct rec *rec, struct media_info *info)
{
	size_t from = info->text.len;

	if (info->tags == NULL || info->tags->len == 0)
		return;
	buf_addc(&info->text, '{');
	buf_add(&info->text, info->tags->p, info->tags->len);
	if (buf_addc(&info->text, '}') == 0)
		rec_set_json(rec, "tags", info->text.p + from, info->text.len - from);
}

static void
add_warnings(struct rec *rec, struct media_info *info, const char *tool)
{
	const char *slash = strrchr(rec->path.p, '/'), *name = slash != NULL ? slash + 1 : rec->path.p;
	const char *dot = strrchr(name, '.');
	size_t i;

	if (dot != NULL && dot != name && !media_extension_fits(info->type, dot + 1, strlen(dot + 1)))
		media_warn(info, FAIL_EXTENSION, "the content is %s, the name says %s", info->type, dot + 1);
	for (i = 0; i < info->nwarnings; i++) {
		const struct media_warning *w = &info->warning[i];

		rec_warn(rec, tool, w->code, "%.*s", (int)w->len, info->text.p + w->at);
	}
}

int
record_set(struct rec *rec, const struct stat *st, struct media_info *info, const struct taken *taken, const char *tool,
    struct fail *why)
{
	rec_set_stat(rec, st);
	if (info->type != NULL) {
		set_word(rec, "type", info->type);
		set_word(rec, "mime", info->mime);
	}
	set_taken(rec, info, taken);
	set_fields(rec, info);
	set_tags(rec, info);
	add_warnings(rec, info, tool);
	return info->text.failed || (info->tags != NULL && info->tags->failed) ? fail_nomem(why) : 0;
}
