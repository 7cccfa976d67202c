/*
 * Raw DV, as it comes from the camera's tape: frames of blocks of 80 bytes without any container.  The first frame's
 * auxiliary blocks have the date and time of the recording; what its size is follows from two of its fields.
 *
 * Source: IEC 61834-2 and -4, SMPTE 314M (blocks and packs), SMPTE 370M (high definition).
 */
#include "format/stream/dv.h"

#include <stdio.h>
#include <string.h>

#include "format/format.h"
#include "meta/exif/tags.h"

enum { BLOCK = 80, BLOCKS = 6, AUX_FIRST = 3, PACK = 5, PACKS = 15, SECTION_AUX = 2, UNKNOWN = 0xff };
enum { CENTURY_TURNS = 0x70 }; /* years from here on are of the 20th century */
enum { PACK_SOURCE = 0x60, PACK_DATE = 0x62, PACK_TIME = 0x63 };

/* Kinds of frames, by the field frequency bit of the header and the signal type of the source pack. */
static const struct {
	uint8_t dsf, signal;
	uint16_t width, height;
	uint32_t frame_bytes;
	double rate; /* frames a second */
} kinds[] = {
    {0, 0x00, 720, 480, 120000, 30000 / 1001.0},
    {1, 0x00, 720, 576, 144000, 25},
    {1, 0x01, 720, 576, 144000, 25},
    {0, 0x04, 720, 480, 240000, 30000 / 1001.0},
    {1, 0x04, 720, 576, 288000, 25},
    {0, 0x14, 1280, 1080, 480000, 30000 / 1001.0},
    {1, 0x14, 1440, 1080, 576000, 25},
    {0, 0x18, 960, 720, 240000, 60000 / 1001.0},
    {1, 0x18, 960, 720, 288000, 50},
};

/* The first pack of this name in the auxiliary blocks; NULL: none. */
static const uint8_t *
find_pack(const uint8_t *frame, uint8_t name)
{
	for (int b = AUX_FIRST; b < BLOCKS; b++) {
		const uint8_t *block = frame + (size_t)b * BLOCK;

		for (int i = 0; block[0] >> 5 == SECTION_AUX && i < PACKS; i++) {
			if (block[3 + PACK * i] == name)
				return block + 3 + PACK * i;
		}
	}
	return NULL;
}

static void
set_size(struct reader *r, const uint8_t *frame)
{
	const uint8_t *source = find_pack(frame, PACK_SOURCE);
	double duration_s;

	for (size_t i = 0; source != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
		if (kinds[i].dsf != frame[3] >> 7 || kinds[i].signal != (source[3] & 0x1f))
			continue;
		duration_s = (double)reader_size(r) / kinds[i].frame_bytes / kinds[i].rate;
		reader_set_size(r, kinds[i].width, kinds[i].height);
		media_set_number(r->info, MEDIA_DURATION, duration_s);
		tags_size(r, "DV", kinds[i].width, kinds[i].height);
		tags_number(r, "DV", slice_of("Duration"), duration_s);
		return;
	}
}

static bool
is_bcd(const uint8_t *p, size_t n)
{
	while (n > 0 && p[n - 1] >> 4 < 10 && (p[n - 1] & 15) < 10)
		n--;
	return n == 0;
}

bool
dv_when(const uint8_t bcd[DV_DATE], bool has_time, char text[DV_TEXT], struct when *out)
{
	int n = snprintf(text, DV_TEXT, has_time ? "%02x%02x:%02x:%02x %02x:%02x:%02x" : "%02x%02x:%02x:%02x", bcd[0],
	    bcd[1], bcd[2], bcd[3], bcd[4], bcd[5], bcd[6]);

	return is_bcd(bcd, has_time ? 7 : 4) && when_parse(text, (size_t)n, out);
}

/* Bits of other meaning stand beside the digits; where all digits are ones the value is unknown. */
static void
set_date(struct reader *r, const uint8_t *frame)
{
	const uint8_t *d = find_pack(frame, PACK_DATE), *t = find_pack(frame, PACK_TIME);
	uint8_t bcd[DV_DATE] = {0};
	char text[DV_TEXT];
	struct when w;

	if (d == NULL || d[4] == UNKNOWN || d[3] == UNKNOWN)
		return;
	bcd[0] = d[4] >= CENTURY_TURNS ? 0x19 : 0x20;
	bcd[1] = d[4];
	bcd[2] = d[3] & 0x1f;
	bcd[3] = d[2] & 0x3f;
	for (int i = 4; t != NULL && i < DV_DATE; i++)
		bcd[i] = t[8 - i] & (i == 4 ? 0x3f : 0x7f);
	if (!dv_when(bcd, t != NULL && is_bcd(bcd + 4, 3), text, &w)) {
		media_warn_no_date(r->info);
		return;
	}
	media_set_date(r->info, MEDIA_DATE_DV, &w, MEDIA_BASIS_LOCAL);
	tags_text(r, "DV", slice_of("DateTimeOriginal"), text, strlen(text));
}

static void
dv_read(struct reader *r)
{
	const uint8_t *frame;

	if ((frame = reader_at(r, 0, (size_t)BLOCK * BLOCKS)) != NULL) {
		set_date(r, frame);
		set_size(r, frame);
	}
}

static const char *
dv_bid(const uint8_t *head, size_t len)
{
	if (len < 4 || memcmp(head, "\x1f\7\0", 3) != 0 || (head[3] | 0x80) != 0xbf)
		return NULL;
	return "dv";
}

const struct format_reader format_dv = {dv_bid, dv_read};
