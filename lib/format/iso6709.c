#include "format/iso6709.h"

#include <math.h>

static bool
get_digits(const uint8_t **p, const uint8_t *end, int *count, double *value)
{
	*count = 0;
	for (*value = 0; *p < end && **p >= '0' && **p <= '9'; (*p)++, (*count)++)
		*value = *value * 10 + (**p - '0');
	return *count > 0 && *count <= 15;
}

/* A signed decimal number; *whole tells how many digits stand before its point. */
static bool
get_decimal(const uint8_t **p, const uint8_t *end, int *whole, double *out)
{
	double value, fraction;
	bool negative;
	int digits;

	if (*p == end || (**p != '+' && **p != '-'))
		return false;
	negative = *(*p)++ == '-';
	if (!get_digits(p, end, whole, &value))
		return false;
	if (*p < end && **p == '.') {
		++*p;
		if (get_digits(p, end, &digits, &fraction))
			value += fraction / pow(10, digits);
		else if (digits > 0)
			return false;
	}
	*out = negative ? -value : value;
	return true;
}

/* DD, DDMM or DDMMSS with a fraction of the last, a digit more for the longitude. */
static bool
get_degrees(const uint8_t **p, const uint8_t *end, int degree_digits, double *out)
{
	double value, degrees, minutes, seconds;
	int whole;

	if (!get_decimal(p, end, &whole, &value))
		return false;
	if (whole <= degree_digits) {
		*out = value;
		return true;
	}
	if (whole != degree_digits + 2 && whole != degree_digits + 4)
		return false;
	seconds = whole == degree_digits + 4 ? fmod(fabs(value), 100) : 0;
	minutes = whole == degree_digits + 4 ? trunc(fabs(value) / 100) : fabs(value);
	degrees = trunc(minutes / 100);
	minutes = fmod(minutes, 100);
	if (minutes >= 60 || seconds >= 60)
		return false;
	*out = copysign(degrees + minutes / 60 + seconds / 3600, value);
	return true;
}

bool
iso6709_parse(const uint8_t *text, size_t len, struct position *out)
{
	const uint8_t *p = text, *end = text + len;
	struct position at = {.alt_m = NAN};
	int whole;

	while (p < end && *p == ' ')
		p++;
	if (!get_degrees(&p, end, 2, &at.lat) || !get_degrees(&p, end, 3, &at.lon))
		return false;
	if (p < end && (*p == '+' || *p == '-') && !get_decimal(&p, end, &whole, &at.alt_m))
		return false;
	if (p < end && *p != '/' && *p != ' ' && *p != '\0' && *p != 'C') /* CRSWGS_84/ */
		return false;
	*out = at;
	return true;
}

void
iso6709_set(struct media_info *info, const uint8_t *text, size_t len)
{
	struct position at = {.lat = NAN, .lon = NAN};

	iso6709_parse(text, len, &at);
	if (media_set_position(info, at.lat, at.lon, !isnan(at.alt_m)))
		media_set_number(info, MEDIA_ALT, at.alt_m);
}
