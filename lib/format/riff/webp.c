/*
 * A WebP is a RIFF file with the picture in one chunk, or in one for each frame, and metadata behind it.  The walk
 * goes on to the end of the file, because some programs append metadata and leave the size in the header as it was.
 *
 * Source: RFC 9649 (WebP); RFC 6386, 9.1 (VP8).
 */
#include <string.h>

#include "format/format.h"
#include "format/riff/riff.h"
#include "format/tail.h"
#include "meta/exif/block.h"
#include "meta/exif/tags.h"
#include "meta/xmp/xmp.h"

#define FRAMES_MAX 3072            /* each may cost a read */
#define AHEAD (16u << 10)          /* bytes that are read at once where frames are small … */
#define AHEAD_ALL_MAX (512u << 10) /* … and all such bytes of a file */

struct webp {
	struct reader *r;
	struct riff riff;
	bool has_exif;
	unsigned frames;
	uint64_t seen; /* how far was read ahead */
	size_t ahead;  /* bytes */
	uint64_t duration_ms;
};

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < 12 || memcmp(head, "RIFF", 4) != 0 || memcmp(head + 8, "WEBP", 4) != 0)
		return NULL;
	return "webp";
}

static uint32_t
le24(const uint8_t *p)
{
	return (uint32_t)p[2] << 16 | src_le16(p);
}

static void
set_size(struct webp *w, uint32_t width, uint32_t height)
{
	if (width == 0 || height == 0)
		return;
	reader_set_size(w->r, width, height);
	tags_size(w->r, "RIFF", width, height);
}

/* What describes the picture lies in the first bytes of its chunk. */
static void
read_picture(struct webp *w, const struct riff_chunk *c)
{
	const uint8_t *p;
	size_t got;

	if ((p = riff_head(&w->riff, c, 16, &got)) == NULL)
		return;
	if (strcmp(c->id, "VP8X") == 0 && got >= 10) {
		set_size(w, le24(p + 4) + 1, le24(p + 7) + 1);
		tags_number(w->r, "RIFF", slice_of("WebP_Flags"), p[0]);
	} else if (strcmp(c->id, "VP8 ") == 0 && got >= 10 && memcmp(p + 3, "\x9d\x01\x2a", 3) == 0) {
		set_size(w, src_le16(p + 6) & 0x3fff, src_le16(p + 8) & 0x3fff);
	} else if (strcmp(c->id, "VP8L") == 0 && got >= 5 && p[0] == 0x2f) {
		set_size(w, (src_le32(p + 1) & 0x3fff) + 1, (src_le32(p + 1) >> 14 & 0x3fff) + 1);
	} else if (strcmp(c->id, "ANMF") == 0 && got >= 16) {
		w->duration_ms += le24(p + 12);
		w->frames++;
	}
}

/* Some writers put in front of the block what stands there in a JPEG. */
static void
read_exif(struct webp *w, const struct riff_chunk *c)
{
	size_t got, skip;
	const uint8_t *p;

	if (w->has_exif || c->len < 6 || (p = riff_head(&w->riff, c, 6, &got)) == NULL)
		return;
	skip = got == 6 && memcmp(p, "Exif\0\0", 6) == 0 ? 6 : 0;
	w->has_exif = true;
	block_read(w->r, c->at + skip, c->at + c->len);
}

static void
read_chunk(struct webp *w, const struct riff_chunk *c)
{
	if (strcmp(c->id, "EXIF") == 0) {
		read_exif(w, c);
	} else if (strcmp(c->id, "XMP ") == 0) {
		xmp_read(w->r, c->at, c->len);
	} else {
		if (strncmp(c->id, "VP8", 3) == 0)
			tail_check(w->r, c->at, c->at + c->len);
		read_picture(w, c);
	}
}

/* Small frames stand so close that one read shows the heads of several. */
static void
look_ahead(struct webp *w, uint64_t at, uint64_t last_len)
{
	size_t got;

	if (w->frames == 0 || last_len > AHEAD / 2 || at + 32 <= w->seen || w->ahead >= AHEAD_ALL_MAX)
		return;
	if (reader_some(w->r, at, AHEAD, &got) == NULL)
		return;
	w->seen = at + got;
	w->ahead += got;
}

static void
read_webp(struct reader *r)
{
	struct webp w = {.r = r};
	struct riff_chunk c;
	uint64_t at = 12;

	riff_open(&w.riff, r);
	while (riff_next(&w.riff, &at, reader_size(r), &c) && w.frames < FRAMES_MAX) {
		read_chunk(&w, &c);
		look_ahead(&w, at, c.len);
	}
	if (w.frames == FRAMES_MAX)
		media_warn(r->info, FAIL_LIMIT, "what follows the first %u frames was not read", w.frames);
	else if (w.duration_ms > 0)
		media_set_number(r->info, MEDIA_DURATION, (double)w.duration_ms / 1000);
	if (r->info->field[MEDIA_WIDTH].kind == MEDIA_ABSENT && r->info->nwarnings == 0)
		media_warn(r->info, FAIL_FORMAT, "the WebP has no picture");
}

const struct format_reader format_webp = {bid, read_webp};
