/* Fuzz format/raw/raf, and the reader of a JPEG inside a raw file. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *type, *mime;

	if (format_raf.bid(data, size, &type, &mime) || format_exv.bid(data, size, &type, &mime))
		read_and_check(data, size);
	return 0;
}
