#include "base/quote.h"

#include "tap.h"

int
main(void)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *want;
	} rows[] = {
	    {"plain name.jpg", 14, "plain name.jpg"},
	    {"", 0, "$''"},
	    {"a\nb", 3, "$'a\\nb'"},
	    {"\033[2J", 4, "$'\\033[2J'"},
	    {"it's\t", 5, "$'it\\'s\\t'"},
	    {"\xff", 1, "$'\\377'"},
	    {"a\\b\a", 4, "$'a\\\\b\\a'"},
	    {"\xc3\xa9", 2, "\xc3\xa9"},
	    {"\xc2\x9b"
	     "31m",
		5, "$'\\302\\23331m'"},
	    {"\x7f", 1, "$'\\177'"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *exact = tap_exact(rows[i].bytes, rows[i].len);
		struct buf out = {0};

		quote_name(&out, exact, rows[i].len);
		tap_ok(strcmp(buf_cstr(&out), rows[i].want) == 0, "%s", rows[i].want);
		buf_fini(&out);
		free(exact);
	}
	return tap_done();
}
