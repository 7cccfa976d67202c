/* Values of Matroska's elements as tags, under the names that exiftool has for them. */
#include "format/matroska/matroska.h"

#include "meta/exif/tags.h"

static void
add_hex(struct reader *r, const char *group, struct slice name, const struct ebml_value *v)
{
	static const char digits[] = "0123456789abcdef";
	char hex[64];
	size_t n = 0;

	for (size_t i = 0; i < v->len && n < sizeof hex; i++) {
		hex[n++] = digits[v->p[i] >> 4];
		hex[n++] = digits[v->p[i] & 15];
	}
	tags_text(r, group, name, hex, n);
}

/* A value that is a number.  False where it has no such length. */
static bool
number_of(enum matroska_kind kind, const struct ebml_value *v, double *out)
{
	uint64_t u;

	if (kind == MATROSKA_FLOAT)
		return ebml_float(v, out);
	if (!ebml_uint(v, &u))
		return false;
	*out = kind == MATROSKA_UINT ? (double)u : kind == MATROSKA_SECONDS ? (double)u / 1e9 : 1e9 / (double)u;
	return true;
}

static void
add_tag(struct reader *r, const char *group, const struct matroska_name *n, const struct ebml_value *v)
{
	struct slice name = slice_of(n->name), text = ebml_text(v);
	double number;
	struct when w;

	if (n->kind == MATROSKA_TEXT)
		tags_text(r, group, name, text.p, text.len);
	else if (n->kind == MATROSKA_HEX)
		add_hex(r, group, name, v);
	else if (n->kind == MATROSKA_DATE && ebml_date(v, &w))
		tags_when(r, group, name, &w);
	else if (n->kind != MATROSKA_DATE && number_of(n->kind, v, &number))
		tags_number(r, group, name, number);
}

void
matroska_tag(struct reader *r, const char *group, const struct matroska_name *names, const struct ebml_value *v)
{
	for (; r->info->tags != NULL && names->name != NULL; names++) {
		if (names->id == v->id)
			add_tag(r, group, names, v);
	}
}
