/* sources -- where the files of a database came from, and the volumes that those were on, inside a transaction. */
#ifndef HASHDB_SOURCES_H
#define HASHDB_SOURCES_H

#include "base/buf.h"
#include "hashdb/change.h"
#include "hashdb/store/rows.h"

enum { SOURCES_STATEMENTS = 8 };

/* {0} is none yet. */
struct sources {
	const struct rows *rows; /* borrowed */
	struct sqlite3_stmt *stmt[SOURCES_STATEMENTS];
	uint64_t orders_at; /* numbers of sources and labels: this, and a change's order */
	struct volume {
		int64_t id, sum; /* id 0: none */
		uint64_t seq, stored_seq;
		struct buf name, label;
	} volume; /* that of the last change; its label is written when another comes */
};

int sources_init(
    struct sources *s, const struct rows *rows, struct fail *why); /* 0, or -1; sources_fini() in any case */
void sources_fini(struct sources *s);

void sources_begin(struct sources *s, uint64_t orders_at); /* a transaction has begun: rows->about is set */
int sources_finish(struct sources *s, struct fail *why);   /* before its end; 0 or -1 */

/*
 * sources_add() -- the source of a change, if it has one.
 *
 *   file   its number; NULL where the source was left out
 *   first  the source brought the file its content
 */
int sources_add(struct sources *s, const struct change *c, struct value file, bool first, struct fail *why);

/*
 * sources_newest() -- the number of the file that was last brought from a path of the change's volume, up to that
 * change.  1, 0: none was, -1.
 */
int sources_newest(struct sources *s, const struct change *c, struct slice path, int64_t *file, struct fail *why);

/* sources_drop() -- forget that source, if it is the file's.  Returns 0 or -1, as sources_add(). */
int sources_drop(struct sources *s, const struct change *c, int64_t file, struct fail *why);

#endif
