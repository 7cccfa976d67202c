/* Fuzz format/unknown: any bytes under a JPEG's name, and what is read behind bytes that are no part of it. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_and_check(data, size);
	return 0;
}
