/* Dates with the month as a word, and with blanks where none belong. */
#include "made.h"
#include "media/spelled.h"
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
    {IN("5 Mar 2019 25:00:00"), NULL, 0},
    {IN("5 Mar 2019 10:61:00"), NULL, 0},
    {IN("5 Mar 2019 10:00 +1700"), NULL, 0},
    {IN("5 Mar 2019 8:"), NULL, 0},
    {IN("5 Mar 20190 10:00"), NULL, 0},
    {IN("5 Mar 2019 10:00 11:00"), NULL, 0},
    {IN("hello 5 Mar 2019"), NULL, 0},
    {IN("12/31/2002 10:00"), NULL, 0},
    {IN("2001/ 1/27  1:42PM or so"), NULL, 0},
    {IN("99999999999999999999"), NULL, 0},
};

int
main(void)
{
	struct media_info info = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = rows[i].len;
		char *text = tap_exact(rows[i].text, len);
		struct when w = {0};
		bool found = spelled_parse(text, len, &w);

		if (rows[i].date == NULL)
			tap_ok(!found && w.precision == WHEN_NONE, "text %zu is no date", i);
		else
			tap_ok(found && strcmp(made_date(&w), rows[i].date) == 0 && spelled_basis(&w) == rows[i].basis,
			    "text %zu is %s (%s)", i, rows[i].date, made_date(&w));
		for (size_t n = 0; n < len; n++) {
			char *part = tap_exact(text, n);

			spelled_parse(part, n, &w);
			free(part);
		}
		free(text);
	}
	spelled_set_date(&info, MEDIA_DATE_RIFF_IDIT, "0000:00:00 00:00:00\0", 20);
	spelled_set_date(&info, MEDIA_DATE_RIFF_IDIT, "    \n", 5);
	tap_ok(info.nwarnings == 0 && info.date[MEDIA_DATE_RIFF_IDIT].when.precision == WHEN_NONE, "a blank date");
	spelled_set_date(&info, MEDIA_DATE_RIFF_IDIT, "yesterday", 9);
	tap_ok(made_warned(&info, FAIL_DATE, "riff:IDIT"), "a text that is no date is told");
	media_fini(&info);
	return tap_done();
}
