/* schema -- the tables of a database: as bytes of an empty one, and whether an opened one has them and no others. */
#ifndef HASHDB_STORE_SCHEMA_H
#define HASHDB_STORE_SCHEMA_H

#include "base/fail.h"
#include "hashdb/store/sql.h"

#define SCHEMA_APPLICATION_ID 1145260365u /* "DCIM" */
#define SCHEMA_VERSION 3u                 /* user_version */

/* schema_build() -- the bytes of an empty database, to be freed with sqlite3_free().  NULL: ENOMEM, no random bytes. */
unsigned char *schema_build(size_t *size, struct fail *why);

/* schema_check() -- a table, a column, a trigger that is not ours is damage, whoever put it there.  Returns 0 or -1. */
int schema_check(struct sql *s, struct fail *why);

#endif
