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
#include "meta/reader.h"
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
	if (!is_boxed(head, len) && (len < 2 || head[0] != 0xff || head[1] != 0x0a))
		return NULL;
	return "jxl";
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
read_header(struct media_info *info, const uint8_t *p, size_t len)
{
	struct bits b = {.p = p, .len = 8 * len, .at = 16};
	uint32_t width, height, orientation = 1;
	bool small;

	if (len < 2 || p[0] != 0xff || p[1] != 0x0a) {
		media_warn(info, FAIL_FORMAT, "a codestream without its signature");
		return;
	}
	small = get(&b, 1);
	height = get_dimension(&b, small);
	width = get_width(&b, small, height);
	if (b.ended) {
		media_warn(info, FAIL_TRUNCATED, "the codestream ends within its header");
		return;
	}
	media_set_number(info, MEDIA_WIDTH, width);
	media_set_number(info, MEDIA_HEIGHT, height);
	if (get(&b, 1) == 0 && get(&b, 1) == 1) /* not all is as usual */
		orientation = get(&b, 3) + 1;
	if (!b.ended && orientation != 1)
		media_set_number(info, MEDIA_ORIENTATION, orientation);
}

struct jxl {
	struct boxes boxes;
	struct work *work;
	bool seen_header;
	unsigned decompressed[2]; /* of XMP, of Exif */
};

static void
take_codestream(struct jxl *x, const struct box *b)
{
	uint64_t skip = b->type == JXLP ? 4 : 0, left;
	const uint8_t *p;

	if (x->seen_header || b->end - b->body < skip)
		return;
	left = b->end - b->body - skip;
	x->seen_header = true;
	if ((p = box_bytes(&x->boxes, b, skip, left < HEADER_MAX ? (size_t)left : HEADER_MAX)) != NULL)
		read_header(x->boxes.info, p, left < HEADER_MAX ? (size_t)left : HEADER_MAX);
}

static void
take_metadata(struct jxl *x, uint32_t type, struct src *src, uint64_t at, uint64_t len)
{
	struct boxes *w = &x->boxes;

	if ((type == EXIF && heif_exif(src, at, len, x->work, w->info, w->why) == -1) ||
	    (type == XML_ &&
		xmp_read(&(struct reader){.src = src, .work = x->work, .info = w->info, .why = w->why}, at, len) == -1))
		box_fail(w);
}

/* Decompresses into a buffer of METADATA_MAX; returns how much there is, with a warning where that is not all. */
static size_t
decompress(struct media_info *info, const uint8_t *p, size_t len, uint8_t *out)
{
	BrotliDecoderState *s = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	size_t room = METADATA_MAX, total = 0;
	BrotliDecoderResult result;

	if (s == NULL) {
		info->text.failed = true;
		return 0;
	}
	result = BrotliDecoderDecompressStream(s, &len, &p, &room, &out, &total);
	BrotliDecoderDestroyInstance(s);
	if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
		media_warn(info, FAIL_TRUNCATED, "compressed metadata ends too early");
	else if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT)
		media_warn(info, FAIL_LIMIT, "of compressed metadata the first %d bytes were read", METADATA_MAX);
	else if (result == BROTLI_DECODER_RESULT_ERROR)
		media_warn(info, FAIL_FORMAT, "compressed metadata that cannot be decompressed");
	return result == BROTLI_DECODER_RESULT_ERROR ? 0 : METADATA_MAX - room;
}

static void
take_compressed(struct jxl *x, const struct box *b)
{
	uint64_t len = b->end - b->body;
	struct boxes *w = &x->boxes;
	const uint8_t *p;
	struct src *src;
	uint32_t type;
	uint8_t *out;
	size_t got;

	if (len > METADATA_MAX) {
		media_warn(w->info, FAIL_LIMIT, "compressed metadata of over %d bytes was passed over", METADATA_MAX);
		return;
	}
	if (len < 4 || (p = box_bytes(w, b, 0, (size_t)len)) == NULL)
		return;
	type = src_be32(p);
	if (type != EXIF && type != XML_)
		return;
	if (x->decompressed[type == EXIF] == COMPRESSED_MAX) {
		media_warn(w->info, FAIL_LIMIT, "more than %d boxes of compressed metadata", COMPRESSED_MAX);
		return;
	}
	x->decompressed[type == EXIF]++;
	if ((out = malloc(METADATA_MAX)) == NULL) {
		w->info->text.failed = true;
		return;
	}
	got = decompress(w->info, p + 4, (size_t)len - 4, out);
	if (got > 0 && (src = work_open(x->work, out, got)) != NULL) {
		take_metadata(x, type, src, 0, got);
		work_close(x->work);
	} else if (got > 0) {
		w->info->text.failed |= work_lacks_memory(x->work);
	}
	free(out);
}

static void
take(struct jxl *x, const struct box *b)
{
	if (b->type == JXLC || b->type == JXLP)
		take_codestream(x, b);
	else if (b->type == BROB)
		take_compressed(x, b);
	else
		take_metadata(x, b->type, x->boxes.src, b->body, b->end - b->body);
}

static int
read_boxes(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct jxl x = {.work = work};
	struct box b;

	box_begin(&x.boxes, src, info, why, 0, src_size(src));
	while (box_next(&x.boxes, &b) == BOX_FOUND)
		take(&x, &b);
	if (!x.seen_header && !x.boxes.failed)
		media_warn(info, FAIL_FORMAT, "a JPEG XL file without a picture");
	return x.boxes.failed ? -1 : 0;
}

static int
read_jxl(struct reader *r)
{
	struct src *src = r->src;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	size_t len;
	const uint8_t *p = src_some(src, 0, HEADER_MAX, &len, why);

	if (p == NULL)
		return -1;
	if (is_boxed(p, len))
		return read_boxes(r);
	read_header(info, p, len);
	return 0;
}

const struct format_reader format_jxl = {bid, read_jxl};
