/*
 * Cameras hide what they have to say of a film in chunks that others pass over.  Three forms are known: a directory
 * like Exif's without a header; texts at fixed places; and Nikon's list of numbered values.
 *
 * Source: exiftool's tables of RIFF, Nikon, Olympus and Pentax tags.
 */
#include <math.h>
#include <string.h>

#include "format/riff/avi.h"
#include "media/media.h"
#include "meta/exif/block.h"
#include "meta/exif/tags.h"

#define NIKON_MAX (64u << 10)
#define FIXED_MAX 160 /* bytes of a chunk with texts at fixed places that are looked at */

/* A directory at `first`, whose offsets count from `base`. */
static void
read_bare(struct avi *a, const struct riff_chunk *c, struct block_bare where)
{
	where.end = c->at + c->len;
	if (!a->has_exif)
		block_read_bare(a->r, &where);
	a->has_exif = true;
}

static const struct fixed {
	const char *mark;
	size_t mark_len;
	const char *group;
	struct {
		size_t at, len;
	} make, model;
} fixed[] = {
    {"OLYMDigital Camera", 18, "Olympus", {0x12, 24}, {0x2c, 24}},
    {"PENTDigital Camera", 18, "Pentax", {0x12, 24}, {0x2c, 24}},
    {"IIII\1\0", 6, "Pentax", {0, 0}, {0x0c, 32}},
};

static void
set_fixed(struct avi *a, const char *group, enum media_field field, const char *text, size_t len)
{
	len = strnlen(text, len);
	media_set_text(a->r->info, field, text, len);
	tags_text(a->r, group, slice_of(field == MEDIA_MAKE ? "Make" : "Model"), text, len);
}

static void
read_fixed(struct avi *a, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
		const struct fixed *f = &fixed[i];

		if (len < f->model.at + f->model.len || memcmp(p, f->mark, f->mark_len) != 0)
			continue;
		if (f->make.len > 0)
			set_fixed(a, f->group, MEDIA_MAKE, (const char *)p + f->make.at, f->make.len);
		set_fixed(a, f->group, MEDIA_MODEL, (const char *)p + f->model.at, f->model.len);
		return;
	}
}

enum special { NONE = MEDIA_FIELDS, DATE, CREATED };

static const struct numbered {
	uint16_t tag;
	unsigned meaning; /* a field, or one of enum special */
	const char *name;
} nikon[] = {
    {0x03, MEDIA_MAKE, "Make"},
    {0x04, MEDIA_MODEL, "Model"},
    {0x05, MEDIA_SOFTWARE, "Software"},
    {0x06, NONE, "Equipment"},
    {0x07, MEDIA_ORIENTATION, "Orientation"},
    {0x08, MEDIA_EXPOSURE, "ExposureTime"},
    {0x09, MEDIA_F_NUMBER, "FNumber"},
    {0x0f, MEDIA_FOCAL, "FocalLength"},
    {0x13, DATE, "DateTimeOriginal"},
    {0x14, CREATED, "CreateDate"},
};

/* A number: two bytes, or a quotient of four each. */
static void
set_number(struct avi *a, const struct numbered *n, const uint8_t *p, size_t len)
{
	double v = len == 2                          ? src_le16(p)
		   : len == 8 && src_le32(p + 4) > 0 ? (double)src_le32(p) / src_le32(p + 4)
						     : NAN;

	if (v > 0 && (n->meaning != MEDIA_ORIENTATION || v <= 8))
		media_set_number(a->r->info, (enum media_field)n->meaning, v);
	tags_number(a->r, "Nikon", slice_of(n->name), v);
}

static void
set_numbered(struct avi *a, const struct numbered *n, const uint8_t *p, size_t len)
{
	const char *text = (const char *)p;

	if (n->meaning < MEDIA_FIELDS && media_field_kind((enum media_field)n->meaning) == MEDIA_NUMBER) {
		set_number(a, n, p, len);
		return;
	}
	len = strnlen(text, len);
	if (n->meaning < MEDIA_FIELDS)
		media_set_text(a->r->info, (enum media_field)n->meaning, text, len);
	else if (n->meaning == DATE)
		media_set_date_text(a->r->info, MEDIA_DATE_RIFF_IDIT, text, len);
	tags_text(a->r, "Nikon", slice_of(n->name), text, len);
}

static void
read_nikon(struct avi *a, const uint8_t *p, size_t len)
{
	size_t at, size, i;

	for (at = 0; len - at >= 4; at += size) {
		uint16_t tag = src_le16(p + at);

		size = src_le16(p + at + 2);
		at += 4;
		if (size > len - at)
			return;
		for (i = 0; i < sizeof nikon / sizeof nikon[0]; i++)
			if (nikon[i].tag == tag)
				set_numbered(a, &nikon[i], p + at, size);
	}
}

void
avi_maker(struct avi *a, const struct riff_chunk *c)
{
	bool is_nikon = strcmp(c->id, "nctg") == 0;
	const uint8_t *p;
	size_t got;

	if ((p = riff_head(&a->riff, c, is_nikon ? NIKON_MAX : FIXED_MAX, &got)) == NULL)
		return;
	if (is_nikon && c->len > NIKON_MAX)
		media_warn(a->r->info, FAIL_LIMIT, "only the first %u KiB of Nikon's tags were read", NIKON_MAX >> 10);
	if (is_nikon)
		read_nikon(a, p, got);
	else if (got >= 8 && memcmp(p, "AVIF", 4) == 0)
		read_bare(a, c, (struct block_bare){.base = c->at + 8, .first = c->at + 8});
	else if (got >= 12 && memcmp(p, "QVMI", 4) == 0)
		read_bare(a, c, (struct block_bare){.base = c->at, .first = c->at + 10, .big_endian = true});
	else
		read_fixed(a, p, got);
}
