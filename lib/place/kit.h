/*
 * kit -- what one thread needs to move bytes: a buffer, a digest, a folder for its unfinished files, and what it
 * looked at last.  A kit is taken for one job and given back; there are as many as threads that ever worked at once.
 */
#ifndef PLACE_KIT_H
#define PLACE_KIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/fail.h"
#include "hash/digest.h"
#include "place/aside.h"
#include "place/origin.h"
#include "place/temps.h"

#define KIT_BYTES (256u << 10) /* stays in a core's cache between reading, digesting and writing */

/* The folder that a file is to go to, or the nearest above it that exists. */
struct kit_near {
	struct buf wanted; /* below the root */
	struct buf path;   /* of the one that is open */
	int fd;
	dev_t dev;
	uint64_t mount; /* its id, 0 where it cannot be known */
};

/* The root of another library. */
struct kit_root {
	struct buf path;
	int fd;
	dev_t dev;
	ino_t ino;
};

struct kit {
	struct kit *next;
	struct digest *digest;
	struct temps_dir temps;
	struct origin origin;
	struct kit_near near;
	struct kit_root root;
	struct aside_bare bare;
	struct buf scratch;
	unsigned char bytes[KIT_BYTES];
};

struct kits {
	pthread_mutex_t lock;
	struct kit *free;
	unsigned n;
	const struct temps *temps;
};

void kits_init(struct kits *k, const struct temps *temps); /* NULL: nobody makes files */
void kits_fini(struct kits *k);                            /* all have been given back */

struct kit *kits_take(struct kits *k, struct fail *why); /* NULL on failure; safe from any thread */
void kits_give(struct kits *k, struct kit *kit);

/* kit_near() -- look at the nearest folder that exists for a path below `root`.  Returns 0 or -1. */
int kit_near(struct kit *kit, int root, struct slice folder, struct fail *why);

/* kit_root() -- open another library's root, remembered until the next.  Returns its descriptor, borrowed, or -1. */
int kit_root(struct kit *kit, int dirfd, const char *path);

#endif
