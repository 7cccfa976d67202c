/* GIF, BMP, BPG, FLIF and JPEG XR. */
#include "chunks.h"
#include "tap.h"

static const struct made_tag entries[] = {ASCII(DIR0, 0x10f, "Acme"), LONG(DIR0, 0xbc80, 640), LONG(DIR0, 0xbc81, 480)};
static struct made block, file;
static struct reader_worker *worker;
static struct media_info info;
static struct buf tags;

static bool
is(enum media_field f, const char *value)
{
	return strcmp(made_field(&info, f), value) == 0;
}

static bool
has_size(const char *width, const char *height)
{
	return is(MEDIA_WIDTH, width) && is(MEDIA_HEIGHT, height);
}

static int
read_file(void)
{
	return made_read(file.p, file.len, worker, &info);
}

/* A screen of 640 by 480 with two colours. */
static void
begin_gif(void)
{
	file.len = 0;
	made_add(&file, "GIF89a\x80\2\xe0\1\x80\0\0\0\0\0\xff\xff\xff", 19);
}

static void
add_image(size_t pieces)
{
	static uint8_t piece[256] = {255};

	made_add(&file, "\x2c\0\0\0\0\x80\2\xe0\1\0\2", 11);
	for (size_t i = 0; i < pieces; i++)
		made_add(&file, piece, 256);
	made_add(&file, "\3abc", 5);
}

static void
add_xmp(void)
{
	made_add(&file, "\x21\xff\x0bXMP DataXMP" CHUNKS_XMP "\1", 15 + strlen(CHUNKS_XMP));
	for (int i = 255; i >= 0; i--)
		file.p[file.len++] = (uint8_t)i;
	made_add(&file, "", 1);
}

static void
test_gif(void)
{
	begin_gif();
	made_add(&file, "\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0", 19);
	add_xmp();
	add_image(3);
	made_add(&file, ";", 1);
	read_file();
	tap_ok(has_size("640", "480") && is(MEDIA_RATING, "4") && info.nwarnings == 0, "a GIF with XMP");
	tap_ok(strcmp(info.type, "gif") == 0 && strcmp(info.mime, "image/gif") == 0, "its type");
	begin_gif();
	add_image(3);
	add_xmp();
	made_add(&file, ";", 1);
	read_file();
	tap_ok(is(MEDIA_RATING, "4") && info.nwarnings == 0, "behind the image");
	begin_gif();
	add_image(700);
	add_xmp();
	made_add(&file, ";", 1);
	read_file();
	tap_ok(is(MEDIA_RATING, "4") && info.nwarnings == 0, "behind a large image");
	begin_gif();
	for (int i = 0; i < 5000; i++)
		add_image(0);
	add_xmp();
	made_add(&file, ";", 1);
	read_file();
	tap_ok(is(MEDIA_RATING, "4") && info.nwarnings == 0, "behind thousands of tiny images");
	info.tags = &tags;
	begin_gif();
	made_add(&file, "\x21\xfe\3one\4 two\0;", 13);
	read_file();
	tap_ok(strstr(buf_cstr(&tags), "\"GIF:Comment\":\"one two\"") != NULL && is(MEDIA_DESCRIPTION, ""),
	    "a comment is a tag only");
	info.tags = NULL;
}

static void
test_gif_damage(void)
{
	bool good = true, told = true;

	begin_gif();
	add_xmp();
	file.p[file.len - 258] = 7;
	made_add(&file, ";", 1);
	tap_ok(read_file() == 0 && is(MEDIA_WIDTH, "640"), "XMP without its trailer");
	begin_gif();
	made_add(&file, "??????????", 10);
	tap_ok(read_file() == 0 && made_warned(&info, FAIL_FORMAT, "unknown block"), "bytes that are no block");
	begin_gif();
	add_image(2);
	add_xmp();
	for (size_t len = 6; len < file.len; len++) {
		good = good && made_read(file.p, len, worker, &info) == 0;
		told = told && info.nwarnings > 0;
	}
	tap_ok(good, "each of %zu cuts is read", file.len);
	tap_ok(told, "and told");
}

static const struct {
	const char *bytes;
	size_t len;
	const char *type, *width, *height;
} small[] = {
#define IN(bytes) bytes, sizeof(bytes) - 1
    {IN("BM\0\0\0\0\0\0\0\0\66\0\0\0\x28\0\0\0\x80\2\0\0\xe0\1\0\0"), "bmp", "640", "480"},
    {IN("BM\0\0\0\0\0\0\0\0\66\0\0\0\x7c\0\0\0\x80\2\0\0\x20\xfe\xff\xff"), "bmp", "640", "480"},
    {IN("BM\0\0\0\0\0\0\0\0\32\0\0\0\x0c\0\0\0\x80\2\xe0\1\1\0\x18\0"), "bmp", "640", "480"},
    {IN("BM\0\0\0\0\0\0\0\0\66\0\0\0\x28\0\0\0\x80\2\0"), "bmp", "", ""},
    {IN("BPG\xfb\0\0\x85\0\x83\x60\0"), "bpg", "640", "480"},
    {IN("BPG\xfb\0\0\x85\0\x83"), "bpg", "", ""},
    {IN("BPG\xfb\0\0\xff\xff\xff\xff\xff\0"), "bpg", "", ""},
    {IN("FLIF\x31\x31\x84\x7f\x83\x5f\0"), "flif", "640", "480"},
    {IN("FLIF\x51\x31\x84\x7f\x83\x5f\2\0"), "flif", "640", "480"},
};

static void
test_small(void)
{
	for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
		made_read((const uint8_t *)small[i].bytes, small[i].len, worker, &info);
		tap_ok(strcmp(info.type, small[i].type) == 0 && made_field(&info, MEDIA_WIDTH) != NULL &&
			   is(MEDIA_WIDTH, small[i].width) &&
			   (*small[i].height == '\0' || is(MEDIA_HEIGHT, small[i].height)),
		    "%s, %zu: %s", small[i].type, i, made_field(&info, MEDIA_WIDTH));
		for (size_t len = 0; len < small[i].len; len++)
			made_read((const uint8_t *)small[i].bytes, len, worker, &info);
	}
}

static void
test_blocks(void)
{
	static uint8_t raw[4096];
	z_stream z = {.next_in = (Bytef *)CHUNKS_XMP,
	    .avail_in = sizeof CHUNKS_XMP - 1,
	    .next_out = raw,
	    .avail_out = sizeof raw};

	file.len = 0;
	made_add(&file, "BPG\xfb\0\x08\x10\x10\0", 9);
	made_add(&file, (uint8_t[]){0x81, (uint8_t)(block.len + 4), 1, (uint8_t)(block.len + 1), 0}, 5);
	made_add(&file, block.p, block.len);
	read_file();
	tap_ok(block.len < 124 && has_size("16", "16") && is(MEDIA_MAKE, "Acme"), "Exif in a BPG");
	deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
	deflate(&z, Z_FINISH);
	file.len = 0;
	made_add(&file,
	    "FLIF\x31\x31\x0f\x0f"
	    "eXmp",
	    12);
	made_add(&file, (uint8_t[]){(uint8_t)(0x80 | z.total_out >> 7), (uint8_t)(z.total_out & 0x7f)}, 2);
	made_add(&file, raw, z.total_out);
	deflateEnd(&z);
	made_add(&file, "", 1);
	read_file();
	tap_ok(has_size("16", "16") && is(MEDIA_RATING, "4") && info.nwarnings == 0, "XMP in a FLIF");
	made_put(&block, 2, 0x01bc, 2);
	made_read(block.p, block.len, worker, &info);
	tap_ok(has_size("640", "480") && is(MEDIA_MAKE, "Acme") && strcmp(info.type, "jxr") == 0, "a JPEG XR");
}

int
main(void)
{
	worker = reader_worker_new();
	made_tiff(&block, entries, 3);
	test_gif();
	test_gif_damage();
	test_small();
	test_blocks();
	media_fini(&info);
	buf_fini(&tags);
	reader_worker_free(worker);
	return tap_done();
}
