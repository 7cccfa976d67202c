/* Fuzz format/sniff: what is recognised has a type and a mime, from any first bytes. */
#include "format/sniff.h"

#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct media_info info = {0};
	const char *type = sniff_type(data, size);

	if (type != NULL) {
		media_set_type(&info, type);
		require(info.type != NULL && info.mime != NULL, type);
	}
	return 0;
}
