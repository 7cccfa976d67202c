/*
 * Positions as ISO 6709 writes them: degrees, degrees and minutes, or degrees, minutes and seconds, which the number of
 * digits before the point tells apart.
 */
#include "format/bmff/userdata.h"

#include <math.h>

static bool
take_digits(const uint8_t **p, const uint8_t *end, int *count, double *value)
{
	*count = 0;
	for (*value = 0; *p < end && **p >= '0' && **p <= '9'; (*p)++, (*count)++)
		*value = *value * 10 + (**p - '0');
	return *count > 0 && *count <= 15;
}

/* A signed decimal number; *whole tells how many digits stand before its point. */
static bool
take_decimal(const uint8_t **p, const uint8_t *end, int *whole, double *out)
{
	double value, fraction;
	bool negative;
	int digits;

	if (*p == end || (**p != '+' && **p != '-'))
		return false;
	negative = *(*p)++ == '-';
	if (!take_digits(p, end, whole, &value))
		return false;
	if (*p < end && **p == '.') {
		++*p;
		if (take_digits(p, end, &digits, &fraction))
			value += fraction / pow(10, digits);
		else if (digits > 0)
			return false;
	}
	*out = negative ? -value : value;
	return true;
}

/* DD, DDMM or DDMMSS with a fraction of the last, a digit more for the longitude. */
static bool
take_degrees(const uint8_t **p, const uint8_t *end, int degree_digits, double *out)
{
	double value, degrees, minutes, seconds;
	int whole;

	if (!take_decimal(p, end, &whole, &value))
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
userdata_place(const uint8_t *text, size_t len, struct movie_place *out)
{
	const uint8_t *p = text, *end = text + len;
	struct movie_place place = {.rank = out->rank, .alt_m = NAN};
	int whole;

	while (p < end && *p == ' ')
		p++;
	if (!take_degrees(&p, end, 2, &place.lat) || !take_degrees(&p, end, 3, &place.lon))
		return false;
	if (p < end && (*p == '+' || *p == '-') && !take_decimal(&p, end, &whole, &place.alt_m))
		return false;
	if (p < end && *p != '/' && *p != ' ' && *p != '\0' && *p != 'C') /* CRSWGS_84/ */
		return false;
	*out = place;
	return true;
}

void
userdata_set_place(struct media_info *info, const uint8_t *text, size_t len)
{
	struct movie_place place = {.rank = MOVIE_KEYS};

	if (!userdata_place(text, len, &place))
		place.lat = place.lon = NAN;
	if (media_set_position(info, place.lat, place.lon, !isnan(place.alt_m)))
		media_set_number(info, MEDIA_ALT, place.alt_m);
}
