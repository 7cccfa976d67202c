/*
 * Most strings are plain ASCII: they are copied in runs, and only what stands between runs is looked at byte by byte.
 * Numbers with a few decimals, which is nearly all of them, are written from an integer; printf is the fallback.
 */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/utf8.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

static void
escape(struct buf *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char short_form[32] = {
	    ['\b'] = 'b',
	    ['\f'] = 'f',
	    ['\n'] = 'n',
	    ['\r'] = 'r',
	    ['\t'] = 't',
	};
	char text[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

	if (c == '"' || c == '\\')
		text[1] = (char)c;
	else if (c < sizeof short_form && short_form[c] != '\0')
		text[1] = short_form[c];
	buf_add(out, text, text[1] == 'u' ? 6 : 2);
}

/* Whether eight bytes are ASCII that needs no escape: where one is not, a difference below goes below 0. */
static bool
are_plain(const unsigned char *p)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	uint64_t w;

	memcpy(&w, p, sizeof w);
	return ((w | (w - each * 0x20) | ((w ^ each * '"') - each) | ((w ^ each * '\\') - each) |
		    ((w ^ each * 0x7f) - each)) &
		   each * 0x80) == 0;
}

/* The end of the run of characters that need no escape. */
static const unsigned char *
plain_run(const unsigned char *p, const unsigned char *end, size_t *ill)
{
	size_t n;

	while (p < end) {
		if ((size_t)(end - p) >= sizeof(uint64_t) && are_plain(p)) {
			p += sizeof(uint64_t);
		} else if (*p >= 0x80) {
			if ((n = utf8_length(p, end, ill)) == 0)
				break;
			p += n;
		} else if (*p < 0x20 || *p == '"' || *p == '\\' || *p == 0x7f) {
			break;
		} else {
			p++;
		}
	}
	return p;
}

/* A string that needs no escape, in one go. */
static void
quote_plain(struct buf *out, const char *bytes, size_t len)
{
	char *to = buf_reserve(out, len + 2);

	if (to == NULL)
		return;
	to[0] = '"';
	memcpy(to + 1, bytes, len);
	memcpy(to + 1 + len, "\"", 2);
	out->len += len + 2;
}

void
json_quote(struct buf *out, const char *bytes, size_t len)
{
	const unsigned char *p = (const unsigned char *)bytes, *end = p + len, *from;
	size_t ill = 0;

	if (len > 0 && plain_run(p, end, &ill) == end) {
		quote_plain(out, bytes, len);
		return;
	}
	buf_addc(out, '"');
	while (p < end) {
		from = p;
		p = plain_run(p, end, &ill);
		if (p > from)
			buf_add(out, from, (size_t)(p - from));
		if (p == end)
			break;
		if (*p < 0x80) {
			escape(out, *p++);
		} else {
			buf_add(out, replacement, 3);
			p += ill;
		}
	}
	buf_addc(out, '"');
}

bool
json_is_utf8(const char *bytes, size_t len)
{
	const unsigned char *p = (const unsigned char *)bytes, *end = p + len;
	uint64_t ascii[4];
	size_t n, ill;

	while (p < end) {
		if ((size_t)(end - p) >= sizeof ascii) {
			memcpy(ascii, p, sizeof ascii);
			if (((ascii[0] | ascii[1] | ascii[2] | ascii[3]) & 0x8080808080808080u) == 0) {
				p += sizeof ascii;
				continue;
			}
		}
		if (*p < 0x80) {
			p++;
			continue;
		}
		if ((n = utf8_length(p, end, &ill)) == 0)
			return false;
		p += n;
	}
	return true;
}

/* n / 10^decimals in plain digits. */
static void
add_fixed(struct buf *out, bool negative, uint64_t n, unsigned decimals)
{
	char text[40], *p = text + sizeof text;

	do {
		*--p = (char)('0' + n % 10);
		n /= 10;
		if (decimals > 0 && --decimals == 0)
			*--p = '.';
	} while (n > 0 || decimals > 0 || *p == '.');
	if (negative)
		*--p = '-';
	buf_add(out, p, (size_t)(text + sizeof text - p));
}

int
json_number(struct buf *out, double v)
{
	static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
	const double exact_max = 9007199254740992.0;   /* 2^53: from here on all are integers */
	const double u64_end = 18446744073709551616.0; /* 2^64 */
	double a = fabs(v), scaled;
	char text[32];
	unsigned k;
	int digits;

	if (!isfinite(v))
		return -1;
	if (a >= exact_max && a < u64_end) {
		add_fixed(out, v < 0, (uint64_t)a, 0);
		return 0;
	}
	/* Quotients of exact integers round as strtod() does: what is equal here reads back equal. */
	for (k = 0; k < sizeof power / sizeof power[0]; k++) {
		scaled = a * power[k];
		if (scaled >= exact_max)
			break;
		scaled = (double)(uint64_t)(scaled + 0.5);
		if (scaled / power[k] == a) {
			add_fixed(out, v < 0, (uint64_t)scaled, k);
			return 0;
		}
	}
	for (digits = 1; digits <= 17; digits++) {
		double back;

		snprintf(text, sizeof text, "%.*g", digits, v);
		if (num_parse_double(text, strlen(text), &back) && back == v)
			break;
	}
	buf_adds(out, text);
	return 0;
}

void
json_path(struct buf *out, const char *name, const char *bytes, size_t len)
{
	json_quote(out, name, strlen(name));
	buf_addc(out, ':');
	json_quote(out, bytes, len);
	if (json_is_utf8(bytes, len))
		return;
	buf_addf(out, ",\"%s_b64\":\"", name);
	json_base64(out, bytes, len);
	buf_addc(out, '"');
}

/* Four hexadecimal digits, or -1. */
static long
hex4(const char *p, const char *end)
{
	long n = 0;
	int i;

	if (end - p < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		int c = (unsigned char)p[i], lower = c | 0x20;

		if (c >= '0' && c <= '9')
			n = n * 16 + c - '0';
		else if (lower >= 'a' && lower <= 'f')
			n = n * 16 + lower - 'a' + 10;
		else
			return -1;
	}
	return n;
}

/* What \uXXXX at p stands for, its partner included; *p moves behind it.  0xffffffff where it is none. */
static unsigned long
code_point(const char **p, const char *end)
{
	long c = hex4(*p + 2, end), low;

	if (c == -1)
		return 0xffffffff;
	*p += 6;
	if (c < 0xd800 || c > 0xdfff)
		return (unsigned long)c;
	if (c > 0xdbff || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
		return 0xfffd;
	low = hex4(*p + 2, end);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*p += 6;
	return 0x10000 + ((unsigned long)(c - 0xd800) << 10) + (unsigned long)(low - 0xdc00);
}

size_t
json_character(struct slice *rest, char bytes[4])
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *p = rest->p, *end = p + rest->len, *hit;
	unsigned long c;
	size_t n, ill;

	if (p == end || (unsigned char)*p < 0x20 || *p == '"')
		return 0;
	if (*p != '\\') {
		if ((n = utf8_length((const unsigned char *)p, (const unsigned char *)end, &ill)) == 0)
			return 0;
		memcpy(bytes, p, n);
		p += n;
	} else if (end - p < 2) {
		return 0;
	} else if (p[1] == 'u') {
		if ((c = code_point(&p, end)) == 0xffffffff)
			return 0;
		n = utf8_encode((uint32_t)c, bytes);
	} else {
		if (p[1] == '\0' || (hit = strchr(from, p[1])) == NULL)
			return 0;
		bytes[0] = to[hit - from];
		n = 1;
		p += 2;
	}
	*rest = (struct slice){p, (size_t)(end - p)};
	return n;
}

/* Forget what was appended since the content had `len` bytes. */
static void
take_back(struct buf *out, size_t len)
{
	if (out->p != NULL) {
		out->len = len;
		out->p[len] = '\0';
	}
}

bool
json_unquote(struct buf *out, struct slice value)
{
	size_t before = out->len, n, ill;
	struct slice rest;
	char bytes[4];

	if (value.len < 2 || value.p[0] != '"' || value.p[value.len - 1] != '"')
		return false;
	rest = (struct slice){value.p + 1, value.len - 2};
	while (rest.len > 0) {
		const unsigned char *p = (const unsigned char *)rest.p;

		n = (size_t)(plain_run(p, p + rest.len, &ill) - p);
		buf_add(out, rest.p, n);
		rest = (struct slice){rest.p + n, rest.len - n};
		if (rest.len == 0)
			break;
		if ((n = json_character(&rest, bytes)) == 0) {
			take_back(out, before);
			return false;
		}
		buf_add(out, bytes, n);
	}
	return !out->failed;
}

void
json_base64(struct buf *out, const char *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)bytes;
	char group[4];

	while (len > 0) {
		unsigned long n = (unsigned long)p[0] << 16;

		n |= len > 1 ? (unsigned long)p[1] << 8 : 0;
		n |= len > 2 ? p[2] : 0;
		group[0] = digits[n >> 18];
		group[1] = digits[n >> 12 & 63];
		group[2] = len > 1 ? digits[n >> 6 & 63] : '=';
		group[3] = len > 2 ? digits[n & 63] : '=';
		buf_add(out, group, 4);
		p += len > 3 ? 3 : len;
		len -= len > 3 ? 3 : len;
	}
}

static int
base64_digit(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters to one to three bytes; 0 where they are no base64, or leave bits over. */
static size_t
base64_group(const char *text, bool last, char bytes[3])
{
	size_t pad = text[3] != '=' || !last ? 0 : text[2] != '=' ? 1 : 2, i;
	unsigned long n = 0;

	for (i = 0; i < 4; i++) {
		int digit = i >= 4 - pad ? 0 : base64_digit((unsigned char)text[i]);

		if (digit == -1)
			return 0;
		n = n << 6 | (unsigned long)digit;
	}
	if ((n & ((1UL << 8 * pad) - 1)) != 0)
		return 0;
	bytes[0] = (char)(n >> 16);
	bytes[1] = (char)(n >> 8 & 0xff);
	bytes[2] = (char)(n & 0xff);
	return 3 - pad;
}

bool
json_unbase64(struct buf *out, struct slice text)
{
	size_t before = out->len, i, n;
	char bytes[3];

	if (text.len % 4 != 0)
		return false;
	for (i = 0; i < text.len; i += 4) {
		if ((n = base64_group(text.p + i, i + 4 == text.len, bytes)) == 0)
			break;
		buf_add(out, bytes, n);
	}
	if (i < text.len)
		take_back(out, before);
	return i == text.len && !out->failed;
}

void
json_comma(struct buf *out)
{
	if (out->len > 0 && out->p[out->len - 1] != '{' && out->p[out->len - 1] != '[')
		buf_addc(out, ',');
}
