#include "run/quote.h"

#include "tap.h"

static void
test_text(void)
{
	static const char *const rows[][2] = {
		{ "no such file: größe's", "no such file: größe's" },
		{ "a\033[2J\n'b'\xff", "a\\033[2J\\n'b'\\377" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = { 0 };

		quote_text(&out, rows[i][0], strlen(rows[i][0]));
		tap_ok(strcmp(buf_cstr(&out), rows[i][1]) == 0, "a sentence: %s", rows[i][1]);
		buf_fini(&out);
	}
}

int
main(void)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *want;
	} rows[] = {
		{ "plain name.jpg", 14, "plain name.jpg" },
		{ "", 0, "$''" },
		{ "a\nb", 3, "$'a\\nb'" },
		{ "\033[2J", 4, "$'\\033[2J'" },
		{ "it's\t", 5, "$'it\\'s\\t'" },
		{ "\xff", 1, "$'\\377'" },
		{ "a\\b\a", 4, "$'a\\\\b\\a'" },
		{ "\xc3\xa9", 2, "\xc3\xa9" },
		{ "\xc2\x9b" "31m", 5, "$'\\302\\23331m'" },
		{ "\x7f", 1, "$'\\177'" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *exact = tap_exact(rows[i].bytes, rows[i].len);
		struct buf out = { 0 };

		quote_name(&out, exact, rows[i].len);
		tap_ok(strcmp(buf_cstr(&out), rows[i].want) == 0, "%s", rows[i].want);
		buf_fini(&out);
		free(exact);
	}
	test_text();
	return tap_done();
}
