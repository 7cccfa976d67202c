/* What content is recognised as, and what a media_info takes in. */
#include "media/media.h"

#include <math.h>

#include "format/format.h"
#include "format/sniff.h"
#include "made.h"
#include "tap.h"

#define IN(bytes) bytes, sizeof(bytes) - 1
#define RIFF(form) "RIFF\x10\0\0\0" form "LIST"
#define XMP "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
#define PLIST "<?xml version=\"1.0\"?>\n<!DOCTYPE plist PUBLIC \"x\">\n<plist><dict><key>"

static const struct {
	const char *type, *bytes;
	size_t len;
} contents[] = {
    {"jpeg", IN("\xff\xd8\xff\xe0\0\x10JFIF\0")},
    {NULL, IN("\xff\xd8\0\0")},
    {"tiff", IN("II*\0\x08\0\0\0")},
    {"tiff", IN("MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10")},
    {"mp4", IN("\0\0\0\x14"
	       "ftypisom\0\0\0\0isom")},
    {"mov", IN("\0\0\0\x14"
	       "ftypqt  \0\0\0\0qt  ")},
    {"heic", IN("\0\0\0\x14"
		"ftypheic\0\0\0\0mif1")},
    {"avif", IN("\0\0\0\x14"
		"ftypavif\0\0\0\0mif1")},
    {"cr3", IN("\0\0\0\x14"
	       "ftypcrx \0\0\0\1crx ")},
    {"3gp", IN("\0\0\0\x14"
	       "ftyp3gp4\0\0\0\0isom")},
    {"png", IN("\x89PNG\r\n\x1a\n\0\0\0\rIHDR")},
    {NULL, IN("\x89PNG\n\n\x1a\n")},
    {"gif", IN("GIF89a\1\0\1\0")},
    {"webp", IN(RIFF("WEBP"))},
    {"avi", IN(RIFF("AVI "))},
    {"wav", IN(RIFF("WAVE"))},
    {NULL, IN(RIFF("ACON"))},
    {"jxl", IN("\xff\x0a\1")},
    {"jxl", IN("\0\0\0\x0cJXL \r\n\x87\n")},
    {"jp2", IN("\0\0\0\x0cjP  \r\n\x87\n")},
    {"psd", IN("8BPS\0\1\0\0")},
    {"psb", IN("8BPS\0\2\0\0")},
    {"bmp", IN("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\2\0")},
    {NULL, IN("BMW is a maker of cars")},
    {"pbm", IN("P4\n8 1\n\xff")},
    {"pgm", IN("P2 # a comment\n1 1 255\n7\n")},
    {"ppm", IN("P6 1 1 255\nabc")},
    {"pam", IN("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\nabcd")},
    {NULL, IN("P1 2026 11 is a page of a diary")},
    {NULL, IN("P7 332\n#END_OF_COMMENTS\n80 60 255\n")},
    {"bpg", IN("BPG\xfb\x20\0\1\1")},
    {"flif", IN("FLIF\x31\x31\0\0")},
    {"jxr", IN("II\xbc\1\x08\0\0\0")},
    {"dv", IN("\x1f\7\0\x3f\x78\x78")},
    {"raf", IN("FUJIFILMCCD-RAW 0201")},
    {"raw", IN("1234567890123456789012345ARECOYK")},
    {"crw", IN("II\x1a\0\0\0HEAPCCDR\2\0")},
    {"mrw", IN("\0MRM\0\0\0\0")},
    {"x3f", IN("FOVb\0\0\2\0")},
    {"raw", IN("IIU\0\x18\0\0\0")},
    {"orf", IN("IIRO\x08\0\0\0")},
    {"mkv", IN("\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska")},
    {"webm", IN("\x1a\x45\xdf\xa3\x93\x42\x82\x84webm\x42\x87")},
    {"flv", IN("FLV\1\5\0\0\0\x09")},
    {"asf", IN("\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9")},
    {"mpeg", IN("\0\0\1\xba\x21")},
    {"ogv", IN("OggS\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\x2a\x80theora")},
    {NULL, IN("OggS\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\x1e\x01vorbis")},
    {"exv", IN("\xff\1Exiv2\xff\xe1")},
    {"mxf", IN("\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01")},
    {"xmp", IN("<?xpacket begin='\xef\xbb\xbf' id='W5M0MpCehiHzreSzNTczkc9d'?>")},
    {"xmp", IN(XMP)},
    {"xmp", IN("\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->" XMP)},
    {"xmp", IN("<rdf:RDF xmlns:rdf='x'>")},
    {"xmp", IN("\xff\xfe<\0x\0:\0x\0m\0p\0m\0e\0t\0a\0")},
    {"xmp", IN("\0<\0?\0x\0p\0a\0c\0k\0e\0t")},
    {NULL, IN("<?xml version='1.0'?><svg><rdf:RDF/></svg>")},
    {"takeout-json", IN("{\"title\":\"a.jpg\",\"photoTakenTime\":{\"timestamp\":\"1\"}}")},
    {NULL, IN("{\"title\":\"album\",\"description\":\"\"}")},
    {NULL, IN("{\"photoTakenTime\":1}")},
    {"aae", IN(PLIST "adjustmentBaseVersion</key>")},
    {NULL, IN(PLIST "CFBundleName</key>")},
    {NULL, IN("hello, world\n")},
    {NULL, IN("")},
    {NULL, IN("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
};

/* Each content, and each beginning of it, in a malloc of its exact size. */
static void
test_contents(struct media_info *info)
{
	for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
		const char *want = contents[i].type;
		bool same;

		for (size_t len = 0; len < contents[i].len; len++)
			made_read((const uint8_t *)contents[i].bytes, len, NULL, info);
		made_read((const uint8_t *)contents[i].bytes, contents[i].len, NULL, info);
		same = want == NULL ? info->type == NULL : info->type != NULL && strcmp(info->type, want) == 0;
		tap_ok(same && (info->type == NULL) == (info->mime == NULL), "content %zu is %s (%s)", i,
		    want != NULL ? want : "nothing known", info->type != NULL ? info->type : "nothing known");
	}
}

#define PACKETS 3

/* Three packets of so many bytes, of which `at` lie before what is theirs. */
static size_t
make_packets(uint8_t bytes[PACKETS * 192], size_t at, size_t packet)
{
	memset(bytes, 0, PACKETS * packet);
	for (size_t i = 0; i < PACKETS; i++)
		bytes[at + i * packet] = 0x47;
	return PACKETS * packet;
}

static const char *
transport_type(struct media_info *info, size_t at, size_t packet, size_t n)
{
	uint8_t packets[PACKETS * 192];

	make_packets(packets, at, packet);
	made_read(packets, n * packet, NULL, info);
	return info->type != NULL ? info->type : "nothing known";
}

/* Packets with and without a time in front. */
static void
test_transport(struct media_info *info)
{
	tap_ok(strcmp(transport_type(info, 4, 192, 3), "mts") == 0, "AVCHD packets");
	tap_ok(strcmp(transport_type(info, 4, 192, 2), "nothing known") == 0, "two are not enough");
	tap_ok(strcmp(transport_type(info, 0, 188, 3), "ts") == 0, "broadcast packets");
}

/* Each reader bids for one of the contents above, so that a new one is tried. */
static void
test_readers(void)
{
	static const struct {
		const struct format_reader *reader;
		const char *name;
	} rows[] = {
#define FORMAT(symbol, name) {&format_##symbol, name},
#include "format/formats.def"
#undef FORMAT
	};

	uint8_t packets[PACKETS * 192];
	size_t len = make_packets(packets, 4, 192);

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = rows[i].reader->bid(packets, len) != NULL;

		for (size_t j = 0; j < sizeof contents / sizeof contents[0]; j++)
			n += rows[i].reader->bid((const uint8_t *)contents[j].bytes, contents[j].len) != NULL;
		tap_ok(n > 0, "a content is recognised as %s", rows[i].name);
	}
}

static const struct {
	const char *type, *extension;
	bool fits;
} names[] = {
    {"jpeg", "jpg", true},
    {"jpeg", "JPEG", true},
    {"jpeg", "thm", true},
    {"jpeg", "png", false},
    {"png", "JPG", false},
    {"heic", "jpg", false},
    {"mp4", "heic", false},
    {"mov", "mov", true},
    {"tiff", "nef", false},
    {"nef", "NEF", true},
    {"jpeg", "bak", true},
    {"jpeg", "", true},
    {NULL, "jpg", true},
    {"jpeg", "verylongextension", true},
    {"jpeg", "jpg jpeg", true},
};

static void
test_extensions(void)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		size_t len = strlen(names[i].extension);
		char *exact = tap_exact(names[i].extension, len);

		tap_ok(media_extension_fits(names[i].type, exact, len) == names[i].fits, "%s named .%s",
		    names[i].type != NULL ? names[i].type : "what is not known", names[i].extension);
		free(exact);
	}
	tap_ok(media_extension_is_raw("CR2", 3) && media_extension_is_raw("gpr", 3) &&
		   media_extension_is_raw("eip", 3) && media_extension_is_raw("k25", 3),
	    "extensions of raw pictures");
	tap_ok(!media_extension_is_raw("tif", 3) && !media_extension_is_raw("jpg", 3),
	    "others, though a raw picture may have one");
}

static void
test_fields(struct media_info *info)
{
	media_clear(info);
	media_set_text(info, MEDIA_MAKE, "  ", 2);
	media_set_text(info, MEDIA_MAKE, "A", 1);
	media_set_text(info, MEDIA_MAKE, "B", 1);
	tap_ok(strcmp(made_field(info, MEDIA_MAKE), "A") == 0, "the first text stays; blanks are none");
	media_set_number(info, MEDIA_ISO, NAN);
	media_set_number(info, MEDIA_ISO, INFINITY);
	tap_ok(info->field[MEDIA_ISO].kind == MEDIA_ABSENT, "what is no number sets nothing");
	media_set_number(info, MEDIA_ISO, 100);
	media_set_number(info, MEDIA_ISO, 200);
	tap_ok(info->field[MEDIA_ISO].number == 100, "the first number stays");
	tap_ok(media_round(1.0 / 3) == 0.333333333 && media_round(1e15 / 3) == 1e15 / 3,
	    "nine decimals, as far as they go");
	media_set_bool(info, MEDIA_FLASH, false);
	media_set_bool(info, MEDIA_FLASH, true);
	tap_ok(strcmp(made_field(info, MEDIA_FLASH), "false") == 0, "the first answer stays");
	tap_ok(media_field_kind(MEDIA_FLASH) == MEDIA_BOOL && strcmp(media_field_name(MEDIA_FLASH), "flash_fired") == 0,
	    "names and kinds");
	media_clear(info);
	tap_ok(info->field[MEDIA_MAKE].kind == MEDIA_ABSENT && info->text.len == 0, "cleared");
}

static void
test_warnings(struct media_info *info)
{
	media_clear(info);
	media_warn(info, FAIL_FORMAT, "a %d", 1);
	media_warn(info, FAIL_FORMAT, "a %d", 1);
	media_warn(info, FAIL_LIMIT, "a %d", 1);
	tap_ok(info->nwarnings == 2, "a warning is given once for each code");
	for (int i = 0; i < 100; i++)
		media_warn(info, FAIL_FORMAT, "warning %d", i);
	tap_ok(info->nwarnings == MEDIA_WARNINGS_MAX, "and there is an end to them");
	media_clear(info);
	for (int i = 0; i < MEDIA_WARNINGS_MAX; i++)
		media_warn(info, FAIL_VALUE, "tag %d", i);
	media_warn(info, FAIL_VALUE, "one more");
	media_warn(info, FAIL_TRUNCATED, "cut");
	tap_ok(info->nwarnings == MEDIA_WARNINGS_MAX && made_warned(info, FAIL_TRUNCATED, "cut") &&
		   made_warned(info, FAIL_VALUE, "tag 0") && !made_warned(info, FAIL_VALUE, "one more"),
	    "damage takes the place of what is only odd");
	media_warn(NULL, FAIL_FORMAT, "to nobody");
}

static const char *const origin_names[] = {"container", "Exif", "XMP", "IPTC", "newer IPTC", "a sidecar", "a Takeout"};

#define C MEDIA_FROM_CONTAINER
#define E MEDIA_FROM_EXIF
#define X MEDIA_FROM_XMP
#define I MEDIA_FROM_IPTC
#define N MEDIA_FROM_NEWER_IPTC
#define S MEDIA_FROM_SIDECAR
#define T MEDIA_FROM_TAKEOUT

/* Whom to believe, the best first; a field of each rule and each kind. */
static const struct {
	enum media_field field;
	enum media_origin order[MEDIA_ORIGINS];
} rules[] = {
    {MEDIA_MODEL, {E, X, C, N, I, S, T}},
    {MEDIA_ISO, {E, X, C, N, I, S, T}},
    {MEDIA_FLASH, {E, X, C, N, I, S, T}},
    {MEDIA_LAT, {S, T, E, X, C, N, I}},
    {MEDIA_TITLE, {S, N, X, I, E, C, T}},
    {MEDIA_DESCRIPTION, {S, T, E, N, X, I, C}},
    {MEDIA_KEYWORDS, {S, T, E, N, X, I, C}},
    {MEDIA_RATING, {S, X, E, C, N, I, T}},
};

#undef C
#undef E
#undef X
#undef I
#undef N
#undef S
#undef T

static const char *
list_text(const struct media_info *info, enum media_field f)
{
	static char text[256];

	text[0] = '\0';
	for (size_t i = 0; i < info->nitems && strlen(text) < 200; i++)
		if (info->item[i].field == f)
			snprintf(text + strlen(text), sizeof text - strlen(text), "%.*s ", (int)info->item[i].len,
			    info->text.p + info->item[i].at);
	return text;
}

/* A value from an origin: its name, or 0 or 1. */
static void
set_from(struct media_info *info, enum media_field f, enum media_origin origin, unsigned bit)
{
	enum media_origin before = media_from(info, origin);
	const char *name = origin_names[origin];

	if (media_field_kind(f) == MEDIA_TEXT)
		media_set_text(info, f, name, strlen(name));
	else if (media_field_kind(f) == MEDIA_LIST)
		media_add_item(info, f, name, strlen(name));
	else if (media_field_kind(f) == MEDIA_BOOL)
		media_set_bool(info, f, bit);
	else
		media_set_number(info, f, bit);
	media_from(info, before);
}

static bool
is_from(const struct media_info *info, enum media_field f, enum media_origin origin, unsigned bit)
{
	const struct media_value *v = &info->field[f];
	const char *name = origin_names[origin];

	if (v->kind != media_field_kind(f) || v->origin != origin)
		return false;
	if (v->kind == MEDIA_TEXT)
		return v->len == strlen(name) && memcmp(info->text.p + v->at, name, v->len) == 0;
	if (v->kind == MEDIA_LIST)
		return info->nitems == 1 && strncmp(list_text(info, f), name, strlen(name)) == 0;
	return v->number == bit;
}

/* Of any two origins the better one's value is there, whichever came first. */
static void
test_origins(struct media_info *info)
{
	for (size_t r = 0; r < sizeof rules / sizeof rules[0]; r++)
		for (unsigned i = 0; i < MEDIA_ORIGINS; i++)
			for (unsigned j = i + 1; j < MEDIA_ORIGINS; j++) {
				enum media_field f = rules[r].field;
				enum media_origin better = rules[r].order[i], worse = rules[r].order[j];
				bool early, late;

				media_clear(info);
				set_from(info, f, better, 1);
				set_from(info, f, worse, 0);
				early = is_from(info, f, better, 1);
				media_clear(info);
				set_from(info, f, worse, 0);
				set_from(info, f, better, 1);
				late = is_from(info, f, better, 1);
				tap_ok(early && late, "%s: %s before %s", media_field_name(f), origin_names[better],
				    origin_names[worse]);
			}
	media_clear(info);
	tap_ok(media_from(info, MEDIA_FROM_XMP) == MEDIA_FROM_CONTAINER &&
		   media_from(info, MEDIA_FROM_EXIF) == MEDIA_FROM_XMP,
	    "the origin before is given back");
	media_set_text(info, MEDIA_MAKE, "Canon", 5);
	media_set_text(info, MEDIA_MAKE, "Nikon", 5);
	tap_ok(strcmp(made_field(info, MEDIA_MAKE), "Canon") == 0, "of one origin the first stays");
	media_clear(info);
	tap_ok(info->origin == MEDIA_FROM_CONTAINER, "the next file begins with its container");
	media_set_text(info, MEDIA_MAKE, "Canon", 5);
	media_from(info, MEDIA_FROM_EXIF);
	media_set_text(info, MEDIA_MAKE, " \0", 2);
	media_set_number(info, MEDIA_ISO, 100);
	media_from(info, MEDIA_FROM_SIDECAR);
	media_set_number(info, MEDIA_LAT, NAN);
	tap_ok(strcmp(made_field(info, MEDIA_MAKE), "Canon") == 0 && info->field[MEDIA_LAT].kind == MEDIA_ABSENT,
	    "nothing, of a better origin, replaces nothing");
}

static void
add(struct media_info *info, enum media_field f, const char *text)
{
	media_add_item(info, f, text, strlen(text));
}

static void
test_lists(struct media_info *info)
{
	char word[16];
	size_t at;

	media_clear(info);
	media_from(info, MEDIA_FROM_XMP);
	add(info, MEDIA_KEYWORDS, "sea");
	add(info, MEDIA_PEOPLE, "Ada");
	add(info, MEDIA_KEYWORDS, " sun ");
	add(info, MEDIA_KEYWORDS, "");
	add(info, MEDIA_KEYWORDS, " ");
	at = info->text.len;
	add(info, MEDIA_KEYWORDS, "sea ");
	add(info, MEDIA_PEOPLE, "sea");
	tap_ok(strcmp(list_text(info, MEDIA_KEYWORDS), "sea sun ") == 0, "in order, trimmed, none twice, none empty");
	tap_ok(strcmp(list_text(info, MEDIA_PEOPLE), "Ada sea ") == 0, "lists do not mix");
	tap_ok(info->text.len == at + 3, "what is there already takes no room");
	media_from(info, MEDIA_FROM_IPTC);
	add(info, MEDIA_KEYWORDS, "sand");
	tap_ok(strcmp(list_text(info, MEDIA_KEYWORDS), "sea sun ") == 0, "a worse origin adds nothing");
	media_from(info, MEDIA_FROM_SIDECAR);
	add(info, MEDIA_KEYWORDS, " ");
	tap_ok(strcmp(list_text(info, MEDIA_KEYWORDS), "sea sun ") == 0, "nothing replaces nothing");
	add(info, MEDIA_KEYWORDS, "sand");
	add(info, MEDIA_KEYWORDS, "sea");
	tap_ok(strcmp(list_text(info, MEDIA_KEYWORDS), "sand sea ") == 0, "a better origin replaces the list");
	tap_ok(strcmp(list_text(info, MEDIA_PEOPLE), "Ada sea ") == 0, "and no other");

	media_clear(info);
	tap_ok(info->nitems == 0 && info->field[MEDIA_KEYWORDS].kind == MEDIA_ABSENT, "the next file has no items");
	for (int i = 0; i < MEDIA_ITEMS_MAX; i++) {
		snprintf(word, sizeof word, "%d", i);
		add(info, MEDIA_KEYWORDS, word);
	}
	add(info, MEDIA_KEYWORDS, "0");
	tap_ok(info->nitems == MEDIA_ITEMS_MAX && info->nwarnings == 0, "as many as there is room for");
	add(info, MEDIA_KEYWORDS, "one more");
	add(info, MEDIA_KEYWORDS, "and another");
	tap_ok(info->nitems == MEDIA_ITEMS_MAX && made_warned(info, FAIL_LIMIT, "512") && info->nwarnings == 1,
	    "more are dropped, and told once");
	add(info, MEDIA_PEOPLE, "Ada");
	tap_ok(strcmp(list_text(info, MEDIA_PEOPLE), "Ada ") == 0, "another list has room of its own");
	media_from(info, MEDIA_FROM_XMP);
	add(info, MEDIA_KEYWORDS, "sea");
	tap_ok(strcmp(list_text(info, MEDIA_KEYWORDS), "sea ") == 0 && info->nitems == 2, "a better origin makes room");
	media_clear(info);
	for (unsigned i = 0; i < MEDIA_ITEMS_TRIED_MAX; i++)
		add(info, MEDIA_PEOPLE, "again");
	tap_ok(info->nitems == 1 && info->nwarnings == 0, "the same again and again");
	add(info, MEDIA_PEOPLE, "other");
	add(info, MEDIA_PEOPLE, "again");
	tap_ok(info->nitems == 1 && info->nwarnings == 1, "but not without end");
	media_clear(info);
}

int
main(void)
{
	struct media_info info = {0};

	test_contents(&info);
	test_readers();
	test_transport(&info);
	test_extensions();
	test_fields(&info);
	test_warnings(&info);
	test_origins(&info);
	test_lists(&info);
	media_fini(&info);
	media_fini(NULL);
	return tap_done();
}
