/* RAF: the JPEG inside and Fujifilm's directories; and the reader of such JPEGs, which RW2 and X3F have, too. */
#include "made.h"
#include "tap.h"

static struct made block, jpeg, file;

static size_t
add_directory(const uint16_t (*sizes)[3], size_t n)
{
	size_t at = file.len;

	made_put(&file, at, n + 1, 4);
	made_put(&file, at + 4, 0xc000, 2); /* of no interest, longer than a size */
	made_put(&file, at + 6, 10, 2);
	made_add(&file, "0123456789", 10);
	for (size_t i = 0; i < n; i++) {
		at = file.len;
		made_put(&file, at, sizes[i][0], 2);
		made_put(&file, at + 2, 4, 2);
		made_put(&file, at + 4, sizes[i][2], 2);
		made_put(&file, at + 6, sizes[i][1], 2);
	}
	return file.len;
}

static void
make(const uint16_t (*sizes)[3], size_t n)
{
	static const struct made_tag tags[] = {ASCII(DIR0, 0x10f, "FUJIFILM"), SHORT(DIR0, 0x112, 6),
	    SHORT(DIR_EXIF, 0x8827, 200), ASCII(DIR_EXIF, 0x9003, "2007:05:22 13:58:30")};

	made_tiff(&block, tags, 4);
	made_jpeg(&jpeg, &block, 640, 480);
	memset(file.p, 0, sizeof file.p);
	file.big_endian = true;
	file.len = 0;
	made_add(&file, "FUJIFILMCCD-RAW 0201FF392201FinePix", 35);
	made_put(&file, 0x54, 0x94, 4);
	made_put(&file, 0x58, jpeg.len, 4);
	made_put(&file, 0x90, 0, 4);
	made_add(&file, jpeg.p, jpeg.len);
	if (n > 0) {
		made_put(&file, 0x5c, file.len, 4);
		add_directory(sizes, n);
	}
}

static bool
has_size(const struct media_info *info, double width, double height)
{
	return info->field[MEDIA_WIDTH].number == width && info->field[MEDIA_HEIGHT].number == height;
}

static bool
has_exif(const struct media_info *info)
{
	return strcmp(made_field(info, MEDIA_MAKE), "FUJIFILM") == 0 &&
	       strcmp(made_field(info, MEDIA_ISO), "200") == 0 &&
	       strcmp(made_date(&info->date[MEDIA_DATE_EXIF_ORIGINAL].when), "2007-05-22T13:58:30") == 0;
}

static const uint16_t both[][3] = {{0x100, 4992, 3296}, {0x111, 4936, 3296}};

static void
test_whole(struct media_info *info)
{
	make(both, 2);
	made_read(file.p, file.len, NULL, info);
	tap_ok(strcmp(info->type, "raf") == 0 && has_exif(info) && info->nwarnings == 0, "Exif of the JPEG inside");
	tap_ok(has_size(info, 4936, 3296), "the picture's size without the sensor's border");
	make(both, 1);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 4992, 3296), "the sensor's size where there is no other");
	make(both, 0);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 0, 0) && has_exif(info), "never the size of the JPEG");
	make(both, 2);
	made_put(&file, 0x78, src_be32(file.p + 0x5c), 4);
	made_put(&file, 0x5c, file.len, 4);
	add_directory(&both[1], 1);
	file.p[file.len - 1] ^= 1; /* a width of its own in the first directory */
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 4937, 3296), "of two directories the first");
}

static void
test_damage(struct media_info *info)
{
	make(both, 2);
	made_read(file.p, 100, NULL, info);
	tap_ok(strcmp(info->type, "raf") == 0 && made_warned(info, FAIL_TRUNCATED, "RAF"), "nothing but a head");
	made_read(file.p, 0x94 + jpeg.len, NULL, info);
	tap_ok(has_exif(info) && made_warned(info, FAIL_TRUNCATED, "RAF"), "directories cut off");
	made_read(file.p, 0x94 + 60, NULL, info);
	tap_ok(info->nwarnings > 0, "a JPEG cut off");
	made_put(&file, src_be32(file.p + 0x5c), 0x10000, 4);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_exif(info) && made_warned(info, FAIL_FORMAT, "RAF directory"), "a directory of garbage");
	make(both, 2);
	memset(file.p + 0x94, 0, 2);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 4936, 3296) && made_warned(info, FAIL_FORMAT, "JPEG"), "no JPEG where one should be");
	make(both, 2);
	made_put(&file, 0x94 + 4, 0xffff, 2);
	made_put(&file, 0x58, 100, 4);
	made_read(file.p, file.len, NULL, info);
	tap_ok(!has_exif(info) && has_size(info, 4936, 3296), "a segment longer than the JPEG is not read");
}

/* Any byte may be anything: nothing is read outside the file (the sanitizers would tell), and the type stays. */
static void
test_changes(struct media_info *info)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	bool typed = true;

	make(both, 2);
	for (size_t i = 16; i < file.len; i++) {
		uint8_t was = file.p[i];

		for (size_t v = 0; v < sizeof values; v++) {
			file.p[i] = values[v];
			made_read(file.p, file.len, NULL, info);
			typed &= info->type != NULL && strcmp(info->type, "raf") == 0;
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
	test_damage(&info);
	test_changes(&info);
	media_fini(&info);
	return tap_done();
}
