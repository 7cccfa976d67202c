/*
 * lookup -- what a database knows of a content, of a source, of a path.
 *
 * Only what was there when the lookup was made counts, so that answers do not depend on how far a later program of
 * the same pipeline has come.  Each call reads and lets go of the database before it returns: a lock that outlived it
 * would keep that program from committing.
 */
#ifndef HASHDB_LOOKUP_LOOKUP_H
#define HASHDB_LOOKUP_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fail.h"
#include "hash/digest.h"
#include "hashdb/hashdb.h"
#include "media/group/groupname.h"

enum lookup_status {
	LOOKUP_NEW,
	LOOKUP_KNOWN,
	LOOKUP_DAMAGED, /* recorded, but noted as damaged, or not what was recorded: another size or time, a link */
	LOOKUP_MISSING, /* recorded, but the file has gone (state_look()) */
	LOOKUP_DELETED, /* marked: not wanted again */
	LOOKUP_UNSEEN   /* recorded, but the file cannot be looked at: no answer */
};

struct lookup;

struct lookup_conf {
	bool offline; /* take recorded files for present, as they were recorded */
	bool skipped; /* a source that was left out counts as known */
};

/* {0} is ready; the path is owned.  It is below the root, and empty for LOOKUP_NEW (but see lookup_path()) and for a
 * source that was left out. */
struct lookup_answer {
	enum lookup_status status;
	int errnum; /* of LOOKUP_UNSEEN */
	bool noted; /* lookup_path(): it was found damaged when it was read last */
	/* lookup_source(): */
	enum group_role role; /* of the file, where it has a group; else GROUP_NO_ROLE */
	bool waits;           /* a known companion was filed without a picture or film, which may have come since */
	struct buf path;
};

/* lookup_clear() -- empty, and LOOKUP_NEW, keeping the memory. */
void lookup_clear(struct lookup_answer *answer);

/* Where a file came from, as a record's `source` has it. */
struct lookup_origin {
	struct slice volume, path;
	int64_t size, mtime_ns;
};

/*
 * lookup_new() -- db is borrowed, conf is read.
 *
 * NULL: not offline and the root is not there, or empty though files are recorded; ENOMEM; a damaged database.
 */
struct lookup *lookup_new(struct hashdb *db, const struct lookup_conf *conf, struct fail *why);
void lookup_free(struct lookup *l);

/*
 * All return 0 or -1: a failure of the database, not of the file.
 *
 * lookup_hash() -- a content; of several files that have it, the best.  Fails with FAIL_INPUT where the digests lack
 * the one that the database finds files by.
 */
int lookup_hash(struct lookup *l, const struct digests *d, struct lookup_answer *answer, struct fail *why);

/* lookup_source() -- a file on a volume. */
int lookup_source(struct lookup *l, const struct lookup_origin *from, struct lookup_answer *answer, struct fail *why);

/*
 * lookup_path() -- a file in the library: known if it is recorded with the size and time of st.  Where it is recorded
 * with others, it is new, and the answer's path is not empty.
 */
int lookup_path(
    struct lookup *l, struct slice below, const struct stat *st, struct lookup_answer *answer, struct fail *why);

/* lookup_digests() -- what is recorded of a path; an empty mask where nothing is. */
int lookup_digests(struct lookup *l, struct slice below, struct digests *out, struct fail *why);

/*
 * lookup_first() -- whether a source is the one that brought the file at `below` its content, as the database has it
 * now. Others that had the same content are not.
 */
int lookup_first(struct lookup *l, struct slice below, const struct lookup_origin *from, bool *first, struct fail *why);

#endif
