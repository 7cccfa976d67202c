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
tag_text(struct work *work, struct media_info *info, const char *name, const char *text, size_t len)
{
	tags_text(&(struct reader){.work = work, .info = info}, GROUP, (struct slice){name, strlen(name)}, text, len);
}

static void
set_texts(struct work *work, struct media_info *info, const uint8_t *head)
{
	struct when w;
	char text[32];
	size_t len;

	tag_text(work, info, "FirmwareVersion", text, turn(head + 0x01, 10, text));
	len = turn(head + 0x0c, 12, text);
	media_set_text(info, MEDIA_MODEL, text, len);
	tag_text(work, info, "Model", text, len);
	len = turn(head + 0x19, 7, text);
	media_set_text(info, MEDIA_MAKE, text, len);
	tag_text(work, info, "Make", text, len);
	len = turn(head + 0x21, 20, text);
	tag_text(work, info, "DateTimeOriginal", text, len);
	if (when_parse(text, len, &w))
		media_set_date(info, MEDIA_DATE_RAW_ORIGINAL, &w, MEDIA_BASIS_LOCAL);
	len = strnlen((const char *)head + 0x7c, 32);
	media_set_text(info, MEDIA_LENS, (const char *)head + 0x7c, len);
	tag_text(work, info, "Lens", (const char *)head + 0x7c, len);
}

static void
set_number(struct work *work, struct media_info *info, enum media_field f, const char *name, double v)
{
	if (v > 0 && v < 1e6)
		media_set_number(info, f, v);
	tags_number(&(struct reader){.work = work, .info = info}, GROUP, (struct slice){name, strlen(name)}, v);
}

/* Exposure and aperture count in eighths and sixteenths of a step, sensitivity is the number of a step. */
static void
set_numbers(struct work *work, struct media_info *info, const uint8_t *head)
{
	static const uint16_t speeds[] = {25, 32, 40, 50, 64, 80, 100, 125, 160, 200, 250, 320, 400};
	uint32_t iso = src_be32(head + 0x34);

	if (iso >= 7 && iso - 7 < sizeof speeds / sizeof speeds[0])
		set_number(work, info, MEDIA_ISO, "ISO", speeds[iso - 7]);
	set_number(work, info, MEDIA_EXPOSURE, "ExposureTime", exp2(src_be32(head + 0x38) / 8.0) / 16000);
	set_number(work, info, MEDIA_F_NUMBER, "FNumber", exp2(src_be32(head + 0x58) / 16.0));
	set_number(work, info, MEDIA_FOCAL, "FocalLength", src_be32(head + 0x70));
}

static int
read_kyocera(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	const uint8_t *head;

	if ((head = src_at(src, 0, HEAD_LEN, why)) == NULL) {
		if (why->code != FAIL_TRUNCATED)
			return -1;
		media_warn(info, FAIL_TRUNCATED, "Kyocera's raw format: %s", why->message);
		return 0;
	}
	set_texts(work, info, head);
	set_numbers(work, info, head);
	return 0;
}

const struct format_reader format_kyocera = {bid, read_kyocera};
