#include "meta/exif/lens.h"

#include <stdbool.h>
#include <stdio.h>

#define FOCAL_LIMIT 10000
#define APERTURE_LIMIT 100

static bool
is_told(double v, double limit)
{
	return v > 0 && v < limit;
}

size_t
lens_text(const double v[4], char text[LENS_MAX])
{
	bool zoom = is_told(v[1], FOCAL_LIMIT) && v[1] != v[0];
	size_t len;

	if (!is_told(v[0], FOCAL_LIMIT) || (zoom && v[1] < v[0]))
		return 0;
	len = (size_t)snprintf(text, LENS_MAX, "%.5g", v[0]);
	if (zoom)
		len += (size_t)snprintf(text + len, LENS_MAX - len, "-%.5g", v[1]);
	len += (size_t)snprintf(text + len, LENS_MAX - len, "mm");
	if (is_told(v[2], APERTURE_LIMIT)) {
		len += (size_t)snprintf(text + len, LENS_MAX - len, " f/%.3g", v[2]);
		if (is_told(v[3], APERTURE_LIMIT) && v[3] != v[2])
			len += (size_t)snprintf(text + len, LENS_MAX - len, "-%.3g", v[3]);
	}
	return len;
}
