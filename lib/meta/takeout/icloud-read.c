#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file/io.h"
#include "meta/takeout/icloud.h"
#include "meta/takeout/takeoutname.h"

#define ALBUMS "../Albums/"
#define HEAD_SIZE 512 /* bytes of a table in which its columns stand */

/* What is read, and into what. */
struct reading {
	const struct takeoutfolder_place *place;
	struct icloud *out;
	struct buf path, text;
};

static bool
has_head(int fd, const char *sign, struct buf *text, struct fail *why)
{
	char *to = buf_reserve(text, HEAD_SIZE);
	ssize_t n = to != NULL ? io_read(fd, to, HEAD_SIZE, 0, why) : -1;

	return n > 0 && memmem(to, (size_t)n, sign, strlen(sign)) != NULL;
}

/* Reads the table at r->path whole, where its head has a sign of those that are looked for. */
static int
read_table(struct reading *r, const char *sign)
{
	struct stat st;
	struct fail why = {0};
	int fd = io_open(r->place->dirfd, r->path.p, &st, &why);
	char *to = NULL;
	ssize_t n = 0;

	buf_clear(&r->text, 4096);
	if (fd != -1 && has_head(fd, sign, &r->text, &why)) {
		r->out->full |= st.st_size > ICLOUD_TABLE_MAX;
		if (st.st_size <= ICLOUD_TABLE_MAX)
			to = buf_reserve(&r->text, (size_t)st.st_size);
		if (to != NULL)
			n = io_read(fd, to, (size_t)st.st_size, 0, &why);
	}
	if (n > 0)
		r->text.len = (size_t)n;
	io_close(&fd);
	return r->text.failed || fail_is_short(&why) ? -1 : 0;
}

static int
set_path(struct reading *r, const char *folder, const char *name)
{
	struct buf *path = &r->path;

	buf_clear(path, SIZE_MAX);
	buf_adds(path, r->place->path);
	if (path->len > 0 && path->p[path->len - 1] != '/')
		buf_addc(path, '/');
	buf_adds(path, folder);
	return buf_adds(path, name);
}

static int
read_tables(struct reading *r, const struct listing *names)
{
	const char *name;

	for (size_t i = 0; (name = listing_walk(names, i)) != NULL; i++) {
		if (!takeoutname_is_table(slice_of(name)))
			continue;
		if (set_path(r, "", listing_real(name)) == -1 || read_table(r, ICLOUD_SIGN) == -1)
			return -1;
		if (r->text.len > 0)
			icloud_add_table(r->out, buf_slice(&r->text), listing_real(name));
	}
	return 0;
}

/* What Apple has an album of besides is no album of anybody's. */
static bool
is_album(struct slice name)
{
	return takeoutname_is_table(name) && !slice_eq(name, "Favorites.csv") && !slice_eq(name, "Hidden.csv");
}

static int
read_album(struct reading *r, const char *file)
{
	char album[TAKEOUTNAME_MAX + 1];

	snprintf(album, sizeof(album), "%.*s", (int)(strlen(file) - strlen(".csv")), file);
	if (set_path(r, ALBUMS, file) == -1 || read_table(r, "") == -1)
		return -1;
	if (r->text.len > 0)
		icloud_add_album(r->out, buf_slice(&r->text), album);
	return 0;
}

static int
read_albums(struct reading *r)
{
	int fd = -1, rc = 0;
	DIR *dir = NULL;
	struct dirent *e;

	if (set_path(r, ALBUMS, "") == -1)
		return -1;
	fd = openat(r->place->dirfd, r->path.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || (dir = fdopendir(fd)) == NULL) {
		rc = fail_short_errno(errno) ? -1 : 0;
		io_close(&fd);
		return rc;
	}
	while (rc == 0 && (e = readdir(dir)) != NULL)
		if (is_album(slice_of(e->d_name)))
			rc = read_album(r, e->d_name);
	closedir(dir);
	return rc;
}

int
icloud_read(const struct takeoutfolder_place *place, const struct listing *names, struct icloud *out)
{
	struct reading r = {.place = place, .out = out};
	int rc = read_tables(&r, names);

	if (rc == 0 && out->nrows > 0)
		rc = read_albums(&r);
	if (out->text.failed)
		rc = -1;
	if (rc == 0)
		icloud_seal(out);
	buf_fini(&r.path);
	buf_fini(&r.text);
	return rc;
}
