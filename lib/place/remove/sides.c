#include "place/remove/sides.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/pathname.h"
#include "file/beneath.h"
#include "file/io.h"
#include "place/name/path.h"
#include "place/remove/doubt.h"

#define OPEN_OWN (O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define OVERLAY_MAGIC 0x794c7630

bool
sides_is_recorded(const struct proof *p)
{
	const struct stat *st = &p->source.st;

	return S_ISREG(st->st_mode) && state_agrees(&p->r->noted, st);
}

/* Those of one folder share its descriptor. */
static int
open_folder(struct proof *p)
{
	for (const struct proof *o = p->first; o < p; o++) {
		if (o->folder != -1 && path_same_folder(o->r->path, p->r->path)) {
			p->folder = o->folder;
			p->lent = true;
			break;
		}
	}
	if (!p->lent)
		p->folder = path_open_folder(p->r->dirfd, p->r->path);
	p->aside = (struct aside){.dirfd = p->folder, .name = pathname_last(p->r->path)};
	return p->folder == -1 ? -1 : 0;
}

/* What open(2) has answered for the source: `rc`, and errno. */
static enum reason
take_source(struct proof *p, int rc)
{
	struct removal *r = p->r;

	if (rc == -1 && errno == ENOENT)
		return doubt_say(r, REASON_GONE, p->elsewhere ? "or only under a hidden name" : "");
	if (rc == -1)
		return errno == ELOOP ? doubt_say(r, REASON_LINK, "") : doubt_errno(r, REASON_UNREADABLE);
	if (!S_ISREG(p->source.st.st_mode))
		return doubt_say(r, REASON_LINK, "");
	if (!r->noted.has_size)
		r->noted = (struct state){true, true, (uint64_t)p->source.st.st_size, p->source.st.st_mtim};
	return sides_is_recorded(p) ? REASON_NONE : doubt_say(r, REASON_CHANGED, "");
}

/* Its folder is open. */
static int
open_source(struct proof *p)
{
	return side_open(&p->source, openat(p->folder, p->aside.name, IO_OPEN_ITSELF));
}

enum reason
sides_open_source(struct proof *p)
{
	const struct removal *r = p->r;
	struct statvfs fs;
	int rc;

	if (open_folder(p) == -1)
		return doubt_folder(p->r);
	if (fstatvfs(p->folder, &fs) == 0 && (fs.f_flag & ST_RDONLY))
		return doubt_say(p->r, REASON_READ_ONLY, "");
	rc = open_source(p);
	if (rc == -1 && errno == ENOENT) {
		enum aside_found found = aside_restore(r->dirfd, r->path, &p->scratch->bare);

		errno = ENOENT;
		if (found == ASIDE_BACK)
			rc = open_source(p);
		p->elsewhere = found == ASIDE_STUCK;
	}
	return take_source(p, rc);
}

enum reason
sides_open_as_it_lies(struct proof *p)
{
	return open_folder(p) == -1 ? doubt_folder(p->r) : take_source(p, open_source(p));
}

enum reason
sides_open_copy(struct proof *p, struct side *side)
{
	const struct removal *r = p->r;

	if (r->root == -1)
		return doubt_say(p->r, REASON_COPY_MISSING, "");
	if (side_open(side, beneath_open_plain(r->root, r->to, IO_OPEN_ITSELF)) == -1)
		return doubt_copy(p->r);
	if (!S_ISREG(side->st.st_mode))
		return doubt_say(p->r, REASON_COPY_MISSING, "something else has its name");
	if (io_same_file(&side->st, &p->source.st))
		return doubt_say(p->r, REASON_SAME_FILE, "");
	if (side->st.st_size != p->source.st.st_size)
		return doubt_say(p->r, REASON_DIFFERS, "its size differs");
	return REASON_NONE;
}

enum reason
sides_own_bytes(struct proof *p)
{
	struct statfs fs;
	int fd;

	if (fstatfs(p->before.fd, &fs) == -1 || fs.f_type != OVERLAY_MAGIC)
		return REASON_NONE;
	io_close(&p->before.fd);
	fd = beneath_open_plain(p->r->root, p->r->to, OPEN_OWN);
	if (fd == -1)
		return doubt_copy(p->r);
	io_close(&fd);
	return sides_open_copy(p, &p->before);
}

int
sides_open_beside(const struct proof *p, const char *name, int flags)
{
	const char *to = p->r->to;
	struct buf path = {0};
	int fd = -1;

	buf_add(&path, to, pathname_folder(to).len);
	if (buf_adds(&path, name) == 0)
		fd = beneath_open_plain(p->r->root, buf_cstr(&path), flags);
	else
		errno = ENOMEM;
	buf_fini(&path);
	return fd;
}

static int
flush_folder(struct proof *p)
{
	int fd = sides_open_beside(p, "", O_RDONLY | O_DIRECTORY), rc = fd == -1 ? -1 : io_sync_folder(fd);

	io_close(&fd);
	return rc;
}

/* Nothing has happened to it since all was. */
static bool
was_flushed(const struct proof *p)
{
	const struct removal *r = p->r;
	const struct timespec *at = &p->copy.st.st_ctim;

	return r->flushed && p->copy.st.st_dev == r->flushed_dev &&
	       (at->tv_sec < r->flushed_at.tv_sec ||
		   (at->tv_sec == r->flushed_at.tv_sec && at->tv_nsec < r->flushed_at.tv_nsec));
}

/* A file system that cannot write has nothing to flush. */
enum reason
sides_flush_copy(struct proof *p)
{
	if (p->r->durable || was_flushed(p))
		return REASON_NONE;
	if ((fsync(p->copy.fd) == -1 || flush_folder(p) == -1) && errno != EROFS)
		return doubt_errno(p->r, REASON_COPY_UNREADABLE);
	return REASON_NONE;
}
