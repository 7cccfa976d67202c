/* Fuzz format/bmff/jp2: boxes, codestreams. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_jp2.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
