/*
 * library -- the root of a library: its folder, its lock, and what its file system can do.
 *
 * The lock is advisory and held only while names are decided.  A file system without locks does without: names are
 * published in a way that never replaces anything, lock or not.
 */
#ifndef PLACE_LIBRARY_H
#define PLACE_LIBRARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "file/volume.h"

#define LIBRARY_TOKEN 16

struct library {
	const char *name; /* as given, borrowed */
	int fd;
	int dcim;                     /* .dcim, -1 unless writable was asked for */
	int lock;                     /* .dcim/lock, likewise */
	bool locks;                   /* the file system has locks */
	bool others;                  /* after library_lock(): another process may have had it since this one had */
	uint8_t token[LIBRARY_TOKEN]; /* in the lock's file while no other process had it */
	bool folds;                   /* A and a are one name in its root, as far as can be seen without writing */
	size_t name_max;
	struct volume_folder at;
	struct buf real;      /* absolute, links resolved */
	struct buf real_dcim; /* the same of .dcim, empty where there is none */
};

#define LIBRARY_NONE                             \
	{                                        \
		.fd = -1, .dcim = -1, .lock = -1 \
	}

/*
 * library_open() -- open a library that exists.
 *
 *   name      borrowed until library_close()
 *   writable  make .dcim and the lock where they are missing
 *
 * Returns 0 or -1 (no such folder, read-only …); library_close() in either case.
 */
int library_open(struct library *l, int dirfd, const char *name, bool writable, struct fail *why);
void library_close(struct library *l);

/* library_lock() -- wait for the lock.  Nothing happens where there are no locks, or none was opened. */
int library_lock(struct library *l, struct fail *why);
void library_unlock(struct library *l);

/* library_gone() -- whether the root is no longer the folder that was opened. */
bool library_gone(const struct library *l);

#endif
