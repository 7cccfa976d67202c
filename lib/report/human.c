/* Text for people, the same in every locale. */
#include "report/human.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

void
human_bytes(struct buf *out, uint64_t bytes)
{
	static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
	double shown = (double)bytes;
	size_t unit = 0;

	while (shown >= 999.5 && unit < sizeof(units) / sizeof(units[0]) - 1) {
		shown /= 1000;
		unit++;
	}
	buf_addf(
	    out, "%.*f %s", unit > 0 && shown < 9.95 ? 1 : 0, shown, unit == 0 && bytes == 1 ? "byte" : units[unit]);
}
