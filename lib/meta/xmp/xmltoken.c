/* Bytes above ASCII are text everywhere but in names; that they are UTF-8 the caller has seen to. */
#include "meta/xmp/xmltoken.h"

#include "base/utf8.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Letters, digits, '-', '.', '_': bits of the two halves of ASCII. */
static bool
is_name(char c)
{
	static const uint64_t set[2] = {0x03ff600000000000u, 0x07fffffe87fffffeu};
	uint8_t u = (uint8_t)c;

	return u < 128 && (set[u >> 6] >> (u & 63) & 1) != 0;
}

static bool
is_first(char c)
{
	return is_name(c) && c > '9';
}

bool
xmltoken_blanks(struct xmltoken *t)
{
	const char *from = t->p;

	while (t->p < t->end && is_blank(*t->p))
		t->p++;
	return t->p > from;
}

bool
xmltoken_behind(struct xmltoken *t, const char *word)
{
	const char *at = memmem(t->p, (size_t)(t->end - t->p), word, strlen(word));

	if (at == NULL)
		return false;
	while (t->p < at && ((uint8_t)*t->p >= 0x20 || is_blank(*t->p)))
		t->p++;
	if (t->p < at)
		return false;
	t->p += strlen(word);
	return true;
}

/* A part of a name: without a colon. */
static bool
part(struct xmltoken *t, struct slice *out)
{
	out->p = t->p;
	if (!is_first(xmltoken_next(t)))
		return false;
	while (is_name(xmltoken_next(t)))
		t->p++;
	out->len = (size_t)(t->p - out->p);
	return true;
}

bool
xmltoken_name(struct xmltoken *t, struct slice *prefix, struct slice *local)
{
	*prefix = (struct slice){t->p, 0};
	if (!part(t, local))
		return false;
	if (!xmltoken_word(t, ":"))
		return true;
	*prefix = *local;
	return part(t, local) && xmltoken_next(t) != ':';
}

static bool
is_character(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xd800) || (c >= 0xe000 && c < 0xfffe) ||
	       (c >= 0x10000 && c < 0x110000);
}

static unsigned
digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (unsigned)((c | 0x20) - 'a') + 10 : 16;
}

/* "65;" or "x41;" */
static bool
number(struct xmltoken *t, uint32_t *c)
{
	unsigned base = xmltoken_word(t, "x") ? 16 : 10, n;

	*c = 0;
	for (n = 0; t->p < t->end && n < 8 && digit(*t->p) < base; n++)
		*c = *c * base + digit(*t->p++);
	return n > 0 && xmltoken_word(t, ";") && is_character(*c);
}

bool
xmltoken_reference(struct xmltoken *t, char out[4], size_t *len)
{
	static const struct {
		const char *word;
		char c;
	} known[] = {{"lt;", '<'}, {"gt;", '>'}, {"amp;", '&'}, {"quot;", '"'}, {"apos;", '\''}};
	uint32_t c;
	size_t i;

	if (xmltoken_word(t, "#")) {
		if (!number(t, &c))
			return false;
		*len = utf8_encode(c, out);
		return true;
	}
	for (i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (xmltoken_take(t, known[i].word, strlen(known[i].word))) {
			out[0] = known[i].c;
			*len = 1;
			return true;
		}
	}
	return false;
}

#define EACH 0x0101010101010101u
#define HIGH 0x8080808080808080u

/* Whether one of eight bytes is `c`. */
static bool
has(uint64_t eight, char c)
{
	uint64_t x = eight ^ EACH * (uint8_t)c;

	return ((x - EACH) & ~x & HIGH) != 0;
}

/* Whether one of eight bytes is a control character. */
static bool
has_control(uint64_t eight)
{
	return ((eight - EACH * 0x20) & ~eight & HIGH) != 0;
}

/* Looks through a value, of which some are kilobytes long: false where a '<' is in it. */
static bool
look_through(struct slice value, bool *plain)
{
	const char *p = value.p, *end = value.p + value.len;
	uint64_t eight;

	*plain = true;
	for (; end - p >= 8; p += 8) {
		memcpy(&eight, p, 8);
		if (has(eight, '<'))
			return false;
		*plain &= !has(eight, '&') && !has_control(eight);
	}
	for (; p < end; p++) {
		if (*p == '<')
			return false;
		*plain &= *p != '&' && (uint8_t)*p >= 0x20;
	}
	return true;
}

bool
xmltoken_quoted(struct xmltoken *t, struct slice *value, bool *plain)
{
	char quote = xmltoken_next(t);
	const char *end;

	if (quote != '"' && quote != '\'')
		return false;
	if ((end = memchr(t->p + 1, quote, (size_t)(t->end - t->p) - 1)) == NULL)
		return false;
	*value = (struct slice){t->p + 1, (size_t)(end - t->p) - 1};
	t->p = end + 1;
	return look_through(*value, plain);
}

bool
xmltoken_decode(struct buf *out, struct slice value)
{
	struct xmltoken t = {value.p, value.p + value.len};
	const char *from;
	char c[4];
	size_t len;

	while (t.p < t.end) {
		for (from = t.p; t.p < t.end && *t.p != '&' && (uint8_t)*t.p >= 0x20; t.p++)
			;
		buf_add(out, from, (size_t)(t.p - from));
		if (t.p == t.end)
			break;
		if (xmltoken_word(&t, "&")) {
			if (!xmltoken_reference(&t, c, &len))
				return false;
			buf_add(out, c, len);
		} else if (xmltoken_word(&t, "\r\n") || is_blank(*t.p++)) {
			buf_addc(out, ' ');
		} else {
			return false;
		}
	}
	return !out->failed;
}

size_t
xmltoken_text(const struct xmltoken *t)
{
	const char *p;

	for (p = t->p; p < t->end && *p != '<' && *p != '&'; p++) {
		if ((uint8_t)*p < 0x20 && *p != '\n' && *p != '\t')
			break;
		if (*p == '>' && p - t->p >= 2 && p[-1] == ']' && p[-2] == ']')
			break;
	}
	return (size_t)(p - t->p);
}
