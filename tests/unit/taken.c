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

/* The order as text. */
static const char *
order_text(void)
{
	static char text[1024];

	text[0] = '\0';
	for (size_t i = 0; i < order.n; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s ", media_date_name(order.source[i]));
	return text;
}

#define QT "quicktime:com.apple.quicktime.creationdate quicktime:UserData "
#define EXIF "exif:DateTimeOriginal exif:DateTimeDigitized "
#define COUNTED "quicktime:mvhd quicktime:mdhd quicktime:tkhd "
#define NAME "filename folder "

static const struct {
	const char *list, *want;
} lists[] = {
    {TAKEN_FROM_DEFAULT, QT EXIF COUNTED NAME},
    {"exif", EXIF},
    {"exif,container", QT EXIF COUNTED},
    {"container,exif", QT COUNTED EXIF},
    {"filename,exif", NAME EXIF},
    {"exif,filename,modified,mtime", EXIF NAME "exif:DateTime mtime "},
    {"exif,mtime,modified", EXIF "mtime exif:DateTime "},
    {"takeout", ""},
};

static void
test_lists(void)
{
	static const char *const bad[] = {
	    "", "exif,", ",exif", "exif,,mtime", "EXIF", "exif mtime", "exif,exif", "name"};
	struct fail why;

	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		use(lists[i].list);
		tap_ok(strcmp(order_text(), lists[i].want) == 0, "--date-from=%s: %s", lists[i].list, order_text());
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		tap_ok(taken_parse(bad[i], &order, &why) == -1 && why.code == FAIL_INPUT, "no list: \"%s\"", bad[i]);
}

struct given {
	enum media_date_source source;
	const char *text;
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
};

static void
give(struct media_info *info, const struct given *dates, const char *gps)
{
	struct when w;

	media_clear(info);
	for (size_t i = 0; i < 4 && dates[i].text != NULL; i++) {
		if (!when_parse(dates[i].text, strlen(dates[i].text), &w))
			abort();
		media_set_date(info, dates[i].source, &w,
		    w.zone == WHEN_UTC      ? MEDIA_BASIS_UTC
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

static void
test_choices(struct media_info *info)
{
	struct taken t;

	use(TAKEN_FROM_DEFAULT);
	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
		bool good;

		give(info, choices[i].dates, choices[i].gps);
		taken_choose(info, &order, false, NOW, &t);
		good = strcmp(made_date(&t.when), choices[i].want) == 0 &&
		       strcmp(others_text(info, &t), choices[i].others) == 0;
		tap_ok(good && (*choices[i].want == '\0' || t.basis == choices[i].basis), "%s (%s; %s)",
		    choices[i].what, made_date(&t.when), others_text(info, &t));
	}
	give(info, (struct given[4]){{MEDIA_DATE_EXIF_ORIGINAL, "2099-05-01T12:00:00"}}, NULL);
	taken_choose(info, &order, false, NOW, &t);
	tap_ok(made_warned(info, FAIL_DATE, "exif:DateTimeOriginal") && made_warned(info, FAIL_DATE, "2099-05-01"),
	    "a date that cannot be is told");
	give(info, (struct given[4]){{MEDIA_DATE_EXIF_ORIGINAL, "2024-05-01T12:00:00"}}, "2024-05-01T15:30:00Z");
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
	when_set_zone("UTC");
}

static void
test_names(struct media_info *info)
{
	static const char path[] = "2022/11/09/IMG_20240501_120000.jpg";
	struct timespec mtime = {.tv_sec = 1714557600, .tv_nsec = 500000000};

	use("exif");
	media_clear(info);
	taken_names(info, &order, path, strlen(path), &mtime, NOW);
	tap_ok(info->date[MEDIA_DATE_FILENAME].when.precision == WHEN_NONE &&
		   info->date[MEDIA_DATE_MTIME].when.precision == WHEN_NONE,
	    "names and mtime are not asked unless listed");
	use("filename,mtime");
	taken_names(info, &order, path, strlen(path), &mtime, NOW);
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
	test_zone(&info);
	test_names(&info);
	tap_ok(strcmp(taken_basis_name(MEDIA_BASIS_ASSUMED_UTC), "assumed-utc") == 0, "the words for a basis");
	media_fini(&info);
	return tap_done();
}
