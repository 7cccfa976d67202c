/*
 * folder -- what lies in a folder, without asking the system for each file.
 *
 * A folder is listed by whichever worker comes first, and the names that may belong together are kept for all.  Memory
 * is bounded: the folders used least recently are forgotten; one with too many names, or that cannot be listed, is only
 * known to be so: sidecars are tried by their names then, and what belongs together is not known.
 */
#ifndef META_FOLDER_H
#define META_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "meta/listing.h"
#include "meta/takeout/icloud.h"
#include "meta/takeout/takeoutfolder.h"

#define FOLDERS_SIZE (4u << 20) /* memory for all folders that are not in use, in bytes */
#define FOLDERS_MIN 4           /* folders that are kept though not in use, whatever their size … */
#define FOLDERS_MAX 256         /* … and where there is memory for them */

struct folders; /* shared by all workers */
struct folder;  /* one of them; does not change once a caller has it */

enum folders_wants {
	FOLDERS_KEYS = 1,   /* see listing.h */
	FOLDERS_EXPORTS = 2 /* folder_takeout() and folder_icloud() will be asked */
};

struct folders *folders_new(unsigned wants); /* of enum folders_wants.  NULL: ENOMEM */
void folders_free(struct folders *f);        /* when nobody has a folder any more */

/*
 * folders_get() -- the folder that the first len bytes of `path` name, below dirfd where it is relative; "" is dirfd
 * itself.  Waits where another worker is listing it.  The caller gives it back with folders_put(); NULL: memory or
 * descriptors were short.
 * Threads: both are safe from any.
 */
const struct folder *folders_get(struct folders *f, int dirfd, const char *path, size_t len);
void folders_put(struct folders *f, const struct folder *take); /* NULL is fine */

/*
 * folders_of() -- the folder of a file, for a worker that keeps the last one, in *held, until it needs another.
 * NULL: ENOMEM.
 */
const struct folder *folders_of(struct folders *f, int dirfd, const char *file, const struct folder **held);

/* folder_names() -- its names, sealed, as long as the folder is; NULL where they are not known. */
const struct listing *folder_names(const struct folder *f);

/* folder_beside() -- replace *path by that of another folder in the one where a Takeout's folder lies. */
void folder_beside(const struct folder *f, const char *name, struct buf *path);

/* folder_takeout() -- what it is of a Google Takeout, as long as the folder is; folder_icloud() -- of iCloud's. */
const struct takeoutfolder *folder_takeout(const struct folder *f);
const struct icloud *folder_icloud(const struct folder *f);

enum folder_state {
	FOLDER_KNOWN,
	FOLDER_ABSENT,     /* there is none */
	FOLDER_UNREADABLE, /* it cannot be listed */
	FOLDER_FULL        /* it has more names than are kept */
};

enum folder_state folder_state(const struct folder *f);

/* folder_name() -- its real name, without its path; empty where keys are not wanted and it has no JSONs. */
struct slice folder_name(const struct folder *f);

/*
 * folder_other() -- the path of the other folder, where this one holds what belongs to that one's pictures by
 * group-folders.def; else false.  *path is replaced, and failed where memory runs out; so in folder_holding().
 */
bool folder_other(const struct folder *f, struct buf *path);
bool folder_depends(const struct folder *f); /* whether there is another one */

/*
 * folder_holding() -- the folders that hold what belongs to this one's pictures; they may not be there.
 *
 *   i         0 at first, kept by the caller until false is returned
 *   relative  replaced: the next one's path from here, ../THMBNL
 *   path      replaced: the same from where this folder's path starts
 */
bool folder_holding(const struct folder *f, size_t *i, struct buf *relative, struct buf *path);

#endif
