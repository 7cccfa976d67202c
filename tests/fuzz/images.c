/* Fuzz format/image/images and format/image/bmp. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *type, *mime;

	if (format_bmp.bid(data, size, &type, &mime) || format_bpg.bid(data, size, &type, &mime) ||
	    format_flif.bid(data, size, &type, &mime) || format_jxr.bid(data, size, &type, &mime))
		read_and_check(data, size);
	return 0;
}
