/* What photo-report is made of: figures for people, files counted by folder. */
#include "report/human.h"
#include "report/tally.h"
#include "tap.h"

static void
test_bytes(void)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
	    {0, "0 bytes"},
	    {1, "1 byte"},
	    {999, "999 bytes"},
	    {1000, "1.0 kB"},
	    {1049, "1.0 kB"},
	    {9949, "9.9 kB"},
	    {9951, "10 kB"},
	    {999499, "999 kB"},
	    {999500, "1.0 MB"},
	    {3400000000u, "3.4 GB"},
	    {UINT64_MAX, "18 EB"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = {0};

		human_bytes(&out, rows[i].bytes);
		tap_ok(strcmp(buf_cstr(&out), rows[i].text) == 0, "%s, got %s", rows[i].text, buf_cstr(&out));
		buf_fini(&out);
	}
}

static void
test_counts(void)
{
	static const struct {
		uint64_t n;
		const char *text;
	} rows[] = {{0, "0 files"}, {1, "1 file"}, {12, "12 files"}, {999, "999 files"}, {1204, "1,204 files"},
	    {1000000, "1,000,000 files"}, {UINT64_MAX, "18,446,744,073,709,551,615 files"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = {0};

		human_things(&out, rows[i].n, "file", "files");
		tap_ok(strcmp(buf_cstr(&out), rows[i].text) == 0, "%s, got %s", rows[i].text, buf_cstr(&out));
		buf_fini(&out);
	}
}

static bool
has(const struct tally *t, const char *name, uint64_t n)
{
	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(t->row[i].name, name) == 0)
			return t->row[i].n == n;
	}
	return false;
}

static void
test_folders(void)
{
	struct tally t = {0};
	struct fail why = {0};

	tally_add(&t, "2019/2019-03-01/b.jpg", &why);
	tally_add(&t, "top.jpg", &why);
	tally_add(&t, "2018/2018-12-24/a.jpg", &why);
	tally_add(&t, "2019/2019-03-01/a.jpg", &why);
	tap_ok(t.n == 3 && has(&t, "2019/2019-03-01", 2) && has(&t, "", 1) && has(&t, "2018/2018-12-24", 1),
	    "a row for each folder");
	tap_ok(strcmp(t.row[0].name, "") == 0 && strcmp(t.row[1].name, "2018/2018-12-24") == 0, "rows are sorted");
	tally_fini(&t);
	tap_ok(t.n == 0, "and released");
}

/* More folders than rows: days become years, whatever the order. */
static void
test_many(int first, int step)
{
	struct tally t = {0};
	struct fail why = {0};
	char path[64];
	bool within = true;

	for (int i = 0, day = first; i < 120; i++, day = (day + step) % 120) {
		snprintf(path, sizeof(path), "%d/%d-day-%d/%d.jpg", 2000 + day / 60, 2000 + day / 60, day, i);
		within = tally_add(&t, path, &why) == 0 && t.n <= TALLY_ROWS && within;
	}
	tap_ok(within && t.n == 2 && has(&t, "2000", 60) && has(&t, "2001", 60), "days become years (from %d by %d)",
	    first, step);
	tally_fini(&t);
}

static void
test_flat(void)
{
	struct tally t = {0};
	struct fail why = {0};
	char path[64];

	for (int i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "folder-%d/a.jpg", i);
		tally_add(&t, path, &why);
	}
	tally_add(&t, "a/b/c/d.jpg", &why);
	tap_ok(t.n == 1 && has(&t, "", 101), "too many at the top become one row");
	tally_fini(&t);
}

int
main(void)
{
	test_bytes();
	test_counts();
	test_folders();
	test_many(0, 1);
	test_many(7, 77);
	test_flat();
	return tap_done();
}
