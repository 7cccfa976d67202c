/*
 * The values of a property are a chain in one array; all text lies in one buffer.  What tells only together with
 * another field of its structure, as a region's name does with its type, is decided when the structure ends.
 */
#include "meta/xmp/xmp-values.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/num.h"

#define VALUES_KEEP 64        /* of the array, from one packet to the next */
#define TEXT_KEEP (16u << 10) /* of its text */

void
xmp_values_begin(struct xmp_values *x)
{
	if (x->cap > VALUES_KEEP) {
		free(x->value);
		x->value = NULL;
		x->cap = 0;
	}
	x->n = 0;
	memset(x->first, 0, sizeof x->first);
	memset(x->last, 0, sizeof x->last);
	buf_clear(&x->text, TEXT_KEEP);
	x->full = x->region.is_face = x->item.is_film = false;
	x->region.last = 0;
	x->item.length_bytes = 0;
}

void
xmp_values_fini(struct xmp_values *x)
{
	free(x->value);
	buf_fini(&x->text);
}

/* Of a property that has a value already, more are kept only as long as there is room for one of all others. */
static bool
has_room(struct xmp_values *x, size_t len, bool more)
{
	size_t n_max = more ? XMP_VALUES_MAX - XMP_PROPERTIES : XMP_VALUES_MAX;
	size_t size_max = more ? XMP_VALUES_SIZE / 2 : XMP_VALUES_SIZE;
	struct xmp_value *value;

	if (x->n >= n_max || x->text.len > size_max || len > size_max - x->text.len) {
		x->full = true;
		return false;
	}
	if ((value = array_room(x->value, &x->cap, x->n, sizeof *value)) == NULL) {
		x->text.failed = true;
		return false;
	}
	x->value = value;
	return true;
}

/* Puts a better alternative in the place of the one before. */
static bool
replace(struct xmp_values *x, const struct xmp_leaf *leaf)
{
	uint16_t last = x->last[leaf->property];
	struct xmp_value *v = last > 0 ? &x->value[last - 1] : NULL;

	if (!leaf->in_alt || v == NULL || !v->in_alt || v->nth != leaf->nth)
		return false;
	if (leaf->is_default && !v->is_default && leaf->len <= XMP_VALUES_SIZE - x->text.len) {
		v->at = x->text.len;
		v->len = leaf->len;
		v->is_default = true;
		buf_add(&x->text, leaf->text, leaf->len);
	}
	return true;
}

/* What tells of a structure as a whole is noted until its end. */
static bool
note(struct xmp_values *x, const struct xmp_leaf *leaf)
{
	struct slice text = {leaf->text, leaf->len};

	if (leaf->property == XMP_REGION_TYPE)
		x->region.is_face = slice_eq(text, "Face");
	else if (leaf->property == XMP_ITEM_SEMANTIC)
		x->item.is_film = slice_eq(text, "MotionPhoto");
	else if (leaf->property != XMP_ITEM_LENGTH)
		return false;
	else if (!num_parse_u64(leaf->text, leaf->len, &x->item.length_bytes))
		x->item.length_bytes = 0;
	return true;
}

void
xmp_values_leaf(struct xmp_values *x, const struct xmp_leaf *leaf)
{
	enum xmp_property p = leaf->property;
	struct xmp_value *v;

	if (p <= XMP_TOP || leaf->len == 0 || note(x, leaf) || replace(x, leaf) ||
	    !has_room(x, leaf->len, x->first[p] > 0))
		return;
	v = &x->value[x->n++];
	*v = (struct xmp_value){.at = x->text.len,
	    .len = leaf->len,
	    .nth = leaf->nth,
	    .in_alt = leaf->in_alt,
	    .is_default = leaf->is_default};
	buf_add(&x->text, leaf->text, leaf->len);
	if (x->last[p] > 0)
		x->value[x->last[p] - 1].next = (uint16_t)x->n;
	else
		x->first[p] = (uint16_t)x->n;
	x->last[p] = (uint16_t)x->n;
}

struct slice
xmp_values_text(const struct xmp_values *x, uint16_t index)
{
	return (struct slice){x->text.p + x->value[index - 1].at, x->value[index - 1].len};
}

struct slice
xmp_values_first(const struct xmp_values *x, enum xmp_property p)
{
	return x->first[p] > 0 ? xmp_values_text(x, x->first[p]) : (struct slice){NULL, 0};
}

/* A region with a name is a person only where it is a face: else what the packet said of it is taken back. */
static void
end_region(struct xmp_values *x)
{
	if (!x->region.is_face && x->last[XMP_REGION_NAME] != x->region.last) {
		x->last[XMP_REGION_NAME] = x->region.last;
		if (x->region.last > 0)
			x->value[x->region.last - 1].next = 0;
		else
			x->first[XMP_REGION_NAME] = 0;
	}
	x->region.last = x->last[XMP_REGION_NAME];
	x->region.is_face = false;
}

static void
end_item(struct xmp_values *x)
{
	if (x->item.is_film) {
		x->motion.present = true;
		x->motion.length_bytes = x->item.length_bytes;
	}
	x->item.is_film = false;
	x->item.length_bytes = 0;
}

void
xmp_values_structure(struct xmp_values *x, enum xmp_property property)
{
	if (property == XMP_REGION_LIST)
		end_region(x);
	else if (property == XMP_DIRECTORY_ITEM)
		end_item(x);
}
