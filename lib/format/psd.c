/*
 * A Photoshop file begins with the size of its canvas and, behind a table of colours, its image resources; the layers
 * behind them are not looked at.
 *
 * Source: Adobe Photoshop File Formats Specification (2019), "File Header Section", "Image Resources Section".
 */
#include <string.h>

#include "format/format.h"
#include "meta/photoshop.h"

enum { HEADER = 26, SIZE_MAX_PSB = 300000 };

static bool
bid(const uint8_t *head, size_t len, const char **type, const char **mime)
{
	if (len < 6 || memcmp(head, "8BPS\0", 5) != 0 || head[5] < 1 || head[5] > 2)
		return false;
	*type = head[5] == 1 ? "psd" : "psb";
	*mime = "image/vnd.adobe.photoshop";
	return true;
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

static int
read_psd(struct src *src, struct work *work, struct media_info *info, struct fail *why)
{
	const uint8_t *p;
	uint64_t at;

	if ((p = src_at(src, 0, HEADER + 4, why)) == NULL)
		return stop(info, why);
	set_size(info, MEDIA_HEIGHT, src_be32(p + 14));
	set_size(info, MEDIA_WIDTH, src_be32(p + 18));
	at = HEADER + 4 + (uint64_t)src_be32(p + HEADER);
	if ((p = src_at(src, at, 4, why)) == NULL)
		return stop(info, why);
	return photoshop_read(src, at + 4, at + 4 + src_be32(p), work, info, why);
}

const struct format_reader format_psd = {bid, read_psd};
