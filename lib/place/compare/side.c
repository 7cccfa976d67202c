#include "place/compare/side.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/xattr.h>
#include <time.h>

#include "file/io.h"

#define COARSEST_NS 10000000 /* where ctime is no finer, as on FAT, it is a time that programs set */
#define QUIET_S 600          /* after that nobody is taken to be writing on */

int
side_open(struct side *side, int take)
{
	side->fd = take;
	if (take != -1 && fstat(take, &side->st) == 0)
		return 0;
	io_close(&side->fd);
	return -1;
}

struct timespec
side_ctime(const struct side *side)
{
#ifdef AT_STATX_FORCE_SYNC
	struct statx sx;

	if (statx(side->fd, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, STATX_CTIME, &sx) == 0)
		return (struct timespec){sx.stx_ctime.tv_sec, sx.stx_ctime.tv_nsec};
#endif
	return side->st.st_ctim;
}

bool
side_is_unchanged(const struct side *side)
{
	struct stat st;

	return fstat(side->fd, &st) == 0 && io_same_version(&st, &side->st) &&
	       io_same_time(&st.st_ctim, &side->st.st_ctim);
}

bool
side_is_touched(struct side *side)
{
	struct stat st;

	if (fstat(side->fd, &st) == -1 || !io_same_version(&st, &side->st) ||
	    io_same_time(&st.st_ctim, &side->st.st_ctim))
		return false;
	side->st.st_ctim = st.st_ctim;
	return true;
}

static bool
was_written_lately(const struct side *side)
{
	time_t now = time(NULL), then = side->st.st_mtim.tv_sec;

	return then <= now && now - then < QUIET_S; /* a clock that is ahead tells nothing */
}

bool
side_is_being_written(const struct side *side)
{
	fcntl(side->fd, F_SETSIG, SIGURG); /* one who opens it in this moment is to end nobody */
	if (fcntl(side->fd, F_SETLEASE, F_RDLCK) == -1)
		return errno == EAGAIN || (errno == EACCES && was_written_lately(side));
	fcntl(side->fd, F_SETLEASE, F_UNLCK);
	return false;
}

bool
side_may_be_one(const struct side *a, const struct side *b)
{
	return a->st.st_dev != b->st.st_dev && io_same_time(&a->st.st_ctim, &b->st.st_ctim) &&
	       io_same_time(&a->st.st_mtim, &b->st.st_mtim) &&
	       (a->st.st_ino == b->st.st_ino || a->st.st_ctim.tv_nsec % COARSEST_NS != 0);
}

bool
side_is_one_of_many(const struct side *side)
{
	char paths[4096];
	ssize_t n = fgetxattr(side->fd, "user.mergerfs.allpaths", paths, sizeof(paths));

	return n == -1 ? errno == ERANGE : n > 0 && strnlen(paths, (size_t)n) + 1 < (size_t)n;
}
