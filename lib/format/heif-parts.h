/* heif-parts -- what the three files share that read HEIF. */
#ifndef FORMAT_HEIF_PARTS_H
#define FORMAT_HEIF_PARTS_H

#include "format/bmff.h"

enum {
	HEIF_WANTED_MAX = 4,      /* Exif and XMP items */
	HEIF_EXTENTS_MAX = 64,    /* pieces of one item */
	HEIF_PROPERTIES_MAX = 64, /* of the picture */
	HEIF_IPMA_MAX = 4,        /* boxes that say which item has which properties */
};

struct heif_extent {
	uint64_t at, len;
};

struct heif_item {
	uint32_t id;
	bool is_exif, of_primary, known_place;
	size_t nextents;
	struct heif_extent extent[HEIF_EXTENTS_MAX];
};

struct heif {
	struct bmff *f;
	struct boxes *w;
	struct box pitm, iinf, iloc, iref, ipco, idat; /* type 0: absent */
	struct box ipma[HEIF_IPMA_MAX];
	size_t nipma;
	bool has_primary;
	uint32_t primary;
	struct heif_item wanted[HEIF_WANTED_MAX];
	size_t nwanted;
	uint16_t index[HEIF_PROPERTIES_MAX]; /* of the picture's properties, from 1, in the order they apply */
	struct box property[HEIF_PROPERTIES_MAX];
	size_t nproperties;
};

/* A place in a box that is read number by number, big-endian. */
struct heif_reader {
	struct boxes *w;
	struct box b;
	uint64_t at; /* in the body */
	bool ended;
};

/* heif_open() -- begin with a box that has a version, which is returned, and flags.  One of type 0 has ended. */
unsigned heif_open(struct heif_reader *r, struct boxes *w, const struct box *b, uint32_t *flags);

/* heif_get() -- the next number of `size` bytes, 0 to 8; 0 where the box has ended. */
uint64_t heif_get(struct heif_reader *r, size_t size);

/* heif_index() -- read which items there are, where they lie, and which is the picture. */
void heif_index(struct heif *h, const struct box *meta, uint64_t skip);

/* heif_look() -- set what the properties of the picture say: its size, and which way up it is. */
void heif_look(struct heif *h);

#endif
