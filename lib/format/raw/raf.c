/*
 * Fujifilm's raw format: a head with the places of a JPEG, in which Exif stands as in any other, and of one or two
 * directories of Fujifilm's own, of which the picture's size is taken.
 *
 * Source: exiftool's documentation of tag names (FujiFilm RAF); libopenraw's description of RAF.
 */
#include <stdio.h>
#include <string.h>

#include "format/format.h"
#include "format/raw/embedded.h"
#include "meta/exif/tags.h"

#define MAGIC "FUJIFILMCCD-RAW"
#define ENTRIES_MAX 255

enum {
	HEAD_JPEG = 0x54, /* offset, length */
	HEAD_DIR = 0x5c,  /* offset, length */
	HEAD_RAW = 0x64,  /* offset, length */
	HEAD_DIR2 = 0x78,
	HEAD_END = 0x80
};

struct raf {
	struct src *src;
	struct work *work;
	struct media_info *info;
	struct fail *why;
	double width[2], height[2]; /* without the sensor's border, and with it; 0: not told */
};

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < sizeof MAGIC - 1 || memcmp(head, MAGIC, sizeof MAGIC - 1) != 0)
		return NULL;
	return "raf";
}

/* What a read that failed means for the whole: damage is a warning (0), else -1. */
static int
give_up(struct raf *r)
{
	if (!src_is_damage(r->why))
		return -1;
	media_warn(r->info, r->why->code, "RAF: %s", r->why->message);
	return 0;
}

/* Sizes are height, then width. */
static void
take_size(struct raf *r, unsigned which, const char *name, const uint8_t *p)
{
	char text[16];
	size_t len;

	if (r->width[which] == 0) {
		r->height[which] = src_be16(p);
		r->width[which] = src_be16(p + 2);
	}
	len = (size_t)snprintf(text, sizeof text, "%u %u", src_be16(p + 2), src_be16(p));
	tags_text(
	    &(struct reader){.work = r->work, .info = r->info}, "RAF", (struct slice){name, strlen(name)}, text, len);
}

static int
read_directory(struct raf *r, uint64_t at)
{
	const uint8_t *p;
	uint16_t tag, len;
	uint32_t n, i;

	if ((p = src_at(r->src, at, 4, r->why)) == NULL)
		return give_up(r);
	if ((n = src_be32(p)) > ENTRIES_MAX) {
		media_warn(r->info, FAIL_FORMAT, "a RAF directory of %u entries", n);
		return 0;
	}
	for (i = 0, at += 4; i < n; i++, at += 4 + len) {
		if ((p = src_at(r->src, at, 4, r->why)) == NULL)
			return give_up(r);
		tag = src_be16(p);
		len = src_be16(p + 2);
		if ((tag != 0x100 && tag != 0x111) || len < 4)
			continue;
		if ((p = src_at(r->src, at + 4, 4, r->why)) == NULL)
			return give_up(r);
		if (tag == 0x111)
			take_size(r, 0, "RawImageCroppedSize", p);
		else
			take_size(r, 1, "RawImageFullSize", p);
	}
	return 0;
}

static int
read_raf(struct reader *reader)
{
	struct src *src = reader->src;
	struct work *work = reader->work;
	struct media_info *info = reader->info;
	struct fail *why = reader->why;
	struct raf r = {.src = src, .work = work, .info = info, .why = why};
	uint32_t jpeg_at, jpeg_len, dir[2];
	uint64_t end;
	const uint8_t *p;
	unsigned i;

	if ((p = src_at(src, 0, HEAD_END, why)) == NULL)
		return give_up(&r);
	jpeg_at = src_be32(p + HEAD_JPEG);
	jpeg_len = src_be32(p + HEAD_JPEG + 4);
	dir[0] = src_be32(p + HEAD_DIR);
	dir[1] = jpeg_at > HEAD_DIR2 ? src_be32(p + HEAD_DIR2) : 0; /* older heads end before it */
	end = (uint64_t)src_be32(p + HEAD_RAW) + src_be32(p + HEAD_RAW + 4);
	if (end > src_size(src))
		media_warn(info, FAIL_TRUNCATED, "the file ends before the sensor's data do");
	if (jpeg_at > 0 && embedded_read(&(struct reader){.src = src, .work = work, .info = info, .why = why}, jpeg_at,
			       jpeg_len) == -1)
		return -1;
	for (i = 0; i < 2; i++) {
		if (dir[i] > 0 && read_directory(&r, dir[i]) == -1)
			return -1;
	}
	i = r.width[0] > 0 && r.height[0] > 0 ? 0 : 1;
	if (r.width[i] > 0 && r.height[i] > 0) {
		media_set_number(info, MEDIA_WIDTH, r.width[i]);
		media_set_number(info, MEDIA_HEIGHT, r.height[i]);
	}
	return 0;
}

const struct format_reader format_raf = {bid, read_raf};
