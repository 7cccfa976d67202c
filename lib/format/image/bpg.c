/*
 * A BPG says its size in its header, behind which extensions hold the blocks that other readers know.
 *
 * Source: BPG Specification 0.9.8 (F. Bellard, 2018).
 */
#include <string.h>

#include "format/format.h"
#include "format/image/image.h"
#include "meta/xmp/xmp.h"

enum { HEAD = 6, HAS_EXTENSIONS = 0x08, EXIF = 1, XMP = 3 };

static const char *
bid(const uint8_t *head, size_t len)
{
	return len >= 4 && memcmp(head, "BPG\xfb", 4) == 0 ? "bpg" : NULL;
}

static bool
read_extension(struct image *m)
{
	uint64_t tag, len;

	if (!image_number(m, &tag) || !image_number(m, &len))
		return false;
	m->at += len;
	if (tag == EXIF)
		image_exif(m, m->at - len, m->at);
	else if (tag == XMP)
		xmp_read(m->r, m->at - len, len);
	return true;
}

static void
read_extensions(struct image *m)
{
	uint64_t len, end;
	unsigned n = 0;

	if (!image_number(m, &len))
		return;
	end = m->at + len;
	while (m->at < end && n < IMAGE_BLOCKS_MAX && read_extension(m))
		n++;
	if (m->at < end && n == IMAGE_BLOCKS_MAX)
		media_warn(m->r->info, FAIL_LIMIT, "BPG: more than %d extensions", IMAGE_BLOCKS_MAX);
}

static void
read_bpg(struct reader *r)
{
	struct image m = {.r = r, .at = HEAD};
	const uint8_t *p = reader_at(r, 0, HEAD);
	bool more = p != NULL && (p[5] & HAS_EXTENSIONS) != 0;
	uint64_t picture;

	if (image_size(&m, 0) && image_number(&m, &picture) && more)
		read_extensions(&m);
}

const struct format_reader format_bpg = {bid, read_bpg};
