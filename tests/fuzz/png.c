/* Fuzz format/png/png: PNG, and behind it inflating, raw profiles, XMP and Exif. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_png.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
