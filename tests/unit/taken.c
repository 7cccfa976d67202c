/* The choice of the capture date. */
#include "media/taken.h"

#include "made.h"
#include "tap.h"

#define NOW 1764000000 /* November 2025 */

static struct taken_order order;

static void
use(const char *list)
{
	struct fail why;

	if (taken_parse(list, &order, &why) == -1)
		abort();
}

/* An order as text; a + behind a source: only where it has an offset. */
static const char *
order_text(const struct taken_rows *rows)
{
	static char text[8192];

	text[0] = '\0';
	for (size_t i = 0; i < rows->n; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s ", media_date_name(rows->row[i].source),
		    rows->row[i].zoned ? "+" : "");
	return text;
}

/* Whether the sources of `want` are in `order`, one behind the other; those of formats not named stand between. */
static bool
is_in_order(const char *rows, const char *want)
{
	size_t len;

	for (; *want != '\0'; want += len + 1) {
		len = strcspn(want, " ");
		while (strcspn(rows, " ") != len || memcmp(rows, want, len) != 0) {
			rows += strcspn(rows, " ");
			if (*rows++ == '\0')
				return false;
		}
	}
	return true;
}

#define SIDECAR                                                                                                   \
	"sidecar-xmp:exif:DateTimeOriginal sidecar-xmp:photoshop:DateCreated sidecar-xmp:exif:DateTimeDigitized " \
	"sidecar-xmp:xmp:CreateDate "
#define EXIF "exif:DateTimeOriginal exif:DateTimeDigitized "
#define COUNTED "quicktime:mvhd quicktime:mdhd quicktime:tkhd "
#define CONTAINER "png:CreationTime crw:CaptureTime quicktime:com.apple.quicktime.creationdate riff:IDIT " COUNTED
#define NAME "filename folder "
#define FILM_CONTAINER                                                                                                 \
	"quicktime:com.apple.quicktime.creationdate quicktime:UserData matroska:DATE_RECORDED+ h264:DateTimeOriginal " \
	"riff:IDIT matroska:DATE_RECORDED matroska:DateUTC asf:CreationDate riff:ICRD " COUNTED

static const struct {
	const char *list, *pictures, *films;
} lists[] = {
    {TAKEN_FROM_DEFAULT,
	"sidecar-xmp:exif:DateTimeOriginal sidecar-xmp:photoshop:DateCreated exif:DateTimeOriginal "
	"xmp:exif:DateTimeOriginal xmp:photoshop:DateCreated iptc:DateCreated exif:DateTimeDigitized "
	"xmp:exif:DateTimeDigitized xmp:xmp:CreateDate " CONTAINER NAME,
	"quicktime:com.apple.quicktime.creationdate xmp:exif:DateTimeOriginal+ xmp:photoshop:DateCreated+ "
	"xmp:exif:DateTimeDigitized+ xmp:xmp:CreateDate+ quicktime:UserData matroska:DATE_RECORDED+ "
	"xmp:exif:DateTimeOriginal h264:DateTimeOriginal riff:IDIT matroska:DATE_RECORDED " EXIF
	"matroska:DateUTC asf:CreationDate riff:ICRD " COUNTED
	"xmp:photoshop:DateCreated iptc:DateCreated xmp:exif:DateTimeDigitized xmp:xmp:CreateDate " SIDECAR NAME},
    {TAKEN_FROM_DEFAULT ",modified,mtime", CONTAINER NAME "exif:DateTime mtime ", COUNTED NAME "exif:DateTime mtime "},
    {"sidecar-xmp", SIDECAR, SIDECAR},
    {"exif,container", EXIF CONTAINER, "riff:IDIT " EXIF "matroska:DateUTC " COUNTED},
    {"container,exif", CONTAINER EXIF, FILM_CONTAINER EXIF},
    {"exif,sidecar-xmp", EXIF SIDECAR, EXIF SIDECAR},
    {"filename,exif", NAME EXIF, NAME EXIF},
    {"exif,mtime,modified", EXIF "mtime exif:DateTime ", EXIF "mtime exif:DateTime "},
};

/* Lists whose sources are all known here. */
static const struct {
	const char *list, *want;
} whole[] = {
    {"exif", EXIF},
    {"filename", NAME},
    {"modified", "exif:DateTime "},
    {"mtime", "mtime "},
    {"takeout", "takeout:photoTakenTime icloud:originalCreationDate "},
    {"mtime,filename,modified,exif", "mtime " NAME "exif:DateTime " EXIF},
};

/* Every source stands in the order once, and not only for dates with an offset. */
static bool
is_complete(const struct taken_rows *rows)
{
	bool had[MEDIA_DATE_SOURCES] = {false};
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++) {
		if (rows->row[i].zoned)
			continue;
		if (had[rows->row[i].source])
			return false;
		had[rows->row[i].source] = true;
		n++;
	}
	return n == MEDIA_DATE_SOURCES;
}

static void
test_lists(void)
{
	static const char *const bad[] = {
	    "", "exif,", ",exif", "exif,,mtime", "EXIF", "exif mtime", "exif,exif", "name"};
	struct fail why;

	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		use(lists[i].list);
		tap_ok(is_in_order(order_text(&order.pictures), lists[i].pictures), "--date-from=%s: %s", lists[i].list,
		    order_text(&order.pictures));
		tap_ok(is_in_order(order_text(&order.films), lists[i].films), "--date-from=%s for films: %s",
		    lists[i].list, order_text(&order.films));
	}
	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
		use(whole[i].list);
		tap_ok(strcmp(order_text(&order.pictures), whole[i].want) == 0, "--date-from=%s: %s", whole[i].list,
		    order_text(&order.pictures));
		tap_ok(strcmp(order_text(&order.films), whole[i].want) == 0, "--date-from=%s for films: %s",
		    whole[i].list, order_text(&order.films));
	}
	use(TAKEN_FROM_DEFAULT ",modified,mtime");
	tap_ok(is_complete(&order.pictures) && is_complete(&order.films), "every source has its place");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		tap_ok(taken_parse(bad[i], &order, &why) == -1 && why.code == FAIL_INPUT, "no list: \"%s\"", bad[i]);
}

struct given {
	enum media_date_source source;
	const char *text; /* behind a ? an instant that is UTC by the specification alone */
};

#define NONE            \
	{               \
		0, NULL \
	}

/* Dates that a file has, what is chosen, and what is kept beside it. */
static const struct {
	const char *what;
	struct given dates[4];
	const char *gps, *want, *others;
	enum media_basis basis;
} choices[] = {
    {"nothing", {NONE}, NULL, "", "", MEDIA_BASIS_LOCAL},
    {"one date", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}}, NULL, "2024-05-01T12:00:00", "",
	MEDIA_BASIS_LOCAL},
    {"two that agree",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_FILENAME, "2024-05-01T12:00:02"}}, NULL,
	"2024-05-01T12:00:00", "", MEDIA_BASIS_LOCAL},
    {"two that do not",
	{{MEDIA_DATE_FILENAME, "2024-05-01T12:00:03"}, {MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}}, NULL,
	"2024-05-01T12:00:00", "filename=2024-05-01T12:00:03 ", MEDIA_BASIS_LOCAL},
    {"a day that agrees", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_FILENAME, "2024-05-01"}},
	NULL, "2024-05-01T12:00:00", "", MEDIA_BASIS_LOCAL},
    {"a day that does not", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_FILENAME, "2024-05-02"}},
	NULL, "2024-05-01T12:00:00", "filename=2024-05-02 ", MEDIA_BASIS_LOCAL},
    {"a month and a year",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_FILENAME, "2024-05"},
	    {MEDIA_DATE_FOLDER, "2023"}},
	NULL, "2024-05-01T12:00:00", "folder=2023 ", MEDIA_BASIS_LOCAL},
    {"the same instant in two zones",
	{{MEDIA_DATE_QT_CREATIONDATE, "2024-05-01T12:00:00+02:00"}, {MEDIA_DATE_MVHD, "2024-05-01T10:00:01Z"}}, NULL,
	"2024-05-01T12:00:00+02:00", "", MEDIA_BASIS_ZONED},
    {"another instant",
	{{MEDIA_DATE_QT_CREATIONDATE, "2024-05-01T12:00:00+02:00"}, {MEDIA_DATE_MVHD, "2024-05-01T12:00:01Z"}}, NULL,
	"2024-05-01T12:00:00+02:00", "quicktime:mvhd=2024-05-01T12:00:01Z ", MEDIA_BASIS_ZONED},
    {"a local time that a zone explains",
	{{MEDIA_DATE_MVHD, "2024-05-01T10:00:00Z"}, {MEDIA_DATE_FILENAME, "2024-05-01T15:45:01"}}, NULL,
	"2024-05-01T10:00:00Z", "", MEDIA_BASIS_UTC},
    {"a local time that none explains",
	{{MEDIA_DATE_MVHD, "2024-05-01T10:00:00Z"}, {MEDIA_DATE_FILENAME, "2024-05-01T15:40:00"}}, NULL,
	"2024-05-01T10:00:00Z", "filename=2024-05-01T15:40:00 ", MEDIA_BASIS_UTC},
    {"a local time beside one with an offset",
	{{MEDIA_DATE_QT_CREATIONDATE, "2024-05-01T12:00:00+02:00"}, {MEDIA_DATE_FILENAME, "2024-05-01T12:00:00"}}, NULL,
	"2024-05-01T12:00:00+02:00", "", MEDIA_BASIS_ZONED},
    {"the day before, seen from UTC", {{MEDIA_DATE_MVHD, "2024-05-01T03:00:00Z"}, {MEDIA_DATE_FOLDER, "2024-04-30"}},
	NULL, "2024-05-01T03:00:00Z", "", MEDIA_BASIS_UTC},
    {"two days before", {{MEDIA_DATE_MVHD, "2024-05-01T03:00:00Z"}, {MEDIA_DATE_FOLDER, "2024-04-29"}}, NULL,
	"2024-05-01T03:00:00Z", "folder=2024-04-29 ", MEDIA_BASIS_UTC},
    {"one of two others that say the same",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_EXIF_DIGITIZED, "2025-01-01T00:00:00"},
	    {MEDIA_DATE_FILENAME, "2025-01-01"}},
	NULL, "2024-05-01T12:00:00", "exif:DateTimeDigitized=2025-01-01T00:00:00 ", MEDIA_BASIS_LOCAL},
    {"a Takeout's, where there is no other",
	{{MEDIA_DATE_TAKEOUT, "2024-05-01T10:00:00Z"}, {MEDIA_DATE_FILENAME, "2024-03-03"}}, NULL,
	"2024-05-01T10:00:00Z", "filename=2024-03-03 ", MEDIA_BASIS_UTC},
    {"a Takeout's that a zone explains",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_TAKEOUT, "2024-05-01T10:00:00Z"}}, NULL,
	"2024-05-01T12:00:00", "", MEDIA_BASIS_LOCAL},
    {"a Takeout's that is 15 hours away",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_TAKEOUT, "2024-05-02T03:00:00Z"}}, NULL,
	"2024-05-01T12:00:00", "takeout:photoTakenTime=2024-05-02T03:00:00Z ", MEDIA_BASIS_LOCAL},
    {"a Takeout's that is farther, which its owner set",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_TAKEOUT, "2024-05-02T03:00:01Z"}}, NULL,
	"2024-05-02T03:00:01Z", "exif:DateTimeOriginal=2024-05-01T12:00:00 ", MEDIA_BASIS_UTC},
    {"a Takeout's that is farther before",
	{{MEDIA_DATE_XMP_CREATE, "2024-05-01T12:00:00+02:00"}, {MEDIA_DATE_TAKEOUT, "2024-04-30T18:59:59Z"}}, NULL,
	"2024-04-30T18:59:59Z", "xmp:xmp:CreateDate=2024-05-01T12:00:00+02:00 ", MEDIA_BASIS_UTC},
    {"a Takeout's of a day that the file knows",
	{{MEDIA_DATE_IPTC_CREATED, "2024-05-01"}, {MEDIA_DATE_TAKEOUT, "2024-05-02T02:00:00Z"}}, NULL, "2024-05-01", "",
	MEDIA_BASIS_LOCAL},
    {"a Takeout's of another year than the file knows",
	{{MEDIA_DATE_IPTC_CREATED, "1974"}, {MEDIA_DATE_TAKEOUT, "1975-06-01T00:00:00Z"}}, NULL, "1975-06-01T00:00:00Z",
	"iptc:DateCreated=1974 ", MEDIA_BASIS_UTC},
    {"a Takeout's of a year that the file knows",
	{{MEDIA_DATE_IPTC_CREATED, "1974"}, {MEDIA_DATE_TAKEOUT, "1974-12-31T23:00:00Z"}}, NULL, "1974-12-31T23:00:00Z",
	"", MEDIA_BASIS_UTC},
    {"iCloud's that is farther",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_ICLOUD, "2020-05-02T03:00Z"}}, NULL,
	"2020-05-02T03:00Z", "exif:DateTimeOriginal=2024-05-01T12:00:00 ", MEDIA_BASIS_UTC},
    {"a Takeout's beside a sidecar, whose word is the last",
	{{MEDIA_DATE_SIDECAR_ORIGINAL, "2020-01-01T00:00:00"}, {MEDIA_DATE_TAKEOUT, "2024-05-01T10:00:00Z"}}, NULL,
	"2020-01-01T00:00:00", "takeout:photoTakenTime=2024-05-01T10:00:00Z ", MEDIA_BASIS_LOCAL},
    {"the future", {{MEDIA_DATE_EXIF_ORIGINAL, "2099-05-01T12:00:00"}, {MEDIA_DATE_FILENAME, "2024-05-01"}}, NULL,
	"2024-05-01", "", MEDIA_BASIS_LOCAL},
    {"a clock's zero",
	{{MEDIA_DATE_EXIF_ORIGINAL, "1970-01-01T00:00:00"}, {MEDIA_DATE_EXIF_DIGITIZED, "1904-01-01T00:00:00"},
	    {MEDIA_DATE_FILENAME, "2024"}},
	NULL, "2024", "", MEDIA_BASIS_LOCAL},
    {"an offset from GPS", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}}, "2024-05-01T09:59:20Z",
	"2024-05-01T12:00:00+02:00", "", MEDIA_BASIS_ZONED},
    {"an offset from GPS, west", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}}, "2024-05-01T15:30:00Z",
	"2024-05-01T12:00:00-03:30", "", MEDIA_BASIS_ZONED},
    {"an offset from GPS, of quarters", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}}, "2024-05-01T06:15:00Z",
	"2024-05-01T12:00:00+05:45", "", MEDIA_BASIS_ZONED},
    {"an offset from GPS, none", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}}, "2024-05-01T12:00:30Z",
	"2024-05-01T12:00:00+00:00", "", MEDIA_BASIS_ZONED},
    {"an offset from GPS, across midnight", {{MEDIA_DATE_EXIF_DIGITIZED, "2024-05-01T03:00:00"}},
	"2024-04-30T19:00:00Z", "2024-05-01T03:00:00+08:00", "", MEDIA_BASIS_ZONED},
    {"an old fix", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}}, "2024-05-01T03:33:00Z", "2024-05-01T12:00:00",
	"", MEDIA_BASIS_LOCAL},
    {"a very old fix", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}}, "2024-04-30T20:00:00Z",
	"2024-05-01T12:00:00", "", MEDIA_BASIS_LOCAL},
    {"an offset that is recorded", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00+03:00"}}, "2024-05-01T10:00:00Z",
	"2024-05-01T12:00:00+03:00", "", MEDIA_BASIS_ZONED},
    {"a name, which is no clock", {{MEDIA_DATE_FILENAME, "2024-05-01T12:00:00"}}, "2024-05-01T10:00:00Z",
	"2024-05-01T12:00:00", "", MEDIA_BASIS_LOCAL},
    {"an export, which is another clock", {{MEDIA_DATE_XMP_CREATE, "2024-05-01T12:00:00"}}, "2024-05-01T10:00:00Z",
	"2024-05-01T12:00:00", "", MEDIA_BASIS_LOCAL},
    {"an offset from GPS for XMP", {{MEDIA_DATE_XMP_ORIGINAL, "2024-05-01T12:00:00"}}, "2024-05-01T09:59:20Z",
	"2024-05-01T12:00:00+02:00", "", MEDIA_BASIS_ZONED},
    {"an offset from GPS for a sidecar", {{MEDIA_DATE_SIDECAR_DATE_CREATED, "2024-05-01T12:00"}},
	"2024-05-01T09:59:20Z", "2024-05-01T12:00+02:00", "", MEDIA_BASIS_ZONED},
    {"an offset from GPS for a container", {{MEDIA_DATE_PNG_CREATION, "2024-05-01T12:00:00"}}, "2024-05-01T09:59:20Z",
	"2024-05-01T12:00:00+02:00", "", MEDIA_BASIS_ZONED},
    {"no offset for a day", {{MEDIA_DATE_XMP_ORIGINAL, "2024-05-01"}}, "2024-05-01T00:00:00Z", "2024-05-01", "",
	MEDIA_BASIS_LOCAL},
    {"an offset from GPS, 14 hours", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}}, "2024-04-30T22:00:00Z",
	"2024-05-01T12:00:00+14:00", "", MEDIA_BASIS_ZONED},
    {"an offset from GPS, 12 hours west", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}}, "2024-05-02T00:00:00Z",
	"2024-05-01T12:00:00-12:00", "", MEDIA_BASIS_ZONED},
    {"GPS more than 15 hours away", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}}, "2024-04-30T19:00:00Z",
	"2024-05-01T12:00:00", "", MEDIA_BASIS_LOCAL},
    {"GPS whose clock was never set", {{MEDIA_DATE_EXIF_ORIGINAL, "1970-01-01T02:00:00"}}, "1970-01-01T00:00:00Z",
	"1970-01-01T02:00:00", "", MEDIA_BASIS_LOCAL},
    {"a derived offset settles what agrees",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_MVHD, "2024-05-01T10:00:00Z"},
	    {MEDIA_DATE_MDHD, "2024-05-01T11:00:00Z"}},
	"2024-05-01T10:00:00Z", "2024-05-01T12:00:00+02:00", "quicktime:mdhd=2024-05-01T11:00:00Z ", MEDIA_BASIS_ZONED},
    {"two seconds", {{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:02"}, {MEDIA_DATE_FILENAME, "2024-05-01T12:00:00"}},
	NULL, "2024-05-01T12:00:02", "", MEDIA_BASIS_LOCAL},
    {"a minute without seconds",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:59"}, {MEDIA_DATE_XMP_ORIGINAL, "2024-05-01T12:00"},
	    {MEDIA_DATE_XMP_CREATE, "2024-05-01T12:05"}},
	NULL, "2024-05-01T12:00:59", "xmp:xmp:CreateDate=2024-05-01T12:05 ", MEDIA_BASIS_LOCAL},
    {"corrections in a sidecar",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_SIDECAR_ORIGINAL, "2024-05-01T13:00:00"}}, NULL,
	"2024-05-01T13:00:00", "exif:DateTimeOriginal=2024-05-01T12:00:00 ", MEDIA_BASIS_LOCAL},
    {"a sidecar that repeats the second",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00.023+03:00"},
	    {MEDIA_DATE_SIDECAR_ORIGINAL, "2024-05-01T12:00:00"}},
	"2024-05-01T10:00:00Z", "2024-05-01T12:00:00.023+03:00", "", MEDIA_BASIS_ZONED},
    {"a sidecar that moves it by one",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00.023+03:00"},
	    {MEDIA_DATE_SIDECAR_ORIGINAL, "2024-05-01T12:00:01"}},
	NULL, "2024-05-01T12:00:01", "", MEDIA_BASIS_LOCAL},
    {"a sidecar that corrects the zone",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00.5+03:00"},
	    {MEDIA_DATE_SIDECAR_ORIGINAL, "2024-05-01T12:00:00.25+02:00"}},
	NULL, "2024-05-01T12:00:00.25+02:00", "exif:DateTimeOriginal=2024-05-01T12:00:00.5+03:00 ", MEDIA_BASIS_ZONED},
    {"what a name lends",
	{{MEDIA_DATE_SIDECAR_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_FILENAME, "2024-05-01T12:00:00.123"}}, NULL,
	"2024-05-01T12:00:00", "", MEDIA_BASIS_LOCAL},
    {"what Exif does not take from XMP",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_XMP_ORIGINAL, "2024-05-01T12:00:00.5+02:00"}},
	NULL, "2024-05-01T12:00:00", "", MEDIA_BASIS_LOCAL},
    {"a sidecar that knows only the day of the export",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_SIDECAR_CREATE, "2024-06-01T13:00:00"}}, NULL,
	"2024-05-01T12:00:00", "sidecar-xmp:xmp:CreateDate=2024-06-01T13:00:00 ", MEDIA_BASIS_LOCAL},
    {"a scan",
	{{MEDIA_DATE_EXIF_DIGITIZED, "2024-05-01T12:00:00"}, {MEDIA_DATE_XMP_DATE_CREATED, "1974-07"},
	    {MEDIA_DATE_IPTC_CREATED, "1974-07-05"}},
	NULL, "1974-07-05", "exif:DateTimeDigitized=2024-05-01T12:00:00 ", MEDIA_BASIS_LOCAL},
    {"a day beside a time",
	{{MEDIA_DATE_SIDECAR_DATE_CREATED, "2019-07-14"}, {MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56.5+02:00"}},
	NULL, "2019-07-14T12:20:56.5+02:00", "", MEDIA_BASIS_ZONED},
    {"a year beside a time", {{MEDIA_DATE_SIDECAR_ORIGINAL, "2019"}, {MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56"}},
	NULL, "2019-07-14T12:20:56", "", MEDIA_BASIS_LOCAL},
    {"another day beside a time",
	{{MEDIA_DATE_SIDECAR_DATE_CREATED, "2019-07-15"}, {MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56"}}, NULL,
	"2019-07-15", "exif:DateTimeOriginal=2019-07-14T12:20:56 ", MEDIA_BASIS_LOCAL},
    {"a year, a day, and a time",
	{{MEDIA_DATE_SIDECAR_ORIGINAL, "2019"}, {MEDIA_DATE_XMP_ORIGINAL, "2019-07-14"},
	    {MEDIA_DATE_FILENAME, "2019-07-14T12:20:56"}, {MEDIA_DATE_EXIF_DIGITIZED, "2019-09-14T12:20:56"}},
	NULL, "2019-07-14T12:20:56", "exif:DateTimeDigitized=2019-09-14T12:20:56 ", MEDIA_BASIS_LOCAL},
    {"a minute beside a second",
	{{MEDIA_DATE_SIDECAR_ORIGINAL, "2019-07-14T12:20+02:00"}, {MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56"}},
	NULL, "2019-07-14T12:20:56+02:00", "", MEDIA_BASIS_ZONED},
    {"another minute beside a second",
	{{MEDIA_DATE_SIDECAR_ORIGINAL, "2019-07-14T12:21"}, {MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56"}}, NULL,
	"2019-07-14T12:21", "", MEDIA_BASIS_LOCAL},
    {"the day of a modification, which is no capture",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14"}, {MEDIA_DATE_EXIF_MODIFIED, "2019-07-14T22:00:00"}}, NULL,
	"2019-07-14", "", MEDIA_BASIS_LOCAL},
    {"the instant in UTC beside the clock and its zone",
	{{MEDIA_DATE_SIDECAR_ORIGINAL, "2019-07-14T10:20:56Z"},
	    {MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56+02:00"}},
	NULL, "2019-07-14T12:20:56+02:00", "", MEDIA_BASIS_ZONED},
    {"the same with an offset of zero",
	{{MEDIA_DATE_SIDECAR_ORIGINAL, "2019-07-14T10:20:56+00:00"},
	    {MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56+02:00"}},
	NULL, "2019-07-14T12:20:56+02:00", "", MEDIA_BASIS_ZONED},
    {"the instant in UTC beside the clock alone",
	{{MEDIA_DATE_SIDECAR_ORIGINAL, "2019-07-14T10:20:56.25Z"}, {MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56"}},
	NULL, "2019-07-14T12:20:56.25+02:00", "", MEDIA_BASIS_ZONED},
    {"the instant to the minute beside the clock",
	{{MEDIA_DATE_SIDECAR_ORIGINAL, "2019-07-14T10:20Z"}, {MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56"}}, NULL,
	"2019-07-14T12:20:56+02:00", "", MEDIA_BASIS_ZONED},
    {"a Z behind the clock's own digits",
	{{MEDIA_DATE_SIDECAR_ORIGINAL, "2019-07-14T12:20:56Z"}, {MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56"}},
	NULL, "2019-07-14T12:20:56", "", MEDIA_BASIS_LOCAL},
    {"an instant in UTC that is another",
	{{MEDIA_DATE_SIDECAR_ORIGINAL, "2019-07-14T10:25:56Z"}, {MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56"}},
	NULL, "2019-07-14T10:25:56Z", "exif:DateTimeOriginal=2019-07-14T12:20:56 ", MEDIA_BASIS_UTC},
    {"an instant in UTC so far from the clock as no zone is",
	{{MEDIA_DATE_SIDECAR_ORIGINAL, "2019-07-14T12:35:56Z"}, {MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56"}},
	NULL, "2019-07-14T12:35:56Z", "exif:DateTimeOriginal=2019-07-14T12:20:56 ", MEDIA_BASIS_UTC},
    {"a day beside the next one in UTC",
	{{MEDIA_DATE_SIDECAR_DATE_CREATED, "2021-12-31"}, {MEDIA_DATE_FILENAME, "2022-01-01T03:00:00Z"}}, NULL,
	"2021-12-31", "", MEDIA_BASIS_LOCAL},
    {"a year beside the next one in UTC",
	{{MEDIA_DATE_SIDECAR_DATE_CREATED, "2021"}, {MEDIA_DATE_SAMSUNG_UTC, "2022-01-01T03:00:00Z"}}, NULL, "2021", "",
	MEDIA_BASIS_LOCAL},
    {"a day beside an instant of the same in UTC",
	{{MEDIA_DATE_SIDECAR_DATE_CREATED, "2022-01-01"}, {MEDIA_DATE_FILENAME, "2022-01-01T03:00:00Z"}}, NULL,
	"2022-01-01T03:00:00Z", "", MEDIA_BASIS_UTC},
    {"the camera's instant in UTC beside an editor's clock and zone",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T10:20:56.5Z"}, {MEDIA_DATE_XMP_ORIGINAL, "2019-07-14T12:20:56+02:00"}},
	NULL, "2019-07-14T12:20:56.5+02:00", "", MEDIA_BASIS_ZONED},
    {"an editor's computer in another zone than the camera",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56"}, {MEDIA_DATE_IPTC_CREATED, "2019-07-14T12:20:56+00:00"}},
	"2019-07-14T10:20:50Z", "2019-07-14T12:20:56+02:00", "iptc:DateCreated=2019-07-14T12:20:56+00:00 ",
	MEDIA_BASIS_ZONED},
    {"the zone of Greenwich, which a PNG's time has by its form",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56"}, {MEDIA_DATE_PNG_CREATION, "2019-07-14T12:20:56+00:00"}},
	NULL, "2019-07-14T12:20:56", "", MEDIA_BASIS_LOCAL},
    {"a zone that only the second of two dates of Exif has",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2019-07-14T12:20:56"}, {MEDIA_DATE_EXIF_DIGITIZED, "2019-07-14T12:20:56+02:00"}},
	NULL, "2019-07-14T12:20:56+02:00", "", MEDIA_BASIS_ZONED},
    {"the instant that Samsung appends",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_SAMSUNG_UTC, "2024-05-01T10:00:01.125Z"}}, NULL,
	"2024-05-01T12:00:00+02:00", "", MEDIA_BASIS_ZONED},
    {"… at Greenwich",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-01-01T12:00:00"}, {MEDIA_DATE_SAMSUNG_UTC, "2024-01-01T12:00:01.125Z"}}, NULL,
	"2024-01-01T12:00:00+00:00", "", MEDIA_BASIS_ZONED},
    {"… at night",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_SAMSUNG_UTC, "2024-05-01T10:00:15Z"}}, NULL,
	"2024-05-01T12:00:00+02:00", "samsung:Image_UTC_Data=2024-05-01T10:00:15Z ", MEDIA_BASIS_ZONED},
    {"… of another time",
	{{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}, {MEDIA_DATE_SAMSUNG_UTC, "2024-05-01T10:05:15Z"}}, NULL,
	"2024-05-01T12:00:00", "samsung:Image_UTC_Data=2024-05-01T10:05:15Z ", MEDIA_BASIS_LOCAL},
    {"… alone", {{MEDIA_DATE_SAMSUNG_UTC, "2024-05-01T10:00:01.125Z"}}, NULL, "2024-05-01T10:00:01.125Z", "",
	MEDIA_BASIS_UTC},
    {"a year", {{MEDIA_DATE_IPTC_CREATED, "1974"}, {MEDIA_DATE_EXIF_DIGITIZED, "2024-05-01T12:00:00"}}, NULL, "1974",
	"exif:DateTimeDigitized=2024-05-01T12:00:00 ", MEDIA_BASIS_LOCAL},
    {"the day of digitizing, for want of another",
	{{MEDIA_DATE_XMP_DIGITIZED, "2024-05-01T12:00:00"}, {MEDIA_DATE_XMP_CREATE, "2024-05-02T12:00:00"}}, NULL,
	"2024-05-01T12:00:00", "xmp:xmp:CreateDate=2024-05-02T12:00:00 ", MEDIA_BASIS_LOCAL},
    {"modification is no capture", {{MEDIA_DATE_EXIF_MODIFIED, "2024-05-01T12:00:00"}}, NULL, "", "",
	MEDIA_BASIS_LOCAL},
    {"before there were photographs",
	{{MEDIA_DATE_EXIF_ORIGINAL, "1825-12-31T12:00:00"}, {MEDIA_DATE_XMP_ORIGINAL, "1826"}}, NULL, "1826", "",
	MEDIA_BASIS_LOCAL},
    {"a header that may mean UTC", {{MEDIA_DATE_MVHD, "?2024-05-01T10:00:00Z"}}, NULL, "2024-05-01T10:00:00Z", "",
	MEDIA_BASIS_ASSUMED_UTC},
    {"a header that the position proves", {{MEDIA_DATE_MVHD, "?2024-05-01T10:00:00Z"}}, "2024-05-01T09:59:20Z",
	"2024-05-01T10:00:00Z", "", MEDIA_BASIS_UTC},
    {"a header that the position does not prove", {{MEDIA_DATE_MVHD, "?2024-05-01T10:00:00Z"}}, "2024-05-01T09:00:00Z",
	"2024-05-01T10:00:00Z", "", MEDIA_BASIS_ASSUMED_UTC},
};

/* The same for films. */
static const struct {
	const char *what;
	struct given dates[4];
	const char *want, *others;
	enum media_basis basis;
} films[] = {
    {"the phone's clock",
	{{MEDIA_DATE_MVHD, "2024-05-01T10:00:00Z"}, {MEDIA_DATE_XMP_CREATE, "2024-05-01T13:00:00+02:00"},
	    {MEDIA_DATE_QT_CREATIONDATE, "2024-05-01T12:00:00+02:00"}},
	"2024-05-01T12:00:00+02:00", "xmp:xmp:CreateDate=2024-05-01T13:00:00+02:00 ", MEDIA_BASIS_ZONED},
    {"zoned XMP before other tags with a zone",
	{{MEDIA_DATE_QT_USERDATA, "2024-05-01T12:00:00+02:00"}, {MEDIA_DATE_XMP_CREATE, "2024-05-01T13:00:00+02:00"}},
	"2024-05-01T13:00:00+02:00", "quicktime:UserData=2024-05-01T12:00:00+02:00 ", MEDIA_BASIS_ZONED},
    {"XMP without a zone behind the headers",
	{{MEDIA_DATE_XMP_CREATE, "2024-06-01T13:00:00"}, {MEDIA_DATE_MVHD, "2024-05-01T10:00:00Z"}},
	"2024-05-01T10:00:00Z", "xmp:xmp:CreateDate=2024-06-01T13:00:00 ", MEDIA_BASIS_UTC},
    {"an instant in XMP is no zone",
	{{MEDIA_DATE_XMP_CREATE, "2024-06-01T13:00:00Z"}, {MEDIA_DATE_MVHD, "2024-05-01T10:00:00Z"}},
	"2024-05-01T10:00:00Z", "xmp:xmp:CreateDate=2024-06-01T13:00:00Z ", MEDIA_BASIS_UTC},
    {"a zone before local time",
	{{MEDIA_DATE_RIFF_IDIT, "2024-05-01T10:00:00"}, {MEDIA_DATE_MATROSKA_TAG, "2024-05-01T13:00:00+02:00"}},
	"2024-05-01T13:00:00+02:00", "riff:IDIT=2024-05-01T10:00:00 ", MEDIA_BASIS_ZONED},
    {"AVCHD before headers", {{MEDIA_DATE_MVHD, "2024-05-01T10:00:00Z"}, {MEDIA_DATE_AVCHD, "2024-05-01T12:00:00"}},
	"2024-05-01T12:00:00+02:00", "", MEDIA_BASIS_ZONED},
    {"a day in user data beside a header's time",
	{{MEDIA_DATE_QT_USERDATA, "2024-05-01"}, {MEDIA_DATE_MVHD, "?2024-05-01T10:00:00Z"}}, "2024-05-01T10:00:00Z",
	"", MEDIA_BASIS_ASSUMED_UTC},
    {"a day in user data beside the header of a copy",
	{{MEDIA_DATE_QT_USERDATA, "2024-05-01"}, {MEDIA_DATE_MVHD, "?2024-05-09T10:00:00Z"}}, "2024-05-01",
	"quicktime:mvhd=2024-05-09T10:00:00Z ", MEDIA_BASIS_LOCAL},
    {"IDIT before Exif and the day of the file",
	{{MEDIA_DATE_RIFF_ICRD, "2024-06-01"}, {MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:05"},
	    {MEDIA_DATE_RIFF_IDIT, "2024-05-01T12:00:00"}},
	"2024-05-01T12:00:00", "exif:DateTimeOriginal=2024-05-01T12:00:05 riff:ICRD=2024-06-01 ", MEDIA_BASIS_LOCAL},
    {"Exif before headers",
	{{MEDIA_DATE_MVHD, "2024-05-01T10:10:00Z"}, {MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}},
	"2024-05-01T12:00:00", "quicktime:mvhd=2024-05-01T10:10:00Z ", MEDIA_BASIS_LOCAL},
    {"the film, the medium, the track",
	{{MEDIA_DATE_TKHD, "2024-05-03T10:00:00Z"}, {MEDIA_DATE_MDHD, "2024-05-02T10:00:00Z"},
	    {MEDIA_DATE_MVHD, "2024-05-01T10:00:00Z"}},
	"2024-05-01T10:00:00Z", "quicktime:mdhd=2024-05-02T10:00:00Z quicktime:tkhd=2024-05-03T10:00:00Z ",
	MEDIA_BASIS_UTC},
    {"a sidecar after headers, before the name",
	{{MEDIA_DATE_SIDECAR_ORIGINAL, "2024-05-02T10:00:00"}, {MEDIA_DATE_MVHD, "1904-01-01T00:00:00Z"},
	    {MEDIA_DATE_FILENAME, "2024-05-01T10:00:00"}},
	"2024-05-02T10:00:00", "filename=2024-05-01T10:00:00 ", MEDIA_BASIS_LOCAL},
    {"a header's instant beside the clock and the zone in a sidecar",
	{{MEDIA_DATE_MVHD, "?2020-01-01T01:30:00Z"}, {MEDIA_DATE_SIDECAR_ORIGINAL, "2019-12-31T22:00:00-03:30"}},
	"2019-12-31T22:00:00-03:30", "", MEDIA_BASIS_ZONED},
    {"… and an offset that says no more than UTC",
	{{MEDIA_DATE_MVHD, "2020-01-01T01:30:00Z"}, {MEDIA_DATE_SIDECAR_ORIGINAL, "2020-01-01T01:30:00+00:00"}},
	"2020-01-01T01:30:00Z", "", MEDIA_BASIS_UTC},
    {"a header that the zone of an edit does not prove",
	{{MEDIA_DATE_MVHD, "?2024-05-01T10:00:00Z"}, {MEDIA_DATE_EXIF_MODIFIED, "2024-05-01T12:00:00+02:00"}},
	"2024-05-01T10:00:00Z", "", MEDIA_BASIS_ASSUMED_UTC},
    {"a name", {{MEDIA_DATE_FILENAME, "2024-05-01T10:00:00"}, {MEDIA_DATE_FOLDER, "2023"}}, "2024-05-01T10:00:00",
	"folder=2023 ", MEDIA_BASIS_LOCAL},
};

static void
give(struct media_info *info, const struct given *dates, const char *gps)
{
	struct when w;

	media_clear(info);
	for (size_t i = 0; i < 4 && dates[i].text != NULL; i++) {
		const char *text = dates[i].text;
		bool assumed = *text == '?';

		if (!when_parse(text + assumed, strlen(text + assumed), &w))
			abort();
		media_set_date(info, dates[i].source, &w,
		    assumed                 ? MEDIA_BASIS_ASSUMED_UTC
		    : w.zone == WHEN_UTC    ? MEDIA_BASIS_UTC
		    : w.zone == WHEN_OFFSET ? MEDIA_BASIS_ZONED
					    : MEDIA_BASIS_LOCAL);
	}
	if (gps != NULL && !when_parse(gps, strlen(gps), &info->gps))
		abort();
}

static const char *
others_text(const struct media_info *info, const struct taken *t)
{
	static char text[1024];

	text[0] = '\0';
	for (size_t i = 0; i < t->nothers; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s=%s ", media_date_name(t->other[i]),
		    made_date(&info->date[t->other[i]].when));
	return text;
}

/* Chooses, and holds the choice against the text and the other dates that are wanted. */
static void
choose(struct media_info *info, const char *what, const char *want, const char *others, enum media_basis basis)
{
	struct taken t;

	taken_choose(info, &order, false, NOW, &t);
	tap_ok(strcmp(made_date(&t.when), want) == 0 && strcmp(others_text(info, &t), others) == 0 &&
		   (*want == '\0' || t.basis == basis),
	    "%s (%s %s; %s)", what, made_date(&t.when), *want == '\0' ? "" : taken_basis_name(t.basis),
	    others_text(info, &t));
}

static void
test_choices(struct media_info *info)
{
	use(TAKEN_FROM_DEFAULT);
	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
		give(info, choices[i].dates, choices[i].gps);
		choose(info, choices[i].what, choices[i].want, choices[i].others, choices[i].basis);
	}
	for (size_t i = 0; i < sizeof films / sizeof films[0]; i++) {
		give(info, films[i].dates, NULL);
		info->mime = "video/x-msvideo";
		choose(info, films[i].what, films[i].want, films[i].others, films[i].basis);
	}
}

/* The families as a list has them, for pictures and films alike. */
static void
test_ranked(struct media_info *info)
{
	static const struct given all[4] = {{MEDIA_DATE_MVHD, "?2024-05-01T10:00:00Z"},
	    {MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00+02:00"}, {MEDIA_DATE_SIDECAR_ORIGINAL, "2024-05-02"},
	    {MEDIA_DATE_EXIF_MODIFIED, "2024-05-03"}};

	give(info, all, NULL);
	info->mime = "video/mp4";
	use("container,exif");
	choose(info, "a header's instant, which Exif shows on the clock", "2024-05-01T12:00:00+02:00", "",
	    MEDIA_BASIS_ZONED);
	use("sidecar-xmp,modified,exif");
	choose(info, "a sidecar first", "2024-05-02",
	    "exif:DateTime=2024-05-03 exif:DateTimeOriginal=2024-05-01T12:00:00+02:00 ", MEDIA_BASIS_LOCAL);
	info->mime = "image/jpeg";
	use("modified,container");
	choose(info, "modification first", "2024-05-03", "quicktime:mvhd=2024-05-01T10:00:00Z ", MEDIA_BASIS_LOCAL);
	use(TAKEN_FROM_DEFAULT);
}

static void
test_warnings(struct media_info *info)
{
	static const char *const bad[] = {"2099-05-01T12:00:00", "2025-11-25T16:00:01", "1825-05-01", "1904-01-01",
	    "1904-01-01T00:00:00", "1970-01-01T00:00:00", "1970-01-01T00:00:00Z", "1904-01-01T00:00:00Z"};
	static const char *const good[] = {
	    "2025-11-25T16:00:00", "1826-05-01", "1904-01-01T00:00:01", "1970-01-01T00:00:01", "1970-01-01", "1904"};
	struct given one[4] = {{MEDIA_DATE_EXIF_ORIGINAL, NULL}, NONE};
	struct taken t;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		one[0].text = bad[i];
		give(info, one, NULL);
		taken_choose(info, &order, false, NOW, &t);
		tap_ok(t.when.precision == WHEN_NONE && made_warned(info, FAIL_DATE, "exif:DateTimeOriginal") &&
			   made_warned(info, FAIL_DATE, bad[i]),
		    "%s cannot be, and is told", bad[i]);
	}
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		one[0].text = good[i];
		give(info, one, NULL);
		taken_choose(info, &order, false, NOW, &t);
		tap_ok(t.when.precision != WHEN_NONE && info->nwarnings == 0, "%s can be", good[i]);
	}
	one[0].text = "2024-05-01T12:00:00";
	give(info, one, "2024-05-01T15:30:00Z");
	taken_choose(info, &order, false, NOW, &t);
	tap_ok(made_warned(info, FAIL_OFFSET, "-03:30"), "a derived offset is told");
}

static void
test_zone(struct media_info *info)
{
	struct taken t;

	if (!when_set_zone("Europe/Berlin")) {
		tap_ok(true, "--tz # skip no zone files");
		return;
	}
	give(info, (struct given[4]){{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}}, NULL);
	taken_choose(info, &order, true, NOW, &t);
	tap_ok(strcmp(made_date(&t.when), "2024-05-01T12:00:00+02:00") == 0 && t.basis == MEDIA_BASIS_LOCAL,
	    "a local time gets the zone's offset");
	give(info, (struct given[4]){{MEDIA_DATE_MVHD, "2024-01-01T23:30:00Z"}}, NULL);
	taken_choose(info, &order, true, NOW, &t);
	tap_ok(strcmp(made_date(&t.when), "2024-01-02T00:30:00+01:00") == 0 && t.basis == MEDIA_BASIS_UTC,
	    "UTC becomes the zone's time");
	give(info, (struct given[4]){{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00-05:00"}}, NULL);
	taken_choose(info, &order, true, NOW, &t);
	tap_ok(strcmp(made_date(&t.when), "2024-05-01T12:00:00-05:00") == 0, "an offset that is recorded stays");
	give(info,
	    (struct given[4]){{MEDIA_DATE_MVHD, "2024-01-01T23:30:00Z"}, {MEDIA_DATE_TKHD, "2024-01-01T23:30:00Z"}},
	    NULL);
	taken_choose(info, &order, true, NOW, &t);
	tap_ok(t.source == MEDIA_DATE_MVHD, "the zone makes no other source the better one (%s)",
	    media_date_name(t.source));
	give(info,
	    (struct given[4]){{MEDIA_DATE_SIDECAR_ORIGINAL, "2024-01-02"}, {MEDIA_DATE_MVHD, "2024-01-01T23:30:00Z"}},
	    NULL);
	taken_choose(info, &order, true, NOW, &t);
	tap_ok(strcmp(made_date(&t.when), "2024-01-02T00:30:00+01:00") == 0, "a day is one of the zone's");
	give(info,
	    (struct given[4]){{MEDIA_DATE_SIDECAR_ORIGINAL, "2024-01-01"}, {MEDIA_DATE_MVHD, "2024-01-01T23:30:00Z"}},
	    NULL);
	taken_choose(info, &order, true, NOW, &t);
	tap_ok(strcmp(made_date(&t.when), "2024-01-01") == 0, "… and another one stays");
	when_set_zone("UTC");
}

static void
test_names(struct media_info *info)
{
	static const char path[] = "2022/11/09/IMG_20240501_120000.jpg";
	struct timespec mtime = {.tv_sec = 1714557600, .tv_nsec = 500000000};

	use("exif");
	media_clear(info);
	taken_names(info, &order, slice_of(path), &mtime, NOW);
	tap_ok(info->date[MEDIA_DATE_FILENAME].when.precision == WHEN_NONE &&
		   info->date[MEDIA_DATE_MTIME].when.precision == WHEN_NONE,
	    "names and mtime are not asked unless listed");
	use("filename,mtime");
	taken_names(info, &order, slice_of(path), &mtime, NOW);
	tap_ok(strcmp(made_date(&info->date[MEDIA_DATE_FILENAME].when), "2024-05-01T12:00:00") == 0, "the name");
	tap_ok(strcmp(made_date(&info->date[MEDIA_DATE_FOLDER].when), "2022-11-09") == 0, "the folders");
	tap_ok(strcmp(made_date(&info->date[MEDIA_DATE_MTIME].when), "2024-05-01T10:00:00.5Z") == 0, "the mtime (%s)",
	    made_date(&info->date[MEDIA_DATE_MTIME].when));
}

int
main(void)
{
	struct media_info info = {0};

	test_lists();
	test_choices(&info);
	test_ranked(&info);
	test_warnings(&info);
	test_zone(&info);
	test_names(&info);
	tap_ok(strcmp(taken_basis_name(MEDIA_BASIS_ASSUMED_UTC), "assumed-utc") == 0, "the words for a basis");
	media_fini(&info);
	return tap_done();
}
