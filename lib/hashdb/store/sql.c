/*
 * A rollback journal that is truncated (not WAL): the database is one file at rest, and can be read on network and
 * read-only file systems.  synchronous=EXTRA makes a commit durable.  The journal itself goes when the last statement
 * of a writer is done, by returning to journal_mode=DELETE under SQLite's own locks.
 */
#include "hashdb/store/sql.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "hashdb/store/pagesum.h"

#define SAFE "PRAGMA cache_size = -2048; PRAGMA cell_size_check = 1; PRAGMA mmap_size = 0"
/* Pages are not overwritten with zeros before they are used again: Debian's SQLite would, at a third of the speed. */
#define WRITER "PRAGMA synchronous = EXTRA; PRAGMA secure_delete = 0; PRAGMA journal_mode = TRUNCATE"

void
sql_set_name(struct sql *s, const char *file)
{
	struct buf name = {0};

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
sql_damaged(const struct sql *s, struct fail *why, const char *fmt, ...)
{
	char what[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return fail_set(why, FAIL_FORMAT, "database", "%s: the database is damaged: %s", s->name, what);
}

/* The connection's last failure; -1. */
static int
fail_last(struct sql *s, struct fail *why)
{
	int code = sqlite3_errcode(s->c), errnum = sqlite3_system_errno(s->c);

	if (sqlite3_extended_errcode(s->c) == SQLITE_IOERR_DATA && pagesum_journal(s->pages) != NULL)
		return sql_damaged(s, why, "%s", pagesum_journal(s->pages));
	if (sqlite3_extended_errcode(s->c) == SQLITE_IOERR_DATA)
		return sql_damaged(s, why, "the checksum of page %u is wrong", pagesum_bad(s->pages));
	switch (code) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* a table that should be there is not */
	case SQLITE_MISMATCH:
	case SQLITE_CONSTRAINT:
	case SQLITE_TOOBIG:
		return sql_damaged(s, why, "%s", sqlite3_errmsg(s->c));
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail_as(s, why, EBUSY, "another program holds the database's lock");
	case SQLITE_FULL:
		return fail_as(s, why, ENOSPC, strerror(ENOSPC));
	case SQLITE_NOMEM:
		return fail_nomem(why);
	case SQLITE_READONLY:
		if (sqlite3_extended_errcode(s->c) == SQLITE_READONLY_ROLLBACK)
			return fail_as(s, why, EROFS,
			    "a program was killed while it wrote, and its half-done change cannot be rolled back here");
		return fail_as(s, why, EROFS, "the database cannot be written");
	default:
		return fail_as(
		    s, why, errnum != 0 ? errnum : EIO, errnum != 0 ? strerror(errnum) : sqlite3_errmsg(s->c));
	}
}

int
sql_exec(struct sql *s, const char *text, struct fail *why)
{
	return sqlite3_exec(s->c, text, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail_last(s, why);
}

/* What the file says is data: it runs no code, changes no schema, and nothing in it is larger than ours can be. */
static void
guard(sqlite3 *c)
{
	static const struct {
		int limit, value;
	} limits[] = {
	    {SQLITE_LIMIT_LENGTH, 32 << 20},
	    {SQLITE_LIMIT_SQL_LENGTH, 64 << 10},
	    {SQLITE_LIMIT_COLUMN, 64},
	    {SQLITE_LIMIT_EXPR_DEPTH, 64},
	    {SQLITE_LIMIT_COMPOUND_SELECT, 8},
	    {SQLITE_LIMIT_ATTACHED, 0},
	    {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
	    {SQLITE_LIMIT_WORKER_THREADS, 0},
	};

	sqlite3_db_config(c, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(c, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(c, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(c, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
		sqlite3_limit(c, limits[i].limit, limits[i].value);
}

static int
set_up(struct sql *s, bool writer, struct fail *why)
{
	guard(s->c);
	if (sql_exec(s, SAFE, why) == -1)
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
	struct buf plain = {0};

	s->writer = writer;
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* no lock around each malloc; refused once it runs */
	buf_adds(&plain, *file == '/' ? "" : "./"); /* never ":memory:" or "file:" */
	if (buf_adds(&plain, file) == -1 || (s->pages = pagesum_new()) == NULL) {
		buf_fini(&plain);
		return fail_nomem(why);
	}
	rc = sqlite3_open_v2(plain.p, &s->c, flags, pagesum_vfs(s->pages));
	buf_fini(&plain);
	if (s->c == NULL) {
		sql_close(s);
		return fail_nomem(why);
	}
	if (rc != SQLITE_OK)
		fail_last(s, why);
	else if (sqlite3_busy_timeout(s->c, timeout_s > 1e6 ? 1000000000 : (int)(timeout_s * 1000)) != SQLITE_OK)
		fail_last(s, why);
	else if (set_up(s, writer, why) == 0)
		return 0;
	sql_close(s);
	return -1;
}

void
sql_close(struct sql *s)
{
	if (s->c != NULL && s->writer) {
		sqlite3_busy_timeout(s->c, 0); /* where another writer is at work, the journal is its */
		sqlite3_exec(s->c, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
	}
	sqlite3_close(s->c);
	s->c = NULL;
	pagesum_free(s->pages);
	s->pages = NULL;
}

struct sqlite3_stmt *
sql_prepare(struct sql *s, const char *text, struct fail *why)
{
	struct sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v3(s->c, text, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
		fail_last(s, why);
	return stmt;
}

int
sql_prepare_all(struct sql *s, const char *const *texts, struct sqlite3_stmt **stmt, size_t n, struct fail *why)
{
	for (size_t i = 0; i < n; i++)
		if ((stmt[i] = sql_prepare(s, texts[i], why)) == NULL)
			return -1;
	return 0;
}

int
sql_step(struct sql *s, struct sqlite3_stmt *stmt, struct fail *why)
{
	int rc = sqlite3_step(stmt);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		fail_last(s, why);
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

struct slice
sql_column(struct sqlite3_stmt *stmt, int i)
{
	const char *p = sqlite3_column_blob(stmt, i);

	return (struct slice){p, p != NULL ? (size_t)sqlite3_column_bytes(stmt, i) : 0};
}
