/*
 * Which of the items is the picture, what they are and where they lie is told by boxes in any order; so the boxes
 * are noted first, and then they are read in the order in which one needs the other.
 */
#include "format/bmff/heif-parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/num.h"

#define PITM BOX_TYPE('p', 'i', 't', 'm')
#define IINF BOX_TYPE('i', 'i', 'n', 'f')
#define INFE BOX_TYPE('i', 'n', 'f', 'e')
#define ILOC BOX_TYPE('i', 'l', 'o', 'c')
#define IREF BOX_TYPE('i', 'r', 'e', 'f')
#define CDSC BOX_TYPE('c', 'd', 's', 'c')
#define DIMG BOX_TYPE('d', 'i', 'm', 'g')
#define IPRP BOX_TYPE('i', 'p', 'r', 'p')
#define IPCO BOX_TYPE('i', 'p', 'c', 'o')
#define IDAT BOX_TYPE('i', 'd', 'a', 't')
#define EXIF BOX_TYPE('E', 'x', 'i', 'f')
#define MIME BOX_TYPE('m', 'i', 'm', 'e')

uint64_t
heif_get(struct heif_cursor *c, size_t size)
{
	const uint8_t *p = size > 0 && !c->ended ? box_bytes(c->w, &c->b, c->at, size) : NULL;
	uint64_t v = 0;

	if (p == NULL) {
		c->ended |= size > 0;
		return 0;
	}
	c->at += size;
	for (size_t i = 0; i < size; i++)
		v = v << 8 | p[i];
	return v;
}

struct heif_cursor
heif_open(struct boxes *w, const struct box *b)
{
	struct heif_cursor c = {.w = w, .b = *b, .ended = b->type == 0};

	c.flags = (uint32_t)heif_get(&c, 4);
	c.version = c.flags >> 24;
	c.flags &= 0xffffff;
	return c;
}

/* A walk over the children of a box. */
void
heif_each(struct heif *h, const struct box *b, uint64_t skip, void (*show)(struct heif *h, const struct box *b))
{
	struct boxes inner, *outer = h->w;
	enum box_step step;
	struct box child;

	box_within(&inner, outer, b, skip);
	h->w = &inner;
	while ((step = box_next(&inner, &child)) != BOX_END)
		show(h, &child);
	h->w = outer;
	box_done(outer, &inner);
}

static void
keep_box(struct heif *h, const struct box *b)
{
	const struct {
		uint32_t type;
		struct box *box;
	} wanted[] = {
	    {PITM, &h->pitm},
	    {IINF, &h->iinf},
	    {ILOC, &h->iloc},
	    {IREF, &h->iref},
	    {IPRP, &h->iprp},
	    {IPCO, &h->ipco},
	    {IDAT, &h->idat},
	};

	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		if (wanted[i].type == b->type && wanted[i].box->type == 0)
			*wanted[i].box = *b;
	}
}

static void
read_primary(struct heif *h)
{
	struct heif_cursor c = heif_open(h->w, &h->pitm);

	h->primary = (uint32_t)heif_get(&c, c.version == 0 ? 2 : 4);
	h->names_primary = !c.ended;
}

/* An item's name ends with a NUL, the type of its content behind it is what counts. */
static bool
is_xmp(struct heif_cursor *c)
{
	static const char type[] = "application/rdf+xml";
	size_t len = c->b.end - c->b.body - c->at < 256 ? (size_t)(c->b.end - c->b.body - c->at) : 256;
	const uint8_t *p = box_bytes(c->w, &c->b, c->at, len), *nul;

	nul = p != NULL && len > 0 ? memchr(p, '\0', len) : NULL;
	if (nul == NULL)
		return false;
	len -= (size_t)(nul + 1 - p);
	/* An encoding would follow, of which nothing is known. */
	return len >= sizeof type - 1 && memcmp(nul + 1, type, sizeof type - 1) == 0 &&
	       (len <= sizeof type || nul[1 + sizeof type] == '\0');
}

static void
add_item(struct heif *h, const struct heif_item *item)
{
	struct heif_item *grown = array_room(h->item, &h->items_cap, h->nitems, sizeof *item);

	if (grown == NULL) {
		reader_nomem(h->w->r);
		return;
	}
	h->item = grown;
	h->item[h->nitems++] = *item;
}

static void
note_item(struct heif *h, const struct box *b)
{
	struct heif_item item = {.nth = (unsigned)h->nitems};
	struct heif_cursor c;
	uint32_t type;

	if (b->type != INFE || (c = heif_open(h->w, b)).version < 2)
		return;
	item.id = (uint32_t)heif_get(&c, c.version == 2 ? 2 : 4);
	h->has_primary |= h->names_primary && item.id == h->primary;
	heif_get(&c, 2); /* protection */
	type = (uint32_t)heif_get(&c, 4);
	item.kind = type == EXIF ? HEIF_EXIF : HEIF_XMP;
	if (!c.ended && (type == EXIF || (type == MIME && is_xmp(&c))))
		add_item(h, &item);
}

static int
by_id(const void *a, const void *b)
{
	const struct heif_item *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static void
read_items(struct heif *h)
{
	struct heif_cursor c = heif_open(h->w, &h->iinf);

	heif_get(&c, c.version == 0 ? 2 : 4); /* the count, which the boxes show */
	if (!c.ended)
		heif_each(h, &h->iinf, c.at, note_item);
	if (h->nitems > 0)
		qsort(h->item, h->nitems, sizeof *h->item, by_id);
}

static struct heif_wanted *
find_wanted(struct heif *h, uint32_t id)
{
	for (size_t i = 0; i < HEIF_KINDS; i++) {
		if (h->wanted[i].exists && h->wanted[i].id == id)
			return &h->wanted[i];
	}
	return NULL;
}

/* The entries of one iloc have numbers of these sizes in bytes. */
struct sizes {
	size_t offset, length, base, index;
};

/* Where an extent lies in the source: idat's offsets count from its body. */
static bool
locate(const struct heif *h, unsigned method, uint64_t base, struct heif_extent *e)
{
	if (!num_add(e->at, base, &e->at))
		return false;
	if (method == 0)
		return true;
	return method == 1 && h->idat.type != 0 && e->at <= h->idat.end - h->idat.body &&
	       num_add(e->at, h->idat.body, &e->at);
}

static bool
is_size(size_t n)
{
	return n == 0 || n == 4 || n == 8;
}

static void
read_location(struct heif *h, struct heif_cursor *c, const struct sizes *s)
{
	uint32_t id = (uint32_t)heif_get(c, c->version < 2 ? 2 : 4);
	unsigned method = c->version > 0 ? heif_get(c, 2) & 15 : 0;
	struct heif_wanted *item = find_wanted(h, id);
	uint64_t base, count, i;
	struct heif_extent e;

	heif_get(c, 2); /* of another file, or this */
	base = heif_get(c, s->base);
	count = heif_get(c, 2);
	if (item != NULL && count > HEIF_EXTENTS_MAX)
		media_warn(h->w->r->info, FAIL_LIMIT, "skipped metadata that is stored in more than %d pieces",
		    HEIF_EXTENTS_MAX);
	if (item == NULL || item->located || count > HEIF_EXTENTS_MAX) {
		if (s->index + s->offset + s->length > 0)
			c->at += count * (s->index + s->offset + s->length);
		return;
	}
	for (i = 0; i < count && !c->ended; i++) {
		heif_get(c, s->index);
		e.at = heif_get(c, s->offset);
		e.len = heif_get(c, s->length);
		if (!c->ended && locate(h, method, base, &e))
			item->extent[item->nextents++] = e;
	}
	item->located = true;
}

static void
read_locations(struct heif *h)
{
	struct heif_cursor c = heif_open(h->w, &h->iloc);
	uint64_t sizes = heif_get(&c, 2), count;
	struct sizes s = {sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, c.version > 0 ? sizes & 15 : 0};

	count = heif_get(&c, c.version < 2 ? 2 : 4);
	if (!is_size(s.offset) || !is_size(s.length) || !is_size(s.base) || !is_size(s.index) || c.version > 2) {
		media_warn(h->w->r->info, FAIL_FORMAT,
		    "the locations of the file's metadata (iloc box) are in an unknown format");
		return;
	}
	for (; count > 0 && !c.ended; count--)
		read_location(h, &c, &s);
}

static void
note_source(struct heif *h, const struct box *b)
{
	size_t size = h->wide_references ? 4 : 2;
	struct heif_cursor c = {.w = h->w, .b = *b};
	uint32_t source;

	if (b->type != DIMG || h->is_derived || heif_get(&c, size) != h->primary || heif_get(&c, 2) == 0)
		return;
	source = (uint32_t)heif_get(&c, size);
	h->is_derived = !c.ended;
	h->source = source;
}

static void
note_reference(struct heif *h, const struct box *b)
{
	size_t size = h->wide_references ? 4 : 2;
	struct heif_item *item, key = {0};
	struct heif_cursor c;
	uint64_t count;
	uint32_t to;

	if (b->type != CDSC || h->nitems == 0)
		return;
	c = (struct heif_cursor){.w = h->w, .b = *b};
	key.id = (uint32_t)heif_get(&c, size);
	item = bsearch(&key, h->item, h->nitems, sizeof key, by_id);
	for (count = heif_get(&c, 2); item != NULL && count > 0; count--) {
		to = (uint32_t)heif_get(&c, size);
		if (c.ended)
			break;
		item->of_primary |= to == h->primary;
		item->of_other |= to != h->primary;
		item->of_source |= h->is_derived && to == h->source;
	}
}

static void
read_references(struct heif *h)
{
	struct heif_cursor c = heif_open(h->w, &h->iref);

	h->wide_references = c.version > 0;
	if (c.ended)
		return;
	heif_each(h, &h->iref, c.at, note_source);
	heif_each(h, &h->iref, c.at, note_reference);
}

/* How much an item has to do with the picture; 0: nothing. */
static int
nearness(const struct heif *h, const struct heif_item *item)
{
	if (!h->has_primary || item->of_primary)
		return 3;
	return !item->of_other ? 2 : item->of_source;
}

static void
choose(struct heif *h, enum heif_kind kind)
{
	const struct heif_item *best = NULL;
	bool any = false;
	int near, nearest = 0;

	for (size_t i = 0; i < h->nitems; i++) {
		const struct heif_item *item = &h->item[i];

		if (item->kind != kind)
			continue;
		any = true;
		near = nearness(h, item);
		if (near > nearest || (best != NULL && near == nearest && item->nth < best->nth)) {
			best = item;
			nearest = near;
		}
	}
	if (best != NULL)
		h->wanted[kind] = (struct heif_wanted){.exists = true, .id = best->id};
	else if (any && kind == HEIF_EXIF)
		media_warn(h->w->r->info, FAIL_VALUE, "ignored Exif that describes another picture of the file");
}

void
heif_index(struct heif *h, const struct box *meta, uint64_t skip)
{
	heif_each(h, meta, skip, keep_box);
	if (h->iprp.type != 0)
		heif_each(h, &h->iprp, 0, keep_box);
	read_primary(h);
	read_items(h);
	read_references(h);
	choose(h, HEIF_EXIF);
	choose(h, HEIF_XMP);
	read_locations(h);
}
