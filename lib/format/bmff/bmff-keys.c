/*
 * A key is known by its place in the keys box; items name that place.  Items without keys have the names that user
 * data has.  All values are wrapped alike, in a data box.
 */
#include "format/bmff/userdata.h"

#include <string.h>

#include "format/bmff/box.h"
#include "media/src.h"

#define APPLE "com.apple.quicktime."

static const struct {
	const char *name;
	int what;
	bool android; /* whose headers are in UTC */
} known_keys[] = {
    {APPLE "make", MEDIA_MAKE, false},
    {APPLE "model", MEDIA_MODEL, false},
    {APPLE "software", MEDIA_SOFTWARE, false},
    {APPLE "creationdate", USERDATA_CREATIONDATE, false},
    {APPLE "location.ISO6709", USERDATA_PLACE, false},
    {APPLE "content.identifier", MEDIA_CONTENT_ID, false},
    {APPLE "title", MEDIA_TITLE, false},
    {APPLE "displayname", USERDATA_DISPLAYNAME, false},
    {APPLE "description", MEDIA_DESCRIPTION, false},
    {APPLE "artist", MEDIA_ARTIST, false},
    {APPLE "author", USERDATA_AUTHOR, false},
    {APPLE "copyright", MEDIA_COPYRIGHT, false},
    {APPLE "keywords", MEDIA_KEYWORDS, false},
    {APPLE "rating.user", MEDIA_RATING, false},
    {APPLE "camera.lens_model", MEDIA_LENS, false},
    {APPLE "camera.focal_length.35mm_equivalent", MEDIA_FOCAL35, false},
    {"com.android.version", USERDATA_KEEPS_UTC, true},
    {"com.android.manufacturer", MEDIA_MAKE, true},
    {"com.android.model", MEDIA_MODEL, true},
    {"creation_time", USERDATA_DATE, false}, /* ffmpeg's, and so on */
    {"title", MEDIA_TITLE, false},
    {"artist", MEDIA_ARTIST, false},
    {"description", MEDIA_DESCRIPTION, false},
    {"copyright", MEDIA_COPYRIGHT, false},
};

enum { NO_KEY = 0xff };

void
userdata_no_keys(struct userdata_keys *keys)
{
	keys->n = 0;
	buf_clear(&keys->names, USERDATA_TEXT_MAX);
}

void
userdata_fini(struct userdata_keys *keys)
{
	buf_fini(&keys->names);
}

static uint8_t
find_key(const uint8_t *name, size_t len)
{
	for (size_t i = 0; i < sizeof known_keys / sizeof known_keys[0]; i++)
		if (strlen(known_keys[i].name) == len && memcmp(known_keys[i].name, name, len) == 0)
			return (uint8_t)i;
	return NO_KEY;
}

bool
userdata_keys(struct userdata_keys *keys, const uint8_t *body, size_t len, bool tags)
{
	size_t at = 8, size;
	struct userdata_key key;
	bool all = true;

	userdata_no_keys(keys);
	if (len < 8)
		return true;
	for (uint32_t count = src_be32(body + 4), i = 1; i <= count && len - at >= 8; i++, at += size) {
		size = src_be32(body + at);
		if (size < 8 || size > len - at)
			break;
		key = (struct userdata_key){i, find_key(body + at + 8, size - 8), keys->names.len};
		if (key.known == NO_KEY && !tags)
			continue;
		if (keys->n >= (key.known == NO_KEY ? USERDATA_KEYS_MAX / 2 : USERDATA_KEYS_MAX))
			all = false;
		else if (tags &&
			 (buf_add(&keys->names, body + at + 8, size - 8) == -1 || buf_addc(&keys->names, 0) == -1))
			return false;
		else
			keys->key[keys->n++] = key;
	}
	return all;
}

/* The key of an item; NULL for none that has anything for us. */
static const struct userdata_key *
key_of(const struct userdata_keys *keys, uint32_t type)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (keys->key[i].index == type)
			return &keys->key[i];
	}
	return NULL;
}

bool
userdata_has_key(const struct userdata_keys *keys, uint32_t type)
{
	return key_of(keys, type) != NULL;
}

static bool
begins(const char *text, const char *with, const char **rest)
{
	size_t len = strlen(with);

	if (strncmp(text, with, len) != 0)
		return false;
	*rest = text + len;
	return true;
}

/* The words of a key, as a tag is named: com.apple.quicktime.camera.lens_model is CameraLensModel. */
static void
key_name(const char *key, char *out, size_t size)
{
	static const char *const renamed[][2] = {{"creationdate", "CreationDate"},
	    {"location.ISO6709", "GPSCoordinates"}, {"displayname", "DisplayName"}, {"camera.lens_model", "LensModel"},
	    {"camera.focal_length.35mm_equivalent", "FocalLengthIn35mmFormat"}, {"android.manufacturer", "AndroidMake"},
	    {"android.capture.fps", "AndroidCaptureFPS"}};
	bool begin = true;
	size_t n = 0;

	if (!begins(key, APPLE, &key))
		begins(key, "com.", &key);
	for (size_t i = 0; i < sizeof renamed / sizeof renamed[0]; i++) {
		if (strcmp(key, renamed[i][0]) == 0) {
			strcpy(out, renamed[i][1]);
			return;
		}
	}
	for (; *key != '\0' && n + 1 < size; key++) {
		bool part = *key == '.' || *key == '_' || *key == ' ';

		if (!part)
			out[n++] = begin && *key >= 'a' && *key <= 'z' ? (char)(*key - 'a' + 'A') : *key;
		begin = part;
	}
	out[n] = '\0';
}

struct data {
	uint32_t type;
	const uint8_t *p;
	size_t len;
};

/* The first data box of an item. */
static bool
find_data(const uint8_t *p, size_t len, struct data *out)
{
	size_t size;

	for (; len >= 16; p += size, len -= size) {
		size = src_be32(p);
		if (size < 8 || size > len)
			return false;
		if (src_be32(p + 4) != BOX_TYPE('d', 'a', 't', 'a') || size < 16)
			continue;
		*out = (struct data){.type = src_be32(p + 8) & 0xffffff, .p = p + 16, .len = size - 16};
		return true;
	}
	return false;
}

/* iTunes numbers the genres in two bytes, and does not say that they are a number. */
static bool
is_implied(const struct data *d)
{
	return d->type == 0 && d->len == 2 && d->p[0] == 0;
}

/* Type codes of the QuickTime File Format Specification, table 3-5. */
static bool
data_encoding(const struct data *d, enum movie_encoding *encoding)
{
	*encoding = d->type == 2 || d->type == 5 ? MOVIE_UTF16BE : MOVIE_UTF8;
	return (d->type == 0 && !is_implied(d)) || d->type == 1 || d->type == 4 || *encoding == MOVIE_UTF16BE;
}

/* A big-endian integer of 1 to 4 bytes, signed or not, or a float.  False: it is none of these. */
static bool
data_number(const struct data *d, double *out)
{
	bool is_signed = d->type == 21 || (d->type >= 65 && d->type <= 67);
	bool integer = is_signed || d->type == 22 || (d->type >= 75 && d->type <= 77) || is_implied(d);
	uint32_t v = 0, top;
	uint64_t bits;
	float single;

	if (d->type == 23 && d->len == 4) {
		v = src_be32(d->p);
		memcpy(&single, &v, sizeof single);
		*out = single;
		return true;
	}
	if (d->type == 24 && d->len == 8) {
		bits = src_be64(d->p);
		memcpy(out, &bits, sizeof *out);
		return true;
	}
	if (!integer || d->len < 1 || d->len > 4)
		return false;
	for (size_t i = 0; i < d->len; i++)
		v = v << 8 | d->p[i];
	top = (uint32_t)1 << (8 * d->len - 1);
	*out = is_signed && (v & top) != 0 ? (double)v - 2.0 * top : v;
	return true;
}

static void
note_number(struct movie *m, int what, enum movie_rank rank, const struct data *d)
{
	double v;

	if (!data_number(d, &v))
		return;
	if (what == MEDIA_FOCAL35 && m->focal35_mm <= 0 && v > 0)
		m->focal35_mm = v;
	else if (what == MEDIA_RATING && rank < m->rating_rank && v >= 0 && v <= 5) {
		m->rating = v;
		m->rating_rank = rank;
	}
}

/* The name of an item's tag. */
static const char *
item_name(const struct userdata_keys *keys, const struct userdata_key *key, uint32_t type, char *scratch, size_t size)
{
	if (key == NULL)
		return userdata_box_name(type);
	if (keys->names.len == 0)
		return NULL;
	key_name(keys->names.p + key->name, scratch, size);
	return scratch;
}

void
userdata_item(struct movie *m, const struct userdata_keys *keys, const char *group, uint32_t type, const uint8_t *body,
    size_t len)
{
	const struct userdata_key *key = key_of(keys, type);
	struct userdata_text t = {.what = USERDATA_NOTHING, .rank = key != NULL ? MOVIE_KEYS : MOVIE_ITEMS};
	struct data data;
	char name[64];
	double v;

	if (!find_data(body, len, &data) || (key == NULL && !userdata_known(type, true)))
		return;
	if (key != NULL && key->known != NO_KEY) {
		t.what = known_keys[key->known].what;
		m->keeps_utc = m->keeps_utc || known_keys[key->known].android;
	} else if (key == NULL) {
		t.what = userdata_box_what(type);
	}
	if (group != NULL)
		t.rank = MOVIE_TRACK;
	t.group = group != NULL ? group : key != NULL ? "Keys" : "ItemList";
	t.name = item_name(keys, key, type, name, sizeof name);
	t.p = data.p;
	t.len = data.len;
	if (data_number(&data, &v) && t.name != NULL)
		movie_tag_number(m, t.group, t.name, v);
	if (t.what == MEDIA_FOCAL35 || t.what == MEDIA_RATING)
		note_number(m, t.what, t.rank, &data);
	else if (data_encoding(&data, &t.encoding))
		userdata_note(m, &t);
}
