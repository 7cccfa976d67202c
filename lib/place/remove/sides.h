/* sides -- opening the source and the copy of a proof.  Private to lib/place/remove.  Each returns why the source
 * stays.
 */
#ifndef PLACE_REMOVE_SIDES_H
#define PLACE_REMOVE_SIDES_H

#include "place/remove/proof.h"

/* sides_is_recorded() -- whether the source is the file that was recorded, as far as size and time tell. */
bool sides_is_recorded(const struct proof *p);

/* sides_open_source() -- its folder, too; what a killed run has hidden is given its name back. */
enum reason sides_open_source(struct proof *p);

/* sides_open_as_it_lies() -- the same of a source that nobody removes now: nothing is given back, and nothing needed.
 */
enum reason sides_open_as_it_lies(struct proof *p);

/* sides_open_copy() -- the library's file, which is another than the source and as long. */
enum reason sides_open_copy(struct proof *p, struct side *side);

/*
 * sides_own_bytes() -- an overlay may show the source's own bytes under a name of its own: opened for writing,
 * p->before gets its own.
 */
enum reason sides_own_bytes(struct proof *p);

/* sides_flush_copy() -- the open copy and its name are made durable, unless they are. */
enum reason sides_flush_copy(struct proof *p);

/* sides_open_beside() -- open what the copy's folder shows under a name, "" for itself.  Returns a descriptor or -1. */
int sides_open_beside(const struct proof *p, const char *name, int flags);

#endif
