/*
 * A FLIF says its size in its header, behind which chunks hold compressed the blocks that other readers know.
 *
 * Source: FLIF Specification 1.0, part 1.
 */
#include <string.h>

#include "format/format.h"
#include "format/image/image.h"
#include "format/inflate.h"
#include "meta/xmp/xmp.h"

enum { HEAD = 6, ANIMATED = 0x50, NAME_MIN = 0x20 }; /* what begins with less is the picture */

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < HEAD || memcmp(head, "FLIF", 4) != 0 || head[4] < 0x20 || head[5] < '0' || head[5] > '2')
		return NULL;
	return "flif";
}

static void
read_block(struct image *m, bool is_exif, uint64_t len)
{
	struct inflate in = {.at = m->at, .end = m->at + len, .raw = true};
	struct buf block = {0};
	struct src *outer = inflate_enter(m->r, &in, &block);

	if (outer != NULL) {
		if (is_exif)
			image_exif(m, 0, block.len);
		else
			xmp_read(m->r, 0, block.len);
		reader_leave(m->r, outer);
	}
	buf_fini(&block);
}

/* False where the picture begins, or nothing is left. */
static bool
read_chunk(struct image *m)
{
	char name[4];
	uint64_t len;
	size_t got;
	const uint8_t *p = reader_some(m->r, m->at, sizeof name, &got);

	if (p == NULL || got < sizeof name || p[0] < NAME_MIN)
		return false;
	memcpy(name, p, sizeof name);
	m->at += sizeof name;
	if (!image_number(m, &len))
		return false;
	if (memcmp(name, "eXif", 4) == 0 || memcmp(name, "eXmp", 4) == 0)
		read_block(m, name[2] == 'i', len);
	m->at += len;
	return true;
}

static void
read_flif(struct reader *r)
{
	struct image m = {.r = r, .at = HEAD};
	const uint8_t *p = reader_at(r, 0, HEAD);
	bool animated = p != NULL && p[4] >= ANIMATED;
	uint64_t frames;
	unsigned n = 0;

	if (image_size(&m, 1) && (!animated || image_number(&m, &frames))) {
		while (n < IMAGE_BLOCKS_MAX && read_chunk(&m))
			n++;
	}
	if (n == IMAGE_BLOCKS_MAX)
		media_warn(r->info, FAIL_LIMIT, "FLIF: more than %d chunks", IMAGE_BLOCKS_MAX);
}

const struct format_reader format_flif = {bid, read_flif};
