/*
 * The database is built in memory, written under a name of its own, flushed, and given its name where that is not
 * taken: no other process ever sees a database without its tables.  Who makes one holds a lock on the file under its
 * first name; what is found there unlocked was left by a killed process, and removed.
 */
#include "hashdb/store/create.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "file/io.h"
#include "file/publish.h"
#include "hashdb/store/schema.h"

#define SUFFIX ".new"
enum { RANDOM_DIGITS = 16, TRIES = 16 };

static int
fill(int fd, const unsigned char *bytes, size_t size, struct fail *why)
{
	if (io_write(fd, bytes, size, why) == -1)
		return -1;
	return fsync(fd) == 0 ? 0 : fail_errno(why, "database", "cannot write the new database to the disk");
}

/* 1: someone removed it. */
static int
publish(const char *temporary, const char *file, const char *shown, struct fail *why)
{
	struct fail refused;

	if (publish_rename((struct publish_name){AT_FDCWD, temporary}, (struct publish_name){AT_FDCWD, file}, true,
		&refused) == 0 ||
	    refused.errnum == EEXIST)
		return 0;
	if (refused.errnum == ENOENT)
		return 1;
	errno = refused.errnum;
	return fail_errno(why, "database", "cannot create %s", shown);
}

/* 1: taken for a leftover before it was locked; once more. */
static int
write_new(const char *file, const char *shown, const unsigned char *bytes, size_t size, struct fail *why)
{
	struct buf temporary = {0};
	unsigned long long random;
	int fd, rc = -1;

	if (getentropy(&random, sizeof random) == -1)
		return fail_errno(why, "database", "cannot get a random name");
	if (buf_addf(&temporary, "%s.%016llx" SUFFIX, file, random) == -1)
		return fail_nomem(why);
	if ((fd = open(temporary.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) == -1) {
		fail_errno(why, "database", "cannot create %s", shown);
	} else {
		flock(fd, LOCK_EX | LOCK_NB);
		rc = fill(fd, bytes, size, why);
		if (rc == 0)
			rc = publish(temporary.p, file, shown, why);
		unlink(temporary.p);
		io_close(&fd);
	}
	buf_fini(&temporary);
	if (rc == 0 && io_sync_folder_of(file) == -1)
		return fail_errno(why, "database", "cannot write the folder of %s to the disk", shown);
	return rc;
}

int
create_file(const char *file, const char *shown, struct fail *why)
{
	unsigned char *bytes;
	size_t size;
	int rc = 1;

	if (access(file, F_OK) == 0)
		return 0;
	if ((bytes = schema_build(&size, why)) == NULL)
		return -1;
	for (int i = 0; i < TRIES && rc == 1; i++)
		rc = write_new(file, shown, bytes, size, why);
	sqlite3_free(bytes);
	return rc == 1
		   ? fail_set(why, FAIL_LIMIT, "database", "cannot create %s: another program keeps removing it", shown)
		   : rc;
}

/* ---- what killed processes left ---- */

static bool
is_leftover(const char *name, const char *database)
{
	size_t len = strlen(database);

	return strncmp(name, database, len) == 0 && name[len] == '.' &&
	       strspn(name + len + 1, "0123456789abcdef") == RANDOM_DIGITS &&
	       strcmp(name + len + 1 + RANDOM_DIGITS, SUFFIX) == 0;
}

static void
remove_leftover(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(dirfd, name, 0);
	io_close(&fd);
}

void
create_tidy(const char *file)
{
	char *copy = strdup(file), *other = strdup(file);
	DIR *dir = copy != NULL && other != NULL ? opendir(dirname(copy)) : NULL;
	const struct dirent *d;

	while (dir != NULL && (d = readdir(dir)) != NULL)
		if (is_leftover(d->d_name, basename(other)))
			remove_leftover(dirfd(dir), d->d_name);
	if (dir != NULL)
		closedir(dir);
	free(copy);
	free(other);
}
