/* Photoshop files: their size, and where the image resources are. */
#include "made.h"
#include "tap.h"

static struct made file;

/* A header, `colours` bytes of colours, resources with a title. */
static void
make(uint8_t version, size_t colours, uint32_t width, uint32_t height)
{
	static const char resources[] = "8BIM\4\4\0\0\0\0\0\x08\x1c\2\5\0\3Sea";

	file.len = 0;
	file.big_endian = true;
	made_add(&file, "8BPS\0", 5);
	made_put(&file, file.len, version, 1);
	made_add(&file, "\0\0\0\0\0\0\0\3", 8);
	made_put(&file, file.len, height, 4);
	made_put(&file, file.len, width, 4);
	made_add(&file, "\0\x08\0\3", 4);
	made_put(&file, file.len, colours, 4);
	memset(file.p + file.len, 7, colours);
	file.len += colours;
	made_put(&file, file.len, sizeof resources - 1, 4);
	made_add(&file, resources, sizeof resources - 1);
	made_put(&file, file.len, 0, version == 2 ? 8 : 4); /* layers */
	made_put(&file, file.len, 1, 2);
	for (uint32_t i = 0; i < 3 * height; i++) /* no line has any bytes, but the last */
		made_put(&file, file.len, i + 1 == 3 * height ? 2 : 0, version == 2 ? 4 : 2);
	made_add(&file, "ab", 2);
}

static bool
reads(struct media_info *info, double width, double height, const char *title)
{
	made_read(file.p, file.len, NULL, info);
	return info->field[MEDIA_WIDTH].number == width && info->field[MEDIA_HEIGHT].number == height &&
	       strcmp(made_field(info, MEDIA_TITLE), title) == 0;
}

int
main(void)
{
	struct media_info info = {0};
	bool told = true;
	size_t whole;

	make(1, 0, 40, 30);
	tap_ok(reads(&info, 40, 30, "Sea") && info.nwarnings == 0, "size and resources");
	tap_ok(strcmp(info.type, "psd") == 0 && strcmp(info.mime, "image/vnd.adobe.photoshop") == 0, "its type");
	make(1, 768, 40, 30);
	tap_ok(reads(&info, 40, 30, "Sea"), "resources behind a table of colours");
	make(1, 40000, 40, 30);
	tap_ok(reads(&info, 40, 30, "Sea"), "and far behind");
	make(2, 0, 300000, 1);
	tap_ok(reads(&info, 300000, 1, "Sea") && strcmp(info.type, "psb") == 0, "a large document");
	make(1, 0, 300001, 0);
	tap_ok(reads(&info, 0, 0, "Sea"), "sizes that cannot be");
	make(3, 0, 40, 30);
	made_read(file.p, file.len, NULL, &info);
	tap_ok(info.type == NULL, "another version is not recognised: %s", info.type);
	make(1, 0, 40, 30);
	made_put(&file, 26, 0xffffffff, 4);
	tap_ok(reads(&info, 40, 30, "") && made_warned(&info, FAIL_TRUNCATED, "PSD"), "colours beyond the end");
	make(1, 0, 40, 30);
	whole = file.len;
	for (size_t len = 6; len < whole; len++) {
		made_read(file.p, len, NULL, &info);
		told = told && info.nwarnings > 0;
	}
	tap_ok(told, "every cut is told");
	media_fini(&info);
	return tap_done();
}
