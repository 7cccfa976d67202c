/*
 * The usual folder has no JSON, and is left at once.  In an album's folder whose pictures have theirs in the folder of
 * a year, a name alone is not enough: each year may have a picture of this name.
 */
#include "meta/takeout/takeout.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pathname.h"
#include "meta/takeout/takeoutjson.h"
#include "meta/takeout/takeoutname.h"

#define SIGN "\"photoTakenTime\"" /* what a damaged JSON is known by as a Takeout's */

struct search {
	const struct sidecar_file *file;
	const struct listing *names;
	struct reader *r;
	struct buf folder; /* in which is looked, with its slash */
	struct buf path, text, title;
	bool short_of; /* memory or descriptors; r->why says of what */
};

/* Where memory is gone, it is told once. */
static bool
fails(struct search *x, bool no_memory)
{
	if (no_memory)
		fail_nomem(x->r->why);
	x->short_of |= no_memory;
	return no_memory;
}

/* Goes to the folder of a year, or with NULL to the file's own; false: ENOMEM. */
static bool
enter(struct search *x, const char *year)
{
	struct slice own = pathname_folder(x->file->path);

	buf_clear(&x->folder, SIZE_MAX);
	if (year == NULL) {
		buf_add(&x->folder, own.p, own.len);
	} else {
		folder_beside(x->file->folder, year, &x->folder);
		buf_addc(&x->folder, '/');
	}
	return !fails(x, x->folder.failed);
}

/* The path of a name in the folder that is looked in; NULL: ENOMEM. */
static const char *
path_of(struct search *x, const char *name)
{
	buf_clear(&x->path, SIZE_MAX);
	buf_add(&x->path, x->folder.p, x->folder.len);
	return fails(x, buf_adds(&x->path, name) == -1) ? NULL : x->path.p;
}

static bool
has_here(void *arg, const char *name)
{
	struct search *x = arg;

	return listing_find(x->names, slice_of(name)) != NULL;
}

static bool
has_there(void *arg, const char *name)
{
	struct search *x = arg;
	const char *path = path_of(x, name);

	return path != NULL && faccessat(x->file->dirfd, path, F_OK, 0) == 0;
}

/* Whether a JSON is the file's; it is in x->text then. */
static bool
take(void *arg, const struct takeoutname *found)
{
	struct search *x = arg;
	const char *name = listing_find(x->names, slice_of(found->json));
	const char *path = path_of(x, name != NULL ? listing_real(name) : found->json);
	struct fail why = {.code = FAIL_NONE};
	bool good = false;

	if (path == NULL)
		return false;
	if (takeoutjson_open(x->file->dirfd, path, &x->text, &why) == 0)
		good = takeoutjson_title(buf_slice(&x->text), &x->title, &why) == TAKEOUTJSON_FILE &&
		       takeoutname_fits(found, buf_slice(&x->title));
	if (fail_is_short(&why)) {
		x->short_of = true;
		*x->r->why = why;
		return false;
	}
	if (why.code != FAIL_NONE && (x->text.len == 0 || memmem(x->text.p, x->text.len, SIGN, strlen(SIGN)) != NULL))
		media_warn(x->r->info, FAIL_SIDECAR, "%s: %s", found->json, why.message);
	return good;
}

static void
tell(struct search *x, const struct takeoutname *found, bool elsewhere, struct buf *paths)
{
	struct media_takeout *takeout = &x->r->info->takeout;

	takeout->rule = takeout_rule_word(found->rule);
	takeout->of = takeout_of_word(found->of);
	takeout->elsewhere = elsewhere;
	buf_add(paths, x->path.p, x->path.len + 1);
	x->short_of |= takeoutjson_tell(buf_slice(&x->text), x->r->info, x->r->why) == -1;
}

/* Whether the folder of a year has this very picture, or at least none of its name. */
enum twin { NO_TWIN, TWIN, STRANGER };

static enum twin
find_twin(struct search *x, const char *name, uint64_t size)
{
	const char *path = path_of(x, name);
	struct stat st;

	if (path == NULL || fstatat(x->file->dirfd, path, &st, 0) == -1)
		return NO_TWIN;
	return S_ISREG(st.st_mode) && (uint64_t)st.st_size == size ? TWIN : STRANGER;
}

/* The one folder of a year that has the file's JSON, beside the same picture or else without it; NULL: none, or
 * several. */
static const char *
find_year(struct search *x, const char *name, uint64_t size, const struct buf *years)
{
	const struct takeoutname_folder there = {has_there, take, x};
	const char *best[STRANGER] = {NULL};
	size_t n[STRANGER] = {0};
	struct takeoutname found;

	for (size_t at = 0; at < years->len; at += strlen(years->p + at) + 1) {
		enum twin twin;

		if (!enter(x, years->p + at))
			return NULL;
		twin = find_twin(x, name, size);
		if (twin != STRANGER && takeoutname_find(slice_of(name), &there, &found)) {
			best[twin] = years->p + at;
			n[twin]++;
		}
	}
	return n[TWIN] > 0 ? (n[TWIN] == 1 ? best[TWIN] : NULL) : n[NO_TWIN] == 1 ? best[NO_TWIN] : NULL;
}

/* In the folders of years. */
static bool
look_elsewhere(struct search *x, const char *name, uint64_t size, struct buf *paths)
{
	const struct takeoutname_folder there = {has_there, take, x};
	const struct takeoutfolder *takeout = folder_takeout(x->file->folder);
	const char *year = find_year(x, name, size, &takeout->years);
	struct takeoutname found;

	if (year == NULL || x->short_of || !enter(x, year) || !takeoutname_find(slice_of(name), &there, &found))
		return false;
	tell(x, &found, true, paths);
	return true;
}

/* A picture or film, by its name where its content does not tell. */
static bool
is_shot(const struct media_info *info, const char *name)
{
	const char *extension = pathname_extension(name), *mime = info->mime;

	if (info->type == NULL && extension != NULL)
		mime = media_extension_mime(extension, strlen(extension));
	return mime != NULL && (strncmp(mime, "image/", 6) == 0 || strncmp(mime, "video/", 6) == 0);
}

static void
look(struct search *x, const char *name, uint64_t size, struct buf *paths)
{
	const struct takeoutname_folder here = {has_here, take, x};
	const struct takeoutfolder *takeout = folder_takeout(x->file->folder);
	struct media_info *info = x->r->info;
	enum media_origin before = media_from(info, MEDIA_FROM_TAKEOUT);
	struct takeoutname found;

	if (takeoutname_find(slice_of(name), &here, &found))
		tell(x, &found, false, paths);
	else if (!x->short_of && takeout->is_takeout && !look_elsewhere(x, name, size, paths) && !x->short_of)
		media_warn(info, FAIL_TAKEOUT_MISSING, "no JSON of the Google Takeout speaks of it");
	if (takeout->album.len > 0)
		media_add_item(info, MEDIA_ALBUMS, takeout->album.p, takeout->album.len);
	media_from(info, before);
}

/* ---- a JSON itself ---- */

struct claim {
	const struct listing *names;
	const char *json;
};

static bool
claim_has(void *arg, const char *name)
{
	const struct claim *claim = arg;

	return listing_find(claim->names, slice_of(name)) != NULL;
}

static bool
claim_take(void *arg, const struct takeoutname *found)
{
	const struct claim *claim = arg;

	return strcmp(found->json, claim->json) == 0;
}

/* Whether a file of the folder leads to a JSON.  Of a very great number with its beginning one is believed to. */
static bool
is_claimed(const struct listing *names, const char *json)
{
	struct claim claim = {names, json};
	const struct takeoutname_folder folder = {claim_has, claim_take, &claim};
	struct slice stem = takeoutname_stem(slice_of(json));
	size_t first = listing_prefix(names, stem);
	struct takeoutname found;
	const char *name;

	for (size_t i = first; (name = listing_walk(names, i)) != NULL; i++) {
		if (strncmp(name, stem.p, stem.len) != 0)
			break;
		if (i - first == TAKEOUTFOLDER_TRIES || takeoutname_find(slice_of(name), &folder, &found))
			return true;
	}
	return false;
}

/* ---- iCloud ---- */

static int
read_row(struct search *x, const char *name, struct buf *paths)
{
	const struct icloud *icloud = folder_icloud(x->file->folder);
	const char *table = icloud_tell(icloud, name, x->r->info), *path;

	if (table == NULL) {
		if (icloud->full)
			media_warn(
			    x->r->info, FAIL_LIMIT, "the tables beside it are longer than is read, and may have it");
		return 0;
	}
	if ((path = path_of(x, table)) == NULL)
		return -1;
	x->r->info->takeout.rule = "photo-details";
	return buf_add(paths, path, strlen(path) + 1);
}

/* What is there for a picture or film. */
static void
read_shot(struct search *x, const char *name, uint64_t size, struct buf *paths)
{
	if (!enter(x, NULL))
		return;
	if (x->names->ntables > 0 && read_row(x, name, paths) == -1)
		return;
	if (x->names->njsons > 0)
		look(x, name, size, paths);
}

int
takeout_read(const struct sidecar_file *file, uint64_t size, struct reader *r, struct buf *found)
{
	const struct listing *names = folder_names(file->folder);
	const char *name = pathname_last(file->path);
	struct search x = {.file = file, .names = names, .r = r};

	if (names == NULL || (names->njsons == 0 && names->ntables == 0))
		return 0;
	if (is_shot(r->info, name)) {
		read_shot(&x, name, size, found);
	} else if (takeoutname_is_json(slice_of(name)) && r->info->type != NULL &&
		   strcmp(r->info->type, "takeout-json") == 0 && !is_claimed(names, name)) {
		media_warn(r->info, FAIL_TAKEOUT_ALONE, "the picture or film that it speaks of is not beside it");
	}
	buf_fini(&x.folder);
	buf_fini(&x.path);
	buf_fini(&x.text);
	buf_fini(&x.title);
	return x.short_of ? -1 : found->failed || r->info->text.failed ? fail_nomem(r->why) : 0;
}
