/* text -- what files hold as text, as UTF-8 without blanks around it. */
#ifndef MEDIA_TEXT_H
#define MEDIA_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Each appends the text to `out` and returns whether there was any: blanks and NULs around it are left out. */

/* text_add() -- UTF-8, or, where the bytes are not, Windows-1252. */
bool text_add(struct buf *out, const char *bytes, size_t len);

/* text_add_mac() -- Mac Roman. */
bool text_add_mac(struct buf *out, const char *bytes, size_t len);

/*
 * text_is_mac() -- whether bytes that name no encoding are plainly Mac Roman and not Windows-1252: one of them is no
 * sign of that, or is a sign or capital letter that never stands behind a small letter.
 */
bool text_is_mac(const char *bytes, size_t len);

/* text_add_utf16() -- UTF-16 up to its first NUL; a byte order mark is left out, half a surrogate pair is U+FFFD. */
bool text_add_utf16(struct buf *out, const uint8_t *bytes, size_t len, bool big_endian);

/*
 * text_add_comment() -- Exif's UserComment: eight bytes name the character code, padded with NULs or blanks.  Without a
 * name only what is plain text is taken, or UTF-16 that shows what it is by a byte order mark or by the zeros of Latin
 * letters; what begins with no name at all is text as a whole.  JIS is read with or
 * without ISO-2022-JP's escapes, and where it is Shift-JIS or EUC-JP instead; where the C library knows none of them,
 * nothing but ASCII.
 *
 *   big_endian  of the block; UTF-16 that shows another order is read in that
 */
bool text_add_comment(struct buf *out, const uint8_t *bytes, size_t len, bool big_endian);

/*
 * text_digits() -- copy UTF-8 to `out`, which has room for len bytes, with the digits of other scripts, in which phones
 * write dates whose language has digits of its own, as ASCII's.  Returns how many bytes that are.
 */
size_t text_digits(const char *bytes, size_t len, char *out);

/* text_is_plain() -- whether the bytes are free of control characters other than white space. */
bool text_is_plain(const char *bytes, size_t len);

#endif
