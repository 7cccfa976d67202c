/* Fuzz format/raw/crw. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_crw.bid(data, size) != NULL || format_exv.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
