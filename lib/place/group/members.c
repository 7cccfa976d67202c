#include "place/group/members.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/pathname.h"
#include "file/hidden.h"
#include "media/group/groupname.h"
#include "place/name/path.h"
#include "place/name/variant.h"

static int
add(struct members *m, struct slice path, struct fail *why)
{
	struct member *v = array_room(m->v, &m->cap, m->n, sizeof(*v));

	if (v == NULL)
		return fail_nomem(why);
	m->v = v;
	m->v[m->n++] = (struct member){.path = path, .name = hidden_own(path.p)};
	return 0;
}

/* The member of a name; of several, the one in the lead's folder.  m->n: none. */
static size_t
find(const struct members *m, struct slice name)
{
	size_t found = m->n;

	for (size_t i = 0; i < m->n; i++) {
		if (slice_same(m->v[i].name, name) && (found == m->n || strchr(m->v[i].path.p, '/') == NULL))
			found = i;
	}
	return found;
}

static int
read_group(struct members *m, const struct rec *rec, bool *found, struct fail *why)
{
	const char *lead = buf_cstr(&m->group.lead);

	for (const char *member = NULL; (member = rec_group_next(&m->group, member)) != NULL;) {
		if (add(m, slice_of(member), why) == -1)
			return -1;
	}
	m->beside = lead;
	m->lead = find(m, hidden_own(lead));
	m->self = find(m, hidden_own(rec->path.p));
	*found = m->lead < m->n && m->self < m->n;
	return 0;
}

int
members_read(struct members *m, const struct rec *rec, bool *found, struct fail *why)
{
	const char *path = rec->path.p;
	struct groupname parts;

	*found = false;
	m->packed = rec->archive.len > 0;
	m->n = m->lead = m->self = 0;
	if (rec_get_group(rec, &m->group))
		return read_group(m, rec, found, why);
	if (rec_group_failed(&m->group))
		return fail_nomem(why);
	if (!rec_is_alone(rec) || !groupname_alone(hidden_own(path), &parts))
		return 0;
	m->beside = path;
	*found = true;
	return add(m, slice_of(pathname_last(path)), why);
}

void
members_fini(struct members *m)
{
	rec_group_fini(&m->group);
	free(m->v);
	*m = (struct members){0};
}

static const struct member *
take_apart(struct members *m, size_t i)
{
	struct member *member = &m->v[i];
	struct groupname parts;

	if (!member->taken_apart) {
		bool known = m->group.n > 0 ? rec_group_read(&m->group, member->name, &parts)
					    : groupname_alone(member->name, &parts);

		member->taken_apart = true;
		member->stem = known ? parts.stem : variant_stem(member->name);
		member->companion = known && group_is_companion(parts.role);
	}
	return member;
}

struct beside_file
members_part(struct members *m, size_t i)
{
	const struct member *member = take_apart(m, i);

	return (struct beside_file){member->name, member->stem};
}

bool
members_is_companion(struct members *m, size_t i)
{
	if (i == m->self && m->group.n > 0 && m->group.role != GROUP_NO_ROLE)
		return group_is_companion(m->group.role);
	return take_apart(m, i)->companion;
}

size_t
members_tail(struct members *m)
{
	size_t longest = 0;

	for (size_t i = 0; i < m->n; i++) {
		struct beside_file part = members_part(m, i);

		if (part.name.len - part.stem > longest)
			longest = part.name.len - part.stem;
	}
	return longest;
}

int
members_source(const struct members *m, size_t i, struct buf *out, struct fail *why)
{
	if (m->packed)
		return fail_set(why, FAIL_GROUP, "open", "it is a member of an archive");
	return rec_group_beside(m->beside, m->v[i].path.p, out) == -1 ? fail_nomem(why) : 0;
}
