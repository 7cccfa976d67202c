/*
 * icloud -- what an export of iCloud Photos says of the pictures in a folder: the tables beside them, Photo Details.csv
 * and the like, told by their columns, and those of the albums, which lie in the folder Albums beside the pictures'.
 */
#ifndef META_TAKEOUT_ICLOUD_H
#define META_TAKEOUT_ICLOUD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "media/media.h"
#include "meta/listing.h"
#include "meta/takeout/takeoutfolder.h"

#define ICLOUD_TABLE_MAX (4u << 20)        /* bytes of a table */
#define ICLOUD_SIZE (4u << 20)             /* bytes that are kept of all tables of a folder */
#define ICLOUD_SIGN "originalCreationDate" /* the column that no other program's tables have */

struct icloud_row {
	uint32_t name, date, table; /* where they begin in text */
	bool favorite, hidden, deleted;
};

struct icloud_member {
	uint32_t name, album;
};

/* {0} is none. */
struct icloud {
	struct buf text; /* each with its NUL */
	struct icloud_row *row;
	struct icloud_member *member; /* both sorted by name */
	size_t nrows, rows_cap, nmembers, members_cap;
	bool full; /* there was more than is kept */
};

/*
 * icloud_read() -- the tables of a folder, where it has some; out: {0} at first, icloud_fini() whatever this returns.
 * Returns 0, or -1 where memory or descriptors are short.  Tables that cannot be read, or are others, are passed over;
 * of one that is too long out->full tells.
 */
int icloud_read(const struct takeoutfolder_place *place, const struct listing *names, struct icloud *out);
void icloud_fini(struct icloud *c);

size_t icloud_memory(const struct icloud *c); /* bytes */

/* icloud_add_table(), icloud_add_album() -- from the text of a table, whose name, or whose album's, is given; false
 * where it is another one.  Before icloud_seal().  Short of memory c->text is failed. */
bool icloud_add_table(struct icloud *c, struct slice text, const char *name);
bool icloud_add_album(struct icloud *c, struct slice text, const char *album);
void icloud_seal(struct icloud *c);

/*
 * icloud_tell() -- add to info what the tables say of a file, and which albums it is in, as of MEDIA_FROM_TAKEOUT.
 * Returns the name of the table that has a row of it; NULL: none has, or several that say different things.
 */
const char *icloud_tell(const struct icloud *c, const char *name, struct media_info *info);

#endif
