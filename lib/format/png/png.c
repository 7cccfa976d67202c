/*
 * A PNG is a chain of chunks, and metadata may stand before and behind the image data.  Image data is often cut into
 * thousands of chunks of one size, so the walk leaps over a run of them in steps that double as long as the header of
 * such a chunk is found where the step ends.  Where the sizes differ it gives up after some steps, looks for the last
 * chunk of image data in the end of the file, and goes on there.  Checksums are not looked at.
 *
 * MNG and JNG are chains of the same kind; so is Apple's variant of PNG, which has a chunk more.
 *
 * Source: PNG Specification, third edition, 5 and 11; MNG 1.0, 4; JNG 1.0.
 */
#include "format/png/png.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "format/format.h"
#include "media/media.h"

#define CHUNKS_MAX 65536
#define CHUNK_MAX 0x7fffffff
#define STEPS_MAX 40        /* places that are read to get past image data */
#define WINDOW 4096         /* headers as near as this come with one read */
#define TAIL (64u << 10)    /* of the file, in which the last image data is looked for */
#define LEAP_MAX (1u << 16) /* chunks */

static const char signature_png[] = "\x89PNG\r\n\x1a\n";

struct walk {
	struct png png;
	uint64_t next; /* the next chunk */
	uint64_t seen; /* the farthest header of image data that was read */
	unsigned steps;
	char data_type[5]; /* of the chunk before, where that was image data */
	uint64_t data_len;
	bool in_tail, is_mng;
};

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < 8 || memcmp(head + 4, signature_png + 4, 4) != 0)
		return NULL;
	if (memcmp(head, signature_png, 4) == 0) {
		return "png";
	}
	if (memcmp(head, "\x8aMNG", 4) != 0 && memcmp(head, "\x8bJNG", 4) != 0)
		return NULL;
	return "mng";
}

int
png_stop(struct png *p, const char *what)
{
	if (!src_is_damage(p->why) && p->why->code != FAIL_FORMAT)
		return -1;
	media_warn(p->info, p->why->code, "%s: %s", what, p->why->message);
	return 0;
}

static bool
is(const struct png_chunk *c, const char *type)
{
	return strcmp(c->type, type) == 0;
}

static bool
is_data(const struct png_chunk *c)
{
	return is(c, "IDAT") || is(c, "fdAT") || is(c, "fcTL") || is(c, "JDAT") || is(c, "JDAA");
}

/* Reads the header at `at`.  1, 0 where the file ends before, -1. */
static int
read_header(struct png *p, uint64_t at, struct png_chunk *c)
{
	uint64_t size = src_size(p->src);
	const uint8_t *head;
	size_t got;

	if ((head = src_some(p->src, at, 8, &got, p->why)) == NULL)
		return png_stop(p, "PNG chunks");
	if (got < 8) {
		media_warn(p->info, FAIL_TRUNCATED, "the PNG ends without its last chunk");
		return 0;
	}
	memcpy(c->type, head + 4, 4);
	c->type[4] = '\0';
	c->at = at + 8;
	c->len = src_be32(head);
	if (c->len > CHUNK_MAX) {
		media_warn(p->info, FAIL_FORMAT, "a PNG chunk of impossible length at %" PRIu64, at);
		return 0;
	}
	c->cut = c->len > size - c->at;
	if (c->cut)
		c->len = size - c->at;
	return 1;
}

/* Counts a header of image data that is too far from the last one to come with it. */
static void
count_step(struct walk *w, uint64_t at)
{
	if (at + 8 <= SRC_HEAD_SIZE || (at >= w->seen && at + 8 <= w->seen + WINDOW))
		return;
	w->seen = at;
	w->steps++;
}

/* Whether the n-th chunk from `at` is like the one there.  1, 0, -1. */
static int
is_alike(struct walk *w, uint64_t at, uint64_t n)
{
	uint64_t there = at + n * (w->data_len + 12);
	const uint8_t *head;
	size_t got;

	count_step(w, there);
	if ((head = src_some(w->png.src, there, 8, &got, w->png.why)) == NULL)
		return w->png.why->code == FAIL_LIMIT ? 0 : -1;
	return got == 8 && src_be32(head) == w->data_len && memcmp(head + 4, w->data_type, 4) == 0;
}

/* From the second of two chunks alike to the last of their run. */
static int
leap(struct walk *w, uint64_t *at)
{
	uint64_t n;
	int rc;

	for (n = 1; n < LEAP_MAX && (rc = is_alike(w, *at, n)) != 0; n *= 2) {
		if (rc == -1)
			return -1;
		*at += n * (w->data_len + 12);
	}
	for (n /= 2; n > 0; n /= 2) {
		if ((rc = is_alike(w, *at, n)) == -1)
			return -1;
		if (rc == 1)
			*at += n * (w->data_len + 12);
	}
	return 0;
}

/* Finds the last chunk of image data in the end of the file.  1, 0 where there is none, -1. */
static int
find_in_tail(struct walk *w, uint64_t from)
{
	uint64_t size = src_size(w->png.src), start = size > TAIL ? size - TAIL : 0;
	const uint8_t *p;
	size_t got, i;

	w->in_tail = true;
	w->steps = 0;
	if (start < from)
		start = from;
	if ((p = src_some(w->png.src, start, TAIL, &got, w->png.why)) == NULL)
		return png_stop(&w->png, "PNG chunks");
	for (i = got; i-- > 8;) {
		if (i + 4 > got || (memcmp(p + i, "IDAT", 4) != 0 && memcmp(p + i, "fdAT", 4) != 0))
			continue;
		if (src_be32(p + i - 4) <= size - (start + i)) {
			w->next = start + i - 4;
			w->data_type[0] = '\0';
			return 1;
		}
	}
	return 0;
}

/* Passes over image data that begins with this chunk.  1 to go on, 0, -1. */
static int
pass_data(struct walk *w, const struct png_chunk *c)
{
	uint64_t at = c->at - 8;
	bool repeated = strcmp(c->type, w->data_type) == 0 && c->len == w->data_len;
	int rc = 0;

	count_step(w, at);
	memcpy(w->data_type, c->type, sizeof w->data_type);
	w->data_len = c->len;
	if (repeated && !c->cut) {
		if (leap(w, &at) == -1)
			return -1;
		w->next = at + c->len + 12;
		w->data_type[0] = '\0';
	}
	if (w->steps <= STEPS_MAX)
		return 1;
	if (!w->in_tail && (rc = find_in_tail(w, w->next)) != 0)
		return rc;
	media_warn(w->png.info, FAIL_LIMIT, "what may stand behind the PNG's image data was not looked for");
	return 0;
}

/* IHDR, MHDR and JHDR all begin with width and height. */
static int
read_size(struct png *p, const struct png_chunk *c)
{
	const uint8_t *bytes;
	size_t got;

	if ((bytes = src_some(p->src, c->at, c->len < 8 ? (size_t)c->len : 8, &got, p->why)) == NULL)
		return png_stop(p, "PNG header");
	if (got >= 4 && src_be32(bytes) > 0 && src_be32(bytes) <= CHUNK_MAX)
		media_set_number(p->info, MEDIA_WIDTH, src_be32(bytes));
	if (got >= 8 && src_be32(bytes + 4) > 0 && src_be32(bytes + 4) <= CHUNK_MAX)
		media_set_number(p->info, MEDIA_HEIGHT, src_be32(bytes + 4));
	return 0;
}

static int
read_chunk(struct png *p, const struct png_chunk *c)
{
	if (p->info->tags != NULL && png_tags(p, c) == -1)
		return -1;
	if (is(c, "IHDR") || is(c, "MHDR") || is(c, "JHDR"))
		return read_size(p, c);
	if (strcasecmp(c->type, "eXIf") == 0 || strcasecmp(c->type, "zXIf") == 0)
		return png_exif(p, c);
	if (is(c, "tEXt") || is(c, "zTXt") || is(c, "iTXt"))
		return png_text(p, c);
	if (is(c, "acTL"))
		p->info->mime = "image/apng";
	return 0;
}

/* Reads the chunk at w->next.  1 where more may follow, 0 at the end, -1. */
static int
step(struct walk *w)
{
	struct png *p = &w->png;
	struct png_chunk c;
	int rc;

	if ((rc = read_header(p, w->next, &c)) != 1)
		return rc;
	if (w->next == 8 && !is(&c, "IHDR") && !is(&c, "MHDR") && !is(&c, "JHDR") && !is(&c, "CgBI"))
		media_warn(p->info, FAIL_FORMAT, "a PNG that does not begin with its header");
	w->is_mng |= is(&c, "MHDR");
	w->next = c.at + c.len + 4;
	if (is_data(&c))
		rc = pass_data(w, &c);
	else if (read_chunk(p, &c) == -1)
		return -1;
	else
		w->data_type[0] = '\0';
	if (c.cut && rc == 1) {
		media_warn(p->info, FAIL_TRUNCATED, "the PNG ends in a chunk at %" PRIu64, c.at - 8);
		return 0;
	}
	return is(&c, w->is_mng ? "MEND" : "IEND") ? 0 : rc;
}

/* What counts only where nothing better was found. */
static void
settle(struct png *p)
{
	if (p->created.precision != WHEN_NONE)
		media_set_date(p->info, MEDIA_DATE_PNG_CREATION, &p->created, media_basis_of(&p->created));
	media_set_text(p->info, MEDIA_DESCRIPTION, buf_cstr(&p->comment), p->comment.len);
	p->info->text.failed |= p->comment.failed;
	buf_fini(&p->comment);
}

static int
read_png(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct walk w = {.png = {.src = src, .work = work, .info = info, .why = why}, .next = 8};
	unsigned n;
	int rc = 1;

	for (n = 0; rc == 1 && n < CHUNKS_MAX; n++)
		rc = step(&w);
	if (rc == 1)
		media_warn(info, FAIL_LIMIT, "more than %d PNG chunks", CHUNKS_MAX);
	settle(&w.png);
	return rc == -1 ? -1 : 0;
}

const struct format_reader format_png = {bid, read_png};
