/* Fuzz format/image/psd and meta/photoshop, and behind them Exif, IPTC and XMP. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *type, *mime;

	if (format_psd.bid(data, size, &type, &mime))
		read_and_check(data, size);
	return 0;
}
