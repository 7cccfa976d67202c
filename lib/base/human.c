#include "base/human.h"

#include <stddef.h>

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
