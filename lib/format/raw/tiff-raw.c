/*
 * Some raw formats have a mark in the head.  The others are plain TIFF: which one it is follows from that it is raw
 * at all (an uninterpreted colour filter array, a maker's own compression) and who made the camera: a picture that
 * was only edited on the way to TIFF keeps its maker's name too.
 *
 * Source: TIFF/EP (ISO 12234-2); DNG 1.7; exiftool's tables of compressions and of the heads of Canon, Panasonic
 * and Phase One.
 */
#include "format/raw/tiff-raw.h"

#include <string.h>

static bool
is_raw_compression(double v)
{
	static const double vendors[] = {32767, 32769, 32770, 32772, 32867, 34713, 65000, 65535};
	size_t i;

	for (i = 0; i < sizeof vendors / sizeof vendors[0]; i++) {
		if (v == vendors[i])
			return true;
	}
	return false;
}

void
tiff_raw_sign(struct tiff_signs *s, struct ifd *ifd, const struct ifd_entry *e)
{
	double v;

	switch (e->tag) {
	case 0x0103:
		s->raw |= is_raw_compression(ifd_number(ifd, e));
		break;
	case 0x0106: /* a colour filter array, or linear data of a sensor */
		v = ifd_number(ifd, e);
		s->raw |= v == 32803 || v == 34892;
		break;
	case 0x8606:
		s->leaf = true;
		break;
	case 0xc612:
		s->dng = true;
		break;
	case 0xc634:
		s->maker_private = true;
		break;
	case 0xfe00:
		s->kodak = true;
		break;
	}
}

static bool
text_begins(const struct media_info *info, enum media_field f, const char *text)
{
	struct slice s = media_text(info, f);

	return s.len >= strlen(text) && strncasecmp(s.p, text, strlen(text)) == 0;
}

/* The raw formats of cameras; a row without a model stands for the maker's others. */
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
    {"OM Digital", "", "orf"},
    {"EPSON", "", "erf"},
    {"SEIKO EPSON", "", "erf"},
    {"Hasselblad", "", "3fr"},
    {"Leaf", "", "mos"},
    {"Mamiya", "", "mef"},
    {"Kodak", "DCS", "dcr"},
    {"Kodak", "Kodak DCS", "dcr"},
    {"EASTMAN KODAK", "DCS", "dcr"},
    {"EASTMAN KODAK", "Kodak DCS", "dcr"},
    {"EASTMAN KODAK", "", "kdc"},
    {"Kodak", "", "kdc"},
    {"Phase One", "", "iiq"},
};

static const char *
camera_type(const struct media_info *info)
{
	for (size_t i = 0; i < sizeof cameras / sizeof cameras[0]; i++) {
		if (text_begins(info, MEDIA_MAKE, cameras[i].make) &&
		    (*cameras[i].model == '\0' || text_begins(info, MEDIA_MODEL, cameras[i].model)))
			return cameras[i].type;
	}
	return NULL;
}

static bool
has(const uint8_t *head, size_t len, size_t at, const char *bytes, size_t n)
{
	return len >= at + n && memcmp(head + at, bytes, n) == 0;
}

bool
tiff_raw_is_canon_1d(const uint8_t *head, size_t len)
{
	return has(head, len, 8, "\xba\xb0\xac\xbb", 4);
}

bool
tiff_raw_is_cr2(const uint8_t *head, size_t len)
{
	return has(head, len, 8, "CR\2", 3);
}

const char *
tiff_raw_type(const struct tiff_signs *s, const struct media_info *info, const uint8_t *head, size_t len)
{
	static const char rw2[] = "\x88\xe7\x74\xd8\xf8\x25\x1d\x4d\x94\x7a\x6e\x77\x82\x2b\x5d\x6a";

	if (strcmp(info->type, "rw2") == 0) /* before 2008 without the mark: then it is exiftool's and others' "RAW" */
		return has(head, len, 8, rw2, 16) ? NULL : "raw";
	if (strcmp(info->type, "tiff") != 0)
		return NULL;
	if (tiff_raw_is_cr2(head, len))
		return "cr2";
	if (has(head, len, 8, "IIII", 4) || has(head, len, 8, "MMMM", 4))
		return "iiq";
	if (s->dng)
		return "dng";
	if (s->leaf)
		return "mos";
	if (s->raw || (s->maker_private && text_begins(info, MEDIA_MAKE, "SONY")) ||
	    (s->kodak && (text_begins(info, MEDIA_MAKE, "EASTMAN") || text_begins(info, MEDIA_MAKE, "Kodak"))))
		return camera_type(info);
	return NULL;
}
