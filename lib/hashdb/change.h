/*
 * change -- what one record changes in a database.
 *
 * Made by the workers, in parallel, and kept as one run of bytes, so that it can wait on disk.
 */
#ifndef HASHDB_CHANGE_H
#define HASHDB_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "file/relpath.h"
#include "hash/digest.h"
#include "hashdb/hashdb.h"
#include "run/rec.h"

enum change_op {
	CHANGE_NONE,
	CHANGE_PUT,    /* the file at PATH has this content; with FROM: it has moved here from there */
	CHANGE_NOTE,   /* the file at PATH, whose content should be HASH, was read and has HASH_NOW */
	CHANGE_FORGET, /* the file at PATH was read as missing */
	CHANGE_MARK,   /* it was, and its content is not wanted again */
	CHANGE_LISTED, /* a database has it marked so */
	CHANGE_UNDO,   /* the file at PATH was taken back; with FROM: there may it be again */
	CHANGE_SOURCE  /* only the source: of the file at PATH, or without PATH of none */
};

enum change_text {
	CHANGE_PATH,
	CHANGE_FROM,
	CHANGE_HASH,
	CHANGE_HASH_NOW,
	CHANGE_RECORD,
	CHANGE_VOLUME,
	CHANGE_LABEL,
	CHANGE_SOURCE_PATH, /* empty: no source is known */
	CHANGE_TEXTS
};

/* Its texts follow it in memory, in the order of enum change_text; len counts all. */
struct change {
	size_t len;
	enum change_op op;
	bool has_size, has_mtime;
	bool own;       /* read in this run: later than all that the database has */
	bool was_there; /* nothing was written: if the file is recorded, its size and time stay */
	bool placed;    /* it was written: what was at PATH before is no more */
	bool of_copy;   /* the time is that of another file that has the same content */
	bool moved;     /* it was found here, while the file at FROM has gone */
	bool elsewhere; /* what it says of its group, it says of that file */
	bool has_marked;
	int64_t size, mtime_ns;
	int64_t verified_ns; /* when the content was read; own: when it is added to a transaction */
	int64_t marked_ns;   /* when it was marked as deleted */
	uint64_t seq;        /* of the row that this database listed; 0: it comes from elsewhere */
	uint32_t order;      /* in its transaction */
	int64_t source_size, source_mtime_ns;
	digest_mask mask;
	int64_t prefix[DIGEST_COUNT]; /* digest_prefix() of each in mask */
	uint32_t text_len[CHANGE_TEXTS];
};

struct slice change_text(const struct change *c, enum change_text which);

/* The rules that a run sets. */
struct change_conf {
	int dirfd;        /* where records' relative paths start */
	const char *root; /* the library's, absolute, without links */
	const char *id;   /* the database's */
	bool root_given;  /* --root: a place.root that is no more was this one */
	bool own_log;     /* what was placed was placed here, whatever the root was called from where it ran */
	bool forget;      /* files read as missing change something */
};

/* A worker's memory of folders and its buffers; {0} is ready. */
struct changer {
	const struct change_conf *conf; /* of the change that is being made */
	const struct rec *rec;
	struct relpath relpath;
	struct buf place_root, resolved; /* the last place.root or db.root, and where it is: empty where it is not */
	struct buf name;                 /* scratch */
	struct buf text[CHANGE_TEXTS];
};

/*
 * change_make() -- work out what a record changes.
 *
 *   out  a malloc'ed change, or NULL where it changes nothing
 *
 * Returns 0, or -1: FAIL_INPUT (a path outside the root, placed below another root, no digests), ENOMEM.
 */
int change_make(
    struct changer *w, const struct change_conf *conf, const struct rec *rec, struct change **out, struct fail *why);

/* change_annotate() -- what a change does that its record does not tell without the options of this run goes into the
 * record: its log rebuilds the database without them. */
void change_annotate(const struct change *c, bool mark_deleted, struct rec *rec);

void changer_fini(struct changer *w);

/* changer_new(), changer_free() -- one for a filter's hooks of these names; conf is not looked at.  NULL: no memory. */
void *changer_new(void *conf);
void changer_free(void *worker);

/*
 * change_allowed() -- whether it has the digests that its database requires: 0 or -1, as hashdb_require().  Of damage
 * the good file's one by which contents are found is enough: what it lacks beside that can be read no more.
 */
int change_allowed(const struct change *c, struct hashdb *db, struct fail *why);

#endif
