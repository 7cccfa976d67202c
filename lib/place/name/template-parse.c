#include "place/name/template-parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "media/when.h"

struct parser {
	struct template *t;
	const struct fields_declared *declared;
	const char *start, *p;
	bool in_brackets;
	struct fail *why;
};

__attribute__((format(printf, 2, 3))) static int
bad(struct parser *ps, const char *fmt, ...)
{
	char what[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return fail_set(ps->why, FAIL_INPUT, "template", "template: %s, at byte %zu of '%.120s'", what,
	    (size_t)(ps->p - ps->start) + 1, ps->start);
}

static struct part *
add_part(struct parser *ps, enum part_kind kind)
{
	struct template *t = ps->t;
	struct part *parts = array_room(t->parts, &t->cap, t->n, sizeof(*parts));

	if (parts == NULL) {
		fail_nomem(ps->why);
		return NULL;
	}
	t->parts = parts;
	t->parts[t->n] = (struct part){.kind = kind};
	return &t->parts[t->n++];
}

/* Copy bytes up to one of the characters in `stop`, or to the end, undoing escapes. */
static int
take_text(struct parser *ps, const char *stop, size_t *text)
{
	struct buf *texts = &ps->t->texts;

	*text = texts->len;
	while (*ps->p != '\0' && strchr(stop, *ps->p) == NULL) {
		if (*ps->p == '\\' && *++ps->p == '\0')
			return bad(ps, "nothing follows the last \\");
		buf_addc(texts, *ps->p++);
	}
	return buf_addc(texts, '\0') == -1 ? fail_nomem(ps->why) : 0;
}

static int
take_member(struct parser *ps, size_t *text)
{
	size_t len = strspn(ps->p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.");

	if (len == 0)
		return bad(ps, "a field's name is missing");
	if (ps->p[0] == '.' || ps->p[len - 1] == '.' || memmem(ps->p, len, "..", 2) != NULL)
		return bad(ps, "a field's name begins or ends with a dot, or has two in a row");
	*text = ps->t->texts.len;
	buf_add(&ps->t->texts, ps->p, len);
	ps->p += len;
	return buf_addc(&ps->t->texts, '\0') == -1 ? fail_nomem(ps->why) : 0;
}

/* A mistyped field would be missing from every record: the name that was just taken must be one that there is. */
static int
check_field(struct parser *ps, const char *name)
{
	struct buf near = {0};
	int rc;

	if (fields_known(name, ps->declared))
		return 0;
	ps->p -= strlen(name);
	fields_near(name, ps->declared, &near);
	if (near.len > 0)
		rc = bad(ps, "{%.40s} is not a field of a record: did you mean %s?", name, near.p);
	else
		rc = bad(ps,
		    "{%.40s} is not a field of dcim-records(5); if another filter adds it, say so by --member=%.40s",
		    name, name);
	buf_fini(&near);
	return rc;
}

static enum part_kind
kind_of(const char *name)
{
	static const struct {
		enum part_kind kind;
		const char *field;
	} own[] = {
#define OWN_FIELD(name, field) {PART_##name, field},
#include "place/name/own-fields.def"
#undef OWN_FIELD
	};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (strcmp(name, own[i].field) == 0)
			return own[i].kind;
	}
	return PART_MEMBER;
}

static int
parse_format(struct parser *ps, struct part *part)
{
	const char *wrong;
	size_t rest;

	if (take_text(ps, "{|}", &part->format) == -1)
		return -1;
	if (*ps->p != '|' && *ps->p != '}')
		return bad(ps, "a brace is not closed");
	if ((wrong = when_strftime_wrong(ps->t->texts.p + part->format)) == NULL)
		return 0;
	rest = strcspn(wrong, "|}/- _.");
	ps->p = strstr(ps->start, wrong) != NULL ? strstr(ps->start, wrong) : ps->p;
	return bad(ps, "%.*s is not a conversion of strftime(3)", (int)(rest < 8 ? rest : 8), wrong);
}

/* What follows the colon: a date's format, or `lower`. */
static int
parse_modifier(struct parser *ps, struct part *part)
{
	static const char lower[] = "lower";
	size_t len = strcspn(ps->p, "|}");

	if (len == strlen(lower) && memcmp(ps->p, lower, len) == 0) {
		ps->p += len;
		part->lower = true;
		return 0;
	}
	if (memchr(ps->p, '%', len) == NULL)
		return bad(ps, "after the colon, a date format such as %%Y or the word lower is expected");
	if (part->kind != PART_MEMBER)
		return bad(ps, "a name of the source takes no date format");
	return parse_format(ps, part);
}

/* One alternative: "text", or a name with its modifier. */
static int
parse_alternative(struct parser *ps)
{
	struct part *part = add_part(ps, PART_TEXT);

	if (part == NULL)
		return -1;
	part->field = true;
	if (*ps->p == '"') {
		ps->p++;
		if (take_text(ps, "\"", &part->text) == -1)
			return -1;
		if (*ps->p != '"')
			return bad(ps, "a quote is not closed");
		ps->p++;
		return 0;
	}
	if (take_member(ps, &part->text) == -1)
		return -1;
	part->kind = kind_of(ps->t->texts.p + part->text);
	if (check_field(ps, ps->t->texts.p + part->text) == -1)
		return -1;
	if (*ps->p != ':')
		return 0;
	ps->p++;
	return parse_modifier(ps, part);
}

static int
parse_field(struct parser *ps)
{
	for (;;) {
		if (parse_alternative(ps) == -1)
			return -1;
		if (*ps->p == '}')
			break;
		if (*ps->p != '|')
			return bad(ps, "%s", *ps->p == '\0' ? "a brace is not closed" : "expected } or | or :");
		ps->t->parts[ps->t->n - 1].or_next = true;
		ps->p++;
	}
	ps->p++;
	return 0;
}

static int
parse_bracket(struct parser *ps)
{
	bool open = *ps->p == '[';

	if (open == ps->in_brackets)
		return bad(ps, "%s", open ? "brackets cannot be nested" : "] without [");
	ps->in_brackets = open;
	ps->p++;
	return add_part(ps, open ? PART_OPEN : PART_CLOSE) != NULL ? 0 : -1;
}

/* What strftime(3) takes, where no field is: a habit from other programs, and a folder called %Y is nobody's wish. */
static int
check_text(struct parser *ps)
{
	for (const char *p = ps->p; *p != '\0' && strchr("{}[]", *p) == NULL; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '%' && p[1] != '\0' && strchr("YymdHMSBbjGVF", p[1]) != NULL) {
			ps->p = p;
			return bad(ps,
			    "%%%c belongs inside the braces of a date, as in {taken:%%%c}; \\%% is a plain %%", p[1],
			    p[1]);
		}
	}
	return 0;
}

static int
parse_text(struct parser *ps)
{
	struct part *part = add_part(ps, PART_TEXT);

	if (part == NULL || check_text(ps) == -1)
		return -1;
	return take_text(ps, "{}[]", &part->text);
}

static int
parse_part(struct parser *ps)
{
	switch (*ps->p) {
	case '{':
		ps->p++;
		return parse_field(ps);
	case '}':
		return bad(ps, "} without {");
	case '[':
	case ']':
		return parse_bracket(ps);
	default:
		return parse_text(ps);
	}
}

/* Names that the template itself spells "." or ".." can only be a mistake; so can a leading slash. */
static int
check_names(struct parser *ps)
{
	ps->p = ps->start;
	if (*ps->p == '\0')
		return bad(ps, "it is empty");
	if (*ps->p == '/')
		return bad(ps, "it is relative to the library, so it cannot begin with /");
	while (*ps->p != '\0') {
		size_t len = strcspn(ps->p, "/");

		if ((len == 1 && memcmp(ps->p, ".", 1) == 0) || (len == 2 && memcmp(ps->p, "..", 2) == 0))
			return bad(ps, "a folder cannot be called . or ..");
		ps->p += len;
		ps->p += *ps->p == '/';
	}
	return 0;
}

int
template_parse(struct template *t, const char *text, const struct fields_declared *declared, struct fail *why)
{
	struct parser ps = {.t = t, .declared = declared, .start = text, .p = text, .why = why};

	if (check_names(&ps) == -1)
		return -1;
	ps.p = ps.start;
	while (*ps.p != '\0') {
		if (parse_part(&ps) == -1)
			return -1;
	}
	return ps.in_brackets ? bad(&ps, "a bracket is not closed") : 0;
}
