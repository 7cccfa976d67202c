/* Notes have fixed places; of six numbers the second comes first, the year last. */
#include "meta/exif/reconyx.h"

#include <stdio.h>
#include <string.h>

static const struct kind {
	const char *header;
	size_t header_len, at, size; /* where the numbers are, and bytes of each but the last */
	bool month_first;
} kinds[] = {
    {"RECONYXUF\0", 10, 0x3b, 1, false},
    {"RECONYXH2\0", 10, 0x3e, 2, false},
    {"\x01\xf1", 2, 0x16, 2, true},
};

static bool
is_kind(const struct kind *k, const uint8_t *p, size_t len, const struct media_info *info)
{
	if (len < k->header_len || memcmp(p, k->header, k->header_len) != 0)
		return false;
	return k->header_len > 2 || slice_eq(media_text(info, MEDIA_MAKE), "RECONYX");
}

static void
set_date(const struct kind *k, const uint8_t *p, struct media_info *info)
{
	unsigned v[6], month = k->month_first ? 3 : 4;
	struct when w;
	char text[64];
	size_t i;

	for (i = 0; i < 6; i++)
		v[i] = k->size == 1 && i < 5 ? p[i] : src_le16(p + i * k->size);
	for (i = 0; i < 6 && v[0] > 0xff && (v[0] & 0xff) == 0; i++) /* this once in the other order */
		v[5 - i] = (v[5 - i] & 0xff) << 8 | v[5 - i] >> 8;
	snprintf(text, sizeof text, "%04u:%02u:%02u %02u:%02u:%02u", v[5], v[month], v[7 - month], v[2], v[1], v[0]);
	if (when_parse(text, strlen(text), &w))
		media_set_date(info, MEDIA_DATE_MAKER_ORIGINAL, &w, MEDIA_BASIS_LOCAL);
}

bool
reconyx_read(const uint8_t *p, size_t len, struct media_info *info)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const struct kind *k = &kinds[i];

		if (!is_kind(k, p, len, info))
			continue;
		if (len >= k->at + 12)
			set_date(k, p + k->at, info);
		return true;
	}
	return false;
}
