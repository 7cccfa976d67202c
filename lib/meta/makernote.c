/*
 * A row for each layout.  Warnings about a note are dropped: its rules are nobody's standard, and what is odd in it
 * says nothing about the file.
 */
#include "meta/makernote.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Where offsets count from: the Exif block, the note, a TIFF header inside the note. */
enum base { BASE_BLOCK, BASE_NOTE, BASE_TIFF };

struct layout {
	const char *make; /* MEDIA_MAKE, where the note has no header of its own */
	const char *header;
	size_t header_len;
	size_t dir;  /* where the directory, or the TIFF header, begins in the note */
	size_t mark; /* where the byte order is marked; 0: it is the block's */
	enum base base;
	uint16_t equipment; /* tag of a directory that holds lens and serial; 0: none */
	uint16_t lens, serial;
};

static const struct layout layouts[] = {
    {"Canon", "", 0, 0, 0, BASE_BLOCK, 0, 0x0095, 0x000c},
    {NULL, "Nikon\0\2", 7, 10, 0, BASE_TIFF, 0, 0x0084, 0x001d},
    {NULL, "OLYMPUS\0", 8, 12, 8, BASE_NOTE, 0x2010, 0x0203, 0x0101},
    {NULL, "OM SYSTEM\0", 10, 16, 12, BASE_NOTE, 0x2010, 0x0203, 0x0101},
    {NULL, "OLYMP\0", 6, 8, 0, BASE_BLOCK, 0x2010, 0x0203, 0x0101},
    {NULL, "Panasonic\0\0\0", 12, 12, 0, BASE_BLOCK, 0, 0x0051, 0},
    {NULL, "PENTAX \0", 8, 10, 8, BASE_NOTE, 0, 0, 0x0229},
    {NULL, "AOC\0", 4, 6, 4, BASE_BLOCK, 0, 0, 0x0229},
};

struct note {
	const struct layout *layout;
	struct media_info *info;
	uint64_t at;
};

static bool
text_is(const struct media_info *info, enum media_field f, const char *text)
{
	const struct media_value *v = &info->field[f];

	return v->kind == MEDIA_TEXT && v->len == strlen(text) && memcmp(info->text.p + v->at, text, v->len) == 0;
}

static bool
text_has(const struct media_info *info, enum media_field f, const char *text)
{
	const struct media_value *v = &info->field[f];

	return v->kind == MEDIA_TEXT && memmem(info->text.p + v->at, v->len, text, strlen(text)) != NULL;
}

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
set_plain(const struct note *n, enum media_field f, struct ifd *ifd, const struct ifd_entry *e)
{
	size_t len;
	const char *p = ifd_text(ifd, e, &len);

	if (p != NULL && len <= 64 && says_something(p, len))
		media_set_text(n->info, f, p, len);
}

/* A number, printed as on the camera. */
static void
set_canon_serial(const struct note *n, uint32_t serial)
{
	char text[16];

	if (serial == 0)
		return;
	if (text_has(n->info, MEDIA_MODEL, "EOS D30"))
		snprintf(text, sizeof text, "%.4x%.5u", serial >> 16, serial & 0xffff);
	else
		snprintf(text, sizeof text, text_has(n->info, MEDIA_MODEL, "EOS-1D") ? "%.6u" : "%.10u", serial);
	media_set_text(n->info, MEDIA_SERIAL, text, strlen(text));
}

static bool
all_positive(const double *v, size_t n)
{
	while (n > 0 && isfinite(v[n - 1]) && v[n - 1] > 0)
		n--;
	return n == 0;
}

/* Shortest and longest focal length, and the widest aperture at each. */
static void
set_nikon_lens(const struct note *n, struct ifd *ifd, const struct ifd_entry *e)
{
	char text[96];
	double v[4];
	int len;

	if (ifd_numbers(ifd, e, v, 4) != 4 || !all_positive(v, 4))
		return;
	len = v[0] == v[1] ? snprintf(text, sizeof text, "%gmm f/%g", v[0], v[2])
			   : snprintf(text, sizeof text, "%g-%gmm f/%g", v[0], v[1], v[2]);
	if (v[2] != v[3])
		len += snprintf(text + len, sizeof text - (size_t)len, "-%g", v[3]);
	media_set_text(n->info, MEDIA_LENS, text, (size_t)len);
}

static void
entry(void *arg, struct ifd *ifd, const struct ifd_entry *e)
{
	const struct note *n = arg;
	const struct layout *l = n->layout;
	bool in_equipment = e->nth > 0;

	if (e->near == NULL && e->at < n->at)
		return;
	if (l->equipment != 0 && !in_equipment) {
		if (e->tag == l->equipment && e->type == IFD_UNDEFINED)
			ifd_push(ifd, IFD_OTHER, e->at);
		else if (e->tag == l->equipment)
			ifd_push_pointed(ifd, IFD_OTHER, e);
		return;
	}
	if (e->tag == l->lens && l->lens != 0) {
		if (e->type == IFD_RATIONAL)
			set_nikon_lens(n, ifd, e);
		else
			set_plain(n, MEDIA_LENS, ifd, e);
	} else if (e->tag == l->serial && l->serial != 0) {
		if (e->type == IFD_LONG && e->count == 1 && l->make != NULL)
			set_canon_serial(n, (uint32_t)ifd_number(ifd, e));
		else
			set_plain(n, MEDIA_SERIAL, ifd, e);
	}
}

static const struct layout *
find_layout(const struct media_info *info, const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
		const struct layout *l = &layouts[i];

		if (l->dir + 8 > len)
			continue;
		if (l->make != NULL ? text_is(info, MEDIA_MAKE, l->make) : memcmp(p, l->header, l->header_len) == 0)
			return l;
	}
	return NULL;
}

static bool
open_note(struct ifd *ifd, const struct ifd *outer, const struct layout *l, const uint8_t *p, uint64_t at, uint64_t end)
{
	if (l->base == BASE_TIFF)
		return ifd_open(ifd, outer->src, at + l->dir, end, NULL, outer->why);
	ifd_open_at(ifd, outer, l->base == BASE_NOTE ? at : outer->base, end);
	if (l->mark != 0 && p[l->mark] == p[l->mark + 1] && (p[l->mark] == 'I' || p[l->mark] == 'M'))
		ifd->big_endian = p[l->mark] == 'M';
	ifd_push(ifd, IFD_OTHER, at + l->dir);
	return true;
}

void
makernote_read(struct ifd *outer, uint64_t at, uint64_t len, struct media_info *info)
{
	struct note note = {.info = info, .at = at};
	struct ifd_visitor v = {.entry = entry, .arg = &note};
	struct ifd ifd;
	const uint8_t *p;
	size_t got;

	if (info->field[MEDIA_LENS].kind != MEDIA_ABSENT && info->field[MEDIA_SERIAL].kind != MEDIA_ABSENT)
		return;
	if (outer->failed || at > outer->end || len > outer->end - at)
		return;
	if ((p = src_some(outer->src, at, len < 32 ? (size_t)len : 32, &got, outer->why)) == NULL ||
	    (note.layout = find_layout(info, p, got)) == NULL)
		return;
	if (open_note(&ifd, outer, note.layout, p, at, at + len) && ifd_walk(&ifd, &v) == -1)
		outer->failed = true;
}
