/* The small readers of films: raw DV, Ogg. */
#include "film.h"

enum { BLOCK = 80 };

static void
test_dv(struct buf *b)
{
	static const struct {
		uint8_t header, signal;
		const char *date, *time, *want;
	} rows[] = {
	    {0xbf, 0, "\x62\xff\xd6\xc2\x10", "\x63\xff\xa8\xb6\xe1",
		"dv DV=2010-02-16T21:36:28/local width=720 height=576 duration_s=0.000133333"},
	    {0x3f, 0, "\x62\xff\xd6\xc2\x99", "\x63\xff\xa8\xb6\xe1",
		"dv DV=1999-02-16T21:36:28/local width=720 height=480 duration_s=0.000133467"},
	    {0xbf, 0x14, "\x62\xff\xff\xff\xff", "\x63\xff\xff\xff\xff",
		"dv width=1440 height=1080 duration_s=3.3333e-05"},
	    {0xbf, 7, "\x62\xff\xd6\xc2\x10", "\x63\xff\xff\xff\xff", "dv DV=2010-02-16/local"},
	    {0xbf, 7, "\x62\xff\xf9\xc2\x10", "\x63\xff\xa8\xb6\xe1", "dv EDATE"},
	    {0xbf, 7, "\x61\xff\xf9\xc2\x10", "\x63\xff\xa8\xb6\xe1", "dv"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(b, 1000);
		film_zeros(b, 6 * BLOCK);
		memcpy(b->p, "\x1f\7\0", 3);
		b->p[3] = (char)rows[i].header;
		for (int aux = 3; aux < 6; aux++)
			b->p[aux * BLOCK] = 0x56;
		memcpy(b->p + 4 * BLOCK + 3, rows[i].date, 5);
		memcpy(b->p + 4 * BLOCK + 8, rows[i].time, 5);
		b->p[5 * BLOCK + 48] = 0x60;
		b->p[5 * BLOCK + 51] = (char)(0xe0 | rows[i].signal);
		film_check(b, rows[i].want, "the first frame of a tape");
	}
	film_check_cuts(b, "every beginning of it");
}

/* A page with one packet, or a piece of one: segments of 255 bytes go on. */
static void
page(struct buf *b, uint32_t serial, uint64_t count, const struct buf *packet)
{
	size_t segments = packet->len / 255 + 1;

	buf_add(b, "OggS\0\0", 6);
	film_put(b, count, 8, false);
	film_put(b, serial, 4, false);
	film_zeros(b, 8);
	buf_addc(b, (char)segments);
	for (size_t i = 1; i < segments; i++)
		buf_addc(b, (char)0xff);
	buf_addc(b, (char)(packet->len % 255));
	buf_add(b, packet->p, packet->len);
}

static void
comments(struct buf *packet, const char *name, const char *const texts[], size_t n)
{
	buf_clear(packet, 1000);
	buf_adds(packet, name);
	film_put(packet, 4, 4, false);
	buf_adds(packet, "Xiph");
	film_put(packet, n, 4, false);
	for (size_t i = 0; i < n; i++) {
		film_put(packet, strlen(texts[i]), 4, false);
		buf_adds(packet, texts[i]);
	}
}

static void
test_ogg(struct buf *b)
{
	static const char *const texts[] = {
	    "TITLE=T", "artist=Jo", "COPYRIGHT= C ", "description=D", "odd", "ENCODER=E", "TRACK_NUMBER=3"};
	static char longer[300] = "COMMENT=";
	static const char *const many[] = {longer, "TITLE=T"};
	static const char *const origin[] = {
	    "creation_time=2021-05-06T07:08:09Z", "LOCATION=+48.5-011.25/", "CREATION_TIME=2020-01-01"};
	static const char *const words[] = {"LOCATION=home", "CREATION_TIME=once"};
	struct buf packet = {0};
	char want[400];
	size_t at;

	memset(longer + 8, 'x', sizeof longer - 9);
	buf_clear(b, 1 << 16);
	buf_add(&packet, "\x80theora\3\2\1\0\x28\0\x17\0\2\x80\0\1\x68\0\0", 22);
	film_put(&packet, 25, 4, true);
	film_put(&packet, 1, 4, true);
	film_zeros(&packet, 10);
	film_put(&packet, 6 << 5, 2, true);
	page(b, 1, 0, &packet);
	buf_clear(&packet, 1000);
	buf_add(&packet, "\1vorbis\0\0\0\0\2\x44\xac\0\0", 16);
	page(b, 2, 0, &packet);
	at = b->len;
	comments(&packet, "\x81theora", texts, sizeof texts / sizeof texts[0]);
	page(b, 1, 0, &packet);
	comments(&packet, "\3vorbis", texts, 1);
	page(b, 2, 0, &packet);
	buf_clear(&packet, 1000);
	page(b, 2, 44100, &packet);
	page(b, 1, 1 << 6 | 49, &packet);
	page(b, 1, UINT64_MAX, &packet);
	page(b, 3, 1 << 20, &packet);
	film_check_tags(b, b->len,
	    "ogv software=E width=640 height=360 duration_s=2 title=T description=D artist=Jo copyright=C",
	    "\"Theora:ImageWidth\":640,\"Theora:ImageHeight\":360,\"Theora:Title\":\"T\",\"Theora:Artist\":\"Jo\","
	    "\"Theora:Copyright\":\"C\",\"Theora:Description\":\"D\",\"Theora:Encoder\":\"E\","
	    "\"Theora:TrackNumber\":\"3\",\"Vorbis:Title\":\"T\"",
	    "size, duration and comments");
	film_check_cuts(b, "every beginning of it");
	b->p[at] = 'x';
	film_check(b, "ogv width=640 height=360 duration_s=2 EFORMAT", "no page where one should be");
	b->len = at;
	comments(&packet, "\x81theora", many, 2);
	page(b, 1, 0, &packet);
	snprintf(want, sizeof want, "ogv width=640 height=360 title=T description=%s", longer + 8);
	film_check(b, want, "a packet of several segments");
	b->len = at;
	comments(&packet, "\x81theora", origin, 3);
	page(b, 1, 0, &packet);
	film_check(b, "ogv VORBIS_CREATION=2021-05-06T07:08:09Z/utc width=640 height=360 lat=48.5 lon=-11.25",
	    "when and where");
	b->len = at;
	comments(&packet, "\x81theora", words, 2);
	page(b, 1, 0, &packet);
	film_check(b, "ogv width=640 height=360 EDATE", "words");
	buf_fini(&packet);
}

/* A set: a key of its kind, a long length, and tags of two bytes each for name and size. */
static size_t
begin_set(struct buf *b, unsigned kind)
{
	buf_add(b, "\x06\x0e\x2b\x34\2\x53\1\1\x0d\1\1\1\1\1", 14);
	buf_addc(b, (char)kind);
	buf_add(b, "\0\x83\0\0\0", 5);
	return b->len;
}

static void
end_set(struct buf *b, size_t at)
{
	b->p[at - 2] = (char)((b->len - at) >> 8);
	b->p[at - 1] = (char)(b->len - at);
}

static void
mxf_tag(struct buf *b, unsigned tag, const char *bytes, size_t len)
{
	film_put(b, tag, 2, true);
	film_put(b, len, 2, true);
	buf_add(b, bytes, len);
}

#define TAG(tag, bytes) mxf_tag(b, tag, bytes, sizeof(bytes) - 1)
#define FIRST "0123456789abcdef"

static void
test_mxf(struct buf *b)
{
	size_t at, picture;

	buf_clear(b, 1 << 16);
	buf_add(b, "\x06\x0e\x2b\x34\2\5\1\1\x0d\1\2\1\1\2\4\0\3abc", 20);
	at = begin_set(b, 0x30);
	TAG(0x3c02, "\0C\0a\0m");
	end_set(b, at);
	at = begin_set(b, 0x37);
	TAG(0x4405, "\x07\xd6\1\1\1\1\1\0");
	end_set(b, at);
	at = begin_set(b, 0x36);
	TAG(0x4405, "\x07\xd6\1\x0b\x12\x3b\x19\x3c");
	end_set(b, at);
	at = begin_set(b, 0x3b);
	TAG(0x4b01, "\0\0\0\x19\0\0\0\1");
	TAG(0x4803, FIRST);
	end_set(b, at);
	at = begin_set(b, 0x0f);
	TAG(0x3c0a, FIRST);
	TAG(0x0202, "\0\0\0\0\0\0\0\x32");
	end_set(b, at);
	picture = begin_set(b, 0x28);
	TAG(0x3203, "\0\0\7\x80");
	TAG(0x3202, "\0\0\2\x1c");
	TAG(0x320c, "\1");
	TAG(0x3001, "\0\0\0\x19\0\0\0\1");
	TAG(0x3002, "\xff\xff\xff\xff\xff\xff\xff\xff");
	end_set(b, picture);
	film_check_tags(b, b->len,
	    "mxf MXF_CREATION=2006-01-11T18:59:25.240Z/assumed software=Cam width=1920 height=1080 duration_s=2",
	    "\"MXF:ImageWidth\":1920,\"MXF:ImageHeight\":1080,\"MXF:Duration\":2",
	    "material, pictures, the time of a track");
	film_check_cuts(b, "every beginning of it");
	b->p[b->len - 1 - 8] = 9;
	film_check(b,
	    "mxf MXF_CREATION=2006-01-11T18:59:25.240Z/assumed software=Cam width=1920 height=1080 duration_s=2 "
	    "EFORMAT",
	    "a tag that is longer than its set");
	b->p[picture - 3] = 0x7f;
	film_check(b,
	    "mxf MXF_CREATION=2006-01-11T18:59:25.240Z/assumed software=Cam width=1920 height=1080 duration_s=2 "
	    "EFORMAT ETRUNCATED",
	    "a set that is longer than the file");
}

/* A file that was begun before its length was known: that stands in the part behind the pictures. */
static void
test_mxf_footer(struct buf *b)
{
	size_t at, footer;

	buf_clear(b, 1 << 16);
	buf_add(b, "\x06\x0e\x2b\x34\2\5\1\1\x0d\1\2\1\1\2\1\0\x20", 17);
	film_zeros(b, 32);
	at = begin_set(b, 0x3b);
	TAG(0x4b01, "\0\0\0\x19\0\0\0\1");
	TAG(0x4803, FIRST);
	end_set(b, at);
	at = begin_set(b, 0x0f);
	TAG(0x3c0a, FIRST);
	TAG(0x0202, "\xff\xff\xff\xff\xff\xff\xff\xff");
	end_set(b, at);
	buf_add(b, "\x06\x0e\x2b\x34\1\2\1\1\x0d\1\3\1\x15\1\5\1\x83\1\0\0", 20);
	film_zeros(b, 1 << 16);
	footer = b->len;
	at = begin_set(b, 0x0f);
	TAG(0x3c0a, FIRST);
	TAG(0x0202, "\0\0\0\0\0\0\0\x32");
	end_set(b, at);
	film_check(b, "mxf", "a part behind the pictures that nothing points to");
	for (size_t i = 0; i < 8; i++)
		b->p[17 + 24 + i] = (char)((uint64_t)footer >> (56 - 8 * i));
	film_check(b, "mxf duration_s=2", "a part behind the pictures");
}

int
main(void)
{
	struct buf b = {0};

	test_dv(&b);
	test_ogg(&b);
	test_mxf(&b);
	test_mxf_footer(&b);
	buf_fini(&b);
	return tap_done();
}
