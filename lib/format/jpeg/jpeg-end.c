/* An 0xff and the byte behind it tell nearly always: other data than a scan's have any byte there. */
#include "format/jpeg/jpeg-end.h"

#include <stdbool.h>
#include <string.h>

#include "format/jpeg/marker.h"

enum {
	TAIL = 4096,
	STEP = 64 << 10,
	STEPS_MAX = 64,
	ENOUGH = 2,    /* pairs that show what the data are */
	FEW_ZEROS = 8, /* at least so many bytes of a scan for each zero that stuffs none */
};

enum look { LOOKS_ENDED, LOOKS_CUT, LOOKS_FOREIGN, LOOKS_EMPTY, LOOKS_PADDED };

struct scan {
	struct reader *r;
	uint64_t begin, end; /* end: of the file, or where padding begins at the latest */
	enum look seen;
	bool whole; /* all of it was looked at */
};

/* Tables and headers stand between the scans of a progressive picture. */
static bool
is_between_scans(uint8_t marker)
{
	return marker == MARKER_DHT || marker == MARKER_DAC || marker == MARKER_SOS || marker == MARKER_DQT ||
	       marker == MARKER_DRI;
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

	if (len > 1 && end[-2] == 0xff && end[-1] == MARKER_EOI) /* as nearly all are */
		return LOOKS_ENDED;
	if (len > 1 && memcmp(p, p + 1, len - 1) == 0)
		return LOOKS_PADDED;
	while (end - at > 1 && (at = memchr(at, 0xff, (size_t)(end - at) - 1)) != NULL) {
		uint8_t next = *++at;

		if (next == 0xff) /* may stand before any marker; or nothing was written here */
			continue;
		last = at;
		if (next == MARKER_EOI)
			return LOOKS_ENDED;
		foreign |= next != 0 && (next < MARKER_RST0 || next > MARKER_RST7) && !is_between_scans(next);
		stuffed += next == 0;
		pairs++;
	}
	if (foreign)
		return LOOKS_FOREIGN;
	len = (size_t)(last - p) + 1; /* without what may have been appended */
	return pairs < ENOUGH || (count_zeros(p, len) - stuffed) * FEW_ZEROS > len ? LOOKS_EMPTY : LOOKS_CUT;
}

/* What cannot be read tells nothing. */
static void
look_at(struct scan *s, uint64_t from, uint64_t end)
{
	const uint8_t *p = reader_try(s->r, from, (size_t)(end - from));

	s->seen = p != NULL ? look(p, (size_t)(end - from)) : LOOKS_FOREIGN;
}

/* Halves what lies before the end, where there is padding, until a step is left to look at. */
static void
find_padding(struct scan *s)
{
	uint64_t from = s->begin, mid;

	while (s->end - from > STEP) {
		mid = from + (s->end - from) / 2;
		look_at(s, mid, mid + TAIL);
		if (s->seen == LOOKS_ENDED)
			return;
		if (s->seen == LOOKS_PADDED)
			s->end = mid + 1; /* a pair may lie across */
		else
			from = mid;
	}
	look_at(s, s->end - s->begin > STEP ? s->end - STEP : s->begin, s->end);
}

/* The head was read already, and may hold the whole of a small picture in a file that was made larger. */
static void
look_before(struct scan *s)
{
	if (s->begin < SRC_HEAD_SIZE && s->end > SRC_HEAD_SIZE)
		look_at(s, s->begin, SRC_HEAD_SIZE);
	if (s->seen != LOOKS_ENDED)
		find_padding(s);
	s->whole = s->end - s->begin <= STEP;
}

/* Where the end cannot tell, as in the scan of a clear sky, what is before it may: one step after the other. */
static void
look_back(struct scan *s)
{
	uint64_t from = s->end, end = s->end;

	for (int n = 0; n < STEPS_MAX && s->seen == LOOKS_EMPTY && !s->whole; n++) {
		end = n == 0 ? end : from + 1; /* a pair may lie across */
		s->whole = end - s->begin <= STEP;
		from = s->whole ? s->begin : end - STEP;
		look_at(s, from, end);
		if (s->seen == LOOKS_PADDED)
			s->seen = LOOKS_EMPTY;
	}
}

void
jpeg_end_check(struct reader *r, uint64_t scan)
{
	struct scan s = {.r = r, .begin = scan, .end = reader_size(r), .seen = LOOKS_EMPTY};
	uint64_t tail = s.end <= SRC_HEAD_SIZE ? SRC_HEAD_SIZE : TAIL;

	s.whole = s.end <= scan || s.end - scan <= tail;
	if (s.end > scan)
		look_at(&s, s.whole ? scan : s.end - tail, s.end);
	if (s.seen == LOOKS_EMPTY && !s.whole)
		look_back(&s);
	if (s.seen == LOOKS_PADDED && !s.whole)
		look_before(&s);
	if (s.seen == LOOKS_CUT || (s.whole && s.seen != LOOKS_ENDED))
		media_warn(r->info, FAIL_TRUNCATED, "the JPEG ends within its image data");
}
