#include "report/kind.h"

#include <string.h>

#include "base/pathname.h"
#include "media/group/companion.h"

static enum kind
kind_of_role(enum group_role role)
{
	if (role == GROUP_NO_ROLE)
		return OTHER;
	if (group_is_companion(role))
		return COMPANION;
	return role == GROUP_FILM ? FILM : PICTURE;
}

static enum kind
kind_of_name(const char *path)
{
	struct groupname name;

	return groupname_alone(slice_of(pathname_last(path)), &name) ? kind_of_role(name.role) : OTHER;
}

static bool
begins(struct slice text, const char *with)
{
	return text.len >= strlen(with) && memcmp(text.p, with, strlen(with)) == 0;
}

static enum kind
kind_of_content(const struct rec *rec)
{
	struct slice mime;

	if (!rec_get(rec, "mime", &mime))
		return OTHER;
	return begins(mime, "\"image/") ? PICTURE : begins(mime, "\"video/") ? FILM : OTHER;
}

/* What it is to its group: of what was imported before, as the library has it. */
static enum group_role
role_of(const struct rec *rec, const struct rec_group *group)
{
	struct slice role;

	if (group->n > 0)
		return group->role;
	if (!rec_get(rec, "db.role", &role) || role.len < 2)
		return GROUP_NO_ROLE;
	return group_role_parse((struct slice){role.p + 1, role.len - 2});
}

enum kind
kind_of(const struct rec *rec, const struct rec_group *group)
{
	enum group_role role = role_of(rec, group);
	enum kind by_role = role != GROUP_NO_ROLE ? kind_of_role(role) : kind_of_name(rec->path.p);
	enum kind by_content;

	if (by_role == COMPANION || (role != GROUP_NO_ROLE && role != GROUP_EDIT))
		return by_role;
	by_content = kind_of_content(rec);
	return by_content != OTHER ? by_content : by_role;
}

/* A track of a walk, or a list of clips, is something by itself. */
static bool
needs_picture(const char *path)
{
	const struct companion *c = companion_of(path);

	return c == NULL || c->comes != COMPANION_BESIDE;
}

bool
kind_is_orphan(const struct rec *rec, const struct rec_group *group)
{
	if (kind_of(rec, group) != COMPANION || !needs_picture(rec->path.p))
		return false;
	for (const char *member = NULL; (member = rec_group_next(group, member)) != NULL;) {
		enum kind kind = kind_of_name(member);

		if (kind == PICTURE || kind == FILM)
			return false;
	}
	return group->n > 0 || rec_is_alone(rec);
}
