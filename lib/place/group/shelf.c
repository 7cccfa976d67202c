#include "place/group/shelf.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/array.h"
#include "file/io.h"
#include "place/content/match.h"

static void
shelf_free(struct shelf *s)
{
	buf_fini(&s->folder);
	buf_fini(&s->names);
	free(s->v);
	free(s->files);
	free(s);
}

void
shelves_fini(struct shelves *s)
{
	for (struct shelf *next; s->first != NULL; s->first = next) {
		next = s->first->next;
		shelf_free(s->first);
	}
}

/* ---- names ---- */

int
shelf_compare(const struct shelf *s, const char *a, const char *b, size_t len)
{
	return s->folds ? strncasecmp(a, b, len) : strncmp(a, b, len);
}

size_t
shelf_seek(const struct shelf *s, struct slice prefix)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (shelf_compare(s, shelf_text(s, s->v[middle].at), prefix.p, prefix.len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Where a name stands, or would. */
static size_t
seek_name(const struct shelf *s, struct slice name, bool *found)
{
	size_t i = shelf_seek(s, name);

	*found = i < s->n && shelf_compare(s, shelf_text(s, s->v[i].at), name.p, name.len) == 0 &&
		 shelf_text(s, s->v[i].at)[name.len] == '\0';
	return i;
}

static int
add_file(struct shelf *s, const struct cache_file *file, uint32_t *index, struct fail *why)
{
	struct cache_file *files = array_room(s->files, &s->files_cap, s->nfiles, sizeof(*files));

	if (files == NULL)
		return fail_nomem(why);
	s->files = files;
	s->files[s->nfiles++] = *file;
	*index = (uint32_t)s->nfiles;
	return 0;
}

/* Append a name's bytes; *at: where. */
static int
add_text(struct shelf *s, const char *name, size_t len, uint32_t *at, struct fail *why)
{
	if (s->names.len > UINT32_MAX - len - 1)
		return fail_set(why, FAIL_LIMIT, "readdir", "too many names in one folder");
	*at = (uint32_t)s->names.len;
	buf_add(&s->names, name, len);
	return buf_addc(&s->names, '\0') == -1 ? fail_nomem(why) : 0;
}

const struct shelf_name *
shelf_add(struct shelf *s, struct slice name, const struct cache_file *file, struct fail *why)
{
	bool found;
	size_t i = seek_name(s, name, &found);
	struct shelf_name *v, new = {0};

	s->changes++;
	if (file != NULL && add_file(s, file, &new.file, why) == -1)
		return NULL;
	if (found) {
		s->v[i].file = new.file;
		return &s->v[i];
	}
	if ((v = array_room(s->v, &s->cap, s->n, sizeof(*v))) == NULL) {
		fail_nomem(why);
		return NULL;
	}
	s->v = v;
	if (add_text(s, name.p, name.len, &new.at, why) == -1)
		return NULL;
	memmove(&v[i + 1], &v[i], (s->n - i) * sizeof(*v));
	v[i] = new;
	s->n++;
	return &v[i];
}

void
shelf_remove(struct shelf *s, struct slice name)
{
	bool found;
	size_t i = seek_name(s, name, &found);

	if (!found)
		return;
	s->changes++;
	s->n--;
	memmove(&s->v[i], &s->v[i + 1], (s->n - i) * sizeof(*s->v));
}

/* ---- a folder ---- */

/* What order() compares by: qsort() has no argument for it. */
struct sorted {
	const char *name;
	uint32_t at;
	bool folds;
};

static int
order(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;

	return x->folds ? strcasecmp(x->name, y->name) : strcmp(x->name, y->name);
}

static int
sort(struct shelf *s, struct fail *why)
{
	const char *p = buf_cstr(&s->names), *end = p + s->names.len;
	struct sorted *sorted;
	size_t n = 0;

	for (const char *q = p; q < end; q += strlen(q) + 1)
		n++;
	s->v = calloc(n + 1, sizeof(*s->v));
	if ((sorted = calloc(n + 1, sizeof(*sorted))) == NULL || s->v == NULL) {
		free(sorted);
		return fail_nomem(why);
	}
	s->cap = n + 1;
	for (const char *q = p; q < end; q += strlen(q) + 1)
		sorted[s->n++] = (struct sorted){q, (uint32_t)(q - p), s->folds};
	qsort(sorted, n, sizeof(*sorted), order);
	for (size_t i = 0; i < n; i++)
		s->v[i].at = sorted[i].at;
	free(sorted);
	return 0;
}

static int
read_names(struct shelf *s, struct fail *why)
{
	int fd = openat(s->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	const struct dirent *e;
	uint32_t at;

	if (dir == NULL) {
		fail_errno(why, "open", "%s", buf_cstr(&s->folder));
		io_close(&fd);
		return -1;
	}
	while (errno = 0, rc == 0 && (e = readdir(dir)) != NULL) {
		if (e->d_name[0] != '.')
			rc = add_text(s, e->d_name, strlen(e->d_name), &at, why);
	}
	if (rc == 0 && errno != 0)
		rc = fail_errno(why, "readdir", "%s", buf_cstr(&s->folder));
	closedir(dir);
	return rc;
}

/* List the folder anew. */
static int
fill(struct shelf *s, struct fail *why)
{
	buf_clear(&s->names, SIZE_MAX);
	free(s->v);
	free(s->files);
	s->v = NULL;
	s->files = NULL;
	s->n = s->cap = s->nfiles = s->files_cap = 0;
	s->changes++;
	if (s->dirfd != -1 && read_names(s, why) == -1)
		return -1;
	return sort(s, why);
}

static bool
has_changed(const struct shelf *s)
{
	struct stat st;

	if (s->dirfd == -1)
		return s->st.st_ino != 0;
	return fstat(s->dirfd, &st) == -1 || !io_same_file(&st, &s->st) || !io_same_time(&st.st_mtim, &s->st.st_mtim);
}

static size_t
bytes_of(const struct shelf *s)
{
	return s->names.cap + s->cap * sizeof(*s->v) + s->files_cap * sizeof(*s->files);
}

static void
make_room(struct shelves *s)
{
	size_t bytes = 0;

	for (const struct shelf *i = s->first; i != NULL; i = i->next)
		bytes += bytes_of(i);
	if (bytes > SHELVES_BYTES && !s->keep)
		shelves_fini(s);
}

static struct shelf *
shelf_new(struct shelves *s, struct slice folder, struct fail *why)
{
	struct shelf *shelf = calloc(1, sizeof(*shelf));

	if (shelf == NULL || buf_add(&shelf->folder, folder.p, folder.len) == -1) {
		fail_nomem(why);
		if (shelf != NULL)
			shelf_free(shelf);
		return NULL;
	}
	shelf->dirfd = -1;
	shelf->folds = s->folds;
	make_room(s);
	shelf->next = s->first;
	s->first = shelf;
	return shelf;
}

static void
drop_first(struct shelves *s)
{
	struct shelf *first = s->first;

	s->first = first->next;
	shelf_free(first);
}

struct shelf *
shelves_find(const struct shelves *s, struct slice folder)
{
	struct shelf *i = s->first;

	while (i != NULL && (i->folder.len != folder.len || memcmp(buf_cstr(&i->folder), folder.p, folder.len) != 0))
		i = i->next;
	return i;
}

/* What was used last is found first. */
static void
move_to_front(struct shelves *s, struct shelf *shelf)
{
	struct shelf **at = &s->first;

	while (*at != shelf)
		at = &(*at)->next;
	*at = shelf->next;
	shelf->next = s->first;
	s->first = shelf;
}

struct shelf *
shelves_open(struct shelves *s, struct slice folder, int dirfd, struct fail *why)
{
	struct shelf *shelf = shelves_find(s, folder);
	bool new = shelf == NULL;

	if (new && (shelf = shelf_new(s, folder, why)) == NULL)
		return NULL;
	move_to_front(s, shelf);
	shelf->dirfd = dirfd;
	if (!new && (shelf->checked || s->keep))
		return shelf;
	if ((new || has_changed(shelf)) && fill(shelf, why) == -1) {
		drop_first(s);
		return NULL;
	}
	shelf->checked = true;
	return shelf;
}

void
shelves_end(struct shelves *s)
{
	for (struct shelf *i = s->first; i != NULL; i = i->next) {
		if (i->checked && (i->dirfd == -1 || fstat(i->dirfd, &i->st) == -1))
			i->st = (struct stat){0};
		i->checked = false;
		i->dirfd = -1;
	}
}

void
shelves_begin(struct shelves *s, bool others)
{
	if (others && !s->keep)
		shelves_fini(s);
}

/* ---- files ---- */

/* The state of a name; false: it has gone, or is no regular file.  *rc: -1 where nobody can tell. */
static bool
look(const struct shelf *s, const char *name, struct stat *st, int *rc, struct fail *why)
{
	*rc = 0;
	if (s->dirfd == -1)
		return false;
	if (fstatat(s->dirfd, name, st, AT_SYMLINK_NOFOLLOW) == 0)
		return S_ISREG(st->st_mode);
	if (errno != ENOENT)
		*rc = fail_errno(why, "stat", "%s/%s", buf_cstr(&s->folder), name);
	return false;
}

int
shelf_file(struct shelf *s, size_t i, uint32_t *file, struct fail *why)
{
	struct cache_file found = {.size = CACHE_NO_FILE};
	struct stat st;
	int rc;

	if (s->v[i].file == 0) {
		if (look(s, shelf_text(s, s->v[i].at), &st, &rc, why))
			found = (struct cache_file){(uint64_t)st.st_size, (uint64_t)st.st_ino, .mark = match_mark(&st)};
		if (rc == -1 || add_file(s, &found, &s->v[i].file, why) == -1)
			return -1;
	}
	*file = s->v[i].file - 1;
	return 0;
}

int
shelf_digest(struct shelf *s, uint32_t file, const char *name, struct scratch *scratch, struct fail *why)
{
	const struct digests any = {.mask = 1u << DIGEST_XXH128};
	struct cache_file *f = &s->files[file];
	struct digests holds;
	struct stat st;
	int rc;

	if (f->digested || f->size == CACHE_NO_FILE)
		return 0;
	if (!look(s, name, &st, &rc, why) || match_mark(&st) != f->mark) {
		if (rc == 0)
			f->size = CACHE_NO_FILE;
		return rc;
	}
	if (match_content(scratch, (struct match_at){s->dirfd, name, &st}, &any, &holds, why) == MATCH_ERROR)
		return -1;
	f->digested = holds.mask != 0;
	memcpy(f->xxh128, holds.bytes[DIGEST_XXH128], sizeof(f->xxh128));
	if (!f->digested)
		f->size = CACHE_NO_FILE;
	return 0;
}
