/*
 * One lock guards the list of folders and their counts; nobody lists while holding it.  A folder that is being listed
 * is in the list already, so that others wait for it instead of listing it again.
 */
#include "meta/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/pathname.h"
#include "file/io.h"
#include "media/group/groupfolder.h"

struct folder {
	struct folder *next; /* in the order of last use */
	size_t users;
	bool listed;
	enum folder_state state;
	bool starved; /* memory or descriptors were short: it is listed anew for who asks next */
	char *path;   /* owned, path_len bytes */
	size_t path_len;
	struct buf name;          /* its real one, without its path */
	bool linked;              /* its path ends in a symbolic link */
	unsigned long subfolders; /* which of group-folders.def are in it, a bit each */
	struct listing names;
	struct takeoutfolder takeout;
	struct icloud icloud;
};

struct folders {
	pthread_mutex_t lock;
	pthread_cond_t listed;
	struct folder *first;
	uint64_t serial; /* of the last listing */
	unsigned wants;
};

struct folders *
folders_new(unsigned wants)
{
	struct folders *f = calloc(1, sizeof *f);

	if (f == NULL)
		return NULL;
	f->wants = wants;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->listed, NULL);
	return f;
}

static void
folder_free(struct folder *f)
{
	if (f == NULL)
		return;
	free(f->path);
	buf_fini(&f->name);
	listing_fini(&f->names);
	takeoutfolder_fini(&f->takeout);
	icloud_fini(&f->icloud);
	free(f);
}

void
folders_free(struct folders *f)
{
	struct folder *next;

	if (f == NULL)
		return;
	for (; f->first != NULL; f->first = next) {
		next = f->first->next;
		folder_free(f->first);
	}
	pthread_cond_destroy(&f->listed);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

static struct folder *
folder_new(const char *path, size_t len)
{
	struct folder *f = calloc(1, sizeof *f);

	if (f == NULL || (f->path = malloc(len + 1)) == NULL) {
		free(f);
		return NULL;
	}
	memcpy(f->path, path, len);
	f->path[len] = '\0';
	f->path_len = len;
	return f;
}

/* A folder of the table that lies in the one that is listed. */
static void
note_subfolder(struct folder *f, const char *name)
{
	const struct groupfolder *row = groupfolder_find(slice_of(name));

	if (row != NULL)
		f->subfolders |= 1UL << groupfolder_index(row);
}

static bool
may_be_file(const struct dirent *e)
{
	return e->d_type == DT_REG || e->d_type == DT_LNK || e->d_type == DT_UNKNOWN;
}

/* Returns 0, or -1: memory or descriptors were short. */
static int
read_names(struct folder *f, DIR *dir)
{
	struct dirent *e;

	while (errno = 0, (e = readdir(dir)) != NULL) {
		if (listing_add(&f->names, e->d_name, may_be_file(e)) == -1) {
			f->state = FOLDER_FULL;
			return f->names.full ? 0 : -1;
		}
		if (f->names.keys)
			note_subfolder(f, e->d_name);
	}
	f->state = errno == 0 ? FOLDER_KNOWN : FOLDER_UNREADABLE;
	return fail_short_errno(errno) ? -1 : 0;
}

/* The real name, whatever path led here; where that is not to be had, the path's last. */
static int
read_name(struct folder *f, int fd)
{
	char link[32], *path = buf_reserve(&f->name, PATH_MAX);
	ssize_t len = -1;
	const char *slash;

	if (path == NULL)
		return -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if ((len = readlink(link, path, PATH_MAX)) == -1 && fail_short_errno(errno))
		return -1;
	if (len <= 0) {
		len = f->path_len < PATH_MAX ? (ssize_t)f->path_len : 0;
		memcpy(path, f->path, (size_t)len);
	}
	slash = memrchr(path, '/', (size_t)len);
	len -= slash != NULL ? slash + 1 - path : 0;
	memmove(path, slash != NULL ? slash + 1 : path, (size_t)len);
	f->name.len = (size_t)len;
	return 0;
}

/* Without the names of the other folder nobody knows which of these are of its pictures. */
static int
seal(struct folders *all, struct folder *f, int dirfd)
{
	const struct folder *other = NULL;
	struct buf path = {0};
	bool had = !folder_other(f, &path) ||
		   (!path.failed && (other = folders_get(all, dirfd, buf_cstr(&path), path.len)) != NULL);

	if (had && other != NULL && other->state != FOLDER_ABSENT)
		f->state = other->state;
	if (had)
		listing_seal(&f->names, other != NULL ? folder_names(other) : NULL);
	folders_put(all, other);
	buf_fini(&path);
	return had ? 0 : -1;
}

/* Whether its path ends in a link: what may be one is gone through. */
static int
note_link(struct folder *f, int dirfd)
{
	struct stat st;
	bool known = fstatat(dirfd, f->path, &st, AT_SYMLINK_NOFOLLOW) == 0;

	f->linked = !known || S_ISLNK(st.st_mode);
	return !known && fail_short_errno(errno) ? -1 : 0;
}

static int
read_exports(struct folder *f, int at)
{
	struct takeoutfolder_place place = {at, f->path, buf_slice(&f->name)};

	if (f->state == FOLDER_KNOWN && f->names.njsons > 0 && takeoutfolder_read(&place, &f->names, &f->takeout) == -1)
		return -1;
	return f->state == FOLDER_KNOWN && f->names.ntables > 0 ? icloud_read(&place, &f->names, &f->icloud) : 0;
}

static int
read_folder(struct folders *all, struct folder *f, int at, DIR *dir)
{
	if (read_names(f, dir) == -1)
		return -1;
	if ((f->names.keys || f->names.njsons > 0) && (note_link(f, at) == -1 || read_name(f, dirfd(dir)) == -1))
		return -1;
	if (f->state == FOLDER_KNOWN && seal(all, f, at) == -1)
		return -1;
	return read_exports(f, at);
}

/* Returns 0, or -1 where memory or descriptors were short. */
static int
list(struct folders *all, struct folder *f, int dirfd)
{
	int fd = openat(dirfd, f->path_len > 0 ? f->path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;

	if (dir != NULL) {
		rc = read_folder(all, f, dirfd, dir);
	} else {
		f->state = errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? FOLDER_ABSENT : FOLDER_UNREADABLE;
		rc = fail_short_errno(errno) ? -1 : 0;
	}
	if (rc == -1 || f->state != FOLDER_KNOWN)
		listing_fini(&f->names);
	if (dir != NULL)
		closedir(dir);
	else
		io_close(&fd);
	return rc;
}

static bool
is_named(const struct folder *f, const char *path, size_t len)
{
	return f->path_len == len && memcmp(f->path, path, len) == 0;
}

/* Moves a folder to the front of the list. */
static struct folder *
find(struct folders *all, const char *path, size_t len)
{
	struct folder **at, *f;

	for (at = &all->first; (f = *at) != NULL; at = &f->next) {
		if (!is_named(f, path, len) || f->starved)
			continue;
		*at = f->next;
		f->next = all->first;
		return all->first = f;
	}
	return NULL;
}

/* Forgets folders that nobody uses, beyond what may be kept. */
static void
forget(struct folders *all)
{
	size_t n = 0, size = 0;
	struct folder **at = &all->first, *f;

	while ((f = *at) != NULL) {
		if (f->users == 0) {
			n++;
			size += listing_memory(&f->names) + icloud_memory(&f->icloud) + f->path_len;
		}
		if (f->users == 0 && n > FOLDERS_MIN && (n > FOLDERS_MAX || size > FOLDERS_SIZE)) {
			*at = f->next;
			folder_free(f);
		} else {
			at = &f->next;
		}
	}
}

const struct folder *
folders_get(struct folders *all, int dirfd, const char *path, size_t len)
{
	struct folder *f;
	bool starved;

	pthread_mutex_lock(&all->lock);
	if ((f = find(all, path, len)) != NULL) {
		f->users++;
		while (!f->listed)
			pthread_cond_wait(&all->listed, &all->lock);
	} else if ((f = folder_new(path, len)) != NULL) {
		f->users++;
		f->names.keys = all->wants & FOLDERS_KEYS;
		f->names.exports = all->wants & FOLDERS_EXPORTS;
		f->names.serial = ++all->serial;
		f->next = all->first;
		all->first = f;
		forget(all);
		pthread_mutex_unlock(&all->lock);
		starved = list(all, f, dirfd) == -1;
		pthread_mutex_lock(&all->lock);
		f->starved = starved;
		f->listed = true;
		pthread_cond_broadcast(&all->listed);
	}
	if (f != NULL && f->starved) {
		f->users--;
		f = NULL;
	}
	pthread_mutex_unlock(&all->lock);
	return f;
}

void
folders_put(struct folders *all, const struct folder *take)
{
	struct folder *f;

	if (take == NULL)
		return;
	pthread_mutex_lock(&all->lock);
	for (f = all->first; f != take; f = f->next)
		;
	f->users--;
	pthread_mutex_unlock(&all->lock);
}

const struct folder *
folders_of(struct folders *all, int dirfd, const char *file, const struct folder **held)
{
	size_t len = pathname_parent(file).len;

	if (*held != NULL && is_named(*held, file, len))
		return *held;
	folders_put(all, *held);
	return *held = folders_get(all, dirfd, file, len);
}

const struct listing *
folder_names(const struct folder *f)
{
	return f->state == FOLDER_KNOWN ? &f->names : NULL;
}

const struct takeoutfolder *
folder_takeout(const struct folder *f)
{
	return &f->takeout;
}

const struct icloud *
folder_icloud(const struct folder *f)
{
	return &f->icloud;
}

enum folder_state
folder_state(const struct folder *f)
{
	return f->state;
}

/* The path of a folder from this one.  Where this one's path ends in its real name, and that is no link to a folder
 * elsewhere, it need not be gone through. */
static void
join(const struct folder *f, const char *relative, struct buf *out)
{
	size_t len = f->path_len, name = f->name.len;
	bool plain = !f->linked && name > 0 && len >= name && memcmp(f->path + len - name, f->name.p, name) == 0 &&
		     (len == name || f->path[len - name - 1] == '/');

	buf_clear(out, SIZE_MAX);
	if (strncmp(relative, "..", 2) == 0 && plain) {
		relative += relative[2] == '/' ? 3 : 2;
		len -= name;
		while (len > 1 && f->path[len - 1] == '/')
			len--;
	}
	buf_add(out, f->path, len);
	if (len > 0 && *relative != '\0' && f->path[len - 1] != '/')
		buf_addc(out, '/');
	buf_adds(out, relative);
}

void
folder_beside(const struct folder *f, const char *name, struct buf *path)
{
	struct buf relative = {0};

	buf_adds(&relative, "../");
	buf_adds(&relative, name);
	join(f, buf_cstr(&relative), path);
	path->failed |= relative.failed;
	buf_fini(&relative);
}

struct slice
folder_name(const struct folder *f)
{
	return buf_slice(&f->name);
}

static const struct groupfolder *
row_of(const struct folder *f)
{
	return groupfolder_find(folder_name(f));
}

bool
folder_depends(const struct folder *f)
{
	return row_of(f) != NULL;
}

bool
folder_other(const struct folder *f, struct buf *path)
{
	const struct groupfolder *row = row_of(f);

	if (row == NULL)
		return false;
	join(f, row->other, path);
	return true;
}

/* What leads from this folder to one that holds what belongs to its pictures, by a row of the table. */
static bool
leads_to(const struct folder *f, size_t i, struct buf *relative)
{
	const struct groupfolder *row = groupfolder_at(i);
	const char *name = strrchr(row->other, '/');

	buf_clear(relative, SIZE_MAX);
	if (name != NULL && slice_eq(folder_name(f), name + 1))
		buf_adds(relative, "../");
	else if (name != NULL || !(f->subfolders & 1UL << i))
		return false;
	buf_adds(relative, row->folder);
	return true;
}

bool
folder_holding(const struct folder *f, size_t *i, struct buf *relative, struct buf *path)
{
	for (; groupfolder_at(*i) != NULL; (*i)++) {
		if (!leads_to(f, *i, relative))
			continue;
		join(f, buf_cstr(relative), path);
		(*i)++;
		return true;
	}
	return false;
}
