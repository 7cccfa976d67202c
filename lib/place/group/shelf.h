/*
 * shelf -- the names in a folder of the library, sorted, and what has been found out of the files that have them.
 *
 * The numbers that groups have are seen from all names of a folder at once.  So it is listed once, and what this run
 * places is added.  A listing is good for as long as this run alone has had the library's lock and the folder's own
 * time has not changed; in a dry run for all of it, since it holds what would have been placed.
 */
#ifndef PLACE_GROUP_SHELF_H
#define PLACE_GROUP_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fail.h"
#include "place/content/cache.h"
#include "place/scratch.h"

#define SHELVES_BYTES (4u << 20) /* of all; beyond that, only the one in use is kept */

struct shelf_name {
	uint32_t at;   /* in `names` */
	uint32_t file; /* in `files`, plus 1; 0: nobody has looked */
};

struct shelf {
	struct shelf *next;
	struct buf folder;
	bool folds;     /* A and a are one name */
	bool checked;   /* since the lock was taken */
	int dirfd;      /* borrowed while a batch is decided; -1: there is no folder yet */
	struct stat st; /* of the folder, after the last look; st_ino 0: there was none */
	struct buf names;
	struct shelf_name *v; /* sorted */
	size_t n, cap;
	struct cache_file *files;
	size_t nfiles, files_cap;
	unsigned long changes; /* grows with each */
};

struct shelves {
	struct shelf *first;
	bool folds;
	bool keep; /* forget none, and believe all of them */
};

/*
 * shelves_open() -- the shelf of a folder.
 *
 *   dirfd  the folder, borrowed until shelves_end(); -1 where there is none yet
 *
 * NULL: ENOMEM, or the folder cannot be read.
 */
struct shelf *shelves_open(struct shelves *s, struct slice folder, int dirfd, struct fail *why);

/* shelves_find() -- the one that is known of a folder, or NULL. */
struct shelf *shelves_find(const struct shelves *s, struct slice folder);

void shelves_end(struct shelves *s);                /* the lock is about to be given back */
void shelves_begin(struct shelves *s, bool others); /* it has been taken; others: another process had it meanwhile */
void shelves_fini(struct shelves *s);

/* shelf_compare() -- the order of names: bytes, in lower case where the folder folds. */
int shelf_compare(const struct shelf *s, const char *a, const char *b, size_t len);

/* shelf_seek() -- how many names come before all that begin with these bytes. */
size_t shelf_seek(const struct shelf *s, struct slice prefix);

static inline const char *
shelf_text(const struct shelf *s, size_t at)
{
	return s->names.p + at;
}

/*
 * shelf_add() -- a name has come.
 *
 *   file  what is known of it, or NULL
 *
 * Returns its place among the names, or NULL (ENOMEM).
 */
const struct shelf_name *shelf_add(struct shelf *s, struct slice name, const struct cache_file *file, struct fail *why);

void shelf_remove(struct shelf *s, struct slice name); /* it has gone */

/*
 * shelf_file() -- what stands at the i-th name: an index into `files`.  A file that has gone, or is no regular one, has
 * the size CACHE_NO_FILE.  Returns 0 or -1 (no memory, or nobody can tell).
 */
int shelf_file(struct shelf *s, size_t i, uint32_t *file, struct fail *why);

/*
 * shelf_digest() -- digest one of `files`, which has that name, unless that has been done.  One that cannot be read
 * becomes CACHE_NO_FILE.  Returns 0 or -1 (no memory, no descriptors).
 */
int shelf_digest(struct shelf *s, uint32_t file, const char *name, struct scratch *scratch, struct fail *why);

#endif
