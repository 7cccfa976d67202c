/* Unit test of base/buf: growth, formats, and a failure that is remembered. */
#include "base/buf.h"

#include "tap.h"

static void
test_appends(void)
{
	struct buf b = {0};
	unsigned i;

	tap_ok(strcmp(buf_cstr(&b), "") == 0, "an empty buffer is an empty string");
	tap_ok(buf_add(&b, NULL, 0) == 0 && b.len == 0, "nothing added");
	buf_adds(&b, "one");
	buf_addc(&b, ' ');
	buf_add(&b, "two\0!", 4);
	tap_ok(b.len == 8 && memcmp(b.p, "one two", 8) == 0 && b.p[8] == 0, "bytes, NUL included");
	buf_clear(&b, SIZE_MAX);
	buf_addu(&b, 0);
	buf_addc(&b, '|');
	buf_addu(&b, 1234567890);
	buf_addc(&b, '|');
	buf_addu(&b, UINT64_MAX);
	tap_ok(strcmp(b.p, "0|1234567890|18446744073709551615") == 0, "decimals");
	buf_clear(&b, 0);
	tap_ok(b.p == NULL && b.cap == 0, "cleared without keeping memory");
	for (i = 0; i < 1000; i++)
		buf_addf(&b, "%u,", i % 10);
	tap_ok(b.len == 2000 && strcmp(b.p + 1996, "8,9,") == 0 && !b.failed, "a thousand pieces");
	buf_clear(&b, 100);
	tap_ok(b.p == NULL, "a large buffer is let go");
	buf_addf(&b, "%s", "");
	tap_ok(b.len == 0 && strcmp(buf_cstr(&b), "") == 0, "an empty format");
	buf_fini(&b);
}

/* Formats around the size that is tried first. */
static void
test_formats(void)
{
	char text[300];
	unsigned wrong = 0;
	size_t n;

	memset(text, 'x', sizeof text);
	for (n = 0; n < sizeof text; n++) {
		struct buf b = {0};

		buf_adds(&b, "ab");
		buf_addf(&b, "%.*s", (int)n, text);
		wrong += b.len != n + 2 || strlen(b.p) != n + 2 || memcmp(b.p + 2, text, n) != 0;
		buf_fini(&b);
	}
	tap_ok(wrong == 0, "formats of every length");
}

static void
test_failure(void)
{
	struct buf b = {0};

	buf_adds(&b, "kept");
	tap_ok(buf_reserve(&b, SIZE_MAX) == NULL && b.failed, "more than there can be");
	tap_ok(
	    buf_adds(&b, "x") == -1 && buf_addc(&b, 'x') == -1 && buf_addf(&b, "%d", 1) == -1 && buf_addu(&b, 1) == -1,
	    "after a failure nothing is added");
	tap_ok(strcmp(b.p, "kept") == 0 && b.len == 4, "… and what was there stays");
	buf_clear(&b, SIZE_MAX);
	tap_ok(!b.failed && buf_adds(&b, "y") == 0 && strcmp(b.p, "y") == 0, "clearing forgets it");
	buf_fini(&b);
	tap_ok(b.p == NULL && b.len == 0 && b.cap == 0, "back to nothing");
}

static void
test_slices(void)
{
	tap_ok(slice_eq((struct slice){"abc", 2}, "ab"), "a slice equal to a string");
	tap_ok(!slice_eq((struct slice){"abc", 3}, "ab") && !slice_eq((struct slice){"ab", 2}, "abc") &&
		   !slice_eq((struct slice){"ab", 2}, "ac"),
	    "others are not");
}

int
main(void)
{
	test_appends();
	test_formats();
	test_failure();
	test_slices();
	return tap_done();
}
