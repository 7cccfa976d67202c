/* membername -- what a member of an archive is called: bytes that somebody else chose. */
#ifndef ARCHIVE_MEMBERNAME_H
#define ARCHIVE_MEMBERNAME_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fail.h"

#define MEMBERNAME_MAX (64u << 10) /* bytes; what is longer is cut */

/*
 * membername_take() -- append a name; of a zip, what is not UTF-8 is in code page 437, as its specification has it
 * (APPNOTE.TXT, D.1).
 */
void membername_take(struct buf *out, const char *raw, bool is_zip);

/*
 * membername_check() -- whether it stays inside a folder that the archive may be unpacked to, here and on Windows.
 * Returns 0, or -1: FAIL_INPUT, or FAIL_LIMIT where it was cut.
 */
int membername_check(const char *name, struct fail *why);

#endif
