/*
 * xmlscan -- the XML that XMP is nearly always written in, at many times expat's speed.
 *
 * It knows elements, attributes, namespaces, text, comments, processing instructions and the predefined entities, all
 * in UTF-8.  Whatever else it meets (a DOCTYPE, CDATA, another encoding, a fault) it does not judge: it says so, and
 * expat reads the packet from its beginning.  What it reads as a whole, expat finds well-formed and tells the same of:
 * a test and a fuzzer compare them.  Not looked at, and so not judged, is what a handler skips, and what stands behind
 * the tag at which a handler ends the packet.
 *
 * Source: XML 1.0 (fifth edition); Namespaces in XML 1.0.
 */
#ifndef META_XMP_XMLSCAN_H
#define META_XMP_XMLSCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define XMLSCAN_DEPTH_MAX 64
#define XMLSCAN_NO_NAMESPACE 0u

struct xmlscan_name {
	unsigned ns; /* what uri() said of its namespace; XMLSCAN_NO_NAMESPACE: it has none */
	struct slice prefix, local;
};

struct xmlscan_attribute {
	struct xmlscan_name name;
	struct slice value; /* references decoded, white space normalised */
};

/* What a handler wants next: after SKIP it can do without what the element holds, which may then not be told; its end
 * is. */
enum xmlscan_next { XMLSCAN_STOP, XMLSCAN_GO, XMLSCAN_SKIP };

/* All that is passed to a handler is borrowed for the call; attributes that declare namespaces are not told. */
struct xmlscan_handlers {
	/* A number for a namespace: the same for the same, never 0.  Where several have one number, a packet with the
	 * same name from two of them in one tag is left to expat. */
	unsigned (*uri)(void *arg, struct slice uri);
	enum xmlscan_next (*start)(
	    void *arg, const struct xmlscan_name *name, const struct xmlscan_attribute *attribute, size_t n);
	enum xmlscan_next (*end)(void *arg);
	void (*text)(void *arg, const char *bytes, size_t len);
};

struct xmlscan;                    /* reusable: one for each worker */
struct xmlscan *xmlscan_new(void); /* NULL: ENOMEM */
void xmlscan_free(struct xmlscan *s);

/*
 * xmlscan_run() -- tell a whole packet, or up to where a handler ended it.  Returns false where it met what it does not
 * read, with handlers called for what stood before.
 */
bool xmlscan_run(struct xmlscan *s, const char *bytes, size_t len, const struct xmlscan_handlers *handlers, void *arg);

#endif
