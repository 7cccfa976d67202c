/* The member `tags`: names, types of values, what is left out; and the memory that libexif gets. */
#include "meta/exif/tags.h"

#include "base/span.h"
#include "made.h"
#include "meta/exif/arena.h"
#include "meta/reader.h"
#include "tap.h"

static struct buf text;

/* Reads a block in a JPEG; the tags are in `text`, as an object.  Returns whether they are JSON. */
static bool
read_tags(const struct made_tag *tags, size_t n, bool big_endian, struct reader_worker *worker, struct media_info *info)
{
	static struct made block, file;
	struct buf object = {0};
	struct spans spans = {0};
	struct fail why;
	bool good;

	block.big_endian = big_endian;
	made_tiff(&block, tags, n);
	made_jpeg(&file, &block, 8, 6);
	made_read(file.p, file.len, worker, info);
	buf_addf(&object, "{%s}", buf_cstr(&text));
	good = span_scan((struct slice){object.p, object.len}, &spans, &why) == 0;
	spans_fini(&spans);
	buf_fini(&object);
	return good;
}

static const struct {
	const char *what, *want;
	struct made_tag tags[2];
} values[] = {
    {"text", "\"IFD0:Make\":\"Acme\"", {ASCII(DIR0, 0x10f, "Acme ")}},
    {"text with a quote", "\"IFD0:Make\":\"A\\\"c\"", {ASCII(DIR0, 0x10f, "A\"c")}},
    {"text in Latin-1", "\"IFD0:Make\":\"\xc3\xa9\"", {ASCII(DIR0, 0x10f, "\xe9")}},
    {"empty text", "", {ASCII(DIR0, 0x10f, "   ")}},
    {"a number", "\"IFD0:Orientation\":6", {SHORT(DIR0, 0x112, 6)}},
    {"a rational", "\"ExifIFD:ExposureTime\":0.008", {RATIONAL(DIR_EXIF, 0x829a, 1, 125)}},
    {"a rational without a denominator", "\"ExifIFD:FNumber\":\"3/0\"", {RATIONAL(DIR_EXIF, 0x829d, 3, 0)}},
    {"three rationals", "\"GPS:GPSLatitude\":[52,30,45.5]", {RATIONALS(DIR_GPS, 2, 3, 52, 1, 30, 1, 91, 2)}},
    {"a version", "\"ExifIFD:ExifVersion\":\"0232\"", {BYTES(DIR_EXIF, 0x9000, T_UNDEF, "0232")}},
    {"bytes", "\"ExifIFD:ComponentsConfiguration\":[1,2,3,0]", {BYTES(DIR_EXIF, 0x9101, T_UNDEF, "\1\2\3\0")}},
    {"a comment", "\"ExifIFD:UserComment\":\"hi\"", {BYTES(DIR_EXIF, 0x9286, T_UNDEF, "ASCII\0\0\0hi")}},
    {"a blank comment", "", {BYTES(DIR_EXIF, 0x9286, T_UNDEF, "ASCII\0\0\0   ")}},
    {"a title of Windows", "\"IFD0:XPTitle\":\"T\"", {BYTES(DIR0, 0x9c9b, T_BYTE, "T\0\0\0")}},
    {"a tag that nobody knows", "\"IFD0:0xfedc\":7", {SHORT(DIR0, 0xfedc, 7)}},
    {"the thumbnail's", "\"IFD1:Compression\":6", {SHORT(DIR1, 0x103, 6)}},
    {"a tag that is there twice", "\"IFD0:Make\":\"A\"", {ASCII(DIR0, 0x10f, "A"), ASCII(DIR0, 0x10f, "B")}},
    {"a tag with a value after it had none", "\"IFD0:Model\":\"B\"",
	{ASCII(DIR0, 0x10f, " "), ASCII(DIR0, 0x110, "B")}},
    {"one tag in two directories", "\"IFD0:Make\":\"A\",\"IFD1:Make\":\"B\"",
	{ASCII(DIR0, 0x10f, "A"), ASCII(DIR1, 0x10f, "B")}},
};

static void
test_values(struct reader_worker *worker, struct media_info *info)
{
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		size_t n = values[i].tags[1].tag != 0 ? 2 : 1;
		bool json = read_tags(values[i].tags, n, i & 1, worker, info);

		tap_ok(json && strcmp(buf_cstr(&text), values[i].want) == 0, "%s: %s", values[i].what, buf_cstr(&text));
	}
}

/* What is told of the thumbnail is no field of the picture's. */
static void
test_thumbnail(struct reader_worker *worker, struct media_info *info)
{
	static const struct made_tag tags[] = {SHORT(DIR0, 0x112, 9), SHORT(DIR1, 0x112, 6), ASCII(DIR1, 0x10f, "B")};

	read_tags(tags, 3, false, worker, info);
	tap_ok(info->field[MEDIA_MAKE].kind == MEDIA_ABSENT && info->field[MEDIA_ORIENTATION].kind == MEDIA_ABSENT,
	    "no fields from the thumbnail's directory");
}

static void
test_long(struct reader_worker *worker, struct media_info *info)
{
	static char bytes[70000];
	struct made_tag few = {DIR_EXIF, 0x9101, T_BYTE, TAGS_ARRAY_MAX, bytes, {0}};
	struct made_tag many = {DIR_EXIF, 0x9101, T_BYTE, TAGS_ARRAY_MAX + 1, bytes, {0}};

	tap_ok(read_tags(&few, 1, false, worker, info) && strstr(buf_cstr(&text), ":[0,0,") != NULL,
	    "bytes that are shown");
	tap_ok(read_tags(&many, 1, false, worker, info) &&
		   strcmp(buf_cstr(&text), "\"ExifIFD:ComponentsConfiguration\":{\"bytes\":65}") == 0,
	    "bytes that are only counted");
}

/* A block whose entries all point to the same long text asks for far more than its own size. */
static void
test_limit(struct reader_worker *worker, struct media_info *info)
{
	static struct made block;
	static char filler[30000];
	struct made_tag one = {DIR0, 0x10f, T_ASCII, sizeof filler, filler, {0}};
	uint8_t *tiff = block.p;
	struct spans spans = {0};
	struct buf object = {0};
	struct fail why;

	memset(filler, 'x', sizeof filler - 1);
	made_tiff(&block, &one, 1);
	memmove(tiff + 8 + 2 + 200 * 12 + 4, tiff + 8 + 2 + 12 + 4, sizeof filler);
	block.len = 8 + 2 + 200 * 12 + 4 + sizeof filler;
	made_put(&block, 8, 200, 2);
	for (size_t i = 0; i < 200; i++) {
		made_put(&block, made_entry(&block, 10 + 12 * i, (uint16_t)(0x8000 + i), T_ASCII, sizeof filler),
		    8 + 2 + 200 * 12 + 4, 4);
	}
	made_put(&block, 8 + 2 + 200 * 12, 0, 4);
	made_read(block.p, block.len, worker, info);
	buf_addf(&object, "{%s}", buf_cstr(&text));
	tap_ok(text.len > TAGS_TEXT_MAX && text.len < 2 * TAGS_TEXT_MAX &&
		   made_warned(info, FAIL_LIMIT, "the rest was left out"),
	    "tags end at %zu bytes", text.len);
	tap_ok(span_scan((struct slice){object.p, object.len}, &spans, &why) == 0, "and are JSON still");
	spans_fini(&spans);
	buf_fini(&object);
}

/* A Canon note of three tags, its offsets counted from the block. */
static void
test_note(struct reader_worker *worker, struct media_info *info)
{
	static char note[64] = "\3\0\6\0\2\0\4\0\0\0AB\0\0\7\0\2\0\4\0\0\0Fw\0\0\x99\x99\2\0\2\0\0\0?\0\0\0";
	struct made_tag tags[] = {ASCII(DIR0, 0x10f, "Canon"), {DIR_EXIF, 0x927c, T_UNDEF, sizeof note, note, {0}}};

	bool json = read_tags(tags, 2, false, worker, info);

	tap_ok(json && strstr(buf_cstr(&text), "\"Canon:ImageType\":\"AB\"") != NULL &&
		   strstr(buf_cstr(&text), "\"Canon:FirmwareVersion\":\"Fw\"") != NULL,
	    "a maker note: %s", buf_cstr(&text));
	tap_ok(strstr(buf_cstr(&text), "0x927c") == NULL, "its bytes are not shown");
}

/* A note of Canon's behind the first 64 KiB, which is all that libexif looks at; its offsets count from the block. */
static void
test_far_note(struct reader_worker *worker, struct media_info *info)
{
	static char note[66000] = "\2\0\6\0\2\0\x10\0\0\0\0\0\0\0\7\0\2\0\4\0\0\0Fw\0\0\0\0\0\0A camera's type";
	static struct made block;
	static char filler[70000];
	struct made_tag tags[] = {{DIR_EXIF, 0x9101, T_UNDEF, sizeof filler, filler, {0}}, ASCII(DIR0, 0x10f, "Canon"),
	    ASCII(DIR0, 0x110, "R"), {DIR_EXIF, 0x927c, T_UNDEF, 60, note, {0}}};
	size_t at;

	for (int i = 0; i < 4; i++) {
		bool absolute = i < 3, cut = i == 2;

		tags[1].text = absolute ? "Canon" : "Acme";
		tags[3].count = i == 1 ? sizeof note : 60; /* one is longer than all that fits */
		block.big_endian = false;
		made_tiff(&block, tags, 4);
		at = (size_t)((uint8_t *)memmem(block.p, block.len, note, 60) - block.p);
		made_put(&block, at + 10, at + 30, 4);
		made_read(block.p, cut ? at + 20 : block.len, worker, info);
		tap_ok(
		    (strstr(buf_cstr(&text), "\"Canon:ImageType\":\"A camera's type\"") != NULL) == (absolute && !cut),
		    "a maker note far back, %d", i);
		tap_ok((strstr(buf_cstr(&text), "\"Canon:FirmwareVersion\":\"Fw\"") != NULL) == (absolute && !cut),
		    "and what is in its directory, %d", i);
	}
}

/* Names of tags that one number has in one file and not in another. */
static void
test_names(struct reader_worker *worker, struct media_info *info)
{
	static const struct {
		const char *what, *want;
		char magic;
		struct made_tag tag;
	} rows[] = {
	    {"Panasonic's own", "\"IFD0:SensorWidth\":3724", 'U', SHORT(DIR0, 2, 3724)},
	    {"the same in TIFF", "\"IFD0:0x0002\":3724", '*', SHORT(DIR0, 2, 3724)},
	    {"the same in the GPS directory", "\"GPS:GPSLatitude\":[1,2,3]", '*',
		RATIONALS(DIR_GPS, 2, 3, 1, 1, 2, 1, 3, 1)},
	    {"DNG's", "\"IFD0:DNGVersion\":[1,4,0,0]", '*', BYTES(DIR0, 0xc612, T_BYTE, "\1\4\0\0")},
	    {"Exif 3.0's", "\"ExifIFD:Photographer\":\"Jo\"", '*', ASCII(DIR_EXIF, 0xa437, "Jo")},
	};
	static struct made block;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		made_tiff(&block, &rows[i].tag, 1);
		block.p[2] = (uint8_t)rows[i].magic;
		made_read(block.p, block.len, worker, info);
		tap_ok(strcmp(buf_cstr(&text), rows[i].want) == 0, "%s: %s", rows[i].what, buf_cstr(&text));
	}
}

static struct slice
name(const char *s)
{
	return (struct slice){s, strlen(s)};
}

/* What other containers append. */
static void
test_containers(struct reader_worker *worker, struct media_info *info)
{
	static char filler[TAGS_VALUE_MAX + 100];
	struct media_info none = {0};

	media_clear(info);
	tags_begin(&(struct reader){.worker = worker, .info = info});
	tags_text(&(struct reader){.worker = worker, .info = info}, "PNG", name("Ti tle"), " A \"b\" ", 7);
	tags_text(&(struct reader){.worker = worker, .info = info}, "PNG", name("Title"), "other", 5);
	tags_text(&(struct reader){.worker = worker, .info = info}, "PNG", name("Empty"), "  ", 2);
	tags_number(&(struct reader){.worker = worker, .info = info}, "RIFF", name("Rate"), 29.97);
	tags_number(&(struct reader){.worker = worker, .info = info}, "RIFF", name("None"), 0.0 / 0.0);
	if (tags_list(&(struct reader){.worker = worker, .info = info}, "XMP-dc", name("subject"))) {
		tags_item(info, "a", 1);
		tags_item(info, " ", 1);
		tags_item(info, "\xe9", 1);
		tags_list_end(info);
	}
	tap_ok(!tags_list(&(struct reader){.worker = worker, .info = info}, "XMP-dc", name("subject")),
	    "a list that is there already");
	tags_text(&(struct reader){.worker = worker, .info = info}, "Sony", name("LensSpec"), "x", 1);
	tags_number(&(struct reader){.worker = worker, .info = info}, "Nikon", name("ShutterCount"), 7);
	tap_ok(strcmp(buf_cstr(&text),
		   "\"PNG:Title\":\"A \\\"b\\\"\",\"RIFF:Rate\":29.97,\"XMP-dc:subject\":[\"a\",\"\xc3\xa9\"],"
		   "\"Sony:LensSpec\":\"x\",\"Nikon:ShutterCount\":7") == 0,
	    "text, numbers, lists: %s", buf_cstr(&text));
	memset(filler, 'x', sizeof filler);
	media_clear(info);
	tags_begin(&(struct reader){.worker = worker, .info = info});
	tags_text(&(struct reader){.worker = worker, .info = info}, "PNG", name("Title"), filler, sizeof filler);
	tap_ok(text.len == strlen("\"PNG:Title\":\"\"") + TAGS_VALUE_MAX, "a long text is cut");
	tags_text(&(struct reader){.worker = worker, .info = &none}, "PNG", name("Title"), "x", 1);
	tags_number(&(struct reader){.worker = worker, .info = &none}, "PNG", name("Number"), 1);
	tap_ok(!tags_list(&(struct reader){.worker = worker, .info = &none}, "PNG", name("List")),
	    "nothing is done where nobody wants tags");
}

/* Short tags are limited by their number. */
static void
test_number(struct reader_worker *worker, struct media_info *info)
{
	char word[8];

	media_clear(info);
	tags_begin(&(struct reader){.worker = worker, .info = info});
	for (int i = 0; i < 10000; i++) {
		snprintf(word, sizeof word, "%d", i);
		tags_number(&(struct reader){.worker = worker, .info = info}, "a", name(word), 1);
	}
	tap_ok(strstr(buf_cstr(&text), "\"a:8191\":1") != NULL && strstr(buf_cstr(&text), "\"a:8192\":1") == NULL &&
		   made_warned(info, FAIL_LIMIT, "the rest was left out"),
	    "tags end at their number, with a warning");
	media_clear(info);
	tags_begin(&(struct reader){.worker = worker, .info = info});
	tags_number(&(struct reader){.worker = worker, .info = info}, "a", name("0"), 1);
	tap_ok(strcmp(buf_cstr(&text), "\"a:0\":1") == 0, "and begin anew with the next file");
}

static void
test_arena(void)
{
	struct arena *a = arena_new(4096);
	ExifMem *mem = arena_enter(a);
	unsigned n = 0;
	char *p, *q;

	tap_ok(mem != NULL, "an allocator lives in the arena");
	p = exif_mem_alloc(mem, 5);
	tap_ok(p != NULL && memcmp(p, "\0\0\0\0\0", 5) == 0, "memory is zeroed");
	memcpy(p, "abcd", 5);
	q = exif_mem_realloc(mem, p, 100);
	tap_ok(q != NULL && q != p && strcmp(q, "abcd") == 0, "it grows with its content");
	tap_ok(exif_mem_realloc(mem, q, 50) == q, "it shrinks in place");
	exif_mem_free(mem, q);
	while (exif_mem_alloc(mem, 64) != NULL)
		n++;
	tap_ok(n > 40 && n < 64, "it ends (%u)", n);
	tap_ok(exif_mem_alloc(mem, 0xffffffff) == NULL, "what is far too much is refused");
	tap_ok(arena_enter(a) != NULL, "it begins again");
	arena_leave();
	arena_free(a);
}

int
main(void)
{
	struct reader_worker *worker = reader_worker_new();
	struct media_info info = {.tags = &text};

	test_values(worker, &info);
	test_thumbnail(worker, &info);
	test_long(worker, &info);
	test_limit(worker, &info);
	test_note(worker, &info);
	test_far_note(worker, &info);
	test_names(worker, &info);
	test_containers(worker, &info);
	test_number(worker, &info);
	test_arena();
	media_fini(&info);
	reader_worker_free(worker);
	reader_worker_free(NULL);
	buf_fini(&text);
	return tap_done();
}
