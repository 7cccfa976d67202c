/* xmp-values -- the values of a packet that fields and dates are made of. */
#ifndef META_XMP_XMP_VALUES_H
#define META_XMP_XMP_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "meta/xmp/xmp-rdf.h"
#include "meta/xmp/xmp.h"

#define XMP_VALUES_MAX 1024          /* values of a packet that are kept */
#define XMP_VALUES_SIZE (512u << 10) /* … and all their bytes */

struct xmp_value {
	size_t at, len; /* in xmp_values.text */
	unsigned nth;   /* of the property it came from; see xmp-rdf.h */
	bool in_alt, is_default;
	uint16_t next; /* one more than the index of the next value of the property; 0: none */
};

/* The values of one packet; xmp_values_begin() makes it ready. */
struct xmp_values {
	struct xmp_value *value;
	size_t n, cap;
	uint16_t first[XMP_PROPERTIES], last[XMP_PROPERTIES]; /* one more than an index; 0: none */
	struct buf text;
	bool full;
	struct {
		bool is_face;
		uint16_t last; /* of REGION_NAME before this region */
	} region;
	struct {
		bool is_film;
		uint64_t length_bytes;
	} item;
	struct xmp_motion motion; /* of all packets of the file: the caller empties it */
};

void xmp_values_begin(struct xmp_values *x);
void xmp_values_fini(struct xmp_values *x);

/* A leaf, and the end of a structure, as xmp_rdf tells them. */
void xmp_values_leaf(struct xmp_values *x, const struct xmp_leaf *leaf);
void xmp_values_structure(struct xmp_values *x, enum xmp_property property);

/* xmp_values_first() -- the first value of a property; .p is NULL where there is none. */
struct slice xmp_values_first(const struct xmp_values *x, enum xmp_property p);

/* xmp_values_text() -- the value with that index, as in xmp_values.first, less one. */
struct slice xmp_values_text(const struct xmp_values *x, uint16_t index);

#endif
