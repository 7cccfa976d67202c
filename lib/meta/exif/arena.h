/*
 * arena -- memory for libexif, which allocates for every tag: given out by counting up, given back all at once.
 *
 * libexif's allocator callbacks take no context, so the arena in use is a thread-local pointer: the one exception
 * to "no mutable file-scope state in lib/".
 */
#ifndef META_EXIF_ARENA_H
#define META_EXIF_ARENA_H

#include <libexif/exif-mem.h>
#include <stddef.h>

struct arena;
struct arena *arena_new(size_t size); /* NULL: ENOMEM */
void arena_free(struct arena *a);

/*
 * arena_enter() -- empty the arena and make it this thread's.  Returns an allocator that lives in it, or NULL where
 * it is too small.  What is allocated is zeroed; when the arena is full, allocations fail.
 */
ExifMem *arena_enter(struct arena *a);

/* arena_leave() -- everything that was allocated is gone; nothing of it need be, or may be, released. */
void arena_leave(void);

#endif
