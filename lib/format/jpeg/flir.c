/*
 * A head of 64 bytes tells where the directory of records is, each of whose entries has 32.  The head and the camera's
 * record say by a number that is known which way round they have their bytes.  Nothing is gathered: a record of
 * pictures can be megabytes long, and no more than a few bytes are wanted.
 */
#include "format/jpeg/flir.h"

#include <string.h>

#include "media/media.h"

enum {
	HEAD_LEN = 64,
	HEAD_VERSION = 20, /* between 100 and 199 */
	HEAD_DIRECTORY = 24,
	HEAD_COUNT = 28,
	ENTRY_LEN = 32,
	ENTRY_AT = 12,
	RECORDS_MAX = 256,
	CAMERA = 0x20,
	CAMERA_ORDER = 2, /* the number that it begins with */
	CAMERA_DATE = 900,
	DATE_LEN = 10 /* seconds since 1970, thousandths in the lower half of four bytes, minutes west of Greenwich */
};

struct reading {
	const struct flir *flir;
	struct src *src;
	struct fail *why;
	bool failed; /* the source could not be read: *why is filled */
};

void
flir_add(struct flir *f, const uint8_t *head, uint64_t at, size_t len, struct media_info *info)
{
	size_t nth = head[6];

	if (len <= FLIR_HEAD)
		return;
	if (f->n == 0)
		memset(f->piece, 0, sizeof f->piece);
	while (nth < FLIR_PIECES_MAX && f->piece[nth].len > 0) /* some programs number none */
		nth++;
	if (nth == FLIR_PIECES_MAX) {
		media_warn(info, FAIL_LIMIT, "more than %d segments of FLIR's records", FLIR_PIECES_MAX);
		return;
	}
	f->piece[nth] = (struct jpeg_piece){at + FLIR_HEAD, len - FLIR_HEAD};
	f->n++;
}

/* One byte of the file that the pieces are. */
static bool
get_byte(struct reading *r, uint64_t offset, uint8_t *out)
{
	const uint8_t *p;
	size_t i;

	for (i = 0; i < FLIR_PIECES_MAX && r->flir->piece[i].len > 0; offset -= r->flir->piece[i++].len) {
		if (offset >= r->flir->piece[i].len)
			continue;
		if ((p = src_at(r->src, r->flir->piece[i].at + offset, 1, r->why)) != NULL)
			*out = *p;
		else
			r->failed = !src_is_damage(r->why);
		return p != NULL;
	}
	return false;
}

static bool
get(struct reading *r, uint64_t offset, size_t len, uint8_t *out)
{
	for (size_t i = 0; i < len; i++) {
		if (!get_byte(r, offset + i, &out[i]))
			return false;
	}
	return true;
}

static uint32_t
get32(const uint8_t *p, bool big_endian)
{
	return big_endian ? src_be32(p) : src_le32(p);
}

/* Where the camera's record is. */
static bool
find_camera(struct reading *r, struct media_info *info, uint32_t *at)
{
	uint8_t head[HEAD_LEN], entry[ENTRY_LEN];
	uint64_t directory;
	uint32_t count;
	bool big;

	if (!get(r, 0, sizeof head, head) || (memcmp(head, "FFF", 4) != 0 && memcmp(head, "AFF", 4) != 0))
		return false;
	big = src_be32(head + HEAD_VERSION) / 100 == 1;
	directory = get32(head + HEAD_DIRECTORY, big);
	if ((count = get32(head + HEAD_COUNT, big)) > RECORDS_MAX) {
		media_warn(info, FAIL_LIMIT, "of FLIR's records the first %d are read", RECORDS_MAX);
		count = RECORDS_MAX;
	}
	for (uint32_t i = 0; i < count && get(r, directory + i * ENTRY_LEN, ENTRY_LEN, entry); i++) {
		if ((big ? src_be16(entry) : src_le16(entry)) == CAMERA) {
			*at = get32(entry + ENTRY_AT, big);
			return true;
		}
	}
	return false;
}

static void
set_date(struct media_info *info, const uint8_t *p, bool big)
{
	int64_t seconds = get32(p, big);
	uint32_t ms = get32(p + 4, big) & 0xffff;
	int west_min = (int16_t)(big ? src_be16(p + 8) : src_le16(p + 8));
	bool zoned = west_min != 0 && when_is_offset(-west_min);
	struct when w;

	if (seconds == 0 || ms > 999 || !when_from_epoch(seconds - (zoned ? west_min * 60 : 0), ms * 1000000, 3, &w))
		return;
	if (zoned)
		w.offset_min = -west_min;
	if (zoned || west_min == 0) /* the latter in cameras whose clock has no zone */
		w.zone = zoned ? WHEN_OFFSET : WHEN_LOCAL;
	media_set_date(info, MEDIA_DATE_MAKER_ORIGINAL, &w, media_basis_of(&w));
}

int
flir_read(const struct flir *f, struct src *src, struct media_info *info, struct fail *why)
{
	struct reading r = {.flir = f, .src = src, .why = why};
	uint8_t order[2], date[DATE_LEN];
	uint32_t at;

	if (f->n > 0 && find_camera(&r, info, &at) && get(&r, at, sizeof order, order) &&
	    get(&r, (uint64_t)at + CAMERA_DATE, sizeof date, date))
		set_date(info, date, src_be16(order) == CAMERA_ORDER);
	return r.failed ? -1 : 0;
}
