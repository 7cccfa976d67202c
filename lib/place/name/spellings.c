#include "place/name/spellings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "file/io.h"

static bool
is_ascii(const char *name)
{
	while (*name != '\0' && (unsigned char)*name < 0x80)
		name++;
	return *name == '\0';
}

static bool
leads_to(int dirfd, const char *name, const struct stat *st)
{
	struct stat other;

	return fstatat(dirfd, name, &other, AT_SYMLINK_NOFOLLOW) == 0 && io_same_file(&other, st);
}

/* As far as can be told where each spelling of a name has an inode number of its own, as FUSE gives them. */
static bool
seems_to_lead_to(int dirfd, const char *name, const struct stat *st)
{
	struct stat other;

	return fstatat(dirfd, name, &other, AT_SYMLINK_NOFOLLOW) == 0 && other.st_size == st->st_size &&
	       io_same_time(&other.st_mtim, &st->st_mtim);
}

bool
spellings_suspects(int dirfd, const char *name, const struct stat *st)
{
	char other[256];
	size_t len = strlen(name), i = 0;

	if (!is_ascii(name) || len >= sizeof(other))
		return true;
	memcpy(other, name, len + 1);
	while (i < len && !((name[i] | 0x20) >= 'a' && (name[i] | 0x20) <= 'z'))
		i++;
	other[i] = (char)(name[i] ^ 0x20);
	return i < len && seems_to_lead_to(dirfd, other, st);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
sort_names(struct spellings *l)
{
	const char *p = l->names.p, *end = p + l->names.len;

	if ((l->sorted = calloc(l->n + 1, sizeof(*l->sorted))) == NULL)
		return -1;
	for (size_t i = 0; p < end; p += strlen(p) + 1)
		l->sorted[i++] = p;
	qsort(l->sorted, l->n, sizeof(*l->sorted), by_name);
	return 0;
}

static int
read_names(struct spellings *l, int fd, struct fail *why)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *e;
	int error;

	if (dir == NULL) {
		fail_errno(why, "open", "%s", ".");
		io_close(&fd);
		return -1;
	}
	while (errno = 0, l->names.len < SPELLINGS_BYTES && (e = readdir(dir)) != NULL) {
		buf_add(&l->names, e->d_name, strlen(e->d_name) + 1);
		l->n++;
	}
	error = errno;
	closedir(dir);
	if (l->names.failed || (error == 0 && sort_names(l) == -1))
		return fail_nomem(why);
	errno = error;
	return error == 0 ? 0 : fail_errno(why, "read", "%s", ".");
}

struct spellings *
spellings_new(int dirfd, struct fail *why)
{
	struct spellings *l = calloc(1, sizeof(*l));
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1) {
		fail_errno(why, "open", "%s", ".");
	} else if (l == NULL) {
		io_close(&fd);
		fail_nomem(why);
	} else if (read_names(l, fd, why) == 0) {
		return l;
	}
	spellings_free(l);
	return NULL;
}

void
spellings_free(struct spellings *l)
{
	if (l == NULL)
		return;
	buf_fini(&l->names);
	free(l->sorted);
	free(l);
}

const char *
spellings_find(const struct spellings *l, int dirfd, const char *name, const struct stat *st)
{
	if (bsearch(&name, l->sorted, l->n, sizeof(*l->sorted), by_name) != NULL)
		return name;
	for (size_t i = 0; i < l->n; i++) {
		if (strcasecmp(l->sorted[i], name) == 0)
			return l->sorted[i];
	}
	for (size_t i = 0; i < l->n; i++) {
		if (!is_ascii(l->sorted[i]) && leads_to(dirfd, l->sorted[i], st))
			return l->sorted[i];
	}
	return name;
}
