#include "meta/listing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/hash.h"
#include "media/media.h"

static uint64_t
hash_key(struct slice key)
{
	return hash_bytes(HASH_START, key);
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

int
listing_add(struct listing *l, const char *name)
{
	size_t len = strlen(name), at = l->text.len;
	struct groupname read;

	if (!groupname_alone((struct slice){name, len}, &read))
		return 0;
	l->full = len >= LISTING_SIZE - at;
	if (l->full || buf_add(&l->text, name, len + 1) == -1)
		return -1;
	l->n++;
	return l->keys && !group_is_companion(read.role) ? add_picture(l, &read, at) : 0;
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
	return l->text.cap + l->n * sizeof(*l->name) + (l->keys ? l->n : 0) * sizeof(*l->key) +
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
has_extension(const char *name, struct slice extension)
{
	const char *own = media_extension(name);

	return own != NULL && strlen(own) == extension.len && strncasecmp(own, extension.p, extension.len) == 0;
}

static bool
has_picture(const struct listing *l, uint64_t hash, struct slice extension)
{
	for (size_t i = find_hash(l->picture, l->npictures, hash); i < l->npictures && l->picture[i].hash == hash;
	     i++) {
		if (extension.len == 0 || has_extension(l->text.p + l->picture[i].at, extension))
			return true;
	}
	return false;
}

/* Two folders that make one. */
struct both {
	const struct listing *own, *home;
};

static bool
has(void *arg, struct slice key, struct slice extension)
{
	const struct both *both = arg;
	uint64_t hash = hash_key(key);

	return has_picture(both->own, hash, extension) ||
	       (both->home != NULL && has_picture(both->home, hash, extension));
}

bool
listing_read(const struct listing *l, const struct listing *home, struct slice name, struct groupname *out)
{
	struct both both = {l, home};

	return groupname_read(name, has, &both, out);
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

static int
compare_names(const void *a, const void *b, void *text)
{
	const char *names = text;

	return strcmp(names + *(const uint32_t *)a, names + *(const uint32_t *)b);
}

static int
sort_names(struct listing *l)
{
	size_t i = 0;

	if ((l->name = malloc(l->n * sizeof(*l->name))) == NULL)
		return -1;
	for (const char *p = l->text.p; i < l->n; p += strlen(p) + 1)
		l->name[i++] = (uint32_t)(p - l->text.p);
	qsort_r(l->name, l->n, sizeof(*l->name), compare_names, l->text.p);
	return 0;
}

static int
find_keys(struct listing *l, const struct listing *home)
{
	struct groupname read;

	if ((l->key = malloc(l->n * sizeof(*l->key))) == NULL)
		return -1;
	for (size_t i = 0; i < l->n; i++) {
		listing_read(l, home, slice_of(l->text.p + l->name[i]), &read);
		l->key[i] = (struct listing_entry){hash_key(key_of(&read)), l->name[i]};
	}
	qsort(l->key, l->n, sizeof(*l->key), compare_entries);
	return 0;
}

int
listing_seal(struct listing *l, const struct listing *home)
{
	if (l->n == 0)
		return 0;
	if (sort_names(l) == -1)
		return -1;
	if (l->npictures > 0)
		qsort(l->picture, l->npictures, sizeof(*l->picture), compare_entries);
	return l->keys ? find_keys(l, home) : 0;
}

/* ---- questions ---- */

static int
compare_pointers(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t
listing_members(const struct listing *l, struct slice key, const char **names, size_t max)
{
	uint64_t hash = hash_key(key);
	size_t first = find_hash(l->key, l->n, hash), n = 0;

	for (; first + n < l->n && l->key[first + n].hash == hash; n++) {
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
			found = name; /* small letters stand behind capitals */
		*raw |= media_extension_is_raw(extension, strlen(extension));
	}
	return found;
}
