/*
 * RDF alternates between nodes and the properties that stand in them, but lets a writer leave out steps: properties
 * with simple values may be attributes, a property may be its own node (rdf:parseType="Resource", or attributes of its
 * own), a node may be named by its type.  Each element is a frame of a stack that says which of these it is; its
 * property is found in the table by what it stands in.
 */
#include "meta/xmp/xmp-rdf.h"

#include <stdio.h>
#include <string.h>

enum { OUTER, RDF, NODE, PROPERTY, LIST };

static const struct {
	const char *prefix, *uri;
	size_t len;
} namespaces[] = {
    [XMP_NS_NONE] = {"", "", 0},
    [XMP_NS_OTHER] = {"", "", 0},
#define NAMESPACE(name, prefix, uri) [XMP_NS_##name] = {prefix, uri, sizeof uri - 1},
#include "meta/xmp/xmp-properties.def"
};

static const struct {
	enum xmp_property in;
	enum xmp_namespace ns;
	const char *local;
} properties[] = {
    [XMP_UNKNOWN] = {XMP_UNKNOWN, XMP_NS_OTHER, ""},
    [XMP_TOP] = {XMP_UNKNOWN, XMP_NS_OTHER, ""},
#define PROPERTY(name, in, ns, local, how, what) [XMP_##name] = {XMP_##in, XMP_NS_##ns, local},
#include "meta/xmp/xmp-properties.def"
};

struct element {
	const struct xmlscan_name *name;
	const struct xmlscan_attribute *attribute;
	size_t n;
};

void
xmp_rdf_begin(struct xmp_rdf *r, const struct xmp_sink *sink, bool names)
{
	r->sink = *sink;
	r->names = names;
	r->depth = 0;
	r->nth = 0;
	r->cut = false;
	buf_clear(&r->text, 4096);
	buf_clear(&r->name, 4096);
}

void
xmp_rdf_fini(struct xmp_rdf *r)
{
	buf_fini(&r->text);
	buf_fini(&r->name);
}

enum xmp_namespace
xmp_rdf_uri(struct slice uri)
{
	size_t i;

	if (uri.len > 0 && (uri.p[uri.len - 1] == '/' || uri.p[uri.len - 1] == '#'))
		uri.len--;
	for (i = XMP_NS_OTHER + 1; i < sizeof namespaces / sizeof namespaces[0]; i++) {
		if (namespaces[i].len == uri.len && memcmp(namespaces[i].uri, uri.p, uri.len) == 0)
			return (enum xmp_namespace)i;
	}
	return XMP_NS_OTHER;
}

static bool
is(const struct xmlscan_name *n, enum xmp_namespace ns, const char *local)
{
	return n->ns == ns && slice_eq(n->local, local);
}

static enum xmp_property
find_property(enum xmp_property in, const struct xmlscan_name *n)
{
	size_t i;

	if (is(n, XMP_NS_RDF, "value")) /* of which the other fields are qualifiers */
		return in;
	if (in == XMP_UNKNOWN || n->ns <= XMP_NS_OTHER)
		return XMP_UNKNOWN;
	for (i = XMP_TOP + 1; i < XMP_PROPERTIES; i++) {
		if (properties[i].ns == n->ns && properties[i].in == in && slice_eq(n->local, properties[i].local))
			return (enum xmp_property)i;
	}
	return XMP_UNKNOWN;
}

/* How much of a value is kept: whole characters. */
static size_t
cut(struct xmp_rdf *r, enum xmp_property property, const char *bytes, size_t len, size_t room)
{
	if (len <= room)
		return len;
	r->cut |= property != XMP_UNKNOWN;
	while (room > 0 && ((unsigned char)bytes[room] & 0xc0) == 0x80)
		room--;
	return room;
}

/* Adds a property to the name of what it stands in; that of the resource begins a new one. */
static void
add_name(struct xmp_rdf *r, const struct xmlscan_name *n, bool in_resource)
{
	const char *prefix = namespaces[n->ns].prefix;

	if (in_resource) {
		r->name.len = 0;
		if (n->ns <= XMP_NS_OTHER)
			snprintf(r->group, sizeof r->group, "%.*s", (int)(n->prefix.len < 32 ? n->prefix.len : 32),
			    n->prefix.p != NULL ? n->prefix.p : "");
		else
			snprintf(r->group, sizeof r->group, "%s", prefix);
	}
	if (n->local.len == 0 || r->name.len > 256 || is(n, XMP_NS_RDF, "value"))
		return;
	if (r->name.len > 0 && *n->local.p >= 'a' && *n->local.p <= 'z') {
		buf_addc(&r->name, (char)(*n->local.p - 0x20));
		buf_add(&r->name, n->local.p + 1, n->local.len - 1);
	} else {
		buf_add(&r->name, n->local.p, n->local.len);
	}
}

static void
tell(struct xmp_rdf *r, const struct xmp_frame *f, enum xmp_property property, const char *text, size_t len)
{
	struct xmp_leaf leaf = {.property = property,
	    .nth = r->nth,
	    .text = text,
	    .len = len,
	    .in_list = f->in_list,
	    .in_alt = f->in_alt,
	    .is_default = f->in_alt && strcmp(r->lang, "x-default") == 0};

	if (property == XMP_UNKNOWN && !r->names)
		return;
	if (r->names) {
		leaf.group = r->group;
		leaf.name = (struct slice){r->name.p, r->name.len};
		leaf.lang = r->lang;
	}
	r->sink.leaf(r->sink.arg, &leaf);
}

/* A property that is written as an attribute of the node that `f` is. */
static void
tell_attribute(struct xmp_rdf *r, const struct xmp_frame *f, const struct xmlscan_attribute *attribute)
{
	struct xmp_frame a = {.kind = PROPERTY, .in_list = f->in_list};
	const struct xmlscan_name *n = &attribute->name;
	size_t name_len = r->name.len;
	enum xmp_property property = find_property(f->property, n);

	if (property == XMP_UNKNOWN && !r->names)
		return;
	if (f->in_resource)
		r->nth++;
	r->lang[0] = '\0';
	if (r->names)
		add_name(r, n, f->in_resource);
	tell(r, &a, property, attribute->value.p,
	    cut(r, property, attribute->value.p, attribute->value.len, XMP_VALUE_MAX));
	if (r->names && f->in_resource)
		r->sink.property(r->sink.arg);
	r->name.len = name_len;
}

/* Whether an attribute of a node, or of a property, is a property itself, and no word of RDF's or XML's own. */
static bool
is_property(const struct xmlscan_name *n)
{
	return (n->ns != XMP_NS_RDF && n->ns != XMP_NS_XML && n->ns != XMP_NS_NONE) || is(n, XMP_NS_RDF, "value");
}

static void
node_attributes(struct xmp_rdf *r, const struct xmp_frame *f, const struct element *e)
{
	size_t i;

	for (i = 0; i < e->n; i++) {
		if (is_property(&e->attribute[i].name))
			tell_attribute(r, f, &e->attribute[i]);
	}
}

/* The attributes of a property; those that are no remarks about it make it a structure. */
static void
property_attributes(struct xmp_rdf *r, struct xmp_frame *f, const struct element *e)
{
	char lang[sizeof r->lang] = "";
	bool fields = false;
	size_t i;

	for (i = 0; i < e->n; i++) {
		const struct xmlscan_name *name = &e->attribute[i].name;
		struct slice value = e->attribute[i].value;

		if (is(name, XMP_NS_XML, "lang"))
			snprintf(lang, sizeof lang, "%.*s", (int)(value.len < sizeof lang ? value.len : sizeof lang),
			    value.p);
		else if (is(name, XMP_NS_RDF, "resource"))
			xmp_rdf_text(r, value.p, value.len);
		else if (is(name, XMP_NS_RDF, "parseType"))
			f->structured |= slice_eq(value, "Resource");
		else
			fields |= is_property(name);
	}
	if (fields) {
		f->structured = true;
		node_attributes(r, f, e);
	}
	memcpy(r->lang, lang, sizeof lang);
}

static void
start_property(struct xmp_rdf *r, struct xmp_frame *f, const struct element *e)
{
	const struct xmp_frame *parent = f - 1;

	f->kind = PROPERTY;
	f->property = find_property(parent->property, e->name);
	f->in_list = parent->in_list;
	if (parent->in_resource)
		r->nth++;
	if (r->names)
		add_name(r, e->name, parent->in_resource);
	property_attributes(r, f, e);
}

static void
start_item(struct xmp_rdf *r, struct xmp_frame *f, const struct element *e)
{
	const struct xmp_frame *parent = f - 1;

	f->kind = PROPERTY;
	f->property = parent->property;
	f->in_list = parent->in_list;
	f->in_alt = parent->in_alt;
	property_attributes(r, f, e);
}

/* An element within a property: an array, or a node. */
static void
start_value(struct xmp_rdf *r, struct xmp_frame *f, const struct element *e)
{
	const struct xmp_frame *parent = f - 1;
	bool alt = is(e->name, XMP_NS_RDF, "Alt");

	f->property = parent->property;
	f->in_list = parent->in_list;
	if (alt || is(e->name, XMP_NS_RDF, "Seq") || is(e->name, XMP_NS_RDF, "Bag")) {
		f->kind = LIST;
		f->in_alt = alt;
		f->in_list |= !alt;
		return;
	}
	f->kind = NODE;
	f->structured = true;
	node_attributes(r, f, e);
}

/* An element below rdf:RDF. */
static void
start_inside(struct xmp_rdf *r, struct xmp_frame *f, const struct element *e)
{
	struct xmp_frame *parent = f - 1;

	parent->has_child = true;
	if (parent->kind == RDF) {
		f->kind = NODE;
		f->property = XMP_TOP;
		f->in_resource = true;
		node_attributes(r, f, e);
	} else if (parent->kind == NODE || parent->structured) {
		start_property(r, f, e);
	} else if (parent->kind == LIST) {
		start_item(r, f, e);
	} else {
		start_value(r, f, e);
	}
}

enum xmp_rdf_limit
xmp_rdf_start(struct xmp_rdf *r, const struct xmlscan_name *name, const struct xmlscan_attribute *attribute, size_t n)
{
	static const struct xmp_frame outside = {.kind = OUTER};
	struct xmp_frame *f;

	if (r->depth == XMP_DEPTH_MAX)
		return XMP_RDF_TOO_DEEP;
	f = &r->frame[r->depth++];
	*f = outside;
	f->name_len = r->name.len;
	r->text.len = 0;
	r->lang[0] = '\0';
	if (r->depth == 1 || (f - 1)->kind == OUTER) {
		f->kind = is(name, XMP_NS_RDF, "RDF") ? RDF : OUTER;
		return XMP_RDF_FINE;
	}
	start_inside(r, f, &(struct element){name, attribute, n});
	return f->property == XMP_UNKNOWN && !r->names ? XMP_RDF_USELESS : XMP_RDF_FINE;
}

enum xmp_rdf_limit
xmp_rdf_end(struct xmp_rdf *r)
{
	const struct xmp_frame *f, *parent;

	if (r->depth == 0)
		return XMP_RDF_ENDED;
	f = &r->frame[--r->depth];
	parent = r->depth > 0 ? f - 1 : NULL;
	if (f->kind == PROPERTY && !f->structured && !f->has_child)
		tell(r, f, f->property, r->text.p, r->text.len);
	if (f->structured && f->property != XMP_UNKNOWN)
		r->sink.structure(r->sink.arg, f->property);
	if (r->names && parent != NULL && parent->in_resource)
		r->sink.property(r->sink.arg);
	r->name.len = f->name_len;
	r->text.len = 0;
	return f->kind == RDF || r->depth == 0 ? XMP_RDF_ENDED : XMP_RDF_FINE;
}

void
xmp_rdf_text(struct xmp_rdf *r, const char *bytes, size_t len)
{
	const struct xmp_frame *f = r->depth > 0 ? &r->frame[r->depth - 1] : NULL;

	if (f == NULL || f->kind != PROPERTY || f->structured || f->has_child ||
	    (f->property == XMP_UNKNOWN && !r->names))
		return;
	buf_add(&r->text, bytes, cut(r, f->property, bytes, len, XMP_VALUE_MAX - r->text.len));
}
