/*
 * span -- the members of one JSON object, found without building a tree.
 *
 * Records are long-lived lines of which each program touches a few members.  The scanner checks the whole line
 * against RFC 8259 and notes where each member of the outermost object lies; the bytes stay where they are, so what
 * a program does not own leaves as it came (numbers of any length, escapes of any style).  A nested object is again
 * an object: scan its value.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fail.h"

#define SPAN_DEPTH_MAX 128     /* nested arrays and objects */
#define SPAN_MEMBERS_MAX 65536 /* members of the outermost object */

struct span {
	struct slice key;   /* between the quotes, escapes not undone */
	struct slice value; /* the value's bytes without blanks around it */
};

/* A growable array of spans; {0} is empty. */
struct spans {
	struct span *v;
	size_t n;
	size_t cap;
	bool escapes; /* some key is written with a backslash */
};

/*
 * span_scan() -- find the members of the object in `text`.
 *
 *   text  borrowed; the slices in out point into it
 *   out   emptied, then filled; on failure its content is undefined but it can be reused or released
 *   why   FAIL_INPUT with what is wrong and at which byte; FAIL_LIMIT for depth and count; ENOMEM
 *
 * Strict: one object, blanks around it allowed, nothing else; valid UTF-8; no member twice at the outermost level
 * (compared with escapes undone); numbers and literals as in RFC 8259; no recursion.  Like RFC 8259, and unlike
 * jansson, it lets pass \u0000, half a surrogate pair, and numbers beyond any C type.
 * Returns 0 or -1.  Threads: safe while out is unshared.
 */
int span_scan(struct slice text, struct spans *out, struct fail *why);

/* span_find() -- the member called `name` (plain ASCII, no escapes needed), or NULL. */
const struct span *span_find(const struct spans *s, const char *name);

/*
 * span_dig() -- the value at a dotted path such as "hash.xxh128" below the object in `text`, skipping arrays.
 * The object must already have passed span_scan() as part of a record.  Returns false where there is none.
 */
bool span_dig(struct slice text, const char *dotted, struct slice *value);

/*
 * span_element() -- take the next element off `rest`, which begins as the text of an array; like span_dig() only of
 * what has passed span_scan().  Returns false at the end, and at once where the text is no array.
 */
bool span_element(struct slice *rest, struct slice *value);

void spans_fini(struct spans *s);

#endif
