/* boxes -- box-structured files for the tests, built byte by byte, and what is read of them as one line (film.h). */
#ifndef UNIT_BOXES_H
#define UNIT_BOXES_H

#include "film.h"

static inline void
u16(struct buf *b, unsigned v)
{
	film_put(b, v, 2, true);
}

static inline void
u32(struct buf *b, uint32_t v)
{
	film_put(b, v, 4, true);
}

static inline void
u64(struct buf *b, uint64_t v)
{
	film_put(b, v, 8, true);
}

static inline size_t
begin(struct buf *b, const char *type)
{
	size_t at = b->len;

	u32(b, 0);
	buf_add(b, type, 4);
	return at;
}

static inline void
set_size(struct buf *b, size_t at, uint32_t size)
{
	for (int i = 0; i < 4; i++)
		b->p[at + (size_t)i] = (char)(size >> (24 - 8 * i));
}

static inline void
end(struct buf *b, size_t at)
{
	set_size(b, at, (uint32_t)(b->len - at));
}

static inline void
leaf(struct buf *b, const char *type, const char *body, size_t len)
{
	size_t at = begin(b, type);

	buf_add(b, body, len);
	end(b, at);
}

#define LEAF(b, type, text) leaf(b, type, text, sizeof(text) - 1)

/* What an exact-size copy of the first len bytes says. */
static inline const char *
reading(const struct buf *b, size_t len, struct buf *out)
{
	struct media_info info = {0};

	buf_clear(out, 1 << 16);
	if (made_read((const uint8_t *)buf_cstr(b), len, NULL, &info) == -1)
		buf_adds(out, "failed");
	else
		film_describe(&info, out);
	media_fini(&info);
	return buf_cstr(out);
}

static inline void
check(const struct buf *b, const char *want, const char *what)
{
	struct buf out = {0};
	const char *got = reading(b, b->len, &out);
	bool good = strcmp(got, want) == 0;

	film_seed(b, b->len);
	tap_ok(good, "%s", what);
	if (!good)
		printf("# expected '%s'\n# got      '%s'\n", want, got);
	buf_fini(&out);
}

/* All the tags of the bytes. */
static inline const char *
tags_of(const struct buf *b, struct buf *tags)
{
	struct media_info info = {.tags = tags};

	buf_clear(tags, 1 << 16);
	made_read((const uint8_t *)buf_cstr(b), b->len, NULL, &info);
	media_fini(&info);
	return buf_cstr(tags);
}

#endif
