#include "meta/group/cluster.h"

#include <stdint.h>
#include <strings.h>

#include "media/media.h"

int
cluster_compare(const struct cluster_file *a, const struct cluster_file *b)
{
	int d = slice_compare(a->relative, b->relative);

	return d != 0 ? d : slice_compare(a->name, b->name);
}

/* What matters after whether a date is one: pictures and films, then what was made of them, then companions, those of
 * the pictures' folder first: in it the lead is. */
static int
distance(const struct cluster_file *f)
{
	if (!cluster_is_picture(f))
		return f->part == 0 ? 2 : 3;
	return f->read.role == GROUP_EDIT;
}

/* Whether a leads before b. */
static bool
leads(const struct cluster_file *a, const struct cluster_file *b)
{
	int d;

	if (a->shot.date != b->shot.date)
		return a->shot.date > b->shot.date;
	if (distance(a) != distance(b))
		return distance(a) < distance(b);
	if ((d = shot_precedes(&a->shot, &b->shot)) != 0)
		return d > 0;
	if (a->read.role != b->read.role)
		return a->read.role < b->read.role;
	return cluster_compare(a, b) < 0;
}

static bool
fit(const struct cluster_file *a, const struct cluster_file *b)
{
	return shot_fits(&a->shot, &b->shot, a->read.role != GROUP_FILM && b->read.role != GROUP_FILM);
}

/* ---- pictures and films ---- */

/* Those that fit the one which leads them; the rest in the same way, until all have a lead. */
static void
join_pictures(struct cluster_file *v, size_t n)
{
	for (;;) {
		size_t lead = CLUSTER_NONE;

		for (size_t i = 0; i < n; i++) {
			if (v[i].lead == CLUSTER_NONE && cluster_is_picture(&v[i]) && v[i].shot.is_media &&
			    (lead == CLUSTER_NONE || leads(&v[i], &v[lead])))
				lead = i;
		}
		if (lead == CLUSTER_NONE)
			return;
		for (size_t i = 0; i < n; i++) {
			if (v[i].lead == CLUSTER_NONE && cluster_is_picture(&v[i]) && v[i].shot.is_media &&
			    (i == lead || fit(&v[lead], &v[i])))
				v[i].lead = lead;
		}
	}
}

/* ---- companions ---- */

static bool
has_inner(const struct cluster_file *companion, const struct cluster_file *f)
{
	struct slice inner = companion->read.inner;

	return inner.len > 0 && f->name.len > inner.len && f->name.p[f->name.len - inner.len - 1] == '.' &&
	       strncasecmp(f->name.p + f->name.len - inner.len, inner.p, inner.len) == 0;
}

static bool
has_stem(const struct cluster_file *companion, const struct cluster_file *f)
{
	size_t stem = companion->read.stem;

	return f->read.stem == stem && memcmp(f->name.p, companion->name.p, stem) == 0;
}

/* Whether a companion is a's before b's. */
static bool
owns(const struct cluster_file *companion, const struct cluster_file *a, const struct cluster_file *b)
{
	if (has_stem(companion, a) != has_stem(companion, b))
		return has_stem(companion, a);
	if (has_inner(companion, a) != has_inner(companion, b))
		return has_inner(companion, a);
	if (a->read.role != b->read.role) {
		if (a->read.role == companion->read.first || b->read.role == companion->read.first)
			return a->read.role == companion->read.first;
		return a->read.role < b->read.role;
	}
	return cluster_compare(a, b) < 0;
}

/* Each companion goes with the picture whose it is; without any, all go together. */
static void
join_companions(struct cluster_file *v, size_t n)
{
	size_t first = CLUSTER_NONE;

	for (size_t i = 0; i < n; i++) {
		size_t owner = CLUSTER_NONE;

		if (cluster_is_picture(&v[i]))
			continue;
		for (size_t k = 0; k < n; k++) {
			if (cluster_is_picture(&v[k]) && v[k].lead != CLUSTER_NONE &&
			    (owner == CLUSTER_NONE || owns(&v[i], &v[k], &v[owner])))
				owner = k;
		}
		if (owner == CLUSTER_NONE && first == CLUSTER_NONE)
			first = i;
		v[i].lead = owner == CLUSTER_NONE ? first : v[owner].lead;
	}
}

/* Of each group the best of all, be it a companion: where no picture has a date, a thumbnail's is the film's. */
static void
choose_leads(struct cluster_file *v, size_t n)
{
	for (size_t seed = 0; seed < n; seed++) {
		size_t lead = seed;

		if (v[seed].lead != seed)
			continue;
		for (size_t i = 0; i < n; i++) {
			if (v[i].lead == seed && leads(&v[i], &v[lead]))
				lead = i;
		}
		for (size_t i = 0; lead != seed && i < n; i++) {
			if (v[i].lead == seed)
				v[i].lead = lead;
		}
	}
}

void
cluster_files(struct cluster_file *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i].lead = CLUSTER_NONE;
	join_pictures(v, n);
	join_companions(v, n);
	choose_leads(v, n);
}
