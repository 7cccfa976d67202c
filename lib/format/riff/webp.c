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
	struct riff riff;
	struct work *work;
	struct media_info *info;
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
	media_set_number(w->info, MEDIA_WIDTH, width);
	media_set_number(w->info, MEDIA_HEIGHT, height);
	tags_number(
	    &(struct reader){.work = w->work, .info = w->info}, "RIFF", (struct slice){"ImageWidth", 10}, width);
	tags_number(
	    &(struct reader){.work = w->work, .info = w->info}, "RIFF", (struct slice){"ImageHeight", 11}, height);
}

/* What describes the picture lies in the first bytes of its chunk. */
static int
read_picture(struct webp *w, const struct riff_chunk *c)
{
	const uint8_t *p;
	size_t got;

	if ((p = src_some(w->riff.src, c->at, c->len < 16 ? (size_t)c->len : 16, &got, w->riff.why)) == NULL)
		return riff_stop(&w->riff, "WebP");
	if (strcmp(c->id, "VP8X") == 0 && got >= 10) {
		set_size(w, le24(p + 4) + 1, le24(p + 7) + 1);
		tags_number(
		    &(struct reader){.work = w->work, .info = w->info}, "RIFF", (struct slice){"WebP_Flags", 10}, p[0]);
	} else if (strcmp(c->id, "VP8 ") == 0 && got >= 10 && memcmp(p + 3, "\x9d\x01\x2a", 3) == 0) {
		set_size(w, src_le16(p + 6) & 0x3fff, src_le16(p + 8) & 0x3fff);
	} else if (strcmp(c->id, "VP8L") == 0 && got >= 5 && p[0] == 0x2f) {
		set_size(w, (src_le32(p + 1) & 0x3fff) + 1, (src_le32(p + 1) >> 14 & 0x3fff) + 1);
	} else if (strcmp(c->id, "ANMF") == 0 && got >= 16) {
		w->duration_ms += le24(p + 12);
		w->frames++;
	}
	return 0;
}

/* Some writers put in front of the block what stands there in a JPEG. */
static int
read_exif(struct webp *w, const struct riff_chunk *c)
{
	size_t got, skip;
	const uint8_t *p;

	if (w->has_exif || c->len < 6)
		return 0;
	if ((p = src_some(w->riff.src, c->at, 6, &got, w->riff.why)) == NULL)
		return riff_stop(&w->riff, "WebP");
	skip = got == 6 && memcmp(p, "Exif\0\0", 6) == 0 ? 6 : 0;
	w->has_exif = true;
	return block_read(&(struct reader){.src = w->riff.src, .work = w->work, .info = w->info, .why = w->riff.why},
	    c->at + skip, c->at + c->len);
}

static int
read_chunk(struct webp *w, const struct riff_chunk *c)
{
	if (strcmp(c->id, "EXIF") == 0)
		return read_exif(w, c);
	if (strcmp(c->id, "XMP ") == 0)
		return xmp_read(
		    &(struct reader){.src = w->riff.src, .work = w->work, .info = w->info, .why = w->riff.why}, c->at,
		    c->len);
	if (strncmp(c->id, "VP8", 3) == 0 &&
	    tail_check(
		&(struct reader){.src = w->riff.src, .info = w->info, .why = w->riff.why}, c->at, c->at + c->len) == -1)
		return -1;
	return read_picture(w, c);
}

/* Small frames stand so close that one read shows the heads of several. */
static int
look_ahead(struct webp *w, uint64_t at, uint64_t last_len)
{
	size_t got;

	if (w->frames == 0 || last_len > AHEAD / 2 || at + 32 <= w->seen || w->ahead >= AHEAD_ALL_MAX)
		return 0;
	if (src_some(w->riff.src, at, AHEAD, &got, w->riff.why) == NULL)
		return riff_stop(&w->riff, "WebP");
	w->seen = at + got;
	w->ahead += got;
	return 0;
}

static void
settle(struct webp *w)
{
	if (w->frames == FRAMES_MAX) {
		media_warn(w->info, FAIL_LIMIT, "what stands behind %u frames was not looked for", w->frames);
	} else if (w->duration_ms > 0) {
		media_set_number(w->info, MEDIA_DURATION, (double)w->duration_ms / 1000);
	}
	if (w->info->field[MEDIA_WIDTH].kind == MEDIA_ABSENT && w->info->nwarnings == 0)
		media_warn(w->info, FAIL_FORMAT, "a WebP without a picture");
}

static int
read_webp(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct webp w = {.work = work, .info = info};
	struct riff_chunk c;
	uint64_t at = 12;
	int rc;

	if (riff_open(&w.riff, src, info, why, &c) == -1)
		return -1;
	while ((rc = riff_next(&w.riff, &at, src_size(src), &c)) == 1 && w.frames < FRAMES_MAX)
		if (read_chunk(&w, &c) == -1 || look_ahead(&w, at, c.len) == -1)
			return -1;
	settle(&w);
	return rc == -1 ? -1 : 0;
}

const struct format_reader format_webp = {bid, read_webp};
