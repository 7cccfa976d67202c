/*
 * A tag is appended as it comes, and taken back where it turns out to have no value.  Text goes through the file's
 * text buffer, where it is made UTF-8.
 */
#include "meta/exif/tags.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "media/text.h"
#include "meta/exif/arena.h"
#include "meta/exif/makernote-tags.h"
#include "meta/exif/tagname.h"
#include "meta/reader.h"

#define SEEN_SIZE 16384 /* of which half are used */

struct tags {
	struct media_info *info;
	struct arena *arena;
	bool full;
	size_t nseen;
	uint64_t seen[SEEN_SIZE]; /* open addressing: hashes of the names that the file has; 0 is free */
};

static struct tags *
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

void
tags_begin(struct reader *r)
{
	struct tags *t = r->worker->tags != NULL ? r->worker->tags : tags_new();

	if ((r->worker->tags = t) == NULL) {
		reader_nomem(r);
		return;
	}
	t->info = r->info;
	t->full = false;
	if (t->nseen > 0)
		memset(t->seen, 0, sizeof t->seen);
	t->nseen = 0;
}

uint64_t
tags_hash(const char *p, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ (uint8_t)p[i]) * 0x100000001b3u;
	return h | 1;
}

/* Whether the name that was appended from `at` on is the first of its kind; it is remembered. */
static bool
is_new(struct tags *t, size_t at)
{
	const struct buf *out = t->info->tags;
	uint64_t h = tags_hash(out->p + at, out->len - at);
	size_t i;

	for (i = (h >> 1) % SEEN_SIZE; t->seen[i] != 0; i = (i + 1) % SEEN_SIZE) {
		if (t->seen[i] == h)
			return false;
	}
	t->seen[i] = h;
	t->nseen++;
	return true;
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

static bool
add_key(struct tags *t, const struct ifd *ifd, const struct ifd_entry *e)
{
	const char *name = tagname(ifd, e);
	struct buf *out = t->info->tags;
	size_t at;

	json_comma(out);
	at = out->len;
	buf_addc(out, '"');
	add_group(out, e);
	buf_addc(out, ':');
	if (name != NULL)
		buf_adds(out, name);
	else
		buf_addf(out, "0x%04x", e->tag);
	return buf_adds(out, "\":") == 0 && is_new(t, at);
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
	if (!t->full && (t->info->tags->len > TAGS_TEXT_MAX || t->nseen == SEEN_SIZE / 2)) {
		media_warn(t->info, FAIL_LIMIT, "more than %d tags, or %u KiB of them; the rest was left out",
		    SEEN_SIZE / 2, TAGS_TEXT_MAX >> 10);
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

static void
add_entry(struct tags *t, struct ifd *ifd, const struct ifd_entry *e)
{
	struct buf *out = t->info->tags;
	size_t from = t->info->text.len, before = out->len;

	if (!add_key(t, ifd, e))
		cut(out, before);
	else if (fetch_text(t, ifd, e))
		add_string(t, from);
	else if (is_always_text(e) || !add_numbers(out, ifd, e))
		cut(out, before);
}

void
tags_entry(struct ifd *ifd, const struct ifd_entry *e)
{
	bool is_note = e->kind == IFD_EXIF && e->tag == 0x927c;

	if (ifd->r->info->tags != NULL && !is_note && !is_pointer(e) && !is_full(ifd->r->worker->tags))
		add_entry(ifd->r->worker->tags, ifd, e);
}

void
tags_note(struct ifd *ifd, uint64_t at, uint64_t len)
{
	struct reader *r = ifd->r;

	if (r->info->tags != NULL && len >= 8 && !r->failed && !is_full(r->worker->tags))
		makernote_tags_add(ifd, at, len, r->worker->tags->arena);
}

static void
add_word(struct buf *out, const char *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if ((p[i] >= '0' && p[i] <= '9') || ((p[i] | 0x20) >= 'a' && (p[i] | 0x20) <= 'z') || p[i] == '-' ||
		    p[i] == '_' || p[i] == '.')
			buf_addc(out, p[i]);
	}
}

/* Appends a name of two parts where it is new.  Returns false, with nothing appended, where no value is to follow. */
static bool
begin(struct tags *t, const char *group, struct slice name)
{
	struct buf *out = t->info->tags;
	size_t before = out->len, at;

	if (is_full(t))
		return false;
	json_comma(out);
	at = out->len;
	buf_addc(out, '"');
	add_word(out, group, strlen(group));
	buf_addc(out, ':');
	add_word(out, name.p, name.len);
	if (buf_adds(out, "\":") == 0 && is_new(t, at))
		return true;
	cut(out, before);
	return false;
}

/* Appends text as a string.  Returns whether there was any. */
static bool
add_text(struct media_info *info, const char *bytes, size_t len)
{
	size_t from = info->text.len;

	if (!text_add(&info->text, bytes, len < TAGS_VALUE_MAX ? len : TAGS_VALUE_MAX) || info->text.failed)
		return false;
	json_quote(info->tags, info->text.p + from, info->text.len - from);
	cut(&info->text, from);
	return true;
}

void
tags_text(struct reader *r, const char *group, struct slice name, const char *bytes, size_t len)
{
	struct buf *out = r->info->tags;
	size_t before = out != NULL ? out->len : 0;

	if (out != NULL && begin(r->worker->tags, group, name) && !add_text(r->info, bytes, len))
		cut(out, before);
}

void
tags_number(struct reader *r, const char *group, struct slice name, double v)
{
	if (r->info->tags != NULL && isfinite(v) && begin(r->worker->tags, group, name))
		json_number(r->info->tags, media_round(v));
}

void
tags_size(struct reader *r, const char *group, double width, double height)
{
	tags_number(r, group, slice_of("ImageWidth"), width);
	tags_number(r, group, slice_of("ImageHeight"), height);
}

void
tags_when(struct reader *r, const char *group, struct slice name, const struct when *w)
{
	struct buf *out = r->info->tags;

	if (out == NULL || !begin(r->worker->tags, group, name))
		return;
	buf_addc(out, '"');
	when_format(w, out);
	buf_addc(out, '"');
}

bool
tags_list(struct reader *r, const char *group, struct slice name)
{
	return r->info->tags != NULL && begin(r->worker->tags, group, name) && buf_addc(r->info->tags, '[') == 0;
}

void
tags_item(struct media_info *info, const char *bytes, size_t len)
{
	struct buf *out = info->tags;
	bool first = out->len > 0 && out->p[out->len - 1] == '[';

	if (!first)
		buf_addc(out, ',');
	if (!add_text(info, bytes, len) && !first)
		cut(out, out->len - 1);
}

void
tags_list_end(struct media_info *info)
{
	buf_addc(info->tags, ']');
}
