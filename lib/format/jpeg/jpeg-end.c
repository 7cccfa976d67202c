/* An 0xff and the byte behind it tell nearly always: other data than a scan's have any byte there. */
#include "format/jpeg/jpeg-end.h"

#include <stdbool.h>
#include <string.h>

enum {
	TAIL = 4096,
	STEP = 64 << 10,
	STEPS_MAX = 64,
	ENOUGH = 2,    /* pairs that show what the data are */
	FEW_ZEROS = 8, /* at least so many bytes of a scan for each zero that stuffs none */
};

enum { RST0 = 0xd0, RST7 = 0xd7, EOI = 0xd9 };

enum look { LOOKS_ENDED, LOOKS_CUT, LOOKS_FOREIGN, LOOKS_EMPTY, LOOKS_PADDED };

/* Tables and headers stand between the scans of a progressive picture. */
static bool
is_between_scans(uint8_t marker)
{
	return marker == 0xc4 || marker == 0xcc || marker == 0xda || marker == 0xdb || marker == 0xdd;
}

static size_t
count_zeros(const uint8_t *p, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += p[i] == 0;
	return n;
}

static enum look
look(const uint8_t *p, size_t len)
{
	const uint8_t *at = p, *last = p, *end = p + len;
	size_t pairs = 0, stuffed = 0;
	bool foreign = false;

	if (len > 1 && end[-2] == 0xff && end[-1] == EOI) /* as nearly all are */
		return LOOKS_ENDED;
	if (len > 1 && memcmp(p, p + 1, len - 1) == 0)
		return LOOKS_PADDED;
	while (end - at > 1 && (at = memchr(at, 0xff, (size_t)(end - at) - 1)) != NULL) {
		uint8_t next = *++at;

		if (next == 0xff) /* may stand before any marker; or nothing was written here */
			continue;
		last = at;
		if (next == EOI)
			return LOOKS_ENDED;
		foreign |= next != 0 && (next < RST0 || next > RST7) && !is_between_scans(next);
		stuffed += next == 0;
		pairs++;
	}
	if (foreign)
		return LOOKS_FOREIGN;
	len = (size_t)(last - p) + 1; /* without what may have been appended */
	return pairs < ENOUGH || (count_zeros(p, len) - stuffed) * FEW_ZEROS > len ? LOOKS_EMPTY : LOOKS_CUT;
}

/* What cannot be read for another reason than the source's failure tells nothing: 0. */
static int
look_at(struct src *src, uint64_t from, uint64_t end, enum look *seen, struct fail *why)
{
	const uint8_t *p = src_at(src, from, (size_t)(end - from), why);

	*seen = p != NULL ? look(p, (size_t)(end - from)) : LOOKS_FOREIGN;
	return p != NULL || src_is_damage(why) ? 0 : -1;
}

/* Halves what lies between the scan and padding that begins at the latest at *end, until a step is left to look at. */
static int
find_padding(struct src *src, uint64_t scan, uint64_t *end, enum look *seen, struct fail *why)
{
	uint64_t from = scan, mid;

	while (*end - from > STEP) {
		mid = from + (*end - from) / 2;
		if (look_at(src, mid, mid + TAIL, seen, why) == -1)
			return -1;
		if (*seen == LOOKS_ENDED)
			return 0;
		if (*seen == LOOKS_PADDED)
			*end = mid + 1; /* a pair may lie across */
		else
			from = mid;
	}
	from = *end - scan > STEP ? *end - STEP : scan;
	return look_at(src, from, *end, seen, why);
}

/* The head was read already, and may hold the whole of a small picture in a file that was made larger. */
static int
look_before(struct src *src, uint64_t scan, uint64_t *end, enum look *seen, struct fail *why)
{
	if (scan<SRC_HEAD_SIZE && * end> SRC_HEAD_SIZE) {
		if (look_at(src, scan, SRC_HEAD_SIZE, seen, why) == -1)
			return -1;
		if (*seen == LOOKS_ENDED)
			return 0;
	}
	return find_padding(src, scan, end, seen, why);
}

/* Where the end cannot tell, as in the scan of a clear sky, what is before it may: one step after the other. */
static int
look_back(struct src *src, uint64_t scan, uint64_t end, enum look *seen, bool *whole, struct fail *why)
{
	uint64_t from = end;

	for (int n = 0; n < STEPS_MAX && *seen == LOOKS_EMPTY && !*whole; n++) {
		end = n == 0 ? end : from + 1; /* a pair may lie across */
		*whole = end - scan <= STEP;
		from = *whole ? scan : end - STEP;
		if (look_at(src, from, end, seen, why) == -1)
			return -1;
		if (*seen == LOOKS_PADDED)
			*seen = LOOKS_EMPTY;
	}
	return 0;
}

int
jpeg_end_check(struct src *src, uint64_t scan, struct media_info *info, struct fail *why)
{
	uint64_t end = src_size(src), tail = end <= SRC_HEAD_SIZE ? SRC_HEAD_SIZE : TAIL;
	bool whole = end <= scan || end - scan <= tail; /* all of the scan is in the tail */
	enum look seen = LOOKS_EMPTY;

	if (end > scan && look_at(src, whole ? scan : end - tail, end, &seen, why) == -1)
		return -1;
	if (seen == LOOKS_EMPTY && !whole && look_back(src, scan, end, &seen, &whole, why) == -1)
		return -1;
	if (seen == LOOKS_PADDED && !whole) {
		if (look_before(src, scan, &end, &seen, why) == -1)
			return -1;
		whole = end - scan <= STEP;
	}
	if (seen == LOOKS_CUT || (whole && seen != LOOKS_ENDED))
		media_warn(info, FAIL_TRUNCATED, "the JPEG ends within its image data");
	return 0;
}
