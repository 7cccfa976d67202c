/*
 * One pass over the bytes, with a stack of open elements and one of declared prefixes.  Names, values and text go out
 * as they lie in the packet; only a value with references in it is copied.  Where nobody wants to know what an element
 * holds, its end is searched for.
 */
#include "meta/xmp/xmlscan.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "meta/xmp/xmltoken.h"

#define ATTRIBUTES_MAX 512 /* raw developers write their settings so */
#define PREFIXES_MAX 128
#define SEEN_WORDS 8            /* 512 bits */
#define VALUES_KEEP (16u << 10) /* of the memory of decoded values, from one element to the next */
#define XML_URI "http://www.w3.org/XML/1998/namespace"

struct prefix {
	struct slice name;
	uint64_t key;
	unsigned ns;
};

struct element {
	struct slice name; /* as written */
	size_t nprefixes;  /* before it */
};

struct xmlscan {
	struct xmltoken t;
	const struct xmlscan_handlers *handlers;
	void *arg;
	struct prefix prefix[PREFIXES_MAX];
	size_t nprefixes;
	struct element open[XMLSCAN_DEPTH_MAX];
	size_t depth;
	struct xmlscan_attribute attribute[ATTRIBUTES_MAX];
	size_t nattributes;
	struct buf values; /* those that had to be decoded, of one element */
	bool ended;        /* by a handler */
};

struct xmlscan *
xmlscan_new(void)
{
	return calloc(1, sizeof(struct xmlscan));
}

void
xmlscan_free(struct xmlscan *s)
{
	if (s != NULL)
		buf_fini(&s->values);
	free(s);
}

static bool
same(struct slice a, struct slice b)
{
	return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

static bool
is(struct slice s, const char *word, size_t len)
{
	return s.len == len && memcmp(s.p, word, len) == 0;
}

#define IS(slice, literal) is(slice, literal, sizeof(literal) - 1)

/* The length and the first bytes of a name: most comparisons need no more. */
static uint64_t
key_of(struct slice s)
{
	uint64_t key = 0;
	size_t i;

	for (i = 0; i < s.len && i < 7; i++)
		key = key << 8 | (uint8_t)s.p[i];
	return key << 8 | (s.len & 0xff);
}

/* Finds the namespace of a name; false: its prefix was not declared. */
static bool
resolve(const struct xmlscan *s, struct xmlscan_name *name)
{
	uint64_t key = key_of(name->prefix);
	size_t i;

	for (i = s->nprefixes; i > 0; i--) {
		const struct prefix *p = &s->prefix[i - 1];

		if (p->key == key && (name->prefix.len < 8 || same(p->name, name->prefix))) {
			name->ns = p->ns;
			return true;
		}
	}
	name->ns = XMLSCAN_NO_NAMESPACE;
	return name->prefix.len == 0;
}

/* Whether the present element has declared a prefix. */
static bool
is_declared(const struct xmlscan *s, struct slice prefix)
{
	for (size_t i = s->open[s->depth].nprefixes; i < s->nprefixes; i++)
		if (same(s->prefix[i].name, prefix))
			return true;
	return false;
}

/* An attribute that declares a prefix, or the default.  What is odd about a declaration expat may judge. */
static bool
declare(struct xmlscan *s, struct slice prefix, struct slice uri, bool plain)
{
	if (is_declared(s, prefix))
		return false;
	if (s->nprefixes == PREFIXES_MAX || !plain || uri.len == 0 || IS(prefix, "xml") || IS(prefix, "xmlns") ||
	    IS(uri, XML_URI) || IS(uri, "http://www.w3.org/2000/xmlns/"))
		return false;
	s->prefix[s->nprefixes++] = (struct prefix){prefix, key_of(prefix), s->handlers->uri(s->arg, uri)};
	return true;
}

/* A value is kept as it stands, or for now as its place among those decoded, with p NULL. */
static bool
keep(struct xmlscan *s, const struct xmlscan_name *name, struct slice value, bool plain)
{
	struct xmlscan_attribute *a = &s->attribute[s->nattributes];
	size_t at = s->values.len;

	if (s->nattributes == ATTRIBUTES_MAX)
		return false;
	*a = (struct xmlscan_attribute){.name = *name, .value = value};
	if (!plain) {
		if (!xmltoken_decode(&s->values, value))
			return false;
		a->value = (struct slice){NULL, s->values.len - at};
	}
	s->nattributes++;
	return true;
}

static bool
read_attribute(struct xmlscan *s)
{
	struct xmlscan_name name = {.ns = XMLSCAN_NO_NAMESPACE};
	struct slice value;
	bool plain;

	if (!xmltoken_name(&s->t, &name.prefix, &name.local))
		return false;
	xmltoken_blanks(&s->t);
	if (!xmltoken_word(&s->t, "="))
		return false;
	xmltoken_blanks(&s->t);
	if (!xmltoken_quoted(&s->t, &value, &plain))
		return false;
	if (IS(name.prefix, "xmlns"))
		return declare(s, name.local, value, plain);
	if (name.prefix.len == 0 && IS(name.local, "xmlns"))
		return declare(s, name.prefix, value, plain);
	return keep(s, &name, value, plain);
}

/* Whether an attribute before the i-th may have its name.  `seen` has a bit for some of each name, so that of many
 * attributes few are compared. */
static bool
is_repeated(const struct xmlscan *s, size_t i, uint64_t seen[SEEN_WORDS])
{
	const struct xmlscan_name *name = &s->attribute[i].name;
	const uint8_t *p = (const uint8_t *)name->local.p;
	size_t len = name->local.len, hash = p[0] + 7u * p[len / 2] + 31u * p[len - 1] + 5 * len + name->ns;
	uint64_t bit = UINT64_C(1) << (hash & 63), *word = &seen[hash / 64 % SEEN_WORDS];

	if ((*word & bit) == 0) {
		*word |= bit;
		return false;
	}
	while (i-- > 0)
		if (s->attribute[i].name.ns == name->ns && same(s->attribute[i].name.local, name->local))
			return true;
	return false;
}

/* Finds the namespaces of the attributes, which may be declared behind them, and the places of decoded values. */
static bool
resolve_attributes(struct xmlscan *s)
{
	const char *decoded = s->values.p;
	uint64_t seen[SEEN_WORDS] = {0};
	size_t i;

	for (i = 0; i < s->nattributes; i++) {
		struct xmlscan_attribute *a = &s->attribute[i];

		if ((a->name.prefix.len > 0 && !resolve(s, &a->name)) ||
		    (s->nattributes > 1 && is_repeated(s, i, seen)))
			return false;
		if (a->value.p == NULL) {
			a->value.p = decoded;
			decoded += a->value.len;
		}
	}
	return true;
}

static bool
close_element(struct xmlscan *s)
{
	s->nprefixes = s->open[--s->depth].nprefixes;
	s->ended = s->handlers->end(s->arg) == XMLSCAN_STOP;
	return !s->ended;
}

/* From behind an end's "</": the name of the innermost element. */
static bool
read_end(struct xmlscan *s)
{
	const struct slice *name = s->depth > 0 ? &s->open[s->depth - 1].name : NULL;

	if (name == NULL || !xmltoken_take(&s->t, name->p, name->len))
		return false;
	xmltoken_blanks(&s->t);
	return xmltoken_word(&s->t, ">") && close_element(s);
}

/* Whether a tag's name begins with this one. */
static bool
is_named(const char *p, const char *end, struct slice name)
{
	return (size_t)(end - p) >= name.len && memcmp(p, name.p, name.len) == 0;
}

/*
 * Goes on behind the end of the element that was opened last, where it is certain which end is its own: nothing before
 * it begins with its name, no comment or CDATA hides it.  References are looked at, since expat knows more of them.
 * Returns whether it did.
 */
static bool
skip_element(struct xmlscan *s)
{
	struct slice name = s->open[s->depth - 1].name;
	struct xmltoken t = s->t;
	const char *at;

	while ((at = memchr(t.p, '<', (size_t)(t.end - t.p))) != NULL) {
		t.p = at + 1;
		if (xmltoken_word(&t, "/")) {
			if (is_named(t.p, t.end, name))
				break;
		} else if (xmltoken_next(&t) == '!' || is_named(t.p, t.end, name)) {
			return false;
		}
	}
	if (at == NULL || memchr(s->t.p, '&', (size_t)(at - s->t.p)) != NULL)
		return false;
	t.p += name.len;
	xmltoken_blanks(&t);
	if (!xmltoken_word(&t, ">"))
		return false;
	s->t = t;
	return true;
}

static bool
open_element(struct xmlscan *s, const struct xmlscan_name *name, bool empty)
{
	enum xmlscan_next next;

	s->depth++;
	next = s->handlers->start(s->arg, name, s->attribute, s->nattributes);
	s->ended = next == XMLSCAN_STOP;
	if (s->ended)
		return false;
	if (empty || (next == XMLSCAN_SKIP && skip_element(s)))
		return close_element(s);
	return true;
}

/* From behind the '<'. */
static bool
read_start(struct xmlscan *s)
{
	struct element *e = &s->open[s->depth];
	struct xmlscan_name name;
	const char *from = s->t.p;
	bool empty;

	if (s->depth == XMLSCAN_DEPTH_MAX || !xmltoken_name(&s->t, &name.prefix, &name.local))
		return false;
	*e = (struct element){{from, (size_t)(s->t.p - from)}, s->nprefixes};
	s->nattributes = 0;
	if (s->values.len > 0)
		buf_clear(&s->values, VALUES_KEEP);
	while (xmltoken_blanks(&s->t) && xmltoken_next(&s->t) != '>' && xmltoken_next(&s->t) != '/') {
		if (!read_attribute(s))
			return false;
	}
	if (!resolve(s, &name) || !resolve_attributes(s))
		return false;
	if (!(empty = xmltoken_word(&s->t, "/>")) && !xmltoken_word(&s->t, ">"))
		return false;
	return open_element(s, &name, empty);
}

/* From behind the "<!--": no two hyphens stand in it. */
static bool
skip_comment(struct xmlscan *s)
{
	return xmltoken_behind(&s->t, "--") && xmltoken_word(&s->t, ">");
}

/* From behind the "<?". */
static bool
skip_instruction(struct xmlscan *s)
{
	struct slice prefix, local;

	if (!xmltoken_name(&s->t, &prefix, &local) || prefix.len > 0)
		return false;
	if (local.len == 3 && strncasecmp(local.p, "xml", 3) == 0)
		return false;
	return xmltoken_word(&s->t, "?>") || (xmltoken_blanks(&s->t) && xmltoken_behind(&s->t, "?>"));
}

static bool
read_text(struct xmlscan *s)
{
	char c[4];
	size_t len;

	while (s->t.p < s->t.end && *s->t.p != '<') {
		if ((len = xmltoken_text(&s->t)) > 0) {
			s->handlers->text(s->arg, s->t.p, len);
			s->t.p += len;
			if (xmltoken_next(&s->t) == '>')
				return false;
		} else if (xmltoken_word(&s->t, "&")) {
			if (!xmltoken_reference(&s->t, c, &len))
				return false;
			s->handlers->text(s->arg, c, len);
		} else {
			if (!xmltoken_word(&s->t, "\r\n") && !xmltoken_word(&s->t, "\r"))
				return false;
			s->handlers->text(s->arg, "\n", 1);
		}
	}
	return true;
}

/* Whatever begins with '<'. */
static bool
read_markup(struct xmlscan *s)
{
	if (!xmltoken_word(&s->t, "<"))
		return false;
	if (xmltoken_word(&s->t, "/"))
		return read_end(s);
	if (xmltoken_word(&s->t, "?"))
		return skip_instruction(s);
	if (xmltoken_word(&s->t, "!--"))
		return skip_comment(s);
	return read_start(s);
}

/* Blanks, comments and instructions, before or behind the one element. */
static bool
read_around(struct xmlscan *s)
{
	for (;;) {
		xmltoken_blanks(&s->t);
		if (xmltoken_word(&s->t, "<!--")) {
			if (!skip_comment(s))
				return false;
		} else if (xmltoken_word(&s->t, "<?")) {
			if (!skip_instruction(s))
				return false;
		} else {
			return true;
		}
	}
}

/* Whether all is UTF-8, without the two of its characters that XML has not. */
static bool
is_text(const char *bytes, size_t len)
{
	const char *end = bytes + len, *p;

	if (!json_is_utf8(bytes, len))
		return false;
	for (p = bytes; (p = memchr(p, '\xef', (size_t)(end - p))) != NULL; p++)
		if (p[1] == '\xbf' && (p[2] == '\xbe' || p[2] == '\xbf'))
			return false;
	return true;
}

bool
xmlscan_run(struct xmlscan *s, const char *bytes, size_t len, const struct xmlscan_handlers *handlers, void *arg)
{
	if (!is_text(bytes, len))
		return false;
	s->t = (struct xmltoken){bytes, bytes + len};
	s->handlers = handlers;
	s->arg = arg;
	s->depth = 0;
	s->ended = false;
	s->prefix[0] = (struct prefix){.name = {"xml", 3},
	    .key = key_of((struct slice){"xml", 3}),
	    .ns = handlers->uri(arg, (struct slice){XML_URI, sizeof XML_URI - 1})};
	s->nprefixes = 1;
	xmltoken_word(&s->t, "\xef\xbb\xbf"); /* a byte order mark */
	if (!read_around(s) || !read_markup(s))
		return s->ended;
	while (s->depth > 0) {
		if (!read_text(s) || !read_markup(s))
			return s->ended;
	}
	return read_around(s) && s->t.p == s->t.end;
}
