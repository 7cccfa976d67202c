/*
 * guard -- a process that ends when its work has ended, although a thread of it cannot.
 *
 * A thread that waits for a disk that does not answer cannot be killed: its process neither ends nor lets go of its
 * descriptors, and who reads from it never sees the end.  So the work is done by a child, and the process that everyone
 * knows waits for the child's end or, where that cannot come, its word.
 */
#ifndef RUN_CONTROL_GUARD_H
#define RUN_CONTROL_GUARD_H

#include <sys/types.h>

#include "base/fail.h"

struct guard {
	int report[2]; /* a pipe from the child */
	pid_t parent;
};

/*
 * guard_begin() -- before there are threads: fork.  Signals that come to the parent go to the child; one that comes to
 * both counts once (watch.c).
 *
 * Returns 0 in the child; 1 in the parent, once the work has ended, with its status in *status, unless it ended by a
 * signal: then so does the parent.  -1: no pipe or no process is to be had.
 */
int guard_begin(struct guard *g, int *status, struct fail *why);

/*
 * guard_report() -- in the child, which is about to end and may not be able to: the status that the parent ends with,
 * or the signal, if not 0.  All of the child's descriptors are closed before, and with them the locks that it holds.
 */
void guard_report(const struct guard *g, int status, int number);

#endif
