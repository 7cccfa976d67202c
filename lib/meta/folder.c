/*
 * One lock guards the list of folders and their counts; nobody lists while holding it.  A folder that is being listed
 * is in the list already, so that others wait for it instead of listing it again.
 */
#include "meta/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "media/media.h"

struct folder {
	struct folder *next; /* in the order of last use */
	size_t users;
	bool listed, known;
	bool starved; /* memory or descriptors were short: it is listed anew for who asks next */
	char *path;   /* owned, path_len bytes */
	size_t path_len;
	struct listing names;
};

struct folders {
	pthread_mutex_t lock;
	pthread_cond_t listed;
	struct folder *first;
	bool keys; /* see listing.h */
};

struct folders *
folders_new(bool keys)
{
	struct folders *f = calloc(1, sizeof *f);

	if (f == NULL)
		return NULL;
	f->keys = keys;
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
	listing_fini(&f->names);
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

/* Returns whether all names were read and kept. */
static bool
read_names(struct folder *f, DIR *dir)
{
	struct dirent *e;

	while (errno = 0, (e = readdir(dir)) != NULL) {
		if (listing_add(&f->names, e->d_name) == -1)
			return false;
	}
	return errno == 0 && listing_seal(&f->names, NULL) == 0;
}

static void
list(struct folder *f, int dirfd)
{
	int fd = openat(dirfd, f->path_len > 0 ? f->path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;

	f->known = dir != NULL && read_names(f, dir);
	f->starved = !f->known && !f->names.full && (errno == ENOMEM || errno == EMFILE || errno == ENFILE);
	if (!f->known)
		listing_fini(&f->names);
	if (dir != NULL)
		closedir(dir);
	else if (fd != -1)
		close(fd);
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
		if (f->users == 0 &&
		    (++n > FOLDERS_MAX || (size += listing_memory(&f->names) + f->path_len) > FOLDERS_SIZE)) {
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

	pthread_mutex_lock(&all->lock);
	if ((f = find(all, path, len)) != NULL) {
		f->users++;
		while (!f->listed)
			pthread_cond_wait(&all->listed, &all->lock);
	} else if ((f = folder_new(path, len)) != NULL) {
		f->users++;
		f->names.keys = all->keys;
		f->next = all->first;
		all->first = f;
		forget(all);
		pthread_mutex_unlock(&all->lock);
		list(f, dirfd);
		pthread_mutex_lock(&all->lock);
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
	const char *slash = strrchr(file, '/');
	size_t len = slash != NULL ? (size_t)(slash - file) : 0;

	if (slash == file)
		len = 1; /* the root, whose name is a slash */
	if (*held != NULL && is_named(*held, file, len))
		return *held;
	folders_put(all, *held);
	return *held = folders_get(all, dirfd, file, len);
}

const struct listing *
folder_names(const struct folder *f)
{
	return f->known ? &f->names : NULL;
}
