/* Films, built box by box: what is read from where, what is said of damage, and what a walk may cost. */
#include "format/format.h"

#include <fcntl.h>
#include <unistd.h>

#include "boxes.h"
#include "format/bmff/bmff.h"

#define T1904 2082844800u          /* 1970-01-01 */
#define DAY1 (T1904 + 1714557600u) /* 2024-05-01T10:00:00Z */

static void
international(struct buf *b, const char *type, unsigned language, const char *text)
{
	size_t at = begin(b, type);

	u16(b, (unsigned)strlen(text));
	u16(b, language);
	buf_adds(b, text);
	end(b, at);
}

static void
data_item(struct buf *b, const char *type, unsigned kind, const char *bytes, size_t len)
{
	size_t at = begin(b, type), data = begin(b, "data");

	u32(b, kind);
	u32(b, 0);
	buf_add(b, bytes, len);
	end(b, data);
	end(b, at);
}

static void
mvhd(struct buf *b, uint64_t created, uint32_t scale, uint64_t duration, int version)
{
	size_t at = begin(b, "mvhd");

	u32(b, (uint32_t)version << 24);
	if (version == 1) {
		u64(b, created);
		u64(b, created);
		u32(b, scale);
		u64(b, duration);
	} else {
		u32(b, (uint32_t)created);
		u32(b, (uint32_t)created);
		u32(b, scale);
		u32(b, (uint32_t)duration);
	}
	film_zeros(b, 80);
	end(b, at);
}

static void
tkhd(struct buf *b, uint64_t created, const int matrix[4], unsigned width, unsigned height, int version)
{
	size_t at = begin(b, "tkhd");

	u32(b, (uint32_t)version << 24);
	if (version == 1) {
		u64(b, created);
		film_zeros(b, 40);
	} else {
		u32(b, (uint32_t)created);
		film_zeros(b, 32);
	}
	for (int i = 0; i < 4; i++) {
		u32(b, (uint32_t)matrix[i] << 16);
		if (i % 2 == 1)
			u32(b, 0);
	}
	film_zeros(b, 8);
	u32(b, 0x40000000);
	u32(b, width << 16);
	u32(b, height << 16);
	end(b, at);
}

static const int upright[4] = {1, 0, 0, 1};

static void
media(struct buf *b, uint64_t created, const char *handler, unsigned width, unsigned height)
{
	size_t mdia = begin(b, "mdia"), at = begin(b, "mdhd"), minf, stbl, entry;

	u32(b, 0);
	u32(b, (uint32_t)created);
	film_zeros(b, 16);
	end(b, at);
	at = begin(b, "hdlr");
	film_zeros(b, 8);
	buf_add(b, handler, 4);
	film_zeros(b, 13);
	end(b, at);
	minf = begin(b, "minf");
	stbl = begin(b, "stbl");
	at = begin(b, "stsd");
	film_zeros(b, 4);
	u32(b, 1);
	entry = begin(b, "avc1");
	film_zeros(b, 24);
	u16(b, width);
	u16(b, height);
	film_zeros(b, 50);
	end(b, entry);
	end(b, at);
	end(b, stbl);
	end(b, minf);
	end(b, mdia);
}

static void
track(struct buf *b, const char *handler, const int matrix[4], unsigned width, unsigned height)
{
	size_t trak = begin(b, "trak");

	tkhd(b, 0, matrix, width, height, 0);
	media(b, 0, handler, width, height);
	end(b, trak);
}

static size_t
film(struct buf *b, const char *brand)
{
	buf_clear(b, 1 << 20);
	u32(b, 16);
	buf_adds(b, "ftyp");
	buf_add(b, brand, 4);
	u32(b, 0);
	return begin(b, "moov");
}

/* keys and ilst of a meta box; each item a pair of strings, the last NULL. */
static void
keyed(struct buf *b, const char *const items[][2], bool fullbox)
{
	size_t meta = begin(b, "meta"), at, count = 0;

	if (fullbox)
		film_zeros(b, 4);
	at = begin(b, "hdlr");
	film_zeros(b, 8);
	buf_adds(b, "mdta");
	film_zeros(b, 13);
	end(b, at);
	while (items[count][0] != NULL)
		count++;
	at = begin(b, "keys");
	u32(b, 0);
	u32(b, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		u32(b, (uint32_t)(8 + strlen(items[i][0])));
		buf_adds(b, "mdta");
		buf_adds(b, items[i][0]);
	}
	end(b, at);
	at = begin(b, "ilst");
	for (size_t i = 0; i < count; i++) {
		const char index[4] = {0, 0, (char)((i + 1) >> 8), (char)(i + 1)};

		data_item(b, index, 1, items[i][1], strlen(items[i][1]));
	}
	end(b, at);
	end(b, meta);
}

static void
test_bid(void)
{
	static const struct {
		const char *head;
		size_t len;
		const char *type; /* NULL: none */
	} rows[] = {
#define ROW(head, type) {head, sizeof(head) - 1, type}
	    ROW("\0\0\0\024ftypqt  \0\0\0\0qt  ", "mov"),
	    ROW("\0\0\0\024ftypisom\0\0\0\0mp41", "mp4"),
	    ROW("\0\0\0\024ftypiso6\0\0\0\0qt  ", "mp4"),
	    ROW("\0\0\0\024ftypmp42\0\0\0\0M4V ", "mp4"),
	    ROW("\0\0\0\024ftypXAVC\0\0\0\0iso6", "mp4"),
	    ROW("\0\0\0\024ftypM4V \0\0\0\0isom", "m4v"),
	    ROW("\0\0\0\024ftypM4VH\0\0\0\0isom", "m4v"),
	    ROW("\0\0\0\024ftypM4A \0\0\0\0isom", "m4a"),
	    ROW("\0\0\0\024ftyp3gp5\0\0\0\0isom", "3gp"),
	    ROW("\0\0\0\024ftyp3gr6\0\0\0\0isom", "3gp"),
	    ROW("\0\0\0\024ftyp3g2a\0\0\0\0isom", "3g2"),
	    ROW("\0\0\0\024ftypheic\0\0\0\0mif1", "heic"),
	    ROW("\0\0\0\024ftypheix\0\0\0\0mif1", "heic"),
	    ROW("\0\0\0\024ftypmif1\0\0\0\0heic", "heic"),
	    ROW("\0\0\0\024ftypmif1\0\0\0\0avif", "avif"),
	    ROW("\0\0\0\024ftypmif1\0\0\0\0miaf", "heif"),
	    ROW("\0\0\0\024ftypmsf1\0\0\0\0isom", "heif"),
	    ROW("\0\0\0\020ftypmif3avif", "avif"),
	    ROW("\0\0\0\024ftypavif\0\0\0\0mif1", "avif"),
	    ROW("\0\0\0\024ftypavis\0\0\0\0mif1", "avif"),
	    ROW("\0\0\0\024ftypcrx \0\0\0\1crx ", "cr3"),
	    ROW("\0\0\0\024ftypLEIC\0\0\0\0qt  ", "mov"),
	    ROW("\0\0\0\024ftypLEIC\0\0\0\0abcd", "mp4"),
	    ROW("\0\0\0\020ftypLEIC\0\0\0\0qt  ", "mp4"), /* the brand lies behind the box */
	    ROW("\0\0\0\014ftypqt  ", "mov"),
	    ROW("\0\0\0\010ftypqt  ", NULL),
	    ROW("\0\0\0\024ftyp", NULL),
	    ROW("\0\0\0\154moov", "mov"),
	    ROW("\0\1\0\0mdat", "mov"),
	    ROW("\0\0\0\1mdat\0\0\0\2\0\0\0\0", "mov"),
	    ROW("\0\0\0\0mdat", "mov"),
	    ROW("\0\0\0\010wide\0\0\0\010mdat", "mov"),
	    ROW("\0\0\0\020free", "mov"),
	    ROW("\0\0\0\024pnot", "mov"),
	    ROW("\0\0\0\020skip", "mov"),
	    ROW("\0\0\0\1moov\0\0\0\0\0\0\0\125", "mov"),
	    ROW("\0\0\0\4moov", NULL),
	    ROW("now skip this line", NULL),
	    ROW("set free the birds", NULL),
	    ROW("\377\330\377\340\0\020JFIF", NULL),
	    ROW("\0\0\0\1", NULL),
	    ROW("", NULL),
#undef ROW
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint8_t *exact = tap_exact(rows[i].head, rows[i].len);
		const char *type = format_bmff.bid(exact, rows[i].len);

		tap_ok(
		    type == rows[i].type || (type != NULL && rows[i].type != NULL && strcmp(type, rows[i].type) == 0),
		    "bid %zu: %s", i, type != NULL ? type : "none");
		free(exact);
	}
}

static void
test_headers(void)
{
	static const struct {
		uint64_t created;
		int version;
		const char *want;
	} rows[] = {
	    {DAY1, 0, "MVHD=2024-05-01T10:00:00Z/assumed duration_s=2.5"},
	    {DAY1, 1, "MVHD=2024-05-01T10:00:00Z/assumed duration_s=2.5"},
	    {0, 0, "duration_s=2.5"},
	    {1714557600, 0, "MVHD=2024-05-01T10:00:00Z/assumed duration_s=2.5 EDATE"}, /* counted from 1970 */
	    {T1904 - 1, 0, "MVHD=1969-12-31T23:59:59Z/assumed duration_s=2.5"},        /* from 1970 it would be 2036 */
	    {T1904 - 1, 1, "MVHD=1969-12-31T23:59:59Z/assumed duration_s=2.5"},
	    {1714557600, 1, "MVHD=1958-05-01T10:00:00Z/assumed duration_s=2.5"}, /* 64 bits are what they say */
	    {1, 1, "MVHD=1904-01-01T00:00:01Z/assumed duration_s=2.5"},
	    {T1904, 0, "MVHD=1970-01-01T00:00:00Z/assumed duration_s=2.5"},
	    {UINT32_MAX, 0, "MVHD=2040-02-06T06:28:15Z/assumed duration_s=2.5"},
	    {UINT64_MAX, 1, "duration_s=2.5 EDATE"},
	    {INT64_MAX, 1, "duration_s=2.5 EDATE"},
	};
	struct buf b = {0};
	char what[64];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t moov = film(&b, "isom");

		mvhd(&b, rows[i].created, 600, 1500, rows[i].version);
		end(&b, moov);
		snprintf(what, sizeof what, "mvhd version %d, time %llu", rows[i].version,
		    (unsigned long long)rows[i].created);
		check(&b, rows[i].want, what);
	}
	end(&b, film(&b, "isom"));
	check(&b, "", "an empty index");
	buf_fini(&b);
}

static void
test_durations(void)
{
	static const struct {
		uint32_t scale;
		uint64_t duration;
		int version;
		const char *want;
	} rows[] = {
	    {1000, 0, 0, ""},
	    {0, 1000, 0, ""},
	    {1000, UINT32_MAX, 0, ""},
	    {1000, UINT64_MAX, 1, ""},
	    {1000, 5000000000, 1, "duration_s=5000000"},
	    {90000, 1, 0, "duration_s=1.1111e-05"},
	};
	struct buf b = {0};
	size_t moov, at, mvex;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		moov = film(&b, "isom");
		mvhd(&b, 0, rows[i].scale, rows[i].duration, rows[i].version);
		end(&b, moov);
		check(&b, rows[i].want, "a duration");
	}
	for (int version = 0; version < 2; version++) {
		moov = film(&b, "isom");
		mvhd(&b, 0, 1000, 0, 0);
		mvex = begin(&b, "mvex");
		at = begin(&b, "mehd");
		u32(&b, (uint32_t)version << 24);
		if (version == 1)
			u32(&b, 0);
		u32(&b, 6000);
		end(&b, at);
		end(&b, mvex);
		end(&b, moov);
		check(&b, "duration_s=6", "the duration of fragments");
	}
	buf_fini(&b);
}

static void
test_tracks(void)
{
	static const struct {
		int matrix[4], orientation;
	} turns[] = {
	    {{1, 0, 0, 1}, 0},
	    {{0, 1, -1, 0}, 6},
	    {{-1, 0, 0, -1}, 3},
	    {{0, -1, 1, 0}, 8},
	    {{-1, 0, 0, 1}, 2},
	    {{1, 0, 0, -1}, 4},
	    {{0, 1, 1, 0}, 5},
	    {{0, -1, -1, 0}, 7},
	    {{1, 1, 1, 1}, 0},
	    {{0, 0, 0, 0}, 0},
	};
	struct buf b = {0};
	size_t moov, trak;
	char want[64];

	for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
		moov = film(&b, "isom");
		track(&b, "vide", turns[i].matrix, 1920, 1080);
		end(&b, moov);
		snprintf(want, sizeof want,
		    turns[i].orientation ? "width=1920 height=1080 orientation=%d" : "width=1920 height=1080",
		    turns[i].orientation);
		check(&b, want, "a rotation matrix");
	}
	moov = film(&b, "isom");
	track(&b, "soun", turns[1].matrix, 2, 16);
	track(&b, "vide", upright, 640, 480);
	track(&b, "vide", turns[1].matrix, 160, 120);
	end(&b, moov);
	check(&b, "width=640 height=480", "the first video track counts");

	moov = film(&b, "isom");
	trak = begin(&b, "trak");
	tkhd(&b, DAY1, turns[1].matrix, 384, 288, 1);
	media(&b, DAY1 + 1, "vide", 352, 288);
	end(&b, trak);
	end(&b, moov);
	check(&b,
	    "MDHD=2024-05-01T10:00:01Z/assumed TKHD=2024-05-01T10:00:00Z/assumed width=352 height=288 orientation=6",
	    "coded size and times of a track, version 1");

	moov = film(&b, "isom");
	trak = begin(&b, "trak");
	tkhd(&b, 0, upright, 384, 288, 0);
	media(&b, 0, "vide", 0, 0);
	end(&b, trak);
	end(&b, moov);
	check(&b, "width=384 height=288", "the shown size where the coded one is unknown");
	buf_fini(&b);
}

static void
test_keys(void)
{
	static const char *const apple[][2] = {
	    {"com.apple.quicktime.location.accuracy.horizontal", "4.7"},
	    {"com.apple.quicktime.make", "Apple"},
	    {"com.apple.quicktime.model", "iPhone 14 Pro"},
	    {"com.apple.quicktime.software", "16.4.1"},
	    {"com.apple.quicktime.creationdate", "2024-05-01T12:00:00+0200"},
	    {"com.apple.quicktime.location.ISO6709", "+51.5334-000.1255+026.756/"},
	    {"com.apple.quicktime.content.identifier", "8F0B0000-1111"},
	    {"com.apple.quicktime.title", "T"},
	    {"com.apple.quicktime.description", "D"},
	    {"com.apple.quicktime.author", "A"},
	    {"com.apple.quicktime.copyright", "C"},
	    {NULL, NULL},
	};
	static const char *const android[][2] = {
	    {"com.android.version", "13"},
	    {"com.android.manufacturer", "Xiaomi"},
	    {"com.android.model", "Mi 10"},
	    {NULL, NULL},
	};
	static const char *const second[][2] = {
	    {"com.apple.quicktime.displayname", "second"},
	    {"com.apple.quicktime.author", "second"},
	    {"com.apple.quicktime.title", "T"},
	    {"com.apple.quicktime.artist", "A"},
	    {NULL, NULL},
	};
	static const char *const lens[][2] = {
	    {"com.apple.quicktime.camera.lens_model", "back camera"},
	    {"com.apple.quicktime.make", "loser"},
	    {NULL, NULL},
	};
	struct buf b = {0};
	size_t moov, trak;

	for (int fullbox = 0; fullbox < 2; fullbox++) {
		moov = film(&b, "qt  ");
		mvhd(&b, DAY1 + 3600, 600, 600, 0);
		keyed(&b, apple, fullbox);
		end(&b, moov);
		check(&b,
		    "QT_CREATIONDATE=2024-05-01T12:00:00+02:00/zoned MVHD=2024-05-01T11:00:00Z/utc make=Apple "
		    "model=iPhone 14 Pro software=16.4.1 duration_s=1 lat=51.5334 lon=-0.1255 alt_m=26.756 title=T "
		    "description=D artist=A copyright=C content_id=8F0B0000-1111",
		    fullbox ? "Apple's keys in an ISO meta box" : "Apple's keys");
	}
	moov = film(&b, "mp42");
	mvhd(&b, DAY1, 600, 600, 0);
	keyed(&b, android, false);
	end(&b, moov);
	check(&b, "MVHD=2024-05-01T10:00:00Z/utc make=Xiaomi model=Mi 10 duration_s=1", "Android's keys");

	moov = film(&b, "qt  ");
	keyed(&b, second, false);
	end(&b, moov);
	check(&b, "title=T artist=A", "a display name and an author rank behind a title and an artist");

	moov = film(&b, "qt  ");
	trak = begin(&b, "trak");
	keyed(&b, lens, false);
	end(&b, trak);
	keyed(&b, apple, false);
	end(&b, moov);
	check(&b,
	    "QT_CREATIONDATE=2024-05-01T12:00:00+02:00/zoned make=Apple model=iPhone 14 Pro lens=back camera "
	    "software=16.4.1 lat=51.5334 lon=-0.1255 alt_m=26.756 title=T description=D artist=A copyright=C "
	    "content_id=8F0B0000-1111",
	    "a track's keys rank behind the film's");
	buf_fini(&b);
}

/* Items with values that are no UTF-8, and indexes without a key. */
static void
test_items(void)
{
	static const char keys[] = "\0\0\0\0\0\0\0\2"
				   "\0\0\0\077mdtacom.apple.quicktime.camera.focal_length.35mm_equivalent"
				   "\0\0\0\041mdtacom.apple.quicktime.title";
	struct buf b = {0};
	size_t moov = film(&b, "qt  "), meta = begin(&b, "meta"), ilst;

	LEAF(&b, "hdlr", "\0\0\0\0\0\0\0\0mdta\0\0\0\0\0\0\0\0\0\0\0\0\0");
	LEAF(&b, "keys", keys);
	ilst = begin(&b, "ilst");
	data_item(&b, "\0\0\0\1", 21, "\0\0\0\36", 4);
	data_item(&b, "\0\0\0\2", 2, "\0\303\001\002", 4);
	data_item(&b, "\0\0\0\3", 1, "no such key", 11);
	data_item(&b, "\0\0\0\0", 1, "no such key", 11);
	end(&b, ilst);
	end(&b, meta);
	end(&b, moov);
	check(&b, "focal35_mm=30 title=\303\203\304\202", "an integer, UTF-16, indexes without a key");

	moov = film(&b, "mp42");
	meta = begin(&b, "meta");
	film_zeros(&b, 4);
	ilst = begin(&b, "ilst");
	data_item(&b, "\251nam", 1, "Title", 5);
	data_item(&b, "\251ART", 1, "Artist", 6);
	data_item(&b, "\251xyz", 1, "+48.8125+002.4862/", 18);
	data_item(&b, "\251day", 1, "2010", 4);
	data_item(&b, "desc", 1, "Words", 5);
	data_item(&b, "covr", 13, "\377\330", 2);
	LEAF(&b, "cprt", "\0\0\0\7data");
	end(&b, ilst);
	end(&b, meta);
	end(&b, moov);
	check(&b, "lat=48.8125 lon=2.4862 title=Title description=Words artist=Artist", "iTunes' items");

	moov = film(&b, "mp42");
	meta = begin(&b, "meta");
	film_zeros(&b, 4);
	ilst = begin(&b, "ilst");
	data_item(&b, "\251day", 2,
	    "\0002\0000\0002\0004\0-\0000\0005\0-\0000\0001\0T\0001\0002\0:\0000\0000\0+\0000\0002", 38);
	data_item(&b, "\251xyz", 2, "\0+\0004\0008\0+\0000\0000\0002\0/", 16);
	end(&b, ilst);
	end(&b, meta);
	end(&b, moov);
	check(&b, "QT_USERDATA=2024-05-01T12:00+02:00/zoned lat=48 lon=2", "a date and a place in UTF-16");

	moov = film(&b, "mp42");
	meta = begin(&b, "meta");
	film_zeros(&b, 4);
	ilst = begin(&b, "ilst");
	data_item(&b, "gnre", 0, "\0\021", 2);
	end(&b, ilst);
	end(&b, meta);
	end(&b, moov);
	film_check_tags(&b, b.len, "mp4", "\"ItemList:Genre\":17", "the number of a genre");
	buf_fini(&b);
}

static void
test_userdata(void)
{
	struct buf b = {0};
	size_t moov = film(&b, "qt  "), udta;

	udta = begin(&b, "udta");
	international(&b, "\251mak", 0x15c7, "Apple");
	international(&b, "\251mod", 0, "iPhone 5");
	international(&b, "\251swr", 0x15c7, "8.1.2");
	international(&b, "\251nam", 0, "\216t\216"); /* Mac Roman */
	international(&b, "\251ART", 11, "\203\201"); /* Japanese, who knows */
	international(&b, "\251cpy", 11, "\303\251"); /* but UTF-8 is UTF-8 */
	international(&b, "\251day", 0x15c7, "2015-01-19T12:45:11-0800");
	international(&b, "\251xyz", 0x15c7, "+38.1893-119.9558+2004.158/");
	film_zeros(&b, 4); /* QuickTime ends a list so */
	end(&b, udta);
	end(&b, moov);
	check(&b,
	    "QT_USERDATA=2015-01-19T12:45:11-08:00/zoned make=Apple model=iPhone 5 software=8.1.2 lat=38.1893 "
	    "lon=-119.9558 alt_m=2004.158 title=\303\251t\303\251 copyright=\303\251 EVALUE",
	    "QuickTime's user data");

	moov = film(&b, "3gp5");
	udta = begin(&b, "udta");
	LEAF(&b, "titl", "\0\0\0\0\025\307\376\377\0T\0\351\0\0");
	LEAF(&b, "dscp", "\0\0\0\0\025\307D\303\251\0more");
	LEAF(&b, "perf", "\0\0\0\0\025\307second");
	LEAF(&b, "auth", "\0\0\0\0\025\307Someone");
	LEAF(&b, "cprt", "\0\0\0\0\025\307\377\376C\0");
	LEAF(&b, "loci", "\0\0\0\0\025\307Home\0\0\0\002\200\0\377\377\200\0\0\012\0\0earth\0\0");
	LEAF(&b, "date", "2018-02-07T10:15:08-0500");
	end(&b, udta);
	end(&b, moov);
	check(&b,
	    "QT_USERDATA=2018-02-07T10:15:08-05:00/zoned lat=-0.5 lon=2.5 alt_m=10 title=T\303\251 "
	    "description=D\303\251 "
	    "artist=Someone copyright=C",
	    "3GPP's assets");

	moov = film(&b, "mp42");
	mvhd(&b, DAY1, 600, 0, 0);
	udta = begin(&b, "udta");
	LEAF(&b, "manu", "\0\0\0\0\025\307Canon\0");
	LEAF(&b, "modl", "SX280\0\0\0");
	LEAF(&b, "smta", "\0\0\0\0");
	LEAF(&b, "perf", "\0\0\0\0\025\307Someone");
	end(&b, udta);
	end(&b, moov);
	check(&b, "MVHD=2024-05-01T10:00:00Z/utc make=Canon model=SX280 artist=Someone", "makers' boxes");

	moov = film(&b, "mp42");
	udta = begin(&b, "udta");
	LEAF(&b, "\251nam", "\0\010\0\0nice"); /* the size counts itself */
	LEAF(&b, "\251mak", "\0\0\0\0\0\3\0\0two");
	LEAF(&b, "\251mod", "\1\0\0\0model");
	LEAF(&b, "\251swr", "\0");
	LEAF(&b, "auth", "\0\0\0\0\025");
	LEAF(&b, "loci", "\0\0\0\0\025\307Home\0\0\0\002\200\0\377\377\200\0\0\012\0");
	end(&b, udta);
	end(&b, moov);
	check(&b, "make=two model=model title=nice EVALUE", "odd sizes");

	moov = film(&b, "mp42");
	udta = begin(&b, "udta");
	international(&b, "\251nam", 0x15c7, "\351t\351");
	international(&b, "\251day", 0x15c7, "2010");
	LEAF(&b, "date", "2018-02-07T10:15:08-0500");
	end(&b, udta);
	end(&b, moov);
	check(&b, "QT_USERDATA=2018-02-07T10:15:08-05:00/zoned title=\303\251t\303\251",
	    "bytes that are no Unicode are Latin-1; a year does not hide a date");
	buf_fini(&b);
}

/* The same fact in several places: the order of the file does not matter. */
static void
test_ranks(void)
{
	static const char *const keys[][2] = {{"com.apple.quicktime.make", "keys"},
	    {"com.apple.quicktime.location.ISO6709", "+01+001/"}, {"com.apple.quicktime.title", "  "}, {NULL, NULL}};
	struct buf b = {0};

	for (int order = 0; order < 2; order++) {
		size_t moov = film(&b, "qt  "), udta;

		if (order == 0)
			keyed(&b, keys, false);
		udta = begin(&b, "udta");
		international(&b, "\251mak", 0x15c7, "user");
		international(&b, "\251nam", 0x15c7, "title");
		international(&b, "\251xyz", 0x15c7, "+02+002+7/");
		end(&b, udta);
		if (order == 1)
			keyed(&b, keys, false);
		end(&b, moov);
		check(&b, "make=keys lat=1 lon=1 title=title",
		    "keys before user data, no altitude of another position, blanks count as nothing");
	}
	buf_fini(&b);
}

static void
test_bases(void)
{
	static const struct {
		const char *creationdate, *make;
		uint32_t created;
		const char *want;
	} rows[] = {
	    {"2024-05-01T12:00:00+02:00", "x", DAY1 + 3,
		"QT_CREATIONDATE=2024-05-01T12:00:00+02:00/zoned MVHD=2024-05-01T10:00:03Z/utc make=x"},
	    {"2024-05-01T12:00:00+02:00", "x", DAY1 + 7203,
		"QT_CREATIONDATE=2024-05-01T12:00:00+02:00/zoned MVHD=2024-05-01T12:00:03/local make=x"},
	    {"2024-05-01T12:00:00+02:00", "x", DAY1 + 451,
		"QT_CREATIONDATE=2024-05-01T12:00:00+02:00/zoned MVHD=2024-05-01T10:07:31Z/assumed make=x"},
	    {"2024-05-01T12:00:00+02:00", "Apple", DAY1 + 451,
		"QT_CREATIONDATE=2024-05-01T12:00:00+02:00/zoned MVHD=2024-05-01T10:07:31Z/utc make=Apple"},
	    {"2024-05-01T10:00:00Z", "x", DAY1,
		"QT_CREATIONDATE=2024-05-01T10:00:00Z/utc MVHD=2024-05-01T10:00:00Z/utc make=x"},
	    {"2024-05-01T10:00:00", "x", DAY1,
		"QT_CREATIONDATE=2024-05-01T10:00:00/local MVHD=2024-05-01T10:00:00/local make=x"},
	    {"2024-05-01T11:00:00", "x", DAY1,
		"QT_CREATIONDATE=2024-05-01T11:00:00/local MVHD=2024-05-01T10:00:00Z/assumed make=x"},
	    {"2024-05-01T10:00:00", "Apple", DAY1,
		"QT_CREATIONDATE=2024-05-01T10:00:00/local MVHD=2024-05-01T10:00:00Z/utc make=Apple"},
	    {"rubbish", "Google", DAY1, "MVHD=2024-05-01T10:00:00Z/utc make=Google EDATE"},
	    {"2024-02-30T10:00:00Z", "x", DAY1, "MVHD=2024-05-01T10:00:00Z/assumed make=x EDATE"},
	    {" ", "x", DAY1, "MVHD=2024-05-01T10:00:00Z/assumed make=x"},
	    {" ", "samsung", DAY1, "MVHD=2024-05-01T10:00:00Z/utc make=samsung"},
	    {" ", "Panasonic", DAY1, "MVHD=2024-05-01T10:00:00/local make=Panasonic"},
	    {" ", "GOPRO", DAY1, "MVHD=2024-05-01T10:00:00/local make=GOPRO"},
	    {"2024-05-01T12:00:00+02:00", "Panasonic", DAY1,
		"QT_CREATIONDATE=2024-05-01T12:00:00+02:00/zoned MVHD=2024-05-01T10:00:00Z/utc make=Panasonic"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *const keys[][2] = {{"com.apple.quicktime.creationdate", rows[i].creationdate},
		    {"com.apple.quicktime.make", rows[i].make}, {NULL, NULL}};
		size_t moov = film(&b, "qt  ");

		mvhd(&b, rows[i].created, 600, 0, 0);
		keyed(&b, keys, false);
		end(&b, moov);
		check(&b, rows[i].want, "whether a header's time is UTC");
	}
	buf_fini(&b);
}

static void
test_userdates(void)
{
	static const struct {
		const char *day;
		uint32_t created;
		const char *want;
	} rows[] = {
	    {"2010", DAY1, "MVHD=2024-05-01T10:00:00Z/assumed"},
	    {"2010-07-05", DAY1, "QT_USERDATA=2010-07-05/local MVHD=2024-05-01T10:00:00Z/assumed"},
	    {"2024-04-30", DAY1, "QT_USERDATA=2024-04-30/local MVHD=2024-05-01T10:00:00Z/assumed"},
	    {"2024-05-01", DAY1, "QT_USERDATA=2024-05-01/local MVHD=2024-05-01T10:00:00Z/assumed"},
	    {"2024-05-02", DAY1, "QT_USERDATA=2024-05-02/local MVHD=2024-05-01T10:00:00Z/assumed"},
	    {"2024-05-03", DAY1, "QT_USERDATA=2024-05-03/local MVHD=2024-05-01T10:00:00Z/assumed"},
	    {"2010-07-05", 0, "QT_USERDATA=2010-07-05/local"},
	    {"2010", 0, ""},
	    {"2010-07-05T10:11:12", DAY1, "QT_USERDATA=2010-07-05T10:11:12/local MVHD=2024-05-01T10:00:00Z/assumed"},
	    {"2010-07-05 10:11:12+01:00", 0, "QT_USERDATA=2010-07-05T10:11:12+01:00/zoned"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t moov = film(&b, "qt  "), udta;

		mvhd(&b, rows[i].created, 600, 0, 0);
		udta = begin(&b, "udta");
		international(&b, "\251day", 0x15c7, rows[i].day);
		end(&b, udta);
		end(&b, moov);
		check(&b, rows[i].want, rows[i].day);
	}
	buf_fini(&b);
}

static void
test_places(void)
{
	static const struct {
		const char *text;
		double lat, lon, alt_m; /* lat 999: none */
	} rows[] = {
	    {"+48.8577+002.295/", 48.8577, 2.295, -1},
	    {"+48.8577+002.295+035.5/", 48.8577, 2.295, 35.5},
	    {"-33.8577-070.295-035/", -33.8577, -70.295, -35},
	    {"+48.8577+002.295+35CRSWGS_84/", 48.8577, 2.295, 35},
	    {"+4851.462+00217.7/", 48.8577, 2 + 17.7 / 60, -1},
	    {"+485127.72+0021742/", 48.8577, 2.295, -1},
	    {"-0030-00030/", -0.5, -0.5, -1},
	    {"+27.5+86.5/", 27.5, 86.5, -1},
	    {"+00-000", 0, 0, -1},
	    {"+90+180/", 90, 180, -1},
	    {"+4860+00217/", 999, 0, 0},
	    {"+48517+002/", 999, 0, 0},
	    {"48.8+2.2/", 999, 0, 0},
	    {"+48.8/", 999, 0, 0},
	    {"+48.8+", 999, 0, 0},
	    {"+48.8+2.2+/", 999, 0, 0},
	    {"+48.8+2.2x", 999, 0, 0},
	    {"+1234567890123456+2", 999, 0, 0},
	    {"+1.1234567890123456+2", 999, 0, 0},
	    {"+", 999, 0, 0},
	    {"", 999, 0, 0},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = strlen(rows[i].text);
		uint8_t *exact = tap_exact(rows[i].text, len);
		struct position p = {.lat = 999};
		bool good = iso6709_parse(exact, len, &p);
		double off = good ? (p.lat - rows[i].lat) + (p.lon - rows[i].lon) : 0;

		tap_ok(good == (rows[i].lat < 900) && off < 1e-9 && off > -1e-9 &&
			   (!good || (rows[i].alt_m == -1 ? p.alt_m != p.alt_m : p.alt_m == rows[i].alt_m)),
		    "position '%s'", rows[i].text);
		free(exact);
	}
}

static void
test_impossible_place(void)
{
	static const char *const keys[][2] = {{"com.apple.quicktime.location.ISO6709", "+91+001/"}, {NULL, NULL}};
	static const struct {
		const char *text, *want;
	} zeros[] = {
	    {"+00.0000+000.0000/", "EVALUE"},
	    {"-00.0000-000.0000/", "EVALUE"},
	    {"+00.0000+000.0000+012.000/", "lat=0 lon=0 alt_m=12"},
	    {"+00.0000+010.0000/", "lat=0 lon=10"},
	};
	static const char *const rubbish[][2] = {{"com.apple.quicktime.location.ISO6709", "here"}, {NULL, NULL}};
	struct buf b = {0};
	size_t moov = film(&b, "qt  ");

	keyed(&b, keys, false);
	end(&b, moov);
	check(&b, "EVALUE", "a position beyond");
	moov = film(&b, "qt  ");
	keyed(&b, rubbish, false);
	end(&b, moov);
	check(&b, "EVALUE", "a position that is words");
	for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++) {
		const char *const one[][2] = {{"com.apple.quicktime.location.ISO6709", zeros[i].text}, {NULL, NULL}};

		moov = film(&b, "qt  ");
		keyed(&b, one, false);
		end(&b, moov);
		check(&b, zeros[i].want, zeros[i].text);
	}
	buf_fini(&b);
}

static void
test_sizes(void)
{
	struct buf b = {0};
	size_t moov, at;

	buf_clear(&b, 0);
	LEAF(&b, "wide", "");
	u32(&b, 1);
	buf_adds(&b, "mdat");
	u64(&b, 26);
	film_zeros(&b, 10);
	moov = begin(&b, "moov");
	mvhd(&b, 0, 10, 20, 0);
	end(&b, moov);
	check(&b, "duration_s=2", "no ftyp; a 64-bit size");

	film(&b, "isom");
	mvhd(&b, 0, 10, 20, 0);
	check(&b, "duration_s=2", "size 0 goes to the end of the file");

	moov = film(&b, "isom");
	mvhd(&b, 0, 10, 20, 0);
	at = begin(&b, "trak");
	end(&b, moov);
	check(&b, "duration_s=2", "size 0 goes to the end of what it lies in");
	(void)at;

	moov = film(&b, "isom");
	mvhd(&b, 0, 10, 20, 0);
	at = begin(&b, "trak");
	tkhd(&b, DAY1, upright, 1, 1, 0);
	set_size(&b, at, 4000);
	end(&b, moov);
	check(&b, "TKHD=2024-05-01T10:00:00Z/assumed duration_s=2 EFORMAT", "a box that runs over its outer box");

	moov = film(&b, "isom");
	mvhd(&b, 0, 10, 20, 0);
	set_size(&b, moov, 4000);
	check(&b, "duration_s=2 ETRUNCATED", "a file that ends inside moov");

	moov = film(&b, "isom");
	mvhd(&b, 0, 10, 20, 0);
	at = begin(&b, "trak");
	tkhd(&b, DAY1, upright, 1, 1, 0);
	set_size(&b, at, 4000);
	set_size(&b, moov, 8000);
	check(
	    &b, "TKHD=2024-05-01T10:00:00Z/assumed duration_s=2 ETRUNCATED", "a file that ends inside a track of moov");

	moov = film(&b, "isom");
	mvhd(&b, 0, 10, 20, 0);
	at = begin(&b, "free");
	set_size(&b, at, 7);
	mvhd(&b, DAY1, 10, 30, 0);
	end(&b, moov);
	check(&b, "duration_s=2 EFORMAT", "a size below that of the header");

	moov = film(&b, "isom");
	mvhd(&b, 0, 10, 20, 0);
	u32(&b, 1);
	buf_adds(&b, "free");
	u64(&b, 0);
	end(&b, moov);
	check(&b, "duration_s=2 EFORMAT", "a 64-bit size of nothing");

	moov = film(&b, "isom");
	mvhd(&b, 0, 10, 20, 0);
	end(&b, moov);
	at = begin(&b, "mdat");
	set_size(&b, at, 1 << 20);
	check(&b, "duration_s=2 ETRUNCATED", "film data that the file cuts off");

	moov = film(&b, "isom");
	mvhd(&b, 0, 10, 20, 0);
	end(&b, moov);
	buf_adds(&b, "\xff\xff\xff\xffjunk behind the film");
	check(&b, "duration_s=2", "junk behind the film");

	end(&b, film(&b, "isom"));
	LEAF(&b, "free", "");
	LEAF(&b, "moof", "");
	at = begin(&b, "moov");
	mvhd(&b, 0, 10, 20, 0);
	end(&b, at);
	check(&b, "", "the first fragment behind the index ends the walk");

	moov = film(&b, "isom");
	leaf(&b, "mvhd", "\0\0\0\0\377\377\377\377", 8);
	leaf(&b, "cmov", "", 0);
	end(&b, moov);
	check(&b, "EFORMAT", "a short header, a compressed index");

	film(&b, "isom");
	b.len -= 8;
	check(&b, "EFORMAT", "no index");
	buf_clear(&b, 0);
	check(&b, "", "an empty file");
	moov = film(&b, "heic");
	mvhd(&b, DAY1, 10, 20, 0);
	end(&b, moov);
	check(&b, "MVHD=2024-05-01T10:00:00Z/assumed duration_s=2", "a picture that lasts");
	buf_fini(&b);
}

static void
test_limits(void)
{
	struct buf b = {0};
	size_t moov, udta, at;

	moov = film(&b, "isom");
	udta = begin(&b, "udta");
	at = begin(&b, "\251nam");
	film_zeros(&b, BMFF_TEXT_MAX + 1);
	end(&b, at);
	at = begin(&b, "mcvr");
	film_zeros(&b, BMFF_TEXT_MAX + 1);
	end(&b, at);
	end(&b, udta);
	mvhd(&b, 0, 10, 20, 0);
	end(&b, moov);
	check(&b, "duration_s=2 EVALUE", "a text over the limit; what is unknown is not text");

	moov = film(&b, "isom");
	for (int i = 0; i < 10240; i++)
		begin(&b, i % 2 ? "trak" : "moov");
	end(&b, moov);
	check(&b, "", "80 KB of boxes within boxes");

	moov = film(&b, "isom");
	for (int i = 0; i < 70000; i++)
		LEAF(&b, "free", "");
	mvhd(&b, 0, 10, 20, 0);
	end(&b, moov);
	check(&b, "ELIMIT", "more boxes than the limit");

	moov = film(&b, "isom");
	udta = begin(&b, "udta");
	for (int i = 0; i < 400; i++)
		international(&b, "\251nam", 0x15c7, i < 200 ? " " : "late");
	end(&b, udta);
	end(&b, moov);
	check(&b, "title=late ELIMIT", "blank texts fill no table");

	moov = film(&b, "isom");
	udta = begin(&b, "udta");
	for (int i = 0; i < 300; i++)
		international(&b, "\251nam", 0x15c7, "late");
	international(&b, "\251cpy", 0x15c7, "All");
	end(&b, udta);
	end(&b, moov);
	check(&b, "title=late copyright=All ELIMIT", "many texts of one field, and one of another");
	buf_fini(&b);
}

static void
test_many_keys(void)
{
	struct buf b = {0};
	size_t moov = film(&b, "qt  "), meta = begin(&b, "meta"), at;

	at = begin(&b, "keys");
	u32(&b, 0);
	u32(&b, 300);
	for (int i = 0; i < 300; i++) {
		u32(&b, 33);
		buf_adds(&b, "mdtacom.apple.quicktime.title");
	}
	end(&b, at);
	at = begin(&b, "ilst");
	data_item(&b, "\0\0\1\1", 1, "257", 3);
	data_item(&b, "\0\0\1\0", 1, "256", 3);
	end(&b, at);
	end(&b, meta);
	end(&b, moov);
	check(&b, "title=256 ELIMIT", "more keys than the limit");
	buf_fini(&b);
}

/* A film with everything in it, cut at every byte, and with every byte turned over. */
static void
test_damage(void)
{
	static const char *const keys[][2] = {{"com.apple.quicktime.make", "Apple"},
	    {"com.apple.quicktime.creationdate", "2024-05-01T12:00:00+0200"},
	    {"com.apple.quicktime.location.ISO6709", "+51.5334-000.1255+026.756/"}, {NULL, NULL}};
	struct buf b = {0}, out = {0};
	size_t moov = film(&b, "qt  "), udta, failures = 0;

	mvhd(&b, DAY1, 600, 1500, 1);
	track(&b, "vide", upright, 640, 480);
	udta = begin(&b, "udta");
	international(&b, "\251mak", 0, "\216t\216");
	LEAF(&b, "titl", "\0\0\0\0\025\307\376\377\0T\0\351\0\0");
	LEAF(&b, "loci", "\0\0\0\0\025\307Home\0\0\0\002\200\0\377\377\200\0\0\012\0\0earth\0\0");
	end(&b, udta);
	keyed(&b, keys, true);
	end(&b, moov);
	for (size_t len = 0; len < b.len; len++)
		failures += strcmp(reading(&b, len, &out), "failed") == 0;
	tap_ok(failures == 0, "%zu cuts are no failures", b.len);
	for (size_t i = 0; i < b.len; i++) {
		b.p[i] ^= 0x7f;
		failures += strcmp(reading(&b, b.len, &out), "failed") == 0;
		b.p[i] ^= 0x7f;
	}
	tap_ok(failures == 0, "nor are changed bytes");
	buf_fini(&b);
	buf_fini(&out);
}

/* Reads and bytes read by this process so far, or false where the system does not count them. */
static bool
counted(unsigned long long *reads, unsigned long long *bytes)
{
	FILE *f = fopen("/proc/self/io", "r");
	unsigned long long wchar;
	bool good;

	if (f == NULL)
		return false;
	good = fscanf(f, "rchar: %llu wchar: %llu syscr: %llu", bytes, &wchar, reads) == 3;
	fclose(f);
	return good;
}

/* Eight gigabytes of hole, then the index. */
static void
test_sparse(void)
{
	char path[] = "/tmp/dcim-bmff-XXXXXX";
	const uint64_t hole = (uint64_t)8 << 30;
	unsigned long long reads = 0, bytes = 0, reads_after = 0, bytes_after = 0;
	struct media_info info = {0};
	struct buf b = {0}, out = {0};
	struct fail why = {0};
	struct src *src = src_new();
	struct reader_worker *worker = reader_worker_new();
	size_t head, moov;
	int fd = mkstemp(path);

	moov = film(&b, "isom");
	b.len = moov;
	u32(&b, 1);
	buf_adds(&b, "mdat");
	u64(&b, hole - moov);
	head = b.len;
	moov = begin(&b, "moov");
	mvhd(&b, DAY1, 600, 6000, 0);
	track(&b, "soun", upright, 0, 0);
	track(&b, "vide", upright, 3840, 2160);
	end(&b, moov);
	unlink(path);
	if (fd == -1 || pwrite(fd, b.p, head, 0) != (ssize_t)head ||
	    pwrite(fd, b.p + head, b.len - head, (off_t)hole) != (ssize_t)(b.len - head)) {
		tap_ok(true, "an index behind 8 GB # SKIP no room for a sparse file");
	} else {
		bool known = counted(&reads, &bytes);
		int rc = src_open(src, fd, hole + b.len - head, &why);

		if (rc == 0)
			rc = format_read(src, worker, &info, &why);
		known = known && counted(&reads_after, &bytes_after);
		film_describe(&info, &out);
		tap_ok(rc == 0 && strcmp(buf_cstr(&out),
				      "MVHD=2024-05-01T10:00:00Z/assumed width=3840 height=2160 duration_s=10") == 0,
		    "an index behind 8 GB: %s", buf_cstr(&out));
		if (known)
			tap_ok(reads_after - reads < 64 && bytes_after - bytes < 1 << 20,
			    "costs %llu reads of %llu bytes", reads_after - reads, bytes_after - bytes);
		else
			tap_ok(true, "costs few reads # SKIP nobody counts them here");
	}
	if (fd != -1)
		close(fd);
	media_fini(&info);
	src_free(src);
	reader_worker_free(worker);
	buf_fini(&b);
	buf_fini(&out);
}

/* A descriptor that cannot be read: the only failure there is. */
static void
check_unreadable(const struct buf *b, const char *what)
{
	char path[] = "/tmp/dcim-bmff-XXXXXX";
	struct media_info info = {0};
	struct fail why = {0};
	struct src *src = src_new();
	struct reader_worker *worker = reader_worker_new();
	int fd = mkstemp(path), rc;

	unlink(path);
	if (fd == -1 || write(fd, b->p, b->len) != (ssize_t)b->len || src_open(src, fd, b->len, &why) == -1) {
		tap_ok(false, "a file of %zu bytes", b->len);
	} else {
		close(fd);
		fd = -1;
		rc = format_read(src, worker, &info, &why);
		tap_ok(
		    rc == -1 && why.code == FAIL_SYSTEM && info.field[MEDIA_DURATION].kind == MEDIA_NUMBER, "%s", what);
	}
	media_fini(&info);
	src_free(src);
	reader_worker_free(worker);
}

static void
test_unreadable(void)
{
	struct buf b = {0};
	size_t moov = film(&b, "isom");

	mvhd(&b, DAY1, 600, 6000, 0);
	film_zeros(&b, SRC_HEAD_SIZE);
	track(&b, "vide", upright, 3840, 2160);
	set_size(&b, moov + 8 + 108, SRC_HEAD_SIZE);
	end(&b, moov);
	check_unreadable(&b, "a failed read fails, what was read before stays");
	moov = film(&b, "isom");
	mvhd(&b, DAY1, 600, 6000, 0);
	end(&b, moov);
	moov = begin(&b, "mdat");
	film_zeros(&b, SRC_HEAD_SIZE);
	end(&b, moov);
	check_unreadable(&b, "also behind the film");
	buf_fini(&b);
}

int
main(void)
{
	test_bid();
	test_headers();
	test_durations();
	test_tracks();
	test_keys();
	test_items();
	test_userdata();
	test_ranks();
	test_bases();
	test_userdates();
	test_places();
	test_impossible_place();
	test_sizes();
	test_limits();
	test_many_keys();
	test_damage();
	test_sparse();
	test_unreadable();
	return tap_done();
}
