/*
 * MXF, as professional camcorders write it: a sequence of keys, lengths and values.  Sets of short tags in front of the
 * pictures, and again behind them, describe the packages of material, the program that wrote them, and the form of the
 * pictures.
 *
 * Source: SMPTE ST 377-1 (MXF), 9 (sets), annexes A, B, F and G (their tags); ST 336 (lengths).
 */
#include "format/format.h"

#include <stdio.h>
#include <string.h>

#include "meta/exif/tags.h"

enum { SETS = 0x53, PACKS = 0x05 }; /* byte 5 of a key */
enum { KEY = 16, SETS_MAX = 4096, SET_MAX = 64 << 10, SEARCHED_MAX = 1 << 20 };
enum { KIND_IDENTIFICATION = 0x30, KIND_MATERIAL = 0x36, KIND_SOURCE = 0x37 }; /* byte 14 of a set's key */
enum { TAG_PRODUCT = 0x3c02, TAG_CREATED = 0x4405, TAG_RATE = 0x3001, TAG_DURATION = 0x3002, TAG_LAYOUT = 0x320c };
enum {
	TAG_SET = 0x3c0a,
	TAG_EDIT_RATE = 0x4b01,
	TAG_SEQUENCE = 0x4803,
	TAG_LENGTH = 0x0202,
	TIMES_MAX = 256,
	UID = 16
};
enum { TAG_HEIGHT = 0x3202, TAG_WIDTH = 0x3203, LAYOUT_FIELDS = 1 };

/* Rates of tracks, or lengths of their sequences in that, by the name of the sequence. */
struct times {
	struct {
		uint8_t sequence[UID];
		double v;
	} of[TIMES_MAX];
	size_t n;
};

struct mxf {
	struct reader *r;
	uint64_t footer;        /* where the description stands again, with the lengths; 0: unknown */
	struct when created[2]; /* of the material, of a source */
	struct times rates, lengths;
};

/* What one set says; zeros: nothing. */
struct set {
	uint8_t kind;
	uint32_t width, height;
	uint8_t layout;
	uint8_t name[UID], sequence[UID];
	double rate, duration, edit_rate, length;
};

/* Eight bytes: year, month, day, hour, minute, second, units of 4 ms. */
static void
note_created(struct mxf *m, struct when *out, const uint8_t *p)
{
	static const uint8_t unknown[8] = {0};
	char text[48];
	struct when w;
	int n;

	if (out->precision != WHEN_NONE || memcmp(p, unknown, 8) == 0)
		return;
	n = snprintf(text, sizeof text, "%04d:%02d:%02d %02d:%02d:%02d.%03dZ", src_be16(p), p[2], p[3], p[4], p[5],
	    p[6], p[7] < 250 ? 4 * p[7] : 0);
	if (when_parse(text, (size_t)n, &w) && w.precision == WHEN_SECOND)
		*out = w;
	else
		media_warn_no_date(m->r->info);
}

static void
note_tag(struct mxf *m, struct set *s, unsigned tag, const uint8_t *p, size_t len)
{
	if (tag == TAG_CREATED && len == 8 && (s->kind == KIND_MATERIAL || s->kind == KIND_SOURCE))
		note_created(m, &m->created[s->kind == KIND_SOURCE], p);
	else if (tag == TAG_PRODUCT && s->kind == KIND_IDENTIFICATION)
		media_set_utf16(m->r->info, MEDIA_SOFTWARE, p, len, true);
	else if (tag == TAG_WIDTH && len == 4)
		s->width = src_be32(p);
	else if (tag == TAG_HEIGHT && len == 4)
		s->height = src_be32(p);
	else if (tag == TAG_LAYOUT && len == 1)
		s->layout = p[0];
	else if ((tag == TAG_RATE || tag == TAG_EDIT_RATE) && len == 8 && src_be32(p + 4) != 0)
		*(tag == TAG_RATE ? &s->rate : &s->edit_rate) = (double)src_be32(p) / src_be32(p + 4);
	else if ((tag == TAG_DURATION || tag == TAG_LENGTH) && len == 8 && src_be64(p) <= INT64_MAX)
		*(tag == TAG_DURATION ? &s->duration : &s->length) = (double)src_be64(p);
	else if ((tag == TAG_SET || tag == TAG_SEQUENCE) && len == UID)
		memcpy(tag == TAG_SET ? s->name : s->sequence, p, UID);
}

static void
add_tag(struct mxf *m, const char *name, double v)
{
	tags_number(m->r, "MXF", slice_of(name), v);
}

/* Of pictures in two fields the height is that of one. */
static void
set_picture(struct mxf *m, const struct set *s)
{
	double height = (double)s->height * (s->layout == LAYOUT_FIELDS ? 2 : 1);

	if (s->width > 0 && s->height > 0 && m->r->info->field[MEDIA_WIDTH].kind == MEDIA_ABSENT) {
		reader_set_size(m->r, s->width, height);
		tags_size(m->r, "MXF", s->width, height);
	}
	if (s->rate > 0 && s->duration > 0) {
		media_set_number(m->r->info, MEDIA_DURATION, s->duration / s->rate);
		add_tag(m, "Duration", s->duration / s->rate);
	}
}

static void
note_time(struct mxf *m, struct times *t, const uint8_t *sequence, double v)
{
	if (!(v > 0))
		return;
	if (t->n == TIMES_MAX) {
		media_warn(m->r->info, FAIL_LIMIT, "more than %d tracks; the rest was not read", TIMES_MAX);
		return;
	}
	memcpy(t->of[t->n].sequence, sequence, UID);
	t->of[t->n++].v = v;
}

/* What a description leaves open: the longest of the tracks. */
static void
set_duration(struct mxf *m)
{
	const struct times *rates = &m->rates, *lengths = &m->lengths;
	double longest_s = 0, s;

	for (size_t i = 0; i < rates->n; i++) {
		for (size_t k = 0; k < lengths->n; k++) {
			s = lengths->of[k].v / rates->of[i].v;
			if (memcmp(rates->of[i].sequence, lengths->of[k].sequence, UID) == 0 && s > longest_s)
				longest_s = s;
		}
	}
	if (longest_s > 0) {
		media_set_number(m->r->info, MEDIA_DURATION, longest_s);
		add_tag(m, "Duration", longest_s);
	}
}

static void
read_set(struct mxf *m, uint8_t kind, const uint8_t *p, size_t len)
{
	struct set s = {.kind = kind};
	size_t at = 0, n;

	for (; len - at >= 4; at += 4 + n) {
		n = src_be16(p + at + 2);
		if (n > len - at - 4) {
			media_warn(m->r->info, FAIL_FORMAT, "a set of MXF tags is cut off");
			break;
		}
		note_tag(m, &s, src_be16(p + at), p + at + 4, n);
	}
	set_picture(m, &s);
	note_time(m, &m->rates, s.sequence, s.edit_rate);
	note_time(m, &m->lengths, s.name, s.length);
}

/* A key, a length, and where the value begins. */
struct klv {
	uint8_t key[KEY];
	uint64_t len, body;
};

/* False where there is none. */
static bool
read_klv(struct reader *r, uint64_t at, struct klv *out)
{
	const uint8_t *p;
	size_t got, n;

	if ((p = reader_some(r, at, KEY + 9, &got)) == NULL || got < KEY + 1 || memcmp(p, "\x06\x0e\x2b\x34", 4) != 0)
		return false;
	memcpy(out->key, p, KEY);
	n = (p[KEY] & 0x80) != 0 ? p[KEY] & 0x7fu : 0;
	if (n > 8 || got < KEY + 1 + n)
		return false;
	out->len = n == 0 ? p[KEY] & 0x7fu : 0;
	for (size_t i = 0; i < n; i++)
		out->len = out->len << 8 | p[KEY + 1 + i];
	out->body = at + KEY + 1 + n;
	return true;
}

/* The packs that begin a part of the file say where the last one is. */
static void
note_footer(struct mxf *m, const uint8_t *p, size_t len)
{
	if (len >= 32 && m->footer == 0)
		m->footer = src_be64(p + 24);
}

/* From `at` up to the first pictures or sounds. */
static void
read_sets(struct mxf *m, uint64_t at)
{
	struct reader *r = m->r;
	uint64_t searched = 0;
	const uint8_t *p;
	struct klv k;
	size_t got;

	for (int i = 0; i < SETS_MAX && searched < SEARCHED_MAX; i++, at = k.body + k.len) {
		if (!read_klv(r, at, &k) || (k.key[4] == 1 && k.key[5] == 2))
			return;
		if (k.key[4] == 2 && (k.key[5] == SETS || k.key[5] == PACKS)) {
			got = k.len < SET_MAX ? (size_t)k.len : SET_MAX;
			searched += got;
			if ((p = reader_some(r, k.body, got, &got)) == NULL)
				return;
			if (k.key[5] == SETS)
				read_set(m, k.key[14], p, got);
			else
				note_footer(m, p, got);
		}
		if (k.len > reader_size(r) || k.body + k.len > reader_size(r)) {
			media_warn(r->info, FAIL_TRUNCATED, "the file ends inside its description");
			return;
		}
	}
	media_warn(r->info, FAIL_LIMIT, "the description has more than %d sets or %d KiB; the rest was not read",
	    SETS_MAX, SEARCHED_MAX >> 10);
}

static void
mxf_read(struct reader *r)
{
	struct mxf m = {.r = r};

	read_sets(&m, 0);
	if (m.footer > 0 && m.footer >= reader_size(r))
		media_warn(r->info, FAIL_TRUNCATED, "the film ends before its footer");
	else if (m.footer > 0)
		read_sets(&m, m.footer);
	for (int i = 0; i < 2; i++) {
		if (m.created[i].precision != WHEN_NONE)
			media_set_date(r->info, MEDIA_DATE_MXF_CREATION, &m.created[i], MEDIA_BASIS_ASSUMED_UTC);
	}
	set_duration(&m);
}

static const char *
mxf_bid(const uint8_t *head, size_t len)
{
	if (len < 8 || memcmp(head, "\x06\x0e\x2b\x34\x02\x05\x01\x01", 8) != 0)
		return NULL;
	return "mxf";
}

const struct format_reader format_mxf = {mxf_bid, mxf_read};
