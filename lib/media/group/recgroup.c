#include "media/group/recgroup.h"

#include "base/json.h"
#include "base/span.h"

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
		if (!add_member(group, value, base64))
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
