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

static bool
bid(const uint8_t *head, size_t len, const char **type, const char **mime)
{
	static const uint8_t sizes[] = {CORE, 16, 40, 52, 56, 64, 108, HEADER_MAX};

	if (len < 18 || memcmp(head, "BM", 2) != 0 || memcmp(head + 6, "\0\0\0\0", 4) != 0 ||
	    memcmp(head + 15, "\0\0\0", 3) != 0 || memchr(sizes, head[14], sizeof sizes) == NULL)
		return false;
	*type = "bmp";
	*mime = "image/bmp";
	return true;
}

/* How many bytes the header says that there are, as far as it does. */
static uint64_t
told_size(const uint8_t *p, uint64_t width, uint64_t height)
{
	unsigned bits = p[14] == CORE ? src_le16(p + 24) : src_le16(p + 28);
	uint32_t compression = p[14] == CORE ? 0 : src_le32(p + 30);
	uint64_t size = src_le32(p + 34);

	if (compression == RGB || compression == BITFIELDS)
		size = bits <= 32 ? (width * bits + 31) / 32 * 4 * height : 0;
	return src_le32(p + 10) + size;
}

static int
read_bmp(struct src *src, struct work *work, struct media_info *info, struct fail *why)
{
	int64_t width, height;
	const uint8_t *p;
	size_t got;

	(void)work;
	if ((p = src_some(src, 0, HEADER_USED, &got, why)) == NULL)
		return -1;
	if (got < HEADER_USED) {
		media_warn(info, FAIL_TRUNCATED, "the BMP ends in its header");
		return 0;
	}
	width = p[14] == CORE ? src_le16(p + 18) : (int32_t)src_le32(p + 18);
	height = p[14] == CORE ? src_le16(p + 20) : (int32_t)src_le32(p + 22);
	if (width > 0)
		media_set_number(info, MEDIA_WIDTH, (double)width);
	if (height != 0)
		media_set_number(info, MEDIA_HEIGHT, (double)(height < 0 ? -height : height));
	if (width > 0 && told_size(p, (uint64_t)width, (uint64_t)(height < 0 ? -height : height)) > src_size(src))
		media_warn(info, FAIL_TRUNCATED, "the BMP ends within its picture");
	return 0;
}

const struct format_reader format_bmp = {bid, read_bmp};
