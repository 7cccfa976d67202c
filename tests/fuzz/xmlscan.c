/* Fuzz meta/xmp/xmlscan beside expat: what it reads as a whole expat finds well-formed, and both say the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/xml-events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct xml_events want = {0}, got = {0};
	char *exact = malloc(size + (size == 0));

	if (exact == NULL)
		abort();
	if (size > 0)
		memcpy(exact, data, size);
	if (xml_events_scan(&got, exact, size) &&
	    (!xml_events_expat(&want, exact, size) || strcmp(buf_cstr(&want.text), buf_cstr(&got.text)) != 0)) {
		fprintf(stderr, "expat:   %s\nxmlscan: %s\n", buf_cstr(&want.text), buf_cstr(&got.text));
		abort();
	}
	xml_events_fini(&want);
	xml_events_fini(&got);
	free(exact);
	return 0;
}
