#include "meta/exif/tagname.h"

#include <libexif/exif-tag.h>
#include <stdlib.h>

#define FIRST_OF_TIFF 0x00fe /* lower tags are the GPS directory's and some makers' */

struct name {
	uint16_t tag;
	const char *text;
};

/* In the order of the tags. */
static const struct name standard[] = {
#define TAG(tag, name) {tag, name},
#include "meta/exif/tagnames.def"
#undef TAG
};

/* What Panasonic and Leica have in the first directory of their raw files. */
static const struct name panasonic[] = {
    {0x0001, "PanasonicRawVersion"},
    {0x0002, "SensorWidth"},
    {0x0003, "SensorHeight"},
    {0x0004, "SensorTopBorder"},
    {0x0005, "SensorLeftBorder"},
    {0x0006, "SensorBottomBorder"},
    {0x0007, "SensorRightBorder"},
    {0x0008, "SamplesPerPixel"},
    {0x0009, "CFAPattern"},
    {0x000a, "BitsPerSample"},
    {0x000b, "Compression"},
    {0x000e, "LinearityLimitRed"},
    {0x000f, "LinearityLimitGreen"},
    {0x0010, "LinearityLimitBlue"},
    {0x0011, "RedBalance"},
    {0x0012, "BlueBalance"},
    {0x0017, "ISO"},
    {0x0018, "HighISOMultiplierRed"},
    {0x0019, "HighISOMultiplierGreen"},
    {0x001a, "HighISOMultiplierBlue"},
    {0x001b, "NoiseReductionParams"},
    {0x001c, "BlackLevelRed"},
    {0x001d, "BlackLevelGreen"},
    {0x001e, "BlackLevelBlue"},
    {0x0024, "WBRedLevel"},
    {0x0025, "WBGreenLevel"},
    {0x0026, "WBBlueLevel"},
    {0x002d, "RawFormat"},
    {0x002e, "JpgFromRaw"},
    {0x002f, "CropTop"},
    {0x0030, "CropLeft"},
    {0x0031, "CropBottom"},
    {0x0032, "CropRight"},
    {0x0118, "RawDataOffset"},
    {0x0119, "DistortionInfo"},
    {0x011c, "Gamma"},
    {0x0120, "CameraIFD"},
    {0x0121, "Multishot"},
};

static int
by_tag(const void *key, const void *row)
{
	return (int)*(const uint16_t *)key - (int)((const struct name *)row)->tag;
}

static const char *
look_up(const struct name *names, size_t n, uint16_t tag)
{
	const struct name *found = bsearch(&tag, names, n, sizeof *names, by_tag);

	return found != NULL ? found->text : NULL;
}

const char *
tagname(const struct ifd *ifd, const struct ifd_entry *e)
{
	static const ExifIfd kind[] = {
	    [IFD_IMAGE] = EXIF_IFD_0,
	    [IFD_SUB] = EXIF_IFD_0,
	    [IFD_EXIF] = EXIF_IFD_EXIF,
	    [IFD_GPS] = EXIF_IFD_GPS,
	    [IFD_INTEROP] = EXIF_IFD_INTEROPERABILITY,
	    [IFD_OTHER] = EXIF_IFD_0,
	};
	const char *name = NULL;

	if (e->kind == IFD_IMAGE && ifd->magic == IFD_MAGIC_PANASONIC)
		name = look_up(panasonic, sizeof panasonic / sizeof panasonic[0], e->tag);
	if (name == NULL)
		name = exif_tag_get_name_in_ifd((ExifTag)e->tag, kind[e->kind]);
	if (name == NULL && e->kind != IFD_GPS && e->kind != IFD_INTEROP)
		name = look_up(standard, sizeof standard / sizeof standard[0], e->tag);
	if (name == NULL && e->kind != IFD_GPS && e->tag >= FIRST_OF_TIFF)
		name = exif_tag_get_name((ExifTag)e->tag);
	return name != NULL && *name != '\0' ? name : NULL;
}
