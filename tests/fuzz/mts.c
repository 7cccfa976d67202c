/* Fuzz format/stream/mts, and behind it H.264 and the notes of camcorders. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_mts.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
