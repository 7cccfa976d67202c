/* presence -- rows selected by whether their files are there. */
#ifndef HASHDB_LIST_PRESENCE_H
#define HASHDB_LIST_PRESENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fail.h"
#include "hashdb/hashdb.h"
#include "hashdb/store/cursor.h"

/* {0} selects every row. */
struct presence {
	struct hashdb *db; /* borrowed; NULL until it is open */
	bool gone;
	int root;
	size_t passed_over; /* how many lack a digest and have gone */
	struct buf path;
};

/*
 * presence_open() -- select what can be given a digest that the database requires, or what has gone.
 *
 * Returns 0, or -1 where the library's root is not there, or is an empty folder where a disk should be.
 */
int presence_open(struct presence *p, struct hashdb *db, bool gone, struct fail *why);
void presence_close(struct presence *p);

/*
 * presence_wants() -- whether the row is selected: 1, 0 or -1.  A file that cannot be looked at is, either way: who
 * reads it next tells why.
 */
int presence_wants(struct presence *p, const struct cursor_row *row, struct fail *why);

#endif
