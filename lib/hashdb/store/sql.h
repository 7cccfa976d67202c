/* sql -- a connection to SQLite as this project uses it, and its failures as struct fail. */
#ifndef HASHDB_STORE_SQL_H
#define HASHDB_STORE_SQL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"

struct sqlite3;
struct sqlite3_stmt;
struct pagesum;

/* {0} is closed.  Threads: one at a time. */
struct sql {
	struct sqlite3 *c;
	struct pagesum *pages;
	char name[96]; /* of the file, for messages */
	bool writer;
};

void sql_set_name(struct sql *s, const char *file);

/*
 * sql_open() -- connect to a file that exists.
 *
 *   timeout_s  how long to wait for another program's lock, at each statement
 *   writer     false: nothing can be changed, but for the recovery that a writer's death left to do, and a file or
 *              folder that cannot be written is no hindrance
 *
 * Returns 0, or -1: the database is damaged, locked, cannot be opened.
 */
int sql_open(struct sql *s, const char *file, double timeout_s, bool writer, struct fail *why);
void sql_close(struct sql *s);

int sql_exec(struct sql *s, const char *text, struct fail *why);                     /* 0 or -1 */
struct sqlite3_stmt *sql_prepare(struct sql *s, const char *text, struct fail *why); /* NULL: failed */
/* sql_prepare_all() -- n of them into stmt, which was NULLs; those that were made stay where it fails.  0 or -1. */
int sql_prepare_all(struct sql *s, const char *const *texts, struct sqlite3_stmt **stmt, size_t n, struct fail *why);
/* sql_step() -- 1: a row; 0: done; -1: failed.  After 0 and -1 the statement is reset: nothing stays locked. */
int sql_step(struct sql *s, struct sqlite3_stmt *stmt, struct fail *why);

/* sql_damaged() -- what is read cannot be what was written: -1. */
int sql_damaged(const struct sql *s, struct fail *why, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Values: an absent one is NULL. */
void sql_bind_blob(struct sqlite3_stmt *stmt, int i, struct slice bytes); /* borrowed until the next bind */
void sql_bind_text(struct sqlite3_stmt *stmt, int i, struct slice text);  /* empty is NULL */
struct slice sql_column(struct sqlite3_stmt *stmt, int i);                /* valid until the next step */

#endif
