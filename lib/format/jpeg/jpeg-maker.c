#include "format/jpeg/jpeg-maker.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"

enum { QVCI_DATE = 0x4d, QVCI_DATE_LEN = 19 };

static void
set_date(struct media_info *info, const struct when *w)
{
	media_set_date(info, MEDIA_DATE_MAKER_ORIGINAL, w, MEDIA_BASIS_LOCAL);
}

/* "1998.12.24:18:30:00" */
void
jpeg_maker_qvci(const uint8_t *p, size_t len, struct media_info *info)
{
	char text[QVCI_DATE_LEN];
	struct when w;

	if (len < QVCI_DATE + QVCI_DATE_LEN || memcmp(p, "QVCI\0", 5) != 0)
		return;
	memcpy(text, p + QVCI_DATE, sizeof text);
	text[10] = ' ';
	if (when_parse(text, sizeof text, &w))
		set_date(info, &w);
}

/* A line "TimeDate=915117440", seconds since 1970 of the clock on the wall, or a date in words. */
void
jpeg_maker_picture_info(const uint8_t *p, size_t len, struct media_info *info)
{
	static const char mark[] = "[picture info]", name[] = "TimeDate=";
	const char *end = (const char *)p + len, *at;
	uint64_t seconds;
	struct when w;
	size_t n;

	if (memmem(p, len, mark, sizeof mark - 1) == NULL || (at = memmem(p, len, name, sizeof name - 1)) == NULL)
		return;
	at += sizeof name - 1;
	for (n = 0; at + n < end && at[n] >= ' '; n++)
		;
	if (!num_parse_u64(at, n, &seconds)) {
		if (when_parse(at, n, &w))
			set_date(info, &w);
	} else if (seconds <= INT64_MAX && when_from_epoch((int64_t)seconds, 0, 0, &w)) {
		w.zone = WHEN_LOCAL;
		set_date(info, &w);
	}
}
