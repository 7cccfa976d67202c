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
is_webm(const uint8_t *head, size_t len)
{
	return has(head, len < 64 ? len : 64, "webm");
}

static bool
is_video(const uint8_t *head, size_t len)
{
	len = len < 512 ? len : 512;
	return has(head, len, "\x80theora") || has(head, len, "BBCD") || has(head, len, "\1video");
}

static bool
is_bitmap(const uint8_t *head, size_t len)
{
	static const uint8_t info_sizes[] = {12, 40, 52, 56, 64, 108, 124};

	return len >= 18 && memcmp(head + 6, "\0\0\0\0", 4) == 0 && memcmp(head + 15, "\0\0\0", 3) == 0 &&
	       memchr(info_sizes, head[14], sizeof info_sizes) != NULL;
}

/* Packets of 188 bytes, in AVCHD with four bytes of time in front; three in a row are no accident. */
static bool
is_transport(const uint8_t *head, size_t len, size_t first, size_t step)
{
	return len > first + 2 * step && head[first] == 0x47 && head[first + step] == 0x47 &&
	       head[first + 2 * step] == 0x47;
}

static bool
is_avchd(const uint8_t *head, size_t len)
{
	return is_transport(head, len, 4, 192);
}

static bool
is_broadcast(const uint8_t *head, size_t len)
{
	return is_transport(head, len, 0, 188);
}

static bool
is_adjustment(const uint8_t *head, size_t len)
{
	return has(head, len, "adjustmentFormatIdentifier") || has(head, len, "adjustmentBaseVersion");
}

static const struct magic table[] = {
    {"png", 0, "\x89PNG\r\n\x1a\n", 8, NULL},
    {"gif", 0, "GIF87a", 6, NULL},
    {"gif", 0, "GIF89a", 6, NULL},
    {"webp", 8, "WEBP", 4, is_riff},
    {"avi", 8, "AVI ", 4, is_riff},
    {"wav", 8, "WAVE", 4, is_riff},
    {"jxl", 0, "\0\0\0\x0cJXL \r\n\x87\n", 12, NULL},
    {"jxl", 0, "\xff\x0a", 2, NULL},
    {"jp2", 0, "\0\0\0\x0cjP  \r\n\x87\n", 12, NULL},
    {"j2c", 0, "\xff\x4f\xff\x51", 4, NULL},
    {"psd", 0, "8BPS\0\1", 6, NULL},
    {"psb", 0, "8BPS\0\2", 6, NULL},
    {"bmp", 0, "BM", 2, is_bitmap},
    {"raf", 0, "FUJIFILMCCD-RAW", 15, NULL},
    {"crw", 0, "II\x1a\0\0\0HEAPCCDR", 14, NULL},
    {"crw", 0, "MM\0\0\0\x1aHEAPCCDR", 14, NULL},
    {"mrw", 0, "\0MRM", 4, NULL},
    {"x3f", 0, "FOVb", 4, NULL},
    {"raw", 25, "ARECOYK", 7, NULL},
    {"r3d", 4, "RED1", 4, NULL},
    {"r3d", 4, "RED2", 4, NULL},
    {"webm", 0, "\x1a\x45\xdf\xa3", 4, is_webm},
    {"mkv", 0, "\x1a\x45\xdf\xa3", 4, NULL},
    {"flv", 0, "FLV\1", 4, NULL},
    {"asf", 0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", 8, NULL},
    {"mpeg", 0, "\0\0\1\xba", 4, NULL},
    {"mpeg", 0, "\0\0\1\xb3", 4, NULL},
    {"ogv", 0, "OggS", 4, is_video},
    {"mxf", 0, "\x06\x0e\x2b\x34\x02\x05\x01\x01", 8, NULL},
    {"dv", 0, "\x1f\x07\0\x3f", 4, NULL},
    {"dv", 0, "\x1f\x07\0\xbf", 4, NULL},
    {"rm", 0, ".RMF", 4, NULL},
    {"wtv", 0, "\xb7\xd8\0\x20\x37\x49\xda\x11", 8, NULL},
    {"jxr", 0, "II\xbc\1", 4, NULL},
    {"bpg", 0, "BPG\xfb", 4, NULL},
    {"flif", 0, "FLIF", 4, NULL},
    {"exr", 0, "\x76\x2f\x31\1", 4, NULL},
    {"mng", 0, "\x8aMNG\r\n\x1a\n", 8, NULL},
    {"mng", 0, "\x8bJNG\r\n\x1a\n", 8, NULL},
    {"mie", 0,
	"~\x10\x04\xfe"
	"0MIE",
	8, NULL},
    {"mie", 0,
	"~\x18\x04\xfe"
	"0MIE",
	8, NULL},
    {"exv", 0, "\xff\1Exiv2", 7, NULL},
    {"aae", 0, "bplist0", 7, is_adjustment},
    {"mts", 4, "G", 1, is_avchd},
    {"ts", 0, "G", 1, is_broadcast},
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
