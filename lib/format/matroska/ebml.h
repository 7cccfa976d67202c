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

#include "media/src.h"
#include "media/when.h"

#define EBML_DEPTH_MAX 32
#define EBML_TEXT_MAX (64u << 10) /* of one value; a longer one is cut */

struct ebml_element {
	uint32_t id;   /* with its length marker, as RFC 9559 prints it */
	uint64_t at;   /* of the body */
	uint64_t size; /* of the body; where that is unknown, up to the parent's end */
	bool unknown_size;
};

/*
 * ebml_read() -- the element whose header begins at `at`, inside a parent that ends at `end`.
 *
 * Returns 0; or -1 with why: FAIL_TRUNCATED where it passes the end of the file, FAIL_FORMAT where it passes `end` (in
 * both cases the element is filled in where its header is there, else its id is 0) and for what is no header, or what
 * src_at() says.
 */
int ebml_read(struct src *src, uint64_t at, uint64_t end, struct ebml_element *out, struct fail *why);

/*
 * A walk through the elements of one body, without recursion: ebml_next() gives one element after the other;
 * ebml_enter() makes it go on inside the one that was given last.
 */
struct ebml_walk {
	struct src *src;
	uint64_t at;
	size_t depth; /* how many elements are open */
	struct {
		uint32_t id;
		uint64_t end;
	} open[EBML_DEPTH_MAX];
};

enum ebml_step { EBML_ELEMENT, EBML_LEFT, EBML_END, EBML_FAILED };

/* ebml_walk_init() -- begin at the first element inside `parent`, which counts as open. */
void ebml_walk_init(struct ebml_walk *w, struct src *src, const struct ebml_element *parent);

/*
 * ebml_next() -- one step.
 *
 *   EBML_ELEMENT  *out is the next element
 *   EBML_LEFT     out->id is that of an entered element whose end was reached
 *   EBML_END      the end of the parent; given once, after which the walk must not be continued
 *   EBML_FAILED   with why, as from ebml_read(); after damage the walk may be continued: it goes on behind the
 *                 innermost open element, EBML_LEFT first
 */
enum ebml_step ebml_next(struct ebml_walk *w, struct ebml_element *out, struct fail *why);

/* ebml_enter() -- open the element that was given last.  False, and it is passed over, at EBML_DEPTH_MAX. */
bool ebml_enter(struct ebml_walk *w, const struct ebml_element *e);

/* ebml_bytes() -- the body, up to `max` bytes of it, valid until the source is used again; NULL with why. */
const uint8_t *ebml_bytes(struct src *src, const struct ebml_element *e, size_t max, size_t *len, struct fail *why);

/* Values of a body of len bytes; false where it has no such length. */
bool ebml_uint(const uint8_t *p, size_t len, uint64_t *out);
bool ebml_float(const uint8_t *p, size_t len, double *out);
bool ebml_date(const uint8_t *p, size_t len, struct when *out); /* also false outside the years of when.h */

#endif
