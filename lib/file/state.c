#include "file/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#define SECOND INT64_C(1000000000)

/* The largest of the steps that file systems count time in of which t is a multiple, in ns. */
static int64_t
granularity(const struct timespec *t)
{
	static const int64_t steps[] = {2 * SECOND, SECOND, 10000000, 1000000, 1000, 100, 1};
	int64_t ns = (t->tv_sec & 1) * SECOND + t->tv_nsec;
	size_t i = 0;

	while (ns % steps[i] != 0)
		i++;
	return steps[i];
}

bool
state_same_time(const struct timespec *a, const struct timespec *b)
{
	int64_t step_a = granularity(a), step_b = granularity(b), seconds;

	if (__builtin_sub_overflow((int64_t)a->tv_sec, (int64_t)b->tv_sec, &seconds) || seconds < -2 || seconds > 2)
		return false;
	return llabs(seconds * SECOND + a->tv_nsec - b->tv_nsec) < (step_a > step_b ? step_a : step_b);
}

bool
state_agrees(const struct state *noted, const struct stat *st)
{
	return (!noted->has_size || noted->size == (uint64_t)st->st_size) &&
	       (!noted->has_mtime || state_same_time(&noted->mtime, &st->st_mtim));
}

int
state_look(int dirfd, const char *path, struct stat *st, struct fail *why)
{
	struct stat behind;
	int rc = fstatat(dirfd, path, st, AT_SYMLINK_NOFOLLOW);

	if (rc == 0 && !S_ISLNK(st->st_mode))
		return !S_ISREG(st->st_mode);
	if (rc == 0 && fstatat(dirfd, path, &behind, 0) == 0)
		return !S_ISREG(behind.st_mode);
	return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 1 : fail_errno(why, "stat", "%s", "");
}
