#include "place/name/variant.h"

#include <ctype.h>
#include <string.h>

#include "base/num.h"
#include "media/group/groupname.h"

#define EXTENSION_MAX 16

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
variant_name(const struct variant *v, unsigned k, struct buf *out)
{
	size_t rest = v->name.len - v->stem, start = out->len, room;

	if (k > 0)
		buf_addf(out, "-%u", k);
	if (out->failed)
		return -1;
	room = rest + (out->len - start);
	out->len = start;
	buf_add(out, v->name.p, variant_cut((struct slice){v->name.p, v->stem}, v->max > room ? v->max - room : 1));
	if (k > 0)
		buf_addf(out, "-%u", k);
	return buf_add(out, v->name.p + v->stem, rest);
}

unsigned
variant_number(struct slice *stem)
{
	size_t start = stem->len;
	uint64_t k;

	while (
	    start > 0 && stem->len - start < GROUPNAME_DIGITS && stem->p[start - 1] >= '0' && stem->p[start - 1] <= '9')
		start--;
	if (start == stem->len || start == 0 || stem->p[start - 1] != '-' || stem->p[start] == '0' ||
	    !num_parse_u64(stem->p + start, stem->len - start, &k))
		return 0;
	stem->len = start - 1;
	return (unsigned)k;
}

bool
variant_first(struct slice name, struct buf *out)
{
	size_t stem = variant_stem(name);
	struct slice first = {name.p, stem};

	if (variant_number(&first) == 0)
		return false;
	buf_add(out, first.p, first.len);
	return buf_add(out, name.p + stem, name.len - stem) == 0;
}

static bool
is_number(const struct variant *v, unsigned k, struct slice other)
{
	struct buf variant = {0};
	bool same =
	    variant_name(v, k, &variant) == 0 && variant.len == other.len && memcmp(variant.p, other.p, other.len) == 0;

	buf_fini(&variant);
	return same;
}

bool
variant_is(const struct variant *v, struct slice other)
{
	size_t tail = v->name.len - v->stem;
	struct slice stem = {other.p, other.len > tail ? other.len - tail : 0};
	unsigned k = variant_number(&stem);

	return is_number(v, 0, other) || (k > 0 && is_number(v, k, other));
}
