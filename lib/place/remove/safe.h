/*
 * safe -- which sources a run has compared with the library's files and found equal: as long as neither changes its
 * name or the source its state, none is read again.  In bounded memory: what is forgotten is compared again.
 */
#ifndef PLACE_REMOVE_SAFE_H
#define PLACE_REMOVE_SAFE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "place/remove/removal.h"

/* Both names as one number, and the source's match_mark(). */
struct safe_pair {
	uint64_t names, mark;
};

/* Any thread may use it; ready after safe_init(). */
struct safe {
	struct scratch_pool *scratch_pool;
	pthread_mutex_t lock; /* guards pairs */
	struct safe_pair *pairs;
};

void safe_init(struct safe *s, struct scratch_pool *scratch_pool);
void safe_fini(struct safe *s);

/* safe_note() -- a removal's source and copy are equal.  safe_has() -- whether that was noted, and is still so. */
void safe_note(struct safe *s, const struct removal *r);
bool safe_has(struct safe *s, const struct removal *r);

#endif
