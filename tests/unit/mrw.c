/* MRW: its blocks, in both byte orders, whole and damaged. */
#include "made.h"
#include "tap.h"

static struct made block, file;

static void
add_block(const char *name, const void *bytes, size_t len)
{
	size_t at = file.len;

	made_add(&file, name, 4);
	made_put(&file, at + 4, len, 4);
	made_add(&file, bytes, len);
	made_put(&file, 4, file.len - 8, 4);
}

static void
make(bool little)
{
	static const struct made_tag tags[] = {ASCII(DIR0, 0x10f, "Minolta Co., Ltd."), SHORT(DIR0, 0x112, 8),
	    ASCII(DIR_EXIF, 0x9003, "2004:11:18 23:14:58")};
	struct made size = {.big_endian = !little};

	made_add(&size, "27200001", 8);
	made_put(&size, 8, 2, 2); /* of which little is there */
	made_put(&size, 10, 2, 2);
	made_put(&size, 12, 2448, 2);
	made_put(&size, 14, 3264, 2);
	made_put(&size, 20, 0, 4);
	made_tiff(&block, tags, 3);
	file.big_endian = !little;
	file.len = 0;
	made_add(&file, little ? "\0MRI" : "\0MRM", 4);
	made_put(&file, 4, 0, 4);
	add_block("\0PRD", size.p, 24);
	add_block("\0WBG", "12345678", 8);
	add_block("\0TTW", block.p, block.len);
	made_add(&file, "sensor", 6);
}

static bool
has_all(const struct media_info *info)
{
	return strcmp(info->type, "mrw") == 0 && strcmp(made_field(info, MEDIA_WIDTH), "3264") == 0 &&
	       strcmp(made_field(info, MEDIA_HEIGHT), "2448") == 0 &&
	       strcmp(made_field(info, MEDIA_MAKE), "Minolta Co., Ltd.") == 0 &&
	       strcmp(made_field(info, MEDIA_ORIENTATION), "8") == 0 &&
	       strcmp(made_date(&info->date[MEDIA_DATE_EXIF_ORIGINAL].when), "2004-11-18T23:14:58") == 0;
}

/* Any byte may be anything: nothing is read outside the file (the sanitizers would tell), and the type stays. */
static void
test_changes(struct media_info *info)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	bool typed = true;

	make(false);
	for (size_t i = 16; i < file.len; i++) {
		uint8_t was = file.p[i];

		for (size_t v = 0; v < sizeof values; v++) {
			file.p[i] = values[v];
			made_read(file.p, file.len, NULL, info);
			typed &= info->type != NULL && strcmp(info->type, "mrw") == 0;
		}
		file.p[i] = was;
	}
	tap_ok(typed, "each changed byte is survived");
}

int
main(void)
{
	struct media_info info = {0};
	bool warned = true;

	for (int little = 0; little < 2; little++) {
		make(little);
		made_read(file.p, file.len, NULL, &info);
		tap_ok(has_all(&info) && info.nwarnings == 0, "size and Exif, %s-endian", little ? "little" : "big");
	}
	make(false);
	for (size_t len = file.len - 7; len >= 8; len -= 7) {
		made_read(file.p, len, NULL, &info);
		warned &= info.nwarnings > 0 && strcmp(info.type, "mrw") == 0;
	}
	tap_ok(warned, "cut short anywhere, it warns");
	made_read(file.p, 8 + 8 + 24 + 4, NULL, &info);
	tap_ok(strcmp(made_field(&info, MEDIA_WIDTH), "3264") == 0 && made_warned(&info, FAIL_TRUNCATED, "MRW"),
	    "the size stays when the rest is cut off");
	make(false);
	made_put(&file, 12, 0xfffffff0, 4);
	made_read(file.p, file.len, NULL, &info);
	tap_ok(strcmp(made_field(&info, MEDIA_WIDTH), "3264") == 0, "a block with a length beyond the end");
	file.len = 8;
	made_put(&file, 4, 8 * 100, 4);
	for (int i = 0; i < 100; i++)
		made_add(&file, "\0AAA\0\0\0\0", 8);
	made_read(file.p, file.len, NULL, &info);
	tap_ok(made_warned(&info, FAIL_LIMIT, "blocks"), "more blocks than a camera writes");
	test_changes(&info);
	media_fini(&info);
	return tap_done();
}
