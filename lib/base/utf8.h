/* utf8 -- one UTF-8 character at a time, as Unicode 15, 3.9 (table 3-7) defines well-formed. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * utf8_length() -- bytes of the well-formed character at p, where p < end; or 0, and then *ill is the length of the
 * maximal ill-formed part there, at least 1.
 */
static inline size_t
utf8_length(const unsigned char *p, const unsigned char *end, size_t *ill)
{
	unsigned char lead = *p, low = 0x80, high = 0xbf;
	size_t want, have;

	*ill = 1;
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	want = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (lead == 0xe0)
		low = 0xa0;
	else if (lead == 0xed)
		high = 0x9f;
	else if (lead == 0xf0)
		low = 0x90;
	else if (lead == 0xf4)
		high = 0x8f;
	for (have = 1; have < want; have++) {
		*ill = have;
		if (p + have == end || p[have] < low || p[have] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return want;
}

#define UTF8_MAX 4 /* bytes of a character */

/* utf8_encode() -- write a character below 0x110000 to out, which has room for UTF8_MAX bytes; returns how many it has.
 */
static inline size_t
utf8_encode(uint32_t c, char *out)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (char)(lead[n] | c);
	return n;
}

#endif
