#include "place/content/cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void
cache_init(struct cache *c)
{
	memset(c, 0, sizeof(*c));
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->released, NULL);
}

/* Where the pointer to a key's list is, or would be. */
static struct cache_list **
seek(struct cache *c, const uint8_t key[PATH_KEY])
{
	struct cache_list **at = &c->lists[(key[0] | (unsigned)key[1] << 8) % CACHE_LISTS];

	while (*at != NULL && memcmp((*at)->key, key, PATH_KEY) != 0)
		at = &(*at)->next;
	return at;
}

static void
drop(struct cache *c, struct cache_list **at)
{
	struct cache_list *list = *at;

	*at = list->next;
	c->nfiles -= list->n;
	free(list->files);
	free(list);
}

static void
drop_idle(struct cache *c)
{
	for (size_t i = 0; i < CACHE_LISTS; i++) {
		struct cache_list **at = &c->lists[i];

		while (*at != NULL) {
			if ((*at)->busy)
				at = &(*at)->next;
			else
				drop(c, at);
		}
	}
}

void
cache_fini(struct cache *c)
{
	drop_idle(c);
	pthread_cond_destroy(&c->released);
	pthread_mutex_destroy(&c->lock);
}

static struct cache_list *
list_new(const uint8_t key[PATH_KEY])
{
	struct cache_list *list = calloc(1, sizeof(*list));

	if (list != NULL)
		memcpy(list->key, key, PATH_KEY);
	return list;
}

struct cache_list *
cache_acquire(struct cache *c, const uint8_t key[PATH_KEY], bool make)
{
	struct cache_list **at, *list;

	pthread_mutex_lock(&c->lock);
	while (*(at = seek(c, key)) != NULL && (*at)->busy)
		pthread_cond_wait(&c->released, &c->lock);
	if (*at == NULL && make)
		*at = list_new(key);
	if ((list = *at) != NULL)
		list->busy = true;
	pthread_mutex_unlock(&c->lock);
	return list;
}

void
cache_release(struct cache *c, struct cache_list *list)
{
	pthread_mutex_lock(&c->lock);
	list->busy = false;
	pthread_cond_broadcast(&c->released);
	pthread_mutex_unlock(&c->lock);
}

int
cache_add(struct cache *c, struct cache_list *list, const struct cache_file *file, struct fail *why)
{
	struct cache_file *files = array_room(list->files, &list->cap, list->n, sizeof(*files));

	if (files == NULL)
		return fail_nomem(why);
	list->files = files;
	list->files[list->n++] = *file;
	pthread_mutex_lock(&c->lock);
	if (++c->nfiles > CACHE_FILES)
		drop_idle(c);
	pthread_mutex_unlock(&c->lock);
	return 0;
}

void
cache_forget(struct cache *c, const uint8_t *key)
{
	struct cache_list **at;

	pthread_mutex_lock(&c->lock);
	if (key == NULL)
		drop_idle(c);
	else if (*(at = seek(c, key)) != NULL && !(*at)->busy)
		drop(c, at);
	pthread_mutex_unlock(&c->lock);
}
