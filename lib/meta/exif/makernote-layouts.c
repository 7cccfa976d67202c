#include "meta/exif/makernote-layouts.h"

#include <string.h>

static const struct note_wanted apple[] = {
    {0x000b, FORM_TEXT, MEDIA_BURST_ID, "BurstUUID"},
    {0x0011, FORM_TEXT, MEDIA_CONTENT_ID, "ContentIdentifier"},
    {0},
};
static const struct note_wanted canon[] = {
    {0x000c, FORM_CANON_SERIAL, MEDIA_SERIAL, "SerialNumber"},
    {0x0095, FORM_TEXT, MEDIA_LENS, "LensModel"},
    {0},
};
static const struct note_wanted nikon[] = {
    {0x001d, FORM_TEXT, MEDIA_SERIAL, "SerialNumber"},
    {0x0084, FORM_NIKON_LENS, MEDIA_LENS, "Lens"},
    {0x00a7, FORM_COUNT, MEDIA_SHUTTER_COUNT, "ShutterCount"},
    {0},
};
static const struct note_wanted olympus[] = {
    {0x0101, FORM_TEXT, MEDIA_SERIAL, "SerialNumber"},
    {0x0203, FORM_TEXT, MEDIA_LENS, "LensModel"},
    {0},
};
static const struct note_wanted panasonic[] = {
    {0x0051, FORM_TEXT, MEDIA_LENS, "LensType"},
    {0},
};
static const struct note_wanted pentax[] = {
    {0x0006, FORM_PENTAX_DATE, MEDIA_SHUTTER_COUNT, NULL},
    {0x0007, FORM_PENTAX_TIME, MEDIA_SHUTTER_COUNT, NULL},
    {0x005d, FORM_PENTAX_COUNT, MEDIA_SHUTTER_COUNT, "ShutterCount"},
    {0x0229, FORM_TEXT, MEDIA_SERIAL, "SerialNumber"},
    {0},
};
static const struct note_wanted sony[] = {
    {0x2031, FORM_SONY_SERIAL, MEDIA_SERIAL, "SerialNumber"},
    {0xb02a, FORM_SONY_LENS, MEDIA_LENS, "LensSpec"},
    {0},
};

static const struct note_small nikon_small = {0x0011, 0x0201, 0x0202};
static const struct note_small olympus_small = {0x2020, 0x0101, 0x0102};
static const struct note_small pentax_small = {0, 0x0004, 0x0003};

static const struct note_layout layouts[] = {
    {NULL, "Apple iOS\0", 10, 14, 12, BASE_NOTE, 0, "Apple", apple, NULL},
    {"Canon", "", 0, 0, 0, BASE_BLOCK, 0, "Canon", canon, NULL}, /* no header */
    {NULL, "Nikon\0\2", 7, 10, 0, BASE_TIFF, 0, "Nikon", nikon, &nikon_small},
    {NULL, "OLYMPUS\0", 8, 12, 8, BASE_NOTE, 0x2010, "Olympus", olympus, &olympus_small},
    {NULL, "OM SYSTEM\0", 10, 16, 12, BASE_NOTE, 0x2010, "Olympus", olympus, &olympus_small},
    {NULL, "OLYMP\0", 6, 8, 0, BASE_BLOCK, 0x2010, "Olympus", olympus, &olympus_small},
    {NULL, "Panasonic\0\0\0", 12, 12, 0, BASE_BLOCK, 0, "Panasonic", panasonic, NULL},
    {NULL, "PENTAX \0", 8, 10, 8, BASE_NOTE, 0, "Pentax", pentax, &pentax_small},
    {NULL, "AOC\0", 4, 6, 4, BASE_BLOCK, 0, "Pentax", pentax, &pentax_small},
    {NULL, "SONY DSC ", 9, 12, 0, BASE_BLOCK, 0, "Sony", sony, NULL},
    {NULL, "SONY CAM ", 9, 12, 0, BASE_BLOCK, 0, "Sony", sony, NULL},
    {NULL, "SONY MOBILE", 11, 12, 0, BASE_BLOCK, 0, "Sony", sony, NULL},
    {NULL, "SONY P", 6, 0, 0, BASE_BLOCK, 0, "Sony", NULL, NULL}, /* others of Sony's, without what is wanted */
    {"SONY", "", 0, 0, 0, BASE_BLOCK, 0, "Sony", sony, NULL},     /* in raw files */
};

const struct note_layout *
makernote_layout(const struct media_info *info, const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
		const struct note_layout *l = &layouts[i];

		if (l->dir + 8 > len)
			continue;
		if (l->make != NULL ? slice_eq(media_text(info, MEDIA_MAKE), l->make)
				    : memcmp(p, l->header, l->header_len) == 0)
			return l;
	}
	return NULL;
}
