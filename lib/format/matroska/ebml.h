/*
 * ebml -- elements of an EBML document: an identifier, a size, and a body that is a value or more elements.
 *
 * Source: RFC 8794 (EBML), 4 to 7.
 */
#ifndef FORMAT_MATROSKA_EBML_H
#define FORMAT_MATROSKA_EBML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/when.h"
#include "meta/reader.h"

#define EBML_DEPTH_MAX 32
#define EBML_ELEMENTS_MAX 65536    /* read in one file */
#define EBML_VALUE_MAX (64u << 10) /* of one value; a longer one is cut */

/* The document; the caller fills in the reader. */
struct ebml {
	struct reader *r;
	unsigned elements; /* read so far */
};

struct ebml_element {
	uint32_t id;   /* with its length marker, as RFC 9559 prints it */
	uint64_t at;   /* of the body */
	uint64_t size; /* of the body; where that is unknown, up to the parent's end */
	bool unknown_size;
};

/*
 * ebml_read() -- the element whose header begins at `at`, inside a parent that ends at `end`.
 *
 * Returns false for one that is not whole or no element, with a warning, and once nothing more can be read.  Of one
 * that passes the end of the file or its parent the rest up to `end` is its body; else the id is 0.
 */
bool ebml_read(struct ebml *d, uint64_t at, uint64_t end, struct ebml_element *out);

/*
 * A walk through the elements of one body, without recursion: ebml_next() gives one element after the other;
 * ebml_enter() makes it go on inside the one that was given last.
 */
struct ebml_walk {
	struct ebml *d;
	uint64_t at;
	size_t depth; /* how many elements are open */
	struct {
		uint32_t id;
		uint64_t end;
	} open[EBML_DEPTH_MAX];
};

enum ebml_step { EBML_ELEMENT, EBML_LEFT, EBML_END };

/* ebml_walk_init() -- begin at the first element inside `parent`, which counts as open. */
void ebml_walk_init(struct ebml_walk *w, struct ebml *d, const struct ebml_element *parent);

/*
 * ebml_next() -- one step.  Behind damage it goes on where the innermost open element ends.
 *
 *   EBML_ELEMENT  *out is the next element
 *   EBML_LEFT     out->id is that of an entered element whose end was reached
 *   EBML_END      the end of the parent, or nothing more can be read; the walk must not be continued
 */
enum ebml_step ebml_next(struct ebml_walk *w, struct ebml_element *out);

/* ebml_enter() -- open the element that was given last.  False, and it is passed over, at EBML_DEPTH_MAX. */
bool ebml_enter(struct ebml_walk *w, const struct ebml_element *e);

/* A value, valid until the next request to the reader. */
struct ebml_value {
	uint32_t id;
	const uint8_t *p;
	size_t len;
};

/* ebml_value() -- the body of an element.  False where it cannot be read. */
bool ebml_value(struct ebml *d, const struct ebml_element *e, struct ebml_value *out);

/* What it means; false where it has no such length. */
bool ebml_uint(const struct ebml_value *v, uint64_t *out);
bool ebml_float(const struct ebml_value *v, double *out);
bool ebml_date(const struct ebml_value *v, struct when *out); /* also false outside the years of when.h */
struct slice ebml_text(const struct ebml_value *v);           /* up to the first NUL */

#endif
