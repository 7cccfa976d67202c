/* Lens and serial number from maker notes, built to each maker's layout. */
#include "made.h"
#include "tap.h"

enum base { BLOCK, NOTE };

/* A note: what stands before its directory, and two tags whose offsets count from the block or the note. */
static const struct {
	const char *what, *make, *model;
	const char *header;
	size_t header_len;
	enum base base;
	bool big_endian; /* the note's order; the block is little endian */
	struct made_tag tags[2];
	const char *lens, *serial;
} notes[] = {
    {"Canon", "Canon", "Canon EOS 5D", "", 0, BLOCK, false, {ASCII(0, 0x95, "EF50mm f/1.8"), LONG(0, 0x0c, 560018150)},
	"EF50mm f/1.8", "0560018150"},
    {"Canon EOS-1D", "Canon", "Canon EOS-1D", "", 0, BLOCK, false, {LONG(0, 0x0c, 292), ASCII(0, 0x95, "")}, "",
	"000292"},
    {"Canon EOS D30", "Canon", "Canon EOS D30", "", 0, BLOCK, false, {LONG(0, 0x0c, 0x12340005), ASCII(0, 0x95, "")},
	"", "123400005"},
    {"Canon without values", "Canon", "x", "", 0, BLOCK, false, {ASCII(0, 0x95, "---"), LONG(0, 0x0c, 0)}, "", ""},
    {"Canon with a lens that is none", "Canon", "x", "", 0, BLOCK, false,
	{ASCII(0, 0x95, "\1\2\3\4\5\6"), {0, 0x0c, T_ASCII, 5, "1234", {0}}}, "", "1234"},
    {"a note like Canon's from another maker", "Acme", "x", "", 0, BLOCK, false,
	{ASCII(0, 0x95, "EF50mm f/1.8"), LONG(0, 0x0c, 560018150)}, "", ""},
    {"Olympus without equipment", "OLYMPUS", "x", "OLYMPUS\0II\3\0", 12, NOTE, false,
	{ASCII(0, 0x203, "M.14-42mm"), ASCII(0, 0x101, "C905")}, "", ""},
    {"Panasonic", "Panasonic", "x", "Panasonic\0\0\0", 12, BLOCK, false,
	{ASCII(0, 0x51, "LUMIX G VARIO 14-45/F3.5-5.6"), ASCII(0, 0x25, "F1234")}, "LUMIX G VARIO 14-45/F3.5-5.6", ""},
    {"Pentax", "PENTAX", "x", "PENTAX \0MM", 10, NOTE, true, {ASCII(0, 0x229, "4133750"), SHORT(0, 0x1, 1)}, "",
	"4133750"},
    {"older Pentax", "PENTAX", "x", "AOC\0II", 6, BLOCK, false, {ASCII(0, 0x229, "4133750"), SHORT(0, 0x1, 1)}, "",
	"4133750"},
};

static struct made block, file;
static struct made note;

/* The note's bytes, for a place in the block. */
static void
make_note(const struct made_tag *tags, const char *header, size_t header_len, enum base base, size_t at)
{
	size_t origin = base == BLOCK ? at : 0, dir = header_len, values = dir + 2 + 24 + 4;

	note.len = 0;
	memset(note.p, 0, 400);
	made_add(&note, header, header_len);
	made_put(&note, dir, 2, 2);
	made_put(&note, values - 4, 0, 4);
	for (size_t i = 0; i < 2; i++) {
		size_t bytes = made_count(&tags[i]) * made_size(tags[i].type);
		size_t value = made_entry(&note, dir + 2 + 12 * i, tags[i].tag, tags[i].type, made_count(&tags[i]));

		if (bytes > 4) {
			made_put(&note, value, origin + note.len, 4);
			value = note.len;
		}
		made_value(&note, &tags[i], value);
	}
	while (note.len < 32)
		made_add(&note, "", 1);
}

/* Reads a JPEG with the note; `moved` bytes stand before the note that it does not know of. */
static void
read_note(size_t i, size_t moved, struct media_info *info)
{
	struct made_tag tags[4] = {ASCII(DIR0, 0x10f, notes[i].make), ASCII(DIR0, 0x110, notes[i].model)};
	static char bytes[500];
	size_t at = 0;

	note.big_endian = notes[i].big_endian;
	for (int pass = 0; pass < 2; pass++) {
		make_note(notes[i].tags, notes[i].header, notes[i].header_len, notes[i].base, at);
		memcpy(bytes, note.p, note.len);
		tags[2] = (struct made_tag){DIR_EXIF, 0x927c, T_UNDEF, note.len, bytes, {0}};
		tags[3] = (struct made_tag){DIR_EXIF, 0xfff0, T_UNDEF, 200, bytes, {0}};
		made_tiff(&block, tags, 4);
		at = (size_t)((uint8_t *)memmem(block.p, block.len, bytes, note.len) - block.p) - moved;
	}
	made_jpeg(&file, &block, 8, 6);
	made_read(file.p, file.len, NULL, info);
}

static void
test_notes(struct media_info *info)
{
	for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
		bool good;

		read_note(i, 0, info);
		good = strcmp(made_field(info, MEDIA_LENS), notes[i].lens) == 0;
		tap_ok(good && strcmp(made_field(info, MEDIA_SERIAL), notes[i].serial) == 0 && info->nwarnings == 0,
		    "%s (%s)", notes[i].what, made_field(info, MEDIA_SERIAL));
	}
	read_note(0, 43, info); /* then the lens would be the model's text */
	tap_ok(strcmp(made_field(info, MEDIA_LENS), "") == 0,
	    "a value outside the note, which was moved, is not believed");
	tap_ok(strcmp(made_field(info, MEDIA_SERIAL), "0560018150") == 0, "one that lies in the note is");
}

/* Nikon's note holds a TIFF header of its own; the lens is four numbers. */
static void
test_nikon(struct media_info *info)
{
	static const struct {
		struct made_tag lens;
		const char *want;
	} lenses[] = {
	    {RATIONALS(DIR0, 0x84, 4, 18, 1, 200, 1, 35, 10, 56, 10), "18-200mm f/3.5-5.6"},
	    {RATIONALS(DIR0, 0x84, 4, 50, 1, 50, 1, 18, 10, 18, 10), "50mm f/1.8"},
	    {RATIONALS(DIR0, 0x84, 4, 0, 1, 0, 1, 0, 1, 0, 1), ""},
	    {RATIONALS(DIR0, 0x84, 4, 18, 0, 200, 0, 0, 0, 0, 0), ""},
	    {RATIONALS(DIR0, 0x84, 2, 18, 1, 200, 1), ""},
	};
	static char bytes[1000] = "Nikon\0\2\x10\0";

	for (size_t i = 0; i < sizeof lenses / sizeof lenses[0]; i++) {
		struct made_tag inner[] = {ASCII(DIR0, 0x1d, "3001006"), lenses[i].lens};
		struct made_tag tags[] = {ASCII(DIR0, 0x10f, "NIKON"), {DIR_EXIF, 0x927c, T_UNDEF, 0, bytes, {0}}};

		note.big_endian = i & 1;
		made_tiff(&note, inner, 2);
		memcpy(bytes + 10, note.p, note.len);
		tags[1].count = 10 + note.len;
		made_tiff(&block, tags, 2);
		made_jpeg(&file, &block, 8, 6);
		made_read(file.p, file.len, NULL, info);
		tap_ok(strcmp(made_field(info, MEDIA_SERIAL), "3001006") == 0, "Nikon's serial number");
		tap_ok(strcmp(made_field(info, MEDIA_LENS), lenses[i].want) == 0, "Nikon's lens: %s",
		    made_field(info, MEDIA_LENS));
	}
}

/* Olympus keeps both in a directory below. */
static void
test_olympus(struct media_info *info)
{
	static const struct made_tag equipment[] = {
	    ASCII(0, 0x203, "M.14-42mm F3.5-5.6"), ASCII(0, 0x101, "C90500055")};
	struct made_tag tags[] = {ASCII(DIR0, 0x10f, "OLYMPUS"), {DIR_EXIF, 0x927c, T_UNDEF, 0, NULL, {0}}};
	static char bytes[500];

	note.big_endian = false;
	memcpy(bytes, "OLYMPUS\0II\3\0\1\0", 14);
	made_put(&note, made_entry(&note, 0, 0x2010, T_IFD, 1), 100, 4);
	memcpy(bytes + 14, note.p, 12);
	/* The directory's own offsets count from the note, too. */
	make_note(equipment, "", 0, BLOCK, 100);
	memcpy(bytes + 100, note.p, note.len);
	tags[1].text = bytes;
	tags[1].count = 100 + note.len;
	made_tiff(&block, tags, 2);
	made_jpeg(&file, &block, 8, 6);
	made_read(file.p, file.len, NULL, info);
	tap_ok(strcmp(made_field(info, MEDIA_LENS), "M.14-42mm F3.5-5.6") == 0, "Olympus' lens");
	tap_ok(strcmp(made_field(info, MEDIA_SERIAL), "C90500055") == 0, "Olympus' serial number");
}

/* What the standard's own tags say comes first. */
static void
test_precedence(struct media_info *info)
{
	static char bytes[500];
	struct made_tag tags[] = {
	    ASCII(DIR0, 0x10f, "Canon"),
	    {DIR_EXIF, 0x927c, T_UNDEF, 0, bytes, {0}},
	    ASCII(DIR_EXIF, 0xa431, "S1"),
	    ASCII(DIR_EXIF, 0xa434, "L1"),
	};

	note.big_endian = false;
	make_note(notes[0].tags, "", 0, BLOCK, 0);
	memcpy(bytes, note.p, note.len);
	tags[1].count = note.len;
	made_tiff(&block, tags, 4);
	made_jpeg(&file, &block, 8, 6);
	made_read(file.p, file.len, NULL, info);
	tap_ok(strcmp(made_field(info, MEDIA_SERIAL), "S1") == 0, "the standard's serial number first");
	tap_ok(strcmp(made_field(info, MEDIA_LENS), "L1") == 0, "the standard's lens first");
}

int
main(void)
{
	struct media_info info = {0};

	test_notes(&info);
	test_nikon(&info);
	test_olympus(&info);
	test_precedence(&info);
	media_fini(&info);
	return tap_done();
}
