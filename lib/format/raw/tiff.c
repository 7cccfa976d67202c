/*
 * TIFF, and the raw formats that are TIFF inside.  The first directory is often a thumbnail: the directory that calls
 * itself the full-size image gives width and height.  Canon and Phase One tell the size in the Exif directory instead,
 * Panasonic by the borders of the sensor's picture; Panasonic's date and lens stand in the Exif block of a JPEG inside.
 *
 * Source: TIFF 6.0; TIFF/EP (ISO 12234-2); DNG 1.7; exiftool's documentation of tag names (PanasonicRaw).
 */
#include <math.h>
#include <string.h>

#include "format/format.h"
#include "format/jpeg/canonvrd.h"
#include "format/raw/embedded.h"
#include "format/raw/iiq.h"
#include "format/raw/tiff-end.h"
#include "format/raw/tiff-raw.h"
#include "format/tail.h"
#include "meta/exif/exif.h"
#include "meta/exif/tags.h"
#include "meta/reader.h"
#include "meta/tiff-blocks.h"

struct image {
	enum ifd_kind kind;
	unsigned nth;
	double width, height; /* 0: not told */
	bool full;            /* calls itself the full-size image */
	bool reduced;         /* calls itself a smaller copy of another */
	struct tiff_data data;
};

struct tiff {
	struct reader *r;
	struct exif exif;
	struct tiff_blocks blocks;
	struct image now, best;
	struct tiff_signs signs;
	double exif_width, exif_height;
	double border[4]; /* Panasonic's: top, left, bottom, right */
	struct tiff_panasonic panasonic;
	double coded_at; /* where the last piece of the picture that reaches furthest begins; 0: it may end in zeros */
	double reach, reduced_reach; /* how long the file must be for all pictures, and for their smaller copies */
	bool is_cr2;
	uint64_t jpeg_at, jpeg_len;
};

static const char *
bid(const uint8_t *head, size_t len)
{
	static const struct {
		const char *bytes, *type;
	} rows[] = {
	    {"II*\0", "tiff"},
	    {"MM\0*", "tiff"},
	    {"II+\0", "tiff"},
	    {"MM\0+", "tiff"},
	    {"IIU\0", "rw2"},
	    {"II\xbc\1", "jxr"},
	    {"IIRO", "orf"},
	    {"IIRS", "orf"},
	    {"MMOR", "orf"},
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (len >= 8 && memcmp(head, rows[i].bytes, 4) == 0)
			return rows[i].type;
	}
	return NULL;
}

static void
end_directory(struct tiff *t)
{
	const struct image *i = &t->now;
	double reach = tiff_end_reach(&i->data, i->width, i->height);

	tiff_end_preview(&i->data, t->r);
	if (i->width > 0 && i->height > 0 && (t->best.width == 0 || (i->full && !t->best.full)))
		t->best = *i;
	if (i->reduced) {
		t->reduced_reach = fmax(t->reduced_reach, reach);
	} else if (reach > t->reach) {
		t->reach = reach;
		t->coded_at = tiff_end_is_coded(&i->data) ? i->data.at : 0;
	}
}

static void
image_tag(struct tiff *t, struct ifd *ifd, const struct ifd_entry *e)
{
	double v;

	switch (e->tag) {
	case 0x00fe: /* NewSubfileType */
		v = ifd_number(ifd, e);
		t->now.full = v == 0;
		t->now.reduced = isfinite(v) && fmod(v, 2) == 1;
		break;
	case 0x00ff: /* SubfileType */
		t->now.full |= ifd_number(ifd, e) == 1;
		break;
	case 0x0100:
	case 0xbc80:
		t->now.width = ifd_number(ifd, e);
		break;
	case 0x0101:
	case 0xbc81: /* JPEG XR's */
		t->now.height = ifd_number(ifd, e);
		break;
	default:
		tiff_raw_sign(&t->signs, ifd, e);
	}
	if (ifd->magic != IFD_MAGIC_PANASONIC)
		tiff_end_tag(&t->now.data, ifd, e);
	t->now.reduced |= e->tag == 0x0201 && e->kind == IFD_IMAGE && e->nth > 0; /* Exif's thumbnail */
}

/* Panasonic's own tags, of the first directory. */
static void
panasonic_tag(struct tiff *t, struct ifd *ifd, const struct ifd_entry *e)
{
	tiff_end_panasonic_tag(&t->panasonic, ifd, e);
	if (e->tag >= 0x04 && e->tag <= 0x07) {
		t->border[e->tag - 0x04] = ifd_number(ifd, e);
	} else if (e->tag == 0x2e) {
		t->jpeg_at = e->at;
		t->jpeg_len = e->bytes;
	}
}

static void
entry(void *arg, struct ifd *ifd, const struct ifd_entry *e)
{
	struct tiff *t = arg;

	if (e->kind == IFD_IMAGE || e->kind == IFD_SUB) {
		if (e->kind != t->now.kind || e->nth != t->now.nth) {
			end_directory(t);
			t->now = (struct image){.kind = e->kind, .nth = e->nth};
		}
		image_tag(t, ifd, e);
		if (ifd->magic == IFD_MAGIC_PANASONIC)
			panasonic_tag(t, ifd, e);
	} else if (e->kind == IFD_EXIF && e->tag == 0xa002) {
		t->exif_width = ifd_number(ifd, e);
	} else if (e->kind == IFD_EXIF && e->tag == 0xa003) {
		t->exif_height = ifd_number(ifd, e);
	}
	exif_entry(&t->exif, ifd, e);
	if (!tiff_blocks_entry(&t->blocks, e))
		tags_entry(ifd, e);
}

/* Beyond a first directory that is no thumbnail lie other pages; Canon has the picture of the sensor there. */
static bool
chain(void *arg, unsigned nth)
{
	struct tiff *t = arg;

	end_directory(t);
	return t->is_cr2 || (t->now.reduced && !t->best.full) || (nth == 0 && reader_wants_previews(t->r));
}

static bool
set_pair(struct reader *r, double width, double height)
{
	if (!(width > 0 && height > 0))
		return false;
	reader_set_size(r, width, height);
	return true;
}

/* The first size that is told. */
static void
set_size(struct tiff *t, const struct iiq_size *iiq, bool is_canon_1d)
{
	const char *type = t->r->info->type;
	bool says_exif = is_canon_1d || strcmp(type, "iiq") == 0 || strcmp(type, "cr2") == 0;

	if ((says_exif && set_pair(t->r, t->exif_width, t->exif_height)) || set_pair(t->r, iiq->width, iiq->height))
		return;
	if (!set_pair(t->r, t->border[3] - t->border[1], t->border[2] - t->border[0]))
		set_pair(t->r, t->best.width, t->best.height);
}

/* Warns where the file ends within its picture, or the picture in nothing. */
static void
check_end(struct tiff *t)
{
	struct reader *r = t->r;
	double size = (double)reader_size(r);

	t->reach = fmax(t->reach, tiff_end_panasonic(&t->panasonic));
	if (!tiff_end_is_told(r->info->type))
		return;
	if (t->reach > size)
		media_warn(
		    r->info, FAIL_TRUNCATED, "the picture reaches to byte %.0f, the file ends at %.0f", t->reach, size);
	else if (t->reduced_reach > size)
		media_warn(r->info, FAIL_VALUE, "a smaller copy of the picture lies beyond the end of the file");
	else if (t->coded_at > 0)
		tail_check(r, (uint64_t)t->coded_at, (uint64_t)t->reach);
}

/* What is known only when all directories were seen. */
static void
finish(struct tiff *t)
{
	struct reader *r = t->r;
	struct iiq_size iiq = {0, 0};
	const uint8_t *head;
	const char *type;
	bool is_canon_1d;
	size_t len;

	if ((head = reader_some(r, 0, TIFF_HEAD, &len)) == NULL)
		return;
	is_canon_1d = tiff_raw_is_canon_1d(head, len);
	if ((type = tiff_raw_type(&t->signs, r->info, head, len)) != NULL)
		media_set_type(r->info, type);
	check_end(t);
	if (strcmp(r->info->type, "iiq") == 0)
		iiq_read(r, 8, &iiq);
	set_size(t, &iiq, is_canon_1d);
	tiff_blocks_read(&t->blocks, r);
	if (strcmp(r->info->type, "cr2") == 0)
		canonvrd_read(r);
	if (t->jpeg_len > 0)
		embedded_read(r, t->jpeg_at, t->jpeg_len);
}

static void
read_tiff(struct reader *r)
{
	struct tiff t = {.r = r, .exif.info = r->info};
	struct ifd_visitor v = {.entry = entry, .chain = chain, .subs = true, .arg = &t};
	struct ifd ifd;
	const uint8_t *p;
	size_t len;

	if ((p = reader_some(r, 0, TIFF_HEAD, &len)) != NULL)
		t.is_cr2 = tiff_raw_is_cr2(p, len);
	media_from(r->info, MEDIA_FROM_EXIF);
	if (ifd_open(&ifd, r, 0, UINT64_MAX)) {
		ifd_walk(&ifd, &v);
		end_directory(&t);
		exif_end(&t.exif, &ifd);
	}
	finish(&t);
}

const struct format_reader format_tiff = {bid, read_tiff};
