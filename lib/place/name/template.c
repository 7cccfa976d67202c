/*
 * A template is a flat list of parts; the alternatives of a field are consecutive parts, all but the last marked
 * `or_next`.  Texts lie in one buffer, so parts hold offsets; 0 is "none".
 *
 * Expansion appends to one path.  A slash in it is always a separator, because values lose theirs before they are
 * appended; whether a value opens a name is seen from the byte before it.  tidy() then goes over the finished names.
 */
#include "place/name/template.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/span.h"
#include "media/group/groupname.h"
#include "media/when.h"
#include "place/name/template-parts.h"
#include "place/name/variant.h"

struct template *
template_new(const char *text, const struct fields_declared *declared, struct fail *why)
{
	struct template *t = calloc(1, sizeof(*t));

	if (t == NULL || buf_addc(&t->texts, '\0') == -1)
		fail_nomem(why);
	else if (template_parse(t, text, declared, why) == 0)
		return t;
	template_free(t);
	return NULL;
}

void
template_free(struct template *t)
{
	if (t == NULL)
		return;
	free(t->parts);
	buf_fini(&t->texts);
	free(t);
}

struct expansion {
	const struct template *t;
	const struct template_input *in;
	struct buf *path;
	struct buf value; /* scratch */
	struct buf name;  /* likewise */
	bool undated;
};

static bool
at_start(const struct buf *path)
{
	return path->len == 0 || path->p[path->len - 1] == '/';
}

/* A value opens no hidden name. */
static void
add_value(struct buf *path, const char *bytes, size_t len)
{
	size_t i = 0;

	if (at_start(path)) {
		for (; i < len && bytes[i] == '.'; i++)
			buf_addc(path, '_');
	}
	buf_add(path, bytes + i, len - i);
}

/* What no folder or file should be called on any file system or terminal; C1 controls are C2 80 to C2 9F. */
static void
make_harmless(char *s, size_t len, bool keep_slashes)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c == 0x7f || c == '\\' || (c == '/' && !keep_slashes))
			s[i] = '_';
		else if (c == 0xc2 && i + 1 < len && (unsigned char)s[i + 1] < 0xa0)
			s[i] = s[i + 1] = '_';
	}
}

static void
make_lower(char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		s[i] = (char)tolower((unsigned char)s[i]);
}

/* The first element of a JSON array that is no container, as its text. */
static bool
first_element(struct slice array, struct slice *value)
{
	const char *p = array.p + 1, *end = array.p + array.len - 1, *q;

	while (p < end && strchr(" \t\r\n", *p) != NULL)
		p++;
	if (p == end || *p == '[' || *p == '{')
		return false;
	for (q = p + 1; q < end && *p == '"' && *q != '"'; q++)
		q += *q == '\\';
	while (*p != '"' && q < end && strchr(", \t\r\n", *q) == NULL)
		q++;
	*value = (struct slice){p, (size_t)(q - p) + (*p == '"')};
	return true;
}

/* Whether the lead of the record's group lacks a member that the record has. */
static bool
lead_lacks(struct expansion *x, const char *name)
{
	struct slice list, value;

	if (!rec_get(x->in->rec, "group.lacks", &list))
		return false;
	while (span_element(&list, &value)) {
		buf_clear(&x->name, SIZE_MAX);
		if (json_unquote(&x->name, value) && strcmp(buf_cstr(&x->name), name) == 0)
			return true;
	}
	return false;
}

/* The name by which the record has a member: the lead's, where it says otherwise.  NULL: the lead has none. */
static const char *
find_member(struct expansion *x, const char *name)
{
	struct slice value;

	if (!x->in->as_lead)
		return name;
	buf_clear(&x->name, SIZE_MAX);
	buf_addf(&x->name, "group.fields.%s", name);
	x->path->failed |= x->name.failed;
	if (!x->name.failed && rec_get(x->in->rec, x->name.p, &value))
		return x->name.p;
	return lead_lacks(x, name) ? NULL : name;
}

/* The member's value as text; false where it is missing or has none. */
static bool
get_member(struct expansion *x, const char *name)
{
	struct slice json;

	buf_clear(&x->value, SIZE_MAX);
	if ((name = find_member(x, name)) == NULL || !rec_get(x->in->rec, name, &json) || json.len == 0)
		return false;
	if (json.p[0] == '"')
		return rec_get_path(x->in->rec, name, &x->value) && x->value.len > 0;
	if (json.p[0] == '[' && !first_element(json, &json))
		return false;
	if (json.p[0] == '{' || json.p[0] == 'n') /* an object, null */
		return false;
	if (json.p[0] == '"')
		return json_unquote(&x->value, json) && x->value.len > 0;
	return buf_add(&x->value, json.p, json.len) == 0;
}

static bool
format_date(struct expansion *x, const char *format)
{
	struct when w;

	if (!when_parse(x->value.p, x->value.len, &w))
		return false;
	if (x->in->zoned && w.zone == WHEN_UTC)
		when_to_zone(&w);
	buf_clear(&x->value, SIZE_MAX);
	return when_strftime(&w, format, &x->value) && x->value.len > 0;
}

static bool
add_member(struct expansion *x, const struct part *part)
{
	const char *texts = x->t->texts.p;

	bool found = get_member(x, texts + part->text) && (part->format == 0 || format_date(x, texts + part->format));

	x->path->failed |= x->value.failed; /* the member is there: without memory it is not another path */
	if (!found)
		return false;
	make_harmless(x->value.p, x->value.len, part->format != 0);
	if (part->lower)
		make_lower(x->value.p, x->value.len);
	add_value(x->path, x->value.p, x->value.len);
	return true;
}

/* Each name of a folder on its own; what leads upwards or nowhere is dropped. */
static bool
add_folders(struct buf *path, struct slice dir, bool only_last)
{
	size_t begin = path->len, from, to = 0;

	while (to < dir.len) {
		for (from = to; from < dir.len && dir.p[from] == '/';)
			from++;
		for (to = from; to < dir.len && dir.p[to] != '/';)
			to++;
		struct slice name = {dir.p + from, to - from};

		if (name.len == 0 || slice_eq(name, ".") || slice_eq(name, ".."))
			continue;
		if (only_last)
			path->len = begin;
		else if (path->len > begin)
			buf_addc(path, '/');
		add_value(path, name.p, name.len);
	}
	return path->len > begin;
}

/* Bytes of a source's name before its extension; of a name that is taken apart by a rule, before its tail. */
static size_t
stem_of(struct slice name)
{
	struct groupname parts;

	return groupname_alone(name, &parts) && name.p[parts.stem] == '.' ? parts.stem : variant_stem(name);
}

static bool
add_own(struct buf *path, const struct part *part, const struct template_input *in)
{
	size_t stem = stem_of(in->name), begin = path->len;

	if (part->kind == PART_NAME)
		add_value(path, in->name.p, in->name.len);
	else if (part->kind == PART_STEM)
		add_value(path, in->name.p, stem);
	else if (part->kind == PART_EXT && stem < in->name.len)
		add_value(path, in->name.p + stem + 1, in->name.len - stem - 1);
	else if (part->kind == PART_DIR || part->kind == PART_FOLDER)
		add_folders(path, in->dir, part->kind == PART_FOLDER);
	if (part->lower && path->len > begin)
		make_lower(path->p + begin, path->len - begin);
	return path->len > begin;
}

/* One alternative; false where it is missing and nothing was appended. */
static bool
add_alternative(struct expansion *x, const struct part *part)
{
	const char *text = x->t->texts.p + part->text;

	switch (part->kind) {
	case PART_TEXT:
		buf_adds(x->path, text);
		return true;
	case PART_MEMBER:
		return add_member(x, part);
	default:
		return add_own(x->path, part, x->in);
	}
}

static bool
is_date(const struct template *t, const struct part *part)
{
	return part->kind == PART_MEMBER && (part->format != 0 || strcmp(t->texts.p + part->text, "taken") == 0);
}

/* The alternatives that begin at parts[i]; returns the index behind them. */
static size_t
add_field(struct expansion *x, size_t i, bool in_brackets, bool *missing)
{
	const struct part *parts = x->t->parts;
	bool found = false, dated = false;
	size_t last = i;

	while (parts[last].or_next)
		last++;
	for (size_t k = i; k <= last && !found; k++) {
		dated |= is_date(x->t, &parts[k]);
		found = add_alternative(x, &parts[k]);
	}
	if (!found && in_brackets)
		*missing = true;
	else if (!found && parts[last].kind != PART_DIR && parts[last].kind != PART_FOLDER)
		buf_adds(x->path, "Unknown");
	x->undated |= !found && !in_brackets && dated;
	return last + 1;
}

static void
add_parts(struct expansion *x)
{
	const struct template *t = x->t;
	bool in_brackets = false, missing = false;
	size_t begin = 0, i = 0;

	while (i < t->n) {
		const struct part *part = &t->parts[i];

		if (part->field) {
			i = add_field(x, i, in_brackets, &missing);
			continue;
		}
		i++;
		if (part->kind == PART_TEXT) {
			buf_adds(x->path, t->texts.p + part->text);
			continue;
		}
		in_brackets = part->kind == PART_OPEN;
		if (in_brackets)
			begin = x->path->len;
		else if (missing && !x->path->failed)
			x->path->len = begin;
		missing = false;
	}
}

static void
add_name(struct buf *out, struct slice name, bool last)
{
	bool dots = slice_eq(name, ".") || slice_eq(name, "..");
	size_t begin = out->len;

	if (last)
		variant_name(&(struct variant){name, variant_stem(name), VARIANT_NAME_MAX}, 0, out);
	else
		buf_add(out, name.p, variant_cut(name, VARIANT_NAME_MAX));
	if (out->failed)
		return;
	if (dots)
		memset(out->p + begin, '_', name.len);
	else if (begin == 0 && name.len == 5 && strncasecmp(name.p, ".dcim", 5) == 0)
		out->p[begin] = '_';
}

/* Drop empty names, cut long ones, and let no name be one that means something. */
static void
tidy(struct slice raw, struct buf *out)
{
	for (size_t from = 0, to; from < raw.len; from = to + 1) {
		for (to = from; to < raw.len && raw.p[to] != '/';)
			to++;
		if (to == from)
			continue;
		if (out->len > 0)
			buf_addc(out, '/');
		add_name(out, (struct slice){raw.p + from, to - from}, to == raw.len);
	}
}

int
template_expand(
    const struct template *t, const struct template_input *in, struct buf *path, bool *undated, struct fail *why)
{
	struct buf raw = {0};
	struct expansion x = {.t = t, .in = in, .path = &raw};
	bool failed;

	buf_clear(path, SIZE_MAX);
	add_parts(&x);
	if (at_start(&raw))
		add_value(&raw, in->name.p, in->name.len);
	tidy(buf_slice(&raw), path);
	*undated = x.undated;
	failed = raw.failed || path->failed || x.value.failed;
	buf_fini(&raw);
	buf_fini(&x.value);
	buf_fini(&x.name);
	return failed ? fail_nomem(why) : 0;
}
