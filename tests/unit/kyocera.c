/* The raw format of the Contax N Digital: texts back to front, numbers in steps. */
#include "made.h"
#include "tap.h"

static struct made file;

static void
put_turned(size_t at, size_t len, const char *text)
{
	memset(file.p + at, 0, len);
	for (size_t i = 0; i < strlen(text); i++)
		file.p[at + len - 1 - i] = (uint8_t)text[i];
}

static void
make(void)
{
	memset(file.p, 0, 156);
	file.big_endian = true;
	file.len = 156;
	put_turned(0x0c, 12, "N DIGITAL");
	put_turned(0x19, 7, "KYOCERA");
	put_turned(0x21, 19, "2005:07:16 18:14:30");
	made_put(&file, 0x34, 13, 4);
	made_put(&file, 0x38, 56, 4);
	made_put(&file, 0x58, 112, 4);
	made_put(&file, 0x70, 55, 4);
	memcpy(file.p + 0x7c, "VS28-80/3.5", 11);
}

static bool
is(const struct media_info *info, enum media_field f, const char *want)
{
	return strcmp(made_field(info, f), want) == 0;
}

int
main(void)
{
	struct media_info info = {0};

	make();
	made_read(file.p, file.len, NULL, &info);
	tap_ok(strcmp(info.type, "raw") == 0 && is(&info, MEDIA_MAKE, "KYOCERA") &&
		   is(&info, MEDIA_MODEL, "N DIGITAL") && is(&info, MEDIA_LENS, "VS28-80/3.5"),
	    "texts");
	tap_ok(is(&info, MEDIA_ISO, "100") && is(&info, MEDIA_EXPOSURE, "0.008") && is(&info, MEDIA_F_NUMBER, "128") &&
		   is(&info, MEDIA_FOCAL, "55"),
	    "numbers");
	tap_ok(strcmp(made_date(&info.date[MEDIA_DATE_RAW_ORIGINAL].when), "2005-07-16T18:14:30") == 0, "the date");
	made_put(&file, 0x34, 6, 4);
	made_put(&file, 0x38, 0xffffffff, 4);
	made_put(&file, 0x58, 0xffffffff, 4);
	put_turned(0x21, 19, "no date");
	made_read(file.p, file.len, NULL, &info);
	tap_ok(is(&info, MEDIA_ISO, "") && is(&info, MEDIA_EXPOSURE, "") && is(&info, MEDIA_F_NUMBER, "") &&
		   info.date[MEDIA_DATE_RAW_ORIGINAL].when.precision == WHEN_NONE,
	    "values that are none");
	made_read(file.p, 155, NULL, &info);
	tap_ok(strcmp(info.type, "raw") == 0 && made_warned(&info, FAIL_TRUNCATED, "Kyocera"), "a head cut off");
	media_fini(&info);
	return tap_done();
}
