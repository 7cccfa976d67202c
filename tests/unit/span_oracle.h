/*
 * span_oracle -- jansson's opinion on a line.  Text that one of the two parsers takes and the other refuses is a
 * fault, but for what span.h and RFC 8259 let pass and jansson does not: half a surrogate pair, a NUL in a member's
 * name, numbers beyond a double; and what span_scan() adds: a limit on depth, no outermost member twice.
 */
#ifndef UNIT_SPAN_ORACLE_H
#define UNIT_SPAN_ORACLE_H

#include <jansson.h>
#include <string.h>

#include "base/json.h"
#include "base/span.h"

#define ORACLE_FLAGS (JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL)

static inline bool
oracle_excused(const json_error_t *error)
{
	switch (json_error_code(error)) {
	case json_error_numeric_overflow:
	case json_error_null_byte_in_key:
		return true;
	case json_error_invalid_syntax:
		return strncmp(error->text, "invalid Unicode", strlen("invalid Unicode")) == 0;
	default:
		return false;
	}
}

/* Whether every span is the member that jansson found under that name. */
static inline bool
oracle_same_members(const json_t *object, const struct spans *s)
{
	struct buf key = {0};
	bool same = json_object_size(object) == s->n;
	size_t i;

	for (i = 0; same && i < s->n; i++) {
		struct slice k = s->v[i].key, v = s->v[i].value;
		json_t *value = json_loadb(v.p, v.len, ORACLE_FLAGS | JSON_DECODE_ANY, NULL), *member;

		buf_clear(&key, SIZE_MAX);
		same = json_unquote(&key, (struct slice){k.p - 1, k.len + 2});
		member = json_object_get(object, buf_cstr(&key));
		same = same && value != NULL && member != NULL && json_equal(value, member);
		json_decref(value);
	}
	buf_fini(&key);
	return same;
}

/* What the two disagree on, or NULL.  The text should lie in memory of its exact size. */
static inline const char *
oracle_disagreement(const char *text, size_t len)
{
	struct spans s = {0};
	struct fail why = {0};
	json_error_t error;
	json_t *theirs = json_loadb(text, len, ORACLE_FLAGS, &error), *unique;
	bool ours = span_scan((struct slice){text, len}, &s, &why) == 0;
	const char *what = NULL;

	if (memchr(text, '\0', len) != NULL) { /* no JSON, but jansson passes over a NUL behind a word */
		what = ours ? "span_scan takes a NUL" : NULL;
	} else if (ours && theirs == NULL) {
		what = oracle_excused(&error) ? NULL : "jansson refuses what span_scan takes";
	} else if (ours) {
		what = oracle_same_members(theirs, &s) ? NULL : "the members differ";
	} else if (json_is_object(theirs) && why.code != FAIL_LIMIT) {
		unique = json_loadb(text, len, ORACLE_FLAGS | JSON_REJECT_DUPLICATES, &error);
		if (unique != NULL || strstr(why.message, "twice") == NULL)
			what = "span_scan refuses what jansson takes";
		json_decref(unique);
	}
	json_decref(theirs);
	spans_fini(&s);
	return what;
}

#endif
