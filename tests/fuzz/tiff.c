/* Fuzz format/raw/tiff, and behind it the walk over directories, Exif, maker notes and libexif. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_tiff.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
