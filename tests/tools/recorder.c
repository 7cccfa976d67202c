/*
 * recorder -- a disk that notes what it is asked to do, for tests of power loss.
 *
 * usage: recorder MEGABYTES FOLDER LOG
 *
 * Mounts on FOLDER a file system (FUSE) of two files.  `disk` has MEGABYTES of memory: a loop device on it carries the
 * file system under test, and what that writes, discards and flushes comes here as write, fallocate and fsync; each is
 * noted in LOG (disklog.h) before it is answered.  What is written to `mark` is noted there too, so that "this had been
 * acknowledged" has its place among the disk's writes.  Serves, one request at a time, until FOLDER is unmounted; LOG
 * is whole when it has ended.  FOLDER's mounts are not to be shared with other name spaces (MS_PRIVATE).  The kernel's
 * own protocol is spoken, so that no library is needed.
 */
#include "disklog.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fuse.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NODE_DISK = 2, NODE_MARK = 3, WRITE_MAX = 1 << 20 };

struct recorder {
	int fuse, disk; /* the kernel, and the memory */
	uint64_t size;
	FILE *log;
	char *request; /* of at most WRITE_MAX bytes and its heads */
	char *answer;  /* what a read has read */
};

static void
die(const char *what)
{
	fprintf(stderr, "recorder: %s: %s\n", what, strerror(errno));
	exit(3);
}

static void
note(struct recorder *r, enum disk_kind kind, uint64_t at, uint64_t len, const void *bytes)
{
	struct disk_entry entry = {kind, at, len};

	if (fwrite(&entry, sizeof entry, 1, r->log) != 1 || (bytes != NULL && fwrite(bytes, 1, len, r->log) != len))
		die("log");
}

static void
answer(struct recorder *r, const struct fuse_in_header *in, int error, const void *bytes, size_t len)
{
	struct fuse_out_header out = {.len = (uint32_t)(sizeof out + len), .error = -error, .unique = in->unique};
	struct iovec parts[] = {{&out, sizeof out}, {(void *)(uintptr_t)bytes, len}};

	if (writev(r->fuse, parts, 2) == -1 && errno != ENOENT) /* what was interrupted waits for no answer */
		die("answer");
}

static struct fuse_attr
attr_of(const struct recorder *r, uint64_t node)
{
	struct fuse_attr attr = {.ino = node, .nlink = 1, .blksize = 4096};

	attr.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0700 : S_IFREG | 0600;
	attr.size = node == NODE_DISK ? r->size : 0;
	return attr;
}

static void
look_up(struct recorder *r, const struct fuse_in_header *in, const char *name)
{
	struct fuse_entry_out out = {.attr_valid = UINT32_MAX, .entry_valid = UINT32_MAX};

	if (strcmp(name, "disk") == 0)
		out.nodeid = NODE_DISK;
	else if (strcmp(name, "mark") == 0)
		out.nodeid = NODE_MARK;
	out.attr = attr_of(r, out.nodeid);
	answer(r, in, out.nodeid == 0 ? ENOENT : 0, &out, out.nodeid == 0 ? 0 : sizeof out);
}

static void
tell_attr(struct recorder *r, const struct fuse_in_header *in)
{
	struct fuse_attr_out out = {.attr_valid = UINT32_MAX, .attr = attr_of(r, in->nodeid)};

	answer(r, in, 0, &out, sizeof out);
}

static void
read_disk(struct recorder *r, const struct fuse_in_header *in, const struct fuse_read_in *ask)
{
	ssize_t n = in->nodeid == NODE_DISK ? pread(r->disk, r->answer, ask->size, (off_t)ask->offset) : 0;

	answer(r, in, n == -1 ? errno : 0, r->answer, n == -1 ? 0 : (size_t)n);
}

static bool
all_zero(const char *p, size_t n)
{
	return n > 0 && p[0] == 0 && memcmp(p, p + 1, n - 1) == 0;
}

static void
write_disk(struct recorder *r, const struct fuse_in_header *in, const struct fuse_write_in *ask)
{
	const char *bytes = (const char *)(ask + 1);
	struct fuse_write_out out = {.size = ask->size};

	if (in->nodeid == NODE_MARK) {
		note(r, DISK_MARK, 0, ask->size, bytes);
	} else if (pwrite(r->disk, bytes, ask->size, (off_t)ask->offset) != (ssize_t)ask->size) {
		answer(r, in, EIO, NULL, 0);
		return;
	} else if (all_zero(bytes, ask->size)) {
		note(r, DISK_ZERO, ask->offset, ask->size, NULL);
	} else {
		note(r, DISK_WRITE, ask->offset, ask->size, bytes);
	}
	answer(r, in, 0, &out, sizeof out);
}

static void
discard(struct recorder *r, const struct fuse_in_header *in, const struct fuse_fallocate_in *ask)
{
	int error = 0;

	if (in->nodeid != NODE_DISK || (ask->mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) == 0)
		error = EOPNOTSUPP;
	else if (fallocate(
		     r->disk, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)ask->offset, (off_t)ask->length) == -1)
		error = errno;
	else
		note(r, DISK_ZERO, ask->offset, ask->length, NULL);
	answer(r, in, error, NULL, 0);
}

static void
greet(struct recorder *r, const struct fuse_in_header *in, const struct fuse_init_in *ask)
{
	struct fuse_init_out out = {.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION};

	out.max_readahead = ask->max_readahead;
	out.flags = FUSE_BIG_WRITES | FUSE_MAX_PAGES;
	out.max_write = WRITE_MAX;
	out.max_pages = WRITE_MAX / 4096;
	out.time_gran = 1;
	answer(r, in, 0, &out, sizeof out);
}

static void
serve(struct recorder *r, const struct fuse_in_header *in)
{
	const void *ask = in + 1;
	struct fuse_open_out opened = {.open_flags = FOPEN_DIRECT_IO};

	switch (in->opcode) {
	case FUSE_INIT:
		greet(r, in, ask);
		break;
	case FUSE_LOOKUP:
		look_up(r, in, ask);
		break;
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		tell_attr(r, in);
		break;
	case FUSE_OPEN:
		answer(r, in, 0, &opened, sizeof opened);
		break;
	case FUSE_READ:
		read_disk(r, in, ask);
		break;
	case FUSE_WRITE:
		write_disk(r, in, ask);
		break;
	case FUSE_FALLOCATE:
		discard(r, in, ask);
		break;
	case FUSE_FSYNC:
		note(r, DISK_FLUSH, 0, 0, NULL);
		answer(r, in, 0, NULL, 0);
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		answer(r, in, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(r, in, ENOSYS, NULL, 0);
	}
}

/*
 * Leave the name space of mounts in which FOLDER is: were this process the last in it, its end would unmount the file
 * system on the disk, whose last writes nobody is left to serve.
 */
static void
step_aside(const char *folder)
{
	if (unshare(CLONE_NEWNS) == -1 || umount2(folder, MNT_DETACH) == -1)
		die("name space");
}

static void
begin(struct recorder *r, const char *megabytes, const char *folder, const char *log)
{
	char options[128];

	r->size = strtoull(megabytes, NULL, 10) << 20;
	r->request = malloc(WRITE_MAX + 4096);
	r->answer = malloc(WRITE_MAX);
	if (r->request == NULL || r->answer == NULL)
		die("memory");
	if ((r->log = fopen(log, "wb")) == NULL)
		die(log);
	if ((r->disk = memfd_create("disk", MFD_CLOEXEC)) == -1 || ftruncate(r->disk, (off_t)r->size) == -1)
		die("memory");
	note(r, DISK_ZERO, 0, r->size, NULL);
	if ((r->fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC)) == -1)
		die("/dev/fuse");
	/* Memory that it is given does not wait for this disk; where that may not be said, there is memory enough. */
	(void)prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0);
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", r->fuse);
	if (mount("recorder", folder, "fuse.recorder", MS_NOSUID | MS_NODEV, options) == -1)
		die(folder);
	step_aside(folder);
}

int
main(int argc, char **argv)
{
	struct recorder r = {0};
	ssize_t n;

	if (argc != 4) {
		fprintf(stderr, "usage: recorder MEGABYTES FOLDER LOG\n");
		return 2;
	}
	begin(&r, argv[1], argv[2], argv[3]);
	while ((n = read(r.fuse, r.request, WRITE_MAX + 4096)) > 0 || errno == EINTR || errno == ENOENT)
		if (n > 0)
			serve(&r, (const struct fuse_in_header *)r.request);
	if (errno != ENODEV)
		die("request");
	if (fclose(r.log) != 0)
		die("log");
	return 0;
}
