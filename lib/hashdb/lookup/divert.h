/* divert -- a file that takes records out of the stream. */
#ifndef HASHDB_LOOKUP_DIVERT_H
#define HASHDB_LOOKUP_DIVERT_H

#include "base/buf.h"
#include "base/fail.h"
#include "run/rec.h"

struct divert {
	int fd; /* -1: none */
	struct buf lines;
};

int divert_open(
    struct divert *d, const char *file, struct fail *why); /* made, or emptied if it held records.  0 or -1 */

/* divert_add() -- add a record's line; after the last, divert_flush().  Both 0 or -1. */
int divert_add(struct divert *d, struct rec *rec, struct fail *why);
int divert_flush(struct divert *d, struct fail *why);

void divert_close(struct divert *d);

#endif
