/*
 * One table says what a box means and how its text is wrapped, another what a key means.  In an item list the names of
 * the first table stand for the same things, but all values are wrapped alike, in a data box.
 */
#include "format/userdata.h"

#include <math.h>
#include <string.h>

#include "format/bmff.h"
#include "media/src.h"
#include "run/json.h"

/* What a box or key says: a field of the record, or one of these. */
enum { PLACE = MEDIA_FIELDS, CREATIONDATE, USERDATE, KEEPS_UTC };

enum wrapping {
	QUICKTIME, /* size, language, text; once for each language */
	ASSET,     /* version and flags, packed language, text */
	LOCATION,  /* 3GPP's loci */
	MAKER,     /* plain text, or behind six bytes of version and language */
	PLAIN,
	PRESENCE
};

#define COPYRIGHT_SIGN(a, b, c) BMFF_TYPE(0xa9, a, b, c)

static const struct box {
	uint32_t type;
	enum wrapping wrapping;
	int what;
} boxes[] = {
    {COPYRIGHT_SIGN('m', 'a', 'k'), QUICKTIME, MEDIA_MAKE},
    {COPYRIGHT_SIGN('m', 'o', 'd'), QUICKTIME, MEDIA_MODEL},
    {COPYRIGHT_SIGN('s', 'w', 'r'), QUICKTIME, MEDIA_SOFTWARE},
    {COPYRIGHT_SIGN('n', 'a', 'm'), QUICKTIME, MEDIA_TITLE},
    {COPYRIGHT_SIGN('d', 'e', 's'), QUICKTIME, MEDIA_DESCRIPTION},
    {COPYRIGHT_SIGN('A', 'R', 'T'), QUICKTIME, MEDIA_ARTIST},
    {COPYRIGHT_SIGN('a', 'u', 't'), QUICKTIME, MEDIA_ARTIST},
    {COPYRIGHT_SIGN('c', 'p', 'y'), QUICKTIME, MEDIA_COPYRIGHT},
    {COPYRIGHT_SIGN('d', 'a', 'y'), QUICKTIME, USERDATE},
    {COPYRIGHT_SIGN('x', 'y', 'z'), QUICKTIME, PLACE},
    {BMFF_TYPE('t', 'i', 't', 'l'), ASSET, MEDIA_TITLE},
    {BMFF_TYPE('d', 's', 'c', 'p'), ASSET, MEDIA_DESCRIPTION},
    {BMFF_TYPE('a', 'u', 't', 'h'), ASSET, MEDIA_ARTIST},
    {BMFF_TYPE('c', 'p', 'r', 't'), ASSET, MEDIA_COPYRIGHT},
    {BMFF_TYPE('l', 'o', 'c', 'i'), LOCATION, PLACE},
    {BMFF_TYPE('d', 'e', 's', 'c'), PLAIN, MEDIA_DESCRIPTION},
    {BMFF_TYPE('d', 'a', 't', 'e'), PLAIN, USERDATE},
    {BMFF_TYPE('m', 'a', 'n', 'u'), MAKER, MEDIA_MAKE},
    {BMFF_TYPE('m', 'o', 'd', 'l'), MAKER, MEDIA_MODEL},
    {BMFF_TYPE('s', 'm', 't', 'a'), PRESENCE, KEEPS_UTC}, /* Samsung's */
    {BMFF_TYPE('s', 'm', 'r', 'd'), PRESENCE, KEEPS_UTC},
    {BMFF_TYPE('S', 'D', 'L', 'N'), PRESENCE, KEEPS_UTC},
};

static const struct {
	const char *name;
	int what;
	bool android; /* whose headers are in UTC */
} known_keys[] = {
    {"com.apple.quicktime.make", MEDIA_MAKE, false},
    {"com.apple.quicktime.model", MEDIA_MODEL, false},
    {"com.apple.quicktime.software", MEDIA_SOFTWARE, false},
    {"com.apple.quicktime.creationdate", CREATIONDATE, false},
    {"com.apple.quicktime.location.ISO6709", PLACE, false},
    {"com.apple.quicktime.content.identifier", MEDIA_CONTENT_ID, false},
    {"com.apple.quicktime.title", MEDIA_TITLE, false},
    {"com.apple.quicktime.description", MEDIA_DESCRIPTION, false},
    {"com.apple.quicktime.artist", MEDIA_ARTIST, false},
    {"com.apple.quicktime.author", MEDIA_ARTIST, false},
    {"com.apple.quicktime.copyright", MEDIA_COPYRIGHT, false},
    {"com.apple.quicktime.camera.lens_model", MEDIA_LENS, false},
    {"com.apple.quicktime.camera.focal_length.35mm_equivalent", MEDIA_FOCAL35, false},
    {"com.android.version", KEEPS_UTC, true},
    {"com.android.manufacturer", MEDIA_MAKE, true},
    {"com.android.model", MEDIA_MODEL, true},
};

enum { NO_KEY = 0xff };

static const struct box *
find_box(uint32_t type)
{
	for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++)
		if (boxes[i].type == type)
			return &boxes[i];
	return NULL;
}

bool
userdata_known(uint32_t type)
{
	return find_box(type) != NULL;
}

static bool
take_digits(const uint8_t **p, const uint8_t *end, int *count, double *value)
{
	*count = 0;
	for (*value = 0; *p < end && **p >= '0' && **p <= '9'; (*p)++, (*count)++)
		*value = *value * 10 + (**p - '0');
	return *count > 0 && *count <= 15;
}

/* A signed decimal number; *whole tells how many digits stand before its point. */
static bool
take_decimal(const uint8_t **p, const uint8_t *end, int *whole, double *out)
{
	double value, fraction;
	bool negative;
	int digits;

	if (*p == end || (**p != '+' && **p != '-'))
		return false;
	negative = *(*p)++ == '-';
	if (!take_digits(p, end, whole, &value))
		return false;
	if (*p < end && **p == '.') {
		++*p;
		if (take_digits(p, end, &digits, &fraction))
			value += fraction / pow(10, digits);
		else if (digits > 0)
			return false;
	}
	*out = negative ? -value : value;
	return true;
}

/* DD, DDMM or DDMMSS with a fraction of the last, a digit more for the longitude. */
static bool
take_degrees(const uint8_t **p, const uint8_t *end, int degree_digits, double *out)
{
	double value, degrees, minutes, seconds;
	int whole;

	if (!take_decimal(p, end, &whole, &value))
		return false;
	if (whole <= degree_digits) {
		*out = value;
		return true;
	}
	if (whole != degree_digits + 2 && whole != degree_digits + 4)
		return false;
	seconds = whole == degree_digits + 4 ? fmod(fabs(value), 100) : 0;
	minutes = whole == degree_digits + 4 ? trunc(fabs(value) / 100) : fabs(value);
	degrees = trunc(minutes / 100);
	minutes = fmod(minutes, 100);
	if (minutes >= 60 || seconds >= 60)
		return false;
	*out = copysign(degrees + minutes / 60 + seconds / 3600, value);
	return true;
}

bool
userdata_place(const uint8_t *text, size_t len, struct movie_place *out)
{
	const uint8_t *p = text, *end = text + len;
	struct movie_place place = {.rank = out->rank, .alt_m = NAN};
	int whole;

	while (p < end && *p == ' ')
		p++;
	if (!take_degrees(&p, end, 2, &place.lat) || !take_degrees(&p, end, 3, &place.lon))
		return false;
	if (p < end && (*p == '+' || *p == '-') && !take_decimal(&p, end, &whole, &place.alt_m))
		return false;
	if (p < end && *p != '/' && *p != ' ' && *p != '\0' && *p != 'C') /* CRSWGS_84/ */
		return false;
	*out = place;
	return true;
}

static void
note_place(struct movie *m, enum movie_rank rank, const uint8_t *text, size_t len)
{
	struct movie_place place = {.rank = rank};

	if (userdata_place(text, len, &place))
		movie_place(m, &place);
	else if (len > 0 && text[0] != '\0')
		media_warn(m->info, FAIL_FORMAT, "a position that is not written as ISO 6709 was passed over");
}

static void
note(struct movie *m, int what, enum movie_rank rank, enum movie_encoding encoding, const uint8_t *text, size_t len)
{
	struct movie_text kind = {.rank = rank, .encoding = encoding};

	if (what < MEDIA_FIELDS) {
		kind.field = (enum media_field)what;
		movie_text(m, &kind, text, len);
	} else if (encoding == MOVIE_UTF16BE || encoding == MOVIE_UTF16LE) {
		return;
	} else if (what == PLACE) {
		note_place(m, rank, text, len);
	} else if (what == CREATIONDATE) {
		movie_creationdate(m, text, len);
	} else if (what == USERDATE) {
		movie_userdate(m, rank, text, len);
	}
}

/* Macintosh language codes whose script is Roman; for others there is no telling what the bytes mean. */
static bool
is_roman(unsigned language)
{
	return language <= 9 || language == 13 || language == 34;
}

/*
 * The first language that says anything.  By the specification a size includes its own four bytes; nearly all writers
 * leave them out.  Language codes from 0x400 on mean Unicode, lower ones the encodings of old Macintoshes; many write
 * UTF-8 with these, too.
 */
static void
note_international(struct movie *m, const struct box *box, const uint8_t *p, size_t len)
{
	enum movie_encoding encoding = MOVIE_UTF8;
	size_t size;
	unsigned language;

	for (; len >= 4; p += 4 + size, len -= 4 + size) {
		size = src_be16(p);
		language = src_be16(p + 2);
		if (size > len - 4)
			size = len - 4;
		if (size == 0)
			continue;
		if (size >= 2 && p[4] == 0xfe && p[5] == 0xff) {
			encoding = MOVIE_UTF16BE;
		} else if (language < 0x400 && !json_is_utf8((const char *)p + 4, size)) {
			if (!is_roman(language)) {
				media_warn(m->info, FAIL_FORMAT,
				    "a text in the encoding of language %u was passed over", language);
				continue;
			}
			encoding = MOVIE_MACROMAN;
		}
		note(m, box->what, MOVIE_USERDATA, encoding, p + 4, size);
		return;
	}
}

/* Text as 3GPP writes it: UTF-16 behind a byte order mark, else UTF-8, ended by a NUL.  Returns its whole length. */
static size_t
asset_text(const uint8_t *p, size_t len, enum movie_encoding *encoding, size_t *text_len)
{
	const uint8_t *nul;
	size_t i;

	*encoding = MOVIE_UTF8;
	if (len >= 2 && ((p[0] == 0xfe && p[1] == 0xff) || (p[0] == 0xff && p[1] == 0xfe))) {
		*encoding = p[0] == 0xfe ? MOVIE_UTF16BE : MOVIE_UTF16LE;
		for (i = 0; i + 2 <= len && (p[i] != 0 || p[i + 1] != 0); i += 2)
			;
		*text_len = i;
		return i + 2 <= len ? i + 2 : len;
	}
	nul = len > 0 ? memchr(p, '\0', len) : NULL;
	*text_len = nul != NULL ? (size_t)(nul - p) : len;
	return nul != NULL ? *text_len + 1 : len;
}

static void
note_asset(struct movie *m, const struct box *box, const uint8_t *p, size_t len)
{
	enum movie_encoding encoding;
	size_t text_len;

	if (len < 6)
		return;
	asset_text(p + 6, len - 6, &encoding, &text_len);
	note(m, box->what, MOVIE_3GP, encoding, p + 6, text_len);
}

static double
fixed(const uint8_t *p)
{
	return (int32_t)src_be32(p) / 65536.0;
}

/* Name, role, longitude, latitude, altitude. */
static void
note_location(struct movie *m, const uint8_t *p, size_t len)
{
	struct movie_place place = {.rank = MOVIE_3GP};
	enum movie_encoding encoding;
	size_t text_len, skip;

	if (len < 6)
		return;
	skip = 6 + asset_text(p + 6, len - 6, &encoding, &text_len) + 1;
	if (len < skip || len - skip < 12) {
		media_warn(m->info, FAIL_FORMAT, "a position that ends too early was passed over");
		return;
	}
	place.lon = fixed(p + skip);
	place.lat = fixed(p + skip + 4);
	place.alt_m = fixed(p + skip + 8);
	movie_place(m, &place);
}

static void
note_maker(struct movie *m, const struct box *box, const uint8_t *p, size_t len)
{
	const uint8_t *nul;

	if (len >= 6 && src_be32(p) == 0) {
		p += 6;
		len -= 6;
	}
	nul = len > 0 ? memchr(p, '\0', len) : NULL;
	note(m, box->what, MOVIE_USERDATA, MOVIE_UTF8, p, nul != NULL ? (size_t)(nul - p) : len);
}

void
userdata_box(struct movie *m, uint32_t type, const uint8_t *body, size_t len)
{
	const struct box *box = find_box(type);

	if (box == NULL)
		return;
	switch (box->wrapping) {
	case QUICKTIME:
		note_international(m, box, body, len);
		break;
	case ASSET:
		note_asset(m, box, body, len);
		break;
	case LOCATION:
		note_location(m, body, len);
		break;
	case MAKER:
		note_maker(m, box, body, len);
		break;
	case PLAIN:
		note(m, box->what, MOVIE_USERDATA, MOVIE_UTF8, body, len);
		break;
	case PRESENCE:
		m->keeps_utc = true;
		break;
	}
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
userdata_keys(struct userdata_keys *keys, const uint8_t *body, size_t len)
{
	size_t at = 8, size;
	uint32_t count;

	keys->n = 0;
	if (len < 8)
		return true;
	for (count = src_be32(body + 4); count > 0 && len - at >= 8; count--, at += size) {
		size = src_be32(body + at);
		if (size < 8 || size > len - at)
			break;
		if (keys->n == USERDATA_KEYS_MAX)
			return false;
		keys->key[keys->n++] = find_key(body + at + 8, size - 8);
	}
	return true;
}

bool
userdata_has_key(const struct userdata_keys *keys, uint32_t type)
{
	return type >= 1 && type <= keys->n && keys->key[type - 1] != NO_KEY;
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
		if (src_be32(p + 4) != BMFF_TYPE('d', 'a', 't', 'a') || size < 16)
			continue;
		*out = (struct data){.type = src_be32(p + 8) & 0xffffff, .p = p + 16, .len = size - 16};
		return true;
	}
	return false;
}

/* Type codes of the QuickTime File Format Specification, table 3-5. */
static bool
data_encoding(const struct data *d, enum movie_encoding *encoding)
{
	*encoding = d->type == 2 || d->type == 5 ? MOVIE_UTF16BE : MOVIE_UTF8;
	return d->type == 0 || d->type == 1 || d->type == 4 || *encoding == MOVIE_UTF16BE;
}

/* A big-endian integer of 1 to 4 bytes, signed or not: good enough for lengths in millimetres. */
static double
data_integer(const struct data *d)
{
	uint32_t v = 0;
	bool integer =
	    d->type == 21 || d->type == 22 || (d->type >= 65 && d->type <= 67) || (d->type >= 75 && d->type <= 77);

	if (!integer || d->len < 1 || d->len > 4 || (d->p[0] & 0x80) != 0)
		return 0;
	for (size_t i = 0; i < d->len; i++)
		v = v << 8 | d->p[i];
	return v;
}

void
userdata_item(
    struct movie *m, const struct userdata_keys *keys, bool in_track, uint32_t type, const uint8_t *body, size_t len)
{
	enum movie_rank rank = in_track ? MOVIE_TRACK : MOVIE_KEYS;
	enum movie_encoding encoding;
	const struct box *box;
	struct data data;
	int what;

	if (!find_data(body, len, &data))
		return;
	if (userdata_has_key(keys, type)) {
		what = known_keys[keys->key[type - 1]].what;
		m->keeps_utc = m->keeps_utc || known_keys[keys->key[type - 1]].android;
	} else if ((box = find_box(type)) != NULL) {
		what = box->what;
		rank = in_track ? MOVIE_TRACK : MOVIE_ITEMS;
	} else {
		return;
	}
	if (what == MEDIA_FOCAL35 && m->focal35_mm <= 0)
		m->focal35_mm = data_integer(&data);
	else if (what != MEDIA_FOCAL35 && what != KEEPS_UTC && data_encoding(&data, &encoding))
		note(m, what, rank, encoding, data.p, data.len);
}
