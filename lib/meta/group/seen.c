#include "meta/group/seen.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define BUCKETS 1024

struct entry {
	struct entry *next;          /* of its bucket */
	struct entry *older, *newer; /* by when it was asked for */
	char *path;
	bool reading;
	struct shot shot;
	struct facts *whole; /* for its own record; or NULL */
};

struct seen {
	pthread_mutex_t lock; /* guards all */
	pthread_cond_t read;  /* one has been read */
	struct entry *bucket[BUCKETS];
	struct entry *oldest, *newest;
	size_t n, nwhole, whole_size;
};

struct seen *
seen_new(void)
{
	struct seen *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->read, NULL);
	return s;
}

/* ---- the table ---- */

static struct entry **
seek(struct seen *s, const char *path)
{
	struct entry **at = &s->bucket[hash_bytes(HASH_START, slice_of(path)) % BUCKETS];

	while (*at != NULL && strcmp((*at)->path, path) != 0)
		at = &(*at)->next;
	return at;
}

static void
unlink_age(struct seen *s, struct entry *e)
{
	*(e->older != NULL ? &e->older->newer : &s->oldest) = e->newer;
	*(e->newer != NULL ? &e->newer->older : &s->newest) = e->older;
}

static void
link_newest(struct seen *s, struct entry *e)
{
	e->newer = NULL;
	e->older = s->newest;
	*(s->newest != NULL ? &s->newest->newer : &s->oldest) = e;
	s->newest = e;
}

static struct facts *
take_whole(struct seen *s, struct entry *e)
{
	struct facts *f = e->whole;

	if (f == NULL)
		return NULL;
	e->whole = NULL;
	s->nwhole--;
	s->whole_size -= facts_memory(f);
	return f;
}

static void
drop(struct seen *s, struct entry *e)
{
	*seek(s, e->path) = e->next;
	unlink_age(s, e);
	s->n--;
	facts_free(take_whole(s, e));
	shot_fini(&e->shot);
	free(e->path);
	free(e);
}

/* Forgets the oldest beyond what may be kept. */
static void
forget(struct seen *s)
{
	struct entry *next;

	for (struct entry *e = s->oldest; e != NULL; e = next) {
		next = e->newer;
		if (e->reading)
			continue;
		if (s->n > SEEN_SHOTS)
			drop(s, e);
		else if (s->nwhole > SEEN_WHOLE || s->whole_size > SEEN_WHOLE_SIZE)
			facts_free(take_whole(s, e));
		else
			break;
	}
}

void
seen_free(struct seen *s)
{
	if (s == NULL)
		return;
	while (s->oldest != NULL)
		drop(s, s->oldest);
	pthread_cond_destroy(&s->read);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* A new entry, which this worker is to read.  NULL: ENOMEM. */
static struct entry *
add(struct seen *s, const char *path)
{
	struct entry *e = calloc(1, sizeof(*e));

	if (e == NULL || (e->path = strdup(path)) == NULL) {
		free(e);
		return NULL;
	}
	e->reading = true;
	*seek(s, path) = e;
	link_newest(s, e);
	s->n++;
	return e;
}

/* The entry of a file that has been read, or a new one with *mine.  The lock is held.  NULL: ENOMEM. */
static struct entry *
claim(struct seen *s, const char *path, bool *mine)
{
	struct entry *e;

	*mine = false;
	while ((e = *seek(s, path)) != NULL && e->reading)
		pthread_cond_wait(&s->read, &s->lock);
	if (e == NULL) {
		*mine = true;
		return add(s, path);
	}
	unlink_age(s, e);
	link_newest(s, e);
	return e;
}

/* ---- reading ---- */

/* Whether what could not be read is a file: a link that leads nowhere, or to itself, is none. */
static bool
is_file(const struct fail *why)
{
	return why->code == FAIL_SYSTEM && why->errnum != ENOENT && why->errnum != EISDIR && why->errnum != ELOOP;
}

/* What cannot be read is tried once more: a fault that passes would let a file belong to others than it does. */
static int
read_twice(struct seen_reader *r, const char *path, struct facts *out, struct fail *why)
{
	int rc = r->read(r->arg, path, out, why);

	return rc == -1 && is_file(why) && !fail_is_short(why) ? r->read(r->arg, path, out, why) : rc;
}

/* After this worker has read a file: what others wait for.  The lock is held.  Returns 0, or -1 and the entry is gone.
 */
static int
settle(struct seen *s, struct entry *e, const struct facts *facts, int rc, struct fail *why)
{
	e->reading = false;
	pthread_cond_broadcast(&s->read);
	if (rc == 0 && shot_read(&e->shot, facts) == -1)
		rc = fail_nomem(why);
	if (rc == -1 && fail_is_short(why)) {
		drop(s, e);
		return -1;
	}
	if (rc == -1)
		e->shot.is_media = is_file(why); /* what cannot be read belongs to the others all the same */
	return 0;
}

int
seen_take(struct seen *s, struct seen_reader *r, const char *path, struct fail *why)
{
	struct facts *whole = NULL;
	struct entry *e;
	bool mine;
	int rc;

	pthread_mutex_lock(&s->lock);
	if ((e = claim(s, path, &mine)) != NULL)
		whole = take_whole(s, e);
	pthread_mutex_unlock(&s->lock);
	if (e == NULL)
		return fail_nomem(why);
	if (whole != NULL) {
		facts_free(r->spare);
		r->spare = r->facts;
		r->facts = whole;
		return 0;
	}
	rc = read_twice(r, path, r->facts, why);
	if (!mine)
		return rc;
	pthread_mutex_lock(&s->lock);
	if (settle(s, e, r->facts, rc, why) == -1)
		rc = -1;
	forget(s);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

/* Reads a file for another's group, and keeps it for its own record. */
static int
read_ahead(struct seen *s, struct seen_reader *r, struct entry *e, struct fail *why)
{
	struct facts *f = r->spare != NULL ? r->spare : calloc(1, sizeof(*f));
	int read = f != NULL ? read_twice(r, e->path, f, why) : fail_nomem(why), rc;

	r->spare = NULL;
	pthread_mutex_lock(&s->lock);
	rc = settle(s, e, f, read, why);
	if (rc == 0 && read == 0) {
		e->whole = f;
		s->nwhole++;
		s->whole_size += facts_memory(f);
	} else {
		facts_free(f);
	}
	return rc;
}

int
seen_look(struct seen *s, struct seen_reader *r, const char *path, struct shot *out, struct fail *why)
{
	struct entry *e;
	bool mine;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	if ((e = claim(s, path, &mine)) == NULL)
		rc = fail_nomem(why);
	if (mine && e != NULL) {
		pthread_mutex_unlock(&s->lock);
		rc = read_ahead(s, r, e, why); /* takes the lock again */
	}
	if (rc == 0 && shot_copy(out, &e->shot) == -1)
		rc = fail_nomem(why);
	forget(s);
	pthread_mutex_unlock(&s->lock);
	return rc;
}
