/* They are read after the walk, because the walk's windows on the source are not to move away from its directories. */
#include "meta/tiff-blocks.h"

#include "meta/xmp/xmp.h"

enum { TAG_XMP = 700, TAG_IPTC = 33723, TAG_PHOTOSHOP = 34377 };

bool
tiff_blocks_entry(struct tiff_blocks *b, const struct ifd_entry *e)
{
	struct photoshop_range *range = e->tag == TAG_XMP         ? &b->xmp
					: e->tag == TAG_IPTC      ? &b->iptc
					: e->tag == TAG_PHOTOSHOP ? &b->photoshop
								  : NULL;

	if (range == NULL || e->kind != IFD_IMAGE || e->nth != 0)
		return false;
	if (range->end == 0 && e->near == NULL && e->bytes <= UINT64_MAX - e->at)
		*range = (struct photoshop_range){e->at, e->at + e->bytes};
	return true;
}

void
tiff_blocks_read(const struct tiff_blocks *b, struct reader *r)
{
	if (b->xmp.end > 0)
		xmp_read(r, b->xmp.at, b->xmp.end - b->xmp.at);
	if (b->iptc.end > 0 || b->photoshop.end > 0)
		photoshop_read_beside(r, b->photoshop, b->iptc);
}
