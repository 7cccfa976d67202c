/* The application segments of a JPEG: XMP and its extension, Photoshop's resources, Exif over several segments. */
#include "made.h"
#include "tap.h"

#define XMP_HEADER "http://ns.adobe.com/xap/1.0/"
#define EXTENDED_HEADER "http://ns.adobe.com/xmp/extension/"
#define GUID_A "0123456789ABCDEF0123456789ABCDEF"
#define GUID_B "FEDCBA9876543210FEDCBA9876543210"
#define RDF(properties)                                                                                         \
	"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" \
	"<rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/' " \
	"xmlns:xmpNote='http://ns.adobe.com/xmp/note/' " properties "/></rdf:RDF></x:xmpmeta>"

static struct made file;
static struct reader_worker *worker;

static void
begin(void)
{
	file.len = 0;
	file.big_endian = true;
	made_add(&file, "\xff\xd8", 2);
}

static void
add_xmp(const char *packet)
{
	static uint8_t app1[65536];

	memcpy(app1, XMP_HEADER, sizeof XMP_HEADER);
	memcpy(app1 + sizeof XMP_HEADER, packet, strlen(packet));
	made_segment(&file, 0xe1, app1, sizeof XMP_HEADER + strlen(packet));
}

/* A piece of an extended packet that has `total` bytes. */
static void
add_extended(const char *guid, const char *packet, size_t total, size_t from, size_t len)
{
	static struct made m;

	m.len = 0;
	m.big_endian = true;
	made_add(&m, EXTENDED_HEADER, sizeof EXTENDED_HEADER);
	made_add(&m, guid, 32);
	made_put(&m, m.len, total, 4);
	made_put(&m, m.len, from, 4);
	made_add(&m, packet + from, len);
	made_segment(&file, 0xe1, m.p, m.len);
}

/* The frame and the scan; then the file is read. */
static void
read_file(struct media_info *info)
{
	made_segment(&file, 0xc0, "\10\0\36\0\50\3", 6);
	made_segment(&file, 0xda, "\1", 1);
	made_add(&file, "\xff\xd9", 2);
	made_read(file.p, file.len, worker, info);
}

static bool
has(const struct media_info *info, enum media_field f, const char *want)
{
	return strcmp(made_field(info, f), want) == 0;
}

static void
test_headers(struct media_info *info)
{
	static const struct {
		const char *what, *header;
		size_t len;
		bool found;
	} rows[] = {
#define IN(text) text, sizeof(text) - 1
	    {"a blank behind it", IN("http://ns.adobe.com/xap/1.0/ \0"), true},
	    {"a blank before it", IN(" http://ns.adobe.com/xap/1.0/\0"), true},
	    {"another version", IN("http://ns.adobe.com/xap/1.1/\0"), true},
	    {"no version", IN("http://ns.adobe.com/xap/\0"), true},
	    {"XMP before it", IN("XMP\0http://ns.adobe.com/xap/1.0/\0"), true},
	    {"no NUL", IN("http://ns.adobe.com/xap/1.0/"), true},
	    {"a second NUL", IN("http://ns.adobe.com/xap/1.0/\0\0"), true},
	    {"XMP alone", IN("XMP\0"), true},
	    {"no header", IN(""), true},
	    {"a packet of something else", IN("http://example.com/\0<a/>"), true},
	    {"something else", IN("ACME\0\1"), true},
	    {"something longer",
		IN("http://example.com/ and so on and on and on and on until nobody looks any further ......"), false},
#undef IN
	};
	static const char packet[] = RDF("tiff:Make='Acme'");
	static struct made m;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		m.len = 0;
		made_add(&m, rows[i].header, rows[i].len);
		made_add(&m, packet, sizeof packet - 1);
		begin();
		made_segment(&file, 0xe1, m.p, m.len);
		read_file(info);
		tap_ok(has(info, MEDIA_MAKE, rows[i].found ? "Acme" : "") && info->nwarnings == 0, "XMP's header: %s",
		    rows[i].what);
	}
}

static void
test_makers(struct media_info *info)
{
	static const struct {
		const char *what;
		uint8_t marker;
		const char *bytes;
		size_t len;
		const char *want;
	} rows[] = {
#define IN(text) text, sizeof(text) - 1
#define Q16 "0123456789abcdef"
	    {"Casio's QVCI", 0xe1,
		IN("QVCI\0" Q16 Q16 Q16 Q16 "12345678"
		   "1998.12.24:18:30:05\0QV-7000\0"),
		"1998-12-24T18:30:05"},
	    {"QVCI that is cut", 0xe1,
		IN("QVCI\0" Q16 Q16 Q16 Q16 "12345678"
		   "1998.12.24"),
		""},
	    {"picture info", 0xec,
		IN("Agfa Gevaert   \0 721\r\n[picture info]\r\nTimeDate=915117440\r\nShutter=6460\r\n"),
		"1998-12-31T15:17:20"},
	    {"picture info with a date in words", 0xec,
		IN("OLYMPUS\0[picture info]\r\nTimeDate=1998:12:24 18:30:05\r\n"), "1998-12-24T18:30:05"},
	    {"picture info without a date", 0xec, IN("[picture info]\r\nTimeDate="), ""},
	    {"Ducky", 0xec, IN("Ducky\0\1TimeDate=915117440"), ""},
#undef IN
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		begin();
		made_segment(&file, rows[i].marker, rows[i].bytes, rows[i].len);
		read_file(info);
		tap_ok(strcmp(made_date(&info->date[MEDIA_DATE_MAKER_ORIGINAL].when), rows[i].want) == 0, "%s: %s",
		    rows[i].what, made_date(&info->date[MEDIA_DATE_MAKER_ORIGINAL].when));
	}
}

/* FLIR's records: a head, a directory of an empty entry and the camera's, and its record; cut into pieces. */
static void
add_flir(bool big, bool other_way, uint32_t seconds, uint32_t thousandths, int west_min, size_t cut)
{
	static struct made m;
	uint8_t segment[2000];

	memset(&m, 0, sizeof m);
	m.big_endian = big;
	memcpy(m.p, "FFF", 4);
	made_put(&m, 20, 101, 4);
	made_put(&m, 24, 64, 4);
	made_put(&m, 28, 2, 4);
	made_put(&m, 64 + 32, 0x20, 2);
	made_put(&m, 64 + 32 + 12, 200, 4);
	m.big_endian = big != other_way;
	made_put(&m, 200, 2, 2);
	made_put(&m, 200 + 900, seconds, 4);
	made_put(&m, 200 + 904, 0xabcd0000 | thousandths, 4);
	made_put(&m, 200 + 908, (uint16_t)west_min, 2);
	for (size_t at = 0, n = 0, len; at < m.len; at += len, n++) {
		len = m.len - at < cut ? m.len - at : cut;
		memcpy(segment, "FLIR\0\1", 6);
		segment[6] = (uint8_t)n;
		segment[7] = (uint8_t)((m.len - 1) / cut);
		memcpy(segment + 8, m.p + at, len);
		made_segment(&file, 0xe1, segment, 8 + len);
	}
}

static void
test_flir(struct media_info *info)
{
	static const struct {
		bool big, other_way;
		uint32_t seconds, thousandths;
		int west_min;
		size_t cut;
		const char *want;
	} rows[] = {
	    {true, false, 1714557600, 250, -120, 1900, "2024-05-01T12:00:00.250+02:00"},
	    {false, false, 1714557600, 7, 240, 1900, "2024-05-01T06:00:00.007-04:00"},
	    {true, true, 1714557600, 0, 0, 1105, "2024-05-01T10:00:00.000"},
	    {true, false, 1714557600, 0, 7, 50, "2024-05-01T10:00:00.000Z"},
	    {true, false, 1714557600, 1000, 0, 1900, ""},
	    {true, false, 0, 0, 0, 1900, ""},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *got;

		begin();
		add_flir(rows[i].big, rows[i].other_way, rows[i].seconds, rows[i].thousandths, rows[i].west_min,
		    rows[i].cut);
		read_file(info);
		got = made_date(&info->date[MEDIA_DATE_MAKER_ORIGINAL].when);
		tap_ok(strcmp(got, rows[i].want) == 0 && info->nwarnings == 0, "FLIR's records %zu: %s", i, got);
	}
	begin();
	made_segment(&file, 0xe1, "FLIR\0\1\0\0FFF", 12);
	read_file(info);
	tap_ok(info->date[MEDIA_DATE_MAKER_ORIGINAL].when.precision == WHEN_NONE, "FLIR's records that are cut");
}

static void
add_block(const struct made_tag *tags, size_t n)
{
	static struct made m, block;

	made_tiff(&block, tags, n);
	m.len = 0;
	made_add(&m, "Exif\0\0", 6);
	made_add(&m, block.p, block.len);
	made_segment(&file, 0xe1, m.p, m.len);
}

/* Blocks by the letters: what each has, and whose make is told in the end. */
static void
test_blocks(struct media_info *info)
{
	static const struct made_tag a[] = {
	    ASCII(DIR0, 0x10f, "First"), ASCII(DIR0, 0x110, "Box"), RATIONAL(DIR_EXIF, 0x829a, 1, 125)};
	static const struct made_tag b[] = {
	    ASCII(DIR0, 0x10f, "Last"), SHORT(DIR0, 0x112, 1), RATIONAL(DIR_EXIF, 0x829d, 4, 1)};
	static const struct made_tag poor[] = {ASCII(DIR0, 0x10f, "Poor")};
	static const struct {
		const char *blocks, *make;
	} rows[] = {{"a", "First"}, {"ab", "Last"}, {"ba", "First"}, {"ap", "First"}, {"pa", "First"}, {"pap", "First"},
	    {"apb", "Last"}, {"bpppa", "First"}, {"pp", "Poor"}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		begin();
		for (const char *c = rows[i].blocks; *c != '\0'; c++) {
			if (*c == 'p')
				add_block(poor, 1);
			else
				add_block(*c == 'a' ? a : b, 3);
		}
		read_file(info);
		tap_ok(has(info, MEDIA_MAKE, rows[i].make) &&
			   (info->field[MEDIA_MODEL].kind != MEDIA_ABSENT) == (*rows[i].make == 'F') &&
			   info->nwarnings == 0,
		    "Exif blocks %s: that of %s", rows[i].blocks, rows[i].make);
	}
}

static void
test_xmp(struct media_info *info)
{
	begin();
	add_xmp(RDF("tiff:Make='Acme'"));
	read_file(info);
	tap_ok(has(info, MEDIA_MAKE, "Acme") && has(info, MEDIA_WIDTH, "40") && info->nwarnings == 0, "XMP");
	begin();
	made_segment(&file, 0xda, "\1", 1);
	add_xmp(RDF("tiff:Make='Acme'"));
	read_file(info);
	tap_ok(has(info, MEDIA_MAKE, ""), "what looks like XMP in the image data is none");
	begin();
	made_segment(&file, 0xc0, "\10\0\36\0\50\3", 6);
	add_xmp(RDF("tiff:Make='Acme'"));
	read_file(info);
	tap_ok(has(info, MEDIA_MAKE, "Acme"), "XMP behind the frame");
	begin();
	made_segment(&file, 0xe1, XMP_HEADER, sizeof XMP_HEADER);
	read_file(info);
	tap_ok(has(info, MEDIA_WIDTH, "40") && info->nwarnings == 0, "an empty packet");
}

static void
test_extended(struct media_info *info)
{
	static const char a[] = RDF("tiff:Make='Acme' tiff:Model='Box'"), b[] = RDF("tiff:Make='Other'");
	const size_t n = sizeof a - 1;

	begin();
	add_extended(GUID_A, a, n, 100, 150);
	add_extended(GUID_A, a, n, 250, n - 250);
	add_extended(GUID_A, a, n, 0, 100);
	read_file(info);
	tap_ok(has(info, MEDIA_MODEL, "Box") && info->nwarnings == 0, "extended XMP, its pieces in any order");
	begin();
	add_extended(GUID_A, a, n, 0, n - 20);
	read_file(info);
	tap_ok(has(info, MEDIA_MODEL, "Box") && made_warned(info, FAIL_TRUNCATED, "extended"),
	    "the end of extended XMP is missing");
	begin();
	add_extended(GUID_A, a, n, 50, n - 50);
	read_file(info);
	tap_ok(has(info, MEDIA_MODEL, "") && made_warned(info, FAIL_TRUNCATED, "extended"), "its beginning is missing");
	begin();
	add_xmp(RDF("xmpNote:HasExtendedXMP='" GUID_A "'"));
	add_extended(GUID_B, b, sizeof b - 1, 0, sizeof b - 1);
	add_extended(GUID_A, a, n, 0, n);
	read_file(info);
	tap_ok(has(info, MEDIA_MAKE, "Acme") && info->nwarnings == 0, "the packet that the first one names");
	begin();
	add_extended(GUID_B, b, sizeof b - 1, 0, sizeof b - 1);
	add_extended(GUID_A, a, n, 0, n);
	read_file(info);
	tap_ok(has(info, MEDIA_MAKE, ""), "of two that nobody names none is believed");
	begin();
	add_extended(GUID_A, a, 0xffffffff, 0, n);
	read_file(info);
	tap_ok(has(info, MEDIA_MAKE, "") && made_warned(info, FAIL_VALUE, "extended"), "extended XMP without measure");
	begin();
	for (int i = 0; i < 100; i++)
		add_extended(GUID_A, a, n, 0, 1);
	read_file(info);
	tap_ok(made_warned(info, FAIL_LIMIT, "segments of extended XMP"), "pieces without end");
}

/* Resources of more than a segment: the IPTC title lies across the border. */
static void
test_photoshop(struct media_info *info)
{
	static const char resources[] = "8BIM\4\4\0\0\0\0\0\x08\x1c\2\5\0\3Sea";
	static uint8_t app13[100];
	size_t n = sizeof resources - 1, cut;
	bool good = true;

	for (cut = 1; cut <= n; cut++) {
		begin();
		memcpy(app13, "Photoshop 3.0", 14);
		memcpy(app13 + 14, resources, cut);
		made_segment(&file, 0xed, app13, 14 + cut);
		memcpy(app13 + 14, resources + cut, n - cut);
		made_segment(&file, 0xed, app13, 14 + n - cut);
		read_file(info);
		good = good && has(info, MEDIA_TITLE, "Sea") && info->nwarnings == 0;
	}
	tap_ok(good, "resources that are cut into two segments anywhere");
	begin();
	memcpy(app13, "Adobe_Photoshop2.5:", 19);
	memcpy(app13 + 19, resources, n);
	made_segment(&file, 0xed, app13, 19 + n);
	read_file(info);
	tap_ok(has(info, MEDIA_TITLE, "Sea"), "the header of an old Photoshop");
	begin();
	made_segment(&file, 0xed, "Photoshop 3.0", 14);
	made_segment(&file, 0xed, "Adobe_CM\0\1", 10);
	read_file(info);
	tap_ok(has(info, MEDIA_WIDTH, "40") && info->nwarnings == 0, "segments of the same marker without resources");
}

static void
add_exif(const struct made *block, size_t from, size_t len)
{
	static uint8_t app1[65536] = "Exif";

	memcpy(app1 + 6, block->p + from, len);
	made_segment(&file, 0xe1, app1, 6 + len);
}

static void
test_exif(struct media_info *info)
{
	static char comment[70000];
	const struct made_tag large[] = {{DIR_EXIF, 0xea1c, T_UNDEF, sizeof comment, comment, {0}},
	    ASCII(DIR_EXIF, 0xa434, "Glass"), LONG(DIR_EXIF, 0xa002, 400), LONG(DIR_EXIF, 0xa003, 300)};
	const struct made_tag small[] = {ASCII(DIR0, 0x10f, "Acme"), LONG(DIR0, 0x100, 80), LONG(DIR0, 0x101, 60)};
	static struct made block, other;
	static uint8_t lead[200];
	static const struct {
		const char *bytes;
		size_t len;
		bool good;
		const char *what;
	} headers[] = {
	    {"EXIF\0\0", 6, true, "capitals"},
	    {"exif\0\0", 6, true, "no capitals"},
	    {"\0\0\0\6Exif\0\0", 10, true, "its length before it"},
	    {"\0\0\0\0\0Exif\0\0", 11, false, "too much before it"},
	    {"Exit\0\0", 6, false, "another"},
	};

	memset(comment, ' ', sizeof comment);
	made_tiff(&block, large, 4);
	made_tiff(&other, small, 3);
	begin();
	add_exif(&block, 0, 65500);
	add_exif(&block, 65500, block.len - 65500);
	add_xmp(RDF("tiff:Make='Acme'"));
	read_file(info);
	tap_ok(has(info, MEDIA_LENS, "Glass") && has(info, MEDIA_MAKE, "Acme") && info->nwarnings == 0,
	    "an Exif block that goes on in the next segment");
	begin();
	add_exif(&block, 0, 65500);
	add_exif(&other, 0, 6000);
	read_file(info);
	tap_ok(has(info, MEDIA_MAKE, "") && made_warned(info, FAIL_VALUE, "0xa434"),
	    "a block of its own does not continue another");
	begin();
	add_exif(&block, 20, 100);
	add_exif(&other, 0, other.len);
	read_file(info);
	tap_ok(has(info, MEDIA_MAKE, "Acme"), "a segment without a block does not hide the one behind");
	begin();
	add_exif(&other, 0, other.len);
	file.p[2 + 4 + 5] = 1;
	read_file(info);
	tap_ok(has(info, MEDIA_MAKE, "Acme") && has(info, MEDIA_WIDTH, "40"), "a header that ends with another byte");
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		begin();
		memcpy(lead, headers[i].bytes, headers[i].len);
		memcpy(lead + headers[i].len, other.p, other.len);
		made_segment(&file, 0xe1, lead, headers[i].len + other.len);
		read_file(info);
		tap_ok(has(info, MEDIA_MAKE, headers[i].good ? "Acme" : ""), "Exif's header: %s", headers[i].what);
	}
	begin();
	add_exif(&other, 0, other.len);
	made_read(file.p, file.len, worker, info);
	tap_ok(has(info, MEDIA_WIDTH, "80") && has(info, MEDIA_HEIGHT, "60") && info->nwarnings > 0,
	    "a file that is cut before its frame has the size that Exif tells");
}

static void
test_tags(struct media_info *info)
{
	static const char mpf[] = "MPF\0MM\0*\0\0\0\10\0\2\xb0\0\0\7\0\0\0\4"
				  "0100\xb0\1\0\4\0\0\0\1\0\0\0\3\0\0\0\0";
	struct buf tags = {0};

	begin();
	made_segment(&file, 0xe0, "JFIF\0\1\2\1\0\x48\0\x49\0\0", 14);
	made_segment(&file, 0xe2, mpf, sizeof mpf - 1);
	made_segment(&file, 0xee, "Adobe\0\144\0\0\0\0\1", 12);
	made_segment(&file, 0xfe, "caf\xe9", 4);
	info->tags = &tags;
	read_file(info);
	tap_ok(
	    strcmp(buf_cstr(&tags), "\"JFIF:JFIFVersion\":\"1.02\",\"JFIF:ResolutionUnit\":1,\"JFIF:XResolution\":72,"
				    "\"JFIF:YResolution\":73,\"MPF0:MPFVersion\":\"0100\",\"MPF0:NumberOfImages\":3,"
				    "\"Adobe:DCTEncodeVersion\":100,\"Adobe:APP14Flags0\":0,\"Adobe:APP14Flags1\":0,"
				    "\"Adobe:ColorTransform\":1,\"File:Comment\":\"caf\xc3\xa9\"") == 0,
	    "tags: %s", buf_cstr(&tags));
	buf_fini(&tags);
	info->tags = NULL;
}

/* Of what a segment says it has, only what the file has may be looked at (a sanitizer would tell). */
static void
test_cut(struct media_info *info)
{
	static const char app1[] = "\xff\xd8\xff\xe1\0\x75"
				   "Exif\0\0MM";
	bool warned = true;

	for (size_t len = 4; len < sizeof app1; len++) {
		made_read((const uint8_t *)app1, len, worker, info);
		warned &= info->nwarnings > 0;
	}
	tap_ok(warned, "a file that ends within the head of a segment");
}

static void
test_exv(struct media_info *info)
{
	file.len = 0;
	made_add(&file, "\xff\1Exiv2", 7);
	add_xmp(RDF("tiff:Make='Acme'"));
	made_add(&file, "\xff\xd9", 2);
	made_read(file.p, file.len, worker, info);
	tap_ok(
	    strcmp(info->type, "exv") == 0 && has(info, MEDIA_MAKE, "Acme") && info->nwarnings == 0, "an Exiv2 file");
}

int
main(void)
{
	struct media_info info = {0};

	worker = reader_worker_new();
	test_xmp(&info);
	test_makers(&info);
	test_flir(&info);
	test_headers(&info);
	test_blocks(&info);
	test_extended(&info);
	test_photoshop(&info);
	test_exif(&info);
	test_tags(&info);
	test_cut(&info);
	test_exv(&info);
	media_fini(&info);
	reader_worker_free(worker);
	return tap_done();
}
