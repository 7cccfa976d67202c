/*
 * A tag is appended as it comes, and taken back where it turns out to have no value.  Text goes through the file's
 * text buffer, where it is made UTF-8.
 */
#include "meta/tags.h"

#include <libexif/exif-tag.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "meta/arena.h"
#include "meta/notetags.h"
#include "media/text.h"
#include "meta/work.h"
#include "run/json.h"

struct tags {
	struct media_info *info;
	struct arena *arena;
	uint64_t note_at, note_len; /* note_len 0: none */
	enum ifd_kind kind;         /* of the directory whose tags are marked in seen */
	unsigned nth;
	bool full;
	uint8_t seen[65536 / 8];
};

struct tags *
tags_new(void)
{
	struct tags *t = calloc(1, sizeof *t);

	if (t != NULL && (t->arena = arena_new(TAGS_ARENA)) == NULL) {
		free(t);
		t = NULL;
	}
	return t;
}

void
tags_free(struct tags *t)
{
	if (t == NULL)
		return;
	arena_free(t->arena);
	free(t);
}

struct tags *
tags_begin(struct work *work, struct media_info *info)
{
	struct tags *t = work->tags != NULL ? work->tags : tags_new();

	if ((work->tags = t) == NULL)
		return NULL;
	t->info = info;
	t->note_len = 0;
	t->full = false;
	t->kind = IFD_IMAGE;
	t->nth = 0;
	memset(t->seen, 0, sizeof t->seen);
	return t;
}

/* Whether this is the tag's first time in its directory. */
static bool
is_new(struct tags *t, const struct ifd_entry *e)
{
	uint8_t bit = (uint8_t)(1u << e->tag % 8);
	bool seen;

	if (t->kind != e->kind || t->nth != e->nth) {
		memset(t->seen, 0, sizeof t->seen);
		t->kind = e->kind;
		t->nth = e->nth;
	}
	seen = t->seen[e->tag / 8] & bit;
	t->seen[e->tag / 8] |= bit;
	return !seen;
}

/* The directory's name; all but IFD0 are numbered only from the second on. */
static void
add_group(struct buf *out, const struct ifd_entry *e)
{
	static const char *const names[] = {
	    [IFD_IMAGE] = "IFD",
	    [IFD_SUB] = "SubIFD",
	    [IFD_EXIF] = "ExifIFD",
	    [IFD_GPS] = "GPS",
	    [IFD_INTEROP] = "InteropIFD",
	    [IFD_OTHER] = "IFD",
	};

	buf_adds(out, names[e->kind]);
	if (e->kind == IFD_IMAGE || e->nth > 0)
		buf_addu(out, e->nth);
}

static const char *
tag_name(const struct ifd_entry *e)
{
	static const ExifIfd ifd[] = {
	    [IFD_IMAGE] = EXIF_IFD_0,
	    [IFD_SUB] = EXIF_IFD_0,
	    [IFD_EXIF] = EXIF_IFD_EXIF,
	    [IFD_GPS] = EXIF_IFD_GPS,
	    [IFD_INTEROP] = EXIF_IFD_INTEROPERABILITY,
	    [IFD_OTHER] = EXIF_IFD_0,
	};
	const char *name = exif_tag_get_name_in_ifd((ExifTag)e->tag, ifd[e->kind]);

	if (name == NULL && e->kind != IFD_GPS)
		name = exif_tag_get_name((ExifTag)e->tag);
	return name != NULL && *name != '\0' ? name : NULL;
}

static void
add_key(struct buf *out, const struct ifd_entry *e)
{
	const char *name = tag_name(e);

	json_comma(out);
	buf_addc(out, '"');
	add_group(out, e);
	buf_addc(out, ':');
	if (name != NULL)
		buf_adds(out, name);
	else
		buf_addf(out, "0x%04x", e->tag);
	buf_adds(out, "\":");
}

/* Text goes through the file's text buffer, and is gone from it again. */
static void
add_string(struct tags *t, size_t from)
{
	struct buf *text = &t->info->text;

	if (text->failed)
		return;
	json_quote(t->info->tags, text->p + from, text->len - from);
	text->len = from;
	text->p[from] = '\0';
}

static bool
is_text(const struct ifd_entry *e, const uint8_t *p, size_t len)
{
	size_t i;

	if (e->type == IFD_ASCII || e->type == IFD_UTF8)
		return true;
	if (e->type != IFD_UNDEFINED)
		return false;
	while (len > 0 && p[len - 1] == 0)
		len--;
	for (i = 0; i < len && p[i] >= 0x20 && p[i] < 0x7f; i++)
		;
	return len > 0 && i == len;
}

/* Fetches a value that may be text.  Returns whether it was, appended to the text buffer. */
static bool
fetch_text(struct tags *t, struct ifd *ifd, const struct ifd_entry *e)
{
	struct buf *text = &t->info->text;
	const uint8_t *p;
	size_t len;

	if (ifd_type_size(e->type) != 1 || (p = ifd_value(ifd, e, IFD_TEXT_MAX, &len)) == NULL)
		return false;
	if (e->kind == IFD_IMAGE && e->tag >= 0x9c9b && e->tag <= 0x9c9f)
		return text_add_utf16(text, p, len, false);
	if (e->kind == IFD_EXIF && e->tag == 0x9286)
		return text_add_comment(text, p, len, ifd->big_endian);
	return is_text(e, p, len) && text_add(text, (const char *)p, strnlen((const char *)p, len));
}

/* One number; what is none keeps its form, since JSON has no word for it. */
static void
add_number(struct buf *out, const struct ifd *ifd, uint16_t type, const uint8_t *p)
{
	double v = ifd_decode(ifd, type == IFD_UNDEFINED ? IFD_BYTE : type, p);

	if (isfinite(v))
		json_number(out, media_round(v));
	else if (type == IFD_RATIONAL)
		buf_addf(out, "\"%u/0\"", (unsigned)ifd_get32(ifd, p));
	else if (type == IFD_SRATIONAL)
		buf_addf(out, "\"%d/0\"", (int)(int32_t)ifd_get32(ifd, p));
	else
		buf_adds(out, isnan(v) ? "\"nan\"" : v < 0 ? "\"-inf\"" : "\"inf\"");
}

static bool
add_numbers(struct buf *out, struct ifd *ifd, const struct ifd_entry *e)
{
	size_t size = ifd_type_size(e->type), len, i;
	const uint8_t *p;

	if (e->count > TAGS_ARRAY_MAX) {
		buf_adds(out, "{\"bytes\":");
		buf_addu(out, e->bytes);
		return buf_addc(out, '}') == 0;
	}
	if (e->count == 0 || (p = ifd_value(ifd, e, (size_t)e->bytes, &len)) == NULL)
		return false;
	if (e->count > 1)
		buf_addc(out, '[');
	for (i = 0; i < e->count; i++) {
		if (i > 0)
			buf_addc(out, ',');
		add_number(out, ifd, e->type, p + i * size);
	}
	return e->count == 1 || buf_addc(out, ']') == 0;
}

static bool
is_full(struct tags *t)
{
	if (!t->full && t->info->tags->len > TAGS_TEXT_MAX) {
		media_warn(t->info, FAIL_LIMIT, "more than %u KiB of tags", TAGS_TEXT_MAX >> 10);
		t->full = true;
	}
	return t->full;
}

/* Takes back what was appended for a tag that turned out to have no value. */
static void
cut(struct buf *out, size_t len)
{
	if (out->p == NULL)
		return;
	out->len = len;
	out->p[len] = '\0';
}

/* Where another directory begins is nothing about the picture. */
static bool
is_pointer(const struct ifd_entry *e)
{
	return e->kind != IFD_GPS &&
	       (e->tag == 0x8769 || e->tag == 0x8825 || e->tag == 0xa005 || (e->tag == 0x014a && e->kind != IFD_EXIF));
}

/* What is empty then says nothing. */
static bool
is_always_text(const struct ifd_entry *e)
{
	return e->type == IFD_ASCII || e->type == IFD_UTF8 || (e->kind == IFD_EXIF && e->tag == 0x9286);
}

void
tags_entry(struct tags *t, struct ifd *ifd, const struct ifd_entry *e)
{
	struct buf *out = t->info->tags;
	size_t from = t->info->text.len, before = out->len;

	if (e->kind == IFD_EXIF && e->tag == 0x927c) {
		t->note_at = e->at;
		t->note_len = e->bytes;
		return;
	}
	if (is_pointer(e) || is_full(t) || !is_new(t, e))
		return;
	add_key(out, e);
	if (fetch_text(t, ifd, e))
		add_string(t, from);
	else if (is_always_text(e) || !add_numbers(out, ifd, e))
		cut(out, before);
}

void
tags_end(struct tags *t, struct ifd *ifd)
{
	if (t->note_len >= 8 && !ifd->failed && !is_full(t))
		notetags_add(t->arena, t->info, ifd, t->note_at);
}
