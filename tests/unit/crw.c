/* CRW: heaps of records, one inside the other, whole and damaged. */
#include "made.h"
#include "tap.h"

static struct made file;

enum { TOP, CAMERA, SPEC, SHOT, DESCRIPTION, HEAPS };

/* A record; of no bytes: a heap, by its number. */
struct record {
	int heap;
	uint16_t tag;
	size_t len;
	const char *bytes;
	int inner;
};

static const struct record records[] = {
    {TOP, 0x2807, 0, NULL, CAMERA},
    {TOP, 0x1810, 28, "\0\x0c\0\0\0\x08\0\0\0\0\x80\x3f\x0e\1\0\0\x08\0\0\0\x18\0\0\0\1\1\0\0", 0},
    {TOP, 0x180e, 12, "\x4e\xcd\xaf\x3f\0\0\0\0\0\0\0\0", 0},
    {TOP, 0x0805, 12, "my comment\0\0", 0},
    {TOP, 0x0816, 14, "CRW_1602.CRW\0\0", 0},
    {TOP, 0x2804, 0, NULL, DESCRIPTION},
    {TOP, 0x300b, 0, NULL, SHOT},
    {CAMERA, 0x080a, 30, "Canon\0Canon EOS DIGITAL REBEL\0", 0},
    {CAMERA, 0x3004, 0, NULL, SPEC},
    {SPEC, 0x580b, 8, "\x26\x16\x61\x21\0\0\0\0", 0},
    {DESCRIPTION, 0x0805, 10, "CMOS RAW\0\0", 0},
    {SHOT, 0x1029, 8, "\2\0\xe3\0\0\0\0\0", 0},
    {SHOT, 0x102d, 52,
	"\x34\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x20"
	"\0",
	0},
    {SHOT, 0x102a, 46,
	"\x2e\0\0\0\xa0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80\0\xc0\0", 0},
};

#define NRECORDS (sizeof records / sizeof records[0])

/* Appends a heap: its records, inner heaps first, its directory, the directory's place.  Returns its length. */
static size_t
add_heap(int heap)
{
	size_t begin = file.len, place[NRECORDS], len[NRECORDS], n = 0, dir;

	for (size_t i = 0; i < NRECORDS; i++) {
		if (records[i].heap != heap)
			continue;
		place[i] = file.len - begin;
		len[i] = records[i].len;
		if (records[i].len == 0)
			len[i] = add_heap(records[i].inner);
		else if ((records[i].tag & 0x4000) == 0)
			made_add(&file, records[i].bytes, records[i].len);
		n++;
	}
	dir = file.len - begin;
	made_put(&file, file.len, n, 2);
	for (size_t i = 0; i < NRECORDS; i++) {
		if (records[i].heap != heap)
			continue;
		made_put(&file, file.len, records[i].tag, 2);
		if ((records[i].tag & 0x4000) != 0) {
			made_add(&file, records[i].bytes, 8);
			continue;
		}
		made_put(&file, file.len, len[i], 4);
		made_put(&file, file.len, place[i], 4);
	}
	made_put(&file, file.len, dir, 4);
	return file.len - begin;
}

static void
make(void)
{
	memset(file.p, 0, sizeof file.p);
	file.len = 0;
	made_add(&file, "II\x1a\0\0\0HEAPCCDR\2\0\1\0", 18);
	made_put(&file, 25, 0, 1);
	add_heap(TOP);
}

static bool
is(const struct media_info *info, enum media_field f, const char *want)
{
	return strcmp(made_field(info, f), want) == 0;
}

static void
test_whole(struct media_info *info)
{
	make();
	made_read(file.p, file.len, NULL, info);
	tap_ok(strcmp(info->type, "crw") == 0 && info->nwarnings == 0 && is(info, MEDIA_MAKE, "Canon") &&
		   is(info, MEDIA_MODEL, "Canon EOS DIGITAL REBEL"),
	    "the camera");
	tap_ok(is(info, MEDIA_SERIAL, "0560010790"), "its serial number, in the directory itself: %s",
	    made_field(info, MEDIA_SERIAL));
	tap_ok(is(info, MEDIA_WIDTH, "3072") && is(info, MEDIA_HEIGHT, "2048") && is(info, MEDIA_ORIENTATION, "8"),
	    "the picture");
	tap_ok(strcmp(made_date(&info->date[MEDIA_DATE_CRW_CAPTURE].when), "2003-11-10T17:39:26") == 0 &&
		   info->date[MEDIA_DATE_CRW_CAPTURE].basis == MEDIA_BASIS_LOCAL,
	    "the date: %s", made_date(&info->date[MEDIA_DATE_CRW_CAPTURE].when));
	tap_ok(is(info, MEDIA_DESCRIPTION, "my comment") && is(info, MEDIA_ORIGINAL_NAME, "CRW_1602.CRW"), "texts");
	tap_ok(is(info, MEDIA_FOCAL, "7.09375"), "the focal length in its unit: %s", made_field(info, MEDIA_FOCAL));
	tap_ok(is(info, MEDIA_EXPOSURE, "0.015625") && is(info, MEDIA_F_NUMBER, "4") && is(info, MEDIA_ISO, "100"),
	    "exposure, aperture, sensitivity");
}

/* A trailer with XMP; the file's last four bytes are the heap's still. */
static void
test_trailer(struct media_info *info)
{
	static const char xmp[] =
	    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
	    "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
	    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:xmp='http://ns.adobe.com/xap/1.0/' "
	    "xmp:Rating='4'/></rdf:RDF></x:xmpmeta>";
	struct reader_worker *worker = reader_worker_new();
	uint8_t last[4];
	size_t at;

	make();
	memcpy(last, file.p + file.len - 4, 4);
	file.big_endian = true;
	made_add(&file, "CANON OPTIONAL DATA\0\0\1\0\0", 24);
	made_put(&file, file.len, sizeof xmp + 7, 4);
	made_put(&file, file.len, 0xffff00f6, 4);
	made_put(&file, file.len, sizeof xmp - 1, 4);
	made_add(&file, xmp, sizeof xmp - 1);
	at = file.len;
	made_add(&file, "CANON OPTIONAL DATA", 20);
	made_put(&file, file.len, sizeof xmp + 7, 4);
	made_put(&file, at + 60, 0, 4);
	memcpy(file.p + file.len - 4, last, 4);
	file.big_endian = false;
	made_read(file.p, file.len, worker, info);
	tap_ok(is(info, MEDIA_RATING, "4") && is(info, MEDIA_MAKE, "Canon"), "XMP in a trailer of Canon's");
	file.p[at + 20] = 0x7f;
	made_read(file.p, file.len, worker, info);
	tap_ok(is(info, MEDIA_RATING, "") && is(info, MEDIA_MAKE, "Canon"), "a trailer longer than the file");
	reader_worker_free(worker);
}

static void
test_damage(struct media_info *info)
{
	bool typed = true;

	make();
	for (size_t len = file.len - 1; len >= 14; len -= 3) {
		made_read(file.p, len, NULL, info);
		typed &= strcmp(info->type, "crw") == 0;
	}
	tap_ok(typed, "cut short anywhere, it is read to the end");
	made_read(file.p, 20, NULL, info);
	tap_ok(made_warned(info, FAIL_TRUNCATED, "ends before"), "nothing but a head");
	make();
	made_put(&file, file.len - 4, 0xfffffff0, 4);
	made_read(file.p, file.len, NULL, info);
	tap_ok(made_warned(info, FAIL_TRUNCATED, "CRW"), "a directory beyond the end");
	/* The first record, a heap, becomes the file's own. */
	make();
	made_put(&file, file.len - 4 - 10 * 7 + 2, file.len - 26, 4);
	made_put(&file, file.len - 4 - 10 * 7 + 6, 0, 4);
	made_read(file.p, file.len, NULL, info);
	tap_ok(is(info, MEDIA_WIDTH, "3072") && made_warned(info, FAIL_FORMAT, "same heap"), "a heap within itself");
	make();
	made_put(&file, 2, 0x7fffffff, 4);
	made_read(file.p, file.len, NULL, info);
	tap_ok(made_warned(info, FAIL_TRUNCATED, "ends before"), "a heap that begins beyond the end");
}

/* Any byte may be anything: nothing is read outside the file (the sanitizers would tell), and the type stays. */
static void
test_changes(struct media_info *info)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	bool typed = true;

	make();
	for (size_t i = 16; i < file.len; i++) {
		uint8_t was = file.p[i];

		for (size_t v = 0; v < sizeof values; v++) {
			file.p[i] = values[v];
			made_read(file.p, file.len, NULL, info);
			typed &= info->type != NULL && strcmp(info->type, "crw") == 0;
		}
		file.p[i] = was;
	}
	tap_ok(typed, "each changed byte is survived");
}

int
main(void)
{
	struct media_info info = {0};

	test_whole(&info);
	test_trailer(&info);
	test_damage(&info);
	test_changes(&info);
	media_fini(&info);
	return tap_done();
}
