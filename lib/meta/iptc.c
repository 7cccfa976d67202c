/*
 * A block is small and seen as one range, so that with --all a dataset that is repeated can be looked up in what
 * follows.  Text is UTF-8 where the block says so, or where it is valid as that; else Mac Roman where the block names
 * it or is plainly written in it, and Windows-1252.
 */
#include "meta/iptc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "media/media.h"
#include "media/text.h"
#include "meta/exif/tags.h"

enum { MARKER = 0x1c, EXTENDED = 0x8000 };
enum { KEYWORD_FULL = 64 - 3 }; /* bytes of a keyword that may have been cut */

/* A record and a dataset of it, as one number. */
#define DATASET(record, number) ((record) << 8 | (number))

enum {
	CHARACTER_SET = DATASET(1, 90),
	OBJECT_NAME = DATASET(2, 5),
	KEYWORDS = DATASET(2, 25),
	DATE_CREATED = DATASET(2, 55),
	TIME_CREATED = DATASET(2, 60),
	PROGRAM = DATASET(2, 65),
	BY_LINE = DATASET(2, 80),
	COPYRIGHT_NOTICE = DATASET(2, 116),
	CAPTION = DATASET(2, 120)
};

struct dataset {
	unsigned id;
	const uint8_t *p;
	size_t len;
};

struct iptc {
	const uint8_t *next, *end;
	bool undated;
	bool utf8, mac; /* how its text is encoded, where one knows */
	struct reader *r;
	struct buf artist, text;   /* text: of one dataset, made UTF-8 */
	struct dataset date, time; /* p NULL: absent */
};

/* The length of a dataset, which may itself have a length.  Moves *p behind it; false where the block ends before. */
static bool
read_length(const uint8_t **p, const uint8_t *end, uint64_t *len)
{
	size_t bytes;

	*len = src_be16(*p);
	*p += 2;
	if (*len < EXTENDED)
		return true;
	if ((bytes = (size_t)(*len & ~(uint64_t)EXTENDED)) > 8 || bytes > (size_t)(end - *p))
		return false;
	for (*len = 0; bytes > 0; bytes--)
		*len = *len << 8 | *(*p)++;
	return true;
}

static bool
next_dataset(const uint8_t **at, const uint8_t *end, struct dataset *d)
{
	const uint8_t *p = *at;
	uint64_t len;

	if (end - p < 5 || p[0] != MARKER)
		return false;
	d->id = DATASET((unsigned)p[1], p[2]);
	p += 3;
	if (!read_length(&p, end, &len) || len > (size_t)(end - p))
		return false;
	d->p = p;
	d->len = (size_t)len;
	*at = p + d->len;
	return true;
}

/* The bytes without a character that was cut where the dataset had no more room. */
static size_t
whole_length(const struct iptc *x, const struct dataset *d)
{
	size_t cut;

	if (!x->utf8 || json_is_utf8((const char *)d->p, d->len))
		return d->len;
	for (cut = 1; cut <= 3 && cut < d->len; cut++) {
		if (json_is_utf8((const char *)d->p, d->len - cut))
			return d->len - cut;
	}
	return d->len;
}

/* A dataset's text, until the next one's. */
static struct slice
text_of(struct iptc *x, const struct dataset *d)
{
	struct slice text = {(const char *)d->p, whole_length(x, d)};

	if (!x->mac || json_is_utf8(text.p, text.len))
		return text;
	buf_clear(&x->text, 1 << 10);
	if (text_add_mac(&x->text, text.p, text.len))
		text = (struct slice){x->text.p, x->text.len};
	x->r->info->text.failed |= x->text.failed;
	return text;
}

static const struct {
	uint16_t id;
	bool number; /* 16 bits */
	const char *name;
} names[] = {
#define NAMED(record, dataset, number, name) {DATASET(record, dataset), number, name},
#include "meta/iptc-names.def"
#undef NAMED
};

/* A dataset that comes again: all of its kind as an array. */
static void
add_list(struct iptc *x, const struct dataset *first, struct slice name)
{
	struct dataset d = *first;
	const uint8_t *p = x->next;
	struct slice text;

	if (!tags_list(x->r, "IPTC", name))
		return;
	do {
		if (d.id != first->id)
			continue;
		text = text_of(x, &d);
		tags_item(x->r->info, text.p, text.len);
	} while (next_dataset(&p, x->end, &d));
	tags_list_end(x->r->info);
}

static bool
comes_again(const struct iptc *x, unsigned id)
{
	const uint8_t *p = x->next;
	struct dataset d;

	while (next_dataset(&p, x->end, &d)) {
		if (d.id == id)
			return true;
	}
	return false;
}

static void
add_tag(struct iptc *x, const struct dataset *d)
{
	struct slice name, text = text_of(x, d);
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0] && names[i].id != d->id; i++)
		;
	if (i == sizeof names / sizeof names[0])
		return;
	name = (struct slice){names[i].name, strlen(names[i].name)};
	if (d->id == CHARACTER_SET && x->utf8)
		tags_text(x->r, "IPTC", name, "UTF8", 4);
	else if (names[i].number && d->len == 2)
		tags_number(x->r, "IPTC", name, src_be16(d->p));
	else if (comes_again(x, d->id))
		add_list(x, d, name);
	else
		tags_text(x->r, "IPTC", name, text.p, text.len);
}

static void
set_text(struct iptc *x, enum media_field f, const struct dataset *d)
{
	struct slice text = text_of(x, d);

	media_set_text(x->r->info, f, text.p, text.len);
}

static void
add_artist(struct iptc *x, const struct dataset *d)
{
	struct slice text = text_of(x, d);

	if (d->len == 0)
		return;
	if (x->artist.len > 0)
		buf_adds(&x->artist, "; ");
	buf_add(&x->artist, text.p, text.len);
}

static void
look_at(struct iptc *x, const struct dataset *d)
{
	struct slice text;

	switch (d->id) {
	case OBJECT_NAME:
		set_text(x, MEDIA_TITLE, d);
		break;
	case KEYWORDS:
		text = text_of(x, d);
		if (x->undated)
			media_join_item(x->r->info, MEDIA_KEYWORDS, text.p, text.len, KEYWORD_FULL);
		else
			media_add_item(x->r->info, MEDIA_KEYWORDS, text.p, text.len);
		break;
	case DATE_CREATED:
		if (x->date.p == NULL)
			x->date = *d;
		break;
	case TIME_CREATED:
		if (x->time.p == NULL)
			x->time = *d;
		break;
	case PROGRAM:
		set_text(x, MEDIA_SOFTWARE, d);
		break;
	case BY_LINE:
		add_artist(x, d);
		break;
	case COPYRIGHT_NOTICE:
		set_text(x, MEDIA_COPYRIGHT, d);
		break;
	case CAPTION:
		set_text(x, MEDIA_DESCRIPTION, d);
		break;
	}
	if (x->r->info->tags != NULL)
		add_tag(x, d);
}

static bool
is_blank(const struct dataset *d)
{
	size_t i;

	for (i = 0; i < d->len && memchr(" 0:-\0", d->p[i], 5) != NULL; i++)
		;
	return i == d->len;
}

/* CCYYMMDD and HHMMSS±HHMM; an invalid time costs only itself. */
static void
end_date(struct iptc *x)
{
	int date = (int)(x->date.len < 24 ? x->date.len : 24), time = (int)(x->time.len < 24 ? x->time.len : 24);
	char text[64];
	size_t n;

	if (is_blank(&x->date))
		return;
	n = (size_t)snprintf(text, sizeof text, "%.*s %.*s", date, (const char *)x->date.p, time,
	    time > 0 ? (const char *)x->time.p : "");
	media_set_date_text(x->r->info, MEDIA_DATE_IPTC_CREATED, text, n);
}

/* What the block says of its text; where it says nothing, one text that is plainly Mac Roman tells of all. */
static void
find_encoding(struct iptc *x)
{
	const uint8_t *p = x->next;
	bool said = false, shown = false;
	struct dataset d;

	for (unsigned n = 0; n < IPTC_DATASETS_MAX && next_dataset(&p, x->end, &d); n++) {
		const char *text = (const char *)d.p;

		if (d.id == CHARACTER_SET) {
			said = true;
			x->utf8 = d.len == 3 && memcmp(text, "\x1b%G", 3) == 0;
			x->mac = d.len >= 3 && strncasecmp(text, "mac", 3) == 0;
		} else if (!shown && d.id >= DATASET(2, 5)) {
			shown = text_is_mac(text, d.len);
		}
	}
	x->mac |= !said && shown;
}

static void
read_block(struct iptc *x)
{
	struct dataset d;
	unsigned n;

	find_encoding(x);
	for (n = 0; n < IPTC_DATASETS_MAX && next_dataset(&x->next, x->end, &d); n++)
		look_at(x, &d);
	if (n == IPTC_DATASETS_MAX)
		media_warn(
		    x->r->info, FAIL_LIMIT, "the IPTC block has more than %d datasets; the rest was not read", n);
	else if (x->next < x->end && x->next[0] != '\0') /* what is padded ends in NULs */
		media_warn(
		    x->r->info, x->next[0] == MARKER ? FAIL_TRUNCATED : FAIL_FORMAT, "the IPTC block is damaged");
	end_date(x);
	media_set_text(x->r->info, MEDIA_ARTIST, buf_cstr(&x->artist), x->artist.len);
	x->r->info->text.failed |= x->artist.failed;
	buf_fini(&x->artist);
	buf_fini(&x->text);
}

/* Writers that took the block for numbers of 32 bits have swapped their bytes. */
static bool
is_swapped(const struct iptc *x)
{
	return x->end - x->next >= 4 && x->next[0] != MARKER && x->next[3] == MARKER;
}

static void
read_swapped(struct iptc *x)
{
	size_t len = (size_t)(x->end - x->next) & ~(size_t)3, i;
	uint8_t *block = malloc(len);

	if (block == NULL) {
		reader_nomem(x->r);
		return;
	}
	for (i = 0; i < len; i++)
		block[i] = x->next[i ^ 3];
	media_warn(x->r->info, FAIL_VALUE, "the bytes of the IPTC block are swapped");
	x->next = block;
	x->end = block + len;
	read_block(x);
	free(block);
}

static void
read_range(struct iptc *x, uint64_t at, uint64_t len)
{
	size_t got;

	x->next = reader_some(x->r, at, len < SRC_WINDOW_MAX ? (size_t)len : SRC_WINDOW_MAX, &got);
	if (x->next == NULL)
		return;
	if (got < len)
		media_warn(x->r->info, len > SRC_WINDOW_MAX ? FAIL_LIMIT : FAIL_TRUNCATED, "the IPTC block is cut off");
	x->end = x->next + got;
	if (is_swapped(x))
		read_swapped(x);
	else
		read_block(x);
}

void
iptc_read(struct reader *r, uint64_t at, uint64_t end, enum iptc_age age)
{
	enum media_origin origin = media_from(r->info, age == IPTC_NEWER ? MEDIA_FROM_NEWER_IPTC : MEDIA_FROM_IPTC);
	const char *what = r->what;

	r->what = "IPTC";
	read_range(&(struct iptc){.undated = age == IPTC_UNDATED, .r = r}, at, end > at ? end - at : 0);
	r->what = what;
	media_from(r->info, origin);
}
