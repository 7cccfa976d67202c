/*
 * Properties stand in one list, and another says which item has which of them.  Turns and mirrors apply one after the
 * other, so they are multiplied out.
 */
#include "format/bmff/heif-parts.h"

#define ISPE BOX_TYPE('i', 's', 'p', 'e')
#define IROT BOX_TYPE('i', 'r', 'o', 't')
#define IPMA BOX_TYPE('i', 'p', 'm', 'a')
#define IMIR BOX_TYPE('i', 'm', 'i', 'r')

/* Which properties the picture has; where it stands twice, the last counts. */
static void
read_associations(struct heif *h, const struct box *b)
{
	struct heif_cursor c;
	uint32_t id;
	uint64_t count, n;
	size_t size;

	if (b->type != IPMA)
		return;
	c = heif_open(h->w, b);
	size = c.flags & 1 ? 2 : 1;
	for (count = heif_get(&c, 4); count > 0 && !c.ended; count--) {
		id = (uint32_t)heif_get(&c, c.version == 0 ? 2 : 4);
		n = heif_get(&c, 1);
		if (c.ended || id != h->primary) {
			c.at += n * size;
			continue;
		}
		h->nproperties = 0;
		for (; n > 0 && !c.ended; n--)
			h->index[h->nproperties++] = (uint16_t)(heif_get(&c, size) & (size == 2 ? 0x7fff : 0x7f));
	}
}

static void
read_properties(struct heif *h)
{
	struct boxes inner;
	unsigned index = 0;
	struct box b;

	box_within(&inner, h->w, &h->ipco, 0);
	while (h->ipco.type != 0 && box_next(&inner, &b) != BOX_END) {
		index++;
		for (size_t i = 0; i < h->nproperties; i++) {
			if (h->index[i] == index)
				h->property[i] = b;
		}
	}
	box_done(h->w, &inner);
}

/* What was done first, then what is done next. */
static void
turn(int m[4], const int next[4])
{
	int a = next[0] * m[0] + next[2] * m[1], b = next[1] * m[0] + next[3] * m[1];
	int c = next[0] * m[2] + next[2] * m[3], d = next[1] * m[2] + next[3] * m[3];

	m[0] = a;
	m[1] = b;
	m[2] = c;
	m[3] = d;
}

static void
apply(struct heif *h, const struct box *b, int matrix[4])
{
	static const int quarter[4] = {0, -1, 1, 0}; /* anti-clockwise */
	static const int mirrors[2][4] = {{1, 0, 0, -1}, {-1, 0, 0, 1}};
	const uint8_t *p;

	if (b->type == ISPE && (p = box_bytes(h->w, b, 4, 8)) != NULL && src_be32(p) > 0 && src_be32(p + 4) > 0) {
		reader_set_size(h->w->r, src_be32(p), src_be32(p + 4));
	} else if (b->type == IROT && (p = box_bytes(h->w, b, 0, 1)) != NULL) {
		for (unsigned n = p[0] & 3; n > 0; n--)
			turn(matrix, quarter);
	} else if (b->type == IMIR && (p = box_bytes(h->w, b, 0, 1)) != NULL) {
		turn(matrix, mirrors[p[0] & 1]);
	}
}

void
heif_look(struct heif *h)
{
	int matrix[4] = {1, 0, 0, 1}, orientation;

	if (!h->has_primary)
		return;
	if (h->iprp.type != 0)
		heif_each(h, &h->iprp, 0, read_associations);
	read_properties(h);
	for (size_t i = 0; i < h->nproperties; i++)
		apply(h, &h->property[i], matrix);
	if ((orientation = bmff_orientation(matrix)) != 0)
		media_set_number(h->w->r->info, MEDIA_ORIENTATION, orientation);
}
