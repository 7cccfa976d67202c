#include "place/group/members.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
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

static bool
is(struct slice a, struct slice b)
{
	return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

/* The member of a name; of several, the one in the lead's folder.  m->n: none. */
static size_t
find(const struct members *m, struct slice name)
{
	size_t found = m->n;

	for (size_t i = 0; i < m->n; i++) {
		if (is(m->v[i].name, name) && (found == m->n || strchr(m->v[i].path.p, '/') == NULL))
			found = i;
	}
	return found;
}

static int
read_group(struct members *m, const struct rec *rec, bool *found, struct fail *why)
{
	const char *p = m->group.members.p, *lead = buf_cstr(&m->group.lead);

	for (size_t i = 0; i < m->group.n; i++, p += strlen(p) + 1) {
		if (add(m, slice_of(p), why) == -1)
			return -1;
	}
	m->folder = (struct slice){lead, (size_t)(path_name(lead) - lead)};
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

	*found = m->keyed = false;
	m->n = m->lead = m->self = 0;
	if (rec_get_group(rec, &m->group))
		return read_group(m, rec, found, why);
	if (m->group.members.failed || m->group.id.failed || m->group.lead.failed)
		return fail_nomem(why);
	if (!rec_is_alone(rec) || !groupname_alone(hidden_own(path), &parts))
		return 0;
	m->folder = (struct slice){path, (size_t)(path_name(path) - path)};
	*found = true;
	return add(m, slice_of(path_name(path)), why);
}

void
members_fini(struct members *m)
{
	rec_group_fini(&m->group);
	free(m->v);
	free(m->keys);
	*m = (struct members){0};
}

/* ---- names ---- */

static int
by_key(const void *a, const void *b)
{
	const struct member_key *x = a, *y = b;
	size_t len = x->key.len < y->key.len ? x->key.len : y->key.len;
	int order = memcmp(x->key.p, y->key.p, len);

	return order != 0 ? order : (x->key.len > y->key.len) - (x->key.len < y->key.len);
}

/* Sort the keys of the pictures and films, as far as there is memory: each of many names asks for one. */
static void
find_keys(struct members *m)
{
	struct groupname parts;
	struct member_key *keys;

	m->keyed = true;
	m->nkeys = 0;
	for (size_t i = 0; i < m->n; i++) {
		struct slice name = m->v[i].name;

		if (!groupname_alone(name, &parts) || group_is_companion(parts.role))
			continue;
		if ((keys = array_room(m->keys, &m->keys_cap, m->nkeys, sizeof(*keys))) == NULL)
			break;
		m->keys = keys;
		keys[m->nkeys++] = (struct member_key){{parts.key, parts.key_len}, name};
	}
	if (m->nkeys > 1)
		qsort(m->keys, m->nkeys, sizeof(*m->keys), by_key);
}

/* The first of the keys that is not before this one. */
static size_t
seek_key(const struct members *m, const struct member_key *key)
{
	size_t low = 0, high = m->nkeys;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_key(&m->keys[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
ends_in(struct slice name, struct slice extension)
{
	return name.len >= extension.len &&
	       strncasecmp(name.p + name.len - extension.len, extension.p, extension.len) == 0;
}

/* For groupname_read(): whether a picture or film of the group has this key. */
static bool
has(void *arg, struct slice key, struct slice extension)
{
	struct members *m = arg;
	struct member_key sought = {.key = key};

	if (!m->keyed)
		find_keys(m);
	for (size_t i = seek_key(m, &sought); i < m->nkeys && by_key(&m->keys[i], &sought) == 0; i++) {
		if (ends_in(m->keys[i].name, extension))
			return true;
	}
	return false;
}

static const struct member *
take_apart(struct members *m, size_t i)
{
	struct member *member = &m->v[i];
	struct groupname parts;

	if (!member->taken_apart) {
		bool known = groupname_read(member->name, m->n > 1 ? has : NULL, m, &parts);

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
	buf_clear(out, SIZE_MAX);
	buf_add(out, m->folder.p, m->folder.len);
	return buf_add(out, m->v[i].path.p, m->v[i].path.len) == -1 ? fail_nomem(why) : 0;
}
