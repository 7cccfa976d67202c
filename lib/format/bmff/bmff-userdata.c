/*
 * The texts of a movie's user data: QuickTime's, 3GPP assets, and the names that an item list shares with them.
 *
 * One table says what a box means and how its text is wrapped, another what a key means.  In an item list the names of
 * the first table stand for the same things, but all values are wrapped alike, in a data box.
 *
 * Sources: QuickTime File Format Specification (Apple 2012), "User Data Atoms"; 3GPP TS 26.244, 8; exiftool's
 * documentation of tag names (QuickTime) for what makers have added.
 */
#include <string.h>

#include "base/json.h"
#include "format/bmff/bmff.h"

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
    {COPYRIGHT_SIGN('a', 'u', 't'), QUICKTIME, MOVIE_AUTHOR, "Author"},
    {COPYRIGHT_SIGN('c', 'p', 'y'), QUICKTIME, MEDIA_COPYRIGHT, "Copyright"},
    {COPYRIGHT_SIGN('d', 'a', 'y'), QUICKTIME, MOVIE_DATE, "ContentCreateDate"},
    {COPYRIGHT_SIGN('x', 'y', 'z'), QUICKTIME, MOVIE_POSITION, "GPSCoordinates"},
    {COPYRIGHT_SIGN('k', 'e', 'y'), QUICKTIME, MEDIA_KEYWORDS, "Keywords"},
    {BOX_TYPE('t', 'i', 't', 'l'), ASSET, MEDIA_TITLE, "Title"},
    {BOX_TYPE('d', 's', 'c', 'p'), ASSET, MEDIA_DESCRIPTION, "Description"},
    {BOX_TYPE('a', 'u', 't', 'h'), ASSET, MEDIA_ARTIST, "Author"},
    {BOX_TYPE('p', 'e', 'r', 'f'), ASSET, MOVIE_AUTHOR, "Performer"},
    {BOX_TYPE('c', 'p', 'r', 't'), ASSET, MEDIA_COPYRIGHT, "Copyright"},
    {BOX_TYPE('l', 'o', 'c', 'i'), LOCATION, MOVIE_POSITION, "LocationInformation"},
    {BOX_TYPE('d', 'e', 's', 'c'), PLAIN, MEDIA_DESCRIPTION, "Description"},
    {BOX_TYPE('k', 'e', 'y', 'w'), PLAIN, MEDIA_KEYWORDS, "Keywords"},
    {BOX_TYPE('d', 'a', 't', 'e'), PLAIN, MOVIE_DATE, "DateTimeOriginal"},
    {BOX_TYPE('F', 'I', 'R', 'M'), PLAIN, MEDIA_SOFTWARE, "FirmwareVersion"}, /* GoPro's */
    {BOX_TYPE('C', 'N', 'M', 'N'), PLAIN, MEDIA_MODEL, "Model"},              /* Canon's */
    {BOX_TYPE('C', 'N', 'F', 'V'), PLAIN, MEDIA_SOFTWARE, "FirmwareVersion"},
    {BOX_TYPE('c', 'm', 'n', 'm'), PLAIN, MEDIA_MODEL, "Model"},
    {COPYRIGHT_SIGN('m', 'd', 'l'), PLAIN, MEDIA_MODEL, "Model"}, /* DJI's */
    {BOX_TYPE('@', 'm', 'a', 'k'), PLAIN, MEDIA_MAKE, "Make"},    /* Ricoh's */
    {BOX_TYPE('@', 'm', 'o', 'd'), PLAIN, MEDIA_MODEL, "Model"},
    {BOX_TYPE('@', 's', 'w', 'r'), PLAIN, MEDIA_SOFTWARE, "SoftwareVersion"},
    {BOX_TYPE('@', 'd', 'a', 'y'), PLAIN, MOVIE_DATE, "ContentCreateDate"},
    {BOX_TYPE('@', 'x', 'y', 'z'), PLAIN, MOVIE_POSITION, "GPSCoordinates"},
    {BOX_TYPE('s', 'l', 'n', 'o'), PLAIN, MEDIA_SERIAL, "SerialNumber"},
    {BOX_TYPE('S', 'N', 'u', 'm'), PLAIN, MEDIA_SERIAL, "SerialNumber"}, /* Kodak's */
    {BOX_TYPE('m', 'a', 'n', 'u'), MAKER, MEDIA_MAKE, "Make"},
    {BOX_TYPE('m', 'o', 'd', 'l'), MAKER, MEDIA_MODEL, "Model"},
    {BOX_TYPE('s', 'm', 't', 'a'), SAMSUNG, MEDIA_MODEL, "Model"},
    {BOX_TYPE('s', 'm', 'r', 'd'), PRESENCE, MOVIE_KEEPS_UTC, "SamsungSmrd"},
    {BOX_TYPE('S', 'D', 'L', 'N'), PRESENCE, MOVIE_KEEPS_UTC, "PlayMode"},
};

/* What is no more than a tag. */
static const struct known more[] = {
    {COPYRIGHT_SIGN('a', 'l', 'b'), QUICKTIME, MOVIE_NOTHING, "Album"},
    {COPYRIGHT_SIGN('c', 'm', 't'), QUICKTIME, MOVIE_NOTHING, "Comment"},
    {COPYRIGHT_SIGN('g', 'e', 'n'), QUICKTIME, MOVIE_NOTHING, "Genre"},
    {COPYRIGHT_SIGN('t', 'o', 'o'), QUICKTIME, MOVIE_NOTHING, "Encoder"},
    {COPYRIGHT_SIGN('e', 'n', 'c'), QUICKTIME, MOVIE_NOTHING, "EncoderID"},
    {COPYRIGHT_SIGN('w', 'r', 't'), QUICKTIME, MOVIE_NOTHING, "Composer"},
    {COPYRIGHT_SIGN('d', 'i', 'r'), QUICKTIME, MOVIE_NOTHING, "Director"},
    {COPYRIGHT_SIGN('p', 'r', 'd'), QUICKTIME, MOVIE_NOTHING, "Producer"},
    {COPYRIGHT_SIGN('p', 'r', 'f'), QUICKTIME, MOVIE_NOTHING, "Performers"},
    {COPYRIGHT_SIGN('i', 'n', 'f'), QUICKTIME, MOVIE_NOTHING, "Information"},
    {COPYRIGHT_SIGN('f', 'm', 't'), QUICKTIME, MOVIE_NOTHING, "Format"},
    {COPYRIGHT_SIGN('s', 'r', 'c'), QUICKTIME, MOVIE_NOTHING, "SourceCredits"},
    {COPYRIGHT_SIGN('r', 'e', 'q'), QUICKTIME, MOVIE_NOTHING, "Requirements"},
    {COPYRIGHT_SIGN('h', 's', 't'), QUICKTIME, MOVIE_NOTHING, "HostComputer"},
    {COPYRIGHT_SIGN('g', 'r', 'p'), QUICKTIME, MOVIE_NOTHING, "Grouping"},
    {COPYRIGHT_SIGN('x', 's', 'p'), QUICKTIME, MOVIE_NOTHING, "SpeedX"}, /* DJI's */
    {COPYRIGHT_SIGN('y', 's', 'p'), QUICKTIME, MOVIE_NOTHING, "SpeedY"},
    {COPYRIGHT_SIGN('z', 's', 'p'), QUICKTIME, MOVIE_NOTHING, "SpeedZ"},
    {COPYRIGHT_SIGN('f', 'p', 't'), QUICKTIME, MOVIE_NOTHING, "Pitch"},
    {COPYRIGHT_SIGN('f', 'y', 'w'), QUICKTIME, MOVIE_NOTHING, "Yaw"},
    {COPYRIGHT_SIGN('f', 'r', 'l'), QUICKTIME, MOVIE_NOTHING, "Roll"},
    {COPYRIGHT_SIGN('g', 'p', 't'), QUICKTIME, MOVIE_NOTHING, "CameraPitch"},
    {COPYRIGHT_SIGN('g', 'y', 'w'), QUICKTIME, MOVIE_NOTHING, "CameraYaw"},
    {COPYRIGHT_SIGN('g', 'r', 'l'), QUICKTIME, MOVIE_NOTHING, "CameraRoll"},
    {BOX_TYPE('g', 'n', 'r', 'e'), ASSET, MOVIE_NOTHING, "Genre"},
    {BOX_TYPE('a', 'l', 'b', 'm'), ASSET, MOVIE_NOTHING, "Album"},
    {BOX_TYPE('l', 'd', 'e', 's'), PLAIN, MOVIE_NOTHING, "LongDescription"},
    {BOX_TYPE('a', 'A', 'R', 'T'), PLAIN, MOVIE_NOTHING, "AlbumArtist"},
    {BOX_TYPE('L', 'E', 'N', 'S'), PLAIN, MOVIE_NOTHING, "LensSerialNumber"},
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

/* What a box says; NULL: nothing for us, or, unless tags are wanted, no more than a tag. */
static const struct known *
find_wanted(const struct bmff *f, uint32_t type)
{
	const struct known *k = find_box(type);

	return k != NULL && (f->r->info->tags != NULL || k->what != MOVIE_NOTHING) ? k : NULL;
}

bool
bmff_userdata_item(const struct bmff *f, uint32_t type, struct movie_text *t)
{
	const struct known *k = find_wanted(f, type);

	if (k == NULL)
		return false;
	t->what = k->what;
	t->name = k->name;
	return true;
}

static void
note(struct movie *m, const struct known *k, struct movie_text t)
{
	t.what = k->what;
	t.group = "UserData";
	t.name = k->name;
	movie_text(m, &t);
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
				media_warn(m->r->info, FAIL_VALUE,
				    "skipped a text of unknown encoding (Macintosh language code %u)", language);
				continue;
			}
			encoding = MOVIE_MACROMAN;
		}
		note(
		    m, box, (struct movie_text){.rank = MOVIE_USERDATA, .encoding = encoding, .p = p + 4, .len = size});
		return;
	}
}

/* Text as 3GPP writes it: UTF-16 behind a byte order mark, else UTF-8, ended by a NUL.  Returns its whole length. */
static size_t
asset_text(const uint8_t *p, size_t len, struct movie_text *t)
{
	size_t nul = 1;

	*t = (struct movie_text){.rank = MOVIE_3GP, .p = p};
	if (len >= 2 && ((p[0] == 0xfe && p[1] == 0xff) || (p[0] == 0xff && p[1] == 0xfe))) {
		t->encoding = p[0] == 0xfe ? MOVIE_UTF16BE : MOVIE_UTF16LE;
		for (nul = 2; t->len + 2 <= len && (p[t->len] != 0 || p[t->len + 1] != 0);)
			t->len += 2;
	} else {
		t->len = strnlen((const char *)p, len);
	}
	return t->len + nul <= len ? t->len + nul : len;
}

static void
note_asset(struct movie *m, const struct known *box, const uint8_t *p, size_t len)
{
	struct movie_text t;

	if (len < 6)
		return;
	asset_text(p + 6, len - 6, &t);
	note(m, box, t);
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
	struct position position;
	struct movie_text name;
	size_t skip;

	if (len < 6)
		return;
	skip = 6 + asset_text(p + 6, len - 6, &name) + 1;
	if (len < skip || len - skip < 12) {
		media_warn(m->r->info, FAIL_VALUE, "ignored a position (loci box) that is cut short");
		return;
	}
	position = (struct position){.lon = fixed(p + skip), .lat = fixed(p + skip + 4), .alt_m = fixed(p + skip + 8)};
	movie_position(m, MOVIE_3GP, &position);
}

static void
note_maker(struct movie *m, const struct known *box, const uint8_t *p, size_t len)
{
	if (len >= 6 && src_be32(p) == 0) {
		p += 6;
		len -= 6;
	}
	note(m, box, (struct movie_text){.rank = MOVIE_USERDATA, .p = p, .len = strnlen((const char *)p, len)});
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
			note(m, box, (struct movie_text){.rank = MOVIE_USERDATA, .p = p + at + 8, .len = size - 8});
			return;
		}
	}
}

void
bmff_userdata(struct bmff *f, const struct box *b)
{
	const struct known *box = find_wanted(f, b->type);
	struct movie *m = &f->movie;
	size_t len;
	const uint8_t *p = box != NULL ? bmff_text(f, b, &len) : NULL;

	if (p == NULL)
		return;
	switch (box->wrapping) {
	case QUICKTIME:
		note_international(m, box, p, len);
		break;
	case ASSET:
		note_asset(m, box, p, len);
		break;
	case LOCATION:
		note_location(m, p, len);
		break;
	case MAKER:
		note_maker(m, box, p, len);
		break;
	case PLAIN:
		note(m, box, (struct movie_text){.rank = MOVIE_USERDATA, .p = p, .len = len});
		break;
	case SAMSUNG:
		m->keeps_utc = true;
		note_samsung(m, box, p, len);
		break;
	case PRESENCE:
		m->keeps_utc = true;
		break;
	}
}
