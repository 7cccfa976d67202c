/*
 * A Photoshop file begins with the size of its canvas and, behind a table of colours, its image resources.  Of the
 * layers behind them, and of the picture at the end, only the length is looked at.
 *
 * Source: Adobe Photoshop File Formats Specification (2019), "File Header Section", "Image Resources Section", "Image
 * Data Section".
 */
#include <string.h>

#include "format/format.h"
#include "meta/photoshop.h"

enum { HEADER = 26, PIXELS_MAX = 300000, CHANNELS_MAX = 56, DEPTH_MAX = 32 };
enum { RAW = 0, RUNS = 1 }; /* how the picture is coded */

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < 6 || memcmp(head, "8BPS\0", 5) != 0 || head[5] < 1 || head[5] > 2)
		return NULL;
	return head[5] == 1 ? "psd" : "psb";
}

/* The head that all lengths depend on. */
struct head {
	uint32_t channels, height, width, depth;
	bool psb;
};

static uint32_t
within(uint32_t pixels)
{
	return pixels <= PIXELS_MAX ? pixels : 0;
}

/* How long the picture at `at` is behind its coding: samples, or lines each with its own length; 0: not told. */
static uint64_t
picture_length(struct reader *r, uint64_t at, const struct head *h, unsigned coding)
{
	uint64_t lines = (uint64_t)h->channels * h->height, len;
	size_t wide = h->psb ? 4 : 2;
	const uint8_t *p;

	if (h->channels > CHANNELS_MAX || h->height > PIXELS_MAX || h->width > PIXELS_MAX || h->depth > DEPTH_MAX)
		return 0;
	if (coding == RAW)
		return lines * (((uint64_t)h->width * h->depth + 7) / 8);
	if (coding != RUNS || lines > SRC_WINDOW_MAX / wide)
		return 0;
	len = lines * wide;
	if ((p = reader_try(r, at, (size_t)len)) != NULL) {
		for (uint64_t i = 0; i < lines; i++)
			len += wide == 4 ? src_be32(p + 4 * i) : src_be16(p + 2 * i);
	}
	return len;
}

/* Behind the resources: the length of the layers, they, two bytes for the picture's coding, the picture. */
static bool
ends_early(struct reader *r, uint64_t at, const struct head *h)
{
	size_t wide = h->psb ? 8 : 4;
	const uint8_t *p = reader_try(r, at, wide);
	uint64_t len = p == NULL ? 0 : wide == 8 ? src_be64(p) : src_be32(p);

	if (p == NULL || len >= UINT64_MAX / 2)
		return true;
	at += wide + len;
	if ((p = reader_try(r, at, 2)) == NULL)
		return true;
	return at + 2 + picture_length(r, at + 2, h, src_be16(p)) > reader_size(r);
}

static void
read_sections(struct reader *r)
{
	const uint8_t *p = reader_at(r, 0, HEADER + 4);
	struct head h;
	uint64_t at, end;

	if (p == NULL)
		return;
	h = (struct head){src_be16(p + 12), src_be32(p + 14), src_be32(p + 18), src_be16(p + 22), p[5] == 2};
	reader_set_size(r, within(h.width), within(h.height));
	at = HEADER + 4 + (uint64_t)src_be32(p + HEADER);
	if ((p = reader_at(r, at, 4)) == NULL)
		return;
	end = at + 4 + src_be32(p);
	photoshop_read(r, at + 4, end);
	if (ends_early(r, end, &h))
		media_warn(r->info, FAIL_TRUNCATED, "the Photoshop file ends before its picture does");
}

static void
read_psd(struct reader *r)
{
	read_sections(r);
}

const struct format_reader format_psd = {bid, read_psd};
