/* A sidecar, read as a file of its own: what it says is as of XMP. */
#include <string.h>

#include "format/format.h"
#include "format/sniff.h"
#include "meta/xmp/xmp.h"

/* Binary formats seldom begin with what may stand before an XML element, so that few files are looked at twice. */
static bool
bid(const uint8_t *head, size_t len, const char **type, const char **mime)
{
	const char *sniffed;

	if (len == 0 || memchr("<\xef\xfe\xff \t\r\n", head[0], 8) == NULL)
		return false;
	if ((sniffed = sniff_type(head, len)) == NULL || strcmp(sniffed, "xmp") != 0)
		return false;
	*type = sniffed;
	*mime = "application/rdf+xml";
	return true;
}

static int
read_file(struct src *src, struct work *work, struct media_info *info, struct fail *why)
{
	return xmp_read(src, 0, src_size(src), work, info, why);
}

const struct format_reader format_xmp = {.bid = bid, .read = read_file};
