#include "place/name/fields.h"

#include <stdint.h>
#include <string.h>

#define NAME_BYTES 40 /* of a name that is compared; a longer one is like none */
#define NEAR_MAX 3    /* names that are shown */

/* A member, and the names of those in it with blanks between. */
struct member {
	const char *name, *inner;
};

static const char digests[] =
#define DIGEST(id, name, size) name " "
#include "hash/digest-algorithms.def"
#undef DIGEST
    ;

static const struct member members[] = {
#define OWN_FIELD(id, field) {field, ""},
#include "place/name/own-fields.def"
#undef OWN_FIELD
#define FIELD(id, member, kind, rule) {member, ""},
#include "media/fields.def"
#undef FIELD
#define DIGESTS digests
#define MEMBER(member, inner) {member, inner},
#include "run/members.def"
#undef MEMBER
#undef DIGESTS
};

#define NMEMBERS (sizeof(members) / sizeof(members[0]))

/* A walk over all names that there are; {0} is its beginning. */
struct walk {
	size_t i;
	const char *inner; /* what follows of members[i].inner */
	char name[NAME_BYTES];
};

static void
write_name(struct walk *w, const char *outer, const char *inner, size_t len)
{
	size_t n = strlen(outer);

	memcpy(w->name, outer, n);
	if (len > 0) {
		w->name[n++] = '.';
		memcpy(w->name + n, inner, len);
	}
	w->name[n + len] = '\0';
}

/* The next name; "tags.*" for what may hold any. */
static bool
next(struct walk *w)
{
	size_t len;

	if (w->i == NMEMBERS)
		return false;
	if (w->inner == NULL)
		w->inner = members[w->i].inner;
	len = strcspn(w->inner, " ");
	write_name(w, members[w->i].name, w->inner, len);
	w->inner += len + (w->inner[len] == ' ');
	if (*w->inner == '\0') {
		w->inner = NULL;
		w->i++;
	}
	return true;
}

static bool
is_in(const char *outer, const char *name)
{
	size_t len = strlen(outer);

	return strncmp(name, outer, len) == 0 && (name[len] == '\0' || name[len] == '.');
}

bool
fields_known(const char *name, const struct fields_declared *declared)
{
	struct walk w = {0};

	for (size_t i = 0; i < declared->n; i++) {
		if (is_in(declared->v[i], name))
			return true;
	}
	while (next(&w)) {
		size_t any = strcspn(w.name, "*");

		if (strcmp(w.name, name) == 0 || (w.name[any] == '*' && strncmp(w.name, name, any) == 0))
			return true;
	}
	return false;
}

/* ---- likeness ---- */

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters are to be changed, added, left out or swapped with the next to make one of the other. */
static unsigned
distance(const char *a, const char *b)
{
	uint8_t rows[3][NAME_BYTES + 1];
	size_t na = strlen(a), nb = strlen(b);

	for (size_t j = 0; j <= nb; j++)
		rows[0][j] = (uint8_t)j;
	for (size_t i = 1; i <= na; i++) {
		uint8_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];

		now[0] = (uint8_t)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned changed = before[j - 1] + (a[i - 1] != b[j - 1]);

			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				changed = least(changed, earlier[j - 2] + 1u, UINT8_MAX);
			now[j] = (uint8_t)least(changed, before[j] + 1u, now[j - 1] + 1u);
		}
	}
	return rows[na % 3][nb];
}

/* A part of a name is like it too: {lens_model} is near {lens}, {source} near {source.path}. */
static unsigned
likeness(const char *name, const char *known)
{
	size_t n = strlen(name), k = strlen(known), least_len = n < k ? n : k;
	unsigned apart = distance(name, known);

	if (least_len >= 3 && apart > 2 && strncmp(name, known, least_len) == 0 &&
	    strchr("._", n > k ? name[k] : known[n]) != NULL)
		return 2;
	return apart;
}

/* The next name that may be meant, a declared one first. */
static const char *
candidate(struct walk *w, const struct fields_declared *declared, size_t *i)
{
	while (*i < declared->n) {
		const char *name = declared->v[(*i)++];

		if (strlen(name) < NAME_BYTES)
			return name;
	}
	return next(w) ? w->name : NULL;
}

void
fields_near(const char *name, const struct fields_declared *declared, struct buf *out)
{
	unsigned best = strlen(name) > 5 ? 2 : 1, found = 0;
	const char *known;

	if (strlen(name) >= NAME_BYTES)
		return;
	for (unsigned wanted = 1; wanted <= best && found == 0; wanted++) {
		struct walk w = {0};
		size_t i = 0;

		while (found < NEAR_MAX && (known = candidate(&w, declared, &i)) != NULL) {
			if (likeness(name, known) == wanted)
				buf_addf(out, "%s{%s}", found++ > 0 ? " or " : "", known);
		}
	}
}
