/*
 * A note is walked by its layout (makernote-layouts.h), and each wanted tag read in the form it has.  Warnings about a
 * note are dropped: its rules are nobody's standard, and what is odd in it says nothing about the file.
 */
#include "meta/exif/makernote.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "meta/exif/lens.h"
#include "meta/exif/makernote-layouts.h"
#include "meta/exif/reconyx.h"
#include "meta/exif/tags.h"

#define TEXT_MAX 64
#define ENTRIES_LIKELY 255          /* no maker has more in one directory */
#define ADOBE_HEAD 20               /* of the block in which Adobe's programs keep a note */
#define SHUTTER_COUNT_MAX 100000000 /* beyond it stand the makers' words for "unknown" */

struct note {
	const struct note_layout *layout;
	struct reader *r; /* of the record; the walk has one of its own, which is quiet */
	uint64_t at;
	uint32_t date, time; /* Pentax's, as stored */
	bool has_date, has_time;
	bool wants_small;
	unsigned small_dir; /* ordinal of the directory that tells of a small JPEG; 0: the first, or none yet */
	double small_at, small_len;
};

/* Plain ASCII with a letter or digit in it that is no filler. */
static bool
says_something(const char *p, size_t len)
{
	bool something = false;
	size_t i;

	for (i = 0; i < len; i++) {
		if (p[i] < 0x20 || p[i] > 0x7e)
			return false;
		something |= strchr(" 0-.", p[i]) == NULL;
	}
	return something;
}

static void
set_text(const struct note *n, const struct note_wanted *w, const char *p, size_t len)
{
	media_set_text(n->r->info, w->field, p, len);
	tags_text(n->r, n->layout->group, (struct slice){w->name, strlen(w->name)}, p, len);
}

static void
set_plain(const struct note *n, const struct note_wanted *w, struct ifd *ifd, const struct ifd_entry *e)
{
	size_t len;
	const char *p = ifd_text(ifd, e, &len);

	if (p != NULL && len <= TEXT_MAX && says_something(p, len))
		set_text(n, w, p, len);
}

static void
set_count(const struct note *n, const struct note_wanted *w, double v)
{
	if (!(v > 0 && v < SHUTTER_COUNT_MAX))
		return;
	media_set_number(n->r->info, w->field, v);
	tags_number(n->r, n->layout->group, (struct slice){w->name, strlen(w->name)}, v);
}

size_t
makernote_canon_serial(const struct media_info *info, uint32_t serial, char text[CANON_SERIAL_MAX])
{
	if (media_text_has(info, MEDIA_MODEL, "EOS D30"))
		return (size_t)snprintf(text, CANON_SERIAL_MAX, "%.4x%.5u", serial >> 16, serial & 0xffff);
	return (size_t)snprintf(
	    text, CANON_SERIAL_MAX, media_text_has(info, MEDIA_MODEL, "EOS-1D") ? "%.6u" : "%.10u", serial);
}

static void
set_canon_serial(const struct note *n, const struct note_wanted *w, struct ifd *ifd, const struct ifd_entry *e)
{
	char text[CANON_SERIAL_MAX];
	uint32_t serial;

	if (e->type != IFD_LONG || e->count != 1)
		set_plain(n, w, ifd, e);
	else if ((serial = (uint32_t)ifd_number(ifd, e)) != 0)
		set_text(n, w, text, makernote_canon_serial(n->r->info, serial, text));
}

static void
set_lens(const struct note *n, const struct note_wanted *w, const double v[4])
{
	char text[LENS_MAX];
	size_t len = lens_text(v, text);

	if (len > 0)
		set_text(n, w, text, len);
}

static void
set_nikon_lens(const struct note *n, const struct note_wanted *w, struct ifd *ifd, const struct ifd_entry *e)
{
	double v[4];

	if (e->type == IFD_RATIONAL && ifd_numbers(ifd, e, v, 4) == 4)
		set_lens(n, w, v);
}

/* Two decimal digits in a byte; NaN where they are none. */
static double
digits(const uint8_t *p, size_t len)
{
	double v = 0;

	for (; len > 0; len--, p++) {
		if (*p >> 4 > 9 || (*p & 15) > 9)
			return NAN;
		v = v * 100 + (*p >> 4) * 10 + (*p & 15);
	}
	return v;
}

/* Features, shortest and longest focal length, apertures at both in tenths, features. */
static void
set_sony_lens(const struct note *n, const struct note_wanted *w, struct ifd *ifd, const struct ifd_entry *e)
{
	const uint8_t *p;
	double v[4];
	size_t len;

	if (e->bytes != 8 || (p = ifd_value(ifd, e, 8, &len)) == NULL)
		return;
	v[0] = digits(p + 1, 2);
	v[1] = digits(p + 3, 2);
	v[2] = digits(p + 5, 1) / 10;
	v[3] = digits(p + 6, 1) / 10;
	set_lens(n, w, v);
}

static bool
is_digits(const char *p, size_t len)
{
	size_t i;

	for (i = 0; i < len && p[i] >= '0' && p[i] <= '9'; i++)
		;
	return i == len;
}

/* Eight digits, of which the pairs stand back to front; a leading zero is none of the number's. */
static void
set_sony_serial(const struct note *n, const struct note_wanted *w, struct ifd *ifd, const struct ifd_entry *e)
{
	char text[8];
	const char *p;
	size_t len, i;

	if ((p = ifd_text(ifd, e, &len)) == NULL || len != sizeof text || !is_digits(p, len) || !says_something(p, len))
		return;
	for (i = 0; i < sizeof text; i++)
		text[i] = p[(6 - i / 2 * 2) + i % 2];
	i = *text == '0';
	set_text(n, w, text + i, sizeof text - i);
}

/* Bytes as one big-endian number, whatever the order of the note; 0 for another count of them. */
static uint32_t
bytes_be(struct ifd *ifd, const struct ifd_entry *e, size_t want)
{
	const uint8_t *p;
	uint32_t v = 0;
	size_t len, i;

	if (e->bytes < want || e->bytes > 4 || (p = ifd_value(ifd, e, 4, &len)) == NULL)
		return 0;
	for (i = 0; i < 4; i++)
		v = v << 8 | (i < len ? p[i] : 0);
	return v;
}

static void
set_value(struct note *n, const struct note_wanted *w, struct ifd *ifd, const struct ifd_entry *e)
{
	switch (w->form) {
	case FORM_TEXT:
		set_plain(n, w, ifd, e);
		break;
	case FORM_COUNT:
		set_count(n, w, ifd_number(ifd, e));
		break;
	case FORM_CANON_SERIAL:
		set_canon_serial(n, w, ifd, e);
		break;
	case FORM_NIKON_LENS:
		set_nikon_lens(n, w, ifd, e);
		break;
	case FORM_PENTAX_DATE:
		n->date = bytes_be(ifd, e, 4);
		n->has_date = n->date != 0;
		break;
	case FORM_PENTAX_TIME:
		n->time = bytes_be(ifd, e, 3) & 0xffffff00;
		n->has_time = e->bytes >= 3;
		break;
	case FORM_PENTAX_COUNT:
		if (n->has_date && n->has_time && e->bytes == 4)
			set_count(n, w, bytes_be(ifd, e, 4) ^ n->date ^ ~n->time);
		break;
	case FORM_SONY_LENS:
		set_sony_lens(n, w, ifd, e);
		break;
	case FORM_SONY_SERIAL:
		set_sony_serial(n, w, ifd, e);
		break;
	}
}

static bool
is_wanted(const struct note *n, const struct note_wanted *w)
{
	return n->r->info->tags != NULL || n->r->info->field[w->field].kind == MEDIA_ABSENT;
}

/* A directory that a note holds or points to. */
static void
push_inner(struct ifd *ifd, const struct ifd_entry *e)
{
	if (e->type == IFD_UNDEFINED)
		ifd_push(ifd, IFD_OTHER, e->at);
	else
		ifd_push_pointed(ifd, IFD_OTHER, e);
}

/* Returns whether the entry is of the directory that tells of a small JPEG, and of nothing else. */
static bool
small_entry(struct note *n, struct ifd *ifd, const struct ifd_entry *e)
{
	const struct note_small *s = n->layout->small;

	if (s == NULL || !n->wants_small)
		return false;
	if (s->dir != 0 && e->nth == 0 && e->tag == s->dir) {
		n->small_dir = ifd->nkind[IFD_OTHER];
		push_inner(ifd, e);
	} else if (e->nth == n->small_dir && (s->dir == 0 || e->nth > 0)) {
		if (e->tag == s->at)
			n->small_at = ifd_number(ifd, e);
		else if (e->tag == s->len)
			n->small_len = ifd_number(ifd, e);
	}
	return e->nth > 0 && e->nth == n->small_dir;
}

static void
entry(void *arg, struct ifd *ifd, const struct ifd_entry *e)
{
	struct note *n = arg;
	const struct note_layout *l = n->layout;
	const struct note_wanted *w;
	bool in_equipment = e->nth > 0;

	if ((e->near == NULL && e->at < n->at) || small_entry(n, ifd, e))
		return;
	if (l->equipment != 0 && !in_equipment) {
		if (e->tag == l->equipment)
			push_inner(ifd, e);
		return;
	}
	for (w = l->wanted; w->tag != 0; w++) {
		if (w->tag == e->tag && is_wanted(n, w))
			set_value(n, w, ifd, e);
	}
}

/* Whether anything may come of the walk. */
static bool
is_worth(const struct note *n)
{
	const struct note_wanted *w = n->layout->wanted;

	if (n->wants_small && n->layout->small != NULL)
		return true;
	while (w != NULL && w->tag != 0 && !is_wanted(n, w))
		w++;
	return w != NULL && w->tag != 0;
}

/* Where a note lies, and from where it counts. */
struct extent {
	uint64_t base, at, end;
	bool big_endian;
};

static bool
open_note(struct ifd *ifd, struct reader *r, const struct note_layout *l, const uint8_t *p, const struct extent *w)
{
	if (l->base == BASE_TIFF)
		return ifd_open(ifd, r, w->at + l->dir, w->end);
	ifd_begin(ifd, r, l->base == BASE_NOTE ? w->at : w->base, w->end);
	ifd->big_endian = w->big_endian;
	if (l->mark != 0 && p[l->mark] == p[l->mark + 1] && (p[l->mark] == 'I' || p[l->mark] == 'M'))
		ifd->big_endian = p[l->mark] == 'M';
	if (ifd_get16(ifd, p + l->dir) > ENTRIES_LIKELY) /* rewritten in the other order, the mark left as it was */
		ifd->big_endian = !ifd->big_endian;
	ifd_push(ifd, IFD_OTHER, w->at + l->dir);
	return true;
}

/* The first bytes of a note, *got of `max`. */
static const uint8_t *
head_of(struct reader *r, const struct extent *where, size_t max, size_t *got)
{
	uint64_t len = where->end - where->at;

	return reader_some(r, where->at, len < max ? (size_t)len : max, got);
}

static void
walk_note(struct note *note, struct reader *quiet, const struct extent *where)
{
	struct ifd_visitor v = {.entry = entry, .arg = note};
	struct ifd ifd;
	size_t got;
	const uint8_t *p = head_of(quiet, where, NOTE_HEAD_MAX, &got);

	/* Perhaps Reconyx', whose dates lie behind the head. */
	if (p != NULL && got > 0 && (p[0] == 'R' || p[0] == 1) &&
	    ((p = head_of(quiet, where, RECONYX_LEN, &got)) == NULL || reconyx_read(p, got, note->r->info)))
		return;
	if (p == NULL || (note->layout = makernote_layout(note->r->info, p, got)) == NULL || !is_worth(note))
		return;
	if (open_note(&ifd, quiet, note->layout, p, where)) {
		ifd_walk(&ifd, &v);
		reader_preview(quiet, ifd.base, note->small_at, note->small_len);
	}
}

static void
read_note(struct ifd *outer, const struct extent *where)
{
	struct reader quiet = *outer->r;
	struct note note = {.r = outer->r, .at = where->at, .wants_small = reader_wants_previews(outer->r)};

	quiet.info = NULL;
	walk_note(&note, &quiet, where);
	outer->r->failed = quiet.failed;
}

void
makernote_read(struct ifd *outer, uint64_t at, uint64_t len)
{
	struct extent where = {.base = outer->base, .at = at, .big_endian = outer->big_endian};

	if (at >= outer->end)
		return;
	where.end = len < outer->end - at ? at + len : outer->end;
	read_note(outer, &where);
}

void
makernote_read_private(struct ifd *outer, uint64_t at, uint64_t len)
{
	struct extent where = {.base = outer->base, .at = at, .big_endian = outer->big_endian};
	const uint8_t *p;
	uint64_t was;

	if (at > outer->end || len > outer->end - at || len < ADOBE_HEAD)
		return;
	where.end = at + len;
	if ((p = reader_try(outer->r, at, ADOBE_HEAD)) == NULL)
		return;
	if (memcmp(p, "Adobe\0MakN", 10) == 0) { /* length, byte order, and where the note was in its own file */
		was = src_be32(p + 16);
		where.at = at + ADOBE_HEAD;
		where.big_endian = p[14] == 'M';
		if (where.at < was)
			return;
		where.base = where.at - was;
	} else if (memcmp(p, "PENTAX ", 8) != 0) {
		return;
	}
	read_note(outer, &where);
}
