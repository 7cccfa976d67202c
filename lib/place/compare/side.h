/* side -- an open file that is compared with another, and what tells whether it stays the same.  Private to lib/place.
 */
#ifndef PLACE_COMPARE_SIDE_H
#define PLACE_COMPARE_SIDE_H

#include <stdbool.h>
#include <sys/stat.h>

struct side {
	int fd;         /* or -1 */
	struct stat st; /* as it was when it was opened, or looked at last */
};

/* side_open() -- take what open(2) has answered, and look at it.  Returns 0, or -1 with errno and no side->fd. */
int side_open(struct side *side, int take);

/* side_ctime() -- from where the file system is, not from what is remembered here of it. */
struct timespec side_ctime(const struct side *side);

/* side_is_unchanged() -- whether the open file is as st says, ctime included. */
bool side_is_unchanged(const struct side *side);

/* side_is_touched() -- whether nothing but ctime has changed since; st takes the new one. */
bool side_is_touched(struct side *side);

/*
 * side_is_being_written() -- whether another program has it open for writing.  Of another user's file only root is
 * told; then it may be, if it was written lately.  Where there are no leases, nobody can tell.
 */
bool side_is_being_written(const struct side *side);

/*
 * side_may_be_one() -- whether two files of different devices may be one, seen through two file systems: all their
 * times are equal, and their numbers too, or the times are so fine that it is no chance.
 */
bool side_may_be_one(const struct side *a, const struct side *b);

/* side_is_one_of_many() -- a pool of disks shows one of the files that have a name, and renames and removes them all.
 */
bool side_is_one_of_many(const struct side *side);

#endif
