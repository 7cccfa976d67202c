/*
 * startcode -- the units that an MPEG or H.264 stream is cut into by start codes (00 00 01), as it is fed in parts.
 *
 * Source: ISO/IEC 13818-2, 6.2; ITU-T H.264, annex B.
 */
#ifndef FORMAT_STREAM_STARTCODE_H
#define FORMAT_STREAM_STARTCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STARTCODE_UNIT_MAX 4096 /* of one unit; what is longer is cut */

/*
 *   wants  whether a unit that begins with this byte is kept
 *   unit   gets the bytes of each that is, from that one on
 */
struct startcode {
	bool (*wants)(uint8_t first);
	void (*unit)(void *arg, const uint8_t *bytes, size_t len);
	void *arg;
	enum { STARTCODE_OUTSIDE, STARTCODE_BEGIN, STARTCODE_KEEP } state;
	size_t zeros, len;
	uint8_t bytes[STARTCODE_UNIT_MAX];
};

/* startcode_feed() -- the next part of the stream; each unit that ends in it is handed on. */
void startcode_feed(struct startcode *s, const uint8_t *bytes, size_t len);

/* startcode_end() -- nothing follows: the last unit is handed on. */
void startcode_end(struct startcode *s);

#endif
