#include "place/name/spellings.h"

#include <dirent.h>
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
read_names(struct spellings *l, int fd)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *e;

	if (dir == NULL) {
		io_close(&fd);
		return -1;
	}
	while ((e = readdir(dir)) != NULL && l->names.len < SPELLINGS_BYTES) {
		buf_add(&l->names, e->d_name, strlen(e->d_name) + 1);
		l->n++;
	}
	closedir(dir);
	return l->names.failed ? -1 : sort_names(l);
}

struct spellings *
spellings_new(int dirfd, struct fail *why)
{
	struct spellings *l = calloc(1, sizeof(*l));
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (l != NULL && fd != -1 && read_names(l, fd) == 0)
		return l;
	if (fd == -1)
		fail_errno(why, "open", "%s", ".");
	else
		fail_nomem(why);
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
