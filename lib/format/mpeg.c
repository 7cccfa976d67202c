/*
 * MPEG films on their own, or multiplexed in a program stream.  The sequence header is looked for in the bytes as they
 * lie in the file: it stands at the beginning of a packet, which nothing cuts in two.
 */
#include "format/mpeg.h"

#include <string.h>

#include "format/format.h"
#include "meta/tags.h"
#include "format/units.h"

enum { SEQUENCE_HEADER = 0xb3, STRIDE = 64 << 10, SEARCHED_MAX = 256 << 10 };

bool
mpeg_wants(uint8_t first)
{
	return first == SEQUENCE_HEADER;
}

void
mpeg_take(void *mpeg, const uint8_t *p, size_t len)
{
	struct mpeg *m = mpeg;
	unsigned width, height;

	if (len < 4 || m->has_size)
		return;
	width = (unsigned)p[1] << 4 | p[2] >> 4;
	height = (p[2] & 15u) << 8 | p[3];
	if (width == 0 || height == 0)
		return;
	media_set_number(m->info, MEDIA_WIDTH, width);
	media_set_number(m->info, MEDIA_HEIGHT, height);
	tags_number(m->work, m->info, "MPEG", (struct slice){"ImageWidth", 10}, width);
	tags_number(m->work, m->info, "MPEG", (struct slice){"ImageHeight", 11}, height);
	m->has_size = true;
}

static int
mpeg_read(struct src *src, struct work *work, struct media_info *info, struct fail *why)
{
	struct mpeg m = {.work = work, .info = info};
	struct units u = {.wants = mpeg_wants, .take = mpeg_take, .arg = &m};
	const uint8_t *p;
	size_t len;

	for (uint64_t at = 0; at < SEARCHED_MAX && !m.has_size; at += len) {
		if ((p = src_some(src, at, STRIDE, &len, why)) == NULL)
			return -1;
		if (len == 0)
			break;
		units_feed(&u, p, len);
	}
	units_end(&u);
	return 0;
}

static bool
mpeg_bid(const uint8_t *head, size_t len, const char **type, const char **mime)
{
	if (len < 4 || (memcmp(head, "\0\0\1\xba", 4) != 0 && memcmp(head, "\0\0\1\xb3", 4) != 0))
		return false;
	*type = "mpeg";
	*mime = "video/mpeg";
	return true;
}

const struct format_reader format_mpeg = {mpeg_bid, mpeg_read};
