/* Fuzz BMP, BPG, FLIF and JPEG XR. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_bmp.bid(data, size) != NULL || format_bpg.bid(data, size) != NULL ||
	    format_flif.bid(data, size) != NULL || format_jxr.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
