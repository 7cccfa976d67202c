/* made -- Exif blocks, TIFF and JPEG files for the tests, built from lists of tags. */
#ifndef UNIT_MADE_H
#define UNIT_MADE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/format.h"

enum { DIR0, DIR_EXIF, DIR_GPS, DIR_SUB, DIR1, DIRS };
enum {
	T_BYTE = 1,
	T_ASCII,
	T_SHORT,
	T_LONG,
	T_RATIONAL,
	T_SBYTE,
	T_UNDEF,
	T_SSHORT,
	T_SLONG,
	T_SRATIONAL,
	T_FLOAT,
	T_DOUBLE,
	T_IFD
};

/* One tag: text (count bytes, or up to its NUL and with it where count is 0), or numbers; rationals take two. */
struct made_tag {
	int dir;
	uint16_t tag, type;
	size_t count;
	const char *text;
	uint32_t v[12];
};

#define ASCII(dir, tag, text)               \
	{                                   \
		dir, tag, T_ASCII, 0, text, \
		{                           \
			0                   \
		}                           \
	}
#define BYTES(dir, tag, type, text)                     \
	{                                               \
		dir, tag, type, sizeof(text) - 1, text, \
		{                                       \
			0                               \
		}                                       \
	}
#define SHORT(dir, tag, v)                  \
	{                                   \
		dir, tag, T_SHORT, 1, NULL, \
		{                           \
			v                   \
		}                           \
	}
#define LONG(dir, tag, v)                  \
	{                                  \
		dir, tag, T_LONG, 1, NULL, \
		{                          \
			v                  \
		}                          \
	}
#define RATIONAL(dir, tag, n, d)               \
	{                                      \
		dir, tag, T_RATIONAL, 1, NULL, \
		{                              \
			n, d                   \
		}                              \
	}
#define RATIONALS(dir, tag, n, ...)            \
	{                                      \
		dir, tag, T_RATIONAL, n, NULL, \
		{                              \
			__VA_ARGS__            \
		}                              \
	}

struct made {
	uint8_t p[256 << 10];
	size_t len;
	bool big_endian, wide; /* wide: BigTIFF */
	size_t gap;            /* bytes between the header and the first directory */
};

static inline void
made_put(struct made *m, size_t at, uint64_t v, size_t size)
{
	for (size_t i = 0; i < size; i++)
		m->p[at + i] = (uint8_t)(v >> 8 * (m->big_endian ? size - 1 - i : i));
	if (at + size > m->len)
		m->len = at + size;
}

static inline void
made_add(struct made *m, const void *bytes, size_t len)
{
	memcpy(m->p + m->len, bytes, len);
	m->len += len;
}

static inline size_t
made_size(uint16_t type)
{
	static const size_t size[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

	return size[type];
}

static inline size_t
made_count(const struct made_tag *t)
{
	return t->count == 0 && t->text != NULL ? strlen(t->text) + 1 : t->count;
}

static inline void
made_value(struct made *m, const struct made_tag *t, size_t at)
{
	size_t size = made_size(t->type), part = size == 8 ? 4 : size;

	if (t->text != NULL) {
		memcpy(m->p + at, t->text, made_count(t));
		if (at + made_count(t) > m->len)
			m->len = at + made_count(t);
		return;
	}
	for (size_t i = 0; i < t->count * size / part; i++)
		made_put(m, at + i * part, t->v[i], part);
}

static inline size_t
made_entry(struct made *m, size_t at, uint16_t tag, uint16_t type, uint64_t count)
{
	made_put(m, at, tag, 2);
	made_put(m, at + 2, type, 2);
	made_put(m, at + 4, count, m->wide ? 8 : 4);
	return at + (m->wide ? 12 : 8);
}

static inline size_t
made_dir_count(const struct made_tag *tags, size_t n, int dir)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += tags[i].dir == dir;
	return count;
}

/* The block; directories first, values behind them.  IFD0 points to what is there. */
static inline void
made_tiff(struct made *m, const struct made_tag *tags, size_t n)
{
	static const uint16_t pointer[DIRS] = {0, 0x8769, 0x8825, 0x014a, 0};
	size_t word = m->wide ? 8 : 4, entry = m->wide ? 20 : 12, head = m->wide ? 8 : 2, at[DIRS], count[DIRS];
	size_t end = (m->wide ? 16 : 8) + m->gap;

	m->len = 0;
	memset(m->p, 0, sizeof m->p);
	made_add(m, m->big_endian ? "MM" : "II", 2);
	made_put(m, 2, m->wide ? 43 : 42, 2);
	if (m->wide)
		made_put(m, 4, 8, 2);
	made_put(m, m->wide ? 8 : 4, end, word);
	for (int d = 0; d < DIRS; d++) {
		count[d] = made_dir_count(tags, n, d);
		for (int s = 1; d == 0 && s < DIR1; s++)
			count[0] += made_dir_count(tags, n, s) > 0;
		at[d] = end;
		if (count[d] > 0 || d == 0)
			end += head + count[d] * entry + word;
	}
	m->len = end;
	for (int d = 0; d < DIRS; d++) {
		size_t e = at[d] + head;

		if (count[d] == 0 && d != 0)
			continue;
		made_put(m, at[d], count[d], head);
		for (size_t i = 0; i < n; i++) {
			const struct made_tag *t = &tags[i];
			size_t value, bytes;

			if (t->dir != d)
				continue;
			value = made_entry(m, e, t->tag, t->type, made_count(t));
			bytes = made_count(t) * made_size(t->type);
			if (bytes > word) {
				made_put(m, value, m->len, word);
				value = m->len;
			}
			made_value(m, t, value);
			e += entry;
		}
		for (int s = 1; d == 0 && s < DIR1; s++) {
			if (count[s] == 0)
				continue;
			made_put(m, made_entry(m, e, pointer[s], T_LONG, 1), at[s], 4);
			e += entry;
		}
		if (d == 0 && count[DIR1] > 0)
			made_put(m, e, at[DIR1], word);
	}
}

static inline void
made_segment(struct made *m, uint8_t marker, const void *bytes, size_t len)
{
	uint8_t head[4] = {0xff, marker, (uint8_t)((len + 2) >> 8), (uint8_t)(len + 2)};

	made_add(m, head, 4);
	made_add(m, bytes, len);
}

/* A JPEG of width by height with the block, if any, and no image data worth the name. */
static inline void
made_jpeg(struct made *out, const struct made *block, unsigned width, unsigned height)
{
	uint8_t sof[15] = {8, (uint8_t)(height >> 8), (uint8_t)height, (uint8_t)(width >> 8), (uint8_t)width, 3};
	static uint8_t app1[65536];

	out->len = 0;
	made_add(out, "\xff\xd8", 2);
	if (block != NULL) {
		memcpy(app1, "Exif\0\0", 6);
		memcpy(app1 + 6, block->p, block->len);
		made_segment(out, 0xe1, app1, block->len + 6);
	}
	made_segment(out, 0xdb, "\0\1\2\3", 4);
	made_segment(out, 0xc0, sof, sizeof sof);
	made_segment(out, 0xda, "\3\1\0\2\0\3\0\0\77\0", 10);
	made_add(out, "\x12\x34\xff\xd9", 4);
}

/* Reads bytes that lie in a malloc of their exact size; info is cleared first.  worker NULL: one for this read. */
static inline int
made_read(const uint8_t *bytes, size_t len, struct reader_worker *worker, struct media_info *info)
{
	struct reader_worker *own = worker == NULL ? reader_worker_new() : worker;
	uint8_t *exact = malloc(len > 0 ? len : 1);
	struct src *src = src_new();
	struct fail why = {0};
	int rc;

	if (own == NULL || exact == NULL || src == NULL)
		abort();
	memcpy(exact, bytes, len);
	media_clear(info);
	src_open_memory(src, exact, len);
	rc = format_read(src, own, info, &why);
	if (worker == NULL)
		reader_worker_free(own);
	src_free(src);
	free(exact);
	return rc;
}

/* What a field holds, as text; "" where it is absent.  Valid until the next call. */
static inline const char *
made_field(const struct media_info *info, enum media_field f)
{
	static char text[4096];
	const struct media_value *v = &info->field[f];

	text[0] = '\0';
	if (v->kind == MEDIA_TEXT)
		snprintf(text, sizeof text, "%.*s", (int)v->len, info->text.p + v->at);
	else if (v->kind == MEDIA_NUMBER)
		snprintf(text, sizeof text, "%.12g", v->number);
	else if (v->kind == MEDIA_BOOL)
		snprintf(text, sizeof text, "%s", v->number != 0 ? "true" : "false");
	return text;
}

static inline const char *
made_date(const struct when *w)
{
	static char text[64];
	struct buf b = {0};

	when_format(w, &b);
	snprintf(text, sizeof text, "%s", buf_cstr(&b));
	buf_fini(&b);
	return text;
}

/* Whether a warning of this code, whose text contains `part`, was given. */
static inline bool
made_warned(const struct media_info *info, enum fail_code code, const char *part)
{
	for (size_t i = 0; i < info->nwarnings; i++) {
		const struct media_warning *w = &info->warning[i];

		if (w->code == code && memmem(info->text.p + w->at, w->len, part, strlen(part)) != NULL)
			return true;
	}
	return false;
}

#endif
