/*
 * Text is a keyword and a value, which may be compressed and may hold a whole block of metadata: XMP as it is, others
 * in hexadecimal digits as ImageMagick began to write them.  Values are handed over piece by piece, so that only what
 * is asked for is kept.
 *
 * Source: PNG Specification, third edition, 11.3.3; exiv2 and ImageMagick for the raw profiles.
 */
#include "format/png/png.h"

#include <string.h>
#include <strings.h>

#include "format/inflate.h"
#include "media/media.h"
#include "meta/exif/tags.h"
#include "meta/reader.h"
#include "meta/xmp/xmp.h"

#define KEYWORD_MAX 79
#define NAMES_MAX 1024           /* language and translated keyword */
#define TEXT_MAX (64u << 10)     /* of a value that is plain text */
#define BLOCK_MAX (1u << 20)     /* of a block of metadata */
#define HEX_MAX (3 * (1u << 20)) /* of its digits */
#define XMP_MAX (16u << 20)
#define INFLATED_MAX (16u << 20) /* of all texts of a file */
#define PIECE (16u << 10)

struct text {
	char keyword[KEYWORD_MAX + 1];
	uint64_t at, end; /* of the value */
	bool compressed;
};

/* Finds the NULs that end the keyword and, in iTXt, the two names behind it. */
static bool
take_names(struct text *t, const struct png_chunk *c, const uint8_t *p, size_t len)
{
	const uint8_t *nul = memchr(p, '\0', len < KEYWORD_MAX + 1 ? len : KEYWORD_MAX + 1), *end = p + len;
	bool plain = strcmp(c->type, "tEXt") == 0, international = strcmp(c->type, "iTXt") == 0;
	const uint8_t *value;

	if (nul == NULL || nul == p)
		return false;
	memcpy(t->keyword, p, (size_t)(nul - p) + 1);
	value = nul + 1 + (plain ? 0 : international ? 2 : 1);
	if (value > end)
		return false;
	t->compressed = !plain && (!international || nul[1] != 0);
	if (t->compressed && value[-1] != 0) /* the one method there is */
		return false;
	for (int i = 0; international && i < 2; i++) {
		if ((nul = memchr(value, '\0', (size_t)(end - value))) == NULL)
			return false;
		value = nul + 1;
	}
	t->at = c->at + (uint64_t)(value - p);
	t->end = c->at + c->len;
	return true;
}

/* Hands over a value that is not compressed. */
static bool
copy(struct reader *r, const struct inflate *in)
{
	const uint8_t *bytes;
	size_t got, len;

	for (uint64_t at = in->at; at < in->end; at += got) {
		len = in->end - at < PIECE ? (size_t)(in->end - at) : PIECE;
		if ((bytes = reader_some(r, at, len, &got)) == NULL)
			return false;
		if (at + got - in->at > in->max) {
			media_warn(
			    r->info, FAIL_LIMIT, "%s: longer than %llu bytes", r->what, (unsigned long long)in->max);
			return false;
		}
		if (got == 0 || !in->take(in->arg, bytes, got))
			break;
	}
	return true;
}

/* Hands over the value, of which `max` bytes at most; false where it is not whole. */
static bool
pull(struct png *p, const struct text *t, uint64_t max, inflate_take *take, void *arg)
{
	struct inflate in = {.at = t->at, .end = t->end, .max = max, .take = take, .arg = arg};
	uint64_t left = INFLATED_MAX - p->inflated;
	bool whole;

	if (!t->compressed)
		return copy(p->r, &in);
	if (left == 0) {
		media_warn(p->r->info, FAIL_LIMIT, "%s: the texts of the PNG add up to over %u MiB", t->keyword,
		    INFLATED_MAX >> 20);
		return false;
	}
	in.max = max < left ? max : left;
	whole = inflate_run(p->r, &in);
	p->inflated += in.total;
	return whole;
}

static bool
take_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	return buf_add(arg, bytes, len) == 0;
}

static bool
take_xmp(void *arg, const uint8_t *bytes, size_t len)
{
	xmp_add(arg, (const char *)bytes, len);
	return true;
}

static void
read_xmp(struct png *p, const struct text *t)
{
	if (!t->compressed) {
		xmp_read(p->r, t->at, t->end - t->at);
	} else if (xmp_begin(p->r) == 0) {
		pull(p, t, XMP_MAX, take_xmp, p->r->worker);
		xmp_end(p->r->worker);
	}
}

/* A raw profile: an empty line, its kind, its length, and then digits in lines. */
struct profile {
	struct buf bytes;
	unsigned lines;
	uint64_t length;
	int high; /* the first digit of two, or -1 */
	bool over;
};

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A character of the digits; false where they end. */
static bool
take_digit(struct profile *f, uint8_t c)
{
	int v = hex_value(c);

	if (v == -1)
		return c == ' ' || c == '\n' || c == '\r' || c == '\t';
	if (f->high == -1) {
		f->high = v;
		return true;
	}
	if ((f->over = f->bytes.len == BLOCK_MAX))
		return false;
	v |= f->high << 4;
	f->high = -1;
	return buf_addc(&f->bytes, (char)v) == 0;
}

static bool
take_profile(void *arg, const uint8_t *bytes, size_t len)
{
	struct profile *f = arg;

	for (size_t i = 0; i < len; i++) {
		if (f->lines == 3 ? !take_digit(f, bytes[i]) : f->lines == 0 && bytes[i] != '\n')
			return false;
		if (f->lines < 3 && bytes[i] == '\n')
			f->lines++;
		else if (f->lines == 2 && bytes[i] >= '0' && bytes[i] <= '9' && f->length <= BLOCK_MAX)
			f->length = f->length * 10 + (bytes[i] - '0');
	}
	return true;
}

static void
read_profile(struct png *p, const struct text *t, const char *name)
{
	struct profile f = {.high = -1};
	bool whole = pull(p, t, HEX_MAX, take_profile, &f);

	if (f.bytes.failed)
		reader_nomem(p->r);
	else if (f.over)
		media_warn(p->r->info, FAIL_LIMIT, "%s: longer than %u bytes", t->keyword, BLOCK_MAX);
	else if (whole && f.bytes.len != f.length)
		media_warn(p->r->info, FAIL_FORMAT, "%s: has %zu bytes instead of %llu", t->keyword, f.bytes.len,
		    (unsigned long long)f.length);
	if (f.bytes.len > 0)
		png_profile(p, name, &f.bytes);
	buf_fini(&f.bytes);
}

enum special { NONE = MEDIA_FIELDS, COMMENT, CREATION_TIME, CREATE_DATE };

static const struct {
	const char *keyword;
	unsigned meaning; /* a field, or one of enum special */
	const char *tag;
} keywords[] = {
    {"Title", MEDIA_TITLE, "Title"},
    {"Author", MEDIA_ARTIST, "Author"},
    {"Artist", MEDIA_ARTIST, "Artist"},
    {"Description", MEDIA_DESCRIPTION, "Description"},
    {"Copyright", MEDIA_COPYRIGHT, "Copyright"},
    {"Software", MEDIA_SOFTWARE, "Software"},
    {"Make", MEDIA_MAKE, "Make"},
    {"Model", MEDIA_MODEL, "Model"},
    {"Comment", COMMENT, "Comment"},
    {"Creation Time", CREATION_TIME, "CreationTime"},
    {"create-date", CREATE_DATE, "CreateDate"},
    {"modify-date", NONE, "ModDate"},
    {"Warning", NONE, "PNGWarning"},
};

#define NKEYWORDS (sizeof keywords / sizeof keywords[0])

/* The name of a keyword that has none: its words run together. */
static void
add_tag(struct png *p, const char *keyword, const struct buf *value)
{
	char name[KEYWORD_MAX + 1];
	bool first = true;
	size_t n = 0;

	for (; *keyword != '\0'; keyword++) {
		char c = *keyword;

		if (first && c >= 'a' && c <= 'z')
			c &= ~0x20;
		first = c == ' ';
		if (!first)
			name[n++] = c;
	}
	tags_text(p->r, "PNG", (struct slice){name, n}, value->p, value->len);
}

static void
set(struct png *p, unsigned meaning, const struct buf *value, bool cut)
{
	if (meaning < MEDIA_FIELDS)
		media_set_text(p->r->info, (enum media_field)meaning, value->p, value->len);
	else if (meaning == COMMENT && p->comment.len == 0)
		buf_add(&p->comment, value->p, value->len);
	else if (meaning == CREATION_TIME && !cut)
		media_set_date_text(p->r->info, MEDIA_DATE_PNG_CREATION, value->p, value->len);
	else if (meaning == CREATE_DATE && !cut)
		media_read_date(p->r->info, "png:create-date", value->p, value->len, &p->created);
}

static void
read_words(struct png *p, const struct text *t, bool cut)
{
	struct buf value = {0};
	bool whole;
	size_t i;

	for (i = 0; i < NKEYWORDS && strcasecmp(t->keyword, keywords[i].keyword) != 0; i++)
		;
	if (i == NKEYWORDS && p->r->info->tags == NULL)
		return;
	whole = pull(p, t, TEXT_MAX, take_bytes, &value);
	if (value.failed)
		reader_nomem(p->r);
	else if (whole && value.len > 0) {
		if (i < NKEYWORDS)
			set(p, keywords[i].meaning, &value, cut);
		add_tag(p, i < NKEYWORDS ? keywords[i].tag : t->keyword, &value);
	}
	buf_fini(&value);
}

void
png_text(struct png *p, const struct png_chunk *c)
{
	static const char raw[] = "Raw profile type ";
	const char *what = p->r->what;
	size_t got, len = KEYWORD_MAX + 3 + NAMES_MAX;
	const uint8_t *head;
	struct text t;

	if (c->len < len)
		len = (size_t)c->len;
	if ((head = reader_some(p->r, c->at, len, &got)) == NULL)
		return;
	if (!take_names(&t, c, head, got)) {
		media_warn(p->r->info, FAIL_VALUE,
		    "a text in the PNG has no keyword, or its compression is unknown: it was ignored");
		return;
	}
	p->r->what = t.keyword;
	if (strcmp(t.keyword, "XML:com.adobe.xmp") == 0)
		read_xmp(p, &t);
	else if (strncasecmp(t.keyword, raw, sizeof raw - 1) == 0)
		read_profile(p, &t, t.keyword + sizeof raw - 1);
	else
		read_words(p, &t, c->cut);
	p->r->what = what;
}
