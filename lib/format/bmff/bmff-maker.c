/*
 * Boxes of user data that one maker has invented: Nikon's tags, Canon's thumbnail, which is a JPEG with all that the
 * camera knows, and Exif as Casio, Fujifilm and Ricoh put it there.
 *
 * Source: exiftool's documentation of tag names (Nikon NCTG, Canon CNTH, QuickTime UserData).
 */
#include <string.h>

#include "format/bmff/bmff.h"
#include "format/raw/embedded.h"
#include "meta/exif/block.h"
#include "meta/exif/ifd.h"

#define MVTG BOX_TYPE('M', 'V', 'T', 'G')

void
bmff_maker_text(struct bmff *f, const struct bmff_maker *maker, uint32_t key, const uint8_t *p, size_t len)
{
	struct movie_text t = {
	    .rank = MOVIE_MAKER, .group = maker->group, .p = p, .len = strnlen((const char *)p, len)};

	for (size_t i = 0; i < sizeof maker->text / sizeof maker->text[0] && maker->text[i].name != NULL; i++) {
		if (maker->text[i].key != key)
			continue;
		t.what = maker->text[i].what;
		t.name = maker->text[i].name;
		movie_text(&f->movie, &t);
	}
}

void
bmff_maker_exposure(struct bmff *f, const char *group, enum media_field field, double num, double den)
{
	if (num <= 0 || den <= 0)
		return;
	media_set_number(f->r->info, field, num / den);
	movie_tag_number(&f->movie, group,
	    field == MEDIA_EXPOSURE   ? "ExposureTime"
	    : field == MEDIA_F_NUMBER ? "FNumber"
				      : "FocalLength",
	    num / den);
}

/* The last two have Exif's numbers. */
static const struct bmff_maker nikon = {"Nikon", {
						     {0x1, MEDIA_MAKE, "Make"},
						     {0x2, MEDIA_MODEL, "Model"},
						     {0x3, MEDIA_SOFTWARE, "Software"},
						     {0x11, MOVIE_NOTHING, "CreateDate"},
						     {0x12, MOVIE_DATE, "DateTimeOriginal"},
						     {0x110a431, MEDIA_SERIAL, "SerialNumber"},
						     {0x110a434, MEDIA_LENS, "LensModel"},
						 }};

static void
note_exposure(struct bmff *f, uint32_t tag, const uint8_t *p)
{
	static const struct {
		uint32_t tag;
		enum media_field field;
	} known[] = {
	    {0x110829a, MEDIA_EXPOSURE},
	    {0x110829d, MEDIA_F_NUMBER},
	    {0x110920a, MEDIA_FOCAL},
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (known[i].tag == tag)
			bmff_maker_exposure(f, "Nikon", known[i].field, src_be32(p), src_be32(p + 4));
	}
}

/* Tag, type as in TIFF, count, value, one behind the other. */
static void
read_nikon(struct bmff *f, const struct box *b)
{
	size_t len, size, unit;
	const uint8_t *p = bmff_text(f, b, &len);

	while (p != NULL && len >= 8) {
		unit = ifd_type_size(src_be16(p + 4));
		size = unit * src_be16(p + 6);
		if (unit == 0 || size > len - 8)
			return;
		if (src_be16(p + 4) == IFD_ASCII)
			bmff_maker_text(f, &nikon, src_be32(p), p + 8, size);
		else if (src_be16(p + 4) == IFD_RATIONAL && size >= 8)
			note_exposure(f, src_be32(p), p + 8);
		p += 8 + size;
		len -= 8 + size;
	}
}

static void
read_canon(struct bmff *f, const struct box *b)
{
	embedded_read(f->r, b->body, b->end - b->body);
}

/* Directories without a header, of Casio and of Fujifilm. */
static void
read_bare(struct bmff *f, const struct box *b)
{
	struct block_bare at = {.base = b->body, .first = b->body + 10, .end = b->end, .big_endian = true};

	if (b->type == MVTG)
		at = (struct block_bare){.base = b->body + 16, .first = b->body + 16, .end = b->end};
	if (b->end > at.first)
		block_read_bare(f->r, &at);
}

static void
read_ricoh(struct bmff *f, const struct box *b)
{
	block_read(f->r, b->body, b->end);
}

/* The first child of one type; one of type 0 is the box itself. */
static bool
find_child(struct bmff *f, const struct box *b, uint32_t type, struct box *child)
{
	struct boxes inner;

	*child = *b;
	if (type == 0)
		return true;
	box_within(&inner, &f->boxes, b, 0);
	while (box_next(&inner, child) == BOX_FOUND && child->type != type)
		;
	box_done(&f->boxes, &inner);
	return child->type == type;
}

bool
bmff_maker(struct bmff *f, const struct box *b)
{
	static const struct {
		uint32_t type, child;
		void (*read)(struct bmff *f, const struct box *b);
	} boxes[] = {
	    {BOX_TYPE('C', 'N', 'T', 'H'), BOX_TYPE('C', 'N', 'D', 'A'), read_canon},
	    {BOX_TYPE('G', 'P', 'M', 'F'), 0, bmff_gopro},
	    {BOX_TYPE('N', 'C', 'D', 'T'), BOX_TYPE('N', 'C', 'T', 'G'), read_nikon},
	    {BOX_TYPE('T', 'A', 'G', 'S'), 0, bmff_tags},
	    {BOX_TYPE('X', 't', 'r', 'a'), 0, bmff_xtra},
	    {BOX_TYPE('Q', 'V', 'M', 'I'), 0, read_bare},
	    {MVTG, 0, read_bare},
	    {BOX_TYPE('R', 'M', 'K', 'N'), 0, read_ricoh},
	    {BOX_TYPE('P', 'A', 'N', 'A'), 0, bmff_panasonic},
	    {BOX_TYPE('L', 'E', 'I', 'C'), 0, bmff_panasonic},
	};
	struct box child;

	for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++) {
		if (boxes[i].type != b->type)
			continue;
		if (find_child(f, b, boxes[i].child, &child))
			boxes[i].read(f, &child);
		return true;
	}
	return false;
}
