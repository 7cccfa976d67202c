/* Exif tags and what they become: one row for each rule, good values and values that mean nothing. */
#include "meta/exif/exif.h"

#include "made.h"
#include "tap.h"

#define DTO(text) ASCII(DIR_EXIF, 0x9003, text)
#define OK "2024:05:01 12:00:00"

/* One field from a few tags; want "" where nothing may be set. */
static const struct {
	const char *what;
	enum media_field field;
	const char *want;
	struct made_tag tags[4];
} fields[] = {
    {"make", MEDIA_MAKE, "Acme", {ASCII(DIR0, 0x10f, "Acme")}},
    {"make, padded with blanks and NULs", MEDIA_MAKE, "Acme", {BYTES(DIR0, 0x10f, T_ASCII, "  Acme  \0\0\0")}},
    {"make, with something behind its NUL", MEDIA_MAKE, "Acme", {BYTES(DIR0, 0x10f, T_ASCII, "Acme\0junk")}},
    {"make of blanks", MEDIA_MAKE, "", {ASCII(DIR0, 0x10f, "     ")}},
    {"make with control characters", MEDIA_MAKE, "", {ASCII(DIR0, 0x10f, "Ac\2me")}},
    {"make in Latin-1", MEDIA_MAKE, "Mod\xc3\xa8le", {ASCII(DIR0, 0x10f, "Mod\xe8le")}},
    {"make in UTF-8", MEDIA_MAKE, "Mod\xc3\xa8le", {ASCII(DIR0, 0x10f, "Mod\xc3\xa8le")}},
    {"make as a number", MEDIA_MAKE, "", {SHORT(DIR0, 0x10f, 7)}},
    {"the first of two makes", MEDIA_MAKE, "A", {ASCII(DIR0, 0x10f, "A"), ASCII(DIR0, 0x10f, "B")}},
    {"no make from the thumbnail's directory", MEDIA_MAKE, "", {ASCII(DIR1, 0x10f, "Acme")}},
    {"model", MEDIA_MODEL, "X-100", {ASCII(DIR0, 0x110, "X-100")}},
    {"software", MEDIA_SOFTWARE, "1.10", {ASCII(DIR0, 0x131, "1.10")}},
    {"lens", MEDIA_LENS, "50mm f/1.8", {ASCII(DIR_EXIF, 0xa434, "50mm f/1.8")}},
    {"serial number", MEDIA_SERIAL, "0012", {ASCII(DIR_EXIF, 0xa431, "0012")}},
    {"orientation", MEDIA_ORIENTATION, "8", {SHORT(DIR0, 0x112, 8)}},
    {"orientation 0", MEDIA_ORIENTATION, "", {SHORT(DIR0, 0x112, 0)}},
    {"orientation 9", MEDIA_ORIENTATION, "", {SHORT(DIR0, 0x112, 9)}},
    {"orientation as a rational", MEDIA_ORIENTATION, "", {RATIONAL(DIR0, 0x112, 3, 2)}},
    {"orientation of the thumbnail", MEDIA_ORIENTATION, "", {SHORT(DIR1, 0x112, 6)}},
    {"exposure", MEDIA_EXPOSURE, "0.008", {RATIONAL(DIR_EXIF, 0x829a, 1, 125)}},
    {"exposure not reduced", MEDIA_EXPOSURE, "0.008", {RATIONAL(DIR_EXIF, 0x829a, 10, 1250)}},
    {"exposure to the nanosecond", MEDIA_EXPOSURE, "0.016666667", {RATIONAL(DIR_EXIF, 0x829a, 1, 60)}},
    {"exposure of half a minute", MEDIA_EXPOSURE, "30", {RATIONAL(DIR_EXIF, 0x829a, 30, 1)}},
    {"exposure 0", MEDIA_EXPOSURE, "", {RATIONAL(DIR_EXIF, 0x829a, 0, 1)}},
    {"exposure 1/0", MEDIA_EXPOSURE, "", {RATIONAL(DIR_EXIF, 0x829a, 1, 0)}},
    {"exposure 0/0", MEDIA_EXPOSURE, "", {RATIONAL(DIR_EXIF, 0x829a, 0, 0)}},
    {"exposure below 0", MEDIA_EXPOSURE, "", {{DIR_EXIF, 0x829a, T_SRATIONAL, 1, NULL, {0xffffffff, 5}}}},
    {"exposure in IFD0", MEDIA_EXPOSURE, "0.5", {RATIONAL(DIR0, 0x829a, 1, 2)}},
    {"exposure in both", MEDIA_EXPOSURE, "0.25", {RATIONAL(DIR0, 0x829a, 1, 2), RATIONAL(DIR_EXIF, 0x829a, 1, 4)}},
    {"f-number", MEDIA_F_NUMBER, "2.8", {RATIONAL(DIR_EXIF, 0x829d, 28, 10)}},
    {"f-number 0", MEDIA_F_NUMBER, "", {RATIONAL(DIR_EXIF, 0x829d, 0, 10)}},
    {"ISO", MEDIA_ISO, "200", {SHORT(DIR_EXIF, 0x8827, 200)}},
    {"ISO as the first of two", MEDIA_ISO, "100", {{DIR_EXIF, 0x8827, T_SHORT, 2, NULL, {100, 0}}}},
    {"ISO 0", MEDIA_ISO, "", {SHORT(DIR_EXIF, 0x8827, 0)}},
    {"ISO too long for a short", MEDIA_ISO, "102400", {SHORT(DIR_EXIF, 0x8827, 65535), LONG(DIR_EXIF, 0x8832, 102400)}},
    {"ISO too long, told as ISO speed", MEDIA_ISO, "409600",
	{SHORT(DIR_EXIF, 0x8827, 65535), LONG(DIR_EXIF, 0x8833, 409600)}},
    {"ISO that has room", MEDIA_ISO, "400", {SHORT(DIR_EXIF, 0x8827, 400), LONG(DIR_EXIF, 0x8832, 102400)}},
    {"focal length", MEDIA_FOCAL, "4.25", {RATIONAL(DIR_EXIF, 0x920a, 17, 4)}},
    {"focal length 0", MEDIA_FOCAL, "", {RATIONAL(DIR_EXIF, 0x920a, 0, 1)}},
    {"focal length for 35 mm", MEDIA_FOCAL35, "28", {SHORT(DIR_EXIF, 0xa405, 28)}},
    {"focal length for 35 mm, unknown", MEDIA_FOCAL35, "", {SHORT(DIR_EXIF, 0xa405, 0)}},
    {"flash fired", MEDIA_FLASH, "true", {SHORT(DIR_EXIF, 0x9209, 0x19)}},
    {"flash did not fire", MEDIA_FLASH, "false", {SHORT(DIR_EXIF, 0x9209, 0x18)}},
    {"flash unknown", MEDIA_FLASH, "", {ASCII(DIR_EXIF, 0x9209, "on")}},
    {"description", MEDIA_DESCRIPTION, "A day", {ASCII(DIR0, 0x10e, "A day")}},
    {"artist", MEDIA_ARTIST, "Jo", {ASCII(DIR0, 0x13b, "Jo")}},
    {"copyright", MEDIA_COPYRIGHT, "Jo", {ASCII(DIR0, 0x8298, "Jo")}},
    {"copyright of both", MEDIA_COPYRIGHT, "Jo\nEd", {BYTES(DIR0, 0x8298, T_ASCII, "Jo \0Ed\0")}},
    {"copyright of the editor", MEDIA_COPYRIGHT, "Ed", {BYTES(DIR0, 0x8298, T_ASCII, " \0Ed\0")}},
    {"copyright of nobody", MEDIA_COPYRIGHT, "", {BYTES(DIR0, 0x8298, T_ASCII, " \0\0\0\0\0")}},
    {"rating", MEDIA_RATING, "4", {SHORT(DIR0, 0x4746, 4)}},
    {"rating 99", MEDIA_RATING, "", {SHORT(DIR0, 0x4746, 99)}},
    {"title", MEDIA_TITLE, "T\xc3\xa9", {BYTES(DIR0, 0x9c9b, T_BYTE, "T\0\xe9\0\0\0")}},
    {"comment in ASCII", MEDIA_DESCRIPTION, "hi", {BYTES(DIR_EXIF, 0x9286, T_UNDEF, "ASCII\0\0\0hi\0\0")}},
    {"comment behind a description", MEDIA_DESCRIPTION, "A day",
	{BYTES(DIR_EXIF, 0x9286, T_UNDEF, "ASCII\0\0\0hi\0\0"), ASCII(DIR0, 0x10e, "A day")}},
    {"latitude without longitude", MEDIA_LAT, "",
	{ASCII(DIR_GPS, 1, "N"), RATIONALS(DIR_GPS, 2, 3, 52, 1, 0, 1, 0, 1)}},
    {"altitude", MEDIA_ALT, "12.5", {RATIONAL(DIR_GPS, 6, 25, 2)}},
    {"altitude below the sea", MEDIA_ALT, "-12.5", {{DIR_GPS, 5, T_BYTE, 1, "\1", {0}}, RATIONAL(DIR_GPS, 6, 25, 2)}},
    {"altitude unknown", MEDIA_ALT, "", {RATIONAL(DIR_GPS, 6, 0, 0)}},
};

#define PLACE(n, e, ...)                                                \
	{                                                               \
		ASCII(DIR_GPS, 1, n), ASCII(DIR_GPS, 3, e), __VA_ARGS__ \
	}
#define LAT(...) RATIONALS(DIR_GPS, 2, 3, __VA_ARGS__)
#define LON(...) RATIONALS(DIR_GPS, 4, 3, __VA_ARGS__)

static const struct {
	const char *what, *lat, *lon;
	struct made_tag tags[7];
} places[] = {
    {"degrees, minutes, seconds", "52.5125", "13.5",
	PLACE("N", "E", LAT(52, 1, 30, 1, 45, 1), LON(13, 1, 30, 1, 0, 1))},
    {"minutes with a fraction", "-33.5125", "-70.5",
	PLACE("S", "W", LAT(33, 1, 3075, 100, 0, 1), LON(70, 1, 30, 1, 0, 1))},
    {"degrees with a fraction", "1.5", "2.5",
	PLACE("n", "e", RATIONALS(DIR_GPS, 2, 1, 3, 2), RATIONALS(DIR_GPS, 4, 1, 5, 2))},
    {"the equator", "0", "10", PLACE("N", "E", LAT(0, 1, 0, 1, 0, 1), LON(10, 1, 0, 1, 0, 1))},
    {"the meridian", "51", "0", PLACE("N", "E", LAT(51, 1, 0, 1, 0, 1), LON(0, 1, 0, 1, 0, 1))},
    {"nothing", "", "", PLACE("N", "E", LAT(0, 1, 0, 1, 0, 1), LON(0, 1, 0, 1, 0, 1))},
    {"nothing, to the south and west", "", "", PLACE("S", "W", LAT(0, 1, 0, 1, 0, 1), LON(0, 1, 0, 1, 0, 1))},
    {"zeros with an altitude", "0", "0",
	PLACE("N", "E", LAT(0, 1, 0, 1, 0, 1), LON(0, 1, 0, 1, 0, 1), RATIONAL(DIR_GPS, 6, 5, 1))},
    {"zeros with a time", "0", "0",
	PLACE("N", "E", LAT(0, 1, 0, 1, 0, 1), LON(0, 1, 0, 1, 0, 1), ASCII(DIR_GPS, 0x1d, "2024:05:01"),
	    RATIONALS(DIR_GPS, 7, 3, 10, 1, 20, 1, 30, 1))},
    {"the poles and the date line", "-90", "180", PLACE("S", "E", LAT(90, 1, 0, 1, 0, 1), LON(180, 1, 0, 1, 0, 1))},
    {"off the globe", "", "", PLACE("N", "E", LAT(90, 1, 1, 1, 0, 1), LON(0, 1, 0, 1, 0, 1))},
    {"no denominators", "", "", PLACE("N", "E", LAT(52, 0, 30, 0, 45, 0), LON(13, 1, 30, 1, 0, 1))},
    {"no hemisphere", "", "", PLACE("", "E", LAT(52, 1, 30, 1, 45, 1), LON(13, 1, 30, 1, 0, 1))},
    {"a hemisphere that is none", "", "", PLACE("X", "E", LAT(52, 1, 30, 1, 45, 1), LON(13, 1, 30, 1, 0, 1))},
    {"text", "", "", PLACE("N", "E", ASCII(DIR_GPS, 2, "52,0"), ASCII(DIR_GPS, 4, "13,0"))},
};

static const struct {
	const char *what, *want;
	enum media_date_source source;
	enum media_basis basis;
	struct made_tag tags[4];
} dates[] = {
    {"a local date", "2024-05-01T12:00:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL, {DTO(OK)}},
    {"with a fraction", "2024-05-01T12:00:00.07", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL,
	{DTO(OK), ASCII(DIR_EXIF, 0x9291, "07")}},
    {"with a padded fraction", "2024-05-01T12:00:00.7", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL,
	{DTO(OK), ASCII(DIR_EXIF, 0x9291, "7  ")}},
    {"with a fraction of blanks", "2024-05-01T12:00:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL,
	{DTO(OK), ASCII(DIR_EXIF, 0x9291, "   ")}},
    {"with a fraction that is none", "2024-05-01T12:00:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL,
	{DTO(OK), ASCII(DIR_EXIF, 0x9291, "7a")}},
    {"with eleven digits", "2024-05-01T12:00:00.123456789", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL,
	{DTO(OK), ASCII(DIR_EXIF, 0x9291, "12345678901")}},
    {"with an offset", "2024-05-01T12:00:00+02:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_ZONED,
	{DTO(OK), ASCII(DIR_EXIF, 0x9011, "+02:00")}},
    {"with an offset west of Greenwich", "2024-05-01T12:00:00-03:30", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_ZONED,
	{DTO(OK), ASCII(DIR_EXIF, 0x9011, "-03:30")}},
    {"with the general offset", "2024-05-01T12:00:00+05:45", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_ZONED,
	{DTO(OK), ASCII(DIR_EXIF, 0x9010, "+05:45")}},
    {"with both offsets", "2024-05-01T12:00:00+02:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_ZONED,
	{DTO(OK), ASCII(DIR_EXIF, 0x9010, "+05:45"), ASCII(DIR_EXIF, 0x9011, "+02:00")}},
    {"with a blank offset", "2024-05-01T12:00:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL,
	{DTO(OK), ASCII(DIR_EXIF, 0x9011, "   :  ")}},
    {"with an offset that is none", "2024-05-01T12:00:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL,
	{DTO(OK), ASCII(DIR_EXIF, 0x9011, "+99:00")}},
    {"with an offset of its own", "2024-05-01T12:00:00+01:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_ZONED,
	{DTO("2024-05-01T12:00:00+01:00"), ASCII(DIR_EXIF, 0x9011, "+02:00")}},
    {"in IFD0", "2024-05-01T12:00:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL, {ASCII(DIR0, 0x9003, OK)}},
    {"in both", "2024-05-01T12:00:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL,
	{ASCII(DIR0, 0x9003, "2020:01:01 00:00:00"), DTO(OK)}},
    {"in both, blank where it belongs", "2024-05-01T12:00:00+02:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_ZONED,
	{ASCII(DIR0, 0x9003, OK), DTO("    :  :     :  :  "), ASCII(DIR_EXIF, 0x9011, "+02:00")}},
    {"in both, zeros where it belongs", "2024-05-01T12:00:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL,
	{ASCII(DIR0, 0x9003, OK), DTO("0000:00:00 00:00:00")}},
    {"in both, none where it belongs", "2024-05-01T12:00:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL,
	{ASCII(DIR0, 0x9003, OK), DTO("yesterday")}},
    {"digitized in both, blank where it belongs", "2024-05-01T12:00:00", MEDIA_DATE_EXIF_DIGITIZED, MEDIA_BASIS_LOCAL,
	{ASCII(DIR0, 0x9004, OK), ASCII(DIR_EXIF, 0x9004, "                   ")}},
    {"with an offset as others spell it", "2024-05-01T12:00:00-05:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_ZONED,
	{DTO(OK), ASCII(DIR_EXIF, 0x9011, "-5:00")}},
    {"with an offset of four digits", "2024-05-01T12:00:00+05:45", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_ZONED,
	{DTO(OK), ASCII(DIR_EXIF, 0x9011, "+0545")}},
    {"with UTC's name", "2024-05-01T12:00:00Z", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_UTC,
	{DTO(OK), ASCII(DIR_EXIF, 0x9011, "UTC")}},
    {"with the clock's digits for an offset", "2024-05-01T12:00:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL,
	{DTO(OK), ASCII(DIR_EXIF, 0x9011, "+0120")}},
    {"with an offset of its own that is none, and the general one", "2024-05-01T12:00:00+02:00",
	MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_ZONED,
	{DTO(OK), ASCII(DIR_EXIF, 0x9011, "+00:60"), ASCII(DIR_EXIF, 0x9010, "+02:00")}},
    {"at 24 o'clock", "2024-05-01T00:10:00", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL, {DTO("2024:05:01 24:10:00")}},
    {"of twelve hours", "2024-05-01T19:10:07", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL,
	{DTO("2024:05:01 07:10:07pm")}},
    {"with rubbish behind", "2024-05-01T12:00:00.5", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL,
	{DTO("2024:05:01 12:00:00\xff"), ASCII(DIR_EXIF, 0x9291, "5")}},
    {"digitized", "2024-05-01T12:00:00.5+02:00", MEDIA_DATE_EXIF_DIGITIZED, MEDIA_BASIS_ZONED,
	{ASCII(DIR_EXIF, 0x9004, OK), ASCII(DIR_EXIF, 0x9292, "5"), ASCII(DIR_EXIF, 0x9012, "+02:00")}},
    {"modified", "2024-05-01T12:00:00.5+02:00", MEDIA_DATE_EXIF_MODIFIED, MEDIA_BASIS_ZONED,
	{ASCII(DIR0, 0x132, OK), ASCII(DIR_EXIF, 0x9290, "5"), ASCII(DIR_EXIF, 0x9010, "+02:00")}},
    {"of zeros", "", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL, {DTO("0000:00:00 00:00:00")}},
    {"of blanks", "", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL, {DTO("    :  :     :  :  ")}},
    {"not in the calendar", "", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL, {DTO("2023:02:29 12:00:00")}},
    {"of nothing", "", MEDIA_DATE_EXIF_ORIGINAL, MEDIA_BASIS_LOCAL, {DTO("")}},
};

#define CLOCK(date, ...)                                                          \
	{                                                                         \
		ASCII(DIR_GPS, 0x1d, date), RATIONALS(DIR_GPS, 7, 3, __VA_ARGS__) \
	}

static const struct {
	const char *what, *want;
	struct made_tag tags[2];
} clocks[] = {
    {"GPS time", "2024-05-01T10:20:30Z", CLOCK("2024:05:01", 10, 1, 20, 1, 30, 1)},
    {"GPS time with a fraction", "2024-05-01T10:20:30.65Z", CLOCK("2024:05:01", 10, 1, 20, 1, 3065, 100)},
    {"GPS time, zeros left out", "2024-05-01T10:20:30Z", CLOCK("2024:05:01", 10, 1, 20, 1, 3000, 100)},
    {"GPS time in thirds", "2024-05-01T10:20:30.333Z", CLOCK("2024:05:01", 10, 1, 20, 1, 91, 3)},
    {"GPS date with other separators", "2024-05-01T10:20:30Z", CLOCK("2024-05-01", 10, 1, 20, 1, 30, 1)},
    {"GPS date with rubbish behind", "2024-05-01T10:20:30Z", CLOCK("2024:05:01\xff", 10, 1, 20, 1, 30, 1)},
    {"GPS time in a second more", "2024-05-01T23:59:59.5Z", CLOCK("2024:05:01", 23, 1, 59, 1, 605, 10)},
    {"GPS time of minutes with a fraction", "2024-05-01T10:34:55.8Z", CLOCK("2024:05:01", 10, 1, 3493, 100, 0, 1)},
    {"GPS time of hours with a fraction", "2024-05-01T10:30:15Z", CLOCK("2024:05:01", 21, 2, 0, 1, 15, 1)},
    {"GPS time of a fraction too much", "", CLOCK("2024:05:01", 47, 2, 119, 2, 59, 1)},
    {"GPS time of 62 seconds", "", CLOCK("2024:05:01", 10, 1, 20, 1, 62, 1)},
    {"GPS time 0/0", "", CLOCK("2024:05:01", 10, 1, 20, 1, 0, 0)},
    {"GPS time of 25 hours", "", CLOCK("2024:05:01", 25, 1, 0, 1, 0, 1)},
    {"GPS date that is none", "", CLOCK("1999:99:99", 10, 1, 20, 1, 30, 1)},
    {"GPS clock never set", "", CLOCK("1970:01:01", 0, 1, 0, 1, 0, 1)},
};

static size_t
count_tags(const struct made_tag *tags, size_t max)
{
	size_t n = 0;

	while (n < max && tags[n].tag != 0)
		n++;
	return n;
}

/* In a JPEG, in both byte orders; returns whether `good` came out each time. */
static bool
read_tags(const struct made_tag *tags, size_t n, bool big_endian, struct media_info *info)
{
	static struct made block, file;

	block.big_endian = big_endian;
	made_tiff(&block, tags, n);
	made_jpeg(&file, &block, 8, 6);
	return made_read(file.p, file.len, NULL, info) == 0;
}

static void
test_fields(struct media_info *info)
{
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		for (int big = 0; big < 2; big++) {
			bool good = read_tags(fields[i].tags, count_tags(fields[i].tags, 4), big, info);

			tap_ok(good && strcmp(made_field(info, fields[i].field), fields[i].want) == 0, "%s (%s)",
			    fields[i].what, made_field(info, fields[i].field));
		}
	}
}

static void
test_places(struct media_info *info)
{
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		bool good = read_tags(places[i].tags, count_tags(places[i].tags, 7), i & 1, info);

		good = good && strcmp(made_field(info, MEDIA_LAT), places[i].lat) == 0;
		tap_ok(good && strcmp(made_field(info, MEDIA_LON), places[i].lon) == 0, "position: %s (%s)",
		    places[i].what, made_field(info, MEDIA_LON));
	}
}

static void
test_dates(struct media_info *info)
{
	for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
		bool good = read_tags(dates[i].tags, count_tags(dates[i].tags, 4), i & 1, info);
		const struct media_date *d = &info->date[dates[i].source];

		good = good && strcmp(made_date(&d->when), dates[i].want) == 0 &&
		       (*dates[i].want == '\0' || d->basis == dates[i].basis);
		tap_ok(good, "a date %s (%s)", dates[i].what, made_date(&d->when));
	}
	read_tags(&(struct made_tag)DTO("2023:02:29 12:00:00"), 1, false, info);
	tap_ok(made_warned(info, FAIL_DATE, "2023:02:29"), "a date that is none is told");
	read_tags(&(struct made_tag)ASCII(DIR0, 0x132, "2023:02:29 12:00:00"), 1, false, info);
	tap_ok(info->nwarnings == 0, "a date of change that is none is not");
}

static void
test_clocks(struct media_info *info)
{
	for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
		bool good = read_tags(clocks[i].tags, 2, i & 1, info);

		tap_ok(good && strcmp(made_field(info, MEDIA_GPS_TIME), clocks[i].want) == 0, "%s (%s)", clocks[i].what,
		    made_field(info, MEDIA_GPS_TIME));
	}
}

int
main(void)
{
	struct media_info info = {0};

	test_fields(&info);
	test_places(&info);
	test_dates(&info);
	test_clocks(&info);
	media_fini(&info);
	return tap_done();
}
