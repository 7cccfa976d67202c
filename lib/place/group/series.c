#include "place/group/series.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/num.h"
#include "media/group/groupname.h"
#include "place/name/variant.h"

void
series_forget(struct series *s)
{
	s->shelf = NULL;
}

void
series_fini(struct series *s)
{
	buf_fini(&s->heads);
	free(s->v);
	*s = (struct series){0};
}

/* ---- one name ---- */

/* Bytes of a head that stand in its variants with numbers of so many digits; 0: in the name without one. */
static size_t
cut(const struct variant *v, size_t digits)
{
	size_t rest = v->name.len - v->stem + digits + (digits > 0);

	return variant_cut((struct slice){v->name.p, v->stem}, v->max > rest ? v->max - rest : 1);
}

static bool
is_numbered(const char *rest)
{
	return rest[0] == '-' && rest[1] >= '1' && rest[1] <= '9';
}

/* The number that a name has behind the head of v; *rest: what follows. */
static bool
read_number(const struct shelf *s, const struct variant *v, const char *name, unsigned *k, const char **rest)
{
	size_t len = strlen(name);

	for (size_t digits = 0; digits <= GROUPNAME_DIGITS; digits++) {
		size_t head = cut(v, digits);
		uint64_t number = 0;

		if (len < head + (digits > 0) + digits || shelf_compare(s, name, v->name.p, head) != 0)
			continue;
		*rest = name + head;
		if (digits > 0 && (!is_numbered(*rest) || !num_parse_u64(*rest + 1, digits, &number)))
			continue;
		*rest += digits + (digits > 0);
		*k = (unsigned)number;
		if (!isdigit((unsigned char)(*rest)[0]) && !(digits == 0 && is_numbered(*rest)))
			return true;
	}
	return false;
}

/* Which file of the group has this head and tail, or y->n.  A template may change the letters of tails, which those
 * that have none of the other case do not tell. */
static size_t
find_own(const struct party *y, size_t head, const char *rest)
{
	size_t i = 0, len = strlen(rest);

	for (; i < y->n; i++) {
		struct variant v = party_name(y, i);

		if (v.name.len - v.stem == len && party_same_head(y, i, head) &&
		    strncasecmp(v.name.p + v.stem, rest, len) == 0)
			break;
	}
	return i;
}

/* Whether the template has left the letters of the lead's name as they were. */
static bool
has_own_letters(const struct party *y)
{
	struct slice source = y->members.v[y->members.lead].name, target = party_name(y, y->members.lead).name;

	return memmem(target.p, target.len, source.p, variant_stem(source)) != NULL;
}

/*
 * Whether a name is of a picture, film or companion, and which.
 *
 * What has a suffix, as IMG_1-Edit.tif, may be an edit that somebody made beside the group's picture, or the first of
 * another group: so it is no picture that denies a number where one of the group's stands, and is in the way where none
 * does.
 */
static bool
classify(const struct party *y, size_t own, const char *name, const char *rest, bool *companion)
{
	struct slice whole = slice_of(name);
	struct groupname parts;

	if (own < y->n) {
		*companion = y->v[own].companion;
		return true;
	}
	if (*rest != '.') {
		*companion = true;
		return groupname_behind(whole, (size_t)(rest - name), has_own_letters(y));
	}
	if (!groupname_alone(whole, &parts))
		return false;
	*companion = group_is_companion(parts.role);
	return true;
}

static int
add(struct series *s, size_t i, struct series_file file, struct fail *why)
{
	struct series_file *v = array_room(s->v, &s->cap, s->n, sizeof(*v));

	if (v == NULL)
		return fail_nomem(why);
	s->v = v;
	if (shelf_file(s->shelf, i, &file.file, why) == -1)
		return -1;
	file.at = s->shelf->v[i].at;
	v[s->n++] = file;
	return 0;
}

/* ---- all names ---- */

static int
read_head(struct series *s, const struct party *y, size_t file, struct fail *why)
{
	struct variant head = party_name(y, file);
	struct slice prefix = {head.name.p, cut(&head, GROUPNAME_DIGITS)};
	const char *rest, *name;

	for (size_t i = shelf_seek(s->shelf, prefix); i < s->shelf->n; i++) {
		struct series_file found = {0};
		size_t own;

		name = shelf_text(s->shelf, s->shelf->v[i].at);
		if (shelf_compare(s->shelf, name, prefix.p, prefix.len) != 0)
			break;
		if (!read_number(s->shelf, &head, name, &found.k, &rest))
			continue;
		own = find_own(y, file, rest);
		if (!classify(y, own, name, rest, &found.companion))
			continue;
		if (add(s, i, found, why) == -1)
			return -1;
	}
	return 0;
}

static int
by_number(const void *a, const void *b)
{
	const struct series_file *x = a, *y = b;

	if (x->k != y->k)
		return x->k < y->k ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static bool
is_new_head(const struct party *y, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (party_same_head(y, k, i))
			return false;
	}
	return true;
}

/* All that decides which names are of the series, as bytes. */
static int
add_heads(const struct party *y, struct buf *heads, struct fail *why)
{
	for (size_t i = 0; i < y->n; i++)
		buf_addf(heads, "%zu %zu %d ", y->v[i].len, y->v[i].stem, y->v[i].companion);
	return buf_add(heads, y->names.p, y->names.len) == -1 ? fail_nomem(why) : 0;
}

int
series_read(struct series *s, struct shelf *shelf, const struct party *y, struct fail *why)
{
	struct buf heads = {0};
	int rc = add_heads(y, &heads, why);

	if (rc == 0 && s->shelf == shelf && s->changes == shelf->changes && s->heads.len == heads.len &&
	    memcmp(s->heads.p, heads.p, heads.len) == 0) {
		buf_fini(&heads);
		return 0;
	}
	buf_fini(&s->heads);
	s->heads = heads;
	s->shelf = shelf;
	s->reads++;
	s->n = 0;
	for (size_t i = 0; i < y->n && rc == 0; i++) {
		if (is_new_head(y, i))
			rc = read_head(s, y, i, why);
	}
	s->changes = shelf->changes;
	if (rc == -1)
		s->shelf = NULL;
	else if (s->n > 1)
		qsort(s->v, s->n, sizeof(*s->v), by_number);
	return rc;
}

size_t
series_begin(const struct series *s, unsigned k)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->v[middle].k < k)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
series_begins(const struct series *s, size_t i, const struct variant *head)
{
	const char *rest;
	unsigned k;

	return read_number(s->shelf, head, shelf_text(s->shelf, s->v[i].at), &k, &rest) && k == s->v[i].k;
}

int
series_add(struct series *s, struct series_file file, struct fail *why)
{
	struct series_file *v = array_room(s->v, &s->cap, s->n, sizeof(*v));
	size_t i;

	if (v == NULL)
		return fail_nomem(why);
	s->v = v;
	i = series_begin(s, file.k);
	memmove(&v[i + 1], &v[i], (s->n - i) * sizeof(*v));
	v[i] = file;
	s->n++;
	s->changes = s->shelf->changes;
	return 0;
}

size_t
series_end(const struct series *s, size_t i)
{
	unsigned k = s->v[i].k;

	while (i < s->n && s->v[i].k == k)
		i++;
	return i;
}

unsigned
series_free(const struct series *s, unsigned least)
{
	for (size_t i = series_begin(s, least); i < s->n && s->v[i].k <= least; i++)
		least += s->v[i].k == least;
	return least;
}
