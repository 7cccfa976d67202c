/*
 * JPEG 2000: boxes, of which one tells the size and others hold metadata, or a bare codestream.
 *
 * Source: ISO/IEC 15444-1, A.5.1 (SIZ), I (boxes); what uuid boxes mean: exiv2's and exiftool's documentation.
 */
#include <string.h>

#include "format/bmff/box.h"
#include "format/format.h"
#include "meta/exif/block.h"
#include "meta/iptc.h"
#include "meta/xmp/xmp.h"

enum { UUID_LEN = 16, SIZ_LEN = 24, TAIL = 4096 };

#define JP2H BOX_TYPE('j', 'p', '2', 'h')
#define IHDR BOX_TYPE('i', 'h', 'd', 'r')
#define JP2C BOX_TYPE('j', 'p', '2', 'c')

#define UUID_EXIF "JpgTiffExif->JP2"
#define UUID_EXIF2 "\x05\x37\xcd\xab\x9d\x0c\x44\x31\xa7\x2a\xfa\x56\x1f\x2a\x11\x3e"
#define UUID_XMP "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac"
#define UUID_IPTC "\x33\xc7\xa4\xd2\xb8\x1d\x47\x23\xa0\xba\xf1\xa3\xe0\x97\xad\x38"

static const char signature[] = "\0\0\0\x0cjP  \r\n\x87\n", codestream[] = "\xff\x4f\xff\x51";

struct jp2 {
	struct boxes boxes;
	struct work *work;
	bool seen_size;
};

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len >= 12 && memcmp(head, signature, 12) == 0) {
		return "jp2";
	}
	if (len < 4 || memcmp(head, codestream, 4) != 0)
		return NULL;
	return "j2c";
}

static void
set_size(struct media_info *info, uint32_t width, uint32_t height)
{
	if (width == 0 || height == 0)
		return;
	media_set_number(info, MEDIA_WIDTH, width);
	media_set_number(info, MEDIA_HEIGHT, height);
}

/* The segment that a codestream begins with: the reference grid, and where in it the picture begins. */
static void
read_siz(struct media_info *info, const uint8_t *p)
{
	uint32_t right = src_be32(p + 8), bottom = src_be32(p + 12), left = src_be32(p + 16), top = src_be32(p + 20);

	if (memcmp(p, codestream, 4) != 0 || left >= right || top >= bottom)
		media_warn(info, FAIL_FORMAT, "a codestream without a size");
	else
		set_size(info, right - left, bottom - top);
}

/* A codestream that is the last of the file has the mark of its end there, which cannot be in its data. */
static int
check_end(struct src *src, uint64_t at, struct media_info *info, struct fail *why)
{
	size_t len = src_size(src) - at < TAIL ? (size_t)(src_size(src) - at) : TAIL;
	const uint8_t *p = src_at(src, src_size(src) - len, len, why);

	if (p == NULL)
		return src_is_damage(why) ? 0 : -1;
	if (memmem(p, len, "\xff\xd9", 2) == NULL)
		media_warn(info, FAIL_TRUNCATED, "the JPEG 2000 ends within its image data");
	return 0;
}

static void
take_codestream(struct jp2 *j, const struct box *b)
{
	struct boxes *w = &j->boxes;
	const uint8_t *p;

	if (b->end == src_size(w->src) && !w->cut && check_end(w->src, b->body, w->info, w->why) == -1)
		box_fail(w);
	if (j->seen_size || w->failed || (p = box_bytes(w, b, 0, SIZ_LEN)) == NULL)
		return;
	j->seen_size = true;
	read_siz(j->boxes.info, p);
}

static void
take_header(struct jp2 *j, const struct box *b)
{
	const uint8_t *p = j->seen_size ? NULL : box_bytes(&j->boxes, b, 0, 8);

	if (p == NULL)
		return;
	j->seen_size = true;
	set_size(j->boxes.info, src_be32(p + 4), src_be32(p));
}

/* Some writers have the mark of a JPEG segment in front of the block. */
static int
read_exif(struct jp2 *j, const struct box *b)
{
	struct boxes *w = &j->boxes;
	const uint8_t *p = box_bytes(w, b, UUID_LEN, 6);
	uint64_t at = b->body + UUID_LEN;

	if (p == NULL)
		return 0;
	if (memcmp(p, "Exif\0\0", 6) == 0)
		at += 6;
	return block_read(&(struct reader){.src = w->src, .work = j->work, .info = w->info, .why = w->why}, at, b->end);
}

static void
take_uuid(struct jp2 *j, const struct box *b)
{
	struct boxes *w = &j->boxes;
	uint64_t at = b->body + UUID_LEN, len;
	int rc = 0;

	if (b->end - b->body < UUID_LEN)
		return;
	len = b->end - at;
	if (box_is_uuid(w, b, UUID_EXIF) || box_is_uuid(w, b, UUID_EXIF2))
		rc = read_exif(j, b);
	else if (box_is_uuid(w, b, UUID_XMP))
		rc =
		    xmp_read(&(struct reader){.src = w->src, .work = j->work, .info = w->info, .why = w->why}, at, len);
	else if (box_is_uuid(w, b, UUID_IPTC))
		rc = iptc_read(&(struct reader){.src = w->src, .work = j->work, .info = w->info, .why = w->why}, at,
		    b->end, IPTC_UNDATED);
	if (rc == -1)
		box_fail(w);
}

static int
read_boxes(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct jp2 j = {.work = work};
	enum box_step step;
	struct box b;

	box_begin(&j.boxes, src, info, why, 0, src_size(src));
	while ((step = box_next(&j.boxes, &b)) != BOX_END) {
		uint32_t outer = box_outer(&j.boxes, 0);

		if (step == BOX_LEFT)
			continue;
		if (b.type == JP2H && outer == 0)
			box_enter(&j.boxes, &b, b.body);
		else if (b.type == IHDR && outer == JP2H)
			take_header(&j, &b);
		else if (b.type == JP2C)
			take_codestream(&j, &b);
		else if (b.type == BOX_UUID)
			take_uuid(&j, &b);
	}
	if (!j.seen_size && !j.boxes.failed)
		media_warn(info, FAIL_FORMAT, "a JPEG 2000 file without a picture");
	return j.boxes.failed ? -1 : 0;
}

static int
read_jp2(struct reader *r)
{
	struct src *src = r->src;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	size_t len;
	const uint8_t *p = src_some(src, 0, SIZ_LEN, &len, why);

	if (p == NULL)
		return -1;
	if (memcmp(p, codestream, 4) != 0)
		return read_boxes(r);
	if (len < SIZ_LEN) {
		media_warn(info, FAIL_TRUNCATED, "the codestream ends within its size");
		return 0;
	}
	read_siz(info, p);
	return check_end(src, 0, info, why);
}

const struct format_reader format_jp2 = {bid, read_jp2};
