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
#include "meta/reader.h"
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

int
heif_exif(struct src *src, uint64_t at, uint64_t len, struct work *work, struct media_info *info, struct fail *why)
{
	const uint8_t *p;
	uint64_t skip;
	size_t got;

	if ((p = src_some(src, at, len < 16 ? (size_t)len : 16, &got, why)) == NULL) {
		if (why->code == FAIL_SYSTEM)
			return -1;
		media_warn(info, why->code, "%s", why->message);
		return 0;
	}
	skip = tiff_at(p, got);
	if (got < 8 || skip >= len) {
		media_warn(info, FAIL_FORMAT, "an Exif item without a TIFF header");
		return 0;
	}
	return block_read(&(struct reader){.src = src, .work = work, .info = info, .why = why}, at + skip, at + len);
}

static void
read_item(struct heif *h, const struct heif_wanted *item, struct src *src, uint64_t at, uint64_t len)
{
	struct work *work = h->f->work;
	struct boxes *w = h->w;

	if (item == &h->wanted[HEIF_EXIF]
		? heif_exif(src, at, len, work, w->info, w->why) == -1
		: xmp_read(&(struct reader){.src = src, .work = work, .info = w->info, .why = w->why}, at, len) == -1)
		box_fail(w);
}

/* Copies all pieces of an item, as far as the file has them.  NULL: no memory, or too long. */
static uint8_t *
gather(struct heif *h, const struct heif_wanted *item, size_t *len)
{
	uint64_t total = 0;
	const uint8_t *p;
	uint8_t *bytes;
	size_t got;

	*len = 0;
	for (size_t i = 0; i < item->nextents; i++) {
		if (!num_add(total, item->extent[i].len, &total) || total > GATHER_MAX) {
			media_warn(h->w->info, FAIL_LIMIT, "metadata of over %d bytes in pieces", GATHER_MAX);
			return NULL;
		}
	}
	if (total == 0)
		return NULL;
	if ((bytes = malloc((size_t)total)) == NULL) {
		h->w->info->text.failed = true;
		return NULL;
	}
	for (size_t i = 0; i < item->nextents; i++) {
		const struct heif_extent *e = &item->extent[i];

		if ((p = src_some(h->w->src, e->at, (size_t)e->len, &got, h->w->why)) == NULL)
			break;
		memcpy(bytes + *len, p, got);
		*len += got;
	}
	return bytes;
}

static void
read_pieces(struct heif *h, const struct heif_wanted *item)
{
	size_t len;
	uint8_t *bytes = gather(h, item, &len);
	struct src *src = bytes != NULL ? work_open(h->f->work, bytes, len) : NULL;

	if (src != NULL) {
		read_item(h, item, src, 0, len);
		work_close(h->f->work);
	} else if (bytes != NULL) {
		h->w->info->text.failed |= work_lacks_memory(h->f->work);
	}
	free(bytes);
}

static void
read_wanted(struct heif *h, const struct heif_wanted *item, const char *name)
{
	const struct heif_extent *e = &item->extent[0];
	uint64_t size = src_size(h->w->src), len;

	if (!item->exists || h->f->work == NULL || h->w->failed)
		return;
	if (item->nextents == 0) {
		media_warn(h->w->info, FAIL_FORMAT, "where its %s lies is not told", name);
		return;
	}
	if (item->nextents > 1) {
		read_pieces(h, item);
		return;
	}
	if (e->at >= size) {
		media_warn(h->w->info, FAIL_TRUNCATED, "the file ends before its %s", name);
		return;
	}
	len = e->len == 0 || e->len > size - e->at ? size - e->at : e->len; /* 0: to the end */
	if (len < e->len)
		media_warn(h->w->info, FAIL_TRUNCATED, "the file ends within its %s", name);
	read_item(h, item, h->w->src, e->at, len);
}

void
heif_meta(struct bmff *f, const struct box *b, uint64_t skip)
{
	struct heif *h = calloc(1, sizeof *h);

	if (h == NULL) {
		fail_nomem(f->boxes.why);
		box_fail(&f->boxes);
		return;
	}
	h->f = f;
	h->w = &f->boxes;
	heif_index(h, b, skip);
	heif_look(h);
	read_wanted(h, &h->wanted[HEIF_EXIF], "Exif");
	read_wanted(h, &h->wanted[HEIF_XMP], "XMP");
	free(h->item);
	free(h);
}
