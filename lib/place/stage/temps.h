/*
 * temps -- unfinished files: where they live, and how leftovers of a killed run are told from a neighbour's work.
 *
 *   DIR/.dcim/tmp/run-TIME-PID/lock      flocked while the run lives
 *   DIR/.dcim/tmp/run-TIME-PID/3/17      worker 3's 17th file
 *
 * A rename does not cross file systems, so where the target's folder is on another one than .dcim the file lies in
 * that folder (or the nearest above it that exists), as `.dcim-tmp-…`, and 3/17 is a symbolic link that says where,
 * for the run that cleans up.
 */
#ifndef PLACE_STAGE_TEMPS_H
#define PLACE_STAGE_TEMPS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/fail.h"

#define TEMPS_NAME_MAX 96

struct temps {
	int root; /* of the library, borrowed */
	int tmp;  /* .dcim/tmp */
	int run;  /* .dcim/tmp/RUN */
	int lock; /* RUN/lock */
	dev_t dev;
	char name[48]; /* RUN */
};

#define TEMPS_NONE                                           \
	{                                                    \
		.root = -1, .tmp = -1, .run = -1, .lock = -1 \
	}

/* One worker's folder; a worker that has ended may leave it to another. */
struct temps_dir {
	int fd;
	unsigned id;
	unsigned long serial;
};

/* An unfinished file. */
struct temp {
	int fd;      /* read and write, -1 when closed */
	int dirfd;   /* where `name` is, -1: there is no file */
	bool beside; /* dirfd is the temp's own, and `link` in linkfd leads here */
	int linkfd;
	char name[TEMPS_NAME_MAX];
	char link[24];
};

#define TEMP_NONE                                   \
	{                                           \
		.fd = -1, .dirfd = -1, .linkfd = -1 \
	}

/*
 * temps_open() -- clean up after runs that have died and begin one.  Call it while holding the library's lock.
 *
 *   root  the library
 *   dcim  its .dcim
 *   tidy  leftovers may be removed: locks work here
 *
 * Returns 0 or -1; temps_close() in either case.
 */
int temps_open(struct temps *t, int root, int dcim, bool tidy, struct fail *why);
void temps_close(struct temps *t); /* removes the run's folders; after every temp and every temps_dir */

int temps_dir_open(struct temps_dir *d, const struct temps *t, unsigned id, struct fail *why);
void temps_dir_close(struct temps_dir *d, const struct temps *t);

/* A folder of the library that a file is made in. */
struct temps_beside {
	int fd;
	const char *path; /* below the root */
};

/*
 * temp_make() -- a new empty file.
 *
 *   beside  NULL, or the folder to put it in
 *
 * Returns 0 or -1.
 */
int temp_make(
    struct temp *f, struct temps_dir *d, const struct temps *t, const struct temps_beside *beside, struct fail *why);

void temp_drop(struct temp *f);      /* remove it; nothing happens where there is none */
void temp_published(struct temp *f); /* it has got another name: close it and forget it */

#endif
