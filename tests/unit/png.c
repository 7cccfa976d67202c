/* Chunks of a PNG: texts, blocks, and the way past the image data. */
#include "chunks.h"
#include "tap.h"

static struct made block, file;
static struct reader_worker *worker;
static struct media_info info;
static struct buf tags;
static const struct made_tag entries[] = {ASCII(DIR0, 0x10f, "Acme"), ASCII(DIR_EXIF, 0x9003, "2024:05:01 12:00:00")};

static void
begin(void)
{
	chunks_png_begin(&file, 640, 480);
}

static int
end(void)
{
	chunks_png(&file, "IDAT", "data", 4);
	chunks_png(&file, "IEND", "", 0);
	return made_read(file.p, file.len, worker, &info);
}

static bool
is(enum media_field f, const char *value)
{
	return strcmp(made_field(&info, f), value) == 0;
}

static void
test_headers(void)
{
	begin();
	tap_ok(end() == 0 && is(MEDIA_WIDTH, "640") && is(MEDIA_HEIGHT, "480") && info.nwarnings == 0, "a picture");
	tap_ok(strcmp(info.type, "png") == 0 && strcmp(info.mime, "image/png") == 0, "its type");
	chunks_png_begin(&file, 640, 480);
	memmove(file.p + 8 + 16, file.p + 8, file.len - 8);
	memcpy(file.p + 8, "\0\0\0\4CgBIabcd\0\0\0\0", 16);
	file.len += 16;
	tap_ok(end() == 0 && is(MEDIA_WIDTH, "640") && info.nwarnings == 0, "Apple's variant");
	begin();
	memcpy(file.p, "\x8aMNG", 4);
	memcpy(file.p + 12, "MHDR", 4);
	chunks_png(&file, "IEND", "", 0);
	chunks_png_text(&file, "tEXt", "Title", false, "T", 1);
	chunks_png(&file, "MEND", "", 0);
	made_read(file.p, file.len, worker, &info);
	tap_ok(is(MEDIA_WIDTH, "640") && is(MEDIA_TITLE, "T") && strcmp(info.type, "mng") == 0, "MNG");
	begin();
	memcpy(file.p, "\x8bJNG", 4);
	memcpy(file.p + 12, "JHDR", 4);
	tap_ok(end() == 0 && is(MEDIA_HEIGHT, "480") && info.nwarnings == 0, "JNG");
	begin();
	chunks_png(&file, "acTL", "\0\0\0\2\0\0\0\0", 8);
	tap_ok(end() == 0 && strcmp(info.mime, "image/apng") == 0, "an animation");
	chunks_png_begin(&file, 0, 0x80000000);
	tap_ok(end() == 0 && is(MEDIA_WIDTH, "") && is(MEDIA_HEIGHT, ""), "impossible sizes");
}

static const struct {
	const char *type, *keyword, *value;
	enum media_field field;
	const char *want;
} words[] = {
    {"tEXt", "Title", "A title", MEDIA_TITLE, "A title"},
    {"tEXt", "title", "A title", MEDIA_TITLE, "A title"},
    {"tEXt", "Author", "caf\xe9", MEDIA_ARTIST, "caf\xc3\xa9"},
    {"tEXt", "Artist", "Jo", MEDIA_ARTIST, "Jo"},
    {"zTXt", "Description", "Words", MEDIA_DESCRIPTION, "Words"},
    {"iTXt", "Copyright", "\xc2\xa9 Jo", MEDIA_COPYRIGHT, "\xc2\xa9 Jo"},
    {"tEXt", "Software", "gimp", MEDIA_SOFTWARE, "gimp"},
    {"tEXt", "Make", "Acme", MEDIA_MAKE, "Acme"},
    {"tEXt", "Model", "Box", MEDIA_MODEL, "Box"},
    {"tEXt", "Comment", "Words", MEDIA_DESCRIPTION, "Words"},
    {"tEXt", "Title", "", MEDIA_TITLE, ""},
    {"tEXt", "Titles", "A title", MEDIA_TITLE, ""},
};

static void
test_words(void)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		for (int packed = strcmp(words[i].type, "zTXt") == 0; packed <= (*words[i].type != 't'); packed++) {
			begin();
			chunks_png_text(
			    &file, words[i].type, words[i].keyword, packed, words[i].value, strlen(words[i].value));
			end();
			tap_ok(is(words[i].field, words[i].want) && info.nwarnings == 0, "%s %s%s", words[i].type,
			    words[i].keyword, packed ? ", compressed" : "");
		}
	}
	for (int i = 0; i < 2; i++) {
		begin();
		chunks_png_text(&file, "tEXt", i == 0 ? "Comment" : "Description", false, i == 0 ? "C" : "D", 1);
		chunks_png_text(&file, "tEXt", i == 1 ? "Comment" : "Description", false, i == 1 ? "C" : "D", 1);
		end();
		tap_ok(is(MEDIA_DESCRIPTION, "D"), "a description before a comment, order %d", i);
	}
}

static const struct {
	const char *keyword, *value, *want;
} dates[] = {
    {"Creation Time", "Mon, 1 Jan 2018 12:10:22 EST", "2018-01-01T12:10:22-05:00"},
    {"Creation Time", "2018-01-02T03:04:05Z", "2018-01-02T03:04:05Z"},
    {"Creation Time", "2018:01:02 03:04:05", "2018-01-02T03:04:05"},
    {"create-date", "2018-01-02T03:04:05", "2018-01-02T03:04:05"},
    {"date:create", "2018-01-02T03:04:05", ""},
    {"modify-date", "2018-01-02T03:04:05", ""},
    {"Creation Time", "0000:00:00 00:00:00", ""},
};

static void
test_dates(void)
{
	const struct when *w = &info.date[MEDIA_DATE_PNG_CREATION].when;

	for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
		begin();
		chunks_png_text(&file, "tEXt", dates[i].keyword, false, dates[i].value, strlen(dates[i].value));
		end();
		tap_ok(strcmp(made_date(w), dates[i].want) == 0 && info.nwarnings == 0, "%s: %s", dates[i].keyword,
		    dates[i].value);
	}
	begin();
	chunks_png_text(&file, "tEXt", "create-date", false, "2017", 4);
	chunks_png_text(&file, "tEXt", "Creation Time", false, "2018", 4);
	end();
	tap_ok(strcmp(made_date(w), "2018") == 0, "Creation Time before create-date");
	begin();
	chunks_png_text(&file, "tEXt", "Creation Time", false, "soon", 4);
	end();
	tap_ok(made_warned(&info, FAIL_DATE, "png:CreationTime"), "a date that is none");
}

static void
test_xmp(void)
{
	static const char app1[] = "http://ns.adobe.com/xap/1.0/\0" CHUNKS_XMP;
	static char text[8192];

	for (int packed = 0; packed < 2; packed++) {
		begin();
		chunks_png_text(&file, "iTXt", "XML:com.adobe.xmp", packed, CHUNKS_XMP, strlen(CHUNKS_XMP));
		end();
		tap_ok(is(MEDIA_RATING, "4") && info.nwarnings == 0, "XMP%s", packed ? ", compressed" : "");
	}
	begin();
	chunks_png_text(&file, "zTXt", "Raw profile type xmp", true, text,
	    chunks_profile(text, "xmp", (const uint8_t *)CHUNKS_XMP, strlen(CHUNKS_XMP)));
	end();
	tap_ok(is(MEDIA_RATING, "4") && info.nwarnings == 0, "XMP as a profile");
	begin();
	chunks_png_text(&file, "tEXt", "Raw profile type APP1", false, text,
	    chunks_profile(text, "generic", (const uint8_t *)app1, sizeof app1 - 1));
	end();
	tap_ok(is(MEDIA_RATING, "4") && info.nwarnings == 0, "XMP as a JPEG has it");
}

/* The block with "Exif" in front, and without. */
static void
test_exif(void)
{
	static const char *const names[] = {"exif", "APP1", "EXIF"};
	static char text[8192];
	static uint8_t marked[4096] = "Exif";
	static struct made other;
	static const struct made_tag second[] = {ASCII(DIR0, 0x10f, "Second"), ASCII(DIR0, 0x110, "Second")};

	memcpy(marked + 6, block.p, block.len);
	for (int i = 0; i < 4; i++) {
		begin();
		if (i & 1)
			chunks_png(&file, "IDAT", "data", 4);
		chunks_png(&file, i == 3 ? "exIf" : "eXIf", i & 2 ? marked : block.p, block.len + (i & 2 ? 6 : 0));
		end();
		tap_ok(is(MEDIA_MAKE, "Acme") && info.nwarnings == 0, "eXIf, way %d", i);
	}
	for (int i = 0; i < 3; i++) {
		begin();
		chunks_png_text(&file, i == 1 ? "tEXt" : "zTXt",
		    i == 0   ? "Raw profile type exif"
		    : i == 1 ? "Raw profile type APP1"
			     : "raw profile type EXIF",
		    i != 1, text,
		    chunks_profile(text, names[i], i == 2 ? block.p : marked, block.len + (i == 2 ? 0 : 6)));
		end();
		tap_ok(is(MEDIA_MAKE, "Acme") && info.nwarnings == 0, "Exif as profile %s", names[i]);
	}
	made_tiff(&other, second, 2);
	begin();
	chunks_png(&file, "eXIf", block.p, block.len);
	chunks_png(&file, "eXIf", other.p, other.len);
	end();
	tap_ok(is(MEDIA_MAKE, "Acme") && is(MEDIA_MODEL, ""), "a second block is not mixed in");
}

static void
test_packed_exif(void)
{
	static uint8_t packed[4096];
	uLongf n = sizeof packed - 5;

	packed[4] = (uint8_t)block.len;
	compress(packed + 5, &n, block.p, block.len);
	begin();
	chunks_png(&file, "zxIf", packed, n + 5);
	end();
	tap_ok(is(MEDIA_MAKE, "Acme") && info.nwarnings == 0, "compressed Exif");
	begin();
	chunks_png(&file, "zxIf", packed, n + 5);
	chunks_png(&file, "zxIf", "\0\0\0\0\5damaged", 12);
	end();
	tap_ok(is(MEDIA_MAKE, "Acme") && info.nwarnings == 0, "only the first is decompressed");
	packed[9] ^= 0x55;
	begin();
	chunks_png(&file, "zxIf", packed, n + 5);
	end();
	tap_ok(is(MEDIA_MAKE, "") && info.nwarnings > 0 && is(MEDIA_WIDTH, "640"), "the same, damaged");
}

static void
test_iptc(void)
{
	static const uint8_t iptc[] = "\x1c\2\x05\0\5Title";
	static const uint8_t resource[] = "8BIM\4\4\0\0\0\0\0\x0a\x1c\2\x05\0\5Title";
	static char text[8192];

	for (int i = 0; i < 2; i++) {
		begin();
		chunks_png_text(&file, "zTXt", "Raw profile type iptc", true, text,
		    i == 0 ? chunks_profile(text, "iptc", iptc, sizeof iptc - 1)
			   : chunks_profile(text, "iptc", resource, sizeof resource - 1));
		end();
		tap_ok(is(MEDIA_TITLE, "Title") && info.nwarnings == 0, "IPTC, %s", i == 0 ? "bare" : "in a resource");
	}
}

static void
test_bad_profiles(void)
{
	static const struct {
		const char *text, *warning;
		enum fail_code code;
	} rows[] = {
	    {"\nexif\n 4\n49492a0", "3 bytes instead of 4", FAIL_FORMAT},
	    {"\nexif\n 2\n4949 zz 2a00", "", FAIL_NONE},
	    {"\nexif\n 3\n414141", "unknown kind of profile", FAIL_VALUE},
	    {"exif\n 3\n414141", "", FAIL_NONE},
	    {"\nexif\n99999999999999999999\n4949", "2 bytes instead of", FAIL_FORMAT},
	    {"", "", FAIL_NONE},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		begin();
		chunks_png_text(&file, "tEXt", "Raw profile type exif", false, rows[i].text, strlen(rows[i].text));
		tap_ok(end() == 0 && is(MEDIA_WIDTH, "640") &&
			   (*rows[i].warning == '\0' || made_warned(&info, rows[i].code, rows[i].warning)),
		    "a bad profile, %zu", i);
	}
	begin();
	chunks_png_text(&file, "tEXt", "Raw profile type icc", false, "\nicc\n 3\n414141", 15);
	tap_ok(end() == 0 && info.nwarnings == 0, "a colour profile is none of ours");
}

static void
test_bad_texts(void)
{
	static const char longest[] =
	    "12345678901234567890123456789012345678901234567890123456789012345678901234567890";
	static char much[100 << 10];

	begin();
	chunks_png(&file, "tEXt", longest, 80);
	tap_ok(end() == 0 && made_warned(&info, FAIL_VALUE, "no keyword"), "a keyword without an end");
	begin();
	chunks_png(&file, "zTXt", "Title\0\1abc", 10);
	tap_ok(end() == 0 && made_warned(&info, FAIL_VALUE, "compression is unknown"), "another way to compress");
	begin();
	chunks_png(&file, "iTXt", "Title\0\0\0en", 10);
	tap_ok(end() == 0 && made_warned(&info, FAIL_VALUE, "keyword"), "names without an end");
	begin();
	chunks_png(&file, "zTXt", "Title\0\0\x78\x9c\xff\xff\xff", 12);
	tap_ok(end() == 0 && made_warned(&info, FAIL_FORMAT, "Title"), "compressed data that is none");
	begin();
	chunks_png(&file, "zTXt", "Title\0\0\x78\x9c", 9);
	tap_ok(end() == 0 && made_warned(&info, FAIL_TRUNCATED, "Title"), "compressed data without an end");
	memset(much, 'x', sizeof much);
	begin();
	chunks_png_text(&file, "zTXt", "Title", true, much, sizeof much);
	tap_ok(end() == 0 && made_warned(&info, FAIL_LIMIT, "Title") && is(MEDIA_TITLE, ""), "a text too long");
}

/* What inflates to more than is reasonable. */
static void
test_bomb(void)
{
	size_t len = 8 << 20;
	char *digits = malloc(len);

	memset(digits, '4', len);
	memcpy(digits, "\nexif\n 4000000\n", 15);
	begin();
	chunks_png_text(&file, "zTXt", "Raw profile type exif", true, digits, len);
	tap_ok(end() == 0 && info.nwarnings > 0 && is(MEDIA_WIDTH, "640"), "a profile that would not end");
	free(digits);
}

/* Many chunks of image data, lengths by `grow`; a text behind them. */
static void
read_long(size_t chunks, size_t len, size_t grow, size_t behind)
{
	size_t size = 64 + chunks * (len + 12 + grow * chunks) + len + behind + 64, at = 33;
	uint8_t *p = calloc(1, size);
	static struct made last;

	memcpy(p, file.p, at);
	for (size_t i = 0; i <= chunks; i++) {
		size_t n = i == chunks ? len / 2 : len + grow * i;

		p[at + 1] = (uint8_t)(n >> 16);
		p[at + 2] = (uint8_t)(n >> 8);
		p[at + 3] = (uint8_t)n;
		memcpy(p + at + 4, "IDAT", 4);
		at += n + 12;
	}
	last.len = 0;
	if (behind > 0) {
		p[at + 1] = (uint8_t)(behind >> 16);
		p[at + 2] = (uint8_t)(behind >> 8);
		memcpy(p + at + 4, "junk", 4);
		at += (behind & ~(size_t)0xff) + 12;
	}
	chunks_png_text(&last, "tEXt", "Title", false, "Behind", 6);
	chunks_png(&last, "IEND", "", 0);
	memcpy(p + at, last.p, last.len);
	made_read(p, at + last.len, worker, &info);
	free(p);
}

static void
test_long(void)
{
	begin();
	read_long(5000, 5000, 0, 0);
	tap_ok(is(MEDIA_TITLE, "Behind") && info.nwarnings == 0, "behind thousands of chunks of one length");
	read_long(5000, 5000, 0, 100 << 10);
	tap_ok(is(MEDIA_TITLE, "Behind") && info.nwarnings == 0, "and something large behind them");
	read_long(3, 5000, 0, 0);
	tap_ok(is(MEDIA_TITLE, "Behind") && info.nwarnings == 0, "behind three");
	read_long(200, 5000, 1, 0);
	tap_ok(is(MEDIA_TITLE, "Behind") && info.nwarnings == 0, "behind chunks that all differ");
	read_long(200, 5000, 1, 100 << 10);
	tap_ok(is(MEDIA_TITLE, "") && made_warned(&info, FAIL_LIMIT, "behind"), "where no way leads there, it is told");
}

static void
test_damage(void)
{
	bool good = true, told = true;

	begin();
	chunks_png(&file, "eXIf", block.p, block.len);
	file.len -= 20;
	made_read(file.p, file.len, worker, &info);
	tap_ok(is(MEDIA_MAKE, "Acme") && made_warned(&info, FAIL_TRUNCATED, "ends in the chunk"), "a block cut short");
	begin();
	chunks_png(&file, "tIME", "abcdefg", 7);
	memset(file.p + file.len - 19, 0xff, 4);
	tap_ok(end() == 0 && made_warned(&info, FAIL_FORMAT, "impossible"), "an impossible length");
	begin();
	memcpy(file.p + 12, "gAMA", 4);
	tap_ok(end() == 0 && made_warned(&info, FAIL_FORMAT, "begin"), "another chunk first");
	begin();
	chunks_png(&file, "eXIf", block.p, block.len);
	chunks_png_text(&file, "zTXt", "Title", true, "A title", 7);
	end();
	for (size_t len = 8; len < file.len; len++) {
		good = good && made_read(file.p, len, worker, &info) == 0;
		told = told && (info.nwarnings > 0 || len >= file.len - 4);
	}
	tap_ok(good, "each of %zu cuts is read", file.len);
	tap_ok(told, "and told");
}

static void
test_tags(void)
{
	info.tags = &tags;
	begin();
	chunks_png(&file, "pHYs", "\0\0\x0b\x12\0\0\x0b\x12\1", 9);
	chunks_png(&file, "gAMA", "\0\0\xb1\x8f", 4);
	chunks_png(&file, "tIME", "\x07\xe2\1\2\3\4\5", 7);
	chunks_png_text(&file, "tEXt", "Creation Time", false, "2018", 4);
	chunks_png_text(&file, "tEXt", "two words", false, "v", 1);
	chunks_png_text(&file, "tEXt", "date:create", false, "d", 1);
	end();
	tap_ok(strstr(buf_cstr(&tags), "\"PNG:ImageWidth\":640,\"PNG:ImageHeight\":480,\"PNG:BitDepth\":8") != NULL,
	    "the header's tags");
	tap_ok(strstr(buf_cstr(&tags), "\"PNG-pHYs:PixelsPerUnitX\":2834") != NULL &&
		   strstr(buf_cstr(&tags), "\"PNG:Gamma\":2.2,") != NULL,
	    "numbers");
	tap_ok(strstr(buf_cstr(&tags), "\"PNG:ModifyDate\":\"2018:01:02 03:04:05\"") != NULL, "the time of the change");
	tap_ok(strstr(buf_cstr(&tags),
		   "\"PNG:CreationTime\":\"2018\",\"PNG:TwoWords\":\"v\",\"PNG:Datecreate\":\"d\"") != NULL,
	    "keywords");
	info.tags = NULL;
}

int
main(void)
{
	worker = reader_worker_new();
	made_tiff(&block, entries, 2);
	test_headers();
	test_words();
	test_dates();
	test_xmp();
	test_exif();
	test_packed_exif();
	test_iptc();
	test_bad_profiles();
	test_bad_texts();
	test_bomb();
	test_long();
	test_damage();
	test_tags();
	media_fini(&info);
	buf_fini(&tags);
	reader_worker_free(worker);
	return tap_done();
}
