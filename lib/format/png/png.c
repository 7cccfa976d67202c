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
	if (memcmp(head, signature_png, 4) == 0)
		return "png";
	if (memcmp(head, "\x8aMNG", 4) != 0 && memcmp(head, "\x8bJNG", 4) != 0)
		return NULL;
	return "mng";
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

/* Reads the header at `at`; false where there is none. */
static bool
read_header(struct reader *r, uint64_t at, struct png_chunk *c)
{
	uint64_t size = reader_size(r);
	const uint8_t *head;
	size_t got;

	if ((head = reader_some(r, at, 8, &got)) == NULL)
		return false;
	if (got < 8) {
		media_warn(r->info, FAIL_TRUNCATED, "the PNG ends without its last chunk");
		return false;
	}
	memcpy(c->type, head + 4, 4);
	c->type[4] = '\0';
	c->at = at + 8;
	c->len = src_be32(head);
	if (c->len > CHUNK_MAX) {
		media_warn(r->info, FAIL_FORMAT, "the length of the PNG chunk at byte %" PRIu64 " is impossible", at);
		return false;
	}
	c->cut = c->len > size - c->at;
	if (c->cut)
		c->len = size - c->at;
	return true;
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

/* Whether the n-th chunk from `at` is like the one there. */
static bool
is_alike(struct walk *w, uint64_t at, uint64_t n)
{
	uint64_t there = at + n * (w->data_len + 12);
	const uint8_t *head;

	count_step(w, there);
	head = reader_try(w->png.r, there, 8);
	return head != NULL && src_be32(head) == w->data_len && memcmp(head + 4, w->data_type, 4) == 0;
}

/* From the second of two chunks alike to the last of their run. */
static uint64_t
leap(struct walk *w, uint64_t at)
{
	uint64_t n;

	for (n = 1; n < LEAP_MAX && is_alike(w, at, n); n *= 2)
		at += n * (w->data_len + 12);
	for (n /= 2; n > 0; n /= 2) {
		if (is_alike(w, at, n))
			at += n * (w->data_len + 12);
	}
	return at;
}

/* Finds the last chunk of image data in the end of the file. */
static bool
find_in_tail(struct walk *w, uint64_t from)
{
	uint64_t size = reader_size(w->png.r), start = size > TAIL ? size - TAIL : 0;
	const uint8_t *p;
	size_t got, i;

	w->in_tail = true;
	w->steps = 0;
	if (start < from)
		start = from;
	if ((p = reader_some(w->png.r, start, TAIL, &got)) == NULL)
		return false;
	for (i = got; i-- > 8;) {
		if (i + 4 > got || (memcmp(p + i, "IDAT", 4) != 0 && memcmp(p + i, "fdAT", 4) != 0))
			continue;
		if (src_be32(p + i - 4) <= size - (start + i)) {
			w->next = start + i - 4;
			w->data_type[0] = '\0';
			return true;
		}
	}
	return false;
}

/* Passes over image data that begins with this chunk; false to go no further. */
static bool
pass_data(struct walk *w, const struct png_chunk *c)
{
	bool repeated = strcmp(c->type, w->data_type) == 0 && c->len == w->data_len;

	count_step(w, c->at - 8);
	memcpy(w->data_type, c->type, sizeof w->data_type);
	w->data_len = c->len;
	if (repeated && !c->cut) {
		w->next = leap(w, c->at - 8) + c->len + 12;
		w->data_type[0] = '\0';
	}
	if (w->steps <= STEPS_MAX || (!w->in_tail && find_in_tail(w, w->next)))
		return true;
	media_warn(w->png.r->info, FAIL_LIMIT, "metadata behind the PNG's image data was not looked for");
	return false;
}

/* IHDR, MHDR and JHDR all begin with width and height. */
static void
read_size(struct reader *r, const struct png_chunk *c)
{
	size_t got;
	const uint8_t *bytes = reader_some(r, c->at, c->len < 8 ? (size_t)c->len : 8, &got);
	double size[2] = {0, 0};

	if (bytes == NULL)
		return;
	for (size_t i = 0; i < 2 && got >= 4 * (i + 1); i++)
		size[i] = src_be32(bytes + 4 * i) <= CHUNK_MAX ? src_be32(bytes + 4 * i) : 0;
	reader_set_size(r, size[0], size[1]);
}

static void
read_chunk(struct png *p, const struct png_chunk *c)
{
	if (p->r->info->tags != NULL)
		png_tags(p, c);
	if (is(c, "IHDR") || is(c, "MHDR") || is(c, "JHDR"))
		read_size(p->r, c);
	else if (strcasecmp(c->type, "eXIf") == 0 || strcasecmp(c->type, "zXIf") == 0)
		png_exif(p, c);
	else if (is(c, "tEXt") || is(c, "zTXt") || is(c, "iTXt"))
		png_text(p, c);
	else if (is(c, "acTL"))
		p->r->info->mime = "image/apng";
}

/* Reads the chunk at w->next; false where it is the last. */
static bool
step(struct walk *w)
{
	struct media_info *info = w->png.r->info;
	struct png_chunk c;
	bool more = true;

	if (!read_header(w->png.r, w->next, &c))
		return false;
	if (w->next == 8 && !is(&c, "IHDR") && !is(&c, "MHDR") && !is(&c, "JHDR") && !is(&c, "CgBI"))
		media_warn(info, FAIL_FORMAT, "the PNG does not begin with its header");
	w->is_mng |= is(&c, "MHDR");
	w->next = c.at + c.len + 4;
	if (is_data(&c)) {
		more = pass_data(w, &c);
	} else {
		read_chunk(&w->png, &c);
		w->data_type[0] = '\0';
	}
	if (c.cut && more)
		media_warn(info, FAIL_TRUNCATED, "the PNG ends in the chunk at byte %" PRIu64, c.at - 8);
	return more && !c.cut && !is(&c, w->is_mng ? "MEND" : "IEND");
}

/* What counts only where nothing better was found. */
static void
set_second_choices(struct png *p)
{
	struct media_info *info = p->r->info;

	if (p->created.precision != WHEN_NONE)
		media_set_date(info, MEDIA_DATE_PNG_CREATION, &p->created, media_basis_of(&p->created));
	media_set_text(info, MEDIA_DESCRIPTION, buf_cstr(&p->comment), p->comment.len);
	info->text.failed |= p->comment.failed;
	buf_fini(&p->comment);
}

static void
read_png(struct reader *r)
{
	struct walk w = {.png = {.r = r}, .next = 8};
	bool more = true;

	for (unsigned n = 0; more && n < CHUNKS_MAX; n++)
		more = step(&w);
	if (more)
		media_warn(r->info, FAIL_LIMIT, "more than %d PNG chunks", CHUNKS_MAX);
	set_second_choices(&w.png);
}

const struct format_reader format_png = {bid, read_png};
