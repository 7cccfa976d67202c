#include "meta/group/scope.h"

#include <stdint.h>
#include <string.h>

#include "base/pathname.h"

#define TOLD_MAX 80 /* bytes of a folder's path in a message */

static void
close_part(struct scope *s, struct scope_part *part)
{
	folders_put(s->folders, part->folder);
	part->folder = NULL;
	buf_fini(&part->path);
	buf_fini(&part->relative);
}

static void
close_parts(struct scope *s)
{
	for (size_t i = 0; i < s->n; i++)
		close_part(s, &s->part[i]);
	s->n = 0;
	buf_clear(&s->unknown, SIZE_MAX);
}

void
scope_fini(struct scope *s)
{
	close_parts(s);
	buf_fini(&s->unknown);
	folders_put(s->folders, s->folder);
	s->folder = NULL;
}

/* Without the names of one of its folders none of a scope can be told.  Returns 0 or -1 (ENOMEM). */
static int
note_unknown(struct scope *s, struct slice path, enum folder_state state)
{
	struct slice told = path.len > 0 ? path : slice_of(".");

	if (s->unknown.len > 0)
		return 0;
	return buf_addf(&s->unknown,
	    state == FOLDER_FULL ? "the folder %.*s has too many files; move some elsewhere"
				 : "the folder %.*s cannot be listed; make it readable",
	    (int)(told.len < TOLD_MAX ? told.len : TOLD_MAX), told.p);
}

/* Takes a path without the slash at its end; a folder that is not there is no part. */
static int
add_part(struct scope *s, struct slice path, const char *relative)
{
	struct scope_part *part = &s->part[s->n];
	enum folder_state state;

	if (s->n == SCOPE_PARTS)
		return 0;
	*part = (struct scope_part){.folder = folders_get(s->folders, s->dirfd, path.p, path.len)};
	if (part->folder == NULL)
		return -1;
	s->n++;
	part->names = folder_names(part->folder);
	buf_add(&part->path, path.p, path.len);
	if (path.len > 0 && path.p[path.len - 1] != '/')
		buf_addc(&part->path, '/');
	if (relative[0] != '\0')
		buf_addf(&part->relative, "%s/", relative);
	if (part->path.failed || part->relative.failed)
		return -1;
	if (part->names != NULL)
		return 0;
	state = folder_state(part->folder);
	close_part(s, &s->part[--s->n]);
	return state == FOLDER_ABSENT ? 0 : note_unknown(s, path, state);
}

/* Whether a folder that holds what belongs to others is the file's own, whatever path leads there; in the file's own
 * may be another of that name. */
static bool
is_own(const struct scope *s, const char *relative)
{
	return s->part[0].folder != s->folder && slice_eq(folder_name(s->folder), pathname_last(relative));
}

/* A folder, and those that hold what belongs to its pictures; own is the path of the file's. */
static int
add_parts(struct scope *s, struct slice path, struct slice own)
{
	struct buf relative = {0}, holding = {0};
	size_t i = 0;
	int rc = add_part(s, path, "");

	while (rc == 0 && s->n > 0 && folder_holding(s->part[0].folder, &i, &relative, &holding)) {
		struct slice other = buf_slice(&holding);

		if (relative.failed || holding.failed)
			rc = -1;
		else
			rc = add_part(s, is_own(s, buf_cstr(&relative)) ? own : other, buf_cstr(&relative));
	}
	buf_fini(&relative);
	buf_fini(&holding);
	return rc;
}

/* Whether a name of this folder belongs to pictures of the other one. */
static bool
is_of_other(const struct folder *folder, const struct listing *other, struct slice name)
{
	const struct listing *names = folder_names(folder);
	struct groupname read;

	return names != NULL && other != NULL && listing_read_away(names, other, name, &read);
}

/* The scope of the pictures to which a file of another folder may belong; none, where it does not. */
static int
open_other(struct scope *s, struct slice path, struct slice name)
{
	struct buf other = {0};
	int rc = 0;

	if (folder_other(s->folder, &other))
		rc = other.failed ? -1 : add_parts(s, buf_slice(&other), path);
	if (s->n > 0 && (scope_of(s) == s->n || !is_of_other(s->folder, s->part[0].names, name)))
		close_parts(s);
	buf_fini(&other);
	return rc;
}

int
scope_open(struct scope *s, const char *own, bool *changed)
{
	const struct folder *before = s->folder;
	struct slice path = pathname_parent(own);
	int rc;

	*changed = false;
	if (folders_of(s->folders, s->dirfd, own, &s->folder) == NULL) {
		close_parts(s);
		return -1;
	}
	if (s->folder == before && !s->depends)
		return 0;
	*changed = true;
	close_parts(s);
	s->depends = folder_depends(s->folder);
	rc = s->depends ? open_other(s, path, slice_of(pathname_last(own))) : 0;
	if (rc == 0 && s->n == 0 && s->unknown.len == 0)
		rc = add_parts(s, path, path);
	if (rc == 0 && scope_of(s) == s->n)
		rc = note_unknown(s, path, FOLDER_UNREADABLE);
	if (rc == -1)
		scope_fini(s); /* the next file begins anew */
	return rc;
}

size_t
scope_of(const struct scope *s)
{
	size_t i = 0;

	while (i < s->n && s->part[i].folder != s->folder)
		i++;
	return i;
}

bool
scope_read(const struct scope *s, size_t part, struct slice name, struct groupname *out)
{
	const struct listing *names = s->part[part].names;

	return part == 0 ? listing_read(names, name, out) : listing_read_away(names, s->part[0].names, name, out);
}

bool
scope_recall(const struct scope *s, size_t part, const struct listing_entry *e, struct slice key, struct groupname *out)
{
	return listing_recall(e, key, out) || scope_read(s, part, slice_of(listing_name(s->part[part].names, e)), out);
}
