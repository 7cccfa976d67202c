/* Fuzz format/bmff/heif and format/bmff/cr3: the pictures among ISO base media. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *type, *mime;

	if (format_bmff.bid(data, size, &type, &mime) && strncmp(mime, "image/", 6) == 0)
		read_and_check(data, size);
	return 0;
}
