#include "format/tail.h"

#include <string.h>

void
tail_check(struct reader *r, uint64_t at, uint64_t end)
{
	const uint8_t *p = NULL;

	if (end <= reader_size(r) && at <= end && end - at >= EMPTY_TAIL)
		p = reader_try(r, end - EMPTY_TAIL, EMPTY_TAIL);
	if (p != NULL && p[0] == 0 && memcmp(p, p + 1, EMPTY_TAIL - 1) == 0)
		media_warn(r->info, FAIL_TRUNCATED, "the end of the picture is all zeros: it was not copied whole");
}
