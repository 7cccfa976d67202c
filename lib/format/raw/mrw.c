/*
 * Minolta's raw format: blocks with a name and a length in front of the sensor's data.  PRD tells the picture's size,
 * TTW is a TIFF structure with Exif in it.
 *
 * Source: Dalibor Jelinek's description of MRW; exiftool's documentation of tag names (MinoltaRaw).
 */
#include <string.h>

#include "format/format.h"
#include "meta/exif/block.h"
#include "meta/exif/tags.h"

#define BLOCKS_MAX 64
#define BITS_MIN 12 /* of a pixel: packed */
#define HEAD 8      /* of the file, and of a block: name and length */

struct mrw {
	struct reader *r;
	bool little_endian;
	uint64_t pixels; /* of the sensor */
};

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < HEAD || memcmp(head, "\0MR", 3) != 0 || (head[3] != 'M' && head[3] != 'I'))
		return NULL;
	return "mrw";
}

static uint16_t
get16(const struct mrw *m, const uint8_t *p)
{
	return m->little_endian ? src_le16(p) : src_be16(p);
}

static uint32_t
get32(const struct mrw *m, const uint8_t *p)
{
	return m->little_endian ? src_le32(p) : src_be32(p);
}

static void
set_size(struct mrw *m, enum media_field f, const char *name, const uint8_t *p)
{
	uint16_t v = get16(m, p);

	if (v > 0)
		media_set_number(m->r->info, f, v);
	tags_number(m->r, "MinoltaRaw", (struct slice){name, strlen(name)}, v);
}

/* Firmware, sensor's height and width, picture's height and width. */
static void
read_dimensions(struct mrw *m, uint64_t at)
{
	const uint8_t *p = reader_at(m->r, at, 16);

	if (p == NULL)
		return;
	m->pixels = (uint64_t)get16(m, p + 8) * get16(m, p + 10);
	set_size(m, MEDIA_HEIGHT, "ImageHeight", p + 12);
	set_size(m, MEDIA_WIDTH, "ImageWidth", p + 14);
}

/* Reads the block at `at` and moves behind it; false where there is none. */
static bool
read_block(struct mrw *m, uint64_t *at)
{
	const uint8_t *p = reader_at(m->r, *at, HEAD);
	uint64_t body = *at + HEAD, len;

	if (p == NULL)
		return false;
	len = get32(m, p + 4);
	*at = body + len;
	if (memcmp(p, "\0PRD", 4) == 0 && len >= 16)
		read_dimensions(m, body);
	else if (memcmp(p, "\0TTW", 4) == 0)
		block_read(m->r, body, body + len);
	return !m->r->failed;
}

static void
read_blocks(struct mrw *m)
{
	const uint8_t *p = reader_at(m->r, 0, HEAD);
	uint64_t at = HEAD, end;
	unsigned n;

	if (p == NULL)
		return;
	m->little_endian = p[3] == 'I';
	end = HEAD + (uint64_t)get32(m, p + 4);
	for (n = 0; at < end && n < BLOCKS_MAX && read_block(m, &at); n++)
		;
	if (n == BLOCKS_MAX)
		media_warn(m->r->info, FAIL_LIMIT, "MRW: more than %d blocks; the rest was not read", BLOCKS_MAX);
	if (end + m->pixels * BITS_MIN / 8 > reader_size(m->r))
		media_warn(m->r->info, FAIL_TRUNCATED, "the file ends before the sensor's data does");
}

static void
read_mrw(struct reader *r)
{
	read_blocks(&(struct mrw){.r = r});
}

const struct format_reader format_mrw = {bid, read_mrw};
