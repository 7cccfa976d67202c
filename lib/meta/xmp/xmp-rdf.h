/*
 * xmp-rdf -- the properties in a packet's RDF, whichever of its many forms they are written in.
 *
 * Source: ISO 16684-1, 6 (data model) and 7 (RDF); W3C, RDF/XML Syntax Specification (2004).
 */
#ifndef META_XMP_XMP_RDF_H
#define META_XMP_XMP_RDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "meta/xmp/xmlscan.h"

#define XMP_DEPTH_MAX 64
#define XMP_VALUE_MAX (64u << 10)

enum xmp_namespace {
	XMP_NS_NONE = XMLSCAN_NO_NAMESPACE,
	XMP_NS_OTHER,
#define NAMESPACE(name, prefix, uri) XMP_NS_##name,
#include "meta/xmp/xmp-properties.def"
};

enum xmp_property {
	XMP_UNKNOWN, /* nothing is taken from it, nor from what it holds */
	XMP_TOP,     /* the resource that the packet is about */
#define PROPERTY(name, in, ns, local, how, what) XMP_##name,
#include "meta/xmp/xmp-properties.def"
	XMP_PROPERTIES
};

/* A simple value; all is borrowed for the call. */
struct xmp_leaf {
	enum xmp_property property;
	unsigned nth;     /* ordinal of the outermost property that it belongs to */
	const char *text; /* UTF-8 */
	size_t len;
	bool in_list;    /* within an array, or a structure within one */
	bool in_alt;     /* one of several alternatives, of which … */
	bool is_default; /* … this is the one in no particular language */
	const char
	    *group; /* these three are set where `names` was asked for: usual prefix of the outermost property … */
	struct slice name; /* … its name, with those of the fields of structures behind it … */
	const char *lang;  /* … and xml:lang, or "" */
};

/* What is told of a packet.  A structure ends after its fields; a property of the resource after all it holds. */
struct xmp_sink {
	void (*leaf)(void *arg, const struct xmp_leaf *leaf);
	void (*structure)(void *arg, enum xmp_property property);
	void (*property)(void *arg); /* only where `names` was asked for */
	void *arg;
};

enum xmp_rdf_limit { XMP_RDF_FINE, XMP_RDF_USELESS, XMP_RDF_TOO_DEEP, XMP_RDF_ENDED };

struct xmp_frame {
	uint8_t kind;
	bool structured, has_child, in_list, in_alt, in_resource;
	enum xmp_property property;
	size_t name_len;
};

/* The state of one packet; xmp_rdf_begin() makes it ready. */
struct xmp_rdf {
	struct xmp_sink sink;
	bool names;
	size_t depth;
	struct xmp_frame frame[XMP_DEPTH_MAX];
	unsigned nth;
	struct buf text; /* of the element that was begun last */
	bool cut;        /* a value that a field could come from was longer than XMP_VALUE_MAX */
	char lang[24], group[40];
	struct buf name;
};

void xmp_rdf_begin(struct xmp_rdf *r, const struct xmp_sink *sink, bool names);
void xmp_rdf_fini(struct xmp_rdf *r);

/* xmp_rdf_uri() -- the number of a namespace, for the names below. */
enum xmp_namespace xmp_rdf_uri(struct slice uri);

/*
 * What the XML parser tells.  xmp_rdf_start() and _end() return XMP_RDF_ENDED when all is told, and XMP_RDF_TOO_DEEP
 * below XMP_DEPTH_MAX elements: then nothing more may come.  XMP_RDF_USELESS: nothing will be taken from what the
 * element holds, which need not be told.
 */
enum xmp_rdf_limit xmp_rdf_start(
    struct xmp_rdf *r, const struct xmlscan_name *element, const struct xmlscan_attribute *attribute, size_t n);
enum xmp_rdf_limit xmp_rdf_end(struct xmp_rdf *r);
void xmp_rdf_text(struct xmp_rdf *r, const char *bytes, size_t len);

#endif
