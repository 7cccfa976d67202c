/*
 * The numbers of the chunks that describe an image, for --all.
 *
 * Source: PNG Specification, third edition, 11.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "format/png/png.h"
#include "meta/exif/tags.h"

enum unit { ONE, HUNDRED_THOUSANDTH, INVERSE };

static const struct number {
	const char *chunk, *group, *name;
	uint8_t at, size;
	enum unit unit;
} numbers[] = {
    {"IHDR", "PNG", "ImageWidth", 0, 4, ONE},
    {"IHDR", "PNG", "ImageHeight", 4, 4, ONE},
    {"IHDR", "PNG", "BitDepth", 8, 1, ONE},
    {"IHDR", "PNG", "ColorType", 9, 1, ONE},
    {"IHDR", "PNG", "Compression", 10, 1, ONE},
    {"IHDR", "PNG", "Filter", 11, 1, ONE},
    {"IHDR", "PNG", "Interlace", 12, 1, ONE},
    {"MHDR", "MNG", "ImageWidth", 0, 4, ONE},
    {"MHDR", "MNG", "ImageHeight", 4, 4, ONE},
    {"JHDR", "MNG", "ImageWidth", 0, 4, ONE},
    {"JHDR", "MNG", "ImageHeight", 4, 4, ONE},
    {"acTL", "PNG", "AnimationFrames", 0, 4, ONE},
    {"acTL", "PNG", "AnimationPlays", 4, 4, ONE},
    {"sRGB", "PNG", "SRGBRendering", 0, 1, ONE},
    {"gAMA", "PNG", "Gamma", 0, 4, INVERSE},
    {"cHRM", "PNG", "WhitePointX", 0, 4, HUNDRED_THOUSANDTH},
    {"cHRM", "PNG", "WhitePointY", 4, 4, HUNDRED_THOUSANDTH},
    {"cHRM", "PNG", "RedX", 8, 4, HUNDRED_THOUSANDTH},
    {"cHRM", "PNG", "RedY", 12, 4, HUNDRED_THOUSANDTH},
    {"cHRM", "PNG", "GreenX", 16, 4, HUNDRED_THOUSANDTH},
    {"cHRM", "PNG", "GreenY", 20, 4, HUNDRED_THOUSANDTH},
    {"cHRM", "PNG", "BlueX", 24, 4, HUNDRED_THOUSANDTH},
    {"cHRM", "PNG", "BlueY", 28, 4, HUNDRED_THOUSANDTH},
    {"pHYs", "PNG-pHYs", "PixelsPerUnitX", 0, 4, ONE},
    {"pHYs", "PNG-pHYs", "PixelsPerUnitY", 4, 4, ONE},
    {"pHYs", "PNG-pHYs", "PixelUnits", 8, 1, ONE},
    {"cICP", "PNG-cICP", "ColorPrimaries", 0, 1, ONE},
    {"cICP", "PNG-cICP", "TransferCharacteristics", 1, 1, ONE},
    {"cICP", "PNG-cICP", "MatrixCoefficients", 2, 1, ONE},
    {"cICP", "PNG-cICP", "VideoFullRangeFlag", 3, 1, ONE},
    {"sTER", "PNG", "StereoMode", 0, 1, ONE},
    {"vpAg", "PNG", "VirtualImageWidth", 0, 4, ONE},
    {"vpAg", "PNG", "VirtualImageHeight", 4, 4, ONE},
};

static void
add(struct png *p, const struct number *n, const uint8_t *bytes)
{
	double v = n->size == 4 ? src_be32(bytes + n->at) : bytes[n->at];

	if (n->unit == HUNDRED_THOUSANDTH)
		v /= 100000;
	else if (n->unit == INVERSE)
		v = v > 0 ? round(1e9 / v) / 1e4 : NAN;
	tags_number(p->r, n->group, (struct slice){n->name, strlen(n->name)}, v);
}

static void
add_time(struct png *p, const uint8_t *t)
{
	char text[48];
	int n = snprintf(text, sizeof text, "%04u:%02u:%02u %02u:%02u:%02u", src_be16(t), t[2], t[3], t[4], t[5], t[6]);

	tags_text(p->r, "PNG", (struct slice){"ModifyDate", 10}, text, (size_t)n);
}

void
png_tags(struct png *p, const struct png_chunk *c)
{
	const uint8_t *bytes, *nul;
	size_t got, i;

	if ((bytes = reader_some(p->r, c->at, c->len < 80 ? (size_t)c->len : 80, &got)) == NULL)
		return;
	for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		const struct number *n = &numbers[i];

		if (strcmp(n->chunk, c->type) == 0 && got >= (size_t)n->at + n->size)
			add(p, n, bytes);
	}
	if (strcmp(c->type, "tIME") == 0 && got >= 7)
		add_time(p, bytes);
	if (strcmp(c->type, "iCCP") == 0 && (nul = memchr(bytes, '\0', got)) != NULL)
		tags_text(p->r, "PNG", (struct slice){"ProfileName", 11}, (const char *)bytes, (size_t)(nul - bytes));
}
