#include "place/stage/temps.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/pathname.h"
#include "file/io.h"
#include "place/name/path.h"

#define RUN_PREFIX "run-"
#define BESIDE_PREFIX ".dcim-tmp-"
#define RUN_TRIES 1000

static int
open_dir(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Call fn for every entry of a folder but . and .. */
static void
each_entry(int at, const char *name, void (*fn)(int dir, const char *name, void *arg), void *arg)
{
	int fd = open_dir(at, name);
	struct dirent *e;
	DIR *d;

	if (fd == -1 || (d = fdopendir(fd)) == NULL) {
		io_close(&fd);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			fn(fd, e->d_name, arg);
	}
	closedir(d);
}

/* ---- leftovers ---- */

/* What a link says lies elsewhere in the library; only a name of ours is removed there. */
static void
remove_beside(int root, const char *path)
{
	const char *name = pathname_last(path);
	int fd;

	if (strncmp(name, BESIDE_PREFIX, strlen(BESIDE_PREFIX)) != 0 ||
	    (fd = path_open_folder_beneath(root, path)) == -1)
		return;
	unlinkat(fd, name, 0);
	io_close(&fd);
}

static void
remove_temp(int dir, const char *name, void *arg)
{
	const struct temps *t = arg;
	char path[PATH_MAX];
	ssize_t len = readlinkat(dir, name, path, sizeof(path) - 1);

	if (len > 0) {
		path[len] = '\0';
		remove_beside(t->root, path);
	}
	unlinkat(dir, name, 0);
}

static void
remove_worker(int run, const char *name, void *arg)
{
	each_entry(run, name, remove_temp, arg);
	if (unlinkat(run, name, AT_REMOVEDIR) == -1)
		unlinkat(run, name, 0); /* the lock */
}

/* Whether the run that made this folder still lives. */
static bool
lives(int run)
{
	int lock = openat(run, "lock", O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool alive;

	if (lock == -1)
		return errno != ENOENT;
	alive = flock(lock, LOCK_EX | LOCK_NB) == -1;
	io_close(&lock);
	return alive;
}

static void
remove_dead_run(int tmp, const char *name, void *arg)
{
	int run;

	if (strncmp(name, RUN_PREFIX, strlen(RUN_PREFIX)) != 0 || (run = open_dir(tmp, name)) == -1)
		return;
	if (!lives(run)) {
		each_entry(tmp, name, remove_worker, arg);
		unlinkat(tmp, name, AT_REMOVEDIR);
	}
	io_close(&run);
}

/* ---- a run's own folders ---- */

static int
make_run(struct temps *t, struct fail *why)
{
	long long now = (long long)time(NULL);
	int rc = -1;

	errno = EEXIST;
	for (int i = 0; i < RUN_TRIES && rc == -1 && errno == EEXIST; i++) {
		snprintf(t->name, sizeof(t->name), RUN_PREFIX "%lld-%ld", now + i, (long)getpid());
		rc = mkdirat(t->tmp, t->name, 0777);
	}
	if (rc == -1)
		return fail_errno(why, "mkdir", ".dcim/tmp/%s", t->name);
	if ((t->run = open_dir(t->tmp, t->name)) == -1)
		return fail_errno(why, "open", ".dcim/tmp/%s", t->name);
	t->lock = openat(t->run, "lock", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (t->lock == -1)
		return fail_errno(why, "open", ".dcim/tmp/%s/lock", t->name);
	flock(t->lock, LOCK_EX | LOCK_NB); /* where that fails, nobody tidies up either */
	return 0;
}

int
temps_open(struct temps *t, int root, int dcim, bool tidy, struct fail *why)
{
	struct stat st;

	*t = (struct temps)TEMPS_NONE;
	t->root = root;
	if (mkdirat(dcim, "tmp", 0777) == -1 && errno != EEXIST)
		return fail_errno(why, "mkdir", ".dcim/tmp");
	if ((t->tmp = open_dir(dcim, "tmp")) == -1 || fstat(t->tmp, &st) == -1)
		return fail_errno(why, "open", ".dcim/tmp");
	t->dev = st.st_dev;
	if (tidy)
		each_entry(dcim, "tmp", remove_dead_run, t);
	return make_run(t, why);
}

void
temps_close(struct temps *t)
{
	if (t->lock != -1)
		unlinkat(t->run, "lock", 0);
	io_close(&t->lock);
	if (t->run != -1)
		unlinkat(t->tmp, t->name, AT_REMOVEDIR);
	io_close(&t->run);
	io_close(&t->tmp);
}

int
temps_dir_open(struct temps_dir *d, const struct temps *t, unsigned id, struct fail *why)
{
	char name[16];

	*d = (struct temps_dir){.fd = -1, .id = id};
	if (t->run == -1)
		return 0;
	snprintf(name, sizeof(name), "%u", id);
	if (mkdirat(t->run, name, 0777) == -1 || (d->fd = open_dir(t->run, name)) == -1)
		return fail_errno(why, "mkdir", ".dcim/tmp/%s/%s", t->name, name);
	return 0;
}

void
temps_dir_close(struct temps_dir *d, const struct temps *t)
{
	char name[16];

	if (d->fd == -1)
		return;
	io_close(&d->fd);
	snprintf(name, sizeof(name), "%u", d->id);
	unlinkat(t->run, name, AT_REMOVEDIR);
}

/* ---- one file ---- */

static int
note_beside(struct temp *f, struct temps_dir *d, const struct temps_beside *beside, struct fail *why)
{
	const char *path = beside->path;
	char to[PATH_MAX];

	if ((size_t)snprintf(to, sizeof(to), "%s%s%s", path, *path != '\0' ? "/" : "", f->name) >= sizeof(to)) {
		errno = ENAMETOOLONG;
		return fail_errno(why, "open", "%s", path);
	}
	if ((f->dirfd = fcntl(beside->fd, F_DUPFD_CLOEXEC, 0)) == -1)
		return fail_errno(why, "open", "%s", path);
	f->beside = true;
	/* A file system without links does without the note: then a kill leaves the file where it is. */
	if (symlinkat(to, d->fd, f->link) == 0)
		f->linkfd = d->fd;
	return 0;
}

int
temp_make(
    struct temp *f, struct temps_dir *d, const struct temps *t, const struct temps_beside *beside, struct fail *why)
{
	*f = (struct temp)TEMP_NONE;
	snprintf(f->link, sizeof(f->link), "%lu", ++d->serial);
	if (beside == NULL) {
		snprintf(f->name, sizeof(f->name), "%s", f->link);
		f->dirfd = d->fd;
	} else {
		snprintf(f->name, sizeof(f->name), BESIDE_PREFIX "%s-%u-%s", t->name, d->id, f->link);
		if (note_beside(f, d, beside, why) == -1)
			return -1;
	}
	f->fd = openat(f->dirfd, f->name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (f->fd != -1)
		return 0;
	fail_errno(why, "open", "cannot make a temporary file");
	temp_drop(f);
	return -1;
}

void
temp_drop(struct temp *f)
{
	if (f->dirfd != -1)
		unlinkat(f->dirfd, f->name, 0);
	temp_published(f);
}

void
temp_published(struct temp *f)
{
	io_close(&f->fd);
	if (f->linkfd != -1)
		unlinkat(f->linkfd, f->link, 0);
	if (f->beside)
		io_close(&f->dirfd);
	*f = (struct temp)TEMP_NONE;
}
