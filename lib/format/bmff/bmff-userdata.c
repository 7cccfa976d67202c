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

struct known {
	uint32_t type;
	void (*note)(
	    struct movie *m, const struct known *box, const uint8_t *p, size_t len); /* by how its text is wrapped */
	int what;
	const char *name; /* of the tag */
};

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
 * QuickTime's: size, language, text, of which the first language that says anything is read.  By the specification a
 * size includes its own four bytes; nearly all writers leave them out.  Language codes from 0x400 on mean Unicode,
 * lower ones the encodings of old Macintoshes; many write UTF-8 with these, too.
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
note_location(struct movie *m, const struct known *box, const uint8_t *p, size_t len)
{
	struct position position;
	struct movie_text name;
	size_t skip;

	(void)box;
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

	m->keeps_utc = true;
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

static void
note_plain(struct movie *m, const struct known *box, const uint8_t *p, size_t len)
{
	note(m, box, (struct movie_text){.rank = MOVIE_USERDATA, .p = p, .len = len});
}

/* That it is there tells that headers are in UTC. */
static void
note_presence(struct movie *m, const struct known *box, const uint8_t *p, size_t len)
{
	(void)box, (void)p, (void)len;
	m->keeps_utc = true;
}

#define COPYRIGHT_SIGN(a, b, c) BOX_TYPE(0xa9, a, b, c)

static const struct known boxes[] = {
    {COPYRIGHT_SIGN('m', 'a', 'k'), note_international, MEDIA_MAKE, "Make"},
    {COPYRIGHT_SIGN('m', 'o', 'd'), note_international, MEDIA_MODEL, "Model"},
    {COPYRIGHT_SIGN('s', 'w', 'r'), note_international, MEDIA_SOFTWARE, "SoftwareVersion"},
    {COPYRIGHT_SIGN('n', 'a', 'm'), note_international, MEDIA_TITLE, "Title"},
    {COPYRIGHT_SIGN('d', 'e', 's'), note_international, MEDIA_DESCRIPTION, "Description"},
    {COPYRIGHT_SIGN('A', 'R', 'T'), note_international, MEDIA_ARTIST, "Artist"},
    {COPYRIGHT_SIGN('a', 'u', 't'), note_international, MOVIE_AUTHOR, "Author"},
    {COPYRIGHT_SIGN('c', 'p', 'y'), note_international, MEDIA_COPYRIGHT, "Copyright"},
    {COPYRIGHT_SIGN('d', 'a', 'y'), note_international, MOVIE_DATE, "ContentCreateDate"},
    {COPYRIGHT_SIGN('x', 'y', 'z'), note_international, MOVIE_POSITION, "GPSCoordinates"},
    {COPYRIGHT_SIGN('k', 'e', 'y'), note_international, MEDIA_KEYWORDS, "Keywords"},
    {BOX_TYPE('t', 'i', 't', 'l'), note_asset, MEDIA_TITLE, "Title"},
    {BOX_TYPE('d', 's', 'c', 'p'), note_asset, MEDIA_DESCRIPTION, "Description"},
    {BOX_TYPE('a', 'u', 't', 'h'), note_asset, MEDIA_ARTIST, "Author"},
    {BOX_TYPE('p', 'e', 'r', 'f'), note_asset, MOVIE_AUTHOR, "Performer"},
    {BOX_TYPE('c', 'p', 'r', 't'), note_asset, MEDIA_COPYRIGHT, "Copyright"},
    {BOX_TYPE('l', 'o', 'c', 'i'), note_location, MOVIE_POSITION, "LocationInformation"},
    {BOX_TYPE('d', 'e', 's', 'c'), note_plain, MEDIA_DESCRIPTION, "Description"},
    {BOX_TYPE('k', 'e', 'y', 'w'), note_plain, MEDIA_KEYWORDS, "Keywords"},
    {BOX_TYPE('d', 'a', 't', 'e'), note_plain, MOVIE_DATE, "DateTimeOriginal"},
    {BOX_TYPE('F', 'I', 'R', 'M'), note_plain, MEDIA_SOFTWARE, "FirmwareVersion"}, /* GoPro's */
    {BOX_TYPE('C', 'N', 'M', 'N'), note_plain, MEDIA_MODEL, "Model"},              /* Canon's */
    {BOX_TYPE('C', 'N', 'F', 'V'), note_plain, MEDIA_SOFTWARE, "FirmwareVersion"},
    {BOX_TYPE('c', 'm', 'n', 'm'), note_plain, MEDIA_MODEL, "Model"},
    {COPYRIGHT_SIGN('m', 'd', 'l'), note_plain, MEDIA_MODEL, "Model"}, /* DJI's */
    {BOX_TYPE('@', 'm', 'a', 'k'), note_plain, MEDIA_MAKE, "Make"},    /* Ricoh's */
    {BOX_TYPE('@', 'm', 'o', 'd'), note_plain, MEDIA_MODEL, "Model"},
    {BOX_TYPE('@', 's', 'w', 'r'), note_plain, MEDIA_SOFTWARE, "SoftwareVersion"},
    {BOX_TYPE('@', 'd', 'a', 'y'), note_plain, MOVIE_DATE, "ContentCreateDate"},
    {BOX_TYPE('@', 'x', 'y', 'z'), note_plain, MOVIE_POSITION, "GPSCoordinates"},
    {BOX_TYPE('s', 'l', 'n', 'o'), note_plain, MEDIA_SERIAL, "SerialNumber"},
    {BOX_TYPE('S', 'N', 'u', 'm'), note_plain, MEDIA_SERIAL, "SerialNumber"}, /* Kodak's */
    {BOX_TYPE('m', 'a', 'n', 'u'), note_maker, MEDIA_MAKE, "Make"},
    {BOX_TYPE('m', 'o', 'd', 'l'), note_maker, MEDIA_MODEL, "Model"},
    {BOX_TYPE('s', 'm', 't', 'a'), note_samsung, MEDIA_MODEL, "Model"},
    {BOX_TYPE('s', 'm', 'r', 'd'), note_presence, MOVIE_KEEPS_UTC, "SamsungSmrd"},
    {BOX_TYPE('S', 'D', 'L', 'N'), note_presence, MOVIE_KEEPS_UTC, "PlayMode"},
    /* What is no more than a tag. */
    {COPYRIGHT_SIGN('a', 'l', 'b'), note_international, MOVIE_NOTHING, "Album"},
    {COPYRIGHT_SIGN('c', 'm', 't'), note_international, MOVIE_NOTHING, "Comment"},
    {COPYRIGHT_SIGN('g', 'e', 'n'), note_international, MOVIE_NOTHING, "Genre"},
    {COPYRIGHT_SIGN('t', 'o', 'o'), note_international, MOVIE_NOTHING, "Encoder"},
    {COPYRIGHT_SIGN('e', 'n', 'c'), note_international, MOVIE_NOTHING, "EncoderID"},
    {COPYRIGHT_SIGN('w', 'r', 't'), note_international, MOVIE_NOTHING, "Composer"},
    {COPYRIGHT_SIGN('d', 'i', 'r'), note_international, MOVIE_NOTHING, "Director"},
    {COPYRIGHT_SIGN('p', 'r', 'd'), note_international, MOVIE_NOTHING, "Producer"},
    {COPYRIGHT_SIGN('p', 'r', 'f'), note_international, MOVIE_NOTHING, "Performers"},
    {COPYRIGHT_SIGN('i', 'n', 'f'), note_international, MOVIE_NOTHING, "Information"},
    {COPYRIGHT_SIGN('f', 'm', 't'), note_international, MOVIE_NOTHING, "Format"},
    {COPYRIGHT_SIGN('s', 'r', 'c'), note_international, MOVIE_NOTHING, "SourceCredits"},
    {COPYRIGHT_SIGN('r', 'e', 'q'), note_international, MOVIE_NOTHING, "Requirements"},
    {COPYRIGHT_SIGN('h', 's', 't'), note_international, MOVIE_NOTHING, "HostComputer"},
    {COPYRIGHT_SIGN('g', 'r', 'p'), note_international, MOVIE_NOTHING, "Grouping"},
    {COPYRIGHT_SIGN('x', 's', 'p'), note_international, MOVIE_NOTHING, "SpeedX"}, /* DJI's */
    {COPYRIGHT_SIGN('y', 's', 'p'), note_international, MOVIE_NOTHING, "SpeedY"},
    {COPYRIGHT_SIGN('z', 's', 'p'), note_international, MOVIE_NOTHING, "SpeedZ"},
    {COPYRIGHT_SIGN('f', 'p', 't'), note_international, MOVIE_NOTHING, "Pitch"},
    {COPYRIGHT_SIGN('f', 'y', 'w'), note_international, MOVIE_NOTHING, "Yaw"},
    {COPYRIGHT_SIGN('f', 'r', 'l'), note_international, MOVIE_NOTHING, "Roll"},
    {COPYRIGHT_SIGN('g', 'p', 't'), note_international, MOVIE_NOTHING, "CameraPitch"},
    {COPYRIGHT_SIGN('g', 'y', 'w'), note_international, MOVIE_NOTHING, "CameraYaw"},
    {COPYRIGHT_SIGN('g', 'r', 'l'), note_international, MOVIE_NOTHING, "CameraRoll"},
    {BOX_TYPE('g', 'n', 'r', 'e'), note_asset, MOVIE_NOTHING, "Genre"},
    {BOX_TYPE('a', 'l', 'b', 'm'), note_asset, MOVIE_NOTHING, "Album"},
    {BOX_TYPE('l', 'd', 'e', 's'), note_plain, MOVIE_NOTHING, "LongDescription"},
    {BOX_TYPE('a', 'A', 'R', 'T'), note_plain, MOVIE_NOTHING, "AlbumArtist"},
    {BOX_TYPE('L', 'E', 'N', 'S'), note_plain, MOVIE_NOTHING, "LensSerialNumber"},
};

/* What a box says; NULL: nothing for us, or, unless tags are wanted, no more than a tag. */
static const struct known *
find_wanted(const struct bmff *f, uint32_t type)
{
	for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++) {
		if (boxes[i].type == type)
			return f->r->info->tags != NULL || boxes[i].what != MOVIE_NOTHING ? &boxes[i] : NULL;
	}
	return NULL;
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

void
bmff_userdata(struct bmff *f, const struct box *b)
{
	const struct known *box = find_wanted(f, b->type);
	const uint8_t *p;
	size_t len;

	if (box != NULL && (p = bmff_text(f, b, &len)) != NULL)
		box->note(&f->movie, box, p, len);
}
