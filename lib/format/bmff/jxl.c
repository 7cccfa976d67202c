/*
 * JPEG XL is a codestream, alone or in boxes beside its metadata, which may be compressed with brotli.  Of the
 * codestream the first bits are read: size and orientation.
 *
 * Source: ISO/IEC 18181-1, D (headers); ISO/IEC 18181-2, 9 (boxes).
 */
#include <brotli/decode.h>
#include <stdlib.h>
#include <string.h>

#include "format/bmff/box.h"
#include "format/bmff/heif.h"
#include "format/format.h"
#include "meta/xmp/xmp.h"

enum {
	HEADER_MAX = 32,        /* bytes of a codestream that hold what is read of it */
	METADATA_MAX = 1 << 20, /* compressed, and again decompressed */
	COMPRESSED_MAX = 8      /* boxes of a kind that are decompressed: few bytes make many */
};

#define JXLC BOX_TYPE('j', 'x', 'l', 'c')
#define JXLP BOX_TYPE('j', 'x', 'l', 'p')
#define EXIF BOX_TYPE('E', 'x', 'i', 'f')
#define XML_ BOX_TYPE('x', 'm', 'l', ' ')
#define BROB BOX_TYPE('b', 'r', 'o', 'b')

static const char signature[] = "\0\0\0\x0cJXL \r\n\x87\n";

static bool
is_boxed(const uint8_t *head, size_t len)
{
	return len >= sizeof signature - 1 && memcmp(head, signature, sizeof signature - 1) == 0;
}

static const char *
bid(const uint8_t *head, size_t len)
{
	return is_boxed(head, len) || (len >= 2 && head[0] == 0xff && head[1] == 0x0a) ? "jxl" : NULL;
}

/* Bits, the lowest of each byte first. */
struct bits {
	const uint8_t *p;
	size_t len, at; /* in bits */
	bool ended;
};

static uint32_t
get(struct bits *b, unsigned n)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < n; i++, b->at++) {
		if (b->at >= b->len)
			b->ended = true;
		else
			v |= (uint32_t)(b->p[b->at / 8] >> (b->at % 8) & 1) << i;
	}
	return v;
}

static uint32_t
get_dimension(struct bits *b, bool small)
{
	static const unsigned sizes[] = {9, 13, 18, 30};

	return small ? 8 * (get(b, 5) + 1) : get(b, sizes[get(b, 2)]) + 1;
}

static uint32_t
get_width(struct bits *b, bool small, uint32_t height)
{
	static const uint8_t ratios[][2] = {{1, 1}, {12, 10}, {4, 3}, {3, 2}, {16, 9}, {5, 4}, {2, 1}};
	uint32_t ratio = get(b, 3);

	if (ratio == 0)
		return get_dimension(b, small);
	return (uint32_t)((uint64_t)height * ratios[ratio - 1][0] / ratios[ratio - 1][1]);
}

/* The codestream's first bytes. */
static void
read_header(struct reader *r, const uint8_t *p, size_t len)
{
	struct bits b = {.p = p, .len = 8 * len, .at = 16};
	uint32_t width, height, orientation = 1;
	bool small;

	if (len < 2 || p[0] != 0xff || p[1] != 0x0a) {
		media_warn(r->info, FAIL_FORMAT, "the codestream does not begin as JPEG XL does");
		return;
	}
	small = get(&b, 1);
	height = get_dimension(&b, small);
	width = get_width(&b, small, height);
	if (b.ended) {
		media_warn(r->info, FAIL_TRUNCATED, "the codestream ends within its header");
		return;
	}
	reader_set_size(r, width, height);
	if (get(&b, 1) == 0 && get(&b, 1) == 1) /* not all is as usual */
		orientation = get(&b, 3) + 1;
	if (!b.ended && orientation != 1)
		media_set_number(r->info, MEDIA_ORIENTATION, orientation);
}

struct jxl {
	struct boxes boxes;
	bool seen_header;
	unsigned decompressed[2]; /* of XMP, of Exif */
};

static void
read_codestream(struct jxl *x, const struct box *b)
{
	uint64_t skip = b->type == JXLP ? 4 : 0, left;
	const uint8_t *p;

	if (x->seen_header || b->end - b->body < skip)
		return;
	left = b->end - b->body - skip;
	x->seen_header = true;
	if ((p = box_bytes(&x->boxes, b, skip, left < HEADER_MAX ? (size_t)left : HEADER_MAX)) != NULL)
		read_header(x->boxes.r, p, left < HEADER_MAX ? (size_t)left : HEADER_MAX);
}

static void
read_metadata(struct reader *r, uint32_t type, uint64_t at, uint64_t len)
{
	if (type == EXIF)
		heif_exif(r, at, len);
	else if (type == XML_)
		xmp_read(r, at, len);
}

/* Decompresses into a buffer of METADATA_MAX; returns how much there is, with a warning where that is not all. */
static size_t
decompress(struct reader *r, const uint8_t *p, size_t len, uint8_t *out)
{
	BrotliDecoderState *s = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	size_t room = METADATA_MAX, total = 0;
	BrotliDecoderResult result;

	if (s == NULL) {
		reader_nomem(r);
		return 0;
	}
	result = BrotliDecoderDecompressStream(s, &len, &p, &room, &out, &total);
	BrotliDecoderDestroyInstance(s);
	if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
		media_warn(r->info, FAIL_TRUNCATED, "the compressed metadata is cut short");
	else if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT)
		media_warn(
		    r->info, FAIL_LIMIT, "only the first %d bytes of the compressed metadata were read", METADATA_MAX);
	else if (result == BROTLI_DECODER_RESULT_ERROR)
		media_warn(r->info, FAIL_FORMAT, "the compressed metadata cannot be decompressed");
	return result == BROTLI_DECODER_RESULT_ERROR ? 0 : METADATA_MAX - room;
}

/* What a box holds that is one of `type`, compressed. */
static void
read_decompressed(struct reader *r, uint32_t type, const uint8_t *p, size_t len)
{
	uint8_t *out = malloc(METADATA_MAX);
	struct src *outer;
	size_t got;

	if (out == NULL) {
		reader_nomem(r);
		return;
	}
	got = decompress(r, p, len, out);
	if (got > 0 && (outer = reader_enter(r, out, got)) != NULL) {
		read_metadata(r, type, 0, got);
		reader_leave(r, outer);
	}
	free(out);
}

static void
read_compressed(struct jxl *x, const struct box *b)
{
	uint64_t len = b->end - b->body;
	struct reader *r = x->boxes.r;
	const uint8_t *p;
	uint32_t type;

	if (len > METADATA_MAX) {
		media_warn(r->info, FAIL_LIMIT, "skipped compressed metadata of over %d bytes", METADATA_MAX);
		return;
	}
	if (len < 4 || (p = box_bytes(&x->boxes, b, 0, (size_t)len)) == NULL)
		return;
	type = src_be32(p);
	if (type != EXIF && type != XML_)
		return;
	if (x->decompressed[type == EXIF]++ < COMPRESSED_MAX)
		read_decompressed(r, type, p + 4, (size_t)len - 4);
	else
		media_warn(
		    r->info, FAIL_LIMIT, "only the first %d boxes of compressed metadata were read", COMPRESSED_MAX);
}

static void
read_boxes(struct reader *r)
{
	struct jxl x = {0};
	struct box b;

	box_begin(&x.boxes, r, 0, reader_size(r));
	while (box_next(&x.boxes, &b) == BOX_FOUND) {
		if (b.type == JXLC || b.type == JXLP)
			read_codestream(&x, &b);
		else if (b.type == BROB)
			read_compressed(&x, &b);
		else
			read_metadata(r, b.type, b.body, b.end - b.body);
	}
	if (!x.seen_header && !r->failed)
		media_warn(r->info, FAIL_FORMAT, "there is no picture in the file");
}

static void
read_jxl(struct reader *r)
{
	size_t len;
	const uint8_t *p;

	if ((p = reader_some(r, 0, HEADER_MAX, &len)) != NULL && is_boxed(p, len))
		read_boxes(r);
	else if (p != NULL)
		read_header(r, p, len);
}

const struct format_reader format_jxl = {bid, read_jxl};
