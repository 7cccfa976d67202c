/* Fuzz format/image/psd and meta/photoshop, and behind them Exif, IPTC and XMP. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_psd.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
