/*
 * cache -- what a run has found out about names of which variants are taken, so that the n-th file of a name costs
 * what the second did: each of the library's files is looked at once, and read at most once.
 *
 * It is a hint.  Whoever finds a content here looks whether that file is still the one that was read, and the number
 * behind the last known name is tried by a call that never replaces anything.  The whole is bounded: where it would
 * grow beyond CACHE_FILES, what nobody is reading is forgotten.
 */
#ifndef PLACE_CONTENT_CACHE_H
#define PLACE_CONTENT_CACHE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "place/name/path.h"

#define CACHE_FILES 100000
#define CACHE_NO_FILE UINT64_MAX /* as a size: no regular file */

/* What stands at one name. */
struct cache_file {
	uint64_t size;
	uint64_t inode;
	uint64_t mark; /* match_mark() of the file that was digested */
	uint8_t xxh128[16];
	bool digested;
};

/* A name: its first n variants, which were all taken. */
struct cache_list {
	struct cache_list *next;
	uint8_t key[PATH_KEY];
	bool busy;
	size_t n, cap;
	struct cache_file *files;
};

#define CACHE_LISTS 1024

struct cache {
	pthread_mutex_t lock;
	pthread_cond_t released;
	struct cache_list *lists[CACHE_LISTS]; /* by key */
	size_t nfiles;
};

void cache_init(struct cache *c);
void cache_fini(struct cache *c);

/*
 * cache_acquire() -- the list of a name, for this thread alone until cache_release(); waits for another thread's.
 * NULL where there is none, or, with make, where memory runs out.
 */
struct cache_list *cache_acquire(struct cache *c, const uint8_t key[PATH_KEY], bool make);
void cache_release(struct cache *c, struct cache_list *list);

/* cache_add() -- the next variant of a list that was acquired.  Returns 0 or -1 (ENOMEM). */
int cache_add(struct cache *c, struct cache_list *list, const struct cache_file *file, struct fail *why);

/* cache_forget() -- what is known of a name; with NULL of all that no thread holds. */
void cache_forget(struct cache *c, const uint8_t *key);

#endif
