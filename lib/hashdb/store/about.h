/* about -- what a database says of itself: table `about`, which is whole or damaged. */
#ifndef HASHDB_STORE_ABOUT_H
#define HASHDB_STORE_ABOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "hash/digest.h"
#include "hashdb/store/sql.h"
#include "hashdb/store/values.h"

#define ABOUT_ID_LEN 16

/* Of one table: how many rows there are, and their sums added up, modulo 2^64. */
struct total {
	int64_t rows;
	uint64_t sum;
};

/* {0} is that of a new database but for its id; root is owned. */
struct about {
	char id[ABOUT_ID_LEN + 1];
	digest_mask required;        /* of every file that is recorded; empty: not decided yet */
	enum digest_algorithm index; /* one of them, which every file here has: the digest table is by it */
	uint64_t seq;
	struct buf root; /* empty: the default */
	struct total totals[TABLE_COUNTED];
};

/* about_require() -- require these as well; the first ones decide the index: xxh128 if it is among them. */
void about_require(struct about *a, digest_mask more);

/* about_list() -- append the required ones, index first: "xxh128,sha256". */
void about_list(const struct about *a, struct buf *out);

/* about_read() -- replace *a.  Returns 0, or -1: a row is missing, damaged, or none of ours. */
int about_read(struct sql *s, struct about *a, struct fail *why);
int about_write(struct sql *s, const struct about *a, struct fail *why); /* inside a transaction; 0 or -1 */
void about_fini(struct about *a);

#endif
