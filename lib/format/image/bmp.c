/*
 * A BMP says its size in one of two headers, by the header's length; a height below zero only says that the first line
 * is the uppermost.
 *
 * Source: Microsoft, BITMAPCOREHEADER and BITMAPINFOHEADER.
 */
#include <string.h>

#include "format/format.h"

#define HEADER_MAX 124
#define HEADER_USED 38
#define CORE 12

enum { RGB = 0, BITFIELDS = 3 };

static const char *
bid(const uint8_t *head, size_t len)
{
	static const uint8_t sizes[] = {CORE, 16, 40, 52, 56, 64, 108, HEADER_MAX};

	if (len < 18 || memcmp(head, "BM", 2) != 0 || memcmp(head + 6, "\0\0\0\0", 4) != 0 ||
	    memcmp(head + 15, "\0\0\0", 3) != 0 || memchr(sizes, head[14], sizeof sizes) == NULL)
		return NULL;
	return "bmp";
}

/* Whether all is there that the header tells of, of which `got` bytes are. */
static bool
is_whole(const uint8_t *p, size_t got, uint64_t width, uint64_t height, uint64_t file_size)
{
	bool core = p[14] == CORE;
	unsigned bits;
	uint64_t size;

	if (!core && got < HEADER_USED)
		return false;
	bits = core ? src_le16(p + 24) : src_le16(p + 28);
	size = (width * bits + 31) / 32 * 4 * height;
	if (!core && src_le32(p + 30) != RGB && src_le32(p + 30) != BITFIELDS)
		size = src_le32(p + 34);
	return bits > 32 || src_le32(p + 10) + size <= file_size;
}

static int
read_bmp(struct reader *r)
{
	struct src *src = r->src;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	int64_t width, height;
	const uint8_t *p;
	size_t got;

	if ((p = src_some(src, 0, HEADER_USED, &got, why)) == NULL)
		return -1;
	if (got < 26) {
		media_warn(info, FAIL_TRUNCATED, "the BMP ends in its header");
		return 0;
	}
	width = p[14] == CORE ? src_le16(p + 18) : (int32_t)src_le32(p + 18);
	height = p[14] == CORE ? src_le16(p + 20) : (int32_t)src_le32(p + 22);
	height = height < 0 ? -height : height;
	if (width > 0)
		media_set_number(info, MEDIA_WIDTH, (double)width);
	if (height > 0)
		media_set_number(info, MEDIA_HEIGHT, (double)height);
	if (width > 0 && !is_whole(p, got, (uint64_t)width, (uint64_t)height, src_size(src)))
		media_warn(info, FAIL_TRUNCATED, "the BMP ends within its picture");
	return 0;
}

const struct format_reader format_bmp = {bid, read_bmp};
