/*
 * template -- where a file belongs, from its record: `{taken:%Y}/{model|"Unknown"}[-{title}]/{name}`.
 *
 * A template is parsed once into parts and expanded for each record.  Everything that comes from a record or a file's
 * name is a value; a value can neither open nor leave a folder, whatever it holds.  Folders are separated by a slash
 * that stands in the template (or in a date's format), and by those of {dir}.
 *
 *   {field} {object.member}   the record's member; of an array its first element; fields.h knows which there are
 *   {field:%Y/%m}             a date through strftime(3) in the C locale
 *   {field:lower}             ASCII letters in lower case
 *   {a|b|"text"}              the first that the record has
 *   {name} {stem} {ext}       of the source
 *   {dir} {folder}            its folder, and the last part of that; nothing where there is none
 *   [...]                     left out where a field inside it is missing
 *   \c                        the character c itself
 *
 * A field that is missing outside brackets is `Unknown`.  In values from the record control characters, slashes and
 * backslashes become `_`; names of the source keep their bytes.  A leading dot of a value becomes `_`, names are cut
 * to 255 bytes before their extension, and `.dcim` is out of reach.  A template that ends in a folder, or whose last
 * part is empty, gets {name}.
 */
#ifndef PLACE_NAME_TEMPLATE_H
#define PLACE_NAME_TEMPLATE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fail.h"
#include "place/name/fields.h"
#include "run/rec.h"

struct template;

struct template_input {
	const struct rec *rec;
	struct slice name; /* the source's file name, not empty */
	struct slice dir;  /* its folder, "" for none; may be absolute or hold "..", which are dropped */
	bool as_lead;      /* members of the record's group.fields and group.lacks come before its own */
	bool zoned;        /* dates in UTC are turned into the process's zone */
};

/*
 * template_new() -- parse.  NULL: FAIL_INPUT with a message for the user, or ENOMEM.  Threads: any may use it.
 *
 *   declared  members that dcim-records(5) does not know, but other filters add
 */
struct template *template_new(const char *text, const struct fields_declared *declared, struct fail *why);
void template_free(struct template *t);

/*
 * template_expand() -- the path below the library's root.
 *
 *   path     replaced: one or more names separated by single slashes, none of them "." or ".."
 *   undated  whether a date is missing that the template needs: a `taken`, or a field with a date's format, outside
 *            brackets and without a substitute
 *
 * Returns 0, or -1: ENOMEM.
 */
int template_expand(
    const struct template *t, const struct template_input *in, struct buf *path, bool *undated, struct fail *why);

#endif
