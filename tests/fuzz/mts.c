/* Fuzz format/stream/mts, and behind it H.264 and the notes of camcorders. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *type, *mime;

	if (format_mts.bid(data, size, &type, &mime))
		read_and_check(data, size);
	return 0;
}
