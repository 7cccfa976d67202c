/* Fuzz format/bmff/bmff: films, and behind them what makers write into user data, XMP, and indexes that are compressed.
 */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_bmff.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
