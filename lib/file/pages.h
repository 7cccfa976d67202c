/* pages -- what of a file is in memory, and reading it from its disk instead. */
#ifndef FILE_PAGES_H
#define FILE_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGES_VECTOR (16u << 10) /* bytes that pages_drop() works in */

/*
 * pages_drop() -- forget what is in memory of a flushed file: dirty pages stay.
 *
 *   vector  PAGES_VECTOR bytes, which are overwritten
 *
 * Returns false where some of it stays, or nobody can tell.
 */
bool pages_drop(int fd, uint64_t size, unsigned char *vector);

/*
 * pages_lock(), pages_unlock() -- one thread of one process at a time drops a file's pages and reads it: the pages of
 * two would be each other's.  Waits for a while, not for ever; on a file system without locks, not at all.
 * pages_lock_free() -- the same where nobody has the lock; waits for none.
 */
void pages_lock(int fd);
void pages_lock_free(int fd);
void pages_unlock(int fd);

#endif
