/*
 * amf -- values of ActionScript, as Flash video has them.
 *
 * Source: Adobe, Action Message Format (AMF 0), 2.
 */
#ifndef FORMAT_STREAM_AMF_H
#define FORMAT_STREAM_AMF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum amf_type {
	AMF_NUMBER,
	AMF_BOOLEAN,
	AMF_STRING,
	AMF_OBJECT,
	AMF_NULL = 5,
	AMF_UNDEFINED,
	AMF_REFERENCE,
	AMF_ECMA_ARRAY,
	AMF_OBJECT_END,
	AMF_STRICT_ARRAY,
	AMF_DATE,
	AMF_LONG_STRING,
	AMF_UNSUPPORTED,
	AMF_XML = 15,
	AMF_TYPED_OBJECT
};

struct amf_value {
	enum amf_type type;
	struct slice text; /* of a string, else NULL; the name of a typed object */
	uint32_t count;    /* of a strict array */
	double number;     /* a boolean is 0 or 1, a date milliseconds since 1970 */
};

/* What is left to read. */
struct amf {
	const uint8_t *p, *end;
};

/* amf_string() -- bytes after their number, which has size_bytes (2 or 4).  False where there are fewer. */
bool amf_string(struct amf *a, size_t size_bytes, struct slice *out);

/* amf_value() -- the next value, up to what it contains: members and elements follow.  False at the end of the data,
 * and for a type that has no known length. */
bool amf_value(struct amf *a, struct amf_value *v);

/* amf_contains() -- whether members or elements follow a value of this type. */
bool amf_contains(enum amf_type type);

#endif
