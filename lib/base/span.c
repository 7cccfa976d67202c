/*
 * The scanner is a cursor that goes over the text once.  Members of the outermost object are handled one by one;
 * whatever is nested inside a value is checked by a loop with a stack of bits, one for each level, so that depth costs
 * no C stack.  Most bytes of a record lie in strings: those loops look at a class table and nothing else.
 *
 * Members that come twice are found by a 64-bit set of key fingerprints: a key whose bit is free is new.  Few records
 * have as many members as would make the comparison behind a taken bit expensive; above SMALL members the keys are
 * sorted instead, so that a hostile line costs no more than its length.
 */
#include "base/span.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "base/num.h"
#include "base/utf8.h"

enum { SMALL = 64 };

struct cursor {
	const unsigned char *p, *end, *start;
	struct fail *why;
	bool escape;     /* the last string had a backslash */
	bool key_escape; /* … and some key had */
};

/* Bytes that are themselves inside a string: all but quote, backslash, controls and what must be checked as UTF-8. */
static const bool plain[256] = {
    [' ' ... '!'] = true,
    ['#' ... '['] = true,
    [']' ... 0x7f] = true,
};

/*
 * The end of a run of plain bytes, eight at a time: one branch a word instead of one a byte.  A byte's high bit in
 * `hit` is set where it is not plain; borrows may set it falsely, but only above the first true one.
 */
static inline const unsigned char *
skip_plain(const unsigned char *p, const unsigned char *end)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	const uint64_t ones = 0x0101010101010101;
	uint64_t w, quote, backslash, hit;

	while (end - p >= 8) {
		memcpy(&w, p, 8);
		quote = w ^ ones * '"';
		backslash = w ^ ones * '\\';
		hit = (w - ones * ' ') | (quote - ones) | (backslash - ones) | w;
		hit &= ones * 0x80;
		/* 0x80 and above minus 0x20 or 1 keep the bit: they are hits anyway */
		if (hit != 0)
			return p + __builtin_ctzll(hit) / 8;
		p += 8;
	}
#endif
	while (p < end && plain[*p])
		p++;
	return p;
}

static inline bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline void
skip_blanks(struct cursor *c)
{
	while (c->p < c->end && is_blank(*c->p))
		c->p++;
}

/* The next byte after blanks, or -1 at the end. */
static inline int
peek(struct cursor *c)
{
	skip_blanks(c);
	return c->p < c->end ? *c->p : -1;
}

static int
bad(struct cursor *c, const char *what)
{
	return fail_set(
	    c->why, FAIL_INPUT, "parse", "not a JSON object: %s at byte %zu", what, (size_t)(c->p - c->start) + 1);
}

static bool
is_hex(unsigned char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static int
skip_escape(struct cursor *c)
{
	int i;

	c->p++;
	if (c->p == c->end)
		return bad(c, "unfinished string");
	if (*c->p != 'u') {
		if (*c->p == '\0' || strchr("\"\\/bfnrt", *c->p) == NULL)
			return bad(c, "unknown escape");
		c->p++;
		return 0;
	}
	c->p++;
	for (i = 0; i < 4; i++, c->p++) {
		if (c->p == c->end || !is_hex(*c->p))
			return bad(c, "bad \\u escape");
	}
	return 0;
}

/* Go over a string; c->p stands at its opening quote. */
static int
skip_string(struct cursor *c)
{
	const unsigned char *p = c->p + 1, *end = c->end;
	size_t n, ill;

	c->escape = false;
	for (;;) {
		p = skip_plain(p, end);
		c->p = p;
		if (p == end)
			return bad(c, "unfinished string");
		if (*p == '"')
			break;
		if (*p == '\\') {
			if (skip_escape(c) == -1)
				return -1;
			p = c->p;
			c->escape = true;
		} else if (*p < 0x80) {
			return bad(c, "control character");
		} else {
			if ((n = utf8_length(p, end, &ill)) == 0)
				return bad(c, "invalid UTF-8");
			p += n;
		}
	}
	c->p = p + 1;
	return 0;
}

static int
skip_literal(struct cursor *c, const char *word, size_t len)
{
	if ((size_t)(c->end - c->p) < len || memcmp(c->p, word, len) != 0)
		return bad(c, "unknown word");
	c->p += len;
	return 0;
}

static int
skip_number(struct cursor *c)
{
	size_t len = num_json_length((const char *)c->p, (size_t)(c->end - c->p));

	if (len == 0)
		return bad(c, "bad number");
	c->p += len;
	return 0;
}

/* A value that is neither object nor array; c->p stands at its first byte. */
static int
skip_scalar(struct cursor *c)
{
	switch (c->p < c->end ? *c->p : 0) {
	case '"':
		return skip_string(c);
	case 't':
		return skip_literal(c, "true", 4);
	case 'f':
		return skip_literal(c, "false", 5);
	case 'n':
		return skip_literal(c, "null", 4);
	default:
		if (c->p < c->end && (*c->p == '-' || (*c->p >= '0' && *c->p <= '9')))
			return skip_number(c);
		return bad(c, c->p == c->end ? "unfinished" : "unexpected character");
	}
}

/* A key and its colon, up to the value. */
static int
skip_key(struct cursor *c, struct slice *key)
{
	const unsigned char *from;

	if (peek(c) != '"')
		return bad(c, c->p == c->end ? "unfinished" : "a member's name is missing");
	from = c->p + 1;
	if (skip_string(c) == -1)
		return -1;
	c->key_escape |= c->escape;
	*key = (struct slice){(const char *)from, (size_t)(c->p - 1 - from)};
	if (peek(c) != ':')
		return bad(c, "no colon");
	c->p++;
	skip_blanks(c);
	return 0;
}

/* Levels of nesting below the outermost object: a set bit is an object, a clear one an array. */
struct nest {
	uint64_t object[SPAN_DEPTH_MAX / 64];
	unsigned depth;
};

static int
nest_push(struct nest *n, bool object, struct cursor *c)
{
	uint64_t bit = (uint64_t)1 << n->depth % 64;

	if (n->depth + 1 >= SPAN_DEPTH_MAX)
		return fail_set(c->why, FAIL_LIMIT, "parse", "nested deeper than %d levels", SPAN_DEPTH_MAX);
	if (object)
		n->object[n->depth / 64] |= bit;
	else
		n->object[n->depth / 64] &= ~bit;
	n->depth++;
	return 0;
}

static bool
nest_in_object(const struct nest *n)
{
	return n->object[(n->depth - 1) / 64] >> (n->depth - 1) % 64 & 1;
}

/* After a value: close what ends here; then either everything is closed, or c->p stands at the next value. */
static int
finish_value(struct nest *n, struct cursor *c)
{
	struct slice key;
	int next;

	while (n->depth > 0) {
		next = peek(c);
		if (next == ',') {
			c->p++;
			if (nest_in_object(n))
				return skip_key(c, &key);
			skip_blanks(c);
			return 0;
		}
		if (next != (nest_in_object(n) ? '}' : ']'))
			return bad(c, next == -1 ? "unfinished" : "a comma is missing");
		c->p++;
		n->depth--;
	}
	return 0;
}

/* Go over an object or array with all that is in it; c->p stands at its bracket. */
static int
skip_nested(struct cursor *c)
{
	struct nest n = {.depth = 0};
	struct slice key;

	do {
		bool object = c->p < c->end && *c->p == '{';

		if (object || (c->p < c->end && *c->p == '[')) {
			c->p++;
			if (nest_push(&n, object, c) == -1)
				return -1;
			if (peek(c) != (object ? '}' : ']')) {
				if (object && skip_key(c, &key) == -1)
					return -1;
				continue;
			}
		} else if (skip_scalar(c) == -1) {
			return -1;
		}
		if (finish_value(&n, c) == -1)
			return -1;
	} while (n.depth > 0);
	return 0;
}

/*
 * The next member of an object.  c->p stands behind the opening brace, or behind the member before.
 * Returns 1, 0 behind the closing brace, -1.
 */
static int
next_member(struct cursor *c, bool first, struct span *m)
{
	const unsigned char *from;
	int next = peek(c);

	if (next == '}') {
		c->p++;
		return 0;
	}
	if (!first) {
		if (next != ',')
			return bad(c, next == -1 ? "unfinished" : "a comma is missing");
		c->p++;
	}
	if (skip_key(c, &m->key) == -1)
		return -1;
	from = c->p;
	if (from < c->end && (*from == '{' || *from == '[')) {
		if (skip_nested(c) == -1)
			return -1;
	} else if (skip_scalar(c) == -1) {
		return -1;
	}
	m->value = (struct slice){(const char *)from, (size_t)(c->p - from)};
	return 1;
}

/* The bytes that a key stands for, one at a time. */
struct walk {
	struct slice rest;
	char bytes[4];
	size_t have, at;
};

static int
walk_next(struct walk *w)
{
	if (w->at == w->have) {
		w->at = 0;
		w->have = json_character(&w->rest, w->bytes);
		if (w->have == 0)
			return -1;
	}
	return (unsigned char)w->bytes[w->at++];
}

static int
compare_escaped(struct slice a, struct slice b)
{
	struct walk wa = {.rest = a}, wb = {.rest = b};
	int ca, cb;

	do {
		ca = walk_next(&wa);
		cb = walk_next(&wb);
	} while (ca == cb && ca != -1);
	return (ca > cb) - (ca < cb);
}

static bool
has_escape(struct slice key)
{
	return memchr(key.p, '\\', key.len) != NULL;
}

/* Order keys by the bytes that they stand for. */
static int
key_compare(struct slice a, struct slice b)
{
	return has_escape(a) || has_escape(b) ? compare_escaped(a, b) : slice_compare(a, b);
}

/* `escapes`: the key may be written with a backslash. */
static inline bool
key_is(struct slice key, const char *name, size_t len, bool escapes)
{
	if (key.len == len)
		return memcmp(key.p, name, len) == 0;
	return escapes && key.len > len && compare_escaped(key, (struct slice){name, len}) == 0;
}

static int
compare_for_sort(const void *a, const void *b)
{
	return key_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static int
fail_twice(struct slice key, struct fail *why)
{
	return fail_set(why, FAIL_INPUT, "parse", "not a record: the member \"%.*s\" comes twice",
	    key.len < 64 ? (int)key.len : 64, key.p);
}

/* Few members: `seen` is the set of fingerprints of those before the last one. */
static int
check_last(const struct spans *s, uint64_t *seen, struct fail *why)
{
	struct slice key = s->v[s->n - 1].key;
	unsigned char first = key.len > 0 ? (unsigned char)key.p[0] : 0;
	unsigned char last = key.len > 0 ? (unsigned char)key.p[key.len - 1] : 0;
	uint64_t bit = (uint64_t)1 << (key.len * 5 + first * 7u + last * 11u + (unsigned char)key.p[key.len / 2]) % 64;
	size_t i;

	if (s->escapes) /* its fingerprint may not be that of the key it stands for: compare all */
		*seen = UINT64_MAX;
	for (i = 0; (*seen & bit) != 0 && i + 1 < s->n; i++) {
		if ((s->v[i].key.len == key.len || s->escapes) && key_compare(s->v[i].key, key) == 0)
			return fail_twice(key, why);
	}
	*seen |= bit;
	return 0;
}

static int
check_sorted(const struct spans *s, struct fail *why)
{
	struct slice *keys = malloc(s->n * sizeof *keys);
	int rc = 0;
	size_t i;

	if (keys == NULL)
		return fail_nomem(why);
	for (i = 0; i < s->n; i++)
		keys[i] = s->v[i].key;
	qsort(keys, s->n, sizeof *keys, compare_for_sort);
	for (i = 1; rc == 0 && i < s->n; i++) {
		if (key_compare(keys[i - 1], keys[i]) == 0)
			rc = fail_twice(keys[i], why);
	}
	free(keys);
	return rc;
}

static int
spans_grow(struct spans *s, struct fail *why)
{
	struct span *v;

	if (s->n == SPAN_MEMBERS_MAX)
		return fail_set(why, FAIL_LIMIT, "parse", "more than %d members", SPAN_MEMBERS_MAX);
	if ((v = array_room(s->v, &s->cap, s->n, sizeof *v)) == NULL)
		return fail_nomem(why);
	s->v = v;
	return 0;
}

int
span_scan(struct slice text, struct spans *out, struct fail *why)
{
	const unsigned char *start = (const unsigned char *)text.p;
	struct cursor c = {.p = start, .end = start + text.len, .start = start, .why = why};
	uint64_t seen = 0;
	struct span m;
	int more;

	out->n = 0;
	out->escapes = false;
	if (peek(&c) != '{')
		return bad(&c, c.p == c.end ? "nothing" : "no opening brace");
	for (c.p++; (more = next_member(&c, out->n == 0, &m)) == 1;) {
		if (out->n == out->cap && spans_grow(out, why) == -1)
			return -1;
		out->v[out->n++] = m;
		out->escapes = c.key_escape;
		if (out->n <= SMALL && check_last(out, &seen, why) == -1)
			return -1;
	}
	if (more == -1)
		return -1;
	if (out->n > SMALL && check_sorted(out, why) == -1)
		return -1;
	return peek(&c) == -1 ? 0 : bad(&c, "text after the object");
}

const struct span *
span_find(const struct spans *s, const char *name)
{
	size_t len = strlen(name), i;

	for (i = 0; i < s->n; i++) {
		if (key_is(s->v[i].key, name, len, s->escapes))
			return &s->v[i];
	}
	return NULL;
}

/* The member called `name` of one object. */
static bool
dig_one(struct slice text, const char *name, size_t len, struct slice *value)
{
	const unsigned char *start = (const unsigned char *)text.p;
	struct fail ignored;
	struct cursor c = {.p = start, .end = start + text.len, .start = start, .why = &ignored};
	struct span m;
	bool first;

	if (peek(&c) != '{')
		return false;
	c.p++;
	for (first = true; next_member(&c, first, &m) == 1; first = false) {
		if (key_is(m.key, name, len, c.key_escape)) {
			*value = m.value;
			return true;
		}
	}
	return false;
}

bool
span_dig(struct slice text, const char *dotted, struct slice *value)
{
	const char *dot;
	size_t len;

	do {
		dot = strchr(dotted, '.');
		len = dot == NULL ? strlen(dotted) : (size_t)(dot - dotted);
		if (!dig_one(text, dotted, len, &text))
			return false;
		dotted = dot == NULL ? NULL : dot + 1;
	} while (dotted != NULL);
	*value = text;
	return true;
}

bool
span_element(struct slice *rest, struct slice *value)
{
	const unsigned char *start = (const unsigned char *)rest->p, *from;
	struct fail ignored;
	struct cursor c = {.p = start, .end = start + rest->len, .start = start, .why = &ignored};
	int first = peek(&c);

	if (first != '[' && first != ',')
		return false;
	c.p++;
	skip_blanks(&c);
	from = c.p;
	if (skip_nested(&c) == -1)
		return false;
	*value = (struct slice){(const char *)from, (size_t)(c.p - from)};
	*rest = (struct slice){(const char *)c.p, (size_t)(c.end - c.p)};
	return true;
}

void
spans_fini(struct spans *s)
{
	free(s->v);
	*s = (struct spans){0};
}
