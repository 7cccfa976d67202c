/* Unit test of base/num: numbers taken whole or not at all. */
#include "base/num.h"

#include <math.h>

#include "tap.h"

static void
test_integers(void)
{
	static const struct {
		const char *text;
		bool is_u64, is_i64;
		uint64_t u64;
		int64_t i64;
	} rows[] = {
	    {"0", true, true, 0, 0},
	    {"007", true, true, 7, 7},
	    {"9223372036854775807", true, true, INT64_MAX, INT64_MAX},
	    {"9223372036854775808", true, false, (uint64_t)INT64_MAX + 1, 0},
	    {"18446744073709551615", true, false, UINT64_MAX, 0},
	    {"18446744073709551616", false, false, 0, 0},
	    {"99999999999999999999", false, false, 0, 0},
	    {"-1", false, true, 0, -1},
	    {"-0", false, true, 0, 0},
	    {"-9223372036854775808", false, true, 0, INT64_MIN},
	    {"-9223372036854775809", false, false, 0, 0},
	    {"", false, false, 0, 0},
	    {"-", false, false, 0, 0},
	    {"+1", false, false, 0, 0},
	    {" 1", false, false, 0, 0},
	    {"1 ", false, false, 0, 0},
	    {"0x10", false, false, 0, 0},
	    {"1.0", false, false, 0, 0},
	    {"--1", false, false, 0, 0},
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = strlen(rows[i].text);
		char *text = tap_exact(rows[i].text, len);
		uint64_t u = 12345;
		int64_t n = 12345;
		bool is_u = num_parse_u64(text, len, &u), is_i = num_parse_i64(text, len, &n);

		tap_ok(is_u == rows[i].is_u64 && u == (is_u ? rows[i].u64 : 12345), "\"%s\" as u64", rows[i].text);
		tap_ok(is_i == rows[i].is_i64 && n == (is_i ? rows[i].i64 : 12345), "\"%s\" as i64", rows[i].text);
		free(text);
	}
}

static void
test_doubles(void)
{
	static const struct {
		const char *text;
		size_t number; /* bytes of the number that it begins with */
		double value;
	} rows[] = {
	    {"0", 1, 0},
	    {"-0.5", 4, -0.5},
	    {"1e3", 3, 1000},
	    {"12.25E-2", 8, 0.1225},
	    {"1e+2", 4, 100},
	    {"1e-400", 6, 0},
	    {"0.1000000000000000055511151231257827021181583404541015625", 57, 0.1},
	    {"1,", 1, NAN},
	    {"10]", 2, NAN},
	    {"0123", 0, NAN},
	    {"00", 0, NAN},
	    {"", 0, NAN},
	    {"-", 0, NAN},
	    {".5", 0, NAN},
	    {"5.", 0, NAN},
	    {"5.e1", 0, NAN},
	    {"1e", 0, NAN},
	    {"1e+", 0, NAN},
	    {"+1", 0, NAN},
	    {" 1", 0, NAN},
	    {"0x1p3", 1, NAN},
	    {"nan", 0, NAN},
	    {"inf", 0, NAN},
	    {"1e400", 5, NAN},
	    {"-1e400", 6, NAN},
	};
	char digits[65];
	double v;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = strlen(rows[i].text);
		char *text = tap_exact(rows[i].text, len);
		bool taken;

		v = 12345;
		taken = num_parse_double(text, len, &v);
		tap_ok(num_json_length(text, len) == rows[i].number, "length of the number in \"%s\"", rows[i].text);
		tap_ok(taken == !isnan(rows[i].value) && v == (taken ? rows[i].value : 12345), "\"%s\" as a double",
		    rows[i].text);
		free(text);
	}
	memset(digits, '1', sizeof digits);
	tap_ok(num_parse_double(digits, 63, &v), "63 digits are a number");
	tap_ok(!num_parse_double(digits, 64, &v), "64 are too many");
}

static void
test_checked(void)
{
	uint64_t n = 7;

	tap_ok(num_add(1, 2, &n) && n == 3, "sum");
	tap_ok(num_add(UINT64_MAX, 0, &n) && n == UINT64_MAX, "greatest sum");
	tap_ok(!num_add(UINT64_MAX, 1, &n) && n == UINT64_MAX, "a sum too great leaves the result alone");
	tap_ok(num_mul(1 << 16, 1 << 16, &n) && n == (uint64_t)1 << 32, "product");
	tap_ok(!num_mul((uint64_t)1 << 32, (uint64_t)1 << 32, &n) && n == (uint64_t)1 << 32,
	    "a product too great leaves the result alone");
}

int
main(void)
{
	test_integers();
	test_doubles();
	test_checked();
	return tap_done();
}
