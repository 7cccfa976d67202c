/*
 * GoPro's cameras record what their sensors measure in a track of its own, and with it what the clock of the position
 * shows, which is UTC, while the camera's own knows no zone.  The first chunks are looked at, until one has a fix.
 *
 * Source: GoPro's description of GPMF (github.com/gopro/gpmf-parser), GPSU, GPSF and GPS9.
 */
#include <stdio.h>
#include <string.h>

#include "format/bmff/bmff.h"

enum {
	SECOND_MAX = 64 << 10, /* bytes of one second's records */
	FIX_2D = 2,
	GPS9_LEN = 32, /* of one position: seven numbers of four bytes and two of two */
	GPS9_DAYS = 20,
	GPS9_MS = 24,
	GPS9_FIX = 30
};

#define DEVC BOX_TYPE('D', 'E', 'V', 'C')
#define GPSF BOX_TYPE('G', 'P', 'S', 'F')
#define GPSU BOX_TYPE('G', 'P', 'S', 'U')
#define GPS9 BOX_TYPE('G', 'P', 'S', '9')
#define EPOCH_2000_S 946684800

/* "yymmddhhmmss.sss" */
static bool
read_gpsu(const uint8_t *p, size_t len, struct when *w)
{
	char text[32];
	int n;

	if (len < 16)
		return false;
	n = snprintf(text, sizeof text, "20%.6sT%.10sZ", (const char *)p, (const char *)p + 6);
	return when_parse(text, (size_t)n, w) && w->precision == WHEN_SECOND;
}

/* Days since 2000 and thousandths of a second since midnight. */
static bool
read_gps9(const uint8_t *p, size_t len, struct when *w)
{
	uint32_t ms;

	if (len < GPS9_LEN || src_be16(p + GPS9_FIX) < FIX_2D || (ms = src_be32(p + GPS9_MS)) >= 86400000)
		return false;
	return when_from_epoch(
	    EPOCH_2000_S + (int64_t)src_be32(p + GPS9_DAYS) * 86400 + ms / 1000, ms % 1000 * 1000000, 3, w);
}

/* The records of one second; those of type 0 hold records, which then simply follow. */
static bool
read_records(const uint8_t *p, size_t len, struct when *w)
{
	bool fixed = false, found = false;
	struct when u;
	size_t size;

	while (len >= 8) {
		size = p[4] == 0 ? 0 : (size_t)p[5] * src_be16(p + 6);
		if (size > len - 8)
			break;
		if (src_be32(p) == GPSF && size >= 4)
			fixed = src_be32(p + 8) >= FIX_2D;
		else if (src_be32(p) == GPSU && p[4] == 'U')
			found = read_gpsu(p + 8, size, &u);
		else if (src_be32(p) == GPS9 && p[4] == '?' && p[5] == GPS9_LEN)
			found = fixed = read_gps9(p + 8, size, &u);
		if (found && fixed) {
			*w = u;
			return true;
		}
		size = 8 + ((size + 3) & ~(size_t)3);
		if (size > len)
			break;
		p += size;
		len -= size;
	}
	return false;
}

/* A second's records, whose first says how long they are all together. */
static bool
read_second(struct boxes *b, uint64_t at, struct when *w)
{
	const uint8_t *p;
	size_t len, got;

	if ((p = box_some(b, at, 8, &got)) == NULL || got < 8 || src_be32(p) != DEVC || p[4] != 0)
		return false;
	len = 8 + (size_t)p[5] * src_be16(p + 6);
	p = box_some(b, at, len < SECOND_MAX ? len : SECOND_MAX, &got);
	return p != NULL && read_records(p, got, w);
}

void
bmff_gopro_clock(struct bmff *f)
{
	struct media_info *info = f->boxes.info;
	struct when w;

	f->movie.maker = "GoPro";
	for (size_t i = 0; i < f->track.nchunks && info->gps.precision == WHEN_NONE && !f->boxes.failed; i++) {
		if (read_second(&f->boxes, f->track.chunk[i], &w))
			info->gps = w;
	}
}
