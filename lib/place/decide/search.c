/*
 * Most names are free or hold the content: one look, and nothing is remembered.  Only a name that holds something else
 * gets a list in the cache, by which the files behind it need neither be looked at nor read again.
 */
#include "place/decide/search.h"

#include <string.h>
#include <unistd.h>

#include "place/decide/dryrun.h"
#include "place/name/variant.h"

#define XXH128_ONLY (1u << DIGEST_XXH128)

static int
key_of(const struct search *q, struct path path, uint8_t key[PATH_KEY], struct fail *why)
{
	return path_key(path, q->p->lib.folds, q->scratch->digest, key, why);
}

/* ---- one variant ---- */

/* A symbolic link to the same file is the same content. */
static bool
is_our_link(struct search *q)
{
	struct buf *scratch = &q->scratch->text;
	char *to;

	if (q->link == NULL || !S_ISLNK(q->found.st_mode))
		return false;
	buf_clear(scratch, SIZE_MAX);
	if ((to = buf_reserve(scratch, q->link->len + 1)) == NULL)
		return false;
	return readlinkat(q->dirfd, q->name.p, to, q->link->len + 1) == (ssize_t)q->link->len &&
	       memcmp(to, q->link->p, q->link->len) == 0;
}

/* What a dry run has left at the name; MATCH_SIZE where the disk tells. */
static enum match
look_in_dryrun(const struct search *q, struct fail *why)
{
	const struct digests none = {0};
	uint8_t key[PATH_KEY];

	if (q->dryrun == NULL)
		return MATCH_SIZE;
	if (key_of(q, search_path(q), key, why) == -1)
		return MATCH_ERROR;
	return dryrun_look(q->dryrun, key, q->itself ? &none : q->content, why);
}

static enum match
look_on_disk(struct search *q, struct fail *why)
{
	enum match match = MATCH_FREE;

	if (q->dirfd != -1)
		match = match_name(q->dirfd, q->name.p, q->source, &q->found, why);
	if (match == MATCH_OTHER && is_our_link(q))
		match = MATCH_FILE;
	return match;
}

/* What stands at the k-th name, which becomes q->name. */
static enum match
look(struct search *q, unsigned k, struct fail *why)
{
	enum match match;

	q->k = k;
	buf_clear(&q->name, SIZE_MAX);
	memset(&q->found, 0, sizeof(q->found));
	if (variant_name(&(struct variant){q->at.name, q->stem, q->max}, k, &q->name) == -1) {
		fail_nomem(why);
		return MATCH_ERROR;
	}
	if ((match = look_in_dryrun(q, why)) == MATCH_SIZE)
		match = look_on_disk(q, why);
	return match == MATCH_FREE && k < q->unseen ? MATCH_OTHER : match;
}

static void
learn(struct cache_file *file, const struct digests *holds)
{
	file->digested = holds->mask & XXH128_ONLY;
	memcpy(file->xxh128, holds->bytes[DIGEST_XXH128], sizeof(file->xxh128));
}

/* After MATCH_SIZE: whether the file holds the content; fills what the cache lacks. */
static enum match
compare(struct search *q, struct cache_file *file, struct fail *why)
{
	uint64_t mark = match_mark(&q->found);
	struct digests holds;
	enum match match;

	if (q->itself)
		return MATCH_OTHER;
	if (q->content->mask == 0)
		return MATCH_SIZE;
	if (q->seen == mark)
		return MATCH_FILE;
	if (file->digested && file->mark == mark && q->content->mask == XXH128_ONLY)
		return memcmp(file->xxh128, q->content->bytes[DIGEST_XXH128], CONTENTS_KEY) == 0 ? MATCH_FILE
												 : MATCH_OTHER;
	match = match_content(q->scratch, (struct match_at){q->dirfd, q->name.p, &q->found}, q->content, &holds, why);
	file->mark = mark;
	learn(file, &holds);
	if (!file->digested)
		file->size = CACHE_NO_FILE; /* it cannot be read: once is enough */
	return match;
}

/* ---- all variants ---- */

static struct cache_file
file_of(const struct stat *st)
{
	return (struct cache_file){
	    .size = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : CACHE_NO_FILE,
	    .inode = (uint64_t)st->st_ino,
	};
}

/* Whether the file at a name that is known may be what is looked for. */
static bool
may_be(const struct search *q, const struct cache_file *file)
{
	if (file->inode == (uint64_t)q->source->st_ino)
		return true;
	if (file->size == CACHE_NO_FILE)
		return q->link != NULL || q->dryrun != NULL;
	if (q->itself || file->size != (uint64_t)q->source->st_size)
		return false;
	return !file->digested || q->content->mask == 0 ||
	       memcmp(file->xxh128, q->content->bytes[DIGEST_XXH128], CONTENTS_KEY) == 0;
}

/* Look at all variants that may be it, from the first; what the cache lacks is added. */
static enum match
walk(struct search *q, struct cache_list *list, struct fail *why)
{
	for (unsigned k = 0; k <= SEARCH_NUMBERS; k++) {
		bool known = k < list->n;
		struct cache_file file = {.size = CACHE_NO_FILE};
		enum match match;

		if (known && !may_be(q, &list->files[k]))
			continue;
		if ((match = look(q, k, why)) == MATCH_ERROR || (match == MATCH_FREE && !known))
			return match;
		if (match == MATCH_FREE) { /* it has gone; its name is left alone */
			list->files[k] = file;
			continue;
		}
		file = file_of(&q->found);
		if (!known && cache_add(&q->p->cache, list, &file, why) == -1)
			return MATCH_ERROR;
		if (match == MATCH_SIZE)
			match = compare(q, &list->files[k], why);
		if (match != MATCH_OTHER)
			return match;
	}
	fail_set(why, FAIL_LIMIT, "rename", "%u other files have this name already", SEARCH_NUMBERS);
	return MATCH_ERROR;
}

enum match
search_variants(struct search *q, struct fail *why)
{
	enum match match = look(q, 0, why);
	struct cache_file first = file_of(&q->found);
	uint8_t key[PATH_KEY];
	struct cache_list *list;

	if (match == MATCH_FREE || match == MATCH_FILE || match == MATCH_ERROR)
		return match;
	if (key_of(q, q->at, key, why) == -1)
		return MATCH_ERROR;
	if (q->first_only || (list = cache_acquire(&q->p->cache, key, false)) == NULL) {
		if (match == MATCH_SIZE)
			match = compare(q, &first, why);
		if (match != MATCH_OTHER || q->first_only)
			return match;
		/* It holds something else: from here on its variants are remembered. */
		if ((list = cache_acquire(&q->p->cache, key, true)) == NULL) {
			fail_nomem(why);
			return MATCH_ERROR;
		}
	}
	if (list->n == 0 && cache_add(&q->p->cache, list, &first, why) == -1)
		match = MATCH_ERROR;
	else
		match = walk(q, list, why);
	cache_release(&q->p->cache, list);
	return match;
}

enum match
search_at(struct search *q, unsigned k, struct fail *why)
{
	enum match match = look(q, k, why);
	struct cache_file file = file_of(&q->found);

	return match == MATCH_SIZE ? compare(q, &file, why) : match;
}

/* ---- changes ---- */

int
search_took(struct search *q, const struct stat *st, struct fail *why)
{
	struct cache_file file = {.size = (uint64_t)q->source->st_size};
	struct cache_list *list;
	uint8_t key[PATH_KEY];
	int rc = 0;

	if (q->dryrun != NULL &&
	    (key_of(q, search_path(q), key, why) == -1 || dryrun_set(q->dryrun, key, q->content, why) == -1))
		return -1;
	if (q->k == 0)
		return 0;
	if (key_of(q, q->at, key, why) == -1)
		return -1;
	if ((list = cache_acquire(&q->p->cache, key, false)) == NULL)
		return 0;
	if (st != NULL) {
		file = file_of(st);
		file.mark = match_mark(st);
	}
	learn(&file, q->content);
	if (list->n == q->k)
		rc = cache_add(&q->p->cache, list, &file, why);
	cache_release(&q->p->cache, list);
	return rc;
}

int
search_freed(struct search *q, struct path old, struct fail *why)
{
	struct buf first = {0};
	uint8_t key[PATH_KEY];
	int rc = 0;

	if (key_of(q, old, key, why) == -1 || (q->dryrun != NULL && dryrun_set(q->dryrun, key, NULL, why) == -1))
		return -1;
	if (old.name.len + 3 >= q->p->lib.name_max) { /* a variant of a name that may be longer */
		cache_forget(&q->p->cache, NULL);
		return 0;
	}
	cache_forget(&q->p->cache, key);
	if (variant_first(old.name, &first)) {
		old.name = buf_slice(&first);
		if ((rc = key_of(q, old, key, why)) == 0)
			cache_forget(&q->p->cache, key);
	}
	buf_fini(&first);
	return rc;
}

void
search_fini(struct search *q)
{
	buf_fini(&q->name);
}
