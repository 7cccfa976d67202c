#include "report/page/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/pathname.h"
#include "file/beneath.h"
#include "file/io.h"

#define RUNS ".dcim/runs/" /* of a library: where its logs lie */

int
pictures_init(struct pictures *p, int dirfd, const char *library, struct fail *why)
{
	*p = (struct pictures){.dirfd = dirfd, .library = library, .rootfd = -1};
	p->src = src_new();
	p->worker = reader_worker_new();
	return p->src != NULL && p->worker != NULL ? 0 : fail_nomem(why);
}

void
pictures_fini(struct pictures *p)
{
	io_close(&p->rootfd);
	src_free(p->src);
	reader_worker_free(p->worker);
	buf_fini(&p->preview.jpeg);
	buf_fini(&p->root);
	buf_fini(&p->text);
}

/* The library in whose runs a log lies; false where it lies elsewhere. */
static bool
library_of_log(const char *log, struct slice *library)
{
	size_t len = log != NULL ? pathname_folder(log).len : 0, runs = strlen(RUNS);

	if (len < runs || memcmp(log + len - runs, RUNS, runs) != 0 || (len > runs && log[len - runs - 1] != '/'))
		return false;
	*library = len > runs ? (struct slice){log, len - runs} : slice_of(".");
	return true;
}

/* Opens the library, unless it is open; -1 where it is not there.  A path that it does not hold is not looked for. */
static int
open_root(struct pictures *p, struct slice root)
{
	if (p->rootfd != -1 && slice_same(root, buf_slice(&p->root)))
		return p->rootfd;
	io_close(&p->rootfd);
	buf_clear(&p->root, SIZE_MAX);
	if (buf_add(&p->root, root.p, root.len) == 0)
		p->rootfd = openat(p->dirfd, buf_cstr(&p->root), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return p->rootfd;
}

static int
open_beneath(struct pictures *p, struct slice root, const char *path)
{
	int rootfd = open_root(p, root);

	return rootfd == -1 ? -1 : beneath_open(rootfd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

static bool
is_in_library(enum outcome o)
{
	return o == COPIED || o == MOVED || o == REFLINKED || o == HARDLINKED;
}

/* Returns a descriptor, or -1.  A library's logs name what was recorded in it by its path there. */
static int
open_file(struct pictures *p, const struct rec *rec, const char *log, struct fail *why)
{
	enum outcome o = report_outcome(rec);
	struct slice library = {"", 0}, root;
	struct buf named = {0};
	bool known = p->library != NULL || library_of_log(log, &library);
	struct stat st;
	int fd = -1;

	if (p->library != NULL)
		library = slice_of(p->library);
	if (is_in_library(o) && rec_get_path(rec, "place.to", &p->text)) {
		root = known || !rec_get_path(rec, "place.root", &named) ? library : buf_slice(&named);
		if (root.len > 0)
			fd = open_beneath(p, root, buf_cstr(&p->text));
	} else if (o == RECORDED && known) {
		fd = open_beneath(p, library, rec->path.p);
	} else if (rec->archive.len == 0) {
		fd = io_open(p->dirfd, rec->path.p, &st, why);
	}
	buf_fini(&named);
	return fd;
}

static int
read_preview(struct pictures *p, int fd, struct fail *why)
{
	struct stat st;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return 0;
	if (src_open(p->src, fd, (uint64_t)st.st_size, why) == -1)
		return -1;
	return preview_read(p->src, p->worker, &p->preview, why);
}

int
picture_of(struct pictures *p, const struct rec *rec, const char *log, struct fail *why)
{
	int fd = open_file(p, rec, log, why), rc;

	buf_clear(&p->preview.jpeg, READER_PREVIEW_BYTES);
	if (fd == -1)
		return p->root.failed ? fail_nomem(why) : 0;
	rc = read_preview(p, fd, why);
	io_close(&fd);
	return rc == -1 && why->errnum == ENOMEM ? -1 : 0;
}
