/*
 * journal -- whether what a killed writer has left beside a database may be trusted to undo its work.
 *
 * SQLite undoes it with whatever it finds there: sums of its own cover every 200th byte, and a journal of another
 * database, or of an earlier time, would be written over this one.
 */
#ifndef HASHDB_STORE_JOURNAL_H
#define HASHDB_STORE_JOURNAL_H

#include <sqlite3.h>

/*
 * What a writing transaction begins with: first of all, the pages that tell whose journal it is are to be in it.  (A
 * row that is written as it was changes no page.)
 */
#define JOURNAL_BEGIN                                    \
	"BEGIN IMMEDIATE; PRAGMA user_version = 3;"      \
	"UPDATE about SET sum = ~sum WHERE name = 'id';" \
	"UPDATE about SET sum = ~sum WHERE name = 'id'"

/*
 * journal_check() -- look at a journal that is about to be undone, both files being locked.  Each page in it must have
 * its checksum (pagesum.h), none may be missing, and it must be this database's, of the change that was being made.
 *
 *   what   gets what is wrong with it
 *
 * Returns SQLITE_OK, SQLITE_IOERR_DATA, or what reading fails with.
 */
int journal_check(sqlite3_file *journal, sqlite3_file *database, const char **what);

#endif
