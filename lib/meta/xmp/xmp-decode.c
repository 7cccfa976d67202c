/*
 * Packets are UTF-8 but for some sidecars, which are UTF-16, with a byte order mark or without.  The first '<' tells:
 * in UTF-16 it has a zero beside it.
 */
#include "meta/xmp/xmp-decode.h"

#include <string.h>

#include "base/utf8.h"

typedef void out_fn(void *arg, const char *text, size_t len);

/* The next unit of UTF-16, as UTF-8 at `to`: up to six bytes, since half a pair before it may come out as U+FFFD. */
static size_t
add_unit(struct xmp_decode *d, uint16_t unit, char *to)
{
	size_t n = 0;

	if (d->high != 0) {
		uint16_t high = d->high;

		d->high = 0;
		if (unit >= 0xdc00 && unit <= 0xdfff)
			return utf8_encode(0x10000 + ((high - 0xd800u) << 10) + (unit - 0xdc00u), to);
		n = utf8_encode(0xfffd, to);
	}
	if (unit >= 0xd800 && unit <= 0xdbff) {
		d->high = unit;
		return n;
	}
	return n + utf8_encode(unit >= 0xdc00 && unit <= 0xdfff ? 0xfffd : unit, to + n);
}

static void
decode_utf16(struct xmp_decode *d, const uint8_t *p, size_t len, out_fn *out, void *arg)
{
	char text[512];
	size_t n = 0, i;

	for (i = 0; i < len; i++) {
		if (!d->has_half) {
			d->half = p[i];
			d->has_half = true;
			continue;
		}
		d->has_half = false;
		n += add_unit(
		    d, (uint16_t)(d->state == XMP_DECODE_BIG ? d->half << 8 | p[i] : p[i] << 8 | d->half), text + n);
		if (n > sizeof text - 8) {
			out(arg, text, n);
			n = 0;
		}
	}
	if (n > 0)
		out(arg, text, n);
}

/* A byte that cannot stand in XML. */
static void
mend(struct xmp_decode *d, uint8_t c, out_fn *out, void *arg)
{
	char text[UTF8_MAX];

	d->mended = true;
	out(arg, text, utf8_encode(c < 0x20 || c == 0x7f ? ' ' : c, text));
}

static bool
is_control(uint8_t c)
{
	return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

/* Hands out whole characters.  Returns how many bytes at the end may be the beginning of another one. */
static size_t
mend_utf8(struct xmp_decode *d, const uint8_t *p, size_t len, out_fn *out, void *arg)
{
	const uint8_t *end = p + len, *good = p;
	size_t n, ill = 1;

	while (p < end) {
		if (*p >= 0x20 && *p < 0x80) {
			p++;
			continue;
		}
		n = is_control(*p) ? 0 : utf8_length(p, end, &ill);
		if (n > 0) {
			p += n;
			continue;
		}
		if (p > good)
			out(arg, (const char *)good, (size_t)(p - good));
		if (!is_control(*p) && *p >= 0xc2 && p + ill == end && ill < sizeof d->part)
			return ill;
		mend(d, *p++, out, arg);
		good = p;
	}
	if (p > good)
		out(arg, (const char *)good, (size_t)(p - good));
	return 0;
}

static void
decode_utf8(struct xmp_decode *d, const uint8_t *p, size_t len, out_fn *out, void *arg)
{
	size_t rest;

	while (d->npart > 0 && len > 0) { /* a character in two pieces */
		d->part[d->npart++] = *p++;
		len--;
		rest = mend_utf8(d, d->part, d->npart, out, arg);
		memmove(d->part, d->part + d->npart - rest, rest);
		d->npart = rest;
	}
	rest = mend_utf8(d, p, len, out, arg);
	memcpy(d->part + d->npart, p + len - rest, rest);
	d->npart += rest;
}

static void
pass(struct xmp_decode *d, uint8_t c)
{
	if (d->passed < sizeof d->mark)
		d->mark[d->passed] = c;
	d->passed++;
	d->previous = c;
	if (c != 0 && c < 0xbb && strchr(" \t\r\n", c) == NULL)
		d->junk = true;
}

/* The '<' has been seen, and the byte behind it. */
static void
choose(struct xmp_decode *d, uint8_t next, out_fn *out, void *arg)
{
	bool marked_little = d->passed >= 2 && d->mark[0] == 0xff && d->mark[1] == 0xfe;
	bool marked_big = d->passed >= 2 && d->mark[0] == 0xfe && d->mark[1] == 0xff;

	if (next != 0)
		d->state = XMP_DECODE_UTF8;
	else if (marked_big || (!marked_little && d->passed > 0 && d->previous == 0))
		d->state = XMP_DECODE_BIG;
	else
		d->state = XMP_DECODE_LITTLE;
	out(arg, "<", 1);
}

/* Returns how many bytes have been dealt with; where they are not all, the state has been chosen. */
static size_t
start(struct xmp_decode *d, const uint8_t *p, size_t len, out_fn *out, void *arg)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (d->bracket) {
			choose(d, p[i], out, arg);
			return i + (d->state == XMP_DECODE_LITTLE); /* the zero was the other half of '<' */
		}
		d->bracket = p[i] == '<';
		if (!d->bracket)
			pass(d, p[i]);
	}
	return len;
}

void
xmp_decode(struct xmp_decode *d, const char *bytes, size_t len, out_fn *out, void *arg)
{
	const uint8_t *p = (const uint8_t *)bytes;
	size_t n = d->state == XMP_DECODE_START ? start(d, p, len, out, arg) : 0;

	if (n == len)
		return;
	if (d->state == XMP_DECODE_UTF8)
		decode_utf8(d, p + n, len - n, out, arg);
	else
		decode_utf16(d, p + n, len - n, out, arg);
}
