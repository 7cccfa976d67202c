/* Fuzz format/raw/x3f. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_x3f.bid(data, size) != NULL || format_exv.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
