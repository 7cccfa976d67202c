/*
 * A BMP has one of two headers, told apart by their length.  A height below zero says that the first line is on top.
 *
 * Source: Microsoft, BITMAPFILEHEADER, BITMAPCOREHEADER and BITMAPINFOHEADER.
 */
#include <stdlib.h>
#include <string.h>

#include "format/format.h"

enum { CORE = 12 };                    /* bytes of the older header */
enum { CORE_END = 26, INFO_END = 38 }; /* where ends what is read of either */
enum { RGB = 0, BITFIELDS = 3, BITS_MAX = 32 };

static const char *
bid(const uint8_t *head, size_t len)
{
	static const uint8_t lengths[] = {CORE, 16, 40, 52, 56, 64, 108, 124};

	if (len < 18 || memcmp(head, "BM", 2) != 0 || memcmp(head + 6, "\0\0\0\0", 4) != 0 ||
	    memchr(lengths, head[14], sizeof lengths) == NULL || memcmp(head + 15, "\0\0\0", 3) != 0)
		return NULL;
	return "bmp";
}

/* Lines are padded to four bytes; what is compressed says how long it is. */
static void
check_end(struct reader *r, bool core, uint64_t width, uint64_t height)
{
	const uint8_t *p = reader_at(r, 0, core ? CORE_END : INFO_END);
	uint64_t bits, len;

	if (p == NULL || (bits = src_le16(p + (core ? 24 : 28))) > BITS_MAX)
		return;
	len = (width * bits + 31) / 32 * 4 * height; /* below 2^33 times 2^31 */
	if (!core && src_le32(p + 30) != RGB && src_le32(p + 30) != BITFIELDS)
		len = src_le32(p + 34);
	if (src_le32(p + 10) + len > reader_size(r))
		media_warn(r->info, FAIL_TRUNCATED, "the BMP ends within its picture");
}

static void
read_bmp(struct reader *r)
{
	const uint8_t *p = reader_at(r, 0, CORE_END);
	int64_t width, height;
	bool core;

	if (p == NULL)
		return;
	core = p[14] == CORE;
	width = core ? src_le16(p + 18) : (int32_t)src_le32(p + 18);
	height = llabs(core ? src_le16(p + 20) : (int32_t)src_le32(p + 22));
	reader_set_size(r, (double)width, (double)height);
	if (width > 0)
		check_end(r, core, (uint64_t)width, (uint64_t)height);
}

const struct format_reader format_bmp = {bid, read_bmp};
