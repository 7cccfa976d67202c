/* Nodes are O_PATH descriptors, so that a file that is renamed stays what it was. */
#include "lying.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct lying lie;
struct fuse_session *lying_session;
static struct node root = {.lookups = 1};
static pthread_mutex_t nodes = PTHREAD_MUTEX_INITIALIZER;
static atomic_ulong numbers = 1000000;
static int log_fd = -1;

int
lying_begin(const char *folder)
{
	root.fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (lie.log != NULL)
		log_fd = open(lie.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	return root.fd == -1 || (lie.log != NULL && log_fd == -1) ? -1 : 0;
}

struct node *
lying_node(fuse_ino_t ino)
{
	return ino == FUSE_ROOT_ID ? &root : (struct node *)(uintptr_t)ino;
}

void
lying_opens(struct node *node, int step)
{
	pthread_mutex_lock(&nodes);
	node->opens += (unsigned)step;
	pthread_mutex_unlock(&nodes);
}

void
lying_note(const char *what, const struct node *node)
{
	if (log_fd != -1)
		dprintf(log_fd, "%s %s\n", what, node->name);
}

void
lying_reply(fuse_req_t req, int rc)
{
	fuse_reply_err(req, rc == -1 ? errno : 0);
}

static void
two_seconds(struct timespec *t)
{
	t->tv_sec &= ~(time_t)1;
	t->tv_nsec = 0;
}

static int
shown(const struct node *node, struct stat *st)
{
	if (fstatat(node->fd, "", st, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	if (lie.inodes != NULL)
		st->st_ino = node->shown;
	if (lie.fat != NULL) {
		two_seconds(&st->st_mtim);
		two_seconds(&st->st_ctim);
		two_seconds(&st->st_atim);
		st->st_mode = (st->st_mode & S_IFMT) | 0755;
	}
	if (S_ISREG(st->st_mode) && lie.size_zero != NULL)
		st->st_size = 0;
	if (S_ISREG(st->st_mode) && lie.size_more != NULL)
		st->st_size += atol(lie.size_more);
	return 0;
}

static struct node *
known(const struct stat *st)
{
	struct node *node = root.next;

	while (node != NULL && (node->dev != st->st_dev || node->ino != st->st_ino))
		node = node->next;
	return node;
}

static struct node *
added(int fd, const struct stat *st)
{
	struct node *node = calloc(1, sizeof(*node));

	if (node == NULL) {
		close(fd);
		return NULL;
	}
	*node = (struct node){.next = root.next, .fd = fd, .dev = st->st_dev, .ino = st->st_ino};
	return root.next = node;
}

/* The node of an open O_PATH descriptor, which it takes. */
static struct node *
node_get(int fd, const char *name)
{
	struct stat st;
	struct node *node;

	if (fd == -1 || fstatat(fd, "", &st, AT_EMPTY_PATH) == -1)
		return NULL;
	pthread_mutex_lock(&nodes);
	if ((node = known(&st)) != NULL)
		close(fd);
	else
		node = added(fd, &st);
	if (node != NULL) {
		node->lookups++;
		if (node->opens == 0)
			node->shown = atomic_fetch_add(&numbers, 1);
		snprintf(node->name, sizeof(node->name), "%s", name);
	}
	pthread_mutex_unlock(&nodes);
	return node;
}

int
lying_entry(struct node *folder, const char *name, struct fuse_entry_param *e)
{
	struct node *node = node_get(openat(folder->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), name);

	*e = (struct fuse_entry_param){0};
	if (lie.stale != NULL)
		e->attr_timeout = e->entry_timeout = LYING_HOUR;
	if (node == NULL || shown(node, &e->attr) == -1)
		return -1;
	e->ino = (uintptr_t)node;
	return 0;
}

void
lying_reply_entry(fuse_req_t req, int rc, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param e;

	if (rc == 0 && (rc = lying_entry(lying_node(parent), name, &e)) == 0)
		fuse_reply_entry(req, &e);
	else if (errno == ENOENT && lie.stale != NULL)
		fuse_reply_entry(req, &e); /* that there is none stays seen, too */
	else
		lying_reply(req, -1);
}

void
lying_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	char own[NAME_MAX + 1];

	lying_reply_entry(req, 0, parent, lying_spelled(lying_node(parent), name, own));
}

void
lying_forget(fuse_req_t req, fuse_ino_t ino, uint64_t lookups)
{
	struct node *node = lying_node(ino), **at = &root.next;

	pthread_mutex_lock(&nodes);
	if (node != &root && (node->lookups -= lookups) == 0) {
		while (*at != node)
			at = &(*at)->next;
		*at = node->next;
		close(node->fd);
		free(node);
	}
	pthread_mutex_unlock(&nodes);
	fuse_reply_none(req);
}

void
lying_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct stat st;

	(void)fi;
	if (shown(lying_node(ino), &st) == 0)
		fuse_reply_attr(req, &st, lie.stale != NULL ? LYING_HOUR : 0);
	else
		lying_reply(req, -1);
}

const char *
lying_path(const struct node *node, char out[32])
{
	snprintf(out, 32, "/proc/self/fd/%d", node->fd);
	return out;
}

static int
set_times(const char *path, const struct stat *st, int set)
{
	const struct timespec now = {.tv_nsec = UTIME_NOW}, omit = {.tv_nsec = UTIME_OMIT};
	struct timespec times[2] = {omit, omit};

	if (set & FUSE_SET_ATTR_ATIME)
		times[0] = set & FUSE_SET_ATTR_ATIME_NOW ? now : st->st_atim;
	if (set & FUSE_SET_ATTR_MTIME)
		times[1] = set & FUSE_SET_ATTR_MTIME_NOW ? now : st->st_mtim;
	return utimensat(AT_FDCWD, path, times, 0);
}

void
lying_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *st, int set, struct fuse_file_info *fi)
{
	char path[32];
	int rc = 0;

	lying_path(lying_node(ino), path);
	if (rc == 0 && (set & FUSE_SET_ATTR_MODE) && lie.fat == NULL)
		rc = chmod(path, st->st_mode);
	if (rc == 0 && (set & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID)) && lie.fat == NULL)
		rc = chown(path, set & FUSE_SET_ATTR_UID ? st->st_uid : (uid_t)-1,
		    set & FUSE_SET_ATTR_GID ? st->st_gid : (gid_t)-1);
	if (rc == 0 && (set & FUSE_SET_ATTR_SIZE))
		rc = truncate(path, st->st_size);
	if (rc == 0 && (set & (FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME)))
		rc = set_times(path, st, set);
	if (rc == 0)
		lying_getattr(req, ino, fi);
	else
		lying_reply(req, -1);
}
