/* heif-parts -- what the three files share that read HEIF. */
#ifndef FORMAT_BMFF_HEIF_PARTS_H
#define FORMAT_BMFF_HEIF_PARTS_H

#include "format/bmff/bmff.h"

enum {
	HEIF_EXTENTS_MAX = 64,     /* pieces of one item */
	HEIF_PROPERTIES_MAX = 255, /* of the picture; their number is told in one byte */
};

enum heif_kind { HEIF_EXIF, HEIF_XMP, HEIF_KINDS };

struct heif_extent {
	uint64_t at, len;
};

/* An item of metadata.  A file may have any number of them, most of them of other pictures than the one that counts. */
struct heif_item {
	uint32_t id;
	unsigned nth; /* in the order of the file */
	enum heif_kind kind;
	bool of_other, of_primary; /* which picture a reference says that it describes */
	bool of_source;
};

/* The one item of a kind that is read. */
struct heif_wanted {
	uint32_t id;
	bool exists, located;
	size_t nextents;
	struct heif_extent extent[HEIF_EXTENTS_MAX];
};

struct heif {
	struct boxes *w;
	struct box pitm, iinf, iloc, iref, iprp, ipco, idat; /* type 0: absent */
	bool names_primary, has_primary;                     /* an item of its number is there, too */
	uint32_t primary;
	bool is_derived; /* from another item, the first of which is: */
	uint32_t source;
	bool wide_references;   /* their numbers of items have four bytes */
	struct heif_item *item; /* sorted by id */
	size_t nitems, items_cap;
	struct heif_wanted wanted[HEIF_KINDS];
	uint16_t index[HEIF_PROPERTIES_MAX]; /* of the picture's properties, from 1, in the order they apply */
	struct box property[HEIF_PROPERTIES_MAX];
	size_t nproperties;
};

/* A place in a box that is read number by number, big-endian. */
struct heif_cursor {
	struct boxes *w;
	struct box b;
	unsigned version; /* of the box, and its flags */
	uint32_t flags;
	uint64_t at; /* in the body */
	bool ended;
};

/* heif_open() -- begin with a box that has a version and flags.  One of type 0 has ended. */
struct heif_cursor heif_open(struct boxes *w, const struct box *b);

/* heif_get() -- the next number of `size` bytes, 0 to 8; 0 where the box has ended. */
uint64_t heif_get(struct heif_cursor *c, size_t size);

/* heif_each() -- show every child of a box, from `skip` bytes of its body on. */
void heif_each(struct heif *h, const struct box *b, uint64_t skip, void (*show)(struct heif *h, const struct box *b));

/*
 * heif_index() -- read which item is the picture, and which items of Exif and XMP are wanted: the first that describes
 * the picture, else the first that is not said to describe another one, else the first of the item that the picture is
 * made from; where no picture is named, the first.  Exif that is of none of these is told.
 */
void heif_index(struct heif *h, const struct box *meta, uint64_t skip);

/* heif_look() -- set what the properties of the picture say: its size, and which way up it is. */
void heif_look(struct heif *h);

#endif
