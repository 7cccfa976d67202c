/*
 * swap -- a finished file takes the name of another, which keeps existing under a name beside it.
 *
 * The finished file gets the other's new name first, and then the two exchange names: at no instant is there no file of
 * that name, whatever the other was it is not replaced, and what a kill leaves in between is one file more.  Where the
 * file system cannot exchange names, the other is renamed first: a kill then leaves the name free, to be given again.
 */
#ifndef PLACE_REPAIR_SWAP_H
#define PLACE_REPAIR_SWAP_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "file/publish.h"

struct swap {
	int folder;               /* borrowed */
	const char *name;         /* that is wanted */
	struct stat other;        /* what has it, as it was looked at */
	struct stat own;          /* the finished file */
	bool weak;                /* as publish_rename() */
	char aside[NAME_MAX + 1]; /* after: the other's new name */
};

/*
 * swap_in() -- the file at `from`, on the folder's file system, takes the name.
 *
 * Returns 0; 1 where another file than s->other has the name, which keeps it, and `from` has gone; or -1: ENAMETOOLONG,
 * or what the file system said: the file is at `from` or, under a name of the series, in the folder.
 */
int swap_in(struct swap *s, struct publish_name from, struct fail *why);

#endif
