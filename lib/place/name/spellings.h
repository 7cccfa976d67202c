/*
 * spellings -- the names in a folder as they are spelled there.  Where a file system folds case or normalises Unicode,
 * a file is found under other spellings too, and only the listing tells which one is its name.
 */
#ifndef PLACE_NAME_SPELLINGS_H
#define PLACE_NAME_SPELLINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fail.h"

#define SPELLINGS_BYTES (2u << 20) /* of names; what a larger folder holds is not looked up */

struct spellings {
	struct buf names; /* each with its NUL */
	const char **sorted;
	size_t n;
};

/* spellings_suspects() -- whether a file may be called otherwise than the name that led to it: a few calls at most. */
bool spellings_suspects(int dirfd, const char *name, const struct stat *st);

struct spellings *spellings_new(int dirfd, struct fail *why); /* NULL on failure */
void spellings_free(struct spellings *l);

/* spellings_find() -- how the folder spells the name of a file that was found as `name`; `name` itself where it is
 * called that, or nothing better is known. */
const char *spellings_find(const struct spellings *l, int dirfd, const char *name, const struct stat *st);

#endif
