/*
 * make-seeds -- small JPEG and TIFF files with every kind of tag, as a beginning for the fuzzers.
 *
 * usage: make-seeds FOLDER   (tests/fuzz/corpus: writes FOLDER/jpeg/made-* and FOLDER/tiff/made-*)
 */
#include "../unit/made.h"

static const struct made_tag all[] = {
    ASCII(DIR0, 0x10f, "Canon"),
    ASCII(DIR0, 0x110, "Canon EOS 5D"),
    SHORT(DIR0, 0x112, 6),
    ASCII(DIR0, 0x131, "1.0"),
    ASCII(DIR0, 0x132, "2024:05:01 12:00:00"),
    BYTES(DIR0, 0x8298, T_ASCII, "Jo\0Ed\0"),
    BYTES(DIR0, 0x9c9b, T_BYTE, "T\0i\0\0\0"),
    RATIONAL(DIR_EXIF, 0x829a, 1, 125),
    RATIONAL(DIR_EXIF, 0x829d, 28, 10),
    SHORT(DIR_EXIF, 0x8827, 65535),
    LONG(DIR_EXIF, 0x8832, 102400),
    ASCII(DIR_EXIF, 0x9003, "2024:05:01 12:00:00"),
    ASCII(DIR_EXIF, 0x9011, "+02:00"),
    ASCII(DIR_EXIF, 0x9291, "123"),
    BYTES(DIR_EXIF, 0x9286, T_UNDEF, "UNICODE\0h\0i\0"),
    {DIR_EXIF, 0x9204, T_SRATIONAL, 1, NULL, {0xffffffff, 3}},
    ASCII(DIR_GPS, 1, "N"),
    RATIONALS(DIR_GPS, 2, 3, 52, 1, 30, 1, 45, 1),
    ASCII(DIR_GPS, 3, "E"),
    RATIONALS(DIR_GPS, 4, 3, 13, 1, 30, 1, 0, 1),
    RATIONAL(DIR_GPS, 6, 25, 2),
    RATIONALS(DIR_GPS, 7, 3, 10, 1, 0, 1, 0, 1),
    ASCII(DIR_GPS, 0x1d, "2024:05:01"),
};

static const struct made_tag raw[] = {
    ASCII(DIR0, 0x10f, "NIKON CORPORATION"),
    LONG(DIR0, 0xfe, 1),
    LONG(DIR0, 0x100, 160),
    LONG(DIR0, 0x101, 120),
    LONG(DIR_SUB, 0xfe, 0),
    LONG(DIR_SUB, 0x100, 6000),
    LONG(DIR_SUB, 0x101, 4000),
    SHORT(DIR_SUB, 0x106, 32803),
    LONG(DIR1, 0x100, 6000),
    ASCII(DIR_EXIF, 0x9003, "2024:05:01 12:00:00"),
};

/* Maker notes with a directory of two tags behind their header; offsets count from wherever the maker has it. */
static const struct {
	const char *name, *make;
	char note[64];
} notes[] = {
    {"canon", "Canon", "\2\0\x95\0\2\0\4\0\0\0ABC\0\x0c\0\4\0\1\0\0\0\1\2\3\4"},
    {"nikon", "NIKON",
	"Nikon\0\2\x10\0\0II*\0\x08\0\0\0\1\0\x1d\0\2\0\4\0\0\0"
	"123\0"},
    {"olympus", "OLYMPUS", "OLYMPUS\0II\3\0\1\0\x10\x20\x0d\0\1\0\0\0\x20\0\0\0"},
    {"olymp", "OLYMPUS OPTICAL CO.,LTD", "OLYMP\0\1\0\1\0\0\2\4\0\1\0\0\0\7\0\0\0"},
    {"pentax", "PENTAX",
	"AOC\0II\1\0\x29\2\2\0\4\0\0\0"
	"123\0"},
    {"fuji", "FUJIFILM",
	"FUJIFILM\x0c\0\0\0\1\0\x10\0\2\0\4\0\0\0"
	"123\0"},
    {"apple", "Apple", "Apple iOS\0\0\1MM\0\1\0\1\0\x09\0\0\0\1\0\0\0\7"},
    {"panasonic", "Panasonic", "Panasonic\0\0\0\1\0\x51\0\2\0\4\0\0\0ABC\0"},
    {"casio", "CASIO", "QVC\0\0\0\0\1\0\2\0\3\0\0\0\1\0\1\0\0"},
};

static int
write_file(const char *folder, const char *kind, const char *name, const struct made *m)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof path, "%s/%s/made-%s", folder, kind, name);
	if ((out = fopen(path, "wb")) == NULL || fwrite(m->p, 1, m->len, out) != m->len || fclose(out) != 0) {
		perror(path);
		return -1;
	}
	return 0;
}

/* The same block by itself, and in a JPEG. */
static int
write_both(const char *folder, const char *name, const struct made *block)
{
	static struct made file;

	made_jpeg(&file, block, 80, 60);
	return write_file(folder, "tiff", name, block) | write_file(folder, "jpeg", name, &file);
}

int
main(int argc, char **argv)
{
	static const char *const forms[] = {"little", "big", "little-wide", "big-wide"};
	static struct made block;
	int rc = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: make-seeds FOLDER\n");
		return 2;
	}
	for (int form = 0; form < 4; form++) {
		block.big_endian = form & 1;
		block.wide = form & 2;
		made_tiff(&block, all, sizeof all / sizeof all[0]);
		rc |= write_both(argv[1], forms[form], &block);
	}
	block.wide = block.big_endian = false;
	made_tiff(&block, raw, sizeof raw / sizeof raw[0]);
	rc |= write_both(argv[1], "raw", &block);
	for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
		struct made_tag tags[] = {ASCII(DIR0, 0x10f, notes[i].make),
		    {DIR_EXIF, 0x927c, T_UNDEF, sizeof notes[i].note, notes[i].note, {0}}};

		made_tiff(&block, tags, 2);
		rc |= write_both(argv[1], notes[i].name, &block);
	}
	return rc != 0;
}
