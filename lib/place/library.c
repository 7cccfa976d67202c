#include "place/library.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/folder.h"
#include "file/io.h"
#include "place/name/spellings.h"
#include "place/name/variant.h"

#define NAME_MAX_LEAST 64 /* room for a suffix, an extension and some of the stem */

static int
open_state(struct library *l, struct fail *why)
{
	if (mkdirat(l->fd, ".dcim", 0777) == -1 && errno != EEXIST)
		return fail_errno(why, "mkdir", "%s/.dcim", l->name);
	if ((l->dcim = openat(l->fd, ".dcim", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) == -1)
		return fail_errno(why, "open", "%s/.dcim", l->name);
	l->lock = openat(l->dcim, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
	if (l->lock == -1)
		return fail_errno(why, "open", "%s/.dcim/lock", l->name);
	return 0;
}

/* Whether the root lists a folder that was found as `name` under another one. */
static bool
is_listed_otherwise(const struct library *l, const struct spellings *names, const char *name)
{
	struct stat st;

	return fstatat(l->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       strcmp(spellings_find(names, l->fd, name, &st), name) != 0;
}

static bool
folds_case(const struct library *l)
{
	struct spellings *names;
	struct fail ignored;
	bool folds;

	if (faccessat(l->fd, ".dcim", F_OK, 0) == -1 || faccessat(l->fd, ".DCIM", F_OK, 0) == -1 ||
	    (names = spellings_new(l->fd, &ignored)) == NULL)
		return false;
	folds = is_listed_otherwise(l, names, ".dcim") || is_listed_otherwise(l, names, ".DCIM");
	spellings_free(names);
	return folds;
}

int
library_open(struct library *l, int dirfd, const char *name, bool writable, struct fail *why)
{
	struct fail ignored;
	long name_max;

	*l = (struct library)LIBRARY_NONE;
	l->name = name;
	l->locks = true;
	if (getrandom(l->token, sizeof(l->token), 0) == -1)
		return fail_errno(why, "getrandom", "%s", "");
	if ((l->fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return fail_errno(why, "open", "cannot open the library %s", name);
	if (volume_folder(l->fd, "", &l->at) == -1)
		return fail_errno(why, "fstat", "%s", name);
	name_max = fpathconf(l->fd, _PC_NAME_MAX);
	l->name_max = name_max >= NAME_MAX_LEAST && name_max < VARIANT_NAME_MAX ? (size_t)name_max : VARIANT_NAME_MAX;
	if (folder_resolve(dirfd, name, &l->real, why) == -1)
		return -1;
	if (writable && open_state(l, why) == -1)
		return -1;
	if (folder_resolve(l->fd, ".dcim", &l->real_dcim, &ignored) == -1)
		buf_clear(&l->real_dcim, 0);
	l->folds = folds_case(l);
	return 0;
}

void
library_close(struct library *l)
{
	io_close(&l->lock);
	io_close(&l->dcim);
	io_close(&l->fd);
	buf_fini(&l->real);
	buf_fini(&l->real_dcim);
}

/* Who has had the lock last is noted in its file. */
static void
note_holder(struct library *l)
{
	uint8_t last[LIBRARY_TOKEN];

	l->others =
	    pread(l->lock, last, sizeof(last), 0) != (ssize_t)sizeof(last) || memcmp(last, l->token, sizeof(last)) != 0;
	if (l->others && pwrite(l->lock, l->token, sizeof(l->token), 0) != (ssize_t)sizeof(l->token))
		return; /* it stays another's: nothing is believed that could be believed */
}

int
library_lock(struct library *l, struct fail *why)
{
	int rc;

	l->others = true;
	if (l->lock == -1 || !l->locks)
		return 0;
	while ((rc = flock(l->lock, LOCK_EX)) == -1 && errno == EINTR)
		;
	if (rc == 0) {
		note_holder(l);
		return 0;
	}
	if (errno != ENOLCK && errno != ENOSYS && errno != EOPNOTSUPP && errno != EINVAL)
		return fail_errno(why, "lock", "%s/.dcim/lock", l->name);
	l->locks = false;
	return 0;
}

void
library_unlock(struct library *l)
{
	if (l->lock != -1 && l->locks)
		flock(l->lock, LOCK_UN);
}

bool
library_gone(const struct library *l)
{
	return !volume_still(AT_FDCWD, l->real.p, &l->at);
}
