/* Fuzz format/raw/mrw. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *type, *mime;

	if (format_mrw.bid(data, size, &type, &mime) || format_exv.bid(data, size, &type, &mime))
		read_and_check(data, size);
	return 0;
}
