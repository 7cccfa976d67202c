/* expat joins the parts of a name; here they are taken apart again. */
#include "meta/xmp/xmp-expat.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "meta/xmp/xmp-rdf.h"

struct xmlscan_name
xmp_expat_name(const char *name)
{
	const char *local = strchr(name, XMP_SEPARATOR), *end;
	struct xmlscan_name n = {.ns = XMLSCAN_NO_NAMESPACE};

	if (local == NULL) {
		n.local = (struct slice){name, strlen(name)};
		return n;
	}
	n.ns = xmp_rdf_uri((struct slice){name, (size_t)(local - name)});
	local++;
	end = strchrnul(local, XMP_SEPARATOR);
	n.local = (struct slice){local, (size_t)(end - local)};
	n.prefix = *end != '\0' ? (struct slice){end + 1, strlen(end + 1)} : (struct slice){end, 0};
	return n;
}

bool
xmp_expat_attributes(struct xmp_expat *x, const char **list)
{
	struct xmlscan_attribute *attribute;

	for (x->n = 0; list[0] != NULL; x->n++, list += 2) {
		if ((attribute = array_room(x->attribute, &x->cap, x->n, sizeof *attribute)) == NULL)
			return false;
		x->attribute = attribute;
		attribute[x->n] =
		    (struct xmlscan_attribute){.name = xmp_expat_name(list[0]), .value = {list[1], strlen(list[1])}};
	}
	return true;
}

void
xmp_expat_fini(struct xmp_expat *x)
{
	free(x->attribute);
	*x = (struct xmp_expat){0};
}
