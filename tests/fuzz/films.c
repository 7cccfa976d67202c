/* Fuzz format/stream/mpeg, format/stream/dv, format/stream/ogv and format/stream/mxf. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *type, *mime;

	if (format_mpeg.bid(data, size, &type, &mime) || format_dv.bid(data, size, &type, &mime) ||
	    format_ogv.bid(data, size, &type, &mime) || format_mxf.bid(data, size, &type, &mime))
		read_and_check(data, size);
	return 0;
}
