/*
 * counts -- how many files have which word, where words have no order and no parents, as cameras.
 *
 * Memory is constant: words beyond COUNTS_ROWS are counted together.
 */
#ifndef REPORT_PAGE_COUNTS_H
#define REPORT_PAGE_COUNTS_H

#include "report/tally.h"

#define COUNTS_ROWS 512

/* {0} is empty. */
struct counts {
	struct tally_row row[COUNTS_ROWS]; /* the name is the word */
	size_t n;
	uint64_t others;
};

/* counts_add() -- count a word.  Returns 0 or -1 (ENOMEM). */
int counts_add(struct counts *c, const char *word, struct fail *why);

void counts_fini(struct counts *c);

#endif
