/* Unit test of base/json and base/utf8: strings, numbers, base64, there and back. */
#include "base/json.h"

#include <float.h>
#include <math.h>

#include "base/num.h"
#include "tap.h"

/* A string literal with its length, NULs included. */
#define BYTES(s) s, sizeof(s) - 1

static void
test_quote(void)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *text;
	} rows[] = {
	    {BYTES(""), "\"\""},
	    {BYTES("plain text, /with a slash"), "\"plain text, /with a slash\""},
	    {BYTES("a\"b\\c"), "\"a\\\"b\\\\c\""},
	    {BYTES("\b\f\n\r\t\x01\x1f\x7f"), "\"\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\""},
	    {BYTES("a\0b"), "\"a\\u0000b\""},
	    {BYTES("\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80"), "\"\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\""},
	    {BYTES("\xff"), "\"\xef\xbf\xbd\""},
	    {BYTES("a\xe2\x82z"), "\"a\xef\xbf\xbdz\""},                           /* a cut character: one part */
	    {BYTES("a\xe2\x82"), "\"a\xef\xbf\xbd\""},                             /* … at the end */
	    {BYTES("\xf0\x80\x80z"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\""}, /* over-long: no part is valid */
	    {BYTES("\xf0\x9f\x98\xf0\x9f\x98\x80"), "\"\xef\xbf\xbd\xf0\x9f\x98\x80\""},
	    {BYTES("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}, /* half a surrogate pair */
	    {BYTES("\xf4\x90\x80\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
	    {BYTES("\xe0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\""},
	    {BYTES("\xc0\xaf\xc1\xf5"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *bytes = tap_exact(rows[i].bytes, rows[i].len);
		struct buf out = {0};

		json_quote(&out, bytes, rows[i].len);
		if (!tap_ok(strcmp(buf_cstr(&out), rows[i].text) == 0, "quote row %zu: %s", i, rows[i].text))
			printf("# %s\n", buf_cstr(&out));
		tap_ok(json_is_utf8(bytes, rows[i].len) == (strstr(rows[i].text, "\xef\xbf\xbd") == NULL),
		    "row %zu is UTF-8 or not", i);
		buf_fini(&out);
		free(bytes);
	}
}

/* Each byte, at each place of a string that is looked at in pieces, as when it stands alone. */
static void
test_quote_pieces(void)
{
	size_t wrong = 0;

	for (size_t at = 0; at < 19; at++) {
		for (int c = 0; c < 256; c++) {
			char bytes[] = "abcdefghijklmnopqrs", alone[1] = {(char)c};
			struct buf whole = {0}, byte = {0}, want = {0};

			bytes[at] = (char)c;
			json_quote(&whole, bytes, sizeof bytes - 1);
			json_quote(&byte, alone, 1);
			buf_addf(
			    &want, "\"%.*s%.*s%s\"", (int)at, bytes, (int)byte.len - 2, byte.p + 1, bytes + at + 1);
			wrong += !slice_same(buf_slice(&whole), buf_slice(&want));
			buf_fini(&whole);
			buf_fini(&byte);
			buf_fini(&want);
		}
	}
	tap_ok(wrong == 0, "each byte at each place: %zu wrong", wrong);
}

static void
test_unquote(void)
{
	static const struct {
		const char *text;
		const char *bytes; /* NULL: refused */
		size_t len;
	} rows[] = {
	    {"\"\"", BYTES("")},
	    {"\"plain\"", BYTES("plain")},
	    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", BYTES("\"\\/\b\f\n\r\t")},
	    {"\"\\u0041\\u00FC\\u20ac\\uD83D\\ude00\"", BYTES("A\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80")},
	    {"\"a\\u0000b\"", BYTES("a\0b")},
	    {"\"\\ud83d\"", BYTES("\xef\xbf\xbd")},
	    {"\"\\ud83dx\"", BYTES("\xef\xbf\xbdx")},
	    {"\"\\ud83d\\u0041\"", BYTES("\xef\xbf\xbd"
					 "A")},
	    {"\"\\ud83d\\ud83d\\ude00\"", BYTES("\xef\xbf\xbd\xf0\x9f\x98\x80")},
	    {"\"\\ude00\\ud83d\"", BYTES("\xef\xbf\xbd\xef\xbf\xbd")},
	    {"\"\\ude00\\ude00\"", BYTES("\xef\xbf\xbd\xef\xbf\xbd")},
	    {"\"\\ud83d\\uffff\"", BYTES("\xef\xbf\xbd\xef\xbf\xbf")},
	    {"\"\\udbff\\udfff\"", BYTES("\xf4\x8f\xbf\xbf")},
	    {"\"\x7f\xc3\xbc\"", BYTES("\x7f\xc3\xbc")},
	    {"", NULL, 0},
	    {"\"", NULL, 0},
	    {"plain", NULL, 0},
	    {"12", NULL, 0},
	    {"\"a", NULL, 0},
	    {"\"a\"b\"", NULL, 0},
	    {"\"\\\"", NULL, 0},
	    {"\"\\x\"", NULL, 0},
	    {"\"\\u12\"", NULL, 0},
	    {"\"\\u12g4\"", NULL, 0},
	    {"\"\\ud83d\\u12\"", NULL, 0},
	    {"\"\t\"", NULL, 0},
	    {"\"\xff\"", NULL, 0},
	    {"\"\xc3\"", NULL, 0},
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = strlen(rows[i].text);
		char *text = tap_exact(rows[i].text, len);
		struct buf out = {0};
		bool good;

		buf_adds(&out, "before");
		good = json_unquote(&out, (struct slice){text, len});
		if (rows[i].bytes == NULL)
			tap_ok(!good && strcmp(buf_cstr(&out), "before") == 0, "unquote row %zu is refused: %s", i,
			    rows[i].text);
		else
			tap_ok(good && out.len == 6 + rows[i].len && memcmp(out.p + 6, rows[i].bytes, rows[i].len) == 0,
			    "unquote row %zu: %s", i, rows[i].text);
		buf_fini(&out);
		free(text);
	}
}

static void
check_number(double v, const char *want)
{
	struct buf out = {0};
	double back = 0;
	int rc = json_number(&out, v);

	if (want == NULL)
		tap_ok(rc == -1 && out.len == 0, "%g is no JSON number", v);
	else if (!tap_ok(rc == 0 && strcmp(buf_cstr(&out), want) == 0, "%.17g is %s", v, want))
		printf("# %s\n", buf_cstr(&out));
	if (want != NULL)
		tap_ok(num_parse_double(buf_cstr(&out), out.len, &back) && back == v, "%s reads back", want);
	buf_fini(&out);
}

/* Bit patterns of all sizes, and decimals as files hold them: what is written must read back. */
static void
test_round_trips(void)
{
	uint64_t state = 99, bits;
	unsigned i, wrong = 0, too_long = 0;
	double v, back;

	for (i = 0; i < 40000; i++) {
		struct buf out = {0};

		state = state * 6364136223846793005u + 1442695040888963407u;
		bits = state ^ state >> 29;
		memcpy(&v, &bits, sizeof v);
		if (i % 2 == 0)
			v = (double)(bits >> 20) / 1e6;
		if (!isfinite(v))
			continue;
		json_number(&out, v);
		if (!num_parse_double(buf_cstr(&out), out.len, &back) || back != v)
			wrong++;
		too_long += out.len > strlen("-1.2345678901234567e-300");
		buf_fini(&out);
	}
	tap_ok(wrong == 0, "40000 numbers read back equal");
	tap_ok(too_long == 0, "none has more than 17 digits");
}

static void
test_numbers(void)
{
	static const struct {
		double v;
		const char *text;
	} rows[] = {
	    {0, "0"},
	    {-0.0, "0"},
	    {1, "1"},
	    {-273, "-273"},
	    {0.1, "0.1"},
	    {-0.5, "-0.5"},
	    {1.1, "1.1"},
	    {0.3, "0.3"},
	    {0.29, "0.29"},
	    {0.1 + 0.2, "0.30000000000000004"},
	    {1.0 / 3, "0.3333333333333333"},
	    {0.004, "0.004"},
	    {1.0 / 8000, "0.000125"},
	    {47.123456, "47.123456"},
	    {-122.083739, "-122.083739"},
	    {0.000000001, "0.000000001"},
	    {1.5e-10, "1.5e-10"},
	    {100, "100"},
	    {1048576.5, "1048576.5"},
	    {9007199254740991, "9007199254740991"},
	    {9007199254740992, "9007199254740992"},
	    {18446744073709549568.0, "18446744073709549568"},
	    {1e22, "1e+22"},
	    {1.7976931348623157e308, "1.7976931348623157e+308"},
	    {5e-324, "5e-324"},
	    {NAN, NULL},
	    {INFINITY, NULL},
	    {-INFINITY, NULL},
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_number(rows[i].v, rows[i].text);
	test_round_trips();
}

static void
test_base64(void)
{
	static const struct {
		const char *bytes, *text;
	} rows[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}, {"\xff\xfe\xfb", "//77"}, {"\xfb\xef\xbe", "++++"}};
	static const char *const refused[] = {"Z", "Zg",
	    "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm 9v", "Zm9v\n", "-_-_",
	    "=Zg=", "Z=g=", "Zm9v="};
	struct buf out = {0};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = strlen(rows[i].text);
		char *text = tap_exact(rows[i].text, len);

		buf_clear(&out, 0);
		json_base64(&out, rows[i].bytes, strlen(rows[i].bytes));
		tap_ok(strcmp(buf_cstr(&out), rows[i].text) == 0, "base64 of row %zu is %s", i, rows[i].text);
		buf_clear(&out, 0);
		tap_ok(json_unbase64(&out, (struct slice){text, len}) && strcmp(buf_cstr(&out), rows[i].bytes) == 0,
		    "%s is row %zu", rows[i].text, i);
		free(text);
	}
	for (i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		size_t len = strlen(refused[i]);
		char *text = tap_exact(refused[i], len);

		buf_clear(&out, 0);
		buf_adds(&out, "before");
		tap_ok(!json_unbase64(&out, (struct slice){text, len}) && strcmp(out.p, "before") == 0,
		    "\"%s\" is refused", refused[i]);
		free(text);
	}
	buf_fini(&out);
}

static void
test_paths(void)
{
	struct buf out = {0};

	json_path(&out, "path", "a b.jpg", 7);
	tap_ok(strcmp(out.p, "\"path\":\"a b.jpg\"") == 0, "a path in UTF-8 has no twin");
	buf_clear(&out, 0);
	json_path(&out, "to", "a\xff", 2);
	tap_ok(strcmp(out.p, "\"to\":\"a\xef\xbf\xbd\",\"to_b64\":\"Yf8=\"") == 0, "another has");
	buf_clear(&out, 0);
	json_comma(&out);
	tap_ok(out.len == 0, "no comma at the beginning");
	buf_adds(&out, "{");
	json_comma(&out);
	buf_adds(&out, "[");
	json_comma(&out);
	buf_adds(&out, "1");
	json_comma(&out);
	tap_ok(strcmp(out.p, "{[1,") == 0, "a comma only behind a value");
	buf_fini(&out);
}

int
main(void)
{
	test_quote();
	test_quote_pieces();
	test_unquote();
	test_numbers();
	test_base64();
	test_paths();
	return tap_done();
}
