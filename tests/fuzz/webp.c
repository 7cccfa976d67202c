/* Fuzz format/riff/webp: WebP, and behind it RIFF. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_webp.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
