#include "lying.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

static void
do_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
	char own[NAME_MAX + 1];
	int rc = mkdirat(lying_node(parent)->fd, lying_spelled(lying_node(parent), name, own), mode);

	lying_reply_entry(req, rc, parent, own);
}

static void
do_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	char own[NAME_MAX + 1];

	lying_reply(req, unlinkat(lying_node(parent)->fd, lying_spelled(lying_node(parent), name, own), 0));
}

static void
do_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	char own[NAME_MAX + 1];

	lying_reply(req, unlinkat(lying_node(parent)->fd, lying_spelled(lying_node(parent), name, own), AT_REMOVEDIR));
}

static void
do_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name)
{
	if (lie.fat != NULL)
		fuse_reply_err(req, EPERM);
	else
		lying_reply_entry(req, symlinkat(target, lying_node(parent)->fd, name), parent, name);
}

static void
do_readlink(fuse_req_t req, fuse_ino_t ino)
{
	char target[PATH_MAX + 1];
	ssize_t n = readlinkat(lying_node(ino)->fd, "", target, PATH_MAX);

	if (n == -1) {
		lying_reply(req, -1);
		return;
	}
	target[n] = '\0';
	fuse_reply_readlink(req, target);
}

static void
do_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent, const char *name)
{
	char path[32], own[NAME_MAX + 1];
	int rc;

	if (lie.no_link != NULL || lie.fat != NULL) {
		fuse_reply_err(req, EPERM);
		return;
	}
	rc = linkat(AT_FDCWD, lying_path(lying_node(ino), path), lying_node(parent)->fd,
	    lying_spelled(lying_node(parent), name, own), AT_SYMLINK_FOLLOW);
	lying_reply_entry(req, rc, parent, own);
}

static void
do_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t parent2, const char *name2, unsigned flags)
{
	char from[NAME_MAX + 1], to[NAME_MAX + 1];

	lying_spelled(lying_node(parent), name, from);
	lying_spelled(lying_node(parent2), name2, to);
	if (flags != 0 && lie.no_rename2 != NULL)
		fuse_reply_err(req, EINVAL);
	else
		lying_reply(req, renameat2(lying_node(parent)->fd, from, lying_node(parent2)->fd, to, flags));
}

static void
do_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	DIR *dir = fdopendir(openat(lying_node(ino)->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	if (dir == NULL) {
		lying_reply(req, -1);
		return;
	}
	lying_opens(lying_node(ino), 1);
	fi->fh = (uintptr_t)dir;
	fuse_reply_open(req, fi);
}

static void
do_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	DIR *dir = (DIR *)(uintptr_t)fi->fh;
	char *buf = malloc(size);
	const struct dirent *e;
	size_t used = 0, n;

	(void)ino;
	if (buf == NULL) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	seekdir(dir, off);
	while ((e = readdir(dir)) != NULL) {
		struct stat st = {.st_ino = e->d_ino, .st_mode = (mode_t)e->d_type << 12};

		n = fuse_add_direntry(req, buf + used, size - used, e->d_name, &st, telldir(dir));
		if (n > size - used)
			break;
		used += n;
	}
	fuse_reply_buf(req, buf, used);
	free(buf);
}

static void
do_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	lying_opens(lying_node(ino), -1);
	closedir((DIR *)(uintptr_t)fi->fh);
	fuse_reply_err(req, 0);
}

static void
do_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	(void)datasync;
	lying_note("fsyncdir", lying_node(ino));
	lying_reply(req, lie.forget_fsync != NULL ? 0 : fsync(dirfd((DIR *)(uintptr_t)fi->fh)));
}

static void
do_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct statvfs st;

	if (fstatvfs(lying_node(ino)->fd, &st) == 0)
		fuse_reply_statfs(req, &st);
	else
		lying_reply(req, -1);
}

void
lying_folder_ops(struct fuse_lowlevel_ops *ops)
{
	ops->mkdir = do_mkdir;
	ops->unlink = do_unlink;
	ops->rmdir = do_rmdir;
	ops->symlink = do_symlink;
	ops->readlink = do_readlink;
	ops->link = do_link;
	ops->rename = do_rename;
	ops->opendir = do_opendir;
	ops->readdir = do_readdir;
	ops->releasedir = do_releasedir;
	ops->fsyncdir = do_fsyncdir;
	ops->statfs = do_statfs;
}
