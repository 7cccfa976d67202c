/* sizes -- the sizes that a database's files have, as a set of bits: what is not in it no file has. */
#ifndef HASHDB_GROUP_SIZES_H
#define HASHDB_GROUP_SIZES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "hashdb/hashdb.h"

struct sizes; /* 1 MiB, whatever the number of files */

/* sizes_new() -- read all rows once, in pieces, so that no writer waits long.  db is borrowed while it does.  NULL:
 * ENOMEM, a damaged database. */
struct sizes *sizes_new(struct hashdb *db, struct fail *why);
void sizes_free(struct sizes *s);

/* sizes_may_have() -- false: no file that was recorded then has this size.  One whose size is not recorded may have
 * any. */
bool sizes_may_have(const struct sizes *s, uint64_t size);

#endif
