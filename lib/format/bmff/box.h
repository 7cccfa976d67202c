/*
 * box -- a bounded walk over the boxes of ISO base media, QuickTime, JPEG XL and JPEG 2000.
 *
 * A box has its size and type before it and may hold others.  The walk shows header by header and jumps over every
 * body that is not asked for.  Which box is entered the caller decides; the open ones are a small stack, so that
 * nothing a file says can make the walk recurse, and all headers are counted.
 *
 * Source: ISO/IEC 14496-12, 4.2; QuickTime File Format Specification (Apple 2012), "Atoms"; ISO/IEC 15444-1, I.4.
 */
#ifndef FORMAT_BMFF_BOX_H
#define FORMAT_BMFF_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meta/reader.h"

#define BOX_TYPE(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))
#define BOX_UUID BOX_TYPE('u', 'u', 'i', 'd')
#define BOX_UUID_XMP "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac"
#define BOX_UUID_LEN 16

#define BOX_DEPTH_MAX 32
#define BOX_COUNT_MAX 65536u

struct box {
	uint32_t type;
	uint64_t body, end; /* in the source; of a uuid box the body begins with the uuid */
};

enum box_step {
	BOX_FOUND, /* a box begins: enter it, or it is passed over */
	BOX_LEFT,  /* a box that was entered has ended */
	BOX_END    /* there is nothing more */
};

/* A walk.  Fill with box_begin(). */
struct boxes {
	struct reader *r;
	struct box open[BOX_DEPTH_MAX]; /* the first is what is walked over, of type 0 */
	size_t depth;                   /* of them */
	uint64_t at;                    /* where the next header is */
	unsigned count;
	bool loose;  /* set by the caller: what follows on the outermost level need not be boxes, and ends the walk */
	bool tailed; /* the same for what has not even the name of a box */
	bool cut;    /* a box had to be cut: those inside it, too, and that is no news */
	bool stop;   /* set it to end the walk: boxes that are open are still left; so does a failed read */
};

/* box_begin() -- prepare a walk over begin..end; r is borrowed. */
void box_begin(struct boxes *w, struct reader *r, uint64_t begin, uint64_t end);

/*
 * box_within() -- a second walk, over what a box of the first holds from `skip` bytes of its body on, so that it can be
 * repeated; box_done() tells the first what the second counted.
 */
void box_within(struct boxes *w, const struct boxes *outer, const struct box *b, uint64_t skip);
void box_done(struct boxes *outer, const struct boxes *inner);

/* box_next() -- the next step; *b is the box of BOX_FOUND and BOX_LEFT.  Damage is a warning. */
enum box_step box_next(struct boxes *w, struct box *b);

/* box_enter() -- after BOX_FOUND: go on with what the box holds from `first` on.  False, and nothing happens, where
 * too many are open. */
bool box_enter(struct boxes *w, const struct box *b, uint64_t first);

/* box_outer() -- the type of what a box just found lies in, 0 for the outermost level; `up` levels further out. */
uint32_t box_outer(const struct boxes *w, size_t up);

/* box_bytes() -- len bytes from `skip` on of a body, or NULL where it is shorter (no warning) or cannot be read, which
 * ends the walk. */
const uint8_t *box_bytes(struct boxes *w, const struct box *b, uint64_t skip, size_t len);

/* box_is_uuid() -- whether a box is of type uuid and its uuid is this one, of BOX_UUID_LEN bytes. */
bool box_is_uuid(struct boxes *w, const struct box *b, const char *uuid);

/* box_name() -- the type for people, as text in name, which it returns. */
const char *box_name(uint32_t type, char name[5]);

#endif
