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

#define EXTENSION ".xmp"
#define EXTENSION_LEN (sizeof EXTENSION - 1)

struct folder {
	struct folder *next; /* in the order of last use */
	size_t users;
	bool listed, known;
	char *path; /* owned, path_len bytes */
	size_t path_len;
	struct buf text;   /* names, each with its NUL */
	const char **name; /* sorted by what is before the extension, then by bytes, the last first */
	bool *raw;         /* of each that folder_sidecar() finds: whether a raw picture of its stem is there */
	size_t n;
};

struct folders {
	pthread_mutex_t lock;
	pthread_cond_t listed;
	struct folder *first;
};

struct folders *
folders_new(void)
{
	struct folders *f = calloc(1, sizeof *f);

	if (f == NULL)
		return NULL;
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
	free(f->name);
	free(f->raw);
	buf_fini(&f->text);
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

static bool
is_sidecar(const char *name, size_t len)
{
	return len > EXTENSION_LEN && strcasecmp(name + len - EXTENSION_LEN, EXTENSION) == 0;
}

/* Compares what is before the extensions. */
static int
compare_stems(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int d = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return d != 0 ? d : (a_len > b_len) - (a_len < b_len);
}

static int
compare_names(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	size_t x_len = strlen(x), y_len = strlen(y);
	int d = compare_stems(x, x_len - EXTENSION_LEN, y, y_len - EXTENSION_LEN);

	return d != 0 ? d : -strcmp(x, y);
}

/* The place of the sidecar of a stem, f->n where there is none. */
static size_t
find_sidecar(const struct folder *f, const char *stem, size_t len)
{
	size_t low = 0, high = f->n, mid;
	const char *name;

	while (low < high) {
		mid = low + (high - low) / 2;
		name = f->name[mid];
		if (compare_stems(name, strlen(name) - EXTENSION_LEN, stem, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == f->n)
		return f->n;
	name = f->name[low];
	return compare_stems(name, strlen(name) - EXTENSION_LEN, stem, len) == 0 ? low : f->n;
}

static bool
sort_names(struct folder *f)
{
	const char *p;
	size_t i = 0;

	if (f->n == 0)
		return true;
	f->raw = calloc(f->n, sizeof *f->raw);
	if ((f->name = malloc(f->n * sizeof *f->name)) == NULL || f->raw == NULL)
		return false;
	for (p = f->text.p; i < f->n; p += strlen(p) + 1)
		f->name[i++] = p;
	qsort(f->name, f->n, sizeof *f->name, compare_names);
	return true;
}

/* Goes through a folder that has sidecars once more. */
static bool
mark_raws(struct folder *f, DIR *dir)
{
	struct dirent *e;
	const char *dot;
	size_t i;

	rewinddir(dir);
	while (errno = 0, (e = readdir(dir)) != NULL) {
		dot = strrchr(e->d_name, '.');
		if (dot == NULL || !media_extension_is_raw(dot + 1, strlen(dot + 1)))
			continue;
		if ((i = find_sidecar(f, e->d_name, (size_t)(dot - e->d_name))) < f->n)
			f->raw[i] = true;
	}
	return errno == 0;
}

/* Returns whether all names were read and kept. */
static bool
read_names(struct folder *f, DIR *dir)
{
	struct dirent *e;
	size_t len;

	while (errno = 0, (e = readdir(dir)) != NULL) {
		len = strlen(e->d_name);
		if (!is_sidecar(e->d_name, len))
			continue;
		if (len >= FOLDER_NAMES_SIZE - f->text.len || buf_add(&f->text, e->d_name, len + 1) == -1)
			return false;
		f->n++;
	}
	return errno == 0 && sort_names(f) && (f->n == 0 || mark_raws(f, dir));
}

static void
list(struct folder *f, int dirfd)
{
	int fd = openat(dirfd, f->path_len > 0 ? f->path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;

	if (dir != NULL)
		f->known = read_names(f, dir);
	if (!f->known) {
		buf_fini(&f->text);
		f->n = 0;
	}
	if (dir != NULL)
		closedir(dir);
	else if (fd != -1)
		close(fd);
}

/* Moves a folder to the front of the list. */
static struct folder *
find(struct folders *all, const char *path, size_t len)
{
	struct folder **at, *f;

	for (at = &all->first; (f = *at) != NULL; at = &f->next) {
		if (!folder_is(f, path, len))
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
		if (f->users == 0 && (++n > FOLDERS_MAX || (size += f->text.len + f->path_len) > FOLDERS_SIZE)) {
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
		f->next = all->first;
		all->first = f;
		forget(all);
		pthread_mutex_unlock(&all->lock);
		list(f, dirfd);
		pthread_mutex_lock(&all->lock);
		f->listed = true;
		pthread_cond_broadcast(&all->listed);
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

bool
folder_is(const struct folder *f, const char *path, size_t len)
{
	return f->path_len == len && memcmp(f->path, path, len) == 0;
}

bool
folder_is_known(const struct folder *f)
{
	return f->known;
}

const char *
folder_sidecar(const struct folder *f, const char *stem, size_t len, bool *raw)
{
	size_t i = find_sidecar(f, stem, len);

	if (i == f->n)
		return NULL;
	*raw = f->raw[i];
	return f->name[i];
}
