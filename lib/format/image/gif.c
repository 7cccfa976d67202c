/*
 * A GIF has its size in its header and everything else in blocks, whose data is cut into pieces of 255 bytes at most:
 * nothing can be leapt over without reading it.  So the walk passes over a limited amount of image data, and looks for
 * XMP in the end of the file if it has not come there by then; that what lies between was not seen is told.
 *
 * XMP is not cut into pieces; a trailer of 256 bytes that count down leads whoever takes it for pieces to its end.
 *
 * Source: GIF89a (CompuServe, 1990); Adobe XMP Specification, part 3, 1.1.2 (GIF).
 */
#include <inttypes.h>
#include <string.h>

#include "format/format.h"
#include "meta/exif/tags.h"
#include "meta/xmp/xmp.h"

#define DATA_MAX (12u << 20) /* of image data that is passed over; the end of the file is in the budget, too */
#define TAIL (64u << 10)
#define PIECE (16u << 10)
#define LOOK 512 /* at first, since many blocks are tiny */
#define BLOCKS_MAX 65536
#define COMMENT_MAX (64u << 10)
#define MAGIC 258 /* 1, 255 down to 0, 0 */

enum { EXTENSION = 0x21, IMAGE = 0x2c, TRAILER = 0x3b, COMMENT = 0xfe, APPLICATION = 0xff };

struct gif {
	struct src *src;
	struct work *work;
	struct media_info *info;
	struct fail *why;
	uint64_t at, passed;
	bool has_xmp;
};

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < 6 || (memcmp(head, "GIF87a", 6) != 0 && memcmp(head, "GIF89a", 6) != 0))
		return NULL;
	return "gif";
}

static int
stop(struct gif *g)
{
	if (!src_is_damage(g->why))
		return -1;
	media_warn(g->info, g->why->code, "GIF: %s", g->why->message);
	return 0;
}

/* Passes over pieces, from the first length to behind the last, which is 0; adds them to `to` unless it is NULL. */
static int
pass_pieces(struct gif *g, struct buf *to)
{
	const uint8_t *p;
	size_t got, i, ask;

	for (ask = LOOK;; ask = PIECE) {
		if ((p = src_some(g->src, g->at, ask, &got, g->why)) == NULL)
			return stop(g);
		for (i = 0; i < got && p[i] != 0 && i + p[i] < got; i += p[i] + 1u)
			if (to != NULL && to->len < COMMENT_MAX)
				buf_add(to, p + i + 1, p[i]);
		g->at += i;
		g->passed += i;
		if (i < got && p[i] == 0) {
			g->at++;
			return 1;
		}
		if (g->passed > DATA_MAX)
			return 1;
		if (i == 0) {
			media_warn(g->info, FAIL_TRUNCATED, "the GIF ends in its data");
			return 0;
		}
	}
}

/* The packet that g->at is at; 1 to go on behind it, 0, -1. */
static int
read_xmp(struct gif *g)
{
	uint64_t from = g->at, passed = g->passed;
	const uint8_t *p;
	int rc;

	g->passed = 0;
	g->has_xmp = true;
	rc = pass_pieces(g, NULL);
	g->passed = passed;
	if (rc != 1)
		return rc;
	if (g->at < from + MAGIC || (p = src_at(g->src, g->at - MAGIC, 3, g->why)) == NULL ||
	    memcmp(p, "\x01\xff\xfe", 3) != 0) {
		media_warn(g->info, FAIL_FORMAT, "XMP in a GIF without its trailer");
		return 1;
	}
	return xmp_read(&(struct reader){.src = g->src, .work = g->work, .info = g->info, .why = g->why}, from,
		   g->at - MAGIC - from) == -1
		   ? -1
		   : 1;
}

static int
read_comment(struct gif *g)
{
	struct buf comment = {0};
	int rc = pass_pieces(g, g->info->tags != NULL ? &comment : NULL);

	g->info->text.failed |= comment.failed;
	if (comment.len > 0 && !comment.failed)
		tags_text(&(struct reader){.work = g->work, .info = g->info}, "GIF", (struct slice){"Comment", 7},
		    comment.p, comment.len);
	buf_fini(&comment);
	return rc;
}

/* g->at is behind the label. */
static int
read_extension(struct gif *g, uint8_t label)
{
	static const char xmp[] = "\x0bXMP DataXMP";
	const uint8_t *p;
	size_t got;

	if (label == COMMENT)
		return read_comment(g);
	if (label == APPLICATION) {
		if ((p = src_some(g->src, g->at, 12, &got, g->why)) == NULL)
			return stop(g);
		if (got == 12 && memcmp(p, xmp, 12) == 0) {
			g->at += 12;
			return read_xmp(g);
		}
	}
	return pass_pieces(g, NULL);
}

static size_t
colours_size(uint8_t flags)
{
	return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/* The block at g->at.  1 to go on, 0, -1. */
static int
read_one(struct gif *g)
{
	const uint8_t *p;
	size_t got;

	if ((p = src_some(g->src, g->at, 10, &got, g->why)) == NULL)
		return stop(g);
	if (got >= 2 && p[0] == EXTENSION) {
		g->at += 2;
		return read_extension(g, p[1]);
	}
	if (got == 10 && p[0] == IMAGE) {
		g->at += 10 + colours_size(p[9]) + 1; /* the last is the size of the codes */
		return pass_pieces(g, NULL);
	}
	if (got == 0)
		media_warn(g->info, FAIL_TRUNCATED, "the GIF ends without its trailer");
	else if (p[0] != TRAILER)
		media_warn(g->info, got < 10 ? FAIL_TRUNCATED : FAIL_FORMAT, "bytes that are no block of a GIF");
	return 0;
}

/* What the walk did not come to. */
static int
find_in_tail(struct gif *g)
{
	static const char mark[] = "\x21\xff\x0bXMP DataXMP";
	uint64_t size = src_size(g->src), start = size > TAIL ? size - TAIL : 0;
	const uint8_t *p, *found;
	size_t got;

	if (start < g->at)
		start = g->at;
	if ((p = src_some(g->src, start, TAIL, &got, g->why)) == NULL)
		return stop(g);
	if (got == 0 || (found = memmem(p, got, mark, sizeof mark - 1)) == NULL) {
		if (!g->has_xmp && start > g->at)
			media_warn(g->info, FAIL_LIMIT,
			    "of the GIF's blocks those behind byte %" PRIu64 " were not looked at", g->at);
		return 0;
	}
	g->at = start + (uint64_t)(found - p) + sizeof mark - 1;
	g->passed = 0;
	return read_xmp(g) == -1 ? -1 : 0;
}

/* The logical screen. */
static int
read_screen(struct gif *g)
{
	const uint8_t *p;

	if ((p = src_at(g->src, 0, 13, g->why)) == NULL)
		return stop(g);
	if (src_le16(p + 6) > 0)
		media_set_number(g->info, MEDIA_WIDTH, src_le16(p + 6));
	if (src_le16(p + 8) > 0)
		media_set_number(g->info, MEDIA_HEIGHT, src_le16(p + 8));
	tags_text(&(struct reader){.work = g->work, .info = g->info}, "GIF", (struct slice){"GIFVersion", 10},
	    (const char *)p + 3, 3);
	tags_number(&(struct reader){.work = g->work, .info = g->info}, "GIF", (struct slice){"ImageWidth", 10},
	    src_le16(p + 6));
	tags_number(&(struct reader){.work = g->work, .info = g->info}, "GIF", (struct slice){"ImageHeight", 11},
	    src_le16(p + 8));
	g->at = 13 + colours_size(p[10]);
	return 1;
}

static int
read_gif(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct gif g = {.src = src, .work = work, .info = info, .why = why};
	int rc = read_screen(&g);
	unsigned n;

	for (n = 0; rc == 1 && n < BLOCKS_MAX && g.passed <= DATA_MAX; n++)
		rc = read_one(&g);
	if (rc == 1)
		rc = find_in_tail(&g);
	return rc == -1 ? -1 : 0;
}

const struct format_reader format_gif = {bid, read_gif};
