/* The small pictures in files: where they are found, and what of them is passed on. */
#include "format/jpeg/jpeg-small.h"
#include "format/preview.h"
#include "made.h"
#include "tap.h"

static struct made plain, odd, block, file;

static bool
small_of(const void *bytes, size_t len, struct buf *out)
{
	uint8_t *exact = tap_exact(bytes, len);
	bool is_one;

	buf_clear(out, SIZE_MAX);
	is_one = jpeg_small(exact, len, out);
	free(exact);
	return is_one;
}

static bool
is_plain(const struct buf *out)
{
	return out->len == plain.len && memcmp(out->p, plain.p, plain.len) == 0;
}

static void
test_kept(void)
{
	struct buf out = {0};

	made_jpeg(&plain, NULL, 160, 120);
	tap_ok(small_of(plain.p, plain.len, &out) && is_plain(&out), "a picture is passed on as it is");
	odd.len = 0;
	made_add(&odd, "\xff\xd8", 2);
	made_segment(&odd, 0xe0, "JFIF\0\1\1\0\0\1\0\1\0\0", 14);
	made_segment(&odd, 0xe1, "Exif\0\0secret", 12);
	made_segment(&odd, 0xfe, "<script>", 8);
	made_add(&odd, "\xff\xff", 2); /* fill */
	made_add(&odd, plain.p + 2, plain.len - 2);
	made_add(&odd, "<script>behind", 14);
	tap_ok(small_of(odd.p, odd.len, &out) && is_plain(&out), "metadata, comments and what stands behind are not");
	tap_ok(small_of(plain.p, plain.len - 2, &out) && is_plain(&out), "an end that is missing is made");
	buf_fini(&out);
}

/* One byte of the plain picture, made another. */
static void
test_refused(void)
{
	enum { TABLES = 2, FRAME = TABLES + 8, SCAN = FRAME + 19 };
	static const struct {
		size_t at;
		uint8_t byte;
		const char *what;
	} rows[] = {
	    {0, 0x47, "another format"},
	    {1, 0xd9, "an end in place of the beginning"},
	    {TABLES, 0x12, "bytes that are no marker"},
	    {TABLES + 1, 0xfe, "no tables"},
	    {TABLES + 1, 0xd0, "a restart outside the picture"},
	    {TABLES + 1, 0xc0, "a frame that is too short"},
	    {TABLES + 3, 1, "a segment shorter than its length"},
	    {FRAME + 1, 0xc3, "a coding that browsers do not have"},
	    {FRAME + 1, 0xfe, "no frame"},
	    {FRAME + 2, 0x7f, "a segment that reaches beyond the end"},
	    {FRAME + 4, 12, "samples of 12 bits"},
	    {FRAME + 5, 8, "2,168 lines"},
	    {FRAME + 7, 9, "2,464 columns"},
	    {FRAME + 9, 4, "four colours"},
	    {SCAN + 1, 0xfe, "no scan"},
	};
	struct buf out = {0};

	buf_adds(&out, "before");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		odd = plain;
		odd.p[rows[i].at] = rows[i].byte;
		tap_ok(!jpeg_small(odd.p, odd.len, &out) && strcmp(buf_cstr(&out), "before") == 0, "refused: %s",
		    rows[i].what);
	}
	buf_fini(&out);
}

static void
test_limits(void)
{
	struct buf out = {0};

	made_jpeg(&odd, NULL, JPEG_SMALL_SIDE, JPEG_SMALL_SIDE);
	tap_ok(small_of(odd.p, odd.len, &out), "%d pixels a side", JPEG_SMALL_SIDE);
	made_jpeg(&odd, NULL, JPEG_SMALL_SIDE + 1, 1);
	tap_ok(!small_of(odd.p, odd.len, &out), "a pixel more is refused");
	odd = plain;
	odd.len -= 2;
	for (int i = 1; i < JPEG_SMALL_SCANS; i++)
		made_segment(&odd, 0xda, "\3\1\0\2\0\3\0\0\77\0", 10);
	tap_ok(small_of(odd.p, odd.len, &out), "%d scans", JPEG_SMALL_SCANS);
	made_segment(&odd, 0xda, "\3\1\0\2\0\3\0\0\77\0", 10);
	tap_ok(!small_of(odd.p, odd.len, &out), "a scan more is refused");
	buf_fini(&out);
}

/* Wherever it is cut, what is passed on begins and ends as a picture does. */
static void
test_cut(void)
{
	struct buf out = {0};
	bool good = true;

	for (size_t len = 0; len < plain.len && good; len++)
		good =
		    !small_of(plain.p, len, &out) || (out.len > 4 && memcmp(out.p + out.len - 2, "\xff\xd9", 2) == 0);
	tap_ok(good, "cut anywhere");
	buf_fini(&out);
}

/* Reads the file and says whether its small picture is the plain one, to be turned like that. */
static bool
finds_plain(const struct made *m, int orientation)
{
	struct reader_worker *worker = reader_worker_new();
	uint8_t *exact = tap_exact(m->p, m->len);
	struct src *src = src_new();
	struct preview found = {0};
	struct fail why = {0};
	bool good;

	if (src == NULL || worker == NULL)
		abort();
	src_open_memory(src, exact, m->len);
	good =
	    preview_read(src, worker, &found, &why) == 0 && is_plain(&found.jpeg) && found.orientation == orientation;
	buf_fini(&found.jpeg);
	src_free(src);
	reader_worker_free(worker);
	free(exact);
	return good;
}

/* A block whose directory `dir` tells of the plain picture behind it. */
static void
make_block(int dir, bool big_endian)
{
	struct made_tag tags[] = {SHORT(DIR0, 0x0112, 6), LONG(dir, 0x0201, 0), LONG(dir, 0x0202, 0)};

	block.big_endian = big_endian;
	made_tiff(&block, tags, 3);
	tags[1].v[0] = (uint32_t)block.len;
	tags[2].v[0] = (uint32_t)plain.len;
	made_tiff(&block, tags, 3);
	made_add(&block, plain.p, plain.len);
}

static uint8_t padding[READER_PREVIEW_BYTES]; /* makes a file too long to be its own small picture */

static void
make_photoshop(void)
{
	block.len = 0;
	block.big_endian = true;
	made_add(&block,
	    "Photoshop 3.0\0"
	    "8BIM\4\14\0\0",
	    22);
	made_put(&block, block.len, 28 + plain.len, 4);
	made_add(&block, padding, 28);
	made_add(&block, plain.p, plain.len);
	file.len = 0;
	made_add(&file, "\xff\xd8", 2);
	made_segment(&file, 0xed, block.p, block.len);
	made_add(&file, plain.p + 2, plain.len - 2);
	made_add(&file, padding, sizeof padding);
}

static void
test_found(void)
{
	make_block(DIR1, true);
	made_jpeg(&file, &block, 4000, 3000);
	made_add(&file, padding, sizeof padding);
	tap_ok(finds_plain(&file, 6), "in the Exif block of a JPEG");
	make_block(DIR_SUB, false);
	tap_ok(finds_plain(&block, 6), "in a directory of a TIFF");
	make_block(DIR1, false);
	tap_ok(finds_plain(&block, 6), "in the second directory of a TIFF");
	file.len = 0;
	made_add(&file, "FUJIFILMCCD-RAW", 16);
	made_add(&file, padding, 0x54 - 16);
	made_put(&file, 0x54, 0, 4);
	file.big_endian = true;
	made_put(&file, 0x54, 0x80, 4);
	made_put(&file, 0x58, plain.len, 4);
	made_add(&file, padding, 0x80 - file.len);
	made_add(&file, plain.p, plain.len);
	tap_ok(finds_plain(&file, 1), "in a raw file");
	make_photoshop();
	tap_ok(finds_plain(&file, 1), "among Photoshop's resources");
	tap_ok(finds_plain(&plain, 1), "a small picture is its own");
}

static void
test_not_found(void)
{
	struct made_tag lies[] = {SHORT(DIR0, 0x0112, 6), LONG(DIR1, 0x0201, 8), LONG(DIR1, 0x0202, 60)};

	made_tiff(&block, lies, 3);
	made_jpeg(&file, &block, 4000, 3000);
	tap_ok(!finds_plain(&file, 6), "what a directory calls a picture, and is none, is none");
	lies[1].v[0] = UINT32_MAX;
	lies[2].v[0] = UINT32_MAX;
	made_tiff(&block, lies, 3);
	tap_ok(!finds_plain(&block, 6), "nor is what lies nowhere");
}

int
main(void)
{
	test_kept();
	test_refused();
	test_limits();
	test_cut();
	test_found();
	test_not_found();
	return tap_done();
}
