/* Unit test of base/num: numbers taken whole or not at all. */
#include "base/num.h"

#include <math.h>

#include "tap.h"

static void
test_integers(void)
{
	static const struct {
		const char *text;
		bool is_number;
		uint64_t value;
	} rows[] = {
	    {"0", true, 0},
	    {"007", true, 7},
	    {"9223372036854775808", true, (uint64_t)INT64_MAX + 1},
	    {"18446744073709551615", true, UINT64_MAX},
	    {"18446744073709551616", false, 0},
	    {"99999999999999999999", false, 0},
	    {"-1", false, 0},
	    {"-0", false, 0},
	    {"", false, 0},
	    {"-", false, 0},
	    {"+1", false, 0},
	    {" 1", false, 0},
	    {"1 ", false, 0},
	    {"0x10", false, 0},
	    {"1.0", false, 0},
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = strlen(rows[i].text);
		char *text = tap_exact(rows[i].text, len);
		uint64_t n = 12345;
		bool is_number = num_parse_u64(text, len, &n);

		tap_ok(
		    is_number == rows[i].is_number && n == (is_number ? rows[i].value : 12345), "\"%s\"", rows[i].text);
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
