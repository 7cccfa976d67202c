/*
 * The JSON of an album may have any name, but it has no dot before its extension, as those of pictures have, unless
 * these were uploaded without one.
 */
#include "meta/takeout/takeoutfolder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "file/io.h"
#include "meta/takeout/takeoutjson.h"
#include "meta/takeout/takeoutname.h"

static const char *const years[] = {
#define TAKEOUT_YEAR(words) words,
#include "meta/takeout/takeout-years.def"
#undef TAKEOUT_YEAR
};

static const char *const albums[] = {
#define TAKEOUT_ALBUM(name) name,
#include "meta/takeout/takeout-albums.def"
#undef TAKEOUT_ALBUM
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void
takeoutfolder_fini(struct takeoutfolder *f)
{
	buf_fini(&f->album);
	buf_fini(&f->years);
}

static bool
is_year(struct slice name)
{
	for (size_t i = 0; i < COUNT(years); i++) {
		size_t n = strlen(years[i]);

		if (name.len == n + 4 && memcmp(name.p, years[i], n) == 0 && strspn(name.p + n, "0123456789") >= 4)
			return true;
	}
	return false;
}

struct work {
	const struct takeoutfolder_place *place;
	struct buf name, text, title;
	struct takeoutfolder *out;
	struct fail why;
};

static int
add_path(struct buf *out, const char *folder, const char *name)
{
	buf_clear(out, SIZE_MAX);
	buf_adds(out, folder);
	if (out->len > 0 && out->p[out->len - 1] != '/')
		buf_addc(out, '/');
	return buf_adds(out, name);
}

/* What a JSON of the folder is; its title is in x->title. */
static int
read_kind(struct work *x, const char *name, enum takeoutjson_kind *kind)
{
	*kind = TAKEOUTJSON_OTHER;
	if (add_path(&x->name, x->place->path, name) == -1)
		return fail_nomem(&x->why);
	if (takeoutjson_open(x->place->dirfd, x->name.p, &x->text, &x->why) == 0)
		*kind = takeoutjson_title(buf_slice(&x->text), &x->title, &x->why);
	return fail_is_short(&x->why) ? -1 : 0;
}

static bool
has_dot(const char *name)
{
	return strchr(name, '.') != name + strlen(name) - 5;
}

/* What is learned from a JSON of the folder: 1 where that is what is looked for, 0, -1. */
static int
learn(struct work *x, const char *name, bool dot)
{
	enum takeoutjson_kind kind;

	if (read_kind(x, name, &kind) == -1)
		return -1;
	x->out->is_takeout |= kind != TAKEOUTJSON_OTHER;
	if (kind == TAKEOUTJSON_ALBUM && x->out->album.len == 0)
		buf_add(&x->out->album, x->title.p, x->title.len);
	if (x->out->album.failed)
		return fail_nomem(&x->why);
	return dot ? x->out->is_takeout : kind == TAKEOUTJSON_ALBUM;
}

/* Whether one of the names that albums' JSONs mostly have is an album's: 1, 0, -1. */
static int
look_first(struct work *x, const struct listing *names)
{
	const char *name;
	int rc = 0;

	for (size_t i = 0; i < COUNT(albums) && rc == 0; i++) {
		if ((name = listing_find(names, slice_of(albums[i]))) != NULL)
			rc = learn(x, listing_real(name), false);
	}
	return rc;
}

/* Goes through the JSONs whose names have a dot, or have none, until one says what is looked for.  0 or -1. */
static int
look(struct work *x, const struct listing *names, bool dot)
{
	unsigned tries = 0;
	const char *name;
	int rc = 0;

	for (size_t i = 0; rc == 0 && (name = listing_walk(names, i)) != NULL && tries < TAKEOUTFOLDER_TRIES; i++) {
		if (!takeoutname_is_json(slice_of(name)) || has_dot(name) != dot)
			continue;
		rc = learn(x, listing_real(name), dot);
		tries++;
	}
	return rc == -1 ? -1 : 0;
}

/* The folders of years beside this one. */
static int
read_years(struct work *x)
{
	int fd = -1, rc = 0;
	DIR *dir = NULL;
	struct dirent *e;

	if (add_path(&x->name, x->place->path, "..") == -1)
		return fail_nomem(&x->why);
	fd = openat(x->place->dirfd, x->name.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || (dir = fdopendir(fd)) == NULL) {
		rc = fail_short_errno(errno) ? -1 : 0;
		io_close(&fd);
		return rc;
	}
	while ((e = readdir(dir)) != NULL) {
		if (is_year(slice_of(e->d_name)) && !slice_eq(x->place->name, e->d_name))
			buf_add(&x->out->years, e->d_name, strlen(e->d_name) + 1);
	}
	closedir(dir);
	return x->out->years.failed ? fail_nomem(&x->why) : 0;
}

int
takeoutfolder_read(const struct takeoutfolder_place *place, const struct listing *names, struct takeoutfolder *out)
{
	struct work x = {.place = place, .out = out};
	int rc = look_first(&x, names);

	if (rc == 0)
		rc = look(&x, names, false);
	if (rc != -1 && !out->is_takeout)
		rc = look(&x, names, true);
	if (rc != -1 && out->is_takeout)
		rc = read_years(&x);
	if (is_year(place->name))
		buf_clear(&out->album, 0);
	buf_fini(&x.name);
	buf_fini(&x.text);
	buf_fini(&x.title);
	return rc == -1 ? -1 : 0;
}
