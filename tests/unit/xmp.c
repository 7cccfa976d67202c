/*
 * XMP: what each property says, in every form that RDF has for it, in every encoding, whole and in pieces; and what is
 * left of packets that break the rules.
 */
#include "meta/xmp/xmp.h"

#include "made.h"
#include "meta/exif/tags.h"
#include "meta/reader.h"
#include "tap.h"

#define BEGIN                                                                                                  \
	"<?xpacket begin='\xef\xbb\xbf' id='W5M0MpCehiHzreSzNTczkc9d'?>\n<x:xmpmeta xmlns:x='adobe:ns:meta/'>" \
	"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
#define NAMES                                                                                                      \
	" rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:xmp='http://ns.adobe.com/xap/1.0/'"       \
	" xmlns:tiff='http://ns.adobe.com/tiff/1.0/' xmlns:exif='http://ns.adobe.com/exif/1.0/'"                   \
	" xmlns:exifEX='http://cipa.jp/exif/1.0/' xmlns:aux='http://ns.adobe.com/exif/1.0/aux/'"                   \
	" xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' xmlns:xmpMM='http://ns.adobe.com/xap/1.0/mm/'"      \
	" xmlns:lr='http://ns.adobe.com/lightroom/1.0/' xmlns:digiKam='http://www.digikam.org/ns/1.0/'"            \
	" xmlns:MicrosoftPhoto='http://ns.microsoft.com/photo/1.0/' xmlns:MP='http://ns.microsoft.com/photo/1.2/'" \
	" xmlns:MPRI='http://ns.microsoft.com/photo/1.2/t/RegionInfo#'"                                            \
	" xmlns:MPReg='http://ns.microsoft.com/photo/1.2/t/Region#'"                                               \
	" xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/'"                                     \
	" xmlns:Iptc4xmpExt='http://iptc.org/std/Iptc4xmpExt/2008-02-29/'"                                         \
	" xmlns:GCamera='http://ns.google.com/photos/1.0/camera/'"                                                 \
	" xmlns:Container='http://ns.google.com/photos/1.0/container/'"                                            \
	" xmlns:Item='http://ns.google.com/photos/1.0/container/item/' xmlns:q='http://example.com/q/'"
#define END "</rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
#define ELEMENTS(body) BEGIN "<rdf:Description" NAMES ">" body "</rdf:Description>" END
#define ATTRIBUTES(list) BEGIN "<rdf:Description" NAMES " " list "/>" END

static struct reader_worker *worker;
static struct media_info info;
static struct buf tags;

/* Reads a packet in pieces of that many bytes, each in a malloc of its exact size. */
static void
read_pieces(const char *bytes, size_t len, size_t piece, enum media_origin origin)
{
	struct fail why;
	size_t at, n;
	char *p;

	media_clear(&info);
	info.origin = origin;
	if (info.tags != NULL)
		tags_begin(&(struct reader){.worker = worker, .info = &info});
	xmp_file_begin(worker);
	if (xmp_begin(&(struct reader){.worker = worker, .info = &info, .why = &why}) == -1)
		abort();
	for (at = 0; at < len; at += n) {
		n = len - at < piece ? len - at : piece;
		p = tap_exact(bytes + at, n);
		xmp_add(worker, p, n);
		free(p);
	}
	xmp_end(worker);
}

/* Reads a packet as files have it. */
static void
read_whole(const char *bytes, size_t len)
{
	struct src *src = src_new();
	char *exact = tap_exact(bytes, len);
	struct fail why;
	struct reader r = {.src = src, .worker = worker, .info = &info, .why = &why};

	media_clear(&info);
	xmp_file_begin(worker);
	src_open_memory(src, (const uint8_t *)exact, len);
	xmp_read(&r, 0, len);
	if (r.failed)
		abort();
	src_free(src);
	free(exact);
}

static void
read_packet(const char *text)
{
	read_pieces(text, strlen(text), strlen(text), MEDIA_FROM_CONTAINER);
}

/* What a field or date holds; the items of a list with '|' between them. */
static const char *
got(int what, bool is_date)
{
	static char all[4096];
	size_t i, n = 0;

	if (is_date)
		return made_date(&info.date[what].when);
	if (info.field[what].kind != MEDIA_LIST)
		return made_field(&info, (enum media_field)what);
	all[0] = '\0';
	for (i = 0; i < info.nitems; i++) {
		if ((int)info.item[i].field == what)
			n += (size_t)snprintf(all + n, sizeof all - n, "%s%.*s", n > 0 ? "|" : "",
			    (int)info.item[i].len, info.text.p + info.item[i].at);
	}
	return all;
}

enum { FIELD, DATE };

static const struct {
	const char *name, *packet;
	int kind, what;
	const char *want;
} rows[] = {
    {"an attribute", ATTRIBUTES("tiff:Make='Canon'"), FIELD, MEDIA_MAKE, "Canon"},
    {"an element", ELEMENTS("<tiff:Model> EOS 5D \n</tiff:Model>"), FIELD, MEDIA_MODEL, "EOS 5D"},
    {"another prefix", BEGIN "<rdf:Description xmlns:t='http://ns.adobe.com/tiff/1.0/' t:Make='Canon'/>" END, FIELD,
	MEDIA_MAKE, "Canon"},
    {"another namespace", BEGIN "<rdf:Description xmlns:tiff='http://example.com/' tiff:Make='Canon'/>" END, FIELD,
	MEDIA_MAKE, ""},
    {"without x:xmpmeta",
	"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description" NAMES
	" tiff:Make='Canon'/></rdf:RDF>",
	FIELD, MEDIA_MAKE, "Canon"},
    {"two descriptions",
	BEGIN "<rdf:Description" NAMES " tiff:Model='a'/><rdf:Description" NAMES " tiff:Make='Canon'/>" END, FIELD,
	MEDIA_MAKE, "Canon"},
    {"the first of two stays",
	ATTRIBUTES("tiff:Make='Canon'><tiff:Make>Nikon</tiff:Make></rdf:Description><rdf:Description"), FIELD,
	MEDIA_MAKE, "Canon"},
    {"characters", ATTRIBUTES("tiff:Make='R&amp;D &#x41;&#233; \xc3\xbc'"), FIELD, MEDIA_MAKE,
	"R&D A\xc3\xa9 \xc3\xbc"},
    {"CDATA", ELEMENTS("<tiff:Make><![CDATA[A<B]]>&gt;C</tiff:Make>"), FIELD, MEDIA_MAKE, "A<B>C"},
    {"comments", ELEMENTS("<!-- <tiff:Make>no</tiff:Make> --><tiff:Make>A<!-- x -->B</tiff:Make>"), FIELD, MEDIA_MAKE,
	"AB"},
    {"instructions", ELEMENTS("<?x <tiff:Make>no</tiff:Make> ?><tiff:Make>A<?y z?>B</tiff:Make>"), FIELD, MEDIA_MAKE,
	"AB"},
    {"the other quotes, with > and /> inside", ATTRIBUTES("tiff:Model=\"a'>b/>c\" tiff:Make='x\">y'"), FIELD,
	MEDIA_MAKE, "x\">y"},
    {"blanks around =", ATTRIBUTES("tiff:Model = 'a'\n\ttiff:Make\n=\n'Canon' "), FIELD, MEDIA_MAKE, "Canon"},
    {"a qualified value",
	ELEMENTS("<tiff:Make rdf:parseType='Resource'><q:x>no</q:x><rdf:value>Canon</rdf:value></tiff:Make>"), FIELD,
	MEDIA_MAKE, "Canon"},
    {"a qualified value in a node",
	ELEMENTS("<tiff:Make><rdf:Description q:x='no'><rdf:value>Canon</rdf:value></rdf:Description></tiff:Make>"),
	FIELD, MEDIA_MAKE, "Canon"},
    {"a qualified value in attributes", ELEMENTS("<tiff:Make rdf:value='Canon' q:x='no'/>"), FIELD, MEDIA_MAKE,
	"Canon"},
    {"a property within another one is not the resource's",
	ELEMENTS("<q:derived rdf:parseType='Resource'><tiff:Make>no</tiff:Make></q:derived><q:d tiff:Make='no'/>"),
	FIELD, MEDIA_MAKE, ""},

    {"alternatives: the default",
	ELEMENTS("<dc:title><rdf:Alt><rdf:li xml:lang='de'>Deutsch</rdf:li><rdf:li "
		 "xml:lang='x-default'>Any</rdf:li></rdf:Alt></dc:title>"),
	FIELD, MEDIA_TITLE, "Any"},
    {"alternatives: the first",
	ELEMENTS("<dc:title><rdf:Alt><rdf:li xml:lang='de'>Deutsch</rdf:li><rdf:li "
		 "xml:lang='fr'>non</rdf:li></rdf:Alt></dc:title>"),
	FIELD, MEDIA_TITLE, "Deutsch"},
    {"alternatives: an empty default",
	ELEMENTS(
	    "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'/><rdf:li xml:lang='fr'>oui</rdf:li></rdf:Alt></dc:title>"),
	FIELD, MEDIA_TITLE, "oui"},
    {"a title without alternatives", ELEMENTS("<dc:title>plain</dc:title>"), FIELD, MEDIA_TITLE, "plain"},
    {"description before the camera's", ATTRIBUTES("tiff:ImageDescription='OLYMPUS' dc:description='words'"), FIELD,
	MEDIA_DESCRIPTION, "words"},
    {"description of the camera", ATTRIBUTES("exif:UserComment='c' tiff:ImageDescription='d'"), FIELD,
	MEDIA_DESCRIPTION, "d"},
    {"creators", ELEMENTS("<dc:creator><rdf:Seq><rdf:li>Ann</rdf:li><rdf:li>Bob</rdf:li></rdf:Seq></dc:creator>"),
	FIELD, MEDIA_ARTIST, "Ann, Bob"},
    {"rights", ELEMENTS("<dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>me</rdf:li></rdf:Alt></dc:rights>"), FIELD,
	MEDIA_COPYRIGHT, "me"},
    {"software before the tool", ATTRIBUTES("xmp:CreatorTool='tool' tiff:Software='1.0'"), FIELD, MEDIA_SOFTWARE,
	"1.0"},
    {"the tool", ATTRIBUTES("xmp:CreatorTool='tool'"), FIELD, MEDIA_SOFTWARE, "tool"},
    {"the name before the import", ATTRIBUTES("xmpMM:PreservedFileName='DSC1.NEF'"), FIELD, MEDIA_ORIGINAL_NAME,
	"DSC1.NEF"},
    {"burst", ATTRIBUTES("GCamera:BurstID='uuid'"), FIELD, MEDIA_BURST_ID, "uuid"},

    {"keywords",
	ELEMENTS(
	    "<dc:subject><rdf:Bag><rdf:li>a</rdf:li><rdf:li>b c</rdf:li><rdf:li>a</rdf:li></rdf:Bag></dc:subject>"),
	FIELD, MEDIA_KEYWORDS, "a|b c"},
    {"keywords and their hierarchy",
	ELEMENTS("<lr:hierarchicalSubject><rdf:Bag><rdf:li>x|y</rdf:li></rdf:Bag></"
		 "lr:hierarchicalSubject><dc:subject><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag></dc:subject>"),
	FIELD, MEDIA_KEYWORDS, "a"},
    {"a hierarchy alone",
	ELEMENTS("<lr:hierarchicalSubject><rdf:Bag><rdf:li>x|y/z</rdf:li></rdf:Bag></"
		 "lr:hierarchicalSubject><digiKam:TagsList><rdf:Seq><rdf:li>p/q</rdf:li><rdf:li>r</rdf:li></rdf:Seq></"
		 "digiKam:TagsList>"),
	FIELD, MEDIA_KEYWORDS, "y/z|q|r"},
    {"faces",
	ELEMENTS(
	    "<mwg-rs:Regions rdf:parseType='Resource'><mwg-rs:RegionList><rdf:Bag>"
	    "<rdf:li><rdf:Description mwg-rs:Type='Pet' mwg-rs:Name='Rex'/></rdf:li>"
	    "<rdf:li rdf:parseType='Resource'><mwg-rs:Name>Ann</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type></rdf:li>"
	    "<rdf:li><rdf:Description mwg-rs:Name='Focus' mwg-rs:Type='Focus'/></rdf:li>"
	    "<rdf:li mwg-rs:Type='Face' mwg-rs:Name='Bob'/><rdf:li mwg-rs:Name='?'/>"
	    "</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"),
	FIELD, MEDIA_PEOPLE, "Ann|Bob"},
    {"no face at all",
	ELEMENTS("<mwg-rs:Regions><rdf:Description><mwg-rs:RegionList><rdf:Bag><rdf:li mwg-rs:Name='Focus' "
		 "mwg-rs:Type='Focus'/></rdf:Bag></mwg-rs:RegionList></rdf:Description></mwg-rs:Regions>"),
	FIELD, MEDIA_PEOPLE, ""},
    {"people of other schemes, once each",
	ELEMENTS("<MP:RegionInfo rdf:parseType='Resource'><MPRI:Regions><rdf:Bag><rdf:li "
		 "MPReg:PersonDisplayName='Ann'/><rdf:li MPReg:Rectangle='0'/></rdf:Bag></MPRI:Regions></MP:RegionInfo>"
		 "<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Ann</rdf:li><rdf:li>Eve</rdf:li></rdf:Bag></"
		 "Iptc4xmpExt:PersonInImage>"),
	FIELD, MEDIA_PEOPLE, "Ann|Eve"},

    {"rating", ATTRIBUTES("xmp:Rating='4'"), FIELD, MEDIA_RATING, "4"},
    {"rating: none", ATTRIBUTES("xmp:Rating='0'"), FIELD, MEDIA_RATING, "0"},
    {"rating: rejected", ATTRIBUTES("xmp:Rating='-1'"), FIELD, MEDIA_RATING, "-1"},
    {"rating: no number", ATTRIBUTES("xmp:Rating='five'"), FIELD, MEDIA_RATING, ""},
    {"rating: too many", ATTRIBUTES("xmp:Rating='6'"), FIELD, MEDIA_RATING, ""},
    {"rating: percent", ATTRIBUTES("MicrosoftPhoto:Rating='75'"), FIELD, MEDIA_RATING, "4"},
    {"rating: 99 percent", ATTRIBUTES("MicrosoftPhoto:Rating='99'"), FIELD, MEDIA_RATING, "5"},
    {"rating: no percent", ATTRIBUTES("MicrosoftPhoto:Rating='0'"), FIELD, MEDIA_RATING, ""},
    {"rating: one percent", ATTRIBUTES("MicrosoftPhoto:Rating='1'"), FIELD, MEDIA_RATING, "1"},
    {"rating: stars before percent", ATTRIBUTES("MicrosoftPhoto:Rating='99' xmp:Rating='2'"), FIELD, MEDIA_RATING, "2"},

    {"exposure", ATTRIBUTES("exif:ExposureTime='1/125'"), FIELD, MEDIA_EXPOSURE, "0.008"},
    {"exposure: decimal", ATTRIBUTES("exif:ExposureTime=' 0.5 '"), FIELD, MEDIA_EXPOSURE, "0.5"},
    {"exposure: zero", ATTRIBUTES("exif:ExposureTime='0/1'"), FIELD, MEDIA_EXPOSURE, ""},
    {"exposure: by zero", ATTRIBUTES("exif:ExposureTime='1/0'"), FIELD, MEDIA_EXPOSURE, ""},
    {"exposure: infinite", ATTRIBUTES("exif:ExposureTime='1e999'"), FIELD, MEDIA_EXPOSURE, ""},
    {"exposure: no number", ATTRIBUTES("exif:ExposureTime='0x10'"), FIELD, MEDIA_EXPOSURE, ""},
    {"f-number", ATTRIBUTES("exif:FNumber='28/10'"), FIELD, MEDIA_F_NUMBER, "2.8"},
    {"ISO: the first of several",
	ELEMENTS(
	    "<exif:ISOSpeedRatings><rdf:Seq><rdf:li>200</rdf:li><rdf:li>0</rdf:li></rdf:Seq></exif:ISOSpeedRatings>"),
	FIELD, MEDIA_ISO, "200"},
    {"ISO: Exif 2.3", ATTRIBUTES("exifEX:PhotographicSensitivity='400'"), FIELD, MEDIA_ISO, "400"},
    {"focal length", ATTRIBUTES("exif:FocalLength='425/100' exif:FocalLengthIn35mmFilm='26'"), FIELD, MEDIA_FOCAL,
	"4.25"},
    {"focal length, 35 mm", ATTRIBUTES("exif:FocalLengthIn35mmFilm='26'"), FIELD, MEDIA_FOCAL35, "26"},
    {"lens", ATTRIBUTES("aux:Lens='a' exifEX:LensModel='b'"), FIELD, MEDIA_LENS, "b"},
    {"lens: older", ATTRIBUTES("aux:Lens='a'"), FIELD, MEDIA_LENS, "a"},
    {"serial", ATTRIBUTES("aux:SerialNumber='1' exifEX:BodySerialNumber='2'"), FIELD, MEDIA_SERIAL, "2"},
    {"serial: older", ATTRIBUTES("aux:SerialNumber='1'"), FIELD, MEDIA_SERIAL, "1"},
    {"orientation", ATTRIBUTES("tiff:Orientation='6'"), FIELD, MEDIA_ORIENTATION, "6"},
    {"orientation: none", ATTRIBUTES("tiff:Orientation='9'"), FIELD, MEDIA_ORIENTATION, ""},
    {"flash",
	ELEMENTS(
	    "<exif:Flash rdf:parseType='Resource'><exif:Fired>True</exif:Fired><exif:Mode>1</exif:Mode></exif:Flash>"),
	FIELD, MEDIA_FLASH, "true"},
    {"flash: in a node", ELEMENTS("<exif:Flash><rdf:Description exif:Fired='False'/></exif:Flash>"), FIELD, MEDIA_FLASH,
	"false"},
    {"flash: attributes", ELEMENTS("<exif:Flash exif:Fired='True' exif:Mode='1'/>"), FIELD, MEDIA_FLASH, "true"},
    {"flash: a number", ATTRIBUTES("exif:Flash='16'"), FIELD, MEDIA_FLASH, "false"},

    {"latitude", ATTRIBUTES("exif:GPSLatitude='52,30.5N' exif:GPSLongitude='13,24W'"), FIELD, MEDIA_LAT,
	"52.508333333"},
    {"longitude", ATTRIBUTES("exif:GPSLatitude='52,30.5N' exif:GPSLongitude='13,24W'"), FIELD, MEDIA_LON, "-13.4"},
    {"latitude: seconds, south", ATTRIBUTES("exif:GPSLatitude='52,30,45S' exif:GPSLongitude='0,0E'"), FIELD, MEDIA_LAT,
	"-52.5125"},
    {"latitude: decimal", ATTRIBUTES("exif:GPSLatitude='-0.25' exif:GPSLongitude='1'"), FIELD, MEDIA_LAT, "-0.25"},
    {"longitude: direction apart",
	ATTRIBUTES("exif:GPSLatitude='1' exif:GPSLongitude='122.5' exif:GPSLongitudeRef='W'"), FIELD, MEDIA_LON,
	"-122.5"},
    {"latitude: 0, 0", ATTRIBUTES("exif:GPSLatitude='0,0N' exif:GPSLongitude='0,0E'"), FIELD, MEDIA_LAT, ""},
    {"latitude: 0, 0 with an altitude",
	ATTRIBUTES("exif:GPSLatitude='0,0N' exif:GPSLongitude='0,0E' exif:GPSAltitude='12/1'"), FIELD, MEDIA_LAT, "0"},
    {"latitude: 0, 0 with a time",
	ATTRIBUTES("exif:GPSLatitude='0,0N' exif:GPSLongitude='0,0E' exif:GPSTimeStamp='2024-05-01T10:20:30Z'"), FIELD,
	MEDIA_LAT, "0"},
    {"latitude: the equator", ATTRIBUTES("exif:GPSLatitude='0,0N' exif:GPSLongitude='10,0E'"), FIELD, MEDIA_LAT, "0"},
    {"latitude: without longitude", ATTRIBUTES("exif:GPSLatitude='52,30.5N'"), FIELD, MEDIA_LAT, ""},
    {"latitude: beyond the pole", ATTRIBUTES("exif:GPSLatitude='91,0N' exif:GPSLongitude='13,24W'"), FIELD, MEDIA_LAT,
	""},
    {"altitude", ATTRIBUTES("exif:GPSAltitude='125/10'"), FIELD, MEDIA_ALT, "12.5"},
    {"altitude: below the sea", ATTRIBUTES("exif:GPSAltitude='125/10' exif:GPSAltitudeRef='1'"), FIELD, MEDIA_ALT,
	"-12.5"},
    {"position's clock", ATTRIBUTES("exif:GPSTimeStamp='2024-05-01T12:00:00+02:00'"), FIELD, MEDIA_GPS_TIME,
	"2024-05-01T10:00:00Z"},

    {"date", ATTRIBUTES("exif:DateTimeOriginal='2024-05-01T12:00:00.12+02:00'"), DATE, MEDIA_DATE_XMP_ORIGINAL,
	"2024-05-01T12:00:00.12+02:00"},
    {"date: fraction and offset apart",
	ATTRIBUTES("exif:DateTimeOriginal='2024-05-01T12:00:00' exif:SubSecTimeOriginal='05' "
		   "exifEX:OffsetTimeOriginal='-03:30'"),
	DATE, MEDIA_DATE_XMP_ORIGINAL, "2024-05-01T12:00:00.05-03:30"},
    {"date: its own offset stays",
	ATTRIBUTES("exif:DateTimeOriginal='2024-05-01T12:00:00Z' exif:OffsetTimeOriginal='+01:00'"), DATE,
	MEDIA_DATE_XMP_ORIGINAL, "2024-05-01T12:00:00Z"},
    {"date: created", ATTRIBUTES("photoshop:DateCreated='1974'"), DATE, MEDIA_DATE_XMP_DATE_CREATED, "1974"},
    {"date: digitized", ATTRIBUTES("exif:DateTimeDigitized='2024-05-01T12:00:00'"), DATE, MEDIA_DATE_XMP_DIGITIZED,
	"2024-05-01T12:00:00"},
    {"date: of the resource", ATTRIBUTES("xmp:CreateDate='2024-05'"), DATE, MEDIA_DATE_XMP_CREATE, "2024-05"},
    {"date: blank", ATTRIBUTES("xmp:CreateDate='0000-00-00T00:00:00Z'"), DATE, MEDIA_DATE_XMP_CREATE, ""},
};

static void
says(const char *name, const char *how, int kind, int what, const char *want)
{
	const char *have = got(what, kind == DATE);

	tap_ok(strcmp(have, want) == 0, "%s, %s: %s", name, how, have);
}

/* ASCII and Latin-1's part of UTF-8, as UTF-16. */
static size_t
to_utf16(const char *text, bool big_endian, bool mark, char *out)
{
	const uint8_t *p = (const uint8_t *)strstr(text, "<x:xmpmeta");
	size_t n = 0;
	unsigned c;

	if (p == NULL)
		p = (const uint8_t *)text;
	for (c = mark ? 0xfeff : *p++; c != 0; c = *p != 0 ? *p++ : 0) {
		if (c == 0xc3)
			c = 0xc0 | (*p++ & 0x3f);
		out[n++] = (char)(big_endian ? c >> 8 : c);
		out[n++] = (char)(big_endian ? c : c >> 8);
	}
	return n;
}

static void
test_rows(void)
{
	static char wide[16384];
	size_t i, n;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *p = rows[i].packet;

		read_whole(p, strlen(p));
		says(rows[i].name, "as in a file", rows[i].kind, rows[i].what, rows[i].want);
		read_packet(p);
		says(rows[i].name, "whole", rows[i].kind, rows[i].what, rows[i].want);
		read_pieces(p, strlen(p), 1, MEDIA_FROM_CONTAINER);
		says(rows[i].name, "in bytes", rows[i].kind, rows[i].what, rows[i].want);
		n = to_utf16(p, false, true, wide);
		read_pieces(wide, n, 7, MEDIA_FROM_CONTAINER);
		says(rows[i].name, "UTF-16LE", rows[i].kind, rows[i].what, rows[i].want);
		n = to_utf16(p, true, false, wide);
		read_pieces(wide, n, n, MEDIA_FROM_CONTAINER);
		says(rows[i].name, "UTF-16BE without a mark", rows[i].kind, rows[i].what, rows[i].want);
		info.tags = &tags;
		read_packet(p);
		says(rows[i].name, "with tags", rows[i].kind, rows[i].what, rows[i].want);
		info.tags = NULL;
	}
}

/* With --all. */
static const struct {
	const char *name, *packet, *want;
} tag_rows[] = {
    {"values", ATTRIBUTES("tiff:Make='Canon' q:some='&quot;1&quot;'"),
	"\"XMP-tiff:Make\":\"Canon\",\"XMP-q:some\":\"\\\"1\\\"\""},
    {"a known namespace's usual prefix",
	BEGIN "<rdf:Description xmlns:t='http://ns.adobe.com/tiff/1.0/' t:Make='Canon'/>" END,
	"\"XMP-tiff:Make\":\"Canon\""},
    {"an array", ELEMENTS("<dc:subject><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag></dc:subject>"),
	"\"XMP-dc:subject\":[\"a\"]"},
    {"alternatives",
	ELEMENTS("<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>a</rdf:li><rdf:li "
		 "xml:lang='de-CH'>b</rdf:li></rdf:Alt></dc:title>"),
	"\"XMP-dc:title\":\"a\",\"XMP-dc:title-de-CH\":\"b\""},
    {"a structure",
	ELEMENTS("<exif:Flash rdf:parseType='Resource'><exif:Fired>True</exif:Fired><q:mode>1</q:mode></exif:Flash>"),
	"\"XMP-exif:FlashFired\":\"True\",\"XMP-exif:FlashMode\":\"1\""},
    {"an array of structures",
	ELEMENTS("<q:a><rdf:Seq><rdf:li q:x='1' q:y='2'/><rdf:li><rdf:Description q:x='3'/></rdf:li></rdf:Seq></q:a>"),
	"\"XMP-q:aX\":[\"1\",\"3\"],\"XMP-q:aY\":[\"2\"]"},
    {"structures in structures",
	ELEMENTS("<q:a rdf:parseType='Resource'><q:b "
		 "rdf:parseType='Resource'><q:c>1</q:c></q:b><q:d>2</q:d></q:a><q:e>3</q:e>"),
	"\"XMP-q:aBC\":\"1\",\"XMP-q:aD\":\"2\",\"XMP-q:e\":\"3\""},
    {"a qualified value", ELEMENTS("<q:a rdf:parseType='Resource'><rdf:value>1</rdf:value><q:why>2</q:why></q:a>"),
	"\"XMP-q:a\":\"1\",\"XMP-q:aWhy\":\"2\""},
    {"a resource", ELEMENTS("<q:a rdf:resource='http://example.com/'/>"), "\"XMP-q:a\":\"http://example.com/\""},
    {"nothing empty, nothing twice", ELEMENTS("<q:a/><q:b> </q:b><q:c>1</q:c><q:c>2</q:c>"), "\"XMP-q:c\":\"1\""},
};

static void
test_tags(void)
{
	size_t i;

	info.tags = &tags;
	for (i = 0; i < sizeof tag_rows / sizeof tag_rows[0]; i++) {
		read_packet(tag_rows[i].packet);
		tap_ok(
		    strcmp(buf_cstr(&tags), tag_rows[i].want) == 0, "tags: %s: %s", tag_rows[i].name, buf_cstr(&tags));
	}
	info.tags = NULL;
}

/* What is damaged, and what of it is read: a make, or "" for nothing. */
static const struct {
	const char *name, *packet, *make;
	int warning; /* 0: none */
	const char *part;
} damaged[] = {
    {"nothing", "", "", 0, ""},
    {"blanks and NULs only", " \n\t", "", 0, ""},
    {"no element", "hello", "", FAIL_FORMAT, "no XML element"},
    {"junk before it", "hello > \n" ATTRIBUTES("tiff:Make='Canon'"), "Canon", 0, ""},
    {"a declaration that is not at the beginning",
	" <?xml version='1.0' encoding='UTF-16'?>" ATTRIBUTES("tiff:Make='Canon'"), "Canon", 0, ""},
    {"junk behind it", ATTRIBUTES("tiff:Make='Canon'") "</x><<&", "Canon", 0, ""},
    {"cut in an element", BEGIN "<rdf:Description" NAMES "><tiff:Make>Canon</tiff:Make><tiff:Mod", "Canon",
	FAIL_TRUNCATED, "is cut off"},
    {"cut in a value", BEGIN "<rdf:Description" NAMES "><tiff:Make>Canon</tiff:Make><tiff:Model>EO", "Canon",
	FAIL_TRUNCATED, "is cut off"},
    {"cut before the end", BEGIN "<rdf:Description" NAMES " tiff:Make='Canon'/>", "Canon", FAIL_TRUNCATED,
	"is cut off"},
    {"an element that is not ended",
	BEGIN "<rdf:Description" NAMES "><tiff:Make>Canon</tiff:Make><tiff:Model>EOS</rdf:Description>" END, "Canon",
	FAIL_FORMAT, "mismatched tag"},
    {"a prefix without a namespace", ELEMENTS("<tiff:Make>Canon</tiff:Make><z:a/>"), "Canon", FAIL_FORMAT,
	"unbound prefix"},
    {"an entity that nobody declared", ELEMENTS("<tiff:Make>Canon</tiff:Make><q:a>&lol;</q:a>"), "Canon", FAIL_FORMAT,
	"undefined entity"},
    {"an entity bomb",
	"<!DOCTYPE r [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>" ELEMENTS("<tiff:Make>&b;</tiff:Make>"), "",
	FAIL_FORMAT, "document type"},
    {"an external document type", "<!DOCTYPE r SYSTEM 'file:///etc/passwd'>" ATTRIBUTES("tiff:Make='Canon'"), "",
	FAIL_FORMAT, "document type"},
    {"Latin-1, and control characters", ELEMENTS("<tiff:Make>Can\xf6n\x01</tiff:Make>"), "Can\xc3\xb6n", FAIL_VALUE,
	"characters"},
    {"half a character before a whole one", ELEMENTS("<tiff:Make>\xe2\x82\xc3\xb6\xe2</tiff:Make>"),
	"\xc3\xa2\xc2\x82\xc3\xb6\xc3\xa2", FAIL_VALUE, "characters"},
    {"no RDF", "<x:xmpmeta xmlns:x='adobe:ns:meta/'><a/></x:xmpmeta>", "", 0, ""},
    {"a date that is none", ELEMENTS("<tiff:Make>Canon</tiff:Make><xmp:CreateDate>yesterday</xmp:CreateDate>"), "Canon",
	FAIL_DATE, "xmp:xmp:CreateDate is not a date"},
    {"a position of nothing", ATTRIBUTES("tiff:Make='Canon' exif:GPSLatitude='0' exif:GPSLongitude='0'"), "Canon",
	FAIL_VALUE, "position of 0, 0"},
    {"a position that is none", ATTRIBUTES("tiff:Make='Canon' exif:GPSLatitude='here' exif:GPSLongitude='1,1E'"),
	"Canon", FAIL_VALUE, "position"},
};

static void
test_damage(void)
{
	size_t i, piece;

	for (i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
		for (piece = 0; piece <= 100000; piece += 1 + piece * 99998) {
			if (piece == 0)
				read_whole(damaged[i].packet, strlen(damaged[i].packet));
			else
				read_pieces(damaged[i].packet, strlen(damaged[i].packet), piece, MEDIA_FROM_CONTAINER);
			tap_ok(strcmp(made_field(&info, MEDIA_MAKE), damaged[i].make) == 0, "%s: %s", damaged[i].name,
			    made_field(&info, MEDIA_MAKE));
			tap_ok(damaged[i].warning == 0
				   ? info.nwarnings == 0
				   : made_warned(&info, (enum fail_code)damaged[i].warning, damaged[i].part),
			    "… %.*s", info.nwarnings > 0 ? (int)info.warning[0].len : 0,
			    info.nwarnings > 0 ? info.text.p + info.warning[0].at : "");
		}
	}
}

static void
repeat(struct buf *b, const char *text, size_t n)
{
	while (n-- > 0)
		buf_adds(b, text);
}

static void
test_limits(void)
{
	struct buf b = {0};

	buf_adds(&b, BEGIN "<rdf:Description" NAMES " tiff:Make='Canon'>");
	repeat(&b, "<q:a><rdf:Description>", 40);
	read_packet(b.p);
	tap_ok(made_warned(&info, FAIL_LIMIT, "64 deep"), "too deep");
	tap_ok(strcmp(made_field(&info, MEDIA_MAKE), "Canon") == 0, "… and what stood before");

	buf_clear(&b, 0);
	buf_adds(&b, BEGIN "<rdf:Description" NAMES "><dc:description>");
	repeat(&b, "\xc3\xbc", 40000);
	buf_adds(&b, "</dc:description><tiff:Make>Canon</tiff:Make></rdf:Description>" END);
	read_packet(b.p);
	tap_ok(made_warned(&info, FAIL_VALUE, "64 KiB") && info.field[MEDIA_DESCRIPTION].len == 65536,
	    "a long value is cut: %zu", info.field[MEDIA_DESCRIPTION].len);
	tap_ok(strcmp(made_field(&info, MEDIA_MAKE), "Canon") == 0, "… and what stands behind it is read");

	buf_clear(&b, 0);
	buf_adds(&b, BEGIN "<rdf:Description" NAMES "><tiff:Make>Canon</tiff:Make><tiff:Model>");
	repeat(&b, "AAAAAAAAAAAAAA\xc3\xbc&#x41;", 200000);
	buf_adds(&b, "</tiff:Model><q:data q:x='");
	repeat(&b, "AAAAAAAAAAAAAAA&amp;", 200000);
	read_pieces(b.p, b.len, 10000, MEDIA_FROM_CONTAINER);
	tap_ok(info.field[MEDIA_MODEL].len > 65000 && made_warned(&info, FAIL_VALUE, "64 KiB"),
	    "megabytes in one element: %zu are kept", info.field[MEDIA_MODEL].len);
	tap_ok(strcmp(made_field(&info, MEDIA_MAKE), "Canon") == 0 && made_warned(&info, FAIL_LIMIT, "512 KiB"),
	    "megabytes in one attribute");

	buf_clear(&b, 0);
	buf_adds(&b, BEGIN "<rdf:Description" NAMES "><dc:subject><rdf:Bag>");
	for (int i = 0; i < 2000; i++)
		buf_addf(&b, "<rdf:li>%d</rdf:li>", i);
	buf_adds(&b, "</rdf:Bag></dc:subject><tiff:Make>Canon</tiff:Make></rdf:Description>" END);
	read_packet(b.p);
	tap_ok(
	    info.nitems == MEDIA_ITEMS_MAX && made_warned(&info, FAIL_LIMIT, "XMP has more than"), "too many values");
	tap_ok(strcmp(made_field(&info, MEDIA_MAKE), "Canon") == 0, "… of one property leave room for the others");
	buf_fini(&b);
}

/* Origins: a sidecar's values stand before the file's words, behind its camera's. */
static void
test_origins(void)
{
	const char *packet =
	    ATTRIBUTES("tiff:Make='Canon' dc:title='t' exif:DateTimeOriginal='2024-05-01' "
		       "photoshop:DateCreated='2023' exif:DateTimeDigitized='2022' xmp:CreateDate='2021'");

	read_pieces(packet, strlen(packet), 1000, MEDIA_FROM_SIDECAR);
	tap_ok(
	    info.field[MEDIA_TITLE].origin == MEDIA_FROM_SIDECAR && info.origin == MEDIA_FROM_SIDECAR, "of a sidecar");
	tap_ok(strcmp(got(MEDIA_DATE_SIDECAR_ORIGINAL, true), "2024-05-01") == 0 &&
		   strcmp(got(MEDIA_DATE_SIDECAR_DATE_CREATED, true), "2023") == 0 &&
		   strcmp(got(MEDIA_DATE_SIDECAR_DIGITIZED, true), "2022") == 0 &&
		   strcmp(got(MEDIA_DATE_SIDECAR_CREATE, true), "2021") == 0,
	    "… with dates of its own");
	read_packet(packet);
	tap_ok(info.field[MEDIA_TITLE].origin == MEDIA_FROM_XMP && info.origin == MEDIA_FROM_CONTAINER, "of a file");
}

static const struct {
	const char *name, *packet;
	bool present;
	uint64_t length;
} films[] = {
    {"none", ATTRIBUTES("tiff:Make='Google' GCamera:MotionPhoto='0'"), false, 0},
    {"the old way", ATTRIBUTES("GCamera:MicroVideo='1' GCamera:MicroVideoOffset='1234567'"), true, 1234567},
    {"the new way",
	ELEMENTS("<Container:Directory><rdf:Seq><rdf:li rdf:parseType='Resource'><Container:Item "
		 "Item:Mime='image/jpeg' Item:Semantic='Primary' Item:Length='0'/></rdf:li>"
		 "<rdf:li rdf:parseType='Resource'><Container:Item Item:Length='7654321' "
		 "Item:Semantic='MotionPhoto'/></rdf:li></rdf:Seq></Container:Directory>"),
	true, 7654321},
    {"another item",
	ELEMENTS("<Container:Directory><rdf:Seq><rdf:li rdf:parseType='Resource'><Container:Item "
		 "Item:Semantic='GainMap' Item:Length='5'/></rdf:li></rdf:Seq></Container:Directory>"),
	false, 0},
};

static void
test_motion(void)
{
	struct xmp_motion m;
	size_t i;

	for (i = 0; i < sizeof films / sizeof films[0]; i++) {
		read_packet(films[i].packet);
		tap_ok(xmp_motion(worker, &m) == films[i].present && m.length_bytes == films[i].length,
		    "motion photo: %s: %llu", films[i].name, (unsigned long long)m.length_bytes);
	}
}

static void
test_file(void)
{
	const char *packet = ATTRIBUTES("tiff:Make='Canon'");
	struct buf b = {0};

	made_read((const uint8_t *)packet, strlen(packet), worker, &info);
	tap_ok(
	    info.type != NULL && strcmp(info.type, "xmp") == 0 && strcmp(made_field(&info, MEDIA_MAKE), "Canon") == 0,
	    "a sidecar read as a file");
	buf_adds(&b, packet);
	repeat(&b, "                                                                \n", 1 << 16);
	made_read((const uint8_t *)b.p, b.len, worker, &info);
	tap_ok(strcmp(made_field(&info, MEDIA_MAKE), "Canon") == 0 && info.nwarnings == 0, "padding costs nothing");
	buf_fini(&b);
}

int
main(void)
{
	if ((worker = reader_worker_new()) == NULL)
		abort();
	test_rows();
	test_tags();
	test_damage();
	test_limits();
	test_origins();
	test_motion();
	test_file();
	reader_worker_free(worker);
	media_fini(&info);
	buf_fini(&tags);
	return tap_done();
}
