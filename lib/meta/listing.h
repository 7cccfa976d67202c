/*
 * listing -- the names of a folder that may belong together, ready to be asked: who has this key, and which sidecars
 * has this file.
 *
 * It is filled once and sealed; from then on nothing changes.  A folder whose names are nothing without those of
 * another one (group-folders.def) is sealed with that one's.
 */
#ifndef META_LISTING_H
#define META_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "media/group/groupname.h"

#define LISTING_SIZE (32u << 20) /* bytes of names in one folder, 100,000 of the longest; more are not kept */

/* A name and the key that it reads as, by their hash. */
struct listing_entry {
	uint64_t hash;
	uint32_t at;                     /* of the name in text */
	uint8_t rule, role, first, stem; /* as it reads; rule is GROUP_RULES where that depends on what is beside it */
};

/* {.keys = …, .exports = …} is empty. */
struct listing {
	bool keys;                     /* the members of a key will be asked for, not sidecars alone */
	bool exports;                  /* names that clouds' exports give to JSONs and tables are kept, too */
	bool full;                     /* there were too many */
	uint64_t serial;               /* no two listings of a run have one */
	struct buf text;               /* of each name: whether it lies aside, the name, and then its hidden one */
	uint32_t *name;                /* where each begins in text, sorted by bytes */
	struct listing_entry *key;     /* of each file, by the key that all of them make; sorted */
	struct listing_entry *picture; /* pictures and films, by the key that they read as alone; sorted */
	size_t n, cap, nkeys, keys_cap, npictures, pictures_cap;
	size_t njsons, ntables; /* of the names that are kept */
};

/*
 * listing_add() -- a name, which is kept only if it is of a group, or an export's where these are wanted; a hidden one
 * (file/hidden.h) as what it stands for.  What is no file belongs to nothing, but a sidecar's name is kept: there is
 * something to be said of it. Returns 0, or -1: too many (l->full), or ENOMEM.
 */
int listing_add(struct listing *l, const char *name, bool is_file);

/*
 * listing_seal() -- after the last name.
 *
 *   home  the sealed listing whose pictures these names may belong to; or NULL
 */
void listing_seal(struct listing *l, const struct listing *home);

void listing_fini(struct listing *l);

size_t listing_memory(const struct listing *l); /* bytes */

/*
 * listing_read() -- read a name as one of this folder, as groupname_read().
 * listing_read_away() -- the same of a companion that belongs to files of another folder, `home`: it has a picture of
 * its key, or this folder has none either, and it has another file.  False for all else.
 */
bool listing_read(const struct listing *l, struct slice name, struct groupname *out);
bool listing_read_away(const struct listing *l, const struct listing *home, struct slice name, struct groupname *out);

/* listing_real() -- what a name of the listing is called in the folder, where it may lie aside. */
const char *listing_real(const char *name);

/*
 * listing_members() -- the files of a key, in the order of their names' bytes.
 *
 *   away   those that belong to pictures of the folder that it was sealed with; else to this one's
 *   found  takes up to max of them, borrowed
 *
 * Returns how many there are, or max + 1 where there are more than max.
 */
size_t listing_members(
    const struct listing *l, struct slice key, bool away, const struct listing_entry **found, size_t max);

/* listing_name() -- the name of one of them. */
const char *listing_name(const struct listing *l, const struct listing_entry *e);

/* listing_recall() -- how a file of a key reads; false where what is beside it decides, and listing_read() knows. */
bool listing_recall(const struct listing_entry *e, struct slice key, struct groupname *out);

/*
 * listing_sidecar() -- the real name of the sidecar "STEM.xmp", whose extension may be in any case; NULL where there is
 * none. Of several the one in small letters comes first.
 *
 *   raw  whether a raw picture of that stem is there
 */
const char *listing_sidecar(const struct listing *l, struct slice stem, bool *raw);

/* listing_find() -- a name as it is in the listing, or NULL. */
const char *listing_find(const struct listing *l, struct slice name);

/* listing_prefix() -- the i of listing_walk() of the first name that is not before `prefix`. */
size_t listing_prefix(const struct listing *l, struct slice prefix);

/* listing_walk() -- the i-th name, in the order of their bytes; NULL behind the last. */
const char *listing_walk(const struct listing *l, size_t i);

#endif
