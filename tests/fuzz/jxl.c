/* Fuzz format/bmff/jxl: the codestream's header bit by bit, boxes, brotli. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_jxl.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
