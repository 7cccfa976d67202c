/* lacking -- the files that lack a digest which their database requires, and can be given it. */
#ifndef HASHDB_LACKING_H
#define HASHDB_LACKING_H

#include <stddef.h>

#include "base/buf.h"
#include "base/fail.h"
#include "hashdb/hashdb.h"
#include "hashdb/store/cursor.h"

struct lacking {
	const struct hashdb *db; /* borrowed; NULL until it is open */
	int root;
	size_t gone; /* how many lack one and are not there any more */
	struct buf path;
};

/* lacking_open() -- 0, or -1 where the library's root is not there, or is an empty folder where a disk should be. */
int lacking_open(struct lacking *l, const struct hashdb *db, struct fail *why);
void lacking_close(struct lacking *l); /* of {0}, too */

/* lacking_has() -- whether the file is one: 1, 0 or -1.  What has gone can be read by nobody: it is only counted. */
int lacking_has(struct lacking *l, const struct cursor_row *row, struct fail *why);

#endif
