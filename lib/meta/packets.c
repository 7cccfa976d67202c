/* They are read after the walk, because the walk's windows on the source are not to move away from its directories. */
#include "meta/packets.h"

#include "meta/xmp/xmp.h"

enum { TAG_XMP = 700, TAG_IPTC = 33723, TAG_PHOTOSHOP = 34377 };

bool
packets_entry(struct packets *p, const struct ifd_entry *e)
{
	struct photoshop_range *range = e->tag == TAG_XMP         ? &p->xmp
					: e->tag == TAG_IPTC      ? &p->iptc
					: e->tag == TAG_PHOTOSHOP ? &p->photoshop
								  : NULL;

	if (range == NULL || e->kind != IFD_IMAGE || e->nth != 0)
		return false;
	if (range->end == 0 && e->near == NULL && e->bytes <= UINT64_MAX - e->at)
		*range = (struct photoshop_range){e->at, e->at + e->bytes};
	return true;
}

int
packets_read(const struct packets *p, struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	if (p->xmp.end > 0 && xmp_read(&(struct reader){.src = src, .work = work, .info = info, .why = why}, p->xmp.at,
				  p->xmp.end - p->xmp.at) == -1)
		return -1;
	if (p->iptc.end == 0 && p->photoshop.end == 0)
		return 0;
	return photoshop_read_beside(
	    &(struct reader){.src = src, .work = work, .info = info, .why = why}, p->photoshop, p->iptc);
}
