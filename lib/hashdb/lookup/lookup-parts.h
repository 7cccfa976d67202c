/* lookup-parts -- what lookup.c, lookup-hash.c and lookup-source.c share.  Private to them. */
#ifndef HASHDB_LOOKUP_PARTS_H
#define HASHDB_LOOKUP_PARTS_H

#include "hashdb/lookup/lookup.h"
#include "hashdb/lookup/scans.h"
#include "hashdb/store/sql.h"
#include "hashdb/store/values.h"

enum lookup_statement { SAME_HASH, SAME_HASH_ON, SAME_PATH, FIND_VOLUME, FOLDER, ONE_SOURCE, LOOKUP_STATEMENTS };

/* What is recorded of a file. */
struct lookup_state {
	bool deleted, mismatch;
	struct state file;
};

/* One row of SOURCE; texts are offsets into the bytes of its list. */
struct source_row {
	size_t name, name_len, path, path_len; /* path_len 0: the file was taken back */
	int64_t size, mtime_ns, seq;
	bool skipped, first;
	bool waits;           /* a companion that was filed without its picture's date … */
	size_t mates, nmates; /* … of the group whose members, as JSON, are so many of the list's bytes; 0: of none */
	enum group_role role; /* GROUP_NO_ROLE: of no group */
	struct lookup_state file;
};

/* In the order of their names, which are what follows the first `skip` bytes of their paths. */
struct source_rows {
	struct source_row *v;
	size_t n, cap, skip;
	struct buf bytes;
};

/* All that the database has of a volume from one path on to before another; where `to` is empty, nothing is known. */
struct window {
	struct buf from, to;
	struct source_rows sources;
	struct buf last; /* the last path that was read */
	int credit;
};

struct lookup {
	struct hashdb *db;
	struct sql *sql;
	struct sqlite3_stmt *stmt[LOOKUP_STATEMENTS];
	int64_t seq;
	int root;     /* -1: offline */
	bool skipped; /* as lookup_conf has it */
	int errnum;   /* of LOOKUP_UNSEEN, the last one */

	/* By source. */
	struct buf volume;
	int64_t volume_id; /* -1: not known to the database */
	struct window window;
	struct source_rows one; /* a row that was read alone */

	/* By hash. */
	struct scans scans;
	struct scan scan; /* while it is not remembered */
	struct buf candidate;
};

int lookup_set_path(struct buf *path, struct slice to, struct fail *why); /* replace it; 0 or -1 */
struct lookup_state lookup_state_of(const struct value *file);

/* lookup_judge() -- what a recorded file is good for, as far as a look at it tells.  A NUL in a path is in no real one.
 */
enum lookup_status lookup_judge(struct lookup *l, const char *path, const struct lookup_state *s);

/* Of lookup-source.c, for lookup_new() and lookup_free(). */
void lookup_init_sources(struct lookup *l);
void lookup_free_sources(struct lookup *l);

#endif
