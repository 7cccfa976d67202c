/* state -- whether a file that was noted is still there, and still the one that was noted: its size and mtime. */
#ifndef FILE_STATE_H
#define FILE_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "base/fail.h"

/* What was noted of a file, as far as it was. */
struct state {
	bool has_size, has_mtime;
	uint64_t size;
	struct timespec mtime;
};

/*
 * state_same_time() -- equal as far as the file system that counts more coarsely can tell: both may be off by less
 * than the coarser of the steps (2 s, 1 s, 10 ms, 1 ms, 1 µs, 100 ns, 1 ns) that the two are multiples of.  So a copy
 * on FAT or SMB has the time of its original, whichever way it was rounded.
 */
bool state_same_time(const struct timespec *a, const struct timespec *b);

/* state_agrees() -- whether st has the size and, as above, the mtime that were noted. */
bool state_agrees(const struct state *noted, const struct stat *st);

/*
 * state_look() -- whether a file that was noted has gone.
 *
 * Returns 0, and *st is the state of a regular file, or of the link that leads to one; 1: it has gone, the path leads
 * to nothing or to no regular file; -1: nobody can tell (EACCES, EIO …), which must not be taken for gone.
 */
int state_look(int dirfd, const char *path, struct stat *st, struct fail *why);

#endif
