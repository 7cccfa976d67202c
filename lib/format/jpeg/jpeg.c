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
#include "format/jpeg/motion.h"
#include "format/jpeg/samsung.h"

#define EXV_HEAD 7              /* bytes in front of the segments of an Exiv2 file */
#define GARBAGE_MAX (64u << 10) /* fill bytes and garbage between two segments */
#define SEGMENTS_MAX 1024

enum {
	MARKER_TEM = 0x01,
	MARKER_SOF0 = 0xc0,
	MARKER_DHT = 0xc4,
	MARKER_JPG = 0xc8,
	MARKER_DAC = 0xcc,
	MARKER_SOF15 = 0xcf,
	MARKER_RST0 = 0xd0,
	MARKER_SOI = 0xd8,
	MARKER_EOI = 0xd9,
	MARKER_SOS = 0xda
};

struct jpeg {
	struct src *src;
	struct media_info *info;
	struct fail *why;
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

/* Damage is a warning and ends the walk (0); a read that failed ends it with -1. */
static int
stop(struct jpeg *j)
{
	if (!src_is_damage(j->why))
		return -1;
	media_warn(j->info, j->why->code, "JPEG segments: %s", j->why->message);
	return 0;
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

/* Finds the next marker from `from`.  1, 0 at the end, -1. */
static int
next_marker(struct jpeg *j, uint64_t from)
{
	bool after_ff = false, garbage = false, found = false;
	const uint8_t *p;
	size_t got, i;

	for (j->at = from; !found && j->at - from < GARBAGE_MAX; j->at += i) {
		if ((p = src_some(j->src, j->at, 64, &got, j->why)) == NULL)
			return stop(j);
		if (got == 0) {
			media_warn(j->info, FAIL_TRUNCATED, "the JPEG ends before its image data");
			return 0;
		}
		if ((found = find_marker(p, got, &after_ff, &garbage, &i)))
			j->marker = p[i];
	}
	if (garbage || !found)
		media_warn(j->info, FAIL_FORMAT, "bytes at %" PRIu64 " that belong to no JPEG segment", from);
	return found;
}

/* The frame header: precision, height, width.  A height of 0 is told only behind the first scan. */
static int
read_frame(struct jpeg *j, uint64_t at, size_t len)
{
	const uint8_t *p;

	if (j->has_frame || len < 6)
		return 0;
	if ((p = src_at(j->src, at, 5, j->why)) == NULL)
		return stop(j);
	j->has_frame = true;
	if (src_be16(p + 3) > 0)
		media_set_number(j->info, MEDIA_WIDTH, src_be16(p + 3));
	if (src_be16(p + 1) > 0)
		media_set_number(j->info, MEDIA_HEIGHT, src_be16(p + 1));
	return 0;
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

/* Reads the segment at j->at.  1 and *next where there is more to see, 0 at the end, -1. */
static int
read_segment(struct jpeg *j, uint64_t *next)
{
	uint64_t at = j->at + 3; /* behind the length */
	const uint8_t *p;
	size_t len;

	*next = j->at + 1;
	if (stands_alone(j->marker))
		return 1;
	if (j->marker == MARKER_SOS)
		j->scan = j->at + 1;
	if (j->marker == MARKER_SOS || j->marker == MARKER_EOI)
		return 0;
	if ((p = src_at(j->src, j->at + 1, 2, j->why)) == NULL)
		return stop(j);
	if ((len = src_be16(p)) < 2) {
		media_warn(j->info, FAIL_FORMAT, "a JPEG segment without a length at %" PRIu64, j->at - 1);
		return 0;
	}
	*next = at + len - 2;
	if (is_frame(j->marker) && read_frame(j, at, len - 2) == -1)
		return -1;
	return jpeg_app_segment(&j->app, j->marker, at, len - 2) == -1 ? -1 : 1;
}

/* Walks over all segments from `from` on.  0, or -1 when the source could not be read. */
static int
walk(struct jpeg *j, uint64_t from)
{
	unsigned n;
	int rc = 1;

	for (n = 0; rc == 1 && n < SEGMENTS_MAX; n++) {
		if ((rc = next_marker(j, from)) == 1)
			rc = read_segment(j, &from);
	}
	if (rc == 1)
		media_warn(j->info, FAIL_LIMIT, "more than %d JPEG segments", SEGMENTS_MAX);
	return rc == -1 ? -1 : jpeg_app_end(&j->app);
}

static void
begin(struct jpeg *j, struct src *src, struct work *work, struct media_info *info, struct fail *why)
{
	j->src = src;
	j->info = info;
	j->why = why;
	j->scan = 0;
	j->marker = 0;
	j->has_frame = false;
	jpeg_app_begin(&j->app, src, work, info, why);
}

/* Where the file ends before the frame, Exif may still tell the size. */
static void
set_size(struct jpeg *j)
{
	const struct block_size *size = &j->app.size;

	if (j->marker == MARKER_EOI || (j->scan > 0 && !j->has_frame))
		media_warn(j->info, FAIL_FORMAT, "a JPEG without an image");
	if (!j->has_frame && size->width > 0) {
		media_set_number(j->info, MEDIA_WIDTH, size->width);
		media_set_number(j->info, MEDIA_HEIGHT, size->height);
	}
}

static int
read_jpeg(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct jpeg j;

	begin(&j, src, work, info, why);
	if (walk(&j, 2) == -1 || samsung_clock(src, info, why) == -1)
		return -1;
	set_size(&j);
	if (j.has_frame && j.scan > 0 && jpeg_end_check(src, j.scan, info, why) == -1)
		return -1;
	return motion_read(src, work, info, why);
}

static const char *
bid_exv(const uint8_t *head, size_t len)
{
	if (len < EXV_HEAD || memcmp(head, "\xff\1Exiv2", EXV_HEAD) != 0)
		return NULL;
	return "exv";
}

static int
read_exv(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct jpeg j;

	begin(&j, src, work, info, why);
	return walk(&j, EXV_HEAD);
}

const struct format_reader format_jpeg = {bid, read_jpeg};
const struct format_reader format_exv = {bid_exv, read_exv};
