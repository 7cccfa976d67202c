/*
 * Boxes of user data that one maker has invented: GoPro's key-length-values, Nikon's tags, Canon's thumbnail, which is
 * a JPEG with all that the camera knows, and Exif as Casio, Fujifilm and Ricoh put it there.
 *
 * Source: GoPro's description of GPMF (github.com/gopro/gpmf-parser); exiftool's documentation of tag names (GoPro,
 * Nikon NCTG, Canon CNTH, QuickTime UserData).
 */
#include <string.h>

#include "format/bmff/bmff.h"
#include "format/raw/embedded.h"
#include "meta/exif/block.h"
#include "meta/exif/ifd.h"
#include "meta/reader.h"

#define CNTH BOX_TYPE('C', 'N', 'T', 'H')
#define CNDA BOX_TYPE('C', 'N', 'D', 'A')
#define GPMF BOX_TYPE('G', 'P', 'M', 'F')
#define NCDT BOX_TYPE('N', 'C', 'D', 'T')
#define PANA BOX_TYPE('P', 'A', 'N', 'A')
#define LEIC BOX_TYPE('L', 'E', 'I', 'C')
#define XTRA BOX_TYPE('X', 't', 'r', 'a')
#define TAGS BOX_TYPE('T', 'A', 'G', 'S')
#define QVMI BOX_TYPE('Q', 'V', 'M', 'I')
#define MVTG BOX_TYPE('M', 'V', 'T', 'G')
#define RMKN BOX_TYPE('R', 'M', 'K', 'N')
#define NCTG BOX_TYPE('N', 'C', 'T', 'G')

static void
note(struct bmff *f, const char *group, const char *name, int what, const uint8_t *p, size_t len)
{
	const uint8_t *nul = len > 0 ? memchr(p, '\0', len) : NULL;

	if (nul != NULL)
		len = (size_t)(nul - p);
	userdata_note(&f->movie, &(struct userdata_text){what, MOVIE_MAKER, MOVIE_UTF8, group, name, p, len});
}

/* Records of a key, a type, a size and a count, padded to four bytes; those of type 0 hold records, which then simply
 * follow. */
static void
read_gopro(struct bmff *f, const struct box *b)
{
	static const struct {
		uint32_t key;
		const char *name;
		int what;
	} known[] = {
	    {BOX_TYPE('M', 'I', 'N', 'F'), "Model", MEDIA_MODEL},
	    {BOX_TYPE('C', 'A', 'S', 'N'), "CameraSerialNumber", MEDIA_SERIAL},
	    {BOX_TYPE('F', 'M', 'W', 'R'), "FirmwareVersion", MEDIA_SOFTWARE},
	};
	size_t len, size;
	const uint8_t *p = bmff_text(f, b, &len);

	while (p != NULL && len >= 8) {
		size = p[4] == 0 ? 0 : (size_t)p[5] * src_be16(p + 6);
		if (size > len - 8)
			return;
		for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
			if (known[i].key == src_be32(p) && p[4] == 'c')
				note(f, "GoPro", known[i].name, known[i].what, p + 8, size);
		}
		size = 8 + ((size + 3) & ~(size_t)3);
		if (size > len)
			return;
		p += size;
		len -= size;
	}
}

/* Texts among Nikon's tags; the last three are those of Exif. */
static void
note_nikon(struct bmff *f, uint32_t tag, const uint8_t *p, size_t len)
{
	static const struct {
		uint32_t tag;
		const char *name;
		int what;
	} known[] = {
	    {0x1, "Make", MEDIA_MAKE},
	    {0x2, "Model", MEDIA_MODEL},
	    {0x3, "Software", MEDIA_SOFTWARE},
	    {0x11, "CreateDate", USERDATA_NOTHING},
	    {0x12, "DateTimeOriginal", USERDATA_DATE},
	    {0x110a431, "SerialNumber", MEDIA_SERIAL},
	    {0x110a434, "LensModel", MEDIA_LENS},
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (known[i].tag == tag)
			note(f, "Nikon", known[i].name, known[i].what, p, len);
	}
}

static double
quotient(const uint8_t *p)
{
	return src_be32(p + 4) != 0 ? (double)src_be32(p) / src_be32(p + 4) : 0;
}

static void
note_exposure(struct bmff *f, uint32_t tag, const uint8_t *p, size_t len, bool rational)
{
	static const struct {
		uint32_t tag;
		const char *name;
		enum media_field field;
	} known[] = {
	    {0x110829a, "ExposureTime", MEDIA_EXPOSURE},
	    {0x110829d, "FNumber", MEDIA_F_NUMBER},
	    {0x110920a, "FocalLength", MEDIA_FOCAL},
	};
	double v = rational && len >= 8 ? quotient(p) : 0;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (known[i].tag != tag || v <= 0)
			continue;
		media_set_number(f->boxes.info, known[i].field, v);
		movie_tag_number(&f->movie, "Nikon", known[i].name, v);
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
			note_nikon(f, src_be32(p), p + 8, size);
		else
			note_exposure(f, src_be32(p), p + 8, size, src_be16(p + 4) == IFD_RATIONAL);
		p += 8 + size;
		len -= 8 + size;
	}
}

static void
read_canon(struct bmff *f, const struct box *b)
{
	struct boxes *w = &f->boxes;

	if (f->work != NULL &&
	    embedded_read(&(struct reader){.src = w->src, .work = f->work, .info = w->info, .why = w->why}, b->body,
		b->end - b->body) == -1)
		box_fail(w);
}

/* Directories without a header, of Casio and of Fujifilm. */
static void
read_bare(struct bmff *f, const struct box *b)
{
	struct boxes *w = &f->boxes;
	struct block_bare at = {.base = b->body, .first = b->body + 10, .end = b->end, .big_endian = true};

	if (b->type == MVTG)
		at = (struct block_bare){.base = b->body + 16, .first = b->body + 16, .end = b->end};
	if (f->work != NULL && b->end > at.first &&
	    block_read_bare(&(struct reader){.src = w->src, .work = f->work, .info = w->info, .why = w->why}, &at) ==
		-1)
		box_fail(w);
}

static void
read_ricoh(struct bmff *f, const struct box *b)
{
	struct boxes *w = &f->boxes;

	if (f->work != NULL &&
	    block_read(&(struct reader){.src = w->src, .work = f->work, .info = w->info, .why = w->why}, b->body,
		b->end) == -1)
		box_fail(w);
}

/* The first child of one type. */
static void
read_child(struct bmff *f, const struct box *b, uint32_t type, void (*read)(struct bmff *f, const struct box *b))
{
	struct boxes inner;
	struct box child;

	box_within(&inner, &f->boxes, b, 0);
	while (box_next(&inner, &child) == BOX_FOUND && child.type != type)
		;
	box_done(&f->boxes, &inner);
	if (child.type == type)
		read(f, &child);
}

bool
bmff_maker(struct bmff *f, const struct box *b)
{
	switch (b->type) {
	case CNTH:
		read_child(f, b, CNDA, read_canon);
		return true;
	case GPMF:
		f->movie.maker = "GoPro";
		read_gopro(f, b);
		return true;
	case NCDT:
		read_child(f, b, NCTG, read_nikon);
		return true;
	case TAGS:
		bmff_tags(f, b);
		return true;
	case XTRA:
		bmff_xtra(f, b);
		return true;
	case QVMI:
	case MVTG:
		read_bare(f, b);
		return true;
	case RMKN:
		read_ricoh(f, b);
		return true;
	case PANA:
	case LEIC:
		bmff_panasonic(f, b);
		return true;
	default:
		return false;
	}
}
