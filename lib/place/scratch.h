/*
 * scratch -- what one thread needs to move bytes: a buffer, a digest, a folder for its unfinished files, and what it
 * looked at last.  It is taken for one job and returned; there are as many as threads that ever worked at once.
 */
#ifndef PLACE_SCRATCH_H
#define PLACE_SCRATCH_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/fail.h"
#include "file/meter.h"
#include "hash/digest.h"
#include "place/group/members.h"
#include "place/remove/aside.h"
#include "place/stage/origin.h"
#include "place/stage/temps.h"

#define SCRATCH_BYTES (256u << 10) /* stays in a core's cache between reading, digesting and writing */

/* The folder that a file is to go to, or the nearest above it that exists. */
struct scratch_near {
	struct buf wanted; /* below the root */
	struct buf path;   /* of the one that is open */
	int fd;
	dev_t dev;
	uint64_t mount; /* its id, 0 where it cannot be known */
};

/* The root of another library. */
struct scratch_root {
	struct buf path;
	int fd;
	dev_t dev;
	ino_t ino;
};

struct scratch {
	struct scratch *next;
	struct digest *digest;
	struct temps_dir temps;
	struct origin origin;
	struct origin lead;    /* of the lead of a record's group */
	struct origin archive; /* of the archive that the record's file is a member of */
	struct packed *packed; /* what reads that, the worker's or the commit's own */
	struct members members;
	struct scratch_near near;
	struct scratch_root root;
	struct aside_bare bare;
	struct buf text;
	struct meter *meter; /* of the record that is worked on, counts what is read of its file; NULL: nobody does */
	unsigned char bytes[SCRATCH_BYTES];
};

struct scratch_pool {
	pthread_mutex_t lock;
	struct scratch *free;
	unsigned n;
	const struct temps *temps;
};

void scratch_pool_init(struct scratch_pool *pool, const struct temps *temps); /* NULL: nobody makes files */
void scratch_pool_fini(struct scratch_pool *pool);                            /* all have been returned */

struct scratch *scratch_take(struct scratch_pool *pool, struct fail *why); /* NULL on failure; safe from any thread */
void scratch_return(struct scratch_pool *pool, struct scratch *scratch);

/* scratch_near() -- look at the nearest folder that exists for a path below `root`.  Returns 0 or -1. */
int scratch_near(struct scratch *scratch, int root, struct slice folder, struct fail *why);

/* scratch_root() -- open another library's root, kept until the next.  Returns its descriptor, borrowed, or -1. */
int scratch_root(struct scratch *scratch, int dirfd, const char *path);

#endif
