/*
 * scope -- the folders in which what belongs to a file is looked for: its own, or the one of the pictures that it
 * belongs to, and those that hold what belongs to them (group-folders.def).
 */
#ifndef META_GROUP_SCOPE_H
#define META_GROUP_SCOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "media/group/groupname.h"
#include "meta/folder.h"

#define SCOPE_PARTS 8

struct scope_part {
	const struct folder *folder; /* held */
	const struct listing *names;
	struct buf path;     /* with a slash at its end, or "" */
	struct buf relative; /* the same from the first part; "" of that */
};

/* A worker's; {.folders, .dirfd} is ready.  The first part is the folder of the pictures. */
struct scope {
	struct folders *folders;
	int dirfd;                   /* where relative paths start */
	const struct folder *folder; /* of the last file, held */
	bool depends;                /* on the file, too: the folder holds what belongs to another one's pictures */
	struct scope_part part[SCOPE_PARTS];
	size_t n;
	struct buf unknown; /* why nobody knows what belongs to the file; empty: it can be found in the parts */
};

void scope_fini(struct scope *s);

/*
 * scope_open() -- the scope of a file.
 *
 *   own      its path
 *   changed  whether it is another one than that of the file before
 *
 * Returns 0, or -1 where memory or descriptors are short.
 */
int scope_open(struct scope *s, const char *own, bool *changed);

/* scope_of() -- the part that the file of scope_open() lies in. */
size_t scope_of(const struct scope *s);

/* scope_read() -- read a name of a part, as groupname_read(); of a part that is not the first only companions belong.
 */
bool scope_read(const struct scope *s, size_t part, struct slice name, struct groupname *out);

/* scope_recall() -- the same of a file that was found by its key. */
bool scope_recall(
    const struct scope *s, size_t part, const struct listing_entry *e, struct slice key, struct groupname *out);

#endif
