/* fields -- the names that may stand between the braces of a template, and which of them a mistyped one is near. */
#ifndef PLACE_NAME_FIELDS_H
#define PLACE_NAME_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Members that other filters add: --member. */
struct fields_declared {
	const char *const *v;
	size_t n;
};

/*
 * fields_known() -- whether `name` is a member of dcim-records(5) that holds a value, a name of the source such as
 * {stem}, or declared, as is all that lies in a declared one.
 */
bool fields_known(const char *name, const struct fields_declared *declared);

/* fields_near() -- append the names most like one that is not known, "{name} or {make}"; nothing where none is like it.
 */
void fields_near(const char *name, const struct fields_declared *declared, struct buf *out);

#endif
