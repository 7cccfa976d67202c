#include "place/remove/safe.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "place/content/match.h"

#define PAIRS_MAX 65536 /* a MiB; what comes later takes the place of others */

void
safe_init(struct safe *s, struct scratch_pool *scratch_pool)
{
	*s = (struct safe){.scratch_pool = scratch_pool};
	pthread_mutex_init(&s->lock, NULL);
}

void
safe_fini(struct safe *s)
{
	pthread_mutex_destroy(&s->lock);
	free(s->pairs);
}

static uint64_t
number_of(struct scratch *scratch, const struct removal *r)
{
	struct fail why;
	struct digests got;

	if (digest_start(scratch->digest, 1u << DIGEST_XXH128, &why) == -1)
		return 0;
	digest_update(scratch->digest, r->path, strlen(r->path) + 1);
	digest_update(scratch->digest, r->to, strlen(r->to));
	return digest_final(scratch->digest, &got, &why) == 0 ? (uint64_t)digest_prefix(&got, DIGEST_XXH128) : 0;
}

/* As it is now.  Returns false where that cannot be had. */
static bool
look(struct safe *s, const struct removal *r, struct safe_pair *pair)
{
	struct fail why;
	struct scratch *scratch = scratch_take(s->scratch_pool, &why);
	struct stat st;

	if (scratch == NULL)
		return false;
	pair->names = number_of(scratch, r);
	scratch_return(s->scratch_pool, scratch);
	if (pair->names == 0 || fstatat(r->dirfd, r->path, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return false;
	pair->mark = match_mark(&st);
	return true;
}

void
safe_note(struct safe *s, const struct removal *r)
{
	struct safe_pair pair;

	if (!look(s, r, &pair))
		return;
	pthread_mutex_lock(&s->lock);
	if (s->pairs == NULL)
		s->pairs = calloc(PAIRS_MAX, sizeof *s->pairs);
	if (s->pairs != NULL)
		s->pairs[pair.names % PAIRS_MAX] = pair;
	pthread_mutex_unlock(&s->lock);
}

bool
safe_has(struct safe *s, const struct removal *r)
{
	const struct safe_pair *known;
	struct safe_pair pair;
	bool has;

	if (!look(s, r, &pair))
		return false;
	pthread_mutex_lock(&s->lock);
	known = s->pairs != NULL ? &s->pairs[pair.names % PAIRS_MAX] : NULL;
	has = known != NULL && known->names == pair.names && known->mark == pair.mark;
	pthread_mutex_unlock(&s->lock);
	return has;
}
