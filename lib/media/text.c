/*
 * Text in files seldom says in which encoding it is.  What is valid UTF-8 with letters beyond ASCII in it was hardly
 * ever meant as anything else, so that is tried first.
 */
#include "media/text.h"

#include <iconv.h>
#include <string.h>
#include <strings.h>
#include <uchar.h>

#include "base/json.h"
#include "base/utf8.h"
#include "media/src.h"

static bool
is_blank(char c)
{
	return c == '\0' || c == ' ' || (c >= '\t' && c <= '\r');
}

static void
add_character(struct buf *out, uint32_t c)
{
	char to[UTF8_MAX];

	buf_add(out, to, utf8_encode(c, to));
}

/* Windows-1252 is Latin-1 with letters and signs where that has controls, which nobody writes into a picture. */
static void
add_western(struct buf *out, const char *bytes, size_t len)
{
	static const uint16_t signs[32] = {0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030,
	    0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178};
	size_t i;

	for (i = 0; i < len && !out->failed; i++) {
		unsigned char c = (unsigned char)bytes[i];

		add_character(out, c >= 0x80 && c < 0xa0 ? signs[c - 0x80] : c);
	}
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
		add_western(out, bytes, len);
	return !out->failed;
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

/* Up to its end, UTF-16 of Latin letters has zeros in one half of its bytes alone. */
static bool
shows_utf16(const uint8_t *p, size_t len)
{
	size_t zeros[2] = {0, 0}, i;

	if (len >= 4 && ((p[0] == 0xfe && p[1] == 0xff) || (p[0] == 0xff && p[1] == 0xfe)))
		return true;
	for (i = 0; i + 1 < len && (p[i] != 0 || p[i + 1] != 0); i += 2) {
		zeros[0] += p[i] == 0;
		zeros[1] += p[i + 1] == 0;
	}
	return i >= 4 && (zeros[0] == 0) != (zeros[1] == 0) && (zeros[0] + zeros[1]) * 4 > i;
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

static bool
is_ascii(const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len && (unsigned char)bytes[i] < 0x80; i++)
		;
	return i == len;
}

/* Converts from a named encoding, all or nothing.  At most four bytes come of one. */
static bool
add_converted(struct buf *out, const char *encoding, const char *bytes, size_t len)
{
	iconv_t cd = len < SIZE_MAX / 4 ? iconv_open("UTF-8", encoding) : (iconv_t)-1;
	char *in = (char *)(uintptr_t)bytes, *to;
	size_t from = out->len, room = 4 * len;
	bool good;

	if (cd == (iconv_t)-1)
		return false;
	good = (to = buf_reserve(out, room)) != NULL && iconv(cd, &in, &len, &to, &room) == 0 && len == 0;
	iconv_close(cd);
	if (!good || !text_is_plain(out->p + from, (size_t)(to - out->p) - from)) {
		if (!out->failed)
			out->p[from] = '\0';
		return false;
	}
	*to = '\0';
	out->len = (size_t)(to - out->p);
	return trim_end(out, from);
}

bool
text_add_mac(struct buf *out, const char *bytes, size_t len)
{
	/* From 0x80 on, as Apple maps it to Unicode. */
	static const char16_t mac[] = u"ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü"
				      u"†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø"
				      u"¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ"
				      u"‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";
	size_t from = out->len;

	for (size_t i = 0; i < len && !out->failed; i++) {
		unsigned char c = (unsigned char)bytes[i];

		add_character(out, c < 0x80 ? c : mac[c - 0x80]);
	}
	return trim_end(out, from);
}

bool
text_is_mac(const char *bytes, size_t len)
{
	static const char unknown[] = "\x81\x8d\x8f\x90\x9d", odd[] = "\x87\x88\x8a\x8e\x9f";
	size_t i;

	if (is_ascii(bytes, len) || json_is_utf8(bytes, len))
		return false;
	for (i = 0; i < len; i++) {
		if ((unsigned char)bytes[i] < 0x80)
			continue;
		if (memchr(unknown, bytes[i], sizeof unknown - 1) != NULL ||
		    (i > 0 && bytes[i - 1] >= 'a' && bytes[i - 1] <= 'z' &&
			memchr(odd, bytes[i], sizeof odd - 1) != NULL))
			return true;
	}
	return false;
}

/* Pairs of seven bits each, without escapes.  Japanese has kana, whose first byte is seldom in text that is ASCII. */
static bool
is_bare_jis(const char *bytes, size_t len)
{
	size_t kana = 0, i;

	for (i = 0; i < len; i++) {
		if (bytes[i] < 0x21 || bytes[i] > 0x7e)
			return false;
		kana += i % 2 == 0 && (bytes[i] == 0x24 || bytes[i] == 0x25);
	}
	return len % 2 == 0 && kana > 0 && kana >= len / 8;
}

static bool
add_bare_jis(struct buf *out, const char *bytes, size_t len)
{
	struct buf escaped = {0};
	bool good;

	buf_adds(&escaped, "\x1b$B");
	buf_add(&escaped, bytes, len);
	buf_adds(&escaped, "\x1b(B");
	good = !escaped.failed && add_converted(out, "ISO-2022-JP", escaped.p, escaped.len);
	buf_fini(&escaped);
	return good;
}

static bool
add_jis(struct buf *out, const char *text, size_t len)
{
	if (memchr(text, 0x1b, len) != NULL)
		return add_converted(out, "ISO-2022-JP", text, len);
	if (!is_ascii(text, len))
		return json_is_utf8(text, len)
			   ? text_add(out, text, len)
			   : add_converted(out, "EUC-JP", text, len) || add_converted(out, "SHIFT_JIS", text, len);
	if (is_bare_jis(text, len) && add_bare_jis(out, text, len))
		return true;
	return text_is_plain(text, len) && text_add(out, text, len);
}

/* Plain text but for garbage behind it: a field that was not cleared before it was filled. */
static bool
add_plain(struct buf *out, const char *text, size_t len)
{
	while (len > 0 && !is_blank(text[len - 1]) && ((unsigned char)text[len - 1] < 0x20 || text[len - 1] == '\xff'))
		len--;
	return text_is_plain(text, len) && text_add(out, text, len);
}

/* Whether the comment's first eight bytes are the name of a code: the name, NULs or blanks. */
static bool
is_named(const uint8_t *bytes, const char *name)
{
	size_t n = strlen(name), i;

	for (i = n; i < 8 && (bytes[i] == '\0' || bytes[i] == ' '); i++)
		;
	return i == 8 && strncasecmp((const char *)bytes, name, n) == 0;
}

bool
text_add_comment(struct buf *out, const uint8_t *bytes, size_t len, bool big_endian)
{
	const char *text = (const char *)bytes;
	bool jis;

	if (len <= 8)
		return false;
	if (is_named(bytes, "UNICODE"))
		return text_add_utf16(out, bytes + 8, len - 8, is_big_endian(bytes + 8, len - 8, big_endian));
	jis = is_named(bytes, "JIS");
	if (jis || is_named(bytes, "ASCII") || is_named(bytes, "")) {
		text += 8;
		len -= 8;
	}
	bytes = (const uint8_t *)text;
	if (!jis && shows_utf16(bytes, len))
		return text_add_utf16(out, bytes, len, is_big_endian(bytes, len, big_endian));
	len = strnlen(text, len);
	return jis ? add_jis(out, text, len) : add_plain(out, text, len);
}

/* The digit that begins with p, of a script that has its own: its value and its length; -1 for anything else. */
static int
foreign_digit(const uint8_t *p, size_t len, size_t *bytes)
{
	static const uint16_t zeros[] = {0x0660, 0x06f0, 0x0966, 0x09e6, 0x0f20, 0x1040, 0xff10};
	unsigned c;
	size_t ill;

	*bytes = utf8_length(p, p + len, &ill);
	if (*bytes != 2 && *bytes != 3)
		return -1;
	c = *bytes == 2 ? (p[0] & 0x1fu) << 6 | (p[1] & 0x3f)
			: (p[0] & 15u) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3f);
	for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++) {
		if (c >= zeros[i] && c <= zeros[i] + 9u)
			return (int)(c - zeros[i]);
	}
	return -1;
}

size_t
text_digits(const char *bytes, size_t len, char *out)
{
	size_t n = 0, step;
	int digit;

	for (size_t i = 0; i < len; i += step) {
		digit = foreign_digit((const uint8_t *)bytes + i, len - i, &step);
		out[n++] = digit >= 0 ? (char)('0' + digit) : bytes[i];
		step = digit >= 0 ? step : 1;
	}
	return n;
}
