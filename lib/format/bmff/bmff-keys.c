/*
 * A key is known by its place in the keys box; items name that place.  Items without keys have the names that user
 * data has.  All values are wrapped alike, in a data box.
 *
 * Source: QuickTime File Format Specification (Apple 2012), "Metadata".
 */
#include <string.h>

#include "format/bmff/bmff.h"

#define APPLE "com.apple.quicktime."

static const struct {
	const char *name;
	int what;
	bool android; /* whose headers are in UTC */
} known_keys[] = {
    {APPLE "make", MEDIA_MAKE, false},
    {APPLE "model", MEDIA_MODEL, false},
    {APPLE "software", MEDIA_SOFTWARE, false},
    {APPLE "creationdate", MOVIE_CREATIONDATE, false},
    {APPLE "location.ISO6709", MOVIE_POSITION, false},
    {APPLE "content.identifier", MEDIA_CONTENT_ID, false},
    {APPLE "title", MEDIA_TITLE, false},
    {APPLE "displayname", MOVIE_DISPLAYNAME, false},
    {APPLE "description", MEDIA_DESCRIPTION, false},
    {APPLE "artist", MEDIA_ARTIST, false},
    {APPLE "author", MOVIE_AUTHOR, false},
    {APPLE "copyright", MEDIA_COPYRIGHT, false},
    {APPLE "keywords", MEDIA_KEYWORDS, false},
    {APPLE "rating.user", MEDIA_RATING, false},
    {APPLE "camera.lens_model", MEDIA_LENS, false},
    {APPLE "camera.focal_length.35mm_equivalent", MEDIA_FOCAL35, false},
    {"com.android.version", MOVIE_KEEPS_UTC, true},
    {"com.android.manufacturer", MEDIA_MAKE, true},
    {"com.android.model", MEDIA_MODEL, true},
    {"creation_time", MOVIE_DATE, false}, /* ffmpeg's, and so on */
    {"title", MEDIA_TITLE, false},
    {"artist", MEDIA_ARTIST, false},
    {"description", MEDIA_DESCRIPTION, false},
    {"copyright", MEDIA_COPYRIGHT, false},
};

enum { NO_KEY = 0xff, NAME_SIZE = 64 };

void
bmff_no_keys(struct bmff *f)
{
	f->keys.n = 0;
	buf_clear(&f->keys.names, BMFF_TEXT_MAX);
}

static uint8_t
find_key(const uint8_t *name, size_t len)
{
	for (size_t i = 0; i < sizeof known_keys / sizeof known_keys[0]; i++)
		if (strlen(known_keys[i].name) == len && memcmp(known_keys[i].name, name, len) == 0)
			return (uint8_t)i;
	return NO_KEY;
}

/* Half of the room is for those alone that mean anything to us.  False: there is none. */
static bool
add_key(struct bmff *f, uint32_t index, const uint8_t *name, size_t len)
{
	struct bmff_keys *keys = &f->keys;
	struct bmff_key key = {index, find_key(name, len), keys->names.len};
	bool tags = f->r->info->tags != NULL;

	if (key.known == NO_KEY && !tags)
		return true;
	if (keys->n >= (key.known == NO_KEY ? BMFF_KEYS_MAX / 2 : BMFF_KEYS_MAX))
		return false;
	if (tags && (buf_add(&keys->names, name, len) == -1 || buf_addc(&keys->names, 0) == -1))
		reader_nomem(f->r);
	else
		keys->key[keys->n++] = key;
	return true;
}

void
bmff_keys(struct bmff *f, const struct box *b)
{
	size_t len, size, at = 8;
	const uint8_t *p = bmff_text(f, b, &len);
	uint32_t count;
	bool all = true;

	if (p == NULL)
		return;
	bmff_no_keys(f);
	count = len >= 8 ? src_be32(p + 4) : 0;
	for (uint32_t i = 1; i <= count && len - at >= 8 && !f->r->failed; i++, at += size) {
		size = src_be32(p + at);
		if (size < 8 || size > len - at)
			break;
		all &= add_key(f, i, p + at + 8, size - 8);
	}
	if (!all)
		media_warn(f->r->info, FAIL_LIMIT, "only the first %u metadata keys were read", BMFF_KEYS_MAX);
}

/* The key of an item; NULL for none that has anything for us. */
static const struct bmff_key *
key_of(const struct bmff_keys *keys, uint32_t type)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (keys->key[i].index == type)
			return &keys->key[i];
	}
	return NULL;
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
static const char *
key_name(const char *key, char out[NAME_SIZE])
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
		if (strcmp(key, renamed[i][0]) == 0)
			return renamed[i][1];
	}
	for (; *key != '\0' && n + 1 < NAME_SIZE; key++) {
		bool part = *key == '.' || *key == '_' || *key == ' ';

		if (!part)
			out[n++] = begin && *key >= 'a' && *key <= 'z' ? (char)(*key - 'a' + 'A') : *key;
		begin = part;
	}
	out[n] = '\0';
	return out;
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
note_number(struct movie *m, const struct movie_text *t, const struct data *d)
{
	double v;

	if (!data_number(d, &v))
		return;
	if (t->name != NULL)
		movie_tag_number(m, t->group, t->name, v);
	if (t->what == MEDIA_RATING)
		movie_rating(m, t->rank, v);
	else if (t->what == MEDIA_FOCAL35 && m->focal35_mm <= 0 && v > 0)
		m->focal35_mm = v;
}

/* NULL: of the movie.  An item lies in a list in a meta box, and that perhaps in a track. */
static const char *
track_of(const struct bmff *f)
{
	if (box_outer(&f->boxes, 2) != BOX_TYPE('t', 'r', 'a', 'k'))
		return NULL;
	return f->track.handler == BOX_TYPE('v', 'i', 'd', 'e') ? "VideoKeys" : "AudioKeys";
}

/* What an item says, and its tag, for whose name there is room in `name`.  False: it has nothing for us. */
static bool
find_meaning(struct bmff *f, uint32_t type, struct movie_text *t, char name[NAME_SIZE])
{
	const struct bmff_key *key = key_of(&f->keys, type);
	const char *track = track_of(f);

	*t = (struct movie_text){.what = MOVIE_NOTHING, .rank = MOVIE_ITEMS, .group = "ItemList"};
	if (key != NULL) {
		t->rank = MOVIE_KEYS;
		t->group = "Keys";
		if (key->known != NO_KEY)
			t->what = known_keys[key->known].what;
		if (f->keys.names.len > 0)
			t->name = key_name(f->keys.names.p + key->name, name);
	} else if (!bmff_userdata_item(f, type, t)) {
		return false;
	}
	if (track != NULL) {
		t->rank = MOVIE_TRACK;
		t->group = track;
	}
	return true;
}

void
bmff_item(struct bmff *f, const struct box *b)
{
	const struct bmff_key *key = key_of(&f->keys, b->type);
	char name[NAME_SIZE];
	struct movie_text t;
	struct data data;
	const uint8_t *p;
	size_t len;

	if (!find_meaning(f, b->type, &t, name) || (p = bmff_text(f, b, &len)) == NULL || !find_data(p, len, &data))
		return;
	if (key != NULL && key->known != NO_KEY)
		f->movie.keeps_utc |= known_keys[key->known].android;
	note_number(&f->movie, &t, &data);
	t.p = data.p;
	t.len = data.len;
	if (t.what != MEDIA_FOCAL35 && t.what != MEDIA_RATING && data_encoding(&data, &t.encoding))
		movie_text(&f->movie, &t);
}
