/*
 * Most formats begin with bytes of their own and are rows of one table, tried in order.  The few that need more than
 * that have a function.
 */
#include "format/sniff.h"

#include <stdbool.h>
#include <string.h>

struct magic {
	const char *type;
	size_t at;
	const char *bytes;
	size_t len;
	bool (*also)(const uint8_t *head, size_t len); /* what must be true besides; NULL: nothing */
};

static bool
has(const uint8_t *head, size_t len, const char *text)
{
	return memmem(head, len, text, strlen(text)) != NULL;
}

static bool
is_riff(const uint8_t *head, size_t len)
{
	(void)len;
	return memcmp(head, "RIFF", 4) == 0;
}

static bool
is_adjustment(const uint8_t *head, size_t len)
{
	return has(head, len, "adjustmentFormatIdentifier") || has(head, len, "adjustmentBaseVersion");
}

static const struct magic table[] = {
    {"wav", 8, "WAVE", 4, is_riff},
    {"r3d", 4, "RED1", 4, NULL},
    {"r3d", 4, "RED2", 4, NULL},
    {"rm", 0, ".RMF", 4, NULL},
    {"wtv", 0, "\xb7\xd8\0\x20\x37\x49\xda\x11", 8, NULL},
    {"exr", 0, "\x76\x2f\x31\1", 4, NULL},
    {"mie", 0, "~\x10\x04\xfe\x30MIE", 8, NULL},
    {"mie", 0, "~\x18\x04\xfe\x30MIE", 8, NULL},
    {"aae", 0, "bplist0", 7, is_adjustment},
};

/* Text in ASCII's part of UTF-16, so that one search serves all encodings. */
static size_t
fold(const uint8_t *head, size_t len, uint8_t *text, size_t max)
{
	size_t i, n = 0;

	for (i = 0; i < len && n < max; i++) {
		if (head[i] != 0)
			text[n++] = head[i];
	}
	return n;
}

static void
skip(const uint8_t **p, size_t *len, size_t n)
{
	*p += n;
	*len -= n;
}

/* What may stand before the first element: byte order marks, blanks, the XML declaration, comments. */
static void
skip_prolog(const uint8_t **p, size_t *len)
{
	const uint8_t *end;

	for (;;) {
		if (*len > 0 && (strchr(" \t\r\n", **p) != NULL || **p >= 0xbb)) {
			skip(p, len, 1);
		} else if (*len > 5 && (memcmp(*p, "<?xml", 5) == 0 || memcmp(*p, "<!--", 4) == 0)) {
			if ((end = memchr(*p + 1, '>', *len - 1)) == NULL)
				return;
			skip(p, len, (size_t)(end - *p) + 1);
		} else {
			return;
		}
	}
}

static bool
begins(const uint8_t *p, size_t len, const char *text)
{
	return len >= strlen(text) && memcmp(p, text, strlen(text)) == 0;
}

static const char *
sniff_text(const uint8_t *head, size_t len)
{
	uint8_t folded[4096];
	const uint8_t *p = head;

	if (len >= 4 && (memchr(head, 0, 4) != NULL)) {
		len = fold(head, len, folded, sizeof folded);
		p = folded;
	}
	skip_prolog(&p, &len);
	if (len == 0)
		return NULL;
	if (*p == '{')
		return has(p, len, "\"title\"") && has(p, len, "\"photoTakenTime\"") ? "takeout-json" : NULL;
	if (begins(p, len, "<?xpacket") || begins(p, len, "<x:x") || begins(p, len, "<rdf:RDF"))
		return "xmp";
	if (begins(p, len, "<!DOCTYPE plist") || begins(p, len, "<plist"))
		return is_adjustment(p, len) ? "aae" : NULL;
	return NULL;
}

const char *
sniff_type(const uint8_t *head, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof table / sizeof table[0]; i++) {
		const struct magic *m = &table[i];

		if (len < m->at + m->len || memcmp(head + m->at, m->bytes, m->len) != 0)
			continue;
		if (m->also == NULL || m->also(head, len))
			return m->type;
	}
	return sniff_text(head, len);
}
