/*
 * json -- writing JSON text, and undoing the escapes of one string (RFC 8259).  No name here is one of jansson's, which
 * also begin with json_.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

/*
 * json_quote() -- append bytes as a JSON string with its quotes.  Bytes that are not UTF-8 become U+FFFD, one for
 * each maximal ill-formed part (Unicode 15, 3.9).  Non-ASCII characters are written as themselves; DEL and C0 controls
 * as escapes.
 */
void json_quote(struct buf *out, const char *bytes, size_t len);

/* json_is_utf8() -- whether the bytes are well-formed UTF-8, so that json_quote() loses nothing. */
bool json_is_utf8(const char *bytes, size_t len);

/*
 * json_number() -- append the shortest decimal that reads back as `v`; integers without a point, minus zero as 0.
 * NaN and infinities, which JSON lacks, append nothing and return -1.
 */
int json_number(struct buf *out, double v);

/* json_path() -- append `"name":"…"` and, where the bytes are not UTF-8, `,"name_b64":"…"`. */
void json_path(struct buf *out, const char *name, const char *bytes, size_t len);

/* json_unquote() -- append what a JSON string value (with its quotes) stands for; false where it is no string. */
bool json_unquote(struct buf *out, struct slice value);

/*
 * json_character() -- take one character off `rest`, the inside of a JSON string, with its escape undone; half a
 * surrogate pair becomes U+FFFD.  Returns its bytes of UTF-8, 1 to 4; 0 at the end and where the text is no inside of a
 * JSON string.
 */
size_t json_character(struct slice *rest, char bytes[4]);

/* base64 of RFC 4648, padded; the decoder refuses anything else. */
void json_base64(struct buf *out, const char *bytes, size_t len);
bool json_unbase64(struct buf *out, struct slice text);

/* json_comma() -- append a comma unless `out` is at the beginning of an object or array, i.e. ends in { or [. */
void json_comma(struct buf *out);

#endif
