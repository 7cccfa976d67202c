/* backwards -- the records of an input in the opposite order, the last first. */
#ifndef RUN_BACKWARDS_H
#define RUN_BACKWARDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "file/spool.h"
#include "run/input.h"
#include "run/rec.h"

/* {.tool, .spool.fd = -1} is ready.  Threads: one at a time. */
struct backwards {
	const char *tool;   /* named in the errors of bad lines */
	struct spool spool; /* each record as a line, and a foot behind it */
	uint64_t at;        /* where those end that are still to come */
	bool read;          /* the input has been read to its end */
	struct buf line;
};

/* backwards_read() -- the whole input onto the disk.  Returns 0 or -1: reading failed, no room, ENOMEM. */
int backwards_read(struct backwards *b, struct input *in, struct fail *why);

/* backwards_next() -- fill an empty record, as input_next(), with the number that it had in the input.  1, 0 or -1. */
int backwards_next(struct backwards *b, struct rec *rec, struct fail *why);

void backwards_fini(struct backwards *b);

#endif
