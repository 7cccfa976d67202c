/* Dates with the month as a word, and with blanks where none belong. */
#include "made.h"
#include "media/datetext.h"
#include "tap.h"

static const struct {
	const char *text;
	size_t len;
	const char *date; /* NULL: none */
	enum media_basis basis;
} rows[] = {
#define IN(text) text, sizeof(text) - 1
    /* mail's form, and its variants */
    {IN("Mon, 1 Jan 2018 12:10:22 EST"), "2018-01-01T12:10:22-05:00", MEDIA_BASIS_ZONED},
    {IN("Tue, 05 Mar 2019 08:09:10 +0130"), "2019-03-05T08:09:10+01:30", MEDIA_BASIS_ZONED},
    {IN("5 Mar 2019 08:09:10 -03:30"), "2019-03-05T08:09:10-03:30", MEDIA_BASIS_ZONED},
    {IN("5 March 2019 08:09:10 +02"), "2019-03-05T08:09:10+02:00", MEDIA_BASIS_ZONED},
    {IN("Fri, 21 Dec 2012 23:59 GMT"), "2012-12-21T23:59Z", MEDIA_BASIS_UTC},
    {IN("21 Dec 2012 23:59:01 UT"), "2012-12-21T23:59:01Z", MEDIA_BASIS_UTC},
    {IN("21 Dec 12 23:59:01 PDT"), "2012-12-21T23:59:01-07:00", MEDIA_BASIS_ZONED},
    {IN("21 Dec 99 23:59:01"), "1999-12-21T23:59:01", MEDIA_BASIS_LOCAL},
    {IN("Sat, 21 Dec 2019 23:59:01 +0100 (CET)"), "2019-12-21T23:59:01+01:00", MEDIA_BASIS_ZONED},
    {IN("Sat Dec 21 23:59:01 CET 2019"), "2019-12-21T23:59:01", MEDIA_BASIS_LOCAL},
    {IN("21 Dec 2019"), "2019-12-21", MEDIA_BASIS_LOCAL},
    /* ctime's, as AVI has it */
    {IN("Mon Mar 10 15:04:43 2003\n"), "2003-03-10T15:04:43", MEDIA_BASIS_LOCAL},
    {IN("MON AUG 05 13:07:33 2002"), "2002-08-05T13:07:33", MEDIA_BASIS_LOCAL},
    {IN("sun feb 29 00:00:01 2004\n\0junk"), "2004-02-29T00:00:01", MEDIA_BASIS_LOCAL},
    {IN("Thu May 1  9:05:07 2008"), "2008-05-01T09:05:07", MEDIA_BASIS_LOCAL},
    {IN("05-Aug-2002 13:07:33.25"), "2002-08-05T13:07:33.25", MEDIA_BASIS_LOCAL},
    {IN("Aug. 5, 2002, 1:07 PM"), "2002-08-05T13:07", MEDIA_BASIS_LOCAL},
    /* numbers */
    {IN("2001/ 1/27  1:42PM"), "2001-01-27T13:42", MEDIA_BASIS_LOCAL},
    {IN("2001/ 1/27 12:42AM"), "2001-01-27T00:42", MEDIA_BASIS_LOCAL},
    {IN("2001/ 1/27 12:42 pm"), "2001-01-27T12:42", MEDIA_BASIS_LOCAL},
    {IN("2005/11/28/ 09:19"), "2005-11-28T09:19", MEDIA_BASIS_LOCAL},
    {IN("2002-12-16  15:35:01\0\0"), "2002-12-16T15:35:01", MEDIA_BASIS_LOCAL},
    {IN("٢٠٠٨:٠٨:١٢ ١٤:٣٣:١٢"), "2008-08-12T14:33:12", MEDIA_BASIS_LOCAL},
    {IN("۲۰۰۸-۰۸-۱۲T۱۴:۳۳:۱۲+۰۳:۳۰"), "2008-08-12T14:33:12+03:30", MEDIA_BASIS_ZONED},
    {IN("२००८:०८:१२ १४:३३:१२"), "2008-08-12T14:33:12", MEDIA_BASIS_LOCAL},
    {IN("٢٠٠٨:٠٨:١٢ ١٤:٣٣:١\xd9"), "2008-08-12T14:33:01", MEDIA_BASIS_LOCAL},
    {IN("2008:08:12 14:33:12"), "2008-08-12T14:33:12", MEDIA_BASIS_LOCAL},
    {IN("2005-08-17 11:42:43"), "2005-08-17T11:42:43", MEDIA_BASIS_LOCAL},
    {IN("2018-01-02T03:04:05+02:00"), "2018-01-02T03:04:05+02:00", MEDIA_BASIS_ZONED},
    {IN("2018"), "2018", MEDIA_BASIS_LOCAL},
    /* none */
    {IN(""), NULL, 0},
    {IN("Mon"), NULL, 0},
    {IN("Mon Aug 2002"), NULL, 0},
    {IN("Mon Aug 32 13:07:33 2002"), NULL, 0},
    {IN("31 Jun 2019 10:00"), NULL, 0},
    {IN("5 Mar 20190 10:00"), NULL, 0},
    {IN("hello 5 Mar 2019"), NULL, 0},
    {IN("12/31/2002 10:00"), NULL, 0},
    {IN("2019:02:30 10:11:12"), NULL, 0},
    {IN("2019:13:01 10:11:12\xff"), NULL, 0},
    {IN("2019:00:02 10:11:12"), NULL, 0},
    {IN("2019:01 or so"), NULL, 0},
    {IN("2019 or so"), NULL, 0},
    {IN("99999999999999999999"), NULL, 0},
};

/* What is kept where part of the text is none; all are odd but those marked. */
static const struct {
	const char *text;
	size_t len;
	const char *date;
	bool plain;
} kept[] = {
    /* zones, all that can be read */
    {IN("2019-07-14T14:38:09.526GMT+02:00"), "2019-07-14T14:38:09.526+02:00", true},
    {IN("2019:07:14 14:38:09 UTC-3"), "2019-07-14T14:38:09-03:00", true},
    {IN("2019:07:14 14:38:09 GMT"), "2019-07-14T14:38:09Z", true},
    {IN("2019:07:14 14:38:09UTC"), "2019-07-14T14:38:09Z", true},
    {IN("2019:07:14 14:38:09 z"), "2019-07-14T14:38:09Z", true},
    {IN("2019:07:14 14:38:09 -5:00"), "2019-07-14T14:38:09-05:00", true},
    {IN("2019:07:14 14:38:09-5"), "2019-07-14T14:38:09-05:00", true},
    {IN("2019:07:14 14:38:09+0545"), "2019-07-14T14:38:09+05:45", true},
    {IN("2019:07:14 14:38:09+545"), "2019-07-14T14:38:09+05:45", true},
    {IN("2019-07-14T14:38:09+02:00:00"), "2019-07-14T14:38:09+02:00", true},
    {IN("2019-07-14T14:38:09+02:00[Europe/Berlin]"), "2019-07-14T14:38:09+02:00", true},
    {IN("2019-07-14T14:38:09 EST"), "2019-07-14T14:38:09-05:00", true},
    {IN("20190714T143809GMT+02:00"), "2019-07-14T14:38:09+02:00", true},
    {IN("20190714143809 UTC"), "2019-07-14T14:38:09Z", true},
    {IN("2019:07:14 14:38 GMT+2"), "2019-07-14T14:38+02:00", true},
    {IN("14 Jul 2019 14:38:09 GMT+0200 (CEST)"), "2019-07-14T14:38:09+02:00", true},
    /* zones that are none: the local time stays */
    {IN("2019:07:14 14:38:09+00:60"), "2019-07-14T14:38:09", false},
    {IN("2019:07:14 14:38:09+0060"), "2019-07-14T14:38:09", false},
    {IN("2019:07:14 14:38:09+01:20"), "2019-07-14T14:38:09", false},
    {IN("2019:07:14 14:38:09+14:38"), "2019-07-14T14:38:09", false},
    {IN("2019:07:14 14:38:09+14:15"), "2019-07-14T14:38:09", false},
    {IN("2019:07:14 14:38:09-12:15"), "2019-07-14T14:38:09", false},
    {IN("2019:07:14 14:38:09+99:00"), "2019-07-14T14:38:09", false},
    {IN("2019:07:14 14:38:09+"), "2019-07-14T14:38:09", false},
    {IN("2019:07:14 14:38:09 CET"), "2019-07-14T14:38:09", false},
    {IN("2019:07:14 14:38:09 Europe/Berlin"), "2019-07-14T14:38:09", false},
    {IN("5 Mar 2019 10:00 +1700"), "2019-03-05T10:00", false},
    /* clocks */
    {IN("2019:07:14 24:10:11"), "2019-07-14T00:10:11", false},
    {IN("2019:07:14 24:00:00+02:00"), "2019-07-14T00:00:00+02:00", false},
    {IN("2019-07-14T24:00"), "2019-07-14T00:00", false},
    {IN("2016:12:31 23:59:60"), "2016-12-31T23:59:59", false},
    {IN("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59Z", false},
    {IN("2016:12:31 23:59:61.5"), "2016-12-31T23:59:59.5", false},
    {IN("2016:12:31 23:59:62"), "2016-12-31T23:59", false},
    {IN("2016:12:31 23:60:00"), "2016-12-31", false},
    {IN("2016:12:31 25:00:00"), "2016-12-31", false},
    {IN("2016:12:31 123:00:00"), "2016-12-31", false},
    {IN("2019:07:14 03:20:07pm"), "2019-07-14T15:20:07", false},
    {IN("2019:07:14 12:20:07AM"), "2019-07-14T00:20:07", false},
    {IN("2019:07:14 00:20:07 pm"), "2019-07-14T12:20:07", false},
    {IN("2019:07:14 15:20:07pm"), "2019-07-14T15:20:07", false},
    {IN("2019:07:14 03:20:07\xe2\x80\xafPM"), "2019-07-14T15:20:07", false},
    {IN("2019:07:14 03:20:07.25 pm +02:00"), "2019-07-14T15:20:07.25+02:00", false},
    {IN("2019:07:14 03:20:07 p.m."), "2019-07-14T15:20:07", false},
    {IN("2019:07:14 03:20:07 A.M."), "2019-07-14T03:20:07", false},
    {IN("2019:07:14 03:20:07 p.\xc2\xa0m."), "2019-07-14T15:20:07", false},
    {IN("2019:07:14 03:20:07 p. m. +02:00"), "2019-07-14T15:20:07+02:00", false},
    {IN("14 Jul 2019, 3:20 p.m."), "2019-07-14T15:20", true},
    {IN("2019:07:14 03:20:07 p."), "2019-07-14T03:20:07", false},
    {IN("2019:07:14 03:20:07 PMT"), "2019-07-14T03:20:07", false},
    {IN("2019:07: 4  7: 2: 3"), "2019-07-04T07:02:03", true},
    {IN("2019:07:14 14-38-09"), "2019-07-14T14:38:09", true},
    {IN("2019:07:14_14:38:09"), "2019-07-14T14:38:09", true},
    {IN("2019:07:14 -1:38:09"), "2019-07-14", false},
    {IN("5 Mar 2019 25:00:00"), "2019-03-05", false},
    {IN("5 Mar 2019 10:61:00"), "2019-03-05", false},
    {IN("5 Mar 2019 8:"), "2019-03-05", false},
    /* rubbish */
    {IN("2019:07:14 14:38:09\xff"), "2019-07-14T14:38:09", false},
    {IN("2019:07:14 14:38:09\xff\xff\xff"), "2019-07-14T14:38:09", false},
    {IN("2019:07:14 14:38:09:123"), "2019-07-14T14:38:09", false},
    {IN("2019:07:14 14:38\x01"), "2019-07-14T14:38", false},
    {IN("2019:07:14\xff"), "2019-07-14", false},
    {IN("2019:07:14 nonsense"), "2019-07-14", false},
    {IN("2019:07:14 14 o'clock"), "2019-07-14", false},
    {IN("2019:07:14 14:38:09\0\xff"), "2019-07-14T14:38:09", true},
    {IN("5 Mar 2019 10:00 11:00"), "2019-03-05T10:00", false},
    {IN("2001/ 1/27  1:42PM or so"), "2001-01-27T13:42", false},
    {IN("20190700 101112+0200"), "2019-07", true},
    {IN("20190000 101112"), "2019", true},
};
#undef IN

static void
test_kept(void)
{
	const char *odd = NULL;

	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
		char *text = tap_exact(kept[i].text, kept[i].len);
		struct when w = {0};
		bool found = datetext_parse(text, kept[i].len, &w, &odd);

		tap_ok(found && strcmp(made_date(&w), kept[i].date) == 0 && (odd == NULL) == kept[i].plain,
		    "of \"%s\" %s is kept: %s, %s", kept[i].text, kept[i].date, made_date(&w),
		    odd != NULL ? odd : "nothing odd");
		for (size_t n = 0; n < kept[i].len; n++) {
			char *part = tap_exact(text, n);

			datetext_parse(part, n, &w, &odd);
			free(part);
		}
		free(text);
	}
}

/* Zones with a text of their own. */
static const struct {
	const char *text, *date;
	bool plain;
} zones[] = {
    {"+02:00", "2019-07-14T14:38:09+02:00", true},
    {"-03:30", "2019-07-14T14:38:09-03:30", true},
    {"-5:00", "2019-07-14T14:38:09-05:00", true},
    {"+0545", "2019-07-14T14:38:09+05:45", true},
    {"+٠٣:٠٠", "2019-07-14T14:38:09+03:00", true},
    {" +02:00 ", "2019-07-14T14:38:09+02:00", true},
    {"+2", "2019-07-14T14:38:09+02:00", true},
    {"Z", "2019-07-14T14:38:09Z", true},
    {"UTC", "2019-07-14T14:38:09Z", true},
    {"GMT+02:00", "2019-07-14T14:38:09+02:00", true},
    {"", "2019-07-14T14:38:09", true},
    {"   :  ", "2019-07-14T14:38:09", true},
    {"+0060", "2019-07-14T14:38:09", false},
    {"+0120", "2019-07-14T14:38:09", false},
    {"+14:38", "2019-07-14T14:38:09", false},
    {"-13:00", "2019-07-14T14:38:09", false},
    {"02:00", "2019-07-14T14:38:09", false},
    {"+", "2019-07-14T14:38:09", false},
    {"+02:00x", "2019-07-14T14:38:09", false},
    {"+02:000", "2019-07-14T14:38:09", false},
    {"+02:00\xff", "2019-07-14T14:38:09+02:00", false},
    {"Berlin", "2019-07-14T14:38:09", false},
};

static void
test_zones(void)
{
	const char *odd;

	for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
		char *text = tap_exact(zones[i].text, strlen(zones[i].text));
		struct when w;

		when_parse("2019:07:14 14:38:09", 19, &w);
		datetext_zone(&w, text, strlen(zones[i].text), &odd);
		tap_ok(strcmp(made_date(&w), zones[i].date) == 0 && (odd == NULL) == zones[i].plain,
		    "the zone \"%s\": %s, %s", zones[i].text, made_date(&w), odd != NULL ? odd : "nothing odd");
		free(text);
	}
}

int
main(void)
{
	struct media_info info = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = rows[i].len;
		char *text = tap_exact(rows[i].text, len);
		const char *odd;
		struct when w = {0};
		bool found = datetext_parse(text, len, &w, &odd);

		if (rows[i].date == NULL)
			tap_ok(!found && w.precision == WHEN_NONE, "text %zu is no date", i);
		else
			tap_ok(found && strcmp(made_date(&w), rows[i].date) == 0 && media_basis_of(&w) == rows[i].basis,
			    "text %zu is %s (%s)", i, rows[i].date, made_date(&w));
		for (size_t n = 0; n < len; n++) {
			char *part = tap_exact(text, n);

			datetext_parse(part, n, &w, &odd);
			free(part);
		}
		free(text);
	}
	media_set_date_text(&info, MEDIA_DATE_RIFF_IDIT, "0000:00:00 00:00:00\0", 20);
	media_set_date_text(&info, MEDIA_DATE_RIFF_IDIT, "    \n", 5);
	tap_ok(info.nwarnings == 0 && info.date[MEDIA_DATE_RIFF_IDIT].when.precision == WHEN_NONE, "a blank date");
	media_set_date_text(&info, MEDIA_DATE_RIFF_IDIT, "yesterday", 9);
	tap_ok(made_warned(&info, FAIL_DATE, "riff:IDIT"), "a text that is no date is told");
	test_kept();
	test_zones();
	media_clear(&info);
	media_set_date_text(&info, MEDIA_DATE_RIFF_IDIT, "2019:07:14 24:10:11", 19);
	tap_ok(made_warned(&info, FAIL_DATE, "hour 24") && info.date[MEDIA_DATE_RIFF_IDIT].when.minute == 10,
	    "what was read in another way is told");
	media_fini(&info);
	return tap_done();
}
