#include "media/group/recgroup.h"

#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/pathname.h"
#include "base/span.h"
#include "file/hidden.h"
#include "media/group/groupfolder.h"

/* One element of the list, as its bytes. */
static bool
add_member(struct rec_group *group, struct slice value, bool base64)
{
	struct buf *to = &group->members;
	size_t from = to->len;
	bool good;

	if (base64)
		good = value.len >= 2 && value.p[0] == '"' &&
		       json_unbase64(to, (struct slice){value.p + 1, value.len - 2});
	else
		good = json_unquote(to, value);
	if (!good || to->len == from || memchr(to->p + from, '\0', to->len - from) != NULL)
		return false;
	group->n++;
	return buf_addc(to, '\0') == 0;
}

static bool
read_members(const struct rec *rec, struct rec_group *group)
{
	bool base64 = true;
	struct slice list, value;

	if (!rec_get(rec, "group.members_b64", &list)) {
		base64 = false;
		if (!rec_get(rec, "group.members", &list))
			return false;
	}
	while (span_element(&list, &value)) {
		if (group->n == GROUP_FILES_MAX || !add_member(group, value, base64))
			return false;
	}
	return group->n > 0;
}

bool
rec_get_group(const struct rec *rec, struct rec_group *group)
{
	struct slice value;

	group->n = 0;
	group->role = GROUP_NO_ROLE;
	buf_clear(&group->id, SIZE_MAX);
	buf_clear(&group->lead, SIZE_MAX);
	buf_clear(&group->members, SIZE_MAX);
	if (!rec_get(rec, "group", &value))
		return false;
	if (span_dig(value, "role", &value) && value.len >= 2)
		group->role = group_role_parse((struct slice){value.p + 1, value.len - 2});
	if (rec_get_string(rec, "group.id", &group->id) && rec_get_path(rec, "group.lead", &group->lead) &&
	    read_members(rec, group))
		return true;
	group->n = 0;
	return false;
}

const char *
rec_group_next(const struct rec_group *group, const char *member)
{
	const char *begin = buf_cstr(&group->members), *end = begin + group->members.len;
	const char *next = member != NULL ? member + strlen(member) + 1 : begin;

	return group->n > 0 && next < end ? next : NULL;
}

/*
 * How much of a path leads to the folder above that of its file, without going through that: all but its own name,
 * where that is the folder's real one, as exif-read (meta/folder.c) takes it.  A link of another name is gone through,
 * since what lies above it is not what lies above the folder.
 */
static size_t
above(const char *path, size_t folder, const char *member)
{
	const struct groupfolder *row = groupfolder_find((struct slice){member + 3, strcspn(member + 3, "/")});
	const char *name = row != NULL ? strrchr(row->other, '/') : NULL;
	size_t len = name != NULL ? strlen(name) : 0; /* with the slash, for which the path has its own */

	if (name == NULL || folder < len || strncmp(path + folder - len, name + 1, len - 1) != 0 ||
	    (folder > len && path[folder - len - 1] != '/'))
		return folder;
	return folder - len;
}

int
rec_group_beside(const char *path, const char *member, struct buf *out)
{
	size_t folder = pathname_folder(path).len, len = folder;

	if (strncmp(member, "../", 3) == 0 && (len = above(path, folder, member)) < folder)
		member += 3;
	buf_clear(out, SIZE_MAX);
	buf_add(out, path, len);
	return buf_adds(out, member);
}

int
rec_group_path(const struct rec_group *group, const char *member, struct buf *out)
{
	return rec_group_beside(buf_cstr(&group->lead), member, out);
}

static bool
has(void *arg, struct slice key, const struct groupname_need *need)
{
	const struct rec_group *group = arg;

	for (const char *member = NULL; (member = rec_group_next(group, member)) != NULL;) {
		struct slice name = hidden_own(member);
		struct groupname read;

		if (groupname_meets(name, need) && groupname_alone(name, &read) && !group_is_companion(read.role) &&
		    slice_same(groupname_key(&read), key))
			return true;
	}
	return false;
}

bool
rec_group_read(const struct rec_group *group, struct slice name, struct groupname *out)
{
	return groupname_read(name, has, (void *)group, out);
}

void
rec_group_fini(struct rec_group *group)
{
	buf_fini(&group->id);
	buf_fini(&group->lead);
	buf_fini(&group->members);
	group->n = 0;
}

bool
rec_is_alone(const struct rec *rec)
{
	struct slice value;

	return rec_get(rec, "alone", &value) && slice_eq(value, "true");
}

bool
rec_group_unknown(const struct rec *rec, struct buf *why)
{
	struct slice value;

	return !rec_get(rec, "group", &value) && !rec_is_alone(rec) && rec_get_warning(rec, FAIL_GROUP_UNKNOWN, why);
}
