/*
 * takeoutfolder -- a folder of a Google Takeout: whether it is one, which album it is, and where the folders of the
 * years are that stand beside it.
 */
#ifndef META_TAKEOUT_TAKEOUTFOLDER_H
#define META_TAKEOUT_TAKEOUTFOLDER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fail.h"
#include "meta/listing.h"

#define TAKEOUTFOLDER_TRIES 256 /* JSONs that are opened to find out, of each kind of name */

/* {0} is no Takeout's. */
struct takeoutfolder {
	bool is_takeout;
	struct buf album; /* the album's title; empty: none, or the folder of a year */
	struct buf years; /* the names of the other folders of years beside it, each with its NUL */
};

/* Where a folder is: its path below dirfd, "" for that itself; and its real name. */
struct takeoutfolder_place {
	int dirfd;
	const char *path;
	struct slice name;
};

/*
 * takeoutfolder_read() -- a folder with JSONs in it.
 *
 *   names  its names, sealed
 *   out    {0} at first; takeoutfolder_fini() whatever this returns
 *
 * Returns 0, or -1 where memory or descriptors are short.  JSONs that cannot be read are passed over.
 */
int takeoutfolder_read(const struct takeoutfolder_place *place, const struct listing *names, struct takeoutfolder *out);
void takeoutfolder_fini(struct takeoutfolder *f);

#endif
