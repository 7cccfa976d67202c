/* groups -- the order in which the files of a database are listed by group. */
#ifndef HASHDB_STORE_GROUPS_H
#define HASHDB_STORE_GROUPS_H

#include "base/fail.h"
#include "hashdb/store/sql.h"

#define GROUPS_LISTED "temp.listed"

/*
 * groups_gather() -- make the temporary table GROUPS_LISTED (at, rank, path, id): each file, in the order of its keys.
 * The files of a group, whose records have one group.id, stand at the path of the first of them, its lead: of rank 0 is
 * a raw that has the lead's name, of rank 1 another file that has, which may have led before the raw came; where
 * place-file has given it another name, that of its extension which says of itself what the lead says is 2; the others
 * are 3.  A file of no group stands at its own path.
 *
 * The database is read in pieces.  Returns 0, or -1: ENOMEM, no room for the table, a damaged database.
 */
int groups_gather(struct sql *sql, struct fail *why);

#endif
