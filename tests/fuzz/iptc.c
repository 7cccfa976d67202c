/* Fuzz meta/iptc: the input is the only image resource of a Photoshop file. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t head[] = "8BPS\0\1\0\0\0\0\0\0\0\3\0\0\0\1\0\0\0\1\0\x08\0\3\0\0\0\0\0\xff\xff\xff"
				      "8BIM\4\4\0\0";
	size_t n = sizeof head - 1;
	uint8_t *file = malloc(n + 4 + size);

	require(file != NULL, "out of memory");
	memcpy(file, head, n);
	for (int i = 0; i < 4; i++)
		file[n + (size_t)i] = (uint8_t)(size >> (24 - 8 * i));
	if (size > 0)
		memcpy(file + n + 4, data, size);
	read_and_check(file, n + 4 + size);
	free(file);
	return 0;
}
