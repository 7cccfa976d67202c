/*
 * tally -- how many files went into which folder, for a person to read.
 *
 * Few lines and little memory whatever the number of folders: when there are more than TALLY_ROWS, the deepest ones
 * are counted with their parents.  What is left in the end depends on the folders alone, not on their order.
 */
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

#define TALLY_ROWS 40

struct tally_row {
	char *name; /* bytes of the folder, "" for the top; NUL-terminated */
	uint64_t n;
};

/* {0} is empty.  Rows are sorted by the bytes of their names. */
struct tally {
	struct tally_row row[TALLY_ROWS + 1];
	size_t n;
	size_t limit; /* names keep fewer components than this; 0: all of them */
};

/* tally_add() -- count the file `path`, relative and without "..", in its folder.  Returns 0 or -1 (ENOMEM). */
int tally_add(struct tally *t, const char *path, struct fail *why);

void tally_fini(struct tally *t);

#endif
