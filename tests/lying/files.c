#include "lying.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
errno_of(const char *name)
{
	return strcmp(name, "ENOSPC") == 0 ? ENOSPC : strcmp(name, "EDQUOT") == 0 ? EDQUOT : EIO;
}

static bool
is(const char *wanted, const struct node *node)
{
	return wanted != NULL && strcmp(wanted, node->name) == 0;
}

/* Returns whether the request was given up. */
static bool
hangs(fuse_req_t req, const char *wanted, const struct node *node)
{
	if (!is(wanted, node))
		return false;
	lying_note("hang", node);
	while (lie.until == NULL || access(lie.until, F_OK) == -1) {
		if ((lie.deaf == NULL && fuse_req_interrupted(req)) || fuse_session_exited(lying_session))
			return true;
		poll(NULL, 0, 10);
	}
	return false;
}

static void
slow(void)
{
	if (lie.slow != NULL)
		poll(NULL, 0, atoi(lie.slow));
}

static void
opened(struct node *node, struct fuse_file_info *fi, int fd)
{
	lying_opens(node, 1);
	fi->fh = (uint64_t)fd;
	fi->keep_cache = lie.stale != NULL;
	/* The kernel reads ahead for nobody, and who waits for that cannot be interrupted. */
	fi->direct_io = lie.short_reads != NULL || lie.size_zero != NULL || lie.size_more != NULL ||
			lie.times != NULL || is(lie.hang, node);
}

static void
do_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi)
{
	struct node *folder = lying_node(parent);
	struct fuse_entry_param e;
	char own[NAME_MAX + 1];
	int fd =
	    openat(folder->fd, lying_spelled(folder, name, own), (fi->flags & ~O_DIRECT) | O_CREAT | O_CLOEXEC, mode);

	if (fd == -1 || lying_entry(folder, own, &e) == -1) {
		lying_reply(req, -1);
		return;
	}
	opened(lying_node(e.ino), fi, fd);
	fuse_reply_create(req, &e, fi);
}

static void
do_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct node *node = lying_node(ino);
	struct stat st;
	char path[32];
	int fd;

	lying_note("open", node);
	if (hangs(req, lie.hang_open, node)) {
		fuse_reply_err(req, EINTR);
		return;
	}
	if (fstatat(node->fd, "", &st, AT_EMPTY_PATH) == 0 && st.st_nlink == 0) {
		fuse_reply_err(req, ESTALE);
		return;
	}
	if ((fd = open(lying_path(node, path), (fi->flags & ~(O_DIRECT | O_NOFOLLOW)) | O_CLOEXEC)) == -1) {
		lying_reply(req, -1);
		return;
	}
	opened(node, fi, fd);
	fuse_reply_open(req, fi);
}

static bool
unreadable(const struct node *node, size_t size, off_t off)
{
	static atomic_int failures;
	off_t bad = lie.at != NULL ? atol(lie.at) : 0;

	if (!is(lie.read_eio, node) || off > bad || bad >= off + (off_t)size)
		return false;
	return lie.times == NULL || atomic_fetch_add(&failures, 1) < atoi(lie.times);
}

static void
do_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	struct node *node = lying_node(ino);
	char *buf = malloc(size);
	ssize_t n;

	lying_note("read", node);
	slow();
	if (buf == NULL)
		fuse_reply_err(req, ENOMEM);
	else if (hangs(req, lie.hang, node))
		fuse_reply_err(req, EINTR);
	else if (unreadable(node, size, off))
		fuse_reply_err(req, EIO);
	else if ((n = pread((int)fi->fh, buf, lie.short_reads != NULL ? (size + 1) / 2 : size, off)) == -1)
		lying_reply(req, -1);
	else
		fuse_reply_buf(req, buf, (size_t)n);
	free(buf);
}

static void
do_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t off, struct fuse_file_info *fi)
{
	ssize_t n;

	lying_note("write", lying_node(ino));
	slow();
	if ((n = pwrite((int)fi->fh, buf, size, off)) == -1)
		lying_reply(req, -1);
	else
		fuse_reply_write(req, (size_t)n);
}

static void
do_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	if (lie.close != NULL && (fi->flags & O_ACCMODE) != O_RDONLY)
		fuse_reply_err(req, errno_of(lie.close));
	else
		fuse_reply_err(req, 0);
}

static void
do_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	(void)datasync;
	lying_note("fsync", lying_node(ino));
	if (lie.fsync != NULL)
		fuse_reply_err(req, errno_of(lie.fsync));
	else if (lie.forget_fsync != NULL)
		fuse_reply_err(req, 0);
	else
		lying_reply(req, fsync((int)fi->fh));
}

static void
do_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	lying_opens(lying_node(ino), -1);
	close((int)fi->fh);
	fuse_reply_err(req, 0);
}

void
lying_file_ops(struct fuse_lowlevel_ops *ops)
{
	ops->create = do_create;
	ops->open = do_open;
	ops->read = do_read;
	ops->write = do_write;
	ops->flush = do_flush;
	ops->release = do_release;
	ops->fsync = do_fsync;
}
