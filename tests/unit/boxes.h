/* boxes -- box-structured files for the tests, built byte by byte, and what is read of them as one line. */
#ifndef UNIT_BOXES_H
#define UNIT_BOXES_H

#include "made.h"
#include "run/buf.h"
#include "tap.h"

static inline void
u16(struct buf *b, unsigned v)
{
	buf_addc(b, (char)(v >> 8));
	buf_addc(b, (char)v);
}

static inline void
u32(struct buf *b, uint32_t v)
{
	u16(b, v >> 16);
	u16(b, v & 0xffff);
}

static inline void
u64(struct buf *b, uint64_t v)
{
	u32(b, (uint32_t)(v >> 32));
	u32(b, (uint32_t)v);
}

static inline void
zeros(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_addc(b, 0);
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

static inline void
describe_list(const struct media_info *info, enum media_field f, const char *name, struct buf *out)
{
	buf_addf(out, "%s=", name);
	for (size_t i = 0; i < info->nitems; i++)
		if (info->item[i].field == f)
			buf_addf(out, "%.*s,", (int)info->item[i].len, info->text.p + info->item[i].at);
	out->p[out->len - 1] = ' ';
}

static inline void
describe(const struct media_info *info, struct buf *out)
{
	static const char *const fields[] = {
#define FIELD(name, member, kind, rule) member,
#include "media/fields.def"
#undef FIELD
	};
	static const char *const dates[] = {
#define DATE(name, from, family) #name,
#include "media/date-sources.def"
#undef DATE
	};
	static const char *const bases[] = {"zoned", "utc", "local", "assumed"};

	buf_clear(out, 1 << 16);
	for (int i = 0; i < MEDIA_DATE_SOURCES; i++) {
		if (info->date[i].when.precision == WHEN_NONE)
			continue;
		buf_addf(out, "%s=", dates[i]);
		when_format(&info->date[i].when, out);
		buf_addf(out, "/%s ", bases[info->date[i].basis]);
	}
	for (int i = 0; i < MEDIA_FIELDS; i++) {
		const struct media_value *v = &info->field[i];

		if (v->kind == MEDIA_TEXT)
			buf_addf(out, "%s=%.*s ", fields[i], (int)v->len, info->text.p + v->at);
		else if (v->kind == MEDIA_LIST)
			describe_list(info, (enum media_field)i, fields[i], out);
		else if (v->kind != MEDIA_ABSENT)
			buf_addf(out, "%s=%.10g ", fields[i], v->number);
	}
	for (size_t i = 0; i < info->nwarnings; i++)
		buf_addf(out, "%s ", fail_code_name(info->warning[i].code));
	if (out->len > 0)
		out->p[--out->len] = '\0';
}

/* What an exact-size copy of the bytes says, as one line. */
static inline const char *
reading(const struct buf *b, size_t len, struct buf *out)
{
	struct work *work = work_new();
	struct media_info info = {0};
	struct fail why = {0};
	struct src *src = src_new();
	uint8_t *exact = tap_exact(buf_cstr(b), len);

	src_open_memory(src, exact, len);
	if (format_read(src, work, &info, &why) == -1)
		buf_clear(out, 0), buf_adds(out, "failed");
	else
		describe(&info, out);
	media_fini(&info);
	work_free(work);
	src_free(src);
	free(exact);
	return buf_cstr(out);
}

static inline void
check(const struct buf *b, const char *want, const char *what)
{
	struct buf out = {0};
	const char *got = reading(b, b->len, &out);
	bool good = strcmp(got, want) == 0;

	tap_ok(good, "%s", what);
	if (!good)
		printf("# expected '%s'\n# got      '%s'\n", want, got);
	buf_fini(&out);
}

/* All the tags of the bytes. */
static inline const char *
tags_of(const struct buf *b, struct buf *tags)
{
	struct work *work = work_new();
	struct media_info info = {.tags = tags};

	buf_clear(tags, 1 << 16);
	made_read((const uint8_t *)buf_cstr(b), b->len, work, &info);
	media_fini(&info);
	work_free(work);
	return buf_cstr(tags);
}

#endif
