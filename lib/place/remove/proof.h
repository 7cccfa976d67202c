/*
 * proof -- that a source's content is provably elsewhere: one source, hidden (place/remove/aside.h), compared, and to
 * be removed or given back.  Private to lib/place; removal.h says what proves it.
 */
#ifndef PLACE_REMOVE_PROOF_H
#define PLACE_REMOVE_PROOF_H

#include "place/remove/aside.h"
#include "place/remove/removal.h"
#include "place/compare/side.h"

struct proof {
	struct removal *r;
	struct scratch *scratch;
	const struct proof *first; /* of those that are removed together, which stand in an array */
	int folder;                /* of the source */
	bool lent;                 /* that is the descriptor of one before */
	struct aside aside;
	struct side source; /* source and copy are closed between the steps of many */
	struct side before; /* the copy while the source still has its name */
	struct side copy;   /* the library's file */
	bool blind;         /* the source's ctime does not tell of its rename */
	bool hidden;        /* the source has its hidden name */
	bool both;          /* the source, too, is read past the page cache; what cannot be is compared as it is … */
	bool cached;        /* … and is told here */
	bool elsewhere;     /* nothing has the source's name, but a hidden one of it cannot be given back */
};

/*
 * proof_begin() -- begin with a removal.
 *
 *   first  of the array that p is in: those between have been begun, and end later than this
 */
void proof_begin(struct proof *p, const struct proof *first, struct removal *r, struct scratch *scratch);

/* proof_end() -- what is still hidden gets its name back, or r->reason says why not. */
void proof_end(struct proof *p);

/* proof_find() -- hide the source and compare it.  Returns why it stays, or REASON_NONE. */
enum reason proof_find(struct proof *p);

/*
 * proof_look_last() -- when all of them have been found, before the first is removed: both names lead to what was
 * compared, and it has not changed meanwhile.
 */
enum reason proof_look_last(struct proof *p);

/* proof_compare() -- both of these, of a source that stays under its name. */
enum reason proof_compare(struct proof *p);

/* proof_read_both() -- the same as it lies, of both sides past the page cache; p->cached: not with all of them. */
enum reason proof_read_both(struct proof *p);

/* proof_keeps_others() -- whether the source stays: only what is nowhere any more keeps no other. */
bool proof_keeps_others(const struct proof *p);

#endif
