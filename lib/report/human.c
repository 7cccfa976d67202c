#include "report/human.h"

#include <inttypes.h>
#include <stdio.h>

void
human_count(struct buf *out, uint64_t n)
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, n);

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_addc(out, ',');
		buf_addc(out, digits[i]);
	}
}

void
human_things(struct buf *out, uint64_t n, const char *one, const char *many)
{
	human_count(out, n);
	buf_addf(out, " %s", n == 1 ? one : many);
}
