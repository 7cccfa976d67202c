/* PBM, PGM, PPM and PAM. */
#include "made.h"
#include "tap.h"

static const struct {
	const char *bytes;
	size_t len;
	const char *type, *width, *height;
	bool told; /* that it is cut, where its last byte is missing */
} files[] = {
#define IN(bytes) bytes, sizeof(bytes) - 1
    {IN("P1\n2 3\n101010"), "pbm", "2", "3", false},
    {IN("P2\r\n2 3\r\n255\r\n1 2 3 4 5 6"), "pgm", "2", "3", false},
    {IN("P3 2 1 1 # white, black\n1 1 1 0 0 0"), "ppm", "2", "1", false},
    {IN("P4\n9 2\n\1\2\3\4"), "pbm", "9", "2", true},
    {IN("P5\n# made by hand\n2 # wide\n#\n3\n255\n123456"), "pgm", "2", "3", true},
    {IN("P5 2#wide\n1 255#no more\n12"), "pgm", "2", "1", true},
    {IN("P5 2 1 256\n1122"), "pgm", "2", "1", true},
    {IN("P6\t1\v2\f65535\r\n11223311223"), "ppm", "1", "2", true},
    {IN("P6 1 1 255\n#23"), "ppm", "1", "1", true},
    {IN("P7\n# a\nWIDTH 2\nHEIGHT 3\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n123412341234123412341234"), "pam",
	"2", "3", true},
    {IN("P7\nMAXVAL 1\nDEPTH 1\nHEIGHT 1\nWIDTH 2\nENDHDR\n\1\1"), "pam", "2", "1", true},
};

/* No pictures. */
static const char *const others[] = {"", "P", "P:1 1 1\n1", "P0 1 1 1\n1", "P8 1 1 1\n1", "P6", "P6 1 1",
    "P6 0 1 255\n", "P6 1 1 0\n", "P6 1 1 65536\n", "P6 2147483648 1 255\n", "P6 1 -1 255\n", "P61 1 1 255\n1",
    "P5 1 1 255", "P5 # 1 1 255", "P1 10 20 more", "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nENDHDR\n1",
    "P7\nWIDTH x\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\nENDHDR\n1"};

/* 2^64 bytes. */
static const char huge[] = "P7 WIDTH 1073741824 HEIGHT 16 DEPTH 1073741824 MAXVAL 1 ENDHDR\n1";

static bool
is(const struct media_info *info, enum media_field f, const char *value)
{
	return strcmp(made_field(info, f), value) == 0;
}

int
main(void)
{
	struct media_info info = {0};

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		const uint8_t *bytes = (const uint8_t *)files[i].bytes;

		made_read(bytes, files[i].len, NULL, &info);
		tap_ok(info.type != NULL && strcmp(info.type, files[i].type) == 0 &&
			   is(&info, MEDIA_WIDTH, files[i].width) && is(&info, MEDIA_HEIGHT, files[i].height) &&
			   info.nwarnings == 0,
		    "file %zu", i);
		made_read(bytes, files[i].len - 1, NULL, &info);
		tap_ok(
		    is(&info, MEDIA_WIDTH, files[i].width) && made_warned(&info, FAIL_TRUNCATED, "") == files[i].told,
		    "and without its last byte");
	}
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		made_read((const uint8_t *)others[i], strlen(others[i]), NULL, &info);
		tap_ok(info.type == NULL, "content %zu is none", i);
	}
	made_read((const uint8_t *)huge, strlen(huge), NULL, &info);
	tap_ok(made_warned(&info, FAIL_TRUNCATED, "the PNM ends"), "more bytes than can be counted");
	media_fini(&info);
	return tap_done();
}
