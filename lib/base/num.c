/*
 * Decimal text to numbers.  The C library's parsers take blanks, signs, hexadecimal and text that goes on; these take
 * the whole text or nothing.  Programs stay in the "C" locale for numbers: strtod() expects a point.
 */
#include "base/num.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DOUBLE_TEXT_MAX = 63 };

bool
num_parse_u64(const char *s, size_t len, uint64_t *out)
{
	uint64_t n = 0;
	size_t i;

	if (len == 0)
		return false;
	for (i = 0; i < len; i++) {
		unsigned digit = (unsigned char)s[i] - '0';

		if (digit > 9 || !num_mul(n, 10, &n) || !num_add(n, digit, &n))
			return false;
	}
	*out = n;
	return true;
}

bool
num_parse_size(const char *s, size_t len, uint64_t *out)
{
	static const char units[] = "KMGT";
	const char *unit = len > 0 && s[len - 1] != '\0' ? strchr(units, s[len - 1]) : NULL;
	uint64_t n;

	if (!num_parse_u64(s, unit != NULL ? len - 1 : len, &n) ||
	    !num_mul(n, UINT64_C(1) << (unit != NULL ? 10 * (unit - units + 1) : 0), &n))
		return false;
	*out = n;
	return true;
}

static const char *
skip_digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

size_t
num_json_length(const char *s, size_t len)
{
	const char *p = s, *end = s + len, *from;

	if (p < end && *p == '-')
		p++;
	from = p;
	if ((p = skip_digits(p, end)) == from || (*from == '0' && p - from > 1))
		return 0;
	if (p < end && *p == '.') {
		from = ++p;
		if ((p = skip_digits(p, end)) == from)
			return 0;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		from = p;
		if ((p = skip_digits(p, end)) == from)
			return 0;
	}
	return (size_t)(p - s);
}

bool
num_parse_double(const char *s, size_t len, double *out)
{
	char text[DOUBLE_TEXT_MAX + 1];
	double v;

	if (len == 0 || len > DOUBLE_TEXT_MAX || num_json_length(s, len) != len)
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	v = strtod(text, NULL);
	if (!isfinite(v))
		return false;
	*out = v;
	return true;
}
