/*
 * GoPro's key-length-values: a box of user data names the camera.  The cameras also record what their sensors measure
 * in a track of its own, and with it what the clock of the position shows, which is UTC, while the camera's own knows
 * no zone.  The first chunks are looked at, until one has a fix.
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

/* A key, a type, a size and a count, and the values, padded to four bytes. */
struct record {
	uint32_t key;
	uint8_t type, unit;
	const uint8_t *p;
	size_t len;
};

/* The next record; behind one of type 0, which holds records, these simply follow. */
static bool
next_record(const uint8_t **p, size_t *len, struct record *out)
{
	const uint8_t *at = *p;
	size_t size;

	if (at == NULL || *len < 8)
		return false;
	size = at[4] == 0 ? 0 : (size_t)at[5] * src_be16(at + 6);
	if (size > *len - 8)
		return false;
	*out = (struct record){src_be32(at), at[4], at[5], at + 8, size};
	size = 8 + ((size + 3) & ~(size_t)3);
	if (size > *len)
		size = *len;
	*p += size;
	*len -= size;
	return true;
}

void
bmff_gopro(struct bmff *f, const struct box *b)
{
	static const struct bmff_maker gopro = {
	    "GoPro", {
			 {BOX_TYPE('M', 'I', 'N', 'F'), MEDIA_MODEL, "Model"},
			 {BOX_TYPE('C', 'A', 'S', 'N'), MEDIA_SERIAL, "CameraSerialNumber"},
			 {BOX_TYPE('F', 'M', 'W', 'R'), MEDIA_SOFTWARE, "FirmwareVersion"},
		     }};
	struct record r;
	size_t len;
	const uint8_t *p = bmff_text(f, b, &len);

	f->movie.maker = "GoPro";
	while (next_record(&p, &len, &r)) {
		if (r.type == 'c')
			bmff_maker_text(f, &gopro, r.key, r.p, r.len);
	}
}

/* What the position's clock shows in the records of one second. */
static bool
read_clock(const uint8_t *p, size_t len, struct when *w)
{
	bool fixed = false, found = false;
	struct record r;
	struct when u;

	while (next_record(&p, &len, &r)) {
		if (r.key == GPSF && r.len >= 4)
			fixed = src_be32(r.p) >= FIX_2D;
		else if (r.key == GPSU && r.type == 'U')
			found = read_gpsu(r.p, r.len, &u);
		else if (r.key == GPS9 && r.type == '?' && r.unit == GPS9_LEN)
			found = fixed = read_gps9(r.p, r.len, &u);
		if (found && fixed) {
			*w = u;
			return true;
		}
	}
	return false;
}

/* A second's records, whose first says how long they are all together. */
static bool
read_second(struct reader *r, uint64_t at, struct when *w)
{
	const uint8_t *p;
	size_t len, got;

	if ((p = reader_some(r, at, 8, &got)) == NULL || got < 8 || src_be32(p) != DEVC || p[4] != 0)
		return false;
	len = 8 + (size_t)p[5] * src_be16(p + 6);
	p = reader_some(r, at, len < SECOND_MAX ? len : SECOND_MAX, &got);
	return p != NULL && read_clock(p, got, w);
}

void
bmff_gopro_clock(struct bmff *f)
{
	struct media_info *info = f->r->info;
	struct when w;

	f->movie.maker = "GoPro";
	for (size_t i = 0; i < f->track.nchunks && info->gps.precision == WHEN_NONE; i++) {
		if (read_second(f->r, f->track.chunk[i], &w))
			info->gps = w;
	}
}
