#include "meta/group/ids.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/hash.h"

#define TABLES 8 /* listings, the last that were asked for */

/* Of each name of a listing, in its order: the hash of its identifier, 0 for none. */
struct table {
	uint64_t listing;
	size_t n;
	uint64_t *hash;
	bool known[2]; /* of pictures; of films */
	unsigned long used;
};

struct ids {
	pthread_mutex_t lock; /* guards all; held while files are read, so that a folder is read once */
	struct table table[TABLES];
	unsigned long clock;
};

struct ids *
ids_new(void)
{
	struct ids *ids = calloc(1, sizeof(*ids));

	if (ids != NULL)
		pthread_mutex_init(&ids->lock, NULL);
	return ids;
}

static void
empty(struct table *t)
{
	free(t->hash);
	*t = (struct table){0};
}

void
ids_free(struct ids *ids)
{
	if (ids == NULL)
		return;
	for (size_t i = 0; i < TABLES; i++)
		empty(&ids->table[i]);
	pthread_mutex_destroy(&ids->lock);
	free(ids);
}

static bool
is_of(const struct table *t, const struct ids_search *q)
{
	return t->hash != NULL && t->listing == q->names->serial;
}

/* The listing's table, or an empty one in the place of that which was not used for longest.  NULL: ENOMEM. */
static struct table *
take(struct ids *ids, const struct ids_search *q)
{
	struct table *t = &ids->table[0];

	for (size_t i = 0; i < TABLES; i++) {
		if (is_of(&ids->table[i], q))
			return &ids->table[i];
		if (ids->table[i].used < t->used)
			t = &ids->table[i];
	}
	empty(t);
	t->listing = q->names->serial;
	t->n = q->names->n;
	t->hash = calloc(t->n > 0 ? t->n : 1, sizeof(*t->hash));
	return t->hash != NULL ? t : NULL;
}

static bool
is_asked(const char *name, bool films)
{
	struct groupname read;

	return groupname_alone(slice_of(name), &read) && !group_is_companion(read.role) &&
	       (read.role == GROUP_FILM) == films;
}

/* Reads all films, or all pictures, of a folder. */
static int
fill(struct table *t, struct seen *seen, struct seen_reader *r, const struct ids_search *q, struct fail *why)
{
	struct buf path = {0};
	struct shot shot;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < t->n; i++) {
		const char *name = listing_walk(q->names, i);

		if (!is_asked(name, q->films))
			continue;
		buf_clear(&path, SIZE_MAX);
		buf_add(&path, q->folder.p, q->folder.len);
		if (buf_adds(&path, listing_real(name)) == -1)
			rc = fail_nomem(why);
		else if ((rc = seen_look(seen, r, path.p, &shot, why)) == 0) {
			t->hash[i] = shot.content_id.len > 0 ? hash_bytes(HASH_START, shot.content_id) : 0;
			shot_fini(&shot);
		}
	}
	buf_fini(&path);
	t->known[q->films] = rc == 0;
	return rc;
}

int
ids_match(struct ids *ids, struct seen *seen, struct seen_reader *r, const struct ids_search *q, const char **found,
    size_t max, size_t *n, struct fail *why)
{
	uint64_t hash = hash_bytes(HASH_START, q->content_id);
	struct table *t;
	int rc = 0;

	*n = 0;
	pthread_mutex_lock(&ids->lock);
	if ((t = take(ids, q)) == NULL)
		rc = fail_nomem(why);
	else if (!t->known[q->films])
		rc = fill(t, seen, r, q, why);
	for (size_t i = 0; rc == 0 && i < t->n && *n < max; i++) {
		if (t->hash[i] == hash && is_asked(listing_walk(q->names, i), q->films))
			found[(*n)++] = listing_walk(q->names, i);
	}
	if (rc == 0)
		t->used = ++ids->clock;
	pthread_mutex_unlock(&ids->lock);
	return rc;
}
