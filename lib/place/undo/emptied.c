#include "place/undo/emptied.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/pathname.h"
#include "file/beneath.h"
#include "file/io.h"
#include "place/name/path.h"

/* Cut the last name off; false where that was the only one. */
static bool
go_up(struct buf *path)
{
	path->len = path_split(path->p).folder.len;
	path->p[path->len] = '\0';
	return path->len > 0;
}

/* Remove an empty folder; whether there is none of that name now. */
static bool
remove_empty(int root, const char *path)
{
	int fd = path_open_folder_beneath(root, path);
	bool gone =
	    fd == -1 ? errno == ENOENT : unlinkat(fd, pathname_last(path), AT_REMOVEDIR) == 0 || errno == ENOENT;

	io_close(&fd);
	return gone;
}

static int
flush(int root, const char *folder)
{
	int fd = beneath_open(root, folder, O_RDONLY | O_DIRECTORY), rc = fd == -1 ? -1 : io_sync_folder(fd);

	io_close(&fd);
	return rc;
}

int
emptied_remove(int root, const char *to)
{
	struct buf path = {0};
	int rc = -1;

	errno = ENOMEM;
	if (buf_adds(&path, to) == 0) {
		while (go_up(&path) && remove_empty(root, path.p))
			;
		rc = flush(root, path.p);
	}
	buf_fini(&path);
	return rc;
}
