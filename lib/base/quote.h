/* quote -- file names for messages: whatever bytes they hold, they cannot drive a terminal. */
#ifndef BASE_QUOTE_H
#define BASE_QUOTE_H

#include "base/buf.h"

/*
 * quote_name() -- append a name as a person can read it and a shell take it back: as it is when it is harmless,
 * else in $'…' with control characters, quotes and bytes that are not UTF-8 as escapes.
 */
void quote_name(struct buf *out, const char *bytes, size_t len);

#endif
