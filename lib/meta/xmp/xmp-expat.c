/* expat joins the parts of a name; here they are taken apart again. */
#include "meta/xmp/xmp-expat.h"

#include <stdlib.h>
#include <string.h>

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
	size_t n, cap;

	for (n = 0; list[2 * n] != NULL; n++)
		;
	if (n > x->cap) {
		cap = n + 32;
		if ((attribute = realloc(x->attribute, cap * sizeof *attribute)) == NULL)
			return false;
		x->attribute = attribute;
		x->cap = cap;
	}
	for (x->n = 0; x->n < n; x->n++) {
		const char *value = list[2 * x->n + 1];

		x->attribute[x->n].name = xmp_expat_name(list[2 * x->n]);
		x->attribute[x->n].value = (struct slice){value, strlen(value)};
	}
	return true;
}

void
xmp_expat_fini(struct xmp_expat *x)
{
	free(x->attribute);
	*x = (struct xmp_expat){0};
}
