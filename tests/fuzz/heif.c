/* Fuzz format/bmff/heif and format/bmff/cr3: the pictures among ISO base media. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *type = format_bmff.bid(data, size);

	if (type != NULL && media_is_picture(type))
		read_and_check(data, size);
	return 0;
}
