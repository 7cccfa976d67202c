/* Films again: what makers write in places of their own, XMP, compressed indexes, fragments, keywords, all tags. */
#include <zlib.h>

#include "boxes.h"

#define T1904 2082844800u
#define DAY1 (T1904 + 1714557600u) /* 2024-05-01T10:00:00Z */

#define UUID_XMP "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac"
#define XMP                                                                                                     \
	"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" \
	"<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title><rdf:Alt>"                      \
	"<rdf:li xml:lang='x-default'>Title</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"

static size_t
film(struct buf *b, const char *brand)
{
	buf_clear(b, 1 << 20);
	u32(b, 16);
	buf_adds(b, "ftyp");
	buf_add(b, brand, 4);
	u32(b, 0);
	return begin(b, "moov");
}

static void
mvhd(struct buf *b, uint32_t duration)
{
	size_t at = begin(b, "mvhd");

	u32(b, 0);
	u32(b, DAY1);
	u32(b, DAY1);
	u32(b, 1000);
	u32(b, duration);
	film_zeros(b, 80);
	end(b, at);
}

#define MVHD "MVHD=2024-05-01T10:00:00Z/assumed "

static void
test_xmp(void)
{
	struct buf b = {0};
	size_t moov, udta;

	end(&b, film(&b, "isom"));
	LEAF(&b, "mdat", "film");
	LEAF(&b, "uuid", UUID_XMP XMP);
	check(&b, "title=Title", "XMP behind the film");

	moov = film(&b, "qt  ");
	udta = begin(&b, "udta");
	LEAF(&b, "XMP_", XMP);
	end(&b, udta);
	end(&b, moov);
	check(&b, "title=Title", "XMP in user data");

	moov = film(&b, "isom");
	LEAF(&b, "uuid", "0123456789abcdef" XMP);
	LEAF(&b, "uuid", "012");
	LEAF(&b, "uuid", UUID_XMP);
	end(&b, moov);
	check(&b, "", "other uuids");

	end(&b, film(&b, "isom"));
	for (int i = 0; i < 60; i++)
		LEAF(&b, "free", "");
	LEAF(&b, "uuid", UUID_XMP XMP);
	check(&b, "title=Title", "behind many boxes");
	for (int i = 0; i < 20; i++)
		LEAF(&b, "free", "");
	check(&b, "title=Title ELIMIT", "only so many boxes are looked at behind the index");
	buf_fini(&b);
}

/* A movie box as QuickTime 3 compressed it, of which `claimed` is said to be its length. */
static void
cmvd(struct buf *b, const struct buf *moov, uint32_t claimed)
{
	static uint8_t out[1 << 16];
	uLongf len = sizeof out;
	size_t at = begin(b, "cmvd");

	if (compress(out, &len, (const uint8_t *)moov->p, moov->len) != Z_OK)
		abort();
	u32(b, claimed);
	buf_add(b, out, len);
	end(b, at);
}

static void
compressed(struct buf *b, const struct buf *moov, uint32_t claimed)
{
	size_t outer = film(b, "qt  "), cmov = begin(b, "cmov");

	LEAF(b, "dcom", "zlib");
	cmvd(b, moov, claimed);
	end(b, cmov);
	end(b, outer);
}

static void
test_compressed(void)
{
	struct buf b = {0}, inner = {0}, twice = {0};
	size_t moov, at;

	moov = begin(&inner, "moov");
	mvhd(&inner, 2500);
	at = begin(&inner, "udta");
	LEAF(&inner, "XMP_", XMP);
	end(&inner, at);
	end(&inner, moov);
	compressed(&b, &inner, (uint32_t)inner.len);
	check(&b, MVHD "duration_s=2.5 title=Title", "a compressed index");
	compressed(&b, &inner, (uint32_t)inner.len + 100);
	check(&b, MVHD "duration_s=2.5 title=Title", "that says it is longer");
	compressed(&b, &inner, 10);
	check(&b, "EFORMAT", "that says it is shorter");
	compressed(&b, &inner, 100 << 20);
	check(&b, "EFORMAT", "that says it is very long");
	compressed(&twice, &inner, (uint32_t)inner.len);
	compressed(&b, &twice, (uint32_t)twice.len);
	check(&b, "", "compressed twice");
	moov = film(&b, "qt  ");
	at = begin(&b, "cmov");
	cmvd(&b, &twice, 10);
	cmvd(&b, &inner, (uint32_t)inner.len);
	end(&b, at);
	end(&b, moov);
	check(&b, "EFORMAT", "only one is tried");
	buf_fini(&b);
	buf_fini(&inner);
	buf_fini(&twice);
}

static void
test_fragments(void)
{
	struct buf b = {0};
	size_t moov, at;

	for (int version = 0; version < 2; version++) {
		moov = film(&b, "iso5");
		mvhd(&b, 0);
		end(&b, moov);
		at = begin(&b, "sidx");
		u32(&b, (uint32_t)version << 24);
		u32(&b, 1);
		u32(&b, 90000);
		film_zeros(&b, version == 0 ? 8 : 16);
		u32(&b, 2);
		for (int i = 0; i < 2; i++) {
			u32(&b, 1000);
			u32(&b, 450000);
			u32(&b, 0);
		}
		end(&b, at);
		LEAF(&b, "moof", "");
		check(&b, MVHD "duration_s=10", "the duration as the index of fragments has it");
		moov = at;
		b.p[at + 8 + (version == 0 ? 23 : 31)] = 3; /* one more than there are */
		check(&b, "MVHD=2024-05-01T10:00:00Z/assumed", "an index that ends too early");
	}
	buf_fini(&b);
}

static void
keyed(struct buf *b, const char *key, unsigned kind, const char *value, size_t len)
{
	size_t meta = begin(b, "meta"), at, item;

	LEAF(b, "hdlr", "\0\0\0\0\0\0\0\0mdta\0\0\0\0\0\0\0\0\0\0\0\0\0");
	at = begin(b, "keys");
	u32(b, 0);
	u32(b, 1);
	u32(b, (uint32_t)(8 + strlen(key)));
	buf_adds(b, "mdta");
	buf_adds(b, key);
	end(b, at);
	at = begin(b, "ilst");
	item = begin(b, "\0\0\0\1");
	{
		size_t data = begin(b, "data");

		u32(b, kind);
		u32(b, 0);
		buf_add(b, value, len);
		end(b, data);
	}
	end(b, item);
	end(b, at);
	end(b, meta);
}

static void
test_keys(void)
{
	static const struct {
		const char *key;
		unsigned kind;
		const char *value;
		size_t len;
		const char *want, *tag;
	} rows[] = {
#define ROW(key, kind, value, want, tag) {key, kind, value, sizeof(value) - 1, want, tag}
	    ROW("com.apple.quicktime.keywords", 1, "sea, sun,sea", "keywords=sea,sun",
		"\"Keys:Keywords\":\"sea, sun,sea\""),
	    ROW("com.apple.quicktime.rating.user", 23, "\100\200\0\0", "rating=4", "\"Keys:RatingUser\":4"),
	    ROW("com.apple.quicktime.rating.user", 22, "\377", "", "\"Keys:RatingUser\":255"),
	    ROW("com.apple.quicktime.camera.identifier", 1, "back", "", "\"Keys:CameraIdentifier\":\"back\""),
	    ROW("com.android.capture.fps", 23, "\101\360\0\0", "", "\"Keys:AndroidCaptureFPS\":30"),
	    ROW("com.android.version", 1, "13", "", "\"Keys:AndroidVersion\":\"13\""),
	    ROW("com.apple.quicktime.direction.facing", 21, "\377\376", "", "\"Keys:DirectionFacing\":-2"),
	    ROW("com.apple.quicktime.location.ISO6709", 1, "+01+002/", "lat=1 lon=2",
		"\"Keys:GPSCoordinates\":\"+01+002/\""),
	    ROW("mdta weird\1key_of-mine", 24, "\77\370\0\0\0\0\0\0", "", "\"Keys:MdtaWeirdkeyOf-mine\":1.5"),
#undef ROW
	};
	struct buf b = {0}, tags = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t moov = film(&b, "qt  ");

		keyed(&b, rows[i].key, rows[i].kind, rows[i].value, rows[i].len);
		end(&b, moov);
		check(&b, rows[i].want, rows[i].key);
		if (!tap_ok(strcmp(tags_of(&b, &tags), rows[i].tag) == 0, "its tag"))
			printf("# got %s\n", buf_cstr(&tags));
	}
	buf_fini(&b);
	buf_fini(&tags);
}

/* A child of user data alone in a film. */
static void
user(struct buf *b, const char *type, const char *body, size_t len)
{
	size_t moov = film(b, "mp42"), udta = begin(b, "udta");

	leaf(b, type, body, len);
	end(b, udta);
	end(b, moov);
}

/* The header of a camera that knows no zone shows what the date in its Exif shows. */
static void
test_clock(void)
{
	struct buf b = {0};
	size_t moov = film(&b, "qt  "), udta;

	mvhd(&b, 0);
	udta = begin(&b, "udta");
	LEAF(&b, "RMKN",
	    "II*\0\10\0\0\0\1\0\3\220\2\0\24\0\0\0\32\0\0\0\0\0\0\0"
	    "2024:05:01 10:00:00\0");
	end(&b, udta);
	end(&b, moov);
	check(&b, "EXIF_ORIGINAL=2024-05-01T10:00:00/local MVHD=2024-05-01T10:00:00/local", "a clock without a zone");
	buf_fini(&b);
}

/* A film with one track of what sensors measured, whose chunks are given, each with its length. */
static void
gopro(struct buf *b, const char *const *chunk, const size_t *len, size_t n, bool wide)
{
	size_t moov, trak, mdia, minf, stbl, stsd, at, first = 16 + 8;

	moov = film(b, "mp41");
	b->len = 16; /* the film itself comes first */
	moov = begin(b, "mdat");
	for (size_t i = 0; i < n; i++)
		buf_add(b, chunk[i], len[i]);
	end(b, moov);
	moov = begin(b, "moov");
	mvhd(b, 0);
	trak = begin(b, "trak");
	mdia = begin(b, "mdia");
	minf = begin(b, "minf");
	stbl = begin(b, "stbl");
	stsd = begin(b, "stsd");
	u32(b, 0);
	u32(b, 1);
	LEAF(b, "gpmd", "\0\0\0\0\0\0\0\1");
	end(b, stsd);
	at = begin(b, wide ? "co64" : "stco");
	u32(b, 0);
	u32(b, (uint32_t)n);
	for (size_t i = 0; i < n; first += len[i++])
		film_put(b, first, wide ? 8 : 4, true);
	end(b, at);
	end(b, stbl);
	end(b, minf);
	end(b, mdia);
	end(b, trak);
	end(b, moov);
}

static void
test_gopro(void)
{
#define HEAD(len) "DEVC\0\1\0" len "DVNM\143\6\0\1Camera\0\0"
#define FIX(n) "GPSF\114\4\0\1\0\0\0" n
#define TIME "GPSU\125\20\0\001240501080003.125"
#define GPS9(fix)      \
	"GPS9?\40\0\1" \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\42\267\1\267\200\65\0\144\0" fix
	static const struct {
		const char *what, *chunk[3];
		size_t len[3];
		const char *want;
	} rows[] = {
#define ROW1(what, a, want) {what, {a}, {sizeof(a) - 1}, want}
#define ROW2(what, a, b, want)                                     \
	{                                                          \
		what, {a, b}, {sizeof(a) - 1, sizeof(b) - 1}, want \
	}
#define CLOCK "MVHD=2024-05-01T10:00:00/local "
	    ROW1("UTC with a fix", HEAD("\74") "STRM\0\1\0\44" FIX("\3") TIME,
		CLOCK "gps_time=2024-05-01T08:00:03.125Z"),
	    ROW1("UTC without a fix", HEAD("\74") "STRM\0\1\0\44" FIX("\0") TIME, CLOCK),
	    ROW1("UTC of unknown fix", HEAD("\60") "STRM\0\1\0\30" TIME, CLOCK),
	    ROW2("a fix in the second chunk", HEAD("\74") "STRM\0\1\0\44" FIX("\0") TIME,
		HEAD("\74") "STRM\0\1\0\44" FIX("\2") TIME, CLOCK "gps_time=2024-05-01T08:00:03.125Z"),
	    ROW1("newer cameras", HEAD("\70") GPS9("\3"), CLOCK "gps_time=2024-05-01T08:00:03.125Z"),
	    ROW1("newer cameras without a fix", HEAD("\70") GPS9("\0"), CLOCK),
	    ROW1("a time that is none", HEAD("\74") FIX("\3") "GPSU\125\20\0\001249901080003.125", CLOCK),
	    ROW1("a record that is longer than its second",
		HEAD("\74") FIX("\3") "GPSU\125\377\377\377"
				      "240501",
		CLOCK),
	    ROW1("no records", "nothing of the kind", CLOCK),
	};
	size_t moov, udta;
	struct buf b = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char want[128];

		snprintf(want, sizeof want, "%s", rows[i].want);
		want[strlen(want) - (want[strlen(want) - 1] == ' ')] = '\0';
		gopro(&b, rows[i].chunk, rows[i].len, rows[i].len[1] > 0 ? 2 : 1, i % 2 == 1);
		check(&b, want, rows[i].what);
	}
	moov = film(&b, "mp41");
	mvhd(&b, 0);
	udta = begin(&b, "udta");
	LEAF(&b, "GPMF", "MINF\143\4\0\1HERO");
	end(&b, udta);
	end(&b, moov);
	check(&b, "MVHD=2024-05-01T10:00:00/local model=HERO", "its settings show the maker");
	buf_fini(&b);
}

/* Outdoors, too, a camera that was just switched on knows nothing for a while. */
static void
test_gopro_late(void)
{
	static const char none[] = HEAD("\74") "STRM\0\1\0\44" FIX("\0") TIME;
	static const char fix[] = HEAD("\74") "STRM\0\1\0\44" FIX("\2") TIME;
	const char *chunk[90];
	struct buf b = {0};
	size_t len[90];

	for (size_t i = 0; i < 90; i++) {
		chunk[i] = i + 1 < 90 ? none : fix;
		len[i] = sizeof none - 1;
	}
	gopro(&b, chunk, len, 90, false);
	check(&b, CLOCK "gps_time=2024-05-01T08:00:03.125Z", "a fix after a minute and a half");
	buf_fini(&b);
}

static void
test_userdata(void)
{
	static const struct {
		const char *type, *body;
		size_t len;
		const char *want, *tag;
	} rows[] = {
#define ROW(type, body, want, tag) {type, body, sizeof(body) - 1, want, tag}
	    ROW("FIRM", "HD5.02.02.70.00", "software=HD5.02.02.70.00",
		"\"UserData:FirmwareVersion\":\"HD5.02.02.70.00\""),
	    ROW("GPMF",
		"DEVC\0\0\0\0DVNM\143\1\0\6Camera\0\0MINF\143\13\0\1HERO6 Black\0CASN\143\4\0\1C322FMWR\143\1\0\3"
		"1.0\0",
		"model=HERO6 Black serial=C322 software=1.0", "\"GoPro:Model\":\"HERO6 Black\""),
	    ROW("GPMF", "MINF\143\377\377\377HERO", "", ""),
	    ROW("GPMF", "MINF\143\4\0\1HER", "", ""),
	    ROW("NCDT",
		"\0\0\0\116NCTG\0\0\0\1\0\2\0\6NIKON\0\0\0\0\2\0\2\0\4D90\0\0\0\0\22\0\2\0\24"
		"2012:03:04 05:06:07\0\1\20\202\232\0\5\0\1\0\0\0\1\0\0\0\175",
		"QT_USERDATA=2012-03-04T05:06:07/local make=NIKON model=D90 exposure_s=0.008",
		"\"Nikon:Make\":\"NIKON\""),
	    ROW("NCDT", "\0\0\0\20NCTG\0\0\0\1\0\2\0\6", "", ""),
	    ROW("smta", "\0\0\0\0\0\0\0\14saut\0\0\0\1\0\0\0\21mdlnSM-G998N\0", "model=SM-G998N",
		"\"UserData:Model\":\"SM-G998N\""),
	    ROW("smta", "\0\0\0\0\0\0\0\4saut\0\0\0\1", "", ""),
	    ROW("TAGS",
		"PENTAX DIGITAL CAMERA\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\200\1\0\0\50\0\0\0\12\0\0\0"
		"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\275\0\0\0\12\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		"\0"
		"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
		"make=PENTAX DIGITAL CAMERA exposure_s=0.026041667 f_number=4 focal_mm=18.9",
		"\"Pentax:Make\":\"PENTAX DIGITAL CAMERA\""),
	    ROW("TAGS", "PENTAX DIGITAL CAMERA", "", ""),
	    ROW("CNMN", "Canon EOS 550D\0\0", "model=Canon EOS 550D", "\"UserData:Model\":\"Canon EOS 550D\""),
	    ROW("CNFV", "Firmware Version 1.0.0\0", "software=Firmware Version 1.0.0",
		"\"UserData:FirmwareVersion\":\"Firmware Version 1.0.0\""),
	    ROW("\251mdl", "FC220\0", "model=FC220", "\"UserData:Model\":\"FC220\""),
	    ROW("@mak", "RICOH", "make=RICOH", "\"UserData:Make\":\"RICOH\""),
	    ROW("@day", "2020-02-03T04:05:06+0900", "QT_USERDATA=2020-02-03T04:05:06+09:00/zoned",
		"\"UserData:ContentCreateDate\":\"2020-02-03T04:05:06+0900\""),
	    ROW("QVMI", "\0\0\0\0\0\0\0\0\0\0\0\1\1\17\0\2\0\0\0\6\0\0\0\34\0\0\0\0CASIO\0", "make=CASIO",
		"\"IFD0:Make\":\"CASIO\""),
	    ROW("QVMI", "\0\0\0\0\0\0\0\0\0\0", "", ""),
	    ROW("MVTG", "0123456789abcdef\1\0\17\1\2\0\11\0\0\0\22\0\0\0\0\0\0\0FUJIFILM\0", "make=FUJIFILM",
		"\"IFD0:Make\":\"FUJIFILM\""),
	    ROW("RMKN", "II*\0\10\0\0\0\1\0\17\1\2\0\6\0\0\0\32\0\0\0\0\0\0\0RICOH\0", "make=RICOH",
		"\"IFD0:Make\":\"RICOH\""),
	    ROW("LEIC", "LEICA CAMERA AG\0\0\0\0\0\0\0LEICA C-LUX\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
		"make=LEICA CAMERA AG model=LEICA C-LUX", "\"Panasonic:Make\":\"LEICA CAMERA AG\""),
	    ROW("\251cmt", "\0\5\0\0words", "", "\"UserData:Comment\":\"words\""),
	    ROW("\251cpy", "\0\3\0\0\251 X", "copyright=\302\251 X", "\"UserData:Copyright\":\"\302\251 X\""),
	    ROW("Xtra",
		"\0\0\0\61\0\0\0\13WM/Category\0\0\0\2\0\0\0\14\0\10s\0u\0\0\0\0\0\0\16\0\10s\0e\0a\0\0\0"
		"\0\0\0\55\0\0\0\23WM/SharedUserRating\0\0\0\1\0\0\0\16\0\23\113\0\0\0\0\0\0\0",
		"keywords=su,sea rating=4", "\"Microsoft:Category\":\"su\""),
	    ROW("Xtra", "\0\0\0\70\0\0\0\13WM/Category\0\0\0\2", "", ""),
	    ROW("Xtra", "\0\0\0\24\0\0\0\377WM/Category\0", "", ""),
	    ROW("keyw", "a,b", "keywords=a,b", "\"UserData:Keywords\":\"a,b\""),
	    ROW("abcd", "words", "", ""),
#undef ROW
	};
	struct buf b = {0}, tags = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		user(&b, rows[i].type, rows[i].body, rows[i].len);
		check(&b, rows[i].want, rows[i].type);
		if (!tap_ok(strncmp(tags_of(&b, &tags), rows[i].tag, strlen(rows[i].tag)) == 0, "its tag"))
			printf("# got %s\n", buf_cstr(&tags));
	}
	buf_fini(&b);
	buf_fini(&tags);
}

/* JPEGs with all that the camera knows, in Canon's and Panasonic's boxes. */
static void
test_thumbnails(void)
{
	static const struct made_tag about[] = {
	    ASCII(DIR0, 0x10f, "Canon"), ASCII(DIR_EXIF, 0x9003, "2024:05:01 12:00:00")};
	static struct made block, jpeg;
	struct buf b = {0}, body = {0};
	size_t at;

	made_tiff(&block, about, 2);
	made_jpeg(&jpeg, &block, 160, 120);
	LEAF(&body, "CNDM", "\xff\xd8\xff\xd9");
	at = begin(&body, "CNDA");
	buf_add(&body, jpeg.p, jpeg.len);
	end(&body, at);
	user(&b, "CNTH", body.p, body.len);
	check(&b, "EXIF_ORIGINAL=2024-05-01T12:00:00/local make=Canon", "Canon's thumbnail");

	buf_clear(&body, 0);
	film_zeros(&body, 0x4080);
	buf_add(&body, jpeg.p, jpeg.len);
	user(&b, "PANA", body.p, body.len);
	check(&b, "EXIF_ORIGINAL=2024-05-01T12:00:00/local make=Canon", "Panasonic's");
	buf_fini(&b);
	buf_fini(&body);
}

static void
test_sony(void)
{
#define BEGIN "<?xml version=\"1.0\" encoding=\"UTF-8\"?><NonRealTimeMeta xmlns=\"urn:schemas-professionalDisc:x\">"
#define DEVICE "<Device manufacturer=\"Sony\" modelName=\"ILCE-7\" serialNo=\"42\"/>"
	static const struct {
		const char *xml, *want, *what;
	} rows[] = {
	    {BEGIN "<CreationDate value=\"2024-05-01T12:00:00+02:00\"/>" DEVICE
		   "<Lens modelName=\"FE 35mm\"/></NonRealTimeMeta>",
		"QT_USERDATA=2024-05-01T12:00:00+02:00/zoned MVHD=2024-05-01T10:00:00Z/utc make=Sony model=ILCE-7 "
		"lens=FE 35mm serial=42 duration_s=1",
		"date, device, lens"},
	    {BEGIN "<Device manufacturer=\"Sony\" serialNo=\"4294967295\"/></NonRealTimeMeta>",
		MVHD "make=Sony duration_s=1", "a serial number that is none"},
	    {BEGIN "<G><Item name=\"LatitudeRef\" value=\"S\"/><Item name=\"Latitude\" value=\"35:30:0.0\"/>"
		   "<Item name=\"LongitudeRef\" value=\"E\"/><Item name=\"Longitude\" "
		   "value=\"139:15:00\"/></G></NonRealTimeMeta>",
		MVHD "duration_s=1 lat=-35.5 lon=139.25", "a position"},
	    {BEGIN DEVICE "<broken", MVHD "make=Sony model=ILCE-7 serial=42 duration_s=1",
		"what stands before a fault"},
	    {"<Other>" DEVICE "</Other>", MVHD "duration_s=1", "another document"},
	    {"<!DOCTYPE a [<!ENTITY b \"c\">]><NonRealTimeMeta>" DEVICE "</NonRealTimeMeta>", MVHD "duration_s=1",
		"entities"},
	    {"", MVHD "duration_s=1", "nothing"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t moov = film(&b, "XAVC"), meta, at;

		mvhd(&b, 1000);
		end(&b, moov);
		LEAF(&b, "mdat", "film");
		meta = begin(&b, "meta");
		u32(&b, 0);
		LEAF(&b, "hdlr", "\0\0\0\0\0\0\0\0nrtm\0\0\0\0\0\0\0\0\0\0\0\0\0");
		at = begin(&b, "xml ");
		u32(&b, 0);
		buf_adds(&b, rows[i].xml);
		end(&b, at);
		end(&b, meta);
		check(&b, rows[i].want, rows[i].what);
	}
	buf_fini(&b);
}

/* A camera's record behind a film, with another one behind it. */
static void
test_insta360(void)
{
	static const char camera[] = "\12\4IXS1\22\13Insta360 X3\32\2v1";
	static const struct {
		uint32_t trailer; /* its length; 0: as it is */
		const char *want, *what;
	} rows[] = {
	    {0, MVHD "model=Insta360 X3 serial=IXS1 software=v1 duration_s=1", "a camera's name behind the film"},
	    {90, MVHD "duration_s=1", "a length that leaves it out"},
	    {1 << 20, MVHD "duration_s=1", "a length that is more than the file's"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t moov = film(&b, "avc1"), begun;

		mvhd(&b, 1000);
		end(&b, moov);
		begun = b.len;
		buf_add(&b, camera, sizeof camera - 1);
		buf_add(&b, "\1\1", 2);
		u32(&b, (uint32_t)(sizeof camera - 1) << 24);
		film_zeros(&b, 10);
		buf_add(&b, "\0\3\12\0\0\0", 6); /* ten bytes of something else */
		film_zeros(&b, 32);
		for (uint32_t v = rows[i].trailer ? rows[i].trailer : (uint32_t)(b.len + 40 - begun), n = 0; n < 4; n++)
			buf_addc(&b, (char)(v >> (8 * n)));
		film_zeros(&b, 4);
		buf_adds(&b, "8db42d694ccc418790edff439fe026bf");
		check(&b, rows[i].want, rows[i].what);
	}
	buf_fini(&b);
}

/* Every one of a maker's boxes, cut and changed. */
static void
test_damage(void)
{
	static const char *const types[] = {
	    "GPMF", "NCDT", "smta", "TAGS", "PANA", "CNTH", "Xtra", "loci", "\251nam", "keyw"};
	struct buf b = {0}, out = {0};
	size_t failures = 0;

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		for (unsigned fill = 0; fill < 256; fill++) {
			char body[200];

			memset(body, (int)fill, sizeof body);
			memcpy(body + 4, i == 1 ? "NCTG" : "CNDA", 4);
			user(&b, types[i], body, fill % sizeof body);
			failures += strcmp(reading(&b, b.len, &out), "failed") == 0;
		}
	}
	tap_ok(failures == 0, "bodies of any bytes are no failures");
	buf_fini(&b);
	buf_fini(&out);
}

int
main(void)
{
	test_xmp();
	test_compressed();
	test_fragments();
	test_keys();
	test_gopro();
	test_gopro_late();
	test_userdata();
	test_clock();
	test_thumbnails();
	test_sony();
	test_insta360();
	test_damage();
	return tap_done();
}
