/* A sidecar, read as a file of its own: what it says is as of XMP. */
#include <string.h>

#include "format/format.h"
#include "format/sniff.h"
#include "meta/xmp/xmp.h"

/* Binary formats seldom begin with what may stand before an XML element, so that few files are looked at twice. */
static const char *
bid(const uint8_t *head, size_t len)
{
	const char *sniffed;

	if (len == 0 || memchr("<\xef\xfe\xff \t\r\n", head[0], 8) == NULL)
		return NULL;
	sniffed = sniff_type(head, len);
	return sniffed != NULL && strcmp(sniffed, "xmp") == 0 ? sniffed : NULL;
}

static void
read_file(struct reader *r)
{
	xmp_read(r, 0, reader_size(r));
}

const struct format_reader format_xmp = {.bid = bid, .read = read_file};
