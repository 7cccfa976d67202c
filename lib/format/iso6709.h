/*
 * iso6709 -- positions as movies write them, "+48.8577+002.295+035.000/": degrees, degrees and minutes, or degrees,
 * minutes and seconds, which the number of digits before the point tells apart.
 *
 * Source: ISO 6709:2008, annex H.
 */
#ifndef FORMAT_ISO6709_H
#define FORMAT_ISO6709_H

#include "media/media.h"

struct position {
	double lat, lon; /* degrees */
	double alt_m;    /* NAN: unknown */
};

/* iso6709_parse() -- read one.  Returns false, leaving *out, for what is none. */
bool iso6709_parse(const uint8_t *text, size_t len, struct position *out);

/* iso6709_set() -- set the position that a text tells; a warning where it is none on Earth. */
void iso6709_set(struct media_info *info, const uint8_t *text, size_t len);

#endif
