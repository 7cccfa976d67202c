/*
 * Descriptions in ASF: five fixed texts, or lists of named values of several types.  Everything is UTF-16, little
 * endian.  Names begin with WM/ where Microsoft gave them a meaning, which tags leave out.
 */
#include "format/stream/asf.h"

#include <string.h>

#include "media/text.h"
#include "meta/exif/tags.h"

enum { TYPE_TEXT, TYPE_BYTES, TYPE_BOOL, TYPE_DWORD, TYPE_QWORD, TYPE_WORD };

#define EPOCH_1601_S INT64_C(11644473600) /* from 1601 to 1970 */
#define NAME_MAX_BYTES 128

void
asf_set_date(struct asf *a, enum media_date_source source, const char *name, uint64_t filetime)
{
	uint32_t nsec = (uint32_t)(filetime % 10000000) * 100;
	struct when w;
	int digits = 9;

	for (uint32_t r = nsec; digits > 0 && r % 10 == 0; r /= 10)
		digits--;
	if (filetime == 0)
		return;
	if (!when_from_epoch((int64_t)(filetime / 10000000) - EPOCH_1601_S, nsec, digits, &w)) {
		media_warn_no_date(a->r->info);
		return;
	}
	media_set_date(a->r->info, source, &w, MEDIA_BASIS_UTC);
	tags_when(a->r, "ASF", slice_of(name), &w);
}

static void
add_tag(struct asf *a, const char *name, const uint8_t *p, size_t len)
{
	struct buf b = {0};

	if (a->r->info->tags == NULL)
		return;
	if (text_add_utf16(&b, p, len < 2 * TAGS_VALUE_MAX ? len : 2 * TAGS_VALUE_MAX, false))
		tags_text(a->r, "ASF", slice_of(name), b.p, b.len);
	a->r->info->text.failed |= b.failed;
	buf_fini(&b);
}

static void
cut_off(struct asf *a)
{
	media_warn(a->r->info, FAIL_FORMAT, "the description is cut off");
}

void
asf_content(struct asf *a, const uint8_t *p, size_t len)
{
	static const struct {
		const char *name;
		enum media_field field;
	} texts[] = {{"Title", MEDIA_TITLE}, {"Author", MEDIA_ARTIST}, {"Copyright", MEDIA_COPYRIGHT},
	    {"Description", MEDIA_DESCRIPTION}, {"Rating", MEDIA_FIELDS}};
	size_t at = 10;

	if (len < at) {
		cut_off(a);
		return;
	}
	for (size_t i = 0; i < 5; i++) {
		size_t n = src_le16(p + 2 * i);

		if (n > len - at) {
			cut_off(a);
			return;
		}
		if (texts[i].field != MEDIA_FIELDS)
			media_set_utf16(a->r->info, texts[i].field, p + at, n, false);
		add_tag(a, texts[i].name, p + at, n);
		at += n;
	}
}

struct value {
	char name[NAME_MAX_BYTES]; /* without WM/ */
	unsigned type;
	const uint8_t *p;
	size_t len;
};

/* Names are ASCII; others are of no interest here, and have their letters replaced. */
static void
set_name(struct value *v, const uint8_t *p, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i + 2 <= len && n < NAME_MAX_BYTES - 1; i += 2) {
		uint16_t c = src_le16(p + i);

		if (c == 0)
			break;
		v->name[n++] = (char)(c < 0x80 ? c : '_');
	}
	v->name[n] = '\0';
	if (strncmp(v->name, "WM/", 3) == 0)
		memmove(v->name, v->name + 3, n - 2);
}

static bool
get_number(const struct value *v, uint64_t *out)
{
	switch (v->len) {
	case 2:
		*out = src_le16(v->p);
		break;
	case 4:
		*out = src_le32(v->p);
		break;
	case 8:
		*out = src_le64(v->p);
		break;
	default:
		return false;
	}
	return v->type >= TYPE_BOOL && v->type <= TYPE_WORD;
}

static void
set_text(struct asf *a, const struct value *v)
{
	static const struct {
		const char *name;
		enum media_field field;
	} known[] = {
	    {"Title", MEDIA_TITLE},
	    {"Author", MEDIA_ARTIST},
	    {"Copyright", MEDIA_COPYRIGHT},
	    {"Description", MEDIA_DESCRIPTION},
	    {"ToolName", MEDIA_SOFTWARE},
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(v->name, known[i].name) == 0)
			media_set_utf16(a->r->info, known[i].field, v->p, v->len, false);
	}
	if (strcmp(v->name, "EncodingSettings") == 0 && a->settings.len == 0)
		buf_add(&a->settings, v->p, v->len);
	add_tag(a, v->name, v->p, v->len);
}

static void
note(struct asf *a, const struct value *v)
{
	uint64_t number;

	if (v->type == TYPE_TEXT)
		set_text(a, v);
	else if (!get_number(v, &number))
		return;
	else if (strcmp(v->name, "EncodingTime") == 0)
		asf_set_date(a, MEDIA_DATE_ASF_ENCODING, v->name, number);
	else if (v->type == TYPE_BOOL)
		tags_text(a->r, "ASF", slice_of(v->name), number != 0 ? "True" : "False", number != 0 ? 4 : 5);
	else
		tags_number(a->r, "ASF", slice_of(v->name), (double)number);
}

void
asf_extended(struct asf *a, const uint8_t *p, size_t len)
{
	size_t count = len >= 2 ? src_le16(p) : 0, at = 2, n;
	struct value v;

	for (size_t i = 0; i < count; i++) {
		if (len - at < 2 || (n = src_le16(p + at)) > len - at - 2 || len - at - 2 - n < 4) {
			cut_off(a);
			return;
		}
		set_name(&v, p + at + 2, n);
		at += 2 + n;
		v.type = src_le16(p + at);
		v.len = src_le16(p + at + 2);
		v.p = p + at + 4;
		if (v.len > len - at - 4) {
			cut_off(a);
			return;
		}
		note(a, &v);
		at += 4 + v.len;
	}
}

void
asf_metadata(struct asf *a, const uint8_t *p, size_t len)
{
	size_t count = len >= 2 ? src_le16(p) : 0, at = 2, n;
	struct value v;

	for (size_t i = 0; i < count; i++) {
		if (len - at < 12 || (n = src_le16(p + at + 4)) > len - at - 12 ||
		    (v.len = src_le32(p + at + 8)) > len - at - 12 - n) {
			cut_off(a);
			return;
		}
		v.type = src_le16(p + at + 6);
		set_name(&v, p + at + 12, n);
		v.p = p + at + 12 + n;
		note(a, &v);
		at += 12 + n + v.len;
	}
}

void
asf_finish(struct asf *a)
{
	media_set_utf16(a->r->info, MEDIA_SOFTWARE, (const uint8_t *)a->settings.p, a->settings.len, false);
	a->r->info->text.failed |= a->settings.failed;
}
