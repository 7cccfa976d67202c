/* Films behind pictures: only what is there counts. */
#include "made.h"
#include "tap.h"

#define GOOGLE(offset)                                                                                          \
	"http://ns.adobe.com/xap/1.0/\0"                                                                        \
	"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" \
	"<rdf:Description xmlns:GCamera='http://ns.google.com/photos/1.0/camera/' GCamera:MicroVideo='1' "      \
	"GCamera:MicroVideoOffset='" offset "'/></rdf:RDF></x:xmpmeta>"
#define FILM         \
	"\0\0\0\x14" \
	"ftypmp42\0\0\0\0mp42"

static const struct made_tag samsung[] = {ASCII(DIR0, 0x10f, "SAMSUNG")}, acme[] = {ASCII(DIR0, 0x10f, "Acme")};
static struct made block, file;

static bool
is_motion(struct media_info *info)
{
	made_read(file.p, file.len, NULL, info);
	return info->field[MEDIA_MOTION_PHOTO].kind == MEDIA_BOOL && info->field[MEDIA_MOTION_PHOTO].number == 1;
}

static void
make_google(const char *xmp, size_t len, const char *behind, size_t n)
{
	file.len = 0;
	made_add(&file, "\xff\xd8", 2);
	made_segment(&file, 0xe1, xmp, len);
	made_segment(&file, 0xc0, "\10\0\36\0\50\3", 6);
	made_segment(&file, 0xda, "\1", 1);
	made_add(&file, "\xff\xd9", 2);
	made_add(&file, behind, n);
}

static void
test_google(struct media_info *info)
{
	static const char right[] = GOOGLE("20"), off[] = GOOGLE("21"), far[] = GOOGLE("99999999999");

	make_google(right, sizeof right - 1, FILM, 20);
	tap_ok(is_motion(info), "a film where XMP says");
	make_google(off, sizeof off - 1, FILM, 20);
	tap_ok(!is_motion(info) && info->nwarnings == 0, "no film there");
	make_google(far, sizeof far - 1, FILM, 20);
	tap_ok(!is_motion(info) && info->nwarnings == 0, "a film longer than the file");
	make_google(right, sizeof right - 1, "", 0);
	tap_ok(!is_motion(info) && info->nwarnings == 0, "a film that was cut off");
}

/* A directory whose only entry is `head`, a name and data; `back` of 0: as it should be. */
static void
make_trailer(const struct made_tag *tags, const char *entry, size_t len, uint16_t type, uint32_t back, uint32_t count)
{
	size_t data, dir;

	made_tiff(&block, tags, 1);
	made_jpeg(&file, &block, 40, 30);
	file.big_endian = false;
	data = file.len;
	made_add(&file, entry, len);
	dir = file.len;
	made_add(&file, "SEFH\x65\0\0\0", 8);
	made_put(&file, file.len, count, 4);
	made_put(&file, file.len, 0, 2);
	made_put(&file, file.len, type, 2);
	made_put(&file, file.len, back > 0 ? back : dir - data, 4);
	made_put(&file, file.len, dir - data, 4);
	made_put(&file, file.len, 24, 4);
	made_add(&file, "SEFT", 4);
}

static void
make_samsung(const struct made_tag *make, uint16_t type, uint32_t back, uint32_t count)
{
	static const char entry[] = "\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" FILM;

	make_trailer(make, entry, sizeof entry - 1, type, back, count);
}

static void
test_clock(struct media_info *info)
{
#define UTC(name, digits) "\0\0\1\x0a\x0e\0\0\0" name digits, 8 + sizeof(name) - 1 + sizeof(digits) - 1
	static const struct {
		const char *what, *entry;
		size_t len;
		const char *make, *want;
	} rows[] = {
	    {"its time", UTC("Image_UTC_Data", "1714557600125"), "samsung", "2024-05-01T10:00:00.125Z"},
	    {"… of another maker", UTC("Image_UTC_Data", "1714557600125"), "Acme", ""},
	    {"… under another name", UTC("Image_UTC_Date", "1714557600125"), "samsung", ""},
	    {"… that is no number", UTC("Image_UTC_Data", "17145576001 5"), "samsung", ""},
	    {"… that is 0", UTC("Image_UTC_Data", "0000000000000"), "samsung", ""},
	    {"… that is too long", UTC("Image_UTC_Data", "17145576001251714557600125"), "samsung", ""},
	    {"… that is too short", UTC("Image_UTC_Data", "171455760"), "samsung", ""},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct made_tag tags[] = {ASCII(DIR0, 0x10f, rows[i].make)};

		make_trailer(tags, rows[i].entry, rows[i].len, 0x0a01, 0, 1);
		made_read(file.p, file.len, NULL, info);
		tap_ok(strcmp(made_date(&info->date[MEDIA_DATE_SAMSUNG_UTC].when), rows[i].want) == 0,
		    "Samsung's trailer: %s", rows[i].what);
	}
}

static void
test_samsung(struct media_info *info)
{
	bool good = true;
	size_t whole;

	make_samsung(samsung, 0x0a30, 0, 1);
	tap_ok(is_motion(info), "a film in Samsung's trailer");
	memset(file.p + file.len, 0, 2048);
	file.len += 2048;
	tap_ok(is_motion(info), "and where something was appended to it");
	make_samsung(acme, 0x0a30, 0, 1);
	tap_ok(!is_motion(info), "the end of others' files is not looked at");
	make_samsung(samsung, 0x0a01, 0, 1);
	tap_ok(!is_motion(info), "an entry for something else");
	make_samsung(samsung, 0x0a30, 60, 1);
	tap_ok(!is_motion(info), "an entry for another place");
	make_samsung(samsung, 0x0a30, 0xffffffff, 1);
	tap_ok(!is_motion(info), "an entry before the file");
	make_samsung(samsung, 0x0a30, 0, 0x7fffffff);
	tap_ok(!is_motion(info), "more entries than there is room for");
	make_samsung(samsung, 0x0a30, 0, 1);
	for (whole = file.len--; file.len > whole - 80; file.len--)
		good = good && !is_motion(info);
	tap_ok(good, "a trailer that is cut");
}

int
main(void)
{
	struct media_info info = {0};

	test_google(&info);
	test_samsung(&info);
	test_clock(&info);
	media_fini(&info);
	return tap_done();
}
