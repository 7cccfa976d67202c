/* template-parts -- a parsed template, and the parser.  Private to template.c and template-parse.c. */
#ifndef PLACE_NAME_TEMPLATE_PARTS_H
#define PLACE_NAME_TEMPLATE_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fail.h"
#include "place/name/fields.h"

enum part_kind {
	PART_TEXT,
	PART_OPEN,
	PART_CLOSE,
	PART_MEMBER,
#define OWN_FIELD(name, field) PART_##name,
#include "place/name/own-fields.def"
#undef OWN_FIELD
};

struct part {
	enum part_kind kind;
	bool field;   /* stands inside braces */
	bool or_next; /* the next part is used where this one is missing */
	bool lower;
	size_t text;   /* literal text, or the member's name */
	size_t format; /* of a date */
};

struct template
{
	struct part *parts;
	size_t n, cap;
	struct buf texts;
};

/* template_parse() -- fill an empty template.  Returns 0 or -1; template_free() in either case. */
int template_parse(struct template *t, const char *text, const struct fields_declared *declared, struct fail *why);

#endif
