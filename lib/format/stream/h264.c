/*
 * Two kinds of NAL units are of interest: sequence parameter sets, for the size of the picture, and supplemental
 * information, for the block of the camcorder.  Both are short, and are read from a copy without the bytes that keep
 * start codes from appearing inside a unit.
 */
#include "format/stream/h264.h"

#include <string.h>

#include "format/stream/startcode.h"
#include "meta/exif/tags.h"

enum { UNIT_SEI = 6, UNIT_SPS = 7, SEI_USER_DATA = 5 };

struct bits {
	const uint8_t *p;
	size_t at, end; /* in bits */
	bool over;      /* more was asked for than there is */
};

static unsigned
bit(struct bits *b)
{
	unsigned v;

	if (b->at == b->end) {
		b->over = true;
		return 0;
	}
	v = b->p[b->at / 8] >> (7 - b->at % 8) & 1;
	b->at++;
	return v;
}

static uint32_t
read_u(struct bits *b, unsigned n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 1 | bit(b);
	return v;
}

/* Exp-Golomb, 9.1. */
static uint32_t
read_ue(struct bits *b)
{
	unsigned zeros = 0;

	while (!b->over && bit(b) == 0) {
		if (++zeros > 31) {
			b->over = true;
			return 0;
		}
	}
	return (UINT32_C(1) << zeros) - 1 + read_u(b, zeros);
}

static int64_t
read_se(struct bits *b)
{
	int64_t v = read_ue(b);

	return v & 1 ? (v + 1) / 2 : -(v / 2);
}

/* A list is as long as it says itself: a next scale of zero leaves the rest as it was. */
static void
skip_scaling_list(struct bits *b, unsigned size)
{
	int64_t last = 8, next = 8;

	for (unsigned i = 0; i < size && !b->over; i++) {
		if (next != 0)
			next = (last + read_se(b) + 256) % 256;
		last = next == 0 ? last : next;
	}
}

static void
skip_scaling_matrix(struct bits *b, unsigned lists)
{
	for (unsigned i = 0; i < lists && !b->over; i++) {
		if (bit(b) != 0)
			skip_scaling_list(b, i < 6 ? 16 : 64);
	}
}

static bool
has_chroma_format(uint32_t profile)
{
	static const uint8_t high[] = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};

	return memchr(high, (int)profile, sizeof high) != NULL;
}

/* Up to the size; returns the chroma format. */
static uint32_t
skip_to_size(struct bits *b)
{
	uint32_t profile = read_u(b, 8), chroma = 1, count;

	read_u(b, 16);
	read_ue(b);
	if (has_chroma_format(profile)) {
		if ((chroma = read_ue(b)) == 3)
			read_u(b, 1);
		read_ue(b);
		read_ue(b);
		read_u(b, 1);
		if (bit(b) != 0)
			skip_scaling_matrix(b, chroma == 3 ? 12 : 8);
	}
	read_ue(b);
	if ((count = read_ue(b)) == 0) {
		read_ue(b);
	} else if (count == 1) {
		read_u(b, 1);
		read_ue(b);
		read_ue(b);
		for (count = read_ue(b); count > 0 && !b->over; count--)
			read_ue(b);
	}
	read_ue(b);
	read_u(b, 1);
	return chroma;
}

static void
set_size(struct h264 *h, uint64_t width, uint64_t height)
{
	reader_set_size(h->r, (double)width, (double)height);
	tags_size(h->r, "H264", (double)width, (double)height);
	h->has_size = true;
}

static void
read_sps(struct h264 *h, const uint8_t *p, size_t len)
{
	struct bits b = {.p = p, .end = len * 8};
	uint32_t chroma = skip_to_size(&b), frames;
	uint64_t width = 16 * ((uint64_t)read_ue(&b) + 1), height = 16 * ((uint64_t)read_ue(&b) + 1), x = 0, y = 0;

	if ((frames = bit(&b)) == 0)
		bit(&b);
	bit(&b);
	height *= 2 - frames;
	if (bit(&b) != 0) {
		x = read_ue(&b);
		x += read_ue(&b);
		y = read_ue(&b);
		y += read_ue(&b);
	}
	x *= chroma == 1 || chroma == 2 ? 2 : 1;
	y *= (chroma == 1 ? 2 : 1) * (2 - frames);
	if (!b.over && x < width && y < height)
		set_size(h, width - x, height - y);
}

static void
read_user_data(struct h264 *h, const uint8_t *p, size_t len)
{
	static const uint8_t name[20] = "\x17\xee\x8c\x60\xf8\x4d\x11\xd9\x8c\xd6\x08\x00\x20\x0c\x9a\x66MDPM";

	if (h->has_camera || len <= sizeof name || memcmp(p, name, sizeof name) != 0)
		return;
	h264_camera(h->r, p + sizeof name, len - sizeof name);
	h->has_camera = true;
}

/* A number in bytes, of which each 255 says that another follows. */
static bool
read_ff_coded(const uint8_t **p, const uint8_t *end, size_t *out)
{
	*out = 0;
	while (*p < end) {
		*out += **p;
		if (*(*p)++ != 255)
			return true;
	}
	return false;
}

static void
read_sei(struct h264 *h, const uint8_t *p, size_t len)
{
	const uint8_t *end = p + len;
	size_t type, size;

	while (read_ff_coded(&p, end, &type) && read_ff_coded(&p, end, &size) && p < end) {
		if (size > (size_t)(end - p))
			size = (size_t)(end - p);
		if (type == SEI_USER_DATA)
			read_user_data(h, p, size);
		p += size;
	}
}

bool
h264_wants(uint8_t first)
{
	return (first & 0x9f) == UNIT_SEI || (first & 0x9f) == UNIT_SPS;
}

void
h264_unit(void *h264, const uint8_t *unit, size_t len)
{
	struct h264 *h = h264;
	uint8_t plain[STARTCODE_UNIT_MAX];
	size_t zeros = 0, n = 0;

	for (size_t i = 1; i < len; i++) {
		bool mark = zeros >= 2 && unit[i] == 3;

		zeros = unit[i] == 0 ? zeros + 1 : 0;
		if (!mark)
			plain[n++] = unit[i];
	}
	if ((unit[0] & 0x1f) == UNIT_SEI)
		read_sei(h, plain, n);
	else if (!h->has_size)
		read_sps(h, plain, n);
}
