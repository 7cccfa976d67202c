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
	struct reader *r;
	uint64_t at, passed; /* passed: bytes of image data */
	bool has_xmp;
};

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < 6 || (memcmp(head, "GIF87a", 6) != 0 && memcmp(head, "GIF89a", 6) != 0))
		return NULL;
	return "gif";
}

/*
 * Passes over pieces, from the first length to behind the last, which is 0; adds them to `to` unless it is NULL.  False
 * where the file ends before.
 */
static bool
pass_pieces(struct gif *g, struct buf *to)
{
	const uint8_t *p;
	size_t got, i, ask;

	for (ask = LOOK;; ask = PIECE) {
		if ((p = reader_some(g->r, g->at, ask, &got)) == NULL)
			return false;
		for (i = 0; i < got && p[i] != 0 && i + p[i] < got; i += p[i] + 1u)
			if (to != NULL && to->len < COMMENT_MAX)
				buf_add(to, p + i + 1, p[i]);
		g->at += i;
		g->passed += i;
		if (i < got && p[i] == 0) {
			g->at++;
			return true;
		}
		if (g->passed > DATA_MAX)
			return true;
		if (i == 0) {
			media_warn(g->r->info, FAIL_TRUNCATED, "the GIF ends within its data");
			return false;
		}
	}
}

/* Reads the packet at g->at; false where the file ends in it. */
static bool
read_xmp(struct gif *g)
{
	uint64_t from = g->at, passed = g->passed;
	const uint8_t *p;

	g->passed = 0;
	g->has_xmp = true;
	if (!pass_pieces(g, NULL))
		return false;
	g->passed = passed;
	if (g->at >= from + MAGIC && (p = reader_try(g->r, g->at - MAGIC, 3)) != NULL &&
	    memcmp(p, "\x01\xff\xfe", 3) == 0)
		xmp_read(g->r, from, g->at - MAGIC - from);
	else
		media_warn(g->r->info, FAIL_FORMAT, "XMP in the GIF is not read: its end is not marked");
	return true;
}

static bool
read_comment(struct gif *g)
{
	struct buf comment = {0};
	bool more = pass_pieces(g, g->r->info->tags != NULL ? &comment : NULL);

	if (comment.failed)
		reader_nomem(g->r);
	else
		tags_text(g->r, "GIF", (struct slice){"Comment", 7}, buf_cstr(&comment), comment.len);
	buf_fini(&comment);
	return more;
}

/* g->at is behind the label. */
static bool
read_extension(struct gif *g, uint8_t label)
{
	static const char xmp[] = "\x0bXMP DataXMP";
	const uint8_t *p;
	size_t got;

	if (label == COMMENT)
		return read_comment(g);
	if (label == APPLICATION) {
		if ((p = reader_some(g->r, g->at, 12, &got)) == NULL)
			return false;
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

/* The block at g->at.  False where none is behind it. */
static bool
read_one(struct gif *g)
{
	const uint8_t *p;
	size_t got;

	if ((p = reader_some(g->r, g->at, 10, &got)) == NULL)
		return false;
	if (got >= 2 && p[0] == EXTENSION) {
		g->at += 2;
		return read_extension(g, p[1]);
	}
	if (got == 10 && p[0] == IMAGE) {
		g->at += 10 + colours_size(p[9]) + 1; /* the last is the size of the codes */
		return pass_pieces(g, NULL);
	}
	if (got == 0)
		media_warn(g->r->info, FAIL_TRUNCATED, "the GIF ends without its trailer");
	else if (p[0] != TRAILER)
		media_warn(g->r->info, got < 10 ? FAIL_TRUNCATED : FAIL_FORMAT,
		    "an unknown block in the GIF at byte %" PRIu64, g->at);
	return false;
}

/* What the walk did not come to. */
static void
find_in_tail(struct gif *g)
{
	static const char mark[] = "\x21\xff\x0bXMP DataXMP";
	uint64_t size = reader_size(g->r), start = size > TAIL ? size - TAIL : 0;
	const uint8_t *p, *found;
	size_t got;

	if (start < g->at)
		start = g->at;
	if ((p = reader_some(g->r, start, TAIL, &got)) == NULL)
		return;
	if (got > 0 && (found = memmem(p, got, mark, sizeof mark - 1)) != NULL) {
		g->at = start + (uint64_t)(found - p) + sizeof mark - 1;
		read_xmp(g);
	} else if (!g->has_xmp && start > g->at) {
		media_warn(g->r->info, FAIL_LIMIT,
		    "the GIF is long: of what is behind byte %" PRIu64 " only the end was searched for XMP", g->at);
	}
}

/* The logical screen. */
static bool
read_screen(struct gif *g)
{
	const uint8_t *p = reader_at(g->r, 0, 13);

	if (p == NULL)
		return false;
	reader_set_size(g->r, src_le16(p + 6), src_le16(p + 8));
	tags_text(g->r, "GIF", (struct slice){"GIFVersion", 10}, (const char *)p + 3, 3);
	tags_number(g->r, "GIF", (struct slice){"ImageWidth", 10}, src_le16(p + 6));
	tags_number(g->r, "GIF", (struct slice){"ImageHeight", 11}, src_le16(p + 8));
	g->at = 13 + colours_size(p[10]);
	return true;
}

static void
read_gif(struct reader *r)
{
	struct gif g = {.r = r};
	bool more = read_screen(&g);

	for (unsigned n = 0; more && n < BLOCKS_MAX && g.passed <= DATA_MAX; n++)
		more = read_one(&g);
	if (more)
		find_in_tail(&g);
}

const struct format_reader format_gif = {bid, read_gif};
