/* Values of Matroska's elements as tags, under the names that exiftool has for them. */
#include "format/matroska/matroska.h"

#include <string.h>

#include "meta/exif/tags.h"

static void
show_bytes(struct matroska *m, const char *group, struct slice name, const uint8_t *p, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char hex[64];
	size_t n = 0;

	for (size_t i = 0; i < len && n < sizeof hex; i++) {
		hex[n++] = digits[p[i] >> 4];
		hex[n++] = digits[p[i] & 15];
	}
	tags_text(&(struct reader){.work = m->work, .info = m->info}, group, name, hex, n);
}

static void
show(struct matroska *m, const char *group, const struct matroska_name *n, const uint8_t *p, size_t len)
{
	struct slice name = {n->name, strlen(n->name)};
	uint64_t u = 0;
	double v;
	struct when w;

	switch (n->kind) {
	case MATROSKA_TEXT:
		tags_text(&(struct reader){.work = m->work, .info = m->info}, group, name, (const char *)p,
		    strnlen((const char *)p, len));
		break;
	case MATROSKA_HEX:
		show_bytes(m, group, name, p, len);
		break;
	case MATROSKA_DATE:
		if (ebml_date(p, len, &w))
			tags_when(&(struct reader){.work = m->work, .info = m->info}, group, name, &w);
		break;
	case MATROSKA_FLOAT:
		if (ebml_float(p, len, &v))
			tags_number(&(struct reader){.work = m->work, .info = m->info}, group, name, v);
		break;
	case MATROSKA_UINT:
	case MATROSKA_SECONDS:
	case MATROSKA_RATE:
		if (!ebml_uint(p, len, &u))
			break;
		v = n->kind == MATROSKA_UINT      ? (double)u
		    : n->kind == MATROSKA_SECONDS ? (double)u / 1e9
						  : 1e9 / (double)u;
		tags_number(&(struct reader){.work = m->work, .info = m->info}, group, name, v);
		break;
	}
}

void
matroska_tag(struct matroska *m, const char *group, const struct matroska_name *names, size_t count,
    const struct ebml_element *e, const uint8_t *p, size_t len)
{
	if (m->info->tags == NULL)
		return;
	for (size_t i = 0; i < count; i++) {
		if (names[i].id == e->id)
			show(m, group, &names[i], p, len);
	}
}
