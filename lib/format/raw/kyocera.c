/*
 * The raw format of the Contax N Digital: numbers and texts at fixed places of the head, the texts back to front.
 *
 * Source: exiftool's documentation of tag names (KyoceraRaw).
 */
#include <math.h>
#include <string.h>

#include "format/format.h"
#include "meta/exif/tags.h"

#define HEAD_LEN 156
#define GROUP "KyoceraRaw"

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < 0x20 || memcmp(head + 0x19, "ARECOYK", 7) != 0)
		return NULL;
	return "raw";
}

/* A text that is stored back to front, in `out`.  Returns its length without NULs around it. */
static size_t
turn(const uint8_t *p, size_t len, char *out)
{
	size_t n = 0;

	while (len-- > 0) {
		if (p[len] != '\0')
			out[n++] = (char)p[len];
	}
	return n;
}

static void
tag_text(struct reader *r, const char *name, const char *text, size_t len)
{
	tags_text(r, GROUP, (struct slice){name, strlen(name)}, text, len);
}

static void
set_texts(struct reader *r, const uint8_t *head)
{
	struct when w;
	char text[32];
	size_t len;

	tag_text(r, "FirmwareVersion", text, turn(head + 0x01, 10, text));
	len = turn(head + 0x0c, 12, text);
	media_set_text(r->info, MEDIA_MODEL, text, len);
	tag_text(r, "Model", text, len);
	len = turn(head + 0x19, 7, text);
	media_set_text(r->info, MEDIA_MAKE, text, len);
	tag_text(r, "Make", text, len);
	len = turn(head + 0x21, 20, text);
	tag_text(r, "DateTimeOriginal", text, len);
	if (when_parse(text, len, &w))
		media_set_date(r->info, MEDIA_DATE_RAW_ORIGINAL, &w, MEDIA_BASIS_LOCAL);
	len = strnlen((const char *)head + 0x7c, 32);
	media_set_text(r->info, MEDIA_LENS, (const char *)head + 0x7c, len);
	tag_text(r, "Lens", (const char *)head + 0x7c, len);
}

static void
set_number(struct reader *r, enum media_field f, const char *name, double v)
{
	if (v > 0 && v < 1e6)
		media_set_number(r->info, f, v);
	tags_number(r, GROUP, (struct slice){name, strlen(name)}, v);
}

/* Exposure and aperture count in eighths and sixteenths of a step, sensitivity is the number of a step. */
static void
set_numbers(struct reader *r, const uint8_t *head)
{
	static const uint16_t speeds[] = {25, 32, 40, 50, 64, 80, 100, 125, 160, 200, 250, 320, 400};
	uint32_t iso = src_be32(head + 0x34);

	if (iso >= 7 && iso - 7 < sizeof speeds / sizeof speeds[0])
		set_number(r, MEDIA_ISO, "ISO", speeds[iso - 7]);
	set_number(r, MEDIA_EXPOSURE, "ExposureTime", exp2(src_be32(head + 0x38) / 8.0) / 16000);
	set_number(r, MEDIA_F_NUMBER, "FNumber", exp2(src_be32(head + 0x58) / 16.0));
	set_number(r, MEDIA_FOCAL, "FocalLength", src_be32(head + 0x70));
}

static void
read_kyocera(struct reader *r)
{
	const uint8_t *head;

	if ((head = reader_at(r, 0, HEAD_LEN)) != NULL) {
		set_texts(r, head);
		set_numbers(r, head);
	}
}

const struct format_reader format_kyocera = {bid, read_kyocera};
