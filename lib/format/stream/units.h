/*
 * units -- the pieces of an MPEG or H.264 stream, which begin with 00 00 01, as it is fed through in parts.
 *
 * Source: ISO/IEC 13818-2, 6.2; ITU-T H.264, annex B.
 */
#ifndef FORMAT_STREAM_UNITS_H
#define FORMAT_STREAM_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNITS_MAX 4096 /* of one unit; what is longer is cut */

/*
 *   wants  whether a unit that begins with this byte is kept
 *   take   gets the bytes of each that is, from that one on
 */
struct units {
	bool (*wants)(uint8_t first);
	void (*take)(void *arg, const uint8_t *bytes, size_t len);
	void *arg;
	enum { UNITS_OUTSIDE, UNITS_BEGIN, UNITS_KEEP } state;
	size_t zeros, len;
	uint8_t bytes[UNITS_MAX];
};

/* units_feed() -- the next part of the stream; units that end in it are taken. */
void units_feed(struct units *u, const uint8_t *bytes, size_t len);

/* units_end() -- nothing follows: the last unit is taken. */
void units_end(struct units *u);

#endif
