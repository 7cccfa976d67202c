/*
 * xmltoken -- the smallest parts of XML: names, references, values, for xmlscan.c.
 *
 * Each takes what it names from the front of the cursor, and returns false where something else stands there.
 */
#ifndef META_XMP_XMLTOKEN_H
#define META_XMP_XMLTOKEN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

struct xmltoken {
	const char *p, *end;
};

/* A word of constant length, so that most comparisons are one of a register. */
static inline bool
xmltoken_take(struct xmltoken *t, const char *word, size_t len)
{
	if ((size_t)(t->end - t->p) < len || memcmp(t->p, word, len) != 0)
		return false;
	t->p += len;
	return true;
}

#define xmltoken_word(t, literal) xmltoken_take(t, literal, sizeof(literal) - 1)

/* The byte that comes next; NUL at the end. */
static inline char
xmltoken_next(const struct xmltoken *t)
{
	return t->p < t->end ? *t->p : '\0';
}

/* xmltoken_blanks() -- white space.  Returns whether there was any. */
bool xmltoken_blanks(struct xmltoken *t);

/* xmltoken_behind() -- all up to the first `word`, without control characters, and that. */
bool xmltoken_behind(struct xmltoken *t, const char *word);

/* xmltoken_name() -- an ASCII name with at most one colon, inside it; its two parts. */
bool xmltoken_name(struct xmltoken *t, struct slice *prefix, struct slice *local);

/* xmltoken_reference() -- a predefined entity or a character's number, from behind the '&': *len bytes of UTF-8. */
bool xmltoken_reference(struct xmltoken *t, char out[4], size_t *len);

/* xmltoken_quoted() -- a value between quotes, as it stands; *plain: decoded it is the same. */
bool xmltoken_quoted(struct xmltoken *t, struct slice *value, bool *plain);

/* xmltoken_decode() -- append an attribute's value, references decoded and blanks made spaces. */
bool xmltoken_decode(struct buf *out, struct slice value);

/* xmltoken_text() -- how many bytes are text as they stand: no reference, no carriage return, no control character.
 * Where a '>' follows them, that is the end of a "]]>". */
size_t xmltoken_text(const struct xmltoken *t);

#endif
