/*
 * Text in files seldom says in which encoding it is.  What is valid UTF-8 with letters beyond ASCII in it was hardly
 * ever meant as anything else, so that is tried first.
 */
#include "media/text.h"

#include <string.h>

#include "media/src.h"
#include "run/json.h"

static bool
is_blank(char c)
{
	return c == '\0' || c == ' ' || (c >= '\t' && c <= '\r');
}

static void
add_latin1(struct buf *out, const char *bytes, size_t len)
{
	char *to = len < SIZE_MAX / 2 ? buf_reserve(out, 2 * len) : NULL;
	size_t i, n = 0;

	if (to == NULL)
		return;
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c >= 0x80)
			to[n++] = (char)(0xc0 | c >> 6);
		to[n++] = (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
	}
	out->len += n;
	to[n] = '\0';
}

bool
text_add(struct buf *out, const char *bytes, size_t len)
{
	while (len > 0 && is_blank(bytes[len - 1]))
		len--;
	while (len > 0 && is_blank(*bytes)) {
		bytes++;
		len--;
	}
	if (len == 0)
		return false;
	if (json_is_utf8(bytes, len))
		buf_add(out, bytes, len);
	else
		add_latin1(out, bytes, len);
	return !out->failed;
}

static void
add_character(struct buf *out, uint32_t c)
{
	char to[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

	for (i = n; i-- > 1; c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	to[0] = (char)(n == 1 ? c : (0xf00u >> n & 0xff) | c);
	buf_add(out, to, n);
}

/* The character at p; *units is how many 16-bit units it takes. */
static uint32_t
decode_utf16(const uint8_t *p, size_t len, bool big_endian, size_t *units)
{
	uint32_t c = big_endian ? src_be16(p) : src_le16(p), low;

	*units = 1;
	if (c < 0xd800 || c > 0xdfff)
		return c;
	if (c > 0xdbff || len < 4)
		return 0xfffd;
	low = big_endian ? src_be16(p + 2) : src_le16(p + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*units = 2;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

/* Takes blanks off the end of what was appended since the content had `from` bytes. */
static bool
trim_end(struct buf *out, size_t from)
{
	if (out->failed)
		return false;
	while (out->len > from && is_blank(out->p[out->len - 1]))
		out->p[--out->len] = '\0';
	return out->len > from;
}

bool
text_add_utf16(struct buf *out, const uint8_t *bytes, size_t len, bool big_endian)
{
	size_t from = out->len, units;
	uint32_t c;

	for (; len >= 2; bytes += 2 * units, len -= 2 * units) {
		if ((c = decode_utf16(bytes, len, big_endian, &units)) == 0)
			break;
		if (c == 0xfeff || (out->len == from && c < 0x80 && is_blank((char)c)))
			continue;
		add_character(out, c);
	}
	return trim_end(out, from);
}

/* Without a byte order mark the zeros of Latin letters tell the order; writers often ignore the block's own. */
static bool
is_big_endian(const uint8_t *p, size_t len, bool otherwise)
{
	size_t zeros[2] = {0, 0}, i;

	if (len >= 2 && ((p[0] == 0xfe && p[1] == 0xff) || (p[0] == 0xff && p[1] == 0xfe)))
		return p[0] == 0xfe;
	for (i = 0; i < len; i++)
		zeros[i & 1] += p[i] == 0;
	return zeros[0] == zeros[1] ? otherwise : zeros[0] > zeros[1];
}

bool
text_is_plain(const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (((unsigned char)bytes[i] < 0x20 && !is_blank(bytes[i])) || bytes[i] == 0x7f)
			return false;
	}
	return true;
}

/* JIS is not decoded: nothing but ASCII, and no escapes, which are no plain text anyway. */
static bool
is_ascii(const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len && (unsigned char)bytes[i] < 0x80; i++)
		;
	return i == len;
}

bool
text_add_comment(struct buf *out, const uint8_t *bytes, size_t len, bool big_endian)
{
	static const char unicode[] = "UNICODE", ascii[] = "ASCII\0\0", jis[] = "JIS\0\0\0\0",
			  none[] = "\0\0\0\0\0\0\0";
	const char *text = (const char *)bytes + 8;

	if (len <= 8)
		return false;
	if (memcmp(bytes, unicode, 8) == 0)
		return text_add_utf16(out, bytes + 8, len - 8, is_big_endian(bytes + 8, len - 8, big_endian));
	if (memcmp(bytes, jis, 8) != 0 && memcmp(bytes, ascii, 8) != 0 && memcmp(bytes, none, 8) != 0)
		text = (const char *)bytes;
	len = strnlen(text, len - (size_t)(text - (const char *)bytes));
	if (!text_is_plain(text, len) || (memcmp(bytes, jis, 8) == 0 && !is_ascii(text, len)))
		return false;
	return text_add(out, text, len);
}
