/* cache -- what is known of the variants of a name, within its bound. */
#include <string.h>

#include "place/content/cache.h"
#include "tap.h"

static void
key_of(unsigned n, uint8_t key[PATH_KEY])
{
	memset(key, 0, PATH_KEY);
	key[0] = (uint8_t)n;
}

static void
test_cache(void)
{
	enum { LISTS = 12, FILES = CACHE_FILES / 10 };
	struct cache s;
	struct cache_list *list;
	struct cache_file file = {.size = 1};
	struct fail why = {0};
	uint8_t key[PATH_KEY];
	bool good = true;
	unsigned kept = 0;

	cache_init(&s);
	key_of(1, key);
	tap_ok(cache_acquire(&s, key, false) == NULL, "an empty cache has no list");
	for (unsigned n = 0; n < LISTS && good; n++) {
		key_of(n, key);
		good = (list = cache_acquire(&s, key, true)) != NULL && list->n == 0;
		for (unsigned i = 0; i < FILES && good; i++)
			good = cache_add(&s, list, &file, &why) == 0;
		cache_release(&s, list);
	}
	tap_ok(good && s.nfiles <= CACHE_FILES, "it forgets rather than grow beyond its bound: %zu", s.nfiles);
	for (unsigned n = 0; n < LISTS; n++) {
		key_of(n, key);
		if ((list = cache_acquire(&s, key, false)) == NULL)
			continue;
		kept++;
		good &= list->n == FILES;
		cache_release(&s, list);
	}
	tap_ok(good && kept > 0 && kept < LISTS, "a list is forgotten whole: %u are left", kept);
	key_of(LISTS - 1, key);
	cache_forget(&s, key);
	tap_ok(cache_acquire(&s, key, false) == NULL, "a name can be forgotten");
	cache_forget(&s, NULL);
	tap_ok(s.nfiles == 0, "and all of them");
	cache_fini(&s);
}

int
main(void)
{
	test_cache();
	return tap_done();
}
