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
		media_warn(info, FAIL_LIMIT, "FLIR: more than %d segments of records", FLIR_PIECES_MAX);
		return;
	}
	f->piece[nth] = (struct jpeg_piece){at + FLIR_HEAD, len - FLIR_HEAD};
	f->n++;
}

/* One byte of the file that the pieces are. */
static bool
get_byte(struct reader *r, const struct flir *f, uint64_t offset, uint8_t *out)
{
	const uint8_t *p = NULL;
	size_t i;

	for (i = 0; i < FLIR_PIECES_MAX && f->piece[i].len > 0 && offset >= f->piece[i].len; i++)
		offset -= f->piece[i].len;
	if (i < FLIR_PIECES_MAX && f->piece[i].len > 0 && (p = reader_try(r, f->piece[i].at + offset, 1)) != NULL)
		*out = *p;
	return p != NULL;
}

static bool
get(struct reader *r, const struct flir *f, uint64_t offset, size_t len, uint8_t *out)
{
	size_t i;

	for (i = 0; i < len && get_byte(r, f, offset + i, &out[i]); i++)
		;
	return i == len;
}

static uint32_t
get32(const uint8_t *p, bool big_endian)
{
	return big_endian ? src_be32(p) : src_le32(p);
}

/* Where the camera's record is. */
static bool
find_camera(struct reader *r, const struct flir *f, uint32_t *at)
{
	uint8_t head[HEAD_LEN], entry[ENTRY_LEN];
	uint64_t directory;
	uint32_t count;
	bool big;

	if (!get(r, f, 0, sizeof head, head) || (memcmp(head, "FFF", 4) != 0 && memcmp(head, "AFF", 4) != 0))
		return false;
	big = src_be32(head + HEAD_VERSION) / 100 == 1;
	directory = get32(head + HEAD_DIRECTORY, big);
	if ((count = get32(head + HEAD_COUNT, big)) > RECORDS_MAX) {
		media_warn(r->info, FAIL_LIMIT, "FLIR: more than %d records", RECORDS_MAX);
		count = RECORDS_MAX;
	}
	for (uint32_t i = 0; i < count && get(r, f, directory + i * ENTRY_LEN, ENTRY_LEN, entry); i++) {
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

void
flir_read(struct reader *r, const struct flir *f)
{
	uint8_t order[2], date[DATE_LEN];
	uint32_t at;

	if (f->n > 0 && find_camera(r, f, &at) && get(r, f, at, sizeof order, order) &&
	    get(r, f, (uint64_t)at + CAMERA_DATE, sizeof date, date))
		set_date(r->info, date, src_be16(order) == CAMERA_ORDER);
}
