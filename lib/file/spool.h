/* spool -- bytes that wait on disk rather than in memory: an unlinked temporary file. */
#ifndef FILE_SPOOL_H
#define FILE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"

/* {.fd = -1} is empty; the file is made at the first flush.  Threads: one at a time. */
struct spool {
	int fd;
	uint64_t flushed; /* bytes in the file */
	struct buf buf;   /* appended and not yet in the file */
};

/* spool_add() -- append; returns 0 or -1 (the temporary folder is full, ENOMEM …). */
int spool_add(struct spool *s, const void *bytes, size_t len, struct fail *why);

uint64_t spool_size(const struct spool *s);

/* spool_read() -- exactly len bytes from `offset`, which were appended before.  Returns 0 or -1. */
int spool_read(struct spool *s, uint64_t offset, void *dst, size_t len, struct fail *why);

/* spool_reset() -- empty it, keeping the file. */
int spool_reset(struct spool *s, struct fail *why);

void spool_fini(struct spool *s);

#endif
