#include "meta/listing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/hash.h"
#include "file/hidden.h"
#include "media/media.h"

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

static struct slice
key_of(const struct groupname *name)
{
	return (struct slice){name->key, name->key_len};
}

/* A picture's or film's key as it reads alone. */
static int
add_picture(struct listing *l, const struct groupname *read, size_t at)
{
	struct listing_entry *v = array_room(l->picture, &l->pictures_cap, l->npictures, sizeof(*v));

	if (v == NULL)
		return -1;
	l->picture = v;
	l->picture[l->npictures++] = (struct listing_entry){hash_key(key_of(read)), (uint32_t)at};
	return 0;
}

/* Appends a name, and what it is called while it lies aside. */
static int
add_name(struct listing *l, char mark, struct slice name, const char *hidden)
{
	uint32_t *v = array_room(l->name, &l->cap, l->n, sizeof(*v));

	if (v == NULL)
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

int
listing_add(struct listing *l, const char *name, bool is_file)
{
	struct slice own = hidden_own(name);
	char mark = !is_file ? NO_FILE : own.p != name ? ASIDE : PLAIN;
	struct groupname read;

	if (!groupname_alone(own, &read) || (!is_file && read.role != GROUP_SIDECAR))
		return 0;
	l->full = strlen(name) + own.len + 3 > LISTING_SIZE - l->text.len;
	if (l->full || add_name(l, mark, own, name) == -1)
		return -1;
	return l->keys && !group_is_companion(read.role) ? add_picture(l, &read, l->name[l->n - 1]) : 0;
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
	return l->text.cap + l->cap * sizeof(*l->name) + (l->keys ? l->n : 0) * sizeof(*l->key) +
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

static bool
has_picture(const struct listing *l, uint64_t hash, const struct groupname_need *need)
{
	for (size_t i = find_hash(l->picture, l->npictures, hash); i < l->npictures && l->picture[i].hash == hash;
	     i++) {
		if (groupname_meets(slice_of(l->text.p + l->picture[i].at), need))
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
	hash = hash_key(key_of(out));
	return has_picture(home, hash, &any) || !has_picture(l, hash, &any);
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

static int
find_keys(struct listing *l, const struct listing *home)
{
	struct groupname read;

	if ((l->key = malloc(l->n * sizeof(*l->key))) == NULL)
		return -1;
	for (size_t i = 0; i < l->n; i++) {
		const char *name = l->text.p + l->name[i];
		bool away = home != NULL && listing_read_away(l, home, slice_of(name), &read);

		if (name[-1] != NO_FILE && (away || listing_read(l, slice_of(name), &read)))
			l->key[l->nkeys++] = (struct listing_entry){hash_member(key_of(&read), away), l->name[i]};
	}
	qsort(l->key, l->nkeys, sizeof(*l->key), compare_entries);
	return 0;
}

int
listing_seal(struct listing *l, const struct listing *home)
{
	if (l->n == 0)
		return 0;
	qsort_r(l->name, l->n, sizeof(*l->name), compare_names, l->text.p);
	if (l->npictures > 0)
		qsort(l->picture, l->npictures, sizeof(*l->picture), compare_entries);
	return l->keys ? find_keys(l, home) : 0;
}

/* ---- questions ---- */

static int
compare_pointers(const void *a, const void *b)
{
	return compare_strings(*(const char *const *)a, *(const char *const *)b);
}

size_t
listing_members(const struct listing *l, struct slice key, bool away, const char **names, size_t max)
{
	uint64_t hash = hash_member(key, away);
	size_t first = find_hash(l->key, l->nkeys, hash), n = 0;

	for (; first + n < l->nkeys && l->key[first + n].hash == hash; n++) {
		if (n < max)
			names[n] = l->text.p + l->key[first + n].at;
	}
	qsort(names, n < max ? n : max, sizeof(*names), compare_pointers);
	return n;
}

const char *
listing_walk(const struct listing *l, size_t i)
{
	return i < l->n ? l->text.p + l->name[i] : NULL;
}

/* The first name that is not before `prefix`. */
static size_t
find_prefix(const struct listing *l, struct slice prefix)
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
	for (size_t i = find_prefix(l, beginning); (name = listing_walk(l, i)) != NULL; i++) {
		const char *extension = name + beginning.len;

		if (strncmp(name, prefix, beginning.len) != 0)
			break;
		if (strcasecmp(extension, "xmp") == 0)
			found = listing_real(name); /* small letters stand behind capitals */
		*raw |= media_extension_is_raw(extension, strlen(extension));
	}
	return found;
}
