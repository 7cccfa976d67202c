#include "place/remove/look.h"

#include <errno.h>
#include <fcntl.h>

#include "file/io.h"
#include "place/remove/doubt.h"
#include "place/remove/sides.h"

/*
 * A view that remembers names, as an overlay does of the folders below it, leads to a renamed file for a while.  Of the
 * hidden name it has never heard: where the copy's folder shows that too, the folder is the source's.  One that is the
 * source's own in plain sight proves nothing: there the files' numbers have told.
 */
static enum reason
look_beside(struct proof *p)
{
	struct side hidden = {.fd = sides_open_beside(p, p->aside.hidden, O_PATH)};
	bool there, own;

	if (hidden.fd == -1 && errno != ENOENT && errno != ENAMETOOLONG)
		return doubt_errno(p->r, REASON_COPY_UNREADABLE);
	there = hidden.fd != -1;
	own = there && fstat(hidden.fd, &hidden.st) == 0 && io_same_file(&hidden.st, &p->source.st);
	io_close(&hidden.fd);
	return there && !own
		   ? doubt_say(p->r, REASON_SAME_FILE, "its temporary name has appeared in the library's folder")
		   : REASON_NONE;
}

/* Where times do not tell of a rename, equal ones and an equal number may be of one file. */
static bool
may_be_one(const struct proof *p, const struct timespec *ctime)
{
	return p->blind && p->copy.st.st_ino == p->source.st.st_ino && io_same_time(ctime, &p->source.st.st_ctim);
}

enum reason
look_again(struct proof *p)
{
	enum reason reason = sides_open_copy(p, &p->copy);
	struct timespec now;

	if (reason == REASON_COPY_MISSING)
		return doubt_say(p->r, REASON_SAME_FILE, "the library's file was renamed with it");
	if (reason != REASON_NONE)
		return reason;
	if (!io_same_file(&p->copy.st, &p->before.st))
		return doubt_say(p->r, REASON_CHANGED, "the library's file was replaced meanwhile");
	now = side_ctime(&p->copy);
	if (!io_same_time(&p->before.st.st_ctim, &now))
		return doubt_say(p->r, REASON_SAME_FILE, "the library's file changed when it was renamed");
	if (may_be_one(p, &now))
		return doubt_say(p->r, REASON_SAME_FILE, "nothing tells them apart");
	return look_beside(p);
}
