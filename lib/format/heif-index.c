/*
 * Which of the items is the picture, what they are and where they lie is told by boxes in any order; so their places
 * are noted first, and then they are read in the order in which one needs the other.
 */
#include "format/heif-parts.h"

#include <string.h>

#include "run/num.h"

#define PITM BOX_TYPE('p', 'i', 't', 'm')
#define IINF BOX_TYPE('i', 'i', 'n', 'f')
#define INFE BOX_TYPE('i', 'n', 'f', 'e')
#define ILOC BOX_TYPE('i', 'l', 'o', 'c')
#define IREF BOX_TYPE('i', 'r', 'e', 'f')
#define CDSC BOX_TYPE('c', 'd', 's', 'c')
#define IPRP BOX_TYPE('i', 'p', 'r', 'p')
#define IPCO BOX_TYPE('i', 'p', 'c', 'o')
#define IPMA BOX_TYPE('i', 'p', 'm', 'a')
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
static void
each(struct heif *h, const struct box *b, uint64_t skip, void (*show)(struct heif *h, const struct box *b))
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
	    {IPCO, &h->ipco},
	    {IDAT, &h->idat},
	};

	if (b->type == IPMA && h->nipma < HEIF_IPMA_MAX)
		h->ipma[h->nipma++] = *b;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		if (places[i].type == b->type && places[i].box->type == 0)
			*places[i].box = *b;
	}
}

static void
note_place(struct heif *h, const struct box *b)
{
	if (b->type == IPRP)
		each(h, b, 0, keep_place);
	else
		keep_place(h, b);
}

static void
read_primary(struct heif *h)
{
	struct heif_reader r;
	uint32_t flags;
	unsigned version = heif_open(&r, h->w, &h->pitm, &flags);

	h->primary = (uint32_t)heif_get(&r, version == 0 ? 2 : 4);
	h->has_primary = !r.ended;
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

static void
note_item(struct heif *h, const struct box *b)
{
	struct heif_item *i = &h->wanted[h->nwanted];
	struct heif_reader r;
	uint32_t flags, type;
	unsigned version;

	if (b->type != INFE || h->nwanted == HEIF_WANTED_MAX)
		return;
	version = heif_open(&r, h->w, b, &flags);
	if (version < 2)
		return;
	*i = (struct heif_item){.id = (uint32_t)heif_get(&r, version == 2 ? 2 : 4)};
	heif_get(&r, 2); /* protection */
	type = (uint32_t)heif_get(&r, 4);
	i->is_exif = type == EXIF;
	if (!r.ended && (i->is_exif || (type == MIME && is_xmp(&r))))
		h->nwanted++;
}

static void
read_items(struct heif *h)
{
	struct heif_reader r;
	uint32_t flags;
	unsigned version = heif_open(&r, h->w, &h->iinf, &flags);

	heif_get(&r, version == 0 ? 2 : 4); /* the count, which the boxes show */
	if (!r.ended)
		each(h, &h->iinf, r.at, note_item);
}

static struct heif_item *
find_wanted(struct heif *h, uint32_t id)
{
	for (size_t i = 0; i < h->nwanted; i++) {
		if (h->wanted[i].id == id)
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
	struct heif_item *item = find_wanted(h, id);
	uint64_t base, count, i;
	struct heif_extent e;

	heif_get(r, 2); /* of another file, or this */
	base = heif_get(r, s->base);
	count = heif_get(r, 2);
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
note_reference(struct heif *h, const struct box *b)
{
	struct heif_item *item;
	struct heif_reader r;
	uint32_t flags;
	uint64_t count;
	size_t size;

	if (b->type != CDSC)
		return;
	size = heif_open(&r, h->w, &h->iref, &flags) == 0 ? 2 : 4;
	r = (struct heif_reader){.w = h->w, .b = *b};
	item = find_wanted(h, (uint32_t)heif_get(&r, size));
	for (count = heif_get(&r, 2); item != NULL && count > 0 && !r.ended; count--)
		item->of_primary |= heif_get(&r, size) == h->primary && !r.ended;
}

void
heif_index(struct heif *h, const struct box *meta, uint64_t skip)
{
	each(h, meta, skip, note_place);
	read_primary(h);
	read_items(h);
	read_places(h);
	if (h->iref.type != 0)
		each(h, &h->iref, 4, note_reference);
}
