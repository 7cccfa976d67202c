/* Matroska files, built element by element: what is read from where, how it is found, and what damage costs. */
#include "film.h"

#define NS_2024 INT64_C(736250400000000000) /* 2024-05-01T10:00:00Z, from 2001 */

enum {
	EBML = 0x1a45dfa3,
	SEGMENT = 0x18538067,
	SEEKHEAD = 0x114d9b74,
	SEEK = 0x4dbb,
	INFO = 0x1549a966,
	TRACKS = 0x1654ae6b,
	TAGS = 0x1254c367,
	CLUSTER = 0x1f43b675,
	VOID_ELEMENT = 0xec,
	SIZE_BYTES = 4
};

static void
put_id(struct buf *b, uint32_t id)
{
	film_put(b, id, id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1, true);
}

static size_t
begin(struct buf *b, uint32_t id)
{
	put_id(b, id);
	film_put(b, 0x10000000, SIZE_BYTES, true);
	return b->len;
}

static void
set_size(struct buf *b, size_t body, uint32_t size)
{
	for (size_t i = 0; i < SIZE_BYTES; i++)
		b->p[body - SIZE_BYTES + i] = (char)((size | 0x10000000u) >> (24 - 8 * i));
}

static void
end(struct buf *b, size_t body)
{
	set_size(b, body, (uint32_t)(b->len - body));
}

static void
number(struct buf *b, uint32_t id, uint64_t v, size_t size)
{
	size_t at = begin(b, id);

	film_put(b, v, size, true);
	end(b, at);
}

static void
text(struct buf *b, uint32_t id, const char *s)
{
	size_t at = begin(b, id);

	buf_adds(b, s);
	end(b, at);
}

static void
real(struct buf *b, uint32_t id, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof bits);
	number(b, id, bits, 8);
}

static size_t
film(struct buf *b, const char *type)
{
	size_t at;

	buf_clear(b, 1 << 20);
	at = begin(b, EBML);
	text(b, 0x4282, type);
	end(b, at);
	return begin(b, SEGMENT);
}

static void
info(struct buf *b)
{
	size_t at = begin(b, INFO);

	real(b, 0x4489, 5000); /* before the scale that it is in */
	number(b, 0x2ad7b1, 2000000, 3);
	number(b, 0x4461, NS_2024, 8);
	text(b, 0x7ba9, "A title");
	text(b, 0x4d80, "libmuxer");
	text(b, 0x5741, "Camera 1.0");
	end(b, at);
}

static void
track(struct buf *b, unsigned nth, unsigned type, unsigned width, unsigned height, double roll)
{
	size_t at = begin(b, 0xae), video, pose;

	number(b, 0xd7, nth, 1);
	number(b, 0x73c5, 100 + nth, 8);
	video = begin(b, 0xe0);
	number(b, 0xb0, width, 2);
	number(b, 0xba, height, 2);
	pose = begin(b, 0x7670);
	real(b, 0x7675, roll);
	end(b, pose);
	end(b, video);
	number(b, 0x83, type, 1);
	end(b, at);
}

static void
tracks(struct buf *b, double roll)
{
	size_t at = begin(b, TRACKS);

	track(b, 1, 2, 10, 10, 0);
	track(b, 2, 1, 1920, 1080, roll);
	track(b, 3, 1, 640, 360, 0);
	end(b, at);
}

static void
pair(struct buf *b, const char *name, const char *value)
{
	size_t at = begin(b, 0x67c8);

	text(b, 0x45a3, name);
	text(b, 0x4487, value);
	end(b, at);
}

/* A Tag for what a target element names; id 0: for the film. */
static size_t
tag(struct buf *b, uint32_t target, uint64_t v)
{
	size_t at = begin(b, 0x7373), targets = begin(b, 0x63c0);

	if (target != 0)
		number(b, target, v, 8);
	end(b, targets);
	return at;
}

/* An entry of an index, whose position is set when it is known.  Returns where that is. */
static size_t
seek(struct buf *b, uint32_t id)
{
	size_t at = begin(b, SEEK), body = begin(b, 0x53ab);

	put_id(b, id);
	end(b, body);
	number(b, 0x53ac, UINT32_MAX, 4);
	end(b, at);
	return b->len - 4;
}

static void
set_position(struct buf *b, size_t at, size_t position)
{
	for (size_t i = 0; i < 4; i++)
		b->p[at + i] = (char)(position >> (24 - 8 * i));
}

#define ALL                                                                                                        \
	"MATROSKA_DATE=2024-05-01T10:00:00Z/utc software=Camera 1.0 width=1920 height=1080 duration_s=10 title=A " \
	"title"

static void
test_fields(struct buf *b)
{
	size_t segment = film(b, "matroska");

	info(b);
	tracks(b, 0);
	end(b, segment);
	film_check(b, "mkv " ALL, "date, duration in its scale, title, program, the first track of pictures");
	film_check_cuts(b, "every beginning of it");
	segment = film(b, "webm");
	tracks(b, 0);
	info(b);
	end(b, segment);
	film_check(b, "webm " ALL, "WebM, by its document type; another order");
}

static void
test_turned(struct buf *b)
{
	static const struct {
		double roll;
		const char *want;
	} rows[] = {
	    {0, "mkv width=1920 height=1080"},
	    {90, "mkv width=1920 height=1080 orientation=8"},
	    {180, "mkv width=1920 height=1080 orientation=3"},
	    {-180, "mkv width=1920 height=1080 orientation=3"},
	    {-90, "mkv width=1920 height=1080 orientation=6"},
	    {45, "mkv width=1920 height=1080"},
	    {1e300, "mkv width=1920 height=1080"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t segment = film(b, "matroska");

		tracks(b, rows[i].roll);
		end(b, segment);
		film_check(b, rows[i].want, "pictures turned counter-clockwise");
	}
}

static void
test_tags(struct buf *b)
{
	static const struct {
		const char *name, *value, *want;
	} rows[] = {
	    {"TITLE", " Mine ", "mkv title=Mine"},
	    {"title", "Mine", "mkv title=Mine"},
	    {"ARTIST", "Jo", "mkv artist=Jo"},
	    {"COPYRIGHT", "Jo", "mkv copyright=Jo"},
	    {"DESCRIPTION", "D", "mkv description=D"},
	    {"COMMENT", "C", "mkv description=C"},
	    {"MAKE", "GoPro", "mkv make=GoPro"},
	    {"COM.ANDROID.MODEL", "Pixel", "mkv model=Pixel"},
	    {"COM.APPLE.QUICKTIME.MAKE", "Apple", "mkv make=Apple"},
	    {"LOCATION", "+48.8577-002.295/", "mkv lat=48.8577 lon=-2.295"},
	    {"LOCATION", "Paris", "mkv EVALUE"},
	    {"DATE_RECORDED", "1974", "mkv MATROSKA_TAG=1974/local"},
	    {"DATE_RECORDED", "2024-05-01 12:00:00.5", "mkv MATROSKA_TAG=2024-05-01T12:00:00.5/local"},
	    {"DATE_RECORDED", "soon", "mkv EDATE"},
	    {"DATE", "2019", "mkv"},
	    {"DATE", "2024-05-01T12:00:00+0200", "mkv MATROSKA_DAY=2024-05-01T12:00:00+02:00/zoned"},
	    {"CREATION_TIME", "2024-05-01 10:00:00", "mkv MATROSKA_CREATION=2024-05-01T10:00:00Z/assumed"},
	    {"CREATION_TIME", "2024-05-01T10:00:00.000000Z", "mkv MATROSKA_CREATION=2024-05-01T10:00:00.000000Z/utc"},
	    {"COM.APPLE.QUICKTIME.CREATIONDATE", "2024-05-01T12:00:00+0200",
		"mkv QT_CREATIONDATE=2024-05-01T12:00:00+02:00/zoned"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t segment = film(b, "matroska"), tags = begin(b, TAGS), one = tag(b, 0, 0);

		pair(b, rows[i].name, rows[i].value);
		end(b, one);
		end(b, tags);
		end(b, segment);
		film_check(b, rows[i].want, rows[i].name);
	}
}

static void
test_targets(struct buf *b)
{
	static const struct {
		uint32_t id;
		uint64_t v;
		const char *want;
	} rows[] = {
	    {0x68ca, 30, "mkv title=T"},
	    {0x68ca, 70, "mkv"},
	    {0x63c5, 101, "mkv"}, /* a track's title is its name */
	    {0x63c4, 7, "mkv"},
	    {0x63c4, 0, "mkv title=T"},
	    {0x63c9, 7, "mkv"},
	    {0x63c6, 7, "mkv"},
	};
	size_t segment, tags, one, outer, inner;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		segment = film(b, "matroska");
		tags = begin(b, TAGS);
		one = tag(b, rows[i].id, rows[i].v);
		pair(b, "TITLE", "T");
		end(b, one);
		end(b, tags);
		end(b, segment);
		film_check(b, rows[i].want, "tags of other things than the film");
	}
	segment = film(b, "matroska");
	tags = begin(b, TAGS);
	one = tag(b, 0, 0);
	outer = begin(b, 0x67c8);
	inner = begin(b, 0x67c8);
	text(b, 0x4487, "Of the original");
	text(b, 0x45a3, "TITLE");
	end(b, inner);
	text(b, 0x45a3, "ORIGINAL");
	end(b, outer);
	pair(b, "COMMENT", "worse");
	pair(b, "DESCRIPTION", "better");
	pair(b, "AUTHOR", "worse");
	pair(b, "ARTIST", "better");
	end(b, one);
	end(b, tags);
	end(b, segment);
	film_check(b, "mkv description=better artist=better", "a title inside another tag; the better of two names");
}

/* Tags at the end, which only the index finds, and a second index. */
static void
test_index(struct buf *b)
{
	size_t segment = film(b, "matroska"), head = begin(b, SEEKHEAD), second, to_tracks, to_tags, tags, one;

	second = seek(b, SEEKHEAD);
	seek(b, CLUSTER);
	end(b, head);
	info(b);
	one = begin(b, CLUSTER);
	film_zeros(b, 100);
	end(b, one);
	put_id(b, CLUSTER);
	film_put(b, 0x1fffffff, 4, true); /* nothing behind it is to be found but through the index */
	set_position(b, second, b->len - segment);
	head = begin(b, SEEKHEAD);
	to_tracks = seek(b, TRACKS);
	to_tags = seek(b, TAGS);
	seek(b, INFO); /* beyond the segment */
	end(b, head);
	set_position(b, to_tracks, b->len - segment);
	tracks(b, 0);
	set_position(b, to_tags, b->len - segment);
	tags = begin(b, TAGS);
	one = tag(b, 0, 0);
	pair(b, "ARTIST", "Jo");
	end(b, one);
	end(b, tags);
	end(b, segment);
	film_check(b, "mkv " ALL " artist=Jo", "through two indexes to what lies behind the clusters");
	film_check_cuts(b, "every beginning of it");
}

static void
test_clusters(struct buf *b)
{
	static const struct {
		unsigned clusters;
		bool unknown;
		const char *want;
	} rows[] = {
	    {1, false, "mkv " ALL},
	    {30, false, "mkv " ALL},
	    {100, false, "mkv MATROSKA_DATE=2024-05-01T10:00:00Z/utc software=Camera 1.0 duration_s=10 title=A title"},
	    {1, true, "mkv MATROSKA_DATE=2024-05-01T10:00:00Z/utc software=Camera 1.0 duration_s=10 title=A title"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t segment = film(b, "matroska");

		info(b);
		for (unsigned c = 0; c < rows[i].clusters; c++) {
			size_t at = begin(b, CLUSTER);

			film_zeros(b, 8);
			set_size(b, at, rows[i].unknown ? 0x0fffffff : 8);
		}
		tracks(b, 0);
		set_size(b, segment, 0x0fffffff); /* a live recording */
		film_check(b, rows[i].want, "tracks behind clusters, without an index");
	}
}

static void
test_damage(struct buf *b)
{
	size_t segment = film(b, "matroska"), at, cut;

	at = begin(b, VOID_ELEMENT);
	film_zeros(b, 3);
	end(b, at);
	info(b);
	cut = b->len;
	tracks(b, 0);
	end(b, segment);
	film_check_tags(b, cut + 60,
	    "mkv MATROSKA_DATE=2024-05-01T10:00:00Z/utc software=Camera 1.0 duration_s=10 "
	    "title=A title ETRUNCATED ETRUNCATED ETRUNCATED",
	    NULL, "cut off inside the tracks");
	segment = film(b, "matroska");
	at = begin(b, TRACKS);
	cut = begin(b, 0xae);
	number(b, 0x83, 1, 1);
	number(b, 0xb0, 320, 2);
	number(b, 0xba, 240, 2);
	text(b, 0x536e, "longer than what it is in");
	set_size(b, cut, 24);
	b->len = cut + 24;
	end(b, at);
	info(b);
	end(b, segment);
	film_check(b,
	    "mkv MATROSKA_DATE=2024-05-01T10:00:00Z/utc software=Camera 1.0 width=320 height=240 duration_s=10 "
	    "title=A title EFORMAT",
	    "an element that passes its parent's end");
	segment = film(b, "matroska");
	info(b);
	film_zeros(b, 20);
	tracks(b, 0);
	end(b, segment);
	film_check(b,
	    "mkv MATROSKA_DATE=2024-05-01T10:00:00Z/utc software=Camera 1.0 duration_s=10 title=A title EFORMAT",
	    "what is no element");
	segment = film(b, "matroska");
	at = begin(b, INFO);
	number(b, 0x4461, UINT64_C(0x7fffffffffffffff), 8);
	number(b, 0x4461, 1, 3);
	real(b, 0x4489, -1);
	number(b, 0x2ad7b1, 0, 1);
	end(b, at);
	end(b, segment);
	film_check(
	    b, "mkv MATROSKA_DATE=2293-04-11T23:47:16.854775807Z/utc EDATE", "a date of another length, no duration");
	segment = film(b, "matroska");
	at = begin(b, INFO);
	number(b, 0x4461, UINT64_C(0x8000000000000000), 8);
	end(b, at);
	end(b, segment);
	film_check(b, "mkv MATROSKA_DATE=1708-09-22T00:12:43.145224192Z/utc", "the earliest date there is");
}

/* Elements in each other without end, and without number. */
static void
test_limits(struct buf *b)
{
	size_t segment = film(b, "matroska"), at = begin(b, TAGS), one = begin(b, 0x7373);

	for (int i = 0; i < 5000; i++) {
		put_id(b, 0x67c8);
		film_put(b, 0x1fffffff, 4, true);
	}
	end(b, one);
	end(b, at);
	end(b, segment);
	film_check(b, "mkv ELIMIT", "tags 5,000 deep");
	segment = film(b, "matroska");
	at = begin(b, TAGS);
	for (int i = 0; i < 70000; i++)
		film_put(b, 0xec80, 2, true);
	one = tag(b, 0, 0);
	pair(b, "ARTIST", "Jo");
	end(b, one);
	end(b, at);
	end(b, segment);
	film_check(b, "mkv ELIMIT", "70,000 elements");
}

static void
test_all(struct buf *b)
{
	size_t segment = film(b, "webm"), at = begin(b, TRACKS), tags, one, outer;

	track(b, 1, 1, 320, 240, 0);
	end(b, at);
	tags = begin(b, TAGS);
	one = tag(b, 0x63c5, 101);
	pair(b, "DATE_RECORDED", "2024");
	outer = begin(b, 0x67c8);
	text(b, 0x45a3, "ORIGINAL");
	pair(b, "PART_NUMBER", "3");
	end(b, outer);
	end(b, one);
	end(b, tags);
	end(b, segment);
	film_check_tags(b, b->len, "webm MATROSKA_TAG=2024/local width=320 height=240",
	    "\"Matroska:DocType\":\"webm\",\"Track1:TrackNumber\":1,\"Track1:TrackUID\":\"0000000000000065\","
	    "\"Track1:ImageWidth\":320,\"Track1:ImageHeight\":240,\"Track1:ProjectionPoseRoll\":0,"
	    "\"Track1:TrackType\":1,\"Track1:DateTimeOriginal\":\"2024\",\"Track1:OriginalPartNumber\":\"3\"",
	    "all tags, by track");
}

int
main(void)
{
	struct buf b = {0};

	test_fields(&b);
	test_turned(&b);
	test_tags(&b);
	test_targets(&b);
	test_index(&b);
	test_clusters(&b);
	test_damage(&b);
	test_limits(&b);
	test_all(&b);
	buf_fini(&b);
	return tap_done();
}
