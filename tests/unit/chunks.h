/* chunks -- PNG, RIFF and GIF files for the tests, built piece by piece into a made. */
#ifndef UNIT_CHUNKS_H
#define UNIT_CHUNKS_H

#include <zlib.h>

#include "made.h"

#define CHUNKS_XMP                                                                                          \
	"<x:xmpmeta xmlns:x='adobe:ns:meta/'>"                                                              \
	"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"                                 \
	"<rdf:Description rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='4'/></rdf:RDF>" \
	"</x:xmpmeta>"

/* A number of four bytes, big-endian as in PNG or little-endian as in RIFF. */
static inline void
chunks_number(struct made *m, uint32_t v, bool big_endian)
{
	uint8_t p[4];

	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * (big_endian ? 3 - i : i));
	made_add(m, p, 4);
}

static inline void
chunks_png(struct made *m, const char *type, const void *bytes, size_t len)
{
	chunks_number(m, (uint32_t)len, true);
	made_add(m, type, 4);
	made_add(m, bytes, len);
	made_add(m, "\0\0\0\0", 4);
}

/* The signature and the header. */
static inline void
chunks_png_begin(struct made *m, uint32_t width, uint32_t height)
{
	m->len = 0;
	made_add(m, "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", 16);
	chunks_number(m, width, true);
	chunks_number(m, height, true);
	made_add(m, "\x08\x02\0\0\0\0\0\0\0", 9);
}

/* A text of any of the three kinds; `packed`: compressed. */
static inline void
chunks_png_text(struct made *m, const char *type, const char *keyword, bool packed, const void *value, size_t len)
{
	static struct made data;
	uLongf n = sizeof data.p - 256;

	data.len = 0;
	made_add(&data, keyword, strlen(keyword) + 1);
	if (strcmp(type, "iTXt") == 0)
		made_add(&data, packed ? "\1\0en\0\0" : "\0\0en\0\0", 6);
	else if (strcmp(type, "zTXt") == 0)
		made_add(&data, "", 1);
	if (packed) {
		compress2(data.p + data.len, &n, value, len, 9);
		data.len += n;
	} else {
		made_add(&data, value, len);
	}
	chunks_png(m, type, data.p, data.len);
}

/* A raw profile: its digits in lines of 36 bytes. */
static inline size_t
chunks_profile(char *out, const char *kind, const uint8_t *bytes, size_t len)
{
	size_t n = (size_t)sprintf(out, "\n%s\n%8zu\n", kind, len);

	for (size_t i = 0; i < len; i++)
		n += (size_t)sprintf(out + n, "%02x%s", bytes[i], i % 36 == 35 ? "\n" : "");
	return n;
}

static inline void
chunks_riff(struct made *m, const char *id, const void *bytes, size_t len)
{
	made_add(m, id, 4);
	chunks_number(m, (uint32_t)len, false);
	made_add(m, bytes, len);
	made_add(m, "", len & 1);
}

/* Begins a list of a kind; chunks_close() gives it its length. */
static inline size_t
chunks_open(struct made *m, const char *id, const char *kind)
{
	made_add(m, id, 4);
	made_add(m, "\0\0\0\0", 4);
	made_add(m, kind, 4);
	return m->len - 8;
}

static inline void
chunks_close(struct made *m, size_t at)
{
	made_put(m, at, m->len - at - 4, 4);
}

#endif
