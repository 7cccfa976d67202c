/*
 * pagesum -- a checksum at the end of each page of a database, kept and checked where SQLite reads and writes it.
 *
 * SQLite sees when a page is no B-tree, but not when a bit of a row or an index has flipped, or when a page is
 * another's or an older one: then an answer changes, and usually to "never seen".  So SQLite reads and writes the
 * database's file through here (a VFS, https://www.sqlite.org/vfs.html).  The checksum takes the 8 bytes at the end of
 * a page that the header reserves: XXH3-64 of the others, mixed with the page's number.
 */
#ifndef HASHDB_STORE_PAGESUM_H
#define HASHDB_STORE_PAGESUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGESUM_PAGE 4096u  /* bytes; the only size there is */
#define PAGESUM_RESERVED 8u /* of them */

struct pagesum;

/* pagesum_new() -- for one connection, which must be closed before this is freed.  NULL: ENOMEM. */
struct pagesum *pagesum_new(void);
void pagesum_free(struct pagesum *p);

const char *pagesum_vfs(const struct pagesum *p); /* its name, for sqlite3_open_v2() */

/* pagesum_bad() -- the number of the page that was last found damaged; 0: none. */
uint32_t pagesum_bad(const struct pagesum *p);

/* pagesum_journal() -- what is wrong with a journal that should have been undone (journal.h); NULL: nothing. */
const char *pagesum_journal(const struct pagesum *p);

/* pagesum_holds() -- whether a page has its checksum. */
bool pagesum_holds(const unsigned char *page, uint32_t number);

/* pagesum_stamp() -- give each page of a whole database in memory its checksum. */
void pagesum_stamp(unsigned char *bytes, size_t size);

#endif
