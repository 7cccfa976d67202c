/*
 * beside -- whether a companion has a picture or film in its folder, as far as their names tell (groupname.h): the
 * folder that was asked for last is listed once.
 */
#ifndef HASHDB_LOOKUP_BESIDE_H
#define HASHDB_LOOKUP_BESIDE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"

/* {0} is ready. */
struct beside {
	struct buf folder; /* with its slash, or "" */
	uint64_t *keys;    /* of the pictures and films in it, by their hash; sorted */
	size_t n, cap;
};

void beside_fini(struct beside *b);

/*
 * beside_has_picture() -- one that cannot be listed has none.
 *
 *   dirfd  where a relative path starts
 *   path   of the companion
 *
 * Returns 1, 0 or -1 (memory or descriptors are short).
 */
int beside_has_picture(struct beside *b, int dirfd, const char *path, struct fail *why);

#endif
