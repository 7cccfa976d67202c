/*
 * What readers fill.  All text of one file lies in one buffer that grows once and is used again for the next file,
 * so that the usual file costs no allocation.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "media/media.h"
#include "media/text.h"

#define TEXT_KEEP (16u << 10) /* of the buffer, from one file to the next */
#define FAR_MAX 9e6           /* beyond it nine decimals are more than a double holds */

void
media_clear(struct media_info *info)
{
	struct buf text = info->text, *tags = info->tags;

	memset(info, 0, sizeof *info);
	info->text = text;
	info->tags = tags;
	buf_clear(&info->text, TEXT_KEEP);
	if (tags != NULL)
		buf_clear(tags, TEXT_KEEP);
}

void
media_fini(struct media_info *info)
{
	if (info != NULL)
		buf_fini(&info->text);
}

/* Makes a field of what a text_add function appended at `at`. */
static void
settle(struct media_info *info, enum media_field f, size_t at)
{
	info->field[f] = (struct media_value){.kind = MEDIA_TEXT, .at = at, .len = info->text.len - at};
}

void
media_set_text(struct media_info *info, enum media_field f, const char *bytes, size_t len)
{
	size_t at = info->text.len;

	if (info->field[f].kind == MEDIA_ABSENT && text_add(&info->text, bytes, len))
		settle(info, f, at);
}

void
media_set_utf16(struct media_info *info, enum media_field f, const uint8_t *bytes, size_t len, bool big_endian)
{
	size_t at = info->text.len;

	if (info->field[f].kind == MEDIA_ABSENT && text_add_utf16(&info->text, bytes, len, big_endian))
		settle(info, f, at);
}

void
media_set_comment(struct media_info *info, enum media_field f, const uint8_t *bytes, size_t len, bool big_endian)
{
	size_t at = info->text.len;

	if (info->field[f].kind == MEDIA_ABSENT && text_add_comment(&info->text, bytes, len, big_endian))
		settle(info, f, at);
}

double
media_round(double v)
{
	return fabs(v) < FAR_MAX ? nearbyint(v * 1e9) / 1e9 : v;
}

void
media_set_number(struct media_info *info, enum media_field f, double v)
{
	if (info->field[f].kind == MEDIA_ABSENT && isfinite(v))
		info->field[f] = (struct media_value){.kind = MEDIA_NUMBER, .number = media_round(v)};
}

void
media_set_bool(struct media_info *info, enum media_field f, bool v)
{
	if (info->field[f].kind == MEDIA_ABSENT)
		info->field[f] = (struct media_value){.kind = MEDIA_BOOL, .number = v};
}

void
media_set_date(struct media_info *info, enum media_date_source s, const struct when *w, enum media_basis basis)
{
	if (info->date[s].when.precision == WHEN_NONE)
		info->date[s] = (struct media_date){.when = *w, .basis = basis};
}

static bool
is_repeated(const struct media_info *info, const struct media_warning *new)
{
	size_t i;

	for (i = 0; i < info->nwarnings; i++) {
		const struct media_warning *w = &info->warning[i];

		if (w->code == new->code &&
		    w->len == new->len &&memcmp(info->text.p + w->at, info->text.p + new->at, new->len) == 0)
			return true;
	}
	return false;
}

void
media_warn(struct media_info *info, enum fail_code code, const char *fmt, ...)
{
	struct media_warning new = {.code = code};
	char message[160];
	va_list ap;

	if (info == NULL || info->nwarnings == MEDIA_WARNINGS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	new.at = info->text.len;
	new.len = strlen(message);
	if (buf_add(&info->text, message, new.len) == -1)
		return;
	if (is_repeated(info, &new)) {
		info->text.len = new.at;
		info->text.p[new.at] = '\0';
		return;
	}
	info->warning[info->nwarnings++] = new;
}

static const struct {
	const char *name;
	enum media_kind kind;
} fields[] = {
#define FIELD(name, member, kind) {member, MEDIA_##kind},
#include "media/fields.def"
#undef FIELD
};

static const char *const date_names[] = {
#define DATE(name, from, family) from,
#include "media/date-sources.def"
#undef DATE
};

const char *
media_field_name(enum media_field f)
{
	return fields[f].name;
}

enum media_kind
media_field_kind(enum media_field f)
{
	return fields[f].kind;
}

const char *
media_date_name(enum media_date_source s)
{
	return date_names[s];
}
