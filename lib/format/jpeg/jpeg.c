/*
 * A JPEG is a chain of segments up to the scan.  The walk goes from marker to marker, takes the size from the frame
 * header, shows the application segments to jpeg-app, and stops at the scan: what stands behind is no metadata, but
 * for the film of a motion photo; but the end of the file is looked at, since a picture that is cut ends in its scan.
 * An Exiv2 file is such a chain without a picture.
 *
 * Source: ITU-T T.81, annex B; Exiv2's manual (metadata files, .exv).
 */
#include <inttypes.h>
#include <string.h>

#include "format/format.h"
#include "format/jpeg/jpeg-app.h"
#include "format/jpeg/jpeg-end.h"
#include "format/jpeg/marker.h"
#include "format/jpeg/motion.h"
#include "format/jpeg/samsung.h"

#define EXV_HEAD 7              /* bytes in front of the segments of an Exiv2 file */
#define GARBAGE_MAX (64u << 10) /* fill bytes and garbage between two segments */
#define SEGMENTS_MAX 1024

struct jpeg {
	struct reader *r;
	struct jpeg_app app;
	uint64_t at;   /* the marker's second byte */
	uint64_t scan; /* behind the marker of the first; 0: none was found */
	uint8_t marker;
	bool has_frame;
};

static const char *
bid(const uint8_t *head, size_t len)
{
	if (len < 3 || head[0] != 0xff || head[1] != MARKER_SOI || head[2] != 0xff)
		return NULL;
	return "jpeg";
}

/* Looks for a marker in some bytes: 0xff, any fill, a byte that is neither 0x00 nor 0xff. */
static bool
find_marker(const uint8_t *p, size_t len, bool *after_ff, bool *garbage, size_t *at)
{
	for (*at = 0; *at < len; ++*at) {
		uint8_t c = p[*at];

		if (*after_ff && c != 0xff && c != 0x00)
			return true;
		*after_ff = c == 0xff;
		*garbage |= !*after_ff;
	}
	return false;
}

/* Finds the next marker from `from`. */
static bool
next_marker(struct jpeg *j, uint64_t from)
{
	bool after_ff = false, garbage = false, found = false;
	const uint8_t *p;
	size_t got, i;

	for (j->at = from; !found && j->at - from < GARBAGE_MAX; j->at += i) {
		if ((p = reader_some(j->r, j->at, 64, &got)) == NULL)
			return false;
		if (got == 0) {
			media_warn(j->r->info, FAIL_TRUNCATED, "the JPEG ends before its image data");
			return false;
		}
		if ((found = find_marker(p, got, &after_ff, &garbage, &i)))
			j->marker = p[i];
	}
	if (garbage || !found)
		media_warn(j->r->info, FAIL_FORMAT,
		    "unexpected data at byte %" PRIu64 " between the segments of the JPEG", from);
	return found;
}

/* The frame header: precision, height, width.  A height of 0 is told only behind the first scan. */
static void
read_frame(struct jpeg *j, uint64_t at, size_t len)
{
	const uint8_t *p;

	if (j->has_frame || len < 6 || (p = reader_at(j->r, at, 5)) == NULL)
		return;
	j->has_frame = true;
	reader_set_size(j->r, src_be16(p + 3), src_be16(p + 1));
}

static bool
is_frame(uint8_t marker)
{
	return marker >= MARKER_SOF0 && marker <= MARKER_SOF15 && marker != MARKER_DHT && marker != MARKER_JPG &&
	       marker != MARKER_DAC;
}

static bool
stands_alone(uint8_t marker)
{
	return marker == MARKER_TEM || (marker >= MARKER_RST0 && marker <= MARKER_SOI);
}

/* Reads the segment at j->at.  False at the end; else *next is behind it. */
static bool
read_segment(struct jpeg *j, uint64_t *next)
{
	uint64_t at = j->at + 3; /* behind the length */
	const uint8_t *p;
	size_t len;

	*next = j->at + 1;
	if (stands_alone(j->marker))
		return true;
	if (j->marker == MARKER_SOS)
		j->scan = j->at + 1;
	if (j->marker == MARKER_SOS || j->marker == MARKER_EOI)
		return false;
	if ((p = reader_at(j->r, j->at + 1, 2)) == NULL)
		return false;
	if ((len = src_be16(p)) < 2) {
		media_warn(j->r->info, FAIL_FORMAT, "the length of the JPEG segment at byte %" PRIu64 " is impossible",
		    j->at - 1);
		return false;
	}
	*next = at + len - 2;
	if (is_frame(j->marker))
		read_frame(j, at, len - 2);
	jpeg_app_segment(&j->app, j->marker, at, len - 2);
	return true;
}

/* Walks over all segments from `from` on. */
static void
walk(struct jpeg *j, struct reader *r, uint64_t from)
{
	bool more = true;

	j->r = r;
	j->scan = 0;
	j->marker = 0;
	j->has_frame = false;
	jpeg_app_begin(&j->app, r);
	for (unsigned n = 0; more && n < SEGMENTS_MAX; n++)
		more = next_marker(j, from) && read_segment(j, &from);
	if (more)
		media_warn(r->info, FAIL_LIMIT, "more than %d JPEG segments", SEGMENTS_MAX);
	jpeg_app_end(&j->app);
}

/* Where the file ends before the frame, Exif may still tell the size. */
static void
set_size(struct jpeg *j)
{
	const struct block_size *size = &j->app.size;

	if (j->marker == MARKER_EOI || (j->scan > 0 && !j->has_frame))
		media_warn(j->r->info, FAIL_FORMAT, "the JPEG has no image data");
	if (!j->has_frame)
		reader_set_size(j->r, size->width, size->height);
}

static void
read_jpeg(struct reader *r)
{
	struct jpeg j;

	reader_preview(r, 0, 0, (double)reader_size(r)); /* a small picture is its own */
	walk(&j, r, 2);
	samsung_clock(r);
	set_size(&j);
	if (j.has_frame && j.scan > 0)
		jpeg_end_check(r, j.scan);
	motion_read(r);
}

static const char *
bid_exv(const uint8_t *head, size_t len)
{
	if (len < EXV_HEAD || memcmp(head, "\xff\1Exiv2", EXV_HEAD) != 0)
		return NULL;
	return "exv";
}

static void
read_exv(struct reader *r)
{
	struct jpeg j;

	walk(&j, r, EXV_HEAD);
}

const struct format_reader format_jpeg = {bid, read_jpeg};
const struct format_reader format_exv = {bid_exv, read_exv};
