/* What the files of a group are called beside one that has its name in the library. */
#include "place/name/beside.h"

#include "tap.h"

static const struct {
	const char *target, *other;
	size_t other_stem;
	const char *file;
	size_t file_stem;
	const char *want;
	size_t stem;
} cases[] = {
    {"IMG_1.CR2", "IMG_1.CR2", 5, "IMG_1.JPG", 5, "IMG_1.JPG", 5},
    {"IMG_1.CR2", "IMG_1.CR2", 5, "IMG_1.CR2", 5, "IMG_1.CR2", 5},
    {"IMG_1-1.CR2", "IMG_1.CR2", 5, "IMG_1.CR2.xmp", 5, "IMG_1-1.CR2.xmp", 7},
    {"1200_IMG_1_x.CR2", "IMG_1.CR2", 5, "IMG_1.xmp", 5, "1200_IMG_1_x.xmp", 12},
    {"IMG_1_IMG_1.CR2", "IMG_1.CR2", 5, "IMG_E1.JPG", 6, "IMG_1_IMG_E1.JPG", 12},
    {"img_1234.heic", "IMG_1234.HEIC", 8, "IMG_E1234.MOV", 9, "img_e1234.mov", 9},
    {"IMG_1234.HEIC", "img_1234.heic", 8, "img_e1234.mov", 9, "IMG_E1234.MOV", 9},
    {"img_1234.HEIC", "IMG_1234.HEIC", 8, "IMG_E1234.Mov", 9, "img_e1234.Mov", 9},
    {"GX010123-2.MP4", "GX010123.MP4", 8, "GL020123.LRV", 8, "GL020123-2.LRV", 10},
    {"C0001-1.MP4", "C0001.MP4", 5, "C0001M01.XML", 5, "C0001-1M01.XML", 7},
    {"120000.MP4", "GX010123.MP4", 8, "GX020123.MP4", 8, "120000.MP4", 6},
    {"120000", "IMG_1.CR2", 5, "IMG_1.JPG", 5, "120000.JPG", 6},
    {"120000.raw", "IMG_1.CR2", 5, "IMG_1.JPG", 5, "120000.JPG", 6},
    {".CR2", "IMG_1.CR2", 5, "IMG_1.JPG", 5, ".CR2.JPG", 4},
    {"\xc4_1.CR2", "\xc4_1.CR2", 3, "\xc4_1.xmp", 3, "\xc4_1.xmp", 3},
};

int
main(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct beside_file other = {slice_of(cases[i].other), cases[i].other_stem};
		struct beside_file file = {slice_of(cases[i].file), cases[i].file_stem};
		struct buf out = {0};
		size_t stem = 0;
		int rc = beside_name(slice_of(cases[i].target), &other, &file, &out, &stem);

		tap_ok(rc == 0 && strcmp(buf_cstr(&out), cases[i].want) == 0 && stem == cases[i].stem,
		    "%s beside %s: %s, stem %zu", cases[i].file, cases[i].target, buf_cstr(&out), stem);
		buf_fini(&out);
	}
	return tap_done();
}
