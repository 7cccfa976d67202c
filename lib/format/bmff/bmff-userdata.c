/*
 * One table says what a box means and how its text is wrapped, another what a key means.  In an item list the names of
 * the first table stand for the same things, but all values are wrapped alike, in a data box.
 */
#include "format/bmff/userdata.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "format/bmff/box.h"
#include "media/src.h"
#include "media/text.h"

enum wrapping {
	QUICKTIME, /* size, language, text; once for each language */
	ASSET,     /* version and flags, packed language, text */
	LOCATION,  /* 3GPP's loci */
	MAKER,     /* plain text, or behind six bytes of version and language */
	PLAIN,
	SAMSUNG, /* boxes again, of which one is the model's name */
	PRESENCE
};

#define COPYRIGHT_SIGN(a, b, c) BOX_TYPE(0xa9, a, b, c)

static const struct known {
	uint32_t type;
	enum wrapping wrapping;
	int what;
	const char *name; /* of the tag */
} boxes[] = {
    {COPYRIGHT_SIGN('m', 'a', 'k'), QUICKTIME, MEDIA_MAKE, "Make"},
    {COPYRIGHT_SIGN('m', 'o', 'd'), QUICKTIME, MEDIA_MODEL, "Model"},
    {COPYRIGHT_SIGN('s', 'w', 'r'), QUICKTIME, MEDIA_SOFTWARE, "SoftwareVersion"},
    {COPYRIGHT_SIGN('n', 'a', 'm'), QUICKTIME, MEDIA_TITLE, "Title"},
    {COPYRIGHT_SIGN('d', 'e', 's'), QUICKTIME, MEDIA_DESCRIPTION, "Description"},
    {COPYRIGHT_SIGN('A', 'R', 'T'), QUICKTIME, MEDIA_ARTIST, "Artist"},
    {COPYRIGHT_SIGN('a', 'u', 't'), QUICKTIME, USERDATA_AUTHOR, "Author"},
    {COPYRIGHT_SIGN('c', 'p', 'y'), QUICKTIME, MEDIA_COPYRIGHT, "Copyright"},
    {COPYRIGHT_SIGN('d', 'a', 'y'), QUICKTIME, USERDATA_DATE, "ContentCreateDate"},
    {COPYRIGHT_SIGN('x', 'y', 'z'), QUICKTIME, USERDATA_PLACE, "GPSCoordinates"},
    {COPYRIGHT_SIGN('k', 'e', 'y'), QUICKTIME, MEDIA_KEYWORDS, "Keywords"},
    {BOX_TYPE('t', 'i', 't', 'l'), ASSET, MEDIA_TITLE, "Title"},
    {BOX_TYPE('d', 's', 'c', 'p'), ASSET, MEDIA_DESCRIPTION, "Description"},
    {BOX_TYPE('a', 'u', 't', 'h'), ASSET, MEDIA_ARTIST, "Author"},
    {BOX_TYPE('p', 'e', 'r', 'f'), ASSET, USERDATA_AUTHOR, "Performer"},
    {BOX_TYPE('c', 'p', 'r', 't'), ASSET, MEDIA_COPYRIGHT, "Copyright"},
    {BOX_TYPE('l', 'o', 'c', 'i'), LOCATION, USERDATA_PLACE, "LocationInformation"},
    {BOX_TYPE('d', 'e', 's', 'c'), PLAIN, MEDIA_DESCRIPTION, "Description"},
    {BOX_TYPE('k', 'e', 'y', 'w'), PLAIN, MEDIA_KEYWORDS, "Keywords"},
    {BOX_TYPE('d', 'a', 't', 'e'), PLAIN, USERDATA_DATE, "DateTimeOriginal"},
    {BOX_TYPE('F', 'I', 'R', 'M'), PLAIN, MEDIA_SOFTWARE, "FirmwareVersion"}, /* GoPro's */
    {BOX_TYPE('C', 'N', 'M', 'N'), PLAIN, MEDIA_MODEL, "Model"},              /* Canon's */
    {BOX_TYPE('C', 'N', 'F', 'V'), PLAIN, MEDIA_SOFTWARE, "FirmwareVersion"},
    {BOX_TYPE('c', 'm', 'n', 'm'), PLAIN, MEDIA_MODEL, "Model"},
    {COPYRIGHT_SIGN('m', 'd', 'l'), PLAIN, MEDIA_MODEL, "Model"}, /* DJI's */
    {BOX_TYPE('@', 'm', 'a', 'k'), PLAIN, MEDIA_MAKE, "Make"},    /* Ricoh's */
    {BOX_TYPE('@', 'm', 'o', 'd'), PLAIN, MEDIA_MODEL, "Model"},
    {BOX_TYPE('@', 's', 'w', 'r'), PLAIN, MEDIA_SOFTWARE, "SoftwareVersion"},
    {BOX_TYPE('@', 'd', 'a', 'y'), PLAIN, USERDATA_DATE, "ContentCreateDate"},
    {BOX_TYPE('@', 'x', 'y', 'z'), PLAIN, USERDATA_PLACE, "GPSCoordinates"},
    {BOX_TYPE('s', 'l', 'n', 'o'), PLAIN, MEDIA_SERIAL, "SerialNumber"},
    {BOX_TYPE('S', 'N', 'u', 'm'), PLAIN, MEDIA_SERIAL, "SerialNumber"}, /* Kodak's */
    {BOX_TYPE('m', 'a', 'n', 'u'), MAKER, MEDIA_MAKE, "Make"},
    {BOX_TYPE('m', 'o', 'd', 'l'), MAKER, MEDIA_MODEL, "Model"},
    {BOX_TYPE('s', 'm', 't', 'a'), SAMSUNG, MEDIA_MODEL, "Model"},
    {BOX_TYPE('s', 'm', 'r', 'd'), PRESENCE, USERDATA_KEEPS_UTC, "SamsungSmrd"},
    {BOX_TYPE('S', 'D', 'L', 'N'), PRESENCE, USERDATA_KEEPS_UTC, "PlayMode"},
};

/* What is no more than a tag. */
static const struct known more[] = {
    {COPYRIGHT_SIGN('a', 'l', 'b'), QUICKTIME, USERDATA_NOTHING, "Album"},
    {COPYRIGHT_SIGN('c', 'm', 't'), QUICKTIME, USERDATA_NOTHING, "Comment"},
    {COPYRIGHT_SIGN('g', 'e', 'n'), QUICKTIME, USERDATA_NOTHING, "Genre"},
    {COPYRIGHT_SIGN('t', 'o', 'o'), QUICKTIME, USERDATA_NOTHING, "Encoder"},
    {COPYRIGHT_SIGN('e', 'n', 'c'), QUICKTIME, USERDATA_NOTHING, "EncoderID"},
    {COPYRIGHT_SIGN('w', 'r', 't'), QUICKTIME, USERDATA_NOTHING, "Composer"},
    {COPYRIGHT_SIGN('d', 'i', 'r'), QUICKTIME, USERDATA_NOTHING, "Director"},
    {COPYRIGHT_SIGN('p', 'r', 'd'), QUICKTIME, USERDATA_NOTHING, "Producer"},
    {COPYRIGHT_SIGN('p', 'r', 'f'), QUICKTIME, USERDATA_NOTHING, "Performers"},
    {COPYRIGHT_SIGN('i', 'n', 'f'), QUICKTIME, USERDATA_NOTHING, "Information"},
    {COPYRIGHT_SIGN('f', 'm', 't'), QUICKTIME, USERDATA_NOTHING, "Format"},
    {COPYRIGHT_SIGN('s', 'r', 'c'), QUICKTIME, USERDATA_NOTHING, "SourceCredits"},
    {COPYRIGHT_SIGN('r', 'e', 'q'), QUICKTIME, USERDATA_NOTHING, "Requirements"},
    {COPYRIGHT_SIGN('h', 's', 't'), QUICKTIME, USERDATA_NOTHING, "HostComputer"},
    {COPYRIGHT_SIGN('g', 'r', 'p'), QUICKTIME, USERDATA_NOTHING, "Grouping"},
    {COPYRIGHT_SIGN('x', 's', 'p'), QUICKTIME, USERDATA_NOTHING, "SpeedX"}, /* DJI's */
    {COPYRIGHT_SIGN('y', 's', 'p'), QUICKTIME, USERDATA_NOTHING, "SpeedY"},
    {COPYRIGHT_SIGN('z', 's', 'p'), QUICKTIME, USERDATA_NOTHING, "SpeedZ"},
    {COPYRIGHT_SIGN('f', 'p', 't'), QUICKTIME, USERDATA_NOTHING, "Pitch"},
    {COPYRIGHT_SIGN('f', 'y', 'w'), QUICKTIME, USERDATA_NOTHING, "Yaw"},
    {COPYRIGHT_SIGN('f', 'r', 'l'), QUICKTIME, USERDATA_NOTHING, "Roll"},
    {COPYRIGHT_SIGN('g', 'p', 't'), QUICKTIME, USERDATA_NOTHING, "CameraPitch"},
    {COPYRIGHT_SIGN('g', 'y', 'w'), QUICKTIME, USERDATA_NOTHING, "CameraYaw"},
    {COPYRIGHT_SIGN('g', 'r', 'l'), QUICKTIME, USERDATA_NOTHING, "CameraRoll"},
    {BOX_TYPE('g', 'n', 'r', 'e'), ASSET, USERDATA_NOTHING, "Genre"},
    {BOX_TYPE('a', 'l', 'b', 'm'), ASSET, USERDATA_NOTHING, "Album"},
    {BOX_TYPE('l', 'd', 'e', 's'), PLAIN, USERDATA_NOTHING, "LongDescription"},
    {BOX_TYPE('a', 'A', 'R', 'T'), PLAIN, USERDATA_NOTHING, "AlbumArtist"},
    {BOX_TYPE('L', 'E', 'N', 'S'), PLAIN, USERDATA_NOTHING, "LensSerialNumber"},
};

static const struct known *
find_box(uint32_t type)
{
	for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++)
		if (boxes[i].type == type)
			return &boxes[i];
	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
		if (more[i].type == type)
			return &more[i];
	return NULL;
}

bool
userdata_known(uint32_t type, bool tags)
{
	const struct known *k = find_box(type);

	return k != NULL && (tags || k->what != USERDATA_NOTHING);
}

const char *
userdata_box_name(uint32_t type)
{
	const struct known *k = find_box(type);

	return k != NULL ? k->name : NULL;
}

int
userdata_box_what(uint32_t type)
{
	const struct known *k = find_box(type);

	return k != NULL ? k->what : USERDATA_NOTHING;
}

static void
note_place(struct movie *m, enum movie_rank rank, const uint8_t *text, size_t len)
{
	struct movie_place place = {.rank = rank};

	if (userdata_place(text, len, &place))
		movie_place(m, &place);
	else if (len > 0 && text[0] != '\0')
		media_warn(m->info, FAIL_VALUE, "a position that is not written as ISO 6709 was passed over");
}

/* What is no field. */
static void
note_plain(struct movie *m, const struct userdata_text *t, const uint8_t *p, size_t len)
{
	if (t->what == USERDATA_PLACE)
		note_place(m, t->rank, p, len);
	else if (t->what == USERDATA_CREATIONDATE)
		movie_creationdate(m, p, len);
	else if (t->what == USERDATA_DATE)
		movie_userdate(m, t->rank, p, len);
}

static void
note_utf16(struct movie *m, const struct userdata_text *t)
{
	struct buf utf8 = {0};

	if (text_add_utf16(&utf8, t->p, t->len, t->encoding == MOVIE_UTF16BE))
		note_plain(m, t, (const uint8_t *)buf_cstr(&utf8), utf8.len);
	m->info->text.failed |= utf8.failed;
	buf_fini(&utf8);
}

void
userdata_note(struct movie *m, const struct userdata_text *t)
{
	struct movie_text kind = {.rank = t->rank, .encoding = t->encoding};

	if (t->name != NULL)
		movie_tag(m, t->group, t->name, t->encoding, t->p, t->len);
	if (t->what == USERDATA_AUTHOR || t->what == USERDATA_DISPLAYNAME) {
		kind.rank = MOVIE_SECOND;
		kind.field = t->what == USERDATA_AUTHOR ? MEDIA_ARTIST : MEDIA_TITLE;
		movie_text(m, &kind, t->p, t->len);
	} else if (t->what < MEDIA_FIELDS) {
		kind.field = (enum media_field)t->what;
		movie_text(m, &kind, t->p, t->len);
	} else if (t->encoding == MOVIE_UTF16BE || t->encoding == MOVIE_UTF16LE) {
		note_utf16(m, t);
	} else {
		note_plain(m, t, t->p, t->len);
	}
}

static void
note(struct movie *m, const struct known *k, enum movie_rank rank, enum movie_encoding encoding, const uint8_t *text,
    size_t len)
{
	userdata_note(m, &(struct userdata_text){k->what, rank, encoding, "UserData", k->name, text, len});
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
note_international(struct movie *m, const struct known *box, const uint8_t *p, size_t len)
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
				media_warn(m->info, FAIL_VALUE, "a text in the encoding of language %u was passed over",
				    language);
				continue;
			}
			encoding = MOVIE_MACROMAN;
		}
		note(m, box, MOVIE_USERDATA, encoding, p + 4, size);
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
note_asset(struct movie *m, const struct known *box, const uint8_t *p, size_t len)
{
	enum movie_encoding encoding;
	size_t text_len;

	if (len < 6)
		return;
	asset_text(p + 6, len - 6, &encoding, &text_len);
	note(m, box, MOVIE_3GP, encoding, p + 6, text_len);
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
		media_warn(m->info, FAIL_VALUE, "a position that ends too early was passed over");
		return;
	}
	place.lon = fixed(p + skip);
	place.lat = fixed(p + skip + 4);
	place.alt_m = fixed(p + skip + 8);
	movie_place(m, &place);
}

static void
note_maker(struct movie *m, const struct known *box, const uint8_t *p, size_t len)
{
	const uint8_t *nul;

	if (len >= 6 && src_be32(p) == 0) {
		p += 6;
		len -= 6;
	}
	nul = len > 0 ? memchr(p, '\0', len) : NULL;
	note(m, box, MOVIE_USERDATA, MOVIE_UTF8, p, nul != NULL ? (size_t)(nul - p) : len);
}

/* Boxes behind four bytes, of which mdln is the model's name. */
static void
note_samsung(struct movie *m, const struct known *box, const uint8_t *p, size_t len)
{
	size_t at = 4, size;

	for (; len >= 8 && at <= len - 8; at += size) {
		size = src_be32(p + at);
		if (size < 8 || size > len - at)
			return;
		if (src_be32(p + at + 4) == BOX_TYPE('m', 'd', 'l', 'n')) {
			note(m, box, MOVIE_USERDATA, MOVIE_UTF8, p + at + 8, size - 8);
			return;
		}
	}
}

void
userdata_box(struct movie *m, uint32_t type, const uint8_t *body, size_t len)
{
	const struct known *box = find_box(type);

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
		note(m, box, MOVIE_USERDATA, MOVIE_UTF8, body, len);
		break;
	case SAMSUNG:
		m->keeps_utc = true;
		note_samsung(m, box, body, len);
		break;
	case PRESENCE:
		m->keeps_utc = true;
		break;
	}
}
