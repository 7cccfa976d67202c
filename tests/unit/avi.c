/* An AVI: its headers, its words, what cameras hide in it, and what unfinished files look like. */
#include "chunks.h"
#include "tap.h"

static struct made file;
static struct reader_worker *worker;
static struct media_info info;
static struct buf tags;

static bool
is(enum media_field f, const char *value)
{
	return strcmp(made_field(&info, f), value) == 0;
}

static bool
is_date(enum media_date_source s, const char *value)
{
	return strcmp(made_date(&info.date[s].when), value) == 0;
}

/* How long the film is, by each who says so. */
struct lengths {
	uint32_t us, frames, total, scale, rate, length;
};

static void
add_stream(const struct lengths *l, const char *kind, int32_t width, int32_t height, const void *own, size_t len)
{
	uint8_t header[56] = {0};
	struct made m = {.len = 0};
	size_t list = chunks_open(&file, "LIST", "strl");

	memcpy(header, kind, 4);
	memcpy(header + 4, "mjpg", 4);
	made_put(&m, 20, l->scale, 4);
	made_put(&m, 24, l->rate, 4);
	made_put(&m, 32, l->length, 4);
	memcpy(header + 20, m.p + 20, 36 - 20);
	chunks_riff(&file, "strh", header, sizeof header);
	memset(m.p, 0, 40);
	made_put(&m, 4, (uint32_t)width, 4);
	made_put(&m, 8, (uint32_t)height, 4);
	chunks_riff(&file, "strf", m.p, 40);
	if (len > 0)
		chunks_riff(&file, "strd", own, len);
	chunks_close(&file, list);
}

/* The headers; the list of frames follows, and what a test adds. */
static void
begin(const struct lengths *l, const void *own, size_t len)
{
	struct made m = {.len = 0};
	size_t list, inner;

	file.len = 0;
	chunks_open(&file, "RIFF", "AVI ");
	list = chunks_open(&file, "LIST", "hdrl");
	made_put(&m, 0, l->us, 4);
	made_put(&m, 16, l->frames, 4);
	made_put(&m, 32, 320, 4);
	made_put(&m, 36, 240, 4);
	chunks_riff(&file, "avih", m.p, 56);
	add_stream(l, "vids", 640, -480, own, len);
	add_stream(l, "auds", 7, 7, NULL, 0);
	inner = chunks_open(&file, "LIST", "odml");
	memset(m.p, 0, 4);
	made_put(&m, 0, l->total, 4);
	chunks_riff(&file, "dmlh", m.p, 4);
	chunks_close(&file, inner);
	chunks_close(&file, list);
}

static void
begin_plain(void)
{
	begin(&(struct lengths){40000, 250, 0, 1, 25, 250}, NULL, 0);
}

static void
add_frames(void)
{
	size_t list = chunks_open(&file, "LIST", "movi");

	chunks_riff(&file, "00dc", "RIFFLISTINFO", 12);
	chunks_close(&file, list);
}

static int
end(void)
{
	chunks_close(&file, 4);
	return made_read(file.p, file.len, worker, &info);
}

static const struct {
	struct lengths l;
	const char *want, *what;
} lengths[] = {
    {{40000, 250, 0, 1, 25, 250}, "10", "as both headers say"},
    {{40000, 250, 0, 1, 25, 3}, "10", "the film's header before the stream's"},
    {{40000, 500, 0, 1, 25, 250}, "10", "the frames of two streams are not counted twice"},
    {{0, 250, 0, 1, 25, 250}, "10", "a film's header without a rate"},
    {{40000, 250, 1000, 1, 25, 1000}, "40", "OpenDML's before the first part's"},
    {{40000, 0, 0, 0, 0, 0}, "", "none"},
    {{40000, 0, 0, 1, 0, 7}, "", "a stream without a rate"},
    {{33367, 90, 0, 100, 2997, 90}, "3.00303", "no whole number"},
};

static void
test_headers(void)
{
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		begin(&lengths[i].l, NULL, 0);
		add_frames();
		end();
		tap_ok(is(MEDIA_DURATION, lengths[i].want) && info.nwarnings == 0, "length: %s", lengths[i].what);
	}
	tap_ok(is(MEDIA_WIDTH, "640") && is(MEDIA_HEIGHT, "480"), "the size of the first video stream");
	tap_ok(strcmp(info.type, "avi") == 0 && strcmp(info.mime, "video/x-msvideo") == 0, "its type");
	file.len = 0;
	chunks_open(&file, "RIFF", "AVI ");
	chunks_open(&file, "LIST", "hdrl");
	chunks_riff(
	    &file, "avih", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\1\0\0\xf0\0\0\0", 40);
	chunks_close(&file, 16);
	end();
	tap_ok(is(MEDIA_WIDTH, "320") && is(MEDIA_HEIGHT, "240"), "the film's where no stream says one");
}

static void
test_words(void)
{
	size_t list;

	begin_plain();
	add_frames();
	list = chunks_open(&file, "LIST", "INFO");
	chunks_riff(&file, "ISFT", "Box 1\0C\0A\0S\0", 13);
	chunks_riff(&file, "INAM", "Title", 5);
	chunks_riff(&file, "IART", "Caf\xe9", 4);
	chunks_riff(&file, "ICMT", "Words", 6);
	chunks_riff(&file, "ICOP", "(c) Jo", 6);
	chunks_riff(&file, "IKEY", "one; two;;one", 13);
	chunks_riff(&file, "IDIT", "Mon Mar 10 15:04:43 2003\n", 26);
	chunks_close(&file, list);
	chunks_riff(&file, "_PMX", CHUNKS_XMP, strlen(CHUNKS_XMP));
	end();
	tap_ok(is(MEDIA_SOFTWARE, "Box 1") && is(MEDIA_TITLE, "Title") && is(MEDIA_ARTIST, "Caf\xc3\xa9") &&
		   is(MEDIA_DESCRIPTION, "Words") && is(MEDIA_COPYRIGHT, "(c) Jo") && info.nwarnings == 0,
	    "words behind the frames");
	tap_ok(info.nitems == 2 && info.item[1].len == 3 && memcmp(info.text.p + info.item[1].at, "two", 3) == 0,
	    "keywords");
	tap_ok(is_date(MEDIA_DATE_RIFF_IDIT, "2003-03-10T15:04:43"), "the date");
	tap_ok(is(MEDIA_RATING, "4"), "XMP");
	begin_plain();
	list = chunks_open(&file, "LIST", "exif");
	chunks_riff(&file, "ecor", "Acme", 5);
	chunks_riff(&file, "emdl", "Box", 4);
	chunks_riff(&file, "etim", "10:11:12.5", 11);
	chunks_riff(&file, "eucm", "ASCII\0\0\0Words", 13);
	chunks_close(&file, list);
	chunks_riff(&file, "ICRD", "2003-03-10", 11);
	end();
	tap_ok(is(MEDIA_MAKE, "Acme") && is(MEDIA_MODEL, "Box") && is(MEDIA_DESCRIPTION, "Words"), "a list of Exif's");
	tap_ok(is_date(MEDIA_DATE_RIFF_ICRD, "2003-03-10T10:11:12.5"), "a day and its time");
}

static const struct {
	const char *id, *text;
	enum media_date_source source;
	const char *want;
} dates[] = {
    {"IDIT", "2001/ 1/27  1:42PM", MEDIA_DATE_RIFF_IDIT, "2001-01-27T13:42"},
    {"IDIT", "    :  :     :  :  ", MEDIA_DATE_RIFF_IDIT, ""},
    {"DTIM", "2010:01:02 03:04:05", MEDIA_DATE_RIFF_IDIT, "2010-01-02T03:04:05"},
    {"DTIM", "30131740 3577643008", MEDIA_DATE_RIFF_IDIT, "2011-02-06T16:42:24Z"},
    {"DTIM", "0 0", MEDIA_DATE_RIFF_IDIT, ""},
    {"ICRD", "2003", MEDIA_DATE_RIFF_ICRD, "2003"},
    {"ICRD", "2003-03-10", MEDIA_DATE_RIFF_ICRD, "2003-03-10"},
    {"ICRD", "2003-03-10 11:12:13", MEDIA_DATE_RIFF_ICRD, "2003-03-10T11:12:13"},
};

static void
test_dates(void)
{
	for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
		begin_plain();
		chunks_riff(&file, dates[i].id, dates[i].text, strlen(dates[i].text));
		end();
		tap_ok(is_date(dates[i].source, dates[i].want) && info.nwarnings == 0, "%s %s (%s)", dates[i].id,
		    dates[i].text, made_date(&info.date[dates[i].source].when));
	}
	begin_plain();
	chunks_riff(&file, "IDIT", "yesterday", 9);
	end();
	tap_ok(made_warned(&info, FAIL_DATE, "riff:IDIT"), "a date that is none");
}

/* A directory without a header: Make behind it, and FNumber; offsets count from `from` before it. */
static size_t
add_directory(uint8_t *out, size_t from, bool big_endian)
{
	static const uint16_t head[] = {2, 0x010f, 2};
	static struct made m;

	m = (struct made){.big_endian = big_endian, .len = 0};
	for (int i = 0; i < 3; i++)
		made_put(&m, 2 * (size_t)i, head[i], 2);
	made_put(&m, 6, 8, 4);
	made_put(&m, 10, from + 30, 4);
	made_put(&m, 14, 0x829d, 2);
	made_put(&m, 16, 5, 2);
	made_put(&m, 18, 1, 4);
	made_put(&m, 22, from + 38, 4);
	made_put(&m, 26, 0, 4);
	made_add(&m, "Acme Co", 8);
	made_put(&m, 38, 28, 4);
	made_put(&m, 42, 10, 4);
	memcpy(out, m.p, m.len);
	return m.len;
}

static void
test_makers(void)
{
	static uint8_t own[256];
	size_t len, list;

	memcpy(own, "AVIF\0\0\0\0", 8);
	len = 8 + add_directory(own + 8, 0, false);
	begin(&(struct lengths){40000, 250, 0, 1, 25, 250}, own, len);
	end();
	tap_ok(
	    is(MEDIA_MAKE, "Acme Co") && is(MEDIA_F_NUMBER, "2.8") && info.nwarnings == 0, "a directory in a stream");
	begin(&(struct lengths){40000, 250, 0, 1, 25, 250}, own, 8 + 20);
	tap_ok(end() == 0 && is(MEDIA_WIDTH, "640"), "the same, cut short");
	own[8 + 13] = 0x40; /* of the make's offset the highest byte */
	begin(&(struct lengths){40000, 250, 0, 1, 25, 250}, own, len);
	end();
	tap_ok(is(MEDIA_F_NUMBER, "2.8") && made_warned(&info, FAIL_VALUE, "0x010f") &&
		   !made_warned(&info, FAIL_TRUNCATED, ""),
	    "a value beyond the directory's chunk is no sign that the file is cut off");
	memcpy(own, "QVMI\0\0\0\0\0\0", 10);
	len = 10 + add_directory(own + 10, 10, true);
	begin_plain();
	chunks_riff(&file, "JUNK", own, len);
	end();
	tap_ok(is(MEDIA_MAKE, "Acme Co") && is(MEDIA_F_NUMBER, "2.8") && info.nwarnings == 0, "a directory in junk");
	memset(own, 0, sizeof own);
	memcpy(own, "OLYMDigital Camera", 18);
	memcpy(own + 0x12, "OLYMPUS CORP", 12);
	memcpy(own + 0x2c, "E-X", 3);
	begin_plain();
	chunks_riff(&file, "JUNK", own, 160);
	end();
	tap_ok(is(MEDIA_MAKE, "OLYMPUS CORP") && is(MEDIA_MODEL, "E-X"), "texts at fixed places");
	begin_plain();
	list = chunks_open(&file, "LIST", "ncdt");
	chunks_riff(&file, "nctg",
	    "\3\0\6\0NIKON\0\4\0\4\0E-X\0\x08\0\x08\0\1\0\0\0\x7d\0\0\0\x13\0\x14\0"
	    "2010:01:02 03:04:05\0\x07\0\2\0\6\0",
	    60);
	chunks_close(&file, list);
	end();
	tap_ok(is(MEDIA_MAKE, "NIKON") && is(MEDIA_MODEL, "E-X") && is(MEDIA_EXPOSURE, "0.008") &&
		   is(MEDIA_ORIENTATION, "6") && is_date(MEDIA_DATE_RIFF_IDIT, "2010-01-02T03:04:05"),
	    "numbered values");
}

static void
test_parts(void)
{
	size_t part;

	begin_plain();
	add_frames();
	chunks_close(&file, 4);
	part = chunks_open(&file, "RIFF", "AVIX");
	add_frames();
	chunks_riff(&file, "ISFT", "Box", 3);
	chunks_close(&file, part);
	made_read(file.p, file.len, worker, &info);
	tap_ok(is(MEDIA_SOFTWARE, "Box") && is(MEDIA_DURATION, "10") && info.nwarnings == 0, "a film in parts");
	begin_plain();
	made_add(&file, "LIST\4\0\0\0movi", 12);
	for (int i = 0; i < 200; i++)
		chunks_riff(&file, "00dc", "frame", 5);
	memset(file.p + 4, 0, 4);
	made_read(file.p, file.len, worker, &info);
	tap_ok(is(MEDIA_WIDTH, "640") && made_warned(&info, FAIL_TRUNCATED, "never finished") &&
		   made_warned(&info, FAIL_FORMAT, "outside their list"),
	    "a film that was never finished");
	begin_plain();
	made_add(&file, "LIST\xff\xff\xff\x7fmovi00dc", 16);
	end();
	tap_ok(is(MEDIA_WIDTH, "640") && made_warned(&info, FAIL_TRUNCATED, "longer than the file"),
	    "a list longer than the file");
}

static void
test_damage(void)
{
	bool good = true;

	begin_plain();
	chunks_riff(&file, "IDIT", "2001/01/27", 10);
	add_frames();
	chunks_riff(&file, "_PMX", CHUNKS_XMP, strlen(CHUNKS_XMP));
	end();
	for (size_t len = 0; len < file.len; len++)
		good = good && made_read(file.p, len, worker, &info) == 0;
	tap_ok(good && info.nwarnings > 0, "each of %zu cuts is read", file.len);
	begin_plain();
	for (int i = 0; i < 20; i++)
		chunks_open(&file, "LIST", "INFO");
	tap_ok(end() == 0 && is(MEDIA_WIDTH, "640"), "lists in lists");
	begin_plain();
	for (int i = 0; i < 20000; i++)
		chunks_open(&file, "RIFF", "AVIX");
	tap_ok(end() == 0 && is(MEDIA_WIDTH, "640"), "parts in parts");
}

static void
test_tags(void)
{
	info.tags = &tags;
	begin_plain();
	chunks_riff(&file, "ISFT", "Box", 3);
	chunks_riff(&file, "IKEY", "one;two", 7);
	end();
	tap_ok(strstr(buf_cstr(&tags), "\"RIFF:FrameRate\":25,") != NULL &&
		   strstr(buf_cstr(&tags), "\"RIFF:VideoCodec\":\"mjpg\"") != NULL &&
		   strstr(buf_cstr(&tags), "\"RIFF:Software\":\"Box\"") != NULL &&
		   strstr(buf_cstr(&tags), "\"RIFF:Keywords\":\"one;two\"") != NULL,
	    "tags");
	info.tags = NULL;
}

int
main(void)
{
	worker = reader_worker_new();
	test_headers();
	test_words();
	test_dates();
	test_makers();
	test_parts();
	test_damage();
	test_tags();
	media_fini(&info);
	buf_fini(&tags);
	reader_worker_free(worker);
	return tap_done();
}
