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
	struct src *src;
	struct work *work;
	struct media_info *info;
	struct fail *why;
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

/* What a read that failed means for the whole: damage is a warning (0), else -1. */
static int
give_up(struct mrw *m)
{
	if (!src_is_damage(m->why))
		return -1;
	media_warn(m->info, m->why->code, "MRW: %s", m->why->message);
	return 0;
}

static uint16_t
get16(const struct mrw *m, const uint8_t *p)
{
	return m->little_endian ? src_le16(p) : src_be16(p);
}

static void
set_size(struct mrw *m, enum media_field f, const char *name, const uint8_t *p)
{
	uint16_t v = get16(m, p);

	if (v > 0)
		media_set_number(m->info, f, v);
	tags_number(
	    &(struct reader){.work = m->work, .info = m->info}, "MinoltaRaw", (struct slice){name, strlen(name)}, v);
}

/* Firmware, sensor's height and width, picture's height and width. */
static int
read_dimensions(struct mrw *m, uint64_t at)
{
	const uint8_t *p;

	if ((p = src_at(m->src, at, 16, m->why)) == NULL)
		return give_up(m);
	m->pixels = (uint64_t)get16(m, p + 8) * get16(m, p + 10);
	set_size(m, MEDIA_HEIGHT, "ImageHeight", p + 12);
	set_size(m, MEDIA_WIDTH, "ImageWidth", p + 14);
	return 0;
}

/* Reads the block at `at`.  1 and its whole length, 0 at the end, -1. */
static int
read_block_at(struct mrw *m, uint64_t at, uint64_t *len)
{
	const uint8_t *p;
	char name[4];
	int rc = 0;

	if ((p = src_at(m->src, at, HEAD, m->why)) == NULL)
		return give_up(m);
	memcpy(name, p, sizeof name);
	*len = m->little_endian ? src_le32(p + 4) : src_be32(p + 4);
	at += HEAD;
	if (memcmp(name, "\0PRD", 4) == 0 && *len >= 16)
		rc = read_dimensions(m, at);
	else if (memcmp(name, "\0TTW", 4) == 0)
		rc = block_read(
		    &(struct reader){.src = m->src, .work = m->work, .info = m->info, .why = m->why}, at, at + *len);
	*len += HEAD;
	return rc == -1 ? -1 : 1;
}

static int
read_mrw(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct mrw m = {.src = src, .work = work, .info = info, .why = why};
	uint64_t at = HEAD, end, len;
	const uint8_t *p;
	unsigned n;
	int rc = 1;

	if ((p = src_at(src, 0, HEAD, why)) == NULL)
		return give_up(&m);
	m.little_endian = p[3] == 'I';
	end = HEAD + (uint64_t)(m.little_endian ? src_le32(p + 4) : src_be32(p + 4));
	for (n = 0; rc == 1 && at < end && n < BLOCKS_MAX; n++, at += len)
		rc = read_block_at(&m, at, &len);
	if (n == BLOCKS_MAX)
		media_warn(info, FAIL_LIMIT, "more than %d blocks", BLOCKS_MAX);
	if (end + m.pixels * BITS_MIN / 8 > src_size(src))
		media_warn(info, FAIL_TRUNCATED, "the file ends before the sensor's data do");
	return rc == -1 ? -1 : 0;
}

const struct format_reader format_mrw = {bid, read_mrw};
