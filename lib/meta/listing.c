#include "meta/listing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/hash.h"
#include "file/hidden.h"
#include "media/media.h"
#include "meta/takeout/takeoutname.h"

/* What stands before a name in the text. */
#define PLAIN ' '
#define ASIDE '.'
#define NO_FILE '/'

static uint64_t
hash_key(struct slice key)
{
	return hash_bytes(HASH_START, key);
}

/* Those that belong to another folder's pictures are kept apart. */
static uint64_t
hash_member(struct slice key, bool away)
{
	return hash_key(key) + away;
}

/* A name by the key that it reads as alone. */
static int
add_entry(struct listing_entry **v, size_t *cap, size_t *n, const struct groupname *read, size_t at)
{
	struct listing_entry *entry = array_room(*v, cap, *n, sizeof(*entry));

	if (entry == NULL)
		return -1;
	*v = entry;
	entry[(*n)++] = (struct listing_entry){
	    .hash = hash_key(groupname_key(read)),
	    .at = (uint32_t)at,
	    .rule = (uint8_t)(read->beside ? GROUP_RULES : read->rule),
	    .role = (uint8_t)read->role,
	    .first = (uint8_t)read->first,
	    .stem = (uint8_t)read->stem,
	};
	return 0;
}

/* What will be found by its key: every file, and pictures and films once more. */
static int
add_keys(struct listing *l, bool is_file, const struct groupname *read, size_t at)
{
	if (is_file && add_entry(&l->key, &l->keys_cap, &l->nkeys, read, at) == -1)
		return -1;
	return group_is_companion(read->role) ? 0 : add_entry(&l->picture, &l->pictures_cap, &l->npictures, read, at);
}

/* Appends a name, and what it is called while it lies aside. */
static int
add_name(struct listing *l, char mark, struct slice name, const char *hidden)
{
	uint32_t *v;

	l->full = strlen(hidden) + name.len + 3 > LISTING_SIZE - l->text.len;
	if (l->full || (v = array_room(l->name, &l->cap, l->n, sizeof(*v))) == NULL)
		return -1;
	l->name = v;
	buf_addc(&l->text, mark);
	l->name[l->n] = (uint32_t)l->text.len;
	buf_add(&l->text, name.p, name.len);
	buf_addc(&l->text, '\0');
	if (mark == ASIDE)
		buf_add(&l->text, hidden, strlen(hidden) + 1);
	l->n += !l->text.failed;
	return l->text.failed ? -1 : 0;
}

/* What belongs to no group, and may speak of a picture all the same. */
static int
add_export(struct listing *l, char mark, struct slice own, const char *name)
{
	bool json = takeoutname_is_json(own), table = takeoutname_is_table(own);

	if ((json || table) && add_name(l, mark, own, name) == -1)
		return -1;
	l->njsons += json;
	l->ntables += table;
	return 0;
}

int
listing_add(struct listing *l, const char *name, bool is_file)
{
	struct slice own = hidden_own(name);
	char mark = !is_file ? NO_FILE : own.p != name ? ASIDE : PLAIN;
	struct groupname read;

	if (!groupname_alone(own, &read))
		return l->exports && is_file ? add_export(l, mark, own, name) : 0;
	if (!is_file && read.role != GROUP_SIDECAR)
		return 0;
	if (add_name(l, mark, own, name) == -1)
		return -1;
	return l->keys ? add_keys(l, is_file, &read, l->name[l->n - 1]) : 0;
}

const char *
listing_name(const struct listing *l, const struct listing_entry *e)
{
	return l->text.p + e->at;
}

const char *
listing_real(const char *name)
{
	return name[-1] == ASIDE ? name + strlen(name) + 1 : name;
}

void
listing_fini(struct listing *l)
{
	buf_fini(&l->text);
	free(l->name);
	free(l->key);
	free(l->picture);
	*l = (struct listing){0};
}

size_t
listing_memory(const struct listing *l)
{
	return l->text.cap + l->cap * sizeof(*l->name) + l->keys_cap * sizeof(*l->key) +
	       l->pictures_cap * sizeof(*l->picture);
}

/* ---- what is there ---- */

/* The first entry of a hash, or n. */
static size_t
find_hash(const struct listing_entry *v, size_t n, uint64_t hash)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (v[mid].hash < hash)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && v[low].hash == hash ? low : n;
}

/* Of more than a group may have nobody knows who belongs together: they are not looked through for each name. */
static bool
has_picture(const struct listing *l, uint64_t hash, const struct groupname_need *need)
{
	size_t first = find_hash(l->picture, l->npictures, hash), last = first + GROUP_FILES_MAX;

	if (last < l->npictures && l->picture[last].hash == hash)
		return true;
	for (size_t i = first; i < l->npictures && l->picture[i].hash == hash; i++) {
		if (groupname_meets(slice_of(listing_name(l, &l->picture[i])), need))
			return true;
	}
	return false;
}

/* Two folders that make one, or one. */
struct both {
	const struct listing *own, *home;
};

static bool
has(void *arg, struct slice key, const struct groupname_need *need)
{
	const struct both *both = arg;
	uint64_t hash = hash_key(key);

	return has_picture(both->own, hash, need) || (both->home != NULL && has_picture(both->home, hash, need));
}

bool
listing_read(const struct listing *l, struct slice name, struct groupname *out)
{
	struct both own = {l, NULL};

	return groupname_read(name, has, &own, out);
}

bool
listing_read_away(const struct listing *l, const struct listing *home, struct slice name, struct groupname *out)
{
	static const struct groupname_need any = {.extension = {"", 0}};
	struct both both = {l, home};
	uint64_t hash;

	if (!groupname_read(name, has, &both, out) || !group_is_companion(out->role))
		return false;
	hash = hash_key(groupname_key(out));
	return has_picture(home, hash, &any) ||
	       (!has_picture(l, hash, &any) && find_hash(home->key, home->nkeys, hash) < home->nkeys);
}

/* ---- sealing ---- */

static int
compare_entries(const void *a, const void *b)
{
	const struct listing_entry *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void
sort_entries(struct listing_entry *v, size_t n)
{
	if (n > 0)
		qsort(v, n, sizeof(*v), compare_entries);
}

/* Of one name that lies aside, and another file that has it by now, the latter comes first. */
static int
compare_strings(const char *a, const char *b)
{
	int d = strcmp(a, b);

	return d != 0 ? d : (a[-1] == ASIDE) - (b[-1] == ASIDE);
}

static int
compare_names(const void *a, const void *b, void *text)
{
	const char *names = text;

	return compare_strings(names + *(const uint32_t *)a, names + *(const uint32_t *)b);
}

/* Reads those names anew that what lies beside them might make read otherwise. */
static void
find_keys(struct listing *l, const struct listing *home)
{
	struct groupname read;

	for (size_t i = 0; i < l->nkeys; i++) {
		struct listing_entry *e = &l->key[i];
		struct slice name = slice_of(listing_name(l, e));
		bool away = home != NULL && listing_read_away(l, home, name, &read);

		if (away || (e->rule == GROUP_RULES && listing_read(l, name, &read)))
			e->hash = hash_member(groupname_key(&read), away);
	}
}

void
listing_seal(struct listing *l, const struct listing *home)
{
	if (l->n == 0)
		return;
	qsort_r(l->name, l->n, sizeof(*l->name), compare_names, l->text.p);
	sort_entries(l->picture, l->npictures);
	find_keys(l, home);
	sort_entries(l->key, l->nkeys);
}

/* ---- questions ---- */

static int
compare_found(const void *a, const void *b, void *text)
{
	const struct listing_entry *const *x = a, *const *y = b;

	return compare_names(&(*x)->at, &(*y)->at, text);
}

size_t
listing_members(const struct listing *l, struct slice key, bool away, const struct listing_entry **found, size_t max)
{
	uint64_t hash = hash_member(key, away);
	size_t first = find_hash(l->key, l->nkeys, hash), n = 0;

	for (; n <= max && first + n < l->nkeys && l->key[first + n].hash == hash; n++) {
		if (n < max)
			found[n] = &l->key[first + n];
	}
	qsort_r(found, n < max ? n : max, sizeof(*found), compare_found, l->text.p);
	return n;
}

bool
listing_recall(const struct listing_entry *e, struct slice key, struct groupname *out)
{
	if (e->rule == GROUP_RULES)
		return false;
	*out = (struct groupname){.rule = (enum group_rule)e->rule,
	    .role = (enum group_role)e->role,
	    .first = (enum group_role)e->first,
	    .stem = e->stem,
	    .key_len = key.len,
	    .inner = {"", 0}};
	memcpy(out->key, key.p, key.len);
	return true;
}

const char *
listing_walk(const struct listing *l, size_t i)
{
	return i < l->n ? l->text.p + l->name[i] : NULL;
}

size_t
listing_prefix(const struct listing *l, struct slice prefix)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strncmp(l->text.p + l->name[mid], prefix.p, prefix.len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const char *
listing_find(const struct listing *l, struct slice name)
{
	const char *found = listing_walk(l, listing_prefix(l, name));

	return found != NULL && slice_eq(name, found) ? found : NULL;
}

const char *
listing_sidecar(const struct listing *l, struct slice stem, bool *raw)
{
	char prefix[GROUPNAME_MAX + 1];
	struct slice beginning = {prefix, stem.len + 1};
	const char *found = NULL, *name;

	*raw = false;
	if (stem.len >= sizeof(prefix))
		return NULL;
	memcpy(prefix, stem.p, stem.len);
	prefix[stem.len] = '.';
	for (size_t i = listing_prefix(l, beginning); (name = listing_walk(l, i)) != NULL; i++) {
		const char *extension = name + beginning.len;

		if (strncmp(name, prefix, beginning.len) != 0)
			break;
		if (strcasecmp(extension, "xmp") == 0)
			found = listing_real(name); /* small letters stand behind capitals */
		*raw |= media_extension_is_raw(extension, strlen(extension));
	}
	return found;
}
