/* Flash video, built value by value. */
#include "film.h"

static void
tag(struct buf *b, unsigned type, const struct buf *body)
{
	film_put(b, type, 1, true);
	film_put(b, body->len, 3, true);
	film_zeros(b, 7);
	buf_add(b, body->p, body->len);
	film_put(b, body->len + 11, 4, true);
}

static void
string(struct buf *b, const char *s)
{
	film_put(b, strlen(s), 2, true);
	buf_adds(b, s);
}

static void
real(struct buf *b, const char *key, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof bits);
	string(b, key);
	buf_addc(b, 0);
	film_put(b, bits, 8, true);
}

static void
text(struct buf *b, const char *key, const char *value)
{
	string(b, key);
	buf_addc(b, 2);
	string(b, value);
}

/* Begins the data of a tag with this name. */
static void
script(struct buf *body, const char *name)
{
	buf_clear(body, 1 << 20);
	buf_addc(body, 2);
	string(body, name);
	buf_add(body, "\x08\0\0\0\0", 5);
}

static void
film(struct buf *b, const struct buf *body)
{
	buf_clear(b, 1 << 20);
	buf_add(b, "FLV\1\5\0\0\0\x09\0\0\0\0", 13);
	tag(b, 18, body);
}

#define END "\0\0\x09"

static void
test_fields(struct buf *b, struct buf *body)
{
	struct buf picture = {0};

	script(body, "onMetaData");
	real(body, "duration", 12.5);
	real(body, "width", 640);
	real(body, "height", 360);
	string(body, "stereo");
	buf_add(body, "\1\1", 2);
	string(body, "nothing");
	buf_addc(body, 5);
	text(body, "title", " T ");
	text(body, "metadatacreator", "injector");
	text(body, "encoder", "Lavf");
	string(body, "keyframes");
	buf_add(body, "\3", 1);
	string(body, "times");
	buf_add(body, "\x0a\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 23);
	real(body, "duration", 99);
	buf_add(body, END END, 6);
	film(b, body);
	film_check_tags(b, b->len, "flv software=Lavf width=640 height=360 duration_s=12.5 title=T",
	    "\"Flash:Duration\":12.5,\"Flash:ImageWidth\":640,\"Flash:ImageHeight\":360,\"Flash:Stereo\":\"Yes\","
	    "\"Flash:Title\":\"T\",\"Flash:MetadataCreator\":\"injector\",\"Flash:Encoder\":\"Lavf\","
	    "\"Flash:KeyframesDuration\":99",
	    "sizes, duration, texts; what is inside others is not the film's");
	film_check_cuts(b, "every beginning of it");
	film_check_tags(b, 80, "flv width=640 duration_s=12.5 ETRUNCATED", NULL, "cut off");
	buf_addc(&picture, 0x22);
	buf_clear(b, 1 << 20);
	buf_add(b, "FLV\1\5\0\0\0\x09\0\0\0\0", 13);
	tag(b, 9, &picture);
	tag(b, 18, body);
	film_check(b, "flv software=Lavf width=640 height=360 duration_s=12.5 title=T", "after a picture");
	buf_clear(b, 1 << 20);
	buf_add(b, "FLV\1\5\0\0\0\x09\0\0\0\0", 13);
	for (int i = 0; i < 20; i++)
		tag(b, 9, &picture);
	tag(b, 18, body);
	film_check(b, "flv", "no search without end");
	buf_fini(&picture);
}

static void
test_dates(struct buf *b, struct buf *body)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"Thu Mar  5 20:03:48 2009\n", "flv FLV_CREATION=2009-03-05T20:03:48/local"},
	    {"Thu Mar 05 20:03:48 2009", "flv FLV_CREATION=2009-03-05T20:03:48/local"},
	    {"2024-05-01T10:00:00.000000Z", "flv FLV_CREATION=2024-05-01T10:00:00.000000Z/utc"},
	    {"2024-05-01T10:00:00+02:00", "flv FLV_CREATION=2024-05-01T10:00:00+02:00/zoned"},
	    {"Thu Mar 45 20:03:48 2009", "flv EDATE"},
	    {"Thu arM 05 20:03:48 2009", "flv EDATE"},
	    {"", "flv"},
	};
	double ms = 1714557600500;
	uint64_t bits;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		script(body, "onMetaData");
		text(body, "creationdate", rows[i].text);
		buf_add(body, END, 3);
		film(b, body);
		film_check(b, rows[i].want, "a date as text");
	}
	script(body, "onMetaData");
	string(body, "creationdate");
	buf_addc(body, 11);
	memcpy(&bits, &ms, sizeof bits);
	film_put(body, bits, 8, true);
	film_put(body, 0, 2, true);
	buf_add(body, END, 3);
	film(b, body);
	film_check(b, "flv FLV_CREATION=2024-05-01T10:00:00.500Z/utc", "a date as a number");
}

static void
test_damage(struct buf *b, struct buf *body)
{
	script(body, "onMetaData");
	real(body, "width", 640);
	string(body, "odd");
	buf_addc(body, 4);
	real(body, "height", 360);
	film(b, body);
	film_check(b, "flv width=640 EFORMAT", "a type without a length");
	script(body, "onMetaData");
	for (int i = 0; i < 40; i++) {
		string(body, "a");
		buf_addc(body, 3);
	}
	film(b, body);
	film_check(b, "flv ELIMIT", "objects 40 deep");
	script(body, "onMetaData");
	string(body, "a");
	buf_add(body, "\x0a\xff\xff\xff\xff", 5);
	for (int i = 0; i < 70000; i++)
		buf_addc(body, 5);
	film(b, body);
	film_check(b, "flv ELIMIT", "an array without end");
	script(body, "onMetaData");
	string(body, "a");
	film_put(body, 0x0a00009c40, 5, true);
	for (int i = 0; i < 40000; i++)
		buf_addc(body, 5);
	buf_add(body, END, 3);
	film(b, body);
	film_check(b, "flv", "40,000 values");
	tag(b, 18, body);
	film_check(b, "flv ELIMIT", "twice as many, in two tags");
	script(body, "onCuePoint");
	real(body, "width", 640);
	buf_add(body, END, 3);
	film(b, body);
	film_check(b, "flv", "other data");
}

int
main(void)
{
	struct buf b = {0}, body = {0};

	test_fields(&b, &body);
	test_dates(&b, &body);
	test_damage(&b, &body);
	buf_fini(&b);
	buf_fini(&body);
	return tap_done();
}
