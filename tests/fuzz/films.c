/* Fuzz format/stream/mpeg, format/stream/dv, format/stream/ogv and format/stream/mxf. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_mpeg.bid(data, size) != NULL || format_dv.bid(data, size) != NULL ||
	    format_ogv.bid(data, size) != NULL || format_mxf.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
