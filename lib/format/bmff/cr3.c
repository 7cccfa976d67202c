/*
 * Canon's raw format is a movie of pictures with a box of Canon's own, in which four TIFF structures stand: IFD0, the
 * Exif directory, the maker note, GPS.  They are read as parts of one block.
 *
 * Source: the description of CR3 by Laurent Clevy (github.com/lclevy/canon_cr3).
 */
#include <string.h>

#include "format/bmff/bmff.h"
#include "meta/exif/block.h"

#define THMB BOX_TYPE('T', 'H', 'M', 'B')
#define CNTH BOX_TYPE('C', 'N', 'T', 'H') /* of films */
#define SMALL_HEAD 32                     /* bytes of such a box within which its JPEG begins */

static void
note_small(struct bmff *f, const struct box *b)
{
	size_t len = b->end - b->body < SMALL_HEAD ? (size_t)(b->end - b->body) : SMALL_HEAD;
	const uint8_t *p = reader_wants_previews(f->r) ? box_bytes(&f->boxes, b, 0, len) : NULL;
	const uint8_t *jpeg = p != NULL ? memmem(p, len, "\xff\xd8\xff", 3) : NULL;

	if (jpeg != NULL)
		reader_preview(f->r, b->body, (double)(jpeg - p), (double)(b->end - b->body) - (double)(jpeg - p));
}

void
cr3_part(struct bmff *f, const struct box *b)
{
	uint32_t n = b->type - BOX_TYPE('C', 'M', 'T', '1');

	if (n < CR3_PARTS && f->part[n].type == 0)
		f->part[n] = *b;
	else if (b->type == THMB || b->type == CNTH)
		note_small(f, b);
}

void
cr3_end(struct bmff *f)
{
	static const enum ifd_kind kinds[CR3_PARTS] = {IFD_IMAGE, IFD_EXIF, IFD_OTHER, IFD_GPS};
	static const size_t order[CR3_PARTS] = {0, 1, 3, 2}; /* the note is read by what the others say */
	struct block_part part[CR3_PARTS];
	size_t n = 0;

	for (size_t i = 0; i < CR3_PARTS; i++) {
		const struct box *b = &f->part[order[i]];

		if (b->type != 0)
			part[n++] = (struct block_part){.kind = kinds[order[i]], .base = b->body, .end = b->end};
	}
	memset(f->part, 0, sizeof f->part); /* another such box would have its own */
	if (n > 0)
		block_read_parts(f->r, part, n);
}
