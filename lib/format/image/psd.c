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

enum { HEADER = 26, SIZE_MAX_PSB = 300000 };
enum { CHANNELS_MAX = 56, DEPTH_MAX = 32 };
enum { RAW = 0, RUNS = 1 }; /* how the picture is coded */

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < 6 || memcmp(head, "8BPS\0", 5) != 0 || head[5] < 1 || head[5] > 2)
		return NULL;
	return head[5] == 1 ? "psd" : "psb";
}

/* Damage is a warning (0); a read that failed is -1. */
static int
stop(struct media_info *info, struct fail *why)
{
	if (!src_is_damage(why))
		return -1;
	media_warn(info, why->code, "Photoshop file: %s", why->message);
	return 0;
}

static void
set_size(struct media_info *info, enum media_field f, uint32_t pixels)
{
	if (pixels > 0 && pixels <= SIZE_MAX_PSB)
		media_set_number(info, f, pixels);
}

/* How long the picture is behind its coding: samples, or lines each with its own length; 0: not told. */
static int
picture_size(struct src *src, uint64_t at, const uint8_t *header, unsigned coding, uint64_t *size, struct fail *why)
{
	uint64_t channels = src_be16(header + 12), height = src_be32(header + 14), lines = channels * height;
	uint64_t width = src_be32(header + 18), depth = src_be16(header + 22);
	size_t wide = header[5] == 2 ? 4 : 2;
	const uint8_t *p;

	*size = 0;
	if (channels > CHANNELS_MAX || height > SIZE_MAX_PSB || width > SIZE_MAX_PSB || depth > DEPTH_MAX)
		return 0;
	if (coding == RAW)
		*size = lines * ((width * depth + 7) / 8);
	if (coding != RUNS || lines > SRC_WINDOW_MAX / wide)
		return 0;
	*size = lines * wide;
	if ((p = src_at(src, at, (size_t)*size, why)) == NULL)
		return src_is_damage(why) ? 0 : -1;
	for (uint64_t i = 0; i < lines; i++)
		*size += wide == 4 ? src_be32(p + 4 * i) : src_be16(p + 2 * i);
	return 0;
}

/* Behind the resources: the length of the layers, they, two bytes for the picture's coding, the picture. */
static int
check_end(struct src *src, uint64_t at, const uint8_t *header, struct media_info *info, struct fail *why)
{
	size_t wide = header[5] == 2 ? 8 : 4;
	const uint8_t *p = src_at(src, at, wide, why);
	uint64_t len = p == NULL ? 0 : wide == 8 ? src_be64(p) : src_be32(p), size = 0;

	if (p != NULL && len < UINT64_MAX / 2 && (p = src_at(src, at += wide + len, 2, why)) != NULL &&
	    picture_size(src, at + 2, header, src_be16(p), &size, why) == -1)
		return -1;
	if (p == NULL && !src_is_damage(why))
		return -1;
	if (p == NULL || len >= UINT64_MAX / 2 || at + 2 + size > src_size(src))
		media_warn(info, FAIL_TRUNCATED, "the Photoshop file ends before its picture does");
	return 0;
}

static int
read_psd(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	uint8_t header[HEADER];
	const uint8_t *p;
	uint64_t at, end;

	if ((p = src_at(src, 0, HEADER + 4, why)) == NULL)
		return stop(info, why);
	memcpy(header, p, HEADER);
	set_size(info, MEDIA_HEIGHT, src_be32(p + 14));
	set_size(info, MEDIA_WIDTH, src_be32(p + 18));
	at = HEADER + 4 + (uint64_t)src_be32(p + HEADER);
	if ((p = src_at(src, at, 4, why)) == NULL)
		return stop(info, why);
	end = at + 4 + src_be32(p);
	if (photoshop_read(&(struct reader){.src = src, .work = work, .info = info, .why = why}, at + 4, end) == -1)
		return -1;
	return check_end(src, end, header, info, why);
}

const struct format_reader format_psd = {bid, read_psd};
