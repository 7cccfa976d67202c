/* Segments of a JPEG: the frame, the first Exif block, and every way to break the chain. */
#include "made.h"
#include "tap.h"

static const struct made_tag tags[] = {ASCII(DIR0, 0x10f, "Acme"), RATIONAL(DIR_EXIF, 0x829a, 1, 125)};
static struct made block, file;

static bool
has_size(const struct media_info *info, double width, double height)
{
	return info->field[MEDIA_WIDTH].number == width && info->field[MEDIA_HEIGHT].number == height;
}

static bool
has_make(const struct media_info *info, const char *make)
{
	return strcmp(made_field(info, MEDIA_MAKE), make) == 0;
}

static void
test_good(struct media_info *info)
{
	made_jpeg(&file, &block, 4000, 3000);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 4000, 3000) && has_make(info, "Acme") && info->nwarnings == 0, "a whole picture");
	tap_ok(strcmp(info->type, "jpeg") == 0 && strcmp(info->mime, "image/jpeg") == 0, "its type");
	made_jpeg(&file, NULL, 65535, 1);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 65535, 1) && has_make(info, "") && info->nwarnings == 0, "a picture without Exif");
	made_jpeg(&file, NULL, 100, 0);
	made_read(file.p, file.len, NULL, info);
	tap_ok(info->field[MEDIA_HEIGHT].kind == MEDIA_ABSENT, "a height told behind the scan is not known");
}

/* Bytes put into a good picture at an offset. */
static void
insert(size_t at, const void *bytes, size_t len)
{
	memmove(file.p + at + len, file.p + at, file.len - at);
	memcpy(file.p + at, bytes, len);
	file.len += len;
}

static void
test_odd(struct media_info *info)
{
	static uint8_t fill[40000];

	memset(fill, 0xff, sizeof fill);
	made_jpeg(&file, &block, 40, 30);
	insert(2, fill, 5);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 40, 30) && has_make(info, "Acme") && info->nwarnings == 0, "fill bytes are no damage");
	made_jpeg(&file, &block, 40, 30);
	insert(2, fill, sizeof fill);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 40, 30) && has_make(info, "Acme"), "a lot of fill bytes, beyond the head");
	made_jpeg(&file, &block, 40, 30);
	insert(2, "garbage", 7);
	file.p[2] = 0xff;
	file.p[3] = 0x00;
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 40, 30) && has_make(info, "Acme") && made_warned(info, FAIL_FORMAT, "unexpected data"),
	    "garbage between segments is passed over, and told");
	made_jpeg(&file, &block, 40, 30);
	insert(2, "\xff\xd0\xff\x01", 4);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 40, 30) && has_make(info, "Acme"), "markers that stand alone");
	made_jpeg(&file, &block, 40, 30);
	insert(2, "\xff\xc4\0\10\1\2\3\4\5\6\xff\xcc\0\10\1\2\3\4\5\6", 20);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 40, 30), "tables whose markers are like a frame's");
	made_jpeg(&file, &block, 40, 30);
	insert(2, "\xff\xe0\0\1", 4);
	made_read(file.p, file.len, NULL, info);
	tap_ok(made_warned(info, FAIL_FORMAT, "impossible"), "a segment shorter than its length");
	file.len = 2;
	made_add(&file, "\xff\xd9", 2);
	made_read(file.p, file.len, NULL, info);
	tap_ok(made_warned(info, FAIL_FORMAT, "no image data"), "an end without a beginning");
}

static void
test_order(struct media_info *info)
{
	static struct made other;
	static const struct made_tag second[] = {ASCII(DIR0, 0x10f, "Second"), ASCII(DIR0, 0x110, "Second")};
	static uint8_t app1[1000] = "Exif";

	made_tiff(&other, second, 2);
	memcpy(app1 + 6, other.p, other.len);
	made_jpeg(&file, NULL, 40, 30);
	file.len = 2;
	made_segment(&file, 0xe1, "http://ns.adobe.com/xap/1.0/\0<x/>", 33);
	made_segment(&file, 0xc2, "\10\0\36\0\50\3", 6);
	memmove(app1 + 6, block.p, block.len);
	made_segment(&file, 0xe1, app1, block.len + 6);
	memmove(app1 + 6, other.p, other.len);
	made_segment(&file, 0xe1, app1, other.len + 6);
	made_segment(&file, 0xda, "\1", 1);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 40, 30) && has_make(info, "Acme"), "Exif behind the frame, and behind XMP");
	file.len = 2;
	memmove(app1 + 6, block.p, block.len);
	made_segment(&file, 0xe1, app1, block.len + 6);
	memmove(app1 + 6, other.p, other.len);
	made_segment(&file, 0xe1, app1, other.len + 6);
	made_segment(&file, 0xc0, "\10\0\36\0\50\3", 6);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 40, 30) && has_make(info, "Acme") && strcmp(made_field(info, MEDIA_MODEL), "") == 0,
	    "a second Exif segment is not mixed in");
	file.len = 2;
	made_segment(&file, 0xda, "\1", 1);
	made_segment(&file, 0xe1, app1, other.len + 6);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_make(info, ""), "what looks like Exif in the image data is none");
}

/* Exif offsets that point out of their segment, into what follows. */
static void
test_bounds(struct media_info *info)
{
	static const struct made_tag far[] = {{DIR0, 0x10f, T_ASCII, 8, "Acme Co", {0}}, ASCII(DIR0, 0x110, "Box")};
	static struct made b;

	made_tiff(&b, far, 2);
	made_put(&b, 10 + 8, b.len + 20, 4);
	made_jpeg(&file, &b, 40, 30);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_make(info, "") && made_warned(info, FAIL_VALUE, "0x010f"), "a value behind its segment is not read");
	tap_ok(strcmp(made_field(info, MEDIA_MODEL), "Box") == 0 && has_size(info, 40, 30), "the others are");
}

static void
test_cuts(struct media_info *info)
{
	bool good = true, told = true;
	size_t len, whole;

	made_jpeg(&file, &block, 40, 30);
	whole = file.len - 16; /* behind the scan's marker nothing is looked at */
	for (len = 0; len < file.len; len++) {
		good = good && made_read(file.p, len, NULL, info) == 0;
		told = told && (len >= whole || len < 3 || info->nwarnings > 0);
	}
	tap_ok(good, "each of %zu cuts is read", file.len);
	tap_ok(told, "and told, where something is missing");
}

static void
test_long(struct media_info *info)
{
	static uint8_t app2[65000];

	made_jpeg(&file, NULL, 40, 30);
	file.len = 2;
	for (int i = 0; i < 3; i++)
		made_segment(&file, 0xe2, app2, sizeof app2);
	made_segment(&file, 0xc0, "\10\0\36\0\50\3", 6);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 40, 30), "a frame far behind the head");
	file.len = 2;
	for (int i = 0; i < 2000; i++)
		made_segment(&file, 0xe2, "x", 1);
	made_read(file.p, file.len, NULL, info);
	tap_ok(made_warned(info, FAIL_LIMIT, "segments"), "segments without end");
}

/* Bytes as a scan has them: any, a zero behind each 0xff. */
static void
add_scan(size_t len)
{
	uint32_t state = 1;

	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);

		made_put(&file, file.len, c, 1);
		if (c == 0xff)
			made_put(&file, file.len, 0, 1);
	}
}

static void
add_repeated(uint8_t c, size_t len)
{
	for (size_t i = 0; i < len; i++)
		made_put(&file, file.len, c, 1);
}

/* A scan's bytes where the picture has one colour: codes of few bits, again and again. */
static void
add_sky(size_t len)
{
	for (size_t i = 0; i < len; i++)
		made_put(&file, file.len, (uint8_t) "\x28\xa2\x8a"[i % 4], 1);
}

/* A picture's scan and what is behind it, in pieces: S of a scan, C of a clear sky in it, E the end, Z zeros, P 0xff,
 * T text, F bytes of a film. */
static void
add_pieces(const char *piece, size_t len)
{
	static uint8_t film[2048];

	for (size_t i = 0; i < sizeof film; i++)
		film[i] = (uint8_t)(i % 8 == 0 ? 0xff : i / 8);
	for (; *piece != '\0'; piece++) {
		if (*piece == 'S')
			add_scan(len);
		else if (*piece == 'C')
			add_sky(len);
		else if (*piece == 'E')
			made_add(&file, "\xff\xd9", 2);
		else if (*piece == 'F')
			for (size_t n = 0; n < len; n += sizeof film)
				made_add(&file, film, sizeof film);
		else
			add_repeated(*piece == 'Z' ? 0 : *piece == 'P' ? 0xff : 't', len);
	}
}

static void
test_end(struct media_info *info)
{
	static const struct {
		const char *pieces;
		bool cut;
	} rows[] = {
	    {"SE", false},
	    {"S", true},
	    {"SEZ", false},
	    {"SZ", true},
	    {"SEP", false},
	    {"SP", true},
	    {"SET", false},
	    {"ST", true},
	    {"SC", true},
	    {"SCC", true},
	    {"SECC", false},
	    {"SCE", false},
	    {"SEC", false},
	    {"SEF", false},
	    {"SEFT", false},
	    {"SESE", false}, /* a second picture behind the first */
	    {"T", true},
	    {"Z", true},
	    {"TE", false},
	    {"", true},
	    {"E", false},
	};
	static const size_t lens[] = {3000, 20000, 60000};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		for (size_t l = 0; l < sizeof lens / sizeof lens[0]; l++) {
			made_jpeg(&file, &block, 40, 30);
			file.len -= 4;
			add_pieces(rows[i].pieces, lens[l]);
			made_read(file.p, file.len, NULL, info);
			tap_ok(has_make(info, "Acme") &&
				   made_warned(info, FAIL_TRUNCATED, "within its image data") == rows[i].cut &&
				   info->nwarnings == rows[i].cut,
			    "behind the scan's head '%s' of %zu", rows[i].pieces, lens[l]);
		}
	}
	made_jpeg(&file, &block, 40, 30);
	add_pieces("S", 20000);
	made_read(file.p, file.len, NULL, info);
	tap_ok(made_warned(info, FAIL_TRUNCATED, "within its image data"), "a second picture that is cut");
	made_jpeg(&file, &block, 40, 30);
	file.len -= 18;
	made_add(&file, "\xff\xd9", 2);
	made_read(file.p, file.len, NULL, info);
	tap_ok(has_size(info, 40, 30) && made_warned(info, FAIL_FORMAT, "no image data"), "a frame without a scan");
}

int
main(void)
{
	struct media_info info = {0};

	made_tiff(&block, tags, 2);
	test_good(&info);
	test_odd(&info);
	test_order(&info);
	test_bounds(&info);
	test_cuts(&info);
	test_long(&info);
	test_end(&info);
	media_fini(&info);
	return tap_done();
}
