/*
 * Cameras write such a JPEG themselves, so the walk is strict: segment follows segment, and the first that does not
 * ends it.
 *
 * Source: ITU-T T.81, annex B; CIPA DC-008 (Exif 3.0), 4.7.2; XMP specification, part 3, 1.1.3.
 */
#include "format/raw/embedded.h"

#include <string.h>

#include "format/jpeg/marker.h"
#include "meta/exif/block.h"
#include "meta/xmp/xmp.h"

#define SEGMENTS_MAX 64
#define EXIF_MARK "Exif\0"
#define XMP_MARK "http://ns.adobe.com/xap/1.0/"

struct embedded {
	struct reader *r;
	uint64_t at, end;
	bool has_exif, has_xmp;
};

static void
read_app1(struct embedded *e, uint64_t at, size_t len)
{
	size_t got;
	const uint8_t *p = reader_some(e->r, at, len < sizeof XMP_MARK ? len : sizeof XMP_MARK, &got);

	if (p == NULL)
		return;
	if (!e->has_exif && got > 6 && memcmp(p, EXIF_MARK, 6) == 0) {
		e->has_exif = true;
		block_read(e->r, at + 6, at + len);
	} else if (!e->has_xmp && got == sizeof XMP_MARK && memcmp(p, XMP_MARK, sizeof XMP_MARK) == 0) {
		e->has_xmp = true;
		xmp_read(e->r, at + sizeof XMP_MARK, len - sizeof XMP_MARK);
	}
}

/* Reads the segment at e->at and goes on to the next; false at the end. */
static bool
read_segment(struct embedded *e)
{
	const uint8_t *p = e->end - e->at < 4 ? NULL : reader_at(e->r, e->at, 4);
	uint8_t marker;
	size_t len;

	if (p == NULL)
		return false;
	len = src_be16(p + 2);
	marker = p[1];
	if (p[0] != 0xff || marker == MARKER_SOS || len < 2 || len > e->end - e->at - 2)
		return false;
	if (marker == MARKER_APP1)
		read_app1(e, e->at + 4, len - 2);
	e->at += 2 + len;
	return !e->r->failed;
}

static void
read_segments(struct embedded *e)
{
	const uint8_t *p = reader_at(e->r, e->at, 2);

	if (p == NULL)
		return;
	if (p[0] != 0xff || p[1] != MARKER_SOI) {
		media_warn(e->r->info, FAIL_FORMAT, "the embedded preview is not a JPEG");
		return;
	}
	e->at += 2;
	for (unsigned n = 0; n < SEGMENTS_MAX && e->at < e->end && read_segment(e); n++)
		;
}

void
embedded_read(struct reader *r, uint64_t at, uint64_t len)
{
	struct embedded e = {.r = r, .at = at, .end = reader_size(r)};
	const char *what = r->what;

	if (at <= e.end && len < e.end - at)
		e.end = at + len;
	reader_preview(r, at, 0, (double)(e.end > at ? e.end - at : 0));
	r->what = "the embedded preview";
	read_segments(&e);
	r->what = what;
}
