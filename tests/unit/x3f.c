/* X3F: head, directory, properties and the JPEG inside. */
#include "made.h"
#include "tap.h"

static struct made block, jpeg, file;

static const char *props[] = {"CAMMANUF", "SIGMA", "CAMMODEL", "SIGMA SD10", "CAMSERIAL", "02001234", "TIME",
    "978309395", "SHUTTER", "0.00929", "APERTURE", "8.35", "ISO", "100", "FLENGTH", "30", "FLEQ35MM", "51", "X", "y"};

#define NPROPS (sizeof props / sizeof props[0])

/* Appends the section of properties; returns where it begins. */
static size_t
add_props(void)
{
	size_t at = file.len, chars = 0;

	made_add(&file, "SECp\0\0\2\0", 8);
	made_put(&file, at + 8, NPROPS / 2, 4);
	made_put(&file, at + 12, 0, 8);
	made_put(&file, at + 20, 0, 4);
	for (size_t i = 0; i < NPROPS; chars += strlen(props[i]) + 1, i++)
		made_put(&file, at + 24 + 4 * i, chars, 4);
	for (size_t i = 0; i < NPROPS; i++)
		for (size_t c = 0; c <= strlen(props[i]); c++)
			made_put(&file, file.len, (unsigned char)props[i][c], 2);
	made_put(&file, at + 20, chars, 4);
	return at;
}

static size_t
add_jpeg(void)
{
	static const struct made_tag tags[] = {
	    ASCII(DIR0, 0x10f, "SIGMA"), ASCII(DIR_EXIF, 0x9003, "2009:05:22 13:58:30"), SHORT(DIR0, 0x112, 1)};
	size_t at = file.len;

	made_tiff(&block, tags, 3);
	made_jpeg(&jpeg, &block, 640, 480);
	made_add(&file, "SECi\0\0\2\0\2\0\0\0\x12\0\0\0", 16);
	made_put(&file, at + 24, 0, 4);
	made_add(&file, jpeg.p, jpeg.len);
	return at;
}

static void
make(unsigned major, bool with_jpeg)
{
	size_t size = major >= 4 ? 40 : 28, at, start[2], dir;

	memset(file.p, 0, sizeof file.p);
	file.len = 0;
	made_add(&file, "FOVb", 4);
	made_put(&file, 6, major, 2);
	made_put(&file, 0x300, 0, 4);
	made_put(&file, size, 2268, 4);
	made_put(&file, size + 4, 1512, 4);
	made_put(&file, size + 8, 90, 4);
	start[0] = add_props();
	start[1] = add_jpeg();
	at = file.len;
	dir = at;
	made_add(&file, "SECd\0\0\2\0", 8);
	made_put(&file, at + 8, with_jpeg ? 2 : 1, 4);
	for (size_t i = 0; i < 2; i++) {
		made_put(&file, dir + 12 + 12 * i, start[i], 4);
		made_put(&file, dir + 16 + 12 * i, (i == 0 ? start[1] : dir) - start[i], 4);
		memcpy(file.p + dir + 20 + 12 * i, i == 0 ? "PROP" : "IMA2", 4);
		file.len = dir + 24 + 12 * i;
	}
	made_put(&file, file.len, dir, 4);
}

static bool
is(const struct media_info *info, enum media_field f, const char *want)
{
	return strcmp(made_field(info, f), want) == 0;
}

static bool
has_head(const struct media_info *info)
{
	return strcmp(info->type, "x3f") == 0 && is(info, MEDIA_WIDTH, "2268") && is(info, MEDIA_HEIGHT, "1512");
}

static bool
has_props(const struct media_info *info)
{
	return is(info, MEDIA_MAKE, "SIGMA") && is(info, MEDIA_MODEL, "SIGMA SD10") &&
	       is(info, MEDIA_SERIAL, "02001234") && is(info, MEDIA_EXPOSURE, "0.00929") &&
	       is(info, MEDIA_F_NUMBER, "8.35") && is(info, MEDIA_ISO, "100") && is(info, MEDIA_FOCAL, "30") &&
	       is(info, MEDIA_FOCAL35, "51") &&
	       strcmp(made_date(&info->date[MEDIA_DATE_X3F_TIME].when), "2001-01-01T00:36:35") == 0 &&
	       info->date[MEDIA_DATE_X3F_TIME].basis == MEDIA_BASIS_LOCAL;
}

/* A value without an end is cut, however often it is pointed to. */
static void
test_long(struct media_info *info)
{
	static char text[500], key[] = "CAMMODEL";
	const char *was[] = {props[2], props[3]};

	memset(text, 'x', sizeof text - 1);
	props[2] = key;
	props[3] = text;
	make(2, false);
	props[2] = was[0];
	props[3] = was[1];
	made_read(file.p, file.len, NULL, info);
	tap_ok(info->field[MEDIA_MODEL].len == 255 && is(info, MEDIA_ISO, "100"), "a long value is cut");
}

/* Any byte may be anything: nothing is read outside the file (the sanitizers would tell), and the type stays. */
static void
test_changes(struct media_info *info)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	bool typed = true;

	make(4, true);
	for (size_t i = 4; i < file.len; i += i == 60 ? 0x2a0 : 1) { /* not the empty part of the head */
		uint8_t was = file.p[i];

		for (size_t v = 0; v < sizeof values; v++) {
			file.p[i] = values[v];
			made_read(file.p, file.len, NULL, info);
			typed &= info->type != NULL && strcmp(info->type, "x3f") == 0;
		}
		file.p[i] = was;
	}
	tap_ok(typed, "each changed byte is survived");
}

int
main(void)
{
	struct media_info info = {0};
	size_t at;

	make(2, false);
	made_read(file.p, file.len, NULL, &info);
	tap_ok(has_head(&info) && has_props(&info) && info.nwarnings == 0, "head and properties");
	tap_ok(is(&info, MEDIA_ORIENTATION, "6"), "its rotation");
	make(4, true);
	made_read(file.p, file.len, NULL, &info);
	tap_ok(has_head(&info) && has_props(&info), "version 4 has its size elsewhere");
	tap_ok(strcmp(made_date(&info.date[MEDIA_DATE_EXIF_ORIGINAL].when), "2009-05-22T13:58:30") == 0 &&
		   is(&info, MEDIA_ORIENTATION, "1"),
	    "Exif of the JPEG inside comes before the head's rotation");

	made_read(file.p, 30, NULL, &info);
	tap_ok(strcmp(info.type, "x3f") == 0 && made_warned(&info, FAIL_TRUNCATED, "X3F"), "a head cut off");
	made_read(file.p, file.len - 10, NULL, &info);
	tap_ok(has_head(&info) && info.nwarnings > 0, "a directory cut off");
	make(2, false);
	made_put(&file, file.len - 4, 0x80000000, 4);
	made_read(file.p, file.len, NULL, &info);
	tap_ok(has_head(&info) && made_warned(&info, FAIL_TRUNCATED, "X3F"), "a directory beyond the end");
	make(2, false);
	at = (size_t)((uint8_t *)memmem(file.p, file.len, "SECp", 4) - file.p);
	made_put(&file, at + 8, 0xffffffff, 4);
	made_read(file.p, file.len, NULL, &info);
	tap_ok(
	    has_head(&info) && made_warned(&info, FAIL_FORMAT, "properties"), "more properties than there is room for");
	make(2, false);
	made_put(&file, at + 28, 0x7fffffff, 4);
	made_put(&file, at + 24 + 8 * 3 + 4, 14, 4); /* TIME: "SIGMA SD10"'s place is no number */
	made_read(file.p, file.len, NULL, &info);
	tap_ok(is(&info, MEDIA_MAKE, "") && is(&info, MEDIA_MODEL, "SIGMA SD10") &&
		   info.date[MEDIA_DATE_X3F_TIME].when.precision == WHEN_NONE,
	    "values that lie nowhere, or are none, are left out");
	make(2, false);
	made_put(&file, at + 24, 0x7fffffff, 4);
	made_read(file.p, file.len, NULL, &info);
	tap_ok(is(&info, MEDIA_MAKE, "") && is(&info, MEDIA_MODEL, "SIGMA SD10"), "a name that lies nowhere");
	test_long(&info);
	test_changes(&info);
	media_fini(&info);
	return tap_done();
}
