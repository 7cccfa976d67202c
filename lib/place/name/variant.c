#include "place/name/variant.h"

#include <ctype.h>
#include <string.h>

#include "base/num.h"

#define EXTENSION_MAX 16
#define SUFFIX_DIGITS 9 /* of a number that fits an unsigned */

size_t
variant_stem(struct slice name)
{
	size_t stem = name.len;

	while (stem > 0 && name.len - stem < EXTENSION_MAX && isalnum((unsigned char)name.p[stem - 1]))
		stem--;
	return stem < name.len && stem > 1 && name.p[stem - 1] == '.' ? stem - 1 : name.len;
}

size_t
variant_cut(struct slice text, size_t max)
{
	size_t cut = max;

	if (text.len <= max)
		return text.len;
	while (cut > 0 && max - cut < 3 && ((unsigned char)text.p[cut] & 0xc0) == 0x80)
		cut--;
	return cut > 0 && ((unsigned char)text.p[cut] & 0xc0) != 0x80 ? cut : max;
}

int
variant_name(struct slice name, unsigned k, size_t max, struct buf *out)
{
	size_t stem = variant_stem(name), rest = name.len - stem, start = out->len, suffix;

	if (k > 0)
		buf_addf(out, "-%u", k);
	if (out->failed)
		return -1;
	suffix = out->len - start;
	out->len = start;
	buf_add(out, name.p, variant_cut((struct slice){name.p, stem}, max - rest - suffix));
	if (k > 0)
		buf_addf(out, "-%u", k);
	return buf_add(out, name.p + stem, rest);
}

/* The number after the last hyphen of a stem, 0 where there is none that variant_name() writes. */
static unsigned
suffix_of(struct slice name)
{
	size_t end = variant_stem(name), start = end;
	uint64_t k;

	while (start > 0 && end - start < SUFFIX_DIGITS && name.p[start - 1] >= '0' && name.p[start - 1] <= '9')
		start--;
	if (start == end || start == 0 || name.p[start - 1] != '-' || name.p[start] == '0')
		return 0;
	return num_parse_u64(name.p + start, end - start, &k) ? (unsigned)k : 0;
}

bool
variant_first(struct slice name, struct buf *out)
{
	size_t stem = variant_stem(name), end = stem;

	if (suffix_of(name) == 0)
		return false;
	while (name.p[end - 1] != '-')
		end--;
	buf_add(out, name.p, end - 1);
	return buf_add(out, name.p + stem, name.len - stem) == 0;
}

static bool
is_number(struct slice name, unsigned k, size_t max, struct slice other)
{
	struct buf variant = {0};
	bool same = variant_name(name, k, max, &variant) == 0 && variant.len == other.len &&
		    memcmp(variant.p, other.p, other.len) == 0;

	buf_fini(&variant);
	return same;
}

bool
variant_is(struct slice name, size_t max, struct slice other)
{
	unsigned k = suffix_of(other);

	return is_number(name, 0, max, other) || (k > 0 && is_number(name, k, max, other));
}
