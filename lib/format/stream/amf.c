/* Every value begins with its type, which says how long it is; objects and arrays are left to the caller's walk. */
#include "format/stream/amf.h"

#include <string.h>

#include "media/src.h"

/* The next n bytes; NULL where there are fewer. */
static const uint8_t *
next(struct amf *a, size_t n)
{
	const uint8_t *p = a->p;

	if (n > (size_t)(a->end - a->p))
		return NULL;
	a->p += n;
	return p;
}

bool
amf_string(struct amf *a, size_t size_bytes, struct slice *out)
{
	const uint8_t *p = next(a, size_bytes);

	if (p == NULL)
		return false;
	out->len = size_bytes == 2 ? src_be16(p) : src_be32(p);
	out->p = (const char *)next(a, out->len);
	return out->p != NULL;
}

static bool
read_number(struct amf *a, double *out)
{
	const uint8_t *p = next(a, 8);
	uint64_t bits;

	if (p == NULL)
		return false;
	bits = src_be64(p);
	memcpy(out, &bits, sizeof *out);
	return true;
}

bool
amf_value(struct amf *a, struct amf_value *v)
{
	const uint8_t *p = next(a, 1);

	if (p == NULL)
		return false;
	*v = (struct amf_value){.type = (enum amf_type)p[0]};
	switch (v->type) {
	case AMF_NUMBER:
		return read_number(a, &v->number);
	case AMF_DATE: /* with a zone that is not used */
		return read_number(a, &v->number) && next(a, 2) != NULL;
	case AMF_BOOLEAN:
		if ((p = next(a, 1)) != NULL)
			v->number = p[0] != 0;
		return p != NULL;
	case AMF_STRING:
	case AMF_TYPED_OBJECT:
		return amf_string(a, 2, &v->text);
	case AMF_LONG_STRING:
	case AMF_XML:
		return amf_string(a, 4, &v->text);
	case AMF_REFERENCE:
		return next(a, 2) != NULL;
	case AMF_ECMA_ARRAY:
		return next(a, 4) != NULL;
	case AMF_STRICT_ARRAY:
		if ((p = next(a, 4)) != NULL)
			v->count = src_be32(p);
		return p != NULL;
	case AMF_OBJECT:
	case AMF_NULL:
	case AMF_UNDEFINED:
	case AMF_OBJECT_END:
	case AMF_UNSUPPORTED:
		return true;
	}
	return false;
}

bool
amf_contains(enum amf_type type)
{
	return type == AMF_OBJECT || type == AMF_ECMA_ARRAY || type == AMF_STRICT_ARRAY || type == AMF_TYPED_OBJECT;
}
