/* Tables: their fields, and what those of an iCloud export say. */
#include "meta/takeout/icloud.h"

#include "base/csv.h"
#include "film.h"
#include "tap.h"

#define HEAD "imgName,fileChecksum,favorite,hidden,deleted,originalCreationDate,viewCount,importDate\n"
#define DATE "\"Friday October 06,2023 12:11 PM GMT\""

/* A field as <...>, and what follows it: a comma, a line's end, or nothing. */
static const struct {
	const char *text, *want;
} tables[] = {
    {"", "<>"},
    {"a", "<a>"},
    {"a,b\nc\n", "<a>,<b>\n<c>"},
    {"a,b\r\nc,", "<a>,<b>\n<c>,<>"},
    {"\"a,b\",c", "<a,b>,<c>"},
    {"\"a\"\"b\"\n\"\"", "<a\"b>\n<>"},
    {"\"two\nlines\",x", "<two\nlines>,<x>"},
    {"\"open, and no end", "<open, and no end>"},
    {"\"a\"b,c\"d\"", "<ab>,<c\"d\">"},
    {"\n\n", "<>\n<>"},
    {"\"", "<>"},
};

static void
test_tables(void)
{
	struct buf field = {0}, got = {0};

	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		size_t len = strlen(tables[i].text);
		char *exact = tap_exact(tables[i].text, len);
		struct slice rest = {exact, len};
		enum csv_end end = CSV_FIELD;

		buf_clear(&got, 0);
		while (end != CSV_END) {
			end = csv_field(&rest, &field);
			buf_addf(&got, "<%s>%s", buf_cstr(&field), end == CSV_FIELD ? "," : end == CSV_ROW ? "\n" : "");
		}
		tap_ok(strcmp(buf_cstr(&got), tables[i].want) == 0, "fields: %s", buf_cstr(&got));
		free(exact);
	}
	buf_fini(&field);
	buf_fini(&got);
}

static const struct {
	const char *what, *rows, *want;
} facts[] = {
    {"a date", "a.jpg,x,no,no,no," DATE ",10," DATE "\n", "ICLOUD=2023-10-06T12:11Z/utc"},
    {"in the morning", "a.jpg,x,no,no,no,\"Sunday June 7,2021 9:05 AM GMT\",0,", "ICLOUD=2021-06-07T09:05Z/utc"},
    {"at midnight", "a.jpg,x,no,no,no,\"Sunday June 7,2021 12:05 AM GMT\",0,", "ICLOUD=2021-06-07T00:05Z/utc"},
    {"behind a narrow blank", "a.jpg,x,no,no,no,\"Sunday June 7,2021 9:05\u202fPM GMT\",0,",
	"ICLOUD=2021-06-07T21:05Z/utc"},
    {"of another zone", "a.jpg,x,no,no,no,\"Sunday June 7,2021 9:05 PM GMT+2\",0,", "EDATE"},
    {"of 24 hours", "a.jpg,x,no,no,no,\"Sunday June 7,2021 14:05 PM GMT\",0,", "ICLOUD=2021-06-07T14:05Z/utc"},
    {"without quotes", "a.jpg,x,yes,no,no,Sunday June 7,2021 9:05 PM GMT,0,Sunday June 7,2021 9:05 PM GMT\n",
	"ICLOUD=2021-06-07T21:05Z/utc favorite=1"},
    {"no date", "a.jpg,x,no,no,no,,0,\n", ""},
    {"what is none", "a.jpg,x,no,no,no,\"Sunday June 31,2021 9:05 AM GMT\",0,\n", "EDATE"},
    {"in another zone", "a.jpg,x,no,no,no,\"Sunday June 7,2021 9:05 AM CET\",0,\n", "EDATE"},
    {"states", "a.jpg,x,yes,yes,yes,,0,\n", "favorite=1 archived=1 trashed=1"},
    {"of another file", "b.jpg,x,yes,yes,yes," DATE ",0,\n", ""},
    {"twice the same", "a.jpg,x,no,no,no," DATE ",0,\na.jpg,y,no,no,no," DATE ",3,\n", "ICLOUD=2023-10-06T12:11Z/utc"},
    {"two that say different things", "a.jpg,x,no,no,no," DATE ",0,\na.jpg,y,yes,no,no," DATE ",3,\n", ""},
    {"a row that is cut", "b.jpg,x,no,no,no," DATE ",0,\na.jpg,x,yes", "favorite=1"},
};

static void
tell(const struct icloud *c, struct buf *out)
{
	struct media_info info = {0};

	icloud_tell(c, "a.jpg", &info);
	buf_clear(out, 0);
	film_describe(&info, out);
	media_fini(&info);
}

static void
test_facts(void)
{
	struct buf got = {0}, text = {0};

	for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
		struct icloud c = {0};
		char *exact;

		buf_clear(&text, 0);
		buf_addf(&text, "%s%s", HEAD, facts[i].rows);
		exact = tap_exact(text.p, text.len);
		if (!icloud_add_table(&c, (struct slice){exact, text.len}, "Photo Details.csv"))
			abort();
		icloud_seal(&c);
		tell(&c, &got);
		tap_ok(strcmp(buf_cstr(&got), facts[i].want) == 0, "%s: %s", facts[i].what, buf_cstr(&got));
		icloud_fini(&c);
		free(exact);
	}
	buf_fini(&got);
	buf_fini(&text);
}

static void
test_albums(void)
{
	struct icloud c = {0};
	struct buf got = {0};

	tap_ok(icloud_add_album(&c, slice_of("imgName\nb.jpg\na.jpg"), "Trip") &&
		   icloud_add_album(&c, slice_of("Images\r\na.jpg\r\n"), "Old, and \"good\"") &&
		   icloud_add_album(&c, slice_of("\xef\xbb\xbfimageName\nb.jpg\n"), "Other"),
	    "albums");
	tap_ok(!icloud_add_album(&c, slice_of("x,y\na.jpg,1\n"), "No album") &&
		   !icloud_add_album(&c, slice_of(""), "Empty") &&
		   !icloud_add_table(&c, slice_of("imgName\na.jpg\n"), "x"),
	    "tables of another kind");
	icloud_seal(&c);
	tell(&c, &got);
	tap_ok(strcmp(buf_cstr(&got), "albums=Old, and \"good\",Trip") == 0, "those that it is in: %s", buf_cstr(&got));
	icloud_fini(&c);
	buf_fini(&got);
}

/* More than is kept. */
static void
test_full(void)
{
	struct icloud c = {0};
	struct buf text = {0}, got = {0};

	buf_adds(&text, HEAD "a.jpg,x,yes,no,no,,0,\n");
	for (int i = 0; i < 20; i++)
		buf_addf(&text, "%0500000d.jpg,x,no,no,no,,0,\n", i);
	tap_ok(icloud_add_table(&c, buf_slice(&text), "Photo Details.csv") && c.full && !c.text.failed, "too many");
	icloud_seal(&c);
	tell(&c, &got);
	tap_ok(
	    strcmp(buf_cstr(&got), "favorite=1") == 0 && icloud_memory(&c) < 3 * ICLOUD_SIZE, "what was kept is known");
	icloud_fini(&c);
	buf_fini(&text);
	buf_fini(&got);
}

int
main(void)
{
	test_tables();
	test_facts();
	test_albums();
	test_full();
	return tap_done();
}
