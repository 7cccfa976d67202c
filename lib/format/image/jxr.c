/*
 * A JPEG XR is a TIFF with other numbers for what describes its picture.
 *
 * Source: ITU-T T.832, annex A.
 */
#include <string.h>

#include "format/format.h"
#include "meta/exif/block.h"
#include "meta/exif/ifd.h"
#include "meta/iptc.h"
#include "meta/xmp/xmp.h"

enum { TAG_XMP = 0x02bc, TAG_IPTC = 0x83bb, TAG_WIDTH = 0xbc80, TAG_HEIGHT = 0xbc81 };

/* Blocks are only noted: while the directories are walked their source is in use. */
struct jxr {
	struct media_info *info;
	struct {
		uint64_t at, len;
	} xmp, iptc;
};

static const char *
bid(const uint8_t *head, size_t len)
{
	return len >= 4 && memcmp(head, "II\xbc\1", 4) == 0 ? "jxr" : NULL;
}

static void
look(void *arg, struct ifd *ifd, const struct ifd_entry *e)
{
	struct jxr *j = arg;

	if (e->kind != IFD_IMAGE || e->nth != 0)
		return;
	if (e->tag == TAG_WIDTH || e->tag == TAG_HEIGHT) {
		media_set_number(j->info, e->tag == TAG_WIDTH ? MEDIA_WIDTH : MEDIA_HEIGHT, ifd_number(ifd, e));
	} else if (e->tag == TAG_XMP && j->xmp.len == 0) {
		j->xmp.at = e->at;
		j->xmp.len = e->bytes;
	} else if (e->tag == TAG_IPTC && j->iptc.len == 0) {
		j->iptc.at = e->at;
		j->iptc.len = e->bytes;
	}
}

static void
read_jxr(struct reader *r)
{
	struct jxr j = {.info = r->info};
	struct ifd_visitor v = {.entry = look, .arg = &j};
	struct reader quiet = *r; /* block_read() walks the same directories, and warns */
	uint64_t size = reader_size(r);
	struct ifd ifd;
	bool opened;

	quiet.info = NULL;
	if ((opened = ifd_open(&ifd, &quiet, 0, size)))
		ifd_walk(&ifd, &v);
	r->failed = quiet.failed;
	if (opened)
		block_read(r, 0, size);
	if (j.xmp.len > 0)
		xmp_read(r, j.xmp.at, j.xmp.len);
	if (j.iptc.len > 0 && j.iptc.at <= size && j.iptc.len <= size - j.iptc.at)
		iptc_read(r, j.iptc.at, j.iptc.at + j.iptc.len, IPTC_UNDATED);
}

const struct format_reader format_jxr = {bid, read_jxr};
