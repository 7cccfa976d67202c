/* xmp-expat -- what expat tells of an element, as xmlscan tells it. */
#ifndef META_XMP_XMP_EXPAT_H
#define META_XMP_XMP_EXPAT_H

#include <stdbool.h>
#include <stddef.h>

#include "meta/xmp/xmlscan.h"

#define XMP_SEPARATOR '\n' /* between the parts of expat's names: URI, local name and, where asked for, prefix */

/* The attributes of one element.  {0} is empty. */
struct xmp_expat {
	struct xmlscan_attribute *attribute;
	size_t n, cap;
};

/* xmp_expat_name() -- a name of expat's, borrowed. */
struct xmlscan_name xmp_expat_name(const char *name);

/* xmp_expat_attributes() -- take over expat's list, borrowed.  Returns false where there is no memory. */
bool xmp_expat_attributes(struct xmp_expat *x, const char **list);

void xmp_expat_fini(struct xmp_expat *x);

#endif
