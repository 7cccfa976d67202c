/* flow -- bytes that come one after the other from somewhere, and never again. */
#ifndef FILE_FLOW_H
#define FILE_FLOW_H

#include <stddef.h>
#include <sys/types.h>

#include "base/fail.h"

struct flow {
	void *arg;
	/* The next bytes, up to len.  Returns the count, 0 at the end, or -1. */
	ssize_t (*read)(void *arg, void *dst, size_t len, struct fail *why);
};

#endif
