/*
 * TIFF, and the raw formats that are TIFF inside.  The first directory is often a thumbnail: the directory that calls
 * itself the full-size image gives width and height.  Which maker's raw format it is follows from that it is raw at
 * all (an uninterpreted colour filter array, a maker's own compression) and who made the camera: a picture that was
 * only edited on the way to TIFF keeps its maker's name too.
 *
 * Source: TIFF 6.0; TIFF/EP (ISO 12234-2); DNG 1.7.
 */
#include <math.h>
#include <string.h>

#include "meta/exif.h"
#include "format/format.h"
#include "meta/tags.h"

struct image {
	enum ifd_kind kind;
	unsigned nth;
	double width, height; /* 0: not told */
	bool full;            /* calls itself the full-size image */
	bool reduced;         /* calls itself a smaller copy of another */
};

struct tiff {
	struct exif exif;
	struct tags *tags;
	struct image now, best;
	double exif_width, exif_height;
	bool raw, dng, sony;
};

static bool
begins(const uint8_t *head, size_t len, size_t at, const char *bytes, size_t n)
{
	return len >= at + n && memcmp(head + at, bytes, n) == 0;
}

static bool
bid(const uint8_t *head, size_t len, const char **type, const char **mime)
{
	static const struct {
		const char *bytes, *type, *mime;
	} rows[] = {
	    {"II*\0", "tiff", "image/tiff"},
	    {"MM\0*", "tiff", "image/tiff"},
	    {"II+\0", "tiff", "image/tiff"},
	    {"MM\0+", "tiff", "image/tiff"},
	    {"IIU\0", "rw2", "image/x-panasonic-rw2"},
	    {"IIRO", "orf", "image/x-olympus-orf"},
	    {"IIRS", "orf", "image/x-olympus-orf"},
	    {"MMOR", "orf", "image/x-olympus-orf"},
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (begins(head, len, 0, rows[i].bytes, 4) && len >= 8) {
			*type = rows[i].type;
			*mime = rows[i].mime;
			return true;
		}
	}
	return false;
}

/* The directory being visited has ended. */
static void
settle(struct tiff *t)
{
	const struct image *i = &t->now;

	if (i->width > 0 && i->height > 0 && (t->best.width == 0 || (i->full && !t->best.full)))
		t->best = *i;
}

static bool
is_raw_compression(double v)
{
	static const double vendors[] = {32767, 32769, 32770, 32867, 34713, 65000, 65535};
	size_t i;

	for (i = 0; i < sizeof vendors / sizeof vendors[0]; i++) {
		if (v == vendors[i])
			return true;
	}
	return false;
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
		t->now.width = ifd_number(ifd, e);
		break;
	case 0x0101:
		t->now.height = ifd_number(ifd, e);
		break;
	case 0x0103:
		t->raw |= is_raw_compression(ifd_number(ifd, e));
		break;
	case 0x0106: /* a colour filter array, or linear data of a sensor */
		v = ifd_number(ifd, e);
		t->raw |= v == 32803 || v == 34892;
		break;
	case 0xc612:
		t->dng = true;
		break;
	case 0xc634:
		t->sony = true;
		break;
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
	} else if (e->kind == IFD_EXIF && e->tag == 0xa002) {
		t->exif_width = ifd_number(ifd, e);
	} else if (e->kind == IFD_EXIF && e->tag == 0xa003) {
		t->exif_height = ifd_number(ifd, e);
	}
	exif_entry(&t->exif, ifd, e);
	if (t->tags != NULL)
		tags_entry(t->tags, ifd, e);
}

/* Beyond a first directory that is no thumbnail lie other pages. */
static bool
chain(void *arg, unsigned nth)
{
	struct tiff *t = arg;

	(void)nth;
	settle(t);
	return t->now.reduced && !t->best.full;
}

static bool
text_begins(const struct media_info *info, enum media_field f, const char *text)
{
	const struct media_value *v = &info->field[f];

	return v->kind == MEDIA_TEXT && v->len >= strlen(text) &&
	       strncasecmp(info->text.p + v->at, text, strlen(text)) == 0;
}

/* The raw format of a camera; a row without a model stands for the maker's others. */
static const char *
raw_type(const struct media_info *info)
{
	static const struct {
		const char *make, *model, *type;
	} cameras[] = {
	    {"NIKON", "COOLPIX", "nrw"},
	    {"NIKON", "", "nef"},
	    {"SONY", "DSC-F828", "srf"},
	    {"SONY", "DSC-V3", "srf"},
	    {"SONY", "DSC-R1", "sr2"},
	    {"SONY", "", "arw"},
	    {"PENTAX", "", "pef"},
	    {"RICOH", "", "pef"},
	    {"SAMSUNG", "", "srw"},
	    {"OLYMPUS", "", "orf"},
	    {"EPSON", "", "erf"},
	    {"SEIKO EPSON", "", "erf"},
	    {"Hasselblad", "", "3fr"},
	    {"Leaf", "", "mos"},
	    {"Mamiya", "", "mef"},
	    {"Kodak", "DCS", "dcr"},
	    {"Kodak", "Kodak DCS", "dcr"},
	    {"EASTMAN KODAK", "Kodak DCS", "dcr"},
	    {"EASTMAN KODAK", "", "kdc"},
	    {"Kodak", "", "kdc"},
	    {"Phase One", "", "iiq"},
	};
	size_t i;

	for (i = 0; i < sizeof cameras / sizeof cameras[0]; i++) {
		if (text_begins(info, MEDIA_MAKE, cameras[i].make) &&
		    (*cameras[i].model == '\0' || text_begins(info, MEDIA_MODEL, cameras[i].model)))
			return cameras[i].type;
	}
	return NULL;
}

static void
refine_type(struct tiff *t, struct media_info *info, const uint8_t *head, size_t len)
{
	const char *type;

	if (strcmp(info->type, "tiff") != 0)
		return;
	if (begins(head, len, 8, "CR\2", 3))
		media_set_type(info, "cr2");
	else if (begins(head, len, 8, "IIII", 4) || begins(head, len, 8, "MMMM", 4))
		media_set_type(info, "iiq");
	else if (t->dng)
		media_set_type(info, "dng");
	else if ((t->raw || (t->sony && text_begins(info, MEDIA_MAKE, "SONY"))) && (type = raw_type(info)) != NULL)
		media_set_type(info, type);
}

static void
set_size(struct tiff *t, struct media_info *info)
{
	bool says_exif = strcmp(info->type, "cr2") == 0 || strcmp(info->type, "iiq") == 0;

	if (says_exif && t->exif_width > 0 && t->exif_height > 0) {
		media_set_number(info, MEDIA_WIDTH, t->exif_width);
		media_set_number(info, MEDIA_HEIGHT, t->exif_height);
	} else if (t->best.width > 0) {
		media_set_number(info, MEDIA_WIDTH, t->best.width);
		media_set_number(info, MEDIA_HEIGHT, t->best.height);
	}
}

static int
read_tiff(struct src *src, struct work *work, struct media_info *info, struct fail *why)
{
	struct tiff t = {.exif.info = info};
	struct ifd_visitor v = {.entry = entry, .chain = chain, .subs = true, .arg = &t};
	const uint8_t *head;
	struct ifd ifd;
	size_t len;

	if (info->tags != NULL)
		tags_block(t.tags = work->tags);
	media_from(info, MEDIA_FROM_EXIF);
	if (!ifd_open(&ifd, src, 0, UINT64_MAX, info, why) || ifd_walk(&ifd, &v) == -1)
		return ifd.failed ? -1 : 0;
	settle(&t);
	exif_end(&t.exif, &ifd);
	if (t.tags != NULL)
		tags_end(t.tags, &ifd);
	if (ifd.failed || (head = src_some(src, 0, 16, &len, why)) == NULL)
		return -1;
	refine_type(&t, info, head, len);
	set_size(&t, info);
	return 0;
}

const struct format_reader format_tiff = {bid, read_tiff};
