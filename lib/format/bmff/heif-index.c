/*
 * Which of the items is the picture, what they are and where they lie is told by boxes in any order; so their places
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
heif_get(struct heif_reader *r, size_t size)
{
	const uint8_t *p = size > 0 && !r->ended ? box_bytes(r->w, &r->b, r->at, size) : NULL;
	uint64_t v = 0;

	if (p == NULL) {
		r->ended |= size > 0;
		return 0;
	}
	r->at += size;
	for (size_t i = 0; i < size; i++)
		v = v << 8 | p[i];
	return v;
}

unsigned
heif_open(struct heif_reader *r, struct boxes *w, const struct box *b, uint32_t *flags)
{
	uint32_t head;

	*r = (struct heif_reader){.w = w, .b = *b, .ended = b->type == 0};
	head = (uint32_t)heif_get(r, 4);
	*flags = head & 0xffffff;
	return head >> 24;
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
keep_place(struct heif *h, const struct box *b)
{
	const struct {
		uint32_t type;
		struct box *box;
	} places[] = {
	    {PITM, &h->pitm},
	    {IINF, &h->iinf},
	    {ILOC, &h->iloc},
	    {IREF, &h->iref},
	    {IPRP, &h->iprp},
	    {IPCO, &h->ipco},
	    {IDAT, &h->idat},
	};

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		if (places[i].type == b->type && places[i].box->type == 0)
			*places[i].box = *b;
	}
}

static void
read_primary(struct heif *h)
{
	struct heif_reader r;
	uint32_t flags;
	unsigned version = heif_open(&r, h->w, &h->pitm, &flags);

	h->primary = (uint32_t)heif_get(&r, version == 0 ? 2 : 4);
	h->names_primary = !r.ended;
}

/* An item's name ends with a NUL, the type of its content behind it is what counts. */
static bool
is_xmp(struct heif_reader *r)
{
	static const char type[] = "application/rdf+xml";
	size_t len = r->b.end - r->b.body - r->at < 256 ? (size_t)(r->b.end - r->b.body - r->at) : 256;
	const uint8_t *p = box_bytes(r->w, &r->b, r->at, len), *nul;

	nul = p != NULL && len > 0 ? memchr(p, '\0', len) : NULL;
	if (nul == NULL)
		return false;
	len -= (size_t)(nul + 1 - p);
	/* An encoding would follow, of which nothing is known. */
	return len >= sizeof type - 1 && memcmp(nul + 1, type, sizeof type - 1) == 0 &&
	       (len <= sizeof type || nul[1 + sizeof type] == '\0');
}

static bool
grow(struct heif *h)
{
	struct heif_item *item = array_room(h->item, &h->items_cap, h->nitems, sizeof *item);

	if (item == NULL) {
		h->w->info->text.failed = true;
		return false;
	}
	h->item = item;
	return true;
}

static void
note_item(struct heif *h, const struct box *b)
{
	struct heif_item item = {.nth = (unsigned)h->nitems};
	struct heif_reader r;
	uint32_t flags, type;
	unsigned version;

	if (b->type != INFE)
		return;
	version = heif_open(&r, h->w, b, &flags);
	if (version < 2)
		return;
	item.id = (uint32_t)heif_get(&r, version == 2 ? 2 : 4);
	h->has_primary |= h->names_primary && item.id == h->primary;
	heif_get(&r, 2); /* protection */
	type = (uint32_t)heif_get(&r, 4);
	item.kind = type == EXIF ? HEIF_EXIF : HEIF_XMP;
	if (!r.ended && (type == EXIF || (type == MIME && is_xmp(&r))) && grow(h))
		h->item[h->nitems++] = item;
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
	struct heif_reader r;
	uint32_t flags;
	unsigned version = heif_open(&r, h->w, &h->iinf, &flags);

	heif_get(&r, version == 0 ? 2 : 4); /* the count, which the boxes show */
	if (!r.ended)
		heif_each(h, &h->iinf, r.at, note_item);
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
	unsigned version;
	size_t offset, length, base, index;
};

/* Where an extent lies in the source: idat's offsets count from its body. */
static bool
place(const struct heif *h, unsigned method, uint64_t base, struct heif_extent *e)
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
read_place(struct heif *h, struct heif_reader *r, const struct sizes *s)
{
	uint32_t id = (uint32_t)heif_get(r, s->version < 2 ? 2 : 4);
	unsigned method = s->version > 0 ? heif_get(r, 2) & 15 : 0;
	struct heif_wanted *item = find_wanted(h, id);
	uint64_t base, count, i;
	struct heif_extent e;

	heif_get(r, 2); /* of another file, or this */
	base = heif_get(r, s->base);
	count = heif_get(r, 2);
	if (item != NULL && count > HEIF_EXTENTS_MAX)
		media_warn(h->w->info, FAIL_LIMIT, "metadata in more than %d pieces", HEIF_EXTENTS_MAX);
	if (item == NULL || item->known_place || count > HEIF_EXTENTS_MAX) {
		if (s->index + s->offset + s->length > 0)
			r->at += count * (s->index + s->offset + s->length);
		return;
	}
	for (i = 0; i < count && !r->ended; i++) {
		heif_get(r, s->index);
		e.at = heif_get(r, s->offset);
		e.len = heif_get(r, s->length);
		if (!r->ended && place(h, method, base, &e))
			item->extent[item->nextents++] = e;
	}
	item->known_place = true;
}

static void
read_places(struct heif *h)
{
	struct heif_reader r;
	uint32_t flags;
	struct sizes s = {.version = heif_open(&r, h->w, &h->iloc, &flags)};
	uint64_t sizes, count;

	sizes = heif_get(&r, 2);
	s.offset = sizes >> 12;
	s.length = sizes >> 8 & 15;
	s.base = sizes >> 4 & 15;
	s.index = s.version > 0 ? sizes & 15 : 0;
	count = heif_get(&r, s.version < 2 ? 2 : 4);
	if (!is_size(s.offset) || !is_size(s.length) || !is_size(s.base) || !is_size(s.index) || s.version > 2) {
		media_warn(h->w->info, FAIL_FORMAT, "the places of the items are told in an unknown way");
		return;
	}
	for (; count > 0 && !r.ended; count--)
		read_place(h, &r, &s);
}

static void
note_source(struct heif *h, const struct box *b)
{
	size_t size = h->wide_references ? 4 : 2;
	struct heif_reader r = {.w = h->w, .b = *b};
	uint32_t source;

	if (b->type != DIMG || h->is_derived || heif_get(&r, size) != h->primary || heif_get(&r, 2) == 0)
		return;
	source = (uint32_t)heif_get(&r, size);
	h->is_derived = !r.ended;
	h->source = source;
}

static void
note_reference(struct heif *h, const struct box *b)
{
	size_t size = h->wide_references ? 4 : 2;
	struct heif_item *item, key = {0};
	struct heif_reader r;
	uint64_t count;
	uint32_t to;

	if (b->type != CDSC || h->nitems == 0)
		return;
	r = (struct heif_reader){.w = h->w, .b = *b};
	key.id = (uint32_t)heif_get(&r, size);
	item = bsearch(&key, h->item, h->nitems, sizeof key, by_id);
	for (count = heif_get(&r, 2); item != NULL && count > 0; count--) {
		to = (uint32_t)heif_get(&r, size);
		if (r.ended)
			break;
		item->of_primary |= to == h->primary;
		item->of_other |= to != h->primary;
		item->of_source |= h->is_derived && to == h->source;
	}
}

static void
read_references(struct heif *h)
{
	struct heif_reader r;
	uint32_t flags;

	h->wide_references = heif_open(&r, h->w, &h->iref, &flags) > 0;
	if (r.ended)
		return;
	heif_each(h, &h->iref, r.at, note_source);
	heif_each(h, &h->iref, r.at, note_reference);
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
		media_warn(h->w->info, FAIL_VALUE, "the Exif in it describes another picture, and was passed over");
}

void
heif_index(struct heif *h, const struct box *meta, uint64_t skip)
{
	heif_each(h, meta, skip, keep_place);
	if (h->iprp.type != 0)
		heif_each(h, &h->iprp, 0, keep_place);
	read_primary(h);
	read_items(h);
	read_references(h);
	choose(h, HEIF_EXIF);
	choose(h, HEIF_XMP);
	read_places(h);
}
