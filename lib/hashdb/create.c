/*
 * The database is built in memory, written under a name of its own, flushed, and given its name by link(2), which
 * fails where the name is taken: no other process ever sees a database without its tables.
 */
#include "hashdb/create.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/buf.h"
#include "run/io.h"

static const char schema[] =
#include "hashdb/schema.inc"
    ;

/* The bytes of an empty database, to be freed with sqlite3_free(); NULL is ENOMEM. */
static unsigned char *
build(sqlite3_int64 *size)
{
	unsigned char *bytes = NULL;
	sqlite3 *c = NULL;

	if (sqlite3_open(":memory:", &c) == SQLITE_OK && sqlite3_exec(c, schema, NULL, NULL, NULL) == SQLITE_OK)
		bytes = sqlite3_serialize(c, "main", size, 0);
	sqlite3_close(c);
	return bytes;
}

/* Write and flush; the descriptor is closed whatever happens. */
static int
fill(int fd, const unsigned char *bytes, size_t size, struct fail *why)
{
	int rc = io_write(fd, bytes, size, why);

	if (rc == 0 && fsync(fd) == -1)
		rc = fail_errno(why, "database", "fsync");
	if (close(fd) == -1 && rc == 0)
		rc = fail_errno(why, "database", "close");
	return rc;
}

/* Some file systems have no links; there a rename that does not replace says the same. */
static int
publish(const char *temporary, const char *file, const char *shown, struct fail *why)
{
	if (link(temporary, file) == 0 || errno == EEXIST)
		return 0;
#ifdef RENAME_NOREPLACE
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, file, RENAME_NOREPLACE) == 0 || errno == EEXIST)
		return 0;
#endif
	return fail_errno(why, "database", "cannot create %s", shown);
}

static int
flush_folder(const char *file, struct fail *why)
{
	char *copy = strdup(file);
	int fd, rc = 0;

	if (copy == NULL)
		return fail_nomem(why);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1 && fsync(fd) == -1 && errno != EINVAL) /* EINVAL: this file system cannot flush a folder */
		rc = fail_errno(why, "database", "fsync");
	io_close(&fd);
	free(copy);
	return rc;
}

static int
write_new(const char *file, const char *shown, const unsigned char *bytes, size_t size, struct fail *why)
{
	struct buf temporary = { 0 };
	unsigned long long random;
	int fd, rc = -1;

	if (getentropy(&random, sizeof random) == -1)
		return fail_errno(why, "database", "getentropy");
	if (buf_addf(&temporary, "%s.%016llx.new", file, random) == -1)
		return fail_nomem(why);
	if ((fd = open(temporary.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) == -1) {
		fail_errno(why, "database", "cannot create %s", shown);
	} else {
		rc = fill(fd, bytes, size, why);
		if (rc == 0)
			rc = publish(temporary.p, file, shown, why);
		unlink(temporary.p);
	}
	buf_fini(&temporary);
	return rc == 0 ? flush_folder(file, why) : -1;
}

int
create_file(const char *file, const char *shown, struct fail *why)
{
	sqlite3_int64 size = 0;
	unsigned char *bytes;
	int rc;

	if (access(file, F_OK) == 0)
		return 0;
	if ((bytes = build(&size)) == NULL)
		return fail_nomem(why);
	rc = write_new(file, shown, bytes, (size_t)size, why);
	sqlite3_free(bytes);
	return rc;
}
