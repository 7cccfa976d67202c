/* Segment by segment, strictly: what is odd is no picture that is worth the risk. */
#include "format/jpeg/jpeg-small.h"

#include "format/jpeg/marker.h"
#include "media/src.h"

#define ADOBE_LEN 14 /* of Adobe's segment, which tells the colours */

struct small {
	const uint8_t *p;
	size_t len, at;
	struct buf *out;
	unsigned scans;
	bool has_tables, has_frame;
};

/* The marker at s->at, with any fill before it. */
static bool
take_marker(struct small *s, uint8_t *marker)
{
	if (s->at >= s->len || s->p[s->at] != 0xff)
		return false;
	while (s->at < s->len && s->p[s->at] == 0xff)
		s->at++;
	if (s->at == s->len)
		return false;
	*marker = s->p[s->at++];
	return true;
}

static bool
is_side(uint16_t pixels)
{
	return pixels > 0 && pixels <= JPEG_SMALL_SIDE;
}

static bool
is_frame(const uint8_t *p, size_t len)
{
	return len >= 8 && p[2] == 8 && is_side(src_be16(p + 3)) && is_side(src_be16(p + 5)) &&
	       (p[7] == 1 || p[7] == 3) && len == 8 + 3 * (size_t)p[7];
}

/* Whether the segment of len bytes at p, its length included, may stand here.  *kept: it is part of the picture. */
static bool
judge(struct small *s, uint8_t marker, const uint8_t *p, size_t len, bool *kept)
{
	*kept = true;
	switch (marker) {
	case MARKER_SOF0:
	case MARKER_SOF1:
	case MARKER_SOF2:
		if (s->has_frame)
			return false;
		return s->has_frame = is_frame(p, len);
	case MARKER_SOS:
		return s->has_frame && s->has_tables && ++s->scans <= JPEG_SMALL_SCANS;
	case MARKER_DQT:
		s->has_tables = true;
		return true;
	case MARKER_DHT:
	case MARKER_DRI:
		return true;
	default:
		*kept = marker == MARKER_APP14 && len == ADOBE_LEN;
		return *kept || (marker >= MARKER_APP0 && marker <= MARKER_APP15) || marker == MARKER_COM;
	}
}

static bool
take_segment(struct small *s, uint8_t marker)
{
	const uint8_t *p = s->p + s->at;
	size_t len = s->len - s->at < 2 ? 0 : src_be16(p);
	bool kept;

	if (len < 2 || len > s->len - s->at || !judge(s, marker, p, len, &kept))
		return false;
	s->at += len;
	if (kept) {
		buf_addc(s->out, (char)0xff);
		buf_addc(s->out, (char)marker);
		buf_add(s->out, p, len);
	}
	return true;
}

/* The coded picture behind the header of a scan, up to the next marker that is not of the code itself. */
static void
take_code(struct small *s)
{
	size_t from = s->at;

	for (; s->at + 1 < s->len; s->at++) {
		uint8_t next = s->p[s->at + 1];

		if (s->p[s->at] == 0xff && next != 0 && next != 0xff && (next < MARKER_RST0 || next > MARKER_RST7))
			break;
	}
	if (s->at + 1 == s->len && s->p[s->at] != 0xff)
		s->at++;
	buf_add(s->out, s->p + from, s->at - from);
}

static bool
take_picture(struct small *s)
{
	uint8_t marker;

	while (take_marker(s, &marker) && marker != MARKER_EOI) {
		if (!take_segment(s, marker))
			return false;
		if (marker == MARKER_SOS)
			take_code(s);
	}
	return s->scans > 0;
}

bool
jpeg_small(const uint8_t *bytes, size_t len, struct buf *out)
{
	struct small s = {.p = bytes, .len = len, .at = 2, .out = out};
	size_t before = out->len;

	if (len < 2 || bytes[0] != 0xff || bytes[1] != MARKER_SOI)
		return false;
	buf_add(out, bytes, 2);
	if (take_picture(&s) && buf_add(out, "\xff\xd9", 2) == 0)
		return true;
	if (out->len > before) {
		out->len = before;
		out->p[before] = '\0';
	}
	return false;
}
