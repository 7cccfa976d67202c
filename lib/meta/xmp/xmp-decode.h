/* xmp-decode -- a packet's bytes, whatever their encoding, as UTF-8 that begins with its first '<'. */
#ifndef META_XMP_XMP_DECODE_H
#define META_XMP_XMP_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {0} is the beginning of a packet. */
struct xmp_decode {
	enum { XMP_DECODE_START, XMP_DECODE_UTF8, XMP_DECODE_LITTLE, XMP_DECODE_BIG } state;
	uint8_t mark[2];  /* START: the first two bytes */
	uint64_t passed;  /* START: bytes before the first '<' */
	uint8_t previous; /* START: the byte before it */
	bool bracket;     /* START: the '<' was the last byte so far */
	uint8_t half;     /* of a unit of UTF-16 */
	bool has_half;
	uint16_t high;   /* the first unit of a surrogate pair, or 0 */
	uint8_t part[4]; /* UTF8: the beginning of a character */
	size_t npart;
	bool mended; /* there were bytes that are no character of XML, since this was last cleared */
	bool junk;   /* something but blanks, NULs and a byte order mark stood before the first '<' */
};

/*
 * xmp_decode() -- hand the text of the next bytes to `out`, in one call or many.  Control characters become blanks;
 * bytes that are no UTF-8 are taken as Latin-1.
 */
void xmp_decode(struct xmp_decode *d, const char *bytes, size_t len,
    void (*out)(void *arg, const char *text, size_t len), void *arg);

#endif
