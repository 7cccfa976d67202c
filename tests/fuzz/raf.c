/* Fuzz format/raw/raf, and the reader of a JPEG inside a raw file. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_raf.bid(data, size) != NULL || format_exv.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
