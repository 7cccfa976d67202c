/* The directory is "SEFH", version, count and entries, in front of its length and "SEFT" at the end of the file. */
#include "format/jpeg/samsung.h"

#include <string.h>
#include <strings.h>

enum {
	TAIL = 4096,      /* the directory lies within, and what others appended to it */
	UTC_DATA = 0x0a01 /* its entry for the time */
};

bool
samsung_made(const struct media_info *info)
{
	const struct media_value *make = &info->field[MEDIA_MAKE];

	return make->kind == MEDIA_TEXT && make->len >= 7 && strncasecmp(info->text.p + make->at, "samsung", 7) == 0;
}

/* Where the mark of the trailer's end ends that is the last in these bytes; 0: there is none. */
static size_t
find_end(const uint8_t *p, size_t len)
{
	for (; len >= 20; len--) {
		if (memcmp(p + len - 4, "SEFT", 4) == 0)
			return len;
	}
	return 0;
}

/* The entry as the directory has it: how far before the directory it begins, and how long it is. */
static bool
find_entry(struct reader *r, unsigned type, struct samsung_entry *out)
{
	uint64_t size = reader_size(r), dir, back = 0;
	const uint8_t *tail, *p;
	size_t n = size < TAIL ? (size_t)size : TAIL, bytes, count, i;

	if (n < 20 || (tail = reader_try(r, size - n, n)) == NULL)
		return false;
	size -= n;
	n = find_end(tail, n);
	size += n;
	bytes = n > 0 ? src_le32(tail + n - 8) : 0;
	if (bytes < 12 || bytes > n - 8)
		return false;
	p = tail + n - 8 - bytes;
	dir = size - 8 - bytes;
	count = src_le32(p + 8);
	if (memcmp(p, "SEFH", 4) != 0 || count > (bytes - 12) / 12)
		return false;
	out->len = 0;
	for (i = 0; i < count && out->len == 0; i++) {
		const uint8_t *entry = p + 12 + 12 * i;

		if (src_le16(entry + 2) == type) {
			back = src_le32(entry + 4);
			out->len = src_le32(entry + 8);
		}
	}
	if (out->len == 0 || out->len > back || back > dir)
		return false;
	out->at = dir - back;
	return true;
}

/* An entry is two bytes, its type, the length of its name, the name, the data. */
bool
samsung_find(struct reader *r, unsigned type, const char *name, struct samsung_entry *out)
{
	size_t name_len = strlen(name), head = 8 + name_len;
	const uint8_t *p;

	if (!find_entry(r, type, out) || out->len < head || (p = reader_try(r, out->at, head)) == NULL)
		return false;
	if (src_le32(p + 4) != name_len || memcmp(p + 8, name, name_len) != 0)
		return false;
	out->at += head;
	out->len -= head;
	return true;
}

/* Thousandths of a second since 1970, as digits. */
static void
set_time(struct media_info *info, const uint8_t *p, size_t len)
{
	int64_t ms = 0;
	struct when w;
	size_t i;

	for (i = 0; i < len && p[i] >= '0' && p[i] <= '9'; i++)
		ms = ms * 10 + (p[i] - '0');
	if (i == len && ms > 0 && when_from_epoch(ms / 1000, (uint32_t)(ms % 1000) * 1000000, 3, &w))
		media_set_date(info, MEDIA_DATE_SAMSUNG_UTC, &w, MEDIA_BASIS_UTC);
}

void
samsung_clock(struct reader *r)
{
	struct samsung_entry e;
	const uint8_t *p;

	if (samsung_made(r->info) && samsung_find(r, UTC_DATA, "Image_UTC_Data", &e) && e.len >= 10 && e.len <= 16 &&
	    (p = reader_try(r, e.at, (size_t)e.len)) != NULL)
		set_time(r->info, p, (size_t)e.len);
}
