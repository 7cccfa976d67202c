#include "place/group/stand.h"

#include <fcntl.h>
#include <string.h>

#include "file/beneath.h"
#include "file/io.h"
#include "place/content/match.h"
#include "place/place-parts.h"

bool
stand_may_be(const struct number *n, size_t i)
{
	const struct party *y = &n->s->party;
	const struct cache_file *file = stand_file(n, i);

	for (size_t f = 0; f < y->n; f++) {
		const struct party_file *ours = &y->v[f];

		if (ours->inode != 0 && ours->inode == file->inode)
			return true;
		if (ours->size == file->size &&
		    !(ours->digested && file->digested && memcmp(ours->xxh128, file->xxh128, PATH_KEY) != 0))
			return true;
	}
	return false;
}

int
stand_is_named(struct number *n, size_t i, size_t f, struct fail *why)
{
	const struct party *y = &n->s->party;
	struct variant v = party_name(y, f);
	struct buf *name = &n->scratch->text;
	const char *there = stand_name(n, i);

	if (strlen(there) < v.name.len - v.stem)
		return 0;
	buf_clear(name, SIZE_MAX);
	if (variant_name(&v, n->s->series.v[i].k, name) == -1)
		return fail_nomem(why);
	return shelf_compare(n->s->series.shelf, there, name->p, name->len + 1) == 0;
}

int
stand_digest(struct number *n, size_t i, struct fail *why)
{
	struct series *s = &n->s->series;

	return shelf_digest(s->shelf, s->v[i].file, stand_name(n, i), n->scratch, why);
}

int
stand_holds(struct number *n, size_t i, size_t f, struct fail *why)
{
	struct party *y = &n->s->party;
	const struct cache_file *file = stand_file(n, i);
	const struct party_file *ours = &y->v[f];

	if (file->size == CACHE_NO_FILE || party_look(y, f, why) == -1)
		return file->size == CACHE_NO_FILE ? 0 : -1;
	if (ours->size != file->size)
		return 0;
	if (ours->inode != 0 && ours->inode == file->inode)
		return 1;
	if (party_digest(y, f, n->scratch, why) == -1 || stand_digest(n, i, why) == -1)
		return -1;
	return ours->digested && file->digested && memcmp(ours->xxh128, file->xxh128, PATH_KEY) == 0;
}

/* The group's picture, film or companion whose bytes the i-th of the series holds, the one of its name first.  Returns
 * 1, 0 or -1; *own: it has its name. */
static int
find_ours(struct number *n, size_t i, bool *own, struct fail *why)
{
	const struct party *y = &n->s->party;
	int found = 0;

	*own = false;
	for (size_t f = 0; f < y->n && !*own; f++) {
		int rc = y->v[f].companion == n->s->series.v[i].companion ? stand_holds(n, i, f, why) : 0;

		if (rc == 1 && (rc = stand_is_named(n, i, f, why)) != -1) {
			*own = rc == 1;
			found = 1;
		}
		if (rc == -1)
			return -1;
	}
	return found;
}

int
stand_pictures(struct number *n, struct fail *why)
{
	struct party *y = &n->s->party;
	int pictures = 0;

	for (size_t f = 0; f < y->n; f++) {
		if (party_look(y, f, why) == -1)
			return -1;
		pictures += !y->v[f].companion && y->v[f].size != CACHE_NO_FILE;
	}
	return pictures;
}

int
stand_look(struct number *n, size_t begin, size_t end, struct stand *at, struct fail *why)
{
	*at = (struct stand){0};
	for (size_t i = begin; i < end; i++) {
		bool own;
		int ours = find_ours(n, i, &own, why);

		if (ours == -1)
			return -1;
		if (n->s->series.v[i].companion) {
			at->strange += !ours;
		} else {
			at->ours += ours;
			at->own += own;
			at->others += !ours;
		}
	}
	return 0;
}

bool
stand_is_strange(const struct number *n, size_t begin, size_t end)
{
	bool pictures = false;

	for (size_t i = begin; i < end; i++) {
		if (n->s->series.v[i].companion)
			continue;
		if (stand_may_be(n, i))
			return false;
		pictures = true;
	}
	return pictures;
}

/* head: NULL, or how its name must begin. */
static bool
has_picture(const struct series *s, unsigned k, const struct variant *head)
{
	for (size_t i = series_begin(s, k); i < s->n && s->v[i].k == k; i++) {
		if (!s->v[i].companion && (head == NULL || series_begins(s, i, head)))
			return true;
	}
	return false;
}

bool
stand_has_picture(const struct number *n, unsigned k)
{
	return has_picture(&n->s->series, k, NULL);
}

bool
stand_shows(const struct number *n, size_t f, unsigned k)
{
	struct variant head = party_name(&n->s->party, f);

	return has_picture(&n->s->series, k, &head);
}

/* ---- beside the library's file ---- */

/* Whether the folder has the i-th, too.  Returns 1, 0 or -1. */
static int
has_same(struct number *n, size_t i, int folder, struct fail *why)
{
	struct digests content = {.mask = 1u << DIGEST_XXH128}, holds;
	const struct cache_file *file = stand_file(n, i);
	const char *name = stand_name(n, i);
	enum match match;
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_size != file->size)
		return 0;
	if (stand_digest(n, i, why) == -1)
		return -1;
	if (!file->digested)
		return 0;
	memcpy(content.bytes[DIGEST_XXH128], file->xxh128, sizeof(file->xxh128));
	match = match_content(n->scratch, (struct match_at){folder, name, &st}, &content, &holds, why);
	return match == MATCH_ERROR ? -1 : match == MATCH_FILE;
}

int
stand_is_mirrored(struct number *n, struct fail *why)
{
	const struct series *s = &n->s->series;
	const struct job *main = n->job->main;
	int folder, rc = 1;

	if (main == NULL || main->root.len > 0 || s->n == 0 || s->v[0].k != 0)
		return 0;
	folder = beneath_open(main->place->lib.fd, buf_cstr(&n->s->party.folder), O_RDONLY | O_DIRECTORY);
	if (folder == -1)
		return 0;
	for (size_t i = 0; i < s->n && s->v[i].k == 0 && rc == 1; i++)
		rc = has_same(n, i, folder, why);
	io_close(&folder);
	return rc;
}
