/*
 * A HEIF file is a set of items: heif-index.c finds them, heif-look.c reads what is told of the picture, and here the
 * items are read that hold Exif and XMP, in one piece or gathered from several.
 *
 * Source: ISO/IEC 14496-12, 8.11 (items); ISO/IEC 23008-12 (HEIF), 6 and annex A.
 */
#include "format/bmff/heif.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "format/bmff/heif-parts.h"
#include "meta/exif/block.h"
#include "meta/xmp/xmp.h"

#define GATHER_MAX (1 << 20)

/* Where the TIFF header is: some writers count "Exif\0\0" before it, others have it and do not, or have no count. */
static uint64_t
tiff_at(const uint8_t *p, size_t len)
{
	if (len >= 4 && (memcmp(p, "II*\0", 4) == 0 || memcmp(p, "MM\0*", 4) == 0))
		return 0;
	if (len >= 6 && memcmp(p, "Exif\0\0", 6) == 0)
		return 6;
	if (len >= 10 && memcmp(p + 4, "Exif\0\0", 6) == 0)
		return 10;
	if (len >= 8 && (memcmp(p + 4, "II*\0", 4) == 0 || memcmp(p + 4, "MM\0*", 4) == 0))
		return 4;
	return len >= 4 ? 4 + (uint64_t)src_be32(p) : 0;
}

void
heif_exif(struct reader *r, uint64_t at, uint64_t len)
{
	size_t got;
	const uint8_t *p = reader_some(r, at, len < 16 ? (size_t)len : 16, &got);
	uint64_t skip = p != NULL ? tiff_at(p, got) : 0;

	if (p == NULL)
		return;
	if (got < 8 || skip >= len)
		media_warn(r->info, FAIL_FORMAT, "the Exif block has no TIFF header");
	else
		block_read(r, at + skip, at + len);
}

static void
read_item(struct heif *h, const struct heif_wanted *item, uint64_t at, uint64_t len)
{
	if (item == &h->wanted[HEIF_EXIF])
		heif_exif(h->w->r, at, len);
	else
		xmp_read(h->w->r, at, len);
}

/* Copies all pieces of an item, as far as the file has them.  NULL: no memory, or too long. */
static uint8_t *
gather(struct reader *r, const struct heif_wanted *item, size_t *len)
{
	uint64_t total = 0;
	const uint8_t *p;
	uint8_t *bytes;
	size_t got;

	for (size_t i = 0; i < item->nextents; i++) {
		if (!num_add(total, item->extent[i].len, &total) || total > GATHER_MAX) {
			media_warn(r->info, FAIL_LIMIT, "skipped metadata of over %d bytes that is stored in pieces",
			    GATHER_MAX);
			return NULL;
		}
	}
	bytes = total > 0 ? malloc((size_t)total) : NULL;
	if (total > 0 && bytes == NULL)
		reader_nomem(r);
	*len = 0;
	for (size_t i = 0; i < item->nextents && bytes != NULL; i++) {
		const struct heif_extent *e = &item->extent[i];

		if ((p = reader_some(r, e->at, (size_t)e->len, &got)) == NULL)
			break;
		memcpy(bytes + *len, p, got);
		*len += got;
	}
	return bytes;
}

static void
read_pieces(struct heif *h, const struct heif_wanted *item)
{
	struct reader *r = h->w->r;
	struct src *outer;
	size_t len;
	uint8_t *bytes = gather(r, item, &len);

	if (bytes != NULL && (outer = reader_enter(r, bytes, len)) != NULL) {
		read_item(h, item, 0, len);
		reader_leave(r, outer);
	}
	free(bytes);
}

static void
read_wanted(struct heif *h, const struct heif_wanted *item, const char *name)
{
	const struct heif_extent *e = &item->extent[0];
	struct media_info *info = h->w->r->info;
	uint64_t size = reader_size(h->w->r), len;

	if (!item->exists)
		return;
	if (item->nextents == 0) {
		media_warn(info, FAIL_FORMAT, "the file does not say where its %s is", name);
		return;
	}
	if (item->nextents > 1) {
		read_pieces(h, item);
		return;
	}
	if (e->at >= size) {
		media_warn(info, FAIL_TRUNCATED, "the file ends before its %s", name);
		return;
	}
	len = e->len == 0 || e->len > size - e->at ? size - e->at : e->len; /* 0: to the end */
	if (len < e->len)
		media_warn(info, FAIL_TRUNCATED, "the file ends within its %s", name);
	read_item(h, item, e->at, len);
}

void
heif_meta(struct boxes *w, const struct box *b, uint64_t skip)
{
	struct heif *h = calloc(1, sizeof *h);

	if (h == NULL) {
		reader_nomem(w->r);
		return;
	}
	h->w = w;
	heif_index(h, b, skip);
	heif_look(h);
	read_wanted(h, &h->wanted[HEIF_EXIF], "Exif");
	read_wanted(h, &h->wanted[HEIF_XMP], "XMP");
	free(h->item);
	free(h);
}
