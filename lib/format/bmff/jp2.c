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

enum { SIZ_LEN = 24, TAIL = 4096 };

#define JP2H BOX_TYPE('j', 'p', '2', 'h')
#define IHDR BOX_TYPE('i', 'h', 'd', 'r')
#define JP2C BOX_TYPE('j', 'p', '2', 'c')

#define UUID_EXIF "JpgTiffExif->JP2"
#define UUID_EXIF2 "\x05\x37\xcd\xab\x9d\x0c\x44\x31\xa7\x2a\xfa\x56\x1f\x2a\x11\x3e"
#define UUID_IPTC "\x33\xc7\xa4\xd2\xb8\x1d\x47\x23\xa0\xba\xf1\xa3\xe0\x97\xad\x38"

static const char signature[] = "\0\0\0\x0cjP  \r\n\x87\n", codestream[] = "\xff\x4f\xff\x51";

struct jp2 {
	struct boxes boxes;
	bool seen_size;
};

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len >= 12 && memcmp(head, signature, 12) == 0)
		return "jp2";
	return len >= 4 && memcmp(head, codestream, 4) == 0 ? "j2c" : NULL;
}

/* The segment that a codestream begins with: the reference grid, and where in it the picture begins. */
static void
read_siz(struct reader *r, const uint8_t *p)
{
	uint32_t right = src_be32(p + 8), bottom = src_be32(p + 12), left = src_be32(p + 16), top = src_be32(p + 20);

	if (memcmp(p, codestream, 4) != 0 || left >= right || top >= bottom)
		media_warn(r->info, FAIL_FORMAT, "the codestream does not say how large the picture is");
	else
		reader_set_size(r, right - left, bottom - top);
}

/* A codestream that is the last of the file has the mark of its end there, which cannot be in its data. */
static void
check_end(struct reader *r, uint64_t at)
{
	size_t len = reader_size(r) - at < TAIL ? (size_t)(reader_size(r) - at) : TAIL;
	const uint8_t *p = reader_try(r, reader_size(r) - len, len);

	if (p != NULL && memmem(p, len, "\xff\xd9", 2) == NULL)
		media_warn(r->info, FAIL_TRUNCATED, "the picture's data is cut short");
}

static void
read_codestream(struct jp2 *j, const struct box *b)
{
	struct boxes *w = &j->boxes;
	const uint8_t *p;

	if (b->end == reader_size(w->r) && !w->cut)
		check_end(w->r, b->body);
	if (j->seen_size || (p = box_bytes(w, b, 0, SIZ_LEN)) == NULL)
		return;
	j->seen_size = true;
	read_siz(w->r, p);
}

static void
read_header(struct jp2 *j, const struct box *b)
{
	const uint8_t *p = j->seen_size ? NULL : box_bytes(&j->boxes, b, 0, 8);

	if (p == NULL)
		return;
	j->seen_size = true;
	if (src_be32(p) != 0 && src_be32(p + 4) != 0)
		reader_set_size(j->boxes.r, src_be32(p + 4), src_be32(p));
}

/* Some writers have the mark of a JPEG segment in front of the block. */
static void
read_exif(struct boxes *w, const struct box *b)
{
	const uint8_t *p = box_bytes(w, b, BOX_UUID_LEN, 6);
	uint64_t at = b->body + BOX_UUID_LEN;

	if (p != NULL)
		block_read(w->r, memcmp(p, "Exif\0\0", 6) == 0 ? at + 6 : at, b->end);
}

static void
read_uuid(struct boxes *w, const struct box *b)
{
	uint64_t at = b->body + BOX_UUID_LEN;

	if (box_is_uuid(w, b, UUID_EXIF) || box_is_uuid(w, b, UUID_EXIF2))
		read_exif(w, b);
	else if (box_is_uuid(w, b, BOX_UUID_XMP))
		xmp_read(w->r, at, b->end - at);
	else if (box_is_uuid(w, b, UUID_IPTC))
		iptc_read(w->r, at, b->end, IPTC_UNDATED);
}

static void
read_boxes(struct reader *r)
{
	struct jp2 j = {0};
	enum box_step step;
	struct box b;

	box_begin(&j.boxes, r, 0, reader_size(r));
	while ((step = box_next(&j.boxes, &b)) != BOX_END) {
		uint32_t outer = box_outer(&j.boxes, 0);

		if (step == BOX_LEFT)
			continue;
		if (b.type == JP2H && outer == 0)
			box_enter(&j.boxes, &b, b.body);
		else if (b.type == IHDR && outer == JP2H)
			read_header(&j, &b);
		else if (b.type == JP2C)
			read_codestream(&j, &b);
		else if (b.type == BOX_UUID)
			read_uuid(&j.boxes, &b);
	}
	if (!j.seen_size && !r->failed)
		media_warn(r->info, FAIL_FORMAT, "there is no picture in the file");
}

static void
read_bare(struct reader *r)
{
	const uint8_t *p = reader_at(r, 0, SIZ_LEN);

	if (p == NULL)
		return;
	read_siz(r, p);
	check_end(r, 0);
}

static void
read_jp2(struct reader *r)
{
	if (strcmp(r->info->type, "jp2") == 0)
		read_boxes(r);
	else
		read_bare(r);
}

const struct format_reader format_jp2 = {bid, read_jp2};
