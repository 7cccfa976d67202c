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
#include "meta/packets.h"
#include "meta/reader.h"

struct image {
	enum ifd_kind kind;
	unsigned nth;
	double width, height; /* 0: not told */
	bool full;            /* calls itself the full-size image */
	bool reduced;         /* calls itself a smaller copy of another */
	struct tiff_data data;
};

struct tiff {
	struct exif exif;
	struct packets packets;
	struct tags *tags;
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

static bool
begins(const uint8_t *head, size_t len, size_t at, const char *bytes, size_t n)
{
	return len >= at + n && memcmp(head + at, bytes, n) == 0;
}

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
		if (begins(head, len, 0, rows[i].bytes, 4) && len >= 8)
			return rows[i].type;
	}
	return NULL;
}

/* The directory being visited has ended. */
static void
settle(struct tiff *t)
{
	const struct image *i = &t->now;
	double reach = tiff_end_reach(&i->data, i->width, i->height);

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
			settle(t);
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
	if (!packets_entry(&t->packets, e) && t->tags != NULL)
		tags_entry(t->tags, ifd, e);
}

/* Beyond a first directory that is no thumbnail lie other pages; Canon has the picture of the sensor there. */
static bool
chain(void *arg, unsigned nth)
{
	struct tiff *t = arg;

	(void)nth;
	settle(t);
	return t->is_cr2 || (t->now.reduced && !t->best.full);
}

/* The first pair of two sizes that are told. */
static bool
set_pair(struct media_info *info, double width, double height)
{
	if (!(width > 0 && height > 0))
		return false;
	media_set_number(info, MEDIA_WIDTH, width);
	media_set_number(info, MEDIA_HEIGHT, height);
	return true;
}

static void
set_size(struct tiff *t, struct media_info *info, const struct iiq_size *iiq, const uint8_t *head, size_t len)
{
	bool is_iiq = strcmp(info->type, "iiq") == 0;
	bool says_exif = is_iiq || strcmp(info->type, "cr2") == 0 || tiff_raw_is_canon_1d(head, len);

	if (says_exif && set_pair(info, t->exif_width, t->exif_height))
		return;
	if (set_pair(info, iiq->width, iiq->height))
		return;
	if (!set_pair(info, t->border[3] - t->border[1], t->border[2] - t->border[0]))
		set_pair(info, t->best.width, t->best.height);
}

/* Warns where the file ends within its picture, or the picture in nothing. */
static int
check_end(struct tiff *t, struct src *src, struct media_info *info, struct fail *why)
{
	double size = (double)src_size(src);

	t->reach = fmax(t->reach, tiff_end_panasonic(&t->panasonic));
	if (!tiff_end_is_told(info->type))
		return 0;
	if (t->reach > size)
		media_warn(
		    info, FAIL_TRUNCATED, "the picture reaches to byte %.0f, the file ends at %.0f", t->reach, size);
	else if (t->reduced_reach > size)
		media_warn(info, FAIL_VALUE, "a smaller copy of the picture lies beyond the end");
	else if (t->coded_at > 0)
		return tail_check(
		    &(struct reader){.src = src, .info = info, .why = why}, (uint64_t)t->coded_at, (uint64_t)t->reach);
	return 0;
}

/* What is known only when all directories were seen. */
static int
finish(struct tiff *t, struct src *src, struct work *work, struct media_info *info, struct fail *why)
{
	struct iiq_size iiq = {0, 0};
	uint8_t head[TIFF_HEAD];
	const uint8_t *p;
	const char *type;
	size_t len;

	if ((p = src_some(src, 0, sizeof head, &len, why)) == NULL)
		return -1;
	memcpy(head, p, len);
	if ((type = tiff_raw_type(&t->signs, info, head, len)) != NULL)
		media_set_type(info, type);
	if (check_end(t, src, info, why) == -1)
		return -1;
	if (strcmp(info->type, "iiq") == 0 && iiq_read(src, 8, work, info, &iiq, why) == -1)
		return -1;
	set_size(t, info, &iiq, head, len);
	if (packets_read(&t->packets, &(struct reader){.src = src, .work = work, .info = info, .why = why}) == -1)
		return -1;
	if (strcmp(info->type, "cr2") == 0 &&
	    canonvrd_read(&(struct reader){.src = src, .work = work, .info = info, .why = why}) == -1)
		return -1;
	return t->jpeg_len > 0 ? embedded_read(&(struct reader){.src = src, .work = work, .info = info, .why = why},
				     t->jpeg_at, t->jpeg_len)
			       : 0;
}

static int
read_tiff(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct tiff t = {.exif.info = info};
	struct ifd_visitor v = {.entry = entry, .chain = chain, .subs = true, .arg = &t};
	struct ifd ifd;
	const uint8_t *p;
	size_t len;

	if ((p = src_some(src, 0, TIFF_HEAD, &len, why)) == NULL)
		return -1;
	t.is_cr2 = tiff_raw_is_cr2(p, len);
	if (info->tags != NULL)
		tags_block(t.tags = t.exif.tags = work->tags);
	media_from(info, MEDIA_FROM_EXIF);
	if (ifd_open(&ifd, &(struct reader){.src = src, .info = info, .why = why}, 0, UINT64_MAX) &&
	    ifd_walk(&ifd, &v) == 0) {
		settle(&t);
		exif_end(&t.exif, &ifd);
		if (t.tags != NULL)
			tags_end(t.tags, &ifd);
	}
	return ifd.r->failed ? -1 : finish(&t, src, work, info, why);
}

const struct format_reader format_tiff = {bid, read_tiff};
