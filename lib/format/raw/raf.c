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
	struct reader *r;
	double width[2], height[2]; /* without the sensor's border, and with it; 0: not told */
};

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < sizeof MAGIC - 1 || memcmp(head, MAGIC, sizeof MAGIC - 1) != 0)
		return NULL;
	return "raf";
}

/* Sizes are height, then width. */
static void
keep_size(struct raf *f, unsigned which, const char *name, const uint8_t *p)
{
	char text[16];
	size_t len;

	if (f->width[which] == 0) {
		f->height[which] = src_be16(p);
		f->width[which] = src_be16(p + 2);
	}
	len = (size_t)snprintf(text, sizeof text, "%u %u", src_be16(p + 2), src_be16(p));
	tags_text(f->r, "RAF", (struct slice){name, strlen(name)}, text, len);
}

static void
read_directory(struct raf *f, uint64_t at)
{
	const uint8_t *p = reader_at(f->r, at, 4);
	uint32_t n = p != NULL ? src_be32(p) : 0, i;
	uint16_t tag, len;

	if (n > ENTRIES_MAX) {
		media_warn(f->r->info, FAIL_FORMAT, "a RAF directory claims to have %u entries; it was not read", n);
		return;
	}
	for (i = 0, at += 4; i < n && (p = reader_at(f->r, at, 4)) != NULL; i++, at += 4 + len) {
		tag = src_be16(p);
		len = src_be16(p + 2);
		if ((tag != 0x100 && tag != 0x111) || len < 4)
			continue;
		if ((p = reader_at(f->r, at + 4, 4)) == NULL)
			return;
		if (tag == 0x111)
			keep_size(f, 0, "RawImageCroppedSize", p);
		else
			keep_size(f, 1, "RawImageFullSize", p);
	}
}

static void
read_body(struct raf *f)
{
	const uint8_t *p = reader_at(f->r, 0, HEAD_END);
	uint32_t jpeg_at, jpeg_len, dir[2];
	unsigned i;

	if (p == NULL)
		return;
	jpeg_at = src_be32(p + HEAD_JPEG);
	jpeg_len = src_be32(p + HEAD_JPEG + 4);
	dir[0] = src_be32(p + HEAD_DIR);
	dir[1] = jpeg_at > HEAD_DIR2 ? src_be32(p + HEAD_DIR2) : 0; /* older heads end before it */
	if ((uint64_t)src_be32(p + HEAD_RAW) + src_be32(p + HEAD_RAW + 4) > reader_size(f->r))
		media_warn(f->r->info, FAIL_TRUNCATED, "the file ends before the sensor's data does");
	if (jpeg_at > 0)
		embedded_read(f->r, jpeg_at, jpeg_len);
	for (i = 0; i < 2; i++) {
		if (dir[i] > 0)
			read_directory(f, dir[i]);
	}
	i = f->width[0] > 0 && f->height[0] > 0 ? 0 : 1;
	if (f->width[i] > 0 && f->height[i] > 0)
		reader_set_size(f->r, f->width[i], f->height[i]);
}

static void
read_raf(struct reader *r)
{
	read_body(&(struct raf){.r = r});
}

const struct format_reader format_raf = {bid, read_raf};
