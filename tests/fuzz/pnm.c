/* Fuzz PBM, PGM, PPM and PAM. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (format_pnm.bid(data, size) != NULL)
		read_and_check(data, size);
	return 0;
}
