/*
 * Cameras write such a JPEG themselves, so the walk is strict: segment follows segment, and the first that does not
 * ends it.
 *
 * Source: ITU-T T.81, annex B; CIPA DC-008 (Exif 3.0), 4.7.2; XMP specification, part 3, 1.1.3.
 */
#include "format/raw/embedded.h"

#include <string.h>

#include "meta/exif/block.h"
#include "meta/xmp/xmp.h"

#define SEGMENTS_MAX 64
#define EXIF_MARK "Exif\0"
#define XMP_MARK "http://ns.adobe.com/xap/1.0/"

enum { SOI = 0xd8, SOS = 0xda, APP1 = 0xe1 };

struct embedded {
	struct src *src;
	uint64_t at, end;
	struct work *work;
	struct media_info *info;
	struct fail *why;
	bool has_exif, has_xmp;
};

/* What a read that failed means for the whole: damage is a warning (0), else -1. */
static int
give_up(struct embedded *e)
{
	if (!src_is_damage(e->why))
		return -1;
	media_warn(e->info, e->why->code, "the JPEG in the raw file: %s", e->why->message);
	return 0;
}

static int
read_app1(struct embedded *e, uint64_t at, size_t len)
{
	const uint8_t *p;
	size_t got;

	if ((p = src_some(e->src, at, len < sizeof XMP_MARK ? len : sizeof XMP_MARK, &got, e->why)) == NULL)
		return give_up(e);
	if (!e->has_exif && got > 6 && memcmp(p, EXIF_MARK, 6) == 0) {
		e->has_exif = true;
		return block_read(
		    &(struct reader){.src = e->src, .work = e->work, .info = e->info, .why = e->why}, at + 6, at + len);
	}
	if (!e->has_xmp && got == sizeof XMP_MARK && memcmp(p, XMP_MARK, sizeof XMP_MARK) == 0) {
		e->has_xmp = true;
		return xmp_read(&(struct reader){.src = e->src, .work = e->work, .info = e->info, .why = e->why},
		    at + sizeof XMP_MARK, len - sizeof XMP_MARK);
	}
	return 0;
}

/* Reads the segment at e->at and goes on to the next.  1, 0 at the end, -1. */
static int
read_segment(struct embedded *e)
{
	const uint8_t *p;
	uint8_t marker;
	size_t len;

	if (e->end - e->at < 4)
		return 0;
	if ((p = src_at(e->src, e->at, 4, e->why)) == NULL)
		return give_up(e);
	len = src_be16(p + 2);
	marker = p[1];
	if (p[0] != 0xff || marker == SOS || len < 2 || len > e->end - e->at - 2)
		return 0;
	if (marker == APP1 && read_app1(e, e->at + 4, len - 2) == -1)
		return -1;
	e->at += 2 + len;
	return 1;
}

int
embedded_read(struct reader *r, uint64_t at, uint64_t len)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct embedded e = {.src = src, .at = at, .end = src_size(src), .work = work, .info = info, .why = why};
	const uint8_t *p;
	unsigned n;
	int rc = 1;

	if (at <= e.end && len < e.end - at)
		e.end = at + len;
	if ((p = src_at(src, at, 2, why)) == NULL)
		return give_up(&e);
	if (p[0] != 0xff || p[1] != SOI) {
		media_warn(info, FAIL_FORMAT, "the JPEG in the raw file is none");
		return 0;
	}
	e.at += 2;
	for (n = 0; rc == 1 && n < SEGMENTS_MAX && e.at < e.end; n++)
		rc = read_segment(&e);
	return rc == -1 ? -1 : 0;
}
