#include "format/tail.h"

#include <string.h>

int
tail_check(struct src *src, uint64_t at, uint64_t end, struct media_info *info, struct fail *why)
{
	const size_t len = EMPTY_TAIL;
	const uint8_t *p;

	if (end > src_size(src) || at > end || end - at < len)
		return 0;
	if ((p = src_at(src, end - len, len, why)) == NULL)
		return src_is_damage(why) ? 0 : -1;
	if (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0)
		media_warn(info, FAIL_TRUNCATED, "the picture's end is nothing but zeros");
	return 0;
}
