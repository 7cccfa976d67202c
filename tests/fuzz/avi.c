/* Fuzz format/riff/avi: AVI, and behind it RIFF, its words and what cameras hide in it. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_avi.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
