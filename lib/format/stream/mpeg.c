/*
 * MPEG films on their own, or multiplexed in a program stream.  The sequence header is looked for in the bytes as they
 * lie in the file: it stands at the beginning of a packet, which nothing cuts in two.  How long a film is, the times
 * of its first pictures and its last say.
 *
 * Source: ISO/IEC 13818-1, 2.4.3.6 (packets); ISO/IEC 11172-1, 2.4.3.3 (those of MPEG-1).
 */
#include "format/stream/mpeg.h"

#include <string.h>

#include "format/format.h"
#include "format/stream/h264.h"
#include "format/stream/startcode.h"
#include "meta/exif/tags.h"

enum { SEQUENCE_HEADER = 0xb3, STRIDE = 64 << 10, SEARCHED_MAX = 4 << 20 };
enum { PTS_HZ = 90000, DAY_S = 86400, STUFFING_MAX = 16 };

enum { H264_SPS = 7, H264_DELIMITER = 9, H265_VPS = 0x40, H265_DELIMITER = 0x46 }; /* first bytes of units */

#define PTS_MASK ((UINT64_C(1) << 33) - 1)

/* A coding that is newer than the program stream. */
struct newer {
	struct h264 h264;
	bool found;
};

bool
mpeg_wants(uint8_t first)
{
	return first == SEQUENCE_HEADER;
}

void
mpeg_unit(void *mpeg, const uint8_t *p, size_t len)
{
	static const double rates[16] = {0, 24000 / 1001., 24, 25, 30000 / 1001., 30, 50, 60000 / 1001., 60};
	struct mpeg *m = mpeg;
	unsigned width, height;
	double rate;

	if (len < 4 || m->has_size)
		return;
	width = (unsigned)p[1] << 4 | p[2] >> 4;
	height = (p[2] & 15u) << 8 | p[3];
	if (width == 0 || height == 0)
		return;
	reader_set_size(m->r, width, height);
	tags_size(m->r, "MPEG", width, height);
	m->has_size = true;
	rate = len > 4 ? rates[p[4] & 15] : 0;
	m->frame_s = rate > 0 ? 1 / rate : 0;
}

/* 33 bits with a marker behind each part. */
static bool
read_pts(const uint8_t *p, uint64_t *out)
{
	*out = (uint64_t)(p[0] >> 1 & 7) << 30 | (uint64_t)(src_be16(p + 1) >> 1) << 15 | src_be16(p + 3) >> 1;
	return (p[0] & p[2] & p[4] & 1) != 0;
}

/* The time of a packet of pictures, from its start code on. */
static bool
pts_of(const uint8_t *p, size_t len, uint64_t *out)
{
	size_t at = 6;

	if (len < 14 || p[3] >> 4 != 0xe)
		return false;
	if (p[6] >> 6 == 2)
		return (p[7] & 0x80) != 0 && read_pts(p + 9, out);
	while (at < len && at < 6 + STUFFING_MAX && p[at] == 0xff)
		at++;
	if (at < len && p[at] >> 6 == 1) /* the size of a buffer */
		at += 2;
	return at < len && len - at >= 5 && p[at] >> 5 == 1 && read_pts(p + at, out);
}

/* The earliest time in these bytes, or the latest: pictures do not come in the order in which they are shown. */
static bool
find_pts(const uint8_t *p, size_t len, bool latest, uint64_t *out)
{
	const uint8_t *code;
	bool found = false;
	uint64_t pts;

	for (; len >= 4 && (code = memmem(p, len, "\0\0\1", 3)) != NULL; p = code + 3) {
		len -= (size_t)(code - p);
		if (pts_of(code, len, &pts) && (!found || (latest ? pts > *out : pts < *out))) {
			*out = pts;
			found = true;
		}
		len -= 3;
	}
	return found;
}

static void
read_duration(const struct mpeg *m)
{
	struct reader *r = m->r;
	uint64_t first, last, end = reader_size(r) > STRIDE ? reader_size(r) - STRIDE : 0;
	const uint8_t *p;
	double seconds;
	size_t len;

	if ((p = reader_some(r, 0, STRIDE, &len)) == NULL || !find_pts(p, len, false, &first))
		return;
	if ((p = reader_some(r, end, STRIDE, &len)) == NULL || !find_pts(p, len, true, &last))
		return;
	seconds = (double)((last - first) & PTS_MASK) / PTS_HZ + m->frame_s;
	if (seconds > 0 && seconds < DAY_S)
		media_set_number(r->info, MEDIA_DURATION, seconds);
}

/* The units that a packet of pictures of MPEG-2's systems begins with, from its start code on. */
static const uint8_t *
units_of(const uint8_t *p, size_t len, size_t *n)
{
	size_t head, packet;

	if (len < 9 || p[3] >> 4 != 0xe || p[6] >> 6 != 2)
		return NULL;
	head = 9 + (size_t)p[8];
	packet = src_be16(p + 4) > 0 ? 6 + (size_t)src_be16(p + 4) : len;
	packet = packet < len ? packet : len;
	if (packet < head + 5 || memcmp(p + head, "\0\0\0\1", 4) != 0)
		return NULL;
	*n = packet - head;
	return p + head;
}

/* Looks for a packet that begins with what H.264 and H.265 begin a picture with; of H.264 it is fed the size. */
static void
look_for_newer(struct newer *n, const uint8_t *p, size_t len)
{
	struct startcode u = {.wants = h264_wants, .unit = h264_unit, .arg = &n->h264};
	const uint8_t *code, *body;
	size_t body_len;

	for (; !n->h264.has_size && (code = memmem(p, len, "\0\0\1", 3)) != NULL; p = code + 3) {
		len -= (size_t)(code - p);
		if ((body = units_of(code, len, &body_len)) != NULL) {
			bool is_h264 = (body[4] & 0x9f) == H264_SPS || body[4] == H264_DELIMITER;

			n->found |= is_h264 || body[4] == H265_VPS || body[4] == H265_DELIMITER;
			if (is_h264)
				startcode_feed(&u, body, body_len);
			startcode_end(&u);
		}
		len -= 3;
	}
}

/* Looks for the size of the picture. */
static void
search(struct mpeg *m, struct newer *newer)
{
	struct startcode units = {.wants = mpeg_wants, .unit = mpeg_unit, .arg = m};
	const uint8_t *p;
	size_t len;

	for (uint64_t at = 0; !m->has_size && !newer->h264.has_size; at += len) {
		if (at == SEARCHED_MAX) {
			if (!newer->found)
				media_warn(m->r->info, FAIL_LIMIT, "the size of the picture is not in the first %d KiB",
				    SEARCHED_MAX >> 10);
			break;
		}
		if ((p = reader_some(m->r, at, STRIDE, &len)) == NULL || len == 0)
			break;
		startcode_feed(&units, p, len);
		if (!m->has_size)
			look_for_newer(newer, p, len);
	}
	startcode_end(&units);
}

static void
mpeg_read(struct reader *r)
{
	struct mpeg m = {.r = r};
	struct newer newer = {.h264 = {.r = r}};

	search(&m, &newer);
	read_duration(&m);
}

static const char *
mpeg_bid(const uint8_t *head, size_t len)
{
	if (len < 4 || (memcmp(head, "\0\0\1\xba", 4) != 0 && memcmp(head, "\0\0\1\xb3", 4) != 0))
		return NULL;
	return "mpeg";
}

const struct format_reader format_mpeg = {mpeg_bid, mpeg_read};
