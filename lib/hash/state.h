/* state -- whether a file is still the one that a record speaks of, by size and mtime. */
#ifndef HASH_STATE_H
#define HASH_STATE_H

#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#include "run/rec.h"

/*
 * state_same_time() -- equal as far as the file system that counts more coarsely can tell: both may be off by less
 * than the coarser of the steps (2 s, 1 s, 10 ms, 1 ms, 1 µs, 100 ns, 1 ns) that the two are multiples of.  So a copy
 * on FAT or SMB has the time of its original, whichever way it was rounded.
 */
bool state_same_time(const struct timespec *a, const struct timespec *b);

/* state_agrees() -- whether `size` and `mtime`, as far as the record has them, are those of st. */
bool state_agrees(const struct rec *rec, const struct stat *st);

/* state_set() -- give the record st's size and mtime, unless it has both and they agree. */
void state_set(struct rec *rec, const struct stat *st);

#endif
