/*
 * MPEG transport streams, as camcorders (AVCHD) and broadcasters write them: packets of 188 bytes, in AVCHD each after
 * four bytes of arrival time.
 *
 * The beginning is read in large strides until the picture's size and the camera's notes were met, or an end is
 * reached: the table of programs leads to the table of streams, that to the stream of pictures, whose payload goes
 * through startcode.h.  The duration is what the clock in the packets says at the file's end less what it says at its
 * beginning.
 *
 * Source: ISO/IEC 13818-1, 2.4.3 (packets, PES), 2.4.4 (tables); the Blu-ray Disc Association's white paper on BDAV.
 */
#include "format/format.h"

#include <string.h>

#include "format/stream/h264.h"
#include "format/stream/mpeg.h"
#include "format/stream/startcode.h"
#include "meta/exif/tags.h"

enum { PACKET = 188, ARRIVAL = 4, SYNC = 0x47, NO_PID = 0x2000, SECTION_MAX = 3 + 1021 };
enum { STREAM_MPEG1 = 1, STREAM_MPEG2 = 2, STREAM_H264 = 0x1b, TABLE_PAT = 0, TABLE_PMT = 2 };

#define STRIDE (64u << 10)
#define BEGIN_STRIDES 8   /* read at most at the beginning … */
#define SEARCH_STRIDES 64 /* … while there is a picture without a size */
#define END_STRIDES 6     /* … and at the end */
#define CLOCK_HZ 90000.0
#define CLOCK_WRAP (UINT64_C(1) << 33)

/* A table, which may lie across packets. */
struct section {
	size_t len; /* 0: not begun */
	uint8_t p[SECTION_MAX + PACKET];
};

struct mts {
	struct reader *r;
	size_t step, lead; /* from packet to packet, bytes in front of each */
	unsigned pmt_pid, video_pid, pcr_pid;
	struct section pat, pmt;
	bool has_clock;
	uint64_t first_clock, last_clock;
	uint8_t video_type;
	struct startcode units;
	struct h264 h264;
	struct mpeg mpeg;
};

static unsigned
pid_at(const uint8_t *p)
{
	return src_be16(p) & 0x1fffu;
}

static void
read_pat(struct mts *m, const uint8_t *p, size_t len)
{
	for (size_t at = 8; at + 4 <= len && m->pmt_pid == NO_PID; at += 4) {
		if (src_be16(p + at) != 0)
			m->pmt_pid = pid_at(p + at + 2);
	}
}

/* The first stream of a kind that can be read becomes the stream of pictures. */
static void
choose_video(struct mts *m, uint8_t type, unsigned pid)
{
	bool mpeg = type == STREAM_MPEG1 || type == STREAM_MPEG2;

	if (m->video_pid != NO_PID || (!mpeg && type != STREAM_H264))
		return;
	m->video_pid = pid;
	m->video_type = type;
	m->units.wants = mpeg ? mpeg_wants : h264_wants;
	m->units.unit = mpeg ? mpeg_unit : h264_unit;
	m->units.arg = mpeg ? (void *)&m->mpeg : (void *)&m->h264;
	tags_number(m->r, "M2TS", slice_of("VideoStreamType"), type);
}

static void
read_pmt(struct mts *m, const uint8_t *p, size_t len)
{
	size_t at;

	if (len < 12)
		return;
	m->pcr_pid = pid_at(p + 8);
	at = 12 + (src_be16(p + 10) & 0xfffu);
	for (; at + 5 <= len; at += 5 + (src_be16(p + at + 3) & 0xfffu))
		choose_video(m, p[at], pid_at(p + at + 1));
}

/* A table is read when all of it has come; the four bytes at its end are a checksum. */
static void
read_section(struct mts *m, struct section *s)
{
	size_t len = s->len < 3 ? SIZE_MAX : 3 + (src_be16(s->p + 1) & 0xfffu);

	if (len > SECTION_MAX || len < 12 + 4) {
		if (s->len >= 3)
			s->len = 0;
		return;
	}
	if (s->len < len)
		return;
	if (s == &m->pat && s->p[0] == TABLE_PAT)
		read_pat(m, s->p, len - 4);
	else if (s == &m->pmt && s->p[0] == TABLE_PMT)
		read_pmt(m, s->p, len - 4);
	s->len = 0;
}

static void
add_section(struct mts *m, struct section *s, const uint8_t *p, size_t len, bool begins)
{
	if (begins) {
		if (len == 0 || p[0] >= len)
			return;
		len -= 1 + (size_t)p[0];
		p += 1 + (size_t)p[0];
		s->len = 0;
	} else if (s->len == 0) {
		return;
	}
	if (len > sizeof s->p - s->len)
		len = sizeof s->p - s->len;
	memcpy(s->p + s->len, p, len);
	s->len += len;
	read_section(m, s);
}

/* The stream of pictures, without the header that each of its packets begins with. */
static void
add_video(struct mts *m, const uint8_t *p, size_t len, bool begins)
{
	size_t skip = 0;

	if (begins) {
		if (len < 9 || p[0] != 0 || p[1] != 0 || p[2] != 1 || (p[6] & 0xc0) != 0x80)
			return;
		skip = 9 + (size_t)p[8];
	}
	if (skip < len)
		startcode_feed(&m->units, p + skip, len - skip);
}

static void
add_payload(struct mts *m, unsigned pid, const uint8_t *p, size_t len, bool begins)
{
	if (pid == 0)
		add_section(m, &m->pat, p, len, begins);
	else if (pid == m->pmt_pid)
		add_section(m, &m->pmt, p, len, begins);
	else if (pid == m->video_pid)
		add_video(m, p, len, begins);
}

/* The clock, in an adaptation field of len bytes. */
static void
note_clock(struct mts *m, unsigned pid, const uint8_t *p, size_t len)
{
	uint64_t clock;

	if (len < 7 || (p[0] & 0x10) == 0 || (m->pcr_pid != NO_PID && pid != m->pcr_pid))
		return;
	clock = (uint64_t)src_be32(p + 1) << 1 | p[5] >> 7;
	if (!m->has_clock)
		m->first_clock = clock;
	m->has_clock = true;
	m->last_clock = clock;
}

/* A packet; false where there is none.  Its payload is of interest at the file's beginning only. */
static bool
read_packet(struct mts *m, const uint8_t *p, bool payload)
{
	unsigned pid = pid_at(p + 1), control = p[3] >> 4 & 3;
	size_t at = 4;

	if (p[0] != SYNC)
		return false;
	if ((control & 2) != 0) {
		at += 1 + (size_t)p[4];
		if (at > PACKET)
			return true;
		note_clock(m, pid, p + 5, p[4]);
	}
	if (payload && (control & 1) != 0 && (p[1] & 0x80) == 0)
		add_payload(m, pid, p + at, PACKET - at, (p[1] & 0x40) != 0);
	return true;
}

static void
read_packets(struct mts *m, const uint8_t *p, size_t len, bool payload)
{
	for (size_t at = 0; len - at >= m->lead + PACKET; at += m->step) {
		if (!read_packet(m, p + at + m->lead, payload))
			media_warn(m->r->info, FAIL_FORMAT, "bytes between the packets were skipped");
		if (len - at < m->step)
			break;
	}
}

static bool
has_size(const struct mts *m)
{
	return m->h264.has_size || m->mpeg.has_size;
}

/* Whether there is a stream that can be read, or no table yet that would name one. */
static bool
may_tell(const struct mts *m)
{
	return m->video_pid != NO_PID || m->pcr_pid == NO_PID;
}

/* Whether nothing that is looked for can be in more than these bytes.  A recording may begin far before a picture that
 * tells its size; a camera's notes stand beside the first of those. */
static bool
is_done(const struct mts *m, uint64_t bytes)
{
	if (has_size(m) && (m->video_type != STREAM_H264 || m->h264.has_camera))
		return true;
	return bytes >= (uint64_t)(has_size(m) || !may_tell(m) ? BEGIN_STRIDES : SEARCH_STRIDES) * STRIDE;
}

static void
read_begin(struct mts *m)
{
	size_t stride = STRIDE / m->step * m->step, len = stride;
	const uint8_t *p;

	for (uint64_t at = 0, n = 0; len == stride && !is_done(m, n * STRIDE); at += len, n++) {
		if ((p = reader_some(m->r, at, stride, &len)) == NULL)
			return;
		read_packets(m, p, len, true);
	}
	if (m->video_pid != NO_PID)
		startcode_end(&m->units);
	if (len == stride && !has_size(m) && may_tell(m))
		media_warn(m->r->info, FAIL_LIMIT, "the size of the picture is not in the first %u KiB",
		    SEARCH_STRIDES * STRIDE >> 10);
}

/* From the end backwards, until there is a clock. */
static void
read_end(struct mts *m)
{
	size_t stride = STRIDE / m->step * m->step, len;
	uint64_t end = reader_size(m->r) / m->step * m->step;
	const uint8_t *p;

	m->has_clock = false;
	for (int i = 0; i < END_STRIDES && end > 0 && !m->has_clock; i++) {
		uint64_t from = end > stride ? end - stride : 0, first = m->first_clock;

		if ((p = reader_some(m->r, from, (size_t)(end - from), &len)) == NULL)
			return;
		read_packets(m, p, len, false);
		m->first_clock = first;
		end = from;
	}
}

static void
set_duration(struct mts *m)
{
	uint64_t ticks = (m->last_clock - m->first_clock) % CLOCK_WRAP;

	if (!m->has_clock || ticks == 0)
		return;
	media_set_number(m->r->info, MEDIA_DURATION, (double)ticks / CLOCK_HZ);
	tags_number(m->r, "M2TS", slice_of("Duration"), (double)ticks / CLOCK_HZ);
}

static void
mts_read(struct reader *r)
{
	size_t lead = strcmp(r->info->type, "mts") == 0 ? ARRIVAL : 0;
	struct mts m = {
	    .r = r,
	    .step = PACKET + lead,
	    .lead = lead,
	    .pmt_pid = NO_PID,
	    .video_pid = NO_PID,
	    .pcr_pid = NO_PID,
	    .h264 = {.r = r},
	    .mpeg = {.r = r},
	};

	r->what = "MPEG transport stream";
	if (lead > 0 && reader_size(r) % m.step != 0) /* recordings of television end anywhere */
		media_warn(r->info, FAIL_TRUNCATED, "the file ends inside a packet");
	read_begin(&m);
	if (m.has_clock) {
		read_end(&m);
		set_duration(&m);
	}
}

/* Three packets in a row are no accident; a fourth and a fifth must follow where the head goes on. */
static bool
has_packets(const uint8_t *head, size_t len, size_t first, size_t step)
{
	size_t n = 0;

	while (n < 5 && first + n * step < len && head[first + n * step] == SYNC)
		n++;
	return n >= 3 && (n == 5 || first + n * step >= len);
}

static const char *
mts_bid(const uint8_t *head, size_t len)
{
	if (has_packets(head, len, ARRIVAL, PACKET + ARRIVAL))
		return "mts";
	return has_packets(head, len, 0, PACKET) ? "ts" : NULL;
}

const struct format_reader format_mts = {mts_bid, mts_read};
