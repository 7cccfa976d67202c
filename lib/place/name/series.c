#include "place/name/series.h"

#include <string.h>

#include "base/num.h"

#define EXTENSION_MAX 16
#define SUFFIX_DIGITS 9 /* of a number that fits an unsigned */

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

size_t
series_stem(const char *name, size_t len)
{
	size_t stem = len;

	while (stem > 0 && len - stem < EXTENSION_MAX && is_alnum(name[stem - 1]))
		stem--;
	return stem < len && stem > 1 && name[stem - 1] == '.' ? stem - 1 : len;
}

size_t
series_cut(const char *bytes, size_t len, size_t max)
{
	size_t cut = max;

	if (len <= max)
		return len;
	while (cut > 0 && max - cut < 3 && ((unsigned char)bytes[cut] & 0xc0) == 0x80)
		cut--;
	return cut > 0 && ((unsigned char)bytes[cut] & 0xc0) != 0x80 ? cut : max;
}

int
series_name(const char *name, size_t len, unsigned k, size_t max, struct buf *out)
{
	size_t stem = series_stem(name, len), rest = len - stem, start = out->len, suffix;

	if (k > 0)
		buf_addf(out, "-%u", k);
	if (out->failed)
		return -1;
	suffix = out->len - start;
	out->len = start;
	buf_add(out, name, series_cut(name, stem, max - rest - suffix));
	if (k > 0)
		buf_addf(out, "-%u", k);
	return buf_add(out, name + stem, rest);
}

/* The number after the last hyphen of a stem, 0 where there is none that series_name() writes. */
static unsigned
suffix_of(const char *name, size_t len)
{
	size_t end = series_stem(name, len), start = end;
	uint64_t k;

	while (start > 0 && end - start < SUFFIX_DIGITS && name[start - 1] >= '0' && name[start - 1] <= '9')
		start--;
	if (start == end || start == 0 || name[start - 1] != '-' || name[start] == '0')
		return 0;
	return num_parse_u64(name + start, end - start, &k) ? (unsigned)k : 0;
}

bool
series_first(const char *name, size_t len, struct buf *out)
{
	size_t stem = series_stem(name, len), end = stem;

	if (suffix_of(name, len) == 0)
		return false;
	while (name[end - 1] != '-')
		end--;
	buf_add(out, name, end - 1);
	return buf_add(out, name + stem, len - stem) == 0;
}

static bool
is_member(const char *name, size_t len, unsigned k, size_t max, const char *other, size_t other_len)
{
	struct buf member = {0};
	bool same;

	same = series_name(name, len, k, max, &member) == 0 && member.len == other_len &&
	       memcmp(member.p, other, other_len) == 0;
	buf_fini(&member);
	return same;
}

bool
series_has(const char *name, size_t len, size_t max, const char *other, size_t other_len)
{
	unsigned k = suffix_of(other, other_len);

	return is_member(name, len, 0, max, other, other_len) ||
	       (k > 0 && is_member(name, len, k, max, other, other_len));
}
