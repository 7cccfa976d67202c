/*
 * A rollback journal that is truncated (not WAL): the database is one file at rest, and can be read on network and
 * read-only file systems.  synchronous=EXTRA makes a commit durable.  The journal itself goes when the last statement
 * of a writer is done, by returning to journal_mode=DELETE under SQLite's own locks.
 */
#include "hashdb/sql.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "run/quote.h"

#define CACHE "PRAGMA cache_size = -2048"
/* Pages are not overwritten with zeros before they are used again: Debian's SQLite would, at a third of the speed. */
#define WRITER "PRAGMA synchronous = EXTRA; PRAGMA secure_delete = 0; PRAGMA journal_mode = TRUNCATE"

void
sql_set_name(struct sql *s, const char *file)
{
	struct buf name = { 0 };

	quote_name(&name, file, strlen(file));
	snprintf(s->name, sizeof s->name, "%s%s", name.len < sizeof s->name ? "" : "...",
	    buf_cstr(&name) + (name.len < sizeof s->name ? 0 : name.len - sizeof s->name + 4));
	buf_fini(&name);
}

static int
fail_as(struct sql *s, struct fail *why, int errnum, const char *message)
{
	why->code = FAIL_SYSTEM;
	why->errnum = errnum;
	why->op = "database";
	snprintf(why->message, sizeof why->message, "%s: %s", s->name, message);
	return -1;
}

int
sql_fail(struct sql *s, struct fail *why)
{
	int code = sqlite3_errcode(s->c), errnum = sqlite3_system_errno(s->c);

	switch (code) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* a table that should be there is not */
	case SQLITE_MISMATCH:
	case SQLITE_CONSTRAINT:
		return fail_set(why, FAIL_FORMAT, "database", "%s: the database is damaged (%s)", s->name,
		    sqlite3_errmsg(s->c));
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail_as(s, why, EBUSY, "another program holds the database's lock");
	case SQLITE_FULL:
		return fail_as(s, why, ENOSPC, strerror(ENOSPC));
	case SQLITE_NOMEM:
		return fail_nomem(why);
	case SQLITE_READONLY:
		if (sqlite3_extended_errcode(s->c) == SQLITE_READONLY_ROLLBACK)
			return fail_as(s, why, EROFS, "a writer died, and its half-done work cannot be undone here");
		return fail_as(s, why, EROFS, "the database cannot be written");
	default:
		return fail_as(s, why, errnum != 0 ? errnum : EIO,
		    errnum != 0 ? strerror(errnum) : sqlite3_errmsg(s->c));
	}
}

int
sql_exec(struct sql *s, const char *text, struct fail *why)
{
	return sqlite3_exec(s->c, text, NULL, NULL, NULL) == SQLITE_OK ? 0 : sql_fail(s, why);
}

static int
set_up(struct sql *s, bool writer, struct fail *why)
{
	if (sql_exec(s, CACHE, why) == -1)
		return -1;
	if (!writer)
		return sql_exec(s, "PRAGMA query_only = 1", why);
	return sql_exec(s, WRITER, why);
}

int
sql_open(struct sql *s, const char *file, double timeout_s, bool writer, struct fail *why)
{
	/* Read-write for readers too: only so can they undo what a killed writer left half done. */
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, rc;
	struct buf plain = { 0 };

	s->writer = writer;
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* no lock around each malloc; refused once it runs */
	buf_adds(&plain, *file == '/' ? "" : "./"); /* never ":memory:" or "file:" */
	if (buf_adds(&plain, file) == -1) {
		buf_fini(&plain);
		return fail_nomem(why);
	}
	rc = sqlite3_open_v2(plain.p, &s->c, flags, NULL);
	buf_fini(&plain);
	if (s->c == NULL)
		return fail_nomem(why);
	if (rc != SQLITE_OK)
		sql_fail(s, why);
	else if (sqlite3_busy_timeout(s->c, timeout_s > 1e6 ? 1000000000 : (int)(timeout_s * 1000)) != SQLITE_OK)
		sql_fail(s, why);
	else if (set_up(s, writer, why) == 0)
		return 0;
	sql_close(s);
	return -1;
}

void
sql_close(struct sql *s)
{
	if (s->c == NULL)
		return;
	if (s->writer) {
		sqlite3_busy_timeout(s->c, 0); /* where another writer is at work, the journal is its */
		sqlite3_exec(s->c, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
	}
	sqlite3_close(s->c);
	s->c = NULL;
}

struct sqlite3_stmt *
sql_prepare(struct sql *s, const char *text, struct fail *why)
{
	struct sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v3(s->c, text, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
		sql_fail(s, why);
	return stmt;
}

int
sql_step(struct sql *s, struct sqlite3_stmt *stmt, struct fail *why)
{
	int rc = sqlite3_step(stmt);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		sql_fail(s, why);
	sqlite3_reset(stmt);
	return rc == SQLITE_DONE ? 0 : -1;
}

void
sql_bind_blob(struct sqlite3_stmt *stmt, int i, struct slice bytes)
{
	sqlite3_bind_blob64(stmt, i, bytes.p, bytes.len, SQLITE_STATIC);
}

void
sql_bind_text(struct sqlite3_stmt *stmt, int i, struct slice text)
{
	if (text.len == 0)
		sqlite3_bind_null(stmt, i);
	else
		sqlite3_bind_text64(stmt, i, text.p, text.len, SQLITE_STATIC, SQLITE_UTF8);
}

void
sql_bind_int(struct sqlite3_stmt *stmt, int i, bool there, int64_t n)
{
	if (there)
		sqlite3_bind_int64(stmt, i, n);
	else
		sqlite3_bind_null(stmt, i);
}

struct slice
sql_column(struct sqlite3_stmt *stmt, int i)
{
	const char *p = sqlite3_column_blob(stmt, i);

	return (struct slice){ p, p != NULL ? (size_t)sqlite3_column_bytes(stmt, i) : 0 };
}

bool
sql_column_int(struct sqlite3_stmt *stmt, int i, int64_t *n)
{
	*n = sqlite3_column_int64(stmt, i);
	return sqlite3_column_type(stmt, i) != SQLITE_NULL;
}
